//! Numbers that stand for a project's items. Enters: texts and pictures. Leaves: a matrix with a row a task.
//!
//! What a text's or a picture's numbers mean is learned once, from a sample of the project's items; after that each item
//! gets its numbers by itself and they are kept, so that only new items are looked at. When the project has grown much,
//! or the features are of an older kind, all is learned anew.

use crate::{
    Error, Result, Workflow,
    jobs::{Running, Stopped},
    media::square,
    settings::shuffled,
};
use labelwright_core::{ItemId, Modality, ProjectId, TaskId};
use labelwright_learn::{
    LearnError, Matrix,
    embed::{
        fitted::{Fitted, ImageModel, TextModel},
        image,
    },
};
use labelwright_store::{
    StoreError,
    jobs::JobProblem,
    records::{
        datasets::{self, ItemRow},
        features::{self, FeatureSet},
        projects::ProjectRow,
    },
};
use std::{collections::BTreeSet, sync::Arc};

/// Numbers of an item.
const DIMS: usize = 64;
/// Items from which the directions are learned.
const SAMPLE: usize = 5000;
const SEED: u64 = 1;
/// Tasks that fit into memory beside the methods that look at them.
pub(crate) const TASKS_MAXIMUM: usize = 200_000;
/// Characters of a text that are looked at.
const CHARS_MAXIMUM: usize = 20_000;
/// Items whose numbers are stored at once.
const PAGE: i64 = 200;
/// Rows that are read at once.
const READ_PAGE: i64 = 5000;
/// Vectors that are dropped at once: short enough that labelers get in between.
const DROP_PAGE: i64 = 2000;

/// A kind of features. The version goes up when the same item would get other numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub id: &'static str,
    pub title: &'static str,
    modality: Modality,
}

const KINDS: &[Kind] = &[
    Kind { id: "text/1", title: "words and runs of characters, in 64 directions", modality: Modality::Text },
    Kind {
        id: "table/1",
        title: "words and runs of characters of the cells, in 64 directions",
        modality: Modality::Table,
    },
    Kind {
        id: "image/1",
        title: "colours, gradients and low frequencies, in 64 directions",
        modality: Modality::Image,
    },
];

impl Kind {
    /// Are they made of words?
    fn reads(self) -> bool {
        matches!(self.modality, Modality::Text | Modality::Table)
    }

    /// The features for a kind of data. Errors: there are none for it.
    pub fn of(modality: Modality) -> Result<Self> {
        KINDS.iter().copied().find(|kind| kind.modality == modality).ok_or_else(|| {
            let known: Vec<&str> = KINDS.iter().map(|kind| kind.modality.as_str()).collect();
            let message =
                format!("there are no features for {} yet, only for {}", modality.as_str(), known.join(" and "));
            Error::conflict("no_features", message)
        })
    }
}

/// A project's tasks as rows of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Features {
    /// The task of each row, ascending.
    pub tasks: Vec<TaskId>,
    /// Tasks x 64. Columns share a unit: they are not to be scaled.
    pub matrix: Matrix,
    pub kind: Kind,
}

impl Workflow {
    async fn features_in(&self, project: &ProjectRow, set: i64, kind: Kind) -> Result<Option<Features>> {
        let (id, mut after) = (project.id, TaskId(0));
        let (mut tasks, mut values) = (Vec::new(), Vec::new());
        loop {
            let page = self
                .read(move |tx| {
                    Box::pin(async move { Ok(features::vectors_after(tx, id, set, after, READ_PAGE).await?) })
                })
                .await?;
            let Some(last) = page.last() else { break };
            after = last.0;
            for (task, vector) in page {
                // An empty vector: the item cannot be read.
                if vector.len() == DIMS * 4 {
                    tasks.push(task);
                    let words = vector.chunks_exact(4).filter_map(|word| word.try_into().ok());
                    values.extend(words.map(|word| f64::from(f32::from_le_bytes(word))));
                }
            }
        }
        if tasks.is_empty() {
            return Ok(None);
        }
        let matrix = Matrix::new(values, DIMS).map_err(unreadable)?;
        Ok(Some(Features { tasks, matrix, kind }))
    }
}

fn unreadable(error: LearnError) -> Error {
    Error::internal(format!("the stored features cannot be read: {error}"))
}

