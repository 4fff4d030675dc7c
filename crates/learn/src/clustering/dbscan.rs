//! DBSCAN (Ester, Kriegel, Sander and Xu 1996). A core point has at least `min_samples` points within `eps`, itself
//! included; core points within `eps` of each other are one cluster; other points within `eps` of a core point are its
//! border.
//!
//! Traps: `min_samples` counts the point itself; a border point of two clusters belongs to the one that is found first,
//! which in a scan of the rows is the one whose first core point comes first (as in scikit-learn); storing all
//! neighbours takes memory that grows with the square of the rows, so here they are only counted and joined.

use crate::{LearnError, Matrix, numeric::in_chunks, points::Blocks};
use std::{
    ops::Range,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// -1 is noise.
    pub labels: Vec<i32>,
    pub is_core: Vec<bool>,
    pub clusters: usize,
}

/// The greatest distance is `eps` (included). Errors: `eps` not positive and finite, `min_samples` 0.
pub fn dbscan(matrix: &Matrix, eps: f64, min_samples: usize) -> Result<Found, LearnError> {
    if !(eps > 0.0 && eps.is_finite()) {
        return Err(LearnError::option("eps", eps, "a positive number, the greatest distance of neighbours"));
    }
    if min_samples == 0 {
        return Err(LearnError::option("min-samples", min_samples, "at least 1; it counts the point itself"));
    }
    let blocks = Blocks::new(matrix);
    let counts = counts(&blocks, eps);
    let core: Vec<bool> = counts.iter().map(|count| *count as usize >= min_samples).collect();
    let parents = join(&blocks, eps, &core);
    // Clusters are numbered by the first row of their core points.
    let rows = matrix.rows();
    let mut place_of = vec![0_u32; rows];
    for (place, row) in blocks.order.iter().enumerate() {
        if let Some(to) = place_of.get_mut(*row as usize) {
            *to = place as u32;
        }
    }
    let (mut number, mut clusters) = (vec![u32::MAX; rows], 0);
    let mut of_place = vec![u32::MAX; rows];
    for place in &place_of {
        if !is_core(&core, *place) {
            continue;
        }
        let root = find(&parents, *place);
        if let Some(number) = number.get_mut(root as usize) {
            if *number == u32::MAX {
                (*number, clusters) = (clusters, clusters + 1);
            }
            if let Some(to) = of_place.get_mut(*place as usize) {
                *to = *number;
            }
        }
    }
    let border = border(&blocks, eps, &core, &of_place);
    let label = |place: &u32| {
        let own = of_place.get(*place as usize).copied().unwrap_or(u32::MAX);
        let number = own.min(border.get(*place as usize).copied().unwrap_or(u32::MAX));
        if number == u32::MAX { -1 } else { number as i32 }
    };
    Ok(Found {
        labels: place_of.iter().map(label).collect(),
        is_core: place_of.iter().map(|place| is_core(&core, *place)).collect(),
        clusters: clusters as usize,
    })
}

fn is_core(core: &[bool], place: u32) -> bool {
    core.get(place as usize).copied().unwrap_or(false)
}

/// How two blocks lie to each other.
enum Lie {
    Apart,
    Together,
    Mixed,
}

fn lie(blocks: &Blocks, one: usize, other: usize, eps: f64) -> Lie {
    match blocks.bounds(one, other) {
        (least, _) if one != other && least > eps => Lie::Apart,
        (_, greatest) if greatest <= eps => Lie::Together,
        _ => Lie::Mixed,
    }
}

/// Gives for each place of `one` the values of its pairs with `other`, with the limits: below the lower one a pair is
/// near, above the upper one it is not.
fn pairs(
    blocks: &Blocks,
    one: usize,
    other: usize,
    eps: f64,
    out: &mut Vec<f32>,
    mut each: impl FnMut(usize, &[f32], (f32, f32)),
) {
    blocks.products(one, other, out);
    let width = blocks.range(other).len().max(1);
    for (place, values) in blocks.range(one).zip(out.chunks_exact(width)) {
        each(place, values, blocks.limits(eps * eps, place, other));
    }
}

