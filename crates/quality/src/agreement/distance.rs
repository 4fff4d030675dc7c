//! Squared differences between values, for Krippendorff's alpha (K. Krippendorff, "Computing Krippendorff's
//! Alpha-Reliability", 2011) and sets (R. Passonneau, "Measuring Agreement on Set-valued Items", 2006).

use super::{coefficient::AgreementError, ratings::number};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Default)]
pub enum Distance {
    /// Same or not.
    #[default]
    Nominal,
    /// Ranks: how many pairable values lie between.
    Ordinal,
    /// Numbers: the square of their difference.
    Interval,
    /// Numbers with a true zero: ((c - k) / (c + k))^2.
    Ratio,
    /// Numbers on a circle of this circumference: sin^2(pi (c - k) / period).
    Circular { period: f64 },
    /// Sets of words, joined by line feeds: 1 - Jaccard overlap x monotonicity.
    Masi,
    /// Sets of words, joined by line feeds: 1 - Jaccard overlap.
    Jaccard,
    /// Given by the caller, categories x categories, in their order; symmetric, 0 on the diagonal.
    Custom(Vec<Vec<f64>>),
}

/// A table of this many values squared takes 128 MB.
const VALUES_MAXIMUM: usize = 4000;

/// A distance laid out for the values of a table, in the cheapest form that it has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Layout {
    Same,
    /// Rank groups: places of equal rank share a number.
    Ranks(Vec<usize>),
    Numbers(Vec<f64>),
    /// Angles in radians.
    Angles(Vec<f64>),
    Table(Vec<Vec<f64>>),
}

impl Distance {
    pub const NAMES: &[&str] = &["nominal", "ordinal", "interval", "ratio", "circular", "masi", "jaccard"];

    /// `period` belongs to circular values.
    pub fn parse(text: &str, period: Option<f64>) -> Result<Self, String> {
        Ok(match text {
            "nominal" => Self::Nominal,
            "ordinal" => Self::Ordinal,
            "interval" => Self::Interval,
            "ratio" => Self::Ratio,
            "circular" => match period {
                Some(period) if period > 0.0 && period.is_finite() => Self::Circular { period },
                _ => return Err("circular values need their period, for example 360 or 24".into()),
            },
            "masi" => Self::Masi,
            "jaccard" => Self::Jaccard,
            _ => return Err(format!("no level is called {text:?}; there are {}", Self::NAMES.join(", "))),
        })
    }

    pub fn rule(&self) -> String {
        match self {
            Self::Nominal => "nominal distance: values are the same or not".into(),
            Self::Ordinal => "ordinal distance: squared number of pairable values between".into(),
            Self::Interval => "interval distance: squared difference".into(),
            Self::Ratio => "ratio distance: squared difference over squared sum".into(),
            Self::Circular { period } => format!("circular distance with period {period}"),
            Self::Masi => "MASI distance between sets".into(),
            Self::Jaccard => "Jaccard distance between sets".into(),
            Self::Custom(_) => "distance given by the caller".into(),
        }
    }

