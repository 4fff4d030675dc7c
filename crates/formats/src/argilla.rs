//! Argilla's records as JSON (2.x: fields, suggestions, responses of users), a list or an object a line. Records of 1.x
//! (`inputs` or `text` with `prediction` and `annotation`) are read too. Offsets are code points.

use crate::{
    carries::{Carries, Names, Several},
    json_scan::Scanner,
    labels,
    options::{FormatOption, Way},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, SourcedAnswer, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans::{self, Ruler, UNICODE, Unit},
    text,
};
use labelwright_core::{Answer, GeometryKind, Value};
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, io};

pub const FORMAT: Format = Format {
    id: "argilla",
    title: "Argilla records",
    carries: Carries {
        words: "texts with spans, classes, ratings, rankings, written answers; suggestions and responses of users",
        geometry: &[GeometryKind::Span],
        fields: Names::Any,
        several: Several::All,
        scores: true,
        metadata: true,
        ..Carries::TEXTS
    },
    options: &[
        UNICODE,
        FormatOption {
            key: "field",
            help: "field that is the text (default: text, else the first one)",
            values: &[],
            way: Way::Read,
        },
    ],
    sniff: |view| {
        let names = spans::files(view, &[".json", ".jsonl"]);
        let start = names.first().map(|name| text::start_of(view, name, 1 << 14)).unwrap_or_default();
        let second =
            start.contains("\"fields\"") && start.contains("\"responses\"") && start.contains("\"suggestions\"");
        let first = start.contains("\"prediction\"") && start.contains("\"annotation\"");
        if second {
            0.97
        } else if first {
            0.8
        } else {
            0.0
        }
    },
    read: Some(read),
    write: Some(write),
    extension: "json",
};

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let mut number = 0;
    let mut one = |place: &str, object: Result<Map<String, Json>, RecordError>, sink: &mut Sink<'_>| {
        number += 1;
        let mut problems = Vec::new();
        let record = object.and_then(|object| record(object, number, place, settings, &mut problems));
        for (code, message) in problems {
            give(sink, Err(RecordError::new(place, code, message)))?;
        }
        give(sink, record)
    };
    for name in spans::files(view, &[".json", ".jsonl"]) {
        if !text::start_of(view, &name, 256).trim_start().starts_with('[') {
            spans::each_object(view, &name, |place, object| one(place, object, sink))?;
            continue;
        }
        let file = view.open(&name).map_err(|error| Stop::Unreadable(text::unreadable(&name, &error)))?;
        let mut scanner = Scanner::new(&name, file);
        scanner.expect(b'[').map_err(Stop::Unreadable)?;
        let (mut first, mut at) = (true, 0);
        while scanner.next_element(&mut first).map_err(Stop::Unreadable)? {
            let (_, raw) = scanner.value().map_err(Stop::Unreadable)?;
            let place = format!("{name}: [{at}]");
            let object =
                serde_json::from_slice(raw).map_err(|error| RecordError::new(&place, "malformed", error.to_string()));
            at += 1;
            one(&place, object, sink)?;
        }
    }
    Ok(())
}

type Problems = Vec<(&'static str, String)>;

fn record(
    mut object: Map<String, Json>,
    number: usize,
    place: &str,
    settings: &Settings,
    problems: &mut Problems,
) -> Result<Record, RecordError> {
    let key = spans::key_of(object.get("id"), number);
    let mut fields = match object.remove("fields").or_else(|| object.remove("inputs")) {
        Some(Json::Object(fields)) => fields,
        _ => Map::new(),
    };
    let wanted = settings.options.get("field").unwrap_or("text");
    let inner = fields.remove(wanted).or_else(|| {
        let first = fields.iter().find(|(_, value)| value.is_string()).map(|(name, _)| name.clone())?;
        fields.remove(&first)
    });
    let text = inner.or_else(|| object.remove("text")).and_then(|text| text.as_str().map(str::to_owned));
    let text = text.ok_or_else(|| RecordError::new(place, "no_text", "a record has a field with text"))?;
    let ruler = Ruler::new(&text, Unit::of(&settings.options, Unit::Unicode));
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    let mut say = |source: &str, name: &str, value: &Json, score: Option<f64>| {
        let answer = answers.entry(source.to_owned()).or_default();
        if let Err((code, message)) = put(answer, name, value, score, &ruler) {
            problems.push((code, format!("{name}: {message}")));
        }
    };
    for (name, list) in object.get("responses").and_then(Json::as_object).into_iter().flatten() {
        for one in list.as_array().into_iter().flatten() {
            let user =
                one.get("user_id").and_then(|user| spans::text_of(Some(user))).unwrap_or_else(|| "import".into());
            let status = one.get("status").and_then(Json::as_str).unwrap_or("submitted");
            let source = if status == "draft" { format!("draft:{user}") } else { user };
            if let Some(value) = one.get("value").filter(|_| status != "discarded") {
                say(&source, name, value, None);
            }
        }
    }
    for (name, one) in object.get("suggestions").and_then(Json::as_object).into_iter().flatten() {
        let agent = one.get("agent").and_then(Json::as_str).unwrap_or("suggestion");
        if let Some(value) = one.get("value") {
            say(&format!("model:{agent}"), name, value, one.get("score").and_then(Json::as_f64));
        }
    }
    // 1.x: one label or several, or tuples of name, start, end.
    for (key, agent) in [("annotation", "annotation_agent"), ("prediction", "prediction_agent")] {
        let person = object.get(agent).and_then(Json::as_str).unwrap_or("import");
        let source = if key == "prediction" { format!("model:{person}") } else { person.to_owned() };
        let Some(value) = object.get(key).filter(|value| !value.is_null()) else { continue };
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let tuples =
            list.iter().any(|one| one.get(1).is_some_and(Json::is_u64) && one.get(2).is_some_and(Json::is_u64));
        if tuples {
            let span =
                |one: &Json| json!({"label": one.get(0), "start": one.get(1), "end": one.get(2), "score": one.get(3)});
            say(&source, "spans", &list.iter().map(span).collect::<Vec<_>>().into(), None);
        } else if key == "prediction" {
            // Pairs of label and score: the most likely one.
            let best = list.iter().max_by(|a, b| {
                let score = |one: &Json| one.get(1).and_then(Json::as_f64).unwrap_or(0.0);
                score(a).total_cmp(&score(b))
            });
            let best = best.and_then(|one| one.get(0).or(Some(one))).cloned();
            best.into_iter().for_each(|best| say(&source, "label", &best, None));
        } else {
            say(&source, "label", value, None);
        }
    }
    let mut record = Record::new(key, Data::Text(text.clone()), place);
    // People come before models: writers of one answer take the first.
    let (models, people): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(source, _)| source.starts_with("model:"));
    for (source, answer) in people.into_iter().chain(models) {
        spans::push(&mut record, &source, answer);
    }
    record.metadata = fields.into_iter().collect();
    if let Some(Json::Object(metadata)) = object.remove("metadata") {
        record.metadata.extend(metadata);
    }
    Ok(record)
}

