//! The export: a data row a line, with all labels of all projects.

use super::{classify, kind, plane, question, shape, words_only};
use crate::{
    extras::Extras,
    labels,
    media::{MediaIndex, has_ending},
    names::last_part,
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, SourcedAnswer, Stop, give},
    registry::Job,
    sink::ArchiveSink,
    spans::{self, Ruler, Unit},
};
use labelwright_core::{Answer, Geometry, Modality, Relation};
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, io};

pub(super) fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::new(view, |name| !has_ending(name, &[".ndjson", ".jsonl", ".json"]));
    let mut number = 0;
    for name in spans::files(view, &[".ndjson", ".jsonl", ".json"]) {
        spans::each_object(view, &name, |place, object| {
            number += 1;
            let mut problems = Vec::new();
            let record = object.and_then(|row| record(&row, number, place, settings, &media, &mut problems));
            for (place, (code, message)) in problems {
                give(sink, Err(RecordError::new(place, code, message)))?;
            }
            give(sink, record)
        })?;
    }
    Ok(())
}

type Problems = Vec<(String, super::Problem)>;

fn record(
    row: &Map<String, Json>,
    number: usize,
    place: &str,
    settings: &Settings,
    media: &MediaIndex,
    problems: &mut Problems,
) -> Result<Record, RecordError> {
    let data_row = row
        .get("data_row")
        .and_then(Json::as_object)
        .ok_or_else(|| RecordError::new(place, "no_data", "a line has a `data_row`"))?;
    let said = |key: &str| data_row.get(key).and_then(Json::as_str).filter(|text| !text.is_empty());
    let value = said("row_data").unwrap_or_default();
    let attributes = row.get("media_attributes");
    let asset = attributes
        .and_then(|one| one.get("asset_type").or_else(|| one.get("mime_type")))
        .and_then(Json::as_str)
        .unwrap_or_default();
    let is_text = asset.to_ascii_lowercase().starts_with("text");
    let key = said("global_key").or_else(|| said("external_id")).or_else(|| said("id"));
    let key = key.map_or_else(|| format!("row-{number:07}"), str::to_owned);
    let address = value.starts_with("http://") || value.starts_with("https://");
    let found =
        media.find(last_part(&key)).or_else(|| media.find(last_part(value.split('?').next().unwrap_or_default())));
    let data = match found {
        Some(name) if !is_text => Data::File(name.to_owned()),
        _ if is_text && !address => Data::Text(value.to_owned()),
        _ if address => Data::Url(value.to_owned()),
        _ => Data::Absent(key.clone()),
    };
    let side = |name: &str| {
        attributes
            .and_then(|one| one.get(name)?.as_u64())
            .and_then(|side| u32::try_from(side).ok())
            .filter(|side| *side > 0)
    };
    let mut record = Record::new(key, data, place);
    record.size = side("width").zip(side("height")).map(|(width, height)| [width, height]);
    let text = if let Data::Text(text) = &record.data { Some(text.clone()) } else { None };
    let ruler = text.as_deref().map(|text| Ruler::new(text, Unit::of(&settings.options, Unit::Unicode)));
    let (mut extras, mut heads) = (Extras::of("labelbox"), Vec::new());
    for (id, project) in row.get("projects").and_then(Json::as_object).into_iter().flatten() {
        let name = project.get("name").and_then(Json::as_str).unwrap_or_default();
        if settings.options.get("project").is_some_and(|wanted| wanted != id && wanted != name) {
            continue;
        }
        for (at, label) in project.get("labels").and_then(Json::as_array).into_iter().flatten().enumerate() {
            let place = format!("{place}: projects.{id}.labels[{at}]");
            let details = label.get("label_details");
            let source = details.and_then(|details| details.get("created_by")?.as_str()).unwrap_or("import").to_owned();
            let answer = answer(label.get("annotations"), &place, ruler.as_ref(), problems);
            let mut head = Map::new();
            head.insert("of".into(), source.clone().into());
            head.insert("project".into(), id.as_str().into());
            for key in ["id", "label_kind", "label_details", "performance_details"] {
                head.extend(label.get(key).map(|value| (key.to_owned(), value.clone())));
            }
            heads.push(Json::Object(head));
            spans::push(&mut record, &source, answer);
        }
        extras
            .whole
            .kept
            .extend(project.get("project_details").map(|details| (format!("project {id}"), details.clone())));
        extras.whole.form.insert(format!("name {id}"), name.into());
    }
    if !heads.is_empty() {
        extras.whole.kept.insert("labels".into(), heads.into());
    }
    for key in ["attachments", "embeddings"] {
        extras.whole.kept.extend(
            row.get(key)
                .filter(|value| value.as_array().is_none_or(|list| !list.is_empty()))
                .map(|value| (key.to_owned(), value.clone())),
        );
    }
    extras.whole.form.insert("data_row".into(), Json::Object(data_row.clone()));
    for one in row.get("metadata_fields").and_then(Json::as_array).into_iter().flatten() {
        let name = one.get("schema_name").or_else(|| one.get("name")).and_then(Json::as_str);
        record.metadata.extend(name.zip(one.get("value")).map(|(name, value)| (name.to_owned(), value.clone())));
    }
    record.extras = extras.boxed();
    Ok(record)
}

