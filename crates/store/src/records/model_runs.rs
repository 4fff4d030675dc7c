//! Runs of the model that learns from a project's answers, and when the next one is due.

use crate::{Result, Row, Tx, counters};
use labelwright_core::{JobId, ProjectId, Timestamp};

/// What a run learned from and what it was worth.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRun {
    pub id: i64,
    /// Counted from 1 in each project.
    pub number: i64,
    pub field: String,
    /// Kind and version of the features.
    pub features: String,
    /// JSON list of sentences.
    pub notes: String,
    pub tasks: i64,
    /// Labels by people, and how many of them the model guessed without having seen them.
    pub labels: i64,
    pub labels_right: i64,
    /// The same on the random control slice.
    pub control: i64,
    pub control_right: i64,
    pub seconds: f64,
    pub at: Timestamp,
}

fn run_of(row: &Row) -> Result<ModelRun> {
    Ok(ModelRun {
        id: row.int(0)?,
        number: row.int(1)?,
        field: row.text(2)?.to_owned(),
        features: row.text(3)?.to_owned(),
        notes: row.text(4)?.to_owned(),
        tasks: row.int(5)?,
        labels: row.int(6)?,
        labels_right: row.int(7)?,
        control: row.int(8)?,
        control_right: row.int(9)?,
        seconds: row.real_or_null(10)?.unwrap_or(0.0),
        at: Timestamp(row.int(11)?),
    })
}

sql! { RUN_OF_JOB = "SELECT id, number FROM model_runs WHERE job_id = $1" }
sql! { DROP_RUN = "DELETE FROM model_runs WHERE id = $1" }
sql! { NEXT_NUMBER = "SELECT COALESCE(MAX(number), 0) + 1 FROM model_runs WHERE project_id = $1" }
sql! { INSERT_RUN = "INSERT INTO model_runs (project_id, job_id, number, field, features, notes, tasks, labels, labels_right, control, control_right, seconds, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id" }

/// Keeps a run; one that the same job kept before is replaced. Its id and number.
pub async fn keep(tx: &mut Tx, project: ProjectId, job: JobId, run: &ModelRun) -> Result<(i64, i64)> {
    let number = match tx.optional(RUN_OF_JOB, &args![job]).await? {
        Some(before) => {
            tx.execute(DROP_RUN, &args![before.int(0)?]).await?;
            before.int(1)?
        }
        None => tx.one(NEXT_NUMBER, &args![project]).await?.int(0)?,
    };
    let values = args![
        project,
        job,
        number,
        run.field.as_str(),
        run.features.as_str(),
        run.notes.as_str(),
        run.tasks,
        run.labels,
        run.labels_right,
        run.control,
        run.control_right,
        run.seconds,
        run.at
    ];
    Ok((tx.one(INSERT_RUN, &values).await?.int(0)?, number))
}

sql! { RUNS = "SELECT id, number, field, features, notes, tasks, labels, labels_right, control, control_right, seconds, at FROM model_runs WHERE project_id = $1 ORDER BY number DESC LIMIT $2" }

/// The newest runs of a project, newest first.
pub async fn newest(tx: &mut Tx, project: ProjectId, limit: i64) -> Result<Vec<ModelRun>> {
    tx.rows(RUNS, &args![project, limit]).await?.iter().map(run_of).collect()
}

sql! { CONTROL = "SELECT control FROM automation WHERE project_id = $1" }

/// How many 2^20ths of all tasks are the control slice; None before anybody changed it.
pub async fn control(tx: &mut Tx, project: ProjectId) -> Result<Option<i64>> {
    tx.optional(CONTROL, &args![project]).await?.map(|row| row.int(0)).transpose()
}

sql! { WIDEN = "INSERT INTO automation (project_id, asked, control) VALUES ($1, 0, $2) ON CONFLICT (project_id) DO UPDATE SET control = $2 WHERE automation.control < $2" }

/// Widens the control slice; it is never made smaller.
pub async fn widen_control(tx: &mut Tx, project: ProjectId, control: i64) -> Result<()> {
    tx.execute(WIDEN, &args![project, control]).await.map(|_| ())
}

sql! { ASKED = "SELECT asked FROM automation WHERE project_id = $1" }
sql! { ASK = "INSERT INTO automation (project_id, asked, control) VALUES ($1, $2, $4) ON CONFLICT (project_id) DO UPDATE SET asked = $2 WHERE automation.asked + $3 <= $2" }

/// Is training due after `every` more answers? True once for each such number of answers: of transactions that ask at
/// the same time, one is told so. `control` is the slice of a project that is new here.
pub async fn is_due(tx: &mut Tx, project: ProjectId, every: i64, control: i64) -> Result<bool> {
    let answers = counters::counts(tx, project).await?.get("seat:submitted").copied().unwrap_or(0);
    // The answer of this transaction is not counted yet.
    let answers = answers + 1;
    let asked = tx.optional(ASKED, &args![project]).await?.map_or(Ok(0), |row| row.int(0))?;
    if asked + every > answers {
        return Ok(false);
    }
    Ok(tx.execute(ASK, &args![project, answers, every, control]).await? > 0)
}

sql! { ASKED_NOW = "INSERT INTO automation (project_id, asked, control) VALUES ($1, $2, $3) ON CONFLICT (project_id) DO UPDATE SET asked = $2" }

/// A run has seen all answers of this moment: the rule counts from here.
pub async fn seen(tx: &mut Tx, project: ProjectId, control: i64) -> Result<()> {
    let answers = counters::counts(tx, project).await?.get("seat:submitted").copied().unwrap_or(0);
    tx.execute(ASKED_NOW, &args![project, answers, control]).await.map(|_| ())
}
