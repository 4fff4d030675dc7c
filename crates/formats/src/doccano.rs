//! doccano JSON Lines: sequence labeling (`label: [[start, end, name]]`), relations (`entities`, `relations`), text
//! classification and sequence to sequence (`label: ["x"]`), intents with slots (`entities`, `cats`). Offsets are code
//! points. An export of several labelers is one file a person,
//! named after them. Keys that doccano does not know are
//! its metadata; `key`, `fields` and `label_field` are ours and say what its own keys cannot.

use crate::{
    carries::{Carries, Names, Several},
    extras::Extras,
    labels,
    names::{last_part, split_ending},
    options::{FormatOption, Way},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, SourcedAnswer, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans::{self, Joined, Ruler, UNICODE, Unit},
};
use labelwright_core::{Answer, GeometryKind, Relation, Value};
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, io};

pub const FORMAT: Format = Format {
    id: "doccano",
    title: "doccano JSON Lines",
    carries: Carries {
        words: "texts with spans, relations, classes, written answers",
        geometry: &[GeometryKind::Span],
        fields: Names::Any,
        relations: Names::Any,
        several: Several::All,
        metadata: true,
        ..Carries::TEXTS
    },
    options: &[
        UNICODE,
        FormatOption {
            key: "field",
            help: "field that holds the labels of a text (default: label)",
            values: &[],
            way: Way::Both,
        },
        FormatOption {
            key: "task",
            help: "what a list of texts under `label` is: classes, or one answer in words (sequence to sequence)",
            values: &["classes", "seq2seq"],
            way: Way::Read,
        },
    ],
    sniff: |view| {
        let Some(first) = spans::first_object(view, &[".jsonl"]) else { return 0.0 };
        let entities = first.get("entities").and_then(Json::as_array).is_some_and(|list| {
            first.contains_key("relations") || list.iter().any(|one| one.get("start_offset").is_some())
        });
        let spans = first.get("label").and_then(Json::as_array);
        match (first.contains_key("text"), entities, spans) {
            (true, true, _) => 0.92,
            (true, _, Some(list)) if list.iter().all(|one| one.is_array() || one.is_string()) => 0.85,
            _ => 0.0,
        }
    },
    read: Some(read),
    write: Some(write),
    extension: "jsonl",
};

const KNOWN: [&str; 12] = [
    "annotator",
    "id",
    "key",
    "text",
    "data",
    "label",
    "labels",
    "entities",
    "relations",
    "cats",
    "fields",
    "label_field",
];

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files = spans::files(view, &[".jsonl", ".json"]);
    let mut joined = Joined::default();
    for name in &files {
        let mut number = 0;
        spans::each_object(view, name, |_, object| {
            number += 1;
            if let Ok(object) = object {
                joined.count(&key(&object, number));
            }
            Ok(())
        })?;
    }
    for name in &files {
        let stem = split_ending(last_part(name)).0;
        let source = if files.len() > 1 && stem != "all" { stem } else { "import" };
        let mut number = 0;
        spans::each_object(view, name, |place, object| {
            number += 1;
            let mut problems = Vec::new();
            let record = object.and_then(|object| record(object, number, place, source, settings, &mut problems));
            for (code, message) in problems {
                give(sink, Err(RecordError::new(place, code, message)))?;
            }
            match record.map(|record| joined.add(record)) {
                Ok(Some(record)) => give(sink, Ok(record)),
                Ok(None) => Ok(()),
                Err(error) => give(sink, Err(error)),
            }
        })?;
    }
    joined.finish(sink)
}

fn key(object: &Map<String, Json>, number: usize) -> String {
    spans::key_of(object.get("key").or_else(|| object.get("id")), number)
}

