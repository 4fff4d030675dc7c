//! Tasks as managers and reviewers see them: one task whole, counts by state, comments and flags.

use super::webhooks;
use crate::{Dialect, Result, Row, Tx};
use labelwright_core::{DatasetId, ItemId, ProjectId, TaskId, Timestamp, UserId};

#[derive(Debug, Clone)]
pub struct TaskRow {
    pub id: TaskId,
    pub project: ProjectId,
    pub item: ItemId,
    pub key: String,
    pub modality: String,
    pub state: String,
    pub priority: i64,
    /// Mean agreement of each two answers, 0 to 1; None with fewer than two.
    pub agreement: Option<f64>,
    pub updated_at: Timestamp,
}

pub(super) fn task_of(row: &Row) -> Result<TaskRow> {
    Ok(TaskRow {
        id: TaskId(row.int(0)?),
        project: ProjectId(row.int(1)?),
        item: ItemId(row.int(2)?),
        key: row.text(3)?.to_owned(),
        modality: row.text(4)?.to_owned(),
        state: row.text(5)?.to_owned(),
        priority: row.int(6)?,
        agreement: row.real_or_null(7)?,
        updated_at: Timestamp(row.int(8)?),
    })
}

sql! { TASK = "SELECT t.id, t.project_id, t.item_id, i.key, i.modality, t.state, t.priority, t.agreement, t.updated_at FROM tasks t JOIN items i ON i.id = t.item_id WHERE t.id = $1" }

pub async fn task(tx: &mut Tx, id: TaskId) -> Result<Option<TaskRow>> {
    tx.optional(TASK, &args![id]).await?.as_ref().map(task_of).transpose()
}

sql! { TASKS_AFTER = "SELECT t.id, t.project_id, t.item_id, i.key, i.modality, t.state, t.priority, t.agreement, t.updated_at FROM tasks t JOIN items i ON i.id = t.item_id WHERE t.project_id = $1 AND t.id > $2 ORDER BY t.id LIMIT $3" }

/// A page of a project's tasks, by keyset: for jobs that walk all of them.
pub async fn tasks_after(tx: &mut Tx, project: ProjectId, after: TaskId, limit: i64) -> Result<Vec<TaskRow>> {
    tx.rows(TASKS_AFTER, &args![project, after, limit]).await?.iter().map(task_of).collect()
}

sql! { NEXT_REVIEW = "SELECT t.id FROM tasks t WHERE t.project_id = $1 AND t.state = 'in_review' AND t.id > $2 AND NOT EXISTS (SELECT 1 FROM annotations a WHERE a.task_id = t.id AND a.author_kind = 'human' AND a.author_id = $3) ORDER BY t.id LIMIT 1" }

/// The next task that waits for review and that the reviewer has not labeled.
pub async fn next_review(tx: &mut Tx, project: ProjectId, after: TaskId, reviewer: UserId) -> Result<Option<TaskId>> {
    tx.optional(NEXT_REVIEW, &args![project, after, reviewer]).await?.map(|row| Ok(TaskId(row.int(0)?))).transpose()
}

sql! { SET_TASK_STATE = "UPDATE tasks SET state = $2, updated_at = $3 WHERE id = $1" }

sql! { sqlite STATE_SQLITE = "SELECT project_id, state FROM tasks WHERE id = $1" }
sql! { postgres STATE_POSTGRES = "SELECT project_id, state FROM tasks WHERE id = $1 FOR UPDATE" }

/// Changes a task's state and counts the change.
pub async fn set_state(tx: &mut Tx, task: TaskId, state: &str, now: Timestamp) -> Result<()> {
    let find = match tx.dialect() {
        Dialect::Sqlite => STATE_SQLITE,
        Dialect::Postgres => STATE_POSTGRES,
    };
    let before = tx.one(find, &args![task]).await?;
    tx.execute(SET_TASK_STATE, &args![task, state, now]).await?;
    if state == "done" && before.text(1)? != state {
        webhooks::note_of_task(tx, task, "task.done", &serde_json::json!({ "task": task }), now).await?;
    }
    let project = ProjectId(before.int(0)?);
    tx.count(project, &format!("task:{}", before.text(1)?), -1);
    tx.count(project, &format!("task:{state}"), 1);
    Ok(())
}

