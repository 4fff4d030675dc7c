//! `labelwright watch`: files of a folder and mails of a maildir become items as they come.

mod folder;
mod journal;
mod maildir;
mod staging;

use crate::environment::{DataOptions, Failure};
use clap::{Args, Subcommand};
use journal::Journal;
use labelwright_core::{ProjectId, WorkspaceId};
use labelwright_workflow::Workflow;
use serde_json::{Map, Value};
use std::{path::PathBuf, time::Duration};

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  labelwright watch folder /srv/drop --dataset Photos --project 3 --licence 'CC BY 4.0'\n  \
    labelwright watch maildir ~/Maildir --dataset Letters --once"
)]
pub struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Subcommand)]
enum What {
    /// Pictures, recordings and texts that are laid into a folder; the files stay where they are
    Folder(WatchOptions),
    /// Mails: their plain text and their attachments; what was taken is moved from new/ to cur/
    Maildir(MaildirOptions),
}

#[derive(Debug, Clone, Args)]
struct WatchOptions {
    #[command(flatten)]
    data: DataOptions,
    /// The folder.
    path: PathBuf,
    /// Name of the dataset; made if there is none.
    #[arg(long)]
    dataset: String,
    /// Make tasks of this project.
    #[arg(long)]
    project: Option<i64>,
    /// The workspace's number.
    #[arg(long, default_value_t = 1)]
    workspace: i64,
    /// Take what is there and stop.
    #[arg(long)]
    once: bool,
    /// A file that changed less than this many seconds ago is still being written, and is left.
    #[arg(long, default_value_t = 5)]
    still: u64,
    /// How often to look, in seconds.
    #[arg(long, default_value_t = 5)]
    every: u64,
    /// The licence under which it may be used; kept with each item.
    #[arg(long)]
    licence: Option<String>,
    /// The terms or the consent under which it was given; kept with each item.
    #[arg(long)]
    terms: Option<String>,
}

#[derive(Debug, Clone, Args)]
struct MaildirOptions {
    #[command(flatten)]
    watch: WatchOptions,
    /// Keep the sender's address with each item instead of a hash that is this installation's own.
    #[arg(long)]
    keep_sender: bool,
}

/// What one look found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Looked {
    added: u64,
    known: u64,
    refused: u64,
    /// Still being written.
    moving: u64,
    /// Of a kind that cannot be labeled.
    other: u64,
}

/// A place that is watched.
struct Watch {
    workflow: Workflow,
    options: WatchOptions,
    journal: Journal,
    /// Where files are laid for an import.
    stage: PathBuf,
    /// Own to this installation.
    salt: String,
}

impl Watch {
    async fn open(options: WatchOptions) -> Result<Self, Failure> {
        let path = options.path.canonicalize().map_err(|error| format!("{}: {error}", options.path.display()))?;
        if !path.is_dir() {
            return Err(format!("{}: this is no folder", path.display()).into());
        }
        let workflow = options.data.open().await?;
        let own = options.data.data.join("watch");
        std::fs::create_dir_all(&own).map_err(|error| format!("{}: {error}", own.display()))?;
        let journal = Journal::open(&own, &path, &options.dataset)?;
        let salt = journal::salt(&own)?;
        let stage = options.data.data.join("uploads");
        std::fs::create_dir_all(&stage).map_err(|error| format!("{}: {error}", stage.display()))?;
        Ok(Self { workflow, options: WatchOptions { path, ..options }, journal, stage: stage.canonicalize()?, salt })
    }

    fn workspace(&self) -> WorkspaceId {
        WorkspaceId(self.options.workspace)
    }

    fn project(&self) -> Option<ProjectId> {
        self.options.project.map(ProjectId)
    }

    /// What every item of this watch says of where it comes from.
    fn origin(&self, source: &str) -> Map<String, Value> {
        let mut origin = Map::new();
        origin.insert("source".into(), source.into());
        origin.insert("taken_at".into(), self.workflow.now().to_string().into());
        for (name, told) in [("licence", &self.options.licence), ("terms", &self.options.terms)] {
            if let Some(told) = told {
                origin.insert(name.into(), told.as_str().into());
            }
        }
        origin
    }
}

pub async fn run(options: Options) -> Result<(), Failure> {
    match options.what {
        What::Folder(options) => {
            let mut watch = Watch::open(options).await?;
            repeat(&mut watch, async |watch: &mut Watch| folder::look(watch).await).await
        }
        What::Maildir(MaildirOptions { watch: options, keep_sender }) => {
            let mut watch = Watch::open(options).await?;
            repeat(&mut watch, async |watch: &mut Watch| maildir::look(watch, keep_sender).await).await
        }
    }
}

/// Looks once, or again and again until the process is ended: at any moment, because what was taken is known by its hash.
async fn repeat(watch: &mut Watch, look: impl AsyncFn(&mut Watch) -> Result<Looked, Failure>) -> Result<(), Failure> {
    loop {
        let looked = look(watch).await?;
        if watch.options.once || looked.added + looked.refused + looked.other > 0 {
            let Looked { added, known, refused, moving, other } = looked;
            println!(
                "{{\"added\":{added},\"known\":{known},\"refused\":{refused},\"moving\":{moving},\"other\":{other}}}"
            );
        }
        if watch.options.once {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(watch.options.every.max(1))).await;
    }
}
