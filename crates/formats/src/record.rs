//! What readers make and writers take.

use crate::{
    companion::{Companion, CompanionItem},
    extras::Extras,
    options::Options,
};
use labelwright_core::{Answer, LabelSchema, Modality, Moment, Timestamp, document::TextLayer, volume::Grid};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io::{self, Read, Seek},
};

/// One piece of raw data on its way in.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What the data calls it: unique in its dataset.
    pub key: String,
    pub data: Data,
    /// Data of further panes, at most one a pane, in the order of the schema's panes where it is known.
    pub companions: Vec<Companion>,
    pub metadata: BTreeMap<String, serde_json::Value>,
    /// Answers that came with it.
    pub answers: Vec<SourcedAnswer>,
    /// Where it was: file and line or entry.
    pub place: String,
    /// Pixels of the upright picture, where the format says them.
    pub size: Option<[u32; 2]>,
    /// Name of its part of the dataset (`train`, `val`, ...).
    pub split: Option<String>,
    pub clock: Option<Clock>,
    /// The words of the page that a picture shows, where the format holds them.
    pub layer: Option<Box<TextLayer>>,
    /// Where the voxels of a volume lie, where the format says it.
    pub volume: Option<Box<Grid>>,
    /// What only its own format can say.
    pub extras: Option<Box<Extras>>,
}

impl Record {
    /// A record of which only the data is known.
    pub fn new(key: impl Into<String>, data: Data, place: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            data,
            companions: Vec::new(),
            metadata: BTreeMap::new(),
            answers: Vec::new(),
            place: place.into(),
            size: None,
            split: None,
            clock: None,
            layer: None,
            volume: None,
            extras: None,
        }
    }

    /// With an answer whose author the data does not name; an empty answer says nothing and is left out.
    pub fn answered(mut self, answer: Answer) -> Self {
        if !answer.is_empty() {
            self.answers.push(SourcedAnswer::new("import", answer));
        }
        self
    }
}

/// How a sound, a video or a series counts time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    pub ticks_per_second: u32,
    /// Length of the item; None when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticks: Option<i64>,
    /// When tick 0 is, as the data of a series write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Moment>,
}

impl Clock {
    pub fn new(ticks_per_second: u32) -> Self {
        Self { ticks_per_second, ticks: None, first: None }
    }
}

/// How many frames a video has, and how many a second in the mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Frames {
    pub count: u32,
    pub per_second: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    Text(String),
    /// A conversation, as [`labelwright_core::dialogue::Conversation::canonical_json`] writes it.
    Conversation(String),
    /// One record or several, as [`labelwright_core::table::Table::canonical_json`] writes them.
    Table(String),
    /// A file of the directory view.
    File(String),
    /// Files of the directory view that are one item: the slices of a volume.
    Files(Vec<String>),
    /// Pictures of the directory view that are the frames of one video, in their order.
    Frames {
        files: Vec<String>,
        per_second: f64,
    },
    /// A file that the labels speak of and that is not there.
    Absent(String),
    /// An address to fetch.
    Url(String),
}

/// Who is said to have given an answer, and the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourcedAnswer {
    pub source: String,
    pub answer: Answer,
    /// Which of its author's answers to the item it is, from 1, where the source knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Timestamp>,
}

impl SourcedAnswer {
    /// An answer of which nobody knows when it was given.
    pub fn new(source: impl Into<String>, answer: Answer) -> Self {
        Self { source: source.into(), answer, revision: None, submitted_at: None }
    }
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordError {
    /// File and line, or entry.
    pub place: String,
    pub code: &'static str,
    pub message: String,
}

impl RecordError {
    pub fn new(place: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { place: short(place.into()), code, message: short(message.into()) }
    }
}

/// Data that is quoted may be very long.
fn short(mut text: String) -> String {
    const BYTES_MAXIMUM: usize = 1000;
    if text.len() > BYTES_MAXIMUM {
        let end = (0..=BYTES_MAXIMUM).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Class id to its place in the schema. Asked for each region, so with a hash that is quick for short names (seeded anew
/// in each process).
pub(crate) type ClassIndices<'a> = std::collections::HashMap<&'a str, usize, foldhash::fast::RandomState>;

/// Says whether the reader is to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    GoOn,
    Stop,
}

/// What a reader comes upon.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The classes and fields that the data declares, in its order. It may come before, between or after records, and
    /// more than once; what comes last is right.
    Schema(Box<FoundSchema>),
    Record(Box<Record>),
    Problem(RecordError),
}

/// A label schema as the data has it: ids are the data's own names, whatever characters they have.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundSchema {
    pub schema: LabelSchema,
    /// Keyed by class id.
    pub extras: Option<Box<Extras>>,
    /// Nothing that comes later adds to it.
    pub complete: bool,
}

/// Takes what is found, good and bad, in the order of the data.
pub type Sink<'a> = dyn FnMut(Found) -> Next + 'a;

/// Why reading ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The sink asked for it.
    #[error("stopped")]
    Asked,
    /// The data as a whole cannot be read.
    #[error("{}: {}", .0.place, .0.message)]
    Unreadable(RecordError),
}

