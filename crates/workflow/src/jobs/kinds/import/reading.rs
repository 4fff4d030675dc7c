//! The reading side of an import: files become records on a thread of their own, addresses are fetched, and every record
//! comes with its bytes and what they are. However large the whole is, only so many bytes wait in memory.

mod checking;
mod fetching;
mod whole;

pub use super::opening::{opened, settings};
use super::{
    ImportInput, Source,
    opening::{chosen, schema_for},
    recording, sequence, volume,
};
use crate::{
    Workflow,
    acquire::Links,
    jobs::Stopped,
    media::{Probed, probe_dialogue, probe_image, probe_table, probe_text},
};
use bytes::Bytes;
pub use checking::{checked, checked_whole};
use futures::{Stream, StreamExt};
use labelwright_core::{LabelSchema, Modality};
use labelwright_formats::{
    Data, DirectoryView, Found as Come, Next, Record, RecordError, Stop, data_size, modality_of, open_data, with_ids,
};
use labelwright_store::records::uploads;
use std::{
    cell::RefCell,
    io::Read,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use whole::{Panes, Part, Whole};

/// Largest single item, in bytes.
const ITEM_BYTES_MAXIMUM: u64 = 512 << 20;
/// Records that are handed over at once, and such groups between the reader and the store.
const GROUP: usize = 64;
const WAITING: usize = 4;
/// Bytes that may wait between the reader and the store, in KiB. One larger item waits alone.
const WAITING_KIB: u32 = 64 << 10;
/// Addresses that are fetched at once.
const FETCHES: usize = 8;
const FETCH_ATTEMPTS: u64 = 3;

/// One record with its data.
pub struct Loaded {
    pub record: Record,
    pub payload: Payload,
    pub probed: Probed,
    /// What comes with it, each with its pane.
    pub companions: Vec<(String, Loaded)>,
    /// Given back when the record has been stored.
    _room: Option<OwnedSemaphorePermit>,
}

/// What the data of a record are.
pub enum Payload {
    Bytes(Bytes),
    /// Too much for memory: a blob already, with the blob of its levels or its text layer.
    Recording {
        hash: String,
        bytes: u64,
        levels: String,
    },
}

impl Payload {
    /// Bytes of the data.
    pub fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Recording { bytes, .. } => *bytes,
        }
    }

    /// Bytes that are held in memory.
    pub fn held(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Recording { .. } => 0,
        }
    }
}

impl Loaded {
    pub fn new(record: Record, payload: Payload, probed: Probed) -> Self {
        Self { record, payload, probed, companions: Vec::new(), _room: None }
    }

    /// Itself and what comes with it.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.companions.iter().map(|(_, one)| one))
    }

    /// The file that holds the very bytes of the item, if one does. Of a scan other bytes are kept than came.
    pub fn original(&self) -> Option<&str> {
        match &self.record.data {
            Data::File(name) => Some(name).filter(|_| self.probed.modality != Modality::Volume).map(String::as_str),
            Data::Text(_)
            | Data::Conversation(_)
            | Data::Table(_)
            | Data::Absent(_)
            | Data::Url(_)
            | Data::Files(_)
            | Data::Frames { .. } => None,
        }
    }
}

pub enum Piece {
    Good(Box<Loaded>),
    Bad(RecordError),
    /// The whole cannot be read.
    End(RecordError),
}

/// All records of an import in the order of the data.
pub async fn pieces(
    workflow: &Workflow,
    wanted: &ImportInput,
    links: &Arc<Links>,
) -> Result<Pin<Box<dyn Stream<Item = Piece> + Send>>, Stopped> {
    let files = sources(workflow, wanted).await?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let schema = schema_for(workflow, wanted).await?;
    let wanted = wanted.clone();
    let output = Output {
        sender,
        group: RefCell::default(),
        room: Arc::new(Semaphore::new(WAITING_KIB as usize)),
        runtime: tokio::runtime::Handle::current(),
        workflow: workflow.clone(),
        links: Arc::clone(links),
        schema,
    };
    let reader = tokio::task::spawn_blocking(move || {
        read_all(files, &wanted, &output);
        output.hand_over();
    });
    // A reader that broke down must not look like one that came to the end.
    let end = futures::stream::once(async move {
        let broken = |_| {
            let message = "the reader of this format broke down on the data";
            Piece::End(RecordError::new("", "reader_failed", message))
        };
        reader.await.err().map(broken)
    });
    let workflow = workflow.clone();
    let loaded = ReceiverStream::new(receiver)
        .flat_map(futures::stream::iter)
        .map(move |found: Whole| {
            let workflow = workflow.clone();
            async move { found.fetched(&workflow).await }
        })
        .buffered(FETCHES);
    Ok(Box::pin(loaded.chain(end.filter_map(std::future::ready))))
}

