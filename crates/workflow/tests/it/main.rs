//! The use cases as stories, each told on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod automation;
mod certificates;
mod collecting;
mod concepts;
mod contributing;
mod demo;
mod dialogues;
mod freezing;
mod functions;
mod hostile;
mod imports;
mod labels;
mod map;
mod recordings;
mod series;
mod story;
mod support;
