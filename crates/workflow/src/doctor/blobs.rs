//! Blobs: what rows name is there, with the bytes that its name promises.

use super::{Check, Found};
use crate::{Result, Workflow};
use labelwright_store::{StoreError, backup};

pub const CHECK: Check = Check {
    id: "blobs",
    promise: "every blob that a row names is there and its bytes have its hash",
    run: |workflow| Box::pin(run(workflow)),
};

async fn run(workflow: &Workflow) -> Result<Found> {
    let mut found = Found::default();
    for hash in backup::blobs_needed(&workflow.store).await? {
        found.looked_at += 1;
        match workflow.blobs.get(&hash).await {
            Ok(_) => {}
            Err(StoreError::NotFound) => found.add(format!("blob {hash} is missing")),
            Err(StoreError::Corrupt { .. }) => found.add(format!("blob {hash} has other bytes")),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}
