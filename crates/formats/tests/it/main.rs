//! Formats at their seams.
#![allow(clippy::unwrap_used)]

mod class_numbers;
mod coco_lossless;
mod dataset_golden;
mod dialogues;
mod document_golden;
mod document_problems;
mod documents;
mod doubts;
mod facts_golden;
mod file_names;
mod formats;
mod generate;
mod golden;
mod hostile;
mod mask_golden;
mod migrations;
mod ocr_templates;
mod offsets;
mod parquet_cells;
mod parts;
mod people;
mod reader_golden;
mod records;
mod roboflow_golden;
mod rotation;
mod round_trips;
mod same;
mod support;
mod text_golden;
mod tiers;
mod tool_golden;
mod uima_golden;
mod video_golden;
mod volumes;
mod web_golden;
