//! `labelwright export`: freezes a project and writes it in a format to a file.

use crate::{
    batch::output::Output,
    environment::{DataOptions, Failure},
};
use clap::{Args, ValueEnum};
use labelwright_core::ProjectId;
use labelwright_workflow::freeze::Answers;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(after_help = "Example:\n  labelwright export --project 2 --format coco --output labels.json")]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// The project's number.
    #[arg(long)]
    project: i64,
    /// A format that `labelwright formats` lists with "write".
    #[arg(long, default_value = "native")]
    format: String,
    /// Which answers.
    #[arg(long, default_value = "consensus")]
    answers: AnswersChoice,
    /// The file to write; - is standard output.
    #[arg(long)]
    output: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AnswersChoice {
    Consensus,
    All,
    Accepted,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let workflow = options.data.open().await?;
    let answers = match options.answers {
        AnswersChoice::Consensus => Answers::Consensus,
        AnswersChoice::All => Answers::All,
        AnswersChoice::Accepted => Answers::Accepted,
    };
    let (mut file, report) = workflow.export_as_operator(ProjectId(options.project), &options.format, answers).await?;
    let mut out = Output::create(&options.output)?;
    let bytes = out.copy(&mut file)?;
    out.commit()?;
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
        return Ok(());
    }
    eprintln!("{bytes} bytes in {}", options.output.display());
    for loss in &report.losses {
        eprintln!("lost {} x {} (first: {})", loss.count, loss.message, loss.places.join(", "));
    }
    Ok(())
}
