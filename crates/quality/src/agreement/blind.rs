//! What the coefficients share that do not ask who gave a value: observed agreement over units with two values or
//! more, shares of the categories over units with one or more (as K. L. Gwet's Handbook, 2014, treats missing
//! ratings), and the bootstrap over distinct units.

use super::{
    coefficient::{AgreementError, Coefficient, NO_PAIRS, UNANIMOUS, corrected},
    ratings::{Distinct, Profile, Ratings},
    weights::{Table, Weights},
};
use crate::statistics::bootstrap::{self, Plan};

pub(crate) struct Blind {
    profiles: Distinct<Profile>,
    /// Weighted agreement within a unit of each profile; None for a single value.
    within: Vec<Option<f64>>,
    pub table: Table,
    q: usize,
}

/// Observed agreement and the share of each category.
pub(crate) struct Observed {
    pub agreement: f64,
    pub shares: Vec<f64>,
}

impl Blind {
    fn new(ratings: &Ratings, weights: &Weights) -> Result<Self, AgreementError> {
        let q = ratings.categories().len();
        let table = weights.table(q)?;
        let profiles = ratings.profiles(1);
        let within = profiles.contents.iter().map(|profile| agreement_within(profile, &table)).collect();
        Ok(Self { profiles, within, table, q })
    }

    fn observe(&self, counts: &[f64]) -> Option<Observed> {
        let (mut sum, mut pairable, mut units) = (0.0, 0.0, 0.0);
        let mut shares = vec![0.0; self.q];
        for ((profile, within), count) in self.profiles.contents.iter().zip(&self.within).zip(counts) {
            if *count == 0.0 {
                continue;
            }
            units += count;
            if let Some(within) = within {
                sum += count * within;
                pairable += count;
            }
            for (category, times) in &profile.runs {
                if let Some(share) = shares.get_mut(*category as usize) {
                    *share += count * times / profile.size;
                }
            }
        }
        if pairable == 0.0 {
            return None;
        }
        shares.iter_mut().for_each(|share| *share /= units);
        Some(Observed { agreement: sum / pairable, shares })
    }

    fn steps(&self) -> usize {
        self.profiles.contents.iter().map(|profile| profile.runs.len()).sum::<usize>() + self.table.steps()
    }
}

/// sum over k of r_k (r*_k - 1) / (r (r - 1)), with r*_k the weighted number of values like k.
fn agreement_within(profile: &Profile, table: &Table) -> Option<f64> {
    if profile.size < 2.0 {
        return None;
    }
    let mut sum = 0.0;
    for (one, times) in &profile.runs {
        let alike: f64 = profile.runs.iter().map(|(other, count)| table.get(*one, *other) * count).sum();
        sum += times * (alike - 1.0);
    }
    Some(sum / (profile.size * (profile.size - 1.0)))
}

/// A coefficient whose expected agreement follows from the shares of the categories.
pub(crate) fn coefficient(
    ratings: &Ratings,
    weights: &Weights,
    plan: Plan,
    expected: impl Fn(&Observed, &Table) -> f64,
) -> Result<Coefficient, AgreementError> {
    let blind = Blind::new(ratings, weights)?;
    let (units, pairable) = ratings.pairable();
    let Some(observed) = blind.observe(&blind.profiles.weights()) else {
        return Ok(Coefficient::undefined(NO_PAIRS, 0, weights.rule()));
    };
    let chance = expected(&observed, &blind.table);
    let found = Coefficient::chance_corrected(observed.agreement, chance, units, pairable, weights.rule());
    if found.value.is_none() {
        return Ok(found);
    }
    let bounds = bootstrap::over_counts(&blind.profiles.counts, plan, blind.steps(), |counts| {
        let observed = blind.observe(counts)?;
        corrected(observed.agreement, expected(&observed, &blind.table))
    });
    Ok(found.with_interval(bounds, plan.level))
}

/// Observed agreement alone.
pub(crate) fn uncorrected(ratings: &Ratings, weights: &Weights, plan: Plan) -> Result<Coefficient, AgreementError> {
    let mut found = coefficient(ratings, weights, plan, |_, _| 0.0)?;
    if found.undefined_because.as_deref() == Some(UNANIMOUS) {
        found.undefined_because = None;
    }
    found.expected = None;
    Ok(found)
}

/// Weighted agreement within each unit, None for units with fewer than two values: which items labelers disagree on.
pub fn per_unit(ratings: &Ratings, weights: &Weights) -> Result<Vec<Option<f64>>, AgreementError> {
    let table = weights.table(ratings.categories().len())?;
    Ok(ratings
        .iter()
        .map(|unit| {
            if unit.len() < 2 {
                return None;
            }
            let mut sum = 0.0;
            for (at, one) in unit.iter().enumerate() {
                for other in &unit[at + 1..] {
                    sum += table.get(one.1, other.1);
                }
            }
            Some(2.0 * sum / (unit.len() * (unit.len() - 1)) as f64)
        })
        .collect())
}
