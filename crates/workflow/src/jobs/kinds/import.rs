//! Brings data in: reads records on a thread of its own, stores items in batches, and seals them all at once. Run again
//! after a crash it goes on with what it had stored; cancelled or refused it leaves nothing.

use super::{Running, Stopped, input};
use crate::{
    Error, Result, Workflow,
    ingest::FilesView,
    media::{Probed, probe_image, probe_text},
};
use bytes::Bytes;
use labelwright_core::{DatasetId, ImportId, Limits, ProjectId};
use labelwright_formats::{
    ArchiveLimits, Data, DirectoryView, Mapping, Next, Record, RecordError, Stop, ZipView, detect, format,
};
use labelwright_store::{
    blobs::Blobs,
    jobs::JobProblem,
    records::datasets::{self, ItemOutcome, NewItem},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{io::Read, path::PathBuf};
use tokio::sync::mpsc;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportInput {
    /// Set when the import is queued.
    #[serde(default)]
    pub dataset: Option<DatasetId>,
    pub source: Source,
    /// A format's id, or `auto`.
    pub format: String,
    #[serde(default)]
    pub mapping: Mapping,
    pub on_error: OnError,
    /// The items become tasks of this project.
    #[serde(default)]
    pub project: Option<ProjectId>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Uploads(Vec<i64>),
    /// A file or folder on the server's own disk: only for its operator, never through the API.
    Path(PathBuf),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    KeepGood,
    RefuseAll,
}

impl ImportInput {
    pub fn upload_ids(&self) -> &[i64] {
        match &self.source {
            Source::Uploads(ids) => ids,
            Source::Path(_) => &[],
        }
    }

    pub(crate) fn into_dataset(self, dataset: DatasetId) -> Self {
        Self { dataset: Some(dataset), ..self }
    }
}

/// Items a transaction.
const BATCH: usize = 500;
/// Texts up to this many bytes lie in their row, longer ones in a blob.
const INLINE_BYTES: usize = 64 << 10;
/// Largest single item, in bytes.
const ITEM_BYTES_MAXIMUM: u64 = 512 << 20;

/// One record with its data read.
enum Read1 {
    Good(Box<(Record, Bytes, Probed)>),
    Bad(RecordError),
    /// The whole cannot be read.
    End(RecordError),
}

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let wanted: ImportInput = input(running)?;
    let workflow = running.workflow.clone();
    let dataset = wanted.dataset.ok_or_else(|| Stopped::Failed("the import names no dataset".into()))?;
    let (job, now) = (running.job.id, workflow.now());
    let import = workflow
        .write(move |tx| {
            Box::pin(async move {
                match datasets::import_of_job(tx, job).await? {
                    Some(import) => Ok(import),
                    None => {
                        datasets::drop_dead_imports(tx, dataset).await?;
                        Ok(datasets::start_import(tx, dataset, Some(job), now).await?)
                    }
                }
            })
        })
        .await?;
    let outcome = bring_in(running, &wanted, dataset, import).await;
    match outcome {
        Ok(counts) => {
            workflow.write(move |tx| Box::pin(async move { Ok(datasets::seal_import(tx, import).await?) })).await?;
            finish(running, &workflow, &wanted, dataset).await?;
            Ok(counts)
        }
        // Another worker goes on, or this one will: what is stored stays for it.
        Err(stopped @ (Stopped::Lost | Stopped::TryAgain(_))) => Err(stopped),
        Err(stopped) => {
            workflow.write(move |tx| Box::pin(async move { Ok(datasets::drop_import(tx, import).await?) })).await?;
            Err(stopped)
        }
    }
}

/// The uploads are done with, and projects get tasks for the new items.
async fn finish(
    running: &Running<'_>,
    workflow: &Workflow,
    wanted: &ImportInput,
    dataset: DatasetId,
) -> Result<(), Stopped> {
    use labelwright_store::records::projects;
    for id in wanted.upload_ids().to_vec() {
        workflow.write(move |tx| Box::pin(async move { Ok(datasets::close_upload(tx, id).await?) })).await?;
        drop(tokio::fs::remove_file(workflow.upload_path(id)).await);
    }
    if let Some(project) = wanted.project {
        workflow
            .write(move |tx| Box::pin(async move { Ok(projects::attach_dataset(tx, project, dataset).await?) }))
            .await?;
    }
    let attached =
        workflow.read(move |tx| Box::pin(async move { Ok(projects::projects_of_dataset(tx, dataset).await?) })).await?;
    for project in attached {
        let input = json!({ "project": project });
        workflow.enqueue(running.job.workspace, Some(project), super::PLAN, &input, running.job.created_by).await?;
    }
    Ok(())
}

