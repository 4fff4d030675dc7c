//! Feature vectors, row by row, all finite and small enough to be squared.

use crate::{LearnError, numeric::in_chunks};

/// Squares and sums of squares of such values stay far from the end of the doubles.
const LARGEST: f64 = 1e100;

/// Rows x columns, at least one of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    values: Vec<f64>,
    columns: usize,
}

impl Matrix {
    /// `values` row by row. Errors name the first value that is not finite or beyond 1e100.
    pub fn new(values: Vec<f64>, columns: usize) -> Result<Self, LearnError> {
        if columns == 0 {
            return Err(LearnError::NoColumns);
        }
        if values.is_empty() {
            return Err(LearnError::NoRows);
        }
        if !values.len().is_multiple_of(columns) {
            return Err(LearnError::Shape { values: values.len(), columns });
        }
        let length = 1 << 20;
        let bad = in_chunks(values.len().div_ceil(length), |chunk| {
            let start = chunk * length;
            let part = values.get(start..(start + length).min(values.len())).unwrap_or_default();
            part.iter().position(|value| value.is_nan() || value.abs() > LARGEST).map(|at| start + at)
        });
        if let Some(at) = bad.into_iter().flatten().next() {
            let (row, column, value) = (at / columns, at % columns, values.get(at).copied().unwrap_or(f64::NAN));
            return Err(if value.is_finite() {
                LearnError::TooLarge { row, column, value }
            } else {
                LearnError::NotFinite { row, column, value }
            });
        }
        Ok(Self { values, columns })
    }

    /// Of values that are finite by how they were made.
    pub(crate) fn from_parts(values: Vec<f64>, columns: usize) -> Self {
        Self { values, columns: columns.max(1) }
    }

    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    pub fn values(&self) -> &[f64] {
        &self.values
    }

    pub fn into_values(self) -> Vec<f64> {
        self.values
    }

    /// Row `index`; an empty slice beyond the last one.
    #[inline]
    pub fn row(&self, index: usize) -> &[f64] {
        self.values.get(index * self.columns..(index + 1) * self.columns).unwrap_or_default()
    }

    pub fn iter(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.columns)
    }

    /// The rows with these numbers, in this order.
    pub fn select(&self, rows: impl IntoIterator<Item = usize>) -> Self {
        let mut values = Vec::new();
        for row in rows {
            values.extend_from_slice(self.row(row));
        }
        Self { values, columns: self.columns }
    }

    /// The mean of each column.
    pub fn means(&self) -> Vec<f64> {
        let mut means = vec![0.0; self.columns];
        for row in self.iter() {
            for (mean, value) in means.iter_mut().zip(row) {
                *mean += value;
            }
        }
        let rows = self.rows() as f64;
        means.iter_mut().for_each(|mean| *mean /= rows);
        means
    }

    /// The population variance of each column.
    pub fn variances(&self) -> Vec<f64> {
        let means = self.means();
        let mut variances = vec![0.0; self.columns];
        for row in self.iter() {
            for ((variance, mean), value) in variances.iter_mut().zip(&means).zip(row) {
                *variance += (value - mean) * (value - mean);
            }
        }
        let rows = self.rows() as f64;
        variances.iter_mut().for_each(|variance| *variance /= rows);
        variances
    }

    /// Each column moved to mean 0: distances stay, and products lose fewer digits.
    pub fn centered(&self) -> Self {
        let means = self.means();
        let mut values = self.values.clone();
        for row in values.chunks_exact_mut(self.columns) {
            for (value, mean) in row.iter_mut().zip(&means) {
                *value -= mean;
            }
        }
        Self { values, columns: self.columns }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn places_of_bad_values() {
        assert_eq!(Matrix::new(vec![], 2), Err(LearnError::NoRows));
        assert_eq!(Matrix::new(vec![1.0], 0), Err(LearnError::NoColumns));
        assert_eq!(Matrix::new(vec![1.0; 3], 2), Err(LearnError::Shape { values: 3, columns: 2 }));
        let error = Matrix::new(vec![0.0, 1.0, 2.0, f64::NAN], 2).unwrap_err();
        assert!(error.to_string().starts_with("row 1, column 1: NaN"));
        let error = Matrix::new(vec![0.0, -1e308], 2).unwrap_err();
        assert!(error.to_string().contains("row 0, column 1: -1e308 is beyond"));
    }

    #[test]
    fn moments_by_hand() {
        let matrix = Matrix::new(vec![1.0, 10.0, 3.0, 10.0], 2).unwrap();
        assert_eq!((matrix.means(), matrix.variances()), (vec![2.0, 10.0], vec![1.0, 0.0]));
        assert_eq!(matrix.centered().values(), [-1.0, 0.0, 1.0, 0.0]);
    }
}
