//! `labelwright redundancy`: which items need one more answer.

use crate::{
    batch::{Interner, Judgments, Output, Vectors, crowd::Aggregator, vectors::written},
    environment::Failure,
};
use clap::Args;
use labelwright_learn::{
    classify::Space,
    redundancy::{self, Answers, OneCoin, Plan, Verdict},
    scale,
};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The answers have the columns task, worker, label; features are CSV, Parquet or .npy, and their ids are the \
    tasks.\nThe output has id, label, confidence, answers, decision in natural order of ids: ask (one more answer), done, \
    settle (as many answers as an item gets, and still in doubt), unpaid (the budget is spent). Run it after each round \
    of answers; when nothing is left to ask, the expected share of right labels has reached the target.\n\nExamples:\n  \
    labelwright redundancy --answers answers.csv --target .95 --output next.csv --json\n  \
    labelwright redundancy --answers answers.csv --features features.npy --target .99 --min 1 --max 7 --budget 500 \\\n      \
    --output next.csv"
)]
pub struct Options {
    /// CSV or Parquet with the columns task, worker, label.
    #[arg(long)]
    answers: PathBuf,
    /// Features of all items: a classifier learns from the answers while they come, and counts as one more opinion.
    #[arg(long)]
    features: Option<PathBuf>,
    /// Where to write id, label, confidence, answers, decision; - for standard output.
    #[arg(long)]
    output: PathBuf,
    /// Share of the items whose label shall be right.
    #[arg(long, default_value_t = 0.95)]
    target: f64,
    /// Greatest chance, as the answers tell, that fewer are right.
    #[arg(long, default_value_t = 0.05)]
    risk: f64,
    /// Answers that every item gets.
    #[arg(long, default_value_t = 1)]
    min: usize,
    /// Answers that no item gets more of.
    #[arg(long, default_value_t = 9)]
    max: usize,
    /// Answers that may still be asked for, over all items.
    #[arg(long)]
    budget: Option<usize>,
    /// none, standard, or auto (standard if the columns are of different units).
    #[arg(long, default_value = "auto")]
    scale: String,
    /// What is made of the answers: pooled (one skill a labeler, drawn towards the others), or a method of `labelwright
    /// aggregate --list`.
    #[arg(long, default_value = "pooled")]
    model: String,
    /// Print a summary as JSON, with the labelers' skills.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let scaling = scale::scaling(&options.scale)?;
    let settings = redundancy::Options {
        target: options.target,
        risk: options.risk,
        least: options.min,
        most: options.max,
        budget: options.budget,
    };
    // Options are checked before the work.
    redundancy::plan(&[], 1, &[], &settings)?;
    let judgments = Judgments::read(&options.answers, "label", &[])?;
    let vectors = options.features.as_deref().map(Vectors::read).transpose()?;
    let items: &Interner = vectors.as_ref().map_or(&judgments.tasks, |vectors| &vectors.ids);
    if items.is_empty() {
        return Err(format!("{}: there are no answers", options.answers.display()).into());
    }
    if judgments.labels.len() < 2 {
        return Err(format!(
            "{}: {} different labels; with fewer than two nothing can be in doubt",
            options.answers.display(),
            judgments.labels.len()
        )
        .into());
    }
    let mut rows = Vec::with_capacity(judgments.rows.len());
    for (task, worker, label) in &judgments.rows {
        let item = match &vectors {
            None => *task,
            Some(vectors) => vectors.ids.find_sorted(judgments.tasks.get(*task)).ok_or_else(|| {
                format!(
                    "{}: task {:?} is not among the features",
                    options.answers.display(),
                    judgments.tasks.text(*task)
                )
            })?,
        };
        rows.push((item, *worker, *label));
    }
    let answers = Answers::new(items.len(), judgments.workers.len(), judgments.labels.len(), rows)?;
    let space = vectors.as_ref().map(|vectors| Space::new(&vectors.matrix, scaling));
    let learner = space.as_ref().map(redundancy::learner);
    let judged = match options.model.as_str() {
        "pooled" => redundancy::judge(&answers, &OneCoin::default(), learner.as_ref())?,
        name => redundancy::judge(&answers, &Aggregator(name.to_owned()), learner.as_ref())?,
    };
    let counts = answers.counts();
    let plan = redundancy::plan(&judged.posteriors, answers.classes(), &counts, &settings)?;
    write(options, items, &judgments.labels, &judged.posteriors, &counts, &plan)?;
    let of = |verdict: Verdict| plan.verdicts.iter().filter(|own| **own == verdict).count();
    if options.json {
        let labelers: Vec<_> = judged
            .skills
            .iter()
            .enumerate()
            .map(|(worker, skill)| json!({"worker": judgments.workers.text(worker as u32), "skill": skill}))
            .collect();
        let summary = json!({"items": items.len(), "answers": answers.rows().len(), "expected": plan.expected,
            "target": options.target, "ask": plan.ask.len(), "done": of(Verdict::Done), "settle": of(Verdict::Settle),
            "unpaid": of(Verdict::Unpaid), "labelers": labelers, "classifier": options.features.is_some()});
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        eprintln!(
            "{:.2} % of {} items are expected to be right with {} answers; ask {} more, settle {}",
            plan.expected * 100.0,
            items.len(),
            answers.rows().len(),
            plan.ask.len(),
            of(Verdict::Settle)
        );
    }
    Ok(())
}

fn write(
    options: &Options,
    items: &Interner,
    labels: &Interner,
    posteriors: &[f64],
    counts: &[usize],
    plan: &Plan,
) -> Result<(), Failure> {
    let mut file = Output::create(&options.output)?;
    file.record(&[b"id", b"label", b"confidence", b"answers", b"decision"])?;
    let rows = posteriors.chunks_exact(labels.len().max(1)).zip(counts).zip(&plan.verdicts).enumerate();
    for (item, ((row, count), verdict)) in rows {
        let most = row.iter().copied().fold(0.0, f64::max);
        let label = row.iter().position(|value| *value == most).unwrap_or(0);
        let decision: &[u8] = match verdict {
            Verdict::Ask => b"ask",
            Verdict::Done => b"done",
            Verdict::Settle => b"settle",
            Verdict::Unpaid => b"unpaid",
        };
        let (confidence, count) = (written(most), count.to_string());
        file.record(&[
            items.get(item as u32),
            labels.get(label as u32),
            confidence.as_bytes(),
            count.as_bytes(),
            decision,
        ])?;
    }
    file.commit()
}
