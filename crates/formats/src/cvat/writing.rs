//! Writing CVAT for images.

use super::{
    TAGS, meta,
    reading::{MANUAL, SOURCE},
    shapes,
};
use crate::{
    labels,
    names::MediaNames,
    registry::Job,
    sink::{ArchiveSink, append},
    xml::{push_attribute, push_number, push_text},
};
use labelwright_core::{
    Region, Value,
    schema::{Class, FieldKind},
};
use std::io::{self, Write};

pub fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let schema = job.head.schema;
    let classes = job.head.class_indices();
    let mut text = Vec::new();
    let (mut document, mut names) = (out.scratch()?, MediaNames::default());
    meta::write(schema, job.head.project, "", &mut text);
    document.write_all(&text)?;
    for (number, item) in job.items.enumerate() {
        text.clear();
        text.extend_from_slice(b"  <image");
        push_number(&mut text, "id", number as f64);
        let (name, new) = names.name(&item.key, item.media.as_deref(), job.losses);
        push_attribute(&mut text, "name", &name);
        if let Some(split) = &item.split {
            push_attribute(&mut text, "subset", split);
        }
        match item.size {
            Some([width, height]) => {
                push_number(&mut text, "width", f64::from(width));
                push_number(&mut text, "height", f64::from(height));
            }
            None => job.losses.add("no_size", "the size of the picture is not known", &item.key),
        }
        text.extend_from_slice(b">\n");
        for region in item.regions() {
            let class = classes.get(region.class.as_str()).and_then(|at| schema.classes.get(*at));
            if !shape(region, class, &mut text) {
                job.losses.add("geometry", "an empty mask has no place in the format", &item.key);
            }
        }
        if let Some(Value::List(tags)) = item.field(TAGS) {
            for tag in tags {
                text.extend_from_slice(b"    <tag");
                push_attribute(&mut text, "label", tag);
                text.extend_from_slice(b" source=\"manual\"></tag>\n");
            }
        }
        text.extend_from_slice(b"  </image>\n");
        document.write_all(&text)?;
        if let Some(source) = item.media.as_deref().filter(|_| new) {
            out.media(&format!("images/{name}"), source)?;
        }
    }
    out.begin("annotations.xml")?;
    append(out, document)?;
    out.write_all(b"</annotations>\n")
}

fn shape(region: &Region, class: Option<&Class>, out: &mut Vec<u8>) -> bool {
    let skeleton = class.and_then(|class| class.skeleton.as_ref());
    let Some(written) = shapes::write(&region.geometry, skeleton) else { return false };
    let mut rest = region.attributes.clone();
    out.extend_from_slice(b"    <");
    out.extend_from_slice(written.name.as_bytes());
    push_attribute(out, "label", &region.class);
    // A text that is not there, or empty, stands for a person.
    let source = match rest.get(SOURCE) {
        Some(Value::Text(source)) if !["", MANUAL].contains(&source.as_str()) => Some(source.clone()),
        _ => None,
    };
    if source.is_some() {
        rest.remove(SOURCE);
    }
    push_attribute(out, SOURCE, source.as_deref().unwrap_or(MANUAL));
    push_attribute(out, "occluded", if labels::take_flag(&mut rest, "occluded") { "1" } else { "0" });
    out.extend_from_slice(&written.attributes);
    let whole = |value: Option<&Value>| match value {
        Some(Value::Number(number)) if number.fract() == 0.0 && *number != 0.0 => Some(*number),
        _ => None,
    };
    let order = whole(rest.get("z_order"));
    push_number(out, "z_order", order.unwrap_or(0.0));
    if order.is_some() {
        rest.remove("z_order");
    }
    if let Some(group) = whole(rest.get("group_id")) {
        push_number(out, "group_id", group);
        rest.remove("group_id");
    }
    out.push(b'>');
    out.extend_from_slice(&written.children);
    push_attributes(&rest, class, out);
    out.extend_from_slice(b"\n    </");
    out.extend_from_slice(written.name.as_bytes());
    out.extend_from_slice(b">\n");
    true
}

pub(super) fn push_attributes(
    attributes: &std::collections::BTreeMap<String, Value>,
    class: Option<&Class>,
    out: &mut Vec<u8>,
) {
    for (name, value) in attributes {
        let (text, kind) = labels::as_text(value);
        let declared = class.and_then(|class| class.attributes.iter().find(|field| field.id == *name));
        let textual = declared.is_some_and(|field| {
            matches!(
                field.kind,
                FieldKind::Text { .. } | FieldKind::Concept { .. } | FieldKind::Choice { multiple: false, .. }
            )
        });
        // What the declared kind says already needs no second word.
        let kind = match (textual, value) {
            (true, Value::Text(_)) => None,
            (true, Value::Boolean(_) | Value::Number(_)) => Some("guess"),
            _ => kind,
        };
        out.extend_from_slice(b"\n      <attribute");
        push_attribute(out, "name", name);
        if let Some(kind) = kind {
            push_attribute(out, "kind", kind);
        }
        out.push(b'>');
        push_text(out, &text);
        out.extend_from_slice(b"</attribute>");
    }
}
