//! Items as tasks, and the schema as a labeling configuration.

use super::{
    config::{self, OCR_TEXT},
    geometry,
    items::{LABELED_BY, SIZE, TOOL},
    names::Names,
    pages, surfaces,
};
use crate::{
    companion::{CompanionItem, is_address},
    extras::Part,
    labels,
    names::Stems,
    record::{ExportItem, Head, SourcedAnswer},
    registry::Job,
    sink::ArchiveSink,
    spans::{Ruler, Unit},
};
use labelwright_core::{Answer, Geometry, Modality, Region, Target, Value, schema::FieldKind};
use serde_json::{Map, Value as Json, json};
use std::io;

/// The type of regions of `OcrLabels`, which have their text in their own value.
const OCR_LABELS: &str = "ocrlabels";

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut names = Stems::default();
    out.begin("label_config.xml")?;
    let kept = match config::kept(job.head.schema, job.head.extras) {
        Some((text, kept)) => {
            out.write_all(text.as_bytes())?;
            Some(kept)
        }
        None => {
            out.write_all(&config::write(job.head.schema))?;
            None
        }
    };
    let called = Names::of(job.head.schema, kept);
    // Media cannot come between the tasks: names are kept until the file is written.
    let mut media = Vec::new();
    out.begin("tasks.json")?;
    out.write_all(b"[")?;
    for (number, item) in job.items.filter_map(|item| pages::pictured(item, job.head.schema, job.losses)).enumerate() {
        let path = names.name("", &item.key, &Default::default());
        let mut paths = Vec::with_capacity(item.companions.len());
        for CompanionItem { item, .. } in &item.companions {
            let is_there = item.media.is_none() && is_address(&item.key);
            paths.push(if is_there { item.key.clone() } else { names.name("", &item.key, &Default::default()) });
        }
        let task = task(&item, number, (&path, &paths), job.head, &called);
        out.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &task)?;
        let companions = item.companions.into_iter().map(|companion| companion.item.media);
        let sources = std::iter::once((path, item.media)).chain(paths.into_iter().zip(companions));
        media.extend(sources.filter_map(|(path, source)| Some((path, source?))));
    }
    out.write_all(b"\n]\n")?;
    media.iter().try_for_each(|(name, source)| out.media(name, source))
}

/// `paths` are the names of the files of the item and of its companions.
fn task(item: &ExportItem, number: usize, paths: (&str, &[String]), head: &Head<'_>, called: &Names) -> Json {
    let unit = Unit::of(head.options, Unit::Utf16);
    let ruler = item.text.as_deref().map(|text| Ruler::new(text, unit));
    let form = |key: &str| item.extras.as_deref().and_then(|extras| extras.whole.form.get(key));
    let key = form("data_key").and_then(Json::as_str).unwrap_or(config::object(item.modality).1);
    let key = called.item_key().unwrap_or(key);
    let mut data: Map<String, Json> = item.metadata.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let value = form("data").cloned().or_else(|| item.text.clone().map(Json::from)).unwrap_or_else(|| paths.0.into());
    let mut meta = Map::from_iter([("key".to_owned(), item.key.clone().into())]);
    // Metadata of the same name would take the place of the data.
    let mut put_data = |key: &str, value: Json| {
        let clash = data.insert(key.to_owned(), value);
        meta.extend(clash.map(|clash| (key.to_owned(), clash)));
    };
    put_data(key, value);
    for (CompanionItem { pane, item }, path) in item.companions.iter().zip(paths.1) {
        let value = form(&surfaces::form(pane)).cloned().or_else(|| item.text.clone().map(Json::from));
        put_data(called.key(pane), value.unwrap_or_else(|| path.as_str().into()));
    }
    let heads = item.extras.as_deref().and_then(|extras| extras.whole.kept.get("annotations")).and_then(Json::as_array);
    let mut heads: Vec<Json> = heads.cloned().unwrap_or_default();
    let (mut annotations, mut predictions, mut drafts) = (Vec::new(), Vec::new(), Vec::new());
    let mut put = |source: &str, mut entry: Map<String, Json>, result: Vec<Json>| {
        let count = result.len();
        entry.insert("result".into(), result.into());
        if let Some(version) = source.strip_prefix("model:") {
            entry.entry("model_version").or_insert_with(|| version.into());
            predictions.push(Json::Object(entry));
            return;
        }
        let person = source.strip_prefix("draft:");
        let name = person.unwrap_or(source);
        if let Some(id) = name.strip_prefix("user-").and_then(|id| id.parse::<u64>().ok()) {
            entry.entry("completed_by").or_insert_with(|| id.into());
        } else if name.contains('@') {
            entry.entry("completed_by").or_insert_with(|| json!({"email": name}));
        } else if name != "import" {
            entry.entry("created_username").or_insert_with(|| name.into());
        }
        if person.is_some() {
            drafts.push(Json::Object(entry));
            return;
        }
        entry.entry("was_cancelled").or_insert_with(|| false.into());
        entry.entry("ground_truth").or_insert_with(|| false.into());
        entry.insert("result_count".into(), count.into());
        annotations.push(Json::Object(entry));
    };
    for SourcedAnswer { source, answer, .. } in &item.answers {
        let at = heads.iter().position(|head| head.get("of").and_then(Json::as_str) == Some(source));
        let mut entry = at.map(|at| heads.remove(at)).and_then(|head| head.as_object().cloned()).unwrap_or_default();
        entry.remove("of");
        put(source, entry, result(answer, item, ruler.as_ref(), head, called));
    }
    // Answers without labels: skipped tasks, and people who found nothing.
    for left in heads {
        let Json::Object(mut entry) = left else { continue };
        let source = entry.remove("of").and_then(|of| of.as_str().map(str::to_owned)).unwrap_or_default();
        put(&source, entry, Vec::new());
    }
    let mut task = json!({"id": number + 1, "data": data, "meta": meta, "annotations": annotations, "predictions": predictions, "drafts": drafts});
    if let Some(task) = task.as_object_mut() {
        for key in ["id", "inner_id", "created_at", "updated_at", "project", "file_upload"] {
            task.extend(form(key).map(|value| (key.to_owned(), value.clone())));
        }
    }
    task
}

