//! t-SNE (van der Maaten and Hinton 2008) on nearest neighbours, with Barnes-Hut repulsion in the plane (van der Maaten
//! 2014). Starts from the principal components (Kobak and Berens 2019), with the learning rate n / 12 (Belkina et al. 2019):
//! lower ones leave the map under-trained.

use super::{pca, quadtree::Quadtree};
use crate::{
    LearnError, Matrix,
    numeric::{chunk_sums, in_chunks},
    points::nearest,
};

const STEPS: usize = 750;
const EXAGGERATED: usize = 250;
const EXAGGERATION: f64 = 12.0;
/// More than two dimensions have no tree: all pairs are looked at.
const ALL_PAIRS: usize = 5000;

/// Rows x `dims` (1 to 3). Errors: other dims; more than 5,000 rows in other than two.
pub fn tsne(matrix: &Matrix, dims: usize, perplexity: f64) -> Result<Matrix, LearnError> {
    let rows = matrix.rows();
    if !(1..=3).contains(&dims) {
        return Err(LearnError::option("dims", dims, "1 to 3 for tsne"));
    }
    if dims != 2 && rows > ALL_PAIRS {
        return Err(LearnError::option("dims", dims, format!("2 for more than {ALL_PAIRS} rows")));
    }
    if rows < 4 {
        return Ok(Matrix::from_parts(vec![0.0; rows * dims], dims));
    }
    let pairs = affinities(matrix, perplexity);
    let mut map = start(matrix, dims);
    let mut speed = vec![0.0; map.len()];
    let mut gains = vec![1.0_f64; map.len()];
    let rate = (rows as f64 / EXAGGERATION).max(50.0);
    for step in 0..STEPS {
        let (exaggeration, momentum) = if step < EXAGGERATED { (EXAGGERATION, 0.5) } else { (1.0, 0.8) };
        let gradient = gradient(&map, dims, &pairs, exaggeration);
        for (((place, speed), gain), slope) in map.iter_mut().zip(&mut speed).zip(&mut gains).zip(gradient) {
            *gain = if (slope > 0.0) == (*speed > 0.0) { (*gain * 0.8).max(0.01) } else { *gain + 0.2 };
            *speed = momentum * *speed - rate * *gain * slope;
            *place += *speed;
        }
        for dim in 0..dims {
            let mean = map.iter().skip(dim).step_by(dims).sum::<f64>() / rows as f64;
            map.iter_mut().skip(dim).step_by(dims).for_each(|value| *value -= mean);
        }
    }
    Ok(Matrix::from_parts(map, dims))
}

/// Principal components, the first with a deviation of 1e-4; rows at the same place are moved apart a little.
fn start(matrix: &Matrix, dims: usize) -> Vec<f64> {
    let components = dims.min(matrix.columns()).min(matrix.rows());
    let found = pca::fit(matrix, components, 0).transform(matrix);
    let spread = found.variances().first().copied().unwrap_or(0.0).sqrt();
    let scale = if spread > 0.0 { 1e-4 / spread } else { 0.0 };
    let mut random = crate::Random::new(0);
    let mut map = Vec::with_capacity(matrix.rows() * dims);
    for row in found.iter() {
        map.extend((0..dims).map(|dim| row.get(dim).copied().unwrap_or(0.0) * scale + 1e-6 * random.normal()));
    }
    map
}

