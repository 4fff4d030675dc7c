//! Nearest labeled neighbours (Fix and Hodges 1951; weights by distance, Dudani 1976).

use super::{Labels, Prediction, Space, calibration};
use crate::numeric::{in_chunks, squared_distance};

const NEAREST: usize = 5;

/// Log scores of a row from labeled ones, leaving out one place.
fn scores(space: &Space, labels: &Labels, row: &[f64], without: Option<usize>) -> Vec<f64> {
    let mut near: Vec<(f64, usize, usize)> = labels
        .iter()
        .enumerate()
        .filter(|(place, _)| Some(*place) != without)
        .map(|(place, (other, label))| (squared_distance(row, space.matrix.row(other)), place, label))
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    near.truncate(NEAREST);
    let widest = near.last().map_or(1.0, |last| last.0).max(1e-300);
    let mut sums = vec![0.05; labels.classes];
    for (far, _, label) in near {
        if let Some(sum) = sums.get_mut(label) {
            *sum += (-far / widest).exp();
        }
    }
    sums.iter().map(|sum| sum.ln()).collect()
}

pub fn predict(space: &Space, labels: &Labels) -> Prediction {
    let (rows, length) = (space.rows(), 256);
    let parts = in_chunks(rows.div_ceil(length), |chunk| {
        (chunk * length..((chunk + 1) * length).min(rows))
            .flat_map(|row| scores(space, labels, space.matrix.row(row), None))
            .collect::<Vec<_>>()
    });
    let held: Vec<f64> = labels
        .iter()
        .enumerate()
        .flat_map(|(place, (row, _))| scores(space, labels, space.matrix.row(row), Some(place)))
        .collect();
    let (sharpness, _) = calibration::sharpness(&held, labels);
    Prediction {
        probabilities: super::soften(&parts.concat(), labels.classes, sharpness),
        held_out: super::soften(&held, labels.classes, sharpness),
        notes: vec![format!("{NEAREST} nearest labeled neighbours")],
    }
}
