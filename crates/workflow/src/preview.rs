//! A look at data before it is brought in, and at a file before it is written. Keeps: nothing is stored, whatever is
//! looked at.

use crate::{
    Error, Result, Workflow,
    freeze::{Answers, Media},
    jobs::kinds::{
        ImportInput,
        export::{self, Order},
        import::reading::{Files, checked_whole, opened, settings, sources},
    },
    media::thumbnail,
    policy::Permit,
};
use labelwright_core::{
    Answer, Geometry, LabelSchema, Modality, Problem, WorkspaceId,
    dialogue::Conversation,
    schema::{Class, Skeleton},
    table::Table,
};
use labelwright_formats::{
    ArchiveSink, Collector, Data, DirectoryView, Found, Loss, Next, Record, RecordError, Stop, check_name, data_size,
    detect, format, modality_of, open_data, schema_with_ids, with_ids,
};
use labelwright_store::records::snapshots::SnapshotRow;
use std::{
    collections::BTreeMap,
    io::{self, BufReader, Read, Write},
};

/// Records that are read for a look: enough for most data, and for a person's patience.
const RECORDS_MAXIMUM: u64 = 50_000;
/// Items that are shown one by one.
const ITEMS_SHOWN: usize = 12;
/// Regions of an item that are shown.
const REGIONS_SHOWN: usize = 500;
/// Characters of a text that are shown.
const CHARS_SHOWN: usize = 2_000;
/// Problems that are told one by one.
const PROBLEMS_SHOWN: usize = 100;
/// Bytes of a picture that is made small for the look.
const PICTURE_BYTES_MAXIMUM: u64 = 32 << 20;
/// Items of a snapshot that are written for a look.
const WRITTEN_MAXIMUM: usize = 10_000;
/// Files of an export that are named, and bytes of the first of them that are shown.
const FILES_SHOWN: usize = 50;
const BYTES_SHOWN: usize = 4_000;

/// What an import would bring.
#[derive(Debug)]
pub struct ImportPreview {
    /// Id and title of the format.
    pub format: (&'static str, &'static str),
    /// How sure it is, 0 to 1; None when the format was given.
    pub confidence: Option<f64>,
    /// The first items.
    pub items: Vec<PreviewItem>,
    /// Records that were read, good and bad.
    pub records: u64,
    pub regions: u64,
    /// False when there is more than was looked at.
    pub complete: bool,
    /// The schema that the data asks for, and why it cannot be published as it is.
    pub schema: LabelSchema,
    pub schema_problems: Vec<Problem>,
    pub problem_count: u64,
    pub problems: Vec<RecordError>,
}

#[derive(Debug)]
pub struct PreviewItem {
    pub key: String,
    pub modality: Modality,
    /// Pixels of the upright picture.
    pub size: Option<[u32; 2]>,
    /// The beginning of a text.
    pub text: Option<String>,
    /// A small picture as a `data:` address.
    pub picture: Option<String>,
    pub split: Option<String>,
    /// Who is said to have labeled it.
    pub sources: Vec<String>,
    /// The first of its answers, with ids of the schema.
    pub answer: Answer,
    /// What comes with it: pane, kind, and the beginning of a text.
    pub companions: Vec<(String, Modality, Option<String>)>,
}

/// What an export would hold, and lose.
#[derive(Debug, Default)]
pub struct ExportPreview {
    /// Items that were written for the look.
    pub items: u64,
    /// False when the snapshot has more.
    pub complete: bool,
    pub losses: Vec<Loss>,
    pub file_count: u64,
    /// The first files with their sizes in bytes, data not counted.
    pub files: Vec<(String, u64)>,
    /// The beginning of the first file.
    pub start: String,
}

impl Workflow {
    /// Reads uploads as an import would, as far as a look goes, and stores nothing.
    pub async fn preview_import(&self, workspace: &Permit<WorkspaceId>, wanted: ImportInput) -> Result<ImportPreview> {
        self.check_source(workspace.principal(), &wanted).await?;
        let files = sources(self, &wanted).await.map_err(|stopped| Error::conflict("gone", stopped.to_string()))?;
        self.blocking(move || look(files, &wanted)).await?
    }

