//! `labelwright autolabel`: labels by machine, only where a confidence bound meets the target.

mod audit;

use crate::{
    batch::{Known, Output, Vectors, vectors::written},
    environment::Failure,
};
use clap::Args;
use labelwright_learn::{
    certify::{Guess, certify},
    classify::{self, Space},
    scale,
};
use serde_json::json;
use std::{collections::BTreeMap, path::PathBuf};

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Labels must be of a random sample of the rows: the certificate says what else it takes for granted.\nThe \
    output has id, label, confidence, decision in natural order of ids: auto is certified, human is not (the label is \
    then only a guess, or the label that was given).\n\nExample:\n  \
    labelwright autolabel --features f.npy --labels sample.csv --target .95 --risk .05 --output out.csv \\\n      \
    --certificate certificate.json --audit-next check.csv\n  \
    labelwright autolabel --features f.npy --labels sample.csv --audit checked.csv --output out.csv"
)]
pub struct Options {
    /// CSV, Parquet or .npy.
    #[arg(long)]
    features: PathBuf,
    /// CSV or Parquet with the columns id, label: a random sample.
    #[arg(long)]
    labels: PathBuf,
    /// Share of the machine's labels that must be right.
    #[arg(long, default_value_t = 0.95)]
    target: f64,
    /// Greatest chance that they are not.
    #[arg(long, default_value_t = 0.05)]
    risk: f64,
    /// Where to write id, label, confidence, decision; - for standard output.
    #[arg(long)]
    output: PathBuf,
    /// Where to write the certificate as JSON.
    #[arg(long)]
    certificate: Option<PathBuf>,
    /// A method of `labelwright propagate --list`.
    #[arg(long, default_value = "auto")]
    method: String,
    /// none, standard, or auto (standard if the columns are of different units).
    #[arg(long, default_value = "auto")]
    scale: String,
    /// Machine labels that people checked since: CSV or Parquet with the columns id, label (the right one), in the order of
    /// the checks. When they show that the target is missed, every machine label goes back to people.
    #[arg(long)]
    audit: Option<PathBuf>,
    /// Where to write the ids of machine labels to check next, drawn at random.
    #[arg(long)]
    audit_next: Option<PathBuf>,
    /// How many ids.
    #[arg(long, default_value_t = 20)]
    audit_count: usize,
    /// Seed of the draw.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print the certificate on standard output.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let method = classify::method(&options.method)?;
    let scaling = scale::scaling(&options.scale)?;
    // Target and risk are checked before the work.
    certify(&[], options.target, options.risk)?;
    let vectors = Vectors::read(&options.features)?;
    let known = Known::read(&options.labels, &vectors.ids)?;
    if known.labels.is_empty() {
        return Err(format!("{}: there are no labels to learn from", options.labels.display()).into());
    }
    let space = Space::new(&vectors.matrix, scaling);
    let found = classify::predict(&space, &known.labels, method)?;
    let classes = known.labels.classes.max(1);
    let most = |row: &[f64]| row.iter().copied().fold(0.0, f64::max);
    let mut guesses: Vec<Guess> =
        found.probabilities.chunks_exact(classes).map(|row| Guess { confidence: most(row), right: None }).collect();
    let mut labeled = vec![false; guesses.len()];
    // Without held-out guesses (one class only) the labels are no sample of anything.
    for row in &known.labels.rows {
        if let (Some(guess), Some(labeled)) = (guesses.get_mut(*row), labeled.get_mut(*row)) {
            (guess.confidence, guess.right) = (0.0, Some(false));
            *labeled = true;
        }
    }
    for ((row, label), held) in known.labels.iter().zip(found.held_out.chunks_exact(classes)) {
        if let Some(guess) = guesses.get_mut(row) {
            let best = most(held);
            let right = held.iter().position(|value| *value == best) == Some(label);
            *guess = Guess { confidence: best, right: Some(right) };
        }
    }
    let mut certificate = certify(&guesses, options.target, options.risk)?;
    if found.held_out.is_empty() {
        certificate.reason =
            format!("{}; nothing can be certified: everything stays with people", found.notes.join("; "));
    }
    let decided = known.decided(&found.probabilities);
    let is_automatic = |row: usize, confidence: f64| {
        certificate.cut.is_some_and(|cut| confidence >= cut) && labeled.get(row) == Some(&false)
    };
    let machine: BTreeMap<usize, Vec<u8>> = decided
        .iter()
        .enumerate()
        .filter(|(row, (_, confidence))| is_automatic(*row, *confidence))
        .map(|(row, (label, _))| (row, known.classes.get(*label).to_vec()))
        .collect();
    let verdict = match &options.audit {
        Some(path) => Some(audit::read(path, &vectors.ids, &machine, options.target, options.risk)?),
        None => None,
    };
    if let Some(path) = &options.audit_next {
        audit::draw(path, &vectors.ids, &machine, verdict.as_ref(), options.audit_count, options.seed)?;
    }
    if let Some(verdict) = &verdict {
        certificate.automatic =
            if verdict.pulled_back { 0 } else { certificate.automatic - verdict.labels.len() as u64 };
        certificate.human = (guesses.len() - known.labels.len()) as u64 - certificate.automatic;
    }
    let mut file = Output::create(&options.output)?;
    file.record(&[b"id", b"label", b"confidence", b"decision"])?;
    for (row, (label, confidence)) in decided.into_iter().enumerate() {
        let checked = verdict.as_ref().and_then(|verdict| verdict.labels.get(&row));
        let pulled_back = verdict.as_ref().is_some_and(|verdict| verdict.pulled_back);
        let automatic = machine.contains_key(&row) && checked.is_none() && !pulled_back;
        let decision: &[u8] = if automatic { b"auto" } else { b"human" };
        let confidence = written(if checked.is_some() { 1.0 } else { confidence });
        let label = checked.map_or_else(|| known.classes.get(label), Vec::as_slice);
        file.record(&[vectors.ids.get(row as u32), label, confidence.as_bytes(), decision])?;
    }
    file.commit()?;
    let mut document = serde_json::to_value(&certificate)?;
    document["rows"] = json!(guesses.len());
    document["labels"] = json!(known.labels.len());
    document["audit"] = serde_json::to_value(&verdict)?;
    document["model"] = json!({"method": method.id, "notes": found.notes});
    if let Some(path) = &options.certificate {
        let mut file = Output::create(path)?;
        file.bytes(serde_json::to_string_pretty(&document)?.as_bytes())?;
        file.bytes(b"\n")?;
        file.commit()?;
    }
    if options.json {
        println!("{}", serde_json::to_string(&document)?);
    } else {
        eprintln!("{} rows by machine, {} by people: {}", certificate.automatic, certificate.human, certificate.reason);
        if let Some(verdict) = &verdict {
            eprintln!("audit: {}", verdict.reason);
        }
    }
    Ok(())
}
