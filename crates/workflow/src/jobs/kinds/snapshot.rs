//! Freezes a project: every item with every answer and the consensus, as one blob.

use super::{Pace, Running, Stopped, Told, input};
use crate::{
    Error, Result, Workflow,
    automation::certifying::with_audit,
    companions::in_panes,
    freeze::{FrozenAnswer, FrozenCompanion, FrozenConsensus, FrozenItem, MACHINE, SnapshotHead},
    media::StoredShape,
    resolve::counts,
    settle::Settler,
};
use labelwright_core::{Answer, LabelSchema, Modality, ProjectId, TaskId};
use labelwright_store::{
    StoreError,
    blobs::Draft,
    records::{
        datasets::{self, ItemRow},
        freezing::{self, WholeTask},
        machine_labels::{self, CertificateRow, StandingLabel},
        projects, snapshots,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use std::{
    collections::HashMap,
    io::{self, Read, Seek, SeekFrom, Write},
    sync::Arc,
};

#[derive(Serialize, Deserialize)]
pub struct SnapshotInput {
    pub project: ProjectId,
    pub name: String,
}

const PAGE: i64 = 500;

/// What is frozen besides what people and certificates say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// Nothing.
    LeftOut,
    /// Where nobody has answered, the first of the answers that came with the item.
    WhereNobodyAnswered,
}

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let SnapshotInput { project, name } = input(running)?;
    let workflow = running.workflow.clone();
    let wanted = Wanted { project, imported: Imported::LeftOut, most: usize::MAX };
    let (draft, counts) = freeze(&workflow, wanted, &mut Told { running, total: 0, message: "freezing" }).await?;
    let (hash, _) = workflow.blobs.keep(draft).await.map_err(Error::from)?;
    let (text, now, stored) = (counts.to_string(), workflow.now(), hash.clone());
    let id = workflow
        .write(move |tx| Box::pin(async move { Ok(snapshots::create(tx, project, &name, &stored, &text, now).await?) }))
        .await?;
    Ok(json!({ "snapshot_id": id, "hash": hash, "counts": counts }))
}

/// What is frozen.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub project: ProjectId,
    pub imported: Imported,
    /// No more of the first items than about these.
    pub most: usize,
}

/// The project as it is now, and how much that is. Told are the items that are done.
pub async fn freeze(
    workflow: &Workflow,
    Wanted { project, imported, most }: Wanted,
    pace: &mut impl Pace,
) -> Result<(Draft, Value), Stopped> {
    let row = workflow
        .read(move |tx| Box::pin(async move { Ok(projects::project(tx, project).await?) }))
        .await?
        .ok_or_else(|| Stopped::Failed("the project is gone".into()))?;
    let schema = workflow.schema_of(row.schema_version).await?;
    let settler = Arc::new(Settler::fitted(workflow, &row).await?);
    let holding = holding(workflow, project).await?;
    let head = SnapshotHead {
        format: "labelwright-snapshot".into(),
        version: 1,
        project: row.name.clone(),
        schema: (*schema).clone(),
        certificates: holding.iter().map(with_audit).collect(),
    };
    let mut lines = Lines::new(workflow.blobs.draft().map_err(Error::from)?, &head).map_err(full)?;
    let mut after = TaskId(0);
    loop {
        let (schema, settler) = (Arc::clone(&schema), Arc::clone(&settler));
        let page: Result<(Vec<FrozenItem>, Option<TaskId>)> = workflow
            .read(move |tx| Box::pin(async move { page(tx, project, (&schema, &settler), after, imported).await }))
            .await;
        let (found, last) = page?;
        // The words of a long document are many: no two are in memory at once.
        let mut batch = Vec::with_capacity(found.len());
        for mut item in found {
            let mut is_long = fill(workflow, &mut item).await?;
            for companion in &mut item.companions {
                is_long |= fill(workflow, &mut companion.item).await?;
            }
            batch.push(item);
            if is_long {
                let long = std::mem::take(&mut batch);
                lines = workflow.blocking(move || lines.append(long)).await?.map_err(full)?;
            }
        }
        lines = workflow.blocking(move || lines.append(batch)).await?.map_err(full)?;
        pace.step(lines.items()).await?;
        match last {
            Some(last) if lines.places.len() < most => after = last,
            _ => break,
        }
    }
    let ids = |rows: &[CertificateRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    if ids(&holding) != ids(&self::holding(workflow, project).await?) {
        return Err(Stopped::TryAgain("machine labels were given or taken back meanwhile".into()));
    }
    let counts = json!({ "items": lines.items(), "answers": lines.answers, "consensus": lines.consensus });
    let sorted = workflow.blobs.draft().map_err(Error::from)?;
    Ok((workflow.blocking(move || lines.sorted(sorted)).await?.map_err(full)?, counts))
}

/// Loads what does not lie in the row of an item. True where that may be much.
async fn fill(workflow: &Workflow, item: &mut FrozenItem) -> Result<bool> {
    match item.modality {
        Modality::Text | Modality::Dialogue | Modality::Table if item.text.is_none() => {
            let bytes = workflow.blobs.get(&item.hash).await?;
            item.text = String::from_utf8(bytes.to_vec()).ok();
        }
        Modality::Volume => item.volume = workflow.grid_of(&item.hash).await?.map(Box::new),
        _ => {}
    }
    let Some(blob) = item.layer_blob.take() else { return Ok(false) };
    item.layer = Some(Box::new(workflow.layer(&blob).await?));
    Ok(true)
}

/// What was written so far, in the order in which tasks came, and where each line lies: memory holds keys, not items.
struct Lines {
    draft: Draft,
    head: u64,
    end: u64,
    places: Vec<Place>,
    answers: usize,
    consensus: usize,
    line: Vec<u8>,
}

/// Sorts by key. Two datasets may have the same key: then by what the item is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    key: Box<str>,
    hash: Box<str>,
    start: u64,
    length: usize,
}

