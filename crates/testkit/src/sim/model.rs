//! The store as it is meant, in a few plain lists. Rows lie in the order in which they were made, as in the database,
//! so that model and database also agree where an order is not asked for.

use super::{
    Planted,
    protocol::{Answering, LabelStore, Outcome},
};
use crate::{
    facts::{AnnotationFacts, Facts, ImportFacts, Receipt, RevisionFacts, SeatFacts, SeatState, TaskFacts},
    world,
};
use labelwright_core::{AnnotationId, SchemaVersionId, TaskId, Timestamp, UserId};
use labelwright_store::{
    seats::{FRESH, Lease, SURPLUS, fresh_rank},
    submit::{Link, Submitted},
};
use std::collections::{BTreeMap, BTreeSet};

pub const LEASE_SECONDS: u32 = 60;
const WRAP_MICROSECONDS: i64 = 60_000_000;
const EXPIRE_BATCH: usize = 64;
/// The only schema version of a world.
const SCHEMA_VERSION: i64 = 1;

#[derive(Debug, Clone)]
struct Seat {
    task: i64,
    rank: i64,
    facts: SeatFacts,
}

#[derive(Debug, Clone)]
pub struct Model {
    overlap: i64,
    states: BTreeMap<i64, &'static str>,
    seats: Vec<Seat>,
    skips: BTreeSet<(i64, i64)>,
    cursors: BTreeMap<i64, [i64; 3]>,
    sequence: i64,
    annotations: Vec<(i64, AnnotationFacts)>,
    receipts: BTreeMap<(i64, String), (Answering, Submitted)>,
    pub(super) imports: Vec<ImportFacts>,
    canonical: BTreeMap<&'static str, String>,
    planted: Option<Planted>,
}

impl Model {
    /// Tasks are numbered from 1, labelers too.
    pub fn new(tasks: i64, overlap: u32, planted: Option<Planted>) -> Self {
        let seat = |task: i64, slot: i64| Seat {
            task,
            rank: fresh_rank(0, task),
            facts: SeatFacts { slot, state: SeatState::Open, labeler: None, epoch: 0, until: None },
        };
        let seats = (1..=tasks).flat_map(|task| (0..i64::from(overlap)).map(move |slot| seat(task, slot)));
        let text = |mood| world::answer(mood, "").map(|answer| answer.canonical_json()).unwrap_or_default();
        Self {
            overlap: i64::from(overlap),
            states: (1..=tasks).map(|task| (task, "open")).collect(),
            seats: seats.collect(),
            skips: BTreeSet::new(),
            cursors: BTreeMap::new(),
            sequence: 0,
            annotations: Vec::new(),
            receipts: BTreeMap::new(),
            imports: Vec::new(),
            canonical: ["good", "bad"].into_iter().map(|mood| (mood, text(mood))).collect(),
            planted,
        }
    }

    fn ranks(&mut self, count: i64) -> i64 {
        self.sequence += count;
        self.sequence - count + 1
    }

    fn position(&self, task: i64, slot: i64) -> Option<usize> {
        self.seats.iter().position(|seat| seat.task == task && seat.facts.slot == slot)
    }

    fn mine(&self, task: i64, labeler: i64) -> Option<usize> {
        self.seats.iter().position(|seat| seat.task == task && seat.facts.labeler == Some(labeler))
    }

    /// A seat that may be given to the labeler, first by rank between two ranks.
    fn next(&self, labeler: i64, above: i64, below: i64) -> Option<usize> {
        let fits = |seat: &&(usize, &Seat)| {
            let (_, seat) = *seat;
            seat.facts.state == SeatState::Open
                && (above + 1..below).contains(&seat.rank)
                && self.mine(seat.task, labeler).is_none()
                && !self.skips.contains(&(seat.task, labeler))
        };
        self.seats.iter().enumerate().filter(|pair| fits(&pair)).min_by_key(|(at, seat)| (seat.rank, *at)).map(|p| p.0)
    }

    fn take(&mut self, at: usize, labeler: i64, until: i64) -> Lease {
        let seat = &mut self.seats[at];
        seat.facts.state = SeatState::Leased;
        seat.facts.labeler = Some(labeler);
        seat.facts.epoch += 1;
        seat.facts.until = Some(until);
        Lease { task: TaskId(seat.task), slot: seat.facts.slot, epoch: seat.facts.epoch, until: Timestamp(until) }
    }

