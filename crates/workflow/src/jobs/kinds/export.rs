//! Writes a snapshot in a format, with the report of what the format could not carry.

use super::{Running, Stopped, input};
use crate::{
    Error,
    freeze::{Answers, FrozenItem, SnapshotHead},
};
use labelwright_core::SnapshotId;
use labelwright_formats::{ExportItem, Head, LossReport, SourcedAnswer, format};
use labelwright_store::records::snapshots::{self, NewExport};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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
    let frozen = workflow.blobs.get(&row.hash).await.map_err(Error::from)?;
    let (name, answers) = (wanted.format.clone(), wanted.answers);
    let (bytes, report) = workflow.blocking(move || write(&frozen, &name, answers)).await?.map_err(Stopped::Failed)?;
    let size = bytes.len() as i64;
    let hash = workflow.blobs.put(bytes.into()).await.map_err(Error::from)?;
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

/// The snapshot's bytes in the wanted format.
pub(crate) fn write(frozen: &[u8], name: &str, answers: Answers) -> Result<(Vec<u8>, LossReport), String> {
    let writer = format(name).and_then(|format| format.write).ok_or("this format cannot be written")?;
    let mut lines = frozen.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let head: SnapshotHead =
        serde_json::from_slice(lines.next().unwrap_or_default()).map_err(|error| error.to_string())?;
    // A broken line must fail the export and not shorten it.
    let mut broken = None;
    let mut items = lines.map_while(|line| match serde_json::from_slice::<FrozenItem>(line) {
        Ok(item) => Some(chosen(item, answers)),
        Err(error) => {
            broken = Some(error.to_string());
            None
        }
    });
    let mut bytes = Vec::new();
    let head = Head { project: &head.project, schema: &head.schema };
    let report = writer(&head, &mut items, &mut bytes).map_err(|error| error.to_string())?;
    match broken {
        Some(reason) => Err(format!("the snapshot cannot be read: {reason}")),
        None => Ok((bytes, report)),
    }
}

fn chosen(item: FrozenItem, wanted: Answers) -> ExportItem {
    let answers = match wanted {
        Answers::Consensus => item
            .consensus
            .into_iter()
            .map(|consensus| SourcedAnswer { source: "consensus".into(), answer: consensus.answer })
            .collect(),
        Answers::All | Answers::Accepted => item
            .answers
            .into_iter()
            .filter(|answer| wanted == Answers::All || answer.state == "accepted")
            .map(|answer| SourcedAnswer { source: answer.labeler, answer: answer.answer })
            .collect(),
    };
    ExportItem {
        key: item.key,
        modality: item.modality,
        hash: item.hash,
        size: item.size,
        text: item.text,
        metadata: item.metadata,
        answers,
    }
}
