//! Answers that were paid for, one file each, by the hash of their question. Whoever runs the same again goes on from here.

use super::LlmError;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{fs, io::Write, path::PathBuf};

pub struct Answers {
    folder: PathBuf,
}

/// The name of what is kept of a question.
pub fn name(question: &Value) -> String {
    Sha256::digest(question.to_string().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Answers {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// A file that is damaged is no answer.
    pub fn get(&self, name: &str) -> Option<Value> {
        serde_json::from_slice(&fs::read(self.folder.join(name).with_extension("json")).ok()?).ok()
    }

    /// Whole or not at all.
    pub fn put(&self, name: &str, value: &Value) -> Result<(), LlmError> {
        let disk = |error| LlmError::Disk(self.folder.display().to_string(), error);
        fs::create_dir_all(&self.folder).map_err(disk)?;
        let part = self.folder.join(format!(".{name}.part"));
        let mut file = fs::File::create(&part).map_err(disk)?;
        file.write_all(value.to_string().as_bytes()).and_then(|()| file.sync_data()).map_err(disk)?;
        fs::rename(&part, self.folder.join(name).with_extension("json")).map_err(disk)
    }
}
