//! The one list of what must always hold of stored data. The simulator asks it after every step, the experiments
//! after every run; it knows facts and nothing of how they are stored.

use crate::facts::{Facts, SeatState, TaskFacts};
use labelwright_core::{SchemaVersionId, Timestamp, UserId};
use labelwright_store::submit::Link;
use std::collections::{BTreeMap, BTreeSet};

pub struct Invariant {
    pub name: &'static str,
    /// Cheap enough to be asked after every step of a simulation.
    pub cheap: bool,
    check: fn(&Facts, &mut Vec<String>),
}

/// Every invariant. A new one is one function and one line.
pub const INVARIANTS: &[Invariant] = &[
    Invariant { name: "one labeler, one seat a task", cheap: true, check: one_seat_each },
    Invariant { name: "a seat's state fits its columns", cheap: true, check: seats_are_whole },
    Invariant { name: "never more than overlap people hold or finish a task", cheap: true, check: within_allowance },
    Invariant { name: "no open seat beyond the overlap", cheap: true, check: no_open_surplus },
    Invariant {
        name: "a submitted seat has an answer and an answer has a submitted seat",
        cheap: true,
        check: answers,
    },
    Invariant { name: "revisions are numbered without gaps", cheap: true, check: numbering },
    Invariant { name: "the hash chain is intact", cheap: false, check: chain },
    Invariant { name: "one revision a key, and its receipt", cheap: false, check: receipts },
    Invariant { name: "a task counts as complete when all it wants is submitted", cheap: true, check: completeness },
    Invariant { name: "a sealed import is whole", cheap: true, check: imports },
];

/// A broken invariant and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub invariant: &'static str,
    pub place: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.invariant, self.place)
    }
}

/// Everything that is broken.
pub fn check(facts: &Facts) -> Vec<Violation> {
    violations(facts, |_| true)
}

/// The cheap half of [`check`].
pub fn check_cheap(facts: &Facts) -> Vec<Violation> {
    violations(facts, |invariant| invariant.cheap)
}

fn violations(facts: &Facts, wanted: impl Fn(&Invariant) -> bool) -> Vec<Violation> {
    let mut found = Vec::new();
    for invariant in INVARIANTS.iter().filter(|invariant| wanted(invariant)) {
        let mut places = Vec::new();
        (invariant.check)(facts, &mut places);
        found.extend(places.into_iter().map(|place| Violation { invariant: invariant.name, place }));
    }
    found
}

fn one_seat_each(facts: &Facts, found: &mut Vec<String>) {
    for task in &facts.tasks {
        let mut seen = BTreeSet::new();
        for labeler in task.seats.iter().filter_map(|seat| seat.labeler) {
            if !seen.insert(labeler) {
                found.push(format!("task {}: labeler {labeler} has two seats", task.id));
            }
        }
    }
}

fn seats_are_whole(facts: &Facts, found: &mut Vec<String>) {
    for task in &facts.tasks {
        for seat in &task.seats {
            let fits = match seat.state {
                SeatState::Open => seat.labeler.is_none() && seat.until.is_none(),
                SeatState::Leased => seat.labeler.is_some() && seat.until.is_some(),
                SeatState::Submitted => seat.labeler.is_some() && seat.until.is_none(),
            };
            if !fits {
                found.push(format!("task {} slot {}: {seat:?}", task.id, seat.slot));
            }
        }
    }
}

fn within_allowance(facts: &Facts, found: &mut Vec<String>) {
    for task in &facts.tasks {
        if task.allowance.is_some_and(|allowance| task.started() > allowance) {
            found.push(format!("task {}: {} started, {:?} allowed", task.id, task.started(), task.allowance));
        }
    }
}

/// Lowering the overlap keeps started work, but what is open must fit: an open seat beyond it would be given away.
fn no_open_surplus(facts: &Facts, found: &mut Vec<String>) {
    for task in &facts.tasks {
        let Some(overlap) = task.overlap else { continue };
        let open = task.seats.len() as i64 - task.started();
        if open > (overlap - task.started()).max(0) {
            found.push(format!("task {}: {open} open beside {} started of {overlap}", task.id, task.started()));
        }
        if (task.seats.len() as i64) < overlap {
            found.push(format!("task {}: {} seats of {overlap}", task.id, task.seats.len()));
        }
    }
}

