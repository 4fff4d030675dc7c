//! Writes a snapshot in a format, with the report of what the format could not carry. With the items' data everything
//! goes into a zip file, which is written as it comes and never held in memory.

use super::{Running, Stopped, input};
use crate::{
    Error, Result, Workflow,
    freeze::{Answers, FrozenAnswer, FrozenConsensus, FrozenItem, MACHINE, Media, SnapshotHead, ending},
    split,
};
use futures::{StreamExt, TryStreamExt};
use labelwright_core::{Modality, ProjectId, SnapshotId};
use labelwright_formats::{
    ArchiveSink, CompanionItem, ExportItem, FORMATS, FileSink, Format, Head, Loss, LossReport, Options, Scratch,
    SourcedAnswer, Way, ZipSink, format,
};
use labelwright_store::{
    blobs::{Blobs, Draft},
    records::{
        datasets,
        snapshots::{self, NewExport},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    sync::Arc,
};

#[derive(Serialize, Deserialize)]
pub struct ExportInput {
    pub snapshot: SnapshotId,
    pub format: String,
    pub answers: Answers,
    #[serde(default)]
    pub media: Media,
    /// Options of the format.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let wanted: ExportInput = input(running)?;
    let workflow = running.workflow.clone();
    let id = wanted.snapshot;
    let row = workflow
        .read(move |tx| Box::pin(async move { Ok(snapshots::snapshot(tx, id).await?) }))
        .await?
        .ok_or_else(|| Stopped::Failed("the snapshot is gone".into()))?;
    running.progress(0, 1, "writing").await?;
    let frozen = workflow.blobs.reader(&row.hash).await.map_err(Error::from)?;
    let draft = workflow.blobs.draft().map_err(Error::from)?;
    let order = Order::new(&wanted.format, wanted.answers, wanted.media, wanted.options.clone(), usize::MAX)?;
    let data = Items { workflow: workflow.clone(), project: row.project, runtime: tokio::runtime::Handle::current() };
    let written = workflow.blocking(move || packed(BufReader::new(frozen), &order, draft, data)).await?;
    let (draft, report) = written.map_err(Stopped::Failed)?;
    let (hash, size) = workflow.blobs.keep(draft).await.map_err(Error::from)?;
    let size = size as i64;
    let loss = serde_json::to_string(&report).map_err(|error| Stopped::Failed(error.to_string()))?;
    let mut options = json!({ "answers": wanted.answers, "media": wanted.media });
    if !wanted.options.is_empty() {
        options["options"] = json!(wanted.options);
    }
    let options = options.to_string();
    let (job, now, stored) = (running.job.id, workflow.now(), hash.clone());
    let export = workflow
        .write(move |tx| {
            Box::pin(async move {
                let new = NewExport {
                    snapshot: id,
                    format: &wanted.format,
                    options: &options,
                    hash: &stored,
                    bytes: size,
                    loss: &loss,
                    job: Some(job),
                    now,
                };
                Ok(snapshots::create_export(tx, new).await?)
            })
        })
        .await?;
    Ok(json!({ "export_id": export, "hash": hash, "bytes": size, "losses": report.losses.len() }))
}

/// The format, if it can be written.
pub fn writable(id: &str) -> Result<&'static Format> {
    format(id).filter(|format| format.write.is_some()).ok_or_else(|| {
        let names: Vec<&str> = FORMATS.iter().filter(|f| f.write.is_some()).map(|f| f.id).collect();
        let message = format!("{id:?} cannot be written; there are {}", names.join(", "));
        Error::invalid("/format", "unknown_format", message)
    })
}

/// What is to be written.
pub struct Order {
    pub format: &'static Format,
    pub answers: Answers,
    pub media: Media,
    pub options: Options,
    /// No more items than these.
    pub most: usize,
}

impl Order {
    /// Refuses a format that cannot be written, and options that it has not.
    pub fn new(
        format: &str,
        answers: Answers,
        media: Media,
        mut options: BTreeMap<String, String>,
        most: usize,
    ) -> Result<Self> {
        let format = writable(format)?;
        // Programs that read masks (pycocotools) stumble over a box without a segmentation.
        if format.options.iter().any(|option| option.key == "box_segmentation") {
            options.entry("box_segmentation".to_owned()).or_insert_with(|| "corners".to_owned());
        }
        let pairs = options.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let options = Options::parse(format.options, Way::Write, pairs)
            .map_err(|message| Error::invalid("/options", "unknown_option", message))?;
        Ok(Self { format, answers, media, options, most })
    }
}

