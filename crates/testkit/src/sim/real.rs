//! The real store behind the simulator's interface: each call is one transaction of the database.

use super::{
    model::LEASE_SECONDS,
    protocol::{Answering, LabelStore, Outcome},
};
use crate::{
    facts::Facts,
    stored,
    world::{self, World},
};
use labelwright_core::{TaskId, Timestamp, UserId, ValidAnswer};
use labelwright_store::{
    Store, StoreError,
    seats::{self, Lease},
    submit::{Submission, SubmitError, submit},
};
use tokio::runtime::Runtime;

/// People and tasks of the world are numbered by the database; the simulator counts from 1.
pub struct RealStore {
    runtime: Runtime,
    store: Store,
    world: World,
    overlap: i64,
    good: ValidAnswer,
    bad: ValidAnswer,
}

impl RealStore {
    /// None when the answers of the world are not valid.
    pub fn new(runtime: Runtime, store: Store, world: World, overlap: u32) -> Option<Self> {
        let (good, bad) = (world::answer("good", "")?, world::answer("bad", "")?);
        Some(Self { runtime, store, world, overlap: i64::from(overlap), good, bad })
    }

    fn user(&self, labeler: i64) -> UserId {
        self.world.labelers[labeler as usize - 1].user
    }

    fn labeler(&self, user: i64) -> i64 {
        let found = self.world.labelers.iter().position(|person| person.user.0 == user);
        found.map_or(-1, |at| at as i64 + 1)
    }
}

fn text(error: StoreError) -> String {
    error.to_string()
}

impl LabelStore for RealStore {
    fn claim(&mut self, labeler: i64, count: u32, now: i64) -> Result<Vec<Lease>, String> {
        let (project, user) = (self.world.project, self.user(labeler));
        let work = self.store.write::<_, StoreError, _>(move |tx| {
            Box::pin(seats::claim(tx, project, user, count, LEASE_SECONDS, Timestamp(now)))
        });
        self.runtime.block_on(work).map_err(text)
    }

    fn renew(&mut self, lease: &Lease, labeler: i64, until: i64) -> Result<bool, String> {
        let (user, task, epoch) = (self.user(labeler), lease.task, lease.epoch);
        let work = self
            .store
            .write::<_, StoreError, _>(move |tx| Box::pin(seats::renew(tx, task, user, epoch, Timestamp(until))));
        self.runtime.block_on(work).map_err(text)
    }

    fn release(&mut self, lease: &Lease, labeler: i64) -> Result<bool, String> {
        let (project, user, task, epoch) = (self.world.project, self.user(labeler), lease.task, lease.epoch);
        let work =
            self.store.write::<_, StoreError, _>(move |tx| Box::pin(seats::release(tx, project, task, user, epoch)));
        self.runtime.block_on(work).map_err(text)
    }

    fn skip(&mut self, lease: &Lease, labeler: i64, now: i64) -> Result<bool, String> {
        let (project, user, task, epoch) = (self.world.project, self.user(labeler), lease.task, lease.epoch);
        let work = self.store.write::<_, StoreError, _>(move |tx| {
            Box::pin(seats::skip(tx, project, task, user, epoch, "", Timestamp(now)))
        });
        self.runtime.block_on(work).map_err(text)
    }

    fn submit(&mut self, answering: &Answering, now: i64) -> Result<Outcome, String> {
        let valid = if answering.mood == "good" { self.good.clone() } else { self.bad.clone() };
        let (project, schema_version) = (self.world.project, self.world.schema_version);
        let (labeler, one) = (self.user(answering.labeler), answering.clone());
        let work = self.store.write(move |tx| {
            Box::pin(async move {
                let request = format!("{}\n{:?}\n{}", one.task, one.parent, valid.canonical_json());
                let new = Submission {
                    project,
                    task: TaskId(one.task),
                    labeler,
                    schema_version,
                    epoch: one.epoch,
                    parent: one.parent,
                    answer: &valid,
                    took_ms: 1,
                    idempotency_key: &one.key,
                    request_hash: &request,
                    complete_state: "labeled",
                };
                submit(tx, &new, Timestamp(now)).await
            })
        });
        match self.runtime.block_on(work) {
            Ok(submitted) => Ok(Outcome::Stored(submitted)),
            Err(SubmitError::KeyReused) => Ok(Outcome::KeyReused),
            Err(SubmitError::LeaseLost) => Ok(Outcome::LeaseLost),
            Err(SubmitError::StaleParent { revision, .. }) => Ok(Outcome::Stale(revision)),
            Err(other) => Err(other.to_string()),
        }
    }

    fn set_overlap(&mut self, overlap: u32) -> Result<(), String> {
        self.overlap = i64::from(overlap);
        self.runtime.block_on(world::set_overlap(&self.store, self.world.project, overlap)).map_err(text)
    }

    fn facts(&mut self) -> Result<Facts, String> {
        let work = stored::facts(&self.store, self.world.project, Some(self.overlap));
        let mut facts = self.runtime.block_on(work).map_err(text)?;
        for seat in facts.tasks.iter_mut().flat_map(|task| &mut task.seats) {
            seat.labeler = seat.labeler.map(|user| self.labeler(user));
        }
        for annotation in facts.tasks.iter_mut().flat_map(|task| &mut task.annotations) {
            annotation.labeler = self.labeler(annotation.labeler);
        }
        // The world's own import is no part of the story.
        facts.imports.clear();
        Ok(facts)
    }
}
