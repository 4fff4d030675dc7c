//! Other names in the place of names: mention replacement (X. Dai and H. Adel, 2020), from the user's own lists.

use super::{Edit, TextItem};
use crate::Random;
use labelwright_core::Geometry;
use std::collections::BTreeMap;

/// Replaces this share of the mentions whose class has a list. A mention in several pieces, and one that overlaps another
/// span without lying in it, stays; spans around it grow or shrink with it. The same range under two classes is replaced
/// once, by the list of the first.
pub fn mentions(item: &mut TextItem, lists: &BTreeMap<String, Vec<String>>, rate: f64, random: &mut Random) -> usize {
    let mut found: Vec<(usize, usize, &str)> = Vec::new();
    for region in item.answers.iter().flat_map(|answer| &answer.regions) {
        if let Geometry::Span(span) = &region.geometry
            && let [[start, end]] = span.ranges.as_slice()
            && lists.contains_key(&region.class)
        {
            found.push((*start as usize, *end as usize, &region.class));
        }
    }
    // Of spans in each other the inner ones: they are known exactly, and the outer ones follow.
    found.sort_by_key(|(start, end, _)| (end - start, *start));
    let ranges = item.ranges();
    let mut edits: Vec<Edit> = Vec::new();
    for (start, end, class) in found {
        let apart = edits.iter().all(|edit| edit.end <= start || edit.start >= end);
        // A span that lies in the mention would lose its own text.
        let holds = ranges.iter().any(|[s, e]| *s < end && *e > start && (*s > start || *e < end));
        if !apart || holds || !random.chance(rate) {
            continue;
        }
        if let Some(other) = lists.get(class).and_then(|list| random.pick(list)) {
            edits.push(Edit::new(start, end, other.as_str()));
        }
    }
    edits.sort_by_key(|edit| edit.start);
    item.apply(edits)
}
