//! Encoders that tests write node by node: good ones by hand-computed vectors, broken ones by what is said of them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod detectors;
mod encoders;
mod refused;
mod written;
