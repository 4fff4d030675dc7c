//! What changed between two windows of data: shares of categories, distributions of numbers, agreement of labelers.
//!
//! Every measure says its form, because the same name means several things elsewhere: chi-square as contingency test and
//! as goodness of fit, Jensen-Shannon as distance and divergence in base 2 and e, PSI with its bins and its floor.

pub mod agreement;
pub mod alerts;
pub mod change_points;
pub mod correction;
pub mod measures;
pub mod tests;
pub mod windows;

#[cfg(test)]
#[path = "drift/drift_tests.rs"]
mod drift_tests;
