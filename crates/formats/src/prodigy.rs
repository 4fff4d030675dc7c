//! Prodigy JSON Lines: one decision a line, with spans (code points, end exclusive), relations between spans (the ends
//! are named by the index of a span's last token), classes (`label`, `options` with `accept`) and written answers.
//! Lines with the same input and different annotators become one item with several answers.

use crate::{
    carries::{Carries, Names, Several},
    extras::Extras,
    labels,
    options::{FormatOption, Way},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, SourcedAnswer, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans::{self, Joined, Ruler, UNICODE, Unit},
    tokens::tokens,
};
use labelwright_core::{Answer, GeometryKind, Relation, Value};
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, io};

pub const FORMAT: Format = Format {
    id: "prodigy",
    title: "Prodigy JSON Lines",
    carries: Carries {
        words: "texts with spans, relations, classes, choices, written answers",
        geometry: &[GeometryKind::Span],
        attributes: Names::Any,
        fields: Names::Any,
        relations: Names::Any,
        several: Several::All,
        scores: true,
        metadata: true,
        ids: true,
        ..Carries::TEXTS
    },
    options: &[
        UNICODE,
        FormatOption {
            key: "answers",
            help: "which decisions count as answers; others give items without labels",
            values: &["accept", "all"],
            way: Way::Read,
        },
    ],
    sniff: |view| {
        let Some(first) = spans::first_object(view, &[".jsonl"]) else { return 0.0 };
        let marks = ["_input_hash", "_task_hash", "_view_id", "_session_id"];
        match (first.contains_key("text"), marks.iter().any(|mark| first.contains_key(*mark))) {
            (_, true) => 0.95,
            (true, _) if first.contains_key("spans") && first.contains_key("answer") => 0.9,
            (true, _)
                if first.get("spans").is_some_and(|list| list.get(0).is_none_or(|one| one.get("start").is_some())) =>
            {
                0.8
            }
            _ => 0.0,
        }
    },
    read: Some(read),
    write: Some(write),
    extension: "jsonl",
};

