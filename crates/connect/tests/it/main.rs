//! What leaves the process against sites on loopback that are polite, broken or hostile.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buckets;
mod databases;
mod hostile;
mod llm;
mod polite;
#[path = "../../../testkit/src/postgres.rs"]
#[allow(dead_code)]
mod postgres;
#[path = "../../../testkit/src/site.rs"]
#[allow(dead_code)]
mod site;
mod sources;
mod support;
