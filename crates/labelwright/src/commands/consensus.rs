//! `labelwright consensus`: labelers' answers and a model's probabilities together (CROWDLAB).

use crate::{
    batch::{
        Interner, Output, Table,
        probabilities::{Labels, Probabilities, Wanted},
    },
    environment::Failure,
};
use clap::Args;
use labelwright_quality::{crowdlab, issues::multi_annotator, votes::Votes};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The labels have the columns task, worker, label; the probabilities have task, p0, p1, ... (out of \
    sample). A label is the number of its column, or a name of --classes.\nThe output has task, label, quality, \
    agreement, judgments in natural order of tasks.\n\nExample:\n  \
    labelwright consensus --input judgments.csv --probabilities model.csv --output labels.csv --skills workers.csv"
)]
pub struct Options {
    /// CSV or Parquet with the columns task, worker, label.
    #[arg(long)]
    input: PathBuf,
    /// CSV or Parquet with the columns task, p0, p1, ...
    #[arg(long)]
    probabilities: PathBuf,
    /// Where to write task, label, quality, agreement, judgments; - for standard output.
    #[arg(long)]
    output: PathBuf,
    /// Where to write worker, quality, agreement, weight, judgments.
    #[arg(long)]
    skills: Option<PathBuf>,
    /// Where to write the answers that are probably wrong: task, worker, label, is_issue, score, suggested for each answer.
    #[arg(long)]
    answers: Option<PathBuf>,
    /// What p0, p1, ... stand for, with commas between; their numbers unless told.
    #[arg(long, value_delimiter = ',')]
    classes: Vec<String>,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let wanted = Wanted { id: "task", labels: Labels::None, group: None, classes: &options.classes };
    let table = Probabilities::read(&options.probabilities, wanted)?;
    let (mut workers, mut rows) = (Interner::new(), Vec::new());
    let (mut task_room, mut label_room, mut worker_room) = (Vec::new(), Vec::new(), Vec::new());
    Table::open(&options.input)?.read(&["task", "worker", "label"], |row| {
        let task = table.ids.find_sorted(row.required(0, &mut task_room)?);
        let task = task.ok_or_else(|| {
            row.wrong(0, &format!("{} has no probabilities for this task", options.probabilities.display()))
        })?;
        let class = table.classes.read(row.required(2, &mut label_room)?).map_err(|text| row.wrong(2, &text))?;
        let worker = workers.intern(row.required(1, &mut worker_room)?).ok_or("more than 4,294,967,295 workers")?;
        rows.push((task, worker, class));
        Ok(())
    })?;
    let new_of = workers.sort();
    for (_, worker, _) in &mut rows {
        *worker = new_of.get(*worker as usize).copied().unwrap_or(0);
    }
    let votes = Votes::new(table.ids.len(), workers.len(), table.classes.len(), &rows)?;
    let found = crowdlab::consensus(&votes, &table.values)?;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let mut file = Output::create(&options.output)?;
    file.record(&[b"task", b"label", b"quality", b"agreement", b"judgments"])?;
    for (task, (label, quality)) in found.labels.iter().zip(&found.quality).enumerate() {
        let agreement = number(found.agreement.get(task).copied().flatten());
        let (quality, count) = (quality.to_string(), votes.of_task(task).len().to_string());
        let label = table.classes.name(*label);
        file.record(&[table.ids.get(task as u32), label, quality.as_bytes(), agreement.as_bytes(), count.as_bytes()])?;
    }
    file.commit()?;
    if let Some(path) = &options.skills {
        let mut file = Output::create(path)?;
        file.record(&[b"worker", b"quality", b"agreement", b"weight", b"judgments"])?;
        for (worker, own) in found.annotators.iter().enumerate() {
            let numbers = [number(own.quality), number(own.agreement), own.weight.to_string(), own.answers.to_string()];
            let [a, b, c, d] = numbers.each_ref().map(String::as_bytes);
            file.record(&[workers.get(worker as u32), a, b, c, d])?;
        }
        file.commit()?;
    }
    if let Some(path) = &options.answers {
        let mut file = Output::create(path)?;
        file.record(&[b"task", b"worker", b"label", b"is_issue", b"score", b"suggested"])?;
        for one in multi_annotator::answers(&votes, &table.values)? {
            let (is_issue, score) = (one.is_issue.to_string(), one.score.to_string());
            let (given, suggested) = (table.classes.name(one.given), table.classes.name(one.suggested));
            let (task, worker) = (table.ids.get(one.task), workers.get(one.worker));
            file.record(&[task, worker, given, is_issue.as_bytes(), score.as_bytes(), suggested])?;
        }
        file.commit()?;
    }
    let alone = (0..votes.tasks()).filter(|task| votes.of_task(*task).is_empty()).count();
    if options.json {
        let summary = json!({
            "tasks": votes.tasks(),
            "workers": votes.workers(),
            "judgments": votes.len(),
            "repeats": votes.repeats(),
            "tasks_without_judgments": alone,
            "ties": found.ties,
            "model_weight": found.model_weight,
        });
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        eprintln!("{} tasks, {} judgments, {} majority ties", votes.tasks(), votes.len(), found.ties);
        if alone > 0 {
            eprintln!("{alone} tasks have no judgment: the model alone decided them");
        }
    }
    Ok(())
}
