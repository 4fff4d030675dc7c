//! The YOLO family as Ultralytics has it: pictures in `images/<split>/`, for each a text file in `labels/<split>/` with
//! a line an object, and `data.yaml` with the classes in their order. Numbers are shares of the picture's width and
//! height; the size of a picture is read from its header and never guessed.

mod darknet;
mod data_yaml;
mod lines;
mod reading;
mod sniffing;
mod writing;

pub use darknet::DARKNET;
pub(crate) use reading::read_segments;
pub(crate) use writing::{label_lines, name_of, quoted, quoted_path};

use crate::{
    carries::{Carries, ClassList},
    registry::Format,
};
use labelwright_core::GeometryKind;

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    Detect,
    Segment,
    Pose,
    Rotated,
}

impl Task {
    /// By Ultralytics' word.
    fn named(word: &str) -> Option<Self> {
        match word {
            "detect" => Some(Self::Detect),
            "segment" => Some(Self::Segment),
            "pose" => Some(Self::Pose),
            "obb" => Some(Self::Rotated),
            _ => None,
        }
    }
}

const BOXES: Carries = Carries {
    words: "images with boxes",
    geometry: &[GeometryKind::Box],
    splits: true,
    classes: ClassList::All,
    // A share of a side, back to pixels.
    precision: 1e-6,
    ..Carries::IMAGES
};

pub const DETECT: Format = Format {
    id: "yolo",
    title: "YOLO detect (Ultralytics)",
    carries: BOXES,
    sniff: |view| sniffing::sniff(view, Task::Detect),
    read: Some(|view, _, sink| reading::read(view, sink, Task::Detect)),
    write: Some(|job, out| writing::write(job, out, Task::Detect)),
    ..Format::NEW
};

pub const SEGMENT: Format = Format {
    id: "yolo-segment",
    title: "YOLO segment (Ultralytics)",
    carries: Carries { words: "images with polygons of one ring", geometry: &[GeometryKind::Polygon], ..BOXES },
    sniff: |view| sniffing::sniff(view, Task::Segment),
    read: Some(|view, _, sink| reading::read(view, sink, Task::Segment)),
    write: Some(|job, out| writing::write(job, out, Task::Segment)),
    ..Format::NEW
};

pub const POSE: Format = Format {
    id: "yolo-pose",
    title: "YOLO pose (Ultralytics)",
    carries: Carries { words: "images with keypoints", geometry: &[GeometryKind::Keypoints], ..BOXES },
    sniff: |view| sniffing::sniff(view, Task::Pose),
    read: Some(|view, _, sink| reading::read(view, sink, Task::Pose)),
    write: Some(|job, out| writing::write(job, out, Task::Pose)),
    ..Format::NEW
};

pub const ROTATED: Format = Format {
    id: "yolo-obb",
    title: "YOLO OBB (Ultralytics)",
    carries: Carries { words: "images with rotated boxes", geometry: &[GeometryKind::RotatedBox], ..BOXES },
    sniff: |view| sniffing::sniff(view, Task::Rotated),
    read: Some(|view, _, sink| reading::read(view, sink, Task::Rotated)),
    write: Some(|job, out| writing::write(job, out, Task::Rotated)),
    ..Format::NEW
};
