//! `labelwright label-model`: probabilities of classes out of the votes of labeling functions.

use crate::{
    batch::{Interner, Output, Table, vectors::written},
    environment::Failure,
};
use clap::Args;
use labelwright_learn::weak::{self, METHODS, VoteMatrix};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The input has id and one column a function (lf0, lf1, ...): the number of a class, or -1 (or nothing) for \
    an abstention.\nThe output has id, p0, p1, ... in natural order of ids; rows without votes get the shares of the \
    classes.\n\nExamples:\n  \
    labelwright label-model --method auto --input matrix.csv --output probabilities.csv --json\n  \
    labelwright label-model --method dawid-skene --classes 3 --input matrix.parquet --output -\n  \
    labelwright label-model --list"
)]
pub struct Options {
    /// Print the methods and stop.
    #[arg(long)]
    list: bool,
    /// A name from --list.
    #[arg(long, default_value = "auto")]
    method: String,
    /// CSV or Parquet with the columns id, lf0, lf1, ...
    #[arg(long, required_unless_present = "list")]
    input: Option<PathBuf>,
    /// Where to write id, p0, p1, ...; - for standard output.
    #[arg(long, required_unless_present = "list")]
    output: Option<PathBuf>,
    /// How many classes; one more than the greatest vote unless told.
    #[arg(long)]
    classes: Option<usize>,
    /// Print a summary as JSON: coverage, overlap, conflict and accuracy of each function, and how the majority votes.
    #[arg(long)]
    json: bool,
}

/// Votes beyond this are rather a mistake than a class.
const MOST_CLASSES: usize = 1000;

pub fn run(options: &Options) -> Result<(), Failure> {
    if options.list {
        METHODS.iter().for_each(|method| println!("{:12} {}", method.id, method.title));
        return Ok(());
    }
    let (Some(input), Some(output)) = (&options.input, &options.output) else {
        return Err("--input and --output are needed".into());
    };
    let method = weak::method(&options.method)?;
    let table = Table::open(input)?;
    table.column("id")?;
    let names: Vec<String> = table.columns().iter().filter(|column| *column != "id").cloned().collect();
    if names.is_empty() {
        return Err(format!("{}: no column of votes beside \"id\"", input.display()).into());
    }
    if options.classes.is_some_and(|classes| !(2..=MOST_CLASSES).contains(&classes)) {
        return Err(format!("--classes must be 2 to {MOST_CLASSES}").into());
    }
    let mut wanted = vec!["id"];
    wanted.extend(names.iter().map(String::as_str));
    let (mut ids, mut votes, mut room) = (Interner::new(), Vec::<i16>::new(), Vec::new());
    let most = options.classes.unwrap_or(MOST_CLASSES) as f64 - 1.0;
    let mut greatest = 0_i16;
    table.read(&wanted, |row| {
        let before = ids.len();
        ids.intern(row.required(0, &mut room)?).ok_or("more than 4,294,967,295 ids")?;
        if ids.len() == before {
            return Err(row.wrong(0, "the id was there before"));
        }
        for column in 1..wanted.len() {
            let vote = row.number(column)?.unwrap_or(-1.0);
            if vote.fract() != 0.0 || !(-1.0..=most).contains(&vote) {
                return Err(row.wrong(column, &format!("{vote} is no vote: the number of a class, 0 to {most}, or -1")));
            }
            greatest = greatest.max(vote as i16);
            votes.push(vote as i16);
        }
        Ok(())
    })?;
    if ids.is_empty() {
        return Err(format!("{}: there are no rows", input.display()).into());
    }
    let new_of = ids.sort();
    let mut sorted = vec![-1; votes.len()];
    for (row, new) in votes.chunks_exact(names.len()).zip(&new_of) {
        let start = *new as usize * names.len();
        if let Some(to) = sorted.get_mut(start..start + names.len()) {
            to.copy_from_slice(row);
        }
    }
    let classes = options.classes.unwrap_or(greatest as usize + 1).max(2);
    let matrix = VoteMatrix::new(sorted, names.len(), classes)?;
    let found = weak::label(&matrix, method);
    let mut file = Output::create(output)?;
    let columns: Vec<String> = (0..classes).map(|class| format!("p{class}")).collect();
    let mut header: Vec<&[u8]> = vec![b"id"];
    header.extend(columns.iter().map(String::as_bytes));
    file.record(&header)?;
    for (row, values) in found.probabilities.chunks_exact(classes).enumerate() {
        let values: Vec<String> = values.iter().map(|value| written(*value)).collect();
        let mut record: Vec<&[u8]> = vec![ids.get(row as u32)];
        record.extend(values.iter().map(String::as_bytes));
        file.record(&record)?;
    }
    file.commit()?;
    if options.json {
        let functions: Vec<_> = names
            .iter()
            .zip(matrix.report())
            .zip(&found.accuracies)
            .map(|((name, report), accuracy)| {
                json!({"name": name, "coverage": report.coverage, "overlap": report.overlap, "conflict": report.conflict,
                    "polarity": report.polarity, "accuracy": accuracy})
            })
            .collect();
        let majority = weak::majority::majority(&matrix);
        let first = |values: &[f64]| {
            let most = values.iter().copied().fold(0.0, f64::max);
            values.iter().position(|value| *value == most)
        };
        let rows = || found.probabilities.chunks_exact(classes).zip(majority.probabilities.chunks_exact(classes));
        let same = rows().filter(|(model, majority)| first(model) == first(majority)).count();
        let summary = json!({"method": method.id, "rows": matrix.rows(), "classes": classes, "prior": found.prior,
            "functions": functions, "agrees_with_majority": same as f64 / matrix.rows() as f64, "notes": found.notes});
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        found.notes.iter().for_each(|note| eprintln!("{note}"));
        eprintln!("{} rows, {} functions, {classes} classes", matrix.rows(), names.len());
    }
    Ok(())
}
