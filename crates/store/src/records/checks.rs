//! Questions that must have no answer: each statement finds rows that break an invariant, and names them.

use crate::{Result, Row, Tx};
use labelwright_core::{AnnotationId, ItemId, SchemaVersionId, TaskId, Timestamp, UserId};

/// An invariant that one statement can re-prove.
pub struct RowCheck {
    /// A stable word.
    pub id: &'static str,
    /// What must hold.
    pub promise: &'static str,
    first: crate::Sql,
    count: crate::Sql,
}

macro_rules! row_checks {
    ($($id:literal: $promise:literal, $text:literal;)*) => {
        pub const ROW_CHECKS: &[RowCheck] = &[
            $(RowCheck {
                id: $id,
                promise: $promise,
                first: crate::Sql::fixed(concat!($text, " LIMIT 100")),
                count: crate::Sql::fixed(concat!("SELECT COUNT(*) FROM (", $text, ") broken")),
            }),*
        ];
    };
}

row_checks! {
    "seats_of_nobody": "a leased or submitted seat has a labeler, an open one has none",
        "SELECT 'task ' || task_id || ', seat ' || slot FROM seats WHERE (state = 0) <> (labeler_id IS NULL) ORDER BY task_id";
    "labeler_twice": "nobody has two seats of a task",
        "SELECT 'task ' || task_id || ', labeler ' || labeler_id FROM seats WHERE labeler_id IS NOT NULL GROUP BY task_id, labeler_id HAVING COUNT(*) > 1 ORDER BY task_id";
    "seat_without_answer": "a submitted seat has its labeler's answer",
        "SELECT 'task ' || s.task_id || ', seat ' || s.slot FROM seats s WHERE s.state = 2 AND NOT EXISTS (SELECT 1 FROM annotations a WHERE a.task_id = s.task_id AND a.author_kind = 'human' AND a.author_id = s.labeler_id) ORDER BY s.task_id";
    "answer_without_seat": "a person's answer has a submitted seat",
        "SELECT 'annotation ' || a.id FROM annotations a WHERE a.author_kind = 'human' AND NOT EXISTS (SELECT 1 FROM seats s WHERE s.task_id = a.task_id AND s.labeler_id = a.author_id AND s.state = 2) ORDER BY a.id";
    "complete_too_early": "a task that is labeled or in review waits for no answer",
        "SELECT 'task ' || t.id FROM tasks t WHERE t.state IN ('labeled', 'in_review') AND (SELECT SUM(CASE WHEN s.rank = 9223372036854775807 THEN 0 ELSE 1 END) - SUM(CASE WHEN s.state = 2 THEN 1 ELSE 0 END) FROM seats s WHERE s.task_id = t.id) > 0 ORDER BY t.id";
    "task_without_item": "a task's item is there and its import is complete",
        "SELECT 'task ' || t.id FROM tasks t WHERE NOT EXISTS (SELECT 1 FROM items i JOIN imports m ON m.id = i.import_id AND m.state = 'sealed' WHERE i.id = t.item_id) ORDER BY t.id";
    "task_without_project": "a task's project is there",
        "SELECT 'task ' || t.id FROM tasks t WHERE NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = t.project_id) ORDER BY t.id";
    "head_without_revision": "an annotation's head is its newest revision",
        "SELECT 'annotation ' || a.id FROM annotations a WHERE a.head <> (SELECT COALESCE(MAX(r.number), 0) FROM revisions r WHERE r.annotation_id = a.id) ORDER BY a.id";
    "revision_gap": "revisions are numbered without a gap, each naming the one before it",
        "SELECT 'annotation ' || r.annotation_id || ', revision ' || r.number FROM revisions r WHERE COALESCE(r.parent, 0) <> r.number - 1 OR (r.number > 1 AND NOT EXISTS (SELECT 1 FROM revisions p WHERE p.annotation_id = r.annotation_id AND p.number = r.number - 1)) ORDER BY r.annotation_id";
    "revision_of_nothing": "a revision belongs to an annotation",
        "SELECT 'annotation ' || r.annotation_id || ', revision ' || r.number FROM revisions r WHERE NOT EXISTS (SELECT 1 FROM annotations a WHERE a.id = r.annotation_id) ORDER BY r.annotation_id";
    "half_import": "a failed import has left no items",
        "SELECT 'item ' || i.id FROM items i JOIN imports m ON m.id = i.import_id WHERE m.state = 'failed' ORDER BY i.id";
    "project_without_schema": "a project's schema version is there",
        "SELECT 'project ' || p.id FROM projects p WHERE NOT EXISTS (SELECT 1 FROM schema_versions v WHERE v.id = p.schema_version_id) ORDER BY p.id";
    "draft_of_nothing": "a draft belongs to a task",
        "SELECT 'task ' || d.task_id || ', user ' || d.user_id FROM drafts d WHERE NOT EXISTS (SELECT 1 FROM tasks t WHERE t.id = d.task_id) ORDER BY d.task_id";
    "review_of_nothing": "a review names a revision that is there",
        "SELECT 'review ' || v.id FROM reviews v WHERE NOT EXISTS (SELECT 1 FROM revisions r WHERE r.annotation_id = v.annotation_id AND r.number = v.revision) ORDER BY v.id";
    "wrong_count": "the kept counts of tasks and seats are what counting them gives",
        "SELECT 'project ' || project_id || ', ' || name FROM (SELECT project_id, name, n FROM counters UNION ALL SELECT project_id, 'task:' || state, -COUNT(*) FROM tasks GROUP BY project_id, state UNION ALL SELECT project_id, 'seat:' || CASE state WHEN 0 THEN 'open' WHEN 1 THEN 'leased' ELSE 'submitted' END, -COUNT(*) FROM seats GROUP BY project_id, state) c GROUP BY project_id, name HAVING SUM(n) <> 0 ORDER BY project_id, name";
    "label_without_certificate": "a machine label belongs to a certificate of its project",
        "SELECT 'task ' || m.task_id FROM machine_labels m WHERE NOT EXISTS (SELECT 1 FROM certificates c WHERE c.id = m.certificate_id AND c.project_id = m.project_id) ORDER BY m.task_id";
    "aside_without_label": "a seat that is offered to nobody is at a task that a machine has labeled",
        "SELECT 'task ' || s.task_id || ', seat ' || s.slot FROM seats s WHERE s.state = 0 AND s.rank = -1 AND NOT EXISTS (SELECT 1 FROM machine_labels m WHERE m.task_id = s.task_id AND m.state = 'auto') ORDER BY s.task_id";
    "companion_of_nothing": "a companion comes with an item of its dataset and import",
        "SELECT 'item ' || c.id FROM items c WHERE c.companion_of IS NOT NULL AND (c.pane IS NULL OR NOT EXISTS (SELECT 1 FROM items i WHERE i.id = c.companion_of AND i.dataset_id = c.dataset_id AND i.import_id = c.import_id AND i.companion_of IS NULL)) ORDER BY c.id";
    "accepted_without_item": "an accepted contribution is an item",
        "SELECT 'contribution ' || c.id FROM contributions c WHERE c.state = 'accepted' AND NOT EXISTS (SELECT 1 FROM items i WHERE i.id = c.item_id) ORDER BY c.id";
    "contribution_without_consent": "whoever gave something had agreed to the terms of that moment",
        "SELECT 'contribution ' || c.id FROM contributions c WHERE NOT EXISTS (SELECT 1 FROM consents k JOIN call_terms t ON t.call_id = c.call_id AND t.version = k.terms_version AND t.hash = k.terms_hash WHERE k.contributor_id = c.contributor_id AND k.terms_version = c.terms_version) ORDER BY c.id";
    "withdrawn_but_there": "what was withdrawn holds no data",
        "SELECT 'contribution ' || c.id FROM contributions c WHERE c.state = 'withdrawn' AND (c.content IS NOT NULL OR c.data IS NOT NULL OR c.fields <> '{}') ORDER BY c.id";
    "fact_of_nothing": "a label fact belongs to an annotation of its task",
        "SELECT 'annotation ' || f.annotation_id FROM label_facts f WHERE NOT EXISTS (SELECT 1 FROM annotations a WHERE a.id = f.annotation_id AND a.task_id = f.task_id AND a.project_id = f.project_id) ORDER BY f.annotation_id";
}

