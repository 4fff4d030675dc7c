//! Which region lies within which, on tiers that have a parent tier, and what breaks the constraint of its tier. Times
//! are ticks and compared exactly.

use crate::{
    Geometry, LabelSchema, Region,
    geometry::Interval,
    schema::{ParentTier, TierConstraint},
};
use std::collections::{BTreeMap, BTreeSet};

/// The regions of an answer as a tree. Both lists name regions by their places in the answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nesting {
    /// The parent of each region; None on tiers without a parent, and for what lies within no region of it.
    pub parents: Vec<Option<usize>>,
    /// In the order of the schema's classes, within a class in the order of time.
    pub violations: Vec<Violation>,
}

/// A region that does not keep the constraint of its tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub region: usize,
    /// `outside_parent`, `gap`, `overlap`, `other_times` or `second_child`.
    pub code: &'static str,
    pub message: String,
}

/// Start, end, place in the answer.
type Stretch = (i64, i64, usize);

/// Finds the parents of all regions in O(n log n). Of several regions of the parent tier that hold one, a divided one
/// is that in which it goes on where its neighbour ended, else it is the one that begins last.
pub fn nest(schema: &LabelSchema, regions: &[Region]) -> Nesting {
    let mut nesting = Nesting { parents: vec![None; regions.len()], violations: Vec::new() };
    if schema.classes.iter().all(|class| class.parent.is_none()) {
        return nesting;
    }
    let mut by_class: BTreeMap<&str, Vec<Stretch>> = BTreeMap::new();
    for (index, region) in regions.iter().enumerate() {
        if let Geometry::Interval(Interval { start, end }) = region.geometry {
            by_class.entry(&region.class).or_default().push((start, end, index));
        }
    }
    for class in &schema.classes {
        let (Some(tier), Some(children)) = (&class.parent, by_class.get(class.id.as_str())) else { continue };
        let mut children = children.clone();
        children.sort_unstable();
        let mut parents = by_class.get(tier.class.as_str()).cloned().unwrap_or_default();
        parents.sort_unstable_by_key(|&(start, end, index)| (start, std::cmp::Reverse(end), index));
        let mut room = Room { regions, tier, nesting: &mut nesting };
        match tier.constraint {
            TierConstraint::IncludedIn => room.included(&children, &parents),
            TierConstraint::TimeSubdivision => room.subdivided(&children, &parents),
            TierConstraint::SymbolicAssociation => room.associated(&children, &parents),
        }
    }
    nesting
}

/// One tier while its regions look for their parents.
struct Room<'a> {
    regions: &'a [Region],
    tier: &'a ParentTier,
    nesting: &'a mut Nesting,
}

