//! What a store of labels can do, as the simulator needs it: one call is one transaction.

use crate::facts::Facts;
use labelwright_store::{seats::Lease, submit::Submitted};

/// One answer on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answering {
    pub task: i64,
    pub labeler: i64,
    pub epoch: i64,
    pub parent: Option<i64>,
    /// `good` or `bad`.
    pub mood: &'static str,
    pub key: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Stored(Submitted),
    KeyReused,
    LeaseLost,
    /// The head that is there.
    Stale(i64),
}

/// Times are microseconds since the epoch. Errors are texts: no caller can do anything about them but tell.
pub trait LabelStore {
    fn claim(&mut self, labeler: i64, count: u32, now: i64) -> Result<Vec<Lease>, String>;
    fn renew(&mut self, lease: &Lease, labeler: i64, until: i64) -> Result<bool, String>;
    fn release(&mut self, lease: &Lease, labeler: i64) -> Result<bool, String>;
    fn skip(&mut self, lease: &Lease, labeler: i64, now: i64) -> Result<bool, String>;
    fn submit(&mut self, answering: &Answering, now: i64) -> Result<Outcome, String>;
    fn set_overlap(&mut self, overlap: u32) -> Result<(), String>;
    fn facts(&mut self) -> Result<Facts, String>;
}
