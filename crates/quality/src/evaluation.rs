//! How good predictions are against a truth: detection, segmentation, spans, classes, probabilities.

pub mod calibration;
pub mod coco;
pub mod confusion;
pub mod detection;
pub mod panoptic;
pub mod segmentation;
pub mod spans;
