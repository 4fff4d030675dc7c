//! Sources that are asked again every so often. The row itself says when the next time is; whoever takes it moves that time
//! on in the same transaction in which the job is queued, so that several workers begin each time once.

use crate::{Dialect, Result, Row, Tx};
use labelwright_core::{DatasetId, JobId, ProjectId, Timestamp, UserId, WorkspaceId};

const SECOND: i64 = 1_000_000;
/// A source whose last job still runs is looked at again after so long.
const BUSY_SECONDS: i64 = 600;
/// A source that has more than one job takes is gone on with after so long.
const MORE_SECONDS: i64 = 60;
/// After failures a source is left alone for so long at most, unless it is asked more rarely anyway.
const PAUSE_SECONDS_MAXIMUM: i64 = 7 * 86_400;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepeatRow {
    pub id: i64,
    pub workspace: WorkspaceId,
    pub project: Option<ProjectId>,
    pub dataset: DatasetId,
    /// JSON.
    pub source: String,
    pub every_seconds: i64,
    pub next_at: Timestamp,
    pub paused: bool,
    /// In a row, up to now.
    pub failures: i64,
    /// What was taken, as the kind of source notes it.
    pub bookmark: Option<String>,
    pub last_job: Option<JobId>,
    pub created_by: Option<UserId>,
}

fn repeat_of(row: &Row) -> Result<RepeatRow> {
    Ok(RepeatRow {
        id: row.int(0)?,
        workspace: WorkspaceId(row.int(1)?),
        project: row.int_or_null(2)?.map(ProjectId),
        dataset: DatasetId(row.int(3)?),
        source: row.text(4)?.to_owned(),
        every_seconds: row.int(5)?,
        next_at: Timestamp(row.int(6)?),
        paused: row.int(7)? != 0,
        failures: row.int(8)?,
        bookmark: row.text_or_null(9)?.map(str::to_owned),
        last_job: row.int_or_null(10)?.map(JobId),
        created_by: row.int_or_null(11)?.map(UserId),
    })
}

pub struct NewRepeat<'a> {
    pub workspace: WorkspaceId,
    pub project: Option<ProjectId>,
    pub dataset: DatasetId,
    /// JSON.
    pub source: &'a str,
    pub every_seconds: i64,
    pub created_by: Option<UserId>,
    pub now: Timestamp,
}

sql! { CREATE_REPEAT = "INSERT INTO repeats (workspace_id, project_id, dataset_id, source, every_seconds, next_at, paused, failures, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $8) RETURNING id" }

/// A source whose first job is queued in the same transaction; the next time is a whole pause later.
pub async fn create(tx: &mut Tx, new: &NewRepeat<'_>) -> Result<i64> {
    let next = Timestamp(new.now.0 + new.every_seconds * SECOND);
    let values =
        args![new.workspace, new.project, new.dataset, new.source, new.every_seconds, next, new.created_by, new.now];
    tx.one(CREATE_REPEAT, &values).await?.int(0)
}

sql! { REPEAT = "SELECT id, workspace_id, project_id, dataset_id, source, every_seconds, next_at, paused, failures, bookmark, last_job_id, created_by FROM repeats WHERE id = $1" }

pub async fn repeat(tx: &mut Tx, id: i64) -> Result<Option<RepeatRow>> {
    tx.optional(REPEAT, &args![id]).await?.as_ref().map(repeat_of).transpose()
}

/// A repeat with how its last job ended.
#[derive(Debug, Clone)]
pub struct RepeatTold {
    pub row: RepeatRow,
    /// State, message and result of the last job.
    pub last: Option<(String, String, Option<String>)>,
}

sql! { REPEATS_OF_PROJECT = "SELECT r.id, r.workspace_id, r.project_id, r.dataset_id, r.source, r.every_seconds, r.next_at, r.paused, r.failures, NULL, r.last_job_id, r.created_by, j.state, j.message, j.result FROM repeats r LEFT JOIN jobs j ON j.id = r.last_job_id WHERE r.project_id = $1 AND r.workspace_id = $2 ORDER BY r.id DESC LIMIT $3" }

/// The repeats that fill a project, the newest first; without their bookmarks.
pub async fn repeats_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    project: ProjectId,
    limit: i64,
) -> Result<Vec<RepeatTold>> {
    let rows = tx.rows(REPEATS_OF_PROJECT, &args![project, workspace, limit]).await?;
    let told = |row: &Row| {
        let last = match (row.text_or_null(12)?, row.text_or_null(13)?, row.text_or_null(14)?) {
            (Some(state), message, result) => {
                Some((state.to_owned(), message.unwrap_or_default().to_owned(), result.map(str::to_owned)))
            }
            (None, ..) => None,
        };
        Ok(RepeatTold { row: repeat_of(row)?, last })
    };
    rows.iter().map(told).collect()
}