impl RowCheck {
    /// The statements, for the test that both databases understand them.
    pub fn texts(&self) -> [&'static str; 2] {
        [self.first.text(), self.count.text()]
    }
}

/// The first hundred rows that break an invariant, by name, and how many there are in all.
pub async fn broken(tx: &mut Tx, check: &RowCheck) -> Result<(Vec<String>, u64)> {
    let first: Vec<String> =
        tx.rows(check.first, &[]).await?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect::<Result<_>>()?;
    let all = if first.is_empty() { 0 } else { tx.one(check.count, &[]).await?.int(0)? };
    Ok((first, all as u64))
}

sql! { INLINE_AFTER = "SELECT id, hash, content, data FROM items WHERE id > $1 AND (content IS NOT NULL OR data IS NOT NULL) ORDER BY id LIMIT $2" }

/// A page of items whose bytes lie in their rows: id, hash, bytes.
pub async fn inline_after(tx: &mut Tx, item: ItemId, limit: i64) -> Result<Vec<(ItemId, String, Vec<u8>)>> {
    let rows = tx.rows(INLINE_AFTER, &args![item, limit]).await?;
    rows.iter()
        .map(|row| {
            let bytes = match row.text_or_null(2)? {
                Some(text) => text.as_bytes().to_vec(),
                None => row.bytes(3)?.to_vec(),
            };
            Ok((ItemId(row.int(0)?), row.text(1)?.to_owned(), bytes))
        })
        .collect()
}