sql! { SEATS_THERE = "SELECT EXISTS (SELECT 1 FROM seats WHERE project_id = $1 AND state = 0) OR EXISTS (SELECT 1 FROM seats WHERE project_id = $1 AND state = 1), EXISTS (SELECT 1 FROM seats WHERE project_id = $1 AND state = 2 AND labeler_id IS NOT NULL)" }

/// Is there a seat that waits for an answer, is there one that has its answer? Costs the same however many there are.
pub async fn seats_there(tx: &mut Tx, project: ProjectId) -> Result<(bool, bool)> {
    let row = tx.one(SEATS_THERE, &args![project]).await?;
    Ok((row.int(0)? != 0, row.int(1)? != 0))
}

/// An item that may have to become a task.
#[derive(Debug, Clone)]
pub struct ItemToPlan {
    pub id: ItemId,
    pub modality: String,
    /// JSON of the metadata; empty when it is a task already.
    pub metadata: String,
    pub is_task: bool,
}

sql! { TO_PLAN = "SELECT p.id, p.modality, CASE WHEN p.task IS NULL THEN p.metadata ELSE '' END, p.task FROM (SELECT i.id, i.modality, i.metadata, (SELECT t.id FROM tasks t WHERE t.item_id = i.id AND t.project_id = $1) AS task FROM items i JOIN imports m ON m.id = i.import_id AND m.state = 'sealed' WHERE i.dataset_id = $2 AND i.id > $3 AND i.companion_of IS NULL ORDER BY i.id LIMIT $4) p ORDER BY p.id" }

/// A page of the visible items of a dataset, with what planning them for a project needs.
pub async fn to_plan(
    tx: &mut Tx,
    project: ProjectId,
    dataset: DatasetId,
    after: ItemId,
    limit: i64,
) -> Result<Vec<ItemToPlan>> {
    let rows = tx.rows(TO_PLAN, &args![project, dataset, after, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(ItemToPlan {
                id: ItemId(row.int(0)?),
                modality: row.text(1)?.to_owned(),
                metadata: row.text(2)?.to_owned(),
                is_task: row.int_or_null(3)?.is_some(),
            })
        })
        .collect()
}

#[derive(Debug, Clone)]
pub struct SeatRow {
    pub slot: i64,
    pub state: i64,
    pub labeler: Option<(UserId, String)>,
    pub lease_until: Option<Timestamp>,
}

sql! { SEATS_OF_TASK = "SELECT s.slot, s.state, s.labeler_id, u.name, s.lease_until FROM seats s LEFT JOIN users u ON u.id = s.labeler_id WHERE s.task_id = $1 ORDER BY s.slot" }

pub async fn seats_of(tx: &mut Tx, task: TaskId) -> Result<Vec<SeatRow>> {
    tx.rows(SEATS_OF_TASK, &args![task])
        .await?
        .iter()
        .map(|row| {
            let labeler = match (row.int_or_null(2)?, row.text_or_null(3)?) {
                (Some(id), Some(name)) => Some((UserId(id), name.to_owned())),
                _ => None,
            };
            Ok(SeatRow {
                slot: row.int(0)?,
                state: row.int(1)?,
                labeler,
                lease_until: row.int_or_null(4)?.map(Timestamp),
            })
        })
        .collect()
}

#[derive(Debug, Clone)]
pub struct CommentRow {
    pub id: i64,
    pub region: Option<String>,
    pub author: String,
    pub body: String,
    pub at: Timestamp,
}

sql! { INSERT_COMMENT = "INSERT INTO comments (task_id, region_id, user_id, body, at, resolved) VALUES ($1, $2, $3, $4, $5, 0) RETURNING id" }

pub async fn add_comment(
    tx: &mut Tx,
    task: TaskId,
    region: Option<&str>,
    user: UserId,
    body: &str,
    now: Timestamp,
) -> Result<i64> {
    tx.one(INSERT_COMMENT, &args![task, region, user, body, now]).await?.int(0)
}

sql! { COMMENTS = "SELECT c.id, c.region_id, u.name, c.body, c.at FROM comments c JOIN users u ON u.id = c.user_id WHERE c.task_id = $1 ORDER BY c.id" }

pub async fn comments(tx: &mut Tx, task: TaskId) -> Result<Vec<CommentRow>> {
    comment_rows(tx.rows(COMMENTS, &args![task]).await?)
}

