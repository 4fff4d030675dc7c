//! Files behind addresses.

use super::{Network, address, note};
use crate::environment::Failure;
use clap::Args;
use labelwright_connect::sources::{Gauge, http};
use std::path::PathBuf;
use url::Url;

#[derive(Debug, Clone, Args)]
#[command(after_help = "A download that was cut off goes on where it was: run the same command again.\n\nExample:\n  \
    labelwright collect http https://example.org/reviews.parquet --output reviews\n  \
    labelwright import reviews --dataset Reviews --content text")]
pub struct Options {
    #[arg(required = true, value_name = "URL", value_parser = address)]
    urls: Vec<Url>,
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Sent as a bearer token, to the first host only.
    #[arg(long, env = "LABELWRIGHT_SOURCE_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Bytes of all files.
    #[arg(long, default_value_t = 64 << 30)]
    most_bytes: u64,
    #[command(flatten)]
    network: Network,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let (fetcher, gauge) = (options.network.fetcher()?, Gauge::default());
    let token = options.token.as_deref();
    let work = http::bring(&fetcher, &options.urls, token, options.most_bytes, &options.output, &gauge);
    let files = options.network.wait(work, || format!("{} bytes", gauge.read())).await?;
    note(&options.output, "http", &files)?;
    options.network.told(files.len() as u64, "files")
}
