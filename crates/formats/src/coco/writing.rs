//! Writing COCO: images and annotations are put aside as they come, so that the file needs one pass over the items.

use super::segmentation::{push_list, push_mask, push_rings, visibility};
use crate::{
    extras::{Extras, Part},
    names::{MediaNames, folder},
    numbers,
    record::{ExportItem, Head},
    registry::Job,
    sink::{ArchiveSink, Scratch, append},
};
use labelwright_core::{Geometry, Region, Value, geometry::Mask};
use serde_json::{Map, json};
use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

/// One file: a part of the dataset.
struct File {
    images: Box<dyn Scratch>,
    annotations: Box<dyn Scratch>,
    image_count: i64,
    annotation_count: i64,
}

/// Where the files of the parts of a dataset lie, and what is in them.
pub(crate) struct Layout<'a> {
    /// The format whose extras are written.
    pub format: &'static str,
    /// The file of a part, and that of a picture in it.
    pub file: fn(Option<&str>) -> String,
    pub media: fn(Option<&str>, &str) -> String,
    /// Do the pictures of each part lie in a folder of their own?
    pub apart: bool,
    /// The name of a category that is above all others, and has the number 0.
    pub above_all: Option<&'a str>,
}

const COCO: Layout<'_> = Layout {
    format: "coco",
    file: |part| format!("annotations/instances_{}.json", part.map_or("default".to_owned(), folder)),
    media: |_, name| format!("images/{name}"),
    apart: false,
    above_all: None,
};

pub fn write(mut job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    write_files(&mut job, out, &COCO).map(drop)
}

/// Writes all files, and gives the count of images.
pub(crate) fn write_files(job: &mut Job<'_, '_>, out: &mut dyn ArchiveSink, layout: &Layout<'_>) -> io::Result<u64> {
    let head = job.head;
    let extras = head.extras.filter(|extras| extras.format == layout.format);
    let ids: HashMap<&str, serde_json::Value> = category_ids(head, extras, layout.above_all.is_some());
    let corners = head.options.is("box_segmentation", "corners");
    let mut files: BTreeMap<Option<String>, File> = BTreeMap::new();
    let (mut bytes, mut names, mut images) = (Vec::new(), BTreeMap::<Option<String>, MediaNames>::new(), 0);
    for item in &mut *job.items {
        let extras = item.extras.as_deref();
        // What COCO itself says without a size is given back without one.
        if item.size.is_none() && extras.is_none_or(|extras| extras.format != layout.format) {
            job.losses.add("no_size", "the size of the picture is not known", &item.key);
            continue;
        }
        let file = match files.entry(item.split.clone()) {
            std::collections::btree_map::Entry::Occupied(file) => file.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert(File {
                images: out.scratch()?,
                annotations: out.scratch()?,
                image_count: 0,
                annotation_count: 0,
            }),
        };
        bytes.clear();
        images += 1;
        let names = names.entry(item.split.clone().filter(|_| layout.apart)).or_default();
        let (name, new) = names.name(&item.key, item.media.as_deref(), job.losses);
        let image_id = image(&item, &name, &mut file.image_count, &mut bytes)?;
        file.images.write_all(&bytes)?;
        bytes.clear();
        for region in item.regions() {
            let Some(category) = ids.get(region.class.as_str()) else { continue };
            let part = extras.and_then(|extras| extras.part(&region.id));
            let id = match (extras, part.and_then(|part| part.form.get("id"))) {
                (_, Some(id)) => id.clone(),
                (Some(_), None) if region.id.bytes().all(|byte| byte.is_ascii_digit()) => {
                    region.id.parse::<i64>().map_or(json!(file.annotation_count + 1), |id| json!(id))
                }
                _ => json!(file.annotation_count + 1),
            };
            bytes.extend_from_slice(if file.annotation_count > 0 { b",\n{\"id\":" } else { b"\n{\"id\":" });
            file.annotation_count += 1;
            write!(bytes, "{id},\"image_id\":{image_id},\"category_id\":{category}")?;
            annotation(region, item.size, part, corners, &mut bytes)?;
            bytes.push(b'}');
        }
        file.annotations.write_all(&bytes)?;
        if let Some(source) = item.media.as_deref().filter(|_| new) {
            out.media(&(layout.media)(item.split.as_deref(), &name), source)?;
        }
    }
    if files.is_empty() {
        let file = File { images: out.scratch()?, annotations: out.scratch()?, image_count: 0, annotation_count: 0 };
        files.insert(None, file);
    }
    let start = start_of_document(head, extras, &ids, layout.above_all)?;
    for (split, file) in files {
        out.begin(&(layout.file)(split.as_deref()))?;
        out.write_all(&start)?;
        append(out, file.images)?;
        out.write_all(b"],\"annotations\":[")?;
        append(out, file.annotations)?;
        out.write_all(b"]}\n")?;
    }
    Ok(images)
}

