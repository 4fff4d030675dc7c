//! Submitting an answer: one transaction that either stores a revision with everything that belongs to it, or
//! nothing. Revisions are append-only and each carries the hash of the one before it.

use crate::{
    Dialect, Result, StoreError, Tx,
    records::{annotations, tasks, webhooks},
    seats::{self, SeatState},
};
use labelwright_core::{
    AnnotationId, Answer, ProjectId, SchemaVersionId, TaskId, Timestamp, UserId, ValidAnswer, Value,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One answer on its way in.
#[derive(Debug, Clone)]
pub struct Submission<'a> {
    pub project: ProjectId,
    pub task: TaskId,
    pub labeler: UserId,
    pub schema_version: SchemaVersionId,
    /// The epoch of the lease under which the answer was made.
    pub epoch: i64,
    /// The revision that the labeler saw; None for a first answer.
    pub parent: Option<i64>,
    pub answer: &'a ValidAnswer,
    pub took_ms: i64,
    pub idempotency_key: &'a str,
    /// Hash of the whole request: a key that comes back with another one is refused.
    pub request_hash: &'a str,
    /// The state that the task gets once all its seats are submitted.
    pub complete_state: &'a str,
}

/// What a submit stored; kept with its idempotency key and given again to a retry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    pub annotation_id: AnnotationId,
    pub revision: i64,
    pub hash: String,
    pub task_state: String,
}

/// Why a submit stored nothing. The answer itself is kept as a draft by the caller.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    #[error("this idempotency key was used for another answer")]
    KeyReused,
    #[error("the lease on this task has run out or was given up")]
    LeaseLost,
    /// Somebody (another tab, a reviewer) stored a newer revision.
    #[error("the answer was changed meanwhile: revision {revision}")]
    StaleParent { revision: i64, answer: String },
    #[error("the answer was accepted by a reviewer and cannot be changed")]
    Accepted,
    #[error(transparent)]
    Store(#[from] StoreError),
}

sql! { IDEMPOTENCY = "SELECT request_hash, response FROM idempotency WHERE user_id = $1 AND key = $2" }
sql! { INSERT_IDEMPOTENCY = "INSERT INTO idempotency (user_id, key, request_hash, response, at) VALUES ($1, $2, $3, $4, $5)" }
sql! { postgres LOCK_TASK = "SELECT id FROM tasks WHERE id = $1 FOR UPDATE" }
sql! { DELETE_DRAFT = "DELETE FROM drafts WHERE task_id = $1 AND user_id = $2" }

/// Stores an answer. A retry with the same key and request gets the first outcome back and stores nothing.
pub async fn submit(tx: &mut Tx, new: &Submission<'_>, now: Timestamp) -> std::result::Result<Submitted, SubmitError> {
    if let Some(before) = replay(tx, new.labeler, new.idempotency_key, new.request_hash).await? {
        return Ok(before);
    }
    // Submits to one task follow each other: the last of them must see that all seats are done.
    if tx.dialect() == Dialect::Postgres {
        tx.rows(LOCK_TASK, &args![new.task]).await?;
        // Two copies of one request may have raced to the lock: look again behind it.
        if let Some(before) = replay(tx, new.labeler, new.idempotency_key, new.request_hash).await? {
            return Ok(before);
        }
    }
    let seat = seats::hold(tx, new.task, new.labeler).await?.ok_or(SubmitError::LeaseLost)?;
    if seat.state == SeatState::Leased && seat.lease.epoch != new.epoch {
        return Err(SubmitError::LeaseLost);
    }
    let head = annotations::of_labeler(tx, new.task, new.labeler).await?;
    let seen = head.as_ref().map(|head| head.revision);
    if seen != new.parent {
        let head = head.ok_or(SubmitError::LeaseLost)?;
        return Err(SubmitError::StaleParent { revision: head.revision, answer: head.answer });
    }
    if head.as_ref().is_some_and(|head| head.state == "accepted") {
        return Err(SubmitError::Accepted);
    }
    let stored = append(
        tx,
        &NewRevision {
            project: new.project,
            task: new.task,
            owner: new.labeler,
            author: new.labeler,
            schema_version: new.schema_version,
            answer: new.answer,
            took_ms: new.took_ms,
            idempotency_key: Some(new.idempotency_key),
            state: "submitted",
        },
        now,
    )
    .await?;
    let told = serde_json::json!({
        "task": new.task, "annotation": stored.annotation, "revision": stored.number, "labeler": new.labeler
    });
    webhooks::note_of_task(tx, new.task, "answer.submitted", &told, now).await?;
    seats::submitted(tx, new.project, new.labeler, &seat).await?;
    let task_state = if seats::unfinished(tx, new.task).await? <= 0 { new.complete_state } else { "open" };
    tasks::set_state(tx, new.task, task_state, now).await?;
    tx.execute(DELETE_DRAFT, &args![new.task, new.labeler]).await?;
    let submitted = Submitted {
        annotation_id: stored.annotation,
        revision: stored.number,
        hash: stored.hash,
        task_state: task_state.to_owned(),
    };
    let response = serde_json::to_string(&submitted)
        .map_err(|error| StoreError::Corrupt { what: "response", value: error.to_string() })?;
    let values = args![new.labeler, new.idempotency_key, new.request_hash, response, now];
    tx.execute(INSERT_IDEMPOTENCY, &values).await?;
    Ok(submitted)
}

