//! Small dense matrices: Cholesky factors and the eigenvectors of symmetric ones (Golub and Van Loan 2013, 4.2 and 8.3).
//! Matrices are row by row.

use crate::numeric;

/// The lower factor L with L L' = `matrix`. A pivot that is not positive is raised to a tiny one.
pub fn cholesky(mut matrix: Vec<f64>, size: usize) -> Vec<f64> {
    for row in 0..size {
        let (above, rest) = matrix.split_at_mut(row * size);
        let Some(own) = rest.get_mut(..size) else { break };
        for column in 0..row {
            let Some(other) = above.get(column * size..column * size + column + 1) else { continue };
            let (other, diagonal) = other.split_at(column);
            let sum = numeric::dot(own.get(..column).unwrap_or_default(), other);
            if let (Some(value), Some(diagonal)) = (own.get_mut(column), diagonal.first()) {
                *value = (*value - sum) / diagonal;
            }
        }
        let square = own.get(..row).map_or(0.0, |done| numeric::dot(done, done));
        for (column, value) in own.iter_mut().enumerate().skip(row) {
            *value = if column > row { 0.0 } else { (*value - square).max(1e-300).sqrt() };
        }
    }
    matrix
}

/// The inverse of a lower triangular matrix.
pub fn inverse_lower(lower: &[f64], size: usize) -> Vec<f64> {
    let mut inverse = vec![0.0; size * size];
    for row in 0..size {
        let Some(own) = lower.get(row * size..(row + 1) * size) else { break };
        let diagonal = own.get(row).copied().unwrap_or(1.0);
        let mut sums = vec![0.0; row];
        for (factor, above) in own.iter().zip(inverse.chunks_exact(size)).take(row) {
            sums.iter_mut().zip(above).for_each(|(sum, value)| *sum += factor * value);
        }
        if let Some(to) = inverse.get_mut(row * size..(row + 1) * size) {
            to.iter_mut().zip(sums).for_each(|(to, sum)| *to = -sum / diagonal);
            if let Some(to) = to.get_mut(row) {
                *to = 1.0 / diagonal;
            }
        }
    }
    inverse
}

/// Solves L L' x = b for each column of `right` (size x columns), in place.
pub fn solve_cholesky(lower: &[f64], size: usize, right: &mut [f64], columns: usize) {
    let at = |row: usize, column: usize| lower.get(row * size + column).copied().unwrap_or(0.0);
    for row in 0..size {
        let (done, rest) = right.split_at_mut(row * columns);
        let Some(own) = rest.get_mut(..columns) else { return };
        for (column, above) in done.chunks_exact(columns).enumerate() {
            let factor = at(row, column);
            own.iter_mut().zip(above).for_each(|(value, above)| *value -= factor * above);
        }
        let diagonal = at(row, row);
        own.iter_mut().for_each(|value| *value /= diagonal);
    }
    for row in (0..size).rev() {
        let (front, done) = right.split_at_mut((row + 1) * columns);
        let Some(own) = front.get_mut(row * columns..) else { return };
        for (offset, below) in done.chunks_exact(columns).enumerate() {
            let factor = at(row + 1 + offset, row);
            own.iter_mut().zip(below).for_each(|(value, below)| *value -= factor * below);
        }
        let diagonal = at(row, row);
        own.iter_mut().for_each(|value| *value /= diagonal);
    }
}

/// Eigenvalues, greatest first, and their eigenvectors as rows, of a symmetric matrix: Jacobi's rotations, row-cyclic
/// (Golub and Van Loan 2013, 8.5), until nothing is left off the diagonal.
pub fn eigen(mut matrix: Vec<f64>, size: usize) -> (Vec<f64>, Vec<f64>) {
    let mut vectors = vec![0.0; size * size];
    vectors.iter_mut().step_by(size + 1).for_each(|value| *value = 1.0);
    let total: f64 = matrix.iter().map(|value| value * value).sum();
    for _ in 0..60 {
        let mut off = 0.0;
        for row in 0..size {
            for column in row + 1..size {
                let value = matrix.get(row * size + column).copied().unwrap_or(0.0);
                off += value * value;
            }
        }
        if off <= 1e-30 * total {
            break;
        }
        for row in 0..size {
            for column in row + 1..size {
                rotate(&mut matrix, &mut vectors, size, row, column);
            }
        }
    }
    let mut order: Vec<(f64, usize)> = matrix.iter().step_by(size + 1).copied().zip(0..size).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let sorted = order.iter().flat_map(|(_, row)| vectors.get(row * size..(row + 1) * size).unwrap_or_default());
    (order.iter().map(|(value, _)| *value).collect(), sorted.copied().collect())
}

