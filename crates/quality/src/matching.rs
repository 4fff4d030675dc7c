//! Which region of one answer is which of another: an optimal one-to-one assignment by overlap, in two passes, regions
//! of the same class first, then what is left regardless of class (those pairs disagree about the class).

use crate::assignment;
use labelwright_core::{Region, geometry::Bounds};

#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Index into the first and the second list.
    pub first: usize,
    pub second: usize,
    /// Intersection over union.
    pub overlap: f64,
    pub same_class: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matching {
    /// In the order of the first list.
    pub pairs: Vec<Pair>,
    pub only_first: Vec<usize>,
    pub only_second: Vec<usize>,
}

/// Pairs regions that overlap by at least `threshold`.
pub fn match_regions(first: &[&Region], second: &[&Region], threshold: f64) -> Matching {
    let bounds = |regions: &[&Region]| regions.iter().map(|region| region.bounds()).collect::<Vec<_>>();
    let (first_bounds, second_bounds) = (bounds(first), bounds(second));
    let mut candidates = Vec::new();
    for (one, region) in first.iter().enumerate() {
        for (two, other) in second.iter().enumerate() {
            if region.target != other.target || apart(first_bounds[one], second_bounds[two]) {
                continue;
            }
            let overlap = region.geometry.iou(&other.geometry).unwrap_or(0.0);
            if overlap >= threshold && overlap > 0.0 {
                candidates.push(Pair { first: one, second: two, overlap, same_class: region.class == other.class });
            }
        }
    }
    let mut pairs = Vec::new();
    let (mut first_taken, mut second_taken) = (vec![false; first.len()], vec![false; second.len()]);
    for same_class in [true, false] {
        let open: Vec<&Pair> = candidates
            .iter()
            .filter(|pair| pair.same_class == same_class && !first_taken[pair.first] && !second_taken[pair.second])
            .collect();
        for pair in assign(&open) {
            first_taken[pair.first] = true;
            second_taken[pair.second] = true;
            pairs.push(pair);
        }
    }
    pairs.sort_by_key(|pair| pair.first);
    let left = |taken: &[bool]| (0..taken.len()).filter(|at| !taken[*at]).collect();
    Matching { pairs, only_first: left(&first_taken), only_second: left(&second_taken) }
}

fn apart(one: Option<Bounds>, other: Option<Bounds>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one.intersection(other).is_none())
}

/// The best assignment among candidate pairs. Candidates that share no region are independent, so that each group is
/// solved by itself: a picture with thousands of scattered boxes costs no more than its crowded corners.
fn assign(candidates: &[&Pair]) -> Vec<Pair> {
    let mut group: Vec<usize> = (0..candidates.len()).collect();
    fn root(group: &mut [usize], mut at: usize) -> usize {
        while group[at] != at {
            group[at] = group[group[at]];
            at = group[at];
        }
        at
    }
    let (mut by_first, mut by_second) = (std::collections::BTreeMap::new(), std::collections::BTreeMap::new());
    for (at, pair) in candidates.iter().enumerate() {
        for other in [*by_first.entry(pair.first).or_insert(at), *by_second.entry(pair.second).or_insert(at)] {
            let (one, two) = (root(&mut group, at), root(&mut group, other));
            group[one.max(two)] = one.min(two);
        }
    }
    let mut groups: std::collections::BTreeMap<usize, Vec<&Pair>> = std::collections::BTreeMap::new();
    for (at, pair) in candidates.iter().enumerate() {
        groups.entry(root(&mut group, at)).or_default().push(pair);
    }
    groups.into_values().flat_map(|members| solve(&members)).collect()
}

fn solve(members: &[&Pair]) -> Vec<Pair> {
    if let [only] = members {
        return vec![(*only).clone()];
    }
    let sorted = |key: fn(&Pair) -> usize| {
        let mut keys: Vec<usize> = members.iter().map(|pair| key(pair)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let (rows, columns) = (sorted(|pair| pair.first), sorted(|pair| pair.second));
    let find = |first: usize, second: usize| members.iter().find(|p| p.first == first && p.second == second);
    let value = |first, second| find(first, second).map_or(0.0, |pair| pair.overlap);
    let chosen: Vec<(usize, usize)> = if rows.len() <= columns.len() {
        let found = assignment::best(rows.len(), columns.len(), |row, column| value(rows[row], columns[column]));
        found.into_iter().enumerate().map(|(row, column)| (rows[row], columns[column])).collect()
    } else {
        let found = assignment::best(columns.len(), rows.len(), |row, column| value(rows[column], columns[row]));
        found.into_iter().enumerate().map(|(row, column)| (rows[column], columns[row])).collect()
    };
    chosen.into_iter().filter_map(|(first, second)| find(first, second).map(|pair| (*pair).clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use labelwright_core::{Geometry, Target, geometry::BoxShape};

    fn region(class: &str, x: f64) -> Region {
        Region {
            id: format!("{class}{x}"),
            target: Target::Item,
            geometry: Geometry::Box(BoxShape { x, y: 0.0, width: 10.0, height: 10.0 }),
            class: class.into(),
            attributes: Default::default(),
            score: None,
        }
    }

    #[test]
    fn the_whole_assignment_counts_and_not_the_best_single_pair() {
        // Greedy would take 0-0 (overlap 0.82) and leave 1 alone; the best assignment pairs both.
        let (a, b) = ([region("car", 0.0), region("car", -3.0)], [region("car", -1.0), region("car", 3.0)]);
        let matching = match_regions(&[&a[0], &a[1]], &[&b[0], &b[1]], 0.3);
        assert_eq!(matching.pairs.iter().map(|p| (p.first, p.second)).collect::<Vec<_>>(), [(0, 1), (1, 0)]);
    }

    #[test]
    fn the_same_class_goes_first() {
        let (a, b) = ([region("car", 0.0)], [region("truck", 0.0), region("car", 3.0)]);
        let matching = match_regions(&[&a[0]], &[&b[0], &b[1]], 0.3);
        assert_eq!((matching.pairs[0].second, matching.pairs[0].same_class), (1, true));
        assert_eq!(matching.only_second, [0]);
    }
}
