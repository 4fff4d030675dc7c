//! Where k-means starts: greedy k-means++ (Arthur and Vassilvitskii 2007, section 5: of several candidates drawn by their
//! squared distance to the nearest centre, the one that lowers the sum most).
//!
//! Trap: plain k-means++ draws one candidate and misses a cluster far more often.

use crate::{Matrix, numeric, numeric::Random};

/// Squared distances of every row to a few others, by products; never negative.
fn distances(matrix: &Matrix, norms: &[f64], candidates: &[usize]) -> Vec<f64> {
    let chosen = matrix.select(candidates.iter().copied());
    let others: Vec<f64> = chosen.iter().map(|row| numeric::dot(row, row)).collect();
    let mut out = vec![0.0; matrix.rows() * candidates.len()];
    numeric::product_transposed(matrix.values(), chosen.values(), matrix.columns(), &mut out);
    for (values, norm) in out.chunks_exact_mut(candidates.len().max(1)).zip(norms) {
        for (value, other) in values.iter_mut().zip(&others) {
            let squared = norm + other - 2.0 * *value;
            // What is within rounding of nothing is nothing: the same point is never drawn twice.
            *value = if squared > 1e-12 * (norm + other) { squared } else { 0.0 };
        }
    }
    out
}

/// Rows to start from, `k` of them; fewer when there are fewer different rows. `norms` are the rows' squared lengths.
pub fn start(matrix: &Matrix, norms: &[f64], k: usize, random: &mut Random) -> Vec<usize> {
    let rows = matrix.rows();
    let tries = 2 + (k.max(1) as f64).ln() as usize;
    let first = random.below(rows);
    let mut chosen = vec![first];
    let mut nearest = distances(matrix, norms, &[first]);
    while chosen.len() < k {
        let candidates: Vec<usize> = (0..tries).filter_map(|_| random.weighted(&nearest)).collect();
        if candidates.is_empty() {
            break;
        }
        let found = distances(matrix, norms, &candidates);
        let mut sums = vec![0.0; candidates.len()];
        for (values, nearest) in found.chunks_exact(candidates.len()).zip(&nearest) {
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += value.min(*nearest);
            }
        }
        let best = numeric::greatest(&sums.iter().map(|sum| -sum).collect::<Vec<_>>());
        for (values, nearest) in found.chunks_exact(candidates.len()).zip(&mut nearest) {
            *nearest = nearest.min(values.get(best).copied().unwrap_or(f64::INFINITY));
        }
        chosen.extend(candidates.get(best));
    }
    chosen
}
