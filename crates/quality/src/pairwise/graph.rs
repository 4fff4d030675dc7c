//! Who beat whom as a graph: L. Ford, "Solution of a ranking problem from binary comparisons" (1957): the maximum
//! likelihood exists and is unique if and only if every item can be reached from every other along wins.

use super::{Comparison, Outcome};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape {
    /// Groups of items that were never compared with one another.
    pub groups: usize,
    /// Wins connect all items both ways: the maximum likelihood exists.
    pub has_maximum: bool,
    /// Items that won every comparison they were in.
    pub always_won: Vec<u32>,
    pub never_won: Vec<u32>,
    /// Items in no comparison.
    pub absent: Vec<u32>,
}

/// A tie counts as half a win each way, so it connects both.
pub fn shape(items: usize, comparisons: &[Comparison]) -> Shape {
    let (mut wins, mut losses) = (vec![0_u32; items], vec![0_u32; items]);
    let mut edges: Vec<(u32, u32)> = Vec::with_capacity(comparisons.len());
    for one in comparisons {
        if one.outcome != Outcome::Right {
            edges.push((one.left, one.right));
        }
        if one.outcome != Outcome::Left {
            edges.push((one.right, one.left));
        }
    }
    edges.sort_unstable();
    edges.dedup();
    for (winner, loser) in &edges {
        wins[*winner as usize] += 1;
        losses[*loser as usize] += 1;
    }
    let mut turned: Vec<(u32, u32)> = edges.iter().map(|(a, b)| (*b, *a)).collect();
    turned.sort_unstable();
    let mut both = [edges.as_slice(), turned.as_slice()].concat();
    both.sort_unstable();
    let mut groups = 0;
    let mut seen = vec![false; items];
    for start in 0..items {
        if !seen[start] {
            groups += 1;
            walk(start, &both, &mut seen);
        }
    }
    let reaches_all = |edges: &[(u32, u32)]| {
        let mut seen = vec![false; items];
        if items > 0 {
            walk(0, edges, &mut seen);
        }
        seen.iter().all(|seen| *seen)
    };
    let which = |test: &dyn Fn(usize) -> bool| (0..items).filter(|item| test(*item)).map(|item| item as u32).collect();
    Shape {
        groups,
        has_maximum: reaches_all(&edges) && reaches_all(&turned),
        always_won: which(&|item| wins[item] > 0 && losses[item] == 0),
        never_won: which(&|item| wins[item] == 0 && losses[item] > 0),
        absent: which(&|item| wins[item] == 0 && losses[item] == 0),
    }
}

/// Marks what can be reached along sorted edges.
fn walk(start: usize, edges: &[(u32, u32)], seen: &mut [bool]) {
    let mut waiting = vec![start];
    seen[start] = true;
    while let Some(item) = waiting.pop() {
        let first = edges.partition_point(|(from, _)| (*from as usize) < item);
        for (_, to) in edges[first..].iter().take_while(|(from, _)| *from as usize == item) {
            if !seen[*to as usize] {
                seen[*to as usize] = true;
                waiting.push(*to as usize);
            }
        }
    }
}
