//! Data that were left where they are: the object of a source that has the bytes of a hash. Each workspace has links of its
//! own, because each has sources of its own.

use crate::{Result, Tx};
use labelwright_core::WorkspaceId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    pub hash: String,
    pub workspace: WorkspaceId,
    /// JSON: the source, whose connection is looked up whenever the bytes are.
    pub source: String,
    /// The key of the object.
    pub object: String,
    pub bytes: i64,
    pub e_tag: Option<String>,
}

sql! { KEEP_LINK = "INSERT INTO links (hash, workspace_id, source, object, bytes, e_tag) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash, workspace_id) DO UPDATE SET source = excluded.source, object = excluded.object, bytes = excluded.bytes, e_tag = excluded.e_tag" }

/// Takes the place of what the workspace knew of the same bytes.
pub async fn keep(tx: &mut Tx, link: &LinkRow) -> Result<()> {
    let LinkRow { hash, workspace, source, object, bytes, e_tag } = link;
    let values = args![hash.as_str(), *workspace, source.as_str(), object.as_str(), *bytes, e_tag.as_deref()];
    tx.execute(KEEP_LINK, &values).await.map(|_| ())
}

sql! { LINKS_OF = "SELECT hash, workspace_id, source, object, bytes, e_tag FROM links WHERE hash = $1 ORDER BY workspace_id" }

/// Where the bytes of a hash lie.
pub async fn of_hash(tx: &mut Tx, hash: &str) -> Result<Vec<LinkRow>> {
    let rows = tx.rows(LINKS_OF, &args![hash]).await?;
    let link = |row: &crate::Row| {
        Ok(LinkRow {
            hash: row.text(0)?.to_owned(),
            workspace: WorkspaceId(row.int(1)?),
            source: row.text(2)?.to_owned(),
            object: row.text(3)?.to_owned(),
            bytes: row.int(4)?,
            e_tag: row.text_or_null(5)?.map(str::to_owned),
        })
    };
    rows.iter().map(link).collect()
}
