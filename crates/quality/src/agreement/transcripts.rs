//! Word and character error rates: edits between two texts (V. I. Levenshtein, 1966), split into substitutions,
//! deletions and insertions. WER = (S + D + I) / N over the N words of the reference.
//!
//! Words are what stands between white space, compared as they are: lower-casing and the like is for the caller.
//! Between labelers nobody is the reference: each takes the role in turn, and the rate is pooled over all pairs.

use super::{coefficient::Coefficient, pooled};
use crate::statistics::bootstrap::Plan;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Edits {
    pub substitutions: usize,
    pub deletions: usize,
    pub insertions: usize,
    /// Tokens of the reference.
    pub reference: usize,
}

impl Edits {
    pub fn errors(&self) -> usize {
        self.substitutions + self.deletions + self.insertions
    }

    /// Errors over the tokens of the reference; None for an empty reference.
    pub fn rate(&self) -> Option<f64> {
        (self.reference > 0).then(|| self.errors() as f64 / self.reference as f64)
    }
}

pub fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// The least edits that make `hypothesis` of `reference`; of equally few those with more substitutions.
pub fn edits<T: PartialEq>(reference: &[T], hypothesis: &[T]) -> Edits {
    let width = hypothesis.len() + 1;
    // Each cell: errors, then deletions and insertions (substitutions follow).
    let mut before: Vec<(usize, usize, usize)> = (0..width).map(|column| (column, 0, column)).collect();
    let mut row = before.clone();
    for (at, token) in reference.iter().enumerate() {
        row[0] = (at + 1, at + 1, 0);
        for column in 1..width {
            let (errors, deletions, insertions) = before[column - 1];
            let kept = (errors + usize::from(*token != hypothesis[column - 1]), deletions, insertions);
            let (errors, deletions, insertions) = before[column];
            let deleted = (errors + 1, deletions + 1, insertions);
            let (errors, deletions, insertions) = row[column - 1];
            let inserted = (errors + 1, deletions, insertions + 1);
            row[column] = kept.min(deleted).min(inserted);
        }
        std::mem::swap(&mut before, &mut row);
    }
    let (errors, deletions, insertions) = before.last().copied().unwrap_or_default();
    Edits { substitutions: errors - deletions - insertions, deletions, insertions, reference: reference.len() }
}

pub fn word_edits(reference: &str, hypothesis: &str) -> Edits {
    edits(&words(reference), &words(hypothesis))
}

/// By Unicode scalar values, white space included.
pub fn character_edits(reference: &str, hypothesis: &str) -> Edits {
    edits(&reference.chars().collect::<Vec<_>>(), &hypothesis.chars().collect::<Vec<_>>())
}

/// The error rate between labelers, 0 up: texts of each task with their labeler. Lower is better; `observed` is 1
/// minus it.
pub fn error_rate(tasks: &[Vec<(u32, String)>], characters: bool, plan: Plan) -> Coefficient {
    let rule = if characters { "character error rate" } else { "word error rate" };
    let measure = |one: &String, other: &String| {
        let found = if characters { character_edits(one, other) } else { word_edits(one, other) };
        let both = if characters {
            one.chars().count() + other.chars().count()
        } else {
            words(one).len() + words(other).len()
        };
        (2.0 * found.errors() as f64, both as f64)
    };
    let rule = format!("{rule} between labelers, each the reference in turn, pooled over all pairs");
    let mut found = pooled::ratio(tasks, measure, plan, &rule);
    found.observed = found.value.map(|rate| (1.0 - rate).max(0.0));
    found
}
