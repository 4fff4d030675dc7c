//! The table of two labelers: how often one said k where the other said l, over the units that both answered.

use super::{
    coefficient::{AgreementError, Coefficient, NO_PAIRS, corrected},
    ratings::Ratings,
    registry::Options,
    weights::Table,
};
use crate::statistics::bootstrap;

/// Shares of the categories with the first and the second labeler.
pub(crate) struct Marginals {
    pub first: Vec<f64>,
    pub second: Vec<f64>,
}

/// A coefficient whose expected agreement follows from the marginals of two labelers.
pub(crate) fn coefficient(
    ratings: &Ratings,
    options: &Options,
    metric: &'static str,
    instead: &'static str,
    expected: impl Fn(&Marginals, &Table) -> f64,
) -> Result<Coefficient, AgreementError> {
    let rule = options.weights.rule();
    match ratings.raters().len() {
        0 | 1 => return Ok(Coefficient::undefined(NO_PAIRS, 0, rule)),
        2 => {}
        found => return Err(AgreementError::TwoRaters { metric, found, instead }),
    }
    let q = ratings.categories().len();
    let table = options.weights.table(q)?;
    let rows = ratings.rows(2);
    let cells: Vec<(u32, u32)> = rows.contents.iter().filter_map(|row| Some((row.first()?.1, row.get(1)?.1))).collect();
    let evaluate = |counts: &[f64]| {
        let total: f64 = counts.iter().sum();
        let mut marginals = Marginals { first: vec![0.0; q], second: vec![0.0; q] };
        let mut agreement = 0.0;
        for ((one, other), count) in cells.iter().zip(counts) {
            agreement += table.get(*one, *other) * count;
            for (side, category) in [(&mut marginals.first, one), (&mut marginals.second, other)] {
                if let Some(share) = side.get_mut(*category as usize) {
                    *share += count / total;
                }
            }
        }
        (agreement / total, expected(&marginals, &table))
    };
    let units: u64 = rows.counts.iter().sum();
    if units == 0 {
        return Ok(Coefficient::undefined(NO_PAIRS, 0, rule));
    }
    let (observed, chance) = evaluate(&rows.weights());
    let units = units as usize;
    let found = Coefficient::chance_corrected(observed, chance, units, 2 * units, rule);
    if found.value.is_none() {
        return Ok(found);
    }
    let steps = cells.len() + table.steps() + q;
    let bounds = bootstrap::over_counts(&rows.counts, options.plan, steps, |counts| {
        let (observed, chance) = evaluate(counts);
        corrected(observed, chance)
    });
    Ok(found.with_interval(bounds, options.plan.level))
}