pub(super) fn result(
    answer: &Answer,
    item: &ExportItem,
    ruler: Option<&Ruler<'_>>,
    head: &Head<'_>,
    called: &Names,
) -> Vec<Json> {
    let form = |key: &str| item.extras.as_deref().and_then(|extras| extras.whole.form.get(key));
    let to = form("to_name").and_then(Json::as_str).unwrap_or(config::object(item.modality).1);
    let to = called.item().unwrap_or(to);
    let unit = Unit::of(head.options, Unit::Utf16);
    let texts = item.companions.iter().map(|companion| companion.item.text.as_deref());
    let rulers: Vec<Option<Ruler<'_>>> = texts.map(|text| text.map(|text| Ruler::new(text, unit))).collect();
    let mut found = Vec::new();
    for (name, value) in &answer.fields {
        let kind = head.schema.field(name).map(|field| &field.kind);
        let (kind, mut content, exact) = field(value, kind);
        let whole = item.extras.as_deref().map(|extras| &extras.whole);
        content = entries(whole, name, value).unwrap_or(content);
        for raw in ["taxonomy", "ranker"] {
            if let Some(value) = form(&format!("{raw} {name}")) {
                content = json!({ raw: value });
                let exact = Json::Null;
                found.push(entry("", name, to, raw, content.clone(), exact));
            }
        }
        if content.get("taxonomy").or_else(|| content.get("ranker")).is_none() {
            found.push(entry("", name, to, kind, content, exact));
        }
    }
    for (at, one) in found.iter_mut().enumerate() {
        if let Some(one) = one.as_object_mut() {
            one.insert("id".into(), format!("field{at}").into());
        }
    }
    for region in &answer.regions {
        let part = item.extras.as_deref().and_then(|extras| extras.part(&region.id));
        let pane = head.schema.class(&region.class).and_then(|class| class.pane.as_deref());
        let companion = item.companions.iter().zip(&rulers).find(|(one, _)| Some(one.pane.as_str()) == pane);
        let place = match companion {
            Some((one, ruler)) => {
                Place { data: &one.item, owner: item, ruler: ruler.as_ref(), to: &one.pane, pane: Some(&one.pane) }
            }
            None => Place { data: item, owner: item, ruler, to, pane: None },
        };
        push_region(&mut found, region, part, &place, head, called);
    }
    for one in &answer.relations {
        let both = one.attributes.get("direction") == Some(&Value::Text("bi".into()));
        found.push(json!({"type": "relation", "from_id": one.from, "to_id": one.to,
            "direction": if both { "bi" } else { "right" }, "labels": [one.relation]}));
    }
    found
}