impl Room<'_> {
    fn found(&mut self, child: usize, parent: usize) {
        if let Some(place) = self.nesting.parents.get_mut(child) {
            *place = Some(parent);
        }
    }

    fn broken(&mut self, region: usize, code: &'static str, message: impl FnOnce(&str, &str) -> String) {
        let id = self.regions.get(region).map_or("", |region| region.id.as_str());
        let message = message(id, &self.tier.class);
        self.nesting.violations.push(Violation { region, code, message });
    }

    fn outside(&mut self, (start, end, child): Stretch) {
        self.broken(child, "outside_parent", |id, class| {
            format!("region {id:?} ({start} to {end}) lies within no region of class {class}")
        });
    }

    fn included(&mut self, children: &[Stretch], parents: &[Stretch]) {
        let mut around = Around::new(parents);
        for child in children {
            match around.innermost(*child) {
                Some(parent) => self.found(child.2, parent),
                None => self.outside(*child),
            }
        }
    }

    fn subdivided(&mut self, children: &[Stretch], parents: &[Stretch]) {
        // Each parent by the tick at which its next child is to begin.
        let mut open: BTreeSet<Stretch> = parents.iter().copied().collect();
        let mut filled: BTreeMap<usize, (i64, i64, Option<usize>)> =
            parents.iter().map(|&(start, end, parent)| (parent, (start, end, None))).collect();
        let mut around = Around::new(parents);
        for &child in children {
            let (start, end, index) = child;
            let innermost = around.innermost(child);
            let fitting = open.range((start, end, 0)..).next().filter(|(next, ..)| *next == start).map(|one| one.2);
            let Some(parent) = fitting.or(innermost) else {
                self.outside(child);
                continue;
            };
            self.found(index, parent);
            let Some((next, parent_end, last)) = filled.get_mut(&parent) else { continue };
            let (before, parent_end) = (*next, *parent_end);
            (*next, *last) = (before.max(end), Some(index));
            open.remove(&(before, parent_end, parent));
            open.insert((before.max(end), parent_end, parent));
            if start != before {
                let code = if start > before { "gap" } else { "overlap" };
                self.broken(index, code, |id, class| {
                    format!(
                        "region {id:?} begins at {start}: what divides a region of class {class} goes on at {before}"
                    )
                });
            }
        }
        for (next, end, last) in filled.into_values() {
            if let Some(last) = last.filter(|_| next < end) {
                self.broken(last, "gap", |id, class| {
                    format!("region {id:?} ends at {next}: what divides a region of class {class} goes on to {end}")
                });
            }
        }
    }

    fn associated(&mut self, children: &[Stretch], parents: &[Stretch]) {
        // The first one lies on top.
        let mut free: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
        for (start, end, parent) in parents.iter().rev() {
            free.entry((*start, *end)).or_default().push(*parent);
        }
        for &(start, end, child) in children {
            match free.get_mut(&(start, end)).map(Vec::pop) {
                Some(Some(parent)) => self.found(child, parent),
                Some(None) => self.broken(child, "second_child", |id, class| {
                    format!("region {id:?} is the second one with the times of a region of class {class}")
                }),
                None => self.broken(child, "other_times", |id, class| {
                    format!("region {id:?} ({start} to {end}) has not the times of a region of class {class}")
                }),
            }
        }
    }
}

/// The parents around a place that goes on in time.
struct Around<'a> {
    /// In the order of their starts, the longer one first.
    parents: &'a [Stretch],
    /// Those that have begun, each shorter than the one before: one that ends no later than one that began after it
    /// holds nothing that the other does not.
    begun: Vec<Stretch>,
}

impl<'a> Around<'a> {
    fn new(parents: &'a [Stretch]) -> Self {
        Self { parents, begun: Vec::new() }
    }

    /// The one that begins last of those that hold the child; children come in the order of their starts.
    fn innermost(&mut self, (start, end, _): Stretch) -> Option<usize> {
        while let Some((next, rest)) = self.parents.split_first().filter(|(next, _)| next.0 <= start) {
            self.parents = rest;
            while self.begun.last().is_some_and(|last| last.1 <= next.1 && last.0 < next.0) {
                self.begun.pop();
            }
            self.begun.push(*next);
        }
        let holding = self.begun.partition_point(|parent| parent.1 >= end);
        holding.checked_sub(1).and_then(|at| self.begun.get(at)).map(|parent| parent.2)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Answer, Limits, MediaShape};

