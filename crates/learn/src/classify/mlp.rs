//! A small network head: one hidden layer of tanh units on the scaled features, softmax on top, all weights decayed, fitted
//! by L-BFGS on the whole of the labels (Rumelhart, Hinton and Williams 1986). Three starts are averaged, which is worth
//! more with few labels than a larger layer. How much the weights decay is chosen by held-out labels.

use super::{Labels, Prediction, Space, calibration, lbfgs, soften};
use crate::{
    Matrix, Random,
    numeric::{self, in_chunks},
};

const HIDDEN: usize = 24;
const STARTS: u64 = 3;
const STEPS: usize = 120;
const FOLDS: usize = 5;
/// Inverse strengths of the decay, as in [`super::logistic`].
const STRENGTHS: [f64; 2] = [0.3, 3.0];

/// Hidden x (columns + 1), then classes x (hidden + 1); the last weight of a unit is its intercept.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    weights: Vec<f64>,
    columns: usize,
    classes: usize,
}

fn with_ones(matrix: &Matrix) -> Vec<f64> {
    let mut data = Vec::with_capacity(matrix.rows() * (matrix.columns() + 1));
    for row in matrix.iter() {
        data.extend_from_slice(row);
        data.push(1.0);
    }
    data
}

/// Hidden activations (rows x (HIDDEN + 1), the last one 1) of rows with their ones.
fn hidden(data: &[f64], weights: &[f64], width: usize) -> Vec<f64> {
    let rows = data.len() / width.max(1);
    let mut raw = vec![0.0; rows * HIDDEN];
    numeric::product_transposed(data, weights.get(..HIDDEN * width).unwrap_or_default(), width, &mut raw);
    raw.chunks_exact(HIDDEN).flat_map(|row| row.iter().map(|value| value.tanh()).chain([1.0])).collect()
}

/// Loss (sum of log losses plus |weights|^2 / (2 strength), intercepts free) and its gradient.
fn cost(data: &[f64], labels: &[u32], width: usize, classes: usize, strength: f64, at: &[f64], to: &mut [f64]) -> f64 {
    let rows = labels.len();
    let (first, second) = at.split_at(HIDDEN * width);
    let inner = hidden(data, first, width);
    let mut scores = vec![0.0; rows * classes];
    numeric::product_transposed(&inner, second, HIDDEN + 1, &mut scores);
    let mut loss = 0.0;
    for (row, label) in scores.chunks_exact_mut(classes).zip(labels) {
        let own = row.get(*label as usize).copied().unwrap_or(0.0);
        loss += numeric::soft_max(row) - own;
        if let Some(own) = row.get_mut(*label as usize) {
            *own -= 1.0;
        }
    }
    to.fill(0.0);
    let (to_first, to_second) = to.split_at_mut(HIDDEN * width);
    numeric::add_product_of_transpose(&scores, &inner, rows, to_second);
    let mut back = vec![0.0; rows * (HIDDEN + 1)];
    numeric::product(&scores, second, classes, &mut back);
    let slopes: Vec<f64> = back
        .chunks_exact(HIDDEN + 1)
        .zip(inner.chunks_exact(HIDDEN + 1))
        .flat_map(|(back, inner)| back.iter().zip(inner).take(HIDDEN).map(|(back, value)| back * (1.0 - value * value)))
        .collect();
    numeric::add_product_of_transpose(&slopes, data, rows, to_first);
    for (weights, gradients, width) in [(first, to_first, width), (second, to_second, HIDDEN + 1)] {
        for (weights, gradients) in weights.chunks_exact(width).zip(gradients.chunks_exact_mut(width)) {
            for (weight, gradient) in weights.iter().zip(gradients).take(width - 1) {
                loss += weight * weight / (2.0 * strength);
                *gradient += weight / strength;
            }
        }
    }
    loss
}

/// Fits one network from a seeded start.
pub fn fit(matrix: &Matrix, labels: &[u32], classes: usize, strength: f64, seed: u64) -> Network {
    let (data, width) = (with_ones(matrix), matrix.columns() + 1);
    let mut random = Random::new(seed);
    let (inputs, units) = (1.0 / (width as f64).sqrt(), 1.0 / ((HIDDEN + 1) as f64).sqrt());
    let start: Vec<f64> = (0..HIDDEN * width + classes * (HIDDEN + 1))
        .map(|at| random.normal() * if at < HIDDEN * width { inputs } else { units })
        .collect();
    let weights = lbfgs::minimise(start, STEPS, 1e-4, |at, to| cost(&data, labels, width, classes, strength, at, to));
    Network { weights, columns: matrix.columns(), classes }
}

