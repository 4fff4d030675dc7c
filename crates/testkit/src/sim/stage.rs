//! Where the actors meet: the store, the clock, the dice, the faults, the auditor.

use super::{Planted, Report, auditor::Auditor, model::Model, protocol::LabelStore};
use rand::{Rng, rngs::StdRng};
use std::{cell::RefCell, future::Future, pin::Pin, rc::Rc, task};

pub type Shared = Rc<RefCell<Stage>>;

/// Why a client does not know what became of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was done.
    Unavailable,
    /// It was done, and the answer got lost.
    TimedOut,
    /// The server was started anew in the middle.
    Crashed,
}

pub struct Stage {
    pub model: Model,
    pub auditor: Auditor,
    pub planted: Option<Planted>,
    pub now: i64,
    pub report: Report,
    dice: StdRng,
    boot: u64,
    touched: bool,
    /// What a crash leaves, where the planted bug keeps more than that in memory.
    durable: Model,
}

const START: i64 = 1_800_000_000_000_000;
const FAULT: f64 = 0.06;

impl Stage {
    pub fn new(model: Model, dice: StdRng, planted: Option<Planted>) -> Self {
        Self {
            durable: model.clone(),
            model,
            auditor: Auditor::default(),
            planted,
            now: START,
            report: Report::default(),
            dice,
            boot: 0,
            touched: true,
        }
    }

    pub fn roll(&mut self, sides: u32) -> u32 {
        self.dice.random_range(0..sides)
    }

    pub fn pass_time(&mut self, seconds: i64) {
        self.now += seconds * 1_000_000;
    }

    /// Everything that was under way ends; what is stored stays.
    pub fn crash(&mut self) {
        self.boot += 1;
        self.report.crashes += 1;
        if self.planted == Some(Planted::AcknowledgeBeforeDurable) {
            self.model = self.durable.clone();
            self.touched = true;
        }
    }

    /// Asks the invariants, if anything has happened since.
    pub fn look(&mut self, last: bool) {
        if !self.touched && !last {
            return;
        }
        self.touched = false;
        let whole = last || self.report.store_calls.is_multiple_of(16);
        match self.model.facts() {
            Ok(mut facts) => self.auditor.look(&mut facts, whole),
            Err(error) => self.auditor.violation = Some(error),
        }
    }

    pub fn violation(&self) -> Option<String> {
        self.auditor.violation.clone()
    }

    fn act<T>(&mut self, boot: u64, work: impl FnOnce(&mut Self) -> T) -> Result<T, Fault> {
        if self.boot != boot {
            return Err(Fault::Crashed);
        }
        if self.dice.random_bool(FAULT) {
            self.report.faults += 1;
            return Err(Fault::Unavailable);
        }
        self.report.store_calls += 1;
        self.touched = true;
        let done = work(self);
        if self.planted == Some(Planted::AcknowledgeBeforeDurable) && self.dice.random_bool(0.2) {
            self.durable = self.model.clone();
        }
        if self.dice.random_bool(FAULT) {
            self.report.faults += 1;
            return Err(Fault::TimedOut);
        }
        Ok(done)
    }
}

/// One call of the store. Whoever else has something to do may come before it.
pub async fn call<T>(stage: &Shared, work: impl FnOnce(&mut Stage) -> T) -> Result<T, Fault> {
    let boot = stage.borrow().boot;
    pause().await;
    stage.borrow_mut().act(boot, work)
}

/// Several calls that belong to one request: a crash between them ends it.
pub fn boot(stage: &Shared) -> u64 {
    stage.borrow().boot
}

/// Lets somebody else go first.
pub fn pause() -> impl Future<Output = ()> {
    struct Once(bool);
    impl Future for Once {
        type Output = ();
        fn poll(mut self: Pin<&mut Self>, _: &mut task::Context<'_>) -> task::Poll<()> {
            if std::mem::replace(&mut self.0, true) { task::Poll::Ready(()) } else { task::Poll::Pending }
        }
    }
    Once(false)
}
