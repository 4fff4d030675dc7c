//! What a run of a model says about single tasks, and what people made of it; the queue that follows from it.

use crate::{Result, Tx, bulk::BulkInsert};
use labelwright_core::{ProjectId, TaskId, Timestamp};

#[derive(Debug, Clone)]
pub struct NewSuggestion {
    pub task: TaskId,
    pub value: String,
    /// The model's probability, 0 to 1.
    pub score: f64,
    /// Labelers do not see it: the task belongs to the control slice, or the project is blind.
    pub hidden: bool,
}

const INSERT_SUGGESTIONS: BulkInsert = BulkInsert {
    table: "suggestions",
    columns: &["task_id", "project_id", "run_id", "value", "score", "hidden", "at"],
    conflict: " ON CONFLICT (task_id) DO UPDATE SET run_id = excluded.run_id, value = excluded.value, score = excluded.score, hidden = excluded.hidden, at = excluded.at",
};

/// Keeps suggestions; older ones of the same tasks go.
pub async fn keep(tx: &mut Tx, project: ProjectId, run: i64, new: &[NewSuggestion], now: Timestamp) -> Result<()> {
    let mut values = Vec::with_capacity(new.len() * INSERT_SUGGESTIONS.columns.len());
    for one in new {
        values.extend(args![one.task, project, run, one.value.as_str(), one.score, one.hidden, now]);
    }
    tx.insert(&INSERT_SUGGESTIONS, values).await
}

/// What a labeler is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    pub run: i64,
    pub field: String,
    pub value: String,
    pub score: f64,
}

sql! { SHOWN = "SELECT r.number, r.field, s.value, s.score FROM suggestions s JOIN model_runs r ON r.id = s.run_id WHERE s.task_id = $1 AND s.hidden = 0 AND NOT EXISTS (SELECT 1 FROM machine_labels m WHERE m.task_id = s.task_id)" }

/// The suggestion for a task, unless it is hidden. A task whose machine label people check shows none.
pub async fn shown(tx: &mut Tx, task: TaskId) -> Result<Option<Suggestion>> {
    let row = tx.optional(SHOWN, &args![task]).await?;
    row.map(|row| {
        Ok(Suggestion {
            run: row.int(0)?,
            field: row.text(1)?.to_owned(),
            value: row.text(2)?.to_owned(),
            score: row.real_or_null(3)?.unwrap_or(0.0),
        })
    })
    .transpose()
}

sql! { HIDE = "UPDATE suggestions SET hidden = 1 WHERE task_id = $1" }

pub async fn hide(tx: &mut Tx, task: TaskId) -> Result<()> {
    tx.execute(HIDE, &args![task]).await.map(|_| ())
}

/// What became of the suggestions of a run that people saw before they answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    pub run: i64,
    /// The answer says the same.
    pub accepted: i64,
    /// The answer says something else.
    pub edited: i64,
    /// The answer leaves the field out.
    pub rejected: i64,
}

sql! { TAKEN = "SELECT r.number, SUM(CASE WHEN f.value = s.value THEN 1 ELSE 0 END), SUM(CASE WHEN f.value <> s.value THEN 1 ELSE 0 END), SUM(CASE WHEN f.value IS NULL THEN 1 ELSE 0 END) FROM suggestions s JOIN model_runs r ON r.id = s.run_id JOIN annotations a ON a.task_id = s.task_id AND a.author_kind = 'human' JOIN revisions v ON v.annotation_id = a.id AND v.number = 1 AND v.at >= s.at LEFT JOIN label_facts f ON f.annotation_id = a.id AND f.kind = 'field' AND f.name = r.field WHERE s.project_id = $1 AND s.hidden = 0 GROUP BY r.number ORDER BY r.number" }

/// What people made of the suggestions, by number of the run.
pub async fn taken(tx: &mut Tx, project: ProjectId) -> Result<Vec<Taken>> {
    let rows = tx.rows(TAKEN, &args![project]).await?;
    rows.iter()
        .map(|row| Ok(Taken { run: row.int(0)?, accepted: row.int(1)?, edited: row.int(2)?, rejected: row.int(3)? }))
        .collect()
}

/// A task of the queue and why it is there.
#[derive(Debug, Clone)]
pub struct Queued {
    pub task: TaskId,
    pub key: String,
    pub state: String,
    /// A strategy, or `control`.
    pub why: String,
    /// What the model thinks.
    pub value: Option<String>,
    pub score: Option<f64>,
}

sql! { QUEUED_TASKS = "SELECT task_id FROM queued_tasks WHERE project_id = $1 ORDER BY position" }

pub async fn queued_tasks(tx: &mut Tx, project: ProjectId) -> Result<Vec<TaskId>> {
    tx.rows(QUEUED_TASKS, &args![project]).await?.iter().map(|row| Ok(TaskId(row.int(0)?))).collect()
}

sql! { QUEUE = "SELECT q.task_id, i.key, t.state, q.why, s.value, s.score FROM queued_tasks q JOIN tasks t ON t.id = q.task_id JOIN items i ON i.id = t.item_id LEFT JOIN suggestions s ON s.task_id = q.task_id WHERE q.project_id = $1 AND EXISTS (SELECT 1 FROM seats o WHERE o.task_id = q.task_id AND o.state = 0 AND o.rank > 0) ORDER BY q.position LIMIT $2" }

/// The first tasks of the queue that still wait.
pub async fn queue(tx: &mut Tx, project: ProjectId, limit: i64) -> Result<Vec<Queued>> {
    tx.rows(QUEUE, &args![project, limit])
        .await?
        .iter()
        .map(|row| {
            Ok(Queued {
                task: TaskId(row.int(0)?),
                key: row.text(1)?.to_owned(),
                state: row.text(2)?.to_owned(),
                why: row.text(3)?.to_owned(),
                value: row.text_or_null(4)?.map(str::to_owned),
                score: row.real_or_null(5)?,
            })
        })
        .collect()
}

sql! { DROP_QUEUE = "DELETE FROM queued_tasks WHERE project_id = $1" }
const INSERT_QUEUE: BulkInsert =
    BulkInsert { table: "queued_tasks", columns: &["project_id", "position", "task_id", "why"], conflict: "" };

/// Puts a queue in the place of the one before.
pub async fn set_queue(tx: &mut Tx, project: ProjectId, tasks: &[(TaskId, &str)]) -> Result<()> {
    tx.execute(DROP_QUEUE, &args![project]).await?;
    let mut values = Vec::with_capacity(tasks.len() * INSERT_QUEUE.columns.len());
    for (position, (task, why)) in tasks.iter().enumerate() {
        values.extend(args![project, position as i64, *task, *why]);
    }
    tx.insert(&INSERT_QUEUE, values).await
}
