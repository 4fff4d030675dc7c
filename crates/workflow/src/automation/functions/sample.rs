//! Items to try rules on while they are written: from all over the project, and those whose value is known beside them.

use crate::{Result, Workflow, settings::shuffled};
use labelwright_core::{ProjectId, TaskId, Timestamp, filter::Look};
use labelwright_store::{
    StoreError, Tx, counters,
    records::{
        projects::ProjectRow,
        sampling::{self, LookRow},
    },
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Items that are looked at; a project with no more is looked at whole.
const ITEMS: i64 = 4000;
/// So many lie side by side: each run of them is one read.
const RUN: i64 = 100;
/// Items whose value is known that are looked at beside them.
const LABELED: usize = 1000;
/// Texts that are held at once, in bytes.
const TEXT_BYTES: usize = 32 << 20;
/// A sample is drawn anew after this: while somebody types, every letter asks for it.
const KEPT_MICROSECONDS: i64 = 20_000_000;
/// Samples that are kept, the newest.
const KEPT: usize = 4;

pub(super) struct Sampled {
    pub task: i64,
    pub key: String,
    pub text: String,
    pub metadata: Value,
    /// The number of the option that is known to be right.
    pub label: Option<usize>,
    /// From all over the project, and not chosen because its value is known.
    pub counts: bool,
}

impl Sampled {
    pub fn look(&self) -> Look<'_> {
        Look { key: &self.key, text: &self.text, metadata: &self.metadata }
    }
}

pub(super) struct Sample {
    /// In an order that looks random and is always the same.
    pub rows: Vec<Sampled>,
    pub tasks: i64,
    /// Texts were so long that not all of the sample was read.
    pub cut: bool,
}

struct KeptSample {
    project: ProjectId,
    field: String,
    at: Timestamp,
    sample: Arc<Sample>,
}

/// The samples of fields whose functions are being written.
#[derive(Default)]
pub(crate) struct Samples(Mutex<Vec<KeptSample>>);

impl Samples {
    fn young(&self, project: ProjectId, field: &str, now: Timestamp) -> Option<Arc<Sample>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| (0..KEPT_MICROSECONDS).contains(&(now.0 - one.at.0)));
        kept.iter().find(|one| one.project == project && one.field == field).map(|one| Arc::clone(&one.sample))
    }

    fn keep(&self, new: KeptSample) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.project != new.project || one.field != new.field);
        kept.insert(0, new);
        kept.truncate(KEPT);
    }
}

type Drawn = (Vec<(LookRow, bool)>, i64);

async fn draw(tx: &mut Tx, project: &ProjectRow, known: &BTreeMap<TaskId, String>) -> Result<Drawn, StoreError> {
    let counts = counters::counts(tx, project.id).await?;
    let tasks = counts.iter().filter(|(name, _)| name.starts_with("task:")).map(|(_, n)| n).sum();
    let mut rows = BTreeMap::new();
    if let Some((first, last)) = sampling::ends(tx, project.id).await? {
        let runs = if tasks <= ITEMS { 1 } else { ITEMS / RUN };
        let length = if runs == 1 { ITEMS } else { RUN };
        for run in 0..runs {
            let start = first.0 - 1 + (last.0 - first.0) * run / runs;
            let found = sampling::looks_after(tx, project.id, TaskId(start), length).await?;
            rows.extend(found.into_iter().map(|row| (row.task, (row, true))));
        }
    }
    let more: Vec<TaskId> = known.keys().copied().filter(|task| !rows.contains_key(task)).collect();
    for task in more.iter().step_by(more.len().div_ceil(LABELED).max(1)) {
        if let Some(row) = sampling::look(tx, project.id, *task).await? {
            rows.insert(*task, (row, false));
        }
    }
    Ok((rows.into_values().collect(), tasks))
}

/// As [`sample`], or what somebody drew a moment ago.
pub(super) async fn young(
    workflow: &Workflow,
    project: &ProjectRow,
    field: &str,
    values: &[String],
) -> Result<Arc<Sample>> {
    match workflow.samples.young(project.id, field, workflow.now()) {
        Some(sample) => Ok(sample),
        None => sample(workflow, project, field, values).await,
    }
}

/// `values` are the options of the field.
pub(super) async fn sample(
    workflow: &Workflow,
    project: &ProjectRow,
    field: &str,
    values: &[String],
) -> Result<Arc<Sample>> {
    let (row, at) = (project.clone(), workflow.now());
    let known = Arc::new(workflow.known_values(project.id, field).await?);
    let all = Arc::clone(&known);
    let (mut drawn, tasks) = workflow.read(move |tx| Box::pin(async move { Ok(draw(tx, &row, &all).await?) })).await?;
    drawn.sort_by_key(|(row, _)| shuffled(1, row.task.0 as u64));
    let (mut rows, mut bytes, mut cut) = (Vec::with_capacity(drawn.len()), 0, false);
    for (row, counts) in drawn {
        let text = workflow.text_in(&row.modality, row.content.as_ref(), &row.hash).await?.unwrap_or_default();
        bytes += text.len();
        if bytes > TEXT_BYTES && !rows.is_empty() {
            cut = true;
            break;
        }
        let label = known.get(&row.task).and_then(|value| values.iter().position(|one| one == value));
        let metadata = serde_json::from_str(&row.metadata).unwrap_or_default();
        rows.push(Sampled { task: row.task.0, key: row.key, text, metadata, label, counts });
    }
    let sample = Arc::new(Sample { rows, tasks, cut });
    workflow.samples.keep(KeptSample { project: project.id, field: field.to_owned(), at, sample: Arc::clone(&sample) });
    Ok(sample)
}
