//! `labelwright pairwise`: scores of items out of comparisons of two.

use crate::{
    batch::{Interner, Output, Table},
    environment::Failure,
};
use clap::Args;
use labelwright_quality::pairwise::{self, Comparison, METHODS, Outcome, Ranking};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Args)]
#[command(after_help = "The input has the columns worker, left, right, label; label names the winner, or is \"tie\" \
    (another word with --tie).\nThe output has item, score in natural order of items; scores are strengths that sum to \
    1, and with --details log strengths, their standard errors and 95 % intervals.\n\nExamples:\n  \
    labelwright pairwise --method bradley-terry --input comparisons.csv --output scores.csv --details\n  \
    labelwright pairwise --method crowd-bt --input comparisons.parquet --output - --skills workers.csv\n  \
    labelwright pairwise --list")]
pub struct Options {
    /// Print the methods with their papers and stop.
    #[arg(long)]
    list: bool,
    /// A name from --list.
    #[arg(long, required_unless_present = "list")]
    method: Option<String>,
    /// CSV or Parquet with the columns worker, left, right, label.
    #[arg(long, required_unless_present = "list")]
    input: Option<PathBuf>,
    /// Where to write item, score; - for standard output.
    #[arg(long, required_unless_present = "list")]
    output: Option<PathBuf>,
    /// Where to write worker, skill, for methods that have it.
    #[arg(long)]
    skills: Option<PathBuf>,
    /// The label of a tie.
    #[arg(long, default_value = "tie")]
    tie: String,
    /// Add the columns log_strength, standard_error, low, high.
    #[arg(long)]
    details: bool,
    /// Precision of a normal prior on log strengths; 0 for maximum likelihood where it exists.
    #[arg(long, default_value_t = 0.0)]
    prior: f64,
    /// Most steps.
    #[arg(long, default_value_t = 1000)]
    iterations: usize,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    if options.list {
        for method in METHODS {
            let ties = if method.ties { " (with ties)" } else { "" };
            println!("{:20} {}{ties}\n{:20} {}", method.id, method.title, "", method.paper);
        }
        return Ok(());
    }
    let (Some(method), Some(input), Some(output)) = (&options.method, &options.input, &options.output) else {
        return Err("--method, --input and --output are needed".into());
    };
    if pairwise::method(method).is_err() {
        let names = METHODS.iter().map(|method| method.id).collect::<Vec<_>>().join(", ");
        return Err(format!("no method is named {method:?}; there are {names}").into());
    }
    let (items, workers, comparisons) = read(input, options.tie.as_bytes())?;
    let settings =
        pairwise::Options { prior: options.prior, iterations: options.iterations, ..pairwise::Options::default() };
    let found = pairwise::rank(method, items.len(), workers.len(), &comparisons, &settings)?;
    write(options, output, &items, &found)?;
    if let Some(path) = &options.skills {
        if found.skills.is_empty() && !workers.is_empty() {
            return Err(format!("{method} has no skills of workers").into());
        }
        let mut file = Output::create(path)?;
        file.record(&[b"worker", b"skill"])?;
        for (worker, skill) in found.skills.iter().enumerate() {
            file.record(&[workers.get(worker as u32), skill.to_string().as_bytes()])?;
        }
        file.commit()?;
    }
    report(options, method, &items, comparisons.len(), &found)
}

fn read(input: &Path, tie: &[u8]) -> Result<(Interner, Interner, Vec<Comparison>), Failure> {
    let (mut items, mut workers, mut found) = (Interner::new(), Interner::new(), Vec::new());
    let mut rooms = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    Table::open(input)?.read(&["worker", "left", "right", "label"], |row| {
        let [worker_room, left_room, right_room, label_room] = &mut rooms;
        let (left, right) = (row.required(1, left_room)?, row.required(2, right_room)?);
        let label = row.required(3, label_room)?;
        let outcome = if left == right {
            return Err(row.wrong(2, "an item is compared with itself"));
        } else if label == left {
            Outcome::Left
        } else if label == right {
            Outcome::Right
        } else if label == tie {
            Outcome::Tie
        } else {
            let text = String::from_utf8_lossy(label);
            return Err(row.wrong(3, &format!("{text:?} is neither the left item, nor the right one, nor a tie")));
        };
        let too_many = "more than 4,294,967,295 items or workers";
        found.push(Comparison {
            worker: workers.intern(row.required(0, worker_room)?).ok_or(too_many)?,
            left: items.intern(left).ok_or(too_many)?,
            right: items.intern(right).ok_or(too_many)?,
            outcome,
        });
        Ok(())
    })?;
    let (new_item, new_worker) = (items.sort(), workers.sort());
    let new = |map: &[u32], old: u32| map.get(old as usize).copied().unwrap_or(0);
    for one in &mut found {
        one.worker = new(&new_worker, one.worker);
        one.left = new(&new_item, one.left);
        one.right = new(&new_item, one.right);
    }
    Ok((items, workers, found))
}

fn write(options: &Options, output: &Path, items: &Interner, found: &Ranking) -> Result<(), Failure> {
    let mut file = Output::create(output)?;
    let header: [&[u8]; 6] = [b"item", b"score", b"log_strength", b"standard_error", b"low", b"high"];
    let width = if options.details { 6 } else { 2 };
    file.record(header.get(..width).unwrap_or_default())?;
    let intervals = found.intervals();
    for (item, (score, strength)) in found.scores.iter().zip(&found.log_strengths).enumerate() {
        let error = found.standard_errors.get(item).map(f64::to_string).unwrap_or_default();
        let interval = intervals.get(item).map(|(low, high)| (low.to_string(), high.to_string()));
        let (low, high) = interval.unwrap_or_default();
        let numbers = [score.to_string(), strength.to_string(), error, low, high];
        let mut fields: Vec<&[u8]> = vec![items.get(item as u32)];
        fields.extend(numbers.iter().map(String::as_bytes));
        file.record(fields.get(..width).unwrap_or_default())?;
    }
    file.commit()
}

fn report(options: &Options, method: &str, items: &Interner, count: usize, found: &Ranking) -> Result<(), Failure> {
    let shape = &found.shape;
    let names = |ids: &[u32]| ids.iter().map(|id| items.text(*id)).collect::<Vec<_>>();
    if shape.groups > 1 {
        eprintln!("{} groups of items were never compared with each other: only the prior relates them", shape.groups);
    }
    if !shape.has_maximum && found.prior > 0.0 {
        let (won, lost) = (shape.always_won.len(), shape.never_won.len());
        eprintln!(
            "{won} items won always and {lost} never, or groups are one-sided: a weak prior of precision {} is in force",
            found.prior
        );
    }
    if !found.converged {
        eprintln!("{method} has not converged after {} steps; raise --iterations", found.iterations);
    }
    if options.json {
        let summary = json!({
            "method": method,
            "items": items.len(),
            "comparisons": count,
            "groups": shape.groups,
            "has_maximum_likelihood": shape.has_maximum,
            "always_won": names(&shape.always_won),
            "never_won": names(&shape.never_won),
            "prior": found.prior,
            "tie_strength": found.tie_strength,
            "log_likelihood": found.log_likelihood,
            "iterations": found.iterations,
            "converged": found.converged,
        });
        println!("{}", serde_json::to_string(&summary)?);
    }
    Ok(())
}
