//! Numbers for unlabeled rows (ratings, scores, measures) from a few labeled ones: ridge regression with a linear or a radial
//! kernel (Saunders, Gammerman and Vovk 1998). Kernel and penalty are chosen by what the others say about each labeled row,
//! y_i - a_i / (inverse's diagonal)_i, which needs no folds (Allen's PRESS 1974). The same residuals give an interval that
//! covers a new row as often as asked (the jackknife of Barber, Candes, Ramdas and Tibshirani 2021, without their widening
//! by the fits' differences).

use crate::{
    LearnError,
    classify::Space,
    classify::kernel::{self, Kernel},
    numeric,
    reduce::linear,
};

/// Rows with their numbers; each row once.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    rows: Vec<usize>,
    values: Vec<f64>,
}

impl Numbers {
    /// Errors: none at all, a row beyond the last one or given twice, a value that is not finite or beyond 1e100.
    pub fn new(rows: Vec<usize>, values: Vec<f64>, total: usize) -> Result<Self, LearnError> {
        if rows.is_empty() {
            return Err(LearnError::Input("there are no numbers to learn from".into()));
        }
        if rows.len() != values.len() {
            return Err(LearnError::Input(format!("{} rows for {} numbers", rows.len(), values.len())));
        }
        let mut seen = vec![false; total];
        for (row, value) in rows.iter().zip(&values) {
            match seen.get_mut(*row) {
                Some(seen) if !*seen => *seen = true,
                Some(_) => return Err(LearnError::Input(format!("row {row} has two numbers"))),
                None => return Err(LearnError::Input(format!("row {row} has a number, and there are {total} rows"))),
            }
            if value.is_nan() || value.abs() > 1e100 {
                return Err(LearnError::Input(format!("row {row}: {value} is not a finite number up to 1e100")));
            }
        }
        Ok(Self { rows, values })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// One for every row; labeled rows have the model's value, not their own.
    pub values: Vec<f64>,
    /// What the others say about each labeled row.
    pub held_out: Vec<f64>,
    /// 1 - squared held-out errors / squared deviations from the mean; negative when the mean would be better.
    pub r_squared: f64,
    /// A new row's true value lies this near to the guess as often as the coverage says; infinite with too few numbers.
    pub half_width: f64,
    pub notes: Vec<String>,
}

/// More labeled rows than this are a matrix too large to invert in a minute.
pub const MOST_ROWS: usize = 6000;

const PENALTIES: [f64; 5] = [0.01, 0.1, 1.0, 10.0, 100.0];

/// `coverage` between 0 and 1: how often the interval holds. Errors: a coverage outside, too many labeled rows.
pub fn predict(space: &Space, numbers: &Numbers, coverage: f64) -> Result<Found, LearnError> {
    if !(coverage > 0.0 && coverage < 1.0) {
        return Err(LearnError::option("coverage", coverage, "between 0 and 1, both excluded"));
    }
    let count = numbers.rows.len();
    if count > MOST_ROWS {
        return Err(LearnError::Memory {
            rows: count,
            what: "the kernel of the labeled rows",
            needed_mib: (count * count * 16) >> 20,
            limit_mib: (MOST_ROWS * MOST_ROWS * 16) >> 20,
            instead: "give a random sample of the numbers",
        });
    }
    let mean = numbers.values.iter().sum::<f64>() / count as f64;
    let deviations: Vec<f64> = numbers.values.iter().map(|value| value - mean).collect();
    let spread: f64 = deviations.iter().map(|value| value * value).sum();
    let known = space.matrix.select(numbers.rows.iter().copied());
    // The mean alone: what the others say is their mean.
    let alone: Vec<f64> = deviations.iter().map(|own| -own / (count as f64 - 1.0).max(1.0)).collect();
    let mut best = (errors(&deviations, &alone), None, alone, "the mean of the numbers".to_owned());
    for (kernel, name) in
        [(Kernel::Linear, "linear"), (Kernel::Radial(0.25), "wide radial"), (Kernel::Radial(1.0), "radial")]
    {
        let own = kernel::products(&known, &known, kernel);
        for penalty in PENALTIES {
            let mut matrix: Vec<f64> = own.iter().map(|value| value + 1.0).collect();
            matrix.iter_mut().step_by(count + 1).for_each(|value| *value += 1.0 / penalty);
            let factor = linear::inverse_lower(&linear::cholesky(matrix, count), count);
            let mut inverse = vec![0.0; count * count];
            numeric::add_product_of_transpose(&factor, &factor, count, &mut inverse);
            let mut weights = vec![0.0; count];
            numeric::product(&inverse, &deviations, count, &mut weights);
            let held: Vec<f64> = deviations
                .iter()
                .zip(&weights)
                .enumerate()
                .map(|(at, (own, weight))| own - weight / inverse.get(at * count + at).copied().unwrap_or(1.0))
                .collect();
            let error = errors(&deviations, &held);
            if error < best.0 * (1.0 - 1e-6) {
                let note = format!("{name} kernel ridge with C = {penalty}");
                best = (error, Some((kernel, weights)), held, note);
            }
        }
    }
    let (error, model, held, note) = best;
    let values = match model {
        None => vec![mean; space.rows()],
        Some((kernel, weights)) => kernel::products(&space.matrix, &known, kernel)
            .chunks_exact(count)
            .map(|row| mean + row.iter().zip(&weights).map(|(value, weight)| (value + 1.0) * weight).sum::<f64>())
            .collect(),
    };
    let mut residuals: Vec<f64> = deviations.iter().zip(&held).map(|(own, held)| (own - held).abs()).collect();
    residuals.sort_by(f64::total_cmp);
    // The ceil((n + 1) coverage)-th smallest.
    let place = ((count as f64 + 1.0) * coverage).ceil() as usize;
    Ok(Found {
        values,
        held_out: held.iter().map(|held| held + mean).collect(),
        r_squared: if spread > 0.0 { 1.0 - error / spread } else { 0.0 },
        half_width: residuals.get(place - 1).copied().unwrap_or(f64::INFINITY),
        notes: vec![note],
    })
}

fn errors(values: &[f64], held: &[f64]) -> f64 {
    values.iter().zip(held).map(|(value, held)| (value - held) * (value - held)).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Matrix, Random, scale::Scaling};