impl Lines {
    fn new(mut draft: Draft, head: &SnapshotHead) -> io::Result<Self> {
        let mut line = serde_json::to_vec(head)?;
        line.push(b'\n');
        draft.write_all(&line)?;
        let end = line.len() as u64;
        Ok(Self { draft, head: end, end, places: Vec::new(), answers: 0, consensus: 0, line })
    }

    fn items(&self) -> i64 {
        self.places.len() as i64
    }

    fn append(mut self, items: Vec<FrozenItem>) -> io::Result<Self> {
        for item in items {
            self.line.clear();
            serde_json::to_writer(&mut self.line, &item)?;
            self.line.push(b'\n');
            self.draft.write_all(&self.line)?;
            let length = self.line.len();
            self.places.push(Place { key: item.key.into(), hash: item.hash.into(), start: self.end, length });
            self.end += length as u64;
            self.answers += item.answers.len();
            self.consensus += usize::from(item.consensus.is_some());
        }
        Ok(self)
    }

    /// The snapshot. Items come mostly in the order of their keys: then it is written already.
    fn sorted(mut self, mut out: Draft) -> io::Result<Draft> {
        if self.places.is_sorted() {
            return Ok(self.draft);
        }
        self.places.sort_unstable();
        let head = Place { key: "".into(), hash: "".into(), start: 0, length: self.head as usize };
        for place in std::iter::once(&head).chain(&self.places) {
            self.line.resize(place.length, 0);
            self.draft.seek(SeekFrom::Start(place.start))?;
            self.draft.read_exact(&mut self.line)?;
            out.write_all(&self.line)?;
        }
        Ok(out)
    }
}

fn full(error: io::Error) -> Stopped {
    Error::from(StoreError::StorageFull(error.to_string())).into()
}

