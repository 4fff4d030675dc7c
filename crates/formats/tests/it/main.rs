//! Formats at their seams.
#![allow(clippy::unwrap_used)]

mod class_numbers;
mod coco_lossless;
mod file_names;
mod formats;
mod generate;
mod golden;
mod hostile;
mod offsets;
mod people;
mod rotation;
mod round_trips;
mod same;
mod support;
mod text_golden;
mod tool_golden;
mod uima_golden;
