//! Datasets, their items, and the imports that bring items in. Items of an import stay invisible until the
//! import is sealed: one row decides, so that a half import is never seen.

use super::companions::{self, NewCompanion};
use crate::{Arg, Dialect, Result, Row, StoreError, Tx, bulk::BulkInsert};
use labelwright_core::{DatasetId, ImportId, ItemId, JobId, Timestamp, WorkspaceId};
use std::collections::BTreeSet;

#[derive(Debug, Clone)]
pub struct DatasetRow {
    pub id: DatasetId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub created_at: Timestamp,
}

/// One piece of raw data. `content` holds short texts; the bytes of everything else are asked for with [`data`] when
/// they are few, and a blob named by `hash` when they are not.
#[derive(Debug, Clone)]
pub struct ItemRow {
    pub id: ItemId,
    pub dataset: DatasetId,
    pub key: String,
    pub modality: String,
    pub hash: String,
    pub media_type: String,
    pub bytes: i64,
    pub content: Option<String>,
    /// JSON of the media shape (pixels, characters).
    pub shape: String,
    pub metadata: String,
    pub source: String,
}

/// Where an item's bytes are kept.
#[derive(Debug, Clone)]
pub enum Content {
    /// In its row, as text that can be searched.
    Text(String),
    /// In its row.
    Bytes(Vec<u8>),
    /// In a blob, stored before the row.
    Blob,
}

#[derive(Debug, Clone)]
pub struct NewItem {
    pub key: String,
    pub modality: &'static str,
    pub hash: String,
    pub media_type: String,
    pub bytes: i64,
    pub content: Content,
    pub shape: String,
    pub metadata: String,
    pub source: String,
    /// Answers that came with the data, as (source, canonical answer JSON): pre-labels for every project.
    pub answers: Vec<(String, String)>,
    /// What comes with it, each in another pane.
    pub companions: Vec<NewCompanion>,
}

sql! { INSERT_DATASET = "INSERT INTO datasets (workspace_id, name, created_at) VALUES ($1, $2, $3) RETURNING id" }

pub async fn create_dataset(tx: &mut Tx, workspace: WorkspaceId, name: &str, now: Timestamp) -> Result<DatasetId> {
    Ok(DatasetId(tx.one(INSERT_DATASET, &args![workspace, name, now]).await?.int(0)?))
}

fn dataset_of(row: &Row) -> Result<DatasetRow> {
    Ok(DatasetRow {
        id: DatasetId(row.int(0)?),
        workspace: WorkspaceId(row.int(1)?),
        name: row.text(2)?.to_owned(),
        created_at: Timestamp(row.int(3)?),
    })
}

sql! { DATASET = "SELECT id, workspace_id, name, created_at FROM datasets WHERE id = $1" }

pub async fn dataset(tx: &mut Tx, id: DatasetId) -> Result<Option<DatasetRow>> {
    tx.optional(DATASET, &args![id]).await?.as_ref().map(dataset_of).transpose()
}

sql! { DATASETS = "SELECT id, workspace_id, name, created_at FROM datasets WHERE workspace_id = $1 ORDER BY id" }

