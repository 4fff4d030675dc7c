//! The majority: the class with most votes, each vote weighing as its worker does (1 unless weights are given).
//!
//! Probability of a class is its share of the weight. Traps: ties are common in small crowds (about one task in five
//! with three to five votes and many classes), so they are counted; a task whose votes all weigh nothing is undecided
//! among all classes.

use super::{Aggregation, AggregationError, Method, NONE, Options, Picker, Votes, room};
use crate::numeric::{chunk, in_chunks};

pub const METHOD: Method = Method {
    id: "majority-vote",
    title: "Majority vote, optionally weighted",
    paper: "Condorcet, Essai sur l'application de l'analyse à la probabilité des décisions, 1785",
    uses_gold: false,
    run,
};

fn run(votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    let weights = options.weights.clone().unwrap_or_default();
    check_weights(votes, &weights)?;
    let mut found = weighted(votes, options, &weights)?;
    found.skills = agreement(votes, &found.labels);
    found.skill = "share of the worker's votes that agree with the result";
    Ok(found)
}

fn check_weights(votes: &Votes, weights: &[f64]) -> Result<(), AggregationError> {
    if !weights.is_empty() && weights.len() != votes.workers() {
        let message = format!("{} weights for {} workers", weights.len(), votes.workers());
        return Err(AggregationError::BadOption(message));
    }
    match weights.iter().position(|weight| !(0.0..=1e300).contains(weight)) {
        Some(worker) => {
            let message = format!("the weight of worker {worker} is {}, not a finite number from 0", weights[worker]);
            Err(AggregationError::BadOption(message))
        }
        None => Ok(()),
    }
}

/// The weighted vote, without skills. No weights are equal weights.
pub(crate) fn weighted(votes: &Votes, options: &Options, weights: &[f64]) -> Result<Aggregation, AggregationError> {
    let (tasks, classes) = (votes.tasks(), votes.classes());
    let picker = Picker::new(votes, options);
    let chunks = votes.chunks(1);
    let parts = in_chunks(chunks, |index| {
        let range = chunk(tasks, chunks, index);
        let (mut labels, mut table, mut ties) = (Vec::with_capacity(range.len()), Vec::new(), 0);
        let mut scores = vec![0.0; classes];
        for task in range {
            let own = votes.of_task(task);
            scores.fill(0.0);
            for cell in own {
                scores[votes.label(*cell)] += weights.get(votes.worker(*cell)).copied().unwrap_or(1.0);
            }
            let total: f64 = scores.iter().sum();
            if own.is_empty() {
                labels.push(NONE);
            } else {
                let (label, tied) = picker.pick(task, &scores);
                labels.push(label);
                ties += usize::from(tied);
            }
            if !options.labels_only {
                let even = 1.0 / classes as f64;
                table.extend(scores.iter().map(|score| if total > 0.0 { score / total } else { even }));
            }
        }
        (labels, table, ties)
    });
    let mut found = Aggregation { converged: true, objective: "", skill: "", ..Aggregation::default() };
    if !options.labels_only {
        found.probabilities = room(METHOD.id, "a probability for each task and class", tasks, classes)?;
        found.probabilities.clear();
    }
    for (labels, table, ties) in parts {
        found.labels.extend(labels);
        found.probabilities.extend(table);
        found.ties += ties;
    }
    Ok(found)
}

/// The share of each worker's votes that are equal to the labels; 0 for a worker without votes.
pub(crate) fn agreement(votes: &Votes, labels: &[u32]) -> Vec<f64> {
    let mut same = vec![(0_u32, 0_u32); votes.workers()];
    for (task, label) in labels.iter().enumerate().filter(|(_, label)| **label != NONE) {
        for cell in votes.of_task(task) {
            let (right, all) = &mut same[votes.worker(*cell)];
            *right += u32::from(votes.label(*cell) as u32 == *label);
            *all += 1;
        }
    }
    same.into_iter().map(|(right, all)| if all == 0 { 0.0 } else { f64::from(right) / f64::from(all) }).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Ties, aggregate};
    use super::*;

    #[test]
    fn ties_are_counted_and_broken_by_the_rule() {
        // Task 0: a a b; task 1: a c (tie); task 2: c.
        let rows = [(0, 0, 0), (0, 1, 0), (0, 2, 1), (1, 0, 0), (1, 1, 2), (2, 2, 2), (3, 0, 2)];
        let votes = Votes::new(5, 3, 3, &rows).unwrap();
        let found = aggregate("majority-vote", &votes, &Options::default()).unwrap();
        assert_eq!((found.labels, found.ties), (vec![0, 0, 2, 2, NONE], 1));
        assert_eq!(found.probabilities[..6], [2.0 / 3.0, 1.0 / 3.0, 0.0, 0.5, 0.0, 0.5]);
        assert_eq!(found.skills, [1.0, 0.5, 0.5]);
        // Class c has three votes as a has; more votes for c settle it.
        let frequent = Options { ties: Ties::Frequent, ..Options::default() };
        let more = [&rows[..], &[(2, 0, 2)]].concat();
        let votes = Votes::new(5, 3, 3, &more).unwrap();
        assert_eq!(aggregate("majority-vote", &votes, &frequent).unwrap().labels[1], 2);
    }

    #[test]
    fn random_ties_fall_to_both_sides_and_stay() {
        let rows: Vec<_> = (0..400).flat_map(|task| [(task, 0, 0), (task, 1, 1)]).collect();
        let votes = Votes::new(400, 2, 2, &rows).unwrap();
        let options = Options { ties: Ties::Random, seed: 3, ..Options::default() };
        let found = aggregate("majority-vote", &votes, &options).unwrap();
        let ones = found.labels.iter().filter(|label| **label == 1).count();
        assert!((140..260).contains(&ones), "{ones}");
        assert_eq!(found, aggregate("majority-vote", &votes, &options).unwrap());
    }

    #[test]
    fn weights_weigh() {
        let votes = Votes::new(1, 3, 2, &[(0, 0, 0), (0, 1, 1), (0, 2, 1)]).unwrap();
        let with = |weights: &[f64]| {
            let options = Options { weights: Some(weights.to_vec()), ..Options::default() };
            aggregate("majority-vote", &votes, &options)
        };
        assert_eq!(with(&[3.0, 1.0, 1.0]).unwrap().labels, [0]);
        assert_eq!(with(&[0.0, 0.0, 0.0]).unwrap().probabilities, [0.5, 0.5]);
        assert!(with(&[1.0]).unwrap_err().to_string().contains("1 weights for 3 workers"));
        assert!(with(&[1.0, f64::NAN, 1.0]).unwrap_err().to_string().contains("worker 1"));
    }
}
