//! BDD100K in the form of Scalabel (F. Yu et al., 2020): a list of frames with boxes, polygons and lines. The corners of
//! a box are pixels that lie in it.

use crate::{
    carries::{Carries, Kind, Names, SplitNames},
    json_scan::Scanner,
    labels,
    media::MediaIndex,
    names::{Stems, folder, last_part, region_id},
    record::{DirectoryView, Record, RecordError, Sink, Stop, give},
    registry::{Format, Job},
    shapes,
    sink::{ArchiveSink, Scratch, append},
    text::{start_of, unreadable},
};
use labelwright_core::{Answer, Geometry, GeometryKind, Region, Value, geometry::Polyline};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

pub const FORMAT: Format = Format {
    id: "bdd100k",
    title: "BDD100K (Scalabel)",
    carries: Carries {
        words: "images with boxes, polygons, lines",
        geometry: &[GeometryKind::Box, GeometryKind::Polygon, GeometryKind::Polyline],
        attributes: Names::Any,
        fields: Names::Of(Kind::Text),
        scores: true,
        splits: true,
        split_names: SplitNames::BESIDE,
        sizes: true,
        precision: 1e-9,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let json = view.list().into_iter().filter(|(name, _)| name.ends_with(".json")).take(3);
        let fits = |name: String| {
            let start = start_of(view, &name, 1 << 14);
            start.trim_start().starts_with('[') && (start.contains("\"box2d\"") || start.contains("\"poly2d\""))
        };
        json.map(|(name, _)| if fits(name) { 0.95 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    extension: "json",
    ..Format::NEW
};

const PREFIX: &str = "bdd100k_labels_images_";

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    for (name, _) in view.list().into_iter().filter(|(name, _)| name.ends_with(".json")) {
        let stem = last_part(&name).trim_end_matches(".json");
        let split = stem.strip_prefix(PREFIX).map(str::to_owned);
        let file = view.open(&name).map_err(|error| Stop::Unreadable(unreadable(&name, &error)))?;
        let mut scanner = Scanner::new(&name, file);
        scanner.expect(b'[').map_err(Stop::Unreadable)?;
        let (mut first, mut number) = (true, 0);
        while scanner.next_element(&mut first).map_err(Stop::Unreadable)? {
            let place = format!("{name}: [{number}]");
            number += 1;
            let (_, raw) = scanner.value().map_err(Stop::Unreadable)?;
            match serde_json::from_slice::<Json>(raw) {
                Err(error) => give(sink, Err(RecordError::new(place, "malformed", error.to_string())))?,
                Ok(frame) => self::frame(&frame, place, split.clone(), &media, sink)?,
            }
        }
    }
    Ok(())
}

fn frame(
    frame: &Json,
    place: String,
    split: Option<String>,
    media: &MediaIndex,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let Some(key) = frame["name"].as_str().filter(|key| !key.is_empty()) else {
        return give(sink, Err(RecordError::new(place, "no_key", "a frame has a name")));
    };
    let mut record = Record::new(key, media.data(key), &place);
    record.split = split;
    let side = |of: &str| frame["size"][of].as_u64().filter(|side| *side > 0).and_then(|side| u32::try_from(side).ok());
    record.size = side("width").and_then(|width| Some([width, side("height")?]));
    let mut answer = Answer::default();
    for (name, value) in frame["attributes"].as_object().into_iter().flatten() {
        if let Some(value @ Value::Text(_)) = labels::value(value) {
            answer.fields.insert(name.clone(), value);
        }
    }
    for (number, label) in frame["labels"].as_array().into_iter().flatten().enumerate() {
        let class = label["category"].as_str().ok_or_else(|| ("no_class", "a label has a category".to_owned()));
        let shapes = class.and_then(|class| Ok((class, geometries(label)?)));
        match shapes {
            Err((code, message)) => {
                give(sink, Err(RecordError::new(format!("{place}: labels[{number}]"), code, message)))?;
            }
            Ok((class, geometries)) => {
                for geometry in geometries {
                    let mut region = labels::region(region_id(answer.regions.len()), class, geometry);
                    for (name, value) in label["attributes"].as_object().into_iter().flatten() {
                        region.attributes.extend(labels::value(value).map(|value| (name.clone(), value)));
                    }
                    region.score = label["score"].as_f64();
                    answer.regions.push(region);
                }
            }
        }
    }
    give(sink, Ok(record.answered(answer)))
}

type Problem = (&'static str, String);

fn geometries(label: &Json) -> Result<Vec<Geometry>, Problem> {
    if let Some(corners) = label["box2d"].as_object() {
        let side = |name: &str| corners.get(name).and_then(Json::as_f64);
        let sides = (side("x1"), side("y1"), side("x2"), side("y2"));
        let (Some(x1), Some(y1), Some(x2), Some(y2)) = sides else {
            return Err(("bad_box", "box2d has the numbers x1, y1, x2, y2".into()));
        };
        if x2 - x1 + 1.0 <= 0.0 || y2 - y1 + 1.0 <= 0.0 {
            return Err(("bad_box", "a box has a positive size".into()));
        }
        return Ok(vec![shapes::upright(x1, y1, x2 - x1 + 1.0, y2 - y1 + 1.0)]);
    }
    let polygons =
        label["poly2d"].as_array().ok_or_else(|| ("no_geometry", "there is neither box2d nor poly2d".to_owned()))?;
    let one = |polygon: &Json| {
        let points: Vec<[f64; 2]> = serde_json::from_value(polygon["vertices"].clone())
            .map_err(|_| ("bad_polygon", "vertices are a list of x, y pairs".to_owned()))?;
        if polygon["types"].as_str().is_some_and(|types| types.contains('C')) {
            return Err(("not_read", "curves are not known".to_owned()));
        }
        match (polygon["closed"].as_bool().unwrap_or(false), points.len()) {
            (true, 3..) => Ok(shapes::polygon(points)),
            (false, 2..) => Ok(Geometry::Polyline(Polyline { points })),
            _ => Err(("bad_polygon", "a polygon has at least 3 points, a line 2".to_owned())),
        }
    };
    polygons.iter().map(one).collect()
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut files: BTreeMap<Option<String>, (Box<dyn Scratch>, bool)> = BTreeMap::new();
    let mut names = Stems::default();
    for item in job.items {
        let split = item.split.as_deref().map(folder);
        let name = names.name(split.as_deref().unwrap_or_default(), &item.key, job.losses);
        if let Some(source) = &item.media {
            out.media(&format!("images/{}{name}", split.as_ref().map_or(String::new(), |s| format!("{s}/"))), source)?;
        }
        let labels: Vec<Json> = item.regions().enumerate().filter_map(|(at, region)| label(region, at)).collect();
        let fields = item.answers.iter().flat_map(|answer| &answer.answer.fields);
        let attributes: serde_json::Map<String, Json> =
            fields.map(|(n, value)| (n.clone(), labels::json(value))).collect();
        let mut frame = json!({ "name": name, "attributes": attributes, "timestamp": 0, "labels": labels });
        if let Some([width, height]) = item.size {
            frame["size"] = json!({ "width": width, "height": height });
        }
        let (file, some) = match files.entry(split) {
            std::collections::btree_map::Entry::Occupied(file) => file.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert((out.scratch()?, false)),
        };
        file.write_all(if std::mem::replace(some, true) { b",\n" } else { b"\n" })?;
        serde_json::to_writer(&mut *file, &frame)?;
    }
    if files.is_empty() {
        files.insert(None, (out.scratch()?, false));
    }
    for (split, (file, _)) in files {
        match split {
            Some(split) => out.begin(&format!("{PREFIX}{split}.json"))?,
            None => out.begin("bdd100k_labels.json")?,
        }
        out.write_all(b"[")?;
        append(out, file)?;
        out.write_all(b"]\n")?;
    }
    Ok(())
}

fn label(region: &Region, number: usize) -> Option<Json> {
    let (key, shape) = match &region.geometry {
        Geometry::Box(shape) => {
            let b = shape.bounds();
            ("box2d", json!({ "x1": b.left, "y1": b.top, "x2": b.right - 1.0, "y2": b.bottom - 1.0 }))
        }
        Geometry::Polygon(_) => ("poly2d", poly(shapes::ring(&region.geometry)?, true)),
        Geometry::Polyline(shape) => ("poly2d", poly(&shape.points, false)),
        _ => return None,
    };
    let attributes = region.attributes.iter().map(|(name, value)| (name.clone(), labels::json(value)));
    let mut label = json!({
        "id": number.to_string(),
        "category": region.class,
        "attributes": attributes.collect::<serde_json::Map<_, _>>(),
    });
    label[key] = shape;
    if let Some(score) = region.score {
        label["score"] = json!(score);
    }
    Some(label)
}

fn poly(points: &[[f64; 2]], closed: bool) -> Json {
    json!([{ "vertices": points, "types": "L".repeat(points.len()), "closed": closed }])
}
