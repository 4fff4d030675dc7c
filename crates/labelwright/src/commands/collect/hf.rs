//! A dataset of the Hugging Face hub.

use super::{Network, address, note};
use crate::environment::Failure;
use clap::Args;
use labelwright_connect::sources::{Gauge, hub};
use std::path::PathBuf;
use url::Url;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The Parquet shards that the hub's viewer has made are taken: their footers name classes, so that the \
    folder comes into a project with its schema; splits are kept.\n\nExample:\n  \
    labelwright collect hf stanfordnlp/imdb --split train --output imdb\n  \
    labelwright convert --from hugging-face --to native imdb imdb.jsonl"
)]
pub struct Options {
    /// `owner/name`.
    dataset: String,
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// All configurations unless one is named.
    #[arg(long)]
    config: Option<String>,
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
    network: Network,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let (fetcher, gauge) = (options.network.fetcher()?, Gauge::default());
    let Options { dataset, config, split, base_url, .. } = options;
    let wanted = hub::Wanted { dataset, configuration: config, splits: split, base: base_url };
    let token = options.token.as_deref();
    let work = hub::bring(&fetcher, &wanted, token, options.most_bytes, &options.output, &gauge);
    let files = options.network.wait(work, || format!("{} bytes", gauge.read())).await?;
    note(&options.output, &format!("hub:{}", wanted.dataset), &files)?;
    options.network.told(files.len() as u64, "shards")
}