/// What is to be read: files under their names.
pub async fn sources(workflow: &Workflow, wanted: &ImportInput) -> Result<Files, Stopped> {
    match &wanted.source {
        Source::Path(path) => Ok(Files::Path(path.clone())),
        Source::Uploads(ids) => {
            let mut files = Vec::new();
            for id in ids.clone() {
                let upload = workflow
                    .read(move |tx| Box::pin(async move { Ok(uploads::upload(tx, id).await?) }))
                    .await?
                    .ok_or_else(|| Stopped::Failed(format!("upload {id} is gone")))?;
                files.push((upload.name, workflow.upload_path(id)));
            }
            Ok(Files::Named(files))
        }
    }
}

pub enum Files {
    Path(PathBuf),
    Named(Vec<(String, PathBuf)>),
}

impl Files {
    /// What the whole is called: the name of its one file or of the folder around all.
    pub fn name(&self) -> String {
        let last = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match self {
            Self::Path(path) => last(path),
            Self::Named(files) => match files.as_slice() {
                [(name, _)] => last(Path::new(name)),
                [(name, _), ..] => name.split_once('/').map_or("imported", |(folder, _)| folder).to_owned(),
                [] => String::new(),
            },
        }
    }
}

/// The reader's way out.
struct Output {
    sender: mpsc::Sender<Vec<Whole>>,
    /// What is handed over next.
    group: RefCell<Vec<Whole>>,
    room: Arc<Semaphore>,
    runtime: tokio::runtime::Handle,
    workflow: Workflow,
    links: Arc<Links>,
    /// The schema of the project for which the items are.
    schema: Option<Arc<LabelSchema>>,
}

impl Output {
    /// The kind of data that the project labels, in a pane or as the item's own.
    fn labeled(&self, pane: Option<&str>) -> Option<Modality> {
        let schema = self.schema.as_deref()?;
        pane.map_or(Some(schema.modality), |pane| schema.pane(pane).map(|pane| pane.modality))
    }

    /// False when the other side is gone: the job was cancelled or lost.
    fn give(&self, found: Whole) -> bool {
        self.group.borrow_mut().push(found);
        self.group.borrow().len() < GROUP || self.hand_over()
    }

    fn hand_over(&self) -> bool {
        let group = self.group.take();
        group.is_empty() || self.sender.blocking_send(group).is_ok()
    }

    fn end(&self, place: &str, code: &'static str, message: impl Into<String>) {
        self.give(Piece::End(RecordError::new(place, code, message)).into());
    }

    /// Waits until so many bytes may be held; None when nobody waits for them any more.
    fn room_for(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        let kib = (bytes / 1024).clamp(1, u64::from(WAITING_KIB)) as u32;
        if let Ok(permit) = Arc::clone(&self.room).try_acquire_many_owned(kib) {
            return Some(permit);
        }
        // What is held back here would never be stored and never give its room back.
        self.hand_over();
        let wait = async {
            tokio::select! {
                permit = Arc::clone(&self.room).acquire_many_owned(kib) => permit.ok(),
                () = self.sender.closed() => None,
            }
        };
        self.runtime.block_on(wait)
    }
}

/// Runs on its own thread: opens what is there, finds the format, and sends every record with its data.
fn read_all(files: Files, wanted: &ImportInput, output: &Output) {
    match opened(files) {
        Ok(view) => read_view(&*view, wanted, output),
        Err(error) => {
            output.give(Piece::End(error).into());
        }
    }
}

fn read_view(view: &dyn DirectoryView, wanted: &ImportInput, output: &Output) {
    let Some((format, read)) =
        chosen(view, wanted, output.labeled(None)).and_then(|format| Some((format, format.read?)))
    else {
        output.end("", "unknown_format", "the format is not recognised; choose one");
        return;
    };
    if !wanted.mapping.panes.is_empty() && !format.is_mapped() {
        let message = format!("{} has no columns for panes; name the format of the table", format.title);
        output.end("", "no_columns", message);
        return;
    }
    let settings = match settings(format, wanted) {
        Ok(settings) => settings,
        Err(message) => {
            output.end("", "unknown_option", &message);
            return;
        }
    };
    let mut panes = Panes::default();
    let outcome = read(view, &settings, &mut |read| {
        let record = match read {
            // Labels are brought in for a schema that the project has already.
            Come::Schema(found) => {
                panes.learn(&found.schema);
                return Next::GoOn;
            }
            Come::Record(record) => Ok(with_ids(*record)),
            Come::Problem(error) => Err(error),
        };
        let found = match record {
            Ok(record) => panes.whole(record, &mut |pane, record| part(view, record, output.labeled(pane), output)),
            Err(error) => Some(Piece::Bad(error).into()),
        };
        if found.is_some_and(|found| output.give(found)) { Next::GoOn } else { Next::Stop }
    });
    if let Err(Stop::Unreadable(error)) = outcome {
        output.give(Piece::End(error).into());
    }
}

