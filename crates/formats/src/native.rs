//! Our own JSON Lines: a first line with the schema, then one item a line with all its answers. Lossless both ways.

use crate::{
    jsonl::each_line,
    loss::LossReport,
    record::{Data, DirectoryView, ExportItem, Head, Mapping, Record, RecordError, Sink, Stop, give},
    registry::Format,
};
use labelwright_core::LabelSchema;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

pub const FORMAT: Format = Format {
    id: "native",
    title: "labelwright JSON Lines",
    carries: "everything: schema, items, metadata, all answers with their labelers",
    sniff: |view| f64::from(u8::from(view.list().iter().any(|(name, _)| has_header(view, name)))),
    read: Some(read),
    write: Some(write),
    extension: "jsonl",
};

const NAME: &str = "labelwright";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct HeaderLine {
    format: String,
    version: u32,
    project: String,
    schema: LabelSchema,
}

#[derive(Serialize, Deserialize)]
struct ItemLine {
    #[serde(flatten)]
    item: ExportItem,
    /// The file beside this one that holds the data, for what is not text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

fn has_header(view: &dyn DirectoryView, name: &str) -> bool {
    let mut start = [0; 40];
    let read = view.open(name).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
    name.ends_with(".jsonl") && String::from_utf8_lossy(&start[..read]).starts_with("{\"format\":\"labelwright\"")
}

fn read(view: &dyn DirectoryView, _: &Mapping, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for (name, _) in view.list().into_iter().filter(|(name, _)| has_header(view, name)) {
        let mut first = true;
        each_line(view, &name, |place, line| {
            if std::mem::take(&mut first) {
                let header: HeaderLine = line.and_then(|line| parse(&line, &place)).map_err(Stop::Unreadable)?;
                if header.version > VERSION {
                    let message = format!("version {} is newer than this program", header.version);
                    return Err(Stop::Unreadable(RecordError::new(place, "newer_version", message)));
                }
                return Ok(());
            }
            let record = line.and_then(|line| {
                let ItemLine { item, file } = parse(&line, &place)?;
                let data = match (item.text, file) {
                    (Some(text), _) => Data::Text(text),
                    (None, Some(file)) => Data::File(file),
                    (None, None) => {
                        return Err(RecordError::new(&place, "no_data", "the item has neither text nor file"));
                    }
                };
                Ok(Record { key: item.key, data, metadata: item.metadata, answers: item.answers, place })
            });
            give(sink, record)
        })?;
    }
    Ok(())
}

fn parse<T: serde::de::DeserializeOwned>(line: &str, place: &str) -> Result<T, RecordError> {
    serde_json::from_str(line).map_err(|error| RecordError::new(place, "malformed", error.to_string()))
}

fn write(head: &Head<'_>, items: &mut dyn Iterator<Item = ExportItem>, out: &mut dyn Write) -> io::Result<LossReport> {
    let header = HeaderLine {
        format: NAME.to_owned(),
        version: VERSION,
        project: head.project.to_owned(),
        schema: head.schema.clone(),
    };
    serde_json::to_writer(&mut *out, &header)?;
    out.write_all(b"\n")?;
    for item in items {
        let file = item.text.is_none().then(|| item.key.clone());
        serde_json::to_writer(&mut *out, &ItemLine { item, file })?;
        out.write_all(b"\n")?;
    }
    Ok(LossReport::default())
}
