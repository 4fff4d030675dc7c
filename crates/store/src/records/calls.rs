//! Calls for contributions: what is asked for, the links that lead to a call, and the versions of its terms.

use crate::{Dialect, Result, Row, Tx};
use labelwright_core::{DatasetId, ProjectId, Timestamp, UserId, WorkspaceId};

#[derive(Debug, Clone)]
pub struct CallRow {
    pub id: i64,
    pub workspace: WorkspaceId,
    pub project: ProjectId,
    /// Where accepted contributions become items.
    pub dataset: DatasetId,
    /// Signs receipts and completion codes. Never part of an answer.
    pub secret: String,
    /// JSON.
    pub settings: String,
    pub terms_version: i64,
    pub created_at: Timestamp,
}

fn call_of(row: &Row) -> Result<CallRow> {
    Ok(CallRow {
        id: row.int(0)?,
        workspace: WorkspaceId(row.int(1)?),
        project: ProjectId(row.int(2)?),
        dataset: DatasetId(row.int(3)?),
        secret: row.text(4)?.to_owned(),
        settings: row.text(5)?.to_owned(),
        terms_version: row.int(6)?,
        created_at: Timestamp(row.int(7)?),
    })
}

pub struct NewCall<'a> {
    pub project: ProjectId,
    pub dataset: DatasetId,
    pub secret: &'a str,
    pub settings: &'a str,
    pub author: UserId,
    pub now: Timestamp,
}

sql! { INSERT_CALL = "INSERT INTO calls (project_id, dataset_id, secret, settings, terms_version, created_by, created_at) VALUES ($1, $2, $3, $4, 0, $5, $6) RETURNING id" }

/// A call without terms and without a link: both come in the same transaction.
pub async fn create(tx: &mut Tx, new: &NewCall<'_>) -> Result<i64> {
    let values = args![new.project, new.dataset, new.secret, new.settings, new.author, new.now];
    tx.one(INSERT_CALL, &values).await?.int(0)
}

sql! { CALL = "SELECT c.id, p.workspace_id, c.project_id, c.dataset_id, c.secret, c.settings, c.terms_version, c.created_at FROM calls c JOIN projects p ON p.id = c.project_id WHERE c.id = $1 AND c.project_id = $2" }

/// A call of a project.
pub async fn call(tx: &mut Tx, project: ProjectId, id: i64) -> Result<Option<CallRow>> {
    tx.optional(CALL, &args![id, project]).await?.as_ref().map(call_of).transpose()
}

sql! { CALLS = "SELECT c.id, p.workspace_id, c.project_id, c.dataset_id, c.secret, c.settings, c.terms_version, c.created_at FROM calls c JOIN projects p ON p.id = c.project_id WHERE c.project_id = $1 ORDER BY c.id DESC" }

/// The calls of a project, the newest first.
pub async fn calls(tx: &mut Tx, project: ProjectId) -> Result<Vec<CallRow>> {
    tx.rows(CALLS, &args![project]).await?.iter().map(call_of).collect()
}

sql! { sqlite HELD_SQLITE = "SELECT c.id, p.workspace_id, c.project_id, c.dataset_id, c.secret, c.settings, c.terms_version, c.created_at FROM calls c JOIN projects p ON p.id = c.project_id WHERE c.id = $1" }
sql! { postgres HELD_POSTGRES = "SELECT c.id, p.workspace_id, c.project_id, c.dataset_id, c.secret, c.settings, c.terms_version, c.created_at FROM calls c JOIN projects p ON p.id = c.project_id WHERE c.id = $1 FOR UPDATE OF c" }

/// The call as it stays until the transaction ends: whoever gives or judges at the same time waits, so that no quota is
/// passed by two at once.
pub async fn held(tx: &mut Tx, id: i64) -> Result<Option<CallRow>> {
    let find = match tx.dialect() {
        Dialect::Sqlite => HELD_SQLITE,
        Dialect::Postgres => HELD_POSTGRES,
    };
    tx.optional(find, &args![id]).await?.as_ref().map(call_of).transpose()
}

sql! { SET_SETTINGS = "UPDATE calls SET settings = $2 WHERE id = $1" }

pub async fn set_settings(tx: &mut Tx, id: i64, settings: &str) -> Result<()> {
    tx.execute(SET_SETTINGS, &args![id, settings]).await.map(|_| ())
}

sql! { END_LINKS = "UPDATE call_links SET ended_at = $2 WHERE call_id = $1 AND ended_at IS NULL" }
sql! { INSERT_LINK = "INSERT INTO call_links (token_hash, call_id, created_at) VALUES ($1, $2, $3)" }

/// A new link; those before it are good for withdrawing only.
pub async fn set_link(tx: &mut Tx, id: i64, token_hash: &str, now: Timestamp) -> Result<()> {
    tx.execute(END_LINKS, &args![id, now]).await?;
    tx.execute(INSERT_LINK, &args![token_hash, id, now]).await.map(|_| ())
}

sql! { BY_LINK = "SELECT c.id, p.workspace_id, c.project_id, c.dataset_id, c.secret, c.settings, c.terms_version, c.created_at, l.ended_at, p.archived FROM call_links l JOIN calls c ON c.id = l.call_id JOIN projects p ON p.id = c.project_id WHERE l.token_hash = $1" }

/// The call behind a link, and whether the link has ended or the project was put away.
pub async fn by_link(tx: &mut Tx, token_hash: &str) -> Result<Option<(CallRow, bool)>> {
    let row = tx.optional(BY_LINK, &args![token_hash]).await?;
    row.map(|row| Ok((call_of(&row)?, row.int_or_null(8)?.is_some() || row.int(9)? != 0))).transpose()
}

#[derive(Debug, Clone)]
pub struct TermsRow {
    pub version: i64,
    pub text: String,
    /// SHA-256 of the text.
    pub hash: String,
    pub at: Timestamp,
}

sql! { NEXT_TERMS = "UPDATE calls SET terms_version = terms_version + 1 WHERE id = $1 RETURNING terms_version" }
sql! { INSERT_TERMS = "INSERT INTO call_terms (call_id, version, text, hash, at) VALUES ($1, $2, $3, $4, $5)" }

/// A new version of the terms: whoever goes on giving is asked again.
pub async fn publish_terms(tx: &mut Tx, id: i64, text: &str, hash: &str, now: Timestamp) -> Result<i64> {
    let version = tx.one(NEXT_TERMS, &args![id]).await?.int(0)?;
    tx.execute(INSERT_TERMS, &args![id, version, text, hash, now]).await?;
    Ok(version)
}

sql! { TERMS = "SELECT version, text, hash, at FROM call_terms WHERE call_id = $1 AND version = $2" }

pub async fn terms(tx: &mut Tx, id: i64, version: i64) -> Result<Option<TermsRow>> {
    let row = tx.optional(TERMS, &args![id, version]).await?;
    row.map(|row| {
        Ok(TermsRow {
            version: row.int(0)?,
            text: row.text(1)?.to_owned(),
            hash: row.text(2)?.to_owned(),
            at: Timestamp(row.int(3)?),
        })
    })
    .transpose()
}
