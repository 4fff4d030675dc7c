//! VGG Image Annotator 2 (A. Dutta and A. Zisserman, 2019): one JSON file, as a project or as its annotations alone.
//! The class of a region is one of its attributes.

use crate::{
    carries::{Carries, ClassList, Names},
    labels,
    media::MediaIndex,
    names::{MediaNames, region_id},
    options::{FormatOption, Way},
    record::{DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    shapes,
    sink::{ArchiveSink, append},
    text::{json_file, start_of},
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, Region, Value,
    geometry::{Ellipse, Points, Polyline},
};
use serde_json::{Map, Value as Json, json};
use std::io::{self, Write};

pub const FORMAT: Format = Format {
    id: "via",
    title: "VGG Image Annotator JSON",
    carries: Carries {
        words: "images with boxes, ellipses, polygons, lines, points",
        geometry: &[
            GeometryKind::Box,
            GeometryKind::Ellipse,
            GeometryKind::Polygon,
            GeometryKind::Polyline,
            GeometryKind::Points,
        ],
        // A point is one point.
        parts: false,
        attributes: Names::Any,
        classes: ClassList::All,
        metadata: true,
        precision: 1e-9,
        ..Carries::IMAGES
    },
    options: &[FormatOption {
        key: "class_attribute",
        help: "the attribute of a region that is its class; without it the first of class, label, name, type, or the only one",
        values: &[],
        way: Way::Read,
    }],
    sniff: |view| {
        let json = view.list().into_iter().filter(|(name, _)| name.ends_with(".json")).take(3);
        let fits = |name: String| {
            let start = start_of(view, &name, 1 << 14);
            start.contains("\"_via_") || start.contains("\"shape_attributes\"") || start.contains("\"file_attributes\"")
        };
        json.map(|(name, _)| if fits(name) { 0.95 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(read),
    write: Some(write),
    extension: "json",
};

const CLASS: &str = "class";
const USUAL: [&str; 5] = [CLASS, "label", "name", "type", "category"];

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    for (name, _) in view.list().into_iter().filter(|(name, _)| name.ends_with(".json")) {
        let mut file: Map<String, Json> = json_file(view, &name).map_err(Stop::Unreadable)?;
        let declared = file.remove("_via_attributes");
        let images = match file.remove("_via_img_metadata") {
            Some(Json::Object(images)) => images,
            Some(_) => {
                let message = "_via_img_metadata is no object";
                return Err(Stop::Unreadable(RecordError::new(&name, "malformed", message)));
            }
            None => file,
        };
        let wanted = settings.options.get("class_attribute");
        if let Some(options) = declared.as_ref().map(|all| &all["region"][wanted.unwrap_or(CLASS)]["options"])
            && let Some(options) = options.as_object()
        {
            // JSON objects have no order that lasts: ours says it in words.
            let mut names: Vec<(&String, u64)> = options
                .iter()
                .map(|(name, order)| (name, order.as_str().and_then(|order| order.parse().ok()).unwrap_or(u64::MAX)))
                .collect();
            names.sort_by_key(|(_, order)| *order);
            let names = names.into_iter().map(|(name, _)| name.as_str());
            give_schema(sink, labels::class_list(names, FORMAT.carries.geometry), None)?;
        }
        for (id, image) in images {
            if let Some(record) = one(&name, &id, image, wanted, &media, sink)? {
                give(sink, Ok(record))?;
            }
        }
    }
    Ok(())
}

fn one(
    name: &str,
    id: &str,
    mut image: Json,
    wanted: Option<&str>,
    media: &MediaIndex,
    sink: &mut Sink<'_>,
) -> Result<Option<Record>, Stop> {
    let place = format!("{name}: {id}");
    let Some(key) = image["filename"].as_str().filter(|key| !key.is_empty()).map(str::to_owned) else {
        give(sink, Err(RecordError::new(place, "no_key", "there is no filename")))?;
        return Ok(None);
    };
    let mut record = Record::new(&key, media.data(&key), &place);
    if let Json::Object(attributes) = image["file_attributes"].take() {
        record.metadata = attributes.into_iter().collect();
    }
    // VIA 1 numbers regions as the keys of an object.
    let regions: Vec<Json> = match image["regions"].take() {
        Json::Array(list) => list,
        Json::Object(map) => map.into_values().collect(),
        _ => Vec::new(),
    };
    let mut answer = Answer::default();
    for (number, region) in regions.into_iter().enumerate() {
        match one_region(&region, number, wanted) {
            Ok(region) => answer.regions.push(region),
            Err((code, message)) => {
                give(sink, Err(RecordError::new(format!("{place}: regions[{number}]"), code, message)))?;
            }
        }
    }
    Ok(Some(record.answered(answer)))
}

fn one_region(region: &Json, number: usize, wanted: Option<&str>) -> Result<Region, (&'static str, String)> {
    let geometry = geometry(&region["shape_attributes"])?;
    let none = Map::new();
    let attributes = region["region_attributes"].as_object().unwrap_or(&none);
    let usual = || USUAL.into_iter().find(|name| attributes.contains_key(*name));
    let only = || attributes.keys().next().filter(|_| attributes.len() == 1).map(String::as_str);
    let class_key = wanted.or_else(usual).or_else(only);
    let class = class_key.and_then(|key| attributes.get(key)).and_then(|class| match class {
        Json::String(class) => Some(class.clone()),
        // A checkbox: the first that is ticked.
        Json::Object(ticks) => ticks.keys().next().cloned(),
        _ => None,
    });
    let class = class.ok_or_else(|| ("no_class", "no attribute of the region is its class".to_owned()))?;
    let mut found = labels::region(region_id(number), class, geometry);
    for (name, json) in attributes.iter().filter(|(name, _)| Some(name.as_str()) != class_key) {
        let value = match json {
            Json::Object(ticks) => {
                let ticked = ticks.iter().filter(|(_, on)| on.as_bool() == Some(true)).map(|(name, _)| name.clone());
                Some(Value::List(ticked.collect()))
            }
            other => labels::value(other),
        };
        found.attributes.extend(value.map(|value| (name.clone(), value)));
    }
    Ok(found)
}

fn geometry(shape: &Json) -> Result<Geometry, (&'static str, String)> {
    let kind = shape["name"].as_str().unwrap_or_default();
    // Numbers are texts in some versions.
    let as_number = |json: &Json| json.as_f64().or_else(|| crate::numbers::parse(json.as_str()?));
    let number =
        |key: &str| as_number(&shape[key]).ok_or_else(|| ("bad_shape", format!("{key} of a {kind} is no number")));
    let points = || -> Result<Vec<[f64; 2]>, (&'static str, String)> {
        let list =
            |key: &str| shape[key].as_array().and_then(|list| list.iter().map(as_number).collect::<Option<Vec<_>>>());
        match (list("all_points_x"), list("all_points_y")) {
            (Some(x), Some(y)) if x.len() == y.len() => Ok(x.into_iter().zip(y).map(|(x, y)| [x, y]).collect()),
            _ => Err(("bad_shape", "all_points_x and all_points_y are lists of numbers of one length".into())),
        }
    };
    match kind {
        "rect" => {
            let (width, height) = (number("width")?, number("height")?);
            if width <= 0.0 || height <= 0.0 {
                return Err(("bad_box", "a box has a positive size".into()));
            }
            Ok(shapes::upright(number("x")?, number("y")?, width, height))
        }
        "circle" | "ellipse" => {
            let (rx, ry) = if kind == "circle" { (number("r")?, number("r")?) } else { (number("rx")?, number("ry")?) };
            if rx <= 0.0 || ry <= 0.0 {
                return Err(("bad_shape", "an ellipse has a positive size".into()));
            }
            let angle = as_number(&shape["theta"]).unwrap_or(0.0).to_degrees();
            Ok(Geometry::Ellipse(Ellipse { cx: number("cx")?, cy: number("cy")?, rx, ry, angle }))
        }
        "polygon" => match points()? {
            outer if outer.len() >= 3 => Ok(shapes::polygon(outer)),
            _ => Err(("bad_polygon", "a polygon has at least 3 points".into())),
        },
        "polyline" => match points()? {
            points if points.len() >= 2 => Ok(Geometry::Polyline(Polyline { points })),
            _ => Err(("bad_shape", "a line has at least 2 points".into())),
        },
        "point" => Ok(Geometry::Points(Points { points: vec![[number("cx")?, number("cy")?]] })),
        other => Err(("not_read", format!("shapes of the name {other:?} are not known"))),
    }
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut images = out.scratch()?;
    let mut ids = out.scratch()?;
    let mut names = MediaNames::default();
    for (number, item) in job.items.enumerate() {
        let (name, new) = names.name(&item.key, item.media.as_deref(), job.losses);
        let regions: Vec<Json> = item.regions().filter_map(region).collect();
        // Points of one region become regions of their own.
        let several =
            item.regions().filter(|region| matches!(&region.geometry, Geometry::Points(p) if p.points.len() > 1));
        job.losses.add_some(
            "values",
            "a region of several points has no place in the format",
            &item.key,
            several.count(),
        );
        // The size of the file is a part of the key; without it VIA takes -1.
        let id = format!("{name}-1");
        let attributes: Map<String, Json> = item.metadata.clone().into_iter().collect();
        let image = json!({ "filename": name, "size": -1, "regions": regions, "file_attributes": attributes });
        if number > 0 {
            images.write_all(b",\n")?;
            ids.write_all(b",")?;
        }
        serde_json::to_writer(&mut images, &id)?;
        images.write_all(b":")?;
        serde_json::to_writer(&mut images, &image)?;
        serde_json::to_writer(&mut ids, &id)?;
        if let Some(source) = item.media.as_deref().filter(|_| new) {
            out.media(&name, source)?;
        }
    }
    let options: Map<String, Json> = job
        .head
        .schema
        .classes
        .iter()
        .enumerate()
        .map(|(at, class)| (class.id.clone(), at.to_string().into()))
        .collect();
    let attributes = json!({
        "region": { CLASS: { "type": "dropdown", "description": "", "options": options, "default_options": {} } },
        "file": {},
    });
    out.begin("via_project.json")?;
    write!(out, "{{\"_via_settings\":{{}},\"_via_img_metadata\":{{")?;
    append(out, images)?;
    write!(
        out,
        "}},\"_via_attributes\":{attributes},\"_via_data_format_version\":\"2.0.10\",\"_via_image_id_list\":["
    )?;
    append(out, ids)?;
    out.write_all(b"]}\n")
}

fn region(region: &Region) -> Option<Json> {
    let split = |points: &[[f64; 2]]| -> (Vec<f64>, Vec<f64>) { points.iter().map(|[x, y]| (*x, *y)).unzip() };
    let shape = match &region.geometry {
        Geometry::Box(shape) => {
            json!({ "name": "rect", "x": shape.x, "y": shape.y, "width": shape.width, "height": shape.height })
        }
        Geometry::Ellipse(shape) => json!({
            "name": "ellipse", "cx": shape.cx, "cy": shape.cy, "rx": shape.rx, "ry": shape.ry,
            "theta": shape.angle.to_radians(),
        }),
        Geometry::Polygon(_) => {
            let (x, y) = split(shapes::ring(&region.geometry)?);
            json!({ "name": "polygon", "all_points_x": x, "all_points_y": y })
        }
        Geometry::Polyline(shape) => {
            let (x, y) = split(&shape.points);
            json!({ "name": "polyline", "all_points_x": x, "all_points_y": y })
        }
        Geometry::Points(shape) => match shape.points.as_slice() {
            [[x, y]] => json!({ "name": "point", "cx": x, "cy": y }),
            _ => return None,
        },
        _ => return None,
    };
    let mut attributes = Map::new();
    for (name, value) in region.attributes.iter().filter(|(name, _)| *name != CLASS) {
        let json = match value {
            Value::List(list) => list.iter().map(|one| (one.clone(), Json::Bool(true))).collect::<Map<_, _>>().into(),
            other => labels::json(other),
        };
        attributes.insert(name.clone(), json);
    }
    attributes.insert(CLASS.to_owned(), region.class.clone().into());
    Some(json!({ "shape_attributes": shape, "region_attributes": attributes }))
}
