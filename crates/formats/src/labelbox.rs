//! Labelbox: the export (version 2, a data row a line with the labels of every project) is read and written; the lines
//! for its import (an annotation a line) are another format. The end of a text entity is inclusive. Colours of masks in
//! pictures elsewhere cannot be fetched: such an object is a located problem.

mod export;
mod import;

use crate::{
    carries::{Carries, Names, Several},
    options::{FormatOption, Way},
    registry::Format,
    spans::{self, UNICODE},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use labelwright_core::{
    Answer, Geometry, GeometryKind, Modality, Value,
    geometry::{Mask, Points, Polyline},
};
use serde_json::{Map, Value as Json, json};

const CARRIES: Carries = Carries {
    words: "images and texts with boxes, polygons, lines, points, masks, spans; questions, relations; labelers and reviews",
    modalities: &[Modality::Image, Modality::Text],
    geometry: &[
        GeometryKind::Box,
        GeometryKind::Polygon,
        GeometryKind::Polyline,
        GeometryKind::Points,
        GeometryKind::Mask,
        GeometryKind::Span,
    ],
    attributes: Names::Any,
    fields: Names::Any,
    relations: Names::Any,
    several: Several::All,
    metadata: true,
    ids: true,
    empty_items: true,
    precision: 1e-6,
    ..Carries::NOTHING
};

pub const EXPORT: Format = Format {
    id: "labelbox",
    title: "Labelbox export",
    carries: CARRIES,
    options: &[
        UNICODE,
        FormatOption {
            key: "project",
            help: "id or name of the project whose labels are read (default: all)",
            values: &[],
            way: Way::Read,
        },
    ],
    sniff: |view| match spans::first_object(view, &[".ndjson", ".jsonl", ".json"]) {
        Some(first) if first.contains_key("data_row") && first.contains_key("projects") => 0.97,
        _ => 0.0,
    },
    read: Some(export::read),
    write: Some(export::write),
    extension: "ndjson",
};

pub const IMPORT: Format = Format {
    id: "labelbox-import",
    title: "Labelbox import",
    carries: Carries {
        words: "annotations for data rows that Labelbox has: boxes, polygons, lines, points, masks, spans, questions, relations",
        several: Several::First,
        metadata: false,
        empty_items: false,
        scores: true,
        ..CARRIES
    },
    options: &[UNICODE],
    sniff: |view| match spans::first_object(view, &[".ndjson", ".jsonl"]) {
        Some(first) if first.contains_key("dataRow") => 0.97,
        _ => 0.0,
    },
    read: Some(import::read),
    write: Some(import::write),
    extension: "ndjson",
};

type Problem = (&'static str, String);

fn point(one: &Json) -> Option<[f64; 2]> {
    Some([one.get("x")?.as_f64()?, one.get("y")?.as_f64()?])
}

/// Pixels, under the names of either form. None when there is no place at all.
fn plane(object: &Map<String, Json>) -> Option<Result<Geometry, Problem>> {
    let bad = |message: &str| Some(Err(("bad_shape", message.to_owned())));
    let points = |list: &Json| -> Option<Vec<[f64; 2]>> { list.as_array()?.iter().map(point).collect() };
    if let Some(shape) = object.get("bounding_box").or_else(|| object.get("bbox")) {
        let n = |key: &str| shape.get(key).and_then(Json::as_f64);
        return match (n("left"), n("top"), n("width"), n("height")) {
            (Some(x), Some(y), Some(w), Some(h)) if w > 0.0 && h > 0.0 => Some(Ok(crate::shapes::upright(x, y, w, h))),
            _ => bad("a box has left, top, and a positive width and height"),
        };
    }
    if let Some(list) = object.get("polygon") {
        return match points(list) {
            Some(mut ring) => {
                // The first point may be repeated at the end.
                if ring.len() > 3 && ring.first() == ring.last() {
                    ring.pop();
                }
                if ring.len() < 3 {
                    bad("a polygon has at least 3 points")
                } else {
                    Some(Ok(crate::shapes::polygon(ring)))
                }
            }
            None => bad("a polygon is a list of x and y"),
        };
    }
    if let Some(list) = object.get("line") {
        return match points(list).filter(|points| points.len() >= 2) {
            Some(points) => Some(Ok(Geometry::Polyline(Polyline { points }))),
            None => bad("a line is a list of at least 2 points with x and y"),
        };
    }
    if let Some(one) = object.get("point") {
        return match point(one) {
            Some(point) => Some(Ok(Geometry::Points(Points { points: vec![point] }))),
            None => bad("a point has x and y"),
        };
    }
    let mask = object.get("mask").or_else(|| object.get("composite_mask"))?;
    let Some(text) = mask.get("png").and_then(Json::as_str) else {
        return Some(Err(("not_read", "the picture of a mask lies elsewhere and is not fetched".into())));
    };
    let decoded =
        STANDARD.decode(text).map_err(|error| error.to_string()).and_then(|bytes| crate::png_mask::decode(&bytes));
    Some(match decoded {
        Ok(raster) => {
            let (w, h) = (raster.width as usize, raster.height as usize);
            let columns = (0..w).flat_map(|x| (0..h).map(move |y| y * w + x));
            let lit = columns.map(|at| raster.values.get(at).is_some_and(|value| *value != 0));
            Ok(Geometry::Mask(Mask::from_pixels(raster.width, raster.height, lit)))
        }
        Err(message) => Err(("bad_mask", message)),
    })
}

/// Key and value of a shape, in the words of the export or of the import.
fn shape(geometry: &Geometry, export: bool) -> Option<(&'static str, Json)> {
    let point = |[x, y]: &[f64; 2]| json!({"x": x, "y": y});
    Some(match geometry {
        Geometry::Box(shape) => (
            if export { "bounding_box" } else { "bbox" },
            json!({"top": shape.y, "left": shape.x, "height": shape.height, "width": shape.width}),
        ),
        Geometry::Polygon(_) => ("polygon", crate::shapes::ring(geometry)?.iter().map(point).collect()),
        Geometry::Polyline(line) => ("line", line.points.iter().map(point).collect()),
        Geometry::Points(points) => ("point", point(points.points.first()?)),
        Geometry::Mask(mask) => {
            let (w, h, columns) = (mask.width as usize, mask.height as usize, mask.to_bytes());
            let rows: Vec<bool> = (0..h)
                .flat_map(|y| (0..w).map(move |x| (x, y)))
                .map(|(x, y)| columns.get(x * h + y) == Some(&1))
                .collect();
            ("mask", json!({"png": STANDARD.encode(crate::png_mask::encode_bits(mask.width, mask.height, &rows))}))
        }
        _ => return None,
    })
}

/// The kind of an object in the export.
fn kind(geometry: &Geometry) -> &'static str {
    match geometry {
        Geometry::Box(_) => "ImageBoundingBox",
        Geometry::Polygon(_) => "ImagePolygon",
        Geometry::Polyline(_) => "ImagePolyline",
        Geometry::Points(_) => "ImagePoint",
        Geometry::Mask(_) => "ImageSegmentationMask",
        _ => "TextEntity",
    }
}

/// Name of an option: of the export (`value`) or of the import (`name`).
fn option_name(one: &Json) -> Option<String> {
    one.as_str().map(str::to_owned).or_else(|| spans::text_of(one.get("name").or_else(|| one.get("value"))))
}

/// Answers to questions as values; questions within an option get the names of both.
fn classify(list: Option<&Json>, under: &str, into: &mut std::collections::BTreeMap<String, Value>) {
    for one in list.and_then(Json::as_array).into_iter().flatten() {
        let Some(name) = option_name(one) else { continue };
        let name = if under.is_empty() { name } else { format!("{under}/{name}") };
        let mut nested = |option: &Json| {
            let word = option_name(option);
            if let Some(word) = &word {
                // Depth is bounded: JSON itself is read to a depth of 128.
                classify(option.get("classifications"), &format!("{name}/{word}"), into);
            }
            word
        };
        let answer = one.get("answer");
        let value = match (one.get("radio_answer"), one.get("checklist_answers"), one.get("text_answer"), answer) {
            (Some(option), ..) => nested(option).map(Value::Text),
            (_, Some(Json::Array(list)), ..) => Some(Value::List(list.iter().filter_map(nested).collect())),
            (_, _, Some(text), _) => {
                text.get("content").and_then(Json::as_str).map(|text| Value::Text(text.to_owned()))
            }
            (.., Some(Json::Array(list))) => Some(Value::List(list.iter().filter_map(nested).collect())),
            (.., Some(Json::String(text))) => Some(Value::Text(text.clone())),
            (.., Some(option)) => nested(option).map(Value::Text),
            _ => None,
        };
        into.extend(value.map(|value| (name, value)));
    }
}

/// A value as a question's answer. Numbers and booleans become words: Labelbox has none.
fn question(name: &str, value: &Value, export: bool) -> Json {
    let option = |word: &str| {
        if export { json!({"name": word, "value": word, "classifications": []}) } else { json!({"name": word}) }
    };
    match (value, export) {
        (Value::List(words), true) => {
            json!({"name": name, "value": name, "checklist_answers": words.iter().map(|word| option(word)).collect::<Vec<_>>()})
        }
        (Value::List(words), false) => {
            json!({"name": name, "answer": words.iter().map(|word| option(word)).collect::<Vec<_>>()})
        }
        (value, true) => json!({"name": name, "value": name, "text_answer": {"content": value.words().concat()}}),
        (value, false) => json!({"name": name, "answer": value.words().concat()}),
    }
}

fn words_only(answer: &Answer) -> usize {
    let lost = |value: &&Value| matches!(value, Value::Number(_) | Value::Boolean(_));
    let regions = answer.regions.iter().flat_map(|region| region.attributes.values());
    answer.fields.values().chain(regions).filter(lost).count()
}