    fn expire(&mut self, now: i64) {
        let mut expired: Vec<(i64, i64, i64)> = Vec::new();
        for seat in &self.seats {
            if let (SeatState::Leased, Some(until)) = (seat.facts.state, seat.facts.until)
                && until <= now
            {
                expired.push((until, seat.task, seat.facts.slot));
            }
        }
        expired.sort_unstable();
        expired.truncate(EXPIRE_BATCH);
        let places: Vec<_> = expired.into_iter().map(|(_, task, slot)| (task, slot)).collect();
        let first = if places.is_empty() { 0 } else { self.ranks(places.len() as i64) };
        for (offset, (task, slot)) in places.into_iter().enumerate() {
            self.give_up(task, slot, first + offset as i64);
        }
    }

    fn give_up(&mut self, task: i64, slot: i64, rank: i64) {
        let marked = self.seats.iter().filter(|seat| seat.task == task && seat.rank == SURPLUS);
        let marked = marked.map(|seat| seat.facts.slot).min_by_key(|marked| (*marked != slot, *marked));
        let Some(at) = self.position(task, slot) else { return };
        if let (Some(marked), false) = (marked, self.planted == Some(Planted::ReopenAboveOverlap)) {
            if let Some(marked) = self.position(task, marked) {
                self.seats[marked].rank = 0;
            }
            self.seats.remove(at);
            return;
        }
        let seat = &mut self.seats[at];
        seat.facts =
            SeatFacts { slot, state: SeatState::Open, labeler: None, epoch: seat.facts.epoch + 1, until: None };
        seat.rank = rank;
    }

    /// Does this lease hold its seat?
    pub(super) fn holds(&self, task: i64, labeler: i64, epoch: i64) -> Option<usize> {
        let at = self.mine(task, labeler)?;
        let seat = &self.seats[at].facts;
        (seat.state == SeatState::Submitted || seat.epoch == epoch).then_some(at)
    }

    pub(super) fn slot_of(&self, task: i64, labeler: i64) -> Option<i64> {
        self.mine(task, labeler).map(|at| self.seats[at].facts.slot)
    }

    pub(super) fn has_answered(&self, answering: &Answering) -> bool {
        let mut annotations = self.annotations.iter();
        annotations.any(|(task, one)| *task == answering.task && one.labeler == answering.labeler)
    }

    /// Stores an answer; nothing is checked.
    pub(super) fn append(&mut self, answering: &Answering, now: i64) -> Submitted {
        let found =
            self.annotations.iter().position(|(task, one)| *task == answering.task && one.labeler == answering.labeler);
        let at = found.unwrap_or_else(|| {
            let id = self.annotations.len() as i64 + 1;
            let (labeler, state) = (answering.labeler, "submitted".to_owned());
            let new = AnnotationFacts { id, labeler, state, head: 0, revisions: Vec::new() };
            self.annotations.push((answering.task, new));
            self.annotations.len() - 1
        });
        let answer = self.canonical.get(answering.mood).cloned().unwrap_or_default();
        let annotation = &mut self.annotations[at].1;
        let previous_hash = annotation.revisions.last().map(|one| one.hash.clone()).unwrap_or_default();
        let (number, parent) = (annotation.head + 1, (annotation.head > 0).then_some(annotation.head));
        let link = Link {
            number,
            author: UserId(answering.labeler),
            schema_version: SchemaVersionId(SCHEMA_VERSION),
            took_ms: 1,
            at: Timestamp(now),
            answer: &answer,
        };
        let hash = link.hash(&previous_hash);
        annotation.head = number;
        annotation.revisions.push(RevisionFacts {
            number,
            parent,
            author: answering.labeler,
            schema_version: SCHEMA_VERSION,
            took_ms: 1,
            at: now,
            answer,
            key: Some(answering.key.clone()),
            previous_hash,
            hash: hash.clone(),
        });
        let annotation_id = AnnotationId(annotation.id);
        if let Some(seat) = self.mine(answering.task, answering.labeler) {
            self.seats[seat].facts.state = SeatState::Submitted;
            self.seats[seat].facts.until = None;
        }
        let task_state = self.settled(answering.task);
        self.states.insert(answering.task, task_state);
        let submitted = Submitted { annotation_id, revision: number, hash, task_state: task_state.to_owned() };
        if self.planted != Some(Planted::NoIdempotencyRow) {
            let place = (answering.labeler, answering.key.clone());
            self.receipts.insert(place, (answering.clone(), submitted.clone()));
        }
        submitted
    }

