//! `labelwright select`: what to label next.

use crate::{
    batch::{Known, Output, Vectors},
    environment::Failure,
};
use clap::Args;
use labelwright_learn::{
    active::{self, STRATEGIES},
    scale,
};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Features are a table with id and number columns, a Parquet table with id and a list column vector, or a \
    .npy array (ids are then row numbers); labels are a table with id, label, and may have no rows yet.\nThe output has \
    the column id, most valuable first; with --why also the reason: control marks the random slice by which the gain is \
    measured honestly.\n\nExamples:\n  \
    labelwright select --features features.npy --labels labels.csv --count 10 --output next.csv\n  \
    labelwright select --features f.csv --labels l.csv --count 50 --strategy badge --seed 3 --output - --why\n  \
    labelwright select --list"
)]
pub struct Options {
    /// Print the strategies and stop.
    #[arg(long)]
    list: bool,
    /// CSV, Parquet or .npy.
    #[arg(long, required_unless_present = "list")]
    features: Option<PathBuf>,
    /// CSV or Parquet with the columns id, label; without it nothing is labeled yet.
    #[arg(long)]
    labels: Option<PathBuf>,
    /// How many ids.
    #[arg(long, required_unless_present = "list")]
    count: Option<usize>,
    /// Where to write id; - for standard output.
    #[arg(long, required_unless_present = "list")]
    output: Option<PathBuf>,
    /// A name from --list.
    #[arg(long, default_value = "auto")]
    strategy: String,
    /// Seed of what is drawn at random.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// none, standard, or auto (standard if the columns are of different units).
    #[arg(long, default_value = "auto")]
    scale: String,
    /// Add a column that says whether the id was chosen or is of the random control slice.
    #[arg(long)]
    why: bool,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    if options.list {
        STRATEGIES.iter().for_each(|strategy| println!("{:16} {}", strategy.id, strategy.title));
        return Ok(());
    }
    let (Some(features), Some(count), Some(output)) = (&options.features, options.count, &options.output) else {
        return Err("--features, --count and --output are needed".into());
    };
    let strategy = active::strategy(&options.strategy)?;
    let scaling = scale::scaling(&options.scale)?;
    if count == 0 {
        return Err("--count is 0; it must be at least 1".into());
    }
    let vectors = Vectors::read(features)?;
    let labels = match &options.labels {
        Some(path) => Known::read(path, &vectors.ids)?.labels,
        None => active::no_labels(),
    };
    let found = active::select(&vectors.matrix, &labels, scaling, count, strategy, options.seed)?;
    let mut file = Output::create(output)?;
    let header: [&[u8]; 2] = [b"id", b"why"];
    let width = if options.why { 2 } else { 1 };
    file.record(header.get(..width).unwrap_or_default())?;
    for pick in &found.picks {
        let why: &[u8] = if pick.control { b"control" } else { strategy.id.as_bytes() };
        let fields = [vectors.ids.get(pick.row as u32), why];
        file.record(fields.get(..width).unwrap_or_default())?;
    }
    file.commit()?;
    if found.picks.len() < count {
        eprintln!("only {} rows have no label yet", found.picks.len());
    }
    if options.json {
        let control: Vec<String> =
            found.picks.iter().filter(|pick| pick.control).map(|pick| vectors.ids.text(pick.row as u32)).collect();
        let summary = json!({"strategy": strategy.id, "rows": vectors.matrix.rows(), "labels": labels.len(),
            "chosen": found.picks.len(), "control": control, "seed": options.seed, "notes": found.notes});
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        found.notes.iter().for_each(|note| eprintln!("{note}"));
    }
    Ok(())
}