/// Those that they had, where all classes have one; otherwise from 1.
pub(super) fn category_ids<'a>(
    head: &Head<'a>,
    extras: Option<&Extras>,
    nought_is_taken: bool,
) -> HashMap<&'a str, serde_json::Value> {
    let had = |id: &str| {
        let id = extras.and_then(|extras| extras.part(id)?.form.get("id"));
        id.filter(|id| !(nought_is_taken && id.as_i64() == Some(0)))
    };
    let all = head.schema.classes.iter().all(|class| had(&class.id).is_some());
    let id = |(index, id): (usize, &str)| had(id).filter(|_| all).cloned().unwrap_or(json!(index + 1));
    let classes = head.schema.classes.iter().map(|class| class.id.as_str()).enumerate();
    classes.map(|(index, class)| (class, id((index, class)))).collect()
}

/// Everything before the images.
pub(super) fn start_of_document(
    head: &Head<'_>,
    extras: Option<&Extras>,
    ids: &HashMap<&str, serde_json::Value>,
    above_all: Option<&str>,
) -> io::Result<Vec<u8>> {
    let mut document = extras.map(|extras| extras.whole.kept.clone()).unwrap_or_default();
    let own = || json!({ "description": head.project, "version": "1.0" });
    document.entry("info").or_insert_with(own);
    document.entry("licenses").or_insert_with(|| json!([]));
    let mut categories = Vec::new();
    categories.extend(above_all.map(|name| json!({ "id": 0, "name": name, "supercategory": "none" })));
    for class in &head.schema.classes {
        let mut category = Map::new();
        category.insert("id".into(), ids.get(class.id.as_str()).cloned().unwrap_or_default());
        category.insert("name".into(), json!(class.id));
        match extras.and_then(|extras| extras.part(&class.id)) {
            Some(part) => category.extend(part.kept.clone()),
            None => drop(category.insert("supercategory".into(), json!(above_all.unwrap_or_default()))),
        }
        if let Some(skeleton) = &class.skeleton {
            category.insert("keypoints".into(), json!(skeleton.points));
            let edges: Vec<[u32; 2]> = skeleton.edges.iter().map(|[from, to]| [from + 1, to + 1]).collect();
            category.insert("skeleton".into(), json!(edges));
        }
        categories.push(serde_json::Value::Object(category));
    }
    document.insert("categories".into(), categories.into());
    let mut bytes = serde_json::to_vec(&document)?;
    bytes.pop();
    bytes.extend_from_slice(b",\"images\":[");
    Ok(bytes)
}

/// Appends the entry of an image, and gives its id. `count` is how many are there.
pub(super) fn image(
    item: &ExportItem,
    name: &str,
    count: &mut i64,
    out: &mut Vec<u8>,
) -> io::Result<serde_json::Value> {
    let comma = if *count > 0 { "," } else { "" };
    *count += 1;
    let extras = item.extras.as_deref();
    let id = extras.and_then(|extras| extras.whole.form.get("id")).cloned().unwrap_or(json!(*count));
    write!(out, "{comma}\n{{\"id\":{id},\"file_name\":")?;
    serde_json::to_writer(&mut *out, name)?;
    if let Some([width, height]) = item.size {
        write!(out, ",\"width\":{width},\"height\":{height}")?;
    }
    push_others(extras.map(|extras| &extras.whole.kept), out)?;
    out.push(b'}');
    Ok(id)
}

