//! What a watch has seen, a line each, beside the data of the installation: so that a file is not read again at each look.
//! Losing it costs only that reading; what is in the dataset is known there by its hash.

use crate::environment::Failure;
use labelwright_store::blobs::Blobs;
use labelwright_workflow::secret;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

/// How a file was when it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Below the watched folder.
    pub file: String,
    pub bytes: u64,
    /// Milliseconds since 1970.
    pub modified: u64,
}

impl Seen {
    pub fn of(file: String, metadata: &fs::Metadata) -> std::io::Result<Self> {
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        Ok(Self { file, bytes: metadata.len(), modified })
    }

    /// Has it not changed for so many seconds?
    pub fn is_still(&self, seconds: u64) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        now.saturating_sub(self.modified) >= seconds * 1000
    }
}

pub struct Journal {
    known: HashMap<String, Seen>,
    file: File,
}

impl Journal {
    /// Lines that were cut off by a crash are left out: their files are looked at again.
    pub fn open(folder: &Path, watched: &Path, dataset: &str) -> Result<Self, Failure> {
        let name = Blobs::hash(format!("{}\n{dataset}", watched.display()).as_bytes());
        let path = folder.join(format!("{}.jsonl", &name[..16]));
        let about = |error: std::io::Error| format!("{}: {error}", path.display());
        let mut known = HashMap::new();
        let mut broken = false;
        if let Ok(file) = File::open(&path) {
            for line in BufReader::new(file).lines() {
                let line = line.map_err(about)?;
                match serde_json::from_str::<Seen>(&line) {
                    Ok(seen) => drop(known.insert(seen.file.clone(), seen)),
                    Err(_) => broken = true,
                }
            }
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(about)?;
        if broken {
            file.write_all(b"\n").map_err(about)?;
        }
        Ok(Self { known, file })
    }

    pub fn knows(&self, seen: &Seen) -> bool {
        self.known.get(&seen.file) == Some(seen)
    }

    pub fn add(&mut self, seen: Seen) -> Result<(), Failure> {
        let line = serde_json::to_string(&seen)?;
        writeln!(self.file, "{line}")?;
        self.known.insert(seen.file.clone(), seen);
        Ok(())
    }
}

/// Makes hashes of addresses this installation's own, so that nobody finds an address by trying them all.
pub fn salt(folder: &Path) -> Result<String, Failure> {
    let path = folder.join("salt");
    if let Ok(known) = fs::read_to_string(&path)
        && !known.trim().is_empty()
    {
        return Ok(known.trim().to_owned());
    }
    let made = secret::generate("")?;
    fs::write(&path, &made).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(made)
}
