//! Gaussian mixtures by expectation maximisation (Dempster, Laird and Rubin 1977), started from k-means, with full or
//! diagonal covariances. A small share of the mean variance is added to each diagonal, so that constant columns and
//! collapsing components stay positive definite.

use super::kmeans::{self, kmeans};
use crate::{
    LearnError, Matrix,
    numeric::{self, in_chunks},
    reduce::linear,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covariance {
    Full,
    Diagonal,
}

#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub k: usize,
    pub seed: u64,
    pub covariance: Covariance,
    pub iterations: usize,
    /// Least gain of the mean log likelihood of a row that is worth another step.
    pub tolerance: f64,
}

impl Options {
    pub fn new(k: usize, seed: u64) -> Self {
        Self { k, seed, covariance: Covariance::Full, iterations: 200, tolerance: 1e-5 }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub labels: Vec<i32>,
    /// Rows x components.
    pub responsibilities: Vec<f64>,
    pub components: usize,
    /// Mean log likelihood of a row.
    pub log_likelihood: f64,
    pub iterations: usize,
    pub converged: bool,
}

const CHUNK: usize = 1024;
const REGULARISATION: f64 = 1e-6;

struct Component {
    weight: f64,
    mean: Vec<f64>,
    /// The inverse of the covariance's Cholesky factor (columns x columns, lower), or of the deviations.
    whitening: Vec<f64>,
    /// Half the logarithm of the covariance's determinant.
    log_scale: f64,
}

/// Errors: `k` out of range, or full covariances of more than 2,000 columns.
pub fn gmm(matrix: &Matrix, options: &Options) -> Result<Found, LearnError> {
    super::check_k(options.k, matrix.rows())?;
    if options.covariance == Covariance::Full && matrix.columns() > 2000 {
        return Err(LearnError::option(
            "columns",
            matrix.columns(),
            "at most 2,000 for full covariances; use --covariance diag",
        ));
    }
    // Mixtures do not change when all columns are scaled by one factor; the logarithms stay tame.
    let data = matrix.centered();
    let scale = (data.variances().iter().sum::<f64>() / data.columns() as f64).sqrt();
    let factor = if scale > 0.0 { 1.0 / scale } else { 1.0 };
    let data = Matrix::from_parts(data.values().iter().map(|value| value * factor).collect(), data.columns());
    let start = kmeans(&data, &kmeans::Options::new(options.k, options.seed))?;
    let k = start.centers.rows();
    let mut responsibilities = vec![0.0; data.rows() * k];
    for (row, label) in responsibilities.chunks_exact_mut(k).zip(&start.labels) {
        if let Some(place) = row.get_mut(*label as usize) {
            *place = 1.0;
        }
    }
    let (mut before, mut converged, mut steps) = (f64::NEG_INFINITY, false, 0);
    for step in 0..options.iterations.max(1) {
        let components = maximise(&data, &responsibilities, k, options.covariance);
        let log_likelihood = expect(&data, &components, &mut responsibilities);
        steps = step + 1;
        converged = (log_likelihood - before).abs() < options.tolerance;
        before = log_likelihood;
        if converged {
            break;
        }
    }
    let mut labels: Vec<i32> = responsibilities.chunks_exact(k).map(|row| numeric::greatest(row) as i32).collect();
    let old = labels.clone();
    let count = numeric::by_first_appearance(&mut labels);
    // Columns in the order of the labels; components that are nobody's likeliest come last.
    let mut order: Vec<usize> = Vec::with_capacity(k);
    for label in 0..count as i32 {
        order.extend(labels.iter().position(|own| *own == label).and_then(|row| old.get(row)).map(|was| *was as usize));
    }
    order.extend((0..k).filter(|component| !order.contains(component)).collect::<Vec<_>>());
    let sorted =
        responsibilities.chunks_exact(k).flat_map(|row| order.iter().map(|at| row.get(*at).copied().unwrap_or(0.0)));
    // In the units that the caller has.
    let log_likelihood = before + data.columns() as f64 * factor.ln();
    Ok(Found {
        labels,
        responsibilities: sorted.collect(),
        components: k,
        log_likelihood,
        iterations: steps,
        converged,
    })
}

fn maximise(data: &Matrix, responsibilities: &[f64], k: usize, covariance: Covariance) -> Vec<Component> {
    let (rows, columns) = (data.rows(), data.columns());
    (0..k)
        .map(|component| {
            let weights: Vec<f64> = responsibilities.iter().skip(component).step_by(k).copied().collect();
            let sum = weights.iter().sum::<f64>() + 10.0 * f64::EPSILON;
            let mut mean = vec![0.0; columns];
            for (row, weight) in data.iter().zip(&weights).filter(|(_, weight)| **weight > 0.0) {
                mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += weight * value);
            }
            mean.iter_mut().for_each(|mean| *mean /= sum);
            let weight = sum / rows as f64;
            if covariance == Covariance::Diagonal {
                let mut variances = vec![0.0; columns];
                for (row, weight) in data.iter().zip(&weights).filter(|(_, weight)| **weight > 0.0) {
                    for ((variance, mean), value) in variances.iter_mut().zip(&mean).zip(row) {
                        *variance += weight * (value - mean) * (value - mean);
                    }
                }
                let variances: Vec<f64> = variances.iter().map(|variance| variance / sum + REGULARISATION).collect();
                let log_scale = variances.iter().map(|variance| 0.5 * variance.ln()).sum();
                let whitening = variances.iter().map(|variance| 1.0 / variance.sqrt()).collect();
                return Component { weight, mean, whitening, log_scale };
            }
            let parts = in_chunks(rows.div_ceil(CHUNK), |chunk| {
                let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(rows);
                let mut scaled = Vec::with_capacity(range.len() * columns);
                for row in range {
                    let weight = weights.get(row).copied().unwrap_or(0.0);
                    if weight > 1e-12 {
                        let root = weight.sqrt();
                        scaled.extend(data.row(row).iter().zip(&mean).map(|(value, mean)| root * (value - mean)));
                    }
                }
                let mut own = vec![0.0; columns * columns];
                if !scaled.is_empty() {
                    numeric::add_product_of_transpose(&scaled, &scaled, scaled.len() / columns, &mut own);
                }
                own
            });
            let mut matrix = vec![0.0; columns * columns];
            for part in parts {
                matrix.iter_mut().zip(&part).for_each(|(sum, value)| *sum += value);
            }
            matrix.iter_mut().for_each(|value| *value /= sum);
            for column in 0..columns {
                if let Some(value) = matrix.get_mut(column * columns + column) {
                    *value += REGULARISATION;
                }
            }
            let factor = linear::cholesky(matrix, columns);
            let log_scale = (0..columns).map(|at| factor.get(at * columns + at).copied().unwrap_or(1.0).ln()).sum();
            Component { weight, mean, whitening: linear::inverse_lower(&factor, columns), log_scale }
        })
        .collect()
}

