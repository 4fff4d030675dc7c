//! Guesses of machines at tasks: an answer and how sure it is, one of each source. Labelers see them as pre-labels.

use crate::{Result, Tx, bulk::BulkInsert};
use labelwright_core::{ProjectId, TaskId, Timestamp};

#[derive(Debug, Clone)]
pub struct NewPrediction {
    pub task: TaskId,
    /// Canonical JSON.
    pub answer: String,
    /// Probability of being right, 0 to 1.
    pub score: f64,
}

const UPSERT: BulkInsert = BulkInsert {
    table: "predictions",
    columns: &["project_id", "task_id", "source", "answer", "score", "run"],
    conflict: " ON CONFLICT (task_id, source) DO UPDATE SET answer = excluded.answer, score = excluded.score, run = excluded.run",
};

/// Keeps guesses; those of the same source at the same tasks give way. `run` tells one run of a source from the next.
pub async fn keep(
    tx: &mut Tx,
    project: ProjectId,
    source: &str,
    run: Timestamp,
    found: &[NewPrediction],
) -> Result<()> {
    let mut values = Vec::with_capacity(found.len() * UPSERT.columns.len());
    for one in found {
        values.extend(args![project, one.task, source, one.answer.as_str(), one.score, run]);
    }
    tx.insert(&UPSERT, values).await
}

sql! { DROP_OLD = "DELETE FROM predictions WHERE project_id = $1 AND source = $2 AND run <> $3" }

/// Takes the guesses of a source's other runs away.
pub async fn drop_other_runs(tx: &mut Tx, project: ProjectId, source: &str, run: Timestamp) -> Result<u64> {
    tx.execute(DROP_OLD, &args![project, source, run]).await
}

sql! { DROP_SOURCE = "DELETE FROM predictions WHERE project_id = $1 AND source = $2" }

/// Takes all guesses of a source away.
pub async fn drop_source(tx: &mut Tx, project: ProjectId, source: &str) -> Result<u64> {
    tx.execute(DROP_SOURCE, &args![project, source]).await
}

sql! { OF_TASK = "SELECT source, answer, score FROM predictions p WHERE task_id = $1 AND NOT EXISTS (SELECT 1 FROM machine_labels m WHERE m.task_id = p.task_id) ORDER BY score DESC, source" }

/// (source, answer JSON, score), the surest first. A task whose machine label people check shows none.
pub async fn of_task(tx: &mut Tx, task: TaskId) -> Result<Vec<(String, String, f64)>> {
    let rows = tx.rows(OF_TASK, &args![task]).await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.real_or_null(2)?.unwrap_or(0.0))))
        .collect()
}

sql! { COUNT_SOURCE = "SELECT COUNT(*) FROM predictions WHERE project_id = $1 AND source = $2" }

pub async fn count(tx: &mut Tx, project: ProjectId, source: &str) -> Result<i64> {
    tx.one(COUNT_SOURCE, &args![project, source]).await?.int(0)
}
