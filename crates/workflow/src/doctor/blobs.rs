//! Data: what rows name or hold is there, with the bytes that its hash promises.

use super::{Check, Found};
use crate::{Result, Workflow};
use labelwright_core::ItemId;
use labelwright_store::{StoreError, backup, blobs::Blobs, records::checks};

pub const BLOBS: Check = Check {
    id: "blobs",
    promise: "every blob that a row names is there and its bytes have its hash",
    run: |workflow| Box::pin(blobs(workflow)),
};

pub const INLINE: Check = Check {
    id: "inline_data",
    promise: "data that lies in an item's row has the item's hash",
    run: |workflow| Box::pin(inline(workflow)),
};

const PAGE: i64 = 500;

async fn inline(workflow: &Workflow) -> Result<Found> {
    let (mut found, mut after) = (Found::default(), ItemId(0));
    loop {
        let page =
            workflow.read(move |tx| Box::pin(async move { Ok(checks::inline_after(tx, after, PAGE).await?) })).await?;
        let Some((last, ..)) = page.last() else { return Ok(found) };
        after = *last;
        for (item, hash, bytes) in page {
            found.looked_at += 1;
            if Blobs::hash(&bytes) != hash {
                found.add(format!("item {item} has other data"));
            }
        }
    }
}

async fn blobs(workflow: &Workflow) -> Result<Found> {
    let mut found = Found::default();
    for hash in backup::blobs_needed(&workflow.store).await? {
        found.looked_at += 1;
        match workflow.blobs.check(&hash).await {
            Ok(()) => {}
            Err(StoreError::NotFound) => found.add(format!("blob {hash} is missing")),
            Err(StoreError::Corrupt { .. }) => found.add(format!("blob {hash} has other bytes")),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}
