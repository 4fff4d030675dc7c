//! Objects of an S3-compatible store.

use super::{Network, address};
use crate::environment::Failure;
use clap::Args;
use labelwright_connect::sources::{
    Gauge,
    s3::{self, Wanted},
};
use std::path::PathBuf;
use url::Url;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Objects that are there with their size are not fetched again: run the same command again to go on, or \
    to take what is new. Without keys only public buckets can be read.\n\nExample:\n  \
    labelwright collect s3 my-bucket --prefix photos/2026 --ending .jpg --output photos"
)]
pub struct Options {
    bucket: String,
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Only keys that begin with it, up to a whole part between slashes.
    #[arg(long, default_value = "")]
    prefix: String,
    /// Only keys that end with it (may be given several times).
    #[arg(long)]
    ending: Vec<String>,
    #[arg(long, env = "AWS_REGION", default_value = "us-east-1")]
    region: String,
    /// An S3-compatible store other than Amazon's.
    #[arg(long, value_parser = address)]
    endpoint: Option<Url>,
    #[arg(long, env = "AWS_ACCESS_KEY_ID", requires = "secret_key")]
    key_id: Option<String>,
    #[arg(long, env = "AWS_SECRET_ACCESS_KEY", hide_env_values = true, requires = "key_id")]
    secret_key: Option<String>,
    /// Objects at most.
    #[arg(long, default_value_t = 1_000_000)]
    most_objects: u64,
    /// Bytes of all objects.
    #[arg(long, default_value_t = 64 << 30)]
    most_bytes: u64,
    #[command(flatten)]
    network: Network,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let (fetcher, gauge) = (options.network.fetcher()?, Gauge::default());
    let wanted = Wanted {
        bucket: options.bucket,
        prefix: options.prefix,
        region: options.region,
        endpoint: options.endpoint,
        keys: options.key_id.zip(options.secret_key),
        endings: options.ending,
    };
    let most = (options.most_objects, options.most_bytes);
    let work = s3::bring(&fetcher, &wanted, most, &options.output, &gauge);
    let brought = options.network.wait(work, || format!("{} bytes", gauge.read())).await?;
    if brought.is_cut {
        eprintln!("there is more: --most-objects or --most-bytes was reached");
    }
    options.network.told(brought.objects, "objects")
}
