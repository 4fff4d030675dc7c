//! What people answered: annotations with their revisions, reviews of them, and the consensus.

use crate::{Result, Row, Tx};
use labelwright_core::{AnnotationId, ProjectId, TaskId, Timestamp, UserId};

#[derive(Debug, Clone)]
pub struct AnnotationRow {
    pub id: AnnotationId,
    pub task: TaskId,
    pub author_kind: String,
    pub author: Option<UserId>,
    pub author_name: String,
    pub state: String,
    pub revision: i64,
    pub answer: String,
    pub hash: String,
    pub took_ms: i64,
    pub at: Timestamp,
}

pub(super) fn annotation_of(row: &Row) -> Result<AnnotationRow> {
    Ok(AnnotationRow {
        id: AnnotationId(row.int(0)?),
        task: TaskId(row.int(1)?),
        author_kind: row.text(2)?.to_owned(),
        author: row.int_or_null(3)?.map(UserId),
        author_name: row.text(4)?.to_owned(),
        state: row.text(5)?.to_owned(),
        revision: row.int(6)?,
        answer: row.text(7)?.to_owned(),
        hash: row.text(8)?.to_owned(),
        took_ms: row.int(9)?,
        at: Timestamp(row.int(10)?),
    })
}

sql! { ANNOTATIONS_OF_TASK = "SELECT a.id, a.task_id, a.author_kind, a.author_id, COALESCE(u.name, a.author_name), a.state, r.number, r.answer, r.hash, r.took_ms, r.at FROM annotations a JOIN revisions r ON r.annotation_id = a.id AND r.number = a.head LEFT JOIN users u ON u.id = a.author_id WHERE a.task_id = $1 ORDER BY a.id" }

/// The head revisions of a task's annotations.
pub async fn of_task(tx: &mut Tx, task: TaskId) -> Result<Vec<AnnotationRow>> {
    tx.rows(ANNOTATIONS_OF_TASK, &args![task]).await?.iter().map(annotation_of).collect()
}

sql! { ANNOTATION = "SELECT a.id, a.task_id, a.author_kind, a.author_id, COALESCE(u.name, a.author_name), a.state, r.number, r.answer, r.hash, r.took_ms, r.at FROM annotations a JOIN revisions r ON r.annotation_id = a.id AND r.number = a.head LEFT JOIN users u ON u.id = a.author_id WHERE a.id = $1" }

pub async fn annotation(tx: &mut Tx, id: AnnotationId) -> Result<Option<AnnotationRow>> {
    tx.optional(ANNOTATION, &args![id]).await?.as_ref().map(annotation_of).transpose()
}

sql! { ANNOTATION_OF_LABELER = "SELECT a.id, a.task_id, a.author_kind, a.author_id, COALESCE(u.name, a.author_name), a.state, r.number, r.answer, r.hash, r.took_ms, r.at FROM annotations a JOIN revisions r ON r.annotation_id = a.id AND r.number = a.head LEFT JOIN users u ON u.id = a.author_id WHERE a.task_id = $1 AND a.author_kind = 'human' AND a.author_id = $2" }

/// A labeler's own answer to a task.
pub async fn of_labeler(tx: &mut Tx, task: TaskId, labeler: UserId) -> Result<Option<AnnotationRow>> {
    tx.optional(ANNOTATION_OF_LABELER, &args![task, labeler]).await?.as_ref().map(annotation_of).transpose()
}

sql! { HEADS_AFTER = "SELECT a.id, a.task_id, a.author_kind, a.author_id, COALESCE(u.name, a.author_name), a.state, r.number, r.answer, r.hash, r.took_ms, r.at FROM annotations a JOIN revisions r ON r.annotation_id = a.id AND r.number = a.head LEFT JOIN users u ON u.id = a.author_id WHERE a.project_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3" }

