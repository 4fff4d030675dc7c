//! Ward's minimum variance method (Ward 1963) by chains of nearest neighbours (Benzecri 1982; Murtagh 1983) on centroids:
//! memory grows with the rows, not with their square. Clusters lie in balls, and balls that are too far to hold a nearest
//! neighbour are not looked into.
//!
//! Joining clusters of s and t rows with centroids x and y costs the height sqrt(2 s t / (s + t)) |x - y| (as in scipy).

use super::dendrogram::{Merge, dendrogram};
use crate::{
    Matrix, numeric,
    points::{blocks::group, spanning_tree::Edge},
};

/// A group of clusters with a ball around their centroids.
struct Ball {
    members: Vec<u32>,
    center: Vec<f64>,
    radius: f64,
}

struct Clusters {
    columns: usize,
    centroids: Vec<f64>,
    /// Rows in each cluster; 0 for one that was merged into another.
    sizes: Vec<f64>,
    balls: Vec<Ball>,
    ball_of: Vec<u32>,
    active: usize,
    active_when_grouped: usize,
}

pub fn ward(matrix: &Matrix) -> Vec<Merge> {
    let rows = matrix.rows();
    let mut clusters = Clusters {
        columns: matrix.columns(),
        centroids: matrix.centered().into_values(),
        sizes: vec![1.0; rows],
        balls: Vec::new(),
        ball_of: vec![0; rows],
        active: rows,
        active_when_grouped: rows,
    };
    clusters.regroup();
    let mut edges: Vec<Edge> = Vec::with_capacity(rows);
    let mut chain: Vec<u32> = Vec::new();
    let mut next = 0_u32;
    while clusters.active > 1 {
        let Some(last) = chain.last().copied() else {
            while clusters.size(next) == 0.0 {
                next += 1;
            }
            chain.push(next);
            continue;
        };
        let before = chain.len().checked_sub(2).and_then(|at| chain.get(at)).copied();
        let Some((cost, nearest)) = clusters.nearest(last, before) else { break };
        if Some(nearest) != before {
            chain.push(nearest);
            continue;
        }
        chain.truncate(chain.len() - 2);
        edges.push(Edge { weight: (2.0 * cost).sqrt(), one: last.min(nearest), other: last.max(nearest) });
        clusters.merge(last.min(nearest), last.max(nearest));
        if clusters.active * 2 < clusters.active_when_grouped {
            clusters.regroup();
        }
    }
    dendrogram(rows, edges)
}

impl Clusters {
    fn size(&self, cluster: u32) -> f64 {
        self.sizes.get(cluster as usize).copied().unwrap_or(1.0)
    }

    fn centroid(&self, cluster: u32) -> &[f64] {
        let start = cluster as usize * self.columns;
        self.centroids.get(start..start + self.columns).unwrap_or_default()
    }

    /// Makes balls of the clusters that are left.
    fn regroup(&mut self) {
        let left: Vec<u32> = (0..self.sizes.len() as u32).filter(|cluster| self.size(*cluster) > 0.0).collect();
        let mut values = Vec::with_capacity(left.len() * self.columns);
        left.iter().for_each(|cluster| values.extend_from_slice(self.centroid(*cluster)));
        let (order, ranges) = group(&Matrix::from_parts(values, self.columns));
        self.balls.clear();
        for range in ranges {
            let places = order.get(range).unwrap_or_default();
            let members: Vec<u32> = places.iter().filter_map(|place| left.get(*place as usize).copied()).collect();
            let mut center = vec![0.0; self.columns];
            for member in &members {
                center.iter_mut().zip(self.centroid(*member)).for_each(|(sum, value)| *sum += value);
            }
            center.iter_mut().for_each(|sum| *sum /= members.len() as f64);
            let far = members.iter().map(|member| numeric::squared_distance(self.centroid(*member), &center));
            let radius = far.fold(0.0, f64::max).sqrt();
            for member in &members {
                if let Some(ball) = self.ball_of.get_mut(*member as usize) {
                    *ball = self.balls.len() as u32;
                }
            }
            self.balls.push(Ball { members, center, radius });
        }
        self.active_when_grouped = self.active;
    }

    /// The cluster that is cheapest to join, with the cost s t / (s + t) |x - y|^2; of equals `before`, then the lowest.
    fn nearest(&self, of: u32, before: Option<u32>) -> Option<(f64, u32)> {
        let (own, size) = (self.centroid(of), self.size(of));
        let mut balls: Vec<(f64, &Ball)> = self
            .balls
            .iter()
            .filter(|ball| !ball.members.is_empty())
            .map(|ball| {
                let between = numeric::squared_distance(own, &ball.center).sqrt();
                let least = (between - ball.radius - 1e-9 * (between + ball.radius)).max(0.0);
                (least * least, ball)
            })
            .collect();
        balls.sort_by(|a, b| a.0.total_cmp(&b.0));
        let cost = |other: u32| {
            let other_size = self.size(other);
            size * other_size / (size + other_size) * numeric::squared_distance(own, self.centroid(other))
        };
        let mut best = before.map(|before| (cost(before), before));
        for (least, ball) in balls {
            // Any partner has at least one row.
            if best.is_some_and(|best| size / (size + 1.0) * least > best.0) {
                break;
            }
            for other in ball.members.iter().filter(|other| **other != of && Some(**other) != before) {
                let found = (cost(*other), *other);
                if best.is_none_or(|best| {
                    found.0 < best.0 || (found.0 == best.0 && Some(best.1) != before && found.1 < best.1)
                }) {
                    best = Some(found);
                }
            }
        }
        best
    }

    /// `one` becomes both.
    fn merge(&mut self, one: u32, other: u32) {
        let (size, more) = (self.size(one), self.size(other));
        let sum = size + more;
        let merged: Vec<f64> =
            self.centroid(one).iter().zip(self.centroid(other)).map(|(a, b)| (a * size + b * more) / sum).collect();
        let start = one as usize * self.columns;
        if let Some(centroid) = self.centroids.get_mut(start..start + self.columns) {
            centroid.copy_from_slice(&merged);
        }
        if let Some(size) = self.sizes.get_mut(one as usize) {
            *size = sum;
        }
        if let Some(size) = self.sizes.get_mut(other as usize) {
            *size = 0.0;
        }
        let ball = |of: u32| self.ball_of.get(of as usize).map_or(0, |ball| *ball as usize);
        let (stays, leaves) = (ball(one), ball(other));
        if let Some(ball) = self.balls.get_mut(leaves) {
            ball.members.retain(|member| *member != other);
        }
        if let Some(ball) = self.balls.get_mut(stays) {
            ball.radius = ball.radius.max(numeric::squared_distance(&merged, &ball.center).sqrt());
        }
        self.active -= 1;
    }
}
