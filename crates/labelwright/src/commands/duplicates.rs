//! `labelwright duplicates`: feature vectors that are nearly the same.

use crate::{
    batch::{Output, features::Features},
    environment::Failure,
};
use clap::Args;
use labelwright_quality::issues::neighbors::{Distance, duplicates};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The input is a table with id and number columns, a Parquet table with id and a list column vector, \
    or a .npy array (ids are then row numbers).\nRows no further than the threshold from each other are one group, and so \
    are chains of them. The distance is 1 - cosine with more than 3 columns, euclidean below.\nThe output has id, group, \
    nearest, distance in natural order of ids; a group is named after its first id.\n\nExample:\n  \
    labelwright duplicates --input features.parquet --threshold 0.01 --output duplicates.csv"
)]
pub struct Options {
    /// CSV, Parquet or .npy.
    #[arg(long)]
    input: PathBuf,
    /// Greatest distance of duplicates.
    #[arg(long)]
    threshold: f64,
    /// Where to write id, group, nearest, distance; - for standard output.
    #[arg(long)]
    output: PathBuf,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let features = Features::read(&options.input)?;
    let found = duplicates(&features.values, features.columns.max(1), options.threshold)?;
    let mut file = Output::create(&options.output)?;
    file.record(&[b"id", b"group", b"nearest", b"distance"])?;
    for (row, (group, nearest)) in found.groups.iter().zip(&found.nearest).enumerate() {
        let (other, distance) = match nearest {
            Some((other, distance)) => (features.ids.text(*other), distance.to_string()),
            None => Default::default(),
        };
        let ids = [features.ids.get(row as u32), features.ids.get(*group)];
        file.record(&[ids[0], ids[1], other.as_bytes(), distance.as_bytes()])?;
    }
    file.commit()?;
    let mut sizes = std::collections::BTreeMap::<u32, usize>::new();
    found.groups.iter().for_each(|group| *sizes.entry(*group).or_default() += 1);
    let groups = sizes.values().filter(|size| **size > 1).count();
    let rows: usize = sizes.values().filter(|size| **size > 1).sum();
    if options.json {
        let distance = if found.distance == Distance::Cosine { "cosine" } else { "euclidean" };
        let summary =
            json!({"rows": found.groups.len(), "groups": groups, "rows_in_groups": rows, "distance": distance});
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        eprintln!("{groups} groups of near-duplicates, {rows} rows in them");
    }
    Ok(())
}
