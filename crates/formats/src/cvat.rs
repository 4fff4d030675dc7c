//! CVAT for images 1.1 and CVAT for video 1.1 (CVAT documentation, "XML annotation format"): one XML file with the
//! labels first. Angles are degrees clockwise about the centre; runs of a mask go row by row through its crop.

mod meta;
mod reading;
mod shapes;
mod video;
mod writing;

use crate::{
    carries::{Carries, ClassList, Kind, Names, SplitNames},
    record::DirectoryView,
    registry::Format,
    text::start_of,
};
use labelwright_core::{GeometryKind, Modality};

pub const IMAGES: Format = Format {
    id: "cvat",
    title: "CVAT for images 1.1",
    carries: Carries {
        words: "images with every kind of shape, attributes and tags",
        geometry: &[
            GeometryKind::Box,
            GeometryKind::RotatedBox,
            GeometryKind::Ellipse,
            GeometryKind::Polygon,
            GeometryKind::Polyline,
            GeometryKind::Points,
            GeometryKind::Keypoints,
            GeometryKind::Mask,
            GeometryKind::Cuboid,
        ],
        attributes: Names::Any,
        fields: Names::Only(&[(TAGS, Kind::List)]),
        splits: true,
        split_names: SplitNames::Any,
        classes: ClassList::All,
        skeletons: true,
        sizes: true,
        // Corners and centres are sums of two numbers.
        precision: 1e-6,
        ..Carries::IMAGES
    },
    sniff: |view| sniff(view, "<image"),
    read: Some(reading::read),
    write: Some(writing::write),
    ..Format::NEW
};

pub const VIDEO: Format = Format {
    id: "cvat-video",
    title: "CVAT for video 1.1",
    carries: Carries {
        words: "videos with tracks",
        modalities: &[Modality::Video],
        geometry: &[GeometryKind::Track],
        attributes: Names::Any,
        mutable: true,
        classes: ClassList::All,
        skeletons: true,
        sizes: true,
        precision: 1e-6,
        ..Carries::IMAGES
    },
    sniff: |view| sniff(view, "<track"),
    read: Some(video::read),
    write: Some(video::write),
    ..Format::NEW
};

/// The field with the labels of the whole picture.
const TAGS: &str = "tags";

fn sniff(view: &dyn DirectoryView, element: &str) -> f64 {
    let xml = view.list().into_iter().filter(|(name, _)| name.ends_with(".xml")).take(5);
    let sure = xml.map(|(name, _)| {
        let start = start_of(view, &name, 1 << 16);
        match (start.contains("<annotations"), start.contains(element)) {
            (true, true) => 0.95,
            (true, false) => 0.5,
            _ => 0.0,
        }
    });
    sure.fold(0.0, f64::max)
}
