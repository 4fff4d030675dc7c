//! Rankings. W: M. G. Kendall and B. Babington Smith, "The Problem of m Rankings" (1939), with the correction for
//! ties; tau-b: M. G. Kendall, "The Treatment of Ties in Ranking Problems" (1945).
//!
//! W = 12 S / (m^2 (n^3 - n) - m T), S the squared deviations of the items' rank sums, T the sum of t^3 - t over groups of
//! t tied values. W lies between 0 and 1 and does not fall below 0 for labelers who rank against each other.
//! tau-b = (C - D) / sqrt((n0 - n1)(n0 - n2)) in O(n log n) (W. R. Knight, 1966).

use super::{
    coefficient::{AgreementError, Coefficient},
    complete::Complete,
    ratings::Ratings,
    registry::Options,
};
use crate::statistics::bootstrap;

pub fn kendall_w(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    let table = Complete::of(ratings, options.ordered, "rank")?;
    let rule = table.rule("Kendall's W over mean ranks of the items with each labeler, corrected for ties");
    if let Some(lack) = table.lack(2) {
        return Ok(Coefficient::undefined(lack, table.rows.len(), rule));
    }
    let units: Vec<usize> = (0..table.rows.len()).collect();
    let Some(value) = concordance(&table, &units) else {
        return Ok(Coefficient::undefined("every labeler gave all items the same rank", table.rows.len(), rule));
    };
    let steps = 20 * table.rows.len() * table.raters;
    let bounds = bootstrap::over_units(units.len(), options.plan, steps, |drawn| concordance(&table, drawn));
    Ok(Coefficient::of(value, units.len(), units.len() * table.raters, rule).with_interval(bounds, options.plan.level))
}

fn concordance(table: &Complete, units: &[usize]) -> Option<f64> {
    let (n, m) = (units.len() as f64, table.raters as f64);
    let mut sums = vec![0.0; units.len()];
    let mut ties = 0.0;
    for rater in 0..table.raters {
        let values: Vec<f64> = units.iter().map(|unit| table.rows[*unit][rater]).collect();
        for (sum, rank) in sums.iter_mut().zip(ranks(&values, &mut ties)) {
            *sum += rank;
        }
    }
    let mean = m * (n + 1.0) / 2.0;
    let squares: f64 = sums.iter().map(|sum| (sum - mean).powi(2)).sum();
    let denominator = m * m * (n.powi(3) - n) - m * ties;
    (denominator > 0.0).then(|| 12.0 * squares / denominator)
}

/// Ranks from 1, ties share their mean; adds t^3 - t of every tie to `ties`.
pub(crate) fn ranks(values: &[f64], ties: &mut f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0.0;
    for group in order.chunk_by(|one, other| values[*one] == values[*other]) {
        let size = group.len() as f64;
        for at in group {
            ranks[*at] = below + (size + 1.0) / 2.0;
        }
        *ties += size.powi(3) - size;
        below += size;
    }
    ranks
}

pub fn kendall_tau_b(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    if ratings.raters().len() > 2 {
        let found = ratings.raters().len();
        return Err(AgreementError::TwoRaters { metric: "kendall-tau-b", found, instead: "kendall-w" });
    }
    let table = Complete::of(ratings, options.ordered, "rank")?;
    let rule = table.rule("Kendall's tau-b: concordant less discordant pairs of items, corrected for ties");
    if let Some(lack) = table.lack(2) {
        return Ok(Coefficient::undefined(lack, table.rows.len(), rule));
    }
    let pairs: Vec<(f64, f64)> = table.rows.iter().map(|row| (row[0], row[1])).collect();
    let Some(value) = tau_b(pairs.clone()) else {
        return Ok(Coefficient::undefined("one of the labelers gave all items the same rank", pairs.len(), rule));
    };
    let steps = 40 * pairs.len();
    let bounds = bootstrap::over_units(pairs.len(), options.plan, steps, |drawn| {
        tau_b(drawn.iter().map(|unit| pairs[*unit]).collect())
    });
    Ok(Coefficient::of(value, pairs.len(), 2 * pairs.len(), rule).with_interval(bounds, options.plan.level))
}

fn tau_b(mut pairs: Vec<(f64, f64)>) -> Option<f64> {
    let n = pairs.len() as f64;
    pairs.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let couples = |size: usize| (size * size.saturating_sub(1)) as f64 / 2.0;
    let tied_first: f64 = pairs.chunk_by(|a, b| a.0 == b.0).map(|group| couples(group.len())).sum();
    let tied_both: f64 = pairs.chunk_by(|a, b| a == b).map(|group| couples(group.len())).sum();
    let mut seconds: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    let swaps = inversions(&mut seconds);
    let tied_second: f64 = seconds.chunk_by(|a, b| a == b).map(|group| couples(group.len())).sum();
    let all = n * (n - 1.0) / 2.0;
    let denominator = ((all - tied_first) * (all - tied_second)).sqrt();
    (denominator > 0.0).then(|| (all - tied_first - tied_second + tied_both - 2.0 * swaps) / denominator)
}

/// Sorts by merging and counts the pairs that were out of order.
fn inversions(values: &mut [f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let half = values.len() / 2;
    let mut count = inversions(&mut values[..half]) + inversions(&mut values[half..]);
    let mut merged = Vec::with_capacity(values.len());
    let (mut one, mut two) = (0, half);
    while one < half || two < values.len() {
        if two >= values.len() || (one < half && values[one] <= values[two]) {
            merged.push(values[one]);
            one += 1;
        } else {
            count += (half - one) as f64;
            merged.push(values[two]);
            two += 1;
        }
    }
    values.copy_from_slice(&merged);
    count
}
