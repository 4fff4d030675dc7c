//! Darwin JSON 2.0 (V7): a file a picture. An annotation has its shape under the shape's name.

use crate::{
    carries::{Carries, Names},
    labels,
    names::{last_part, region_id},
    per_image::{Layout, renamed},
    record::{DirectoryView, RecordError, Sink, Stop},
    registry::{Format, Job},
    shapes,
    sink::ArchiveSink,
    text::{json_file, start_of},
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, Region, Value,
    geometry::{Ellipse, Points, Polygon, PolygonPart, Polyline},
};
use serde_json::{Value as Json, json};
use std::io;

pub const FORMAT: Format = Format {
    id: "darwin",
    title: "Darwin JSON (V7)",
    carries: Carries {
        words: "images with boxes, polygons, ellipses, lines, points",
        geometry: &[
            GeometryKind::Box,
            GeometryKind::Ellipse,
            GeometryKind::Polygon,
            GeometryKind::Polyline,
            GeometryKind::Points,
        ],
        attributes: Names::Only(&[("attributes", crate::carries::Kind::List)]),
        sizes: true,
        precision: 1e-9,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let json = view.list().into_iter().filter(|(name, _)| name.ends_with(".json")).take(5);
        let fits = |name: String| {
            let start = start_of(view, &name, 1 << 13);
            start.contains("\"slots\"") || start.contains("schema_ref") && start.contains("darwin")
        };
        json.map(|(name, _)| if fits(name) { 0.96 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const LAYOUT: Layout = Layout { labels: "", media: "", ending: ".json" };

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    LAYOUT.read(view, sink, |name, mut record, problems| {
        let file: Json = json_file(view, name)?;
        let item = &file["item"];
        let slot = &item["slots"][0];
        if let Some(file_name) = item["name"].as_str().filter(|name| !name.is_empty()) {
            let folder = item["path"].as_str().unwrap_or("/").trim_matches('/');
            let key = if folder.is_empty() { file_name.to_owned() } else { format!("{folder}/{file_name}") };
            record = renamed(record, &key, view);
        }
        let side = |of: &str| slot[of].as_u64().filter(|side| *side > 0).and_then(|side| u32::try_from(side).ok());
        record.size = side("width").and_then(|width| Some([width, side("height")?])).or(record.size);
        let annotations = file["annotations"].as_array();
        let annotations = annotations.ok_or_else(|| RecordError::new(name, "malformed", "there are no annotations"))?;
        let mut answer = Answer::default();
        for (number, annotation) in annotations.iter().enumerate() {
            match region(annotation, number) {
                Ok(region) => answer.regions.push(region),
                Err((code, message)) => {
                    problems.push(RecordError::new(format!("{name}: annotations[{number}]"), code, message));
                }
            }
        }
        Ok(record.answered(answer))
    })
}

type Problem = (&'static str, String);

fn point(json: &Json) -> Option<[f64; 2]> {
    Some([json["x"].as_f64()?, json["y"].as_f64()?])
}

fn points(json: &Json) -> Result<Vec<[f64; 2]>, Problem> {
    let points: Option<Vec<_>> = json.as_array().and_then(|list| list.iter().map(point).collect());
    points.ok_or_else(|| ("bad_shape", "a path is a list of points with x and y".to_owned()))
}

fn region(annotation: &Json, number: usize) -> Result<Region, Problem> {
    let class = annotation["name"].as_str().ok_or_else(|| ("no_class", "an annotation has a name".to_owned()))?;
    let mut region = labels::region(region_id(number), class, geometry(annotation)?);
    let words = annotation["attributes"]["attributes"].as_array().or_else(|| annotation["attributes"].as_array());
    if let Some(words) = words.filter(|words| !words.is_empty()) {
        let words = words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect();
        region.attributes.insert("attributes".to_owned(), Value::List(words));
    }
    Ok(region)
}

fn geometry(annotation: &Json) -> Result<Geometry, Problem> {
    let bad = |message: &str| ("bad_shape", message.to_owned());
    let shape = |name: &str| annotation.get(name).filter(|shape| shape.is_object());
    if let Some(polygon) = shape("polygon") {
        let paths = polygon["paths"].as_array().cloned().unwrap_or_else(|| vec![polygon["path"].clone()]);
        let part = |path: &Json| match points(path)? {
            outer if outer.len() >= 3 => Ok(PolygonPart { outer, holes: Vec::new() }),
            _ => Err(("bad_polygon", "a polygon has at least 3 points".to_owned())),
        };
        let parts = paths.iter().map(part).collect::<Result<Vec<_>, _>>()?;
        return if parts.is_empty() { Err(bad("there is no path")) } else { Ok(Geometry::Polygon(Polygon { parts })) };
    }
    if let Some(ellipse) = shape("ellipse") {
        let (centre, radius) = (point(&ellipse["center"]), point(&ellipse["radius"]));
        let (Some([cx, cy]), Some([rx, ry])) = (centre, radius) else {
            return Err(bad("an ellipse has a centre and radii"));
        };
        if rx <= 0.0 || ry <= 0.0 {
            return Err(bad("an ellipse has a positive size"));
        }
        let angle = ellipse["angle"].as_f64().unwrap_or(0.0).to_degrees();
        return Ok(Geometry::Ellipse(Ellipse { cx, cy, rx, ry, angle }));
    }
    if let Some(line) = shape("line") {
        return match points(&line["path"])? {
            points if points.len() >= 2 => Ok(Geometry::Polyline(Polyline { points })),
            _ => Err(bad("a line has at least 2 points")),
        };
    }
    if let Some(keypoint) = shape("keypoint") {
        let point = point(keypoint).ok_or_else(|| bad("a keypoint has x and y"))?;
        return Ok(Geometry::Points(Points { points: vec![point] }));
    }
    if let Some(bounds) = shape("bounding_box") {
        let number = |key: &str| bounds[key].as_f64().ok_or_else(|| ("bad_box", "a box has x, y, w and h".to_owned()));
        let (width, height) = (number("w")?, number("h")?);
        if width <= 0.0 || height <= 0.0 {
            return Err(("bad_box", "a box has a positive size".into()));
        }
        return Ok(shapes::upright(number("x")?, number("y")?, width, height));
    }
    Err(("not_read", "annotations of this kind are not known".into()))
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    LAYOUT.write(job, out, |item, name, losses, bytes| {
        let mut annotations = Vec::new();
        for (number, region) in item.regions().enumerate() {
            match annotation(region, number) {
                Some(annotation) => annotations.push(annotation),
                None => losses.add("values", "a region of several points has no place in the format", &item.key),
            }
        }
        let [width, height] = item.size.unwrap_or([0, 0]);
        let folder = name.rfind('/').map_or("/".to_owned(), |end| format!("/{}", &name[..end]));
        let slot = json!({
            "type": "image", "slot_name": "0", "width": width, "height": height,
            "source_files": [{ "file_name": last_part(name), "url": "" }],
        });
        let file = json!({
            "version": "2.0",
            "item": { "name": last_part(name), "path": folder, "slots": [slot] },
            "annotations": annotations,
        });
        serde_json::to_writer(&mut *bytes, &file)?;
        bytes.push(b'\n');
        Ok(())
    })
}

fn annotation(region: &Region, number: usize) -> Option<Json> {
    let path = |points: &[[f64; 2]]| -> Vec<Json> { points.iter().map(|[x, y]| json!({ "x": x, "y": y })).collect() };
    let (key, shape) = match &region.geometry {
        Geometry::Box(shape) => {
            ("bounding_box", json!({ "x": shape.x, "y": shape.y, "w": shape.width, "h": shape.height }))
        }
        Geometry::Ellipse(shape) => (
            "ellipse",
            json!({
                "center": { "x": shape.cx, "y": shape.cy },
                "radius": { "x": shape.rx, "y": shape.ry },
                "angle": shape.angle.to_radians(),
            }),
        ),
        Geometry::Polygon(_) => ("polygon", json!({ "paths": [path(shapes::ring(&region.geometry)?)] })),
        Geometry::Polyline(shape) => ("line", json!({ "path": path(&shape.points) })),
        Geometry::Points(shape) => match shape.points.as_slice() {
            [[x, y]] => ("keypoint", json!({ "x": x, "y": y })),
            _ => return None,
        },
        _ => return None,
    };
    let mut annotation =
        json!({ "id": format!("{number}"), "name": region.class, "slot_names": ["0"], "properties": [] });
    annotation[key] = shape;
    if let (Geometry::Polygon(_), Some(b)) = (&region.geometry, region.bounds()) {
        annotation["bounding_box"] = json!({ "x": b.left, "y": b.top, "w": b.width(), "h": b.height() });
    }
    if let Some(Value::List(words)) = region.attributes.get("attributes") {
        annotation["attributes"] = json!(words);
    }
    Some(annotation)
}
