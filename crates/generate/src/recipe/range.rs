//! Numbers of a recipe: one, or two between which one is drawn.

use crate::Random;
use serde::{Deserialize, Deserializer, de::Error};

/// Evenly drawn from `low..=high`; written as a number or as `[low, high]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

impl Range {
    pub const fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    pub fn draw(self, random: &mut Random) -> f64 {
        // Drawn even where there is no choice: what follows stays the same when a recipe narrows a range.
        let drawn = random.between(self.low, self.high);
        if self.low == self.high { self.low } else { drawn }
    }

    /// A whole number, all equally likely.
    pub fn draw_count(self, random: &mut Random) -> usize {
        let (low, high) = (self.low.ceil().max(0.0) as usize, self.high.floor().max(0.0) as usize);
        low + random.below(high.saturating_sub(low) + 1)
    }
}

impl<'de> Deserialize<'de> for Range {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(source)?;
        let range = match value.as_array().map(Vec::as_slice) {
            Some([low, high]) => low.as_f64().zip(high.as_f64()),
            None => value.as_f64().map(|number| (number, number)),
            Some(_) => None,
        };
        match range {
            Some((low, high)) if low.is_finite() && high.is_finite() && low <= high => Ok(Self { low, high }),
            _ => Err(D::Error::custom(format!("{value} is neither a number nor [low, high] with low up to high"))),
        }
    }
}

/// What types cannot say of parameters: the field and the complaint.
pub(crate) trait Check {
    fn check(&self) -> Result<(), (&'static str, String)> {
        Ok(())
    }
}

/// Does a range lie between two bounds?
pub(crate) fn within(field: &'static str, range: Range, low: f64, high: f64) -> Result<(), (&'static str, String)> {
    if range.low >= low && range.high <= high {
        return Ok(());
    }
    let given =
        if range.low == range.high { range.low.to_string() } else { format!("{} to {}", range.low, range.high) };
    Err((field, format!("{given} does not lie between {low} and {high}")))
}
