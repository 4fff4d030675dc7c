//! `labelwright backup`: everything as it is at one moment, in a folder, while people go on labeling.

use crate::environment::{DataOptions, Failure};
use clap::Args;
use indicatif::ProgressBar;
use labelwright_store::{Database, Store, backup, blobs::Blobs};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  labelwright backup /backups/monday\n  labelwright backup /backups/monday --database \
    postgres://labelwright@db/labelwright --s3-bucket labels\n\nThe folder holds one SQLite file, whichever database it \
    came from, the blobs that its rows name, and a manifest. It restores into either database."
)]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// A folder that is not there yet.
    folder: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What a backup holds, so that a restore can prove itself.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: String,
    pub program: String,
    /// SHA-256 of the database file.
    pub database_hash: String,
    /// Rows of each table.
    pub rows: BTreeMap<String, i64>,
    pub blobs: u64,
    pub blob_bytes: u64,
    /// Data that are not in the backup because they were left where they are.
    pub linked: u64,
}

pub const FORMAT: &str = "labelwright-backup-1";
pub const DATABASE: &str = "labelwright.sqlite";
pub const MANIFEST: &str = "manifest.json";

pub async fn run(options: Options) -> Result<(), Failure> {
    if options.folder.exists() {
        return Err(format!("{} is there already; a backup is never written over", options.folder.display()).into());
    }
    // Under its own name it appears only when it is complete.
    let partial = options.folder.with_extension("partial");
    if partial.exists() {
        std::fs::remove_dir_all(&partial).map_err(|error| at(&partial, &error))?;
    }
    std::fs::create_dir_all(&partial).map_err(|error| at(&partial, &error))?;
    let store = Store::open_as_is(&options.data.database()?).await?;
    let database = partial.join(DATABASE);
    backup::dump(&store, &database).await?;
    let copy = Store::open_as_is(&Database::Sqlite { path: database.clone() }).await?;
    let (rows, needed) = (backup::counts(&copy).await?, backup::blobs_needed(&copy).await?);
    let linked = backup::blobs_linked(&copy).await?;
    copy.close().await;
    let bar = if options.json { ProgressBar::hidden() } else { ProgressBar::new(needed.len() as u64) };
    let (from, to) = (options.data.blobs()?, Blobs::open(&folder(&partial))?);
    let (mut blobs, mut blob_bytes) = (0, 0);
    for hash in &needed {
        bar.inc(1);
        // What was linked stays where it is.
        if linked.contains(hash) && from.size_here(hash).await?.is_none() {
            continue;
        }
        blobs += 1;
        blob_bytes += from.copy_to(&to, hash).await.map_err(|error| format!("blob {hash}: {error}"))?;
    }
    bar.finish_and_clear();
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        database_hash: hash_of(&database)?,
        rows,
        blobs,
        blob_bytes,
        linked: needed.len() as u64 - blobs,
    };
    let text = serde_json::to_string_pretty(&manifest)?;
    std::fs::write(partial.join(MANIFEST), &text).map_err(|error| at(&partial, &error))?;
    std::fs::rename(&partial, &options.folder).map_err(|error| at(&options.folder, &error))?;
    if options.json {
        println!("{text}");
    } else {
        let rows: i64 = manifest.rows.values().sum();
        println!("{rows} rows and {} blobs ({blob_bytes} bytes) in {}", manifest.blobs, options.folder.display());
        if manifest.linked > 0 {
            println!("{} objects that items link to are not in it: they stay where they are", manifest.linked);
        }
    }
    Ok(())
}

/// The blobs of a backup.
pub fn folder(backup: &Path) -> labelwright_store::blobs::BlobConfiguration {
    labelwright_store::blobs::BlobConfiguration::Folder(backup.join("blobs"))
}

pub fn hash_of(path: &Path) -> Result<String, Failure> {
    labelwright_store::blobs::hash_file(path).map_err(|error| at(path, &error))
}

pub fn at(path: &Path, error: &std::io::Error) -> Failure {
    format!("{}: {error}", path.display()).into()
}
