//! Numbers that stand for items: sets of them, each made with one model, and the vectors of single items. A project has
//! one set that is current, the newest; vectors of older ones are taken away.

use super::datasets::{ItemRow, item_of};
use crate::{Result, StoreError, Tx, bulk::BulkInsert};
use labelwright_core::{ItemId, ProjectId, TaskId, Timestamp};

#[derive(Debug, Clone)]
pub struct FeatureSet {
    pub id: i64,
    /// Kind and version of the features.
    pub kind: String,
    /// How many items the project had when the model was made.
    pub items: i64,
    pub model: Vec<u8>,
}

sql! { CURRENT_SET = "SELECT id, kind, items, model FROM feature_sets WHERE project_id = $1 ORDER BY id DESC LIMIT 1" }

pub async fn current(tx: &mut Tx, project: ProjectId) -> Result<Option<FeatureSet>> {
    let row = tx.optional(CURRENT_SET, &args![project]).await?;
    row.map(|row| {
        Ok(FeatureSet {
            id: row.int(0)?,
            kind: row.text(1)?.to_owned(),
            items: row.int(2)?,
            model: row.bytes(3)?.to_vec(),
        })
    })
    .transpose()
}

sql! { SETS = "SELECT id FROM feature_sets WHERE project_id = $1 ORDER BY id" }
sql! { INSERT_SET = "INSERT INTO feature_sets (project_id, kind, items, model, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id" }
sql! { DROP_SET = "DELETE FROM feature_sets WHERE id = $1" }

/// Starts a set that takes the place of the others; the numbers of those, whose vectors are to be dropped.
pub async fn start(
    tx: &mut Tx,
    project: ProjectId,
    kind: &str,
    items: i64,
    model: Vec<u8>,
    now: Timestamp,
) -> Result<(i64, Vec<i64>)> {
    let mut older = Vec::new();
    for row in tx.rows(SETS, &args![project]).await? {
        older.push(row.int(0)?);
        tx.execute(DROP_SET, &args![row.int(0)?]).await?;
    }
    let id = tx.one(INSERT_SET, &args![project, kind, items, model, now]).await?.int(0)?;
    Ok((id, older))
}

sql! { DROP_VECTORS = "DELETE FROM item_features WHERE set_id = $1 AND item_id IN (SELECT item_id FROM item_features WHERE set_id = $1 ORDER BY item_id LIMIT $2)" }

/// Takes away at most `limit` vectors of a set; how many there were.
pub async fn drop_vectors(tx: &mut Tx, set: i64, limit: i64) -> Result<u64> {
    tx.execute(DROP_VECTORS, &args![set, limit]).await
}

const INSERT_VECTORS: BulkInsert = BulkInsert {
    table: "item_features",
    columns: &["set_id", "item_id", "vector"],
    conflict: " ON CONFLICT (set_id, item_id) DO NOTHING",
};
sql! { SET_THERE = "SELECT id FROM feature_sets WHERE id = $1" }

/// Keeps vectors; an empty one says that the item has none. [`StoreError::NotFound`] when another set has taken the place.
pub async fn keep(tx: &mut Tx, set: i64, vectors: Vec<(ItemId, Vec<u8>)>) -> Result<()> {
    if tx.optional(SET_THERE, &args![set]).await?.is_none() {
        return Err(StoreError::NotFound);
    }
    let mut values = Vec::with_capacity(vectors.len() * INSERT_VECTORS.columns.len());
    for (item, vector) in vectors {
        values.extend(args![set, item, vector]);
    }
    tx.insert(&INSERT_VECTORS, values).await
}

sql! { TASK_ITEMS = "SELECT id, item_id FROM tasks WHERE project_id = $1 AND id > $2 ORDER BY id LIMIT $3" }

/// A page of a project's tasks with their items, by keyset.
pub async fn task_items_after(
    tx: &mut Tx,
    project: ProjectId,
    after: TaskId,
    limit: i64,
) -> Result<Vec<(TaskId, ItemId)>> {
    let rows = tx.rows(TASK_ITEMS, &args![project, after, limit]).await?;
    rows.iter().map(|row| Ok((TaskId(row.int(0)?), ItemId(row.int(1)?)))).collect()
}

sql! { ITEMS_WITHOUT = "SELECT i.id, i.dataset_id, i.key, i.modality, i.hash, i.media_type, i.bytes, i.content, i.shape, i.metadata, i.source, t.id FROM tasks t JOIN items i ON i.id = t.item_id WHERE t.project_id = $1 AND t.id > $3 AND NOT EXISTS (SELECT 1 FROM item_features f WHERE f.set_id = $2 AND f.item_id = t.item_id) ORDER BY t.id LIMIT $4" }

/// A page of the project's items that have no vector in the set, with their tasks.
pub async fn items_without(
    tx: &mut Tx,
    project: ProjectId,
    set: i64,
    after: TaskId,
    limit: i64,
) -> Result<Vec<(TaskId, ItemRow)>> {
    let rows = tx.rows(ITEMS_WITHOUT, &args![project, set, after, limit]).await?;
    rows.iter().map(|row| Ok((TaskId(row.int(11)?), item_of(row)?))).collect()
}

sql! { VECTORS = "SELECT t.id, t.item_id, f.vector FROM tasks t JOIN item_features f ON f.set_id = $2 AND f.item_id = t.item_id WHERE t.project_id = $1 AND t.id > $3 ORDER BY t.id LIMIT $4" }

/// A page of the vectors of a project's tasks, by keyset.
pub async fn vectors_after(
    tx: &mut Tx,
    project: ProjectId,
    set: i64,
    after: TaskId,
    limit: i64,
) -> Result<Vec<(TaskId, ItemId, Vec<u8>)>> {
    let rows = tx.rows(VECTORS, &args![project, set, after, limit]).await?;
    rows.iter().map(|row| Ok((TaskId(row.int(0)?), ItemId(row.int(1)?), row.bytes(2)?.to_vec()))).collect()
}
