//! What is stored, as plain facts: the same for the model, for SQLite and for PostgreSQL, so that one list of
//! invariants judges all of them.

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    pub tasks: Vec<TaskFacts>,
    pub receipts: Vec<Receipt>,
    pub imports: Vec<ImportFacts>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFacts {
    pub id: i64,
    /// Seats that are wanted now; None where nobody knows.
    pub overlap: Option<i64>,
    /// Most seats that may be started now: the overlap, or more where it was lowered over started work. Known only
    /// to an auditor who watched every step.
    pub allowance: Option<i64>,
    pub state: String,
    /// In the order of their slots.
    pub seats: Vec<SeatFacts>,
    /// People's answers, in the order of their ids.
    pub annotations: Vec<AnnotationFacts>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatState {
    Open,
    Leased,
    Submitted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatFacts {
    pub slot: i64,
    pub state: SeatState,
    pub labeler: Option<i64>,
    pub epoch: i64,
    /// Microseconds since the epoch.
    pub until: Option<i64>,
}

impl TaskFacts {
    /// Seats that somebody holds or has submitted.
    pub fn started(&self) -> i64 {
        self.seats.iter().filter(|seat| seat.state != SeatState::Open).count() as i64
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotationFacts {
    pub id: i64,
    pub labeler: i64,
    pub state: String,
    pub head: i64,
    pub revisions: Vec<RevisionFacts>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionFacts {
    pub number: i64,
    pub parent: Option<i64>,
    pub author: i64,
    pub schema_version: i64,
    pub took_ms: i64,
    pub at: i64,
    pub answer: String,
    pub key: Option<String>,
    pub previous_hash: String,
    pub hash: String,
}

/// What an idempotency key was answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub user: i64,
    pub key: String,
    pub annotation: i64,
    pub revision: i64,
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFacts {
    pub id: i64,
    pub sealed: bool,
    /// Items that the source holds; None where nobody knows.
    pub announced: Option<i64>,
    pub stored: i64,
}
