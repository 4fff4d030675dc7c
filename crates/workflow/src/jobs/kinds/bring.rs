//! Brings in what came by itself or by a command: lines that a program pushed, files of a watched folder, mails, collected
//! folders. An import whose files each say where they come from.

use super::{
    ImportInput, Running, Stopped,
    import::{self, Origins},
    input,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, path::PathBuf};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BringInput {
    pub import: ImportInput,
    /// Where each file comes from, by its name: the `provenance` of its items.
    pub origins: Vec<(String, Map<String, Value>)>,
    /// More of them in a file, where they may be very many: an object of names.
    #[serde(default)]
    pub more_origins: Option<PathBuf>,
    /// As lists of sources name it: `push`, `watched_folder`, `maildir`, or a kind of collection.
    pub kind: String,
    /// In a few words, for the list of sources.
    pub from: String,
}

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let BringInput { import, origins, more_origins, .. } = input(running)?;
    let mut each: BTreeMap<String, Map<String, Value>> = origins.into_iter().collect();
    if let Some(path) = more_origins {
        let read = tokio::fs::read(&path).await.map_err(|error| error.to_string());
        let more = read.and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()));
        let more: BTreeMap<_, _> = more.map_err(|error| Stopped::Failed(format!("{}: {error}", path.display())))?;
        each.extend(more);
    }
    import::bring(running, import, &Origins { each, ..Origins::default() }).await
}
