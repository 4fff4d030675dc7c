//! The best assignment among candidate pairs. Candidates that share no region are independent, so that each group is
//! solved by itself: a picture with thousands of scattered boxes costs no more than its crowded corners.

use super::Candidate;
use crate::assignment;
use labelwright_core::Region;
use std::collections::BTreeMap;

pub(super) fn best(candidates: &[&Candidate], first: &[&Region], second: &[&Region]) -> Vec<Candidate> {
    let mut group: Vec<usize> = (0..candidates.len()).collect();
    let (mut by_first, mut by_second) = (BTreeMap::new(), BTreeMap::new());
    for (at, pair) in candidates.iter().enumerate() {
        for other in [*by_first.entry(pair.first).or_insert(at), *by_second.entry(pair.second).or_insert(at)] {
            let (one, two) = (root(&mut group, at), root(&mut group, other));
            group[one.max(two)] = one.min(two);
        }
    }
    let mut groups: BTreeMap<usize, Vec<&Candidate>> = BTreeMap::new();
    for (at, pair) in candidates.iter().enumerate() {
        groups.entry(root(&mut group, at)).or_default().push(pair);
    }
    groups.into_values().flat_map(|members| solve(&members, first, second)).collect()
}

fn root(group: &mut [usize], mut at: usize) -> usize {
    while group[at] != at {
        group[at] = group[group[at]];
        at = group[at];
    }
    at
}

/// Content that does not depend on list, place or id: by it equal sums are broken.
fn content(region: &Region) -> String {
    let geometry = serde_json::to_string(&region.geometry).unwrap_or_default();
    format!("{}\u{0}{geometry}", region.class)
}

fn solve(members: &[&Candidate], first: &[&Region], second: &[&Region]) -> Vec<Candidate> {
    if let [only] = members {
        return vec![(*only).clone()];
    }
    let side = |key: fn(&Candidate) -> usize, regions: &[&Region]| {
        let mut places: Vec<usize> = members.iter().map(|pair| key(pair)).collect();
        places.sort_unstable();
        places.dedup();
        let mut keyed: Vec<(String, usize)> =
            places.into_iter().filter_map(|at| Some((content(regions.get(at)?), at))).collect();
        keyed.sort();
        keyed
    };
    let (one, two) = (side(|pair| pair.first, first), side(|pair| pair.second, second));
    // The shorter side is the rows, of equal ones that with the smaller content: whichever list came first.
    let names = |side: &[(String, usize)]| side.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let turned = (one.len(), names(&one)) > (two.len(), names(&two));
    let (rows, columns) = if turned { (&two, &one) } else { (&one, &two) };
    let places = |side: &[(String, usize)]| -> BTreeMap<usize, usize> {
        side.iter().enumerate().map(|(place, (_, at))| (*at, place)).collect()
    };
    let (row_places, column_places) = (places(rows), places(columns));
    let mut table: Vec<Option<&Candidate>> = vec![None; rows.len() * columns.len()];
    for pair in members {
        let (row, column) = if turned { (pair.second, pair.first) } else { (pair.first, pair.second) };
        if let (Some(row), Some(column)) = (row_places.get(&row), column_places.get(&column)) {
            table[row * columns.len() + column] = Some(pair);
        }
    }
    // A forbidden pair is worth nothing, and is dropped when it was taken.
    let value = |row: usize, column: usize| table[row * columns.len() + column].map_or(0.0, |pair| pair.similarity);
    assignment::best(rows.len(), columns.len(), value)
        .into_iter()
        .enumerate()
        .filter_map(|(row, column)| table[row * columns.len() + column].cloned())
        .collect()
}
