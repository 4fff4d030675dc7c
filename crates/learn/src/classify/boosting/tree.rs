//! One small tree over columns cut into bins: at each node the cut with the greatest gain
//! GL^2 / (HL + r) + GR^2 / (HR + r) - G^2 / (H + r) (Chen and Guestrin 2016, equation 7).

use crate::Matrix;

const BINS: usize = 64;
const DEPTH: usize = 4;
/// The penalty on leaves, and the least bend (for log loss: p (1 - p) summed) of a leaf.
const PENALTY: f64 = 1.0;
const LEAST: f64 = 0.2;

/// Each column's cuts, and the bin of each value, column by column.
pub(super) struct Bins {
    cuts: Vec<Vec<f64>>,
    bins: Vec<Vec<u8>>,
    rows: usize,
}

impl Bins {
    pub fn new(matrix: &Matrix) -> Self {
        let (mut cuts, mut bins) = (Vec::new(), Vec::new());
        for column in 0..matrix.columns() {
            let values: Vec<f64> = matrix.iter().map(|row| row.get(column).copied().unwrap_or(0.0)).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            sorted.dedup();
            // Half-way between neighbours, so that new values near a cut fall on either side alike.
            let between = |at: usize| match (sorted.get(at.wrapping_sub(1)), sorted.get(at)) {
                (Some(a), Some(b)) => Some(a + (b - a) / 2.0),
                _ => None,
            };
            let own: Vec<f64> = if sorted.len() <= BINS {
                (1..sorted.len()).filter_map(between).collect()
            } else {
                (1..BINS).filter_map(|bin| between(bin * sorted.len() / BINS)).collect()
            };
            bins.push(values.iter().map(|value| own.partition_point(|cut| cut < value) as u8).collect());
            cuts.push(own);
        }
        Self { cuts, bins, rows: matrix.rows() }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Leaf(f64),
    /// At most the cut goes left.
    Split {
        column: usize,
        cut: f64,
        left: usize,
        right: usize,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Tree(Vec<Node>);

struct Cut {
    gain: f64,
    column: usize,
    bin: usize,
}

impl Tree {
    /// `slopes` are (first, second) derivatives of the loss at each row; leaves take `rate` of Newton's step.
    pub(super) fn grow(bins: &Bins, slopes: &[(f64, f64)], rate: f64) -> Self {
        let mut tree = Self(Vec::new());
        tree.node(bins, slopes, (0..bins.rows as u32).collect(), DEPTH, rate);
        tree
    }

    /// Adds the node for these rows and gives its place.
    fn node(&mut self, bins: &Bins, slopes: &[(f64, f64)], rows: Vec<u32>, depth: usize, rate: f64) -> usize {
        let at = |row: &u32| slopes.get(*row as usize).copied().unwrap_or_default();
        let (slope, bend) = rows.iter().map(at).fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        let place = self.0.len();
        self.0.push(Node::Leaf(-rate * slope / (bend + PENALTY)));
        let found = if depth == 0 { None } else { best(bins, &rows, at, (slope, bend)) };
        let Some(Cut { column, bin, .. }) = found else { return place };
        let Some(cut) = bins.cuts.get(column).and_then(|cuts| cuts.get(bin)).copied() else { return place };
        let of =
            |row: &u32| bins.bins.get(column).and_then(|own| own.get(*row as usize)).copied().unwrap_or(0) as usize;
        let (lower, upper): (Vec<u32>, Vec<u32>) = rows.into_iter().partition(|row| of(row) <= bin);
        let left = self.node(bins, slopes, lower, depth - 1, rate);
        let right = self.node(bins, slopes, upper, depth - 1, rate);
        if let Some(node) = self.0.get_mut(place) {
            *node = Node::Split { column, cut, left, right };
        }
        place
    }

    pub fn value(&self, row: &[f64]) -> f64 {
        let mut place = 0;
        loop {
            match self.0.get(place) {
                Some(Node::Leaf(value)) => return *value,
                Some(Node::Split { column, cut, left, right }) => {
                    place = if row.get(*column).is_some_and(|value| value <= cut) { *left } else { *right };
                }
                None => return 0.0,
            }
        }
    }
}

/// The cut that gains most; of equals the first column and the lowest cut. None when nothing gains.
fn best(bins: &Bins, rows: &[u32], at: impl Fn(&u32) -> (f64, f64), all: (f64, f64)) -> Option<Cut> {
    let score = |(slope, bend): (f64, f64)| slope * slope / (bend + PENALTY);
    let mut best: Option<Cut> = None;
    for (column, own) in bins.bins.iter().enumerate() {
        let mut sums = [(0.0, 0.0); BINS];
        for row in rows {
            let (slope, bend) = at(row);
            if let Some(sum) = own.get(*row as usize).and_then(|bin| sums.get_mut(*bin as usize)) {
                *sum = (sum.0 + slope, sum.1 + bend);
            }
        }
        let cuts = bins.cuts.get(column).map_or(0, Vec::len);
        let mut left = (0.0, 0.0);
        for (bin, sum) in sums.iter().enumerate().take(cuts) {
            left = (left.0 + sum.0, left.1 + sum.1);
            let right = (all.0 - left.0, all.1 - left.1);
            if left.1 < LEAST || right.1 < LEAST {
                continue;
            }
            let gain = score(left) + score(right) - score(all);
            if gain > best.as_ref().map_or(1e-9, |best| best.gain + 1e-12) {
                best = Some(Cut { gain, column, bin });
            }
        }
    }
    best
}
