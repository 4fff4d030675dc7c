//! Do probabilities mean what they say? Expected and maximum calibration error over bins (M. Pakdaman Naeini, G. Cooper,
//! M. Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015) and the Brier score (1950).

use crate::statistics::intervals::clopper_pearson;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binning {
    /// Bins of the same width; (low, high], the first with 0.
    Width,
    /// Bins of nearly the same count; equal confidences stay together.
    Count,
}

/// One point of the reliability diagram.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bin {
    pub low: f64,
    pub high: f64,
    pub count: usize,
    pub confidence: f64,
    pub accuracy: f64,
    /// Clopper-Pearson interval of the accuracy, 95 %.
    pub interval: [f64; 2],
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Sum over bins of share x |accuracy - confidence|.
    pub ece: f64,
    /// The largest |accuracy - confidence|.
    pub mce: f64,
    /// Mean squared difference of confidence and outcome.
    pub brier: f64,
    /// Bins with something in them.
    pub bins: Vec<Bin>,
    pub count: usize,
}

/// Each prediction: its confidence, 0 to 1, and whether it was right. None for no predictions, no bins, or a confidence
/// that is none.
pub fn calibration(predictions: &[(f64, bool)], bins: usize, binning: Binning) -> Option<Calibration> {
    if predictions.is_empty() || bins == 0 || predictions.iter().any(|(p, _)| !(0.0..=1.0).contains(p)) {
        return None;
    }
    let mut sorted = predictions.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let groups: Vec<&[(f64, bool)]> = match binning {
        Binning::Width => {
            let place = |p: f64| ((p * bins as f64).ceil() as usize).clamp(1, bins);
            sorted.chunk_by(|a, b| place(a.0) == place(b.0)).collect()
        }
        Binning::Count => {
            let mut groups = Vec::new();
            let mut rest = sorted.as_slice();
            while !rest.is_empty() {
                let left = bins.saturating_sub(groups.len()).max(1);
                let mut take = rest.len().div_ceil(left);
                while take < rest.len() && rest[take].0 == rest[take - 1].0 {
                    take += 1;
                }
                let (group, after) = rest.split_at(take);
                groups.push(group);
                rest = after;
            }
            groups
        }
    };
    let total = sorted.len() as f64;
    let (mut ece, mut mce) = (0.0, 0.0_f64);
    let mut found = Vec::new();
    for group in groups {
        let count = group.len() as f64;
        let right = group.iter().filter(|(_, right)| *right).count();
        let confidence = group.iter().map(|(p, _)| p).sum::<f64>() / count;
        let accuracy = right as f64 / count;
        let gap = (accuracy - confidence).abs();
        ece += count / total * gap;
        mce = mce.max(gap);
        let interval = clopper_pearson(right as u64, group.len() as u64, 0.95);
        found.push(Bin {
            low: group[0].0,
            high: group[group.len() - 1].0,
            count: group.len(),
            confidence,
            accuracy,
            interval: [interval.low, interval.high],
        });
    }
    let brier = sorted.iter().map(|(p, right)| (p - f64::from(u8::from(*right))).powi(2)).sum::<f64>() / total;
    Some(Calibration { ece, mce, brier, bins: found, count: sorted.len() })
}
