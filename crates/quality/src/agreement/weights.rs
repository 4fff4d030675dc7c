//! How much two different categories agree, for the weighted coefficients: 1 on the diagonal, less the farther apart
//! two places in the ordered list of categories are (J. Cohen, "Weighted Kappa", 1968; K. L. Gwet, "Handbook of
//! Inter-Rater Reliability", 4th edition, 2014). The list must hold the categories that nobody used, too: they move
//! the others apart.

use super::coefficient::AgreementError;

#[derive(Debug, Clone, PartialEq, Default)]
pub enum Weights {
    /// Equal or not.
    #[default]
    Identity,
    /// 1 - |i - j| / (q - 1).
    Linear,
    /// 1 - ((i - j) / (q - 1))^2.
    Quadratic,
    /// 1 - C(|i - j| + 1, 2) / C(q, 2).
    Ordinal,
    /// 1 - sqrt(|i - j| / (q - 1)).
    Radical,
    /// Given by the caller, categories x categories, in their order.
    Custom(Vec<Vec<f64>>),
}

/// A table of this many categories squared takes 32 MB.
const CATEGORIES_MAXIMUM: usize = 2000;

/// Weights laid out for `q` categories.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    q: usize,
    /// None for identity.
    values: Option<Vec<f64>>,
}

impl Weights {
    pub const NAMES: &[&str] = &["identity", "linear", "quadratic", "ordinal", "radical"];

    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "identity" => Self::Identity,
            "linear" => Self::Linear,
            "quadratic" => Self::Quadratic,
            "ordinal" => Self::Ordinal,
            "radical" => Self::Radical,
            _ => return None,
        })
    }

    pub fn rule(&self) -> &'static str {
        match self {
            Self::Identity => "identity weights: two values agree when they are equal",
            Self::Linear => "linear weights over places in the ordered categories",
            Self::Quadratic => "quadratic weights over places in the ordered categories",
            Self::Ordinal => "ordinal weights over places in the ordered categories",
            Self::Radical => "radical weights over places in the ordered categories",
            Self::Custom(_) => "weights given by the caller",
        }
    }

    pub(crate) fn table(&self, q: usize) -> Result<Table, AgreementError> {
        if *self == Self::Identity {
            return Ok(Table { q, values: None });
        }
        if q > CATEGORIES_MAXIMUM {
            return Err(AgreementError::TooManyCategories { categories: q, maximum: CATEGORIES_MAXIMUM });
        }
        if let Self::Custom(rows) = self {
            let square = rows.len() == q && rows.iter().all(|row| row.len() == q);
            let sound = rows.iter().flatten().all(|weight| (0.0..=1.0).contains(weight));
            let diagonal = rows.iter().enumerate().all(|(at, row)| row.get(at) == Some(&1.0));
            if !(square && sound && diagonal) {
                return Err(AgreementError::Option(format!(
                    "weights must be a table of {q} x {q} numbers from 0 to 1 with 1 on the diagonal"
                )));
            }
        }
        let widest = (q.max(2) - 1) as f64;
        let mut values = Vec::with_capacity(q * q);
        for one in 0..q {
            for other in 0..q {
                let apart = one.abs_diff(other) as f64;
                values.push(match self {
                    Self::Identity => f64::from(u8::from(one == other)),
                    Self::Linear => 1.0 - apart / widest,
                    Self::Quadratic => 1.0 - (apart / widest).powi(2),
                    Self::Ordinal => 1.0 - apart * (apart + 1.0) / (widest * (widest + 1.0)),
                    Self::Radical => 1.0 - (apart / widest).sqrt(),
                    Self::Custom(rows) => rows.get(one).and_then(|row| row.get(other)).copied().unwrap_or(0.0),
                });
            }
        }
        Ok(Table { q, values: Some(values) })
    }
}

impl Table {
    pub fn get(&self, one: u32, other: u32) -> f64 {
        match &self.values {
            None => f64::from(u8::from(one == other)),
            Some(values) => values.get(one as usize * self.q + other as usize).copied().unwrap_or(0.0),
        }
    }

    /// The sum of all weights.
    pub fn total(&self) -> f64 {
        self.values.as_ref().map_or(self.q as f64, |values| values.iter().sum())
    }

    /// Sum of w(k, l) one(k) other(l): O(q) for identity, else O(q^2).
    pub fn agreement(&self, one: &[f64], other: &[f64]) -> f64 {
        match &self.values {
            None => one.iter().zip(other).map(|(a, b)| a * b).sum(),
            Some(values) => values
                .chunks(self.q.max(1))
                .zip(one)
                .filter(|(_, share)| **share != 0.0)
                .map(|(row, share)| share * row.iter().zip(other).map(|(w, b)| w * b).sum::<f64>())
                .sum(),
        }
    }

    /// What one `agreement` costs.
    pub fn steps(&self) -> usize {
        if self.values.is_some() { self.q * self.q } else { self.q }
    }
}
