//! `labelwright outliers`: feature vectors that are unlike all others.

use crate::{
    batch::{Output, features::Features},
    environment::Failure,
};
use clap::Args;
use labelwright_quality::issues::neighbors::{Distance, outliers};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The input is a table with id and number columns, a Parquet table with id and a list column vector, \
    or a .npy array (ids are then row numbers).\nThe output has id, score, distance in natural order of ids. The score is \
    exp(-mean distance to the nearest others / its median); low is strange. The distance is 1 - cosine with more than 3 \
    columns, euclidean below.\n\nExample:\n  \
    labelwright outliers --input features.npy --neighbors 10 --output outliers.csv"
)]
pub struct Options {
    /// CSV, Parquet or .npy.
    #[arg(long)]
    input: PathBuf,
    /// How many nearest others count.
    #[arg(long, default_value_t = 10)]
    neighbors: usize,
    /// Where to write id, score, distance; - for standard output.
    #[arg(long)]
    output: PathBuf,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let features = Features::read(&options.input)?;
    let found = outliers(&features.values, features.columns.max(1), options.neighbors)?;
    let mut file = Output::create(&options.output)?;
    file.record(&[b"id", b"score", b"distance"])?;
    for (row, (score, distance)) in found.scores.iter().zip(&found.mean_distances).enumerate() {
        let id = features.ids.get(row as u32);
        file.record(&[id, score.to_string().as_bytes(), distance.to_string().as_bytes()])?;
    }
    file.commit()?;
    if found.neighbors < options.neighbors {
        eprintln!("only {} other rows: {} neighbours were looked at", found.neighbors, found.neighbors);
    }
    if options.json {
        let distance = if found.distance == Distance::Cosine { "cosine" } else { "euclidean" };
        let summary = json!({"rows": found.scores.len(), "columns": features.columns, "distance": distance,
            "neighbors": found.neighbors});
        println!("{}", serde_json::to_string(&summary)?);
    }
    Ok(())
}
