//! The symmetric graph of nearest neighbours, each edge weighted by exp(-d(x, y)^2 / (s(x) s(y))) with the distances s to
//! the last neighbours (Zelnik-Manor and Perona 2004): dense and sparse regions are treated alike.
//!
//! Trap: a directed graph with the point as its own neighbour (as in scikit-learn's label spreading) loses much accuracy.

use crate::{Matrix, numeric::in_chunks, points};

/// Neighbours a row asks for; with those that ask for it, a row has about half as many again.
pub const NEIGHBORS: usize = 7;

/// Weights divided by the root of both ends' sums: S = D^-1/2 W D^-1/2.
#[derive(Debug, Clone)]
pub struct Graph {
    starts: Vec<usize>,
    ends: Vec<u32>,
    weights: Vec<f64>,
    /// The sum of the plain weights of each row.
    pub degrees: Vec<f64>,
}

impl Graph {
    pub fn new(matrix: &Matrix, count: usize) -> Self {
        let near = points::nearest(matrix, count);
        let rows = matrix.rows();
        let spread: Vec<f64> = (0..rows).map(|row| near.of(row).last().map_or(0.0, |last| last.1)).collect();
        let mut edges: Vec<(u32, u32, f64)> = Vec::with_capacity(rows * near.count * 2);
        for row in 0..rows {
            for (other, far) in near.of(row) {
                let scale = spread.get(row).copied().unwrap_or(0.0) * spread.get(other).copied().unwrap_or(0.0);
                let weight = if scale > 0.0 { (-far * far / scale).exp() } else { f64::from(u8::from(far == 0.0)) };
                // A stray row keeps a thin thread to its nearest, so that every label reaches everything that has a path.
                let weight = weight.max(1e-6);
                edges.push((row as u32, other as u32, weight));
                edges.push((other as u32, row as u32, weight));
            }
        }
        edges.sort_unstable_by_key(|edge| (edge.0, edge.1));
        edges.dedup_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let mut degrees = vec![0.0; rows];
        let mut starts = vec![0; rows + 1];
        for (row, _, weight) in &edges {
            if let (Some(degree), Some(start)) = (degrees.get_mut(*row as usize), starts.get_mut(*row as usize + 1)) {
                *degree += weight;
                *start += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let root = |row: u32| degrees.get(row as usize).copied().unwrap_or(1.0).sqrt();
        let weights = edges.iter().map(|(row, other, weight)| weight / (root(*row) * root(*other))).collect();
        Self { starts, ends: edges.iter().map(|edge| edge.1).collect(), weights, degrees }
    }

    pub fn rows(&self) -> usize {
        self.degrees.len()
    }

    /// The neighbours of a row with the normalised weights.
    pub fn of(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts.get(row).copied().unwrap_or(0)..self.starts.get(row + 1).copied().unwrap_or(0);
        let ends = self.ends.get(range.clone()).unwrap_or_default();
        let weights = self.weights.get(range).unwrap_or_default();
        ends.iter().map(|end| *end as usize).zip(weights.iter().copied())
    }

    /// S times each column of `values` (rows x width).
    pub fn multiply(&self, values: &[f64], width: usize) -> Vec<f64> {
        let (rows, length) = (self.rows(), 1024);
        let parts = in_chunks(rows.div_ceil(length), |chunk| {
            let range = chunk * length..((chunk + 1) * length).min(rows);
            let mut out = vec![0.0; range.len() * width];
            for (row, to) in range.zip(out.chunks_exact_mut(width.max(1))) {
                for (other, weight) in self.of(row) {
                    let from = values.get(other * width..(other + 1) * width).unwrap_or_default();
                    to.iter_mut().zip(from).for_each(|(to, from)| *to += weight * from);
                }
            }
            out
        });
        parts.concat()
    }

    /// Solves (I - alpha S) X = `right` (rows x width) by conjugate gradients (Hestenes and Stiefel 1952), each column by
    /// itself.
    pub fn solve(&self, right: Vec<f64>, width: usize, alpha: f64) -> Vec<f64> {
        let mut solution = vec![0.0; right.len()];
        let mut residual = right;
        let mut direction = residual.clone();
        let squares = |values: &[f64], others: &[f64]| {
            let mut sums = vec![0.0; width];
            for (row, other) in values.chunks_exact(width.max(1)).zip(others.chunks_exact(width.max(1))) {
                for ((sum, a), b) in sums.iter_mut().zip(row).zip(other) {
                    *sum += a * b;
                }
            }
            sums
        };
        let mut lengths = squares(&residual, &residual);
        let limits: Vec<f64> = lengths.iter().map(|length| length * 1e-14).collect();
        for _ in 0..500 {
            if lengths.iter().zip(&limits).all(|(length, limit)| length <= limit) {
                break;
            }
            let spread = self.multiply(&direction, width);
            let applied: Vec<f64> = direction.iter().zip(&spread).map(|(own, spread)| own - alpha * spread).collect();
            let bends = squares(&direction, &applied);
            let steps: Vec<f64> = lengths
                .iter()
                .zip(&bends)
                .zip(&limits)
                .map(|((length, bend), limit)| if length > limit && *bend > 0.0 { length / bend } else { 0.0 })
                .collect();
            for ((solution, residual), (direction, applied)) in solution
                .chunks_exact_mut(width)
                .zip(residual.chunks_exact_mut(width))
                .zip(direction.chunks_exact(width).zip(applied.chunks_exact(width)))
            {
                for (at, step) in steps.iter().enumerate() {
                    if let (Some(s), Some(r), Some(d), Some(a)) =
                        (solution.get_mut(at), residual.get_mut(at), direction.get(at), applied.get(at))
                    {
                        *s += step * d;
                        *r -= step * a;
                    }
                }
            }
            let next = squares(&residual, &residual);
            let turns: Vec<f64> = next
                .iter()
                .zip(&lengths)
                .map(|(next, before)| if *before > 0.0 { next / before } else { 0.0 })
                .collect();
            for (direction, residual) in direction.chunks_exact_mut(width).zip(residual.chunks_exact(width)) {
                for ((d, r), turn) in direction.iter_mut().zip(residual).zip(&turns) {
                    *d = r + turn * *d;
                }
            }
            lengths = next;
        }
        solution
    }

    /// How much each of these rows reaches every row: rows x columns of (I - alpha S)^-1.
    pub fn influence(&self, columns: &[usize], alpha: f64) -> Vec<f64> {
        let mut right = vec![0.0; self.rows() * columns.len()];
        for (at, row) in columns.iter().enumerate() {
            if let Some(value) = right.get_mut(row * columns.len() + at) {
                *value = 1.0;
            }
        }
        if columns.is_empty() { right } else { self.solve(right, columns.len(), alpha) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn solutions_solve() {
        let mut random = crate::Random::new(5);
        let matrix = Matrix::new((0..400).map(|_| random.normal()).collect(), 2).unwrap();
        let graph = Graph::new(&matrix, 7);
        let found = graph.influence(&[3, 77], 0.95);
        let spread = graph.multiply(&found, 2);
        for (row, (found, spread)) in found.chunks_exact(2).zip(spread.chunks_exact(2)).enumerate() {
            let expected = [f64::from(u8::from(row == 3)), f64::from(u8::from(row == 77))];
            for at in 0..2 {
                assert!((found[at] - 0.95 * spread[at] - expected[at]).abs() < 1e-6);
            }
        }
        // The matrix is symmetric, so reaching is mutual.
        assert!((found[3 * 2 + 1] - found[77 * 2]).abs() < 1e-6);
    }
}
