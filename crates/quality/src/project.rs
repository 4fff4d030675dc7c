//! A project's labels as a whole: its answers read as votes, settled by a method a field, and what they say about
//! labelers, about likely mistakes and about change over time. The pages of the product are made of this.

pub mod board;
pub mod consensus;
pub mod drift;
pub mod labelers;
pub mod methods;
pub mod shapes;
pub mod suspects;
pub mod values;
pub mod votes;

use labelwright_core::Answer;

/// One answer with the moment and the time that it took.
#[derive(Debug, Clone, Copy)]
pub struct Timed<'a> {
    pub item: i64,
    /// People have numbers from 1, models and imports numbers below 0.
    pub labeler: i64,
    pub answer: &'a Answer,
    /// Microseconds since 1970.
    pub at: i64,
    pub took_ms: i64,
}

impl Timed<'_> {
    fn is_person(&self) -> bool {
        self.labeler > 0
    }
}