sql! { COMMENTS_OF_USER = "SELECT c.id, c.region_id, u.name, c.body, c.at FROM comments c JOIN users u ON u.id = c.user_id WHERE c.task_id = $1 AND c.user_id = $2 ORDER BY c.id" }

/// A labeler's own comments: those of others could tell their answers.
pub async fn comments_of(tx: &mut Tx, task: TaskId, user: UserId) -> Result<Vec<CommentRow>> {
    comment_rows(tx.rows(COMMENTS_OF_USER, &args![task, user]).await?)
}

fn comment_rows(rows: Vec<Row>) -> Result<Vec<CommentRow>> {
    rows.iter()
        .map(|row| {
            Ok(CommentRow {
                id: row.int(0)?,
                region: row.text_or_null(1)?.map(str::to_owned),
                author: row.text(2)?.to_owned(),
                body: row.text(3)?.to_owned(),
                at: Timestamp(row.int(4)?),
            })
        })
        .collect()
}

sql! { UPSERT_FLAG = "INSERT INTO flags (task_id, user_id, reason, at) VALUES ($1, $2, $3, $4) ON CONFLICT (task_id, user_id) DO UPDATE SET reason = excluded.reason, at = excluded.at" }

pub async fn flag(tx: &mut Tx, task: TaskId, user: UserId, reason: &str, now: Timestamp) -> Result<()> {
    tx.execute(UPSERT_FLAG, &args![task, user, reason, now]).await.map(|_| ())
}

sql! { FLAGS = "SELECT u.name, f.reason, f.at FROM flags f JOIN users u ON u.id = f.user_id WHERE f.task_id = $1 ORDER BY f.at, f.user_id" }

pub async fn flags(tx: &mut Tx, task: TaskId) -> Result<Vec<(String, String, Timestamp)>> {
    let rows = tx.rows(FLAGS, &args![task]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), Timestamp(row.int(2)?)))).collect()
}

sql! { COUNT_FLAGGED = "SELECT COUNT(DISTINCT f.task_id) FROM flags f JOIN tasks t ON t.id = f.task_id WHERE t.project_id = $1" }

pub async fn flagged_count(tx: &mut Tx, project: ProjectId) -> Result<i64> {
    tx.one(COUNT_FLAGGED, &args![project]).await?.int(0)
}

sql! { UPSERT_GOLD = "INSERT INTO gold (task_id, answer, author_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (task_id) DO UPDATE SET answer = excluded.answer, author_id = excluded.author_id, at = excluded.at" }

pub async fn set_gold(tx: &mut Tx, task: TaskId, answer: &str, author: UserId, now: Timestamp) -> Result<()> {
    tx.execute(UPSERT_GOLD, &args![task, answer, author, now]).await.map(|_| ())
}

sql! { DELETE_GOLD = "DELETE FROM gold WHERE task_id = $1" }

pub async fn remove_gold(tx: &mut Tx, task: TaskId) -> Result<()> {
    tx.execute(DELETE_GOLD, &args![task]).await.map(|_| ())
}

sql! { GOLD_OF_TASK = "SELECT answer FROM gold WHERE task_id = $1" }

/// The gold answer. Only for those who manage the project: nothing that a labeler receives may ask for it.
pub async fn gold(tx: &mut Tx, task: TaskId) -> Result<Option<String>> {
    tx.optional(GOLD_OF_TASK, &args![task]).await?.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

sql! { GOLD_OF_PROJECT = "SELECT g.task_id, g.answer FROM gold g JOIN tasks t ON t.id = g.task_id WHERE t.project_id = $1 ORDER BY g.task_id" }

pub async fn gold_of_project(tx: &mut Tx, project: ProjectId) -> Result<Vec<(TaskId, String)>> {
    let rows = tx.rows(GOLD_OF_PROJECT, &args![project]).await?;
    rows.iter().map(|row| Ok((TaskId(row.int(0)?), row.text(1)?.to_owned()))).collect()
}

sql! { SET_AGREEMENT = "UPDATE tasks SET agreement = $2 WHERE id = $1" }

/// Keeps the agreement of a task's answers beside it, in the transaction that changed the answers.
pub async fn set_agreement(tx: &mut Tx, task: TaskId, agreement: Option<f64>) -> Result<()> {
    tx.execute(SET_AGREEMENT, &args![task, agreement]).await.map(|_| ())
}