pub struct Written {
    pub report: LossReport,
    pub items: usize,
    /// Was the end of the snapshot reached?
    pub complete: bool,
}

/// The snapshot in the wanted format.
pub fn write(mut frozen: impl BufRead, order: &Order, sink: &mut dyn ArchiveSink) -> Result<Written, String> {
    let format = order.format;
    let mut line = Vec::new();
    frozen.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
    let head: SnapshotHead = serde_json::from_slice(&line).map_err(|error| error.to_string())?;
    // A broken line must fail the export and not shorten it.
    let (mut broken, mut count, mut complete) = (None, 0, false);
    let mut next = || -> io::Result<Option<ExportItem>> {
        line.clear();
        match frozen.read_until(b'\n', &mut line)? {
            0 => Ok(None),
            _ => Ok(Some(serde_json::from_slice(&line).and_then(|item| chosen(item, order))?)),
        }
    };
    let mut items = std::iter::from_fn(|| {
        let item = next().unwrap_or_else(|error| {
            broken = Some(error);
            None
        });
        complete |= item.is_none();
        if count == order.most {
            return None;
        }
        count += usize::from(item.is_some());
        item
    });
    let head = Head::new(&head.project, &head.schema, &order.options);
    let report = format.write_to(&head, &mut items, sink).map_err(|error| error.to_string())?;
    match broken {
        Some(reason) => Err(format!("the snapshot cannot be read: {reason}")),
        None => Ok(Written { report, items: count, complete }),
    }
}

/// The one file of the format, or a zip file of its many and of the data.
pub fn packed(frozen: impl BufRead, order: &Order, draft: Draft, data: Items) -> Result<(Draft, LossReport), String> {
    let blobs = data.workflow.blobs.clone();
    let files = Box::new(move || Blobs::scratch(&blobs));
    let broken = |error: io::Error| error.to_string();
    if ending(order.format, order.media) != "zip" {
        let mut sink = FileSink::new(draft, files);
        let written = write(frozen, order, &mut sink)?;
        return Ok((sink.finish().map_err(broken)?, written.report));
    }
    let mut sink = PackedSink { zip: ZipSink::new(draft, files), data, missing: Missing::default() };
    let mut report = write(frozen, order, &mut sink)?.report;
    report.losses.extend(sink.missing.loss());
    Ok((sink.zip.finish().map_err(broken)?, report))
}

/// A zip file with the items' data.
struct PackedSink {
    zip: ZipSink<Draft>,
    data: Items,
    missing: Missing,
}

const MISSING_SHOWN: usize = 20;

/// Items whose data is gone: how many, and the keys of the first.
#[derive(Debug, Default)]
pub struct Missing {
    count: u64,
    keys: Vec<String>,
}

impl Missing {
    fn add(&mut self, key: &str) {
        self.count += 1;
        if self.keys.len() < MISSING_SHOWN {
            self.keys.push(key.to_owned());
        }
    }

    pub fn loss(self) -> Option<Loss> {
        (self.count > 0).then(|| Loss {
            code: "no_data".into(),
            message: "the data of an item is not in the project's datasets any more".into(),
            count: self.count,
            places: self.keys,
        })
    }
}

/// Items that are looked up in one transaction, and blobs that are asked for at once.
const LOOKED_UP: usize = 500;
const ASKED_AT_ONCE: usize = 32;

/// Which data an export would not find, without reading any of it.
pub async fn missing(workflow: &Workflow, project: ProjectId, sources: &[String]) -> Result<Missing> {
    let mut missing = Missing::default();
    for page in sources.chunks(LOOKED_UP) {
        let wanted: Vec<(String, String)> = page
            .iter()
            .filter_map(|source| source.split_once('/'))
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .collect();
        let looked_up = workflow.read(move |tx| {
            let wanted = wanted.clone();
            Box::pin(async move {
                let mut found = Vec::with_capacity(wanted.len());
                for (hash, key) in wanted {
                    let data = datasets::data_in_project(tx, project, &key, &hash).await?;
                    found.push((hash, key, data.map(|data| data.is_some())));
                }
                Ok(found)
            })
        });
        let checked = looked_up.await?.into_iter().map(async |(hash, key, found)| {
            let there = match found {
                None => false,
                Some(true) => true,
                Some(false) => workflow.blobs.size(&hash).await?.is_some(),
            };
            Ok::<_, Error>((key, there))
        });
        let mut checked = futures::stream::iter(checked).buffered(ASKED_AT_ONCE);
        while let Some((key, there)) = checked.try_next().await? {
            if !there {
                missing.add(&key);
            }
        }
    }
    Ok(missing)
}

