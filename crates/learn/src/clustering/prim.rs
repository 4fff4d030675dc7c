//! The order in which Prim's algorithm (1957), from the first row, finds the edges of the spanning tree. Under the mutual
//! reachability distance many edges have equal weights, which of them are in the tree and in which order they merge decides
//! where clusters split, and the known implementations all use this order: the lowest row first among the nearest, reached
//! from the row that came first.

use crate::points::{Neighbors, spanning_tree::Edge};
use std::{cmp::Reverse, collections::BinaryHeap};

/// A weight with its order.
#[derive(PartialEq)]
struct Weight(f64);

impl Eq for Weight {}

impl PartialOrd for Weight {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Weight {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// The edges in that order. Beside the tree, edges of equal weight lie among the neighbours: a weight that occurs twice is
/// a core distance, and what is that near is a neighbour.
pub fn in_order(rows: usize, tree: &[Edge], core: &[f64], near: &Neighbors) -> Vec<Edge> {
    let mut around: Vec<Vec<(f64, u32)>> = vec![Vec::new(); rows];
    let mut add = |one: u32, other: u32, weight: f64| {
        for (from, to) in [(one, other), (other, one)] {
            if let Some(list) = around.get_mut(from as usize) {
                list.push((weight, to));
            }
        }
    };
    tree.iter().for_each(|edge| add(edge.one, edge.other, edge.weight));
    let core_of = |row: usize| core.get(row).copied().unwrap_or(0.0);
    for row in 0..rows {
        for (other, far) in near.of(row) {
            add(row as u32, other as u32, far.max(core_of(row)).max(core_of(other)));
        }
    }
    let mut least = vec![f64::INFINITY; rows];
    let mut source = vec![0_u32; rows];
    let mut done = vec![false; rows];
    let mut heap = BinaryHeap::new();
    let mut edges = Vec::with_capacity(tree.len());
    let mut current = 0_u32;
    for _ in 0..tree.len() {
        if let Some(done) = done.get_mut(current as usize) {
            *done = true;
        }
        for (weight, to) in around.get(current as usize).into_iter().flatten() {
            let place = *to as usize;
            if let (Some(false), Some(have), Some(from)) =
                (done.get(place), least.get_mut(place), source.get_mut(place))
                && weight < have
            {
                (*have, *from) = (*weight, current);
                heap.push(Reverse((Weight(*weight), *to)));
            }
        }
        let next = loop {
            let Some(Reverse((weight, row))) = heap.pop() else { break None };
            if done.get(row as usize) == Some(&false) && least.get(row as usize) == Some(&weight.0) {
                break Some((weight.0, row));
            }
        };
        let Some((weight, row)) = next else { break };
        edges.push(Edge { weight, one: source.get(row as usize).copied().unwrap_or(0), other: row });
        current = row;
    }
    edges
}
