//! Where what is collected goes: into a folder, into a dataset, or both.

use super::Told;
use crate::{
    commands::import::finish,
    environment::{DataOptions, FIRST_OWNER, FIRST_WORKSPACE, Failure},
};
use clap::{ArgGroup, Args};
use labelwright_connect::{Fetcher, Guard, sources::Brought};
use labelwright_core::{ProjectId, WorkspaceId};
use labelwright_workflow::{
    acquire,
    clock::Clock,
    formats::Mapping,
    jobs::kinds::{BringInput, ImportInput, OnError, Source},
};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    fmt::Debug,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("into").required(true).multiple(true))]
pub struct Goal {
    /// Keep what is collected in this folder.
    #[arg(long, value_name = "DIR", group = "into")]
    output: Option<PathBuf>,
    /// Bring it into this dataset: a name, or the number of one that there is. A dataset is made if there is none.
    #[arg(long, value_name = "NAME|ID", group = "into")]
    dataset: Option<String>,
    /// Make tasks of this project.
    #[arg(long, requires = "dataset")]
    project: Option<i64>,
    /// The workspace's number.
    #[arg(long, default_value_t = 1)]
    workspace: i64,
    /// Column of a table with the text or address of an item.
    #[arg(long, requires = "dataset")]
    content: Option<String>,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    pub told: Told,
}

/// What lies in the folder.
pub struct Haul {
    /// The kind of the source, as lists of sources name it.
    pub kind: &'static str,
    /// What was asked for in a few words.
    pub from: String,
    /// Where each file comes from, by its name in the folder; nothing where the items say it themselves.
    pub files: Vec<(String, Map<String, Value>)>,
    pub format: &'static str,
    /// The file of all rows, and the column with their keys if it was named.
    pub rows: Option<(&'static str, Option<String>)>,
    /// How much there is, and of what; None where that was told.
    pub count: Option<(u64, &'static str)>,
}

impl Goal {
    /// Asks only where it may.
    pub fn fetcher(&self) -> Result<Fetcher, Failure> {
        let networks = self.data.networks()?;
        Ok(Fetcher::new(Guard::allowing(networks.split(',')).map_err(|error| format!("--allow-networks: {error}"))?))
    }

    /// The folder that is collected into. What is only on its way to a dataset has one by what is asked for, so that the
    /// same command goes on with it.
    pub fn folder(&self, asked: &impl Debug) -> Result<PathBuf, Failure> {
        if let Some(folder) = &self.output {
            return Ok(folder.clone());
        }
        let mut hasher = DefaultHasher::new();
        format!("{asked:?}").hash(&mut hasher);
        let folder = self.data.data.join("collected").join(format!("{:016x}", hasher.finish()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// Notes where the files come from, and brings them into the dataset.
    pub async fn reached(&self, folder: &Path, haul: Haul) -> Result<(), Failure> {
        match haul.count {
            Some((count, of)) if self.told.json => println!("{}", json!({ of: count })),
            Some((count, of)) => println!("{count} {of}"),
            None => {}
        }
        let noted = (!haul.files.is_empty()).then(|| note(folder, &haul)).transpose()?;
        let Some(dataset) = &self.dataset else { return Ok(()) };
        self.bring(folder, dataset, haul, noted).await?;
        if self.output.is_none() {
            fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        Ok(())
    }

    async fn bring(&self, folder: &Path, dataset: &str, haul: Haul, noted: Option<PathBuf>) -> Result<(), Failure> {
        let workflow = self.data.open().await?;
        workflow.first_run(FIRST_WORKSPACE, FIRST_OWNER, "Owner").await?;
        let folder = folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?;
        let (path, key) = match haul.rows {
            Some((file, key)) => (folder.join(file), key),
            None => (folder, None),
        };
        // A query without rows, and nothing that an earlier run has left.
        if fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() == 0) {
            return Ok(());
        }
        let import = ImportInput {
            dataset: None,
            source: Source::Path(path),
            format: haul.format.to_owned(),
            mapping: Mapping { key, content: self.content.clone(), ..Mapping::default() },
            options: BTreeMap::new(),
            on_error: OnError::KeepGood,
            project: self.project.map(ProjectId),
        };
        let more_origins = noted.map(|path| path.canonicalize()).transpose()?;
        let input =
            BringInput { import, origins: Vec::new(), more_origins, kind: haul.kind.to_owned(), from: haul.from };
        let job = workflow.bring_as_operator(WorkspaceId(self.workspace), dataset, input).await?;
        finish(&workflow, job, self.told.json).await
    }
}

/// What is told of all that comes from a source now.
pub fn origin(source: &str) -> Map<String, Value> {
    acquire::origin(source, Clock::System.now())
}

/// Where each file comes from, by its name in the folder.
pub fn origins(source: &str, folder: &Path, brought: &[Brought]) -> Vec<(String, Map<String, Value>)> {
    let all = origin(source);
    let each = acquire::origins_of_files(folder, brought);
    each.map(|(name, own)| (name, all.clone().into_iter().chain(own).collect())).collect()
}

/// Writes down where each file comes from, in a file that imports do not see.
fn note(folder: &Path, haul: &Haul) -> Result<PathBuf, Failure> {
    let path = folder.join(".provenance.json");
    let files: BTreeMap<&String, &Map<String, Value>> =
        haul.files.iter().map(|(name, origin)| (name, origin)).collect();
    fs::write(&path, serde_json::to_string_pretty(&files)?).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
