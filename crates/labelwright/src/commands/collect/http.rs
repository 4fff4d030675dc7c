//! Files behind addresses.

use super::{
    address,
    goal::{Goal, Haul, origins},
};
use crate::environment::Failure;
use clap::Args;
use labelwright_connect::sources::{Gauge, http};
use url::Url;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "A download that was cut off goes on where it was: run the same command again.\n\nExamples:\n  \
    labelwright collect http https://example.org/reviews.parquet --output reviews\n  \
    labelwright import reviews --dataset Reviews --content text\n  \
    labelwright collect http https://example.org/reviews.parquet --dataset Reviews --content text"
)]
pub struct Options {
    #[arg(required = true, value_name = "URL", value_parser = address)]
    urls: Vec<Url>,
    /// Sent as a bearer token, to the first host only.
    #[arg(long, env = "LABELWRIGHT_SOURCE_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Bytes of all files.
    #[arg(long, default_value_t = 64 << 30)]
    most_bytes: u64,
    #[command(flatten)]
    goal: Goal,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let folder = options.goal.folder(&options)?;
    let (fetcher, gauge) = (options.goal.fetcher()?, Gauge::default());
    let token = options.token.as_deref();
    let work = http::bring(&fetcher, &options.urls, token, options.most_bytes, &folder, &gauge);
    let files = options.goal.told.wait(work, || format!("{} bytes", gauge.read())).await?;
    let haul = Haul {
        kind: "http",
        from: options.urls.iter().map(Url::as_str).collect::<Vec<_>>().join(", "),
        files: origins("http", &folder, &files),
        format: "auto",
        rows: None,
        count: Some((files.len() as u64, "files")),
    };
    options.goal.reached(&folder, haul).await
}
