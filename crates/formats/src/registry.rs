//! The formats. A new one is one file and one line here; the import picker, the export picker and the documentation
//! table come from this list.

use crate::{
    LossReport, coco, conll, files, jsonl, native, parquet,
    record::{DirectoryView, ExportItem, Head, Mapping, Sink, Stop},
    tabular,
};
use std::io::{self, Write};

type Read = fn(&dyn DirectoryView, &Mapping, &mut Sink<'_>) -> Result<(), Stop>;
type WriteTo = fn(&Head<'_>, &mut dyn Iterator<Item = ExportItem>, &mut dyn Write) -> io::Result<LossReport>;

pub struct Format {
    pub id: &'static str,
    pub title: &'static str,
    /// What it can hold, in a few words.
    pub carries: &'static str,
    /// How sure it is that this is its data, 0 to 1.
    pub sniff: fn(&dyn DirectoryView) -> f64,
    pub read: Option<Read>,
    pub write: Option<WriteTo>,
    /// Ending of the exported file.
    pub extension: &'static str,
}

pub const FORMATS: &[Format] = &[
    native::FORMAT,
    coco::FORMAT,
    tabular::CSV,
    tabular::TSV,
    jsonl::FORMAT,
    parquet::FORMAT,
    conll::FORMAT,
    files::IMAGES,
    files::TEXTS,
    files::URLS,
];

pub fn format(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.id == id)
}

/// The format that is most sure of the data, with its confidence; None when nobody knows it.
pub fn detect(view: &dyn DirectoryView) -> Option<(&'static Format, f64)> {
    let mut best: Option<(&'static Format, f64)> = None;
    for format in FORMATS.iter().filter(|format| format.read.is_some()) {
        let confidence = (format.sniff)(view);
        if confidence > best.map_or(0.0, |(_, most)| most) {
            best = Some((format, confidence));
        }
    }
    best
}
