//! Files on their way into an import: copied under the names of their hashes, so that the same bytes are one item whatever
//! they were called, each with where it comes from. Kinds go separately, because an import reads one.

use super::{Looked, Watch};
use crate::environment::Failure;
use labelwright_core::Modality;
use labelwright_formats::modality_of;
use labelwright_store::blobs::Blobs;
use labelwright_workflow::jobs::kinds::{BringInput, ImportInput, OnError, Source};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fs, path::Path};

/// Files of one import.
pub const FILES_MAXIMUM: usize = 500;
/// Largest file that is taken, in bytes.
pub const FILE_BYTES_MAXIMUM: u64 = 512 << 20;

/// What a file is by its name: the format that reads it. None for what cannot be labeled.
pub fn format_of(name: &str) -> Option<&'static str> {
    match modality_of(name) {
        Modality::Audio => Some("recordings"),
        Modality::Video => Some("videos"),
        Modality::Text => Some("text"),
        Modality::Document => Some("documents"),
        Modality::Image => {
            let small = name.to_lowercase();
            let is_picture = [".png", ".jpg", ".jpeg", ".gif", ".webp"].iter().any(|ending| small.ends_with(ending));
            is_picture.then_some("images")
        }
        _ => None,
    }
}

/// Files of one kind.
struct Batch {
    folder: tempfile::TempDir,
    origins: Vec<(String, Map<String, Value>)>,
}

/// Files that will be brought in together.
pub struct Staging {
    kind: &'static str,
    batches: BTreeMap<&'static str, Batch>,
    count: usize,
}

impl Staging {
    /// `kind` is `watched_folder` or `maildir`.
    pub fn new(kind: &'static str) -> Self {
        Self { kind, batches: BTreeMap::new(), count: 0 }
    }

    pub fn is_full(&self) -> bool {
        self.count >= FILES_MAXIMUM
    }

    /// Lays bytes down; the ending of the name says how they are read. The same bytes twice are one file.
    pub fn add(
        &mut self,
        stage: &Path,
        format: &'static str,
        name: &str,
        bytes: &[u8],
        mut origin: Map<String, Value>,
    ) -> Result<(), Failure> {
        let hash = Blobs::hash(bytes);
        let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or("txt").to_lowercase();
        let batch = match self.batches.entry(format) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => {
                let folder = tempfile::Builder::new().prefix("watch-").tempdir_in(stage)?;
                free.insert(Batch { folder, origins: Vec::new() })
            }
        };
        let file = format!("{hash}.{ending}");
        let path = batch.folder.path().join(&file);
        if !path.exists() {
            fs::write(&path, bytes)?;
            origin.insert("sha256".into(), hash.into());
            batch.origins.push((file, origin));
            self.count += 1;
        }
        Ok(())
    }

    /// Brings all of it in, and waits for the end.
    pub async fn bring(self, watch: &Watch, looked: &mut Looked) -> Result<(), Failure> {
        for (format, batch) in self.batches {
            let import = ImportInput {
                dataset: None,
                source: Source::Path(batch.folder.path().to_path_buf()),
                format: format.into(),
                mapping: Default::default(),
                options: Default::default(),
                on_error: OnError::KeepGood,
                project: watch.project(),
            };
            let all = batch.origins.len() as u64;
            let from = watch.options.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let input = BringInput { import, origins: batch.origins, more_origins: None, kind: self.kind.into(), from };
            let workflow = &watch.workflow;
            let job = workflow.bring_as_operator(watch.workspace(), &watch.options.dataset, input).await?;
            let row = loop {
                workflow.run_all_jobs().await?;
                let row = workflow.job_as_operator(job).await?;
                if !matches!(row.state.as_str(), "queued" | "running") {
                    break row;
                }
                // Another worker has it, or it is tried again.
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            };
            for problem in workflow.problems_as_operator(job).await? {
                eprintln!("{}: {} ({})", problem.place, problem.message, problem.code);
            }
            match row.state.as_str() {
                "done" => {
                    let told: Value = serde_json::from_str(&row.result.unwrap_or_default()).unwrap_or_default();
                    let count = |name: &str| told[name].as_u64().unwrap_or(0);
                    looked.added += count("added");
                    looked.known += count("known");
                    looked.refused += count("refused");
                }
                // None of them is good: each was told, and none will be better the next time.
                "failed" => looked.refused += all,
                _ => return Err(format!("the import {}: {}", row.state, row.message).into()),
            }
        }
        Ok(())
    }
}
