//! Items with any number of labels: each label is a two-class problem of its own; an item is an issue if any of its
//! labels is. The score folds the labels' scores, sorted from best to worst, by an exponential moving average
//! (s = 0.8 x + 0.2 s), so the worst counts most: Thyagarajan et al., "Identifying incorrect annotations in multi-label
//! classification data" (2022).

use super::{Issues, IssuesError, Labeled, confident::Filter, confident::find, scores::Scoring};

#[derive(Debug, Clone, PartialEq)]
pub struct MultiLabelIssues {
    pub is_issue: Vec<bool>,
    pub scores: Vec<f64>,
    /// One result a label; class 1 is "holds".
    pub by_label: Vec<Issues>,
}

const NEWEST: f64 = 0.8;

/// `holds` and `probabilities` are items x labels.
pub fn multi_label(
    holds: &[bool],
    probabilities: &[f64],
    labels: usize,
    filter: &Filter,
    scoring: &Scoring,
) -> Result<MultiLabelIssues, IssuesError> {
    if labels == 0 || holds.len() != probabilities.len() || !holds.len().is_multiple_of(labels) {
        let message = format!("{} given and {} probabilities for {labels} labels", holds.len(), probabilities.len());
        return Err(IssuesError::Shape(message));
    }
    let items = holds.len() / labels;
    let mut found =
        MultiLabelIssues { is_issue: vec![false; items], scores: Vec::new(), by_label: Vec::with_capacity(labels) };
    for label in 0..labels {
        let given: Vec<u32> = (0..items).map(|item| u32::from(holds[item * labels + label])).collect();
        let pairs: Vec<f64> = (0..items)
            .flat_map(|item| {
                let p = probabilities[item * labels + label];
                [1.0 - p, p]
            })
            .collect();
        let own = find(&Labeled::new(&given, &pairs, 2)?, filter, scoring);
        found.is_issue.iter_mut().zip(&own.is_issue).for_each(|(any, one)| *any |= one);
        found.by_label.push(own);
    }
    for item in 0..items {
        let mut scores: Vec<f64> = found.by_label.iter().map(|own| own.scores[item]).collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        found.scores.push(scores.into_iter().reduce(|sum, score| NEWEST * score + (1.0 - NEWEST) * sum).unwrap_or(1.0));
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{confident::FILTERS, scores::SCORINGS};
    use super::*;

    #[test]
    fn the_worst_label_counts_most_and_a_flipped_one_is_found() {
        let (mut holds, mut probabilities) = (Vec::new(), Vec::new());
        for item in 0..100 {
            let first = item % 2 == 0;
            holds.extend([first != (item == 7), true]);
            probabilities.extend([if first { 0.9 } else { 0.1 }, 0.8]);
        }
        let found = multi_label(&holds, &probabilities, 2, &FILTERS[3], &SCORINGS[0]).unwrap();
        assert_eq!(found.is_issue.iter().filter(|issue| **issue).count(), 1);
        assert!(found.is_issue[7]);
        assert!((found.scores[7] - (0.8 * 0.1 + 0.2 * 0.8)).abs() < 1e-12);
        assert!(multi_label(&holds, &probabilities, 3, &FILTERS[0], &SCORINGS[0]).is_err());
    }
}
