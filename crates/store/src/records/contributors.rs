//! People who give data without an account: known by a secret of which only the hash is here, with what they agreed to.

use crate::{Result, Row, Tx};
use labelwright_core::Timestamp;

#[derive(Debug, Clone)]
pub struct ContributorRow {
    pub id: i64,
    pub call: i64,
    /// Who they are to a panel, in which study and session; empty where no panel sent them.
    pub participant: String,
    pub study: String,
    pub session: String,
    pub created_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
}

fn contributor_of(row: &Row) -> Result<ContributorRow> {
    Ok(ContributorRow {
        id: row.int(0)?,
        call: row.int(1)?,
        participant: row.text(2)?.to_owned(),
        study: row.text(3)?.to_owned(),
        session: row.text(4)?.to_owned(),
        created_at: Timestamp(row.int(5)?),
        withdrawn_at: row.int_or_null(6)?.map(Timestamp),
    })
}

pub struct NewContributor<'a> {
    pub call: i64,
    pub secret_hash: &'a str,
    pub participant: &'a str,
    pub study: &'a str,
    pub session: &'a str,
    pub now: Timestamp,
}

sql! { INSERT_CONTRIBUTOR = "INSERT INTO contributors (call_id, secret_hash, participant, study, session, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id" }

pub async fn create(tx: &mut Tx, new: &NewContributor<'_>) -> Result<i64> {
    let values = args![new.call, new.secret_hash, new.participant, new.study, new.session, new.now];
    tx.one(INSERT_CONTRIBUTOR, &values).await?.int(0)
}

sql! { BY_SECRET = "SELECT id, call_id, participant, study, session, created_at, withdrawn_at FROM contributors WHERE secret_hash = $1 AND call_id = $2" }

pub async fn by_secret(tx: &mut Tx, call: i64, secret_hash: &str) -> Result<Option<ContributorRow>> {
    tx.optional(BY_SECRET, &args![secret_hash, call]).await?.as_ref().map(contributor_of).transpose()
}

sql! { CONTRIBUTOR = "SELECT id, call_id, participant, study, session, created_at, withdrawn_at FROM contributors WHERE id = $1 AND call_id = $2" }

pub async fn contributor(tx: &mut Tx, call: i64, id: i64) -> Result<Option<ContributorRow>> {
    tx.optional(CONTRIBUTOR, &args![id, call]).await?.as_ref().map(contributor_of).transpose()
}

sql! { UPSERT_CONSENT = "INSERT INTO consents (contributor_id, terms_version, terms_hash, at) VALUES ($1, $2, $3, $4) ON CONFLICT (contributor_id, terms_version) DO NOTHING" }
sql! { BACK = "UPDATE contributors SET withdrawn_at = NULL WHERE id = $1" }

/// Notes that somebody agreed. Who had withdrawn and agrees again may give again.
pub async fn consent(tx: &mut Tx, id: i64, version: i64, hash: &str, now: Timestamp) -> Result<()> {
    tx.execute(UPSERT_CONSENT, &args![id, version, hash, now]).await?;
    tx.execute(BACK, &args![id]).await.map(|_| ())
}

sql! { CONSENT = "SELECT at, terms_hash FROM consents WHERE contributor_id = $1 AND terms_version = $2" }

/// When somebody agreed to a version of the terms, and to which words.
pub async fn consented(tx: &mut Tx, id: i64, version: i64) -> Result<Option<(Timestamp, String)>> {
    let row = tx.optional(CONSENT, &args![id, version]).await?;
    row.map(|row| Ok((Timestamp(row.int(0)?), row.text(1)?.to_owned()))).transpose()
}

sql! { WITHDRAW = "UPDATE contributors SET withdrawn_at = $2 WHERE id = $1" }

pub async fn withdraw(tx: &mut Tx, id: i64, now: Timestamp) -> Result<()> {
    tx.execute(WITHDRAW, &args![id, now]).await.map(|_| ())
}

/// A contributor as a manager sees them.
#[derive(Debug, Clone)]
pub struct ContributorTold {
    pub row: ContributorRow,
    /// The newest version of the terms that they agreed to, and when.
    pub terms_version: i64,
    pub consented_at: Timestamp,
    /// Contributions that wait or were accepted; accepted ones; ones that were rejected.
    pub given: i64,
    pub accepted: i64,
    pub rejected: i64,
}

sql! { CONTRIBUTORS = "SELECT r.id, r.call_id, r.participant, r.study, r.session, r.created_at, r.withdrawn_at, (SELECT MAX(k.terms_version) FROM consents k WHERE k.contributor_id = r.id), (SELECT MAX(k.at) FROM consents k WHERE k.contributor_id = r.id), (SELECT COUNT(*) FROM contributions c WHERE c.contributor_id = r.id AND c.state IN ('waiting', 'accepted')), (SELECT COUNT(*) FROM contributions c WHERE c.contributor_id = r.id AND c.state = 'accepted'), (SELECT COUNT(*) FROM contributions c WHERE c.contributor_id = r.id AND c.state = 'rejected') FROM contributors r WHERE r.call_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3" }

/// A page of the contributors of a call, by keyset.
pub async fn contributors_after(tx: &mut Tx, call: i64, after: i64, limit: i64) -> Result<Vec<ContributorTold>> {
    let rows = tx.rows(CONTRIBUTORS, &args![call, after, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(ContributorTold {
                row: contributor_of(row)?,
                terms_version: row.int_or_null(7)?.unwrap_or(0),
                consented_at: Timestamp(row.int_or_null(8)?.unwrap_or(0)),
                given: row.int(9)?,
                accepted: row.int(10)?,
                rejected: row.int(11)?,
            })
        })
        .collect()
}

sql! { COUNT_CONTRIBUTORS = "SELECT COUNT(*) FROM contributors WHERE call_id = $1" }

pub async fn count(tx: &mut Tx, call: i64) -> Result<i64> {
    tx.one(COUNT_CONTRIBUTORS, &args![call]).await?.int(0)
}