impl Network {
    /// Rows x classes, before the softmax.
    pub fn scores(&self, matrix: &Matrix) -> Vec<f64> {
        let (length, rows, width) = (4096, matrix.rows(), self.columns + 1);
        let parts = in_chunks(rows.div_ceil(length), |chunk| {
            let own = matrix.select(chunk * length..((chunk + 1) * length).min(rows));
            let inner = hidden(&with_ones(&own), &self.weights, width);
            let mut out = vec![0.0; own.rows() * self.classes];
            let second = self.weights.get(HIDDEN * width..).unwrap_or_default();
            numeric::product_transposed(&inner, second, HIDDEN + 1, &mut out);
            out
        });
        parts.concat()
    }
}

/// Mean scores of the starts.
fn averaged(own: &Matrix, labels: &Labels, strength: f64, of: &Matrix) -> Vec<f64> {
    let mut sum = vec![0.0; of.rows() * labels.classes];
    for seed in 0..STARTS {
        let scores = fit(own, &labels.labels, labels.classes, strength, seed).scores(of);
        sum.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score / STARTS as f64);
    }
    sum
}

pub fn predict(space: &Space, labels: &Labels) -> Prediction {
    let classes = labels.classes;
    let mut best: Option<(f64, f64, f64, Vec<f64>)> = None;
    for strength in STRENGTHS {
        let held = super::by_folds(&space.matrix, labels, FOLDS, |inside, outside| {
            averaged(&space.matrix.select(inside.rows.iter().copied()), inside, strength, outside)
        });
        let (sharpness, loss) = calibration::sharpness(&held, labels);
        if best.as_ref().is_none_or(|best| loss < best.0 - 1e-3) {
            best = Some((loss, strength, sharpness, held));
        }
    }
    let (_, strength, sharpness, held) = best.unwrap_or((0.0, 1.0, 1.0, Vec::new()));
    let own = space.matrix.select(labels.rows.iter().copied());
    Prediction {
        probabilities: soften(&averaged(&own, labels, strength, &space.matrix), classes, sharpness),
        held_out: soften(&held, classes, sharpness),
        notes: vec![format!("network with {HIDDEN} hidden units and C = {strength}")],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{classify::accuracy, scale::Scaling};

    #[test]
    fn gradients_are_what_small_steps_say() {
        let mut random = Random::new(4);
        let matrix = Matrix::new((0..15).map(|_| random.normal()).collect(), 3).unwrap();
        let (data, labels, width, classes) = (with_ones(&matrix), [0, 1, 2, 1, 0], 4, 3);
        let at: Vec<f64> = (0..HIDDEN * width + classes * (HIDDEN + 1)).map(|_| random.normal() * 0.4).collect();
        let mut gradient = vec![0.0; at.len()];
        let mut nothing = gradient.clone();
        cost(&data, &labels, width, classes, 2.0, &at, &mut gradient);
        for place in 0..at.len() {
            let mut moved = |step: f64| {
                let mut at = at.clone();
                at[place] += step;
                cost(&data, &labels, width, classes, 2.0, &at, &mut nothing)
            };
            let expected = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((expected - gradient[place]).abs() < 1e-6 * (1.0 + expected.abs()), "{place}");
        }
    }

    #[test]
    fn rings_are_told_apart() {
        let mut random = Random::new(2);
        let (mut values, mut truth) = (Vec::new(), Vec::new());
        for row in 0..400_u32 {
            let (angle, radius) = (random.unit() * std::f64::consts::TAU, 1.0 + f64::from(row % 2) * 1.5);
            values.extend([radius * angle.cos() + 0.2 * random.normal(), radius * angle.sin() + 0.2 * random.normal()]);
            truth.push(row % 2);
        }
        let space = Space::new(&Matrix::new(values, 2).unwrap(), Scaling::None);
        let labels = Labels::new((0..120).collect(), truth[..120].to_vec(), 2, 400).unwrap();
        let found = predict(&space, &labels);
        let others = Labels::new((0..400).collect(), truth, 2, 400).unwrap().without(|at| at < 120);
        assert!(accuracy(&found.probabilities[240..], &others) > 0.95);
        assert!(accuracy(&found.held_out, &labels) > 0.9);
    }
}
