//! What readers make and writers take.

use labelwright_core::{Answer, LabelSchema, Modality};
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
    pub metadata: BTreeMap<String, serde_json::Value>,
    /// Answers that came with it.
    pub answers: Vec<SourcedAnswer>,
    /// Where it was: file and line or entry.
    pub place: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    Text(String),
    /// A file of the directory view.
    File(String),
    /// An address to fetch.
    Url(String),
}

/// Who is said to have given an answer, and the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourcedAnswer {
    pub source: String,
    pub answer: Answer,
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
        Self { place: place.into(), code, message: message.into() }
    }
}

/// Says whether the reader is to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    GoOn,
    Stop,
}

/// Takes records, good and bad, in the order of the data.
pub type Sink<'a> = dyn FnMut(Result<Record, RecordError>) -> Next + 'a;

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
    match sink(record) {
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
    /// Column with the text, or with an image's address.
    pub content: Option<String>,
    /// Columns kept as metadata; None keeps all others.
    pub metadata: Option<Vec<String>>,
    /// Field id to the column that holds its value already.
    pub labels: BTreeMap<String, String>,
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
    /// Pixels, for images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<[u32; 2]>,
    /// The text itself, for texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default)]
    pub metadata: BTreeMap<String, serde_json::Value>,
    /// Labeler (or `consensus`) and answer, sorted by labeler.
    pub answers: Vec<SourcedAnswer>,
}

/// What a writer needs beside the items.
pub struct Head<'a> {
    pub project: &'a str,
    pub schema: &'a LabelSchema,
}
