//! HDBSCAN (Campello, Moulavi and Sander 2013; McInnes and Healy 2017): single linkage under the mutual reachability
//! distance, clusters smaller than `min_cluster_size` dropped from the tree, and from what is left the set of clusters
//! with the most stability (excess of mass).
//!
//! Trap: the two libraries count `min_samples` differently. In the package `hdbscan`, and here, the core distance is that
//! of the `min_samples`-th *other* point; in the paper and in scikit-learn the point itself is the first of them. With
//! [`Options::counts_itself`] it is theirs.

use super::{
    dendrogram::{Merge, dendrogram},
    prim,
};
use crate::{
    LearnError, Matrix,
    points::{Blocks, neighbors, spanning_tree},
};

#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub min_cluster_size: usize,
    /// `min_cluster_size` when not given.
    pub min_samples: Option<usize>,
    pub counts_itself: bool,
    /// The leaves of the tree instead of the most stable clusters.
    pub leaves: bool,
    /// Everything may be one cluster.
    pub allow_single_cluster: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            min_cluster_size: 5,
            min_samples: None,
            counts_itself: false,
            leaves: false,
            allow_single_cluster: false,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// -1 is noise.
    pub labels: Vec<i32>,
    /// How strongly each row belongs to its cluster, 0 to 1.
    pub strengths: Vec<f64>,
    pub clusters: usize,
}

/// A cluster of the condensed tree.
#[derive(Debug, Clone, Default)]
struct Condensed {
    birth: f64,
    children: Vec<usize>,
    stability: f64,
    /// The densest level at which it still has a row.
    death: f64,
}

/// Duplicates have no distance; their density is as good as infinite.
const GREATEST_DENSITY: f64 = 1e200;

fn density(distance: f64) -> f64 {
    if distance > 1.0 / GREATEST_DENSITY { 1.0 / distance } else { GREATEST_DENSITY }
}

pub fn hdbscan(matrix: &Matrix, options: &Options) -> Result<Found, LearnError> {
    let rows = matrix.rows();
    if options.min_cluster_size < 2 {
        return Err(LearnError::option("min-cluster-size", options.min_cluster_size, "at least 2"));
    }
    let samples = options.min_samples.unwrap_or(options.min_cluster_size);
    if samples == 0 {
        return Err(LearnError::option("min-samples", samples, "at least 1"));
    }
    if rows < 2 {
        return Ok(Found { labels: vec![-1; rows], strengths: vec![0.0; rows], clusters: 0 });
    }
    let others = (samples - usize::from(options.counts_itself)).min(rows - 1);
    let blocks = Blocks::new(matrix);
    let near = neighbors::of_blocks(&blocks, others.max(3));
    let core: Vec<f64> = (0..rows)
        .map(|row| if others == 0 { 0.0 } else { near.of(row).nth(others - 1).map_or(0.0, |near| near.1) })
        .collect();
    let tree = spanning_tree::spanning_tree(&blocks, &core, &near);
    let merges = dendrogram(rows, prim::in_order(rows, &tree, &core, &near));
    Ok(Tree::condense(rows, &merges, options.min_cluster_size).choose(options))
}

struct Tree {
    /// The first one holds everything.
    clusters: Vec<Condensed>,
    /// The last cluster that each row was in, and the density at which it left.
    home: Vec<(usize, f64)>,
}

impl Tree {
    /// Walks down from the top: a split into two parts of at least `least` rows makes two clusters; a smaller part falls
    /// out, and the cluster goes on.
    fn condense(rows: usize, merges: &[Merge], least: usize) -> Self {
        let mut tree = Self { clusters: vec![Condensed::default()], home: vec![(0, 0.0); rows] };
        let size =
            |node: u32| (node as usize).checked_sub(rows).map_or(1, |at| merges.get(at).map_or(1, |m| m.size as usize));
        let mut stack = vec![((rows + merges.len()).saturating_sub(1) as u32, 0_usize)];
        while let Some((node, cluster)) = stack.pop() {
            let Some(merge) = (node as usize).checked_sub(rows).and_then(|at| merges.get(at)) else { continue };
            let level = density(merge.height);
            let large: Vec<u32> = [merge.one, merge.other].into_iter().filter(|child| size(*child) >= least).collect();
            for child in [merge.one, merge.other] {
                if size(child) < least {
                    tree.leave(rows, merges, child, cluster, level);
                } else if large.len() == 2 {
                    let birth = tree.clusters.get(cluster).map_or(0.0, |c| c.birth);
                    let number = tree.clusters.len();
                    tree.clusters.push(Condensed { birth: level, ..Condensed::default() });
                    if let Some(parent) = tree.clusters.get_mut(cluster) {
                        parent.stability += (level - birth) * size(child) as f64;
                        parent.children.push(number);
                        parent.death = parent.death.max(level);
                    }
                    stack.push((child, number));
                } else {
                    stack.push((child, cluster));
                }
            }
        }
        tree
    }

