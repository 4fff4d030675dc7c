//! A dataset of the Hugging Face hub.

use super::{
    address,
    goal::{Goal, Haul, origins},
};
use crate::environment::Failure;
use clap::Args;
use labelwright_connect::sources::{Gauge, hub};
use url::Url;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The Parquet shards that the hub's viewer has made are taken: their footers name classes, so that the \
    folder comes into a project with its schema; splits are kept.\n\nExamples:\n  \
    labelwright collect hf stanfordnlp/imdb --split train --output imdb\n  \
    labelwright convert --from hugging-face --to native imdb imdb.jsonl\n  \
    labelwright collect hf stanfordnlp/imdb --dataset IMDB"
)]
pub struct Options {
    /// `owner/name`.
    dataset: String,
    /// A part of the dataset, where it has several; all unless one is named.
    #[arg(long)]
    configuration: Option<String>,
    /// All splits unless some are named.
    #[arg(long)]
    split: Vec<String>,
    /// For gated and private datasets.
    #[arg(long, env = "HF_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Bytes of all shards.
    #[arg(long, default_value_t = 64 << 30)]
    most_bytes: u64,
    /// A viewer other than the hub's own.
    #[arg(long, value_parser = address)]
    base_url: Option<Url>,
    #[command(flatten)]
    goal: Goal,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let folder = options.goal.folder(&options)?;
    let (fetcher, gauge) = (options.goal.fetcher()?, Gauge::default());
    let Options { dataset, configuration, split, base_url, goal, .. } = options;
    let wanted = hub::Wanted { dataset, configuration, splits: split, base: base_url };
    let token = options.token.as_deref();
    let work = hub::bring(&fetcher, &wanted, token, options.most_bytes, &folder, &gauge);
    let files = goal.told.wait(work, || format!("{} bytes", gauge.read())).await?;
    let haul = Haul {
        kind: "hub",
        files: origins(&format!("hub:{}", wanted.dataset), &folder, &files),
        from: wanted.dataset,
        format: "hugging-face",
        rows: None,
        count: Some((files.len() as u64, "shards")),
    };
    goal.reached(&folder, haul).await
}
