//! An annotation of Datumaro to a part of an answer and back.

use crate::{
    labels,
    loss::Losses,
    names::region_id,
    record::{ClassIndices, ExportItem},
    shapes,
};
use labelwright_core::{
    Answer, Geometry, Region, Value,
    geometry::{Cuboid, Ellipse, Keypoint, Keypoints, Mask, Points, Polyline, Visibility},
};
use serde_json::{Map, json};

type Problem = (&'static str, String);
type Json = Map<String, serde_json::Value>;

pub fn read(mut json: Json, number: usize, names: &[String], answer: &mut Answer) -> Result<(), Problem> {
    let kind = json.remove("type").and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let class = json.get("label_id").and_then(serde_json::Value::as_u64).and_then(|at| names.get(at as usize));
    match kind.as_str() {
        "label" => {
            let class = class.ok_or_else(|| ("unknown_class", "the label is not among the categories".to_owned()))?;
            match answer.fields.entry("tags".to_owned()).or_insert_with(|| Value::List(Vec::new())) {
                Value::List(tags) => tags.push(class.clone()),
                _ => return Err(("malformed", "tags are a list".into())),
            }
            return Ok(());
        }
        "caption" => {
            let text = json.get("caption").and_then(|text| text.as_str()).unwrap_or_default().to_owned();
            if answer.fields.contains_key("caption") {
                return Err(("not_read", "only the first caption is read".into()));
            }
            answer.fields.insert("caption".to_owned(), Value::Text(text));
            return Ok(());
        }
        _ => {}
    }
    let geometry = geometry(&kind, &json)?;
    let class = class.ok_or_else(|| ("unknown_class", "the label is not among the categories".to_owned()))?;
    let mut region = labels::region(region_id(number), class, geometry);
    if let Some(serde_json::Value::Object(attributes)) = json.remove("attributes") {
        for (name, value) in attributes {
            match labels::value(&value) {
                Some(value) => drop(region.attributes.insert(name, value)),
                None => drop(region.attributes.insert(name, Value::Text(value.to_string()))),
            }
        }
    }
    for (key, name) in [("group", "group"), ("z_order", "z_order"), ("object_id", "object_id")] {
        let number = json.get(key).and_then(serde_json::Value::as_f64);
        if let Some(number) = number.filter(|number| *number != 0.0 || key == "object_id") {
            region.attributes.insert(name.to_owned(), Value::Number(number));
        }
    }
    answer.regions.push(region);
    Ok(())
}

fn numbers(json: &Json, key: &str) -> Result<Vec<f64>, Problem> {
    let numbers = json.get(key).and_then(|list| list.as_array()).and_then(|list| {
        list.iter().map(|number| number.as_f64().filter(|n| n.is_finite())).collect::<Option<Vec<f64>>>()
    });
    numbers.ok_or_else(|| ("malformed", format!("{key} is a list of numbers")))
}

fn geometry(kind: &str, json: &Json) -> Result<Geometry, Problem> {
    let bad = |message: &str| ("bad_shape", message.to_owned());
    match kind {
        "bbox" => match numbers(json, "bbox")?.as_slice() {
            [x, y, width, height] if *width > 0.0 && *height > 0.0 => Ok(shapes::upright(*x, *y, *width, *height)),
            _ => Err(("bad_box", "a box is x, y, width, height with a positive size".into())),
        },
        "polygon" => match numbers(json, "points")? {
            flat if flat.len() >= 6 && flat.len().is_multiple_of(2) => Ok(shapes::polygon(shapes::pairs(&flat))),
            _ => Err(("bad_polygon", "a polygon is a list of at least 3 x, y pairs".into())),
        },
        "polyline" => match numbers(json, "points")? {
            flat if flat.len() >= 4 && flat.len().is_multiple_of(2) => {
                Ok(Geometry::Polyline(Polyline { points: shapes::pairs(&flat) }))
            }
            _ => Err(bad("a line is a list of at least 2 x, y pairs")),
        },
        "points" => {
            let points = shapes::pairs(&numbers(json, "points")?);
            if points.is_empty() {
                return Err(bad("there are no points"));
            }
            let visibility = numbers(json, "visibility").unwrap_or_default();
            // Points without hidden ones may still be a skeleton's: only a list of visibilities tells them apart.
            if visibility.len() != points.len() {
                return Ok(Geometry::Points(Points { points }));
            }
            let joint = |([x, y], v): ([f64; 2], f64)| {
                let visibility = match v as i64 {
                    0 => Visibility::Absent,
                    1 => Visibility::Occluded,
                    _ => Visibility::Visible,
                };
                Keypoint { x, y, visibility }
            };
            let points = points.into_iter().zip(visibility).map(joint).collect();
            Ok(Geometry::Keypoints(Keypoints { points }))
        }
        "mask" => {
            let rle = json.get("rle").ok_or_else(|| ("bad_mask", "there is no rle".to_owned()))?;
            let side = |at: usize| rle["size"][at].as_u64().and_then(|side| u32::try_from(side).ok());
            let (height, width) =
                side(0).zip(side(1)).ok_or_else(|| ("bad_mask", "size is [height, width]".to_owned()))?;
            let mask = Mask::from_compressed(width, height, rle["counts"].as_str().unwrap_or_default());
            let mask = mask.map_err(|error| ("bad_mask", error.to_string()))?;
            if mask.is_complete() {
                Ok(Geometry::Mask(mask))
            } else {
                Err(("bad_mask", "the runs do not fill the mask".into()))
            }
        }
        "ellipse" => match numbers(json, "points")?.as_slice() {
            [left, top, right, bottom] if right > left && bottom > top => Ok(Geometry::Ellipse(Ellipse {
                cx: (left + right) / 2.0,
                cy: (top + bottom) / 2.0,
                rx: (right - left) / 2.0,
                ry: (bottom - top) / 2.0,
                angle: 0.0,
            })),
            _ => Err(bad("an ellipse is the left, top, right and bottom of its box")),
        },
        "cuboid_2d" => {
            let vertices =
                json.get("points").cloned().and_then(|list| serde_json::from_value::<[[f64; 2]; 8]>(list).ok());
            let vertices = vertices.ok_or_else(|| bad("a cuboid has 8 points"))?;
            Ok(Geometry::Cuboid(Cuboid { vertices }))
        }
        other => Err(("not_read", format!("annotations of the type {other:?} are not known"))),
    }
}

pub fn write(region: &Region, class: usize, number: usize) -> Option<serde_json::Value> {
    let (kind, key, value) = match &region.geometry {
        Geometry::Box(shape) => ("bbox", "bbox", json!([shape.x, shape.y, shape.width, shape.height])),
        Geometry::Polygon(_) => ("polygon", "points", json!(shapes::flat(shapes::ring(&region.geometry)?))),
        Geometry::Polyline(shape) => ("polyline", "points", json!(shapes::flat(&shape.points))),
        Geometry::Points(shape) => ("points", "points", json!(shapes::flat(&shape.points))),
        Geometry::Keypoints(shape) => {
            let flat: Vec<f64> = shape.points.iter().flat_map(|point| [point.x, point.y]).collect();
            ("points", "points", json!(flat))
        }
        Geometry::Mask(mask) => {
            ("mask", "rle", json!({ "counts": mask.to_compressed(), "size": [mask.height, mask.width] }))
        }
        Geometry::Cuboid(shape) => ("cuboid_2d", "points", json!(shape.vertices)),
        _ => return None,
    };
    let mut attributes = region.attributes.clone();
    let mut whole = |name: &str| match attributes.get(name) {
        Some(Value::Number(number)) if number.fract() == 0.0 && *number != 0.0 => {
            let number = *number as i64;
            attributes.remove(name);
            number
        }
        _ => 0,
    };
    let (group, order) = (whole("group"), whole("z_order"));
    let attributes: Json = attributes.iter().map(|(name, value)| (name.clone(), labels::json(value))).collect();
    let mut json = json!({
        "id": number,
        "type": kind,
        "attributes": attributes,
        "group": group,
        "label_id": class,
        "z_order": order,
    });
    json[key] = value;
    if let Geometry::Keypoints(shape) = &region.geometry {
        let visibility = |point: &Keypoint| match point.visibility {
            Visibility::Absent => 0,
            Visibility::Occluded => 1,
            Visibility::Visible => 2,
        };
        json["visibility"] = shape.points.iter().map(visibility).collect::<Vec<i32>>().into();
    }
    Some(json)
}

/// Labels and captions of the whole picture.
pub fn write_fields(item: &ExportItem, classes: &ClassIndices<'_>, losses: &Losses, out: &mut Vec<serde_json::Value>) {
    if let Some(Value::List(tags)) = item.field("tags") {
        for tag in tags {
            match classes.get(tag.as_str()) {
                Some(class) => {
                    let id = out.len();
                    out.push(json!({ "id": id, "type": "label", "attributes": {}, "group": 0, "label_id": class }));
                }
                None => losses.add("values", "a tag that is no class has no place in the format", &item.key),
            }
        }
    }
    if let Some(Value::Text(text)) = item.field("caption") {
        let id = out.len();
        out.push(json!({ "id": id, "type": "caption", "attributes": {}, "group": 0, "caption": text }));
    }
}