    fn settled(&self, task: i64) -> &'static str {
        let of_task = || self.seats.iter().filter(|seat| seat.task == task);
        let wanted = of_task().filter(|seat| seat.rank != SURPLUS).count();
        let submitted = of_task().filter(|seat| seat.facts.state == SeatState::Submitted).count();
        if submitted >= wanted { "labeled" } else { "open" }
    }

    /// A task with room for the labeler; somebody may take it before they sit down.
    pub(super) fn find_room(&self, labeler: i64) -> Option<i64> {
        self.states.keys().copied().find(|task| {
            let started = self.seats.iter().filter(|s| s.task == *task && s.facts.state != SeatState::Open).count();
            (started as i64) < self.overlap
                && self.mine(*task, labeler).is_none()
                && !self.skips.contains(&(*task, labeler))
        })
    }

    /// Sits down at a task, on a new seat when none is open.
    pub(super) fn sit_down(&mut self, task: i64, labeler: i64, until: i64) -> Lease {
        let open = self.seats.iter().position(|seat| seat.task == task && seat.facts.state == SeatState::Open);
        let at = open.unwrap_or_else(|| {
            let slot = self.seats.iter().filter(|seat| seat.task == task).count() as i64;
            let facts = SeatFacts { slot, state: SeatState::Open, labeler: None, epoch: 0, until: None };
            self.seats.push(Seat { task, rank: 0, facts });
            self.seats.len() - 1
        });
        self.take(at, labeler, until)
    }

    fn set_overlap_of(&mut self, task: i64, wanted: i64) {
        let slots = |model: &Self, fits: &dyn Fn(&Seat) -> bool| {
            let mut slots: Vec<i64> =
                model.seats.iter().filter(|seat| seat.task == task && fits(seat)).map(|seat| seat.facts.slot).collect();
            slots.sort_unstable_by(|a, b| b.cmp(a));
            slots
        };
        let all = slots(self, &|_| true);
        let marked = slots(self, &|seat| seat.rank == SURPLUS);
        if all.len() as i64 - marked.len() as i64 == wanted {
            return;
        }
        for seat in self.seats.iter_mut().filter(|seat| seat.task == task && seat.rank == SURPLUS) {
            seat.rank = 0;
        }
        let (seats, highest) = (all.len() as i64, all.first().copied().unwrap_or(-1));
        if seats < wanted {
            let rank = self.ranks(1);
            for offset in 0..wanted - seats {
                let slot = highest + 1 + offset;
                let facts = SeatFacts { slot, state: SeatState::Open, labeler: None, epoch: 0, until: None };
                self.seats.push(Seat { task, rank, facts });
            }
        }
        let mut surplus = (seats - wanted).max(0) as usize;
        for slot in slots(self, &|seat| seat.facts.state == SeatState::Open).into_iter().take(surplus) {
            self.seats.retain(|seat| seat.task != task || seat.facts.slot != slot);
            surplus -= 1;
        }
        for slot in slots(self, &|seat| seat.facts.state != SeatState::Open).into_iter().take(surplus) {
            if let Some(at) = self.position(task, slot) {
                self.seats[at].rank = SURPLUS;
            }
        }
    }
}

impl LabelStore for Model {
    fn claim(&mut self, labeler: i64, count: u32, now: i64) -> Result<Vec<Lease>, String> {
        self.expire(now);
        let [mut recycled, mut fresh, mut wrapped] = self.cursors.get(&labeler).copied().unwrap_or_default();
        let until = now + i64::from(LEASE_SECONDS) * 1_000_000;
        let mut leases = Vec::new();
        while leases.len() < count as usize {
            let next = self.next(labeler, recycled, FRESH);
            let next = next.or_else(|| self.next(labeler, fresh.max(FRESH - 1), i64::MAX));
            let Some(at) = next else {
                if leases.is_empty() && now - wrapped >= WRAP_MICROSECONDS && (recycled, fresh) != (0, 0) {
                    (recycled, fresh, wrapped) = (0, 0, now);
                    continue;
                }
                break;
            };
            let rank = self.seats[at].rank;
            *(if rank < FRESH { &mut recycled } else { &mut fresh }) = rank;
            leases.push(self.take(at, labeler, until));
        }
        self.cursors.insert(labeler, [recycled, fresh, wrapped]);
        Ok(leases)
    }

