//! Label spreading (Zhou, Bousquet, Lal, Weston and Schoelkopf 2004): F = (I - alpha S)^-1 Y on the graph of neighbours,
//! with class mass normalisation (Zhu, Ghahramani and Lafferty 2003, section 4) by the labels' shares. F is linear in Y,
//! so what the other labels say about a labeled row comes from the same solution.

use super::{Labels, Prediction, Space, calibration};
use crate::numeric;

/// How far labels reach: steps of about 1 / (1 - alpha).
pub const ALPHA: f64 = 0.95;

/// How much every row gets from every labeled row: rows x labels.
pub(super) struct Reach {
    pub columns: Vec<f64>,
}

pub(super) fn reach(space: &Space, labels: &Labels) -> Reach {
    Reach { columns: space.graph().influence(&labels.rows, ALPHA) }
}

/// Shares of the classes with one more of each, so that a class with few labels is not taken to be rare for sure.
pub(super) fn shares(labels: &Labels) -> Vec<f64> {
    let counts = labels.counts();
    let sum: f64 = counts.iter().sum::<f64>() + labels.classes as f64;
    counts.iter().map(|count| (count + 1.0) / sum).collect()
}

/// Logarithms of the normalised masses (rows x classes), leaving out the label at a place when there is one.
fn scores(sums: &[f64], classes: usize, factors: &[f64]) -> Vec<f64> {
    let mut out = Vec::with_capacity(sums.len());
    for row in sums.chunks_exact(classes) {
        let total: f64 = row.iter().zip(factors).map(|(value, factor)| value.max(0.0) * factor).sum();
        // A row that nothing reaches is anything; a little of everything is in every row.
        let floor = total * 1e-5 + 1e-12;
        out.extend(row.iter().zip(factors).map(|(value, factor)| (value.max(0.0) * factor + floor).ln()));
    }
    out
}

/// What each class's mass is multiplied by.
fn factors(sums: &[f64], labels: &Labels) -> Vec<f64> {
    let mut masses = vec![0.0; labels.classes];
    for row in sums.chunks_exact(labels.classes) {
        let total: f64 = row.iter().sum();
        if total > 0.0 {
            masses.iter_mut().zip(row).for_each(|(mass, value)| *mass += value / total);
        }
    }
    let all: f64 = masses.iter().sum();
    shares(labels).iter().zip(&masses).map(|(share, mass)| if *mass > 0.0 { share * all / mass } else { 0.0 }).collect()
}

pub fn predict(space: &Space, labels: &Labels) -> Prediction {
    let reach = reach(space, labels);
    let (classes, count) = (labels.classes, labels.len());
    let mut sums = vec![0.0; space.rows() * classes];
    for (sums, row) in sums.chunks_exact_mut(classes).zip(reach.columns.chunks_exact(count)) {
        for (value, label) in row.iter().zip(&labels.labels) {
            if let Some(sum) = sums.get_mut(*label as usize) {
                *sum += value;
            }
        }
    }
    let factors = factors(&sums, labels);
    let all = scores(&sums, classes, &factors);
    let mut held: Vec<f64> = Vec::with_capacity(count * classes);
    for (place, (row, label)) in labels.iter().enumerate() {
        let mut own = sums.get(row * classes..(row + 1) * classes).unwrap_or_default().to_vec();
        if let Some(value) = own.get_mut(label) {
            *value -= reach.columns.get(row * count + place).copied().unwrap_or(0.0);
        }
        held.extend(own);
    }
    let held = scores(&held, classes, &factors);
    let (sharpness, _) = calibration::sharpness(&held, labels);
    Prediction {
        probabilities: super::soften(&all, classes, sharpness),
        held_out: super::soften(&held, classes, sharpness),
        notes: vec![format!("label spreading over {} neighbours", super::graph::NEIGHBORS)],
    }
}

/// How surely each row is reached at all, against the best reached one: what no label is near to is unknown.
pub fn coverage(space: &Space, rows: &[usize]) -> Vec<f64> {
    let found = space.graph().influence(rows, ALPHA);
    let sums: Vec<f64> = found.chunks_exact(rows.len().max(1)).map(|row| row.iter().sum()).collect();
    let most = sums.get(numeric::greatest(&sums)).copied().unwrap_or(1.0);
    sums.iter().map(|sum| (sum / most).clamp(0.0, 1.0)).collect()
}