/// One rotation that makes the entry at (p, q) vanish.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], size: usize, p: usize, q: usize) {
    let at = |matrix: &[f64], row: usize, column: usize| matrix.get(row * size + column).copied().unwrap_or(0.0);
    let (off, first, last) = (at(matrix, p, q), at(matrix, p, p), at(matrix, q, q));
    if off.abs() <= 1e-18 * (first.abs() + last.abs()) || off == 0.0 {
        return;
    }
    let theta = (last - first) / (2.0 * off);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let tangent = if theta == 0.0 { 1.0 } else { tangent };
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    turn_rows(matrix, size, (p, q), (cosine, sine));
    // The columns: the matrix stays symmetric.
    for row in matrix.chunks_exact_mut(size) {
        let (a, b) = (row.get(p).copied().unwrap_or(0.0), row.get(q).copied().unwrap_or(0.0));
        if let Some(value) = row.get_mut(p) {
            *value = cosine * a - sine * b;
        }
        if let Some(value) = row.get_mut(q) {
            *value = sine * a + cosine * b;
        }
    }
    turn_rows(vectors, size, (p, q), (cosine, sine));
}

fn turn_rows(matrix: &mut [f64], size: usize, (p, q): (usize, usize), (cosine, sine): (f64, f64)) {
    let (front, back) = matrix.split_at_mut(q * size);
    if let (Some(first), Some(second)) = (front.get_mut(p * size..(p + 1) * size), back.get_mut(..size)) {
        for (a, b) in first.iter_mut().zip(second) {
            (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
        }
    }
}

/// Makes rows of `vectors` orthonormal (Gram and Schmidt, twice); what depends on the rows before becomes nothing.
pub fn orthonormal(vectors: &mut [f64], columns: usize) {
    for row in 0..vectors.len() / columns.max(1) {
        let (done, rest) = vectors.split_at_mut(row * columns);
        let Some(own) = rest.get_mut(..columns) else { return };
        let before = numeric::dot(own, own).sqrt();
        for _ in 0..2 {
            for other in done.chunks_exact(columns) {
                let share = numeric::dot(own, other);
                own.iter_mut().zip(other).for_each(|(value, other)| *value -= share * other);
            }
        }
        let length = numeric::dot(own, own).sqrt();
        let factor = if length > 1e-12 * before && length > 0.0 { 1.0 / length } else { 0.0 };
        own.iter_mut().for_each(|value| *value *= factor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Random;

    #[test]
    fn a_factor_by_hand_and_solutions() {
        let factor = cholesky(vec![4.0, 2.0, 2.0, 5.0], 2);
        assert_eq!(factor, [2.0, 0.0, 1.0, 2.0]);
        assert_eq!(inverse_lower(&factor, 2), [0.5, 0.0, -0.25, 0.5]);
        let mut right = [8.0, 9.0];
        solve_cholesky(&factor, 2, &mut right, 1);
        assert!((right[0] - 22.0 / 16.0).abs() < 1e-15 && (right[1] - 20.0 / 16.0).abs() < 1e-15);
    }

    #[test]
    fn eigenvectors_give_the_matrix_back() {
        let size = 12;
        let mut random = Random::new(3);
        let root: Vec<f64> = (0..size * size).map(|_| random.normal()).collect();
        let mut matrix = vec![0.0; size * size];
        numeric::product_transposed(&root, &root, size, &mut matrix);
        let (values, vectors) = eigen(matrix.clone(), size);
        assert!(values.windows(2).all(|pair| pair[0] >= pair[1]));
        for row in 0..size {
            for column in 0..size {
                let back: f64 =
                    (0..size).map(|at| values[at] * vectors[at * size + row] * vectors[at * size + column]).sum();
                assert!((back - matrix[row * size + column]).abs() < 1e-10);
            }
        }
    }
}