/// The outcome of an earlier request with this key, if there was one.
async fn replay(
    tx: &mut Tx,
    user: UserId,
    key: &str,
    request_hash: &str,
) -> std::result::Result<Option<Submitted>, SubmitError> {
    let Some(row) = tx.optional(IDEMPOTENCY, &args![user, key]).await? else { return Ok(None) };
    if row.text(0)? != request_hash {
        return Err(SubmitError::KeyReused);
    }
    let text = row.text(1)?;
    let response = serde_json::from_str(text)
        .map_err(|_| StoreError::Corrupt { what: "idempotency response", value: text.to_owned() })?;
    Ok(Some(response))
}

/// A revision to append to somebody's annotation; `author` differs from `owner` when a reviewer fixes it.
pub struct NewRevision<'a> {
    pub project: ProjectId,
    pub task: TaskId,
    pub owner: UserId,
    pub author: UserId,
    pub schema_version: SchemaVersionId,
    pub answer: &'a ValidAnswer,
    pub took_ms: i64,
    pub idempotency_key: Option<&'a str>,
    pub state: &'a str,
}

pub struct StoredRevision {
    pub annotation: AnnotationId,
    pub number: i64,
    pub hash: String,
}

sql! { INSERT_ANNOTATION = "INSERT INTO annotations (project_id, task_id, author_kind, author_id, author_name, head, state) VALUES ($1, $2, 'human', $3, '', 1, $4) RETURNING id" }
sql! { MOVE_HEAD = "UPDATE annotations SET head = $2, state = $3 WHERE id = $1" }
sql! { INSERT_REVISION = "INSERT INTO revisions (annotation_id, number, parent, author_id, answer, schema_version_id, took_ms, at, idempotency_key, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)" }
sql! { DELETE_FACTS = "DELETE FROM label_facts WHERE annotation_id = $1" }
sql! { INSERT_FACT = "INSERT INTO label_facts (project_id, annotation_id, task_id, kind, name, value, number, count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" }

