//! Kappa for many labelers who keep their own marginals: A. J. Conger, "Integration and Generalization of Kappas for
//! Multiple Raters" (1980); missing ratings and weights as in Gwet's Handbook (2014). For two labelers it is Cohen's.
//!
//! p_e = sum of w(k, l) (m_k m_l - s_kl / r), m the mean of the r labelers' shares and s_kl their covariance.
//! The covariance never becomes a table here: sum over labelers of p' W p is enough, so that many labelers are cheap.

use super::{
    coefficient::{AgreementError, Coefficient, NO_PAIRS, corrected},
    ratings::Ratings,
    registry::Options,
    weights::Table,
};
use crate::statistics::bootstrap;

pub fn conger_kappa(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    let rule = options.weights.rule();
    let q = ratings.categories().len();
    let table = options.weights.table(q)?;
    let (units, pairable) = ratings.pairable();
    if units == 0 {
        return Ok(Coefficient::undefined(NO_PAIRS, 0, rule));
    }
    let rows = ratings.rows(1);
    let within: Vec<Option<f64>> = rows.contents.iter().map(|row| agreement_within(row, &table)).collect();
    // Each (labeler, category) that occurs has a place; rows point at them.
    let mut places: Vec<(u32, u32)> = rows.contents.iter().flatten().copied().collect();
    places.sort_unstable();
    places.dedup();
    let pointers: Vec<Vec<usize>> = rows
        .contents
        .iter()
        .map(|row| row.iter().filter_map(|cell| places.binary_search(cell).ok()).collect())
        .collect();

    let evaluate = |counts: &[f64]| -> Option<(f64, f64)> {
        let (mut sum, mut units) = (0.0, 0.0);
        let mut totals = vec![0.0; places.len()];
        for ((row, within), count) in pointers.iter().zip(&within).zip(counts) {
            if *count == 0.0 {
                continue;
            }
            if let Some(within) = within {
                sum += count * within;
                units += count;
            }
            for place in row {
                totals[*place] += count;
            }
        }
        (units > 0.0).then(|| (sum / units, expected(&places, &totals, &table, q)))
    };
    let Some((observed, chance)) = evaluate(&rows.weights()) else {
        return Ok(Coefficient::undefined(NO_PAIRS, 0, rule));
    };
    let found = Coefficient::chance_corrected(observed, chance, units, pairable, rule);
    if found.value.is_none() {
        return Ok(found);
    }
    let steps = pointers.iter().map(Vec::len).sum::<usize>() + places.len() + table.steps();
    let bounds = bootstrap::over_counts(&rows.counts, options.plan, steps, |counts| {
        evaluate(counts).and_then(|(observed, chance)| corrected(observed, chance))
    });
    Ok(found.with_interval(bounds, options.plan.level))
}

fn agreement_within(row: &[(u32, u32)], table: &Table) -> Option<f64> {
    if row.len() < 2 {
        return None;
    }
    let size = row.len() as f64;
    let sum: f64 = row.iter().flat_map(|one| row.iter().map(|other| table.get(one.1, other.1))).sum();
    Some((sum - size) / (size * (size - 1.0)))
}

fn expected(places: &[(u32, u32)], totals: &[f64], table: &Table, q: usize) -> f64 {
    let mut mean = vec![0.0; q];
    let (mut own, mut raters) = (0.0, 0.0);
    let mut at = 0;
    for group in places.chunk_by(|one, other| one.0 == other.0) {
        let counts = &totals[at..at + group.len()];
        at += group.len();
        let given: f64 = counts.iter().sum();
        if given == 0.0 {
            continue;
        }
        raters += 1.0;
        for ((_, one), count) in group.iter().zip(counts) {
            mean[*one as usize] += count / given;
            for ((_, other), times) in group.iter().zip(counts) {
                own += table.get(*one, *other) * count * times / (given * given);
            }
        }
    }
    mean.iter_mut().for_each(|share| *share /= raters);
    let between = table.agreement(&mean, &mean);
    if raters < 2.0 { between } else { between - (own - raters * between) / (raters * (raters - 1.0)) }
}
