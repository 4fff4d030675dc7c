//! Agglomerative clustering by ward, single, average and complete linkage. Ward and single need memory for the rows only;
//! average and complete need all distances of pairs, by chains of nearest neighbours (Murtagh 1983) with the update
//! formulas of Lance and Williams (1967).

use super::{
    dendrogram::{Merge, dendrogram},
    ward::ward,
};
use crate::{
    LearnError, Matrix, numeric,
    points::{
        Blocks, neighbors,
        spanning_tree::{Edge, spanning_tree},
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linkage {
    Ward,
    Average,
    Complete,
    Single,
}

/// Pairs of more rows than this need more than 2 GiB.
const MOST_ROWS: usize = 23_000;

/// All merges, lowest first. Errors: more than 23,000 rows for average and complete linkage.
pub fn agglomerative(matrix: &Matrix, linkage: Linkage) -> Result<Vec<Merge>, LearnError> {
    let rows = matrix.rows();
    match linkage {
        Linkage::Ward => Ok(ward(matrix)),
        Linkage::Single => {
            let blocks = Blocks::new(matrix);
            let near = neighbors::of_blocks(&blocks, 4);
            Ok(dendrogram(rows, spanning_tree(&blocks, &vec![0.0; rows], &near)))
        }
        Linkage::Average | Linkage::Complete => {
            if rows > MOST_ROWS {
                return Err(LearnError::Memory {
                    rows,
                    what: "the distances of all pairs",
                    needed_mib: rows * (rows - 1) / 2 * 8 / (1 << 20),
                    limit_mib: 2048,
                    instead: "use --linkage ward or single, or another method",
                });
            }
            Ok(pairs(matrix, linkage == Linkage::Complete))
        }
    }
}

/// The upper triangle of all distances, row by row.
struct Distances {
    rows: usize,
    values: Vec<f64>,
}

impl Distances {
    #[inline]
    fn place(&self, one: usize, other: usize) -> usize {
        let (low, high) = (one.min(other), one.max(other));
        low * (2 * self.rows - low - 1) / 2 + high - low - 1
    }

    #[inline]
    fn get(&self, one: usize, other: usize) -> f64 {
        self.values.get(self.place(one, other)).copied().unwrap_or(0.0)
    }
}

fn pairs(matrix: &Matrix, complete: bool) -> Vec<Merge> {
    let rows = matrix.rows();
    let lines = numeric::in_chunks(rows, |row| {
        (row + 1..rows)
            .map(|other| numeric::squared_distance(matrix.row(row), matrix.row(other)).sqrt())
            .collect::<Vec<_>>()
    });
    let mut distances = Distances { rows, values: lines.concat() };
    let mut sizes = vec![1.0_f64; rows];
    let mut active: Vec<usize> = (0..rows).collect();
    let (mut edges, mut chain) = (Vec::with_capacity(rows), Vec::<usize>::new());
    while active.len() > 1 {
        let Some(last) = chain.last().copied().or_else(|| active.first().copied()) else { break };
        if chain.is_empty() {
            chain.push(last);
        }
        let before = chain.len().checked_sub(2).and_then(|at| chain.get(at)).copied();
        let mut best = before.map_or((f64::INFINITY, usize::MAX), |before| (distances.get(last, before), before));
        for other in active.iter().copied().filter(|other| *other != last) {
            let far = distances.get(last, other);
            if far < best.0 {
                best = (far, other);
            }
        }
        if Some(best.1) != before {
            chain.push(best.1);
            continue;
        }
        chain.truncate(chain.len() - 2);
        let (one, other) = (last.min(best.1), last.max(best.1));
        edges.push(Edge { weight: best.0, one: one as u32, other: other as u32 });
        let size = |of: usize| sizes.get(of).copied().unwrap_or(1.0);
        let (size_one, size_other) = (size(one), size(other));
        active.retain(|cluster| *cluster != other);
        for third in active.iter().copied().filter(|third| *third != one) {
            let (a, b) = (distances.get(one, third), distances.get(other, third));
            let merged = if complete { a.max(b) } else { (a * size_one + b * size_other) / (size_one + size_other) };
            let place = distances.place(one, third);
            if let Some(value) = distances.values.get_mut(place) {
                *value = merged;
            }
        }
        if let Some(size) = sizes.get_mut(one) {
            *size = size_one + size_other;
        }
    }
    dendrogram(rows, edges)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::clustering::dendrogram::cut;

    /// Five points on a line, merged by hand: 0 1, 4 6, 20.
    #[test]
    fn five_points_by_hand() {
        let matrix = Matrix::new(vec![0.0, 1.0, 4.0, 6.0, 20.0], 1).unwrap();
        let heights = |linkage| -> Vec<f64> {
            agglomerative(&matrix, linkage).unwrap().iter().map(|merge| merge.height).collect()
        };
        assert_eq!(heights(Linkage::Single), [1.0, 2.0, 3.0, 14.0]);
        assert_eq!(heights(Linkage::Complete), [1.0, 2.0, 6.0, 20.0]);
        assert_eq!(heights(Linkage::Average), [1.0, 2.0, 4.5, 17.25]);
        let ward = heights(Linkage::Ward);
        // sqrt(2 * 2 * 2 / 4) * 4.5 and sqrt(2 * 4 * 1 / 5) * 17.25.
        let expected = [1.0, 2.0, 2.0_f64.sqrt() * 4.5, 1.6_f64.sqrt() * 17.25];
        assert!(ward.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{ward:?}");
        assert_eq!(cut(5, &agglomerative(&matrix, Linkage::Ward).unwrap(), 3), [0, 0, 1, 1, 2]);
    }

    #[test]
    fn one_row_and_equal_rows() {
        let one = Matrix::new(vec![1.0], 1).unwrap();
        let same = Matrix::new(vec![2.0; 300], 1).unwrap();
        for linkage in [Linkage::Ward, Linkage::Average, Linkage::Complete, Linkage::Single] {
            assert!(agglomerative(&one, linkage).unwrap().is_empty());
            let merges = agglomerative(&same, linkage).unwrap();
            assert_eq!((merges.len(), merges[298].size, merges[298].height), (299, 300, 0.0));
        }
    }
}