/// For each row its (other, p), symmetric, adding up to 1 over all.
fn affinities(matrix: &Matrix, perplexity: f64) -> Vec<Vec<(usize, f64)>> {
    let rows = matrix.rows();
    let perplexity = perplexity.clamp(1.0, ((rows - 1) as f64 / 3.0).max(1.0));
    let near = nearest(matrix, (3.0 * perplexity).ceil() as usize);
    let target = perplexity.ln();
    let own = in_chunks(rows, |row| {
        let squares: Vec<f64> = near.of(row).map(|(_, far)| far * far).collect();
        let least = squares.first().copied().unwrap_or(0.0);
        let (mut low, mut high) = (0.0_f64, f64::INFINITY);
        let mean = squares.iter().sum::<f64>() / squares.len() as f64 - least;
        let mut beta = if mean > 0.0 { 1.0 / mean } else { 1.0 };
        let mut weights = Vec::new();
        for _ in 0..60 {
            weights = squares.iter().map(|square| (-(square - least) * beta).exp()).collect::<Vec<f64>>();
            let sum: f64 = weights.iter().sum();
            let entropy = sum.ln()
                + beta * squares.iter().zip(&weights).map(|(square, weight)| (square - least) * weight).sum::<f64>()
                    / sum;
            if (entropy - target).abs() < 1e-5 {
                break;
            }
            if entropy > target {
                low = beta;
                beta = if high.is_finite() { (beta + high) / 2.0 } else { beta * 2.0 };
            } else {
                high = beta;
                beta = (beta + low) / 2.0;
            }
            if !beta.is_finite() {
                break;
            }
        }
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / sum).collect::<Vec<f64>>()
    });
    let mut pairs: Vec<std::collections::BTreeMap<usize, f64>> = vec![Default::default(); rows];
    let half = 0.5 / rows as f64;
    for (row, weights) in own.iter().enumerate() {
        for ((other, _), weight) in near.of(row).zip(weights) {
            for (one, two) in [(row, other), (other, row)] {
                if let Some(list) = pairs.get_mut(one) {
                    *list.entry(two).or_default() += half * weight;
                }
            }
        }
    }
    pairs.into_iter().map(|list| list.into_iter().collect()).collect()
}

fn gradient(map: &[f64], dims: usize, pairs: &[Vec<(usize, f64)>], exaggeration: f64) -> Vec<f64> {
    let rows = pairs.len();
    let point = |row: usize| map.get(row * dims..(row + 1) * dims).unwrap_or_default();
    let tree = (dims == 2).then(|| Quadtree::new(map));
    let repulsion = |row: usize| -> (Vec<f64>, f64) {
        if let (Some(tree), [x, y]) = (&tree, point(row)) {
            let (force, sum) = tree.repulsion([*x, *y]);
            return (force.to_vec(), sum);
        }
        let (mut force, mut sum) = (vec![0.0; dims], 0.0);
        for other in (0..rows).filter(|other| *other != row) {
            let squared = crate::numeric::squared_distance(point(row), point(other));
            let q = 1.0 / (1.0 + squared);
            sum += q;
            for ((force, a), b) in force.iter_mut().zip(point(row)).zip(point(other)) {
                *force += q * q * (a - b);
            }
        }
        (force, sum)
    };
    let parts = chunk_sums(rows, |range| {
        let (mut forces, mut attractions, mut total) = (Vec::new(), Vec::new(), 0.0);
        for row in range {
            let (force, sum) = repulsion(row);
            forces.extend(force);
            total += sum;
            let mut pull = vec![0.0; dims];
            for (other, p) in pairs.get(row).into_iter().flatten() {
                let q = 1.0 / (1.0 + crate::numeric::squared_distance(point(row), point(*other)));
                for ((pull, a), b) in pull.iter_mut().zip(point(row)).zip(point(*other)) {
                    *pull += exaggeration * p * q * (a - b);
                }
            }
            attractions.extend(pull);
        }
        (forces, attractions, total)
    });
    let total: f64 = parts.iter().map(|part| part.2).sum::<f64>().max(1e-300);
    let each = parts.iter().flat_map(|part| part.0.iter().zip(&part.1));
    each.map(|(force, pull)| 4.0 * (pull - force / total)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Random;

    #[test]
    fn groups_stay_together() {
        let mut random = Random::new(6);
        let values: Vec<f64> = (0..150)
            .flat_map(|row| {
                (0..5).map(|at| if at == row % 3 { 12.0 } else { 0.0 } + random.normal()).collect::<Vec<_>>()
            })
            .collect();
        let matrix = Matrix::new(values, 5).unwrap();
        for dims in [1, 2] {
            let map = tsne(&matrix, dims, 15.0).unwrap();
            let near = nearest(&map, 5);
            let same = (0..150)
                .flat_map(|row| near.of(row).map(move |(other, _)| row % 3 == other % 3))
                .filter(|same| *same)
                .count();
            assert!(same > 720, "{dims}: {same} of 750");
        }
        assert!(tsne(&matrix, 4, 15.0).is_err());
        let same = Matrix::new(vec![1.0; 20], 2).unwrap();
        assert!(tsne(&same, 2, 30.0).unwrap().values().iter().all(|value| value.is_finite()));
    }
}
