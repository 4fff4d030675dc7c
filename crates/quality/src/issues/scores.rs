//! How right a label looks beside the model's probabilities: 1 is right, 0 is wrong.
//!
//! self_confidence: p(label). normalized_margin: (p(label) - greatest other + 1) / 2. confidence_weighted_entropy:
//! x = H(p) / ln K / p(label), ln(x + 1) / x. After Kuan, Mueller, "Model-agnostic label quality scoring to detect
//! real-world label errors" (2022).

use super::{IssuesError, Labeled};

#[derive(Debug)]
pub struct Scoring {
    pub id: &'static str,
    pub title: &'static str,
    pub score: fn(usize, &[f64]) -> f64,
}

pub const SCORINGS: &[Scoring] = &[
    Scoring { id: "self_confidence", title: "Probability of the label", score: self_confidence },
    Scoring { id: "normalized_margin", title: "Lead over the best other class", score: normalized_margin },
    Scoring {
        id: "confidence_weighted_entropy",
        title: "Entropy over the label's probability",
        score: confidence_weighted_entropy,
    },
];

const LEAST: f64 = 1e-6;

/// The scoring with this name; dashes are as good as underscores.
pub fn scoring(name: &str) -> Result<&'static Scoring, IssuesError> {
    let wanted = name.replace('-', "_");
    SCORINGS.iter().find(|scoring| scoring.id == wanted).ok_or_else(|| IssuesError::Unknown {
        what: "score",
        name: name.to_owned(),
        names: SCORINGS.iter().map(|scoring| scoring.id).collect::<Vec<_>>().join(", "),
    })
}

pub fn self_confidence(label: usize, probabilities: &[f64]) -> f64 {
    probabilities[label]
}

pub fn normalized_margin(label: usize, probabilities: &[f64]) -> f64 {
    let others = probabilities.iter().enumerate().filter(|(class, _)| *class != label);
    let best = others.map(|(_, p)| *p).fold(f64::NEG_INFINITY, f64::max);
    f64::midpoint(probabilities[label] - best, 1.0)
}

pub fn confidence_weighted_entropy(label: usize, probabilities: &[f64]) -> f64 {
    let entropy: f64 = probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
    let weighted = entropy / (probabilities.len() as f64).ln() / probabilities[label].max(LEAST);
    (weighted + 1.0).ln() / weighted.max(LEAST)
}

/// The scores of all items.
pub fn all(data: &Labeled<'_>, scoring: &Scoring) -> Vec<f64> {
    data.rows().map(|(label, row)| (scoring.score)(label, row)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Values of cleanlab 2.9.0, rank.get_label_quality_scores.
    #[test]
    fn the_reference_library_agrees() {
        let rows = [(0, [0.7, 0.2, 0.1]), (1, [0.7, 0.2, 0.1]), (2, [0.0, 1.0, 0.0]), (1, [0.0, 1.0, 0.0])];
        let expected = [
            [0.7, 0.75, 0.685_033_618_608_518_4],
            [0.2, 0.25, 0.421_102_779_026_140_85],
            [0.0, 0.0, 0.0],
            [1.0, 1.0, 0.0],
        ];
        for ((label, row), expected) in rows.iter().zip(expected) {
            for (scoring, expected) in SCORINGS.iter().zip(expected) {
                let found = (scoring.score)(*label, row);
                assert!((found - expected).abs() < 1e-12, "{} {found} {expected}", scoring.id);
            }
        }
        // Certain rows: no entropy at all.
        assert_eq!(confidence_weighted_entropy(2, &rows[2].1), 0.0);
        assert_eq!(normalized_margin(1, &rows[3].1), 1.0);
        assert!(
            scoring("normalized-margin").is_ok() && scoring("x").unwrap_err().to_string().contains("self_confidence")
        );
    }
}
