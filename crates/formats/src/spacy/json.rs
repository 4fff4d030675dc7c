//! `["text", {"entities": [[0, 5, "ORG"]], "cats": {"POS": 1.0}, "spans": {"sc": [...]}}]`, a line each or in one list.

use crate::{
    carries::{Carries, Kind, Names},
    labels,
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans::{self, Ruler, UNICODE, Unit},
    text,
};
use labelwright_core::{Answer, GeometryKind, Value};
use serde_json::{Map, Value as Json, json};
use std::io;

pub const FORMAT: Format = Format {
    id: "spacy-json",
    title: "spaCy JSON",
    carries: Carries {
        words: "texts with spans and classes",
        geometry: &[GeometryKind::Span],
        fields: Names::Only(&[("cats", Kind::List)]),
        ..Carries::TEXTS
    },
    options: &[UNICODE],
    sniff: |view| {
        let names = spans::files(view, &[".json", ".jsonl"]);
        let start = names.first().map(|name| text::start_of(view, name, 1 << 12)).unwrap_or_default();
        if start.trim_start().starts_with('[') && start.contains("\"entities\"") { 0.9 } else { 0.0 }
    },
    read: Some(read),
    write: Some(write),
    extension: "jsonl",
};

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let mut number = 0;
    for name in spans::files(view, &[".json", ".jsonl"]) {
        let mut one = |pair: &Json, place: String, sink: &mut Sink<'_>| -> Result<(), Stop> {
            number += 1;
            let mut problems = Vec::new();
            let record = record(pair, number, &place, settings, &mut problems);
            for (code, message) in problems {
                give(sink, Err(RecordError::new(&place, code, message)))?;
            }
            give(sink, record)
        };
        if crate::media::has_ending(&name, &[".json"]) {
            match text::json_file::<Vec<Json>>(view, &name) {
                Ok(list) => {
                    for (at, pair) in list.iter().enumerate() {
                        one(pair, format!("{name}: [{at}]"), sink)?;
                    }
                }
                Err(error) => give(sink, Err(error))?,
            }
            continue;
        }
        text::each_line(view, &name, |line_number, line| {
            let place = format!("{name}:{line_number}");
            match line {
                Ok(line) if line.trim().is_empty() => Ok(()),
                Ok(line) => match serde_json::from_str::<Json>(line) {
                    Ok(pair) => one(&pair, place, sink),
                    Err(error) => give(sink, Err(RecordError::new(place, "malformed", error.to_string()))),
                },
                Err(error) => give(sink, Err(error)),
            }
        })?;
    }
    Ok(())
}

type Problems = Vec<(&'static str, String)>;

fn record(
    pair: &Json,
    number: usize,
    place: &str,
    settings: &Settings,
    problems: &mut Problems,
) -> Result<Record, RecordError> {
    let said = pair.get(0).or_else(|| pair.get("text")).and_then(Json::as_str);
    let text =
        said.ok_or_else(|| RecordError::new(place, "no_text", "an example is a text and an object with its labels"))?;
    let labels_of = pair.get(1).unwrap_or(pair);
    let ruler = Ruler::new(text, Unit::of(&settings.options, Unit::Unicode));
    let mut answer = Answer::default();
    let groups = labels_of.get("spans").and_then(Json::as_object).into_iter().flatten().map(|(_, list)| list);
    for list in labels_of.get("entities").into_iter().chain(groups) {
        for one in list.as_array().into_iter().flatten() {
            let at = |at: usize, key: &str| one.get(at).or_else(|| one.get(key)).and_then(Json::as_u64);
            let label = one.get(2).or_else(|| one.get("label")).and_then(Json::as_str);
            match (at(0, "start"), at(1, "end"), label) {
                (Some(start), Some(end), Some(label)) => match ruler.range(start, end) {
                    Ok(range) => answer.regions.push(labels::region(
                        format!("s{}", answer.regions.len() + 1),
                        label,
                        spans::span(vec![range]),
                    )),
                    Err(problem) => problems.push(problem),
                },
                _ => problems.push(("bad_span", "an entity is [start, end, label]".into())),
            }
        }
    }
    let cats = labels_of.get("cats").and_then(Json::as_object).into_iter().flatten();
    let chosen =
        cats.filter(|(_, score)| score.as_bool().unwrap_or(false) || score.as_f64().is_some_and(|score| score >= 0.5));
    let words: Vec<String> = chosen.map(|(name, _)| name.clone()).collect();
    if !words.is_empty() {
        answer.fields.insert("cats".into(), Value::List(words));
    }
    Ok(Record::new(format!("example-{number:06}"), Data::Text(text.to_owned()), place).answered(answer))
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let unit = Unit::of(job.head.options, Unit::Unicode);
    out.begin("train.jsonl")?;
    for item in job.items {
        let Some(text) = &item.text else { continue };
        let ruler = Ruler::new(text, unit);
        let mut wanted: Vec<([u32; 2], &str)> =
            item.regions().filter_map(|region| Some((spans::range(region)?, region.class.as_str()))).collect();
        wanted.sort_by_key(|([start, end], _)| (*start, std::cmp::Reverse(*end)));
        // Entities may not overlap: what does goes into a group of spans.
        let (mut free, mut over, mut last) = (Vec::new(), Vec::new(), 0);
        for ([start, end], class) in wanted {
            let one = json!([ruler.outward(start), ruler.outward(end), class]);
            if start < last {
                over.push(one);
            } else {
                free.push(one);
                last = end;
            }
        }
        let mut labels = Map::new();
        labels.insert("entities".into(), free.into());
        if !over.is_empty() {
            labels.insert("spans".into(), json!({"sc": over}));
        }
        if let Some(Value::List(words)) = item.field("cats") {
            let cats: Map<String, Json> = words.iter().map(|word| (word.clone(), 1.0.into())).collect();
            labels.insert("cats".into(), cats.into());
        }
        serde_json::to_writer(&mut *out, &json!([text, labels]))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
