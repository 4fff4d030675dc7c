//! `labelwright collect`: data from elsewhere into a folder that `import` and `convert` read, or into a dataset.

mod apify;
mod bucket;
mod db;
mod goal;
mod hf;
mod http;
mod web;

use crate::environment::Failure;
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use std::time::Duration;
use url::Url;

#[derive(Debug, Clone, Args)]
pub struct Options {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Clone, Subcommand)]
enum Source {
    /// Pages, pictures and records of web sites, as slowly as each site asks for
    Web(web::Options),
    /// Files behind addresses: tables, archives, shards
    Http(http::Options),
    /// A dataset of the Hugging Face hub
    Hf(hf::Options),
    /// Objects of an S3-compatible store
    S3(bucket::S3Options),
    /// Objects of Google Cloud Storage
    Gcs(bucket::GcsOptions),
    /// Blobs of an Azure container
    Azure(bucket::AzureOptions),
    /// Rows of a PostgreSQL or SQLite database
    Db(db::Options),
    /// A dataset of Apify, or the run of an actor that makes one
    Apify(apify::Options),
}

/// How it is told of.
#[derive(Debug, Clone, Args)]
struct Told {
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

impl Told {
    /// Waits for the work with a line that tells how far it is. Whoever stops it with Ctrl-C can go on later.
    async fn wait<T, E: Into<Failure>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
        told: impl Fn() -> String,
    ) -> Result<T, Failure> {
        let bar = if self.json { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        tokio::pin!(work);
        loop {
            tokio::select! {
                outcome = &mut work => {
                    bar.finish_and_clear();
                    return outcome.map_err(Into::into);
                }
                () = tokio::time::sleep(Duration::from_millis(200)) => {
                    bar.set_message(told());
                    bar.tick();
                }
            }
        }
    }
}

fn address(text: &str) -> Result<Url, String> {
    Url::parse(text).ok().filter(Url::has_host).ok_or_else(|| format!("{text:?} is no address"))
}

pub async fn run(options: Options) -> Result<(), Failure> {
    match options.source {
        Source::Web(options) => web::run(options).await,
        Source::Http(options) => http::run(options).await,
        Source::Hf(options) => hf::run(options).await,
        Source::S3(options) => bucket::s3(options).await,
        Source::Gcs(options) => bucket::gcs(options).await,
        Source::Azure(options) => bucket::azure(options).await,
        Source::Db(options) => db::run(options).await,
        Source::Apify(options) => apify::run(options).await,
    }
}
