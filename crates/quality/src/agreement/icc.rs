//! Intraclass correlation: P. E. Shrout and J. L. Fleiss, "Intraclass Correlations: Uses in Assessing Rater
//! Reliability" (1979), all six forms with their F-based intervals (K. O. McGraw and S. P. Wong, 1996).
//!
//! | id | form | question |
//! | --- | --- | --- |
//! | icc1, icc1k | (1,1), (1,k) | each item has its own labelers |
//! | icc2, icc2k | (2,1), (2,k) | the labelers are a sample of all; their level counts |
//! | icc3, icc3k | (3,1), (3,k) | these labelers only; consistency |
//!
//! Trap: the forms differ widely on the same table (.17 to .91 in the paper's example): name the one used.

use super::{
    coefficient::{AgreementError, Coefficient, Interval, UNANIMOUS},
    complete::Complete,
    ratings::Ratings,
    registry::Options,
};
use crate::statistics::beta::f_quantile;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    OneWay,
    Random,
    Mixed,
}

pub fn icc1(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    icc(ratings, options, Form::OneWay, false, "ICC(1,1): one-way random effects, single labeler")
}

pub fn icc2(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    icc(ratings, options, Form::Random, false, "ICC(2,1): two-way random effects, absolute agreement, single labeler")
}

pub fn icc3(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    icc(ratings, options, Form::Mixed, false, "ICC(3,1): two-way mixed effects, consistency, single labeler")
}

pub fn icc1k(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    icc(ratings, options, Form::OneWay, true, "ICC(1,k): one-way random effects, mean of the labelers")
}

pub fn icc2k(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    icc(
        ratings,
        options,
        Form::Random,
        true,
        "ICC(2,k): two-way random effects, absolute agreement, mean of the labelers",
    )
}

pub fn icc3k(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    icc(ratings, options, Form::Mixed, true, "ICC(3,k): two-way mixed effects, consistency, mean of the labelers")
}

/// Mean squares of the two-way table without repetitions.
struct Squares {
    between: f64,
    within: f64,
    raters: f64,
    error: f64,
}

fn mean_squares(rows: &[Vec<f64>], raters: usize) -> Squares {
    let (n, k) = (rows.len() as f64, raters as f64);
    let most = rows.iter().flatten().fold(0.0_f64, |most, value| most.max(value.abs())).max(f64::MIN_POSITIVE);
    // The coefficient does not change with the unit of measurement; without it no square overflows.
    let scaled: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(|value| value / most).collect()).collect();
    let mean = scaled.iter().flatten().sum::<f64>() / (n * k);
    let row_means: Vec<f64> = scaled.iter().map(|row| row.iter().sum::<f64>() / k).collect();
    let rater_means: Vec<f64> =
        (0..raters).map(|at| scaled.iter().filter_map(|row| row.get(at)).sum::<f64>() / n).collect();
    let between = k * row_means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let raters = n * rater_means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (k - 1.0);
    let (mut within, mut error) = (0.0, 0.0);
    for (row, row_mean) in scaled.iter().zip(&row_means) {
        for (value, rater_mean) in row.iter().zip(&rater_means) {
            within += (value - row_mean).powi(2);
            error += (value - row_mean - rater_mean + mean).powi(2);
        }
    }
    Squares { between, within: within / (n * (k - 1.0)), raters, error: error / ((n - 1.0) * (k - 1.0)) }
}

fn icc(
    ratings: &Ratings,
    options: &Options,
    form: Form,
    average: bool,
    title: &str,
) -> Result<Coefficient, AgreementError> {
    let table = Complete::of(ratings, false, "interval")?;
    let rule = table.rule(title);
    if let Some(lack) = table.lack(2) {
        return Ok(Coefficient::undefined(lack, table.rows.len(), rule));
    }
    let squares = mean_squares(&table.rows, table.raters);
    let (n, k) = (table.rows.len() as f64, table.raters as f64);
    let Squares { between, within, raters, error } = squares;
    let (numerator, denominator) = match (form, average) {
        (Form::OneWay, false) => (between - within, between + (k - 1.0) * within),
        (Form::OneWay, true) => (between - within, between),
        (Form::Random, false) => (between - error, between + (k - 1.0) * error + k * (raters - error) / n),
        (Form::Random, true) => (between - error, between + (raters - error) / n),
        (Form::Mixed, false) => (between - error, between + (k - 1.0) * error),
        (Form::Mixed, true) => (between - error, between),
    };
    if denominator.abs() < 1e-300 {
        let reason = if between == 0.0 && within == 0.0 { UNANIMOUS } else { "the items do not differ at all" };
        return Ok(Coefficient::undefined(reason, table.rows.len(), rule));
    }
    let mut found = Coefficient::of(numerator / denominator, table.rows.len(), table.rows.len() * table.raters, rule);
    let share = f64::midpoint(1.0, options.plan.level);
    let bounds = match form {
        Form::OneWay => by_ratio(between / within, n - 1.0, n * (k - 1.0), k, average, share),
        Form::Mixed => by_ratio(between / error, n - 1.0, (n - 1.0) * (k - 1.0), k, average, share),
        Form::Random => random_effects(&squares, n, k, average, share),
    };
    found.interval = bounds.filter(|(low, high)| low.is_finite() && high.is_finite()).map(|(low, high)| Interval {
        low,
        high,
        level: options.plan.level,
        method: "F distribution (Shrout and Fleiss 1979, McGraw and Wong 1996)".into(),
    });
    Ok(found)
}

fn by_ratio(ratio: f64, first: f64, second: f64, k: f64, average: bool, share: f64) -> Option<(f64, f64)> {
    if !ratio.is_finite() {
        // No error at all: the coefficient is 1 and so are its bounds.
        return Some((1.0, 1.0));
    }
    let low = ratio / f_quantile(share, first, second);
    let high = ratio * f_quantile(share, second, first);
    Some(if average {
        (1.0 - 1.0 / low, 1.0 - 1.0 / high)
    } else {
        ((low - 1.0) / (low + k - 1.0), (high - 1.0) / (high + k - 1.0))
    })
}

fn random_effects(squares: &Squares, n: f64, k: f64, average: bool, share: f64) -> Option<(f64, f64)> {
    let Squares { between, raters, error, .. } = *squares;
    if error == 0.0 {
        return if raters == 0.0 { Some((1.0, 1.0)) } else { None };
    }
    let single = (between - error) / (between + (k - 1.0) * error + k * (raters - error) / n);
    let ratio = raters / error;
    let a = k * single * ratio;
    let b = n * (1.0 + (k - 1.0) * single) - k * single;
    let freedom = (k - 1.0) * (n - 1.0) * (a + b).powi(2) / ((n - 1.0) * a * a + b * b);
    let (upper, lower) = (f_quantile(share, n - 1.0, freedom), f_quantile(share, freedom, n - 1.0));
    let mixed = k * raters + (k * n - k - n) * error;
    let low = n * (between - upper * error) / (upper * mixed + n * between);
    let high = n * (lower * between - error) / (mixed + n * lower * between);
    let stepped = |bound: f64| if average { bound * k / (1.0 + bound * (k - 1.0)) } else { bound };
    Some((stepped(low), stepped(high)))
}
