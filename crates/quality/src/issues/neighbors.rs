//! Outliers and near-duplicates from feature vectors, by exact nearest neighbours.
//!
//! Distance: 1 - cosine with more than 3 columns, euclidean below (cleanlab's rule). Outlier score:
//! exp(-mean distance to the k nearest others / median of that over all); lower is stranger: Kuan, Mueller, "Back to the
//! basics: revisiting out-of-distribution detection baselines" (2022). A vector of zeros has no direction: its cosine
//! distance is 0 to another such vector and 1 to all others. Cost: rows^2 x columns, on all cores, rows in memory once.

use super::IssuesError;
use crate::numeric::{chunk, in_chunks};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    Cosine,
    Euclidean,
}

impl Distance {
    pub fn for_columns(columns: usize) -> Self {
        if columns > 3 { Self::Cosine } else { Self::Euclidean }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Outliers {
    /// 0 (stranger than anything) to 1.
    pub scores: Vec<f64>,
    pub mean_distances: Vec<f64>,
    pub distance: Distance,
    /// Neighbours looked at: fewer than asked for when there are not so many rows.
    pub neighbors: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Duplicates {
    /// For each row the first row of its group; its own number if it is like no other.
    pub groups: Vec<u32>,
    /// The nearest other row and its distance; None for an only row.
    pub nearest: Vec<Option<(u32, f64)>>,
    pub distance: Distance,
}

/// Rows prepared for distances.
struct Space {
    values: Vec<f64>,
    /// Squared length of each row.
    squares: Vec<f64>,
    columns: usize,
    distance: Distance,
}

/// Distances below this are rounding (100 times the machine's precision, rooted where the distance is).
fn rounding(distance: Distance) -> f64 {
    match distance {
        Distance::Cosine => 100.0 * f64::EPSILON / 2.0,
        Distance::Euclidean => (100.0 * f64::EPSILON).sqrt(),
    }
}

impl Space {
    fn new(values: &[f64], columns: usize) -> Result<Self, IssuesError> {
        if columns == 0 || !values.len().is_multiple_of(columns) {
            return Err(IssuesError::Shape(format!("{} numbers do not fill rows of {columns}", values.len())));
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let (row, column) = (at / columns, at % columns);
            return Err(IssuesError::Shape(format!("row {row}, column {column}: {} is not finite", values[at])));
        }
        let distance = Distance::for_columns(columns);
        let mut values = values.to_vec();
        for row in values.chunks_exact_mut(columns) {
            // Scaled by the largest first: squares of 1e308 overflow.
            let largest = row.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
            if distance == Distance::Cosine && largest > 0.0 {
                row.iter_mut().for_each(|value| *value /= largest);
                let length = row.iter().map(|value| value * value).sum::<f64>().sqrt();
                row.iter_mut().for_each(|value| *value /= length);
            }
        }
        let squares = values.chunks_exact(columns).map(|row| row.iter().map(|value| value * value).sum()).collect();
        Ok(Self { values, squares, columns, distance })
    }

    fn rows(&self) -> usize {
        self.squares.len()
    }

    fn row(&self, index: usize) -> &[f64] {
        &self.values[index * self.columns..][..self.columns]
    }

    #[inline]
    fn distance(&self, one: usize, other: usize) -> f64 {
        let (a, b) = (self.row(one), self.row(other));
        match self.distance {
            Distance::Cosine => {
                if self.squares[one] == 0.0 && self.squares[other] == 0.0 {
                    return 0.0;
                }
                if a == b {
                    return 0.0;
                }
                (1.0 - dot(a, b)).max(0.0)
            }
            Distance::Euclidean => {
                let largest = a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
                if largest == 0.0 || !largest.is_finite() {
                    return largest;
                }
                largest * a.iter().zip(b).map(|(x, y)| ((x - y) / largest).powi(2)).sum::<f64>().sqrt()
            }
        }
    }

    fn chunks(&self) -> usize {
        (self.rows() / 64).clamp(1, 256)
    }
}

/// Four sums side by side, so that the compiler can use wide registers.
#[inline]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let tail: f64 = a4.remainder().iter().zip(b4.remainder()).map(|(x, y)| x * y).sum();
    let mut sums = [0.0; 4];
    for (x, y) in a4.zip(b4) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f64>() + tail
}

/// Scores by the mean distance to the `neighbors` nearest others.
pub fn outliers(values: &[f64], columns: usize, neighbors: usize) -> Result<Outliers, IssuesError> {
    let space = Space::new(values, columns)?;
    if neighbors == 0 {
        return Err(IssuesError::Shape("at least one neighbour is needed".into()));
    }
    let rows = space.rows();
    let k = neighbors.min(rows.saturating_sub(1));
    let chunks = space.chunks();
    let means: Vec<f64> = in_chunks(chunks, |index| {
        let mut near: Vec<f64> = Vec::with_capacity(k + 1);
        chunk(rows, chunks, index)
            .map(|one| {
                near.clear();
                for other in (0..rows).filter(|other| *other != one) {
                    let distance = space.distance(one, other);
                    if near.len() < k || near.last().is_some_and(|last| distance < *last) {
                        let at = near.partition_point(|there| *there <= distance);
                        near.insert(at, distance);
                        near.truncate(k);
                    }
                }
                if near.is_empty() { 0.0 } else { near.iter().sum::<f64>() / near.len() as f64 }
            })
            .collect::<Vec<f64>>()
    })
    .concat();
    let mut sorted = means.clone();
    sorted.sort_by(f64::total_cmp);
    let median = match rows {
        0 => 0.0,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    };
    // cleanlab 2.9.0 holds the scale at no less than 1e-6.
    let scale = median.max(100.0 * f64::EPSILON).max(1e-6);
    let near = rounding(space.distance);
    let scores = means.iter().map(|mean| if *mean < near { 1.0 } else { (-mean / scale).exp() }).collect();
    Ok(Outliers { scores, mean_distances: means, distance: space.distance, neighbors: k })
}

/// Rows no further than `threshold` from each other are duplicates; groups are what chains of them connect.
pub fn duplicates(values: &[f64], columns: usize, threshold: f64) -> Result<Duplicates, IssuesError> {
    let space = Space::new(values, columns)?;
    if threshold.is_nan() || threshold < 0.0 {
        return Err(IssuesError::Shape(format!("the threshold is {threshold}, not a distance")));
    }
    let rows = space.rows();
    let chunks = space.chunks();
    let limit = threshold.max(rounding(space.distance));
    type Found = (Option<(u32, f64)>, Vec<u32>);
    let found: Vec<Found> = in_chunks(chunks, |index| {
        let of_row = |one: usize| {
            let (mut nearest, mut same): Found = (None, Vec::new());
            for other in (0..rows).filter(|other| *other != one) {
                let distance = space.distance(one, other);
                if nearest.is_none_or(|(_, best)| distance < best) {
                    nearest = Some((other as u32, distance));
                }
                if distance <= limit && other < one {
                    same.push(other as u32);
                }
            }
            (nearest, same)
        };
        chunk(rows, chunks, index).map(of_row).collect::<Vec<Found>>()
    })
    .concat();
    let mut parents: Vec<u32> = (0..rows as u32).collect();
    for (row, (_, same)) in found.iter().enumerate() {
        for other in same {
            let (a, b) = (root(&mut parents, row as u32), root(&mut parents, *other));
            parents[a.max(b) as usize] = a.min(b);
        }
    }
    let groups = (0..rows as u32).map(|row| root(&mut parents, row)).collect();
    Ok(Duplicates {
        groups,
        nearest: found.into_iter().map(|(nearest, _)| nearest).collect(),
        distance: space.distance,
    })
}

fn root(parents: &mut [u32], mut row: u32) -> u32 {
    while parents[row as usize] != row {
        parents[row as usize] = parents[parents[row as usize] as usize];
        row = parents[row as usize];
    }
    row
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::statistics::random::Random;

    #[test]
    fn a_far_point_scores_lowest() {
        let mut random = Random::new(1);
        let mut values: Vec<f64> = (0..200).map(|_| random.normal()).collect();
        values.extend([12.0, -9.0]);
        let found = outliers(&values, 2, 5).unwrap();
        let worst = (0..101).min_by(|a, b| found.scores[*a].total_cmp(&found.scores[*b]));
        assert_eq!((worst, found.distance), (Some(100), Distance::Euclidean));
        assert!(found.scores.iter().all(|score| (0.0..=1.0).contains(score)));
        // Half of the points score above 1/e by definition.
        assert_eq!(found.scores.iter().filter(|score| **score > (-1.0_f64).exp() - 1e-12).count(), 51);
    }

    #[test]
    fn copies_and_near_copies_are_grouped() {
        let mut random = Random::new(2);
        let mut values: Vec<f64> = (0..50 * 8).map(|_| random.normal()).collect();
        let copy: Vec<f64> = values[..8].to_vec();
        let near: Vec<f64> = values[8..16].iter().map(|v| v * 3.0 + 1e-6).collect();
        values.extend(copy);
        values.extend(near);
        let found = duplicates(&values, 8, 1e-4).unwrap();
        assert_eq!((found.groups[50], found.groups[51], found.groups[7]), (0, 1, 7));
        assert_eq!(found.nearest[50], Some((0, 0.0)));
        assert!(duplicates(&values, 8, f64::NAN).is_err() && outliers(&values, 7, 1).is_err());
        assert!(outliers(&[f64::NAN, 1.0], 2, 1).unwrap_err().to_string().contains("row 0, column 0"));
    }

    #[test]
    fn edges() {
        assert!(outliers(&[], 2, 3).unwrap().scores.is_empty());
        assert_eq!(outliers(&[1.0, 2.0], 2, 3).unwrap().scores, [1.0]);
        let huge = outliers(&[1e308, 0.0, -1e308, 0.0, 0.0, 1.0], 2, 1).unwrap();
        assert!(huge.scores.iter().all(|score| score.is_finite()), "{:?}", huge.scores);
        let zeros = duplicates(&[0.0; 12], 4, 0.0).unwrap();
        assert_eq!(zeros.groups, [0, 0, 0]);
    }
}
