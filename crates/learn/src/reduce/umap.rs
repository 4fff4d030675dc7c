//! UMAP (McInnes, Healy and Melville 2018): a fuzzy graph of 15 neighbours, laid out by attracting its edges and repelling
//! random pairs. Starts from the principal components; one thread and one seed, so that maps can be made again.

use super::pca;
use crate::{LearnError, Matrix, numeric::Random, points::nearest};

const NEIGHBORS: usize = 15;
/// The curve 1 / (1 + A d^(2 B)) for the usual least distance 0.1 and spread 1 (as fitted in umap-learn).
const A: f64 = 1.577;
const B: f64 = 0.895;
const REPELLED: usize = 5;

/// Rows x `dims`. Errors: `dims` 0.
pub fn umap(matrix: &Matrix, dims: usize, seed: u64) -> Result<Matrix, LearnError> {
    let rows = matrix.rows();
    if dims == 0 {
        return Err(LearnError::option("dims", dims, "at least 1"));
    }
    let mut random = Random::new(seed);
    let mut map = start(matrix, dims, &mut random);
    if rows < 4 {
        return Ok(Matrix::from_parts(map, dims));
    }
    let edges = fuzzy(matrix);
    let most = edges.iter().map(|edge| edge.2).fold(0.0, f64::max);
    let epochs = if rows <= 10_000 { 500 } else { 200 };
    // An edge takes part in as many epochs as its weight says.
    let mut due: Vec<f64> = edges.iter().map(|edge| most / edge.2).collect();
    for epoch in 1..=epochs {
        let rate = 1.0 - (epoch - 1) as f64 / epochs as f64;
        for ((one, other, weight), due) in edges.iter().zip(&mut due) {
            if *due > epoch as f64 {
                continue;
            }
            *due += most / weight;
            push(&mut map, dims, (*one, *other), rate, true);
            for _ in 0..REPELLED {
                let stranger = random.below(rows);
                if stranger != *one {
                    push(&mut map, dims, (*one, stranger), rate, false);
                }
            }
        }
    }
    Ok(Matrix::from_parts(map, dims))
}

fn start(matrix: &Matrix, dims: usize, random: &mut Random) -> Vec<f64> {
    let components = dims.min(matrix.columns()).min(matrix.rows());
    let found = pca::fit(matrix, components, 0).transform(matrix);
    let widest = found.values().iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let scale = if widest > 0.0 { 10.0 / widest } else { 0.0 };
    let mut map = Vec::with_capacity(matrix.rows() * dims);
    for row in found.iter() {
        map.extend((0..dims).map(|dim| row.get(dim).copied().unwrap_or(0.0) * scale + 1e-4 * random.normal()));
    }
    map
}

/// Edges (one, other, weight), the fuzzy union a + b - a b of both directions.
fn fuzzy(matrix: &Matrix) -> Vec<(usize, usize, f64)> {
    let rows = matrix.rows();
    let near = nearest(matrix, NEIGHBORS);
    let target = (near.count as f64).log2();
    let mut weights = std::collections::BTreeMap::<(usize, usize), f64>::new();
    for row in 0..rows {
        let distances: Vec<f64> = near.of(row).map(|near| near.1).collect();
        let first = distances.iter().copied().find(|far| *far > 0.0).unwrap_or(0.0);
        let (mut low, mut high, mut sigma) = (0.0, f64::INFINITY, 1.0_f64);
        for _ in 0..64 {
            let sum: f64 = distances.iter().map(|far| (-(far - first).max(0.0) / sigma).exp()).sum();
            if (sum - target).abs() < 1e-5 {
                break;
            }
            if sum > target {
                high = sigma;
                sigma = (low + high) / 2.0;
            } else {
                low = sigma;
                sigma = if high.is_finite() { (low + high) / 2.0 } else { sigma * 2.0 };
            }
        }
        let mean = distances.iter().sum::<f64>() / distances.len().max(1) as f64;
        sigma = sigma.max(1e-3 * mean).max(1e-300);
        for (other, far) in near.of(row) {
            let own = (-(far - first).max(0.0) / sigma).exp();
            let weight = weights.entry((row.min(other), row.max(other))).or_default();
            *weight = *weight + own - *weight * own;
        }
    }
    let both = weights.into_iter().filter(|(_, weight)| *weight > 1e-3);
    both.flat_map(|((one, other), weight)| [(one, other, weight), (other, one, weight)]).collect()
}

/// Moves the ends of an edge together, or one end away from a stranger.
fn push(map: &mut [f64], dims: usize, (one, other): (usize, usize), rate: f64, together: bool) {
    let mut squared = 0.0;
    for dim in 0..dims {
        let at = |row: usize| map.get(row * dims + dim).copied().unwrap_or(0.0);
        squared += (at(one) - at(other)) * (at(one) - at(other));
    }
    let force = if together {
        if squared > 0.0 { -2.0 * A * B * squared.powf(B - 1.0) / (A * squared.powf(B) + 1.0) } else { 0.0 }
    } else {
        2.0 * B / ((0.001 + squared) * (A * squared.powf(B) + 1.0))
    };
    for dim in 0..dims {
        let at = |row: usize| map.get(row * dims + dim).copied().unwrap_or(0.0);
        let step = (force * (at(one) - at(other))).clamp(-4.0, 4.0) * rate;
        if let Some(place) = map.get_mut(one * dims + dim) {
            *place += step;
        }
        if together && let Some(place) = map.get_mut(other * dims + dim) {
            *place -= step;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn groups_stay_together_and_seeds_repeat() {
        let mut random = Random::new(6);
        let values: Vec<f64> = (0..150)
            .flat_map(|row| {
                (0..5).map(|at| if at == row % 3 { 12.0 } else { 0.0 } + random.normal()).collect::<Vec<_>>()
            })
            .collect();
        let matrix = Matrix::new(values, 5).unwrap();
        let map = umap(&matrix, 2, 3).unwrap();
        let near = nearest(&map, 5);
        let same = (0..150)
            .flat_map(|row| near.of(row).map(move |(other, _)| row % 3 == other % 3))
            .filter(|same| *same)
            .count();
        assert!(same > 720, "{same} of 750");
        assert_eq!(umap(&matrix, 2, 3).unwrap(), map);
    }
}
