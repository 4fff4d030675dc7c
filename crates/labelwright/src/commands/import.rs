//! `labelwright import`: data from this machine's disk.

use super::{columns::Columns, key_value};
use crate::environment::{DataOptions, FIRST_OWNER, FIRST_WORKSPACE, Failure};
use clap::{Args, ValueEnum};
use indicatif::ProgressBar;
use labelwright_core::{JobId, ProjectId, WorkspaceId};
use labelwright_formats::format;
use labelwright_workflow::{
    Workflow,
    jobs::kinds::{ImportInput, OnError, Source},
};
use std::{path::PathBuf, time::Duration};

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  labelwright import reviews.csv --dataset Reviews --content text\n  \
    labelwright import coco.zip --dataset Street --project 3\n  \
    labelwright import scenes/ --dataset Scenes --format csv --content image --pane caption=text\n  \
    labelwright import VOC2012/ --dataset Street --format voc --set corners=classic")]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// A file, a folder or a zip archive.
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
    /// A format (see the picker in the app), or auto.
    #[arg(long, default_value = "auto")]
    format: String,
    #[command(flatten)]
    columns: Columns,
    /// An option of the format (see `labelwright formats --markdown`).
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    set: Vec<(String, String)>,
    /// What to do when some records are not good.
    #[arg(long, default_value = "keep-good")]
    on_error: OnErrorChoice,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OnErrorChoice {
    KeepGood,
    RefuseAll,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let workflow = options.data.open().await?;
    // Somebody who has just collected data has no server yet: `serve` gives out the link then.
    workflow.first_run(FIRST_WORKSPACE, FIRST_OWNER, "Owner").await?;
    let path = options.path.canonicalize().map_err(|error| format!("{}: {error}", options.path.display()))?;
    let input = ImportInput {
        dataset: None,
        source: Source::Path(path),
        mapping: options.columns.mapping(format(&options.format))?,
        format: options.format,
        options: options.set.into_iter().collect(),
        on_error: match options.on_error {
            OnErrorChoice::KeepGood => OnError::KeepGood,
            OnErrorChoice::RefuseAll => OnError::RefuseAll,
        },
        project: options.project.map(ProjectId),
    };
    let job = workflow.import_as_operator(WorkspaceId(options.workspace), &options.dataset, input).await?;
    finish(&workflow, job, options.json).await
}

/// Runs waiting jobs until this one has ended, with a progress bar; an unsuccessful end is an error.
pub async fn finish(workflow: &Workflow, job: JobId, json: bool) -> Result<(), Failure> {
    let bar = if json { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
    let runner = {
        let workflow = workflow.clone();
        tokio::spawn(async move { workflow.run_all_jobs().await })
    };
    loop {
        let row = workflow.job_as_operator(job).await?;
        bar.set_message(format!("{} {}", row.progress_done, row.message));
        bar.tick();
        if !matches!(row.state.as_str(), "queued" | "running") {
            bar.finish_and_clear();
            runner.await??;
            let problems = workflow.problems_as_operator(job).await?;
            for problem in problems.iter().take(20) {
                eprintln!("{}: {} ({})", problem.place, problem.message, problem.code);
            }
            if problems.len() > 20 {
                eprintln!("... and {} more problems", problems.len() - 20);
            }
            if row.state != "done" {
                return Err(format!("the {} {}: {}", row.kind, row.state, row.message).into());
            }
            println!("{}", row.result.unwrap_or_default());
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