fn answers(facts: &Facts, found: &mut Vec<String>) {
    for task in &facts.tasks {
        let submitted = task.seats.iter().filter(|seat| seat.state == SeatState::Submitted);
        let seated: BTreeSet<i64> = submitted.filter_map(|seat| seat.labeler).collect();
        let mut answered = BTreeSet::new();
        for annotation in &task.annotations {
            if !answered.insert(annotation.labeler) {
                found.push(format!("task {}: labeler {} has two annotations", task.id, annotation.labeler));
            }
        }
        for labeler in seated.symmetric_difference(&answered) {
            found.push(format!("task {}: labeler {labeler} has a seat or an answer, not both", task.id));
        }
    }
}

fn numbering(facts: &Facts, found: &mut Vec<String>) {
    for annotation in facts.tasks.iter().flat_map(|task| &task.annotations) {
        let numbers = annotation.revisions.iter().map(|revision| (revision.number, revision.parent));
        let expected = (1..=annotation.head).map(|number| (number, (number > 1).then_some(number - 1)));
        if !numbers.eq(expected) {
            found.push(format!("annotation {}: head {}", annotation.id, annotation.head));
        }
    }
}

fn chain(facts: &Facts, found: &mut Vec<String>) {
    for annotation in facts.tasks.iter().flat_map(|task| &task.annotations) {
        let mut previous = "";
        for revision in &annotation.revisions {
            let link = Link {
                number: revision.number,
                author: UserId(revision.author),
                schema_version: SchemaVersionId(revision.schema_version),
                took_ms: revision.took_ms,
                at: Timestamp(revision.at),
                answer: &revision.answer,
            };
            if revision.previous_hash != previous || link.hash(previous) != revision.hash {
                found.push(format!("annotation {} revision {}", annotation.id, revision.number));
            }
            previous = &revision.hash;
        }
    }
}

fn receipts(facts: &Facts, found: &mut Vec<String>) {
    type Stored<'a> = (i64, i64, &'a str);
    let mut by_key: BTreeMap<(i64, &str), Vec<Stored<'_>>> = BTreeMap::new();
    for annotation in facts.tasks.iter().flat_map(|task| &task.annotations) {
        for revision in &annotation.revisions {
            if let Some(key) = &revision.key {
                let place = (annotation.id, revision.number, revision.hash.as_str());
                by_key.entry((revision.author, key)).or_default().push(place);
            }
        }
    }
    for ((user, key), revisions) in &by_key {
        if revisions.len() > 1 {
            found.push(format!("user {user} key {key}: {} revisions", revisions.len()));
        }
    }
    for receipt in &facts.receipts {
        let stored = by_key.remove(&(receipt.user, receipt.key.as_str())).unwrap_or_default();
        if !stored.contains(&(receipt.annotation, receipt.revision, receipt.hash.as_str())) {
            found.push(format!("user {} key {}: the receipt tells of another revision", receipt.user, receipt.key));
        }
    }
    for (user, key) in by_key.keys() {
        found.push(format!("user {user} key {key}: a revision without a receipt"));
    }
}

/// Answers that a reviewer sent back, fixed or settled move a task's state by other rules.
fn completeness(facts: &Facts, found: &mut Vec<String>) {
    for task in &facts.tasks {
        let Some(overlap) = task.overlap else { continue };
        if task.annotations.iter().any(|annotation| annotation.state != "submitted") {
            continue;
        }
        if is_complete(task, overlap) != (task.state != "open") {
            found.push(format!("task {} is {:?} with {:?} of {overlap}", task.id, task.state, submitted(task)));
        }
    }
}

fn submitted(task: &TaskFacts) -> i64 {
    task.seats.iter().filter(|seat| seat.state == SeatState::Submitted).count() as i64
}

fn is_complete(task: &TaskFacts, overlap: i64) -> bool {
    submitted(task) >= overlap
}

fn imports(facts: &Facts, found: &mut Vec<String>) {
    for import in facts.imports.iter().filter(|import| import.sealed) {
        if import.announced.is_some_and(|announced| announced != import.stored) {
            found.push(format!("import {}: {} of {:?} items", import.id, import.stored, import.announced));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::SeatFacts;

    #[test]
    fn an_open_seat_beyond_a_lowered_overlap_is_found() {
        let seat = |slot, state, labeler| SeatFacts { slot, state, labeler, epoch: 1, until: labeler };
        let seats = vec![seat(0, SeatState::Leased, Some(1)), seat(1, SeatState::Open, None)];
        let task = TaskFacts { id: 7, overlap: Some(1), state: "open".into(), seats, ..TaskFacts::default() };
        let found = check(&Facts { tasks: vec![task], ..Facts::default() });
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].invariant, "no open seat beyond the overlap");
    }
}
