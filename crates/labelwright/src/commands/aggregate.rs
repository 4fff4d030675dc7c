//! `labelwright aggregate`: one label a task out of many judgments.

mod report;
mod streamed;

use crate::{
    batch::{Interner, Judgments, Output, Repeats, Table},
    environment::Failure,
};
use clap::{Args, ValueEnum};
use labelwright_quality::aggregation::{self, Aggregation, ClassPrior, METHODS, Ties, Votes, multi_label};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The input has the columns task, worker, label; the output has task, label in natural order of tasks \
    (t2 before t10).\nThe order of rows changes nothing.\n\nExamples:\n  \
    labelwright aggregate --method majority-vote --input judgments.csv --output labels.csv\n  \
    labelwright aggregate --method dawid-skene --input judgments.parquet --output labels.csv \\\n      \
    --probabilities p.csv --skills skills.json --gold gold.csv\n  \
    labelwright aggregate --method multi-label --base dawid-skene --input sets.csv --output - \
    # labels like \"cat|dog\"\n  \
    labelwright aggregate --list"
)]
pub struct Options {
    /// Print the methods with their papers and stop.
    #[arg(long)]
    list: bool,
    /// A name from --list.
    #[arg(long, required_unless_present = "list")]
    method: Option<String>,
    /// CSV or Parquet with the columns task, worker, label.
    #[arg(long, required_unless_present = "list")]
    input: Option<PathBuf>,
    /// Where to write task, label; - for standard output.
    #[arg(long, required_unless_present = "list")]
    output: Option<PathBuf>,
    /// Where to write task, label, probability: every label of every task.
    #[arg(long)]
    probabilities: Option<PathBuf>,
    /// Where to write labeler skills as JSON, with confusion matrices where the method has them.
    #[arg(long)]
    skills: Option<PathBuf>,
    /// Where to write task, difficulty, for methods that have it.
    #[arg(long)]
    difficulty: Option<PathBuf>,
    /// Known answers: CSV or Parquet with the columns task, label.
    #[arg(long)]
    gold: Option<PathBuf>,
    /// How much each worker counts in majority-vote: CSV or Parquet with the columns worker, weight.
    #[arg(long)]
    weights: Option<PathBuf>,
    /// Seed of what is drawn at random.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Who wins among labels with the same score: the first in natural order, the most frequent, or a random one.
    #[arg(long, default_value = "first")]
    ties: TiesChoice,
    /// What to do with a second judgment of a worker on a task.
    #[arg(long, default_value = "count")]
    repeats: Repeats,
    /// Most steps.
    #[arg(long)]
    iterations: Option<usize>,
    /// Stop when no parameter changes by more in a step.
    #[arg(long, default_value_t = 1e-8)]
    tolerance: f64,
    /// Pseudo-count of each confusion cell (dawid-skene).
    #[arg(long, default_value_t = 0.0)]
    smoothing: f64,
    /// Take all labels to be equally likely beforehand (dawid-skene, one-coin).
    #[arg(long)]
    even_prior: bool,
    /// Step by step, without extrapolation (dawid-skene, one-coin).
    #[arg(long)]
    plain_steps: bool,
    /// Maximum likelihood instead of variational Bayes (mace).
    #[arg(long)]
    maximum_likelihood: bool,
    /// Random starts (mace).
    #[arg(long, default_value_t = 10)]
    restarts: usize,
    /// Let skills fall below chance (one-coin).
    #[arg(long)]
    adversaries: bool,
    /// The method for each label of multi-label.
    #[arg(long, default_value = "majority-vote")]
    base: String,
    /// What stands between the labels of a set (multi-label).
    #[arg(long, default_value = "|")]
    separator: String,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TiesChoice {
    First,
    Frequent,
    Random,
}

const MULTI_LABEL: &str = "multi-label";

pub fn run(options: &Options) -> Result<(), Failure> {
    if options.list {
        return report::list(options.json);
    }
    let (Some(method), Some(input), Some(output)) = (&options.method, &options.input, &options.output) else {
        return Err("--method, --input and --output are needed".into());
    };
    if method != MULTI_LABEL && aggregation::method(method).is_err() {
        let names = METHODS.iter().map(|method| method.id).chain([MULTI_LABEL]).collect::<Vec<_>>().join(", ");
        return Err(format!("no method is named {method:?}; there are {names}").into());
    }
    if streamed::fits(options) && streamed::run(options, input, output)? {
        return Ok(());
    }
    let gold = options.gold.as_deref().map(read_gold).transpose()?.unwrap_or_default();
    let gold_labels: Vec<Vec<u8>> = gold.iter().map(|(_, label)| label.clone()).collect();
    let mut judgments = Judgments::read(input, "label", &gold_labels)?;
    let gold = resolve_gold(&gold, &judgments);
    let settings = settings(options, gold, &judgments.workers)?;
    if method == MULTI_LABEL {
        return sets(options, &mut judgments, &settings, output);
    }
    let votes = judgments.votes(input, options.repeats)?;
    let found = aggregation::aggregate(method, &votes, &settings)?;
    if !found.converged && found.iterations > 0 {
        eprintln!("{method} has not converged after {} steps; raise --iterations", found.iterations);
    }
    write_labels(output, &judgments, &found)?;
    if let Some(path) = &options.probabilities {
        write_probabilities(path, &judgments, &found.probabilities)?;
    }
    if let Some(path) = &options.skills {
        report::skills(path, method, &judgments, &votes, &found)?;
    }
    if let Some(path) = &options.difficulty {
        let difficulty = found.difficulty.as_ref().ok_or_else(|| format!("{method} has no difficulty of tasks"))?;
        let mut file = Output::create(path)?;
        file.record(&[b"task", b"difficulty"])?;
        for (task, value) in difficulty.iter().enumerate() {
            file.record(&[judgments.tasks.get(task as u32), value.to_string().as_bytes()])?;
        }
        file.commit()?;
    }
    report::summary(options.json, method, &judgments, &votes, &found)
}

fn settings(options: &Options, gold: Vec<(u32, u32)>, workers: &Interner) -> Result<aggregation::Options, Failure> {
    Ok(aggregation::Options {
        seed: options.seed,
        ties: match options.ties {
            TiesChoice::First => Ties::First,
            TiesChoice::Frequent => Ties::Frequent,
            TiesChoice::Random => Ties::Random,
        },
        iterations: options.iterations,
        tolerance: options.tolerance,
        gold,
        prior: if options.even_prior { ClassPrior::Even } else { ClassPrior::Estimated },
        smoothing: options.smoothing,
        accelerate: !options.plain_steps,
        weights: options.weights.as_deref().map(|path| read_weights(path, workers)).transpose()?,
        restarts: options.restarts,
        variational: !options.maximum_likelihood,
        adversaries: options.adversaries,
        labels_only: options.probabilities.is_none(),
    })
}

type Gold = Vec<(Vec<u8>, Vec<u8>)>;

fn read_gold(path: &Path) -> Result<Gold, Failure> {
    let (mut task, mut label, mut gold) = (Vec::new(), Vec::new(), Vec::new());
    Table::open(path)?.read(&["task", "label"], |row| {
        gold.push((row.required(0, &mut task)?.to_vec(), row.required(1, &mut label)?.to_vec()));
        Ok(())
    })?;
    gold.sort();
    gold.dedup();
    match gold.windows(2).find(|pair| matches!(pair, [one, other] if one.0 == other.0)) {
        Some([(task, _), _]) => {
            let task = String::from_utf8_lossy(task);
            Err(format!("{}: two different labels for task {task:?}", path.display()).into())
        }
        _ => Ok(gold),
    }
}

fn resolve_gold(gold: &Gold, judgments: &Judgments) -> Vec<(u32, u32)> {
    let known: Vec<(u32, u32)> = gold
        .iter()
        .filter_map(|(task, label)| Some((judgments.tasks.find_sorted(task)?, judgments.labels.find_sorted(label)?)))
        .collect();
    if known.len() < gold.len() {
        eprintln!("{} of {} gold tasks have no judgment and are left out", gold.len() - known.len(), gold.len());
    }
    known
}

fn read_weights(path: &Path, workers: &Interner) -> Result<Vec<f64>, Failure> {
    let (mut weights, mut room) = (vec![1.0; workers.len()], Vec::new());
    let mut strangers = 0;
    Table::open(path)?.read(&["worker", "weight"], |row| {
        let value = row.required_number(1)?;
        if value < 0.0 {
            return Err(row.wrong(1, "a weight is not below 0"));
        }
        let worker = workers.find_sorted(row.required(0, &mut room)?);
        match worker.and_then(|worker| weights.get_mut(worker as usize)) {
            Some(weight) => *weight = value,
            None => strangers += 1,
        }
        Ok(())
    })?;
    if strangers > 0 {
        eprintln!("{}: {strangers} workers judged nothing and are left out", path.display());
    }
    Ok(weights)
}

fn write_labels(path: &Path, judgments: &Judgments, found: &Aggregation) -> Result<(), Failure> {
    let mut file = Output::create(path)?;
    file.record(&[b"task", b"label"])?;
    for (task, label) in found.labels.iter().enumerate() {
        file.record(&[judgments.tasks.get(task as u32), judgments.labels.get(*label)])?;
    }
    file.commit()
}

fn write_probabilities(path: &Path, judgments: &Judgments, table: &[f64]) -> Result<(), Failure> {
    let mut file = Output::create(path)?;
    file.record(&[b"task", b"label", b"probability"])?;
    for (task, row) in table.chunks_exact(judgments.labels.len().max(1)).enumerate() {
        for (label, value) in row.iter().enumerate() {
            let label = judgments.labels.get(label as u32);
            file.record(&[judgments.tasks.get(task as u32), label, value.to_string().as_bytes()])?;
        }
    }
    file.commit()
}

/// Labels that are sets: "cat|dog"; an empty text in quotes is the empty set.
fn sets(
    options: &Options,
    judgments: &mut Judgments,
    settings: &aggregation::Options,
    output: &Path,
) -> Result<(), Failure> {
    let mut atoms = Interner::new();
    let texts: Vec<String> = (0..judgments.labels.len() as u32).map(|label| judgments.labels.text(label)).collect();
    let split = |text: &str| -> Vec<String> {
        text.split(&options.separator).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    for part in texts.iter().flat_map(|text| split(text)) {
        atoms.intern(part.as_bytes());
    }
    atoms.sort();
    let members: Vec<Vec<u32>> = texts
        .iter()
        .map(|text| split(text).iter().filter_map(|part| atoms.find_sorted(part.as_bytes())).collect())
        .collect();
    let size = (judgments.tasks.len(), judgments.workers.len(), atoms.len());
    let found = multi_label::multi_label(&options.base, size, &judgments.rows, &members, settings)?;
    let votes: Votes = judgments.votes(options.input.as_deref().unwrap_or(Path::new("")), options.repeats)?;
    judgments.labels = atoms;
    let mut file = Output::create(output)?;
    file.record(&[b"task", b"label"])?;
    for (task, set) in found.sets.iter().enumerate() {
        let names: Vec<String> = set.iter().map(|label| judgments.labels.text(*label)).collect();
        file.record(&[judgments.tasks.get(task as u32), names.join(&options.separator).as_bytes()])?;
    }
    file.commit()?;
    if let Some(path) = &options.probabilities {
        write_probabilities(path, judgments, &found.probabilities)?;
    }
    if let Some(path) = &options.skills {
        report::set_skills(path, &options.base, judgments, &found)?;
    }
    let shown = Aggregation {
        ties: found.ties,
        converged: found.by_label.iter().all(|own| own.converged),
        iterations: found.by_label.iter().map(|own| own.iterations).max().unwrap_or(0),
        ..Aggregation::default()
    };
    report::summary(options.json, MULTI_LABEL, judgments, &votes, &shown)
}
