//! Objects of buckets: Amazon S3 and what speaks like it, Google Cloud Storage, Azure Blob Storage.

use super::{
    address,
    goal::{Goal, Haul, origin},
};
use crate::environment::Failure;
use clap::Args;
use labelwright_connect::sources::{
    Gauge,
    bucket::{self, AzureKey, Bookmark, GOOGLE, Store, Wanted},
};
use std::path::PathBuf;
use url::Url;

/// What all stores have.
#[derive(Debug, Clone, Args)]
struct Objects {
    bucket: String,
    /// Only keys that begin with it, up to a whole part between slashes.
    #[arg(long, default_value = "")]
    prefix: String,
    /// Only keys that end with it (may be given several times).
    #[arg(long)]
    ending: Vec<String>,
    /// Objects at most.
    #[arg(long, default_value_t = 1_000_000)]
    most_objects: u64,
    /// Bytes of all objects.
    #[arg(long, default_value_t = 64 << 30)]
    most_bytes: u64,
    #[command(flatten)]
    goal: Goal,
}

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Objects that are there with their size are not fetched again: run the same command again to go on, or \
    to take what is new. Without keys only public buckets can be read.\n\nExample:\n  \
    labelwright collect s3 my-bucket --prefix photos/2026 --ending .jpg --output photos"
)]
pub struct S3Options {
    #[command(flatten)]
    objects: Objects,
    #[arg(long, env = "AWS_REGION", default_value = "us-east-1")]
    region: String,
    /// An S3-compatible store other than Amazon's.
    #[arg(long, value_parser = address)]
    endpoint: Option<Url>,
    #[arg(long, env = "AWS_ACCESS_KEY_ID", requires = "secret_key")]
    key_id: Option<String>,
    #[arg(long, env = "AWS_SECRET_ACCESS_KEY", hide_env_values = true, requires = "key_id")]
    secret_key: Option<String>,
}

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "HMAC keys are made under Settings, Interoperability of the storage's console. Without keys only public \
    buckets can be read. Run the same command again to go on, or to take what is new.\n\nExample:\n  \
    labelwright collect gcs my-bucket --prefix calls --ending .wav --output calls"
)]
pub struct GcsOptions {
    #[command(flatten)]
    objects: Objects,
    /// An address other than Google's own.
    #[arg(long, value_parser = address)]
    endpoint: Option<Url>,
    #[arg(long, env = "GCS_HMAC_ACCESS_ID", requires = "secret_key")]
    key_id: Option<String>,
    #[arg(long, env = "GCS_HMAC_SECRET", hide_env_values = true, requires = "key_id")]
    secret_key: Option<String>,
}

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "A shared access signature needs the permissions read and list. Without one, and without the account's \
    key, only public containers can be read. Run the same command again to go on, or to take what is new.\n\nExample:\n  \
    labelwright collect azure my-container --account mystorage --prefix scans --output scans"
)]
pub struct AzureOptions {
    #[command(flatten)]
    objects: Objects,
    /// The storage account.
    #[arg(long, env = "AZURE_STORAGE_ACCOUNT")]
    account: String,
    /// A shared access signature: sv=...&sig=...
    #[arg(long, env = "AZURE_STORAGE_SAS_TOKEN", hide_env_values = true, conflicts_with = "key")]
    sas: Option<String>,
    /// The account's key.
    #[arg(long, env = "AZURE_STORAGE_KEY", hide_env_values = true)]
    key: Option<String>,
    /// An address other than the account's own.
    #[arg(long, value_parser = address)]
    endpoint: Option<Url>,
}

pub async fn s3(options: S3Options) -> Result<(), Failure> {
    let folder = options.objects.goal.folder(&options)?;
    let keys = options.key_id.zip(options.secret_key);
    bring("s3", options.objects, Store::S3 { region: options.region, endpoint: options.endpoint, keys }, folder).await
}

pub async fn gcs(options: GcsOptions) -> Result<(), Failure> {
    let folder = options.objects.goal.folder(&options)?;
    let endpoint = match options.endpoint {
        Some(endpoint) => endpoint,
        None => address(GOOGLE)?,
    };
    let keys = options.key_id.zip(options.secret_key);
    bring("gcs", options.objects, Store::S3 { region: "auto".into(), endpoint: Some(endpoint), keys }, folder).await
}

pub async fn azure(options: AzureOptions) -> Result<(), Failure> {
    let folder = options.objects.goal.folder(&options)?;
    let key = options.sas.map(AzureKey::Signature).or(options.key.map(AzureKey::Shared));
    bring("azure", options.objects, Store::Azure { account: options.account, endpoint: options.endpoint, key }, folder)
        .await
}

async fn bring(kind: &'static str, objects: Objects, store: Store, folder: PathBuf) -> Result<(), Failure> {
    let (fetcher, gauge) = (objects.goal.fetcher()?, Gauge::default());
    let wanted = Wanted { store, bucket: objects.bucket, prefix: objects.prefix, endings: objects.ending };
    let most = (objects.most_objects, objects.most_bytes);
    let (mut bookmark, mut files, place) = (Bookmark::default(), Vec::new(), wanted.told());
    let with = |object: bucket::Object| {
        let mut own = origin(kind);
        own.insert("url".into(), format!("{place}/{}", object.key).into());
        files.push((object.name, own));
    };
    let work = bucket::bring(&fetcher, &wanted, most, &folder, &gauge, &mut bookmark, with);
    let brought = objects.goal.told.wait(work, || format!("{} bytes", gauge.read())).await?;
    if brought.is_cut {
        eprintln!("there is more: --most-objects or --most-bytes was reached");
    }
    let from = format!("{place}/{}", wanted.prefix);
    let haul = Haul { kind, from, files, format: "auto", rows: None, count: Some((brought.objects, "objects")) };
    objects.goal.reached(&folder, haul).await
}
