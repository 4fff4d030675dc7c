//! Formats at their seams.
#![allow(clippy::unwrap_used)]

mod dataset_golden;
mod formats;
mod generate;
mod golden;
mod hostile;
mod migrations;
mod people;
mod reader_golden;
mod round_trips;
mod same;
mod support;
mod text_golden;
mod tool_golden;
mod uima_golden;
mod web_golden;