impl PackedSink {
    /// None, and noted, when the data is gone.
    fn open(&mut self, source: &str) -> io::Result<Option<Box<dyn Read>>> {
        let Some((hash, key)) = source.split_once('/') else { return Ok(None) };
        let found = self.data.open(hash, key)?;
        if found.is_none() {
            self.missing.add(key);
        }
        Ok(found)
    }
}

impl Write for PackedSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

impl ArchiveSink for PackedSink {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        self.zip.begin(name)
    }

    fn media(&mut self, name: &str, source: &str) -> io::Result<()> {
        match self.open(source)? {
            Some(mut data) => self.zip.add(name, &mut data),
            None => Ok(()),
        }
    }

    fn data(&mut self, source: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(mut data) = self.open(source)? else { return Ok(None) };
        let mut bytes = Vec::new();
        data.read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        self.zip.scratch()
    }
}

/// Where the data of items is found.
pub struct Items {
    pub workflow: Workflow,
    pub project: ProjectId,
    pub runtime: tokio::runtime::Handle,
}

impl Items {
    /// None when the project's datasets have no such item any more, or its blob is gone.
    fn open(&self, hash: &str, key: &str) -> io::Result<Option<Box<dyn Read>>> {
        let (project, hash, key): (_, Arc<str>, _) = (self.project, hash.into(), key.to_owned());
        let wanted = Arc::clone(&hash);
        let find = self
            .workflow
            .read(move |tx| Box::pin(async move { Ok(datasets::data_in_project(tx, project, &key, &wanted).await?) }));
        match self.runtime.block_on(find).map_err(io::Error::other)? {
            None => Ok(None),
            Some(Some(bytes)) => Ok(Some(Box::new(io::Cursor::new(bytes)))),
            Some(None) => {
                let blobs = &self.workflow.blobs;
                match self.runtime.block_on(blobs.reader(&hash)) {
                    Ok(reader) => Ok(Some(Box::new(reader))),
                    Err(_) if matches!(self.runtime.block_on(blobs.size(&hash)), Ok(None)) => Ok(None),
                    Err(error) => Err(io::Error::other(error)),
                }
            }
        }
    }
}

/// Machine labels are told from people's.
fn consensus_source(found: &FrozenConsensus) -> String {
    if found.method == MACHINE { MACHINE.to_owned() } else { "consensus".to_owned() }
}

fn chosen(mut item: FrozenItem, wanted: &Order) -> serde_json::Result<ExportItem> {
    let sourced = |source: String, answer: &RawValue| {
        serde_json::from_str(answer.get()).map(|answer| SourcedAnswer::new(source, answer))
    };
    let given = |answer: FrozenAnswer| {
        let found = sourced(answer.labeler, &answer.answer)?;
        Ok(SourcedAnswer { revision: answer.revision, submitted_at: answer.submitted_at, ..found })
    };
    let answers: serde_json::Result<Vec<SourcedAnswer>> = match wanted.answers {
        Answers::Consensus => {
            item.consensus.iter().map(|found| sourced(consensus_source(found), &found.answer)).collect()
        }
        Answers::All | Answers::Accepted => std::mem::take(&mut item.answers)
            .into_iter()
            .filter(|answer| wanted.answers == Answers::All || answer.state == "accepted")
            .map(given)
            .collect(),
    };
    let split = split::give_back(&mut item.metadata, &wanted.format.carries);
    let companions = std::mem::take(&mut item.companions).into_iter();
    let companions =
        companions.map(|one| CompanionItem { pane: one.pane, item: Box::new(bare(one.item, wanted)) }).collect();
    Ok(ExportItem { split, companions, answers: answers?, ..bare(item, wanted) })
}

/// An item or a companion without answers.
fn bare(item: FrozenItem, wanted: &Order) -> ExportItem {
    let words = matches!(item.modality, Modality::Text | Modality::Dialogue | Modality::Table);
    let with_data = wanted.media == Media::Copy && !words;
    ExportItem {
        media: with_data.then(|| format!("{}/{}", item.hash, item.key)),
        hash: item.hash,
        size: item.size,
        text: item.text,
        clock: item.clock,
        layer: item.layer,
        volume: item.volume,
        frames: item.frames,
        metadata: item.metadata,
        ..ExportItem::new(item.key, item.modality)
    }
}
