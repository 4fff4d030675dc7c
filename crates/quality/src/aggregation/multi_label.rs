//! Several labels a task: every label is a yes-or-no question of its own, aggregated by any method of the registry.
//!
//! Binary relevance (Boutell et al., "Learning multi-label scene classification", 2004; for crowds Nowak, Rüger 2010).
//! Not naming a label is a vote against it. Trap: labels are taken as independent; an empty set is a valid answer.

use super::{Aggregation, AggregationError, NONE, Options, Vote, Votes, VotesError, aggregate};

#[derive(Debug, Clone, PartialEq)]
pub struct MultiLabel {
    /// For each task the labels that hold; empty also for a task without votes.
    pub sets: Vec<Vec<u32>>,
    /// Tasks x labels: how probable it is that the label holds.
    pub probabilities: Vec<f64>,
    /// One result a label, class 1 being "holds".
    pub by_label: Vec<Aggregation>,
    pub ties: usize,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MultiLabelError {
    #[error(transparent)]
    Votes(#[from] VotesError),
    #[error(transparent)]
    Aggregation(#[from] AggregationError),
    #[error("the set of class {class} names label {label}, but there are only {labels}")]
    NoSuchLabel { class: usize, label: u32, labels: usize },
}

/// `rows` are votes for classes, and `sets` says which labels each class stands for.
pub fn multi_label(
    base: &str,
    size: (usize, usize, usize),
    rows: &[Vote],
    sets: &[Vec<u32>],
    options: &Options,
) -> Result<MultiLabel, MultiLabelError> {
    let (tasks, workers, labels) = size;
    for (class, set) in sets.iter().enumerate() {
        if let Some(label) = set.iter().copied().find(|label| *label as usize >= labels) {
            return Err(MultiLabelError::NoSuchLabel { class, label, labels });
        }
    }
    // Checks the numbers once, with the caller's classes.
    drop(Votes::new(tasks, workers, sets.len(), rows)?);
    let mut found = MultiLabel {
        sets: vec![Vec::new(); tasks],
        probabilities: super::room("multi-label", "a probability for each task and label", tasks, labels)?,
        by_label: Vec::new(),
        ties: 0,
    };
    for label in 0..labels {
        let holds: Vec<u32> = sets.iter().map(|set| u32::from(set.contains(&(label as u32)))).collect();
        let binary: Vec<Vote> =
            rows.iter().map(|(task, worker, class)| (*task, *worker, holds[*class as usize])).collect();
        let votes = Votes::new(tasks, workers, 2, &binary)?;
        let gold =
            options.gold.iter().filter_map(|(task, class)| Some((*task, *holds.get(*class as usize)?))).collect();
        let own = aggregate(base, &votes, &Options { gold, labels_only: false, ..options.clone() })?;
        for task in 0..tasks {
            if own.labels[task] == 1 {
                found.sets[task].push(label as u32);
            }
            if own.labels[task] != NONE {
                found.probabilities[task * labels + label] = own.probabilities[task * 2 + 1];
            }
        }
        found.ties += own.ties;
        found.by_label.push(own);
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_label_has_its_own_vote() {
        // Classes: {0}, {0, 1}, {}, {2}.
        let sets = vec![vec![0], vec![0, 1], vec![], vec![2]];
        let rows = [(0, 0, 0), (0, 1, 1), (0, 2, 3), (1, 0, 2), (1, 1, 2), (1, 2, 1)];
        let found = multi_label("majority-vote", (2, 3, 3), &rows, &sets, &Options::default()).unwrap();
        assert_eq!(found.sets, [vec![0], vec![]]);
        assert!((found.probabilities[1] - 1.0 / 3.0).abs() < 1e-12);
        let wrong = multi_label("majority-vote", (2, 3, 1), &rows, &sets, &Options::default()).unwrap_err();
        assert_eq!(wrong, MultiLabelError::NoSuchLabel { class: 1, label: 1, labels: 1 });
    }
}