    fn level(&self) -> &'static str {
        match self {
            Self::Ordinal => "ordinal",
            Self::Ratio => "ratio",
            Self::Circular { .. } => "circular",
            _ => "interval",
        }
    }

    /// Does 1 minus the distance say how much two values agree, 0 to 1?
    pub(crate) fn is_share(&self) -> bool {
        matches!(self, Self::Nominal | Self::Masi | Self::Jaccard)
    }

    pub(crate) fn layout(&self, categories: &[String], listed: bool) -> Result<Layout, AgreementError> {
        let numbers = || -> Result<Vec<f64>, AgreementError> {
            let read = |text: &String| {
                number(text).ok_or_else(|| AgreementError::NotANumber {
                    level: self.level(),
                    value: text.clone(),
                    hint: if matches!(self, Self::Ordinal) {
                        "; list the categories from lowest to highest to rank words"
                    } else {
                        ""
                    },
                })
            };
            let values: Result<Vec<f64>, AgreementError> = categories.iter().map(read).collect();
            values
        };
        // Interval and ratio do not change with the unit of measurement; without it no square overflows.
        let scaled = |values: Vec<f64>| {
            let most = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
            if most > 0.0 { values.into_iter().map(|value| value / most).collect() } else { values }
        };
        Ok(match self {
            Self::Nominal => Layout::Same,
            Self::Ordinal if listed => Layout::Ranks((0..categories.len()).collect()),
            Self::Ordinal => {
                let values = numbers()?;
                let mut group = 0;
                let ranks = (0..values.len())
                    .map(|at| {
                        group += usize::from(at > 0 && values[at] != values[at - 1]);
                        group
                    })
                    .collect();
                Layout::Ranks(ranks)
            }
            Self::Interval => Layout::Numbers(scaled(numbers()?)),
            Self::Circular { period } => {
                Layout::Angles(numbers()?.into_iter().map(|v| (v % period) / period * std::f64::consts::TAU).collect())
            }
            Self::Ratio => {
                let values = numbers()?;
                if let Some(at) = values.iter().position(|value| *value < 0.0) {
                    return Err(AgreementError::BelowZero(categories[at].clone()));
                }
                let values: Vec<f64> = scaled(values);
                table(values.len(), |one, other| {
                    let sum = values[one] + values[other];
                    if sum == 0.0 { 0.0 } else { ((values[one] - values[other]) / sum).powi(2) }
                })?
            }
            Self::Masi | Self::Jaccard => {
                let sets: Vec<BTreeSet<&str>> =
                    categories.iter().map(|text| text.split('\n').filter(|word| !word.is_empty()).collect()).collect();
                let masi = *self == Self::Masi;
                table(sets.len(), |one, other| 1.0 - overlap(&sets[one], &sets[other], masi))?
            }
            Self::Custom(rows) => {
                let q = categories.len();
                let sound = rows.len() == q
                    && rows.iter().enumerate().all(|(at, row)| {
                        row.len() == q
                            && row.get(at) == Some(&0.0)
                            && row.iter().enumerate().all(|(to, d)| {
                                *d >= 0.0 && d.is_finite() && rows.get(to).and_then(|r| r.get(at)) == Some(d)
                            })
                    });
                if !sound {
                    return Err(AgreementError::Option(format!(
                        "distances must be a symmetric table of {q} x {q} numbers from 0 up with 0 on the diagonal"
                    )));
                }
                Layout::Table(rows.clone())
            }
        })
    }
}

fn table(size: usize, distance: impl Fn(usize, usize) -> f64) -> Result<Layout, AgreementError> {
    if size > VALUES_MAXIMUM {
        return Err(AgreementError::TooManyCategories { categories: size, maximum: VALUES_MAXIMUM });
    }
    Ok(Layout::Table((0..size).map(|one| (0..size).map(|other| distance(one, other)).collect()).collect()))
}

/// Jaccard overlap, for MASI times monotonicity: 1 equal, 2/3 one within the other, 1/3 crossing, 0 apart.
fn overlap(one: &BTreeSet<&str>, other: &BTreeSet<&str>, masi: bool) -> f64 {
    let common = one.intersection(other).count();
    let union = one.union(other).count();
    if union == 0 {
        return 1.0;
    }
    let jaccard = common as f64 / union as f64;
    if !masi || one == other {
        jaccard
    } else if one.is_subset(other) || other.is_subset(one) {
        jaccard * 2.0 / 3.0
    } else {
        jaccard / 3.0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn masi_of_the_paper() {
        let names = ["a", "a\nb", "a\nc", "b", ""].map(str::to_owned);
        let Layout::Table(table) = Distance::Masi.layout(&names, false).unwrap() else { panic!("a table") };
        assert!((1.0 - table[1][1] - 1.0).abs() < 1e-12);
        assert!((1.0 - table[0][1] - 1.0 / 2.0 * 2.0 / 3.0).abs() < 1e-12);
        assert!((1.0 - table[2][1] - 1.0 / 3.0 / 3.0).abs() < 1e-12);
        assert!((1.0 - table[0][3]).abs() < 1e-12 && table[4][4].abs() < 1e-12);
        let Layout::Table(table) = Distance::Jaccard.layout(&names, false).unwrap() else { panic!("a table") };
        assert!((table[2][1] - 2.0 / 3.0).abs() < 1e-12);
    }
}
