//! Long work: a table of jobs on the same lease and epoch as seats. A job is taken by a worker for a while, tells its
//! progress, and is taken again by another when the worker falls silent; its body must therefore be repeatable.
//! Failures are tried again with growing pauses and parked, with the reason, when they keep failing.

use crate::{Dialect, Result, Row, Tx, records::webhooks};
use labelwright_core::{JobId, ProjectId, Timestamp, UserId, WorkspaceId};

/// A worker that says nothing for this long has lost its job.
pub const LEASE_SECONDS: i64 = 60;
/// After this many failures a job is parked.
pub const ATTEMPTS_MAXIMUM: i64 = 3;

#[derive(Debug, Clone)]
pub struct JobRow {
    pub id: JobId,
    pub workspace: WorkspaceId,
    pub project: Option<ProjectId>,
    pub kind: String,
    pub input: String,
    /// `queued`, `running`, `done`, `failed`, `parked` or `cancelled`.
    pub state: String,
    pub progress_done: i64,
    pub progress_total: i64,
    /// What it is doing, or why it stopped.
    pub message: String,
    pub result: Option<String>,
    pub attempts: i64,
    pub epoch: i64,
    pub cancel_requested: bool,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

fn job_of(row: &Row) -> Result<JobRow> {
    Ok(JobRow {
        id: JobId(row.int(0)?),
        workspace: WorkspaceId(row.int(1)?),
        project: row.int_or_null(2)?.map(ProjectId),
        kind: row.text(3)?.to_owned(),
        input: row.text(4)?.to_owned(),
        state: row.text(5)?.to_owned(),
        progress_done: row.int(6)?,
        progress_total: row.int(7)?,
        message: row.text(8)?.to_owned(),
        result: row.text_or_null(9)?.map(str::to_owned),
        attempts: row.int(10)?,
        epoch: row.int(11)?,
        cancel_requested: row.int(12)? != 0,
        created_by: row.int_or_null(13)?.map(UserId),
        created_at: Timestamp(row.int(14)?),
        started_at: row.int_or_null(15)?.map(Timestamp),
        finished_at: row.int_or_null(16)?.map(Timestamp),
    })
}

pub struct NewJob<'a> {
    pub workspace: WorkspaceId,
    pub project: Option<ProjectId>,
    pub kind: &'a str,
    /// JSON.
    pub input: &'a str,
    pub created_by: Option<UserId>,
    pub now: Timestamp,
}

sql! { ENQUEUE = "INSERT INTO jobs (workspace_id, project_id, kind, input, state, progress_done, progress_total, message, attempts, run_after, epoch, cancel_requested, created_by, created_at) VALUES ($1, $2, $3, $4, 'queued', 0, 0, '', 0, $6, 0, 0, $5, $6) RETURNING id" }

/// Queues a job in the transaction of what asked for it: both happen or neither.
pub async fn enqueue(tx: &mut Tx, new: NewJob<'_>) -> Result<JobId> {
    let values = args![new.workspace, new.project, new.kind, new.input, new.created_by, new.now];
    Ok(JobId(tx.one(ENQUEUE, &values).await?.int(0)?))
}

sql! { JOB = "SELECT id, workspace_id, project_id, kind, input, state, progress_done, progress_total, message, result, attempts, epoch, cancel_requested, created_by, created_at, started_at, finished_at FROM jobs WHERE id = $1" }

pub async fn job(tx: &mut Tx, id: JobId) -> Result<Option<JobRow>> {
    tx.optional(JOB, &args![id]).await?.as_ref().map(job_of).transpose()
}

sql! { JOBS_BEFORE = "SELECT id, workspace_id, project_id, kind, input, state, progress_done, progress_total, message, result, attempts, epoch, cancel_requested, created_by, created_at, started_at, finished_at, (SELECT COUNT(*) FROM job_problems p WHERE p.job_id = jobs.id) FROM jobs WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3" }

/// A page of a workspace's jobs with the number of their problems, newest first.
pub async fn jobs_before(tx: &mut Tx, workspace: WorkspaceId, before: JobId, limit: i64) -> Result<Vec<(JobRow, i64)>> {
    tx.rows(JOBS_BEFORE, &args![workspace, before, limit])
        .await?
        .iter()
        .map(|row| Ok((job_of(row)?, row.int(17)?)))
        .collect()
}

sql! { LAST_OF_PROJECT = "SELECT id, workspace_id, project_id, kind, input, state, progress_done, progress_total, message, result, attempts, epoch, cancel_requested, created_by, created_at, started_at, finished_at FROM jobs WHERE workspace_id = $1 AND project_id = $2 AND kind IN ($3, $4) ORDER BY id DESC LIMIT 1" }

/// The newest job of a project that is of one of two kinds.
pub async fn last_of_project(
    tx: &mut Tx,
    workspace: WorkspaceId,
    project: ProjectId,
    kinds: [&str; 2],
) -> Result<Option<JobRow>> {
    let [one, other] = kinds;
    tx.optional(LAST_OF_PROJECT, &args![workspace, project, one, other]).await?.as_ref().map(job_of).transpose()
}

