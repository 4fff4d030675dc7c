//! Tasks with what a rule or a model looks at: key, text and metadata of their items; and who answered them.

use crate::{Result, Row, Tx};
use labelwright_core::{ItemId, ProjectId, TaskId};

/// A task with what can be looked at without asking for bytes.
#[derive(Debug, Clone)]
pub struct LookRow {
    pub task: TaskId,
    pub item: ItemId,
    pub key: String,
    pub modality: String,
    pub hash: String,
    /// A short text; longer ones lie in their blob.
    pub content: Option<String>,
    /// JSON.
    pub metadata: String,
}

fn look_of(row: &Row) -> Result<LookRow> {
    Ok(LookRow {
        task: TaskId(row.int(0)?),
        key: row.text(1)?.to_owned(),
        modality: row.text(2)?.to_owned(),
        hash: row.text(3)?.to_owned(),
        content: row.text_or_null(4)?.map(str::to_owned),
        metadata: row.text(5)?.to_owned(),
        item: ItemId(row.int(6)?),
    })
}

sql! { LOOKS_AFTER = "SELECT t.id, i.key, i.modality, i.hash, i.content, i.metadata, i.id FROM tasks t JOIN items i ON i.id = t.item_id WHERE t.project_id = $1 AND t.id > $2 ORDER BY t.id LIMIT $3" }

/// A page of a project's tasks with what can be looked at, by keyset.
pub async fn looks_after(tx: &mut Tx, project: ProjectId, after: TaskId, limit: i64) -> Result<Vec<LookRow>> {
    tx.rows(LOOKS_AFTER, &args![project, after, limit]).await?.iter().map(look_of).collect()
}

sql! { LOOK = "SELECT t.id, i.key, i.modality, i.hash, i.content, i.metadata, i.id FROM tasks t JOIN items i ON i.id = t.item_id WHERE t.project_id = $1 AND t.id = $2" }

pub async fn look(tx: &mut Tx, project: ProjectId, task: TaskId) -> Result<Option<LookRow>> {
    tx.optional(LOOK, &args![project, task]).await?.as_ref().map(look_of).transpose()
}

sql! { ENDS = "SELECT MIN(id), MAX(id) FROM tasks WHERE project_id = $1" }

/// The first and the last task of a project.
pub async fn ends(tx: &mut Tx, project: ProjectId) -> Result<Option<(TaskId, TaskId)>> {
    let row = tx.one(ENDS, &args![project]).await?;
    Ok(row.int_or_null(0)?.zip(row.int_or_null(1)?).map(|(first, last)| (TaskId(first), TaskId(last))))
}

sql! { AUTHORS = "SELECT a.task_id, u.name FROM annotations a JOIN users u ON u.id = a.author_id WHERE a.project_id = $1 AND a.author_kind = 'human' ORDER BY a.task_id, a.id" }

/// Who answered: (task, name), in the order of the answers of each task.
pub async fn authors(tx: &mut Tx, project: ProjectId) -> Result<Vec<(TaskId, String)>> {
    let rows = tx.rows(AUTHORS, &args![project]).await?;
    rows.iter().map(|row| Ok((TaskId(row.int(0)?), row.text(1)?.to_owned()))).collect()
}

sql! { AGREEMENTS = "SELECT id, agreement FROM tasks WHERE project_id = $1 AND agreement IS NOT NULL ORDER BY id" }

/// The agreement of the tasks that have one, 0 to 1.
pub async fn agreements(tx: &mut Tx, project: ProjectId) -> Result<Vec<(TaskId, f64)>> {
    let rows = tx.rows(AGREEMENTS, &args![project]).await?;
    rows.iter().map(|row| Ok((TaskId(row.int(0)?), row.real_or_null(1)?.unwrap_or(0.0)))).collect()
}