/// A record as far as the reader's thread brings it; None when nobody waits for it any more.
fn part(view: &dyn DirectoryView, record: Record, labeled: Option<Modality>, output: &Output) -> Option<Part> {
    match checked(record) {
        Ok(record) if matches!(record.data, Data::Url(_)) => Some(Part::Address(Box::new(record))),
        Ok(record) => with_data(view, record, labeled, output).map(Part::Here),
        Err(error) => Some(Part::Here(Piece::Bad(error))),
    }
}

/// The record with its bytes, or what is wrong with it; None when nobody waits for it any more.
fn with_data(view: &dyn DirectoryView, record: Record, labeled: Option<Modality>, output: &Output) -> Option<Piece> {
    let name = match &record.data {
        Data::Files(names) => {
            let names = names.clone();
            return Some(volume::of_files(&output.workflow, &output.runtime, view, record, &names));
        }
        Data::File(name) | Data::Absent(name) => name.clone(),
        Data::Frames { files, per_second } => {
            let (files, rate) = (files.clone(), *per_second);
            return Some(sequence::of_files(&output.workflow, &output.runtime, view, record, &files, rate));
        }
        Data::Text(text) | Data::Url(text) | Data::Conversation(text) | Data::Table(text) => {
            let room = Some(output.room_for(text.len() as u64)?);
            let probed = match record.data {
                Data::Conversation(_) => probe_dialogue(text).ok_or("this is no conversation"),
                Data::Table(_) => probe_table(text).ok_or("this is no table"),
                _ => Ok(probe_text(text)),
            };
            let probed = match probed {
                Ok(probed) => probed,
                Err(message) => return Some(Piece::Bad(RecordError::new(&record.place, "malformed", message))),
            };
            let payload = Payload::Bytes(Bytes::from(text.clone()));
            return Some(Piece::Good(Box::new(Loaded { _room: room, ..Loaded::new(record, payload, probed) })));
        }
    };
    let decode = match modality_of(&name) {
        Modality::Audio => Some(recording::AUDIO),
        Modality::TimeSeries => Some(recording::SERIES),
        Modality::Document => Some(recording::DOCUMENT),
        Modality::Volume => {
            return Some(volume::of_files(&output.workflow, &output.runtime, view, record, &[name]));
        }
        Modality::Video => Some(recording::VIDEO),
        _ => None,
    };
    let into =
        recording::Into { workflow: &output.workflow, runtime: &output.runtime, is_kept: !output.links.has(&name) };
    if let Some(decode) = decode {
        return Some(recording::of_file(into, view, record, &name, decode));
    }
    let size = data_size(view, &name).unwrap_or(0);
    let room = output.room_for(size.min(ITEM_BYTES_MAXIMUM))?;
    // A picture with words on it is a page; where documents are labeled, any picture is.
    let is_page = record.layer.is_some() || labeled == Some(Modality::Document);
    Some(match file(view, &record.place, &name) {
        Ok((bytes, _)) if is_page => recording::of_picture(into, record, &bytes, &name),
        Ok((bytes, probed)) => {
            Piece::Good(Box::new(Loaded { _room: Some(room), ..Loaded::new(record, Payload::Bytes(bytes), probed) }))
        }
        Err(error) => Piece::Bad(error),
    })
}

pub(super) fn file(view: &dyn DirectoryView, place: &str, name: &str) -> Result<(Bytes, Probed), RecordError> {
    let bad = |code: &'static str, message: String| RecordError::new(place, code, message);
    // One byte more than there is, so that reading ends without growing. An archive may lie about it.
    let size = data_size(view, name).unwrap_or(0).min(1 << 20);
    let mut bytes = Vec::with_capacity(size as usize + 1);
    let file = open_data(view, name).map_err(|error| bad("missing_file", format!("{name}: {error}")))?;
    file.take(ITEM_BYTES_MAXIMUM + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| bad("unreadable", format!("{name}: {error}")))?;
    if bytes.len() as u64 > ITEM_BYTES_MAXIMUM {
        return Err(bad("too_large", format!("{name} is larger than {ITEM_BYTES_MAXIMUM} bytes")));
    }
    let probed = probe_image(&bytes).map_err(|message| bad("not_an_image", format!("{name}: {message}")))?;
    Ok((bytes.into(), probed))
}
