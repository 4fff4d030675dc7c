//! Writing COCO: images as they come, annotations collected meanwhile as text, so that the file needs one pass.

use crate::{
    loss::{LossReport, Losses},
    record::{ExportItem, Head},
};
use labelwright_core::{
    Geometry, Region, Value,
    geometry::{Bounds, Mask, Visibility},
};
use serde_json::{Map, json};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

pub fn write(
    head: &Head<'_>,
    items: &mut dyn Iterator<Item = ExportItem>,
    out: &mut dyn Write,
) -> io::Result<LossReport> {
    let mut losses = Losses::default();
    let categories: BTreeMap<&str, usize> =
        head.schema.classes.iter().enumerate().map(|(index, class)| (class.id.as_str(), index + 1)).collect();
    let info = json!({ "description": head.project, "version": "1.0" });
    write!(out, "{{\"info\":{info},\"licenses\":[],\"categories\":[")?;
    for (index, class) in head.schema.classes.iter().enumerate() {
        let mut category = Map::new();
        category.insert("id".into(), json!(index + 1));
        category.insert("name".into(), json!(class.id));
        category.insert("supercategory".into(), json!(""));
        if let Some(skeleton) = &class.skeleton {
            category.insert("keypoints".into(), json!(skeleton.points));
            let edges: Vec<[u32; 2]> = skeleton.edges.iter().map(|[from, to]| [from + 1, to + 1]).collect();
            category.insert("skeleton".into(), json!(edges));
        }
        write!(out, "{}{}", if index > 0 { "," } else { "" }, serde_json::Value::Object(category))?;
    }
    write!(out, "],\"images\":[")?;
    let (mut images, mut written, mut annotations) = (0_u64, 0_u64, Vec::new());
    for item in items {
        let Some([width, height]) = item.size else {
            losses.add("not_an_image", "only images fit into COCO", &item.key);
            continue;
        };
        images += 1;
        let comma = if images > 1 { "," } else { "" };
        write!(out, "{comma}{}", json!({ "id": images, "file_name": item.key, "width": width, "height": height }))?;
        if !item.metadata.is_empty() {
            losses.add("metadata", "metadata has no place in COCO", &item.key);
        }
        if item.answers.len() > 1 {
            losses.add("more_answers", "COCO has no labelers: the regions of all answers are written", &item.key);
        }
        for answer in &item.answers {
            for _ in &answer.answer.fields {
                losses.add("fields", "fields have no place in COCO", &item.key);
            }
            for _ in &answer.answer.relations {
                losses.add("relations", "relations have no place in COCO", &item.key);
            }
            for region in &answer.answer.regions {
                let Some(category) = categories.get(region.class.as_str()) else {
                    losses.add("unknown_class", "the class is not in the schema", &item.key);
                    continue;
                };
                match annotation(region, [width, height], &mut losses, &item.key) {
                    None => losses.add("geometry", "this kind of geometry has no place in COCO", &item.key),
                    Some(mut fields) => {
                        written += 1;
                        fields.insert("id".into(), json!(written));
                        fields.insert("image_id".into(), json!(images));
                        fields.insert("category_id".into(), json!(category));
                        if written > 1 {
                            annotations.push(b',');
                        }
                        serde_json::to_writer(&mut annotations, &fields)?;
                    }
                }
            }
        }
    }
    write!(out, "],\"annotations\":[")?;
    out.write_all(&annotations)?;
    out.write_all(b"]}\n")?;
    Ok(losses.report())
}

fn annotation(
    region: &Region,
    [width, height]: [u32; 2],
    losses: &mut Losses,
    key: &str,
) -> Option<Map<String, serde_json::Value>> {
    let mut fields = Map::new();
    let crowd = region.attributes.get("iscrowd") == Some(&Value::Boolean(true));
    let mut set = |name: &str, value: serde_json::Value| fields.insert(name.to_owned(), value);
    set("iscrowd", json!(u8::from(crowd)));
    let bounds = region.geometry.bounds()?;
    set("bbox", json!(bbox(bounds)));
    set("area", json!(region.geometry.area()));
    match &region.geometry {
        // pycocotools wants a segmentation, also of a plain box; its corners say nothing new.
        Geometry::Box(shape) => {
            set("segmentation", json!([shape.corners().concat()]));
        }
        Geometry::RotatedBox(shape) => {
            losses.add("rotated_box", "a rotated box becomes a polygon", key);
            set("segmentation", json!([shape.corners().concat()]));
        }
        Geometry::Ellipse(_) => {
            losses.add("ellipse", "an ellipse becomes a polygon", key);
            let rings: Vec<Vec<f64>> = region.geometry.rings()?.into_iter().map(|ring| ring.concat()).collect();
            set("segmentation", json!(rings));
        }
        Geometry::Polygon(polygon) if polygon.parts.iter().all(|part| part.holes.is_empty()) => {
            let rings: Vec<Vec<f64>> = polygon.rings().into_iter().map(|ring| ring.concat()).collect();
            set("segmentation", json!(rings));
        }
        Geometry::Polygon(polygon) => {
            losses.add("holes", "a polygon with holes becomes a mask of whole pixels", key);
            set("segmentation", runs(&Mask::of_rings(&polygon.rings(), width, height)));
        }
        Geometry::Mask(mask) => {
            set("segmentation", runs(mask));
        }
        Geometry::Keypoints(shape) => {
            let visibility = |v| match v {
                Visibility::Absent => 0.0,
                Visibility::Occluded => 1.0,
                Visibility::Visible => 2.0,
            };
            let flat: Vec<f64> =
                shape.points.iter().flat_map(|point| [point.x, point.y, visibility(point.visibility)]).collect();
            set("keypoints", json!(flat));
            set("num_keypoints", json!(shape.seen().len()));
            set("segmentation", json!([]));
        }
        _ => return None,
    }
    if let Some(score) = region.score {
        set("score", json!(score));
    }
    let others: BTreeMap<&String, &Value> = region.attributes.iter().filter(|(name, _)| *name != "iscrowd").collect();
    if !others.is_empty() {
        // Not in the definition, but what CVAT and others write and read.
        set("attributes", json!(others));
    }
    Some(fields)
}

fn bbox(bounds: Bounds) -> [f64; 4] {
    [bounds.left, bounds.top, bounds.width(), bounds.height()]
}

fn runs(mask: &Mask) -> serde_json::Value {
    json!({ "size": [mask.height, mask.width], "counts": mask.to_compressed() })
}