/// A revision with everything that its hash covers.
#[derive(Debug, Clone)]
pub struct RevisionRow {
    pub annotation: AnnotationId,
    pub number: i64,
    pub author: Option<UserId>,
    pub schema_version: SchemaVersionId,
    pub took_ms: i64,
    pub at: Timestamp,
    pub answer: String,
    pub previous_hash: String,
    pub hash: String,
}

fn revision_of(row: &Row) -> Result<RevisionRow> {
    Ok(RevisionRow {
        annotation: AnnotationId(row.int(0)?),
        number: row.int(1)?,
        author: row.int_or_null(2)?.map(UserId),
        schema_version: SchemaVersionId(row.int(3)?),
        took_ms: row.int(4)?,
        at: Timestamp(row.int(5)?),
        answer: row.text(6)?.to_owned(),
        previous_hash: row.text(7)?.to_owned(),
        hash: row.text(8)?.to_owned(),
    })
}

sql! { REVISIONS_AFTER = "SELECT annotation_id, number, author_id, schema_version_id, took_ms, at, answer, previous_hash, hash FROM revisions WHERE (annotation_id, number) > ($1, $2) ORDER BY annotation_id, number LIMIT $3" }

/// A page of all revisions in the order of their chains.
pub async fn revisions_after(
    tx: &mut Tx,
    annotation: AnnotationId,
    number: i64,
    limit: i64,
) -> Result<Vec<RevisionRow>> {
    tx.rows(REVISIONS_AFTER, &args![annotation, number, limit]).await?.iter().map(revision_of).collect()
}

sql! { FACTS_OF = "SELECT kind, name, value, count FROM label_facts WHERE annotation_id = $1" }

/// The stored label facts of an annotation, sorted.
pub async fn facts_of(tx: &mut Tx, annotation: AnnotationId) -> Result<Vec<(String, String, String, i64)>> {
    let rows = tx.rows(FACTS_OF, &args![annotation]).await?;
    let mut found = rows
        .iter()
        .map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.text(2)?.to_owned(), row.int(3)?)))
        .collect::<Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}

sql! { CONSENSUS_AFTER = "SELECT task_id, number, inputs FROM consensus WHERE (task_id, number) > ($1, $2) ORDER BY task_id, number LIMIT $3" }
sql! { REVISION_HASH = "SELECT hash FROM revisions WHERE annotation_id = $1 AND number = $2" }

/// A page of all consensus versions: task, number, inputs.
pub async fn consensus_after(tx: &mut Tx, task: TaskId, number: i64, limit: i64) -> Result<Vec<(TaskId, i64, String)>> {
    let rows = tx.rows(CONSENSUS_AFTER, &args![task, number, limit]).await?;
    rows.iter().map(|row| Ok((TaskId(row.int(0)?), row.int(1)?, row.text(2)?.to_owned()))).collect()
}

pub async fn revision_hash(tx: &mut Tx, annotation: AnnotationId, number: i64) -> Result<Option<String>> {
    let row = tx.optional(REVISION_HASH, &args![annotation, number]).await?;
    row.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

sql! { RESPONSES_AFTER = "SELECT user_id, key, response FROM idempotency WHERE (user_id, key) > ($1, $2) ORDER BY user_id, key LIMIT $3" }

/// A page of all remembered outcomes: user, key, response.
pub async fn responses_after(
    tx: &mut Tx,
    user: UserId,
    key: &str,
    limit: i64,
) -> Result<Vec<(UserId, String, String)>> {
    let rows = tx.rows(RESPONSES_AFTER, &args![user, key, limit]).await?;
    rows.iter().map(|row| Ok((UserId(row.int(0)?), row.text(1)?.to_owned(), row.text(2)?.to_owned()))).collect()
}

sql! { ALL_VERSIONS = "SELECT id, document, hash FROM schema_versions ORDER BY id" }

/// All published schema versions: id, document, hash.
pub async fn schema_versions(tx: &mut Tx) -> Result<Vec<(SchemaVersionId, String, String)>> {
    let rows = tx.rows(ALL_VERSIONS, &[]).await?;
    rows.iter()
        .map(|row| Ok((SchemaVersionId(row.int(0)?), row.text(1)?.to_owned(), row.text(2)?.to_owned())))
        .collect()
}

sql! { ALL_PROJECTS = "SELECT id FROM projects ORDER BY id" }

pub async fn project_ids(tx: &mut Tx) -> Result<Vec<labelwright_core::ProjectId>> {
    let rows = tx.rows(ALL_PROJECTS, &[]).await?;
    rows.iter().map(|row| Ok(labelwright_core::ProjectId(row.int(0)?))).collect()
}