pub(crate) fn give(sink: &mut Sink<'_>, record: Result<Record, RecordError>) -> Result<(), Stop> {
    give_found(
        sink,
        match record {
            Ok(record) => Found::Record(Box::new(record)),
            Err(error) => Found::Problem(error),
        },
    )
}

/// A schema to which nothing will be added.
pub(crate) fn give_schema(sink: &mut Sink<'_>, schema: LabelSchema, extras: Option<Box<Extras>>) -> Result<(), Stop> {
    give_found(sink, Found::Schema(Box::new(FoundSchema { schema, extras, complete: true })))
}

/// A schema of one of several files.
pub(crate) fn give_part_of_schema(
    sink: &mut Sink<'_>,
    schema: LabelSchema,
    extras: Option<Box<Extras>>,
    complete: bool,
) -> Result<(), Stop> {
    give_found(sink, Found::Schema(Box::new(FoundSchema { schema, extras, complete })))
}

fn give_found(sink: &mut Sink<'_>, found: Found) -> Result<(), Stop> {
    match sink(found) {
        Next::GoOn => Ok(()),
        Next::Stop => Err(Stop::Asked),
    }
}

/// Which column or key of tabular data is what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Column with the key; without it rows are numbered.
    pub key: Option<String>,
    /// Column with the text, an address, or the name of a file beside the table.
    pub content: Option<String>,
    /// Columns kept as metadata; None keeps all others.
    pub metadata: Option<Vec<String>>,
    /// Field id to the column that holds its value already.
    pub labels: BTreeMap<String, String>,
    /// Pane id to the column with its data: a text, an address, or the name of a file beside the table.
    pub panes: BTreeMap<String, String>,
}

/// What a reader is told beside the data.
#[derive(Debug, Clone)]
pub struct Settings {
    pub mapping: Mapping,
    pub options: Options,
    /// Is the form of what is read wanted too ([`crate::Part::form`])? Only writers of the same format need it.
    pub form: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { mapping: Mapping::default(), options: Options::default(), form: true }
    }
}

impl From<Mapping> for Settings {
    fn from(mapping: Mapping) -> Self {
        Self { mapping, options: Options::default(), form: false }
    }
}

/// A folder, an archive, or anything else with named files.
pub trait DirectoryView {
    /// Names with `/` between folders, sorted, and sizes in bytes.
    fn list(&self) -> Vec<(String, u64)>;

    /// Bytes of one file; None when there is no such file.
    fn list_size(&self, name: &str) -> Option<u64>;

    /// # Errors
    /// When there is no such file or it cannot be read.
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>>;

    /// The file for reading at any place.
    ///
    /// # Errors
    /// When there is no such file or it cannot be read.
    fn open_random(&self, name: &str) -> io::Result<Box<dyn ReadSeek>>;
}

/// A file that is read at many places.
pub trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// One item with an answer on its way out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportItem {
    pub key: String,
    pub modality: Modality,
    /// SHA-256 of the data.
    pub hash: String,
    /// Pixels, for images, videos and the slices of volumes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<[u32; 2]>,
    /// The text itself, for texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Data of further panes, in the order of the schema's panes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<CompanionItem>,
    #[serde(default)]
    pub metadata: BTreeMap<String, serde_json::Value>,
    /// Labeler (or `consensus`) and answer, sorted by labeler.
    pub answers: Vec<SourcedAnswer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// The pages and words of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<Box<TextLayer>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<Box<Grid>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<Frames>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extras: Option<Box<Extras>>,
    /// Where the sink finds the data; None when it has none to give.
    #[serde(skip)]
    pub media: Option<String>,
}

impl ExportItem {
    pub fn new(key: impl Into<String>, modality: Modality) -> Self {
        Self {
            key: key.into(),
            modality,
            hash: String::new(),
            size: None,
            text: None,
            companions: Vec::new(),
            metadata: BTreeMap::new(),
            answers: Vec::new(),
            split: None,
            clock: None,
            layer: None,
            volume: None,
            frames: None,
            extras: None,
            media: None,
        }
    }

    /// The regions of all its answers.
    pub fn regions(&self) -> impl Iterator<Item = &labelwright_core::Region> {
        self.answers.iter().flat_map(|answer| &answer.answer.regions)
    }

    /// The first value of a field.
    pub fn field(&self, id: &str) -> Option<&labelwright_core::Value> {
        self.answers.iter().find_map(|answer| answer.answer.fields.get(id))
    }
}

/// What a writer needs beside the items.
pub struct Head<'a> {
    pub project: &'a str,
    pub schema: &'a LabelSchema,
    /// What only one format can say of the schema, keyed by class id.
    pub extras: Option<&'a Extras>,
    pub options: &'a Options,
}

impl<'a> Head<'a> {
    pub fn new(project: &'a str, schema: &'a LabelSchema, options: &'a Options) -> Self {
        Self { project, schema, extras: None, options }
    }

    /// Class id to its place in the schema.
    pub(crate) fn class_indices(&self) -> ClassIndices<'a> {
        self.schema.classes.iter().enumerate().map(|(index, class)| (class.id.as_str(), index)).collect()
    }
}
