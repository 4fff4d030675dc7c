//! Labelers as the data shows them: right on gold or not, guessing, copying, tiring.

pub mod collusion;
pub mod gold_scoring;
pub mod over_time;
pub mod qualification;
pub mod spam;
