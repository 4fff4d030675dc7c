//! Exact nearest neighbours. Blocks are visited nearest first and no further than the worst neighbour found so far.

use super::Blocks;
use crate::{Matrix, numeric::in_chunks};

/// `count` neighbours a row, nearest first; of equally near ones the lower row. A row is not its own neighbour.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbors {
    pub count: usize,
    pub rows: Vec<u32>,
    /// Euclidean.
    pub distances: Vec<f64>,
}

impl Neighbors {
    pub fn of(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = row * self.count..(row + 1) * self.count;
        let rows = self.rows.get(range.clone()).unwrap_or_default();
        let distances = self.distances.get(range).unwrap_or_default();
        rows.iter().map(|row| *row as usize).zip(distances.iter().copied())
    }
}

/// The `count` nearest others of every row; all others when there are not so many.
pub fn nearest(matrix: &Matrix, count: usize) -> Neighbors {
    of_blocks(&Blocks::new(matrix), count)
}

/// As [`nearest`], of points that are sorted already.
pub fn of_blocks(blocks: &Blocks, count: usize) -> Neighbors {
    let total = blocks.order.len();
    let count = count.min(total.saturating_sub(1));
    let (mut rows, mut distances) = (vec![0; total * count], vec![0.0; total * count]);
    if count == 0 {
        return Neighbors { count, rows, distances };
    }
    let found = in_chunks(blocks.len(), |block| of_block(blocks, block, count));
    for (block, lists) in found.into_iter().enumerate() {
        for (place, list) in blocks.range(block).zip(lists) {
            let start = blocks.row(place) as usize * count;
            for (offset, (squared, row)) in list.into_iter().enumerate() {
                if let (Some(to), Some(far)) = (rows.get_mut(start + offset), distances.get_mut(start + offset)) {
                    (*to, *far) = (row, squared.sqrt());
                }
            }
        }
    }
    Neighbors { count, rows, distances }
}

/// For each point of the block its nearest, as (squared distance, row).
fn of_block(blocks: &Blocks, block: usize, count: usize) -> Vec<Vec<(f64, u32)>> {
    let own = blocks.range(block);
    let mut lists: Vec<Vec<(f64, u32)>> = vec![Vec::with_capacity(count + 1); own.len()];
    let mut out = Vec::new();
    let worst = |list: &Vec<(f64, u32)>| {
        if list.len() < count { f64::INFINITY } else { list.last().map_or(f64::INFINITY, |l| l.0) }
    };
    for (least, other) in blocks.nearest_first(block) {
        let furthest = lists.iter().map(worst).fold(0.0, f64::max);
        if least * least > furthest {
            break;
        }
        let others = blocks.range(other);
        blocks.products(block, other, &mut out);
        for ((place, list), values) in own.clone().zip(&mut lists).zip(out.chunks_exact(others.len().max(1))) {
            let (mut limit, _) = blocks.limits(worst(list), place, other);
            for (start, part) in (others.start..).step_by(16).zip(values.chunks(16)) {
                if part.iter().copied().fold(f32::MAX, f32::min) > limit {
                    continue;
                }
                for (candidate, value) in (start..).zip(part) {
                    if *value > limit || candidate == place {
                        continue;
                    }
                    let found = (blocks.exact(place, candidate), blocks.row(candidate));
                    if list.len() == count && list.last().is_some_and(|last| before(last, &found)) {
                        continue;
                    }
                    let at = list.partition_point(|have| before(have, &found));
                    list.insert(at, found);
                    list.truncate(count);
                    limit = blocks.limits(worst(list), place, other).0;
                }
            }
        }
    }
    lists
}

fn before(one: &(f64, u32), other: &(f64, u32)) -> bool {
    one.0 < other.0 || (one.0 == other.0 && one.1 < other.1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Random, numeric::squared_distance};
    use proptest::prelude::*;

    fn by_hand(matrix: &Matrix, count: usize) -> Neighbors {
        let (mut rows, mut distances) = (Vec::new(), Vec::new());
        for (at, row) in matrix.iter().enumerate() {
            let mut all: Vec<(f64, u32)> = matrix
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at)
                .map(|(other, values)| (squared_distance(row, values), other as u32))
                .collect();
            all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            rows.extend(all.iter().take(count).map(|(_, row)| *row));
            distances.extend(all.iter().take(count).map(|(far, _)| far.sqrt()));
        }
        Neighbors { count, rows, distances }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// Groups, ties on a grid, far origins and tiny scales: the same as looking at every pair.
        #[test]
        fn the_same_as_looking_at_every_pair(
            seed in 0..1000_u64, rows in 2..900_usize, columns in 1..9_usize, count in 1..12_usize,
            kind in 0..3, scale in prop::sample::select(vec![1.0, 1e9, 1e-9]), origin in prop::sample::select(vec![0.0, 1e4])
        ) {
            let mut random = Random::new(seed);
            let values: Vec<f64> = (0..rows * columns).map(|at| {
                let group = (at / columns % 5) as f64;
                let value = match kind { 0 => random.normal(), 1 => random.below(4) as f64, _ => group * 10.0 + random.normal() };
                (value + origin) * scale
            }).collect();
            let matrix = Matrix::new(values, columns).unwrap();
            let (found, expected) = (nearest(&matrix, count), by_hand(&matrix, count.min(rows - 1)));
            // Centring rounds, so far origins may swap neighbours that are equally far.
            if origin == 0.0 || kind == 0 {
                for (a, b) in found.distances.iter().zip(&expected.distances) {
                    prop_assert!((a - b).abs() <= 1e-10 * scale * (1.0 + origin), "{a} {b}");
                }
            }
            if kind == 0 && origin == 0.0 {
                prop_assert_eq!(&found.rows, &expected.rows);
            }
        }
    }

    #[test]
    fn few_and_equal_points() {
        let one = Matrix::new(vec![1.0, 2.0], 2).unwrap();
        assert_eq!(nearest(&one, 3).count, 0);
        let same = Matrix::new(vec![7.0; 1000], 1).unwrap();
        let found = nearest(&same, 2);
        assert_eq!((found.rows[..4].to_vec(), found.distances[1999]), (vec![1, 2, 0, 2], 0.0));
    }
}
