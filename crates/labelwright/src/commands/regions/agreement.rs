//! `labelwright regions agreement`.

use super::{Agreement, chosen, input, share};
use crate::{
    batch::Output,
    commands::agreement::{describe, print},
    environment::Failure,
};
use labelwright_core::{Geometry, Region, Target, geometry::BoxShape};
use labelwright_quality::{
    agreement::{
        Coefficient,
        regional::{self, REGIONAL},
        span_f1::Stretch,
    },
    regions::RegionKind,
    statistics::bootstrap::Plan,
};
use serde_json::{Map, Value, json};
use std::path::Path;

pub fn run(options: &Agreement) -> Result<(), Failure> {
    let names = |kind| REGIONAL.iter().filter(|own| own.kind == kind).map(|own| own.id).collect();
    let (kind, input, method) = chosen(options.kind, options.input.as_ref(), options.method.as_deref(), names)?;
    share("threshold", options.threshold)?;
    let plan = Plan { seed: options.seed, replicates: options.replicates, ..Plan::default() };
    let (found, counts) = match kind {
        RegionKind::Boxes => boxes(input, method, options.threshold, plan)?,
        RegionKind::Masks => masks(input, method, plan)?,
        RegionKind::Spans | RegionKind::Intervals => stretches(input, method, options.collar, plan)?,
        RegionKind::Texts => texts(input, method, plan)?,
    };
    let found = found.ok_or_else(|| format!("{method} is not for {}", kind.as_str()))?;
    let mut answer = Map::new();
    answer.insert("kind".into(), json!(kind.as_str()));
    answer.insert("metric".into(), json!(method));
    if let Some(own) = regional::find(kind, method) {
        answer.insert("title".into(), json!(own.title));
        answer.insert("paper".into(), json!(own.paper));
    }
    describe(&found, &mut answer);
    let [tasks, workers, rows] = counts;
    answer.insert("tasks".into(), json!(tasks));
    answer.insert("workers".into(), json!(workers));
    answer.insert("rows".into(), json!(rows));
    answer.insert("seed".into(), json!(options.seed));
    let answer = Value::Object(answer);
    match &options.output {
        None => print(&answer, options.json),
        Some(path) => {
            let mut file = Output::create(path)?;
            file.bytes(serde_json::to_string_pretty(&answer)?.as_bytes())?;
            file.bytes(b"\n")?;
            file.commit()
        }
    }
}

/// The coefficient, and tasks, workers and rows.
type Told = (Option<Coefficient>, [u64; 3]);

fn counts<T>(answers: &input::Answers<T>) -> [u64; 3] {
    [answers.tasks.len() as u64, answers.workers.len() as u64, answers.rows]
}

fn boxes(path: &Path, method: &str, threshold: f64, plan: Plan) -> Result<Told, Failure> {
    let answers = input::boxes(path)?;
    let tasks: Vec<Vec<(u32, Vec<Region>)>> = answers
        .by_task
        .values()
        .map(|workers| {
            let regions = |drawn: &Vec<input::Drawn<_>>| {
                drawn
                    .iter()
                    .map(|own| Region {
                        id: String::new(),
                        target: Target::Item,
                        geometry: Geometry::Box(BoxShape::from_bounds(own.shape)),
                        class: answers.labels.text(own.label),
                        attributes: Default::default(),
                        score: None,
                    })
                    .collect()
            };
            workers.iter().map(|(worker, drawn)| (*worker, regions(drawn))).collect()
        })
        .collect();
    Ok((regional::boxes(&tasks, method, threshold, plan), counts(&answers)))
}

fn masks(path: &Path, method: &str, plan: Plan) -> Result<Told, Failure> {
    let answers = input::masks(path)?;
    let counted = counts(&answers);
    let tasks: Vec<Vec<(u32, regional::LabeledMasks)>> = answers
        .by_task
        .into_values()
        .map(|workers| {
            let labeled = |drawn: Vec<input::Drawn<_>>| drawn.into_iter().map(|own| (own.label, own.shape)).collect();
            workers.into_iter().map(|(worker, drawn)| (worker, labeled(drawn))).collect()
        })
        .collect();
    Ok((regional::masks(&tasks, method, plan), counted))
}

fn stretches(path: &Path, method: &str, collar: i64, plan: Plan) -> Result<Told, Failure> {
    if collar < 0 {
        return Err("--collar must not be below 0".into());
    }
    let answers = input::stretches(path)?;
    let tasks: Vec<Vec<(u32, Vec<Stretch>)>> = answers
        .by_task
        .values()
        .map(|workers| {
            let own = |drawn: &Vec<input::Drawn<(i64, i64)>>| {
                let one = |own: &input::Drawn<(i64, i64)>| Stretch {
                    start: own.shape.0,
                    end: own.shape.1,
                    label: answers.labels.text(own.label),
                };
                drawn.iter().map(one).collect()
            };
            workers.iter().map(|(worker, drawn)| (*worker, own(drawn))).collect()
        })
        .collect();
    Ok((regional::stretches(&tasks, method, collar, plan), counts(&answers)))
}

fn texts(path: &Path, method: &str, plan: Plan) -> Result<Told, Failure> {
    let answers = input::texts(path)?;
    let counted = counts(&answers);
    let tasks: Vec<Vec<(u32, String)>> = answers
        .by_task
        .into_values()
        .map(|workers| {
            workers
                .into_iter()
                .flat_map(|(worker, drawn)| drawn.into_iter().map(move |own| (worker, own.shape)))
                .collect()
        })
        .collect();
    Ok((regional::texts(&tasks, method, plan), counted))
}