fn answer(annotations: Option<&Json>, place: &str, ruler: Option<&Ruler<'_>>, problems: &mut Problems) -> Answer {
    let mut answer = Answer::default();
    let list = |key: &str| annotations.and_then(|one| one.get(key)?.as_array()).map(Vec::as_slice).unwrap_or_default();
    if annotations.is_some_and(|one| one.get("frames").is_some()) {
        problems.push((place.to_owned(), ("not_read", "labels on the frames of a video are not read".into())));
    }
    for (at, object) in list("objects").iter().enumerate() {
        let place = format!("{place}.objects[{at}]");
        let Some(object) = object.as_object() else { continue };
        let geometry = match (plane(object), object.get("location")) {
            (Some(geometry), _) => geometry,
            (None, Some(location)) => location_span(location, ruler),
            (None, None) => {
                let kind = object.get("annotation_kind").and_then(Json::as_str).unwrap_or("unknown");
                Err(("not_read", format!("objects of the kind {kind} are not read")))
            }
        };
        let name = object.get("name").or_else(|| object.get("value")).and_then(Json::as_str);
        match (geometry, name) {
            (Ok(geometry), Some(name)) => {
                let id = object.get("feature_id").and_then(Json::as_str).filter(|id| !id.is_empty());
                let mut region =
                    labels::region(id.map_or_else(|| format!("o{}", at + 1), str::to_owned), name, geometry);
                classify(object.get("classifications"), "", &mut region.attributes);
                answer.regions.push(region);
            }
            (Err(problem), _) => problems.push((place, problem)),
            (_, None) => problems.push((place, ("no_class", "an object has a name".into()))),
        }
    }
    classify(annotations.and_then(|one| one.get("classifications")), "", &mut answer.fields);
    for (at, one) in list("relationships").iter().enumerate() {
        let inner =
            one.get("unidirectional_relationship").or_else(|| one.get("bidirectional_relationship")).unwrap_or(one);
        let end = |a: &str, b: &str| {
            let id = inner.get(a).or_else(|| inner.get(b))?.as_str()?;
            answer.regions.iter().any(|region| region.id == id).then(|| id.to_owned())
        };
        let name = one.get("name").or_else(|| one.get("value")).and_then(Json::as_str).unwrap_or("relation").to_owned();
        match (end("source", "source_feature_id"), end("target", "target_feature_id")) {
            (Some(from), Some(to)) => {
                let relation =
                    Relation { id: format!("l{}", at + 1), relation: name, from, to, attributes: BTreeMap::new() };
                answer.relations.push(relation);
            }
            _ => problems.push((
                format!("{place}.relationships[{at}]"),
                ("bad_relation", "one of its ends is not there".into()),
            )),
        }
    }
    answer
}