fn push_others(others: Option<&Map<String, serde_json::Value>>, out: &mut Vec<u8>) -> io::Result<()> {
    for (key, value) in others.into_iter().flatten().filter(|(key, _)| !key.starts_with("attributes.")) {
        out.push(b',');
        serde_json::to_writer(&mut *out, key)?;
        out.push(b':');
        serde_json::to_writer(&mut *out, value)?;
    }
    Ok(())
}

fn annotation(
    region: &Region,
    size: Option<[u32; 2]>,
    part: Option<&Part>,
    corners: bool,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let form = |key: &str| part.and_then(|part| part.form.get(key));
    let kept = |key: &str| part.is_some_and(|part| part.kept.contains_key(key));
    if !kept("bbox") {
        out.extend_from_slice(b",\"bbox\":");
        match (form("bbox"), region.geometry.bounds()) {
            (Some(bbox), _) => serde_json::to_writer(&mut *out, bbox)?,
            (None, Some(b)) => match &region.geometry {
                Geometry::Box(shape) => push_list(out, [shape.x, shape.y, shape.width, shape.height]),
                _ => push_list(out, [b.left, b.top, b.width(), b.height()]),
            },
            (None, None) => out.extend_from_slice(b"[0,0,0,0]"),
        }
    }
    out.extend_from_slice(b",\"area\":");
    numbers::push(out, form("area").and_then(serde_json::Value::as_f64).unwrap_or_else(|| region.geometry.area()));
    if !kept("segmentation") {
        out.extend_from_slice(b",\"segmentation\":");
        match &region.geometry {
            Geometry::Box(shape) if corners => push_rings(out, [&shape.corners().to_vec()]),
            Geometry::Polygon(polygon) if polygon.parts.iter().all(|part| part.holes.is_empty()) => {
                push_rings(out, polygon.parts.iter().map(|part| &part.outer));
            }
            Geometry::Polygon(polygon) => {
                let [width, height] = size.unwrap_or_default();
                push_mask(out, &Mask::of_rings(&polygon.rings(), width, height), false);
            }
            Geometry::Mask(mask) => push_mask(out, mask, form("plain").is_some()),
            _ => out.extend_from_slice(b"[]"),
        }
    }
    let crowd = region.attributes.get("iscrowd") == Some(&Value::Boolean(true));
    write!(out, ",\"iscrowd\":{}", u8::from(crowd))?;
    if let Geometry::Keypoints(shape) = &region.geometry {
        out.extend_from_slice(b",\"keypoints\":");
        let flat = shape.points.iter().flat_map(|p| [p.x, p.y, f64::from(visibility(p.visibility))]);
        push_list(out, flat);
        let count = form("num_keypoints").cloned().unwrap_or(json!(shape.seen().len()));
        write!(out, ",\"num_keypoints\":{count}")?;
    }
    if let Some(score) = region.score {
        out.extend_from_slice(b",\"score\":");
        numbers::push(out, score);
    }
    attributes(region, part, crowd, out)?;
    push_others(part.map(|part| &part.kept), out)
}

/// Not in the definition, but what CVAT and datumaro write and read.
fn attributes(region: &Region, part: Option<&Part>, crowd: bool, out: &mut Vec<u8>) -> io::Result<()> {
    let nested = part.into_iter().flat_map(|part| &part.kept);
    let mut all: Map<String, serde_json::Value> =
        nested.filter_map(|(key, value)| Some((key.strip_prefix("attributes.")?.to_owned(), value.clone()))).collect();
    let plain = region.attributes.iter().filter(|(name, _)| !(crowd && *name == "iscrowd"));
    all.extend(plain.map(|(name, value)| (name.clone(), crate::labels::json(value))));
    if !all.is_empty() {
        out.extend_from_slice(b",\"attributes\":");
        serde_json::to_writer(&mut *out, &all)?;
    }
    Ok(())
}