/// A page of a project's annotations (head revisions), by keyset.
pub async fn heads_after(
    tx: &mut Tx,
    project: ProjectId,
    after: AnnotationId,
    limit: i64,
) -> Result<Vec<AnnotationRow>> {
    tx.rows(HEADS_AFTER, &args![project, after, limit]).await?.iter().map(annotation_of).collect()
}

sql! { MINE_BEFORE = "SELECT a.task_id, i.key, r.at, a.state, a.head FROM annotations a JOIN tasks t ON t.id = a.task_id JOIN items i ON i.id = t.item_id JOIN revisions r ON r.annotation_id = a.id AND r.number = a.head WHERE a.project_id = $1 AND a.author_kind = 'human' AND a.author_id = $2 AND a.id < $3 ORDER BY a.id DESC LIMIT $4" }
sql! { ANNOTATION_ID_OF = "SELECT id FROM annotations WHERE task_id = $1 AND author_kind = 'human' AND author_id = $2" }

#[derive(Debug, Clone)]
pub struct MineRow {
    pub task: TaskId,
    pub key: String,
    pub at: Timestamp,
    pub state: String,
    pub revision: i64,
}

/// A labeler's own answers, newest first; `before` is the last annotation already seen.
pub async fn mine(
    tx: &mut Tx,
    project: ProjectId,
    labeler: UserId,
    before: AnnotationId,
    limit: i64,
) -> Result<Vec<MineRow>> {
    tx.rows(MINE_BEFORE, &args![project, labeler, before, limit])
        .await?
        .iter()
        .map(|row| {
            Ok(MineRow {
                task: TaskId(row.int(0)?),
                key: row.text(1)?.to_owned(),
                at: Timestamp(row.int(2)?),
                state: row.text(3)?.to_owned(),
                revision: row.int(4)?,
            })
        })
        .collect()
}

pub async fn id_of_labeler(tx: &mut Tx, task: TaskId, labeler: UserId) -> Result<Option<AnnotationId>> {
    let row = tx.optional(ANNOTATION_ID_OF, &args![task, labeler]).await?;
    row.map(|row| Ok(AnnotationId(row.int(0)?))).transpose()
}

sql! { SET_ANNOTATION_STATE = "UPDATE annotations SET state = $2 WHERE id = $1" }

pub async fn set_state(tx: &mut Tx, annotation: AnnotationId, state: &str) -> Result<()> {
    tx.execute(SET_ANNOTATION_STATE, &args![annotation, state]).await.map(|_| ())
}

#[derive(Debug, Clone)]
pub struct ReviewRow {
    pub annotation: AnnotationId,
    pub revision: i64,
    pub reviewer: String,
    pub verdict: String,
    pub reason: String,
    pub at: Timestamp,
}

sql! { INSERT_REVIEW = "INSERT INTO reviews (annotation_id, revision, reviewer_id, verdict, reason, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id" }

pub async fn add_review(
    tx: &mut Tx,
    annotation: AnnotationId,
    revision: i64,
    reviewer: UserId,
    verdict: &str,
    reason: &str,
    now: Timestamp,
) -> Result<i64> {
    tx.one(INSERT_REVIEW, &args![annotation, revision, reviewer, verdict, reason, now]).await?.int(0)
}

sql! { REVIEWS_OF_TASK = "SELECT v.annotation_id, v.revision, u.name, v.verdict, v.reason, v.at FROM reviews v JOIN annotations a ON a.id = v.annotation_id JOIN users u ON u.id = v.reviewer_id WHERE a.task_id = $1 ORDER BY v.id" }

pub async fn reviews_of_task(tx: &mut Tx, task: TaskId) -> Result<Vec<ReviewRow>> {
    tx.rows(REVIEWS_OF_TASK, &args![task])
        .await?
        .iter()
        .map(|row| {
            Ok(ReviewRow {
                annotation: AnnotationId(row.int(0)?),
                revision: row.int(1)?,
                reviewer: row.text(2)?.to_owned(),
                verdict: row.text(3)?.to_owned(),
                reason: row.text(4)?.to_owned(),
                at: Timestamp(row.int(5)?),
            })
        })
        .collect()
}

