//! One file a kind of row: plain reads and writes, each statement written once for both databases. Records
//! know nothing of permissions; they are called inside transactions that a use case opened.

pub mod annotations;
pub mod bulk_labels;
pub mod calls;
pub mod checks;
pub mod companions;
pub mod concepts;
pub mod contributions;
pub mod contributors;
pub mod credentials;
pub mod datasets;
pub mod derived;
pub mod drawing;
pub mod features;
pub mod freezing;
pub mod functions;
pub mod links;
pub mod machine_labels;
pub mod maps;
pub mod model_runs;
pub mod models;
pub mod people;
pub mod predictions;
pub mod prints;
pub mod projects;
pub mod pushes;
pub mod removal;
pub mod repeats;
pub mod sampling;
pub mod schemas;
pub mod search;
pub mod settled;
pub mod slices;
pub mod snapshots;
pub mod sources;
pub mod suggestions;
pub mod tasks;
pub mod uploads;
pub mod webhooks;

use crate::{Result, StoreError};

/// A stored word of a closed set. An unknown one means a newer or a damaged database.
fn parsed<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T> {
    text.parse().map_err(|_| StoreError::Corrupt { what, value: text.to_owned() })
}
