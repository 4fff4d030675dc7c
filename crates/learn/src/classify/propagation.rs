//! Label propagation with labels held fast (Zhu and Ghahramani 2002): the harmonic function on the graph of neighbours, with
//! class mass normalisation (Zhu, Ghahramani and Lafferty 2003).

use super::{Labels, Prediction, Space, calibration, spreading};
use crate::numeric;

const STEPS: usize = 1000;

/// Rows x classes: each unlabeled row is the weighted mean of its neighbours, until nothing moves.
fn harmonic(space: &Space, labels: &Labels) -> Vec<f64> {
    let graph = space.graph();
    let (rows, classes) = (space.rows(), labels.classes);
    let shares = spreading::shares(labels);
    let mut fixed = vec![false; rows];
    // Scaled by the root of the degrees, S has the harmonic functions of D^-1 W.
    let roots: Vec<f64> = graph.degrees.iter().map(|degree| degree.max(1e-12).sqrt()).collect();
    let mut values: Vec<f64> = (0..rows).flat_map(|_| shares.clone()).collect();
    for (row, label) in labels.iter() {
        if let (Some(fixed), Some(own)) = (fixed.get_mut(row), values.get_mut(row * classes..(row + 1) * classes)) {
            *fixed = true;
            own.fill(0.0);
            if let Some(value) = own.get_mut(label) {
                *value = 1.0;
            }
        }
    }
    for _ in 0..STEPS {
        let scaled: Vec<f64> = values
            .chunks_exact(classes)
            .zip(&roots)
            .flat_map(|(row, root)| row.iter().map(move |value| value * root))
            .collect();
        let spread = graph.multiply(&scaled, classes);
        let mut moved = 0.0_f64;
        for (((own, next), root), fixed) in
            values.chunks_exact_mut(classes).zip(spread.chunks_exact(classes)).zip(&roots).zip(&fixed)
        {
            if *fixed {
                continue;
            }
            let sum: f64 = next.iter().sum();
            for (value, next) in own.iter_mut().zip(next) {
                let next = if sum > 0.0 { next / sum } else { next / root };
                moved = moved.max((*value - next).abs());
                *value = next;
            }
        }
        if moved < 1e-5 {
            break;
        }
    }
    let mut masses = vec![0.0; classes];
    for (row, _) in values.chunks_exact(classes).zip(&fixed).filter(|(_, fixed)| !**fixed) {
        masses.iter_mut().zip(row).for_each(|(mass, value)| *mass += value);
    }
    for (row, _) in values.chunks_exact_mut(classes).zip(&fixed).filter(|(_, fixed)| !**fixed) {
        let scaled: Vec<f64> = row
            .iter()
            .zip(&shares)
            .zip(&masses)
            .map(|((value, share), mass)| value * share / mass.max(1e-12))
            .collect();
        let sum: f64 = scaled.iter().sum();
        row.iter_mut()
            .zip(scaled)
            .for_each(|(value, scaled)| *value = if sum > 0.0 { scaled / sum } else { 1.0 / classes as f64 });
    }
    values
}

pub fn predict(space: &Space, labels: &Labels) -> Prediction {
    let classes = labels.classes;
    let folds = labels.len().min(5);
    let fold_of = labels.folds(folds);
    let mut held = vec![1.0 / classes as f64; labels.len() * classes];
    for fold in 0..folds {
        let inside = labels.without(|at| fold_of.get(at) == Some(&fold));
        let found = harmonic(space, &inside);
        for (place, (row, _)) in labels.iter().enumerate().filter(|(place, _)| fold_of.get(*place) == Some(&fold)) {
            if let (Some(to), Some(from)) =
                (held.get_mut(place * classes..(place + 1) * classes), found.get(row * classes..(row + 1) * classes))
            {
                to.copy_from_slice(from);
            }
        }
    }
    let held = calibration::logs(&held);
    let (sharpness, _) = calibration::sharpness(&held, labels);
    let all = calibration::logs(&harmonic(space, labels));
    let mut probabilities = super::soften(&all, classes, sharpness);
    probabilities.chunks_exact_mut(classes).for_each(|row| {
        debug_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{}", numeric::entropy(row));
    });
    Prediction {
        probabilities,
        held_out: super::soften(&held, classes, sharpness),
        notes: vec!["label propagation".into()],
    }
}
