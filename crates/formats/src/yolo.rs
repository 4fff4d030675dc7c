//! The YOLO family as Ultralytics has it: pictures in `images/<split>/`, for each a text file in `labels/<split>/` with
//! a line an object, and `data.yaml` with the classes in their order. Numbers are shares of the picture's width and
//! height; the size of a picture is read from its header and never guessed.

mod darknet;
mod data_yaml;
mod lines;
mod reading;
mod writing;

pub use darknet::DARKNET;
pub(crate) use reading::read_segments;
pub(crate) use writing::{label_lines, name_of, quoted, quoted_path};

use crate::{
    carries::{Carries, ClassList},
    record::DirectoryView,
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
    sniff: |view| sniff(view, Task::Detect),
    read: Some(|view, _, sink| reading::read(view, sink, Task::Detect)),
    write: Some(|job, out| writing::write(job, out, Task::Detect)),
    ..Format::NEW
};

pub const SEGMENT: Format = Format {
    id: "yolo-segment",
    title: "YOLO segment (Ultralytics)",
    carries: Carries { words: "images with polygons of one ring", geometry: &[GeometryKind::Polygon], ..BOXES },
    sniff: |view| sniff(view, Task::Segment),
    read: Some(|view, _, sink| reading::read(view, sink, Task::Segment)),
    write: Some(|job, out| writing::write(job, out, Task::Segment)),
    ..Format::NEW
};

pub const POSE: Format = Format {
    id: "yolo-pose",
    title: "YOLO pose (Ultralytics)",
    carries: Carries { words: "images with keypoints", geometry: &[GeometryKind::Keypoints], ..BOXES },
    sniff: |view| sniff(view, Task::Pose),
    read: Some(|view, _, sink| reading::read(view, sink, Task::Pose)),
    write: Some(|job, out| writing::write(job, out, Task::Pose)),
    ..Format::NEW
};

pub const ROTATED: Format = Format {
    id: "yolo-obb",
    title: "YOLO OBB (Ultralytics)",
    carries: Carries { words: "images with rotated boxes", geometry: &[GeometryKind::RotatedBox], ..BOXES },
    sniff: |view| sniff(view, Task::Rotated),
    read: Some(|view, _, sink| reading::read(view, sink, Task::Rotated)),
    write: Some(|job, out| writing::write(job, out, Task::Rotated)),
    ..Format::NEW
};

/// A yaml file with `names`, and label files whose lines have the right count of numbers for the task.
fn sniff(view: &dyn DirectoryView, task: Task) -> f64 {
    let files = view.list();
    let yaml = files.iter().map(|(name, _)| name).find(|name| name.ends_with(".yaml") || name.ends_with(".yml"));
    let Some(yaml) = yaml.and_then(|name| data_yaml::read(view, name).ok()).filter(|yaml| !yaml.names.is_empty())
    else {
        return 0.0;
    };
    let mut counts = Vec::new();
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".txt") && name.contains("labels/")).take(50) {
        if *bytes > 0 {
            let start = crate::text::start_of(view, name, 1 << 16);
            counts.extend(start.lines().take(20).map(|line| line.split_whitespace().count()));
        }
    }
    let all = |fits: &dyn Fn(usize) -> bool| counts.iter().all(|count| fits(*count));
    let found = match yaml.keypoints {
        Some(_) => Task::Pose,
        None if all(&|count| count == 5 || count == 6) => Task::Detect,
        None if all(&|count| count == 9) => Task::Rotated,
        None => Task::Segment,
    };
    if found == task { 0.95 } else { 0.3 }
}
