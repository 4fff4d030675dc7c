//! Writes a snapshot in a format, with the report of what the format could not carry.

use super::{Running, Stopped, input};
use crate::{
    Error,
    freeze::{Answers, FrozenItem, SnapshotHead},
};
use labelwright_core::SnapshotId;
use labelwright_formats::{ExportItem, FileSink, Format, Head, LossReport, Options, SourcedAnswer, ZipSink, format};
use labelwright_store::{
    blobs::{Blobs, Draft},
    records::snapshots::{self, NewExport},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use std::io::{self, BufRead, BufReader};

#[derive(Serialize, Deserialize)]
pub struct ExportInput {
    pub snapshot: SnapshotId,
    pub format: String,
    pub answers: Answers,
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
    let place = Place { draft: workflow.blobs.draft().map_err(Error::from)?, blobs: workflow.blobs.clone() };
    let (name, answers) = (wanted.format.clone(), wanted.answers);
    let written = workflow.blocking(move || write(BufReader::new(frozen), place, &name, answers)).await?;
    let (draft, report) = written.map_err(Stopped::Failed)?;
    let (hash, size) = workflow.blobs.keep(draft).await.map_err(Error::from)?;
    let size = size as i64;
    let loss = serde_json::to_string(&report).map_err(|error| Stopped::Failed(error.to_string()))?;
    let options = json!({ "answers": wanted.answers }).to_string();
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

/// Where an export is written, and what lies beside it until it has its place there.
struct Place {
    draft: Draft,
    blobs: Blobs,
}

/// The snapshot in the wanted format.
fn write(mut frozen: impl BufRead, place: Place, name: &str, answers: Answers) -> Result<(Draft, LossReport), String> {
    let format = format(name).filter(|format| format.write.is_some()).ok_or("this format cannot be written")?;
    let mut line = Vec::new();
    frozen.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
    let head: SnapshotHead = serde_json::from_slice(&line).map_err(|error| error.to_string())?;
    // A broken line must fail the export and not shorten it.
    let mut broken = None;
    let mut next = || -> io::Result<Option<ExportItem>> {
        line.clear();
        match frozen.read_until(b'\n', &mut line)? {
            0 => Ok(None),
            _ => Ok(Some(serde_json::from_slice(&line).and_then(|item| chosen(item, answers))?)),
        }
    };
    let mut items = std::iter::from_fn(|| {
        next().unwrap_or_else(|error| {
            broken = Some(error);
            None
        })
    });
    // Programs that read masks (pycocotools) stumble over a box without a segmentation.
    let corners =
        [("box_segmentation", "corners")].into_iter().filter(|(key, _)| format.options.iter().any(|o| o.key == *key));
    let options = Options::parse(format.options, corners)?;
    let head = Head::new(&head.project, &head.schema, &options);
    let written = packed(format, &head, &mut items, place).map_err(|error| error.to_string())?;
    match broken {
        Some(reason) => Err(format!("the snapshot cannot be read: {reason}")),
        None => Ok(written),
    }
}

/// The one file of the format, or a zip file of its many.
fn packed(
    format: &Format,
    head: &Head<'_>,
    items: &mut dyn Iterator<Item = ExportItem>,
    Place { draft, blobs }: Place,
) -> io::Result<(Draft, LossReport)> {
    let files = Box::new(move || blobs.scratch());
    if format.is_one_file() {
        let mut sink = FileSink::new(draft, files);
        let report = format.write_to(head, items, &mut sink)?;
        return Ok((sink.finish()?, report));
    }
    let mut sink = ZipSink::new(draft, files);
    let report = format.write_to(head, items, &mut sink)?;
    Ok((sink.finish()?, report))
}

fn chosen(item: FrozenItem, wanted: Answers) -> serde_json::Result<ExportItem> {
    let sourced = |source: String, answer: &RawValue| {
        serde_json::from_str(answer.get()).map(|answer| SourcedAnswer { source, answer })
    };
    let answers: serde_json::Result<Vec<SourcedAnswer>> = match wanted {
        Answers::Consensus => item.consensus.iter().map(|found| sourced("consensus".into(), &found.answer)).collect(),
        Answers::All | Answers::Accepted => item
            .answers
            .into_iter()
            .filter(|answer| wanted == Answers::All || answer.state == "accepted")
            .map(|answer| sourced(answer.labeler, &answer.answer))
            .collect(),
    };
    Ok(ExportItem {
        hash: item.hash,
        size: item.size,
        text: item.text,
        metadata: item.metadata,
        answers: answers?,
        ..ExportItem::new(item.key, item.modality)
    })
}