sql! { JOB_COUNTS = "SELECT j.state, COUNT(*) FROM jobs j JOIN members m ON m.workspace_id = j.workspace_id WHERE m.user_id = $1 GROUP BY j.state ORDER BY j.state" }

/// The jobs of a member's workspaces by state.
pub async fn counts_of_member(tx: &mut Tx, user: UserId) -> Result<Vec<(String, i64)>> {
    let rows = tx.rows(JOB_COUNTS, &args![user]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
}

sql! { sqlite NEXT_JOB_SQLITE = "SELECT id FROM jobs WHERE state = 'queued' AND run_after <= $1 ORDER BY run_after, id LIMIT 1" }
sql! { postgres NEXT_JOB_POSTGRES = "SELECT id FROM jobs WHERE state = 'queued' AND run_after <= $1 ORDER BY run_after, id LIMIT 1 FOR UPDATE SKIP LOCKED" }
sql! { sqlite LOST_JOB_SQLITE = "SELECT id FROM jobs WHERE state = 'running' AND lease_until <= $1 ORDER BY lease_until LIMIT 1" }
sql! { postgres LOST_JOB_POSTGRES = "SELECT id FROM jobs WHERE state = 'running' AND lease_until <= $1 ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED" }
sql! { TAKE_JOB = "UPDATE jobs SET state = 'running', epoch = epoch + 1, attempts = attempts + 1, lease_until = $2, started_at = COALESCE(started_at, $3) WHERE id = $1 RETURNING id, workspace_id, project_id, kind, input, state, progress_done, progress_total, message, result, attempts, epoch, cancel_requested, created_by, created_at, started_at, finished_at" }
sql! { PARK = "UPDATE jobs SET state = 'parked', message = $2, finished_at = $3, lease_until = NULL WHERE id = $1" }

/// Takes the next job that waits, or one whose worker has fallen silent. A job that keeps killing its workers is
/// parked instead.
pub async fn claim(tx: &mut Tx, now: Timestamp) -> Result<Option<JobRow>> {
    let (next, lost) = match tx.dialect() {
        Dialect::Sqlite => (NEXT_JOB_SQLITE, LOST_JOB_SQLITE),
        Dialect::Postgres => (NEXT_JOB_POSTGRES, LOST_JOB_POSTGRES),
    };
    let mut found = tx.optional(next, &args![now]).await?;
    if found.is_none() {
        found = tx.optional(lost, &args![now]).await?;
    }
    let Some(found) = found else { return Ok(None) };
    let until = Timestamp(now.0 + LEASE_SECONDS * 1_000_000);
    let job = job_of(&tx.one(TAKE_JOB, &args![found.int(0)?, until, now]).await?)?;
    if job.attempts > ATTEMPTS_MAXIMUM {
        tx.execute(PARK, &args![job.id, "its worker stopped again and again", now]).await?;
        return Ok(None);
    }
    Ok(Some(job))
}

sql! { HEARTBEAT = "UPDATE jobs SET lease_until = $3, progress_done = $4, progress_total = $5, message = $6 WHERE id = $1 AND epoch = $2 AND state = 'running' RETURNING cancel_requested" }

/// What a worker hears when it reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    GoOn,
    /// Somebody asked to cancel: stop, undo, and say so.
    Cancel,
    /// The job belongs to another worker now: stop at once and write nothing.
    Lost,
}

#[derive(Debug, Clone, Default)]
pub struct Progress {
    pub done: i64,
    /// 0 when it is not known yet.
    pub total: i64,
    pub message: String,
}

pub async fn heartbeat(tx: &mut Tx, job: JobId, epoch: i64, progress: &Progress, now: Timestamp) -> Result<Order> {
    let until = Timestamp(now.0 + LEASE_SECONDS * 1_000_000);
    let values = args![job, epoch, until, progress.done, progress.total, progress.message.as_str()];
    Ok(match tx.optional(HEARTBEAT, &values).await? {
        None => Order::Lost,
        Some(row) if row.int(0)? != 0 => Order::Cancel,
        Some(_) => Order::GoOn,
    })
}

sql! { FINISH = "UPDATE jobs SET state = $3, message = $4, result = $5, finished_at = $6, lease_until = NULL, progress_done = CASE WHEN $3 = 'done' AND progress_total > 0 THEN progress_total ELSE progress_done END WHERE id = $1 AND epoch = $2 AND state = 'running'" }
sql! { REQUEUE = "UPDATE jobs SET state = 'queued', message = $3, run_after = $4, lease_until = NULL WHERE id = $1 AND epoch = $2 AND state = 'running'" }

/// How a run of a job ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// JSON of what it made.
    Done(String),
    Cancelled,
    /// It cannot succeed by being tried again: the input is wrong.
    Failed(String),
    /// It may succeed later: tried again with a pause, parked after [`ATTEMPTS_MAXIMUM`].
    TryAgain(String),
}