async fn bring_in(
    running: &mut Running<'_>,
    wanted: &ImportInput,
    dataset: DatasetId,
    import: ImportId,
) -> Result<Value, Stopped> {
    let workflow = running.workflow.clone();
    let files = sources(&workflow, wanted).await?;
    let (sender, mut receiver) = mpsc::channel(BATCH);
    let (name, mapping) = (wanted.format.clone(), wanted.mapping.clone());
    let reader = tokio::task::spawn_blocking(move || read_all(files, &name, &mapping, &sender));
    let (mut counts, mut seen, mut batch) = (Counts::default(), 0_i64, Vec::new());
    loop {
        let next = receiver.recv().await;
        let ended = next.is_none();
        match next {
            Some(Read1::Good(record)) => {
                seen += 1;
                batch.push(*record);
            }
            Some(Read1::Bad(error)) => {
                seen += 1;
                counts.refused += 1;
                running.problems(vec![problem(&error)]).await?;
            }
            Some(Read1::End(error)) => {
                running.problems(vec![problem(&error)]).await?;
                return Err(Stopped::Failed(format!("{}: {}", error.place, error.message)));
            }
            None => {}
        }
        if batch.len() >= BATCH || (ended && !batch.is_empty()) {
            let full = std::mem::take(&mut batch);
            store(running, &workflow, dataset, import, full, &mut counts).await?;
        }
        running.progress(seen, 0, "reading").await?;
        if ended {
            break;
        }
    }
    reader.await.map_err(|_| Stopped::TryAgain("the reader stopped unexpectedly".into()))?;
    if wanted.on_error == OnError::RefuseAll && counts.refused > 0 {
        return Err(Stopped::Failed(format!(
            "{} of {seen} records are not good; nothing was imported",
            counts.refused
        )));
    }
    if counts.added + counts.known == 0 && counts.refused > 0 {
        return Err(Stopped::Failed("none of the records is good; see the problems".into()));
    }
    Ok(json!({ "added": counts.added, "known": counts.known, "refused": counts.refused }))
}

#[derive(Default)]
struct Counts {
    added: u64,
    known: u64,
    refused: u64,
}

fn problem(error: &RecordError) -> JobProblem {
    JobProblem { place: error.place.clone(), code: error.code.to_owned(), message: error.message.clone() }
}

async fn store(
    running: &mut Running<'_>,
    workflow: &Workflow,
    dataset: DatasetId,
    import: ImportId,
    batch: Vec<(Record, Bytes, Probed)>,
    counts: &mut Counts,
) -> Result<(), Stopped> {
    let (mut items, mut places) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
    for (record, bytes, probed) in batch {
        let inline = matches!(record.data, Data::Text(_)) && bytes.len() <= INLINE_BYTES;
        let size = bytes.len() as i64;
        let (hash, content) = if inline {
            (Blobs::hash(&bytes), String::from_utf8(bytes.to_vec()).ok())
        } else {
            (workflow.blobs.put(bytes).await.map_err(Error::from)?, None)
        };
        places.push((record.place.clone(), record.key.clone()));
        items.push(NewItem {
            modality: probed.modality.as_str(),
            hash,
            media_type: probed.media_type.to_owned(),
            bytes: size,
            content,
            shape: json_text(&probed.shape),
            metadata: json_text(&record.metadata),
            source: json!({ "import": import, "place": record.place }).to_string(),
            answers: record.answers.iter().map(|a| (a.source.clone(), a.answer.canonical_json())).collect(),
            key: record.key,
        });
    }
    let now = workflow.now();
    let outcomes = workflow
        .write(move |tx| Box::pin(async move { Ok(datasets::add_items(tx, dataset, import, &items, now).await?) }))
        .await?;
    let mut clashes = Vec::new();
    for (outcome, (place, key)) in outcomes.iter().zip(places) {
        match outcome {
            ItemOutcome::Added => counts.added += 1,
            ItemOutcome::Known => counts.known += 1,
            ItemOutcome::Conflict => {
                counts.refused += 1;
                let message = format!("the key {key:?} is in the dataset already, with other data");
                clashes.push(JobProblem { place, code: "duplicate_key".into(), message });
            }
        }
    }
    running.problems(clashes).await
}

/// JSON of values that always have one.
fn json_text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".into())
}

