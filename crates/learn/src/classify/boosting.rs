//! Gradient-boosted trees (Friedman 2001) for classes: each round fits one small tree a class to the gradients of the log
//! loss, with Newton's steps in the leaves and a penalty on them (Chen and Guestrin 2016, equations 5 to 7). How many
//! rounds is chosen by labels held out. Trees need no scaling and find what depends on thresholds and on several columns
//! together; from a dozen labels they learn little.

mod tree;

use super::{Labels, Prediction, Space, calibration, log_loss, soften};
use crate::{
    Matrix,
    numeric::{self, in_chunks},
};
use tree::{Bins, Tree};

/// Most rounds, and how much of each tree's step is taken.
const ROUNDS: usize = 120;
const RATE: f64 = 0.1;
const FOLDS: usize = 5;
/// Rounds without a better held-out loss after which no more are tried.
const PATIENCE: usize = 20;

/// Trees by round, one a class, and the scores to begin with.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    base: Vec<f64>,
    rounds: Vec<Vec<Tree>>,
}

/// Fits `rounds` rounds; `each` sees the model after every one and may end it.
pub fn fit(
    matrix: &Matrix,
    labels: &[u32],
    classes: usize,
    rounds: usize,
    mut each: impl FnMut(&[Tree]) -> bool,
) -> Model {
    let bins = Bins::new(matrix);
    let rows = matrix.rows();
    let mut counts = vec![1.0; classes];
    for label in labels {
        if let Some(count) = counts.get_mut(*label as usize) {
            *count += 1.0;
        }
    }
    let all: f64 = counts.iter().sum();
    let base: Vec<f64> = counts.iter().map(|count| (count / all).ln()).collect();
    let mut scores: Vec<f64> = (0..rows).flat_map(|_| base.clone()).collect();
    let mut model = Model { base, rounds: Vec::new() };
    for _ in 0..rounds {
        let mut probabilities = scores.clone();
        probabilities.chunks_exact_mut(classes).for_each(|row| {
            numeric::soft_max(row);
        });
        let trees = in_chunks(classes, |class| {
            let slopes: Vec<(f64, f64)> = probabilities
                .chunks_exact(classes)
                .zip(labels)
                .map(|(row, label)| {
                    let p = row.get(class).copied().unwrap_or(0.0);
                    (p - f64::from(u8::from(*label as usize == class)), p * (1.0 - p))
                })
                .collect();
            Tree::grow(&bins, &slopes, RATE)
        });
        for (row, values) in scores.chunks_exact_mut(classes).zip(matrix.iter()) {
            row.iter_mut().zip(&trees).for_each(|(score, tree)| *score += tree.value(values));
        }
        let go_on = each(&trees);
        model.rounds.push(trees);
        if !go_on {
            break;
        }
    }
    model
}

impl Model {
    /// Rows x classes, before the softmax.
    pub fn scores(&self, matrix: &Matrix) -> Vec<f64> {
        let (length, rows) = (1024, matrix.rows());
        let parts = in_chunks(rows.div_ceil(length), |chunk| {
            let mut out = Vec::with_capacity(length * self.base.len());
            for row in chunk * length..((chunk + 1) * length).min(rows) {
                let (values, mut scores) = (matrix.row(row), self.base.clone());
                for trees in &self.rounds {
                    scores.iter_mut().zip(trees).for_each(|(score, tree)| *score += tree.value(values));
                }
                out.extend(scores);
            }
            out
        });
        parts.concat()
    }
}

