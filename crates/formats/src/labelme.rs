//! LabelMe JSON (K. Wada; versions 4 to 7, and what X-AnyLabeling adds to it): a file a picture. What the points mean
//! depends on the type of the shape; a mask is a PNG of its bounding box.

use crate::{
    carries::{Carries, Kind, Names},
    extras::{Extras, Part},
    labels,
    media::MediaIndex,
    names::{Stems, last_part, region_id, split_ending},
    png_mask,
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    shapes,
    sink::ArchiveSink,
    text::{self, start_of},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use labelwright_core::{
    Answer, Geometry, GeometryKind, Region, Value,
    geometry::{Ellipse, Points, Polyline},
};
use serde::Deserialize;
use serde_json::{Map, json};
use std::io;

pub const FORMAT: Format = Format {
    id: "labelme",
    title: "LabelMe JSON",
    carries: Carries {
        words: "images with boxes, rotated boxes, polygons, lines, points, masks, flags",
        geometry: &[
            GeometryKind::Box,
            GeometryKind::RotatedBox,
            GeometryKind::Polygon,
            GeometryKind::Polyline,
            GeometryKind::Points,
            GeometryKind::Mask,
        ],
        attributes: Names::Any,
        fields: Names::Of(Kind::Boolean),
        scores: true,
        sizes: true,
        precision: 1e-6,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let json = view.list().into_iter().filter(|(name, _)| name.ends_with(".json")).take(5);
        let fits = |name: String| {
            let start = start_of(view, &name, 1 << 14);
            start.contains("\"shapes\"") && (start.contains("\"version\"") || start.contains("\"imagePath\""))
        };
        json.map(|(name, _)| if fits(name) { 0.93 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

#[derive(Deserialize)]
struct File {
    shapes: Vec<Map<String, serde_json::Value>>,
    #[serde(default)]
    flags: Option<Map<String, serde_json::Value>>,
    #[serde(default, rename = "imagePath")]
    image_path: Option<String>,
    #[serde(default, rename = "imageWidth")]
    width: Option<u32>,
    #[serde(default, rename = "imageHeight")]
    height: Option<u32>,
}

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    let mut used = std::collections::BTreeSet::new();
    for (name, _) in view.list().into_iter().filter(|(name, _)| name.ends_with(".json")) {
        let file: File = match text::json_file(view, &name) {
            Ok(file) => file,
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        let stem = split_ending(&name).0;
        // Files from Windows have backslashes; a path that leads elsewhere is only a name.
        let said = file.image_path.as_deref().map(|path| path.replace('\\', "/"));
        let folder = stem.rfind('/').map_or("", |end| &stem[..=end]);
        let beside =
            said.as_deref().filter(|p| !p.is_empty()).map(|path| format!("{folder}{}", path.trim_start_matches("./")));
        let found = beside.as_deref().and_then(|path| media.find(path)).or_else(|| media.find_stem(stem));
        let key = match (found, said) {
            (Some(path), _) => path.to_owned(),
            (None, Some(path)) if !path.is_empty() => format!("{folder}{}", last_part(&path)),
            _ => format!("{stem}.jpg"),
        };
        let data = found.map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
        used.extend(found.map(str::to_owned));
        let size = file.width.zip(file.height).filter(|(w, h)| *w > 0 && *h > 0).map(|(w, h)| [w, h]);
        let (mut answer, mut extras) = (Answer::default(), Extras::of("labelme"));
        for (flag, value) in file.flags.into_iter().flatten() {
            if let Some(value @ Value::Boolean(_)) = labels::value(&value) {
                answer.fields.insert(flag, value);
            }
        }
        for (number, shape) in file.shapes.into_iter().enumerate() {
            match region(shape, number, size) {
                Ok((region, part)) => {
                    if !part.is_empty() {
                        extras.parts.insert(region.id.clone(), part);
                    }
                    answer.regions.push(region);
                }
                Err((code, message)) => {
                    give(sink, Err(RecordError::new(format!("{name}: shapes[{number}]"), code, message)))?;
                }
            }
        }
        let record = Record::new(key, data, &name).answered(answer);
        give(sink, Ok(Record { size, extras: extras.boxed(), ..record }))?;
    }
    // A picture that nobody has opened has no file.
    for path in media.paths().iter().filter(|path| !used.contains(*path)) {
        give(sink, Ok(Record::new(path, Data::File(path.clone()), path)))?;
    }
    Ok(())
}

type Problem = (&'static str, String);

fn region(
    mut shape: Map<String, serde_json::Value>,
    number: usize,
    size: Option<[u32; 2]>,
) -> Result<(Region, Part), Problem> {
    let label = shape.remove("label");
    let label =
        label.as_ref().and_then(|label| label.as_str()).ok_or_else(|| ("no_class", "a shape has a label".into()))?;
    let points = serde_json::from_value::<Vec<[f64; 2]>>(shape.remove("points").unwrap_or_default());
    let points = points.map_err(|_| ("bad_shape", "points are a list of x, y pairs".to_owned()))?;
    let kind = shape.remove("shape_type");
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("polygon");
    let mask = shape.remove("mask");
    let geometry = geometry(kind, &points, mask.as_ref().and_then(|mask| mask.as_str()), size)?;
    let mut region = labels::region(region_id(number), label, geometry);
    if let Some(group) = shape.remove("group_id").and_then(|group| group.as_f64()) {
        region.attributes.insert("group_id".into(), Value::Number(group));
    }
    if let Some(serde_json::Value::String(text)) = shape.remove("description")
        && !text.is_empty()
    {
        region.attributes.insert("description".into(), Value::Text(text));
    }
    region.score = shape.remove("score").and_then(|score| score.as_f64());
    let mut part = Part::default();
    for key in ["flags", "attributes"] {
        let Some(serde_json::Value::Object(values)) = shape.remove(key) else { continue };
        for (name, json) in values {
            match labels::value(&json) {
                Some(value) => drop(region.attributes.insert(name, value)),
                None => drop(part.kept.insert(format!("{key}.{name}"), json)),
            }
        }
    }
    if let Some(direction) = shape.remove("direction") {
        part.form.insert("direction".into(), direction);
    }
    shape.retain(|_, value| !value.is_null());
    part.kept.extend(shape);
    Ok((region, part))
}

fn geometry(kind: &str, points: &[[f64; 2]], mask: Option<&str>, size: Option<[u32; 2]>) -> Result<Geometry, Problem> {
    let count = |wanted: &str| Err(("bad_shape", format!("a {kind} has {wanted}; there are {}", points.len())));
    match (kind, points) {
        ("rectangle", [a, b]) | ("rectangle", [a, _, b, _]) => {
            let (left, top) = (a[0].min(b[0]), a[1].min(b[1]));
            let (width, height) = ((a[0] - b[0]).abs(), (a[1] - b[1]).abs());
            if width <= 0.0 || height <= 0.0 {
                return Err(("bad_box", "a box has a positive size".into()));
            }
            Ok(shapes::upright(left, top, width, height))
        }
        ("rectangle", _) => count("2 points"),
        ("oriented_rectangle" | "rotation", [a, b, c, d]) => Ok(shapes::rectangle([*a, *b, *c, *d], 0.5)
            .map_or_else(|| shapes::polygon(points.to_vec()), Geometry::RotatedBox)),
        ("oriented_rectangle" | "rotation", _) => count("4 points"),
        ("circle", [centre, rim]) => {
            let radius = (rim[0] - centre[0]).hypot(rim[1] - centre[1]);
            if radius <= 0.0 {
                return Err(("bad_shape", "a circle has a positive radius".into()));
            }
            Ok(Geometry::Ellipse(Ellipse { cx: centre[0], cy: centre[1], rx: radius, ry: radius, angle: 0.0 }))
        }
        ("circle", _) => count("2 points"),
        ("polygon", outer) if outer.len() >= 3 => Ok(shapes::polygon(outer.to_vec())),
        ("polygon", _) => count("at least 3 points"),
        ("line" | "linestrip", line) if line.len() >= 2 => Ok(Geometry::Polyline(Polyline { points: line.to_vec() })),
        ("line" | "linestrip", _) => count("at least 2 points"),
        ("point" | "points", some) if !some.is_empty() => Ok(Geometry::Points(Points { points: some.to_vec() })),
        ("point" | "points", _) => count("points"),
        ("mask", [corner, ..]) => {
            let bad = |message: &str| ("bad_mask", message.to_owned());
            let size = size.ok_or_else(|| bad("the size of the picture is not known"))?;
            let bytes = STANDARD.decode(mask.unwrap_or_default()).map_err(|_| bad("the mask is no base64 text"))?;
            let raster = png_mask::decode(&bytes).map_err(|error| bad(&format!("the mask is no PNG: {error}")))?;
            let crop: Vec<bool> = raster.values.iter().map(|value| *value != 0).collect();
            let corner = [corner[0] as i64, corner[1] as i64];
            shapes::mask_of_crop(size, corner, [raster.width, raster.height], &crop)
                .map(Geometry::Mask)
                .ok_or_else(|| bad("the mask does not fit the picture"))
        }
        (other, _) => Err(("not_read", format!("shapes of the type {other:?} are not known"))),
    }
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut stems = Stems::default();
    for item in job.items {
        let name = stems.name("", &item.key, job.losses);
        let answer = item.answers.first().map(|answer| &answer.answer);
        let flags: Map<String, serde_json::Value> =
            answer.iter().flat_map(|a| &a.fields).map(|(name, value)| (name.clone(), labels::json(value))).collect();
        let mut written = Vec::new();
        for region in item.regions() {
            let part = item.extras.as_deref().and_then(|extras| extras.part(&region.id));
            match shape(region, part) {
                Some(shape) => written.push(shape),
                None => job.losses.add("geometry", "an empty mask has no place in the format", &item.key),
            }
        }
        let file = json!({
            "version": "5.5.0",
            "flags": flags,
            "shapes": written,
            "imagePath": last_part(&name),
            "imageData": null,
            "imageHeight": item.size.map(|size| size[1]),
            "imageWidth": item.size.map(|size| size[0]),
        });
        out.begin(&format!("{}.json", split_ending(&name).0))?;
        serde_json::to_writer(&mut *out, &file)?;
        out.write_all(b"\n")?;
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
    }
    Ok(())
}

fn shape(region: &Region, part: Option<&Part>) -> Option<serde_json::Value> {
    let (kind, points, mask) = match &region.geometry {
        Geometry::Box(shape) => {
            ("rectangle", vec![[shape.x, shape.y], [shape.x + shape.width, shape.y + shape.height]], None)
        }
        Geometry::RotatedBox(shape) => ("oriented_rectangle", shape.corners().to_vec(), None),
        Geometry::Polygon(_) => ("polygon", shapes::ring(&region.geometry)?.to_vec(), None),
        Geometry::Polyline(shape) => {
            (if shape.points.len() == 2 { "line" } else { "linestrip" }, shape.points.clone(), None)
        }
        Geometry::Points(shape) => {
            (if shape.points.len() == 1 { "point" } else { "points" }, shape.points.clone(), None)
        }
        Geometry::Mask(mask) => {
            let ([left, top, width, height], crop) = shapes::crop_of(mask)?;
            let corners =
                vec![[f64::from(left), f64::from(top)], [f64::from(left + width - 1), f64::from(top + height - 1)]];
            ("mask", corners, Some(STANDARD.encode(png_mask::encode_bits(width, height, &crop))))
        }
        _ => return None,
    };
    let mut shape: Map<String, serde_json::Value> = part.map(|part| part.kept.clone()).unwrap_or_default();
    let (mut flags, mut others) = (Map::new(), Map::new());
    for (key, value) in std::mem::take(&mut shape) {
        match (key.strip_prefix("flags."), key.strip_prefix("attributes.")) {
            (Some(name), _) => drop(flags.insert(name.to_owned(), value)),
            (_, Some(name)) => drop(others.insert(name.to_owned(), value)),
            _ => drop(shape.insert(key, value)),
        }
    }
    shape.insert("group_id".into(), serde_json::Value::Null);
    shape.insert("description".into(), "".into());
    for (name, value) in &region.attributes {
        match (name.as_str(), value) {
            ("group_id", Value::Number(_)) => drop(shape.insert(name.clone(), labels::json(value))),
            ("description", Value::Text(text)) if !text.is_empty() => {
                drop(shape.insert(name.clone(), text.clone().into()))
            }
            (_, Value::Boolean(value)) => drop(flags.insert(name.clone(), (*value).into())),
            _ => drop(others.insert(name.clone(), labels::json(value))),
        }
    }
    shape.insert("label".into(), region.class.clone().into());
    shape.insert("points".into(), json!(points));
    shape.insert("shape_type".into(), kind.into());
    shape.insert("flags".into(), flags.into());
    shape.insert("mask".into(), json!(mask));
    if !others.is_empty() {
        shape.insert("attributes".into(), others.into());
    }
    if let Some(score) = region.score {
        shape.insert("score".into(), json!(score));
    }
    Some(shape.into())
}
