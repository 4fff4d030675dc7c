//! JSON-MIN: the data's keys, what each control said in its simplest form, and who said it; a row an answer.

use super::{config, names::Names, pages, reading, writing};
use crate::{
    record::{DirectoryView, Settings, Sink, SourcedAnswer, Stop},
    registry::Job,
    sink::ArchiveSink,
    spans::{Ruler, Unit},
};
use labelwright_core::Answer;
use serde_json::{Map, Value as Json, json};
use std::io;

const HEAD: [&str; 6] = ["annotator", "annotation_id", "created_at", "updated_at", "lead_time", "id"];

pub(super) fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    reading::each_task(view, settings, sink, task)
}

/// The row as a task with one annotation.
fn task(row: Map<String, Json>) -> Map<String, Json> {
    let (mut data, mut result) = (Map::new(), Vec::new());
    let mut annotation = Map::new();
    let mut id = Json::Null;
    let mut meta = Map::new();
    let objects = ["text", "image", "audio", "video", "html", "dialogue", "csv"];
    let has_object = row.keys().any(|key| objects.contains(&key.as_str()));
    for (name, value) in row {
        match (name.as_str(), &value) {
            ("id", _) => id = value,
            ("key", _) => drop(meta.insert(name, value)),
            ("annotator", Json::Number(_)) => drop(annotation.insert("completed_by".into(), value)),
            ("annotator", Json::String(_)) => drop(annotation.insert("created_username".into(), value)),
            (key, _) if HEAD.contains(&key) => drop(annotation.insert(if key == "annotation_id" { "id" } else { key }.into(), value)),
            (key, _) if objects.contains(&key) => drop(data.insert(name, value)),
            (_, Json::Object(one)) if one.contains_key("choices") => {
                result.push(json!({"from_name": name, "type": "choices", "value": one, "meta": {"kind": "list"}}));
            }
            (_, Json::Array(list)) if list.iter().all(Json::is_object) && !list.is_empty() => {
                for (at, one) in list.iter().enumerate() {
                    let kind = one.as_object().and_then(|one| one.keys().find(|key| key.ends_with("labels")));
                    let kind = match kind.map(String::as_str) {
                        Some("labels") if one.get("sequence").is_some() => "videorectangle",
                        Some(kind) => kind,
                        None => "region",
                    };
                    let mut item = json!({"id": format!("{name}-{at}"), "from_name": name, "type": kind, "value": one});
                    for key in ["original_width", "original_height", "original_length"] {
                        if let (Some(side), Some(item)) = (one.get(key), item.as_object_mut()) {
                            item.insert(key.into(), side.clone());
                        }
                    }
                    result.push(item);
                }
            }
            (_, Json::String(text)) if has_object && !text.starts_with("meta:") => {
                result.push(json!({"from_name": name, "type": "textarea", "value": {"text": [text]}}));
            }
            (_, Json::Bool(said)) => result.push(json!({"from_name": name, "type": "choices", "value": {"choices": [said.to_string()]}, "meta": {"kind": "boolean"}})),
            (_, Json::Number(number)) if has_object => result.push(json!({"from_name": name, "type": "number", "value": {"number": number}})),
            _ => drop(data.insert(name, value)),
        }
    }
    annotation.insert("result".into(), result.into());
    let Json::Object(task) = json!({"id": id, "data": data, "meta": meta, "annotations": [annotation]}) else {
        return Map::new();
    };
    task
}

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let unit = Unit::of(job.head.options, Unit::Utf16);
    out.begin("tasks-min.json")?;
    out.write_all(b"[")?;
    let none = SourcedAnswer::new("import", Answer::default());
    let mut first = true;
    for (number, item) in job.items.filter_map(|item| pages::pictured(item, job.head.schema, job.losses)).enumerate() {
        let ruler = item.text.as_deref().map(|text| Ruler::new(text, unit));
        let answers = if item.answers.is_empty() { std::slice::from_ref(&none) } else { &item.answers };
        for (at, SourcedAnswer { source, answer, .. }) in answers.iter().enumerate() {
            let mut row = Map::new();
            row.insert("id".into(), (number + 1).into());
            row.insert("key".into(), item.key.clone().into());
            row.insert("annotator".into(), source.clone().into());
            row.insert("annotation_id".into(), at.into());
            row.insert(
                config::object(item.modality).1.into(),
                item.text.clone().unwrap_or_else(|| item.key.clone()).into(),
            );
            let several = |region: &&labelwright_core::Region| matches!(&region.geometry, labelwright_core::Geometry::Points(points) if points.points.len() > 1);
            let several = answer.regions.iter().filter(several).count();
            job.losses.add_some("values", "several points of one region become several regions", &item.key, several);
            for one in writing::result(answer, &item, ruler.as_ref(), job.head, &Names::default()) {
                let said = |key: &str| one.get(key).and_then(Json::as_str).unwrap_or_default();
                let Some(value) = one.get("value").and_then(Json::as_object) else { continue };
                let (name, kind) = (said("from_name"), said("type"));
                if kind.ends_with("labels") || kind == "videorectangle" {
                    let mut value = value.clone();
                    for key in ["original_width", "original_height", "original_length"] {
                        value.extend(one.get(key).map(|side| (key.to_owned(), side.clone())));
                    }
                    if let Some(list) = row.entry(name).or_insert_with(|| json!([])).as_array_mut() {
                        list.push(value.into());
                    }
                    continue;
                }
                let simple = match kind {
                    "choices" if one.get("meta").and_then(|meta| meta.get("kind")?.as_str()) == Some("boolean") => {
                        json!(value.get("choices").and_then(|list| list.get(0)?.as_str()) == Some("true"))
                    }
                    "choices" => json!({"choices": value.get("choices")}),
                    "textarea" => value.get("text").and_then(|list| list.get(0)).cloned().unwrap_or_default(),
                    kind => value.get(kind).cloned().unwrap_or_default(),
                };
                if row.contains_key(name) || HEAD.contains(&name) {
                    job.losses.add("values", "a field with the name of another key is left out", &item.key);
                } else {
                    row.insert(name.to_owned(), simple);
                }
            }
            out.write_all(if first { b"\n" } else { b",\n" })?;
            first = false;
            serde_json::to_writer(&mut *out, &row)?;
        }
    }
    out.write_all(b"\n]\n")
}
