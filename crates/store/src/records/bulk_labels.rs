//! Many tasks labeled or put in another order at once: what was done to which slice, by whom, and whether it was taken back.

use crate::{Result, Row, Tx};
use labelwright_core::{AnnotationId, ProjectId, TaskId, Timestamp, UserId};

#[derive(Debug, Clone)]
pub struct BulkRow {
    pub id: i64,
    pub project: ProjectId,
    pub slice: i64,
    pub field: String,
    pub value: String,
    /// `prelabel`, `answer` or `priority`.
    pub form: String,
    /// `running`, `done`, `undoing` or `undone`.
    pub state: String,
    /// Tasks that got the label.
    pub labeled: i64,
    pub author: UserId,
    pub at: Timestamp,
}

fn bulk_of(row: &Row) -> Result<BulkRow> {
    Ok(BulkRow {
        id: row.int(0)?,
        project: ProjectId(row.int(1)?),
        slice: row.int(2)?,
        field: row.text(3)?.to_owned(),
        value: row.text(4)?.to_owned(),
        form: row.text(5)?.to_owned(),
        state: row.text(6)?.to_owned(),
        labeled: row.int(7)?,
        author: UserId(row.int(8)?),
        at: Timestamp(row.int(9)?),
    })
}

pub struct NewBulk<'a> {
    pub project: ProjectId,
    pub slice: i64,
    pub field: &'a str,
    pub value: &'a str,
    pub form: &'a str,
    pub author: UserId,
    pub now: Timestamp,
}

sql! { INSERT_BULK = "INSERT INTO bulk_labels (project_id, slice_id, field, value, form, state, labeled, author_id, at) VALUES ($1, $2, $3, $4, $5, 'running', 0, $6, $7) RETURNING id" }

pub async fn create(tx: &mut Tx, new: &NewBulk<'_>) -> Result<i64> {
    let values = args![new.project, new.slice, new.field, new.value, new.form, new.author, new.now];
    tx.one(INSERT_BULK, &values).await?.int(0)
}

sql! { BULK = "SELECT id, project_id, slice_id, field, value, form, state, labeled, author_id, at FROM bulk_labels WHERE id = $1" }

pub async fn bulk(tx: &mut Tx, id: i64) -> Result<Option<BulkRow>> {
    tx.optional(BULK, &args![id]).await?.as_ref().map(bulk_of).transpose()
}

sql! { BULKS = "SELECT id, project_id, slice_id, field, value, form, state, labeled, author_id, at FROM bulk_labels WHERE project_id = $1 ORDER BY id DESC LIMIT $2" }

/// The newest first.
pub async fn of_project(tx: &mut Tx, project: ProjectId, limit: i64) -> Result<Vec<BulkRow>> {
    tx.rows(BULKS, &args![project, limit]).await?.iter().map(bulk_of).collect()
}

sql! { SET_BULK = "UPDATE bulk_labels SET state = $2, labeled = $3 WHERE id = $1" }

pub async fn set_state(tx: &mut Tx, id: i64, state: &str, labeled: i64) -> Result<()> {
    tx.execute(SET_BULK, &args![id, state, labeled]).await.map(|_| ())
}

sql! { NOTE_PRIORITY = "INSERT INTO bulk_priorities (bulk_id, task_id, priority) SELECT $1, id, priority FROM tasks WHERE id = $2 ON CONFLICT (bulk_id, task_id) DO NOTHING" }

/// Notes which priority a task has before it is changed; the first note counts.
pub async fn note_priority(tx: &mut Tx, bulk: i64, task: TaskId) -> Result<()> {
    tx.execute(NOTE_PRIORITY, &args![bulk, task]).await.map(|_| ())
}

sql! { NOTED_PRIORITY = "SELECT p.priority FROM bulk_priorities p JOIN tasks t ON t.id = p.task_id WHERE p.bulk_id = $1 AND p.task_id = $2 AND t.priority = $3" }

/// The priority that a task had, unless it has another one than this by now.
pub async fn noted_priority(tx: &mut Tx, bulk: i64, task: TaskId, given: i64) -> Result<Option<i64>> {
    tx.optional(NOTED_PRIORITY, &args![bulk, task, given]).await?.map(|row| row.int(0)).transpose()
}

sql! { ANSWER_WITH_KEY = "SELECT a.id, a.head FROM annotations a JOIN revisions r ON r.annotation_id = a.id AND r.number = a.head WHERE a.task_id = $1 AND a.author_kind = 'human' AND a.author_id = $2 AND a.state = 'submitted' AND r.idempotency_key = $3" }

/// The answer that came with this key, unless something was done with it since: (annotation, revision).
pub async fn untouched(tx: &mut Tx, task: TaskId, author: UserId, key: &str) -> Result<Option<(AnnotationId, i64)>> {
    let row = tx.optional(ANSWER_WITH_KEY, &args![task, author, key]).await?;
    row.map(|row| Ok((AnnotationId(row.int(0)?), row.int(1)?))).transpose()
}
