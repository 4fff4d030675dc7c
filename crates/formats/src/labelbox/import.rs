//! Lines for Labelbox's import: an annotation a line, with the data row that it belongs to.

use super::{classify, plane, question, shape, words_only};
use crate::{
    labels,
    media::{MediaIndex, has_ending},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::Job,
    sink::ArchiveSink,
    spans::{self, Ruler, Unit},
};
use labelwright_core::{Answer, Geometry, Relation};
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, io};

/// Where a data row came first, what is said of it, and its relations with their places.
type Row = (String, Answer, Vec<(String, Json)>);

pub(super) fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::new(view, |name| !has_ending(name, &[".ndjson", ".jsonl"]));
    for name in spans::files(view, &[".ndjson", ".jsonl"]) {
        // The lines of one row need not stand together: all of a file is kept.
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        let mut order: Vec<String> = Vec::new();
        spans::each_object(view, &name, |place, object| {
            let object = match object {
                Ok(object) => object,
                Err(error) => return give(sink, Err(error)),
            };
            let key =
                object.get("dataRow").and_then(|row| spans::text_of(row.get("globalKey").or_else(|| row.get("id"))));
            let Some(key) = key else {
                return give(
                    sink,
                    Err(RecordError::new(place, "no_data", "a line has a dataRow with globalKey or id")),
                );
            };
            if !rows.contains_key(&key) {
                order.push(key.clone());
            }
            let (_, answer, relations) =
                rows.entry(key.clone()).or_insert_with(|| (place.to_owned(), Answer::default(), Vec::new()));
            match line(&object, &key, view, &media, settings, answer) {
                Ok(true) => relations.push((place.to_owned(), object.into())),
                Ok(false) => {}
                Err((code, message)) => give(sink, Err(RecordError::new(place, code, message)))?,
            }
            Ok(())
        })?;
        for key in order {
            let Some((place, mut answer, relations)) = rows.remove(&key) else { continue };
            for (place, object) in relations {
                let said =
                    |key: &str| object.get("relationship").and_then(|one| one.get(key)?.as_str()).map(str::to_owned);
                let known = |id: &String| answer.regions.iter().any(|region| region.id == *id);
                match (said("source").filter(known), said("target").filter(known)) {
                    (Some(from), Some(to)) => answer.relations.push(Relation {
                        id: format!("l{}", answer.relations.len() + 1),
                        relation: object.get("name").and_then(Json::as_str).unwrap_or("relation").to_owned(),
                        from,
                        to,
                        attributes: BTreeMap::new(),
                    }),
                    _ => give(sink, Err(RecordError::new(place, "bad_relation", "one of its ends is not there")))?,
                }
            }
            let data = match (media.find(&key), text_of(view, &media, &key)) {
                (_, Some(text)) => Data::Text(text),
                (Some(found), None) => Data::File(found.to_owned()),
                (None, None) => Data::Absent(key.clone()),
            };
            give(sink, Ok(Record::new(key, data, place).answered(answer)))?;
        }
    }
    Ok(())
}

/// The text of a row, where it lies beside the lines under its key.
fn text_of(view: &dyn DirectoryView, media: &MediaIndex, key: &str) -> Option<String> {
    let name =
        media.find(&format!("{key}.txt")).or_else(|| media.find(key).filter(|name| has_ending(name, &[".txt"])))?;
    crate::files::read_text(view, name).ok()
}

/// True for a relation, which waits until both ends are known.
fn line(
    object: &Map<String, Json>,
    key: &str,
    view: &dyn DirectoryView,
    media: &MediaIndex,
    settings: &Settings,
    answer: &mut Answer,
) -> Result<bool, super::Problem> {
    if object.contains_key("relationship") {
        return Ok(true);
    }
    let name = object.get("name").or_else(|| object.get("schemaId")).and_then(Json::as_str);
    let name = name.ok_or(("no_class", "a line has a name".to_owned()))?;
    if object.contains_key("answer") {
        if object.contains_key("frames") {
            return Err(("not_read", "questions on the frames of a video are not read".into()));
        }
        classify(Some(&json!([object])), "", &mut answer.fields);
        return Ok(false);
    }
    let geometry = match (plane(object), object.get("location")) {
        (Some(geometry), _) => geometry?,
        (None, Some(location)) => {
            let text = text_of(view, media, key);
            let ruler = text.as_deref().map(|text| Ruler::new(text, Unit::of(&settings.options, Unit::Unicode)));
            super::export::location_span(location, ruler.as_ref())?
        }
        (None, None) => return Err(("not_read", format!("the place of {name:?} cannot be read"))),
    };
    let id = object.get("uuid").and_then(Json::as_str).filter(|id| !id.is_empty());
    let mut region =
        labels::region(id.map_or_else(|| format!("o{}", answer.regions.len() + 1), str::to_owned), name, geometry);
    region.score = object.get("confidence").and_then(Json::as_f64);
    classify(object.get("classifications"), "", &mut region.attributes);
    answer.regions.push(region);
    Ok(false)
}

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let unit = Unit::of(job.head.options, Unit::Unicode);
    out.begin("import.ndjson")?;
    for item in job.items {
        let ruler = item.text.as_deref().map(|text| Ruler::new(text, unit));
        let none = Answer::default();
        let answer = item.answers.first().map_or(&none, |answer| &answer.answer);
        job.losses.add_some("values", "numbers and booleans become words", &item.key, words_only(answer));
        if item.text.is_some() && !answer.regions.is_empty() {
            job.losses.add(
                "values",
                "the text itself has no place in the lines: it comes from the data row",
                &item.key,
            );
        }
        let row = json!({"globalKey": item.key});
        let mut put = |mut line: Json| -> io::Result<()> {
            if let Some(line) = line.as_object_mut() {
                line.insert("dataRow".into(), row.clone());
            }
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")
        };
        for region in &answer.regions {
            let place = match (&region.geometry, &ruler) {
                (Geometry::Span(_), Some(ruler)) => spans::range(region).map(|[start, end]| {
                    ("location", json!({"start": ruler.outward(start), "end": ruler.outward(end).saturating_sub(1)}))
                }),
                (geometry, _) => {
                    if matches!(geometry, Geometry::Points(points) if points.points.len() > 1) {
                        job.losses.add("values", "only the first of several points is written", &item.key);
                    }
                    shape(geometry, false)
                }
            };
            let Some((key, place)) = place else { continue };
            let mut line = json!({"uuid": region.id, "name": region.class, key: place});
            if let Some(line) = line.as_object_mut() {
                line.insert(
                    "classifications".into(),
                    region.attributes.iter().map(|(name, value)| question(name, value, false)).collect(),
                );
                line.extend(region.score.map(|score| ("confidence".to_owned(), json!(score))));
            }
            put(line)?;
        }
        for (name, value) in &answer.fields {
            put(question(name, value, false))?;
        }
        for one in &answer.relations {
            put(
                json!({"name": one.relation, "relationship": {"source": one.from, "target": one.to, "type": "unidirectional"}}),
            )?;
        }
    }
    Ok(())
}
