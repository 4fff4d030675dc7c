//! Least squares support vector machines, one class against the rest (Suykens and Vandewalle 1999): (K + I / C) a = y.
//! With the inverse of that matrix, what the others say about a labeled row is y - a / (inverse's diagonal) (Cawley 2006):
//! no folds needed.

use super::{Labels, Prediction, Space, calibration};
use crate::{
    Matrix,
    numeric::{self, in_chunks},
    reduce::linear,
};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kernel {
    /// exp(-|x - y|^2 g / columns), for features of mean variance 1.
    Radial(f64),
    /// x.y / columns.
    Linear,
}

/// A kernel and penalty with what came of them.
struct Fit {
    loss: f64,
    kernel: Kernel,
    weights: Vec<f64>,
    sharpness: f64,
    /// Held-out scores, labels x classes.
    held: Vec<f64>,
    penalty: f64,
}

const PENALTIES: [f64; 3] = [1.0, 10.0, 100.0];

/// Rows of `one` x rows of `other`.
pub(crate) fn products(one: &Matrix, other: &Matrix, kernel: Kernel) -> Vec<f64> {
    let (columns, length) = (one.columns(), 1024);
    let norms: Vec<f64> = other.iter().map(|row| numeric::dot(row, row)).collect();
    let parts = in_chunks(one.rows().div_ceil(length), |chunk| {
        let range = chunk * length..((chunk + 1) * length).min(one.rows());
        let own = one.values().get(range.start * columns..range.end * columns).unwrap_or_default();
        let mut out = vec![0.0; range.len() * other.rows()];
        numeric::product_transposed(own, other.values(), columns, &mut out);
        for (values, row) in out.chunks_exact_mut(other.rows().max(1)).zip(own.chunks_exact(columns)) {
            let norm = numeric::dot(row, row);
            for (value, other) in values.iter_mut().zip(&norms) {
                *value = match kernel {
                    Kernel::Radial(width) => (-(norm + other - 2.0 * *value).max(0.0) * width / columns as f64).exp(),
                    Kernel::Linear => *value / columns as f64,
                };
            }
        }
        out
    });
    parts.concat()
}

fn predict(space: &Space, labels: &Labels, kernels: &[Kernel], name: &str) -> Prediction {
    let (count, classes) = (labels.len(), labels.classes);
    let known = space.matrix.select(labels.rows.iter().copied());
    let mut targets = vec![-1.0; count * classes];
    for (row, label) in targets.chunks_exact_mut(classes).zip(&labels.labels) {
        if let Some(value) = row.get_mut(*label as usize) {
            *value = 1.0;
        }
    }
    let mut best: Option<Fit> = None;
    for kernel in kernels {
        let own = products(&known, &known, *kernel);
        for penalty in PENALTIES {
            let mut matrix: Vec<f64> = own.iter().map(|value| value + 1.0).collect();
            matrix.iter_mut().step_by(count + 1).for_each(|value| *value += 1.0 / penalty);
            let inverse_factor = linear::inverse_lower(&linear::cholesky(matrix, count), count);
            // The inverse is the transpose of the factor's inverse times it.
            let mut inverse = vec![0.0; count * count];
            numeric::add_product_of_transpose(&inverse_factor, &inverse_factor, count, &mut inverse);
            let mut weights = vec![0.0; count * classes];
            numeric::product(&inverse, &targets, count, &mut weights);
            let mut held = targets.clone();
            for (at, (held, weights)) in held.chunks_exact_mut(classes).zip(weights.chunks_exact(classes)).enumerate() {
                let diagonal = inverse.get(at * count + at).copied().unwrap_or(1.0);
                held.iter_mut().zip(weights).for_each(|(held, weight)| *held = 2.0 * (*held - weight / diagonal));
            }
            let (sharpness, loss) = calibration::sharpness(&held, labels);
            if best.as_ref().is_none_or(|best| loss < best.loss - 1e-3) {
                best = Some(Fit { loss, kernel: *kernel, weights, sharpness, held, penalty });
            }
        }
    }
    let Some(Fit { kernel, weights, sharpness, held, penalty, .. }) = best else {
        return Prediction { probabilities: Vec::new(), held_out: Vec::new(), notes: Vec::new() };
    };
    let mut similar = products(&space.matrix, &known, kernel);
    // The 1 is the intercept, with a penalty of its own.
    similar.iter_mut().for_each(|value| *value += 1.0);
    let mut scores = vec![0.0; space.rows() * classes];
    numeric::product(&similar, &weights, count, &mut scores);
    scores.iter_mut().for_each(|score| *score *= 2.0);
    Prediction {
        probabilities: super::soften(&scores, classes, sharpness),
        held_out: super::soften(&held, classes, sharpness),
        notes: vec![format!("{name} with C = {penalty}")],
    }
}

pub fn predict_radial(space: &Space, labels: &Labels) -> Prediction {
    predict(space, labels, &[Kernel::Radial(0.25), Kernel::Radial(1.0)], "radial support vectors")
}

pub fn predict_linear(space: &Space, labels: &Labels) -> Prediction {
    predict(space, labels, &[Kernel::Linear], "linear support vectors")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Random, classify, scale::Scaling};

    #[test]
    fn what_the_others_say_is_what_folds_of_one_say() {
        let mut random = Random::new(8);
        let values: Vec<f64> = (0..24)
            .flat_map(|row| {
                let center = if row % 2 == 0 { 0.0 } else { 1.5 };
                [center + random.normal(), random.normal()]
            })
            .collect();
        let space = Space::new(&Matrix::new(values, 2).unwrap(), Scaling::None);
        let labels = Labels::new((0..24).collect(), (0..24).map(|row| row % 2).collect(), 2, 24).unwrap();
        let all = predict(&space, &labels, &[Kernel::Radial(1.0)], "");
        assert_eq!(all.held_out.len(), 48);
        // By hand for the first: solve without it.
        let known = space.matrix.select(1..24);
        let penalty: f64 = all.notes[0].rsplit(' ').next().unwrap().parse().unwrap();
        let mut matrix: Vec<f64> =
            products(&known, &known, Kernel::Radial(1.0)).iter().map(|value| value + 1.0).collect();
        matrix.iter_mut().step_by(24).for_each(|value| *value += 1.0 / penalty);
        let mut right: Vec<f64> = (1..24).map(|row| if row % 2 == 0 { 1.0 } else { -1.0 }).collect();
        linear::solve_cholesky(&linear::cholesky(matrix, 23), 23, &mut right, 1);
        let similar = products(&space.matrix.select([0]), &known, Kernel::Radial(1.0));
        let score: f64 = similar.iter().zip(&right).map(|(k, a)| (k + 1.0) * a).sum();
        let odds = (all.held_out[0] / all.held_out[1]).ln();
        // Both classes' scores are each other's negatives; the sharpness is one factor for all rows.
        let second = {
            let held = &all.held_out;
            (held[2] / held[3]).ln()
        };
        assert!(odds.signum() == score.signum() && second.is_finite());
        assert!(classify::accuracy(&all.probabilities, &labels) > 0.7);
    }
}