fn put(
    answer: &mut Answer,
    name: &str,
    value: &Json,
    score: Option<f64>,
    ruler: &Ruler<'_>,
) -> Result<(), (&'static str, String)> {
    let is = |key: &str| {
        value.as_array().is_some_and(|list| list.iter().all(|one| one.get(key).is_some()) && !list.is_empty())
    };
    if is("start") && is("end") {
        for one in value.as_array().into_iter().flatten() {
            let number = |key: &str| one.get(key).and_then(Json::as_u64);
            let (Some(start), Some(end), Some(label)) =
                (number("start"), number("end"), one.get("label").and_then(Json::as_str))
            else {
                return Err(("bad_span", "a span has start, end and label".into()));
            };
            let range = ruler.range(start, end)?;
            let mut region = labels::region(format!("s{}", answer.regions.len() + 1), label, spans::span(vec![range]));
            region.score = one.get("score").and_then(Json::as_f64).or(score);
            answer.regions.push(region);
        }
        return Ok(());
    }
    if is("rank") {
        let mut list: Vec<&Json> = value.as_array().into_iter().flatten().collect();
        list.sort_by_key(|one| one.get("rank").and_then(Json::as_u64).unwrap_or(u64::MAX));
        let words = list.iter().filter_map(|one| one.get("value")?.as_str().map(str::to_owned)).collect();
        answer.fields.insert(name.to_owned(), Value::List(words));
        return Ok(());
    }
    match labels::value(value) {
        Some(Value::List(words)) if words.is_empty() => Ok(()),
        Some(value) => {
            answer.fields.insert(name.to_owned(), value);
            Ok(())
        }
        None if value.is_null() => Ok(()),
        None => Err(("not_read", "the value is of no kind that is known".into())),
    }
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    use labelwright_core::schema::FieldKind;
    let unit = Unit::of(job.head.options, Unit::Unicode);
    out.begin("records.json")?;
    out.write_all(b"[")?;
    for (number, item) in job.items.enumerate() {
        let Some(text) = &item.text else { continue };
        let ruler = Ruler::new(text, unit);
        let (mut responses, mut suggestions) = (Map::new(), Map::new());
        for SourcedAnswer { source, answer, .. } in &item.answers {
            let span = |region: &labelwright_core::Region| {
                let [start, end] = spans::range(region)?;
                let mut span = json!({"start": ruler.outward(start), "end": ruler.outward(end), "label": region.class});
                if let (Some(score), Some(map)) = (region.score, span.as_object_mut()) {
                    map.insert("score".into(), json!(score));
                }
                Some(span)
            };
            let list: Vec<Json> = answer.regions.iter().filter_map(span).collect();
            let mut values: Vec<(String, Json)> = Vec::new();
            if !list.is_empty() {
                values.push(("spans".into(), list.into()));
            }
            for (name, value) in &answer.fields {
                let ranking =
                    job.head.schema.field(name).is_some_and(|field| matches!(field.kind, FieldKind::Ranking { .. }));
                let said = match value {
                    Value::List(words) if ranking => {
                        words.iter().enumerate().map(|(at, word)| json!({"value": word, "rank": at + 1})).collect()
                    }
                    other => labels::json(other),
                };
                if name == "spans" && !answer.regions.is_empty() {
                    job.losses.add("values", "a field with the name `spans` is left out beside spans", &item.key);
                } else {
                    values.push((name.clone(), said));
                }
            }
            for (name, value) in values {
                match source.strip_prefix("model:") {
                    Some(agent) => {
                        drop(suggestions.insert(name, json!({"value": value, "agent": agent, "score": null})))
                    }
                    None => {
                        let (user, status) = source
                            .strip_prefix("draft:")
                            .map_or((source.as_str(), "submitted"), |user| (user, "draft"));
                        if let Some(list) = responses.entry(name).or_insert_with(|| json!([])).as_array_mut() {
                            list.push(json!({"value": value, "user_id": user, "status": status}));
                        }
                    }
                }
            }
        }
        let status = if responses.is_empty() { "pending" } else { "completed" };
        let record = json!({"id": item.key, "fields": {"text": text}, "metadata": item.metadata, "suggestions": suggestions,
            "responses": responses, "vectors": {}, "status": status});
        out.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &record)?;
    }
    out.write_all(b"\n]\n")
}
