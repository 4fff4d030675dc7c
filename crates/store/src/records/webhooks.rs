//! Addresses that are told of what happens in a workspace. What happens and that it is to be told are stored in one
//! transaction; whoever tells takes an address for a while, so that two processes do not tell it the same at once.

use crate::{Dialect, Result, Row, Tx, jobs::JobRow};
use labelwright_core::{ProjectId, TaskId, Timestamp, UserId, WorkspaceId};
use serde_json::Value;

const SECOND: i64 = 1_000_000;
/// Whoever tells has so long for one address, more than a whole batch can take; then another may.
const HELD_SECONDS: i64 = 1200;
/// Between tries: 10 s, 20 s, ... up to this.
const PAUSE_SECONDS: (i64, i64) = (10, 6 * 3600);
/// After so many failures in a row, about three days, an address is told nothing more.
const FAILURES_MAXIMUM: i64 = 20;
/// Deliveries of one address that are taken at once.
const BATCH: i64 = 50;
/// What waits for one address; the oldest is let go when there is more.
pub const WAITING_MAXIMUM: i64 = 100_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    pub id: i64,
    pub workspace: WorkspaceId,
    pub url: String,
    pub secret: String,
    /// What it is told of; everything when it is empty.
    pub kinds: Vec<String>,
    pub active: bool,
    pub next_at: Timestamp,
    /// In a row.
    pub failures: i64,
    /// What became of the last try, in a few words; empty before the first.
    pub last_outcome: String,
    pub last_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

fn webhook_of(row: &Row) -> Result<WebhookRow> {
    Ok(WebhookRow {
        id: row.int(0)?,
        workspace: WorkspaceId(row.int(1)?),
        url: row.text(2)?.to_owned(),
        secret: row.text(3)?.to_owned(),
        kinds: row.text(4)?.split(',').filter(|kind| !kind.is_empty()).map(str::to_owned).collect(),
        active: row.int(5)? != 0,
        next_at: Timestamp(row.int(6)?),
        failures: row.int(7)?,
        last_outcome: row.text(8)?.to_owned(),
        last_at: row.int_or_null(9)?.map(Timestamp),
        created_at: Timestamp(row.int(10)?),
    })
}

/// `,a,b,`: a kind is found by its commas.
fn joined(kinds: &[String]) -> String {
    if kinds.is_empty() { String::new() } else { format!(",{},", kinds.join(",")) }
}

/// Something that is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    pub id: i64,
    pub kind: String,
    pub project: Option<ProjectId>,
    /// JSON.
    pub data: String,
    pub at: Timestamp,
}

sql! { INSERT_WEBHOOK = "INSERT INTO webhooks (workspace_id, url, secret, kinds, active, next_at, failures, last_outcome, created_by, created_at) VALUES ($1, $2, $3, $4, 1, $6, 0, '', $5, $6) RETURNING id" }

pub async fn create(
    tx: &mut Tx,
    workspace: WorkspaceId,
    (url, secret): (&str, &str),
    kinds: &[String],
    by: UserId,
    now: Timestamp,
) -> Result<i64> {
    tx.one(INSERT_WEBHOOK, &args![workspace, url, secret, joined(kinds), by, now]).await?.int(0)
}

sql! { WEBHOOKS = "SELECT id, workspace_id, url, secret, kinds, active, next_at, failures, last_outcome, last_at, created_at FROM webhooks WHERE workspace_id = $1 ORDER BY id" }
sql! { WAITING = "SELECT COUNT(*) FROM deliveries WHERE webhook_id = $1" }