    fn leave(&mut self, rows: usize, merges: &[Merge], node: u32, cluster: usize, level: f64) {
        let mut stack = vec![node];
        while let Some(node) = stack.pop() {
            match (node as usize).checked_sub(rows) {
                Some(at) => stack.extend(merges.get(at).into_iter().flat_map(|merge| [merge.one, merge.other])),
                None => {
                    if let Some(home) = self.home.get_mut(node as usize) {
                        *home = (cluster, level);
                    }
                    if let Some(cluster) = self.clusters.get_mut(cluster) {
                        cluster.stability += level - cluster.birth;
                        cluster.death = cluster.death.max(level);
                    }
                }
            }
        }
    }

    fn choose(&self, options: &Options) -> Found {
        let count = self.clusters.len();
        let (mut chosen, mut best) = (vec![false; count], vec![0.0; count]);
        // Children have greater numbers than their parents.
        for number in (0..count).rev() {
            let Some(cluster) = self.clusters.get(number) else { continue };
            let below: f64 = cluster.children.iter().filter_map(|child| best.get(*child)).sum();
            let takes = if number == 0 && !options.allow_single_cluster {
                false
            } else if options.leaves {
                cluster.children.is_empty()
            } else {
                cluster.children.is_empty() || cluster.stability >= below
            };
            if let (Some(chosen), Some(best)) = (chosen.get_mut(number), best.get_mut(number)) {
                *chosen = takes;
                *best = if takes { cluster.stability } else { below };
            }
        }
        // The topmost chosen cluster above each.
        let mut of = vec![None; count];
        for number in 0..count {
            if of.get(number) == Some(&None)
                && chosen.get(number) == Some(&true)
                && let Some(place) = of.get_mut(number)
            {
                *place = Some(number);
            }
            let above = of.get(number).copied().flatten();
            for child in self.clusters.get(number).into_iter().flat_map(|cluster| &cluster.children) {
                if let Some(place) = of.get_mut(*child) {
                    *place = above;
                }
            }
        }
        let mut greatest = vec![0.0_f64; count];
        for (number, cluster) in self.clusters.iter().enumerate() {
            if let Some(place) = of.get(number).copied().flatten().and_then(|top| greatest.get_mut(top)) {
                *place = place.max(cluster.death);
            }
        }
        let mut labels = Vec::with_capacity(self.home.len());
        let mut strengths = Vec::with_capacity(self.home.len());
        for (cluster, level) in &self.home {
            let top = of.get(*cluster).copied().flatten();
            // Of everything as one cluster, what falls out before any row of the densest part does is noise.
            labels.push(top.map_or(-1, |top| top as i32));
            let most = top.and_then(|top| greatest.get(top)).copied().unwrap_or(0.0);
            strengths.push(if top.is_none() {
                0.0
            } else if most > 0.0 {
                (level / most).min(1.0)
            } else {
                1.0
            });
        }
        let clusters = crate::numeric::by_first_appearance(&mut labels);
        Found { labels, strengths, clusters }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Random;

    #[test]
    fn two_groups_and_a_stray_point() {
        let mut random = Random::new(1);
        let mut values: Vec<f64> = (0..60)
            .flat_map(|at| {
                let center = if at < 30 { 0.0 } else { 20.0 };
                [center + random.normal(), center + random.normal()]
            })
            .collect();
        values.extend([200.0, -300.0]);
        let matrix = Matrix::new(values, 2).unwrap();
        let found = hdbscan(&matrix, &Options::default()).unwrap();
        assert_eq!((found.clusters, found.labels[60]), (2, -1));
        let expected: Vec<i32> = (0..60).map(|at| i32::from(at >= 30)).collect();
        let wrong = found.labels.iter().zip(&expected).filter(|(a, b)| **a != -1 && a != b).count();
        assert_eq!(wrong, 0);
    }

    #[test]
    fn one_row_equal_rows_and_more_samples_than_rows() {
        let one = Matrix::new(vec![1.0], 1).unwrap();
        assert_eq!(hdbscan(&one, &Options::default()).unwrap().labels, [-1]);
        let same = Matrix::new(vec![3.0; 40], 1).unwrap();
        let found = hdbscan(&same, &Options { min_samples: Some(100), ..Options::default() }).unwrap();
        assert_eq!(found.labels.len(), 40);
        assert!(found.strengths.iter().all(|strength| strength.is_finite()));
        assert!(hdbscan(&same, &Options { min_cluster_size: 1, ..Options::default() }).is_err());
    }
}
