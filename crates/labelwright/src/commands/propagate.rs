//! `labelwright propagate`: labels for every row from the labels of a few.

mod numbers;
mod sets;

use crate::{
    batch::{Known, Output, Vectors, vectors::written},
    environment::Failure,
};
use clap::{Args, ValueEnum};
use labelwright_learn::{
    classify::{self, METHODS, Space},
    scale,
};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Features are a table with id and number columns, a Parquet table with id and a list column vector, or a \
    .npy array (ids are then row numbers); labels are a table with id, label.\nThe output has id, label, confidence for \
    every id in natural order; a labeled id keeps its label with confidence 1. Held-out numbers are of labels that the \
    model did not see.\n\nExamples:\n  \
    labelwright propagate --features features.npy --labels labels.csv --output all.csv\n  \
    labelwright propagate --features f.csv --labels l.csv --method spreading --output - --probabilities p.csv --json\n  \
    labelwright propagate --features f.csv --labels sets.csv --kind set --method boosting --output tags.csv\n  \
    labelwright propagate --features f.csv --labels ratings.csv --kind number --output ratings-of-all.csv\n  \
    labelwright propagate --list"
)]
pub struct Options {
    /// Print the methods and stop.
    #[arg(long)]
    list: bool,
    /// CSV, Parquet or .npy.
    #[arg(long, required_unless_present = "list")]
    features: Option<PathBuf>,
    /// CSV or Parquet with the columns id, label.
    #[arg(long, required_unless_present = "list")]
    labels: Option<PathBuf>,
    /// Where to write id, label, confidence; - for standard output.
    #[arg(long, required_unless_present = "list")]
    output: Option<PathBuf>,
    /// A name from --list.
    #[arg(long, default_value = "auto")]
    method: String,
    /// What a label is: one class, a set of labels ("cat|dog"), or a number.
    #[arg(long, default_value = "class")]
    kind: Kind,
    /// What stands between the labels of a set.
    #[arg(long, default_value = "|")]
    separator: String,
    /// How often the interval of a number shall hold.
    #[arg(long, default_value_t = 0.9)]
    coverage: f64,
    /// Where to write id and the probability of every label (not of numbers).
    #[arg(long)]
    probabilities: Option<PathBuf>,
    /// none, standard, or auto (standard if the columns are of different units).
    #[arg(long, default_value = "auto")]
    scale: String,
    /// Print a summary as JSON: what was chosen, held-out accuracy and log loss.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Class,
    Set,
    Number,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    if options.list {
        METHODS.iter().for_each(|method| println!("{:14} {}", method.id, method.title));
        return Ok(());
    }
    let (Some(features), Some(labels), Some(output)) = (&options.features, &options.labels, &options.output) else {
        return Err("--features, --labels and --output are needed".into());
    };
    let method = classify::method(&options.method)?;
    let scaling = scale::scaling(&options.scale)?;
    let vectors = Vectors::read(features)?;
    let known = match options.kind {
        Kind::Class => Known::read(labels, &vectors.ids)?,
        Kind::Set | Kind::Number => Known::read_any(labels, &vectors.ids)?,
    };
    if known.labels.is_empty() {
        return Err(format!("{}: there are no labels to learn from", labels.display()).into());
    }
    let space = Space::new(&vectors.matrix, scaling);
    match options.kind {
        Kind::Class => {}
        Kind::Set => return sets::run(options, &vectors, &known, &space, method, output),
        Kind::Number if options.probabilities.is_some() => {
            return Err("--probabilities is for classes and sets: a number has an interval instead".into());
        }
        Kind::Number => return numbers::run(options, &vectors, &known, &space, output),
    }
    let found = classify::predict(&space, &known.labels, method)?;
    let mut file = Output::create(output)?;
    file.record(&[b"id", b"label", b"confidence"])?;
    for (row, (label, confidence)) in known.decided(&found.probabilities).into_iter().enumerate() {
        let confidence = written(confidence);
        file.record(&[vectors.ids.get(row as u32), known.classes.get(label), confidence.as_bytes()])?;
    }
    file.commit()?;
    let classes = known.labels.classes.max(1);
    if let Some(path) = &options.probabilities {
        let mut file = Output::create(path)?;
        let mut header: Vec<&[u8]> = vec![b"id"];
        header.extend((0..classes as u32).map(|class| known.classes.get(class)));
        file.record(&header)?;
        for (row, values) in found.probabilities.chunks_exact(classes).enumerate() {
            let values: Vec<String> = values.iter().map(|value| written(*value)).collect();
            let mut record: Vec<&[u8]> = vec![vectors.ids.get(row as u32)];
            record.extend(values.iter().map(String::as_bytes));
            file.record(&record)?;
        }
        file.commit()?;
    }
    let held_out = (!found.held_out.is_empty()).then(|| {
        (classify::accuracy(&found.held_out, &known.labels), classify::log_loss(&found.held_out, &known.labels))
    });
    if options.json {
        let summary = json!({"method": method.id, "rows": space.rows(), "labels": known.labels.len(), "classes": classes,
            "held_out_accuracy": held_out.map(|h| h.0), "held_out_log_loss": held_out.map(|h| h.1), "notes": found.notes});
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        found.notes.iter().for_each(|note| eprintln!("{note}"));
        if let Some((accuracy, _)) = held_out {
            eprintln!("{:.1} % of {} labels were guessed right from the others", accuracy * 100.0, known.labels.len());
        }
    }
    Ok(())
}