    #[test]
    fn a_curve_is_followed_and_intervals_cover() {
        let mut random = Random::new(11);
        let (mut covered, mut asked) = (0, 0);
        for _ in 0..10 {
            let values: Vec<f64> = (0..400).map(|_| random.unit() * 6.0 - 3.0).collect();
            let truth: Vec<f64> = values.iter().map(|x| x.sin() * 3.0 + 10.0 + 0.2 * random.normal()).collect();
            let space = Space::new(&Matrix::new(values, 1).unwrap(), Scaling::None);
            let numbers = Numbers::new((0..60).collect(), truth[..60].to_vec(), 400).unwrap();
            let found = predict(&space, &numbers, 0.9).unwrap();
            assert!(found.r_squared > 0.95, "{}", found.r_squared);
            asked += 340;
            covered += (60..400).filter(|row| (found.values[*row] - truth[*row]).abs() <= found.half_width).count();
        }
        let share = f64::from(covered as u32) / f64::from(asked);
        assert!((0.86..0.95).contains(&share), "{share}");
    }

    #[test]
    fn held_out_values_are_those_of_fits_without_the_row() {
        let mut random = Random::new(3);
        let values: Vec<f64> = (0..24).map(|_| random.normal()).collect();
        let truth: Vec<f64> = values.chunks_exact(2).map(|row| row[0] - row[1] + 0.3 * random.normal()).collect();
        let space = Space::new(&Matrix::new(values, 2).unwrap(), Scaling::None);
        let found = predict(&space, &Numbers::new((0..12).collect(), truth.clone(), 12).unwrap(), 0.5).unwrap();
        // The mean is taken away once for all, so only nearly so.
        let without = Numbers::new((1..12).collect(), truth[1..].to_vec(), 12).unwrap();
        let other = predict(&space, &without, 0.5).unwrap();
        assert!((found.held_out[0] - other.values[0]).abs() < 0.4, "{} {}", found.held_out[0], other.values[0]);
    }

    #[test]
    fn noise_is_left_to_the_mean_and_bad_numbers_are_errors() {
        let mut random = Random::new(5);
        let matrix = Matrix::new((0..200).map(|_| random.normal()).collect(), 5).unwrap();
        let space = Space::new(&matrix, Scaling::None);
        let noise: Vec<f64> = (0..30).map(|_| random.normal()).collect();
        let found = predict(&space, &Numbers::new((0..30).collect(), noise, 40).unwrap(), 0.9).unwrap();
        assert!(found.r_squared < 0.4, "{found:?}");
        let one = predict(&space, &Numbers::new(vec![3], vec![7.0], 40).unwrap(), 0.9).unwrap();
        assert_eq!((one.values[0], one.half_width), (7.0, f64::INFINITY));
        assert!(Numbers::new(vec![], vec![], 4).is_err() && Numbers::new(vec![4], vec![1.0], 4).is_err());
        assert!(Numbers::new(vec![1, 1], vec![1.0, 2.0], 4).is_err());
        assert!(Numbers::new(vec![1], vec![f64::NAN], 4).is_err());
    }
}
