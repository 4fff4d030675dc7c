//! Self-training (Yarowsky 1995): logistic regression that takes its surest guesses as labels, a few more in each round.
//! Guesses count less than labels, and only those are taken whose calibrated confidence is high.
//!
//! Trap: from few labels it teaches itself its own errors; so it is one of the methods that must win on held-out labels.

use super::{Labels, Prediction, Space, calibration, logistic};
use crate::numeric::{self, in_chunks};

const ROUNDS: usize = 4;
const SURE: f64 = 0.9;

/// Scores for every row from these labels.
fn scores(space: &Space, labels: &Labels) -> Vec<f64> {
    let classes = labels.classes;
    let held = logistic::held_out_scores(&space.matrix, labels, 1.0);
    let (sharpness, _) = calibration::sharpness(&held, labels);
    let mut known = vec![false; space.rows()];
    for row in &labels.rows {
        if let Some(known) = known.get_mut(*row) {
            *known = true;
        }
    }
    let (mut rows, mut names, mut weights) = (labels.rows.clone(), labels.labels.clone(), vec![1.0; labels.len()]);
    let mut found = Vec::new();
    for round in 0..=ROUNDS {
        let model = logistic::fit(&space.matrix.select(rows.iter().copied()), &names, &weights, classes, 1.0);
        found = model.scores(&space.matrix);
        if round == ROUNDS {
            break;
        }
        let guesses = super::soften(&found, classes, sharpness);
        // Of each class the surest, equally many: otherwise the easiest class swallows the others.
        let mut sure: Vec<Vec<(f64, usize)>> = vec![Vec::new(); classes];
        for (row, guess) in guesses.chunks_exact(classes).enumerate().filter(|(row, _)| known.get(*row) == Some(&false))
        {
            let class = numeric::greatest(guess);
            let confidence = guess.get(class).copied().unwrap_or(0.0);
            if confidence >= SURE
                && let Some(list) = sure.get_mut(class)
            {
                list.push((confidence, row));
            }
        }
        rows.truncate(labels.len());
        names.truncate(labels.len());
        weights.truncate(labels.len());
        let counts = labels.counts();
        let present = sure.iter().zip(&counts).filter(|(_, count)| **count > 0.0);
        let fewest = present.map(|(list, _)| list.len()).min().unwrap_or(0);
        for (class, list) in sure.iter_mut().enumerate() {
            list.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let take = (fewest * (round + 1)).div_ceil(ROUNDS).min(2000 / classes.max(1));
            for (confidence, row) in list.iter().take(take) {
                rows.push(*row);
                names.push(class as u32);
                weights.push(0.2 * confidence);
            }
        }
    }
    found
}

pub fn predict(space: &Space, labels: &Labels) -> Prediction {
    let classes = labels.classes;
    let folds = labels.len().min(5);
    let fold_of = labels.folds(folds);
    let parts = in_chunks(folds, |fold| {
        let found = scores(space, &labels.without(|at| fold_of.get(at) == Some(&fold)));
        let places = labels.iter().enumerate().filter(|(place, _)| fold_of.get(*place) == Some(&fold));
        places
            .map(|(place, (row, _))| {
                (place, found.get(row * classes..(row + 1) * classes).unwrap_or_default().to_vec())
            })
            .collect::<Vec<_>>()
    });
    let mut held = vec![0.0; labels.len() * classes];
    for (place, row) in parts.into_iter().flatten() {
        if let Some(to) = held.get_mut(place * classes..(place + 1) * classes)
            && to.len() == row.len()
        {
            to.copy_from_slice(&row);
        }
    }
    let (sharpness, _) = calibration::sharpness(&held, labels);
    Prediction {
        probabilities: super::soften(&scores(space, labels), classes, sharpness),
        held_out: super::soften(&held, classes, sharpness),
        notes: vec!["self-training on logistic regression".into()],
    }
}