type Problems = Vec<(&'static str, String)>;

fn record(
    mut object: Map<String, Json>,
    number: usize,
    place: &str,
    source: &str,
    settings: &Settings,
    problems: &mut Problems,
) -> Result<Record, RecordError> {
    let key = key(&object, number);
    let said = object.get("text").or_else(|| object.get("data")).and_then(Json::as_str);
    let text = said.ok_or_else(|| RecordError::new(place, "no_text", "a line has a `text`"))?.to_owned();
    let ruler = Ruler::new(&text, Unit::of(&settings.options, Unit::Unicode));
    let mut answer = Answer::default();
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let field = object.get("label_field").and_then(Json::as_str).or_else(|| settings.options.get("field"));
    let field = field.unwrap_or("label").to_owned();
    let mut span = |start: Option<u64>, end: Option<u64>, name: Option<&str>, answer: &mut Answer| {
        let (Some(start), Some(end), Some(name)) = (start, end, name) else {
            problems.push(("bad_span", "a span is [start, end, name] or has start_offset, end_offset, label".into()));
            return None;
        };
        match ruler.range(start, end) {
            Ok(range) => {
                let id = format!("s{}", answer.regions.len() + 1);
                answer.regions.push(labels::region(&id, name, spans::span(vec![range])));
                Some(id)
            }
            Err(problem) => {
                problems.push(problem);
                None
            }
        }
    };
    let mut words = Vec::new();
    for key in ["label", "labels", "entities"] {
        match object.get(key) {
            Some(Json::Array(list)) => {
                for one in list {
                    match one {
                        Json::Array(one) => {
                            let at = |at: usize| one.get(at).and_then(Json::as_u64);
                            span(at(0), at(1), one.get(2).and_then(Json::as_str), &mut answer);
                        }
                        Json::Object(one) => {
                            let at = |key: &str| one.get(key).and_then(Json::as_u64);
                            let name = one.get("label").and_then(Json::as_str);
                            let id = span(at("start_offset"), at("end_offset"), name, &mut answer);
                            if let (Some(id), Some(theirs)) = (id, spans::text_of(one.get("id"))) {
                                ids.insert(theirs, id);
                            }
                        }
                        other => words.extend(spans::text_of(Some(other))),
                    }
                }
            }
            Some(one @ Json::String(_)) if key != "entities" => {
                answer.fields.insert(field.clone(), Value::Text(one.as_str().unwrap_or_default().to_owned()));
            }
            _ => {}
        }
    }
    match object.get("cats") {
        Some(Json::Array(list)) => words.extend(list.iter().filter_map(|one| spans::text_of(Some(one)))),
        Some(Json::String(one)) => drop(answer.fields.insert(field.clone(), Value::Text(one.clone()))),
        _ => {}
    }
    if !words.is_empty() {
        let value = match settings.options.is("task", "seq2seq") {
            true => Value::Text(words.join("\n")),
            false => Value::List(words),
        };
        answer.fields.insert(field, value);
    }
    for (name, value) in object.get("fields").and_then(Json::as_object).into_iter().flatten() {
        answer.fields.extend(labels::value(value).map(|value| (name.clone(), value)));
    }
    for (at, one) in object.get("relations").and_then(Json::as_array).into_iter().flatten().enumerate() {
        let end = |key: &str| spans::text_of(one.get(key)).and_then(|id| ids.get(&id)).cloned();
        match (end("from_id"), end("to_id"), one.get("type").and_then(Json::as_str)) {
            (Some(from), Some(to), Some(kind)) => answer.relations.push(Relation {
                id: format!("l{}", at + 1),
                relation: kind.to_owned(),
                from,
                to,
                attributes: BTreeMap::new(),
            }),
            _ => {
                problems.push(("bad_relation", format!("relations[{at}] has no type, or names no entity that is read")))
            }
        }
    }
    let mut extras = Extras::of("doccano");
    if let Some(comments) = object.remove("Comments") {
        extras.whole.kept.insert("Comments".into(), comments);
    }
    let annotator = object.get("annotator").and_then(Json::as_str).map(str::to_owned);
    object.retain(|key, _| !KNOWN.contains(&key.as_str()));
    let mut record = Record::new(key, Data::Text(text), place);
    spans::push(&mut record, &annotator.unwrap_or_else(|| source.to_owned()), answer);
    Ok(Record { metadata: object.into_iter().collect(), extras: extras.boxed(), ..record })
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let unit = Unit::of(job.head.options, Unit::Unicode);
    let main = job.head.options.get("field").unwrap_or("label");
    let none = SourcedAnswer::new("import", Answer::default());
    out.begin("all.jsonl")?;
    for (number, item) in job.items.enumerate() {
        let Some(text) = &item.text else { continue };
        let ruler = Ruler::new(text, unit);
        let answers = if item.answers.is_empty() { std::slice::from_ref(&none) } else { &item.answers };
        for SourcedAnswer { source, answer, .. } in answers {
            let mut line = Map::new();
            line.insert("id".into(), json!(number + 1));
            line.insert("key".into(), item.key.clone().into());
            line.insert("text".into(), text.clone().into());
            if source != "import" {
                line.insert("annotator".into(), source.clone().into());
            }
            let offsets: Vec<(u32, u32)> = answer
                .regions
                .iter()
                .filter_map(spans::range)
                .map(|[start, end]| (ruler.outward(start), ruler.outward(end)))
                .collect();
            let list = |value: &Value| matches!(value, Value::List(words) if !words.is_empty());
            let fits = |value: &Value| list(value) || matches!(value, Value::Text(_));
            let fields = || answer.fields.iter();
            let chosen = fields()
                .find(|(name, value)| *name == main && fits(value))
                .or_else(|| fields().find(|(_, value)| list(value)));
            let both = chosen.is_some() && !offsets.is_empty();
            if both || !answer.relations.is_empty() {
                let entity = |(id, (region, (start, end))): (usize, (&labelwright_core::Region, &(u32, u32)))| json!({"id": id, "label": region.class, "start_offset": start, "end_offset": end});
                line.insert("entities".into(), answer.regions.iter().zip(&offsets).enumerate().map(entity).collect());
                let place = |id: &str| answer.regions.iter().position(|region| region.id == id);
                let relation = |(id, one): (usize, &Relation)| json!({"id": id, "from_id": place(&one.from), "to_id": place(&one.to), "type": one.relation});
                line.insert("relations".into(), answer.relations.iter().enumerate().map(relation).collect());
                if let Some((_, value)) = chosen {
                    line.insert("cats".into(), labels::json(value));
                }
            } else if let Some((_, value)) = chosen {
                line.insert("label".into(), labels::json(value));
            } else {
                let spans = answer.regions.iter().zip(&offsets);
                line.insert(
                    "label".into(),
                    spans.map(|(region, (start, end))| json!([start, end, region.class])).collect(),
                );
            }
            if let Some((name, _)) = chosen.filter(|(name, _)| *name != "label") {
                line.insert("label_field".into(), name.clone().into());
            }
            let others: Map<String, Json> = fields()
                .filter(|(name, _)| chosen.is_none_or(|(chosen, _)| chosen != *name))
                .map(|(name, value)| (name.clone(), labels::json(value)))
                .collect();
            if !others.is_empty() {
                line.insert("fields".into(), others.into());
            }
            let kept = item.extras.as_deref().and_then(|extras| extras.whole.kept.get("Comments"));
            line.insert("Comments".into(), kept.cloned().unwrap_or_else(|| json!([])));
            for (name, value) in &item.metadata {
                if line.contains_key(name) || KNOWN.contains(&name.as_str()) {
                    job.losses.add(
                        "values",
                        "metadata with the name of one of the format's keys is left out",
                        &item.key,
                    );
                } else {
                    line.insert(name.clone(), value.clone());
                }
            }
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}