    /// Writes the beginning of a snapshot as an export would, keeps the report and lets the files go.
    pub async fn preview_export(
        &self,
        snapshot: &Permit<SnapshotRow>,
        wanted: &str,
        answers: Answers,
        media: Media,
        options: BTreeMap<String, String>,
    ) -> Result<ExportPreview> {
        let order = Order::new(wanted, answers, media, options, WRITTEN_MAXIMUM)?;
        let frozen = self.blobs.reader(&snapshot.resource().hash).await?;
        let write = move || {
            let mut sink = NotingSink::default();
            let written = export::write(BufReader::new(frozen), &order, &mut sink).map_err(Error::internal)?;
            let found = ExportPreview {
                items: written.items as u64,
                complete: written.complete,
                losses: written.report.losses,
                start: String::from_utf8_lossy(&sink.start).replace('\0', "\u{fffd}"),
                ..sink.found
            };
            Ok::<_, Error>((found, sink.data))
        };
        let (mut found, data) = self.blocking(write).await??;
        found.losses.extend(export::missing(self, snapshot.resource().project, &data).await?.loss());
        Ok(found)
    }
}

fn look(files: Files, wanted: &ImportInput) -> Result<ImportPreview> {
    let unreadable = |error: RecordError| {
        let place = if error.place.is_empty() { String::new() } else { format!("{}: ", error.place) };
        Error::invalid("/uploads", error.code, format!("{place}{}", error.message))
    };
    let name = files.name();
    let view = opened(files).map_err(unreadable)?;
    let detected = if wanted.format == "auto" { detect(&*view) } else { None };
    let found = detected.map(|(format, _)| format).or_else(|| format(&wanted.format));
    let known = found.and_then(|format| Some((format, format.read?)));
    let (format, read) =
        known.ok_or_else(|| Error::invalid("/format", "unknown_format", "the format is not recognised; choose one"))?;
    let mut look = Look::default();
    let settings = settings(format, wanted).map_err(|message| Error::invalid("/options", "unknown_option", message))?;
    let outcome = read(&*view, &settings, &mut |found| look.take(&*view, found));
    if let Err(Stop::Unreadable(error)) = outcome {
        look.problem(error);
    }
    let schema = look.schema(&name);
    Ok(ImportPreview {
        format: (format.id, format.title),
        confidence: detected.map(|(_, confidence)| confidence),
        schema_problems: schema.check(),
        schema,
        items: look.items,
        records: look.records,
        regions: look.regions,
        complete: !look.stopped,
        problem_count: look.problem_count,
        problems: look.problems,
    })
}

#[derive(Default)]
struct Look {
    collector: Collector,
    items: Vec<PreviewItem>,
    records: u64,
    regions: u64,
    stopped: bool,
    problem_count: u64,
    problems: Vec<RecordError>,
    /// Joints of classes whose data does not name them.
    joints: BTreeMap<String, usize>,
}

impl Look {
    fn take(&mut self, view: &dyn DirectoryView, found: Found) -> Next {
        match found {
            Found::Schema(schema) => self.collector.schema(*schema),
            Found::Problem(error) => {
                self.records += 1;
                self.problem(error);
            }
            Found::Record(record) => {
                self.records += 1;
                self.collector.record(&record);
                self.count(&record);
                match checked_whole(with_ids(*record)) {
                    Ok(record) if self.items.len() < ITEMS_SHOWN => self.items.push(shown(view, record)),
                    Ok(_) => {}
                    Err(error) => self.problem(error),
                }
            }
        }
        if self.records < RECORDS_MAXIMUM {
            return Next::GoOn;
        }
        self.stopped = true;
        Next::Stop
    }

    fn count(&mut self, record: &Record) {
        for region in record.answers.iter().flat_map(|answer| &answer.answer.regions) {
            self.regions += 1;
            if let Geometry::Keypoints(shape) = &region.geometry {
                let joints = self.joints.entry(region.class.clone()).or_default();
                *joints = shape.points.len().max(*joints);
            }
        }
    }

    fn problem(&mut self, error: RecordError) {
        self.problem_count += 1;
        if self.problems.len() < PROBLEMS_SHOWN {
            self.problems.push(error);
        }
    }

