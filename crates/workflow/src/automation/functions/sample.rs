//! Items to try rules on while they are written: from all over the project, and those whose value is known beside them.

use crate::{Result, Workflow, automation::known, settings::shuffled};
use labelwright_core::{TaskId, filter::Look};
use labelwright_store::{
    StoreError, Tx, counters,
    records::{
        projects::ProjectRow,
        sampling::{self, LookRow},
    },
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Items that are looked at; a project with no more is looked at whole.
const ITEMS: i64 = 4000;
/// So many lie side by side: each run of them is one read.
const RUN: i64 = 100;
/// Items whose value is known that are looked at beside them.
const LABELED: usize = 1000;
/// Texts that are held at once, in bytes.
const TEXT_BYTES: usize = 32 << 20;

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

type Drawn = (Vec<(LookRow, bool)>, BTreeMap<TaskId, String>, i64);

async fn draw(tx: &mut Tx, project: &ProjectRow, field: &str) -> Result<Drawn, StoreError> {
    let counts = counters::counts(tx, project.id).await?;
    let tasks = counts.iter().filter(|(name, _)| name.starts_with("task:")).map(|(_, n)| n).sum();
    let known = known::values(tx, project.id, field).await?;
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
    Ok((rows.into_values().collect(), known, tasks))
}

/// `values` are the options of the field.
pub(super) async fn sample(
    workflow: &Workflow,
    project: &ProjectRow,
    field: &str,
    values: &[String],
) -> Result<Sample> {
    let (row, name) = (project.clone(), field.to_owned());
    let (mut drawn, known, tasks) =
        workflow.read(move |tx| Box::pin(async move { Ok(draw(tx, &row, &name).await?) })).await?;
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
    Ok(Sample { rows, tasks, cut })
}
