//! What every measure of agreement answers with.

use crate::statistics::bootstrap::{self, By};
use serde::Serialize;

/// A confidence interval and how it was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
    /// 0.95 for a 95 % interval.
    pub level: f64,
    /// "percentile bootstrap over units, 1000 replicates", "normal, jackknife over units", or the analytic method's name.
    pub method: String,
}

impl Interval {
    pub fn of_bounds(bounds: bootstrap::Bounds, level: f64) -> Self {
        let method = match bounds.by {
            By::Jackknife => "normal, jackknife over units".to_owned(),
            By::Bootstrap { replicates, undefined: 0 } => {
                format!("percentile bootstrap over units, {replicates} replicates")
            }
            By::Bootstrap { replicates, undefined } => format!(
                "percentile bootstrap over units, {replicates} replicates, {undefined} of them undefined and left out"
            ),
        };
        Self { low: bounds.low, high: bounds.high, level, method }
    }
}

/// A coefficient, what it rests on, and the rule that it was computed by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coefficient {
    /// None where it is undefined; then `undefined_because` says why.
    pub value: Option<f64>,
    #[serde(rename = "undefined")]
    pub undefined_because: Option<String>,
    pub interval: Option<Interval>,
    /// Units that take part: with at least two values, or complete ones where the coefficient needs them whole.
    pub units: usize,
    /// Values in those units.
    pub pairable: usize,
    /// Observed agreement under the same rule, 0 to 1: to be shown beside the coefficient, since with one frequent
    /// class the coefficient can be low while nearly all agree.
    pub observed: Option<f64>,
    /// Agreement expected by chance, where the coefficient corrects for it.
    pub expected: Option<f64>,
    /// Weights, distance or matching that were used.
    pub rule: String,
}

impl Coefficient {
    pub fn undefined(reason: impl Into<String>, units: usize, rule: impl Into<String>) -> Self {
        Self {
            value: None,
            undefined_because: Some(reason.into()),
            interval: None,
            units,
            pairable: 0,
            observed: None,
            expected: None,
            rule: rule.into(),
        }
    }

    pub fn of(value: f64, units: usize, pairable: usize, rule: impl Into<String>) -> Self {
        Self {
            value: Some(value),
            undefined_because: None,
            interval: None,
            units,
            pairable,
            observed: None,
            expected: None,
            rule: rule.into(),
        }
    }

    /// The coefficient (observed - expected) / (1 - expected); undefined where chance alone explains all.
    pub fn chance_corrected(observed: f64, expected: f64, units: usize, pairable: usize, rule: &str) -> Self {
        let value = corrected(observed, expected);
        Self {
            value,
            undefined_because: value.is_none().then(|| UNANIMOUS.to_owned()),
            observed: Some(observed),
            expected: Some(expected),
            ..Self::of(0.0, units, pairable, rule)
        }
    }

    #[must_use]
    pub fn with_interval(mut self, bounds: Option<bootstrap::Bounds>, level: f64) -> Self {
        if self.value.is_some() {
            self.interval = bounds.map(|bounds| Interval::of_bounds(bounds, level));
        }
        self
    }
}

pub(crate) const UNANIMOUS: &str = "all labelers gave the same value everywhere: nothing varies, so that chance \
                                    agreement is total";
pub(crate) const NO_PAIRS: &str = "no item was answered by two labelers";

/// (observed - expected) / (1 - expected). None for an expected agreement of 1.
pub(crate) fn corrected(observed: f64, expected: f64) -> Option<f64> {
    (1.0 - expected > 1e-12).then(|| (observed - expected) / (1.0 - expected))
}

/// Why a coefficient cannot even be asked for on this table.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AgreementError {
    #[error("labeler {rater:?} answered item {unit} twice; keep one answer of a labeler to an item")]
    Duplicate { rater: String, unit: usize },
    #[error("{metric} is for two labelers and the table has {found}; take {instead}, or ask for it pair by pair")]
    TwoRaters { metric: &'static str, found: usize, instead: &'static str },
    #[error("{level} values must be finite numbers, {value:?} is none{hint}")]
    NotANumber { level: &'static str, value: String, hint: &'static str },
    #[error("ratio values need a true zero and no values below it, {0:?} is below")]
    BelowZero(String),
    #[error("weights need a table of categories x categories; {categories} categories are more than {maximum}")]
    TooManyCategories { categories: usize, maximum: usize },
    #[error("the category {0:?} is in the data and not in the given list")]
    UnknownCategory(String),
    #[error("{0}")]
    Option(String),
}