/// Fills the responsibilities; the mean log likelihood of a row.
fn expect(data: &Matrix, components: &[Component], responsibilities: &mut [f64]) -> f64 {
    let (rows, columns, k) = (data.rows(), data.columns(), components.len());
    let constant = 0.5 * columns as f64 * std::f64::consts::TAU.ln();
    let parts = in_chunks(rows.div_ceil(CHUNK), |chunk| {
        let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(rows);
        let count = range.len();
        let own = data.values().get(range.start * columns..range.end * columns).unwrap_or_default();
        let mut logs = vec![0.0; count * k];
        for (at, component) in components.iter().enumerate() {
            let base = component.weight.max(f64::MIN_POSITIVE).ln() - component.log_scale - constant;
            let mut moved = Vec::with_capacity(own.len());
            for row in own.chunks_exact(columns) {
                moved.extend(row.iter().zip(&component.mean).map(|(value, mean)| value - mean));
            }
            let white = if component.whitening.len() == columns {
                for row in moved.chunks_exact_mut(columns) {
                    row.iter_mut().zip(&component.whitening).for_each(|(value, scale)| *value *= scale);
                }
                moved
            } else {
                let mut white = vec![0.0; own.len()];
                numeric::product_transposed(&moved, &component.whitening, columns, &mut white);
                white
            };
            for (row, log) in white.chunks_exact(columns).zip(logs.iter_mut().skip(at).step_by(k)) {
                *log = base - 0.5 * numeric::dot(row, row);
            }
        }
        let sum: f64 = logs.chunks_exact_mut(k).map(numeric::soft_max).sum();
        (logs, sum)
    });
    let (mut at, mut sum) = (0, 0.0);
    for (part, log_likelihood) in parts {
        if let Some(to) = responsibilities.get_mut(at..at + part.len()) {
            to.copy_from_slice(&part);
        }
        at += part.len();
        sum += log_likelihood;
    }
    sum / rows as f64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Random;

    #[test]
    fn long_groups_that_k_means_cuts() {
        let mut random = Random::new(4);
        let values: Vec<f64> = (0..600)
            .flat_map(|row| {
                let offset = if row % 2 == 0 { 0.0 } else { 6.0 };
                [random.normal() * 2.0, offset + random.normal() * 0.5]
            })
            .collect();
        let matrix = Matrix::new(values, 2).unwrap();
        for covariance in [Covariance::Full, Covariance::Diagonal] {
            let best = (0..5)
                .map(|seed| gmm(&matrix, &Options { covariance, ..Options::new(2, seed) }).unwrap())
                .max_by(|a, b| a.log_likelihood.total_cmp(&b.log_likelihood))
                .unwrap();
            let same = best.labels.iter().enumerate().filter(|(row, label)| **label == (row % 2) as i32).count();
            assert!(same >= 590, "{covariance:?} {same}");
        }
    }

    #[test]
    fn one_component_is_the_normal_fit() {
        let matrix = Matrix::new(vec![-1.0, 1.0, -1.0, 1.0], 1).unwrap();
        let found = gmm(&matrix, &Options::new(1, 0)).unwrap();
        // Variance 1 + 1e-6: -ln(2 pi)/2 - 1/2.
        assert!((found.log_likelihood + 0.5 * std::f64::consts::TAU.ln() + 0.5).abs() < 1e-5);
        let same = Matrix::new(vec![3.0; 20], 2).unwrap();
        assert_eq!(gmm(&same, &Options::new(3, 0)).unwrap().labels, [0; 10]);
    }
}
