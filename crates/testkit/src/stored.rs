//! Facts as they are read from a real database: with statements of its own, so that a mistake in the program's own
//! reading cannot hide a mistake in its writing.

use crate::facts::{AnnotationFacts, Facts, ImportFacts, Receipt, RevisionFacts, SeatFacts, SeatState, TaskFacts};
use labelwright_core::ProjectId;
use labelwright_store::{Arg, Row, Sql, Store, StoreError, Tx};
use std::collections::BTreeMap;

const TASKS: Sql = Sql::fixed("SELECT id, state FROM tasks WHERE project_id = $1 ORDER BY id");
const SEATS: Sql = Sql::fixed(
    "SELECT task_id, slot, state, labeler_id, epoch, lease_until FROM seats WHERE project_id = $1 ORDER BY task_id, slot",
);
const ANNOTATIONS: Sql = Sql::fixed(
    "SELECT id, task_id, author_id, state, head FROM annotations WHERE project_id = $1 AND author_kind = 'human' ORDER BY id",
);
const REVISIONS: Sql = Sql::fixed(
    "SELECT r.annotation_id, r.number, r.parent, r.author_id, r.schema_version_id, r.took_ms, r.at, r.answer, r.idempotency_key, r.previous_hash, r.hash FROM revisions r JOIN annotations a ON a.id = r.annotation_id WHERE a.project_id = $1 ORDER BY r.annotation_id, r.number",
);
const RECEIPTS: Sql = Sql::fixed("SELECT user_id, key, response FROM idempotency ORDER BY user_id, key");
const IMPORTS: Sql = Sql::fixed(
    "SELECT m.id, m.state, (SELECT COUNT(*) FROM items i WHERE i.import_id = m.id) FROM imports m ORDER BY m.id",
);

/// Everything that the invariants look at. `overlap` is what the auditor knows to be wanted of every task.
pub async fn facts(store: &Store, project: ProjectId, overlap: Option<i64>) -> Result<Facts, StoreError> {
    store.read(move |tx| Box::pin(async move { read(tx, project, overlap).await })).await
}

async fn read(tx: &mut Tx, project: ProjectId, overlap: Option<i64>) -> Result<Facts, StoreError> {
    let of_project = [Arg::from(project)];
    let mut tasks = BTreeMap::new();
    for row in tx.rows(TASKS, &of_project).await? {
        let (id, state) = (row.int(0)?, row.text(1)?.to_owned());
        tasks.insert(id, TaskFacts { id, overlap, state, ..TaskFacts::default() });
    }
    for row in tx.rows(SEATS, &of_project).await? {
        let seat = seat_of(&row)?;
        tasks.entry(row.int(0)?).or_default().seats.push(seat);
    }
    let mut annotations = BTreeMap::new();
    for row in tx.rows(ANNOTATIONS, &of_project).await? {
        let annotation = AnnotationFacts {
            id: row.int(0)?,
            labeler: row.int(2)?,
            state: row.text(3)?.to_owned(),
            head: row.int(4)?,
            revisions: Vec::new(),
        };
        annotations.insert(annotation.id, (row.int(1)?, annotation));
    }
    for row in tx.rows(REVISIONS, &of_project).await? {
        if let Some((_, annotation)) = annotations.get_mut(&row.int(0)?) {
            annotation.revisions.push(revision_of(&row)?);
        }
    }
    for (task, annotation) in annotations.into_values() {
        tasks.entry(task).or_default().annotations.push(annotation);
    }
    let receipts = tx.rows(RECEIPTS, &[]).await?.iter().map(receipt_of).collect::<Result<_, _>>()?;
    let mut imports = Vec::new();
    for row in tx.rows(IMPORTS, &[]).await? {
        let (id, sealed) = (row.int(0)?, row.text(1)? == "sealed");
        imports.push(ImportFacts { id, sealed, announced: None, stored: row.int(2)? });
    }
    Ok(Facts { tasks: tasks.into_values().collect(), receipts, imports })
}

fn seat_of(row: &Row) -> Result<SeatFacts, StoreError> {
    let state = match row.int(2)? {
        0 => SeatState::Open,
        1 => SeatState::Leased,
        _ => SeatState::Submitted,
    };
    let (labeler, until) = (row.int_or_null(3)?, row.int_or_null(5)?);
    Ok(SeatFacts { slot: row.int(1)?, state, labeler, epoch: row.int(4)?, until })
}

fn revision_of(row: &Row) -> Result<RevisionFacts, StoreError> {
    Ok(RevisionFacts {
        number: row.int(1)?,
        parent: row.int_or_null(2)?,
        author: row.int(3)?,
        schema_version: row.int(4)?,
        took_ms: row.int(5)?,
        at: row.int(6)?,
        answer: row.text(7)?.to_owned(),
        key: row.text_or_null(8)?.map(str::to_owned),
        previous_hash: row.text(9)?.to_owned(),
        hash: row.text(10)?.to_owned(),
    })
}

fn receipt_of(row: &Row) -> Result<Receipt, StoreError> {
    let response: serde_json::Value = serde_json::from_str(row.text(2)?).unwrap_or_default();
    Ok(Receipt {
        user: row.int(0)?,
        key: row.text(1)?.to_owned(),
        annotation: response["annotation_id"].as_i64().unwrap_or(0),
        revision: response["revision"].as_i64().unwrap_or(0),
        hash: response["hash"].as_str().unwrap_or_default().to_owned(),
    })
}
