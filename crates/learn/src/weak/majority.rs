//! Shares of the votes on each row; a row without votes gets the shares of all votes' winners.

use super::{Found, VoteMatrix};

/// Rows x classes, each function counting as its weight says; rows without votes are None.
pub(super) fn shares(votes: &VoteMatrix, weights: &[f64]) -> Vec<Option<Vec<f64>>> {
    votes
        .iter()
        .map(|row| {
            let mut counts = vec![0.0; votes.classes()];
            for (vote, weight) in row.iter().zip(weights).filter(|(vote, _)| **vote >= 0) {
                if let Some(count) = counts.get_mut(*vote as usize) {
                    *count += weight;
                }
            }
            let sum: f64 = counts.iter().sum();
            (sum > 0.0).then(|| counts.iter().map(|count| count / sum).collect())
        })
        .collect()
}

pub fn majority(votes: &VoteMatrix) -> Found {
    let shares = shares(votes, &vec![1.0; votes.functions()]);
    // One more row of each class: nothing is impossible because it was not seen.
    let mut prior = vec![1.0; votes.classes()];
    for row in shares.iter().flatten() {
        prior.iter_mut().zip(row).for_each(|(prior, share)| *prior += share);
    }
    let sum: f64 = prior.iter().sum();
    prior.iter_mut().for_each(|share| *share /= sum);
    let (mut agreed, mut count) = (vec![0.0; votes.functions()], vec![0.0; votes.functions()]);
    for (row, shares) in votes.iter().zip(&shares) {
        let Some(shares) = shares else { continue };
        for ((vote, agreed), count) in row.iter().zip(&mut agreed).zip(&mut count).filter(|((vote, _), _)| **vote >= 0)
        {
            *agreed += shares.get(*vote as usize).copied().unwrap_or(0.0);
            *count += 1.0;
        }
    }
    let accuracies = agreed.iter().zip(&count).map(|(agreed, count)| (*count > 0.0).then(|| agreed / count)).collect();
    let probabilities = shares.iter().flat_map(|row| row.clone().unwrap_or_else(|| prior.clone())).collect();
    Found { probabilities, prior, accuracies, notes: vec!["accuracies are agreement with the majority".into()] }
}
