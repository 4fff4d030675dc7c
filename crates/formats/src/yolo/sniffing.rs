//! Which task a YOLO dataset is for. A box, a polygon and a pose have counts of numbers of their own, but a polygon of four
//! corners has as many as a rotated box: there `data.yaml` says which, or the look of the corners, with more doubt.

use super::{Task, data_yaml, reading};
use crate::{
    media::{self, MediaIndex},
    numbers,
    record::DirectoryView,
    shapes, text,
};

/// Label files that are looked into, and lines of each.
const FILES: usize = 50;
const LINES: usize = 20;

/// A yaml file with `names`, and label files whose lines have the right count of numbers for the task.
pub fn sniff(view: &dyn DirectoryView, task: Task) -> f64 {
    let files = view.list();
    let yaml = files.iter().map(|(name, _)| name).find(|name| name.ends_with(".yaml") || name.ends_with(".yml"));
    let Some(yaml) = yaml.and_then(|name| data_yaml::read(view, name).ok()).filter(|yaml| !yaml.names.is_empty())
    else {
        return 0.0;
    };
    let sure = |found: Task| if found == task { 0.95 } else { 0.3 };
    if yaml.keypoints.is_some() {
        return sure(Task::Pose);
    }
    let labels = files.iter().filter(|(name, bytes)| *bytes > 0 && name.ends_with(".txt") && name.contains("labels/"));
    let mut lines = Vec::new();
    for (name, _) in labels.take(FILES) {
        let start = text::start_of(view, name, 1 << 16);
        lines.extend(start.lines().take(LINES).map(|line| (name.as_str(), line.to_owned())));
    }
    let all = |fits: &dyn Fn(usize) -> bool| lines.iter().all(|(_, line)| fits(line.split_whitespace().count()));
    let (detect, rotated) = (all(&|count| count == 5 || count == 6), all(&|count| count == 9));
    match yaml.task {
        // Lines of four corners can be of both.
        Some(named @ (Task::Rotated | Task::Segment)) if rotated => sure(named),
        _ if detect => sure(Task::Detect),
        _ if rotated => corners(view, &lines, task),
        _ => sure(Task::Segment),
    }
}

/// Rotated boxes are rectangles in pixels, and some of them are turned; outlines of four corners seldom are.
fn corners(view: &dyn DirectoryView, lines: &[(&str, String)], task: Task) -> f64 {
    let images = MediaIndex::images(view);
    let (mut measured, mut rectangles, mut turned) = (0, 0, false);
    let mut size: Option<(&str, Option<[u32; 2]>)> = None;
    for (label, line) in lines {
        if size.is_none_or(|(known, _)| known != *label) {
            size = Some((label, reading::picture_of(&images, label).and_then(|path| media::image_size(view, path))));
        }
        let Some((_, Some([width, height]))) = size else { continue };
        let Some(flat) = numbers::parse_all(line.split_whitespace().skip(1)) else { continue };
        let sides = [f64::from(width), f64::from(height)];
        let points: Vec<_> = flat.chunks_exact(2).map(|pair| [pair[0] * sides[0], pair[1] * sides[1]]).collect();
        let Ok(ring) = <[_; 4]>::try_from(points) else { continue };
        measured += 1;
        if let Some(shape) = shapes::rectangle(ring, super::lines::tolerance(sides)) {
            rectangles += 1;
            turned |= (shape.angle / 90.0 - (shape.angle / 90.0).round()).abs() > 0.01;
        }
    }
    // For rotated boxes, and for polygons.
    let (rotated, polygons) = match (measured, rectangles) {
        // No picture tells the proportions.
        (0, _) => (0.55, 0.5),
        (all, some) if turned && all == some => (0.9, 0.4),
        // Boxes of older datasets are rectangles but for some pixels.
        (all, some) if turned && some * 5 >= all * 4 => (0.7, 0.5),
        (all, some) if all == some => (0.6, 0.5),
        _ => (0.5, 0.6),
    };
    match task {
        Task::Rotated => rotated,
        Task::Segment => polygons,
        Task::Detect | Task::Pose => 0.3,
    }
}
