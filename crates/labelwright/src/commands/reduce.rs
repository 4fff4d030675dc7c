//! `labelwright reduce`: fewer columns that keep what matters.

use crate::{
    batch::{Vectors, vector_file},
    environment::Failure,
};
use clap::Args;
use labelwright_learn::{
    Matrix, autoencoder,
    reduce::{pca, tsne, umap},
    scale,
};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The input is a table with id and number columns, a Parquet table with id and a list column vector, or a \
    .npy array (ids are then row numbers).\nThe output has id, f0, f1, ... in natural order of ids; with the ending \
    .parquet it has id and the list column vector.\n\nMethods: pca (exact; each axis' largest weight is positive), \
    autoencoder, umap, tsne.\n\nExamples:\n  \
    labelwright reduce --method pca --dims 2 --input features.npy --output map.csv --json\n  \
    labelwright reduce --method tsne --dims 2 --input features.csv --output map.csv --perplexity 30"
)]
pub struct Options {
    /// pca, autoencoder, umap or tsne.
    #[arg(long)]
    method: String,
    /// How many columns come out.
    #[arg(long, default_value_t = 2)]
    dims: usize,
    /// CSV, Parquet or .npy.
    #[arg(long)]
    input: PathBuf,
    /// Where to write the columns; - for standard output.
    #[arg(long)]
    output: PathBuf,
    /// none, standard, or auto (standard if the columns are of different units); pca leaves the columns as they are unless
    /// told.
    #[arg(long)]
    scale: Option<String>,
    /// How many neighbours count (tsne).
    #[arg(long, default_value_t = 30.0)]
    perplexity: f64,
    /// Seed of what is drawn at random.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    if !["pca", "autoencoder", "umap", "tsne"].contains(&options.method.as_str()) {
        return Err(format!("no method is named {:?}; there are pca, autoencoder, umap, tsne", options.method).into());
    }
    if options.dims == 0 {
        return Err("--dims is 0; it must be at least 1".into());
    }
    if !(options.perplexity >= 1.0 && options.perplexity.is_finite()) {
        return Err(format!("--perplexity is {}; it must be at least 1", options.perplexity).into());
    }
    let scaling = options.scale.as_deref().map(scale::scaling).transpose()?;
    let vectors = Vectors::read(&options.input)?;
    let scaled = |default: scale::Scaling| -> Matrix {
        match scaling.unwrap_or(default) {
            scale::Scaling::None if options.method != "autoencoder" => vectors.matrix.clone(),
            own => scale::scaled(&vectors.matrix, own),
        }
    };
    let mut details = json!({});
    let map = match options.method.as_str() {
        "pca" => {
            let matrix = scaled(scale::Scaling::None);
            let most = matrix.columns().min(matrix.rows());
            if options.dims > most {
                return Err(format!(
                    "--dims is {}; it must be at most {most} for pca, the rows or columns",
                    options.dims
                )
                .into());
            }
            let found = pca::fit(&matrix, options.dims, options.seed);
            details = json!({"variances": found.variances, "shares": found.shares});
            found.transform(&matrix)
        }
        "tsne" => tsne::tsne(&scaled(scale::Scaling::Auto), options.dims, options.perplexity)?,
        "umap" => umap::umap(&scaled(scale::Scaling::Auto), options.dims, options.seed)?,
        _ => {
            let own = autoencoder::Options { latent: options.dims, seed: options.seed, epochs: 200 };
            let found = autoencoder::train(&scaled(scale::Scaling::Auto), autoencoder::Shape::Vectors, &own)?;
            details = json!({"curve": found.curve});
            found.latent
        }
    };
    vector_file::write(&options.output, &map, |row| vectors.ids.get(row as u32))?;
    if options.json {
        let summary = json!({"method": options.method, "rows": map.rows(), "dims": map.columns(), "details": details});
        println!("{}", serde_json::to_string(&summary)?);
    }
    Ok(())
}
