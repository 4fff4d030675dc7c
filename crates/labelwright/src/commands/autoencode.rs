//! `labelwright autoencode`: a few numbers that the rest comes back from, and what does not come back.

use crate::{
    batch::{Interner, Output, Vectors, pictures, vector_file, vectors::written},
    environment::Failure,
};
use clap::Args;
use labelwright_learn::{
    Matrix,
    autoencoder::{self, Shape},
    scale, tensors,
};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The input is a table with id and number columns, a Parquet table with id and a list column vector, a .npy \
    array (ids are then row numbers), or a folder of pictures (ids are then their paths; the network is convolutional and \
    sees them as squares of 32 pixels).\nThe output has id, f0, f1, ... (the latent numbers); the anomalies have id, error, \
    highest first: what comes back badly is unlike the rest. Training ends when the error of held-out rows no longer \
    falls.\n\nExamples:\n  \
    labelwright autoencode --input features.npy --latent 8 --output latent.csv --anomalies strange.csv\n  \
    labelwright autoencode --input pictures/ --latent 16 --output latent.csv --model model.safetensors --json"
)]
pub struct Options {
    /// CSV, Parquet, .npy, or a folder of pictures.
    #[arg(long)]
    input: PathBuf,
    /// How many latent numbers.
    #[arg(long)]
    latent: usize,
    /// Where to write the latent numbers; - for standard output.
    #[arg(long)]
    output: PathBuf,
    /// Where to write id, error.
    #[arg(long)]
    anomalies: Option<PathBuf>,
    /// Where to write the weights (.safetensors).
    #[arg(long)]
    model: Option<PathBuf>,
    /// Most passes over the rows.
    #[arg(long, default_value_t = 200)]
    epochs: usize,
    /// Seed of what is drawn at random.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print a summary as JSON, with the loss curve.
    #[arg(long)]
    json: bool,
}

/// Side of the squares that the convolutional network sees.
const SIDE: usize = 32;

pub fn run(options: &Options) -> Result<(), Failure> {
    let (ids, matrix, shape) = if options.input.is_dir() {
        let (mut ids, mut values) = (Interner::new(), Vec::new());
        for (name, path) in pictures::files(&options.input, pictures::PICTURES)? {
            let pixels = pictures::square(&path, SIDE)?.to_rgb8();
            ids.intern(name.as_bytes()).ok_or("more than 4,294,967,295 ids")?;
            values.extend(pixels.as_raw().iter().map(|value| f64::from(*value) / 255.0));
        }
        (ids, Matrix::new(values, SIDE * SIDE * 3)?, Shape::Pictures { side: SIDE, channels: 3 })
    } else {
        let vectors = Vectors::read(&options.input)?;
        (vectors.ids, scale::scaled(&vectors.matrix, scale::Scaling::Auto), Shape::Vectors)
    };
    let own = autoencoder::Options { latent: options.latent, seed: options.seed, epochs: options.epochs };
    let found = autoencoder::train(&matrix, shape, &own)?;
    vector_file::write(&options.output, &found.latent, |row| ids.get(row as u32))?;
    if let Some(path) = &options.anomalies {
        let mut order: Vec<(f64, usize)> = found.errors.iter().copied().zip(0..).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut file = Output::create(path)?;
        file.record(&[b"id", b"error"])?;
        for (error, row) in order {
            file.record(&[ids.get(row as u32), written(error).as_bytes()])?;
        }
        file.commit()?;
    }
    if let Some(path) = &options.model {
        let kind = if shape == Shape::Vectors { "dense" } else { "convolutional" };
        let metadata = [
            ("kind", kind.to_owned()),
            ("latent", options.latent.to_string()),
            ("columns", matrix.columns().to_string()),
        ];
        let mut file = Output::create(path)?;
        file.bytes(&tensors::write(&found.tensors, &metadata)?)?;
        file.commit()?;
    }
    let last = found.curve.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
    if options.json {
        let curve: Vec<_> = found.curve.iter().map(|(own, held)| json!({"training": own, "held_out": held})).collect();
        let summary = json!({"rows": matrix.rows(), "columns": matrix.columns(), "latent": options.latent,
            "epochs": found.curve.len(), "held_out_error": last, "curve": curve,
            "mean_error": found.errors.iter().sum::<f64>() / found.errors.len().max(1) as f64});
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        eprintln!("{} epochs; held-out error {last:.5}", found.curve.len());
    }
    Ok(())
}
