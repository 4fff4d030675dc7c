//! Our own JSON Lines: a first line with the schema, then one item a line with all its answers. Lossless both ways.

mod companions;

use crate::{
    carries::Carries,
    extras::Extras,
    jsonl::each_line,
    loss::Losses,
    media::is_image,
    names::MediaNames,
    record::{Data, DirectoryView, ExportItem, Record, RecordError, Settings, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::{ArchiveSink, MediaLater},
    text::start_of,
};
use labelwright_core::{LabelSchema, Modality};
use serde::{Deserialize, Serialize};
use std::io;

pub const FORMAT: Format = Format {
    id: "native",
    title: "labelwright JSON Lines",
    carries: Carries::EVERYTHING,
    sniff: |view| f64::from(u8::from(view.list().iter().any(|(name, _)| has_header(view, name)))),
    read: Some(read),
    write: Some(write),
    extension: "jsonl",
    ..Format::NEW
};

const NAME: &str = "labelwright";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct HeaderLine {
    format: String,
    version: u32,
    project: String,
    schema: LabelSchema,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extras: Option<Box<Extras>>,
}

#[derive(Serialize, Deserialize)]
struct ItemLine<C> {
    #[serde(flatten)]
    item: ExportItem,
    /// The file beside this one that holds the data, for what is not text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// In their short form; the item has none of its own then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    companions: Vec<C>,
}

fn has_header(view: &dyn DirectoryView, name: &str) -> bool {
    if !name.ends_with(".jsonl") {
        return false;
    }
    let start = start_of(view, name, HEADER_BYTES);
    let first = start.lines().next().unwrap_or_default();
    let plain: String = first.chars().filter(|c| !c.is_whitespace()).collect();
    plain.starts_with('{') && plain.contains("\"format\":\"labelwright\"")
}

/// The name of the format stands within these.
const HEADER_BYTES: usize = 1024;

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let names: Vec<String> =
        view.list().into_iter().map(|(name, _)| name).filter(|name| has_header(view, name)).collect();
    if names.is_empty() {
        let message = "no .jsonl file begins with the line that names the format and holds the schema";
        let file = view.list().into_iter().next().map_or_else(|| "labelwright.jsonl".to_owned(), |(name, _)| name);
        return Err(Stop::Unreadable(RecordError::new(file, "no_header", message)));
    }
    for name in names {
        let mut schema: Option<LabelSchema> = None;
        each_line(view, &name, |place, line| {
            let Some(schema) = &schema else {
                let header: HeaderLine = line.and_then(|line| parse(&line, &place)).map_err(Stop::Unreadable)?;
                if header.version > VERSION {
                    let message = format!("version {} is newer than this program", header.version);
                    return Err(Stop::Unreadable(RecordError::new(place, "newer_version", message)));
                }
                schema = Some(header.schema.clone());
                return give_schema(sink, header.schema, header.extras);
            };
            let record = line.and_then(|line| {
                let ItemLine { item, file, companions } = parse(&line, &place)?;
                let data = data(item.modality, item.text, file, view, &place)?;
                Ok(Record {
                    companions: companions::read(companions, schema, view, &place)?,
                    metadata: item.metadata,
                    answers: item.answers,
                    size: item.size,
                    split: item.split,
                    clock: item.clock,
                    // The words of a PDF are in it.
                    layer: item.layer.filter(|_| matches!(&data, Data::File(name) if is_image(name))),
                    volume: item.volume,
                    extras: item.extras,
                    ..Record::new(item.key, data, place)
                })
            });
            give(sink, record)
        })?;
    }
    Ok(())
}

fn data(
    modality: Modality,
    text: Option<String>,
    file: Option<String>,
    view: &dyn DirectoryView,
    place: &str,
) -> Result<Data, RecordError> {
    Ok(match (text, file) {
        (Some(text), _) if modality == Modality::Dialogue => Data::Conversation(crate::dialogue::normal(&text, place)?),
        (Some(text), _) if modality == Modality::Table => Data::Table(crate::records::normal(&text, place)?),
        (Some(text), _) => Data::Text(text),
        (None, Some(file)) if view.list_size(&file).is_none() => Data::Absent(file),
        (None, Some(file)) => Data::File(file),
        (None, None) => return Err(RecordError::new(place, "no_data", "there is neither text nor file")),
    })
}

/// The first line of a file that grows line by line.
///
/// # Errors
/// When the schema cannot be written.
pub fn header_line(project: &str, schema: &LabelSchema) -> io::Result<String> {
    let header = HeaderLine {
        format: NAME.to_owned(),
        version: VERSION,
        project: project.to_owned(),
        schema: schema.clone(),
        extras: None,
    };
    Ok(serde_json::to_string(&header)? + "\n")
}

/// The line of one item; `file` lies beside the file of lines, for what is not text, as do the media of its companions.
///
/// # Errors
/// When the item cannot be written.
pub fn item_line(mut item: ExportItem, file: Option<String>) -> io::Result<String> {
    let companions = companions::lines(std::mem::take(&mut item.companions));
    Ok(serde_json::to_string(&ItemLine { item, file, companions })? + "\n")
}

fn parse<T: serde::de::DeserializeOwned>(line: &str, place: &str) -> Result<T, RecordError> {
    serde_json::from_str(line).map_err(|error| RecordError::new(place, "malformed", error.to_string()))
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let header = HeaderLine {
        format: NAME.to_owned(),
        version: VERSION,
        project: job.head.project.to_owned(),
        schema: job.head.schema.clone(),
        extras: job.head.extras.cloned().map(Box::new),
    };
    out.begin("labelwright.jsonl")?;
    serde_json::to_writer(&mut *out, &header)?;
    out.write_all(b"\n")?;
    let (mut names, mut later) = (MediaNames::default(), MediaLater::default());
    for mut item in job.items {
        let file = match item.text {
            Some(_) => None,
            None => Some(file(&item, &mut names, &mut later, out)?),
        };
        let companions = std::mem::take(&mut item.companions);
        let companions = companions::written(companions, job.head.schema, &mut names, &mut later, out)?;
        serde_json::to_writer(&mut *out, &ItemLine { item, file, companions })?;
        out.write_all(b"\n")?;
    }
    later.write(out)
}

/// The name of the file that holds the item's data. The item keeps its key, whatever its file is called.
fn file(
    item: &ExportItem,
    names: &mut MediaNames,
    later: &mut MediaLater,
    out: &mut dyn ArchiveSink,
) -> io::Result<String> {
    let (name, new) = names.name(&item.key, item.media.as_deref(), &Losses::default());
    if let Some(source) = item.media.as_ref().filter(|_| new) {
        later.add(&name, source, out)?;
    }
    Ok(name.into_owned())
}