/// How many points lie within `eps` of each place, itself included.
fn counts(blocks: &Blocks, eps: f64) -> Vec<u32> {
    let counts: Vec<AtomicU32> = blocks.order.iter().map(|_| AtomicU32::new(0)).collect();
    let add = |place: usize, more: u32| {
        if let Some(count) = counts.get(place)
            && more > 0
        {
            count.fetch_add(more, Relaxed);
        }
    };
    in_chunks(blocks.len(), |one| {
        let mut out = Vec::new();
        for other in one..blocks.len() {
            let (own, others) = (blocks.range(one), blocks.range(other));
            match lie(blocks, one, other, eps) {
                Lie::Apart => {}
                Lie::Together => {
                    own.clone().for_each(|place| add(place, others.len() as u32));
                    if one != other {
                        others.for_each(|place| add(place, own.len() as u32));
                    }
                }
                Lie::Mixed => {
                    let mut columns = vec![0_u32; others.len()];
                    pairs(blocks, one, other, eps, &mut out, |place, values, (upper, lower)| {
                        let (mut near, mut perhaps) = (0, 0);
                        for (value, column) in values.iter().zip(&mut columns) {
                            let is_near = u32::from(*value < lower);
                            near += is_near;
                            *column += is_near;
                            perhaps += u32::from(*value <= upper);
                        }
                        if perhaps != near {
                            for ((candidate, value), column) in others.clone().zip(values).zip(&mut columns) {
                                if *value >= lower && *value <= upper && blocks.exact(place, candidate) <= eps * eps {
                                    near += 1;
                                    *column += 1;
                                }
                            }
                        }
                        add(place, near);
                    });
                    if one != other {
                        others.zip(columns).for_each(|(place, more)| add(place, more));
                    }
                }
            }
        }
    });
    counts.into_iter().map(AtomicU32::into_inner).collect()
}

/// The representative of a place; paths are halved on the way.
fn find(parents: &[AtomicU32], mut place: u32) -> u32 {
    let parent = |place: u32| parents.get(place as usize).map_or(place, |parent| parent.load(Relaxed));
    loop {
        let above = parent(place);
        if above == place {
            return place;
        }
        let next = parent(above);
        if next != above
            && let Some(own) = parents.get(place as usize)
        {
            // Another thread may have moved it further up already; either is right.
            let _ = own.compare_exchange(above, next, Relaxed, Relaxed);
        }
        place = next;
    }
}

/// Joins the clusters of two places, the greater representative below the lower one: whatever the order of joins, the
/// representative of a whole cluster is its lowest place.
fn unite(parents: &[AtomicU32], one: u32, other: u32) -> u32 {
    loop {
        let (a, b) = (find(parents, one), find(parents, other));
        if a == b {
            return a;
        }
        let (low, high) = (a.min(b), a.max(b));
        if let Some(parent) = parents.get(high as usize)
            && parent.compare_exchange(high, low, Relaxed, Relaxed).is_ok()
        {
            return low;
        }
    }
}

/// Joins all core points within `eps` of each other.
fn join(blocks: &Blocks, eps: f64, core: &[bool]) -> Vec<AtomicU32> {
    let parents: Vec<AtomicU32> = (0..blocks.order.len() as u32).map(AtomicU32::new).collect();
    let cores = |range: Range<usize>| range.map(|place| place as u32).filter(|place| is_core(core, *place));
    let joined = |one: usize, other: usize| {
        let mut all = cores(blocks.range(one)).chain(cores(blocks.range(other))).map(|place| find(&parents, place));
        match all.next() {
            Some(first) => all.all(|root| root == first),
            None => true,
        }
    };
    let work = |one: usize, other: usize, out: &mut Vec<f32>| {
        let how = lie(blocks, one, other, eps);
        if matches!(how, Lie::Apart) || joined(one, other) {
            return;
        }
        if matches!(how, Lie::Together) {
            let mut all = cores(blocks.range(one)).chain(cores(blocks.range(other)));
            if let Some(first) = all.next() {
                all.for_each(|place| {
                    unite(&parents, first, place);
                });
            }
            return;
        }
        let others = blocks.range(other);
        let mut roots: Vec<u32> = others.clone().map(|place| find(&parents, place as u32)).collect();
        pairs(blocks, one, other, eps, out, |place, values, (upper, lower)| {
            if !is_core(core, place as u32) {
                return;
            }
            let mut own = find(&parents, place as u32);
            for ((candidate, value), root) in others.clone().zip(values).zip(&mut roots) {
                if *value > upper || *root == own || !is_core(core, candidate as u32) {
                    continue;
                }
                if *value < lower || blocks.exact(place, candidate) <= eps * eps {
                    own = unite(&parents, place as u32, candidate as u32);
                    *root = own;
                }
            }
        });
    };
    // Within blocks first: then most pairs of blocks have nothing left to join.
    in_chunks(blocks.len(), |block| work(block, block, &mut Vec::new()));
    in_chunks(blocks.len(), |one| {
        let mut out = Vec::new();
        for (apart, other) in blocks.nearest_first(one) {
            if apart > eps {
                break;
            }
            if other > one {
                work(one, other, &mut out);
            }
        }
    });
    parents
}

