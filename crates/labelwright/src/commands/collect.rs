//! `labelwright collect`: data from elsewhere into a folder that `import` and `convert` read.

mod apify;
mod bucket;
mod db;
mod hf;
mod http;
mod web;

use crate::environment::Failure;
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use labelwright_connect::{Fetcher, Guard, sources::Brought};
use labelwright_workflow::clock::Clock;
use serde_json::{Value, json};
use std::{path::Path, time::Duration};
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

/// What all sources have.
#[derive(Debug, Clone, Args)]
struct Network {
    /// Networks that are not public but may be fetched from all the same, with commas between them: 127.0.0.1
    #[arg(long, env = "LABELWRIGHT_ALLOW_NETWORKS")]
    allow_networks: Option<String>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

impl Network {
    fn fetcher(&self) -> Result<Fetcher, Failure> {
        let networks = self.allow_networks.iter().flat_map(|text| text.split(','));
        Ok(Fetcher::new(Guard::allowing(networks).map_err(|error| format!("--allow-networks: {error}"))?))
    }

    /// Tells how much there is.
    fn told(&self, count: u64, of: &str) -> Result<(), Failure> {
        if self.json {
            println!("{}", json!({ of: count }));
        } else {
            println!("{count} {of}");
        }
        Ok(())
    }

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

/// Writes down where files come from, in a file that imports do not see.
fn note(folder: &Path, source: &str, files: &[Brought]) -> Result<(), Failure> {
    let at = Clock::System.now().to_string();
    let files: Vec<Value> = files
        .iter()
        .map(|file| {
            json!({"file": file.path.strip_prefix(folder).unwrap_or(&file.path), "url": file.url, "final_url": file.final_url,
                "sha256": file.sha256, "bytes": file.bytes})
        })
        .collect();
    let path = folder.join(".provenance.json");
    let told = json!({"source": source, "fetched_at": at, "files": files});
    std::fs::write(&path, serde_json::to_string_pretty(&told)?)
        .map_err(|error| format!("{}: {error}", path.display()).into())
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
