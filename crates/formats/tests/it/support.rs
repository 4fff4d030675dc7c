//! Writing into memory and reading from it.

use labelwright_core::{LabelSchema, schema::ParentTier};
use labelwright_formats::{
    ExportItem, Format, Found, FoundSchema, Head, LossReport, MemorySink, MemoryView, Next, Options, Record,
    RecordError, Stop,
};
use std::collections::BTreeMap;

/// Everything that a reader said.
#[derive(Default, Debug)]
pub struct Reading {
    pub records: Vec<Record>,
    pub problems: Vec<RecordError>,
    pub schema: Option<FoundSchema>,
    /// Classes of all schemas that lie within others.
    pub parents: BTreeMap<String, ParentTier>,
    pub stopped: Option<RecordError>,
}

pub fn read(format: &Format, view: &MemoryView) -> Reading {
    let mut reading = Reading::default();
    let outcome = format.read.unwrap()(view, &Default::default(), &mut |found| {
        match found {
            Found::Record(record) => reading.records.push(*record),
            Found::Problem(error) => reading.problems.push(error),
            Found::Schema(schema) => {
                let tiers = schema.schema.classes.iter();
                reading.parents.extend(tiers.filter_map(|class| Some((class.id.clone(), class.parent.clone()?))));
                reading.schema = Some(*schema);
            }
        }
        Next::GoOn
    });
    if let Err(Stop::Unreadable(error)) = outcome {
        reading.stopped = Some(error);
    }
    reading
}

/// The header of a PNG of this size: all that anybody may look at.
pub fn picture([width, height]: [u32; 2]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0]);
    bytes
}

/// Writes items, with pictures of their sizes beside them.
pub fn write(format: &Format, schema: &LabelSchema, items: &[ExportItem]) -> (MemoryView, LossReport) {
    write_with(format, schema, items, &Options::default(), None)
}

pub fn write_with(
    format: &Format,
    schema: &LabelSchema,
    items: &[ExportItem],
    options: &Options,
    extras: Option<&labelwright_formats::Extras>,
) -> (MemoryView, LossReport) {
    let mut sink = MemorySink::default();
    let head = Head { extras, ..Head::new("project", schema, options) };
    let report = format.write_to(&head, &mut items.iter().cloned(), &mut sink).unwrap();
    let media = std::mem::take(&mut sink.media);
    let mut files = sink.into_files();
    for (name, source) in media {
        let companions = items.iter().flat_map(|item| &item.companions).map(|companion| &*companion.item);
        let mut all = items.iter().chain(companions);
        let item = all.find(|item| item.media.as_deref() == Some(&source)).unwrap();
        files.insert(name, picture(item.size.unwrap_or([1, 1])));
    }
    (MemoryView { files }, report)
}