/// The features of all of a project's tasks; what is missing is computed, with progress. Items that cannot be read are
/// left out and told.
pub(crate) async fn features(running: &mut Running<'_>, project: &ProjectRow) -> Result<Features, Stopped> {
    let workflow = running.workflow.clone();
    let kind = Kind::of(workflow.schema_of(project.schema_version).await?.modality)?;
    let all = task_items(running, project).await?;
    if all.is_empty() {
        return Err(Stopped::Failed("the project has no tasks: add a dataset first".into()));
    }
    let id = project.id;
    let set = workflow.read(move |tx| Box::pin(async move { Ok(features::current(tx, id).await?) })).await?;
    let good = |set: &FeatureSet| set.kind == kind.id && (all.len() as i64) < set.items.saturating_mul(2);
    let (set, model) = match set.filter(good).and_then(|set| Some((set.id, Fitted::from_bytes(&set.model).ok()?))) {
        Some(kept) => kept,
        None => learned(running, project, kind, &all).await?,
    };
    complete(running, project.id, kind, (set, Arc::new(model)), all.len() as i64).await?;
    let found = workflow.features_in(project, set, kind).await?;
    found.ok_or_else(|| Stopped::Failed("none of the items can be read: see the problems of this job".into()))
}

async fn task_items(running: &mut Running<'_>, project: &ProjectRow) -> Result<Vec<(TaskId, ItemId)>, Stopped> {
    let (id, mut after, mut all) = (project.id, TaskId(0), Vec::new());
    loop {
        let page = running
            .workflow
            .read(move |tx| Box::pin(async move { Ok(features::task_items_after(tx, id, after, READ_PAGE).await?) }))
            .await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = last.0;
        all.extend(page);
        if all.len() > TASKS_MAXIMUM {
            let message = format!("the project has more than {TASKS_MAXIMUM} tasks: split it to learn from its labels");
            return Err(Stopped::Failed(message));
        }
    }
}

/// Learns the directions from a sample and starts a new set.
async fn learned(
    running: &mut Running<'_>,
    project: &ProjectRow,
    kind: Kind,
    all: &[(TaskId, ItemId)],
) -> Result<(i64, Fitted), Stopped> {
    let workflow = running.workflow.clone();
    let mut items: Vec<ItemId> = all.iter().map(|(_, item)| *item).collect();
    items.sort_by_key(|item| shuffled(SEED, item.0 as u64));
    items.truncate(SAMPLE);
    let wanted: BTreeSet<ItemId> = items.into_iter().collect();
    let (mut texts, mut pictures) = (Vec::new(), Vec::new());
    for (at, item) in wanted.iter().enumerate() {
        running.progress(at as i64, wanted.len() as i64, "looking at a sample of the items").await?;
        let item = *item;
        let row = workflow.read(move |tx| Box::pin(async move { Ok(datasets::item(tx, item).await?) })).await?;
        let Some(row) = row else { continue };
        // What cannot be read is told when its own turn comes.
        match read(&workflow, &row, kind).await? {
            Ok(Raw::Text(text)) => texts.push(text),
            Ok(Raw::Pixels(pixels)) => pictures.push(pixels),
            Err(_) => {}
        }
    }
    let size = wanted.len() as i64;
    let model = running
        .compute((size, size), "learning what tells the items apart", move || {
            if kind.reads() {
                TextModel::fit(&texts, DIMS, SEED).map(Fitted::Text)
            } else {
                ImageModel::fit(&pictures, DIMS, SEED).map(Fitted::Image)
            }
        })
        .await?
        .map_err(|error| Stopped::Failed(format!("no features can be made of the items: {error}")))?;
    let (id, count, now, bytes) = (project.id, all.len() as i64, workflow.now(), model.to_bytes());
    let (set, older) = workflow
        .write(move |tx| Box::pin(async move { Ok(features::start(tx, id, kind.id, count, bytes, now).await?) }))
        .await?;
    for old in older {
        loop {
            let dropped: Result<u64> = workflow
                .write(move |tx| Box::pin(async move { Ok(features::drop_vectors(tx, old, DROP_PAGE).await?) }))
                .await;
            if dropped? == 0 {
                break;
            }
        }
    }
    Ok((set, model))
}

