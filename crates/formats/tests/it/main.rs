//! Formats at their seams.
#![allow(clippy::unwrap_used)]

mod formats;
mod generate;
mod golden;
mod hostile;
mod people;
mod round_trips;
mod same;
mod support;
mod text_golden;
mod tool_golden;
mod uima_golden;
mod web_golden;
