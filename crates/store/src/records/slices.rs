//! Slices: tasks of a project that somebody put together, in no order. They never change.

use super::search;
use crate::{Result, Row, Tx, bulk::BulkInsert};
use labelwright_core::{ProjectId, TaskId, Timestamp, UserId, filter::Filter};

#[derive(Debug, Clone)]
pub struct SliceRow {
    pub id: i64,
    pub project: ProjectId,
    pub name: String,
    /// How many.
    pub tasks: i64,
    pub author: String,
    pub created_at: Timestamp,
}

fn slice_of(row: &Row) -> Result<SliceRow> {
    Ok(SliceRow {
        id: row.int(0)?,
        project: ProjectId(row.int(1)?),
        name: row.text(2)?.to_owned(),
        tasks: row.int(3)?,
        author: row.text(4)?.to_owned(),
        created_at: Timestamp(row.int(5)?),
    })
}

sql! { INSERT_SLICE = "INSERT INTO slices (project_id, name, tasks, author_id, created_at) VALUES ($1, $2, 0, $3, $4) RETURNING id" }
sql! { COUNT_SLICE = "UPDATE slices SET tasks = (SELECT COUNT(*) FROM slice_tasks s WHERE s.slice_id = slices.id) WHERE id = $1" }
sql! { DROP_STRANGERS = "DELETE FROM slice_tasks WHERE slice_id = $1 AND task_id NOT IN (SELECT id FROM tasks WHERE project_id = $2)" }
const INSERT_TASKS: BulkInsert = BulkInsert {
    table: "slice_tasks",
    columns: &["slice_id", "task_id"],
    conflict: " ON CONFLICT (slice_id, task_id) DO NOTHING",
};

/// Which tasks are put together.
#[derive(Debug, Clone)]
pub enum Members {
    /// These; those of other projects are left out.
    Tasks(Vec<TaskId>),
    /// All that it finds, at most so many.
    Found(Filter, i64),
}

pub async fn create(
    tx: &mut Tx,
    project: ProjectId,
    name: &str,
    members: &Members,
    author: UserId,
    now: Timestamp,
) -> Result<i64> {
    let id = tx.one(INSERT_SLICE, &args![project, name, author, now]).await?.int(0)?;
    match members {
        Members::Tasks(tasks) => {
            let values = tasks.iter().flat_map(|task| args![id, *task]).collect();
            tx.insert(&INSERT_TASKS, values).await?;
            tx.execute(DROP_STRANGERS, &args![id, project]).await?;
        }
        Members::Found(filter, most) => drop(search::into_slice(tx, project, filter, id, *most).await?),
    }
    tx.execute(COUNT_SLICE, &args![id]).await?;
    Ok(id)
}

sql! { SLICES = "SELECT s.id, s.project_id, s.name, s.tasks, u.name, s.created_at FROM slices s JOIN users u ON u.id = s.author_id WHERE s.project_id = $1 ORDER BY s.id DESC LIMIT $2" }

/// Those of a project, the newest first.
pub async fn of_project(tx: &mut Tx, project: ProjectId, limit: i64) -> Result<Vec<SliceRow>> {
    tx.rows(SLICES, &args![project, limit]).await?.iter().map(slice_of).collect()
}

sql! { BULKS_OF_SLICE = "SELECT COUNT(*) FROM bulk_labels WHERE slice_id = $1" }
sql! { DROP_SLICE_TASKS = "DELETE FROM slice_tasks WHERE slice_id = $1" }
sql! { DROP_SLICE = "DELETE FROM slices WHERE id = $1" }

/// Takes a slice apart. False when something was done to all of it at once, whose way back needs it.
pub async fn remove(tx: &mut Tx, id: i64) -> Result<bool> {
    if tx.one(BULKS_OF_SLICE, &args![id]).await?.int(0)? > 0 {
        return Ok(false);
    }
    tx.execute(DROP_SLICE_TASKS, &args![id]).await?;
    tx.execute(DROP_SLICE, &args![id]).await?;
    Ok(true)
}

sql! { SLICE = "SELECT s.id, s.project_id, s.name, s.tasks, u.name, s.created_at FROM slices s JOIN users u ON u.id = s.author_id WHERE s.id = $1" }

pub async fn slice(tx: &mut Tx, id: i64) -> Result<Option<SliceRow>> {
    tx.optional(SLICE, &args![id]).await?.as_ref().map(slice_of).transpose()
}

sql! { TASKS_OF_SLICE = "SELECT task_id FROM slice_tasks WHERE slice_id = $1 AND task_id > $2 ORDER BY task_id LIMIT $3" }

/// A page of a slice's tasks, by keyset.
pub async fn tasks_after(tx: &mut Tx, slice: i64, after: TaskId, limit: i64) -> Result<Vec<TaskId>> {
    let rows = tx.rows(TASKS_OF_SLICE, &args![slice, after, limit]).await?;
    rows.iter().map(|row| Ok(TaskId(row.int(0)?))).collect()
}

/// What is there of a slice for somebody who wants to answer it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SliceState {
    /// Tasks that they have answered already.
    pub answered: i64,
    /// Tasks with a place for them: open, or held by them.
    pub open: i64,
}

sql! { SLICE_ANSWERED = "SELECT COUNT(*) FROM slice_tasks s WHERE s.slice_id = $1 AND EXISTS (SELECT 1 FROM annotations a WHERE a.task_id = s.task_id AND a.author_kind = 'human' AND a.author_id = $2)" }
sql! { SLICE_OPEN = "SELECT COUNT(*) FROM slice_tasks s WHERE s.slice_id = $1 AND NOT EXISTS (SELECT 1 FROM annotations a WHERE a.task_id = s.task_id AND a.author_kind = 'human' AND a.author_id = $2) AND EXISTS (SELECT 1 FROM seats p WHERE p.task_id = s.task_id AND (p.state = 0 OR (p.state = 1 AND p.labeler_id = $2)))" }

pub async fn state_for(tx: &mut Tx, slice: i64, user: UserId) -> Result<SliceState> {
    let answered = tx.one(SLICE_ANSWERED, &args![slice, user]).await?.int(0)?;
    let open = tx.one(SLICE_OPEN, &args![slice, user]).await?.int(0)?;
    Ok(SliceState { answered, open })
}
