//! Small numeric tools of this engine: products of matrices, distances, seeded numbers; what other engines need too is in
//! the core.

use labelwright_core::numeric::SplitMix64;
pub use labelwright_core::numeric::{in_chunks, soft_max};
use ndarray::{ArrayView2, ArrayViewMut2, LinalgScalar, linalg::general_mat_mul};

/// Runs `work` for ranges of a few thousand items each, in order.
pub fn chunk_sums<R: Send>(items: usize, work: impl Fn(std::ops::Range<usize>) -> R + Sync) -> Vec<R> {
    const LENGTH: usize = 4096;
    in_chunks(items.div_ceil(LENGTH), |chunk| work(chunk * LENGTH..((chunk + 1) * LENGTH).min(items)))
}

/// `out` (rows x others) = `left` (rows x inner) times the transpose of `right` (others x inner).
pub fn product_transposed<T: LinalgScalar>(left: &[T], right: &[T], inner: usize, out: &mut [T]) {
    let inner = inner.max(1);
    let (rows, others) = (left.len() / inner, right.len() / inner);
    if let (Ok(left), Ok(right), Ok(mut out)) = (
        ArrayView2::from_shape((rows, inner), left),
        ArrayView2::from_shape((others, inner), right),
        ArrayViewMut2::from_shape((rows, others), out),
    ) {
        general_mat_mul(T::one(), &left, &right.t(), T::zero(), &mut out);
    }
}

/// `out` (rows x columns) = `left` (rows x inner) times `right` (inner x columns).
pub fn product<T: LinalgScalar>(left: &[T], right: &[T], inner: usize, out: &mut [T]) {
    let inner = inner.max(1);
    let (rows, columns) = (left.len() / inner, right.len() / inner);
    if let (Ok(left), Ok(right), Ok(mut out)) = (
        ArrayView2::from_shape((rows, inner), left),
        ArrayView2::from_shape((inner, columns), right),
        ArrayViewMut2::from_shape((rows, columns), out),
    ) {
        general_mat_mul(T::one(), &left, &right, T::zero(), &mut out);
    }
}

/// `out` (left columns x right columns) += the transpose of `left` (rows x left columns) times `right`.
pub fn add_product_of_transpose<T: LinalgScalar>(left: &[T], right: &[T], rows: usize, out: &mut [T]) {
    let rows = rows.max(1);
    let (first, second) = (left.len() / rows, right.len() / rows);
    if let (Ok(left), Ok(right), Ok(mut out)) = (
        ArrayView2::from_shape((rows, first), left),
        ArrayView2::from_shape((rows, second), right),
        ArrayViewMut2::from_shape((first, second), out),
    ) {
        general_mat_mul(T::one(), &left.t(), &right, T::one(), &mut out);
    }
}

pub fn dot(one: &[f64], other: &[f64]) -> f64 {
    // Four sums at once: the compiler may not reorder one.
    let mut sums = [0.0; 4];
    let (ones, others) = (one.chunks_exact(4), other.chunks_exact(4));
    let rest: f64 = ones.remainder().iter().zip(others.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in ones.zip(others) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// The squared euclidean distance, by differences: exact to the last digits whatever the origin.
#[inline]
pub fn squared_distance(one: &[f64], other: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (ones, others) = (one.chunks_exact(4), other.chunks_exact(4));
    let rest: f64 = ones.remainder().iter().zip(others.remainder()).map(|(a, b)| (a - b) * (a - b)).sum();
    for (a, b) in ones.zip(others) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += (a - b) * (a - b);
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// The place of the greatest value; the first one of equals.
pub fn greatest(values: &[f64]) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (index, value) in values.iter().enumerate() {
        if *value > best.1 {
            best = (index, *value);
        }
    }
    best.0
}

/// The greatest value minus the second greatest.
pub fn margin(values: &[f64]) -> f64 {
    let (mut first, mut second) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for value in values {
        if *value > first {
            (first, second) = (*value, first);
        } else if *value > second {
            second = *value;
        }
    }
    if second.is_finite() { first - second } else { first }
}

/// Shannon's entropy in nats.
pub fn entropy(values: &[f64]) -> f64 {
    values.iter().map(|value| if *value > 0.0 { -value * value.ln() } else { 0.0 }).sum()
}

/// Labels renamed 0, 1, ... in the order in which they first appear; negative ones stay.
pub fn by_first_appearance(labels: &mut [i32]) -> usize {
    let mut names = std::collections::BTreeMap::new();
    for label in labels.iter_mut().filter(|label| **label >= 0) {
        let next = names.len() as i32;
        *label = *names.entry(*label).or_insert(next);
    }
    names.len()
}

/// Seeded chance out of [`SplitMix64`].
#[derive(Debug, Clone)]
pub struct Random(SplitMix64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(SplitMix64::new(seed))
    }

    pub fn bits(&mut self) -> u64 {
        self.0.bits()
    }

    /// Even in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below `limit`; 0 for a limit of 0.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.bits()) * limit as u128) >> 64) as usize
    }

    /// Normal with mean 0 and variance 1 (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }

    /// `count` different numbers below `limit`, in the order in which they were drawn; all of them if there are fewer.
    pub fn sample(&mut self, limit: usize, count: usize) -> Vec<usize> {
        if count * 4 < limit {
            let mut seen = std::collections::BTreeSet::new();
            let mut drawn = Vec::with_capacity(count);
            while drawn.len() < count {
                let number = self.below(limit);
                if seen.insert(number) {
                    drawn.push(number);
                }
            }
            return drawn;
        }
        let mut all: Vec<usize> = (0..limit).collect();
        self.shuffle(&mut all);
        all.truncate(count);
        all
    }

    /// A place drawn in proportion to the weights; None when they sum to nothing.
    pub fn weighted(&mut self, weights: &[f64]) -> Option<usize> {
        let sum: f64 = weights.iter().sum();
        if !(sum > 0.0 && sum.is_finite()) {
            return None;
        }
        let mut left = self.unit() * sum;
        let mut last = None;
        for (index, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            last = Some(index);
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_by_hand() {
        let (left, right) = ([1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]);
        let mut out = [0.0; 4];
        product_transposed(&left, &right, 2, &mut out);
        assert_eq!(out, [17.0, 23.0, 39.0, 53.0]);
        product(&left, &right, 2, &mut out);
        assert_eq!(out, [19.0, 22.0, 43.0, 50.0]);
        let mut sum = [1.0; 4];
        add_product_of_transpose(&left, &right, 2, &mut sum);
        assert_eq!(sum, [27.0, 31.0, 39.0, 45.0]);
        assert_eq!((dot(&[1.0; 5], &[2.0; 5]), squared_distance(&[1.0; 5], &[3.0; 5])), (10.0, 20.0));
    }

    #[test]
    fn draws() {
        let mut random = Random::new(3);
        let mut drawn = random.sample(10, 10);
        drawn.sort_unstable();
        assert_eq!(drawn, (0..10).collect::<Vec<_>>());
        assert_eq!((random.weighted(&[0.0, 2.0, 0.0]), random.weighted(&[0.0, 0.0])), (Some(1), None));
        let mut labels = [5, -1, 2, 5];
        assert_eq!((by_first_appearance(&mut labels), labels), (2, [0, -1, 1, 0]));
    }
}
