//! Supervisely JSON: `meta.json` with the classes, and `ann/<picture>.json` for each picture. The corners of a rectangle
//! are pixels that lie in it; a bitmap is a packed PNG with its place.

use crate::{
    carries::{Carries, ClassList, Kind, Names, SplitNames},
    labels,
    media::MediaIndex,
    names::{Stems, folder, last_part, region_id},
    png_mask,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    shapes,
    sink::ArchiveSink,
    text::{json_file, start_of},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use labelwright_core::{
    Answer, Geometry, GeometryKind, Region, Value,
    geometry::{Mask, Points, Polygon, PolygonPart, Polyline},
};
use serde_json::{Map, Value as Json, json};
use std::{
    collections::BTreeSet,
    io::{self, Read, Write},
};

pub const FORMAT: Format = Format {
    id: "supervisely",
    title: "Supervisely JSON",
    carries: Carries {
        words: "images with boxes of whole pixels, polygons with holes, lines, points, masks, tags",
        geometry: &[
            GeometryKind::Box,
            GeometryKind::Polygon,
            GeometryKind::Polyline,
            GeometryKind::Points,
            GeometryKind::Mask,
        ],
        holes: true,
        attributes: Names::Any,
        fields: Names::Of(Kind::Text),
        classes: ClassList::All,
        splits: true,
        split_names: SplitNames::BESIDE,
        sizes: true,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let files = view.list();
        let meta = files.iter().find(|(name, _)| last_part(name) == "meta.json");
        let found = meta.is_some_and(|(name, _)| {
            let start = start_of(view, name, 4096);
            start.contains("\"classes\"") && start.contains("\"tags\"")
        });
        f64::from(u8::from(found)) * 0.96
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

/// Largest bitmap after unpacking, in bytes of PNG.
const PNG_BYTES_MAXIMUM: u64 = 256 << 20;

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    let files: Vec<String> = view.list().into_iter().map(|(name, _)| name).filter(|n| n.ends_with(".json")).collect();
    if let Some(name) = files.iter().find(|name| last_part(name) == "meta.json") {
        let meta: Json = json_file(view, name).map_err(Stop::Unreadable)?;
        let mut schema = labels::class_list(
            meta["classes"].as_array().into_iter().flatten().filter_map(|class| class["title"].as_str()),
            FORMAT.carries.geometry,
        );
        for (class, json) in schema.classes.iter_mut().zip(meta["classes"].as_array().into_iter().flatten()) {
            if let Some(color) = json["color"].as_str().filter(|color| color.len() == 7 && color.starts_with('#')) {
                class.color = color.to_lowercase();
            }
        }
        give_schema(sink, schema, None)?;
    }
    let mut used = BTreeSet::new();
    for name in files.iter().filter(|name| name.starts_with("ann/") || name.contains("/ann/")) {
        let (before, rest) = name.split_once("ann/").unwrap_or(("", name));
        let split = before.trim_end_matches('/').rsplit('/').next().filter(|split| !split.is_empty());
        let key = rest.strip_suffix(".json").unwrap_or(rest);
        let file: Json = match json_file(view, name) {
            Ok(file) => file,
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        let found = media.find(&format!("{before}img/{key}")).or_else(|| media.find(key));
        used.extend(found.map(str::to_owned));
        let data = found.map_or_else(|| Data::Absent(key.to_owned()), |path| Data::File(path.to_owned()));
        let mut record = Record::new(key, data, name);
        record.split = split.map(str::to_owned);
        let side =
            |of: &str| file["size"][of].as_u64().filter(|side| *side > 0).and_then(|side| u32::try_from(side).ok());
        record.size = side("width").and_then(|width| Some([width, side("height")?]));
        let mut answer = Answer::default();
        for (tag, value) in tags(&file["tags"]) {
            let text = match value {
                Value::Text(text) => text,
                other => labels::as_text(&other).0,
            };
            answer.fields.insert(tag, Value::Text(text));
        }
        for (number, object) in file["objects"].as_array().into_iter().flatten().enumerate() {
            let class = object["classTitle"].as_str();
            let outcome = class.ok_or_else(|| ("no_class", "there is no classTitle".to_owned()));
            match outcome.and_then(|class| Ok((class, geometry(object, record.size)?))) {
                Ok((class, geometry)) => {
                    let mut region = labels::region(region_id(number), class, geometry);
                    region.attributes = tags(&object["tags"]).into_iter().collect();
                    answer.regions.push(region);
                }
                Err((code, message)) => {
                    give(sink, Err(RecordError::new(format!("{name}: objects[{number}]"), code, message)))?;
                }
            }
        }
        give(sink, Ok(record.answered(answer)))?;
    }
    Ok(())
}

/// A tag without a value is one that holds.
fn tags(json: &Json) -> Vec<(String, Value)> {
    let tag = |tag: &Json| {
        let name = tag["name"].as_str()?.to_owned();
        Some((name, labels::value(&tag["value"]).unwrap_or(Value::Boolean(true))))
    };
    json.as_array().into_iter().flatten().filter_map(tag).collect()
}

type Problem = (&'static str, String);

fn points_of(json: &Json) -> Result<Vec<[f64; 2]>, Problem> {
    serde_json::from_value(json.clone()).map_err(|_| ("bad_shape", "points are a list of x, y pairs".to_owned()))
}

fn geometry(object: &Json, size: Option<[u32; 2]>) -> Result<Geometry, Problem> {
    let bad = |message: &str| ("bad_shape", message.to_owned());
    let exterior = || points_of(&object["points"]["exterior"]);
    match object["geometryType"].as_str().unwrap_or_default() {
        "rectangle" => match exterior()?.as_slice() {
            [a, b] => {
                let (left, top) = (a[0].min(b[0]), a[1].min(b[1]));
                Ok(shapes::upright(left, top, (a[0] - b[0]).abs() + 1.0, (a[1] - b[1]).abs() + 1.0))
            }
            _ => Err(bad("a rectangle has 2 points")),
        },
        "polygon" => {
            let outer = exterior()?;
            let interior = object["points"]["interior"].as_array();
            let holes = interior.into_iter().flatten().map(points_of).collect::<Result<Vec<_>, _>>()?;
            if outer.len() < 3 || holes.iter().any(|hole| hole.len() < 3) {
                return Err(bad("a polygon has at least 3 points"));
            }
            Ok(Geometry::Polygon(Polygon { parts: vec![PolygonPart { outer, holes }] }))
        }
        "line" => match exterior()? {
            points if points.len() >= 2 => Ok(Geometry::Polyline(Polyline { points })),
            _ => Err(bad("a line has at least 2 points")),
        },
        "point" => match exterior()? {
            points if !points.is_empty() => Ok(Geometry::Points(Points { points })),
            _ => Err(bad("there is no point")),
        },
        "bitmap" => bitmap(&object["bitmap"], size).map(Geometry::Mask),
        other => Err(("not_read", format!("objects of the type {other:?} are not known"))),
    }
}

fn bitmap(json: &Json, size: Option<[u32; 2]>) -> Result<Mask, Problem> {
    let bad = |message: &str| ("bad_mask", message.to_owned());
    let size = size.ok_or_else(|| bad("the size of the picture is not known"))?;
    let packed = STANDARD.decode(json["data"].as_str().unwrap_or_default());
    let packed = packed.map_err(|_| bad("the bitmap is no base64 text"))?;
    let mut bytes = Vec::new();
    let unpacked = flate2::read::ZlibDecoder::new(packed.as_slice()).take(PNG_BYTES_MAXIMUM).read_to_end(&mut bytes);
    unpacked.map_err(|error| bad(&format!("the bitmap cannot be unpacked: {error}")))?;
    let raster = png_mask::decode(&bytes).map_err(|error| bad(&format!("the bitmap is no PNG: {error}")))?;
    // With an alpha channel the colour says nothing; pictures of one channel are the mask.
    let crop: Vec<bool> = raster.values.iter().map(|value| *value != 0).collect();
    let at = |index: usize| json["origin"][index].as_i64().ok_or_else(|| bad("the origin is x, y"));
    shapes::mask_of_crop(size, [at(0)?, at(1)?], [raster.width, raster.height], &crop)
        .ok_or_else(|| bad("the bitmap does not fit the picture"))
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut names = Stems::default();
    let mut tag_names = BTreeSet::new();
    for item in job.items {
        let dataset = folder(item.split.as_deref().unwrap_or(""));
        let folder = if item.split.is_none() { String::new() } else { format!("{dataset}/") };
        let name = names.name(&folder, &item.key, job.losses);
        let (mut objects, mut tags) = (Vec::new(), Vec::new());
        for region in item.regions() {
            tag_names.extend(region.attributes.keys().cloned());
            match object(region, item.size) {
                Some((object, exact)) => {
                    objects.push(object);
                    if !exact {
                        job.losses.add("rounded", "the corners of a box are whole pixels", &item.key);
                    }
                }
                None => job.losses.add("geometry", "an empty mask has no place in the format", &item.key),
            }
        }
        for (tag, value) in item.answers.iter().flat_map(|answer| &answer.answer.fields) {
            tag_names.insert(tag.clone());
            tags.push(json!({ "name": tag, "value": labels::json(value) }));
        }
        if item.size.is_none() {
            job.losses.add("no_size", "the size of the picture is not known", &item.key);
        }
        let [width, height] = item.size.unwrap_or([0, 0]);
        let file = json!({
            "description": "", "size": { "height": height, "width": width }, "tags": tags, "objects": objects,
        });
        out.begin(&format!("{folder}ann/{name}.json"))?;
        serde_json::to_writer(&mut *out, &file)?;
        if let Some(source) = &item.media {
            out.media(&format!("{folder}img/{name}"), source)?;
        }
    }
    let class = |class: &labelwright_core::schema::Class| json!({ "title": class.id, "shape": "any", "color": class.color.to_uppercase(), "geometry_config": {}, "hotkey": "" });
    let classes: Vec<Json> = job.head.schema.classes.iter().map(class).collect();
    let tags: Vec<Json> = tag_names
        .into_iter()
        .map(|name| json!({ "name": name, "value_type": "any_string", "color": "#808080" }))
        .collect();
    out.begin("meta.json")?;
    serde_json::to_writer(&mut *out, &json!({ "classes": classes, "tags": tags }))?;
    out.write_all(b"\n")
}

/// The object, and whether it is exactly the region.
fn object(region: &Region, size: Option<[u32; 2]>) -> Option<(Json, bool)> {
    let mut object = Map::new();
    let mut exact = true;
    let mut points =
        |outer: Json, holes: Json| object.insert("points".into(), json!({ "exterior": outer, "interior": holes }));
    let kind = match &region.geometry {
        Geometry::Box(shape) => {
            let b = shape.bounds();
            exact = [b.left, b.top, b.right, b.bottom].iter().all(|side| side.fract() == 0.0);
            // The pixels that the box touches.
            points(json!([[b.left.floor(), b.top.floor()], [b.right.ceil() - 1.0, b.bottom.ceil() - 1.0]]), json!([]));
            "rectangle"
        }
        Geometry::Polygon(shape) => {
            let part = shape.parts.first()?;
            points(json!(part.outer), json!(part.holes));
            "polygon"
        }
        Geometry::Polyline(shape) => {
            points(json!(shape.points), json!([]));
            "line"
        }
        Geometry::Points(shape) => {
            points(json!(shape.points), json!([]));
            "point"
        }
        Geometry::Mask(mask) => {
            size?;
            let ([left, top, width, height], crop) = shapes::crop_of(mask)?;
            let png = png_mask::encode_bits(width, height, &crop);
            let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            packer.write_all(&png).ok()?;
            let data = STANDARD.encode(packer.finish().ok()?);
            object.insert("bitmap".into(), json!({ "origin": [left, top], "data": data }));
            "bitmap"
        }
        _ => return None,
    };
    let tag = |(name, value): (&String, &Value)| json!({ "name": name, "value": labels::json(value) });
    object.insert("classTitle".into(), region.class.clone().into());
    object.insert("geometryType".into(), kind.into());
    object.insert("description".into(), "".into());
    object.insert("tags".into(), region.attributes.iter().map(tag).collect::<Vec<_>>().into());
    Some((object.into(), exact))
}
