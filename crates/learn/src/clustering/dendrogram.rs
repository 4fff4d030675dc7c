//! The tree of merges that every hierarchical method makes, and its cut.

use crate::points::spanning_tree::{Edge, Union};

/// Clusters `one` and `other` become cluster `rows + index of the merge`; below `rows` are the rows themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    pub one: u32,
    pub other: u32,
    pub height: f64,
    /// Rows in the merged cluster.
    pub size: u32,
}

/// Merges in order of height, from merges of any two members (rows) of the clusters that are joined.
pub fn dendrogram(rows: usize, mut edges: Vec<Edge>) -> Vec<Merge> {
    // Stable: merges of equal height stay in the order in which they were found.
    edges.sort_by(|a, b| a.weight.total_cmp(&b.weight));
    let mut union = Union::new(rows);
    let mut name: Vec<u32> = (0..rows as u32).collect();
    let mut size = vec![1_u32; rows];
    let mut merges: Vec<Merge> = Vec::with_capacity(edges.len());
    for edge in edges {
        let (a, b) = (union.find(edge.one), union.find(edge.other));
        if !union.join(a, b) {
            continue;
        }
        let get = |values: &[u32], at: u32| values.get(at as usize).copied().unwrap_or(0);
        let (first, second, sum) = (get(&name, a), get(&name, b), get(&size, a) + get(&size, b));
        let root = union.find(a) as usize;
        if let (Some(name), Some(size)) = (name.get_mut(root), size.get_mut(root)) {
            (*name, *size) = ((rows + merges.len()) as u32, sum);
        }
        merges.push(Merge { one: first.min(second), other: first.max(second), height: edge.weight, size: sum });
    }
    merges
}

/// The labels of `k` clusters: all merges but the last `k - 1` are done.
pub fn cut(rows: usize, merges: &[Merge], k: usize) -> Vec<i32> {
    cut_first(rows, merges, rows.saturating_sub(k))
}

/// The labels when only merges up to this height are done.
pub fn cut_at(rows: usize, merges: &[Merge], height: f64) -> Vec<i32> {
    cut_first(rows, merges, merges.iter().take_while(|merge| merge.height <= height).count())
}

fn cut_first(rows: usize, merges: &[Merge], count: usize) -> Vec<i32> {
    let done = merges.get(..count.min(merges.len())).unwrap_or_default();
    let mut top: Vec<u32> = (0..(rows + done.len()) as u32).collect();
    for (index, merge) in done.iter().enumerate().rev() {
        let above = top.get(rows + index).copied().unwrap_or(0);
        for child in [merge.one, merge.other] {
            if let Some(place) = top.get_mut(child as usize) {
                *place = above;
            }
        }
    }
    let mut labels: Vec<i32> = top.iter().take(rows).map(|name| *name as i32).collect();
    crate::numeric::by_first_appearance(&mut labels);
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_rows_by_hand() {
        let edges = vec![
            Edge { weight: 5.0, one: 0, other: 3 },
            Edge { weight: 1.0, one: 0, other: 1 },
            Edge { weight: 2.0, one: 2, other: 3 },
        ];
        let merges = dendrogram(4, edges);
        assert_eq!(merges[2], Merge { one: 4, other: 5, height: 5.0, size: 4 });
        assert_eq!(cut(4, &merges, 2), [0, 0, 1, 1]);
        assert_eq!(cut(4, &merges, 3), [0, 0, 1, 2]);
        assert_eq!((cut(4, &merges, 1), cut(4, &merges, 4)), (vec![0; 4], vec![0, 1, 2, 3]));
        assert_eq!(cut_at(4, &merges, 1.5), [0, 0, 1, 2]);
    }
}
