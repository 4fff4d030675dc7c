//! Did labelers agree less than before? Each unit (item) with two or more answers gives one number, the share of its
//! pairs that agree; pairs of one unit are not independent, so units are what is compared.

use super::tests::{Test, permutation_of_means};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgreementDrift {
    pub reference: f64,
    pub current: f64,
    pub reference_units: usize,
    pub current_units: usize,
    pub test: Test,
}

const PERMUTATIONS: usize = 4_999;

/// Units are lists of answers as numbers. None if a window has no unit with two answers.
pub fn agreement_drift(reference: &[Vec<u32>], current: &[Vec<u32>], seed: u64) -> Option<AgreementDrift> {
    let (one, other) = (pair_shares(reference), pair_shares(current));
    let test = permutation_of_means(&one, &other, PERMUTATIONS, seed)?;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    Some(AgreementDrift {
        reference: mean(&one),
        current: mean(&other),
        reference_units: one.len(),
        current_units: other.len(),
        test,
    })
}

fn pair_shares(units: &[Vec<u32>]) -> Vec<f64> {
    let share = |unit: &Vec<u32>| {
        let mut same = 0;
        for (place, one) in unit.iter().enumerate() {
            same += unit[place + 1..].iter().filter(|other| *other == one).count();
        }
        same as f64 / (unit.len() * (unit.len() - 1) / 2) as f64
    };
    units.iter().filter(|unit| unit.len() > 1).map(share).collect()
}
