//! GeoJSON (RFC 7946) as labeling and pathology tools write it: a file a picture, coordinates in pixels, the class in
//! the properties (`classification.name` as QuPath has it, `class` or `label`).

use crate::{
    carries::{Carries, Names, SplitNames},
    labels,
    names::region_id,
    per_image::{Layout, renamed},
    record::{DirectoryView, RecordError, Sink, Stop},
    registry::{Format, Job},
    sink::ArchiveSink,
    text::json_file,
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, Region,
    geometry::{Points, Polygon, PolygonPart, Polyline},
};
use serde_json::{Map, Value as Json, json};
use std::io;

pub const FORMAT: Format = Format {
    id: "geojson",
    title: "GeoJSON",
    carries: Carries {
        words: "images with polygons with holes and parts, lines, points",
        geometry: &[GeometryKind::Polygon, GeometryKind::Polyline, GeometryKind::Points],
        holes: true,
        parts: true,
        attributes: Names::Any,
        scores: true,
        sizes: true,
        splits: true,
        split_names: SplitNames::BESIDE,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let found = view.list().iter().any(|(name, _)| name.ends_with(".geojson"));
        f64::from(u8::from(found)) * 0.95
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const LAYOUT: Layout = Layout { labels: "labels", media: "images", ending: ".geojson" };

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    LAYOUT.read(view, sink, |name, mut record, problems| {
        let file: Json = json_file(view, name)?;
        let features = match file["type"].as_str() {
            Some("FeatureCollection") => file["features"].as_array().cloned().unwrap_or_default(),
            Some("Feature") => vec![file.clone()],
            _ if file.is_array() => file.as_array().cloned().unwrap_or_default(),
            _ => return Err(RecordError::new(name, "other_kind", "this is neither a FeatureCollection nor a Feature")),
        };
        if let Some(key) = file["image"]["name"].as_str() {
            record = renamed(record, key, view);
        }
        let side =
            |of: &str| file["image"][of].as_u64().filter(|side| *side > 0).and_then(|side| u32::try_from(side).ok());
        record.size = side("width").and_then(|width| Some([width, side("height")?])).or(record.size);
        let mut answer = Answer::default();
        for (number, feature) in features.iter().enumerate() {
            match region(feature, number) {
                Ok(region) => answer.regions.push(region),
                Err((code, message)) => {
                    problems.push(RecordError::new(format!("{name}: features[{number}]"), code, message));
                }
            }
        }
        Ok(record.answered(answer))
    })
}

type Problem = (&'static str, String);

fn region(feature: &Json, number: usize) -> Result<Region, Problem> {
    let properties = &feature["properties"];
    let class =
        [&properties["classification"]["name"], &properties["class"], &properties["label"], &properties["name"]];
    let class = class.into_iter().find_map(Json::as_str).ok_or_else(|| {
        ("no_class", "the properties have neither a classification nor a class, label or name".to_owned())
    })?;
    let mut region = labels::region(region_id(number), class, geometry(&feature["geometry"])?);
    region.score = properties["score"].as_f64();
    for (name, value) in properties["attributes"].as_object().into_iter().flatten() {
        region.attributes.extend(labels::value(value).map(|value| (name.clone(), value)));
    }
    Ok(region)
}

fn coordinates<T: serde::de::DeserializeOwned>(json: &Json) -> Result<T, Problem> {
    serde_json::from_value(json["coordinates"].clone())
        .map_err(|_| ("bad_shape", "the coordinates do not fit the type of the geometry".to_owned()))
}

/// RFC 7946, 3.1.6: the first ring is the outline, the last point is the first one again.
fn part(rings: Vec<Vec<[f64; 2]>>) -> Result<PolygonPart, Problem> {
    let open = |mut ring: Vec<[f64; 2]>| {
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        if ring.len() < 3 { Err(("bad_polygon", "a ring has at least 3 points".to_owned())) } else { Ok(ring) }
    };
    let mut rings = rings.into_iter().map(open).collect::<Result<Vec<_>, _>>()?.into_iter();
    let outer = rings.next().ok_or_else(|| ("bad_polygon", "a polygon has a ring".to_owned()))?;
    Ok(PolygonPart { outer, holes: rings.collect() })
}

fn geometry(json: &Json) -> Result<Geometry, Problem> {
    let line = |points: Vec<[f64; 2]>, least: usize| {
        if points.len() < least {
            Err(("bad_shape", format!("there are fewer than {least} points")))
        } else {
            Ok(points)
        }
    };
    match json["type"].as_str().unwrap_or_default() {
        "Polygon" => Ok(Geometry::Polygon(Polygon { parts: vec![part(coordinates(json)?)?] })),
        "MultiPolygon" => {
            let parts: Vec<Vec<Vec<[f64; 2]>>> = coordinates(json)?;
            let parts = parts.into_iter().map(part).collect::<Result<Vec<_>, _>>()?;
            if parts.is_empty() {
                Err(("bad_polygon", "there is no polygon".into()))
            } else {
                Ok(Geometry::Polygon(Polygon { parts }))
            }
        }
        "LineString" => Ok(Geometry::Polyline(Polyline { points: line(coordinates(json)?, 2)? })),
        "Point" => Ok(Geometry::Points(Points { points: vec![coordinates(json)?] })),
        "MultiPoint" => Ok(Geometry::Points(Points { points: line(coordinates(json)?, 1)? })),
        other => Err(("not_read", format!("geometries of the type {other:?} are not known"))),
    }
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    LAYOUT.write(job, out, |item, name, _, bytes| {
        let features: Vec<Json> = item.regions().enumerate().filter_map(|(at, region)| feature(region, at)).collect();
        let mut image = json!({ "name": name });
        if let Some([width, height]) = item.size {
            image["width"] = width.into();
            image["height"] = height.into();
        }
        let file = json!({ "type": "FeatureCollection", "image": image, "features": features });
        serde_json::to_writer(&mut *bytes, &file)?;
        bytes.push(b'\n');
        Ok(())
    })
}

fn feature(region: &Region, number: usize) -> Option<Json> {
    let closed = |ring: &Vec<[f64; 2]>| -> Vec<[f64; 2]> { ring.iter().chain(ring.first()).copied().collect() };
    let rings =
        |part: &PolygonPart| -> Vec<_> { std::iter::once(&part.outer).chain(&part.holes).map(closed).collect() };
    let (kind, coordinates) = match &region.geometry {
        Geometry::Polygon(shape) => match shape.parts.as_slice() {
            [only] => ("Polygon", json!(rings(only))),
            parts => ("MultiPolygon", json!(parts.iter().map(rings).collect::<Vec<_>>())),
        },
        Geometry::Polyline(shape) => ("LineString", json!(shape.points)),
        Geometry::Points(shape) => match shape.points.as_slice() {
            [only] => ("Point", json!(only)),
            points => ("MultiPoint", json!(points)),
        },
        _ => return None,
    };
    let mut properties = Map::new();
    properties.insert("objectType".into(), "annotation".into());
    properties.insert("classification".into(), json!({ "name": region.class }));
    if !region.attributes.is_empty() {
        let attributes = region.attributes.iter().map(|(name, value)| (name.clone(), labels::json(value)));
        properties.insert("attributes".into(), attributes.collect::<Map<_, _>>().into());
    }
    if let Some(score) = region.score {
        properties.insert("score".into(), json!(score));
    }
    let geometry = json!({ "type": kind, "coordinates": coordinates });
    Some(json!({ "type": "Feature", "id": number.to_string(), "geometry": geometry, "properties": properties }))
}
