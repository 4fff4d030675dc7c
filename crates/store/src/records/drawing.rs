//! What a sample of items is drawn by, and the copies that it is made of.

use super::companions;
use crate::{Result, Tx};
use labelwright_core::{DatasetId, ImportId, ItemId, Timestamp};

/// An item as far as drawing looks at it.
#[derive(Debug, Clone)]
pub struct DrawRow {
    pub id: ItemId,
    pub hash: String,
    pub modality: String,
    /// JSON.
    pub metadata: String,
}

sql! { DRAW_ROWS_AFTER = "SELECT i.id, i.hash, i.modality, i.metadata FROM items i JOIN imports m ON m.id = i.import_id AND m.state = 'sealed' WHERE i.dataset_id = $1 AND i.id > $2 AND i.companion_of IS NULL ORDER BY i.id LIMIT $3" }

/// A page of a dataset's visible items, by keyset.
pub async fn rows_after(tx: &mut Tx, dataset: DatasetId, after: ItemId, limit: i64) -> Result<Vec<DrawRow>> {
    let rows = tx.rows(DRAW_ROWS_AFTER, &args![dataset, after, limit]).await?;
    let told = |row: &crate::Row| {
        Ok(DrawRow {
            id: ItemId(row.int(0)?),
            hash: row.text(1)?.to_owned(),
            modality: row.text(2)?.to_owned(),
            metadata: row.text(3)?.to_owned(),
        })
    };
    rows.iter().map(told).collect()
}

sql! { COPY_ITEM = "INSERT INTO items (dataset_id, key, modality, hash, media_type, bytes, content, data, shape, metadata, source, import_id, created_at) SELECT $1, i.dataset_id || '/' || i.key, i.modality, i.hash, i.media_type, i.bytes, i.content, i.data, i.shape, i.metadata, i.source, $3, $4 FROM items i WHERE i.id = $2 ON CONFLICT (dataset_id, key) DO NOTHING RETURNING id" }
sql! { COPY_ITEM_ANSWERS = "INSERT INTO item_answers (item_id, ordinal, source, answer) SELECT $1, a.ordinal, a.source, a.answer FROM item_answers a WHERE a.item_id = $2" }

/// Copies items with all that came with them into a dataset, under the number of their dataset and their key. Those that
/// are there are left alone. How many were copied.
pub async fn copy(
    tx: &mut Tx,
    (dataset, import): (DatasetId, ImportId),
    items: &[ItemId],
    now: Timestamp,
) -> Result<u64> {
    let mut copied = 0;
    for item in items {
        let made = tx.optional(COPY_ITEM, &args![dataset, *item, import, now]).await?;
        let Some(made) = made else { continue };
        tx.execute(COPY_ITEM_ANSWERS, &args![made.int(0)?, *item]).await?;
        companions::copy(tx, (dataset, import), (*item, ItemId(made.int(0)?)), now).await?;
        copied += 1;
    }
    Ok(copied)
}