/// Computes and keeps the vectors that the set does not have yet.
async fn complete(
    running: &mut Running<'_>,
    project: ProjectId,
    kind: Kind,
    (set, model): (i64, Arc<Fitted>),
    total: i64,
) -> Result<(), Stopped> {
    let workflow = running.workflow.clone();
    let (mut after, mut done) = (TaskId(0), 0);
    loop {
        let page = workflow
            .read(move |tx| Box::pin(async move { Ok(features::items_without(tx, project, set, after, PAGE).await?) }))
            .await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.0;
        let (mut vectors, mut problems) = (Vec::with_capacity(page.len()), Vec::new());
        for (_, row) in page {
            running.progress(done, total, "turning items into numbers").await?;
            done += 1;
            let vector = match read(&workflow, &row, kind).await? {
                Ok(raw) => {
                    let model = Arc::clone(&model);
                    workflow.blocking(move || raw.embedded(&model)).await?
                }
                Err(message) => {
                    problems.push(JobProblem { place: row.key.clone(), code: "unreadable".into(), message });
                    Vec::new()
                }
            };
            vectors.push((row.id, vector));
        }
        running.problems(problems).await?;
        let kept: Result<(), StoreError> =
            workflow.store.write(move |tx| Box::pin(async move { features::keep(tx, set, vectors).await })).await;
        match kept {
            Err(StoreError::NotFound) => {
                return Err(Stopped::TryAgain("another job has started the features anew".into()));
            }
            other => other.map_err(Error::from)?,
        }
    }
}

/// Numbers of items that are in no project yet, learned from themselves and not kept: each item that can be read with its
/// row. What cannot be read is told.
pub(crate) async fn of_items(
    running: &mut Running<'_>,
    modality: Modality,
    items: &[ItemId],
) -> Result<(Vec<ItemId>, Matrix), Stopped> {
    let (workflow, kind) = (running.workflow.clone(), Kind::of(modality)?);
    let (mut known, mut texts, mut pictures) = (Vec::new(), Vec::new(), Vec::new());
    for (at, item) in items.iter().enumerate() {
        running.progress(at as i64, items.len() as i64, "reading items").await?;
        let item = *item;
        let row = workflow.read(move |tx| Box::pin(async move { Ok(datasets::item(tx, item).await?) })).await?;
        let Some(row) = row else { continue };
        match read(&workflow, &row, kind).await? {
            Ok(Raw::Text(text)) => texts.push(text),
            Ok(Raw::Pixels(pixels)) => pictures.push(pixels),
            Err(message) => {
                let problem = JobProblem { place: row.key.clone(), code: "unreadable".into(), message };
                running.problems(vec![problem]).await?;
                continue;
            }
        }
        known.push(item);
    }
    let size = items.len() as i64;
    let values = running.compute((size, size), "turning items into numbers", move || {
        let step = texts.len().max(pictures.len()).div_ceil(SAMPLE).max(1);
        let rows: Vec<Vec<f32>> = if kind.reads() {
            let sample: Vec<String> = texts.iter().step_by(step).cloned().collect();
            let model = TextModel::fit(&sample, DIMS, SEED)?;
            texts.iter().map(|text| model.embed(text)).collect()
        } else {
            let sample: Vec<Vec<u8>> = pictures.iter().step_by(step).cloned().collect();
            let model = ImageModel::fit(&sample, DIMS, SEED)?;
            pictures.iter().map(|pixels| model.embed(pixels)).collect()
        };
        let width = rows.first().map_or(DIMS, Vec::len);
        Matrix::new(rows.into_iter().flatten().map(f64::from).collect(), width)
    });
    let matrix =
        values.await?.map_err(|error| Stopped::Failed(format!("no features can be made of the items: {error}")))?;
    Ok((known, matrix))
}

/// What features are made of.
enum Raw {
    Text(String),
    Pixels(Vec<u8>),
}

impl Raw {
    fn embedded(&self, model: &Fitted) -> Vec<u8> {
        let vector = match (self, model) {
            (Self::Text(text), Fitted::Text(model)) => model.embed(text),
            (Self::Pixels(pixels), Fitted::Image(model)) => model.embed(pixels),
            _ => Vec::new(),
        };
        vector.iter().flat_map(|value| value.to_le_bytes()).collect()
    }
}

/// An item as far as features need it, or why it cannot be read.
async fn read(workflow: &Workflow, row: &ItemRow, kind: Kind) -> Result<std::result::Result<Raw, String>> {
    if row.modality != kind.modality.as_str() {
        return Ok(Err(format!("the item is {}, and the schema is for {}", row.modality, kind.modality.as_str())));
    }
    if kind.reads() {
        let text = workflow.text_in(&row.modality, row.content.as_ref(), &row.hash).await?.unwrap_or_default();
        return Ok(Ok(Raw::Text(text.chars().take(CHARS_MAXIMUM).collect())));
    }
    let bytes = workflow.bytes_of(row).await?;
    Ok(workflow.blocking(move || square(&bytes, image::SIDE)).await?.map(Raw::Pixels))
}
