//! Items as lines of a manifest: an attribute for the regions, and one for each field.

use crate::{
    labels,
    registry::Job,
    sink::ArchiveSink,
    spans::{self, Ruler, Unit},
};
use labelwright_core::{Answer, Geometry, Value};
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, io};

/// Letters, digits and single hyphens.
fn attribute_name(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(100).collect();
    let parts: Vec<&str> =
        plain.split('-').filter(|part| !part.is_empty() && *part != "metadata" && *part != "ref").collect();
    if parts.is_empty() { "label".to_owned() } else { parts.join("-") }
}

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let unit = Unit::of(job.head.options, Unit::Unicode);
    let classes = job.head.class_indices();
    // Indices of options in the order in which they come: a manifest has no other list of them.
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut index = |field: &str, word: &str| -> usize {
        let list = known.entry(field.to_owned()).or_default();
        list.iter().position(|one| one == word).unwrap_or_else(|| {
            list.push(word.to_owned());
            list.len() - 1
        })
    };
    out.begin("output.manifest")?;
    for item in job.items {
        let mut line = Map::new();
        match &item.text {
            Some(text) => line.insert("source".into(), text.clone().into()),
            None => line.insert("source-ref".into(), item.key.clone().into()),
        };
        line.insert("key".into(), item.key.clone().into());
        for (name, value) in &item.metadata {
            line.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let side = if item.text.is_some() { "text" } else { "image" };
        let none = Answer::default();
        let answer = item.answers.first().map_or(&none, |answer| &answer.answer);
        let metadata = |kind: &str| json!({"type": format!("groundtruth/{kind}"), "job-name": "labeling-job/labelwright", "human-annotated": "yes", "creation-date": "1970-01-01T00:00:00.000000"});
        let mut put = |name: &str, value: Json, mut more: Json, extra: Json| {
            if let (Some(more), Some(extra)) = (more.as_object_mut(), extra.as_object()) {
                more.extend(extra.clone());
            }
            let mut attribute = attribute_name(name);
            while line.contains_key(&attribute) {
                attribute.push_str("-2");
            }
            line.insert(format!("{attribute}-metadata"), more);
            line.insert(attribute, value);
        };
        if !answer.regions.is_empty() {
            let scores: Vec<Json> =
                answer.regions.iter().map(|region| json!({"confidence": region.score.unwrap_or(0.0)})).collect();
            if answer.regions.iter().any(|region| region.score == Some(0.0)) {
                job.losses.add("values", "a score of 0 is the same as none", &item.key);
            }
            if let Some(text) = &item.text {
                let ruler = Ruler::new(text, unit);
                let entity = |region: &labelwright_core::Region| {
                    let [start, end] = spans::range(region)?;
                    Some(
                        json!({"label": region.class, "startOffset": ruler.outward(start), "endOffset": ruler.outward(end)}),
                    )
                };
                let entities: Vec<Json> = answer.regions.iter().filter_map(entity).collect();
                let labels: Vec<Json> = job
                    .head
                    .schema
                    .classes
                    .iter()
                    .map(|class| json!({"label": class.id, "shortDisplayName": class.id}))
                    .collect();
                put(
                    "spans",
                    json!({"annotations": {"labels": labels, "entities": entities}}),
                    metadata("text-span"),
                    json!({"entities": scores}),
                );
            } else {
                let mut map = Map::new();
                let mut list = Vec::new();
                for region in &answer.regions {
                    let Geometry::Box(shape) = &region.geometry else { continue };
                    let id = classes.get(region.class.as_str()).copied().unwrap_or(0);
                    map.insert(id.to_string(), region.class.clone().into());
                    let sides = [shape.x, shape.y, shape.width, shape.height];
                    if sides.iter().any(|side| side.fract() != 0.0) {
                        job.losses.add("rounded", "boxes are written in whole pixels", &item.key);
                    }
                    let [left, top, width, height] = sides.map(|side| side.round() as i64);
                    list.push(json!({"class_id": id, "left": left, "top": top, "width": width.max(1), "height": height.max(1)}));
                }
                let size = item.size.map(|[width, height]| json!({"width": width, "height": height, "depth": 3}));
                let value = json!({"image_size": [size], "annotations": list});
                put("boxes", value, metadata("object-detection"), json!({"class-map": map, "objects": scores}));
            }
        }
        for (name, value) in &answer.fields {
            match value {
                Value::List(words) => {
                    let ids: Vec<usize> = words.iter().map(|word| index(name, word)).collect();
                    let map: Map<String, Json> =
                        ids.iter().zip(words).map(|(id, word)| (id.to_string(), word.clone().into())).collect();
                    let scores: Map<String, Json> = ids.iter().map(|id| (id.to_string(), 0.0.into())).collect();
                    put(
                        name,
                        json!(ids),
                        metadata(&format!("{side}-classification-multilabel")),
                        json!({"class-map": map, "confidence-map": scores, "field": name}),
                    );
                }
                Value::Text(word) => {
                    let id = index(name, word);
                    put(
                        name,
                        json!(id),
                        metadata(&format!("{side}-classification")),
                        json!({"class-name": word, "confidence": 0.0, "field": name}),
                    );
                }
                other => {
                    // Custom jobs may write any value.
                    if matches!(other, Value::Number(_)) {
                        job.losses.add("values", "a number is read back as a word", &item.key);
                    }
                    put(name, labels::json(other), metadata("custom"), json!({"field": name}));
                }
            }
        }
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