/// The control that holds a value, its content, and which kind it was where that does not tell.
fn field(value: &Value, kind: Option<&FieldKind>) -> (&'static str, Json, Json) {
    match (value, kind) {
        (Value::Number(number), Some(FieldKind::Rating { .. })) => ("rating", json!({"rating": number}), Json::Null),
        (Value::Number(_), _) => ("number", json!({"number": labels::json(value)}), Json::Null),
        (Value::Boolean(said), _) => ("choices", json!({"choices": [said.to_string()]}), "boolean".into()),
        (Value::List(path), Some(FieldKind::Tree { .. })) => ("taxonomy", json!({"taxonomy": [path]}), Json::Null),
        (Value::List(list), _) => ("choices", json!({"choices": list}), "list".into()),
        (Value::Text(word), Some(FieldKind::Choice { .. } | FieldKind::Pairwise { .. }))
            if word != "left" && word != "right" =>
        {
            ("choices", json!({"choices": [word]}), Json::Null)
        }
        (Value::Text(word), Some(FieldKind::Pairwise { .. })) => ("pairwise", json!({"selected": word}), Json::Null),
        (Value::Text(word), Some(FieldKind::Choice { .. })) => ("choices", json!({"choices": [word]}), Json::Null),
        (Value::Text(text), _) => ("textarea", json!({"text": [text]}), Json::Null),
    }
}

/// The entries of a text area, where their lines are still those that were read.
fn entries(part: Option<&Part>, name: &str, value: &Value) -> Option<Json> {
    let lines = part?.form.get(&format!("lines {name}"))?;
    let texts: Option<Vec<&str>> = lines.as_array()?.iter().map(Json::as_str).collect();
    (Value::Text(texts?.join("\n")) == *value).then(|| json!({ "text": lines }))
}

fn entry(id: &str, from: &str, to: &str, kind: &str, value: Json, exact: Json) -> Json {
    let mut entry =
        json!({"id": id, "from_name": from, "to_name": to, "type": kind, "value": value, "origin": "manual"});
    if let (false, Some(entry)) = (exact.is_null(), entry.as_object_mut()) {
        entry.insert("meta".into(), json!({"kind": exact}));
    }
    entry
}

/// Where a region lies.
struct Place<'a> {
    data: &'a ExportItem,
    /// The item that the data belongs to.
    owner: &'a ExportItem,
    ruler: Option<&'a Ruler<'a>>,
    /// Name of the object.
    to: &'a str,
    pane: Option<&'a str>,
}

