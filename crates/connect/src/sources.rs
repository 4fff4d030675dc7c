//! Data that others keep: files behind addresses, objects of buckets, datasets of the Hugging Face hub, runs and datasets of
//! Apify, rows of databases. Each is brought into a folder; what was cut off goes on where it was. Every address goes
//! through the guard, those too that an answer names.

pub mod apify;
pub mod bucket;
pub mod database;
mod download;
pub mod http;
pub mod hub;
pub mod rows;
mod talk;

pub use download::Brought;

use crate::FetchError;
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Why nothing was brought.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{place}: {reason}")]
    Fetch { place: String, reason: FetchError },
    #[error("{0}: the disk says: {1}")]
    Disk(String, io::Error),
    /// The other side says so; its own words are not repeated.
    #[error("{0}")]
    Refused(String),
    #[error("{place}: the answer is not what was expected: {what}")]
    Unexpected { place: String, what: String },
}

/// How many bytes or rows have come: looked at by whoever waits.
#[derive(Debug, Clone, Default)]
pub struct Gauge(Arc<AtomicU64>);

impl Gauge {
    pub fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }
}

/// A name without ways out: letters, digits, and few marks.
fn harmless(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let plain = plain.trim_start_matches('.');
    plain.chars().take(100).collect()
}
