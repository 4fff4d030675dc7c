//! The use cases as stories, each told on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod again;
mod automation;
mod certificates;
mod collecting;
mod concepts;
mod contributing;
mod demo;
mod dialogues;
mod drawing;
mod freezing;
mod functions;
mod hostile;
mod imports;
mod keyed;
mod labels;
mod map;
mod recordings;
mod series;
mod story;
mod support;
mod videos;
