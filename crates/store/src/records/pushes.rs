//! What came of lines that a program pushed under a key, so that pushing them again is harmless.

use crate::{Result, Tx};
use labelwright_core::{JobId, Timestamp, UserId};

#[derive(Debug, Clone)]
pub struct PushRow {
    pub request_hash: String,
    pub job: JobId,
    pub lines: i64,
}

sql! { PUSH = "SELECT request_hash, job_id, lines FROM pushes WHERE user_id = $1 AND key = $2" }

pub async fn push(tx: &mut Tx, user: UserId, key: &str) -> Result<Option<PushRow>> {
    let row = tx.optional(PUSH, &args![user, key]).await?;
    row.map(|row| Ok(PushRow { request_hash: row.text(0)?.to_owned(), job: JobId(row.int(1)?), lines: row.int(2)? }))
        .transpose()
}

sql! { INSERT_PUSH = "INSERT INTO pushes (user_id, key, request_hash, job_id, lines, at) VALUES ($1, $2, $3, $4, $5, $6)" }

pub async fn remember(tx: &mut Tx, user: UserId, key: &str, push: &PushRow, now: Timestamp) -> Result<()> {
    let values = args![user, key, push.request_hash.as_str(), push.job, push.lines, now];
    tx.execute(INSERT_PUSH, &values).await.map(|_| ())
}