/// Held-out scores after each round: rounds x (labels x classes).
fn held_out(space: &Space, labels: &Labels) -> Vec<Vec<f64>> {
    let folds = labels.len().min(FOLDS);
    let (fold_of, classes) = (labels.folds(folds), labels.classes);
    let parts = in_chunks(folds, |fold| {
        let inside = labels.without(|at| fold_of.get(at) == Some(&fold));
        let places: Vec<usize> = (0..labels.len()).filter(|at| fold_of.get(*at) == Some(&fold)).collect();
        let outside = space.matrix.select(places.iter().filter_map(|at| labels.rows.get(*at).copied()));
        let own = space.matrix.select(inside.rows.iter().copied());
        let mut sums = vec![0.0; places.len() * classes];
        let mut path = Vec::with_capacity(ROUNDS);
        let model = fit(&own, &inside.labels, classes, ROUNDS, |trees| {
            for (row, values) in sums.chunks_exact_mut(classes).zip(outside.iter()) {
                row.iter_mut().zip(trees).for_each(|(sum, tree)| *sum += tree.value(values));
            }
            path.push(sums.clone());
            true
        });
        for sums in &mut path {
            sums.chunks_exact_mut(classes)
                .for_each(|row| row.iter_mut().zip(&model.base).for_each(|(sum, base)| *sum += base));
        }
        (places, path)
    });
    let mut all = vec![vec![0.0; labels.len() * classes]; ROUNDS];
    for (places, path) in parts {
        for (to, sums) in all.iter_mut().zip(path) {
            for (place, row) in places.iter().zip(sums.chunks_exact(classes)) {
                if let Some(to) = to.get_mut(place * classes..(place + 1) * classes) {
                    to.copy_from_slice(row);
                }
            }
        }
    }
    all
}

pub fn predict(space: &Space, labels: &Labels) -> Prediction {
    let classes = labels.classes;
    let path = held_out(space, labels);
    let mut best = (f64::INFINITY, 0);
    for (round, scores) in path.iter().enumerate() {
        let loss = log_loss(&soften(scores, classes, 1.0), labels);
        if loss < best.0 - 1e-4 {
            best = (loss, round);
        } else if round >= best.1 + PATIENCE {
            break;
        }
    }
    let held = path.get(best.1).cloned().unwrap_or_default();
    let (sharpness, _) = calibration::sharpness(&held, labels);
    let own = space.matrix.select(labels.rows.iter().copied());
    let model = fit(&own, &labels.labels, classes, best.1 + 1, |_| true);
    Prediction {
        probabilities: soften(&model.scores(&space.matrix), classes, sharpness),
        held_out: soften(&held, classes, sharpness),
        notes: vec![format!("boosted trees, {} rounds", best.1 + 1)],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Random, classify::accuracy, scale::Scaling};

    /// Classes that no line tells apart: the sign of a product.
    fn crossed(rows: usize, seed: u64) -> (Matrix, Vec<u32>) {
        let mut random = Random::new(seed);
        let values: Vec<f64> = (0..rows * 3).map(|_| random.unit() * 2.0 - 1.0).collect();
        let truth = values.chunks_exact(3).map(|row| u32::from(row[0] * row[1] > 0.0)).collect();
        (Matrix::new(values, 3).unwrap(), truth)
    }

    #[test]
    fn products_of_columns_are_learned_and_held_out_says_so() {
        let (matrix, truth) = crossed(900, 1);
        let labels = Labels::new((0..300).collect(), truth[..300].to_vec(), 2, 900).unwrap();
        let space = Space::new(&matrix, Scaling::None);
        let found = predict(&space, &labels);
        let all = Labels::new((0..900).collect(), truth.clone(), 2, 900).unwrap();
        let others = all.without(|at| at < 300);
        let outside = accuracy(&found.probabilities[600..], &others);
        assert!(outside > 0.9, "{outside}");
        assert!((accuracy(&found.held_out, &labels) - outside).abs() < 0.06);
        let plain = super::super::logistic::predict(&space, &labels);
        assert!(accuracy(&plain.probabilities[600..], &others) < 0.65);
    }

    #[test]
    fn the_first_round_by_hand() {
        // Two rows a class; base scores are equal, so p = 1/2, slopes -1/2 and 1/2, bends 1/4 each. Leaves of two rows:
        // -G / (H + 1) = 1 / 1.5, times the rate.
        let matrix = Matrix::new(vec![0.0, 1.0, 5.0, 6.0], 1).unwrap();
        let model = fit(&matrix, &[0, 0, 1, 1], 2, 1, |_| true);
        let scores = model.scores(&matrix);
        let step = RATE / 1.5;
        let base = 0.5_f64.ln();
        for (row, signs) in scores.chunks_exact(2).zip([[1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, 1.0]]) {
            assert!((row[0] - base - signs[0] * step).abs() < 1e-12 && (row[1] - base - signs[1] * step).abs() < 1e-12);
        }
    }
}
