//! Which rows a machine may label: only where a lower confidence bound, not a point estimate, meets the target.

pub mod bounds;
mod chain;
pub mod cut;
pub mod sequence;

pub use cut::{Certificate, Guess, certify};
