//! The numbers that say what labels are worth: matching of regions, agreement between labelers, consensus. Pure: it
//! sees answers, labelers as numbers, and schemas; it never knows people or storage. No result depends on the order
//! of its input.

pub mod aggregation;
pub mod agreement;
pub mod assignment;
pub mod consensus;
pub mod crowdlab;
pub mod drift;
pub mod evaluation;
pub mod gold;
pub mod issues;
pub mod labelers;
pub mod matching;
mod numeric;
pub mod pairwise;
pub mod profile;
pub mod project;
pub mod regions;
pub mod report;
pub mod statistics;
pub mod votes;

use labelwright_core::Answer;

/// One labeler's answer to one item.
#[derive(Debug, Clone, Copy)]
pub struct Judgement<'a> {
    pub item: i64,
    pub labeler: i64,
    pub answer: &'a Answer,
}