/// Appends a revision to the owner's annotation of a task (making it if it is the first), with its label facts.
pub async fn append(tx: &mut Tx, new: &NewRevision<'_>, now: Timestamp) -> Result<StoredRevision> {
    let head = annotations::of_labeler(tx, new.task, new.owner).await?;
    let (number, parent) = head.as_ref().map_or((1, None), |head| (head.revision + 1, Some(head.revision)));
    let previous = head.as_ref().map_or("", |head| head.hash.as_str());
    let answer = new.answer.canonical_json();
    let link = Link {
        number,
        author: new.author,
        schema_version: new.schema_version,
        took_ms: new.took_ms,
        at: now,
        answer: &answer,
    };
    let hash = link.hash(previous);
    let annotation = match &head {
        Some(head) => {
            tx.execute(MOVE_HEAD, &args![head.id, number, new.state]).await?;
            tx.execute(DELETE_FACTS, &args![head.id]).await?;
            head.id
        }
        None => {
            let values = args![new.project, new.task, new.owner, new.state];
            AnnotationId(tx.one(INSERT_ANNOTATION, &values).await?.int(0)?)
        }
    };
    let values = args![
        annotation,
        number,
        parent,
        new.author,
        answer.as_str(),
        new.schema_version,
        new.took_ms,
        now,
        new.idempotency_key,
        previous,
        hash.as_str()
    ];
    tx.execute(INSERT_REVISION, &values).await?;
    for fact in facts_of_answer(new.answer.answer()) {
        let values =
            args![new.project, annotation, new.task, fact.kind, fact.name, fact.value, fact.number, fact.count];
        tx.execute(INSERT_FACT, &values).await?;
    }
    Ok(StoredRevision { annotation, number, hash })
}

/// One thing that an answer says, counted: a class (`class`, its id, "") or a field's value (`field`, its id, value).
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    pub kind: &'static str,
    pub name: String,
    pub value: String,
    /// The value of a number, a rating.
    pub number: Option<f64>,
    pub count: i64,
}

/// What an answer says, in the order of kind, name and value.
pub fn facts_of_answer(answer: &Answer) -> Vec<Fact> {
    let mut counts = std::collections::BTreeMap::new();
    for region in &answer.regions {
        counts.entry(("class", region.class.clone(), String::new())).or_insert((None, 0)).1 += 1;
    }
    for (field, value) in &answer.fields {
        let number = if let Value::Number(number) = value { Some(*number) } else { None };
        for word in value.words() {
            // Long free texts would only bloat the index; a prefix is enough to filter by.
            let word: String = word.chars().take(200).collect();
            counts.entry(("field", field.clone(), word)).or_insert((number, 0)).1 += 1;
        }
    }
    let fact = |((kind, name, value), (number, count))| Fact { kind, name, value, number, count };
    counts.into_iter().map(fact).collect()
}

/// What a revision's hash covers beside the hash before it.
pub struct Link<'a> {
    pub number: i64,
    pub author: UserId,
    pub schema_version: SchemaVersionId,
    pub took_ms: i64,
    pub at: Timestamp,
    pub answer: &'a str,
}

impl Link<'_> {
    /// SHA-256 over the previous hash and the revision's own words, each followed by a line feed.
    pub fn hash(&self, previous: &str) -> String {
        let mut hasher = Sha256::new();
        let numbers = [self.number, self.author.0, self.schema_version.0, self.took_ms, self.at.0];
        hasher.update(previous.as_bytes());
        for number in numbers {
            hasher.update(format!("\n{number}").as_bytes());
        }
        hasher.update(b"\n");
        hasher.update(self.answer.as_bytes());
        hex(&hasher.finalize())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

sql! { UPSERT_DRAFT = "INSERT INTO drafts (task_id, user_id, answer, base_revision, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (task_id, user_id) DO UPDATE SET answer = excluded.answer, base_revision = excluded.base_revision, at = excluded.at" }

/// Keeps an unfinished answer as it is, valid or not.
pub async fn save_draft(
    tx: &mut Tx,
    task: TaskId,
    user: UserId,
    answer: &str,
    base_revision: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(UPSERT_DRAFT, &args![task, user, answer, base_revision, now]).await.map(|_| ())
}

sql! { DRAFT = "SELECT answer FROM drafts WHERE task_id = $1 AND user_id = $2" }

pub async fn draft(tx: &mut Tx, task: TaskId, user: UserId) -> Result<Option<String>> {
    tx.optional(DRAFT, &args![task, user]).await?.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

sql! { DRAFT_GONE = "DELETE FROM drafts WHERE task_id = $1 AND user_id = $2" }

pub async fn drop_draft(tx: &mut Tx, task: TaskId, user: UserId) -> Result<()> {
    tx.execute(DRAFT_GONE, &args![task, user]).await.map(|_| ())
}
