//! The small mathematics below the coefficients: seeded randomness, quantiles, resampling.

pub mod beta;
pub mod bootstrap;
pub mod intervals;
pub mod random;
