//! Probabilities that mean what they say: one sharpness for all scores (temperature scaling, Guo et al. 2017), fitted on
//! held-out labels.

use super::{Labels, log_loss, soften};
use crate::numeric;

/// The sharpness (1 / temperature) that fits held-out `scores` (labeled rows x classes) best, and its log loss. It is
/// pulled towards 1 as if a few more labels had said so: with a handful of labels, all of them right, it would be infinite.
pub fn sharpness(scores: &[f64], labels: &Labels) -> (f64, f64) {
    let prior = 3.0 / labels.len().max(1) as f64;
    let cost = |log: f64| log_loss(&soften(scores, labels.classes, log.exp()), labels) + prior * 0.1 * log * log;
    // The loss has one bottom in the sharpness: golden sections (Kiefer 1953).
    let (mut low, mut high) = (-3.5_f64, 3.5_f64);
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..40 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if cost(a) <= cost(b) { high = b } else { low = a }
    }
    let best = ((low + high) / 2.0).exp();
    (best, log_loss(&soften(scores, labels.classes, best), labels))
}

/// Calibrated probability of being right for each confidence, by isotonic regression (pool adjacent violators; Ayer et
/// al. 1955): `points` are (confidence, was right) of held-out labels.
pub fn isotonic(points: &[(f64, bool)]) -> Vec<(f64, f64)> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut pools: Vec<(f64, f64, f64)> = Vec::new();
    for (confidence, right) in sorted {
        pools.push((confidence, f64::from(u8::from(right)), 1.0));
        while let [.., before, last] = pools.as_slice() {
            if before.1 / before.2 < last.1 / last.2 {
                break;
            }
            let joined = (before.0, before.1 + last.1, before.2 + last.2);
            pools.pop();
            if let Some(place) = pools.last_mut() {
                *place = joined;
            }
        }
    }
    pools.into_iter().map(|(from, right, count)| (from, right / count)).collect()
}

/// Logarithms of probabilities, floored: what mixtures multiply.
pub fn logs(probabilities: &[f64]) -> Vec<f64> {
    probabilities.iter().map(|value| value.max(1e-6).ln()).collect()
}

/// Expected calibration error over ten bins of the confidence (Naeini, Cooper and Hauskrecht 2015).
pub fn expected_error(probabilities: &[f64], labels: &Labels) -> f64 {
    let mut bins = [(0.0, 0.0, 0.0); 10];
    for (row, label) in probabilities.chunks_exact(labels.classes.max(1)).zip(&labels.labels) {
        let guess = numeric::greatest(row);
        let confidence = row.get(guess).copied().unwrap_or(0.0);
        if let Some(bin) = bins.get_mut(((confidence * 10.0) as usize).min(9)) {
            bin.0 += confidence;
            bin.1 += f64::from(u8::from(guess == *label as usize));
            bin.2 += 1.0;
        }
    }
    bins.iter().map(|bin: &(f64, f64, f64)| (bin.0 - bin.1).abs()).sum::<f64>() / labels.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_by_hand() {
        let points = [(0.1, false), (0.4, true), (0.5, false), (0.9, true)];
        assert_eq!(isotonic(&points), [(0.1, 0.0), (0.4, 0.5), (0.9, 1.0)]);
    }

    #[test]
    fn scores_that_shout_are_softened() {
        // Right in three of four, all at a difference of 8.
        let count = 400;
        let labels = Labels {
            rows: (0..count).collect(),
            labels: (0..count as u32).map(|at| u32::from(at % 4 == 0)).collect(),
            classes: 2,
        };
        let scores: Vec<f64> = (0..count).flat_map(|_| [8.0, 0.0]).collect();
        let (found, _) = sharpness(&scores, &labels);
        // log(3) / 8.
        assert!((found - 3.0_f64.ln() / 8.0).abs() < 0.01, "{found}");
    }
}
