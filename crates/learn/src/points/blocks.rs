//! Points sorted into compact blocks of a few hundred, each with a ball around it. Two blocks whose balls are far apart
//! need no look at their points; for the others one product of small matrices in single precision gives all squared
//! distances with a bound on their error, and only what lies within the bound of a decision is computed again in double
//! precision. So results are those of double precision at the speed of single.
//!
//! |x - y|^2 = |x|^2 + |y|^2 - 2 x.y. Rounding x and y to single (relative error u = 2^-24) and summing d products each
//! add at most u per step, so the error is below 2 (d + 4) u (|x|^2 + |y|^2) (Higham 2002, section 3.1).

use crate::{Matrix, numeric};
use std::ops::Range;

/// Points in a block. Small blocks skip more, large ones multiply faster.
const BLOCK: usize = 192;

pub struct Blocks {
    /// Rows of the matrix in the order of places.
    pub order: Vec<u32>,
    /// The places of each block.
    pub ranges: Vec<Range<usize>>,
    columns: usize,
    /// Rows by place as they are: two that are just so far apart as is asked for must not be further by rounding.
    exact: Vec<f64>,
    /// Centred rows by place in scaled single precision.
    approximate: Vec<f32>,
    /// Scaled squared lengths by place.
    norms: Vec<f32>,
    /// Greatest of `norms` in a block.
    greatest_norms: Vec<f32>,
    centers: Vec<f64>,
    radii: Vec<f64>,
    /// Squared distances times this are what `approximate` holds.
    scale: f64,
    error: f32,
}

/// Beside the relative error: what vanishes when tiny numbers are squared.
const UNDERFLOW: f32 = 1e-35;

impl Blocks {
    pub fn new(matrix: &Matrix) -> Self {
        let columns = matrix.columns();
        let centered = matrix.centered();
        let (order, ranges) = group(&centered);
        let mut exact = Vec::with_capacity(matrix.values().len());
        for row in &order {
            exact.extend_from_slice(centered.row(*row as usize));
        }
        drop(centered);
        let largest = exact.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let factor = if largest > 0.0 { 1.0 / largest } else { 1.0 };
        let approximate: Vec<f32> = exact.iter().map(|value| (value * factor) as f32).collect();
        let norms: Vec<f32> = approximate.chunks_exact(columns).map(|row| row.iter().map(|v| v * v).sum()).collect();
        let (mut centers, mut radii, mut greatest_norms) = (Vec::new(), Vec::new(), Vec::new());
        for range in &ranges {
            let rows = exact.get(range.start * columns..range.end * columns).unwrap_or_default();
            let mut center = vec![0.0; columns];
            for row in rows.chunks_exact(columns) {
                center.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
            center.iter_mut().for_each(|sum| *sum /= range.len() as f64);
            let far = rows.chunks_exact(columns).map(|row| numeric::squared_distance(row, &center));
            radii.push(far.fold(0.0, f64::max).sqrt());
            centers.extend(center);
            let own = norms.get(range.clone()).unwrap_or_default();
            greatest_norms.push(own.iter().copied().fold(0.0, f32::max));
        }
        for (to, row) in exact.chunks_exact_mut(columns.max(1)).zip(&order) {
            to.copy_from_slice(matrix.row(*row as usize));
        }
        let error = 2.0 * (columns as f32 + 8.0) * (f32::EPSILON / 2.0);
        let scale = factor * factor;
        Self { order, ranges, columns, exact, approximate, norms, greatest_norms, centers, radii, scale, error }
    }

    /// How many blocks there are.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    pub fn range(&self, block: usize) -> Range<usize> {
        self.ranges.get(block).cloned().unwrap_or_default()
    }

    /// The row at a place.
    #[inline]
    pub fn row(&self, place: usize) -> u32 {
        self.order.get(place).copied().unwrap_or(0)
    }

    fn center(&self, block: usize) -> &[f64] {
        self.centers.get(block * self.columns..(block + 1) * self.columns).unwrap_or_default()
    }

    /// Least and greatest distance that points of two blocks can have.
    pub fn bounds(&self, one: usize, other: usize) -> (f64, f64) {
        let between = numeric::squared_distance(self.center(one), self.center(other)).sqrt();
        let radii = self.radii.get(one).unwrap_or(&0.0) + self.radii.get(other).unwrap_or(&0.0);
        // A little wider than computed, so that rounding never makes a bound wrong.
        let slack = 1e-9 * (between + radii);
        ((between - radii - slack).max(0.0), between + radii + slack)
    }

