//! What texts and pictures look like in short, by the hash of their bytes, so that each is looked at once.

use crate::{Result, Tx};

sql! { PRINT = "SELECT print FROM prints WHERE hash = $1" }

pub async fn print(tx: &mut Tx, hash: &str) -> Result<Option<Vec<u8>>> {
    tx.optional(PRINT, &args![hash]).await?.map(|row| Ok(row.bytes(0)?.to_vec())).transpose()
}

sql! { KEEP_PRINT = "INSERT INTO prints (hash, print) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING" }

pub async fn keep(tx: &mut Tx, hash: &str, print: Vec<u8>) -> Result<()> {
    tx.execute(KEEP_PRINT, &args![hash, print]).await.map(|_| ())
}

sql! { DROP_PRINT = "DELETE FROM prints WHERE hash = $1" }

pub async fn remove(tx: &mut Tx, hash: &str) -> Result<()> {
    tx.execute(DROP_PRINT, &args![hash]).await.map(|_| ())
}
