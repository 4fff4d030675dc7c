//! `labelwright regions aggregate`.

use super::{Aggregate, chosen, input, share};
use crate::{batch::Output, environment::Failure};
use labelwright_core::geometry::Mask;
use labelwright_quality::regions::{
    METHODS, RegionKind, Settings,
    boxes::{BoxVote, cluster_median, weighted_fusion},
    masks::{self, MaskResult, MaskVotes},
    rover,
    spans::{Ends, SpanVote, consolidate},
    staple,
};
use serde_json::json;
use std::{collections::BTreeMap, path::Path};

/// What is said at the end.
#[derive(Default)]
struct Summary {
    tasks: usize,
    workers: usize,
    rows: u64,
    regions: usize,
    ties: usize,
}

pub fn run(options: &Aggregate) -> Result<(), Failure> {
    let names = |kind| METHODS.iter().filter(|method| method.kind == kind).map(|method| method.id).collect();
    let (kind, input, method) = chosen(options.kind, options.input.as_ref(), options.method.as_deref(), names)?;
    let Some(output) = &options.output else { return Err("--output is needed".into()) };
    share("threshold", options.threshold)?;
    share("quorum", options.quorum)?;
    if options.skills.is_some() && method != "staple" {
        return Err(format!("{method} has no skills of workers; staple has").into());
    }
    let settings = Settings { threshold: options.threshold, quorum: options.quorum };
    let summary = match kind {
        RegionKind::Boxes => boxes(input, output, method, settings)?,
        RegionKind::Masks => drawn(input, output, method, options.skills.as_deref())?,
        RegionKind::Spans => stretches(input, output, Ends::Mode, settings)?,
        RegionKind::Intervals => stretches(input, output, Ends::Median, settings)?,
        RegionKind::Texts => texts(input, output, method)?,
    };
    let Summary { tasks, workers, rows, regions, ties } = summary;
    if options.json {
        let told = json!({"kind": kind.as_str(), "method": method, "tasks": tasks, "workers": workers, "rows": rows,
            "regions": regions, "ties": ties});
        if output == Path::new("-") { eprintln!("{told}") } else { println!("{told}") }
    } else {
        eprintln!("{method}: {regions} regions of {tasks} tasks from {rows} rows of {workers} workers, {ties} ties");
    }
    Ok(())
}

fn boxes(input: &Path, output: &Path, method: &str, settings: Settings) -> Result<Summary, Failure> {
    let answers = input::boxes(input)?;
    let mut file = Output::create(output)?;
    file.record(&[b"task", b"label", b"left", b"top", b"width", b"height", b"probability", b"support", b"tied"])?;
    let mut summary = Summary { workers: answers.workers.len(), rows: answers.rows, ..Summary::default() };
    for (task, workers) in &answers.by_task {
        let votes: Vec<BoxVote> = workers
            .iter()
            .flat_map(|(source, drawn)| {
                drawn.iter().map(|own| BoxVote {
                    source: *source,
                    label: own.label,
                    bounds: own.shape,
                    score: own.score,
                })
            })
            .collect();
        let fuse = if method == "weighted-fusion" { weighted_fusion } else { cluster_median };
        for result in fuse(&votes, workers.len(), settings) {
            let b = result.bounds;
            let numbers = [b.left, b.top, b.width(), b.height(), result.probability].map(|number| number.to_string());
            let [left, top, width, height, probability] = numbers.each_ref().map(String::as_bytes);
            let (support, tied) = (result.support.to_string(), result.tied.to_string());
            let (name, label) = (answers.tasks.get(*task), answers.labels.get(result.label));
            file.record(&[name, label, left, top, width, height, probability, support.as_bytes(), tied.as_bytes()])?;
            summary.regions += 1;
            summary.ties += usize::from(result.tied);
        }
        summary.tasks += 1;
    }
    file.commit()?;
    Ok(summary)
}