/// Ends a run; false when the job was lost to another worker meanwhile.
pub async fn finish(tx: &mut Tx, job: &JobRow, outcome: &Outcome, now: Timestamp) -> Result<bool> {
    let (state, message, result) = match outcome {
        Outcome::Done(result) => ("done", String::new(), Some(result.as_str())),
        Outcome::Cancelled => ("cancelled", "cancelled".to_owned(), None),
        Outcome::Failed(reason) => ("failed", reason.clone(), None),
        Outcome::TryAgain(reason) if job.attempts < ATTEMPTS_MAXIMUM => {
            // 5 s, 25 s, ...: a database that restarts is back by then.
            let pause_seconds = 5_i64.pow(job.attempts.clamp(1, 6) as u32);
            let again = Timestamp(now.0 + pause_seconds * 1_000_000);
            let values = args![job.id, job.epoch, reason.as_str(), again];
            return Ok(tx.execute(REQUEUE, &values).await? > 0);
        }
        Outcome::TryAgain(reason) => ("parked", reason.clone(), None),
    };
    let is_ended = tx.execute(FINISH, &args![job.id, job.epoch, state, message.as_str(), result, now]).await? > 0;
    if is_ended {
        let data = serde_json::json!({ "job": job.id, "kind": job.kind, "state": state, "message": message });
        webhooks::note_of_job(tx, job, "job.ended", &data, now).await?;
    }
    Ok(is_ended)
}

sql! { CANCEL_QUEUED = "UPDATE jobs SET state = 'cancelled', message = 'cancelled', finished_at = $2 WHERE id = $1 AND state IN ('queued', 'parked', 'failed')" }
sql! { CANCEL_RUNNING = "UPDATE jobs SET cancel_requested = 1 WHERE id = $1 AND state = 'running'" }

/// Asks a job to stop: a waiting one is cancelled at once, a running one when it next reports.
pub async fn cancel(tx: &mut Tx, job: JobId, now: Timestamp) -> Result<bool> {
    let waiting = tx.execute(CANCEL_QUEUED, &args![job, now]).await?;
    Ok(waiting > 0 || tx.execute(CANCEL_RUNNING, &args![job]).await? > 0)
}

sql! { RETRY = "UPDATE jobs SET state = 'queued', attempts = 0, message = '', result = NULL, run_after = $2, cancel_requested = 0, finished_at = NULL, started_at = NULL WHERE id = $1 AND state IN ('failed', 'parked', 'cancelled')" }

/// Queues a job that has stopped without success once more.
pub async fn retry(tx: &mut Tx, job: JobId, now: Timestamp) -> Result<bool> {
    tx.execute(DROP_PROBLEMS, &args![job]).await?;
    Ok(tx.execute(RETRY, &args![job, now]).await? > 0)
}

#[derive(Debug, Clone)]
pub struct JobProblem {
    /// File and line, record or field.
    pub place: String,
    pub code: String,
    pub message: String,
}

sql! { DROP_PROBLEMS = "DELETE FROM job_problems WHERE job_id = $1" }
sql! { INSERT_PROBLEM = "INSERT INTO job_problems (job_id, ordinal, place, code, message) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (job_id, ordinal) DO NOTHING" }
sql! { PROBLEMS_AFTER = "SELECT ordinal, place, code, message FROM job_problems WHERE job_id = $1 AND ordinal > $2 ORDER BY ordinal LIMIT $3" }
sql! { COUNT_PROBLEMS = "SELECT COUNT(*) FROM job_problems WHERE job_id = $1" }

/// Starts a run's report afresh.
pub async fn clear_problems(tx: &mut Tx, job: JobId) -> Result<()> {
    tx.execute(DROP_PROBLEMS, &args![job]).await.map(|_| ())
}

/// Adds to the report, numbered from `first`.
pub async fn add_problems(tx: &mut Tx, job: JobId, first: i64, problems: &[JobProblem]) -> Result<()> {
    for (offset, problem) in problems.iter().enumerate() {
        let ordinal = first + offset as i64;
        let values = args![job, ordinal, problem.place.as_str(), problem.code.as_str(), problem.message.as_str()];
        tx.execute(INSERT_PROBLEM, &values).await?;
    }
    Ok(())
}

pub async fn problems_after(tx: &mut Tx, job: JobId, after: i64, limit: i64) -> Result<Vec<(i64, JobProblem)>> {
    let rows = tx.rows(PROBLEMS_AFTER, &args![job, after, limit]).await?;
    rows.iter()
        .map(|row| {
            let problem = JobProblem {
                place: row.text(1)?.to_owned(),
                code: row.text(2)?.to_owned(),
                message: row.text(3)?.to_owned(),
            };
            Ok((row.int(0)?, problem))
        })
        .collect()
}

pub async fn problem_count(tx: &mut Tx, job: JobId) -> Result<i64> {
    tx.one(COUNT_PROBLEMS, &args![job]).await?.int(0)
}
