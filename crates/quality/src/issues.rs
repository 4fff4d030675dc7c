//! Which labels are probably wrong: every finder gives, for each item, whether it is an issue, a score from 0 (surely
//! wrong) to 1 (surely right), the reason, and what it would be instead.
//!
//! Probabilities must be *out of sample*: from a model that did not see the item's label in training (cross-validation).
//! In-sample ones hide the errors that the model has learnt by heart.

pub mod confident;
pub mod detection;
pub mod evidence;
pub mod multi_annotator;
pub mod multi_label;
pub mod neighbors;
pub mod scores;
pub mod segmentation;
pub mod tokens;

use std::fmt;

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum IssuesError {
    #[error("{labels} labels for {rows} rows of probabilities")]
    Lengths { labels: usize, rows: usize },
    #[error("row {row}: label {label}, but there are {classes} classes")]
    Label { row: usize, label: u32, classes: usize },
    #[error("row {row}, class {class}: {value} is no probability")]
    Probability { row: usize, class: usize, value: f64 },
    #[error("row {row}: the probabilities sum to {sum}, not to 1")]
    Sum { row: usize, sum: f64 },
    #[error("there must be at least two classes, and there are {0}")]
    Classes(usize),
    #[error("no {what} is named {name:?}; there are {names}")]
    Unknown { what: &'static str, name: String, names: String },
    #[error("{0}")]
    Shape(String),
}

/// Given labels with out-of-sample class probabilities.
#[derive(Debug, Clone, Copy)]
pub struct Labeled<'a> {
    labels: &'a [u32],
    probabilities: &'a [f64],
    classes: usize,
}

/// Sums further than this from 1 are a mistake and not rounding.
const SUM_TOLERANCE: f64 = 0.02;

impl<'a> Labeled<'a> {
    /// `probabilities` row by row, one row a label.
    pub fn new(labels: &'a [u32], probabilities: &'a [f64], classes: usize) -> Result<Self, IssuesError> {
        if classes < 2 {
            return Err(IssuesError::Classes(classes));
        }
        if labels.len().checked_mul(classes) != Some(probabilities.len()) {
            return Err(IssuesError::Lengths { labels: labels.len(), rows: probabilities.len() / classes });
        }
        for (row, (label, values)) in labels.iter().zip(probabilities.chunks_exact(classes)).enumerate() {
            if *label as usize >= classes {
                return Err(IssuesError::Label { row, label: *label, classes });
            }
            let mut sum = 0.0;
            for (class, value) in values.iter().enumerate() {
                if !(0.0..=1.0 + 1e-9).contains(value) {
                    return Err(IssuesError::Probability { row, class, value: *value });
                }
                sum += value;
            }
            if (sum - 1.0).abs() > SUM_TOLERANCE {
                return Err(IssuesError::Sum { row, sum });
            }
        }
        Ok(Self { labels, probabilities, classes })
    }

    pub fn len(&self) -> usize {
        self.labels.len()
    }

    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn labels(&self) -> &'a [u32] {
        self.labels
    }

    pub fn row(&self, index: usize) -> &'a [f64] {
        &self.probabilities[index * self.classes..][..self.classes]
    }

    /// The likeliest class of an item, the first of equals: what its label would be instead.
    pub fn likeliest(&self, index: usize) -> u32 {
        confident::argmax(self.row(index)) as u32
    }

    /// (label, probabilities) of each item.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &'a [f64])> + use<'a> {
        self.labels.iter().map(|label| *label as usize).zip(self.probabilities.chunks_exact(self.classes))
    }
}

/// Why an item is an issue, or is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The given label stands.
    Fits,
    /// The model is confident of another class.
    OtherClassConfident,
    /// Among the least likely of its class, as many as the noise estimate says are wrong.
    LeastLikelyOfClass,
    /// Among the largest margins towards another class, as many as the noise estimate says.
    LargestMargin,
    /// Among the lowest scores, as many as there are confident disagreements.
    LowestScore,
    /// Other labelers and the model together say otherwise.
    Outvoted,
}

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Fits => "",
            Self::OtherClassConfident => "the model is confident of another class",
            Self::LeastLikelyOfClass => "among the least likely of its class",
            Self::LargestMargin => "another class is far more likely",
            Self::LowestScore => "among the lowest scores",
            Self::Outvoted => "other labelers and the model say otherwise",
        })
    }
}

/// A class that a filter could not judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RareClass {
    pub class: usize,
    pub items: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Issues {
    pub is_issue: Vec<bool>,
    /// 0 to 1; lower is worse.
    pub scores: Vec<f64>,
    pub why: Vec<Why>,
    /// Mean self-confidence of the items labeled with each class; None for a class without items.
    pub thresholds: Vec<Option<f64>>,
    /// Estimated joint of given (rows) and true (columns) labels; sums to 1.
    pub joint: Vec<f64>,
    /// Classes with too few items for the filter: nothing in them was flagged by it.
    pub rare: Vec<RareClass>,
}

impl Issues {
    pub fn count(&self) -> usize {
        self.is_issue.iter().filter(|issue| **issue).count()
    }
}
