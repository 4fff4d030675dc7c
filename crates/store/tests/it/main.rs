//! One binary of stories that are told to both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod backups;
mod blobs;
mod bulk;
mod claims;
mod companions;
mod full;
mod repeats;
mod schema;
mod search;
mod statements;
mod support;
mod writing;