/// What is to be read: files under their names.
async fn sources(workflow: &Workflow, wanted: &ImportInput) -> Result<Files, Stopped> {
    match &wanted.source {
        Source::Path(path) => Ok(Files::Path(path.clone())),
        Source::Uploads(ids) => {
            let mut files = Vec::new();
            for id in ids.clone() {
                let upload = workflow
                    .read(move |tx| Box::pin(async move { Ok(datasets::upload(tx, id).await?) }))
                    .await?
                    .ok_or_else(|| Stopped::Failed(format!("upload {id} is gone")))?;
                files.push((upload.name, workflow.upload_path(id)));
            }
            Ok(Files::Named(files))
        }
    }
}

enum Files {
    Path(PathBuf),
    Named(Vec<(String, PathBuf)>),
}

/// Runs on its own thread: opens what is there, finds the format, and sends every record with its data.
fn read_all(files: Files, name: &str, mapping: &Mapping, sender: &mpsc::Sender<Read1>) {
    let failed = |place: &str, message: String| {
        drop(sender.blocking_send(Read1::End(RecordError::new(place, "unreadable", message))));
    };
    let single_zip = match &files {
        Files::Named(named) => named.first().filter(|(n, _)| named.len() == 1 && n.ends_with(".zip")).cloned(),
        Files::Path(path) => path
            .extension()
            .is_some_and(|ending| ending == "zip")
            .then(|| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path.clone())),
    };
    if let Some((zip, path)) = single_zip {
        let opened = std::fs::File::open(path).map_err(|error| error.to_string());
        let view = opened.and_then(|file| {
            ZipView::open(std::io::BufReader::new(file), ArchiveLimits::DEFAULT).map_err(|error| error.to_string())
        });
        match view {
            Ok(view) => read_view(&view, name, mapping, sender),
            Err(message) => failed(&zip, message),
        }
        return;
    }
    let view = match files {
        Files::Named(named) => FilesView::of(named),
        Files::Path(path) if path.is_dir() => FilesView::of_folder(&path),
        Files::Path(path) => {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            FilesView::of(vec![(file, path)])
        }
    };
    match view {
        Ok(view) => read_view(&view, name, mapping, sender),
        Err(error) => failed("", error.to_string()),
    }
}

fn read_view(view: &dyn DirectoryView, name: &str, mapping: &Mapping, sender: &mpsc::Sender<Read1>) {
    let found = if name == "auto" { detect(view).map(|(format, _)| format) } else { format(name) };
    let Some(read) = found.and_then(|format| format.read) else {
        let message = "the format is not recognised; choose one";
        drop(sender.blocking_send(Read1::End(RecordError::new("", "unknown_format", message))));
        return;
    };
    let outcome = read(view, mapping, &mut |record| {
        let read = match record.and_then(|record| with_data(view, record)) {
            Ok(record) => Read1::Good(Box::new(record)),
            Err(error) => Read1::Bad(error),
        };
        // The other side is gone: the job was cancelled or lost.
        if sender.blocking_send(read).is_ok() { Next::GoOn } else { Next::Stop }
    });
    if let Err(Stop::Unreadable(error)) = outcome {
        drop(sender.blocking_send(Read1::End(error)));
    }
}

fn with_data(view: &dyn DirectoryView, record: Record) -> Result<(Record, Bytes, Probed), RecordError> {
    let bad = |code: &'static str, message: String| RecordError::new(&record.place, code, message);
    if record.key.is_empty() || record.key.len() > 1024 || record.key.chars().any(char::is_control) {
        return Err(bad("bad_key", "a key has 1 to 1024 bytes and no control characters".into()));
    }
    match &record.data {
        Data::Text(text) => {
            if text.trim().is_empty() {
                return Err(bad("empty_content", "the text is empty".into()));
            }
            if text.len() > Limits::DEFAULT.json_bytes {
                return Err(bad("too_large", format!("the text has {} bytes", text.len())));
            }
            let (bytes, probed) = (Bytes::from(text.clone()), probe_text(text));
            Ok((record, bytes, probed))
        }
        Data::File(name) => {
            let mut bytes = Vec::new();
            let file = view.open(name).map_err(|error| bad("missing_file", format!("{name}: {error}")))?;
            file.take(ITEM_BYTES_MAXIMUM + 1)
                .read_to_end(&mut bytes)
                .map_err(|error| bad("unreadable", format!("{name}: {error}")))?;
            if bytes.len() as u64 > ITEM_BYTES_MAXIMUM {
                return Err(bad("too_large", format!("{name} is larger than {ITEM_BYTES_MAXIMUM} bytes")));
            }
            let probed = probe_image(&bytes).map_err(|message| bad("not_an_image", format!("{name}: {message}")))?;
            Ok((record, bytes.into(), probed))
        }
        Data::Url(address) => {
            Err(bad("not_fetched", format!("{address}: fetching addresses is not available on this server")))
        }
    }
}
