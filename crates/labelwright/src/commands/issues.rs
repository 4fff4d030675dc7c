//! `labelwright issues`: labels that are probably wrong.

mod boxes;
mod groups;
mod sets;

use crate::{
    batch::{
        Output,
        probabilities::{Labels, Probabilities, Wanted},
    },
    environment::Failure,
};
use clap::{Args, ValueEnum};
use labelwright_quality::issues::{
    Labeled, Why,
    confident::{self, Chosen, FILTERS},
    scores::{self, SCORINGS, Scoring},
};
use serde_json::json;
use std::{io::Write as _, path::PathBuf};

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The input has the columns id, label, p0, p1, ...: out-of-sample probabilities (of a model that did \
    not see the item in training). A label is the number of its column, or a name of --classes.\n\
    The output has id, is_issue, score, suggested in natural order of ids; a low score is bad.\n\
    Labels of words or pixels: one row each, with a column that names its sentence or image (--group). Items with any\n\
    number of labels: --form multi-label, labels with | between, each probability for itself. Boxes: --form boxes, \
    --input is a COCO file\nand --predictions a list of COCO results of a model that did not see these images; a row for each label and for \
    each thing that\nthe labels lack.\n\nExamples:\n  \
    labelwright issues --input predictions.csv --output issues.csv\n  \
    labelwright issues --input predictions.parquet --output - --filter both --score normalized_margin --classes cat,dog\n  \
    labelwright issues --input words.csv --output issues.csv --group sentence --group-output sentences.csv\n  \
    labelwright issues --form multi-label --input topics.csv --output issues.csv --classes price,delivery,quality\n  \
    labelwright issues --form boxes --input instances.json --predictions results.json --output issues.csv --group-output images.csv\n  \
    labelwright issues --list"
)]
pub struct Options {
    /// Print the filters and scores and stop.
    #[arg(long)]
    list: bool,
    /// CSV or Parquet with the columns id, label, p0, p1, ...; for boxes a COCO file.
    #[arg(long, required_unless_present = "list")]
    input: Option<PathBuf>,
    /// Where to write id, is_issue, score, suggested; - for standard output.
    #[arg(long, required_unless_present = "list")]
    output: Option<PathBuf>,
    /// For boxes: a list of COCO results, their scores from 0 to 1.
    #[arg(long)]
    predictions: Option<PathBuf>,
    /// What a label is.
    #[arg(long, value_enum, default_value = "classification")]
    form: Form,
    /// The column that says which sentence or image a row is a part of.
    #[arg(long)]
    group: Option<String>,
    /// Where to write group, is_issue, score, issues, rows: each sentence or image as a whole.
    #[arg(long)]
    group_output: Option<PathBuf>,
    /// How a group is scored: words by the worst, pixels by the soft minimum.
    #[arg(long, value_enum, default_value = "worst", requires = "group")]
    group_score: groups::GroupScore,
    /// How issues are chosen.
    #[arg(long, default_value = "prune_by_noise_rate")]
    filter: String,
    /// How labels are scored.
    #[arg(long, default_value = "self_confidence")]
    score: String,
    /// What p0, p1, ... stand for, with commas between; their numbers unless told.
    #[arg(long, value_delimiter = ',')]
    classes: Vec<String>,
    /// Add a column that says why.
    #[arg(long)]
    why: bool,
    /// Print a summary as JSON: thresholds, joint of given and true labels, classes too rare to judge.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Each item has one label.
    Classification,
    /// Each item has any number of labels.
    MultiLabel,
    /// Each image has boxes.
    Boxes,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    if options.list {
        for (id, title) in FILTERS.iter().map(|f| (f.id, f.title)).chain(SCORINGS.iter().map(|s| (s.id, s.title))) {
            println!("{id:28} {title}");
        }
        return Ok(());
    }
    let (Some(input), Some(output)) = (&options.input, &options.output) else {
        return Err("--input and --output are needed".into());
    };
    if options.form == Form::Boxes {
        let results =
            options.predictions.as_deref().ok_or("--form boxes needs --predictions, a list of COCO results")?;
        let files = boxes::Files { truth: input, results, output, group_output: options.group_output.as_deref() };
        return boxes::run(&files, options.json);
    }
    if options.predictions.is_some() {
        return Err("--predictions goes with --form boxes".into());
    }
    if options.group_output.is_some() && options.group.is_none() {
        return Err("--group-output needs --group, the column that says what a row is a part of".into());
    }
    let (filter, scoring) = (confident::filter(&options.filter)?, scores::scoring(&options.score)?);
    let labels = if options.form == Form::MultiLabel { Labels::Set } else { Labels::One };
    let wanted = Wanted { id: "id", labels, group: options.group.as_deref(), classes: &options.classes };
    let table = Probabilities::read(input, wanted)?;
    if options.form == Form::MultiLabel {
        if options.group.is_some() {
            return Err("--group goes with --form classification".into());
        }
        return sets::run(output, &table, filter, scoring, options.json);
    }
    let data = Labeled::new(&table.labels, &table.values, table.classes.len())
        .map_err(|error| format!("{}: {error} (rows counted in natural order of ids, from 0)", input.display()))?;
    let found = confident::choose(&data, filter);
    write(options, output, &table, &data, &found, scoring)?;
    if let Some(path) = &options.group_output {
        groups::write(path, &table, &found.is_issue, &scores::all(&data, scoring), options.group_score)?;
    }
    for rare in &found.rare {
        let name = String::from_utf8_lossy(table.classes.name(rare.class as u32)).into_owned();
        eprintln!("class {name:?} has {} item only: {} does not judge it", rare.items, filter.id);
    }
    let issues = found.is_issue.iter().filter(|issue| **issue).count();
    if options.json {
        let name = |class: usize| String::from_utf8_lossy(table.classes.name(class as u32)).into_owned();
        let classes = table.classes.len();
        let summary = json!({
            "items": data.len(),
            "issues": issues,
            "filter": filter.id,
            "score": scoring.id,
            "classes": (0..classes).map(name).collect::<Vec<_>>(),
            "thresholds": found.noise.thresholds,
            "joint": found.noise.joint().chunks_exact(classes).collect::<Vec<_>>(),
            "rare": found.rare.iter().map(|r| json!({"class": name(r.class), "items": r.items})).collect::<Vec<_>>(),
        });
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        eprintln!("{issues} issues among {} labels", data.len());
    }
    Ok(())
}

fn write(
    options: &Options,
    output: &std::path::Path,
    table: &Probabilities,
    data: &Labeled<'_>,
    found: &Chosen,
    scoring: &Scoring,
) -> Result<(), Failure> {
    let mut file = Output::create(output)?;
    let header: [&[u8]; 5] = [b"id", b"is_issue", b"score", b"suggested", b"why"];
    let width = if options.why { 5 } else { 4 };
    file.record(header.get(..width).unwrap_or_default())?;
    let (mut number, mut reason) = (Vec::new(), Vec::new());
    for (id, (is_issue, (label, row))) in found.is_issue.iter().zip(data.rows()).enumerate() {
        number.clear();
        write!(number, "{}", (scoring.score)(label, row))?;
        if options.why {
            reason.clear();
            write!(reason, "{}", if *is_issue { found.why } else { Why::Fits })?;
        }
        let is_issue: &[u8] = if *is_issue { b"true" } else { b"false" };
        let fields = [table.ids.get(id as u32), is_issue, &number, table.classes.name(data.likeliest(id)), &reason];
        file.record(fields.get(..width).unwrap_or_default())?;
    }
    file.commit()
}
