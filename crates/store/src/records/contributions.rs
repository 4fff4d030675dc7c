//! What contributors gave: kept apart from items until somebody accepts it.

use super::datasets::Content;
use crate::{Result, Row, Tx};
use labelwright_core::{ItemId, Timestamp, UserId};

/// One contribution without its data.
#[derive(Debug, Clone)]
pub struct ContributionRow {
    pub id: i64,
    pub call: i64,
    pub contributor: i64,
    pub key: String,
    /// `text`, `photo`, `audio`, `form` or `file`.
    pub kind: String,
    /// Empty without one.
    pub category: String,
    pub terms_version: i64,
    pub modality: String,
    pub media_type: String,
    /// SHA-256 of the data.
    pub hash: String,
    pub bytes: i64,
    /// A short text.
    pub content: Option<String>,
    /// JSON of the media shape.
    pub shape: String,
    /// JSON of what was filled into a form.
    pub fields: String,
    /// When the contributor says to have made it, and when it came.
    pub made_at: Timestamp,
    pub given_at: Timestamp,
    /// JSON list of what checks found.
    pub flags: String,
    /// `waiting`, `accepted`, `rejected` or `withdrawn`.
    pub state: String,
    pub reason: String,
    pub item: Option<ItemId>,
    pub judged_at: Option<Timestamp>,
}

fn contribution_of(row: &Row) -> Result<ContributionRow> {
    Ok(ContributionRow {
        id: row.int(0)?,
        call: row.int(1)?,
        contributor: row.int(2)?,
        key: row.text(3)?.to_owned(),
        kind: row.text(4)?.to_owned(),
        category: row.text(5)?.to_owned(),
        terms_version: row.int(6)?,
        modality: row.text(7)?.to_owned(),
        media_type: row.text(8)?.to_owned(),
        hash: row.text(9)?.to_owned(),
        bytes: row.int(10)?,
        content: row.text_or_null(11)?.map(str::to_owned),
        shape: row.text(12)?.to_owned(),
        fields: row.text(13)?.to_owned(),
        made_at: Timestamp(row.int(14)?),
        given_at: Timestamp(row.int(15)?),
        flags: row.text(16)?.to_owned(),
        state: row.text(17)?.to_owned(),
        reason: row.text(18)?.to_owned(),
        item: row.int_or_null(19)?.map(ItemId),
        judged_at: row.int_or_null(20)?.map(Timestamp),
    })
}

pub struct NewContribution<'a> {
    pub call: i64,
    pub contributor: i64,
    pub key: &'a str,
    pub request_hash: &'a str,
    pub receipt_hash: &'a str,
    pub kind: &'a str,
    pub category: &'a str,
    pub terms_version: i64,
    pub modality: &'a str,
    pub media_type: &'a str,
    pub hash: &'a str,
    pub bytes: i64,
    pub content: &'a Content,
    pub shape: &'a str,
    pub fields: &'a str,
    /// Hash of the words alone; empty where there are none.
    pub words_hash: &'a str,
    pub made_at: Timestamp,
    pub flags: &'a str,
    pub now: Timestamp,
}

sql! { INSERT_CONTRIBUTION = "INSERT INTO contributions (call_id, contributor_id, key, request_hash, receipt_hash, kind, category, terms_version, modality, media_type, hash, bytes, content, data, shape, fields, words_hash, made_at, given_at, flags, state, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 'waiting', '') RETURNING id" }

pub async fn create(tx: &mut Tx, new: &NewContribution<'_>) -> Result<i64> {
    let (text, data) = match new.content {
        Content::Text(text) => (Some(text.as_str()), None),
        Content::Bytes(data) => (None, Some(data.clone())),
        Content::Blob => (None, None),
    };
    let values = args![
        new.call,
        new.contributor,
        new.key,
        new.request_hash,
        new.receipt_hash,
        new.kind,
        new.category,
        new.terms_version,
        new.modality,
        new.media_type,
        new.hash,
        new.bytes,
        text,
        data,
        new.shape,
        new.fields,
        new.words_hash,
        new.made_at,
        new.now,
        new.flags
    ];
    tx.one(INSERT_CONTRIBUTION, &values).await?.int(0)
}

sql! { BY_KEY = "SELECT id, call_id, contributor_id, key, kind, category, terms_version, modality, media_type, hash, bytes, content, shape, fields, made_at, given_at, flags, state, reason, item_id, judged_at, request_hash FROM contributions WHERE contributor_id = $1 AND key = $2" }

