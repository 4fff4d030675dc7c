//! The audit log: who did what to what, each row chained to the one before it in its workspace by a hash, so that a
//! row that was changed or taken out later is found.

use crate::{Dialect, Result, Row, Tx};
use labelwright_core::{Timestamp, UserId, WorkspaceId};
use sha2::{Digest, Sha256};

#[derive(Debug, Clone)]
pub struct AuditRow {
    pub id: i64,
    pub actor: Option<UserId>,
    pub actor_name: Option<String>,
    pub action: String,
    pub target: String,
    /// JSON.
    pub detail: String,
    pub at: Timestamp,
    pub previous_hash: String,
    pub hash: String,
}

sql! { postgres LOCK_CHAIN = "SELECT id FROM workspaces WHERE id = $1 FOR UPDATE" }
sql! { LAST_HASH = "SELECT hash FROM audit WHERE workspace_id = $1 ORDER BY id DESC LIMIT 1" }
sql! { INSERT_AUDIT = "INSERT INTO audit (workspace_id, actor_id, action, target, detail, at, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" }

/// Adds a row in the transaction of the change that it tells of.
pub async fn record(
    tx: &mut Tx,
    workspace: WorkspaceId,
    actor: Option<UserId>,
    action: &str,
    target: &str,
    detail: &serde_json::Value,
    now: Timestamp,
) -> Result<()> {
    // Two writers must not chain to the same row; SQLite has one writer anyway.
    if tx.dialect() == Dialect::Postgres {
        tx.rows(LOCK_CHAIN, &args![workspace]).await?;
    }
    let previous = tx.optional(LAST_HASH, &args![workspace]).await?;
    let previous = previous.map(|row| row.text(0).map(str::to_owned)).transpose()?.unwrap_or_default();
    let detail = detail.to_string();
    let hash = chain(&previous, actor, action, target, &detail, now);
    tx.execute(INSERT_AUDIT, &args![workspace, actor, action, target, detail, now, previous, hash]).await?;
    Ok(())
}

/// Hash of a row: SHA-256 over the previous hash and the row's own words, each followed by a line feed.
fn chain(previous: &str, actor: Option<UserId>, action: &str, target: &str, detail: &str, at: Timestamp) -> String {
    let actor = actor.map_or_else(|| "-".to_owned(), |actor| actor.0.to_string());
    let mut hasher = Sha256::new();
    for part in [previous, &actor, action, target, detail, &at.0.to_string()] {
        hasher.update(part.as_bytes());
        hasher.update(b"\n");
    }
    crate::submit::hex(&hasher.finalize())
}

impl AuditRow {
    /// Does the row's hash fit its words and the hash before it?
    pub fn intact(&self) -> bool {
        chain(&self.previous_hash, self.actor, &self.action, &self.target, &self.detail, self.at) == self.hash
    }
}

sql! { AUDIT_BEFORE = "SELECT a.id, a.actor_id, u.name, a.action, a.target, a.detail, a.at, a.previous_hash, a.hash FROM audit a LEFT JOIN users u ON u.id = a.actor_id WHERE a.workspace_id = $1 AND a.id < $2 ORDER BY a.id DESC LIMIT $3" }

/// A page of the log, newest first.
pub async fn before(tx: &mut Tx, workspace: WorkspaceId, before: i64, limit: i64) -> Result<Vec<AuditRow>> {
    tx.rows(AUDIT_BEFORE, &args![workspace, before, limit]).await?.iter().map(audit_of).collect()
}

sql! { AUDIT_AFTER = "SELECT a.id, a.actor_id, u.name, a.action, a.target, a.detail, a.at, a.previous_hash, a.hash FROM audit a LEFT JOIN users u ON u.id = a.actor_id WHERE a.workspace_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3" }

/// A page of the log, oldest first: for checking the chain.
pub async fn after(tx: &mut Tx, workspace: WorkspaceId, after: i64, limit: i64) -> Result<Vec<AuditRow>> {
    tx.rows(AUDIT_AFTER, &args![workspace, after, limit]).await?.iter().map(audit_of).collect()
}

fn audit_of(row: &Row) -> Result<AuditRow> {
    Ok(AuditRow {
        id: row.int(0)?,
        actor: row.int_or_null(1)?.map(UserId),
        actor_name: row.text_or_null(2)?.map(str::to_owned),
        action: row.text(3)?.to_owned(),
        target: row.text(4)?.to_owned(),
        detail: row.text(5)?.to_owned(),
        at: Timestamp(row.int(6)?),
        previous_hash: row.text(7)?.to_owned(),
        hash: row.text(8)?.to_owned(),
    })
}
