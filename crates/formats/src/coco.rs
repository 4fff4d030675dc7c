//! COCO (T.-Y. Lin et al., 2014): boxes, polygons, masks and keypoints on images. COCO to COCO loses nothing: ids,
//! unknown keys and the form of every segmentation are kept. Without ids of their own, classes and images are numbered
//! from 1 in the order of the schema and of the items, so that the same labels always give the same file.

mod entries;
mod images;
mod index;
mod layout;
mod pieces;
mod quick;
mod reading;
mod results;
mod segmentation;
mod writing;

use crate::{
    carries::{Carries, ClassList, Names},
    names::last_part,
    options::{FormatOption, Way},
    record::DirectoryView,
    registry::Format,
    text::start_of,
};
use labelwright_core::GeometryKind;

pub(crate) use reading::read_file;
pub use results::RESULTS;
pub(crate) use segmentation::read as read_segmentation;
pub(crate) use writing::{Layout, write_files};

pub const FORMAT: Format = Format {
    id: "coco",
    title: "COCO",
    carries: Carries {
        words: "images with boxes, polygons, masks, keypoints",
        geometry: &[GeometryKind::Box, GeometryKind::Polygon, GeometryKind::Mask, GeometryKind::Keypoints],
        parts: true,
        attributes: Names::Any,
        scores: true,
        splits: true,
        classes: ClassList::All,
        skeletons: true,
        sizes: true,
        ..Carries::IMAGES
    },
    options: &[FormatOption {
        key: "box_segmentation",
        help: "what a box has as its segmentation: an empty list, or its four corners for programs that need one",
        values: &["empty", "corners"],
        way: Way::Write,
    }],
    sniff: |view| {
        let json = view.list().into_iter().filter(|(name, _)| name.ends_with(".json")).take(20);
        json.map(|(name, _)| looks_like(view, &name)).fold(0.0, f64::max)
    },
    read: Some(reading::read),
    write: Some(writing::write),
    extension: "json",
};

/// COCO files begin with one of their five keys.
fn looks_like(view: &dyn DirectoryView, name: &str) -> f64 {
    let start = start_of(view, name, 4096);
    let keys = ["\"images\"", "\"annotations\"", "\"categories\"", "\"info\"", "\"licenses\""];
    let found = keys.iter().filter(|key| start.contains(*key)).count();
    if !start.trim_start().starts_with('{') || found == 0 {
        return 0.0;
    }
    // A file may begin with thousands of images: what an entry says tells as much as the other keys. Surer than a folder
    // of images is of the images beside it.
    let entries = ["\"file_name\"", "\"image_id\"", "\"category_id\""].iter().any(|key| start.contains(key));
    let sure: f64 = 0.75 + 0.03 * found as f64 + if entries { 0.09 } else { 0.0 };
    // Its relatives have the same keys and more.
    sure.min(0.93)
}

/// The part of the dataset that a file describes: `annotations/instances_train2017.json`,
/// `train/_annotations.coco.json`.
fn split_of(name: &str) -> Option<String> {
    const TASKS: [&str; 6] = ["instances_", "person_keypoints_", "stuff_", "panoptic_", "image_info_", "annotations_"];
    let file = last_part(name);
    if file == "_annotations.coco.json" {
        return name.strip_suffix("/_annotations.coco.json").map(|folder| last_part(folder).to_owned());
    }
    let stem = file.strip_suffix(".json")?;
    TASKS
        .iter()
        .find_map(|task| stem.strip_prefix(task))
        .filter(|split| !["", "default"].contains(split))
        .map(str::to_owned)
}
