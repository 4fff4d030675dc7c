//! What comes with items and is shown in panes beside them. A companion is a row of items that names what it belongs to
//! and its pane; it is stored, seen and taken away with that item alone.

use super::datasets::{ItemRow, NewItem, item_of};
use crate::{Result, Row, Tx};
use labelwright_core::{DatasetId, ImportId, ItemId, ProjectId, TaskId, Timestamp};

/// A companion on its way in. It has no answers and no companions of its own.
#[derive(Debug, Clone)]
pub struct NewCompanion {
    /// Id of the schema's pane.
    pub pane: String,
    pub item: NewItem,
}

/// A companion with the id of its pane.
#[derive(Debug, Clone)]
pub struct CompanionRow {
    pub pane: String,
    pub item: ItemRow,
}

fn companion_of(row: &Row) -> Result<CompanionRow> {
    Ok(CompanionRow { item: item_of(row)?, pane: row.text(11)?.to_owned() })
}

sql! { COMPANIONS = "SELECT i.id, i.dataset_id, i.key, i.modality, i.hash, i.media_type, i.bytes, i.content, i.shape, i.metadata, i.source, i.pane FROM items i WHERE i.companion_of = $1 ORDER BY i.pane" }

/// What comes with an item, by pane.
pub async fn of_item(tx: &mut Tx, item: ItemId) -> Result<Vec<CompanionRow>> {
    tx.rows(COMPANIONS, &args![item]).await?.iter().map(companion_of).collect()
}

sql! { COMPANIONS_OF_PAGE = "SELECT i.id, i.dataset_id, i.key, i.modality, i.hash, i.media_type, i.bytes, i.content, i.shape, i.metadata, i.source, i.pane, t.id FROM (SELECT id, item_id FROM tasks WHERE project_id = $1 AND id > $2 AND id <= $3) t JOIN items i ON i.companion_of = t.item_id ORDER BY t.id, i.pane" }

/// What comes with the items of a page of tasks (after the first, up to the last), by task and pane.
pub async fn of_page(
    tx: &mut Tx,
    project: ProjectId,
    after: TaskId,
    last: TaskId,
) -> Result<Vec<(TaskId, CompanionRow)>> {
    let rows = tx.rows(COMPANIONS_OF_PAGE, &args![project, after, last]).await?;
    rows.iter().map(|row| Ok((TaskId(row.int(12)?), companion_of(row)?))).collect()
}

sql! { HASHES_OF_KEY = "SELECT i.pane, i.hash FROM items i WHERE i.companion_of = (SELECT id FROM items WHERE dataset_id = $1 AND key = $2) ORDER BY i.pane" }

/// Has the item with this key just these companions?
pub(super) async fn are_known(tx: &mut Tx, dataset: DatasetId, item: &NewItem) -> Result<bool> {
    let mut wanted: Vec<(&str, &str)> =
        item.companions.iter().map(|one| (one.pane.as_str(), one.item.hash.as_str())).collect();
    wanted.sort_unstable();
    let rows = tx.rows(HASHES_OF_KEY, &args![dataset, item.key.as_str()]).await?;
    let there = rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect::<Result<Vec<_>>>()?;
    Ok(there == wanted)
}

sql! { COPY_COMPANIONS = "INSERT INTO items (dataset_id, key, modality, hash, media_type, bytes, content, data, shape, metadata, source, import_id, created_at, companion_of, pane) SELECT $1, i.dataset_id || '/' || i.key, i.modality, i.hash, i.media_type, i.bytes, i.content, i.data, i.shape, i.metadata, i.source, $3, $4, $5, i.pane FROM items i WHERE i.companion_of = $2" }

/// Copies what comes with an item to its copy in another dataset.
pub(super) async fn copy(
    tx: &mut Tx,
    (dataset, import): (DatasetId, ImportId),
    (from, to): (ItemId, ItemId),
    now: Timestamp,
) -> Result<()> {
    tx.execute(COPY_COMPANIONS, &args![dataset, from, import, now, to]).await.map(|_| ())
}
