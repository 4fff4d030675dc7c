//! The numbers that say what labels are worth: matching of regions, agreement between labelers, consensus. Pure: it
//! sees answers, labelers as numbers, and schemas; it never knows people or storage. No result depends on the order
//! of its input.

pub mod alpha;
pub mod assignment;
pub mod consensus;
pub mod gold;
pub mod matching;
pub mod report;

use labelwright_core::Answer;

/// One labeler's answer to one item.
#[derive(Debug, Clone, Copy)]
pub struct Judgement<'a> {
    pub item: i64,
    pub labeler: i64,
    pub answer: &'a Answer,
}
