//! Label Studio's JSON and JSON-MIN. A task has annotations (answers of people), drafts and predictions; each is a list
//! of result items, and items with the same id speak of the same region. Coordinates are percent of the picture, boxes
//! turn about their top left corner, text offsets count UTF-16 code units where nothing else is found (the `text` of the
//! items decides), brush strokes are packed RGBA. A labeling configuration beside the tasks is the schema.

mod config;
mod geometry;
mod items;
mod min;
mod names;
mod objects;
mod pages;
mod reading;
mod rle;
mod surfaces;
mod writing;

use crate::{
    carries::{Carries, ClassList, Names, Several},
    options::{FormatOption, Way},
    registry::Format,
    spans, text,
};
use labelwright_core::{GeometryKind, Modality};

const CARRIES: Carries = Carries {
    words: "schema; images, pictures of pages, texts, audio, video with regions of every kind, fields, relations; people's answers, drafts and predictions",
    modalities: &[Modality::Image, Modality::Text, Modality::Audio, Modality::Video, Modality::Document],
    geometry: &[
        GeometryKind::Box,
        GeometryKind::RotatedBox,
        GeometryKind::Ellipse,
        GeometryKind::Polygon,
        GeometryKind::Polyline,
        GeometryKind::Points,
        GeometryKind::Mask,
        GeometryKind::Span,
        GeometryKind::Interval,
        GeometryKind::Track,
    ],
    panes: true,
    attributes: Names::Any,
    fields: Names::Any,
    relations: Names::Any,
    several: Several::All,
    scores: true,
    metadata: true,
    classes: ClassList::All,
    ids: true,
    empty_items: true,
    precision: 1e-6,
    ..Carries::NOTHING
};

const OFFSETS: FormatOption = FormatOption {
    key: "offsets",
    help: "what text offsets count; `auto` reads what fits the quoted texts and writes UTF-16 code units",
    values: &["auto", "utf16", "unicode", "bytes"],
    way: Way::Both,
};

pub const JSON: Format = Format {
    id: "label-studio",
    title: "Label Studio JSON",
    carries: CARRIES,
    options: &[OFFSETS],
    sniff: |view| {
        let fits = |name: &String| {
            let start = text::start_of(view, name, 1 << 14);
            let item = start.contains("\"from_name\"") && start.contains("\"to_name\"");
            start.contains("\"data\"")
                && (item || start.contains("\"annotations\"") || start.contains("\"predictions\""))
                && !start.contains("\"images\"")
                && !start.contains("\"categories\"")
        };
        if spans::files(view, &[".json", ".jsonl"]).iter().take(3).any(fits) { 0.94 } else { 0.0 }
    },
    read: Some(reading::read),
    write: Some(writing::write),
    ..Format::NEW
};

pub const MIN: Format = Format {
    id: "label-studio-min",
    title: "Label Studio JSON-MIN",
    carries: Carries {
        words: "one answer a row: fields and regions without relations",
        attributes: Names::None,
        relations: Names::None,
        scores: false,
        metadata: false,
        ids: false,
        panes: false,
        classes: ClassList::Used,
        ..CARRIES
    },
    options: &[OFFSETS],
    sniff: |view| {
        let fits = |name: &String| {
            let start = text::start_of(view, name, 1 << 14);
            start.contains("\"annotation_id\"") && start.contains("\"annotator\"")
        };
        if spans::files(view, &[".json"]).iter().take(3).any(fits) { 0.93 } else { 0.0 }
    },
    read: Some(min::read),
    write: Some(min::write),
    extension: "json",
};