async fn page(
    tx: &mut labelwright_store::Tx,
    project: ProjectId,
    (schema, settler): (&LabelSchema, &Settler),
    after: TaskId,
    imported: Imported,
) -> Result<(Vec<FrozenItem>, Option<TaskId>)> {
    let page = freezing::whole_tasks(tx, project, after, PAGE).await?;
    let last = page.last().map(|whole| whole.task);
    let standing = machine_labels::standing(tx, project, after, last.unwrap_or(after)).await?;
    let machine: HashMap<TaskId, StandingLabel> = standing.into_iter().map(|label| (label.task, label)).collect();
    let mut items = Vec::with_capacity(page.len());
    for whole in page {
        let (label, id) = (machine.get(&whole.task), whole.item.id);
        let mut item = frozen(whole, schema, settler, label)?;
        if imported == Imported::WhereNobodyAnswered && item.consensus.is_none() {
            let first = datasets::item_answers(tx, id).await?.into_iter().next();
            let consensus = first.map(|(method, answer)| {
                Ok::<_, Error>(FrozenConsensus { method, answer: raw(answer, "an imported answer", &item.key)? })
            });
            item.consensus = consensus.transpose()?;
        }
        items.push(item);
    }
    Ok((items, last))
}

/// The certificates that hold at this moment.
async fn holding(workflow: &Workflow, project: ProjectId) -> Result<Vec<CertificateRow>> {
    let mut all =
        workflow.read(move |tx| Box::pin(async move { Ok(machine_labels::certificates(tx, project).await?) })).await?;
    all.retain(|row| row.state == "holds");
    Ok(all)
}

/// A machine's label stands where people have said nothing.
fn frozen(
    whole: WholeTask,
    schema: &LabelSchema,
    settler: &Settler,
    machine: Option<&StandingLabel>,
) -> Result<FrozenItem> {
    let WholeTask { item, companions, annotations: heads, consensus: stored, .. } = whole;
    let consensus = match settler.frozen(&heads, stored.as_ref()) {
        Some((answer, method)) => Some(FrozenConsensus { method, answer: raw(answer, "the consensus", &item.key)? }),
        None => match machine {
            Some(label) => {
                let fields = [(label.field.clone(), labelwright_core::Value::Text(label.value.clone()))].into();
                let answer = Answer { fields, ..Answer::default() }.canonical_json();
                Some(FrozenConsensus { method: MACHINE.into(), answer: raw(answer, "a machine label", &item.key)? })
            }
            None => None,
        },
    };
    let mut answers = Vec::with_capacity(heads.len());
    for head in heads.into_iter().filter(counts) {
        let answer = raw(head.answer, "an answer", &item.key)?;
        answers.push(FrozenAnswer {
            labeler: head.author_name,
            state: head.state,
            revision: u32::try_from(head.revision).ok(),
            submitted_at: Some(head.at),
            answer,
        });
    }
    answers.sort_by(|a, b| (&a.labeler, a.answer.get()).cmp(&(&b.labeler, b.answer.get())));
    let companions = in_panes(schema, companions).into_iter();
    let companions = companions.map(|row| FrozenCompanion { pane: row.pane, item: bare(row.item) }).collect();
    Ok(FrozenItem { answers, consensus, companions, ..bare(item) })
}

/// An item as it lies in its row, without answers.
fn bare(item: ItemRow) -> FrozenItem {
    let shape = StoredShape::read(&item.shape);
    FrozenItem {
        key: item.key,
        modality: match item.modality.as_str() {
            "text" => Modality::Text,
            "audio" => Modality::Audio,
            "dialogue" => Modality::Dialogue,
            "table" => Modality::Table,
            "time_series" => Modality::TimeSeries,
            "document" => Modality::Document,
            "volume" => Modality::Volume,
            "video" => Modality::Video,
            _ => Modality::Image,
        },
        hash: item.hash,
        size: shape.as_ref().and_then(StoredShape::size),
        frames: shape.as_ref().and_then(StoredShape::frames),
        volume: None,
        clock: shape.as_ref().and_then(StoredShape::clock),
        layer: None,
        layer_blob: match shape {
            Some(StoredShape::Document { layer, .. }) => Some(layer),
            _ => None,
        },
        text: item.content,
        metadata: serde_json::from_str(&item.metadata).unwrap_or_default(),
        answers: Vec::new(),
        consensus: None,
        companions: Vec::new(),
    }
}

/// Stored words as they are. An item must not be frozen without an answer that it has.
fn raw(stored: String, what: &str, key: &str) -> Result<Box<RawValue>> {
    RawValue::from_string(stored)
        .map_err(|error| Error::internal(format!("{what} to {key:?} cannot be read ({error}): ask the doctor")))
}