/// What was given under a key before, with the hash of that request.
pub async fn by_key(tx: &mut Tx, contributor: i64, key: &str) -> Result<Option<(ContributionRow, String)>> {
    let row = tx.optional(BY_KEY, &args![contributor, key]).await?;
    row.map(|row| Ok((contribution_of(&row)?, row.text(21)?.to_owned()))).transpose()
}

sql! { CONTRIBUTION = "SELECT id, call_id, contributor_id, key, kind, category, terms_version, modality, media_type, hash, bytes, content, shape, fields, made_at, given_at, flags, state, reason, item_id, judged_at FROM contributions WHERE id = $1 AND call_id = $2" }

pub async fn contribution(tx: &mut Tx, call: i64, id: i64) -> Result<Option<ContributionRow>> {
    tx.optional(CONTRIBUTION, &args![id, call]).await?.as_ref().map(contribution_of).transpose()
}

sql! { BY_RECEIPT = "SELECT id, call_id, contributor_id, key, kind, category, terms_version, modality, media_type, hash, bytes, content, shape, fields, made_at, given_at, flags, state, reason, item_id, judged_at FROM contributions WHERE receipt_hash = $1 AND call_id = $2" }

pub async fn by_receipt(tx: &mut Tx, call: i64, receipt_hash: &str) -> Result<Option<ContributionRow>> {
    tx.optional(BY_RECEIPT, &args![receipt_hash, call]).await?.as_ref().map(contribution_of).transpose()
}

sql! { DATA = "SELECT data, content FROM contributions WHERE id = $1" }

/// The bytes that lie in the row; None when they lie in a blob.
pub async fn data(tx: &mut Tx, id: i64) -> Result<Option<Vec<u8>>> {
    let Some(row) = tx.optional(DATA, &args![id]).await? else { return Ok(None) };
    let text = row.text_or_null(1)?.map(|text| text.as_bytes().to_vec());
    Ok(row.bytes_or_null(0)?.map(<[u8]>::to_vec).or(text))
}

sql! { PAGE = "SELECT id, call_id, contributor_id, key, kind, category, terms_version, modality, media_type, hash, bytes, content, shape, fields, made_at, given_at, flags, state, reason, item_id, judged_at FROM contributions WHERE call_id = $1 AND state = $2 AND id > $3 ORDER BY id LIMIT $4" }
sql! { PAGE_PLAIN = "SELECT id, call_id, contributor_id, key, kind, category, terms_version, modality, media_type, hash, bytes, content, shape, fields, made_at, given_at, flags, state, reason, item_id, judged_at FROM contributions WHERE call_id = $1 AND state = $2 AND id > $3 AND flags = '[]' ORDER BY id LIMIT $4" }
sql! { PAGE_FLAGGED = "SELECT id, call_id, contributor_id, key, kind, category, terms_version, modality, media_type, hash, bytes, content, shape, fields, made_at, given_at, flags, state, reason, item_id, judged_at FROM contributions WHERE call_id = $1 AND state = $2 AND id > $3 AND flags <> '[]' ORDER BY id LIMIT $4" }

/// A page of a call's contributions in one state, by keyset; `flagged` leaves those that checks found something about,
/// or those that they did not.
pub async fn page(
    tx: &mut Tx,
    call: i64,
    state: &str,
    flagged: Option<bool>,
    after: i64,
    limit: i64,
) -> Result<Vec<ContributionRow>> {
    let find = match flagged {
        None => PAGE,
        Some(true) => PAGE_FLAGGED,
        Some(false) => PAGE_PLAIN,
    };
    tx.rows(find, &args![call, state, after, limit]).await?.iter().map(contribution_of).collect()
}

sql! { OF_CONTRIBUTOR = "SELECT id, call_id, contributor_id, key, kind, category, terms_version, modality, media_type, hash, bytes, content, shape, fields, made_at, given_at, flags, state, reason, item_id, judged_at FROM contributions WHERE contributor_id = $1 ORDER BY id DESC LIMIT $2" }

/// What one contributor gave, the newest first.
pub async fn of_contributor(tx: &mut Tx, contributor: i64, limit: i64) -> Result<Vec<ContributionRow>> {
    tx.rows(OF_CONTRIBUTOR, &args![contributor, limit]).await?.iter().map(contribution_of).collect()
}

/// What counts against the quotas of a call: what waits and what was accepted.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    pub all: i64,
    /// Of this person: whoever a panel sent is one person in all their browsers.
    pub own: i64,
    pub by_category: Vec<(String, i64)>,
}

