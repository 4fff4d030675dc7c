//! `labelwright inspect`: what data is, how much of it there is, and what is wrong with it.

use super::columns::Columns;
use crate::{environment::Failure, files::Input};
use clap::Args;
use labelwright_formats::{
    Collector, Data, DirectoryView, Format, Found, Next, RecordError, Settings, Stop, candidates, detect, format,
};
use serde::Serialize;
use std::{collections::BTreeMap, path::PathBuf};

#[derive(Debug, Clone, Args)]
#[command(after_help = "Example:\n  labelwright inspect coco/ --json")]
pub struct Options {
    /// A file, a folder or a zip archive.
    input: PathBuf,
    /// The format; recognised when it is left out.
    #[arg(long)]
    from: Option<String>,
    #[command(flatten)]
    columns: Columns,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize, Default)]
struct Findings {
    format: String,
    title: String,
    /// How sure it is, 0 to 1; None when the format was given.
    confidence: Option<f64>,
    /// Other formats that may be meant, nearly as sure.
    or: Vec<Candidate>,
    items: u64,
    items_without_labels: u64,
    items_without_data: u64,
    regions: u64,
    splits: BTreeMap<String, u64>,
    /// Data of further panes, by pane.
    companions: BTreeMap<String, u64>,
    /// In the order of the data, with the regions of each.
    classes: Vec<(String, u64)>,
    geometries: BTreeMap<&'static str, u64>,
    problem_count: u64,
    problems: Vec<ProblemView>,
}

#[derive(Serialize)]
struct Candidate {
    format: &'static str,
    confidence: f64,
}

#[derive(Serialize)]
struct ProblemView {
    place: String,
    code: String,
    message: String,
}

/// From this confidence on no other format is named; below it, those that are nearly as sure.
const SURE: f64 = 0.9;
const NEARLY: f64 = 0.25;

/// Problems that are shown one by one.
const SHOWN: usize = 100;

pub async fn run(options: Options) -> Result<(), Failure> {
    let json = options.json;
    let findings = tokio::task::spawn_blocking(move || inspect(&options)).await??;
    if json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        show(&findings);
    }
    Ok(())
}

/// The format that is named, or that the data looks like.
pub fn known_format(view: &dyn DirectoryView, name: Option<&str>) -> Result<&'static Format, String> {
    match name {
        Some(name) => format(name)
            .filter(|format| format.read.is_some())
            .ok_or_else(|| format!("{name:?} cannot be read; see `labelwright formats`")),
        None => detect(view)
            .map(|(format, _)| format)
            .ok_or_else(|| "the format is not recognised; name it with --from".to_owned()),
    }
}

fn inspect(options: &Options) -> Result<Findings, String> {
    let view = Input::new(&options.input)?.open()?;
    let format = known_format(&*view, options.from.as_deref())?;
    let mut findings = Findings { format: format.id.to_owned(), title: format.title.to_owned(), ..Findings::default() };
    if options.from.is_none() {
        let mut found = candidates(&*view).into_iter();
        findings.confidence = found.next().map(|(_, confidence)| confidence);
        let least = findings.confidence.filter(|sure| *sure < SURE).map_or(f64::MAX, |sure| sure - NEARLY);
        let others = found.filter(|(_, confidence)| *confidence >= least);
        findings.or = others.map(|(format, confidence)| Candidate { format: format.id, confidence }).collect();
    }
    let (mut collector, mut counts) = (Collector::default(), BTreeMap::<String, u64>::new());
    let read = format.read.ok_or("the format cannot be read")?;
    let settings = Settings { mapping: options.columns.mapping(Some(format))?, ..Settings::default() };
    let outcome = read(&*view, &settings, &mut |found| {
        match found {
            Found::Schema(schema) => collector.schema(*schema),
            Found::Problem(error) => problem(&mut findings, error),
            Found::Record(record) => {
                collector.record(&record);
                findings.items += 1;
                if record.answers.iter().all(|answer| answer.answer.is_empty()) {
                    findings.items_without_labels += 1;
                }
                if matches!(record.data, Data::Absent(_)) {
                    findings.items_without_data += 1;
                }
                for companion in &record.companions {
                    *findings.companions.entry(companion.pane.clone()).or_default() += 1;
                }
                if let Some(split) = record.split {
                    *findings.splits.entry(split).or_default() += 1;
                }
                for region in record.answers.iter().flat_map(|answer| &answer.answer.regions) {
                    findings.regions += 1;
                    *findings.geometries.entry(region.geometry.kind().as_str()).or_default() += 1;
                    match counts.get_mut(&region.class) {
                        Some(count) => *count += 1,
                        None => drop(counts.insert(region.class.clone(), 1)),
                    }
                }
            }
        }
        Next::GoOn
    });
    if let Err(Stop::Unreadable(error)) = outcome {
        problem(&mut findings, error);
    }
    let classes = collector.finish().schema.classes.into_iter();
    findings.classes = classes.map(|class| (class.id.clone(), counts.get(&class.id).copied().unwrap_or(0))).collect();
    Ok(findings)
}

fn problem(findings: &mut Findings, error: RecordError) {
    findings.problem_count += 1;
    if findings.problems.len() < SHOWN {
        let RecordError { place, code, message } = error;
        findings.problems.push(ProblemView { place, code: code.to_owned(), message });
    }
}

fn show(findings: &Findings) {
    let sure = findings.confidence.map(|sure| format!(", sure to {:.0} %", sure * 100.0)).unwrap_or_default();
    println!("{} ({}{sure})", findings.title, findings.format);
    for other in &findings.or {
        println!("  or {}, sure to {:.0} %: --from says which", other.format, other.confidence * 100.0);
    }
    println!(
        "{} items ({} without labels, {} without their data), {} regions",
        findings.items, findings.items_without_labels, findings.items_without_data, findings.regions
    );
    for (split, count) in &findings.splits {
        println!("  part {split}: {count} items");
    }
    if !findings.companions.is_empty() {
        let counts: Vec<String> = findings.companions.iter().map(|(pane, count)| format!("{pane} {count}")).collect();
        println!("  companions: {}", counts.join(", "));
    }
    for (kind, count) in &findings.geometries {
        println!("  {kind}: {count}");
    }
    println!("{} classes", findings.classes.len());
    for (class, count) in &findings.classes {
        println!("  {class}: {count}");
    }
    println!("{} problems", findings.problem_count);
    for problem in &findings.problems {
        println!("  {}: {} ({})", problem.place, problem.message, problem.code);
    }
}
