//! Pascal VOC (M. Everingham et al., 2010): an XML file a picture, with the boxes of objects and of their parts, their
//! actions, and lists of the pictures of each part of the dataset. VOC itself counts pixels from 1 and its corners lie
//! in the box (`classic`); most programs write corners from 0 with the end outside (`zero-based`). Without the option,
//! corners with a decimal point or a zero are taken as zero-based, all others as classic.

mod reading;
mod writing;

use crate::{
    carries::{Carries, ClassList, ClassText, Kind, Names, SplitNames},
    options::{FormatOption, Way},
    registry::Format,
    text::start_of,
};
use labelwright_core::GeometryKind;

pub const FORMAT: Format = Format {
    id: "voc",
    title: "Pascal VOC",
    carries: Carries {
        words: "images with boxes, their parts and actions",
        geometry: &[GeometryKind::Box],
        attributes: Names::Any,
        relations: Names::Only(&[(PART, Kind::Any)]),
        splits: true,
        split_names: SplitNames::Folder { none: "default", others: &["trainval"] },
        classes: ClassList::All,
        class_text: ClassText::Line,
        sizes: true,
        // A corner is the sum of two numbers.
        precision: 1e-9,
        ..Carries::IMAGES
    },
    options: &[FormatOption {
        key: "corners",
        help: "how corners count pixels: from 0 with the end outside, or from 1 with the end inside; `auto` reads by their look and writes from 0",
        values: &["auto", "zero-based", "classic"],
        way: Way::Both,
    }],
    sniff: |view| {
        let xml = view.list().into_iter().filter(|(name, _)| name.ends_with(".xml")).take(10);
        let fits = |name: &str| {
            let start = start_of(view, name, 2048);
            start.contains("<annotation") && !start.contains("<annotations") && !start.contains("<polygon>")
        };
        let all: Vec<bool> = xml.map(|(name, _)| fits(&name)).collect();
        if all.is_empty() || all.contains(&false) { 0.0 } else { 0.9 }
    },
    read: Some(reading::read),
    write: Some(writing::write),
    ..Format::NEW
};

/// The relation from a part to its object.
const PART: &str = "part";