sql! { TAKEN = "SELECT category, COUNT(*) FROM contributions WHERE call_id = $1 AND state IN ('waiting', 'accepted') GROUP BY category ORDER BY category" }
sql! { TAKEN_BY = "SELECT COUNT(*) FROM contributions c WHERE c.state IN ('waiting', 'accepted') AND c.contributor_id IN (SELECT r.id FROM contributors r WHERE r.call_id = $1 AND (r.id = $2 OR (r.participant = $3 AND $3 <> '')))" }

pub async fn taken(tx: &mut Tx, call: i64, contributor: Option<(i64, &str)>) -> Result<Taken> {
    let mut taken = Taken::default();
    for row in tx.rows(TAKEN, &args![call]).await? {
        taken.all += row.int(1)?;
        taken.by_category.push((row.text(0)?.to_owned(), row.int(1)?));
    }
    if let Some((id, participant)) = contributor {
        taken.own = tx.one(TAKEN_BY, &args![call, id, participant]).await?.int(0)?;
    }
    Ok(taken)
}

/// What one contributor did before, for the checks.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// When the last contribution was made.
    pub last_made_at: Option<Timestamp>,
    /// How many came since the moment that was asked for.
    pub recent: i64,
    /// Others with the same words.
    pub same_words: i64,
}

sql! { LAST_MADE = "SELECT MAX(made_at) FROM contributions WHERE contributor_id = $1" }
sql! { RECENT = "SELECT COUNT(*) FROM contributions WHERE contributor_id = $1 AND given_at > $2" }
sql! { SAME_WORDS = "SELECT COUNT(*) FROM contributions WHERE contributor_id = $1 AND words_hash = $2 AND words_hash <> '' AND state <> 'withdrawn'" }

pub async fn before(tx: &mut Tx, contributor: i64, since: Timestamp, words_hash: &str) -> Result<Before> {
    Ok(Before {
        last_made_at: tx.one(LAST_MADE, &args![contributor]).await?.int_or_null(0)?.map(Timestamp),
        recent: tx.one(RECENT, &args![contributor, since]).await?.int(0)?,
        same_words: tx.one(SAME_WORDS, &args![contributor, words_hash]).await?.int(0)?,
    })
}

sql! { COUNTS = "SELECT state, COUNT(*), SUM(CASE WHEN flags = '[]' THEN 0 ELSE 1 END) FROM contributions WHERE call_id = $1 GROUP BY state ORDER BY state" }

/// The contributions of a call by state: all of them, and those that checks found something about.
pub async fn counts(tx: &mut Tx, call: i64) -> Result<Vec<(String, i64, i64)>> {
    let rows = tx.rows(COUNTS, &args![call]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?, row.int(2)?))).collect()
}

sql! { JUDGE = "UPDATE contributions SET state = $2, reason = $3, item_id = $4, judged_by = $5, judged_at = $6 WHERE id = $1 AND state <> 'withdrawn'" }

/// Writes a verdict; `waiting` takes one back. False when it was withdrawn meanwhile.
pub async fn judge(
    tx: &mut Tx,
    id: i64,
    state: &str,
    reason: &str,
    item: Option<ItemId>,
    by: Option<UserId>,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(JUDGE, &args![id, state, reason, item, by, now]).await? > 0)
}

sql! { WITHDRAW = "UPDATE contributions SET state = 'withdrawn', content = NULL, data = NULL, fields = '{}', shape = '{}', words_hash = '', flags = '[]', judged_at = $2 WHERE id = $1 AND state <> 'withdrawn'" }

/// Takes a contribution's own data away at once. False when it was withdrawn before.
pub async fn withdraw(tx: &mut Tx, id: i64, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(WITHDRAW, &args![id, now]).await? > 0)
}

sql! { FORGET = "UPDATE contributions SET item_id = NULL, hash = '' WHERE id = $1 AND state = 'withdrawn'" }

/// Nothing is left of what was withdrawn but that it was there.
pub async fn forget(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute(FORGET, &args![id]).await.map(|_| ())
}

sql! { HASHES_AFTER = "SELECT id, hash FROM contributions WHERE call_id = $1 AND id > $2 AND state <> 'withdrawn' ORDER BY id LIMIT $3" }

/// A page of the hashes of a call's contributions, by keyset.
pub async fn hashes_after(tx: &mut Tx, call: i64, after: i64, limit: i64) -> Result<Vec<(i64, String)>> {
    let rows = tx.rows(HASHES_AFTER, &args![call, after, limit]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?.to_owned()))).collect()
}
