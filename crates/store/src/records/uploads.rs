//! Files on their way in: what was said of each, and how much of it has arrived. Their bytes lie outside the database.

use crate::{Result, Tx};
use labelwright_core::{Timestamp, UserId, WorkspaceId};

#[derive(Debug, Clone)]
pub struct UploadRow {
    pub id: i64,
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub name: String,
    pub bytes: i64,
    pub received: i64,
}

sql! { INSERT_UPLOAD = "INSERT INTO uploads (workspace_id, user_id, name, bytes, received, created_at, state) VALUES ($1, $2, $3, $4, 0, $5, 'open') RETURNING id" }

pub async fn create(
    tx: &mut Tx,
    workspace: WorkspaceId,
    user: UserId,
    name: &str,
    bytes: i64,
    now: Timestamp,
) -> Result<i64> {
    tx.one(INSERT_UPLOAD, &args![workspace, user, name, bytes, now]).await?.int(0)
}

sql! { UPLOAD = "SELECT id, workspace_id, user_id, name, bytes, received FROM uploads WHERE id = $1 AND state = 'open'" }

pub async fn upload(tx: &mut Tx, id: i64) -> Result<Option<UploadRow>> {
    let row = tx.optional(UPLOAD, &args![id]).await?;
    row.map(|row| {
        Ok(UploadRow {
            id: row.int(0)?,
            workspace: WorkspaceId(row.int(1)?),
            user: UserId(row.int(2)?),
            name: row.text(3)?.to_owned(),
            bytes: row.int(4)?,
            received: row.int(5)?,
        })
    })
    .transpose()
}

sql! { ADVANCE_UPLOAD = "UPDATE uploads SET received = $3 WHERE id = $1 AND received = $2 AND state = 'open'" }

/// Notes received bytes; false when somebody else advanced the upload meanwhile.
pub async fn advance(tx: &mut Tx, id: i64, from: i64, to: i64) -> Result<bool> {
    Ok(tx.execute(ADVANCE_UPLOAD, &args![id, from, to]).await? > 0)
}

sql! { CLOSE_UPLOAD = "UPDATE uploads SET state = 'closed' WHERE id = $1" }

pub async fn close(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute(CLOSE_UPLOAD, &args![id]).await.map(|_| ())
}
