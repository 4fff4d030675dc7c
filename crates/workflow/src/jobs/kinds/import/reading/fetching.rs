//! What lies behind the addresses of records.

use super::{FETCH_ATTEMPTS, ITEM_BYTES_MAXIMUM, Loaded, Payload, Piece};
use crate::{
    Workflow,
    jobs::kinds::import::recording,
    media::{probe_image, probe_text},
};
use labelwright_formats::{Data, Record, RecordError};
use std::time::Duration;

/// The record with what is behind its address: an image by its content, or a text that says so.
pub(super) async fn fetched(workflow: &Workflow, record: Record) -> Piece {
    let Data::Url(address) = &record.data else {
        return Piece::Bad(RecordError::new(&record.place, "not_an_address", "there is no address to fetch"));
    };
    let mut attempt = 1;
    let got = loop {
        match workflow.fetcher.fetch(address, ITEM_BYTES_MAXIMUM).await {
            Err(error) if error.is_passing() && attempt < FETCH_ATTEMPTS => {
                tokio::time::sleep(Duration::from_secs(attempt * attempt)).await;
                attempt += 1;
            }
            other => break other,
        }
    };
    let got = match got {
        Ok(got) => got,
        Err(error) => return Piece::Bad(RecordError::new(&record.place, "not_fetched", format!("{address}: {error}"))),
    };
    let says = |kind: &str| got.content_type.as_deref().is_some_and(|said| said.starts_with(kind));
    if says("audio/") {
        return recording::of_bytes(workflow, record, got.bytes, recording::AUDIO).await;
    }
    if says("application/pdf") {
        return recording::of_bytes(workflow, record, got.bytes, recording::DOCUMENT).await;
    }
    if says("video/") {
        return recording::of_bytes(workflow, record, got.bytes, recording::VIDEO).await;
    }
    if says("text/csv") || says("text/tab-separated-values") || says("application/vnd.apache.parquet") {
        return recording::of_bytes(workflow, record, got.bytes, recording::SERIES).await;
    }
    let says_text = says("text/plain");
    let text = if says_text { std::str::from_utf8(&got.bytes).ok() } else { None };
    let probed = match text.filter(|text| !text.trim().is_empty() && !text.contains('\0')) {
        Some(text) => Ok(probe_text(text)),
        None => probe_image(&got.bytes),
    };
    match probed {
        Ok(probed) => Piece::Good(Box::new(Loaded::new(record, Payload::Bytes(got.bytes), probed))),
        Err(message) => Piece::Bad(RecordError::new(&record.place, "not_an_image", format!("{address}: {message}"))),
    }
}
