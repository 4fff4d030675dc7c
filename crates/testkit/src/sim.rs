//! A seeded simulator: labelers, a manager who changes the overlap and an importer act on a small store in memory, in
//! an order, with faults and at times that one number decides. After every step the invariants are asked, and the
//! clients' own memories are compared with what is stored. The same seed gives the same run.
//!
//! A simulator that finds nothing proves nothing: [`Planted`] lists bugs that it must find.

mod actors;
mod auditor;
mod model;
mod protocol;
mod real;
mod script;
mod stage;

pub use model::Model;
pub use protocol::{Answering, LabelStore, Outcome};
pub use real::RealStore;
pub use script::{Op, Player, script};

use rand::{Rng, SeedableRng, rngs::StdRng};
use stage::Stage;
use std::{cell::RefCell, future::Future, pin::Pin, rc::Rc, task};

/// Bugs to be planted. Each was, or could have been, real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// Looks whether a task has room, then sits down in a second step.
    CountThenClaim,
    /// Stores answers without remembering their idempotency keys.
    NoIdempotencyRow,
    /// A renewal brings a lease back that has run out, whoever has the seat now.
    RenewAfterExpiry,
    /// The importer counts a batch as stored before it knows, and seals.
    SealEarly,
    /// Says "stored" before what is stored would survive a crash.
    AcknowledgeBeforeDurable,
    /// A seat above a lowered overlap opens again when it is given up.
    ReopenAboveOverlap,
    /// Checks the lease, then stores the answer in a second step.
    CheckThenSubmit,
}

impl Planted {
    pub const ALL: [Self; 7] = [
        Self::CountThenClaim,
        Self::NoIdempotencyRow,
        Self::RenewAfterExpiry,
        Self::SealEarly,
        Self::AcknowledgeBeforeDurable,
        Self::ReopenAboveOverlap,
        Self::CheckThenSubmit,
    ];
}

/// What a run without a violation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    pub steps: u64,
    pub store_calls: u64,
    pub faults: u64,
    pub crashes: u64,
    pub submits: u64,
}

/// A violation, with all that is needed to see it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub seed: u64,
    pub step: u64,
    pub violation: String,
}

impl std::fmt::Display for Found {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "seed {} step {}: {}", self.seed, self.step, self.violation)
    }
}

const STEPS: u64 = 220;

/// One run.
///
/// # Errors
/// The first violation.
pub fn run(seed: u64, planted: Option<Planted>) -> Result<Report, Found> {
    let mut dice = StdRng::seed_from_u64(seed);
    let (labelers, tasks) = (dice.random_range(2..=5), dice.random_range(1..=4));
    let overlap = dice.random_range(1..=3);
    let model = Model::new(tasks, overlap, planted);
    let stage = Rc::new(RefCell::new(Stage::new(model, StdRng::seed_from_u64(dice.random()), planted)));
    let mut actors: Vec<Pin<Box<dyn Future<Output = ()>>>> = Vec::new();
    for labeler in 1..=labelers {
        actors.push(Box::pin(actors::labeler(Rc::clone(&stage), labeler)));
    }
    actors.push(Box::pin(actors::manager(Rc::clone(&stage))));
    actors.push(Box::pin(actors::importer(Rc::clone(&stage))));
    let mut context = task::Context::from_waker(task::Waker::noop());
    for step in 0..STEPS {
        let at = dice.random_range(0..actors.len());
        if actors[at].as_mut().poll(&mut context).is_ready() {
            drop(actors.swap_remove(at));
        }
        let mut stage = stage.borrow_mut();
        if dice.random_bool(0.3) {
            stage.pass_time(dice.random_range(1..30));
        }
        if dice.random_bool(0.01) {
            stage.crash();
        }
        stage.look(step + 1 == STEPS);
        if let Some(violation) = stage.violation() {
            return Err(Found { seed, step, violation });
        }
    }
    let stage = stage.borrow();
    Ok(Report { steps: STEPS, ..stage.report })
}
