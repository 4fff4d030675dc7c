//! The minimum spanning tree of all points, under the euclidean or the mutual reachability distance
//! max(d(a, b), core(a), core(b)) (Campello, Moulavi and Sander 2013), in memory that grows with the points only.
//!
//! Boruvka's algorithm (1926): every component adds its shortest edge to another one, until one component is left.
//! Edges of equal weight are ordered by their rows, so that there is one answer.

use super::{Blocks, Neighbors};
use crate::numeric::in_chunks;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    pub weight: f64,
    /// The lower row.
    pub one: u32,
    pub other: u32,
}

impl Edge {
    fn new(weight: f64, one: u32, other: u32) -> Self {
        Self { weight, one: one.min(other), other: one.max(other) }
    }

    fn before(&self, than: &Self) -> bool {
        self.weight.total_cmp(&than.weight).then(self.one.cmp(&than.one)).then(self.other.cmp(&than.other)).is_lt()
    }
}

/// Components by the row that stands for them.
pub struct Union(Vec<u32>);

impl Union {
    pub fn new(count: usize) -> Self {
        Self((0..count as u32).collect())
    }

    pub fn find(&mut self, mut row: u32) -> u32 {
        while let Some(parent) = self.0.get(row as usize).copied().filter(|parent| *parent != row) {
            let above = self.0.get(parent as usize).copied().unwrap_or(parent);
            if let Some(place) = self.0.get_mut(row as usize) {
                *place = above;
            }
            row = above;
        }
        row
    }

    /// Whether they were apart.
    pub fn join(&mut self, one: u32, other: u32) -> bool {
        let (one, other) = (self.find(one), self.find(other));
        if let Some(place) = self.0.get_mut(one.max(other) as usize) {
            *place = one.min(other);
        }
        one != other
    }
}

/// The tree's edges, lightest first. `core` has the core distance of each row (zeros for the euclidean tree);
/// `neighbors` may be few: they only save work.
pub fn spanning_tree(blocks: &Blocks, core: &[f64], neighbors: &Neighbors) -> Vec<Edge> {
    let total = blocks.order.len();
    let mut union = Union::new(total);
    let mut tree: Vec<Edge> = Vec::with_capacity(total.saturating_sub(1));
    while tree.len() + 1 < total {
        let component: Vec<u32> = (0..total as u32).map(|row| union.find(row)).collect();
        let mut edges = round(blocks, core, neighbors, &component);
        edges.sort_by(|a, b| a.weight.total_cmp(&b.weight).then(a.one.cmp(&b.one)).then(a.other.cmp(&b.other)));
        let before = tree.len();
        tree.extend(edges.into_iter().filter(|edge| union.join(edge.one, edge.other)));
        if tree.len() == before {
            break;
        }
    }
    tree.sort_by(|a, b| a.weight.total_cmp(&b.weight).then(a.one.cmp(&b.one)).then(a.other.cmp(&b.other)));
    tree
}

fn at<T: Copy + Default>(values: &[T], index: u32) -> T {
    values.get(index as usize).copied().unwrap_or_default()
}

/// The shortest edge out of every component.
fn round(blocks: &Blocks, core: &[f64], neighbors: &Neighbors, component: &[u32]) -> Vec<Edge> {
    let total = blocks.order.len();
    // The least weight known for each component, to skip by; which edge it is, is settled after.
    let least: Vec<AtomicU64> = (0..total).map(|_| AtomicU64::new(f64::INFINITY.to_bits())).collect();
    let known = |of: u32| least.get(of as usize).map_or(0.0, |bits| f64::from_bits(bits.load(Ordering::Relaxed)));
    // Weights are not negative, so their bits have their order.
    let lower = |of: u32, weight: f64| {
        if let Some(bits) = least.get(of as usize) {
            bits.fetch_min(weight.to_bits(), Ordering::Relaxed);
        }
    };
    let mut best: Vec<Option<Edge>> = vec![None; total];
    let offer = |best: &mut Vec<Option<Edge>>, of: u32, edge: Edge| {
        if let Some(place) = best.get_mut(of as usize)
            && place.is_none_or(|have| edge.before(&have))
        {
            *place = Some(edge);
        }
    };
    for row in 0..total as u32 {
        let own = at(component, row);
        let other = neighbors.of(row as usize).map(|(other, far)| (other as u32, far));
        for (other, far) in other.filter(|(other, _)| at(component, *other) != own) {
            let weight = far.max(at(core, row)).max(at(core, other));
            for of in [own, at(component, other)] {
                lower(of, weight);
                offer(&mut best, of, Edge::new(weight, row, other));
            }
        }
    }
    // Blocks that lie in one component as a whole, and the least core distance in each.
    let whole: Vec<Option<u32>> = (0..blocks.len())
        .map(|block| {
            let mut own = blocks.range(block).map(|place| at(component, blocks.row(place)));
            let first = own.next();
            if own.all(|other| Some(other) == first) { first } else { None }
        })
        .collect();
    let least_core: Vec<f64> = (0..blocks.len())
        .map(|block| blocks.range(block).map(|place| at(core, blocks.row(place))).fold(f64::INFINITY, f64::min))
        .collect();
    let found = in_chunks(blocks.len(), |block| {
        let own = blocks.range(block);
        let of: Vec<u32> = own.clone().map(|place| at(component, blocks.row(place))).collect();
        let floor = at(&least_core, block as u32);
        let (mut edges, mut out) = (Vec::<(u32, Edge)>::new(), Vec::new());
        for (apart, other) in blocks.nearest_first(block) {
            let limit = of.iter().map(|of| known(*of)).fold(0.0, f64::max);
            if apart > limit || floor > limit {
                break;
            }
            let same = whole.get(block).copied().flatten();
            if at(&least_core, other as u32) > limit || same.is_some() && same == whole.get(other).copied().flatten() {
                continue;
            }
            let others = blocks.range(other);
            blocks.products(block, other, &mut out);
            for ((place, mine), values) in own.clone().zip(&of).zip(out.chunks_exact(others.len().max(1))) {
                let row = blocks.row(place);
                let mut bound = known(*mine);
                if at(core, row) > bound {
                    continue;
                }
                let mut limit = blocks.limits(bound * bound, place, other).0;
                for (start, part) in (others.start..).step_by(16).zip(values.chunks(16)) {
                    if part.iter().copied().fold(f32::MAX, f32::min) > limit {
                        continue;
                    }
                    for (candidate, value) in (start..).zip(part) {
                        let to = blocks.row(candidate);
                        if *value > limit || at(component, to) == *mine || at(core, to) > bound {
                            continue;
                        }
                        let weight = blocks.exact(place, candidate).sqrt().max(at(core, row)).max(at(core, to));
                        if weight <= bound {
                            lower(*mine, weight);
                            edges.push((*mine, Edge::new(weight, row, to)));
                            bound = weight;
                            limit = blocks.limits(bound * bound, place, other).0;
                        }
                    }
                }
            }
        }
        edges
    });
    for (of, edge) in found.into_iter().flatten() {
        offer(&mut best, of, edge);
    }
    best.into_iter().flatten().collect()
}
