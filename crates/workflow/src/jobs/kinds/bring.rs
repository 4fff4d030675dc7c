//! Brings in what came by itself or by a command: lines that a program pushed, files of a watched folder, mails, collected
//! folders. An import whose files each say where they come from.

use super::{
    ImportInput, Running, Stopped,
    import::{self, Origins},
    input,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BringInput {
    pub import: ImportInput,
    /// Where each file comes from, by its name: the `provenance` of its items.
    pub origins: Vec<(String, Map<String, Value>)>,
    /// As lists of sources name it: `push`, `watched_folder`, `maildir`, or a kind of collection.
    pub kind: String,
    /// In a few words, for the list of sources.
    pub from: String,
}

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let BringInput { import, origins, .. } = input(running)?;
    let origins = Origins { each: origins.into_iter().collect(), ..Origins::default() };
    import::bring(running, import, &origins).await
}