/// Those of a workspace, each with how much it has still to be told.
pub async fn of_workspace(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<(WebhookRow, i64)>> {
    let mut found = Vec::new();
    for row in tx.rows(WEBHOOKS, &args![workspace]).await? {
        let row = webhook_of(&row)?;
        let waiting = tx.one(WAITING, &args![row.id]).await?.int(0)?;
        found.push((row, waiting));
    }
    Ok(found)
}

sql! { WEBHOOK = "SELECT id, workspace_id, url, secret, kinds, active, next_at, failures, last_outcome, last_at, created_at FROM webhooks WHERE id = $1" }

pub async fn webhook(tx: &mut Tx, id: i64) -> Result<Option<WebhookRow>> {
    tx.optional(WEBHOOK, &args![id]).await?.as_ref().map(webhook_of).transpose()
}

sql! { CHANGE_WEBHOOK = "UPDATE webhooks SET url = $2, kinds = $3, active = $4, next_at = $5, failures = $6 WHERE id = $1" }

pub async fn change(tx: &mut Tx, row: &WebhookRow) -> Result<()> {
    let values = args![row.id, row.url.as_str(), joined(&row.kinds), i64::from(row.active), row.next_at, row.failures];
    tx.execute(CHANGE_WEBHOOK, &values).await.map(|_| ())
}

sql! { DROP_DELIVERIES = "DELETE FROM deliveries WHERE webhook_id = $1" }
sql! { DROP_WEBHOOK = "DELETE FROM webhooks WHERE id = $1" }

pub async fn delete(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute(DROP_DELIVERIES, &args![id]).await?;
    tx.execute(DROP_WEBHOOK, &args![id]).await.map(|_| ())
}

sql! { NOTE_OF_TASK = "INSERT INTO deliveries (webhook_id, kind, project_id, data, at) SELECT w.id, $2, t.project_id, $3, $4 FROM tasks t JOIN projects p ON p.id = t.project_id JOIN webhooks w ON w.workspace_id = p.workspace_id WHERE t.id = $1 AND w.active = 1 AND (w.kinds = '' OR w.kinds LIKE $5)" }

/// Notes what happened to a task for those who are told of it.
pub async fn note_of_task(tx: &mut Tx, task: TaskId, kind: &str, data: &Value, now: Timestamp) -> Result<()> {
    let values = args![task, kind, data.to_string(), now, format!("%,{kind},%")];
    tx.execute(NOTE_OF_TASK, &values).await.map(|_| ())
}

sql! { NOTE_OF_WORKSPACE = "INSERT INTO deliveries (webhook_id, kind, project_id, data, at) SELECT id, $2, $3, $4, $5 FROM webhooks WHERE workspace_id = $1 AND active = 1 AND (kinds = '' OR kinds LIKE $6)" }

/// Notes that a job has ended.
pub async fn note_of_job(tx: &mut Tx, job: &JobRow, kind: &str, data: &Value, now: Timestamp) -> Result<()> {
    let values = args![job.workspace, kind, job.project, data.to_string(), now, format!("%,{kind},%")];
    tx.execute(NOTE_OF_WORKSPACE, &values).await.map(|_| ())
}

sql! { sqlite DUE_WEBHOOK_SQLITE = "SELECT id, workspace_id, url, secret, kinds, active, next_at, failures, last_outcome, last_at, created_at FROM webhooks WHERE active = 1 AND next_at <= $1 AND EXISTS (SELECT 1 FROM deliveries d WHERE d.webhook_id = webhooks.id) ORDER BY next_at, id LIMIT 1" }
sql! { postgres DUE_WEBHOOK_POSTGRES = "SELECT id, workspace_id, url, secret, kinds, active, next_at, failures, last_outcome, last_at, created_at FROM webhooks WHERE active = 1 AND next_at <= $1 AND EXISTS (SELECT 1 FROM deliveries d WHERE d.webhook_id = webhooks.id) ORDER BY next_at, id LIMIT 1 FOR UPDATE OF webhooks SKIP LOCKED" }
sql! { HOLD_WEBHOOK = "UPDATE webhooks SET next_at = $2 WHERE id = $1" }
sql! { TOO_MANY = "DELETE FROM deliveries WHERE webhook_id = $1 AND id <= (SELECT id FROM deliveries WHERE webhook_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)" }
sql! { NEXT_DELIVERIES = "SELECT id, kind, project_id, data, at FROM deliveries WHERE webhook_id = $1 ORDER BY id LIMIT $2" }

/// Takes an address whose time has come, with what it is to be told next, in its order. None when none is due.
pub async fn take_due(tx: &mut Tx, now: Timestamp) -> Result<Option<(WebhookRow, Vec<DeliveryRow>)>> {
    let due = match tx.dialect() {
        Dialect::Sqlite => DUE_WEBHOOK_SQLITE,
        Dialect::Postgres => DUE_WEBHOOK_POSTGRES,
    };
    let Some(row) = tx.optional(due, &args![now]).await? else { return Ok(None) };
    let row = webhook_of(&row)?;
    tx.execute(HOLD_WEBHOOK, &args![row.id, Timestamp(now.0 + HELD_SECONDS * SECOND)]).await?;
    tx.execute(TOO_MANY, &args![row.id, WAITING_MAXIMUM]).await?;
    let delivery = |row: &Row| {
        Ok(DeliveryRow {
            id: row.int(0)?,
            kind: row.text(1)?.to_owned(),
            project: row.int_or_null(2)?.map(ProjectId),
            data: row.text(3)?.to_owned(),
            at: Timestamp(row.int(4)?),
        })
    };
    let rows = tx.rows(NEXT_DELIVERIES, &args![row.id, BATCH]).await?;
    Ok(Some((row, rows.iter().map(delivery).collect::<Result<_>>()?)))
}

sql! { DROP_TOLD = "DELETE FROM deliveries WHERE webhook_id = $1 AND id <= $2" }
sql! { SET_OUTCOME = "UPDATE webhooks SET next_at = $2, failures = $3, active = active * $4, last_outcome = $5, last_at = $6 WHERE id = $1" }

/// How telling an address went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    All,
    /// It is tried again later.
    Failed,
    /// It asks for nothing more.
    Gone,
}

/// Lets an address go: what was told up to this delivery is done with. One that was switched off meanwhile stays so.
pub async fn told(
    tx: &mut Tx,
    row: &WebhookRow,
    last: Option<i64>,
    (outcome, words): (Told, &str),
    now: Timestamp,
) -> Result<()> {
    if let Some(last) = last {
        tx.execute(DROP_TOLD, &args![row.id, last]).await?;
    }
    let failures = match outcome {
        Told::All => 0,
        // What was told in between shows that the address works.
        Told::Failed if last.is_some() => 1,
        Told::Failed | Told::Gone => row.failures + 1,
    };
    let (first, most) = PAUSE_SECONDS;
    let pause = if failures == 0 { 0 } else { first.saturating_mul(1 << (failures - 1).min(30)).min(most) };
    let is_active = outcome != Told::Gone && failures < FAILURES_MAXIMUM;
    let values = args![row.id, Timestamp(now.0 + pause * SECOND), failures, i64::from(is_active), words, now];
    tx.execute(SET_OUTCOME, &values).await.map(|_| ())
}