sql! { sqlite DUE_REPEAT_SQLITE = "SELECT id, workspace_id, project_id, dataset_id, source, every_seconds, next_at, paused, failures, bookmark, last_job_id, created_by FROM repeats WHERE paused = 0 AND (next_at <= $1 OR next_at > $1 + $2 + every_seconds * 1000000) AND NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = repeats.project_id AND p.archived = 1) ORDER BY next_at, id LIMIT 1" }
sql! { postgres DUE_REPEAT_POSTGRES = "SELECT id, workspace_id, project_id, dataset_id, source, every_seconds, next_at, paused, failures, bookmark, last_job_id, created_by FROM repeats WHERE paused = 0 AND (next_at <= $1 OR next_at > $1 + $2 + every_seconds * 1000000) AND NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = repeats.project_id AND p.archived = 1) ORDER BY next_at, id LIMIT 1 FOR UPDATE OF repeats SKIP LOCKED" }
sql! { MOVE_REPEAT = "UPDATE repeats SET next_at = $2 WHERE id = $1" }
sql! { REPEAT_IS_BUSY = "SELECT 1 FROM jobs WHERE id = $1 AND state IN ('queued', 'running')" }

/// Takes a source whose time has come, or whose next time is further away than any can be: then the clock has gone back.
/// Moves its next time on; the caller queues its job in this transaction. None when none is due.
pub async fn take_due(tx: &mut Tx, now: Timestamp) -> Result<Option<RepeatRow>> {
    let due = match tx.dialect() {
        Dialect::Sqlite => DUE_REPEAT_SQLITE,
        Dialect::Postgres => DUE_REPEAT_POSTGRES,
    };
    // One that is busy is put off and the next one looked at: each step moves one into the future.
    while let Some(found) = tx.optional(due, &args![now, PAUSE_SECONDS_MAXIMUM * SECOND]).await? {
        let row = repeat_of(&found)?;
        let is_busy = match row.last_job {
            Some(job) => tx.optional(REPEAT_IS_BUSY, &args![job]).await?.is_some(),
            None => false,
        };
        let seconds = if is_busy { BUSY_SECONDS.min(row.every_seconds) } else { row.every_seconds };
        tx.execute(MOVE_REPEAT, &args![row.id, Timestamp(now.0 + seconds.max(1) * SECOND)]).await?;
        if !is_busy {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

sql! { JOB_OF_REPEAT = "UPDATE repeats SET last_job_id = $2 WHERE id = $1" }

/// Says which job has begun.
pub async fn begun(tx: &mut Tx, id: i64, job: JobId) -> Result<()> {
    tx.execute(JOB_OF_REPEAT, &args![id, job]).await.map(|_| ())
}

sql! { OF_JOB = "SELECT id, every_seconds, failures, next_at FROM repeats WHERE last_job_id = $1" }
sql! { REPEAT_DONE = "UPDATE repeats SET failures = 0, bookmark = COALESCE($2, bookmark), next_at = $3 WHERE id = $1" }
sql! { REPEAT_FAILED = "UPDATE repeats SET failures = $2, next_at = $3 WHERE id = $1" }

/// A job has ended well, with what it noted and whether there is more.
pub async fn done(tx: &mut Tx, job: JobId, bookmark: Option<&str>, more: bool, now: Timestamp) -> Result<()> {
    let Some(row) = tx.optional(OF_JOB, &args![job]).await? else { return Ok(()) };
    let (id, next) = (row.int(0)?, row.int(3)?);
    let next = if more { next.min(now.0 + MORE_SECONDS * SECOND) } else { next };
    tx.execute(REPEAT_DONE, &args![id, bookmark, Timestamp(next)]).await.map(|_| ())
}

/// A job has failed for good: the pause doubles with each failure in a row.
pub async fn failed(tx: &mut Tx, job: JobId, now: Timestamp) -> Result<()> {
    let Some(row) = tx.optional(OF_JOB, &args![job]).await? else { return Ok(()) };
    let (id, every, failures) = (row.int(0)?, row.int(1)?, row.int(2)? + 1);
    let pause = every.saturating_mul(1 << failures.clamp(0, 20)).min(PAUSE_SECONDS_MAXIMUM.max(every));
    tx.execute(REPEAT_FAILED, &args![id, failures, Timestamp(now.0 + pause * SECOND)]).await.map(|_| ())
}

sql! { CHANGE_REPEAT = "UPDATE repeats SET every_seconds = $2, paused = $3, next_at = $4, failures = $5 WHERE id = $1" }

/// Changes how often, whether at all, and when next.
pub async fn change(tx: &mut Tx, row: &RepeatRow) -> Result<bool> {
    let values = args![row.id, row.every_seconds, i64::from(row.paused), row.next_at, row.failures];
    Ok(tx.execute(CHANGE_REPEAT, &values).await? > 0)
}

sql! { DELETE_REPEAT = "DELETE FROM repeats WHERE id = $1" }

/// Its items stay.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(tx.execute(DELETE_REPEAT, &args![id]).await? > 0)
}