fn key(object: &Map<String, Json>, number: usize) -> String {
    let key = object.get("key").or_else(|| object.get("id")).or_else(|| object.get("_input_hash"));
    spans::key_of(key, number)
}

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files = spans::files(view, &[".jsonl"]);
    let (mut joined, mut number) = (Joined::default(), 0);
    for name in &files {
        spans::each_object(view, name, |_, object| {
            number += 1;
            if let Ok(object) = object {
                joined.count(&key(&object, number));
            }
            Ok(())
        })?;
    }
    number = 0;
    for name in &files {
        spans::each_object(view, name, |place, object| {
            number += 1;
            let mut problems = Vec::new();
            let record = object.and_then(|object| record(object, number, place, settings, &mut problems));
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

type Problems = Vec<(&'static str, String)>;

fn record(
    object: Map<String, Json>,
    number: usize,
    place: &str,
    settings: &Settings,
    problems: &mut Problems,
) -> Result<Record, RecordError> {
    let text = object.get("text").and_then(Json::as_str);
    let text = text.ok_or_else(|| {
        RecordError::new(place, "no_text", "a line has a `text`: tasks on pictures and sounds are not read")
    })?;
    let decision = object.get("answer").and_then(Json::as_str).unwrap_or("accept");
    let mut answer = Answer::default();
    let (mut ends, mut places) = (BTreeMap::new(), BTreeMap::new());
    let ruler = Ruler::new(text, Unit::of(&settings.options, Unit::Unicode));
    for (at, one) in object.get("spans").and_then(Json::as_array).into_iter().flatten().enumerate() {
        let number = |key: &str| one.get(key).and_then(Json::as_u64);
        let (Some(start), Some(end), Some(label)) =
            (number("start"), number("end"), one.get("label").and_then(Json::as_str))
        else {
            problems.push(("bad_span", format!("spans[{at}] has start, end and label")));
            continue;
        };
        let range = match ruler.range(start, end) {
            Ok(range) => range,
            Err((code, message)) => {
                problems.push((code, format!("spans[{at}]: {message}")));
                continue;
            }
        };
        let id = one.get("id").and_then(Json::as_str).filter(|id| !id.is_empty());
        let id = id.map_or_else(|| format!("s{}", at + 1), str::to_owned);
        let mut region = labels::region(&id, label, spans::span(vec![range]));
        region.score = one.get("score").and_then(Json::as_f64);
        for (name, value) in one.get("attributes").and_then(Json::as_object).into_iter().flatten() {
            region.attributes.extend(labels::value(value).map(|value| (name.clone(), value)));
        }
        if let Some(Value::Text(link)) =
            one.get("kb_id").and_then(labels::value).filter(|link| *link != Value::Text(String::new()))
        {
            region.attributes.insert("kb_id".into(), Value::Text(link));
        }
        if let Some(token) = number("token_end") {
            ends.insert(token, id.clone());
        }
        places.insert(range, id);
        answer.regions.push(region);
    }
    for (at, one) in object.get("relations").and_then(Json::as_array).into_iter().flatten().enumerate() {
        let mut end = |token: &str, part: &str| -> Option<String> {
            if let Some(id) = one.get(format!("{token}_id")).and_then(Json::as_str) {
                return Some(id.to_owned());
            }
            let part = one.get(part);
            let number = |key: &str| part?.get(key)?.as_u64();
            if let (Some(start), Some(end)) = (number("start"), number("end"))
                && let Ok(range) = ruler.range(start, end)
            {
                if let Some(id) = places.get(&range) {
                    return Some(id.clone());
                }
                // A relation may begin at a token that is no span: it becomes one.
                let class = part.and_then(|part| part.get("label")?.as_str()).unwrap_or("token");
                let id = format!("t{}-{}", range[0], range[1]);
                answer.regions.push(labels::region(&id, class, spans::span(vec![range])));
                places.insert(range, id.clone());
                return Some(id);
            }
            ends.get(&one.get(token)?.as_u64()?).cloned()
        };
        let (from, to) = (end("head", "head_span"), end("child", "child_span"));
        match (from, to, one.get("label").and_then(Json::as_str)) {
            (Some(from), Some(to), Some(label)) => answer.relations.push(Relation {
                id: format!("l{}", at + 1),
                relation: label.to_owned(),
                from,
                to,
                attributes: BTreeMap::new(),
            }),
            _ => {
                problems.push(("bad_relation", format!("relations[{at}] has no label, or names no span that is there")))
            }
        }
    }
    let options = object.get("options").and_then(Json::as_array);
    if let Some(chosen) = object.get("accept").and_then(Json::as_array) {
        let words: Vec<String> = chosen.iter().filter_map(|one| spans::text_of(Some(one))).collect();
        let single = options.is_some()
            && object.get("config").and_then(|config| config.get("choice_style")).and_then(Json::as_str)
                == Some("single");
        match (single, words.as_slice()) {
            (true, [one]) => drop(answer.fields.insert("accept".into(), Value::Text(one.clone()))),
            _ if words.is_empty() => {}
            _ => drop(answer.fields.insert("accept".into(), Value::List(words))),
        }
    }
    for name in ["label", "user_input", "transcript"] {
        if let Some(said) = object.get(name).and_then(Json::as_str) {
            answer.fields.insert(name.into(), Value::Text(said.to_owned()));
        }
    }
    for (name, value) in object.get("fields").and_then(Json::as_object).into_iter().flatten() {
        answer.fields.extend(labels::value(value).map(|value| (name.clone(), value)));
    }
    let mut record = Record::new(key(&object, number), Data::Text(text.to_owned()), place);
    for (name, value) in object.get("meta").and_then(Json::as_object).into_iter().flatten() {
        record.metadata.insert(name.clone(), value.clone());
    }
    let person = object.get("_annotator_id").or_else(|| object.get("_session_id")).and_then(Json::as_str);
    if decision == "accept" || settings.options.is("answers", "all") {
        spans::push(&mut record, person.unwrap_or("import"), answer);
    }
    let mut extras = Extras::of("prodigy");
    if decision != "accept" {
        extras.whole.kept.insert("answer".into(), decision.into());
    }
    for key in ["options", "_input_hash", "_task_hash", "_view_id", "_timestamp", "config"] {
        let place = if ["options", "config"].contains(&key) { &mut extras.whole.kept } else { &mut extras.whole.form };
        place.extend(object.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    record.extras = extras.boxed();
    Ok(record)
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let unit = Unit::of(job.head.options, Unit::Unicode);
    let none = SourcedAnswer::new("import", Answer::default());
    out.begin("prodigy.jsonl")?;
    for item in job.items {
        let Some(text) = &item.text else { continue };
        let ruler = Ruler::new(text, unit);
        let cut = tokens(text);
        let ends: Vec<u32> = cut.iter().map(|token| token.end).collect();
        let token = |(id, token): (usize, &crate::tokens::Token<'_>)| {
            let white = cut.get(id + 1).is_some_and(|next| next.start > token.end);
            json!({"text": token.text, "start": ruler.outward(token.start), "end": ruler.outward(token.end), "id": id, "ws": white})
        };
        let list: Vec<Json> = cut.iter().enumerate().map(token).collect();
        let answers = if item.answers.is_empty() { std::slice::from_ref(&none) } else { &item.answers };
        for SourcedAnswer { source, answer, .. } in answers {
            let mut line = Map::new();
            for (name, value) in
                item.extras.iter().flat_map(|extras| extras.whole.form.iter().chain(&extras.whole.kept))
            {
                line.insert(name.clone(), value.clone());
            }
            line.insert("key".into(), item.key.clone().into());
            line.insert("text".into(), text.clone().into());
            let span = |region: &labelwright_core::Region| {
                let [start, end] = spans::range(region)?;
                let mut span = json!({"id": region.id, "start": ruler.outward(start), "end": ruler.outward(end), "label": region.class});
                let first = cut.partition_point(|token| token.end <= start);
                let last = ends.partition_point(|other| *other < end);
                let map = span.as_object_mut()?;
                if cut.get(first).is_some_and(|token| token.start == start) && ends.get(last) == Some(&end) {
                    map.insert("token_start".into(), first.into());
                    map.insert("token_end".into(), last.into());
                }
                map.extend(region.score.map(|score| ("score".to_owned(), json!(score))));
                let mut attributes: Map<String, Json> =
                    region.attributes.iter().map(|(name, value)| (name.clone(), labels::json(value))).collect();
                if let Some(link) = attributes.get("kb_id").and_then(Json::as_str).filter(|link| !link.is_empty()) {
                    map.insert("kb_id".into(), link.into());
                    attributes.remove("kb_id");
                }
                if !attributes.is_empty() {
                    map.insert("attributes".into(), attributes.into());
                }
                Some(span)
            };
            let spans: Vec<Json> = answer.regions.iter().filter_map(span).collect();
            let relations: Vec<Json> = answer
                .relations
                .iter()
                .map(|one| {
                    let end = |id: &str| spans.iter().find(|span| span.get("id").and_then(Json::as_str) == Some(id));
                    let token =
                        |span: Option<&Json>| span.and_then(|span| span.get("token_end")).cloned().unwrap_or_default();
                    let (head, child) = (end(&one.from), end(&one.to));
                    json!({"head": token(head), "child": token(child), "head_id": one.from, "child_id": one.to,
                        "label": one.relation, "head_span": head, "child_span": child})
                })
                .collect();
            line.insert("tokens".into(), list.clone().into());
            line.insert("spans".into(), spans.into());
            if !relations.is_empty() {
                line.insert("relations".into(), relations.into());
            }
            let mut others = Map::new();
            for (name, value) in &answer.fields {
                match (name.as_str(), value) {
                    ("label" | "user_input" | "transcript", Value::Text(_)) => {
                        drop(line.insert(name.clone(), labels::json(value)))
                    }
                    ("accept", Value::List(words)) if !words.is_empty() => {
                        drop(line.insert(name.clone(), labels::json(value)))
                    }
                    _ => drop(others.insert(name.clone(), labels::json(value))),
                }
            }
            if !others.is_empty() {
                line.insert("fields".into(), others.into());
            }
            let meta: Map<String, Json> =
                item.metadata.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            if !meta.is_empty() {
                line.insert("meta".into(), meta.into());
            }
            line.entry("answer").or_insert_with(|| "accept".into());
            if source != "import" {
                line.insert("_annotator_id".into(), source.clone().into());
                line.insert("_session_id".into(), source.clone().into());
            }
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}