    fn renew(&mut self, lease: &Lease, labeler: i64, until: i64) -> Result<bool, String> {
        let at = if self.planted == Some(Planted::RenewAfterExpiry) {
            self.position(lease.task.0, lease.slot).filter(|at| self.seats[*at].facts.state != SeatState::Submitted)
        } else {
            let held = self.holds(lease.task.0, labeler, lease.epoch);
            held.filter(|at| self.seats[*at].facts.state == SeatState::Leased)
        };
        let Some(at) = at else { return Ok(false) };
        let seat = &mut self.seats[at].facts;
        (seat.state, seat.labeler, seat.until) = (SeatState::Leased, Some(labeler), Some(until));
        Ok(true)
    }

    fn release(&mut self, lease: &Lease, labeler: i64) -> Result<bool, String> {
        let rank = self.ranks(1);
        let held = self.holds(lease.task.0, labeler, lease.epoch);
        let Some(at) = held.filter(|at| self.seats[*at].facts.state == SeatState::Leased) else { return Ok(false) };
        let slot = self.seats[at].facts.slot;
        self.give_up(lease.task.0, slot, rank);
        Ok(true)
    }

    fn skip(&mut self, lease: &Lease, labeler: i64, _now: i64) -> Result<bool, String> {
        let released = self.release(lease, labeler)?;
        if released {
            self.skips.insert((lease.task.0, labeler));
        }
        Ok(released)
    }

    fn submit(&mut self, answering: &Answering, now: i64) -> Result<Outcome, String> {
        if let Some((before, submitted)) = self.receipts.get(&(answering.labeler, answering.key.clone())) {
            let same = (before.task, before.parent, before.mood) == (answering.task, answering.parent, answering.mood);
            return Ok(if same { Outcome::Stored(submitted.clone()) } else { Outcome::KeyReused });
        }
        if self.holds(answering.task, answering.labeler, answering.epoch).is_none() {
            return Ok(Outcome::LeaseLost);
        }
        let mut annotations = self.annotations.iter();
        let head = annotations.find(|(task, one)| *task == answering.task && one.labeler == answering.labeler);
        let head = head.map(|(_, one)| one.head);
        Ok(match (head, head == answering.parent) {
            (_, true) => Outcome::Stored(self.append(answering, now)),
            (Some(head), false) => Outcome::Stale(head),
            (None, false) => Outcome::LeaseLost,
        })
    }

    fn set_overlap(&mut self, overlap: u32) -> Result<(), String> {
        self.overlap = i64::from(overlap);
        for task in self.states.keys().copied().collect::<Vec<_>>() {
            self.set_overlap_of(task, i64::from(overlap));
            let state = self.settled(task);
            self.states.insert(task, state);
        }
        Ok(())
    }

    fn facts(&mut self) -> Result<Facts, String> {
        let mut tasks = Vec::new();
        for (id, state) in &self.states {
            let of_task = self.seats.iter().filter(|seat| seat.task == *id);
            let mut seats: Vec<SeatFacts> = of_task.map(|seat| seat.facts.clone()).collect();
            seats.sort_unstable_by_key(|seat| seat.slot);
            let annotations = self.annotations.iter().filter(|(task, _)| task == id).map(|(_, one)| one.clone());
            tasks.push(TaskFacts {
                id: *id,
                overlap: Some(self.overlap),
                allowance: None,
                state: (*state).to_owned(),
                seats,
                annotations: annotations.collect(),
            });
        }
        let receipt = |((user, key), (_, submitted)): (&(i64, String), &(Answering, Submitted))| Receipt {
            user: *user,
            key: key.clone(),
            annotation: submitted.annotation_id.0,
            revision: submitted.revision,
            hash: submitted.hash.clone(),
        };
        let receipts = self.receipts.iter().map(receipt).collect();
        Ok(Facts { tasks, receipts, imports: self.imports.clone() })
    }
}