    fn schema(constraint: &str) -> LabelSchema {
        let document = format!(
            r##"{{"name": "n", "modality": "audio", "classes": [
                {{"id": "turn", "title": "T", "geometry": ["interval"], "color": "#000000"}},
                {{"id": "word", "title": "W", "geometry": ["interval"], "color": "#ff0000",
                  "parent": {{"class": "turn", "constraint": "{constraint}"}}}}]}}"##
        );
        LabelSchema::parse(&document).unwrap()
    }

    fn regions(all: &[(&str, i64, i64)]) -> Vec<Region> {
        let region = |(index, &(class, start, end)): (usize, &(&str, i64, i64))| {
            let json = serde_json::json!({"id": format!("r{index}"), "class": class,
                "geometry": {"type": "interval", "start": start, "end": end}});
            serde_json::from_value(json).unwrap()
        };
        all.iter().enumerate().map(region).collect()
    }

    /// The parents, and the codes of what is wrong by region.
    fn nested(constraint: &str, all: &[(&str, i64, i64)]) -> (Vec<Option<usize>>, Vec<(usize, &'static str)>) {
        let found = nest(&schema(constraint), &regions(all));
        (found.parents, found.violations.iter().map(|one| (one.region, one.code)).collect())
    }

    #[test]
    fn what_is_included_lies_in_the_innermost_and_may_leave_gaps() {
        let all = [("turn", 0, 100), ("turn", 50, 80), ("word", 10, 20), ("word", 50, 80), ("word", 60, 81)];
        assert_eq!(nested("included_in", &all), (vec![None, None, Some(0), Some(1), Some(0)], vec![]));
        let out = [("turn", 0, 100), ("word", 90, 101), ("word", 200, 201)];
        assert_eq!(nested("included_in", &out).1, [(1, "outside_parent"), (2, "outside_parent")]);
    }

    #[test]
    fn what_divides_fills_its_parent() {
        let good = [("turn", 0, 100), ("word", 40, 100), ("word", 0, 40), ("turn", 200, 300)];
        assert_eq!(nested("time_subdivision", &good), (vec![None, Some(0), Some(0), None], vec![]));
        let bad = [("turn", 0, 100), ("word", 10, 40), ("word", 30, 90)];
        assert_eq!(nested("time_subdivision", &bad).1, [(1, "gap"), (2, "overlap"), (2, "gap")]);
    }

    #[test]
    fn parts_of_turns_that_overlap_go_on_where_their_neighbours_ended() {
        let all =
            [("turn", 0, 10), ("turn", 5, 15), ("word", 0, 5), ("word", 5, 10), ("word", 5, 10), ("word", 10, 15)];
        let (parents, wrong) = nested("time_subdivision", &all);
        assert_eq!((&parents[2..], wrong), (&[Some(0), Some(0), Some(1), Some(1)][..], vec![]));
    }

    #[test]
    fn what_is_associated_has_the_times_of_its_parent_once() {
        let all = [("turn", 0, 10), ("turn", 0, 10), ("word", 0, 10), ("word", 0, 10), ("word", 0, 10), ("word", 0, 9)];
        let (parents, wrong) = nested("symbolic_association", &all);
        assert_eq!(parents[2..], [Some(0), Some(1), None, None]);
        assert_eq!(wrong, [(5, "other_times"), (4, "second_child")]);
    }

    #[test]
    fn an_answer_that_breaks_the_tree_is_refused_with_the_region() {
        let answer = Answer { regions: regions(&[("turn", 0, 10), ("word", 5, 11)]), ..Answer::default() };
        let shape = MediaShape::Other;
        let problems = answer.validate(&schema("included_in"), &shape, &Limits::DEFAULT).unwrap_err();
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!((problem.pointer.as_str(), problem.code.as_ref()), ("/regions/1/geometry", "outside_parent"));
        assert!(problem.message.contains("\"r1\""), "{}", problem.message);
    }

    #[derive(serde::Deserialize)]
    struct Case {
        what: String,
        constraint: String,
        parents: Vec<(String, i64, i64)>,
        children: Vec<(String, i64, i64, Option<String>)>,
    }

    /// The editor's tests read the same file.
    #[test]
    fn the_parents_are_those_that_the_editor_finds() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("../tests/tiers.json")).unwrap();
        for Case { what, constraint, parents, children } in cases {
            let all: Vec<(&str, i64, i64)> = parents
                .iter()
                .map(|(_, start, end)| ("turn", *start, *end))
                .chain(children.iter().map(|(_, start, end, _)| ("word", *start, *end)))
                .collect();
            let found = nest(&schema(&constraint), &regions(&all)).parents;
            let names: Vec<Option<&str>> =
                found[parents.len()..].iter().map(|parent| parent.map(|at| parents[at].0.as_str())).collect();
            let wanted: Vec<Option<&str>> = children.iter().map(|child| child.3.as_deref()).collect();
            assert_eq!(names, wanted, "{what}");
        }
    }

    #[test]
    fn very_many_regions_are_nested_in_no_time() {
        let count = 20_000_i64;
        let all: Vec<(&str, i64, i64)> = (0..count)
            .map(|at| if at < count / 2 { ("turn", at, count * 2 - at) } else { ("word", at, at + 1) })
            .collect();
        for constraint in ["included_in", "time_subdivision", "symbolic_association"] {
            let found = nest(&schema(constraint), &regions(&all));
            assert_eq!(found.parents.len(), all.len());
        }
    }
}