fn stretches(input: &Path, output: &Path, ends: Ends, settings: Settings) -> Result<Summary, Failure> {
    let answers = input::stretches(input)?;
    let mut file = Output::create(output)?;
    file.record(&[b"task", b"label", b"start", b"end", b"probability", b"support", b"tied"])?;
    let mut summary = Summary { workers: answers.workers.len(), rows: answers.rows, ..Summary::default() };
    for (task, workers) in &answers.by_task {
        let votes: Vec<SpanVote> = workers
            .iter()
            .flat_map(|(source, drawn)| {
                drawn.iter().map(|own| SpanVote {
                    start: own.shape.0,
                    end: own.shape.1,
                    label: own.label,
                    source: *source,
                })
            })
            .collect();
        for result in consolidate(&votes, workers.len(), ends, settings) {
            file.record(&[
                answers.tasks.get(*task),
                answers.labels.get(result.label),
                result.start.to_string().as_bytes(),
                result.end.to_string().as_bytes(),
                result.probability.to_string().as_bytes(),
                result.support.to_string().as_bytes(),
                result.tied.to_string().as_bytes(),
            ])?;
            summary.regions += 1;
            summary.ties += usize::from(result.tied);
        }
        summary.tasks += 1;
    }
    file.commit()?;
    Ok(summary)
}

fn texts(input: &Path, output: &Path, method: &str) -> Result<Summary, Failure> {
    let answers = input::texts(input)?;
    let mut file = Output::create(output)?;
    file.record(&[b"task", b"text", b"probability", b"ties"])?;
    let mut summary = Summary { workers: answers.workers.len(), rows: answers.rows, ..Summary::default() };
    for (task, workers) in &answers.by_task {
        let texts: Vec<&str> = workers.values().flatten().map(|own| own.shape.as_str()).collect();
        let found = if method == "medoid" { rover::medoid(&texts) } else { rover::rover(&texts) };
        if let Some(result) = found {
            let (probability, ties) = (result.probability.to_string(), result.ties.to_string());
            let fields = [answers.tasks.get(*task), result.text.as_bytes(), probability.as_bytes(), ties.as_bytes()];
            file.record(&fields)?;
            summary.regions += 1;
            summary.ties += result.ties;
        }
        summary.tasks += 1;
    }
    file.commit()?;
    Ok(summary)
}

fn drawn(input: &Path, output: &Path, method: &str, skills: Option<&Path>) -> Result<Summary, Failure> {
    let answers = input::masks(input)?;
    // One thing is a task and a label.
    let mut things: BTreeMap<(u32, u32), MaskVotes> = BTreeMap::new();
    for (task, workers) in &answers.by_task {
        for (source, drawn) in workers {
            for own in drawn {
                let votes = things
                    .entry((*task, own.label))
                    .or_insert_with(|| MaskVotes { sources: Vec::new(), masks: Vec::new() });
                votes.sources.push(*source);
                votes.masks.push(own.shape.clone());
            }
        }
    }
    let wrong = |task: u32| {
        format!("{}: the masks of task {:?} have different sizes", input.display(), answers.tasks.text(task))
    };
    for ((task, _), votes) in &things {
        let size = |mask: &Mask| (mask.width, mask.height);
        if votes.masks.iter().any(|mask| Some(size(mask)) != votes.masks.first().map(size)) {
            return Err(wrong(*task).into());
        }
    }
    let results: Vec<MaskResult> = if method == "staple" {
        let images: Vec<MaskVotes> = things.values().cloned().collect();
        let found = staple::staple(&images, answers.workers.len())?;
        if let Some(path) = skills {
            let list: Vec<_> = found
                .skills
                .iter()
                .zip(0..)
                .map(|(skill, worker)| {
                    json!({"worker": answers.workers.text(worker), "sensitivity": skill.sensitivity,
                        "specificity": skill.specificity, "images": skill.images})
                })
                .collect();
            let told = json!({"method": method, "steps": found.steps, "log_likelihood": found.log_likelihood,
                "workers": list});
            let mut file = Output::create(path)?;
            file.bytes(serde_json::to_string_pretty(&told)?.as_bytes())?;
            file.bytes(b"\n")?;
            file.commit()?;
        }
        found.results
    } else {
        let one = match method {
            "rasa" => masks::rasa,
            "em" => masks::em,
            _ => masks::majority,
        };
        things.values().map(one).collect::<Result<_, _>>()?
    };
    let mut file = Output::create(output)?;
    for (((task, label), votes), result) in things.iter().zip(&results) {
        let line = json!({
            "task": answers.tasks.text(*task),
            "label": answers.labels.text(*label),
            "size": [result.mask.height, result.mask.width],
            "counts": result.mask.to_compressed(),
            "probability": result.probability,
            "support": votes.masks.len(),
        });
        file.bytes(format!("{line}\n").as_bytes())?;
    }
    file.commit()?;
    Ok(Summary {
        tasks: answers.by_task.len(),
        workers: answers.workers.len(),
        rows: answers.rows,
        regions: results.len(),
        ties: 0,
    })
}