sql! { LAST_REJECTION = "SELECT v.reason FROM reviews v WHERE v.annotation_id = $1 AND v.verdict = 'reject' ORDER BY v.id DESC LIMIT 1" }

/// Why an annotation was last sent back.
pub async fn last_rejection(tx: &mut Tx, annotation: AnnotationId) -> Result<Option<String>> {
    tx.optional(LAST_REJECTION, &args![annotation]).await?.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

#[derive(Debug, Clone)]
pub struct ConsensusRow {
    pub task: TaskId,
    pub number: i64,
    pub answer: String,
    pub method: String,
    pub inputs: String,
    pub at: Timestamp,
}

pub(super) fn consensus_of(row: &Row) -> Result<ConsensusRow> {
    Ok(ConsensusRow {
        task: TaskId(row.int(0)?),
        number: row.int(1)?,
        answer: row.text(2)?.to_owned(),
        method: row.text(3)?.to_owned(),
        inputs: row.text(4)?.to_owned(),
        at: Timestamp(row.int(5)?),
    })
}

sql! { INSERT_CONSENSUS = "INSERT INTO consensus (task_id, number, answer, method, author_id, inputs, at) SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5, $6 FROM consensus WHERE task_id = $1 RETURNING number" }

/// A new consensus version; `inputs` is the JSON list of [annotation, revision, hash] that it rests on.
pub async fn add_consensus(
    tx: &mut Tx,
    task: TaskId,
    answer: &str,
    method: &str,
    author: Option<UserId>,
    inputs: &str,
    now: Timestamp,
) -> Result<i64> {
    tx.one(INSERT_CONSENSUS, &args![task, answer, method, author, inputs, now]).await?.int(0)
}

sql! { CONSENSUS = "SELECT task_id, number, answer, method, inputs, at FROM consensus WHERE task_id = $1 ORDER BY number DESC LIMIT 1" }

pub async fn consensus(tx: &mut Tx, task: TaskId) -> Result<Option<ConsensusRow>> {
    tx.optional(CONSENSUS, &args![task]).await?.as_ref().map(consensus_of).transpose()
}

sql! { RETURNED = "SELECT task_id FROM annotations WHERE project_id = $1 AND author_id = $2 AND state = 'returned' ORDER BY id LIMIT $3" }

/// The tasks whose answers a reviewer sent back to this labeler.
pub async fn returned_to(tx: &mut Tx, project: ProjectId, labeler: UserId, limit: i64) -> Result<Vec<TaskId>> {
    let rows = tx.rows(RETURNED, &args![project, labeler, limit]).await?;
    rows.iter().map(|row| Ok(TaskId(row.int(0)?))).collect()
}

sql! { SUBMITTED_SINCE = "SELECT COUNT(*) FROM revisions r CROSS JOIN annotations a WHERE r.at > $2 AND a.id = r.annotation_id AND a.head = r.number AND a.project_id = $1" }

/// How many answers were given or changed since a time. Costs what was done since, and not what was done before: `CROSS
/// JOIN` makes SQLite begin with the revisions, by their time.
pub async fn submitted_since(tx: &mut Tx, project: ProjectId, since: Timestamp) -> Result<i64> {
    tx.one(SUBMITTED_SINCE, &args![project, since]).await?.int(0)
}

sql! { FACT_SUMS = "SELECT kind, name, value, CAST(SUM(count) AS BIGINT) FROM label_facts WHERE project_id = $1 GROUP BY kind, name, value ORDER BY kind, name, value LIMIT 5000" }

/// How often each class (kind `class`) and field value (kind `field`) was given: (kind, name, value, count).
pub async fn fact_sums(tx: &mut Tx, project: ProjectId) -> Result<Vec<(String, String, String, i64)>> {
    let rows = tx.rows(FACT_SUMS, &args![project]).await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.text(2)?.to_owned(), row.int(3)?)))
        .collect()
}