    /// All blocks with their least distance from one, nearest first.
    pub fn nearest_first(&self, block: usize) -> Vec<(f64, usize)> {
        let mut found: Vec<(f64, usize)> = (0..self.len())
            .map(|other| (if other == block { 0.0 } else { self.bounds(block, other).0 }, other))
            .collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| (a.1 != block).cmp(&(b.1 != block))).then(a.1.cmp(&b.1)));
        found
    }

    /// The squared distance of the points at two places.
    #[inline]
    pub fn exact(&self, one: usize, other: usize) -> f64 {
        let row = |place: usize| self.exact.get(place * self.columns..(place + 1) * self.columns).unwrap_or_default();
        numeric::squared_distance(row(one), row(other))
    }

    /// Scaled squared distances of the points of two blocks, row by row into `out`.
    pub fn products(&self, one: usize, other: usize, out: &mut Vec<f32>) {
        let (rows, others) = (self.range(one), self.range(other));
        out.clear();
        out.resize(rows.len() * others.len(), 0.0);
        let part = |range: &Range<usize>| {
            self.approximate.get(range.start * self.columns..range.end * self.columns).unwrap_or_default()
        };
        numeric::product_transposed(part(&rows), part(&others), self.columns, out);
        let other_norms = self.norms.get(others.clone()).unwrap_or_default();
        let norms = self.norms.get(rows).unwrap_or_default();
        for (values, norm) in out.chunks_exact_mut(others.len().max(1)).zip(norms) {
            for (value, other) in values.iter_mut().zip(other_norms) {
                *value = norm + other - 2.0 * *value;
            }
        }
    }

    /// Scaled values above this belong to pairs that are further than the squared distance, values below the second
    /// one to pairs that are nearer; for one place against a whole block.
    #[inline]
    pub fn limits(&self, squared: f64, place: usize, block: usize) -> (f32, f32) {
        let norm = self.norms.get(place).copied().unwrap_or(0.0);
        let slack = self.error * (norm + self.greatest_norms.get(block).copied().unwrap_or(0.0)) + UNDERFLOW;
        let scaled = squared * self.scale;
        let scaled = if scaled < f64::from(f32::MAX) { scaled as f32 } else { f32::MAX };
        let step = scaled * f32::EPSILON;
        (scaled + slack + step, scaled - slack - step)
    }
}

/// Rows in an order in which each range of places is a compact group.
pub(crate) fn group(matrix: &Matrix) -> (Vec<u32>, Vec<Range<usize>>) {
    let mut order: Vec<u32> = (0..matrix.rows() as u32).collect();
    let mut ranges = Vec::new();
    split(matrix, &mut order, 0, &mut ranges, 0);
    (order, ranges)
}

/// Splits at the widest gap near the middle, along the line through two far points, until blocks are small.
fn split(matrix: &Matrix, order: &mut [u32], first: usize, ranges: &mut Vec<Range<usize>>, depth: usize) {
    let count = order.len();
    if count <= BLOCK || depth > 40 {
        // Equal points cannot be split by where they are; a cut anywhere will do.
        for start in (0..count).step_by(BLOCK) {
            ranges.push(first + start..first + (start + BLOCK).min(count));
        }
        return;
    }
    let row = |row: u32| matrix.row(row as usize);
    let farthest = |from: &[f64]| {
        let mut best = (0.0, None);
        for candidate in order.iter() {
            let far = numeric::squared_distance(from, row(*candidate));
            if far > best.0 {
                best = (far, Some(*candidate));
            }
        }
        best.1
    };
    let mut mean = vec![0.0; matrix.columns()];
    for point in order.iter() {
        mean.iter_mut().zip(row(*point)).for_each(|(sum, value)| *sum += value);
    }
    mean.iter_mut().for_each(|sum| *sum /= count as f64);
    let ends = farthest(&mean).and_then(|one| farthest(row(one)).map(|other| (one, other)));
    let Some((one, other)) = ends else { return split(matrix, order, first, ranges, 41) };
    let direction: Vec<f64> = row(one).iter().zip(row(other)).map(|(a, b)| a - b).collect();
    let mut keyed: Vec<(f64, u32)> =
        order.iter().map(|point| (numeric::dot(row(*point), &direction), *point)).collect();
    keyed.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    for (place, (_, point)) in order.iter_mut().zip(&keyed) {
        *place = *point;
    }
    let (low, high) = (count / 4, count * 3 / 4);
    let mut cut = (f64::NEG_INFINITY, count / 2);
    for at in low.max(1)..high {
        if let (Some(before), Some(after)) = (keyed.get(at - 1), keyed.get(at)) {
            let gap = after.0 - before.0;
            let nearer = at.abs_diff(count / 2) < cut.1.abs_diff(count / 2);
            if gap > cut.0 || (gap == cut.0 && nearer) {
                cut = (gap, at);
            }
        }
    }
    drop(keyed);
    let (left, right) = order.split_at_mut(cut.1);
    split(matrix, left, first, ranges, depth + 1);
    split(matrix, right, first + cut.1, ranges, depth + 1);
}
