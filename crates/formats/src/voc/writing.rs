//! Writing VOC: an XML file for every picture, also one without objects.

use super::PART;
use crate::{
    labels,
    loss::Losses,
    names::{Stems, folder, split_ending},
    numbers,
    record::ExportItem,
    registry::Job,
    sink::{ArchiveSink, Scratch, append},
    xml::push_element,
};
use labelwright_core::{Geometry, Region, Value, geometry::BoxShape};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

pub fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let classic = job.head.options.is("corners", "classic");
    let mut stems = Stems::default();
    let mut lists: BTreeMap<String, Box<dyn Scratch>> = BTreeMap::new();
    let mut text = Vec::new();
    for item in job.items {
        let name = stems.name("", &item.key, job.losses);
        let stem = split_ending(&name).0;
        text.clear();
        document(&item, &name, classic, job.losses, &mut text);
        out.begin(&format!("Annotations/{stem}.xml"))?;
        out.write_all(&text)?;
        if let Some(source) = &item.media {
            out.media(&format!("JPEGImages/{name}"), source)?;
        }
        let split = folder(item.split.as_deref().unwrap_or("default"));
        let list = match lists.entry(split) {
            std::collections::btree_map::Entry::Occupied(list) => list.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert(out.scratch()?),
        };
        writeln!(list, "{stem}")?;
    }
    for (split, list) in lists {
        out.begin(&format!("ImageSets/Main/{split}.txt"))?;
        append(out, list)?;
    }
    out.begin("labelmap.txt")?;
    writeln!(out, "# label:color_rgb:parts:actions")?;
    for class in &job.head.schema.classes {
        let [r, g, b] = labels::rgb(&class.color);
        writeln!(out, "{}:{r},{g},{b}::", class.id)?;
    }
    Ok(())
}

fn document(item: &ExportItem, name: &str, classic: bool, losses: &Losses, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<annotation>\n  <folder></folder>\n  ");
    push_element(out, "filename", name);
    out.extend_from_slice(b"\n  <source><database>Unknown</database></source>\n");
    if let Some([width, height]) = item.size {
        out.extend_from_slice(
            format!("  <size><width>{width}</width><height>{height}</height><depth>3</depth></size>\n").as_bytes(),
        );
    }
    out.extend_from_slice(b"  <segmented>0</segmented>\n");
    let answer = item.answers.first().map(|answer| &answer.answer);
    let relations = answer.map_or(&[][..], |answer| &answer.relations);
    let mut parts: BTreeMap<&str, Vec<&Region>> = BTreeMap::new();
    let mut inner: BTreeSet<&str> = BTreeSet::new();
    if !relations.is_empty() {
        let by_id: BTreeMap<&str, &Region> = item.regions().map(|region| (region.id.as_str(), region)).collect();
        let from: BTreeSet<&str> = relations.iter().map(|relation| relation.from.as_str()).collect();
        for relation in relations.iter().filter(|relation| relation.relation == PART) {
            let nested = from.contains(relation.to.as_str()) || !inner.insert(&relation.from);
            match by_id.get(relation.from.as_str()).filter(|_| !nested) {
                Some(part) => parts.entry(&relation.to).or_default().push(part),
                None => losses.add("relations", "a part has one object and no parts of its own", &item.key),
            }
        }
        inner.retain(|id| parts.values().flatten().any(|part| part.id == *id));
    }
    for region in item.regions().filter(|region| !inner.contains(region.id.as_str())) {
        out.extend_from_slice(b"  <object>");
        object(region, classic, losses, &item.key, out);
        for part in parts.get(region.id.as_str()).into_iter().flatten() {
            out.extend_from_slice(b"\n    <part>");
            object(part, classic, losses, &item.key, out);
            out.extend_from_slice(b"</part>");
        }
        out.extend_from_slice(b"</object>\n");
    }
    out.extend_from_slice(b"</annotation>\n");
}

fn object(region: &Region, classic: bool, losses: &Losses, key: &str, out: &mut Vec<u8>) {
    push_element(out, "name", &region.class);
    let mut rest = region.attributes.clone();
    match rest.get("pose") {
        Some(Value::Text(pose)) if pose.trim() == pose && !pose.is_empty() && pose != "Unspecified" => {
            push_element(out, "pose", pose);
            rest.remove("pose");
        }
        _ => push_element(out, "pose", "Unspecified"),
    }
    for flag in ["truncated", "difficult", "occluded"] {
        push_element(out, flag, if labels::take_flag(&mut rest, flag) { "1" } else { "0" });
    }
    if let Geometry::Box(shape) = &region.geometry {
        bndbox(shape, classic, losses, key, out);
    }
    if let Some(Value::List(actions)) = rest.get("actions")
        && !actions.is_empty()
        && actions.iter().all(|action| is_name(action))
    {
        out.extend_from_slice(b"<actions>");
        actions.iter().for_each(|action| push_element(out, action, "1"));
        out.extend_from_slice(b"</actions>");
        rest.remove("actions");
    }
    if !rest.is_empty() {
        out.extend_from_slice(b"<attributes>");
        for (name, value) in &rest {
            let (text, kind) = labels::as_text(value);
            out.extend_from_slice(b"<attribute>");
            push_element(out, "name", name);
            push_element(out, "value", &text);
            if let Some(kind) = kind {
                push_element(out, "kind", kind);
            }
            out.extend_from_slice(b"</attribute>");
        }
        out.extend_from_slice(b"</attributes>");
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn bndbox(shape: &BoxShape, classic: bool, losses: &Losses, key: &str, out: &mut Vec<u8>) {
    let bounds = shape.bounds();
    let mut corners = [bounds.left, bounds.top, bounds.right, bounds.bottom];
    if classic {
        // The pixel that holds the left edge, and the one that holds the right edge, counted from 1.
        let whole = [corners[0].floor() + 1.0, corners[1].floor() + 1.0, corners[2].ceil(), corners[3].ceil()];
        if corners.iter().any(|corner| corner.fract() != 0.0) {
            losses.add("rounded", "the corners of a box are whole pixels", key);
        }
        corners = whole;
    }
    out.extend_from_slice(b"<bndbox>");
    const TAGS: [[&[u8]; 2]; 4] =
        [[b"<xmin>", b"</xmin>"], [b"<ymin>", b"</ymin>"], [b"<xmax>", b"</xmax>"], [b"<ymax>", b"</ymax>"]];
    for ([before, behind], corner) in TAGS.into_iter().zip(corners) {
        out.extend_from_slice(before);
        numbers::push(out, corner);
        if !classic && corner.fract() == 0.0 {
            // The point says that this is no classic corner.
            out.extend_from_slice(b".0");
        }
        out.extend_from_slice(behind);
    }
    out.extend_from_slice(b"</bndbox>");
}
