//! `labelwright select`: what to label next.

use crate::{
    batch::{Known, Output, Table, Vectors},
    environment::Failure,
};
use clap::Args;
use labelwright_learn::{
    active::{self, Request, STRATEGIES, stopping},
    classify::{Space, auto},
    scale,
};
use serde_json::json;
use std::path::{Path, PathBuf};

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
    /// What each label costs: CSV or Parquet with the columns id, cost, for every id.
    #[arg(long)]
    costs: Option<PathBuf>,
    /// Say whether more labels are worth it, when this share of the whole set shall be right.
    #[arg(long)]
    advise: Option<f64>,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

/// Advice refits the model five times: not on more rows than this.
const ADVICE_ROWS: usize = 50_000;

fn read_costs(path: &Path, vectors: &Vectors) -> Result<Vec<f64>, Failure> {
    let (mut costs, mut room) = (vec![0.0; vectors.matrix.rows()], Vec::new());
    Table::open(path)?.read(&["id", "cost"], |row| {
        let cost = row.required_number(1)?;
        if cost <= 0.0 {
            return Err(row.wrong(1, "a cost is above 0"));
        }
        let id = row.required(0, &mut room)?;
        let wrong = |what: &str| row.wrong(0, &format!("{:?} {what}", String::from_utf8_lossy(id)));
        let place = vectors.ids.find_sorted(id).and_then(|place| costs.get_mut(place as usize));
        let place = place.ok_or_else(|| wrong("is not among the features"))?;
        if *place != 0.0 {
            return Err(wrong("has a cost already"));
        }
        *place = cost;
        Ok(())
    })?;
    match costs.iter().position(|cost| *cost == 0.0) {
        Some(row) => Err(format!("{}: id {:?} has no cost", path.display(), vectors.ids.text(row as u32)).into()),
        None => Ok(costs),
    }
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
    let costs = options.costs.as_deref().map(|path| read_costs(path, &vectors)).transpose()?;
    let request = Request { count, strategy, scaling, seed: options.seed, costs: costs.as_deref() };
    let found = active::select_for(&vectors.matrix, &labels, &request)?;
    let advice = match options.advise {
        None => None,
        Some(target) if !(target > 0.0 && target < 1.0) => {
            return Err(format!("--advise is {target}; it must be between 0 and 1, both excluded").into());
        }
        Some(_) if vectors.matrix.rows() > ADVICE_ROWS => {
            return Err(format!("--advise refits the model and takes at most {ADVICE_ROWS} rows; draw a sample").into());
        }
        Some(target) => {
            let space = Space::new(&vectors.matrix, scaling);
            let known = labels.counts().iter().filter(|count| **count > 0.0).count() >= 2;
            let mixture = known.then(|| auto::mixture(&space, &labels));
            stopping::advise(&space, &labels, mixture.as_ref(), target)
        }
    };
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
            "chosen": found.picks.len(), "control": control, "seed": options.seed, "notes": found.notes, "advice": advice});
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        if options.advise.is_some() {
            eprintln!(
                "{}",
                advice.map_or_else(|| "fewer than two classes are labeled: go on".into(), |advice| advice.reason)
            );
        }
        found.notes.iter().for_each(|note| eprintln!("{note}"));
    }
    Ok(())
}
