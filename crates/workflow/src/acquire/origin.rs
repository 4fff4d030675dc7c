//! What is told of where things come from: it goes with each item, as its provenance.

use labelwright_connect::sources::Brought;
use labelwright_core::Timestamp;
use serde_json::{Map, Value};
use std::path::Path;

/// What holds for all that comes from a source.
pub fn origin(source: &str, at: Timestamp) -> Map<String, Value> {
    let told = [("source", Value::from(source)), ("fetched_at", at.to_string().into())];
    told.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// What is each file's own, by its name in the folder.
pub fn origins_of_files(folder: &Path, brought: &[Brought]) -> impl Iterator<Item = (String, Map<String, Value>)> {
    brought.iter().map(move |file| {
        let name = file.path.strip_prefix(folder).unwrap_or(&file.path).to_string_lossy().into_owned();
        let own = [
            ("url", Value::from(file.url.as_str())),
            ("final_url", file.final_url.as_str().into()),
            ("file_sha256", file.sha256.as_str().into()),
        ];
        (name, own.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    })
}
