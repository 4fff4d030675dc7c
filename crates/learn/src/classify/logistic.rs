//! Multinomial logistic regression: the sum of the losses plus |W|^2 / (2 C), intercepts free (as scikit-learn counts C),
//! by L-BFGS. Features should be at one scale ([`crate::scale`]).

use super::{Labels, Prediction, Space, calibration, lbfgs};
use crate::{
    Matrix,
    numeric::{self, in_chunks},
};

/// Weights: classes x (columns + 1), the last one of a class is its intercept.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub weights: Vec<f64>,
    pub classes: usize,
    columns: usize,
}

/// The inverse strengths of the penalty that held-out labels choose among.
const STRENGTHS: [f64; 3] = [0.1, 1.0, 10.0];

/// Fits to rows `matrix` (with one label each); `weights` say how much each row counts.
pub fn fit(matrix: &Matrix, labels: &[u32], weights: &[f64], classes: usize, strength: f64) -> Model {
    let columns = matrix.columns();
    let width = columns + 1;
    // With an extra column of ones, products make scores and gradients.
    let mut data = Vec::with_capacity(matrix.rows() * width);
    for row in matrix.iter() {
        data.extend_from_slice(row);
        data.push(1.0);
    }
    let rows = matrix.rows();
    let mut scores = vec![0.0; rows * classes];
    let weights = lbfgs::minimise(vec![0.0; classes * width], 300, 1e-5, |at, gradient| {
        numeric::product_transposed(&data, at, width, &mut scores);
        let mut loss = 0.0;
        for ((row, label), weight) in scores.chunks_exact_mut(classes).zip(labels).zip(weights) {
            let own = row.get(*label as usize).copied().unwrap_or(0.0);
            loss += weight * (numeric::soft_max(row) - own);
            if let Some(own) = row.get_mut(*label as usize) {
                *own -= 1.0;
            }
            row.iter_mut().for_each(|value| *value *= weight);
        }
        gradient.fill(0.0);
        numeric::add_product_of_transpose(&scores, &data, rows, gradient);
        for (gradient, weights) in gradient.chunks_exact_mut(width).zip(at.chunks_exact(width)) {
            for (gradient, weight) in gradient.iter_mut().zip(weights).take(columns) {
                *gradient += weight / strength;
                loss += weight * weight / (2.0 * strength);
            }
        }
        loss
    });
    Model { weights, classes, columns }
}

impl Model {
    /// Rows x classes, before the softmax.
    pub fn scores(&self, matrix: &Matrix) -> Vec<f64> {
        let (length, rows) = (4096, matrix.rows());
        let width = self.columns + 1;
        let (mut plain, mut intercepts) = (Vec::new(), Vec::new());
        for class in self.weights.chunks_exact(width) {
            let (own, intercept) = class.split_at(self.columns);
            plain.extend_from_slice(own);
            intercepts.extend_from_slice(intercept);
        }
        let parts = in_chunks(rows.div_ceil(length), |chunk| {
            let range = chunk * length..((chunk + 1) * length).min(rows);
            let own = matrix.values().get(range.start * self.columns..range.end * self.columns).unwrap_or_default();
            let mut out = vec![0.0; range.len() * self.classes];
            numeric::product_transposed(own, &plain, self.columns, &mut out);
            for row in out.chunks_exact_mut(self.classes) {
                row.iter_mut().zip(&intercepts).for_each(|(value, intercept)| *value += intercept);
            }
            out
        });
        parts.concat()
    }
}

/// Out-of-sample scores of the labeled rows, by folds: one label a fold when there are few.
pub(super) fn held_out_scores(matrix: &Matrix, labels: &Labels, strength: f64) -> Vec<f64> {
    let folds = if labels.len() <= 40 { labels.len() } else { 10 };
    super::by_folds(matrix, labels, folds, |inside, outside| {
        let own = matrix.select(inside.rows.iter().copied());
        fit(&own, &inside.labels, &vec![1.0; inside.len()], labels.classes, strength).scores(outside)
    })
}

/// Strength of the penalty and sharpness of the probabilities by held-out labels.
pub fn predict(space: &Space, labels: &Labels) -> Prediction {
    on(&space.matrix, labels, "logistic regression")
}

/// As [`predict`], on principal components ([`super::principal`]).
pub fn predict_principal(space: &Space, labels: &Labels) -> Prediction {
    on(space.principal(), labels, "logistic regression on principal components")
}

fn on(matrix: &Matrix, labels: &Labels, name: &str) -> Prediction {
    let mut best: Option<(f64, f64, f64, Vec<f64>)> = None;
    for strength in STRENGTHS {
        let scores = held_out_scores(matrix, labels, strength);
        let (sharpness, loss) = calibration::sharpness(&scores, labels);
        if best.as_ref().is_none_or(|best| loss < best.0 - 1e-3) {
            best = Some((loss, strength, sharpness, scores));
        }
    }
    let (_, strength, sharpness, held_out) = best.unwrap_or((0.0, 1.0, 1.0, Vec::new()));
    let own = matrix.select(labels.rows.iter().copied());
    let model = fit(&own, &labels.labels, &vec![1.0; labels.len()], labels.classes, strength);
    Prediction {
        probabilities: super::soften(&model.scores(matrix), labels.classes, sharpness),
        held_out: super::soften(&held_out, labels.classes, sharpness),
        notes: vec![format!("{name} with C = {strength}")],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn two_points_by_the_optimum() {
        // Symmetric: w for one class at x = 1, -w for the other; the optimum solves w / C = 2 (1 - sigmoid(2 w)).
        let matrix = Matrix::new(vec![1.0, -1.0], 1).unwrap();
        let model = fit(&matrix, &[0, 1], &[1.0, 1.0], 2, 1.0);
        let w = model.weights[0];
        assert!((w + model.weights[2]).abs() < 1e-5);
        assert!((w - 2.0 * (1.0 - 1.0 / (1.0 + (-2.0 * w).exp()))).abs() < 1e-4, "{w}");
        assert!(model.weights[1].abs() < 1e-5);
    }
}
