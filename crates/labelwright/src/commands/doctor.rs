//! `labelwright doctor`: re-proves on stored data what labelwright promises.

use crate::environment::{DataOptions, Failure};
use clap::Args;
use indicatif::ProgressBar;
use labelwright_workflow::Workflow;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  labelwright doctor\n  labelwright doctor --json --database postgres://labelwright@db/labelwright\n\n\
    It reads only, and people may go on working. It ends with an error when a promise is broken."
)]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let workflow = options.data.open().await?;
    examine(&workflow, options.json).await
}

/// Runs all checks and prints what they found; a finding is an error.
pub async fn examine(workflow: &Workflow, json: bool) -> Result<(), Failure> {
    let bar = if json { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
    let report = workflow
        .doctor(|check| {
            bar.set_message(format!("checking {check}"));
            bar.tick();
        })
        .await?;
    bar.finish_and_clear();
    if json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        for finding in &report.findings {
            println!("{}: {} (broken: {})", finding.place, finding.promise, finding.check);
        }
        let rows: u64 = report.checks.iter().map(|(_, rows)| rows).sum();
        println!("{} checks, {rows} rows looked at, {} findings", report.checks.len(), report.findings.len());
    }
    if report.findings.is_empty() { Ok(()) } else { Err("the stored data breaks promises; see above".into()) }
}