    /// What the data declares and what is in it. Joints that have no names are numbered.
    fn schema(&mut self, name: &str) -> LabelSchema {
        let mut schema = std::mem::take(&mut self.collector).finish().schema;
        let missing = |class: &&mut Class| {
            class.skeleton.is_none() && class.geometry.contains(&labelwright_core::GeometryKind::Keypoints)
        };
        for class in schema.classes.iter_mut().filter(missing) {
            let count = self.joints.get(&class.id).copied().unwrap_or(1).max(1);
            let points = (1..=count).map(|number| format!("point {number}")).collect();
            class.skeleton = Some(Skeleton { points, edges: Vec::new() });
        }
        schema_with_ids(schema, name)
    }
}

fn shown(view: &dyn DirectoryView, record: Record) -> PreviewItem {
    let sources = record.answers.iter().map(|answer| answer.source.clone()).collect();
    let mut answer = record.answers.into_iter().next().map(|answer| answer.answer).unwrap_or_default();
    answer.regions.truncate(REGIONS_SHOWN);
    let companions = record.companions.into_iter().map(|companion| {
        let (modality, _, text) = looked_at(companion.data);
        (companion.pane, modality, text)
    });
    let companions = companions.collect();
    let (modality, file, text) = looked_at(record.data);
    let file = file.filter(|_| modality == Modality::Image);
    let modality = if record.layer.is_some() { Modality::Document } else { modality };
    let size = record.size.or_else(|| labelwright_formats::image_size(view, file.as_deref()?));
    let picture = file.and_then(|name| small(view, &name));
    PreviewItem { key: record.key, modality, size, text, picture, split: record.split, sources, answer, companions }
}

/// The kind of data, its file, and the beginning of a text.
fn looked_at(data: Data) -> (Modality, Option<String>, Option<String>) {
    match data {
        Data::Text(text) => (Modality::Text, None, Some(text.chars().take(CHARS_SHOWN).collect())),
        Data::Conversation(text) => (Modality::Dialogue, None, Some(said(&text))),
        Data::Table(text) => (Modality::Table, None, Some(table_lines(&text))),
        Data::File(name) => (modality_of(&name), Some(name), None),
        Data::Files(_) => (Modality::Volume, None, None),
        Data::Frames { .. } => (Modality::Video, None, None),
        Data::Absent(name) | Data::Url(name) => (modality_of(&name), None, None),
    }
}

/// The beginning of a conversation as text.
fn said(stored: &str) -> String {
    let conversation = Conversation::stored(stored);
    let turns = conversation.iter().flat_map(Conversation::turns);
    let words = turns.map(|(turn, _)| format!("{}: {}", turn.role.as_str(), turn.text()));
    words.collect::<Vec<_>>().join("\n\n").chars().take(CHARS_SHOWN).collect()
}

/// The beginning of a table as text.
fn table_lines(stored: &str) -> String {
    Table::stored(stored).map(|table| table.text()).unwrap_or_default().chars().take(CHARS_SHOWN).collect()
}

/// A small picture; None for what is no picture, or too large for a look.
fn small(view: &dyn DirectoryView, name: &str) -> Option<String> {
    data_size(view, name).filter(|bytes| *bytes <= PICTURE_BYTES_MAXIMUM)?;
    let mut bytes = Vec::new();
    open_data(view, name).ok()?.take(PICTURE_BYTES_MAXIMUM).read_to_end(&mut bytes).ok()?;
    thumbnail(&bytes).ok()
}

/// Notes what is written and lets it go.
#[derive(Default)]
struct NotingSink {
    found: ExportPreview,
    /// The beginning of the first file.
    start: Vec<u8>,
    /// Data that is asked for: whether it is there is looked up when all is written.
    data: Vec<String>,
}

impl Write for NotingSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.found.file_count as usize <= FILES_SHOWN
            && let Some((_, size)) = self.found.files.last_mut()
        {
            *size += bytes.len() as u64;
        }
        if self.found.file_count == 1 {
            let room = BYTES_SHOWN.saturating_sub(self.start.len());
            self.start.extend(bytes.iter().take(room));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ArchiveSink for NotingSink {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        check_name(name)?;
        self.found.file_count += 1;
        if self.found.files.len() < FILES_SHOWN {
            self.found.files.push((name.to_owned(), 0));
        }
        Ok(())
    }

    fn media(&mut self, name: &str, source: &str) -> io::Result<()> {
        self.data.push(source.to_owned());
        check_name(name)
    }

    /// What is in the data changes nothing about what is lost.
    fn data(&mut self, source: &str) -> io::Result<Option<Vec<u8>>> {
        self.data.push(source.to_owned());
        Ok(Some(Vec::new()))
    }
}