fn push_region(
    found: &mut Vec<Json>,
    region: &Region,
    part: Option<&Part>,
    place: &Place<'_>,
    head: &Head<'_>,
    called: &Names,
) {
    let &Place { data: item, owner, ruler, to, pane } = place;
    let said = |key: &str| part.and_then(|part| part.form.get(key)).and_then(Json::as_str);
    // With several objects it is the class that says on which one a region lies.
    let to = said("to_name").filter(|_| called.item().is_none()).unwrap_or(to);
    let control_said = |key: &str| said(key).filter(|_| called.keeps_controls());
    let told = part.and_then(|part| part.form.get(SIZE)).and_then(|size| serde_json::from_value(size.clone()).ok());
    let size: Option<[u32; 2]> = item.size.or(told);
    let raw = part.and_then(|part| part.form.get("value")).and_then(Json::as_object);
    let (control, place) = match (&region.geometry, raw) {
        (_, Some(raw)) => ("", raw.clone()),
        (Geometry::Interval(interval), _) if item.modality == Modality::TimeSeries => {
            let time = |tick| crate::series::moment(item, tick).map_or(Json::Null, crate::series::json);
            let instant = interval.end - interval.start == 1;
            let end = if instant { interval.start } else { interval.end };
            let value = json!({"start": time(interval.start), "end": time(end), "instant": instant});
            ("", value.as_object().cloned().unwrap_or_default())
        }
        (Geometry::Interval(interval), _) if item.modality == Modality::Video => {
            let value = json!({ "ranges": [{ "start": interval.start + 1, "end": interval.end }] });
            ("timeline", value.as_object().cloned().unwrap_or_default())
        }
        (Geometry::Interval(interval), _) => {
            let rate = crate::audio::per_second(item);
            let channel = if let Target::Channel(channel) = region.target { channel } else { 0 };
            let value =
                json!({"start": interval.start as f64 / rate, "end": interval.end as f64 / rate, "channel": channel});
            ("", value.as_object().cloned().unwrap_or_default())
        }
        (geometry, _) => match geometry::write(geometry, size, item.frames, ruler) {
            Some(written) => written,
            None => return,
        },
    };
    let kind = match control {
        "videorectangle" => control.to_owned(),
        _ => format!("{control}labels"),
    };
    let own = |kind: &&str| raw.is_some() || control.is_empty() || control == "rectangle" && *kind == OCR_LABELS;
    let kind = said("type").filter(own).map_or(kind, str::to_owned);
    let from = control_said("from_name").map_or_else(|| config::control_name(control, pane), str::to_owned);
    let mut names = vec![called.label(to, &region.class).to_owned()];
    if let Some(Value::List(more)) = region.attributes.get("more_labels") {
        names.extend(more.iter().cloned());
    }
    let wrap = |id: &str, from: &str, kind: &str, place: &Map<String, Json>| {
        let mut one =
            json!({"id": id, "from_name": from, "to_name": to, "type": kind, "value": place, "origin": "manual"});
        if let Some(map) = one.as_object_mut() {
            if let Some([width, height]) = size {
                map.extend([
                    ("original_width".to_owned(), width.into()),
                    ("original_height".to_owned(), height.into()),
                    ("image_rotation".to_owned(), 0.into()),
                ]);
            }
            if let Some(ticks) = item.clock.and_then(|clock| clock.ticks).filter(|_| item.modality == Modality::Audio) {
                map.insert("original_length".into(), json!(ticks as f64 / crate::audio::per_second(item)));
            }
            map.extend(region.score.map(|score| ("score".to_owned(), json!(score))));
            map.extend(part.and_then(|part| part.kept.get("meta")).map(|meta| ("meta".to_owned(), meta.clone())));
        }
        one
    };
    let tool = part.is_some_and(|part| part.form.contains_key(TOOL)) && raw.is_none() && said("type") == Some(control);
    let read = region.attributes.get(OCR_TEXT).filter(|_| kind == OCR_LABELS);
    if tool {
        // A tool has drawn it, and another control says what it is.
        found.push(wrap(&region.id, &from, control, &place));
        if region.class != config::unlabeled(pane) {
            let from = control_said(LABELED_BY).map_or_else(|| config::control_name("", pane), str::to_owned);
            let mut value = place.clone();
            value.insert("labels".into(), json!(names));
            found.push(wrap(&region.id, &from, "labels", &value));
        }
    } else {
        let mut value = place.clone();
        value.insert(if control == "videorectangle" { "labels" } else { &kind }.to_owned(), json!(names));
        value.extend(read.map(|text| ("ocrtext".to_owned(), labels::json(text))));
        found.push(wrap(&region.id, &from, &kind, &value));
    }
    if let Geometry::Points(points) = &region.geometry {
        // Label Studio has single points: further ones hang on the first.
        for (at, point) in points.points.iter().enumerate().skip(1) {
            let one = Geometry::Points(labelwright_core::geometry::Points { points: vec![*point] });
            let Some((_, place)) = geometry::write(&one, size, None, ruler) else { continue };
            let mut value = place;
            value.insert(kind.clone(), json!(names));
            let mut more = wrap(&format!("{}.{at}", region.id), &from, &kind, &value);
            if let Some(map) = more.as_object_mut() {
                map.insert("parentID".into(), region.id.clone().into());
                map.insert("meta".into(), json!({"kind": "points"}));
            }
            found.push(more);
        }
    }
    let is_here = |name: &str, value: &Value| match value {
        Value::List(_) => name == "more_labels",
        _ => read.is_some() && name == OCR_TEXT,
    };
    for (name, value) in region.attributes.iter().filter(|(name, value)| !is_here(name, value)) {
        let kind =
            head.schema.class(&region.class).and_then(|class| class.attributes.iter().find(|field| field.id == *name));
        let (kind, content, exact) = field(value, kind.map(|field| &field.kind));
        let whole = owner.extras.as_deref().map(|extras| &extras.whole);
        let content = entries(part, name, value).or_else(|| entries(whole, name, value)).unwrap_or(content);
        let mut both = place.clone();
        both.extend(content.as_object().cloned().unwrap_or_default());
        // The text of a span and that of an answer have the same key.
        if kind == "textarea" && place.contains_key("text") {
            both = content.as_object().cloned().unwrap_or_default();
        }
        found.push(entry(&region.id, name, to, kind, both.into(), exact));
    }
}
