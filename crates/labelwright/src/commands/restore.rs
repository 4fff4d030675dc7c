//! `labelwright restore`: fills an empty place from a backup, and proves that it is the same.

use super::{
    backup::{DATABASE, FORMAT, MANIFEST, Manifest, at, folder, hash_of},
    doctor,
};
use crate::environment::{DataOptions, Failure};
use clap::Args;
use indicatif::ProgressBar;
use labelwright_store::{Database, Store, backup, blobs::Blobs};
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  labelwright restore /backups/monday --data /srv/labelwright\n  labelwright restore \
    /backups/monday --database postgres://labelwright@db/labelwright\n\nA backup of SQLite restores into PostgreSQL and \
    the other way round: this is how a project moves. Everything is compared with the backup's manifest, then the \
    checks of `labelwright doctor` run."
)]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// The folder that `labelwright backup` wrote.
    folder: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let manifest_file = options.folder.join(MANIFEST);
    let text = std::fs::read_to_string(&manifest_file).map_err(|error| at(&manifest_file, &error))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| format!("{MANIFEST}: {error}"))?;
    if manifest.format != FORMAT {
        return Err(format!("{MANIFEST}: the format is {}, this program reads {FORMAT}", manifest.format).into());
    }
    let source = options.folder.join(DATABASE);
    if hash_of(&source)? != manifest.database_hash {
        return Err(format!("{}: the file is not the one that the manifest names", source.display()).into());
    }
    // Read from a copy: the backup itself stays as it is, also when its tables have to be brought up to date.
    let work = tempfile::tempdir().map_err(|error| at(&std::env::temp_dir(), &error))?;
    let copied = work.path().join(DATABASE);
    std::fs::copy(&source, &copied).map_err(|error| at(&copied, &error))?;
    let from = Store::open(&Database::Sqlite { path: copied }).await?;
    let target = Store::open(&options.data.database()?).await?;
    backup::load(&from, &target).await?;
    blobs(&options, &from, &manifest).await?;
    let found = backup::counts(&target).await?;
    for (table, rows) in &manifest.rows {
        let there = found.get(table).copied().unwrap_or(0);
        if there != *rows {
            return Err(format!("table {table} has {there} rows, the backup has {rows}").into());
        }
    }
    if !options.json {
        let rows: i64 = manifest.rows.values().sum();
        println!("{rows} rows and {} blobs are restored", manifest.blobs);
    }
    doctor::examine(&options.data.open().await?, options.json).await
}

/// Reading a blob checks its hash.
async fn blobs(options: &Options, from: &Store, manifest: &Manifest) -> Result<(), Failure> {
    let (source, target) = (Blobs::open(&folder(&options.folder))?, options.data.blobs()?);
    let (needed, linked) = (backup::blobs_needed(from).await?, backup::blobs_linked(from).await?);
    if needed.len() as u64 != manifest.blobs + manifest.linked {
        let (named, told) = (needed.len(), manifest.blobs + manifest.linked);
        return Err(format!("the rows name {named} blobs, the manifest {told}").into());
    }
    let bar = if options.json { ProgressBar::hidden() } else { ProgressBar::new(needed.len() as u64) };
    for hash in &needed {
        bar.inc(1);
        if linked.contains(hash) && source.size_here(hash).await?.is_none() {
            continue;
        }
        source.copy_to(&target, hash).await.map_err(|error| format!("blob {hash}: {error}"))?;
    }
    bar.finish_and_clear();
    Ok(())
}
