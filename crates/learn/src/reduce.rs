//! Fewer columns that keep what matters.

pub mod linear;
pub mod pca;
