//! What was computed once from the bytes of an item and lies beside them as a blob. Named by the hash of those bytes: the
//! same data in two datasets share it.

use crate::{Result, Tx};

sql! { KEEP_DERIVED = "INSERT INTO derived (hash, kind, blob) VALUES ($1, $2, $3) ON CONFLICT (hash, kind) DO UPDATE SET blob = excluded.blob" }

/// Takes the place of what was there. The blob is stored before.
pub async fn keep(tx: &mut Tx, hash: &str, kind: &str, blob: &str) -> Result<()> {
    tx.execute(KEEP_DERIVED, &args![hash, kind, blob]).await.map(|_| ())
}

sql! { DERIVED = "SELECT blob FROM derived WHERE hash = $1 AND kind = $2" }

/// The hash of the blob, where it has been made.
pub async fn blob(tx: &mut Tx, hash: &str, kind: &str) -> Result<Option<String>> {
    tx.optional(DERIVED, &args![hash, kind]).await?.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}