/// The end is inclusive. `token`, where it is given, must be what stands there.
pub(super) fn location_span(location: &Json, ruler: Option<&Ruler<'_>>) -> Result<Geometry, super::Problem> {
    let at = |key: &str| location.get(key).and_then(Json::as_u64);
    let ends = at("start").zip(at("end").and_then(|end| end.checked_add(1)));
    let (start, end) = ends.ok_or(("bad_span", "a location has start and end".to_owned()))?;
    let Some(ruler) = ruler else { return Err(("no_text", "the text of the data row is not in the line".into())) };
    let range = ruler.range(start, end)?;
    match location.get("token").and_then(Json::as_str) {
        Some(token) if token != ruler.cut(range[0], range[1]) => {
            Err(("other_text", format!("the text there is {:?}, and not {token:?}", ruler.cut(range[0], range[1]))))
        }
        _ => Ok(spans::span(vec![range])),
    }
}

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let unit = Unit::of(job.head.options, Unit::Unicode);
    out.begin("labelbox.ndjson")?;
    for item in job.items {
        let ruler = item.text.as_deref().map(|text| Ruler::new(text, unit));
        let whole = item.extras.as_deref().map(|extras| &extras.whole);
        let kept = |key: &str| whole.and_then(|whole| whole.kept.get(key));
        let mut heads: Vec<Json> = kept("labels").and_then(Json::as_array).cloned().unwrap_or_default();
        let mut projects: BTreeMap<String, Vec<Json>> = BTreeMap::new();
        for SourcedAnswer { source, answer, .. } in &item.answers {
            job.losses.add_some("values", "numbers and booleans become words", &item.key, words_only(answer));
            let at = heads.iter().position(|head| head.get("of").and_then(Json::as_str) == Some(source));
            let mut label =
                at.map(|at| heads.remove(at)).and_then(|head| head.as_object().cloned()).unwrap_or_default();
            let project = label.remove("project").and_then(|id| id.as_str().map(str::to_owned));
            label.remove("of");
            label.entry("label_kind").or_insert_with(|| "Default".into());
            label.entry("version").or_insert_with(|| "1.0.0".into());
            label.entry("label_details").or_insert_with(|| json!({"created_by": source, "reviews": []}));
            let mut objects = Vec::new();
            for region in &answer.regions {
                let mut object = json!({"feature_id": region.id, "name": region.class, "value": region.class, "annotation_kind": kind(&region.geometry)});
                let place = match (&region.geometry, &ruler) {
                    (Geometry::Span(_), Some(ruler)) => spans::range(region).map(|[start, end]| {
                        let location = json!({"start": ruler.outward(start), "end": ruler.outward(end).saturating_sub(1), "token": ruler.cut(start, end)});
                        ("location", location)
                    }),
                    (geometry, _) => {
                        if matches!(geometry, Geometry::Points(points) if points.points.len() > 1) {
                            job.losses.add("values", "only the first of several points is written", &item.key);
                        }
                        shape(geometry, true)
                    }
                };
                let (Some((key, place)), Some(map)) = (place, object.as_object_mut()) else { continue };
                map.insert(key.into(), place);
                map.insert(
                    "classifications".into(),
                    region.attributes.iter().map(|(name, value)| question(name, value, true)).collect(),
                );
                objects.push(object);
            }
            let classifications: Vec<Json> =
                answer.fields.iter().map(|(name, value)| question(name, value, true)).collect();
            let relationships: Vec<Json> = answer
                .relations
                .iter()
                .map(|one| {
                    json!({"name": one.relation, "value": one.relation, "annotation_kind": "UnidirectionalRelationship",
                    "unidirectional_relationship": {"source": one.from, "target": one.to}})
                })
                .collect();
            label.insert(
                "annotations".into(),
                json!({"objects": objects, "classifications": classifications, "relationships": relationships}),
            );
            projects.entry(project.unwrap_or_else(|| "project".into())).or_default().push(label.into());
        }
        for left in heads {
            let Json::Object(mut label) = left else { continue };
            let project = label.remove("project").and_then(|id| id.as_str().map(str::to_owned));
            label.remove("of");
            label.insert("annotations".into(), json!({"objects": [], "classifications": [], "relationships": []}));
            projects.entry(project.unwrap_or_else(|| "project".into())).or_default().push(label.into());
        }
        let list: Map<String, Json> = projects
            .into_iter()
            .map(|(id, labels)| {
                let name = whole
                    .and_then(|whole| whole.form.get(&format!("name {id}")))
                    .cloned()
                    .unwrap_or_else(|| job.head.project.into());
                let details =
                    kept(&format!("project {id}")).cloned().unwrap_or_else(|| json!({"workflow_status": "DONE"}));
                (id, json!({"name": name, "labels": labels, "project_details": details}))
            })
            .collect();
        let mut row =
            whole.and_then(|whole| whole.form.get("data_row")).and_then(Json::as_object).cloned().unwrap_or_default();
        row.entry("id").or_insert_with(|| item.key.clone().into());
        row.insert("global_key".into(), item.key.clone().into());
        row.entry("row_data").or_insert_with(|| item.text.clone().unwrap_or_else(|| item.key.clone()).into());
        let asset = if item.modality == Modality::Text { "text" } else { "image" };
        let mut attributes = json!({"asset_type": asset});
        if let (Some([width, height]), Some(map)) = (item.size, attributes.as_object_mut()) {
            map.extend([("width".to_owned(), width.into()), ("height".to_owned(), height.into())]);
        }
        let metadata: Vec<Json> =
            item.metadata.iter().map(|(name, value)| json!({"schema_name": name, "value": value})).collect();
        let line = json!({"data_row": row, "media_attributes": attributes, "metadata_fields": metadata,
            "attachments": kept("attachments").cloned().unwrap_or_else(|| json!([])),
            "embeddings": kept("embeddings").cloned().unwrap_or_else(|| json!([])), "projects": list});
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
