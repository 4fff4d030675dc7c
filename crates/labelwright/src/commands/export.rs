//! `labelwright export`: freezes a project and writes it in a format to a file.

use super::key_value;
use crate::{
    batch::output::Output,
    environment::{DataOptions, Failure},
};
use clap::{Args, ValueEnum};
use labelwright_core::ProjectId;
use labelwright_workflow::freeze::{Answers, Media};
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  labelwright export --project 2 --format coco --output labels.json\n  \
    labelwright export --project 2 --format conll2003 --set scheme=bilou --output names.conll")]
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
    /// What becomes of pictures and other data: copy puts them beside the labels, and everything into a zip file.
    #[arg(long, default_value = "none")]
    media: MediaChoice,
    /// An option of the format (see `labelwright formats --markdown`).
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    set: Vec<(String, String)>,
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MediaChoice {
    None,
    Copy,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let workflow = options.data.open().await?;
    let answers = match options.answers {
        AnswersChoice::Consensus => Answers::Consensus,
        AnswersChoice::All => Answers::All,
        AnswersChoice::Accepted => Answers::Accepted,
    };
    let media = match options.media {
        MediaChoice::None => Media::None,
        MediaChoice::Copy => Media::Copy,
    };
    let project = ProjectId(options.project);
    let set = options.set.into_iter().collect();
    let (mut file, report) = workflow.export_as_operator(project, &options.format, answers, media, set).await?;
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
