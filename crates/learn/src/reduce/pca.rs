//! Principal components (Pearson 1901): exact by the covariance of the columns or of the rows, whichever is smaller; of very
//! many of both by subspace iteration (Halko, Martinsson and Tropp 2011). The sign of each axis is such that its largest
//! weight is positive, so results do not flip between machines.

use super::linear;
use crate::{
    Matrix,
    numeric::{self, Random, in_chunks},
};

#[derive(Debug, Clone, PartialEq)]
pub struct Pca {
    pub means: Vec<f64>,
    /// Axes as rows, components x columns.
    pub axes: Matrix,
    /// Variance along each axis, with n - 1.
    pub variances: Vec<f64>,
    /// Its share of all variance.
    pub shares: Vec<f64>,
}

/// Larger covariances are not made whole.
const EXACT: usize = 300;
const CHUNK: usize = 1024;

/// At most as many components as there are columns or rows. `seed` matters only beyond 300 rows and columns.
pub fn fit(matrix: &Matrix, components: usize, seed: u64) -> Pca {
    let (rows, columns) = (matrix.rows(), matrix.columns());
    let components = components.clamp(1, columns.min(rows));
    let means = matrix.means();
    let data = matrix.centered();
    let total: f64 = data.values().iter().map(|value| value * value).sum();
    let (values, axes) = if columns <= EXACT {
        let (values, axes) = linear::eigen(gram(&data), columns);
        (values, axes)
    } else if rows <= EXACT {
        let mut products = vec![0.0; rows * rows];
        numeric::product_transposed(data.values(), data.values(), columns, &mut products);
        let (values, vectors) = linear::eigen(products, rows);
        let mut axes = vec![0.0; rows * columns];
        numeric::product(&vectors, data.values(), rows, &mut axes);
        linear::orthonormal(&mut axes, columns);
        (values, axes)
    } else {
        subspace(&data, components, seed)
    };
    let mut axes: Vec<f64> = axes.into_iter().take(components * columns).collect();
    for axis in axes.chunks_exact_mut(columns) {
        let most = axis
            .iter()
            .copied()
            .fold(0.0_f64, |most, value| if value.abs() > most.abs() * (1.0 + 1e-9) { value } else { most });
        if most < 0.0 {
            axis.iter_mut().for_each(|value| *value = -*value);
        }
    }
    let squares: Vec<f64> = values.into_iter().take(components).map(|value| value.max(0.0)).collect();
    let share = |square: &f64| if total > 0.0 { square / total } else { 0.0 };
    Pca {
        means,
        axes: Matrix::from_parts(axes, columns),
        shares: squares.iter().map(share).collect(),
        variances: squares.iter().map(|square| square / (rows.max(2) - 1) as f64).collect(),
    }
}

/// The transpose of the data times the data.
fn gram(data: &Matrix) -> Vec<f64> {
    let (rows, columns) = (data.rows(), data.columns());
    let parts = in_chunks(rows.div_ceil(CHUNK), |chunk| {
        let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(rows);
        let own = data.values().get(range.start * columns..range.end * columns).unwrap_or_default();
        let mut sum = vec![0.0; columns * columns];
        numeric::add_product_of_transpose(own, own, range.len(), &mut sum);
        sum
    });
    let mut sum = vec![0.0; columns * columns];
    for part in parts {
        sum.iter_mut().zip(&part).for_each(|(sum, value)| *sum += value);
    }
    sum
}

fn subspace(data: &Matrix, components: usize, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let (rows, columns) = (data.rows(), data.columns());
    let width = (components + 10).min(rows).min(columns);
    let mut random = Random::new(seed);
    let mut axes: Vec<f64> = (0..width * columns).map(|_| random.normal()).collect();
    linear::orthonormal(&mut axes, columns);
    let multiply = |axes: &[f64]| {
        // Rows x width, then width x columns.
        let mut scores = vec![0.0; rows * width];
        numeric::product_transposed(data.values(), axes, columns, &mut scores);
        let mut next = vec![0.0; width * columns];
        numeric::add_product_of_transpose(&scores, data.values(), rows, &mut next);
        (scores, next)
    };
    for _ in 0..40 {
        axes = multiply(&axes).1;
        linear::orthonormal(&mut axes, columns);
    }
    let scores = multiply(&axes).0;
    let mut small = vec![0.0; width * width];
    numeric::add_product_of_transpose(&scores, &scores, rows, &mut small);
    let (values, turn) = linear::eigen(small, width);
    let mut turned = vec![0.0; width * columns];
    numeric::product(&turn, &axes, width, &mut turned);
    (values, turned)
}

impl Pca {
    /// Rows x components.
    pub fn transform(&self, matrix: &Matrix) -> Matrix {
        let columns = matrix.columns();
        let components = self.axes.rows();
        let parts = in_chunks(matrix.rows().div_ceil(CHUNK), |chunk| {
            let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(matrix.rows());
            let mut own = Vec::with_capacity(range.len() * columns);
            for row in range.clone() {
                own.extend(matrix.row(row).iter().zip(&self.means).map(|(value, mean)| value - mean));
            }
            let mut out = vec![0.0; range.len() * components];
            numeric::product_transposed(&own, self.axes.values(), columns, &mut out);
            out
        });
        Matrix::from_parts(parts.concat(), components)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_line_by_hand() {
        let matrix = Matrix::new(vec![0.0, 0.0, 1.0, 2.0, 2.0, 4.0], 2).unwrap();
        let pca = fit(&matrix, 2, 0);
        let root = 5.0_f64.sqrt();
        assert!((pca.axes.row(0)[0] - 1.0 / root).abs() < 1e-12 && (pca.axes.row(0)[1] - 2.0 / root).abs() < 1e-12);
        assert!((pca.variances[0] - 5.0).abs() < 1e-12 && (pca.shares[0] - 1.0).abs() < 1e-12);
        let scores = pca.transform(&matrix);
        assert!((scores.row(2)[0] - root).abs() < 1e-12 && scores.row(1)[0].abs() < 1e-12);
    }

    #[test]
    fn the_three_ways_agree() {
        let mut random = Random::new(9);
        let (rows, columns) = (700, 640);
        let values: Vec<f64> = (0..rows)
            .flat_map(|_| {
                let (a, b) = (random.normal() * 30.0, random.normal() * 10.0);
                (0..columns)
                    .map(|column| a * (column as f64).sin() + b * (column as f64).cos() + random.normal() * 0.1)
                    .collect::<Vec<_>>()
            })
            .collect();
        let matrix = Matrix::new(values, columns).unwrap();
        let approximate = fit(&matrix, 2, 1);
        let few = matrix.select(0..250);
        let by_rows = fit(&few, 2, 0);
        for (one, other) in approximate.axes.iter().zip(by_rows.axes.iter()) {
            assert!(numeric::dot(one, other).abs() > 0.98);
        }
        assert!((approximate.shares.iter().sum::<f64>() - 1.0).abs() < 1e-3);
        let narrow = Matrix::new(few.iter().flat_map(|row| row[..40].to_vec()).collect(), 40).unwrap();
        let direct = fit(&narrow, 1, 0);
        let scores = direct.transform(&narrow);
        let variance = scores.iter().map(|row| row[0] * row[0]).sum::<f64>() / 249.0;
        assert!((variance / direct.variances[0] - 1.0).abs() < 1e-9);
    }
}
