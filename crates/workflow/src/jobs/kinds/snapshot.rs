//! Freezes a project: every item with every answer and the consensus, as one blob.

use super::{Running, Stopped, input};
use crate::{
    Error, Result,
    freeze::{FrozenAnswer, FrozenConsensus, FrozenItem, SnapshotHead},
    media::StoredShape,
    resolve::{consensus_of, counted},
};
use labelwright_core::{Modality, ProjectId, TaskId};
use labelwright_store::records::{
    freezing::{self, WholeTask},
    projects, snapshots,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Serialize, Deserialize)]
pub struct SnapshotInput {
    pub project: ProjectId,
    pub name: String,
}

const PAGE: i64 = 500;

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let SnapshotInput { project, name } = input(running)?;
    let workflow = running.workflow.clone();
    let row = workflow
        .read(move |tx| Box::pin(async move { Ok(projects::project(tx, project).await?) }))
        .await?
        .ok_or_else(|| Stopped::Failed("the project is gone".into()))?;
    let schema = workflow.schema_of(row.schema_version).await?;
    let mut items: Vec<FrozenItem> = Vec::new();
    let mut after = TaskId(0);
    loop {
        let row = row.clone();
        let page: Result<(Vec<FrozenItem>, Option<TaskId>)> =
            workflow.read(move |tx| Box::pin(async move { page(tx, &row, after).await })).await;
        let (mut found, last) = page?;
        for item in found.iter_mut().filter(|item| item.modality == Modality::Text && item.text.is_none()) {
            let bytes = workflow.blobs.get(&item.hash).await.map_err(Error::from)?;
            item.text = String::from_utf8(bytes.to_vec()).ok();
        }
        items.append(&mut found);
        running.progress(items.len() as i64, 0, "freezing").await?;
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    items.sort_by(|a, b| a.key.cmp(&b.key).then_with(|| a.hash.cmp(&b.hash)));
    let head = SnapshotHead {
        format: "labelwright-snapshot".into(),
        version: 1,
        project: row.name.clone(),
        schema: (*schema).clone(),
    };
    let answers: usize = items.iter().map(|item| item.answers.len()).sum();
    let counts = json!({ "items": items.len(), "answers": answers,
        "consensus": items.iter().filter(|item| item.consensus.is_some()).count() });
    let bytes = lines(&head, &items).map_err(|error| Stopped::Failed(error.to_string()))?;
    let hash = workflow.blobs.put(bytes.into()).await.map_err(Error::from)?;
    let (text, now, stored) = (counts.to_string(), workflow.now(), hash.clone());
    let id = workflow
        .write(move |tx| Box::pin(async move { Ok(snapshots::create(tx, project, &name, &stored, &text, now).await?) }))
        .await?;
    Ok(json!({ "snapshot_id": id, "hash": hash, "counts": counts }))
}

fn lines(head: &SnapshotHead, items: &[FrozenItem]) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(head)?;
    bytes.push(b'\n');
    for item in items {
        serde_json::to_writer(&mut bytes, item)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

async fn page(
    tx: &mut labelwright_store::Tx,
    project: &projects::ProjectRow,
    after: TaskId,
) -> Result<(Vec<FrozenItem>, Option<TaskId>)> {
    let page = freezing::whole_tasks(tx, project.id, after, PAGE).await?;
    let last = page.last().map(|whole| whole.task);
    Ok((page.into_iter().map(|whole| frozen(whole, project)).collect(), last))
}

fn frozen(whole: WholeTask, project: &projects::ProjectRow) -> FrozenItem {
    let WholeTask { item, annotations: heads, consensus: stored, .. } = whole;
    let consensus = consensus_of(&heads, stored.as_ref(), project)
        .map(|(answer, method)| FrozenConsensus { method: method.to_owned(), answer });
    let mut answers: Vec<FrozenAnswer> = counted(&heads)
        .into_iter()
        .map(|(head, answer)| FrozenAnswer { labeler: head.author_name.clone(), state: head.state.clone(), answer })
        .collect();
    if answers.len() > 1 {
        answers.sort_by_cached_key(|one| (one.labeler.clone(), one.answer.canonical_json()));
    }
    FrozenItem {
        key: item.key,
        modality: if item.modality == "text" { Modality::Text } else { Modality::Image },
        hash: item.hash,
        size: match StoredShape::read(&item.shape) {
            Some(StoredShape::Image { width, height }) => Some([width, height]),
            _ => None,
        },
        text: item.content,
        metadata: serde_json::from_str(&item.metadata).unwrap_or_default(),
        answers,
        consensus,
    }
}
