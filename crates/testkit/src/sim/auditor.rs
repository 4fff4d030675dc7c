//! What the clients know, held against what is stored.

use super::protocol::{Answering, Outcome};
use crate::{facts::Facts, invariants};
use labelwright_store::{seats::Lease, submit::Submitted};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Auditor {
    /// Task to wanted seats and most seats that may be started.
    allowances: BTreeMap<i64, (i64, i64)>,
    /// Task and slot to who was told that it is theirs, and until when.
    holders: BTreeMap<(i64, i64), Vec<(i64, i64)>>,
    /// The outcome that first stored something under a key.
    first: BTreeMap<(i64, String), (Answering, Submitted)>,
    acknowledged: Vec<(i64, Submitted)>,
    pub violation: Option<String>,
}

impl Auditor {
    fn found(&mut self, text: String) {
        self.violation.get_or_insert(text);
    }

    /// A client was told that it has a seat.
    pub fn granted(&mut self, labeler: i64, lease: &Lease, until: i64, now: i64) {
        let holders = self.holders.entry((lease.task.0, lease.slot)).or_default();
        holders.retain(|(who, until)| *who != labeler && *until > now);
        let other = holders.first().copied();
        holders.push((labeler, until));
        if let Some((other, _)) = other {
            let (task, slot) = (lease.task, lease.slot);
            self.found(format!(
                "task {task} slot {slot}: labelers {other} and {labeler} were both told that it is theirs"
            ));
        }
    }

    /// A client does not count on a seat any more.
    pub fn let_go(&mut self, labeler: i64, task: i64) {
        for (place, holders) in &mut self.holders {
            if place.0 == task {
                holders.retain(|(who, _)| *who != labeler);
            }
        }
    }

    /// What the store did with an answer, whether or not the client will hear of it.
    pub fn answered(&mut self, answering: &Answering, outcome: &Outcome) {
        let place = (answering.labeler, answering.key.clone());
        let first = self.first.get(&place).cloned();
        match (first, outcome) {
            (None, Outcome::Stored(submitted)) => {
                self.first.insert(place, (answering.clone(), submitted.clone()));
            }
            (Some((before, first)), outcome) if before == *answering && *outcome != Outcome::Stored(first.clone()) => {
                let key = &answering.key;
                self.found(format!("key {key}: stored as {first:?}, sent again and answered {outcome:?}"));
            }
            _ => {}
        }
    }

    /// What the client has heard.
    pub fn acknowledged(&mut self, task: i64, submitted: &Submitted) {
        self.acknowledged.push((task, submitted.clone()));
    }

    /// Looks at everything; `whole` also at what costs more.
    pub fn look(&mut self, facts: &mut Facts, whole: bool) {
        for task in &mut facts.tasks {
            let (overlap, started) = (task.overlap.unwrap_or(0), task.started());
            let known = self.allowances.entry(task.id).or_insert((overlap, overlap));
            if known.0 != overlap {
                *known = (overlap, overlap.max(started));
            }
            task.allowance = Some(known.1);
            // What was given up above the overlap is not to be had again.
            known.1 = overlap.max(started.min(known.1));
        }
        let found = if whole { invariants::check(facts) } else { invariants::check_cheap(facts) };
        if let Some(first) = found.first() {
            self.found(first.to_string());
        }
        if whole {
            self.nothing_is_lost(facts);
        }
    }

    fn nothing_is_lost(&mut self, facts: &Facts) {
        let mut lost = None;
        for (id, submitted) in &self.acknowledged {
            let task = facts.tasks.iter().find(|task| task.id == *id);
            let mut annotations = task.into_iter().flat_map(|task| &task.annotations);
            let annotation = annotations.find(|one| one.id == submitted.annotation_id.0);
            let mut revisions = annotation.into_iter().flat_map(|one| &one.revisions);
            if !revisions.any(|one| one.number == submitted.revision && one.hash == submitted.hash) {
                lost = Some(format!("task {id}: acknowledged and not stored: {submitted:?}"));
            }
        }
        if let Some(lost) = lost {
            self.found(lost);
        }
    }
}