/// The lowest cluster with a core point within `eps`, for places that are no core points.
fn border(blocks: &Blocks, eps: f64, core: &[bool], cluster: &[u32]) -> Vec<u32> {
    let found = in_chunks(blocks.len(), |one| {
        let own = blocks.range(one);
        let mut lowest = vec![u32::MAX; own.len()];
        if own.clone().all(|place| is_core(core, place as u32)) {
            return lowest;
        }
        let mut out = Vec::new();
        for other in 0..blocks.len() {
            let others = blocks.range(other);
            if !others.clone().any(|place| is_core(core, place as u32))
                || matches!(lie(blocks, one, other, eps), Lie::Apart)
            {
                continue;
            }
            let numbers = cluster.get(others.clone()).unwrap_or_default();
            pairs(blocks, one, other, eps, &mut out, |place, values, (upper, lower)| {
                let Some(best) = lowest.get_mut(place - own.start).filter(|_| !is_core(core, place as u32)) else {
                    return;
                };
                for ((candidate, value), number) in others.clone().zip(values).zip(numbers) {
                    if *number < *best
                        && *value <= upper
                        && (*value < lower || blocks.exact(place, candidate) <= eps * eps)
                    {
                        *best = *number;
                    }
                }
            });
        }
        lowest
    });
    found.concat()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Random, numeric::squared_distance};
    use proptest::prelude::*;

    /// The paper's scan, row by row.
    fn scan(matrix: &Matrix, eps: f64, min_samples: usize) -> Vec<i32> {
        let rows = matrix.rows();
        let near = |at: usize| -> Vec<usize> {
            (0..rows).filter(|other| squared_distance(matrix.row(at), matrix.row(*other)) <= eps * eps).collect()
        };
        let (mut labels, mut next) = (vec![-1; rows], 0);
        let core: Vec<bool> = (0..rows).map(|at| near(at).len() >= min_samples).collect();
        for start in 0..rows {
            if labels[start] != -1 || !core[start] {
                continue;
            }
            let mut stack = vec![start];
            while let Some(at) = stack.pop() {
                if labels[at] != -1 {
                    continue;
                }
                labels[at] = next;
                if core[at] {
                    stack.extend(near(at));
                }
            }
            next += 1;
        }
        labels
    }

    fn points(seed: u64, rows: usize, grid: bool) -> Matrix {
        let mut random = Random::new(seed);
        let values = (0..rows * 2).map(|_| if grid { random.below(30) as f64 } else { random.unit() * 20.0 }).collect();
        Matrix::new(values, 2).unwrap()
    }

    /// Taking the mean away moves points by what is rounded: distances that are just `eps` must not become more by it.
    #[test]
    fn a_distance_of_just_eps_is_near_wherever_the_mean_lies() {
        for seed in 800..900 {
            let matrix = points(seed, 95, true);
            assert_eq!(dbscan(&matrix, 2.0, 1).unwrap().labels, scan(&matrix, 2.0, 1), "{seed}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn the_same_as_the_scan(seed in 0..1000_u64, rows in 1..700_usize, eps in 0.2..2.5_f64, min_samples in 1..8_usize, grid in any::<bool>()) {
            let matrix = points(seed, rows, grid);
            // On the grid, distances of exactly eps occur.
            let eps = if grid { eps.ceil() } else { eps };
            prop_assert_eq!(dbscan(&matrix, eps, min_samples).unwrap().labels, scan(&matrix, eps, min_samples));
        }
    }

    #[test]
    fn a_border_point_goes_to_the_first_cluster_and_options_are_checked() {
        // Cores at 0 and at 4 with two companions each; 2 is within 2 of both.
        let matrix = Matrix::new(vec![4.0, 4.1, 4.2, 2.0, 0.0, -0.1, -0.2, 50.0], 1).unwrap();
        let found = dbscan(&matrix, 2.0, 4).unwrap();
        assert_eq!(found.labels, [0, 0, 0, 0, 1, 1, 1, -1]);
        assert!(
            dbscan(&matrix, 0.0, 1).is_err()
                && dbscan(&matrix, f64::NAN, 1).is_err()
                && dbscan(&matrix, 1.0, 0).is_err()
        );
        let same = Matrix::new(vec![1.0; 500], 1).unwrap();
        assert_eq!(dbscan(&same, 0.5, 500).unwrap().clusters, 1);
        assert_eq!(dbscan(&same, 0.5, 501).unwrap().clusters, 0);
    }
}
