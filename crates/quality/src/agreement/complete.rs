//! The full table of numbers, units x labelers, for the coefficients that need every value.

use super::{
    coefficient::AgreementError,
    ratings::{Ratings, number},
};

pub(crate) struct Complete {
    /// One list per unit, a value of each labeler in it.
    pub rows: Vec<Vec<f64>>,
    /// Units that lack a value and were left out.
    pub left_out: usize,
    pub raters: usize,
}

impl Complete {
    /// `ordered` takes the place in the listed categories for the value; `level` names it in errors.
    pub fn of(ratings: &Ratings, ordered: bool, level: &'static str) -> Result<Self, AgreementError> {
        let values: Result<Vec<f64>, AgreementError> = ratings
            .categories()
            .iter()
            .enumerate()
            .map(|(place, text)| {
                if ordered {
                    return Ok(place as f64);
                }
                let hint = "; list the categories from lowest to highest to rank words";
                number(text).ok_or_else(|| AgreementError::NotANumber { level, value: text.clone(), hint })
            })
            .collect();
        let values = values?;
        let raters = ratings.raters().len();
        let mut left_out = 0;
        let mut rows = Vec::new();
        for unit in ratings.iter().filter(|unit| !unit.is_empty()) {
            if unit.len() == raters {
                rows.push(unit.iter().filter_map(|cell| values.get(cell.1 as usize).copied()).collect());
            } else {
                left_out += 1;
            }
        }
        // Sums of floating-point numbers depend on their order; the order of rows must not show.
        rows.sort_by(|one: &Vec<f64>, other: &Vec<f64>| {
            one.iter().zip(other).map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        Ok(Self { rows, left_out, raters })
    }

    pub fn rule(&self, what: &str) -> String {
        match self.left_out {
            0 => what.to_owned(),
            some => format!("{what}; {some} items without a value of every labeler left out"),
        }
    }

    /// Why nothing can be said, if so.
    pub fn lack(&self, units: usize) -> Option<String> {
        if self.raters < 2 {
            Some(super::coefficient::NO_PAIRS.to_owned())
        } else if self.rows.len() < units {
            Some(format!(
                "{} items have a value of each of the {} labelers and {units} are needed",
                self.rows.len(),
                self.raters
            ))
        } else {
            None
        }
    }
}