pub async fn datasets(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<DatasetRow>> {
    tx.rows(DATASETS, &args![workspace]).await?.iter().map(dataset_of).collect()
}

sql! { MODALITY_COUNTS = "SELECT i.modality, COUNT(*) FROM items i JOIN imports m ON m.id = i.import_id AND m.state = 'sealed' WHERE i.dataset_id = $1 AND i.companion_of IS NULL GROUP BY i.modality ORDER BY i.modality" }

/// Visible items of a dataset by modality, companions left out.
pub async fn modality_counts(tx: &mut Tx, dataset: DatasetId) -> Result<Vec<(String, i64)>> {
    let rows = tx.rows(MODALITY_COUNTS, &args![dataset]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
}

sql! { INSERT_IMPORT = "INSERT INTO imports (dataset_id, job_id, state, created_at) VALUES ($1, $2, 'running', $3) RETURNING id" }

pub async fn start_import(tx: &mut Tx, dataset: DatasetId, job: Option<JobId>, now: Timestamp) -> Result<ImportId> {
    Ok(ImportId(tx.one(INSERT_IMPORT, &args![dataset, job, now]).await?.int(0)?))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    Running,
    /// All of it is there and visible.
    Sealed,
}

sql! { IMPORT_OF_JOB = "SELECT id, state FROM imports WHERE job_id = $1 AND state IN ('running', 'sealed') ORDER BY id DESC LIMIT 1" }

/// The import of a job that is being run again.
pub async fn import_of_job(tx: &mut Tx, job: JobId) -> Result<Option<(ImportId, ImportState)>> {
    let row = tx.optional(IMPORT_OF_JOB, &args![job]).await?;
    row.map(|row| {
        let state = if row.text(1)? == "sealed" { ImportState::Sealed } else { ImportState::Running };
        Ok((ImportId(row.int(0)?), state))
    })
    .transpose()
}

sql! { ITEMS_OF_IMPORT = "SELECT COUNT(*) FROM items WHERE import_id = $1 AND companion_of IS NULL" }

pub async fn items_of_import(tx: &mut Tx, import: ImportId) -> Result<i64> {
    tx.one(ITEMS_OF_IMPORT, &args![import]).await?.int(0)
}

sql! { SEAL_IMPORT = "UPDATE imports SET state = 'sealed' WHERE id = $1 AND state = 'running'" }

/// Makes every item of the import visible at once.
pub async fn seal_import(tx: &mut Tx, import: ImportId) -> Result<()> {
    tx.execute(SEAL_IMPORT, &args![import]).await.map(|_| ())
}

sql! { DROP_IMPORT_ANSWERS = "DELETE FROM item_answers WHERE item_id IN (SELECT id FROM items WHERE import_id = $1)" }
sql! { DROP_IMPORT_ITEMS = "DELETE FROM items WHERE import_id = $1" }
sql! { FAIL_IMPORT = "UPDATE imports SET state = 'failed' WHERE id = $1 AND state = 'running'" }

/// Takes back everything that an unsealed import wrote.
pub async fn drop_import(tx: &mut Tx, import: ImportId) -> Result<()> {
    if tx.execute(FAIL_IMPORT, &args![import]).await? > 0 {
        tx.execute(DROP_IMPORT_ANSWERS, &args![import]).await?;
        tx.execute(DROP_IMPORT_ITEMS, &args![import]).await?;
    }
    Ok(())
}

sql! { DEAD_IMPORTS = "SELECT m.id FROM imports m JOIN jobs j ON j.id = m.job_id WHERE m.dataset_id = $1 AND m.state = 'running' AND j.state IN ('parked', 'cancelled', 'failed') ORDER BY m.id" }

/// Takes back what imports into this dataset left whose jobs have stopped for good: their items are seen by nobody, but
/// their keys would stand in the way of the same data coming again.
pub async fn drop_dead_imports(tx: &mut Tx, dataset: DatasetId) -> Result<()> {
    for row in tx.rows(DEAD_IMPORTS, &args![dataset]).await? {
        drop_import(tx, ImportId(row.int(0)?)).await?;
    }
    Ok(())
}

const INSERT_ITEMS: BulkInsert = BulkInsert {
    table: "items",
    columns: &[
        "dataset_id",
        "key",
        "modality",
        "hash",
        "media_type",
        "bytes",
        "content",
        "data",
        "shape",
        "metadata",
        "source",
        "import_id",
        "created_at",
        "companion_of",
        "pane",
    ],
    conflict: " ON CONFLICT (dataset_id, key) DO NOTHING",
};
const KEY: usize = 1;
const INSERT_ITEM_ANSWERS: BulkInsert =
    BulkInsert { table: "item_answers", columns: &["item_id", "ordinal", "source", "answer"], conflict: "" };
sql! { DROP_WITH_COMPANIONS = "DELETE FROM items WHERE id = $1 OR companion_of = $1" }
sql! { ITEM_HASH_OF_KEY = "SELECT hash FROM items WHERE dataset_id = $1 AND key = $2" }

/// What became of one item of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemOutcome {
    Added,
    /// The same key with the same bytes, its own and those of its companions, is there already.
    Known,
    /// The same key with other bytes is there already: the new one is refused.
    Conflict,
}

sql! { sqlite IMPORT_STATE_SQLITE = "SELECT state FROM imports WHERE id = $1" }
sql! { postgres IMPORT_STATE_POSTGRES = "SELECT state FROM imports WHERE id = $1 FOR SHARE" }

/// Adds a batch of items; the outcomes are in the order of the batch. [`StoreError::NotFound`] when the import was
/// sealed or given up meanwhile: whoever still writes has lost it to somebody else.
pub async fn add_items(
    tx: &mut Tx,
    dataset: DatasetId,
    import: ImportId,
    batch: &[NewItem],
    now: Timestamp,
) -> Result<Vec<ItemOutcome>> {
    // Held until this batch is stored: giving the import up waits, and then takes the batch back too.
    let state = match tx.dialect() {
        Dialect::Sqlite => IMPORT_STATE_SQLITE,
        Dialect::Postgres => IMPORT_STATE_POSTGRES,
    };
    if tx.one(state, &args![import]).await?.text(0)? != "running" {
        return Err(StoreError::NotFound);
    }
    let to = (dataset, import, now);
    let values = batch.iter().flat_map(|item| values_of(to, item, None)).collect();
    let numbers = tx.insert_new(&INSERT_ITEMS, KEY, values).await?;
    let mut owned: Vec<(i64, &NewCompanion)> = Vec::new();
    for (item, number) in batch.iter().zip(&numbers) {
        owned.extend(number.iter().flat_map(|id| item.companions.iter().map(move |one| (*id, one))));
    }
    let values = owned.iter().flat_map(|(id, one)| values_of(to, &one.item, Some((*id, &one.pane)))).collect();
    let companions = tx.insert_new(&INSERT_ITEMS, KEY, values).await?;
    // The key of a companion may be taken by an item that was there before.
    let clashed = owned.iter().zip(companions).filter(|(_, number)| number.is_none());
    let clashed: BTreeSet<i64> = clashed.map(|((id, _), _)| *id).collect();
    for id in &clashed {
        tx.execute(DROP_WITH_COMPANIONS, &args![*id]).await?;
    }
    let (mut outcomes, mut answers) = (Vec::with_capacity(batch.len()), Vec::new());
    for (item, number) in batch.iter().zip(numbers) {
        // The first of two with the same key is the one that was stored.
        let Some(id) = number else {
            let there = tx.one(ITEM_HASH_OF_KEY, &args![dataset, item.key.as_str()]).await?;
            let same = there.text(0)? == item.hash && companions::are_known(tx, dataset, item).await?;
            outcomes.push(if same { ItemOutcome::Known } else { ItemOutcome::Conflict });
            continue;
        };
        if clashed.contains(&id) {
            outcomes.push(ItemOutcome::Conflict);
            continue;
        }
        for (ordinal, (source, answer)) in item.answers.iter().enumerate() {
            answers.extend(args![id, ordinal as i64, source.as_str(), answer.as_str()]);
        }
        outcomes.push(ItemOutcome::Added);
    }
    tx.insert(&INSERT_ITEM_ANSWERS, answers).await?;
    Ok(outcomes)
}

/// The columns of a new item; of a companion with what it belongs to and its pane.
fn values_of(
    (dataset, import, now): (DatasetId, ImportId, Timestamp),
    item: &NewItem,
    owner: Option<(i64, &str)>,
) -> [Arg; INSERT_ITEMS.columns.len()] {
    let (text, data) = match &item.content {
        Content::Text(text) => (Some(text.as_str()), None),
        Content::Bytes(data) => (None, Some(data.clone())),
        Content::Blob => (None, None),
    };
    args![
        dataset,
        item.key.as_str(),
        item.modality,
        item.hash.as_str(),
        item.media_type.as_str(),
        item.bytes,
        text,
        data,
        item.shape.as_str(),
        item.metadata.as_str(),
        item.source.as_str(),
        import,
        now,
        owner.map(|(id, _)| id),
        owner.map(|(_, pane)| pane)
    ]
}

pub(super) fn item_of(row: &Row) -> Result<ItemRow> {
    Ok(ItemRow {
        id: ItemId(row.int(0)?),
        dataset: DatasetId(row.int(1)?),
        key: row.text(2)?.to_owned(),
        modality: row.text(3)?.to_owned(),
        hash: row.text(4)?.to_owned(),
        media_type: row.text(5)?.to_owned(),
        bytes: row.int(6)?,
        content: row.text_or_null(7)?.map(str::to_owned),
        shape: row.text(8)?.to_owned(),
        metadata: row.text(9)?.to_owned(),
        source: row.text(10)?.to_owned(),
    })
}

sql! { ITEM = "SELECT i.id, i.dataset_id, i.key, i.modality, i.hash, i.media_type, i.bytes, i.content, i.shape, i.metadata, i.source FROM items i JOIN imports m ON m.id = i.import_id AND m.state = 'sealed' WHERE i.id = $1" }

pub async fn item(tx: &mut Tx, id: ItemId) -> Result<Option<ItemRow>> {
    tx.optional(ITEM, &args![id]).await?.as_ref().map(item_of).transpose()
}

sql! { DATA = "SELECT data FROM items WHERE id = $1 AND data IS NOT NULL" }

/// The bytes of an item that lie in its row; None when they lie elsewhere.
pub async fn data(tx: &mut Tx, item: ItemId) -> Result<Option<Vec<u8>>> {
    tx.optional(DATA, &args![item]).await?.map(|row| Ok(row.bytes(0)?.to_vec())).transpose()
}

sql! { ITEMS_AFTER = "SELECT i.id, i.dataset_id, i.key, i.modality, i.hash, i.media_type, i.bytes, i.content, i.shape, i.metadata, i.source FROM items i JOIN imports m ON m.id = i.import_id AND m.state = 'sealed' WHERE i.dataset_id = $1 AND i.id > $2 AND i.companion_of IS NULL ORDER BY i.id LIMIT $3" }

/// A page of visible items, by keyset; companions lie with what they come with.
pub async fn items_after(tx: &mut Tx, dataset: DatasetId, after: ItemId, limit: i64) -> Result<Vec<ItemRow>> {
    tx.rows(ITEMS_AFTER, &args![dataset, after, limit]).await?.iter().map(item_of).collect()
}

sql! { ITEM_ANSWERS = "SELECT source, answer FROM item_answers WHERE item_id = $1 ORDER BY ordinal" }

/// The answers that came with the data, as (source, answer JSON).
pub async fn item_answers(tx: &mut Tx, item: ItemId) -> Result<Vec<(String, String)>> {
    let rows = tx.rows(ITEM_ANSWERS, &args![item]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
}

sql! { DATA_IN_PROJECT = "SELECT i.data, i.content FROM project_datasets p JOIN items i ON i.dataset_id = p.dataset_id AND i.key = $2 WHERE p.project_id = $1 AND i.hash = $3 LIMIT 1" }

/// The data of an item of a project's datasets: None when there is no such item, Some(None) when it lies in a blob.
pub async fn data_in_project(
    tx: &mut Tx,
    project: labelwright_core::ProjectId,
    key: &str,
    hash: &str,
) -> Result<Option<Option<Vec<u8>>>> {
    let Some(row) = tx.optional(DATA_IN_PROJECT, &args![project, key, hash]).await? else { return Ok(None) };
    let text = row.text_or_null(1)?.map(|text| text.as_bytes().to_vec());
    Ok(Some(row.bytes_or_null(0)?.map(<[u8]>::to_vec).or(text)))
}

sql! { PREDICTIONS = "SELECT t.id, i.modality, i.hash, i.shape, i.content, a.source, a.answer FROM (SELECT id, item_id FROM tasks WHERE project_id = $1 AND id > $2 ORDER BY id LIMIT $3) t JOIN items i ON i.id = t.item_id JOIN item_answers a ON a.item_id = i.id ORDER BY t.id, a.ordinal" }
sql! { LAST_TASK = "SELECT MAX(id) FROM (SELECT id FROM tasks WHERE project_id = $1 AND id > $2 ORDER BY id LIMIT $3) page" }

/// An answer that came with an item, with what is needed to check it.
#[derive(Debug, Clone)]
pub struct PredictionRow {
    pub task: labelwright_core::TaskId,
    pub modality: String,
    pub hash: String,
    pub shape: String,
    /// A short text; longer ones lie in their blob.
    pub content: Option<String>,
    pub source: String,
    pub answer: String,
}

/// The answers that came with the items of a page of tasks, and the last task of the page; None behind the last page.
pub async fn predictions_after(
    tx: &mut Tx,
    project: labelwright_core::ProjectId,
    after: labelwright_core::TaskId,
    limit: i64,
) -> Result<Option<(labelwright_core::TaskId, Vec<PredictionRow>)>> {
    let Some(last) = tx.one(LAST_TASK, &args![project, after, limit]).await?.int_or_null(0)? else { return Ok(None) };
    let rows = tx.rows(PREDICTIONS, &args![project, after, limit]).await?;
    let found = rows.iter().map(|row| {
        Ok(PredictionRow {
            task: labelwright_core::TaskId(row.int(0)?),
            modality: row.text(1)?.to_owned(),
            hash: row.text(2)?.to_owned(),
            shape: row.text(3)?.to_owned(),
            content: row.text_or_null(4)?.map(str::to_owned),
            source: row.text(5)?.to_owned(),
            answer: row.text(6)?.to_owned(),
        })
    });
    Ok(Some((labelwright_core::TaskId(last), found.collect::<Result<_>>()?)))
}

sql! { PROJECTS_OF_ITEM = "SELECT DISTINCT project_id FROM tasks WHERE item_id = COALESCE((SELECT companion_of FROM items WHERE id = $1), $1)" }

/// The projects in which an item, or what it is a companion of, is a task: who may label one of them may see the item.
pub async fn projects_of_item(tx: &mut Tx, item: ItemId) -> Result<Vec<labelwright_core::ProjectId>> {
    let rows = tx.rows(PROJECTS_OF_ITEM, &args![item]).await?;
    rows.iter().map(|row| Ok(labelwright_core::ProjectId(row.int(0)?))).collect()
}

sql! { ITEM_OF_KEY = "SELECT id FROM items WHERE dataset_id = $1 AND key = $2" }

/// The number of an item that was added in this transaction.
pub async fn by_key(tx: &mut Tx, dataset: DatasetId, key: &str) -> Result<Option<ItemId>> {
    tx.optional(ITEM_OF_KEY, &args![dataset, key]).await?.map(|row| Ok(ItemId(row.int(0)?))).transpose()
}
