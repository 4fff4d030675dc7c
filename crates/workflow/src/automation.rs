//! Machines that learn while people label, and rules that people write for them. Enters: people's answers and numbers that
//! stand for items. Leaves: suggestions with scores, an order of tasks, maps, and machine labels that a certificate covers.
//!
//! Keeps: what a machine says is never mixed up with what a person said; nothing is computed inside a transaction, and
//! no labeler waits for it.

pub(crate) mod features;
pub mod functions;
pub(crate) mod known;
pub mod map;
pub mod slices;
