//! Reading CVAT for images.

use super::{TAGS, meta, shapes};
use crate::{
    labels,
    media::MediaIndex,
    names::region_id,
    record::{DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_part_of_schema},
    xml::{self, Element},
};
use labelwright_core::{
    Answer, LabelSchema, Modality, Region, Value,
    schema::{Class, FieldKind},
};
use std::collections::BTreeMap;

pub fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    let files: Vec<String> = view.list().into_iter().map(|(n, _)| n).filter(|name| name.ends_with(".xml")).collect();
    let alone = files.len() == 1;
    for name in files {
        let mut schema = None;
        let root = xml::each_child(view, &name, |_, number, element| {
            let place = format!("{name}: image[{number}]");
            match element.name.as_str() {
                "meta" => {
                    let found = meta::read(&element, Modality::Image);
                    schema = Some(found.clone());
                    give_part_of_schema(sink, found, None, alone)
                }
                "image" => image(&element, &place, schema.as_ref(), &media, sink),
                "track" => {
                    let message = "tracks belong to the format cvat-video";
                    give(sink, Err(RecordError::new(place, "other_kind", message)))
                }
                _ => Ok(()),
            }
        })?;
        if root.name != "annotations" {
            let message = format!("the root element is <{}> and not <annotations>", root.name);
            give(sink, Err(RecordError::new(name, "other_kind", message)))?;
        }
    }
    Ok(())
}

fn image(
    element: &Element,
    place: &str,
    schema: Option<&LabelSchema>,
    media: &MediaIndex,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let Some(key) = element.attribute("name").filter(|name| !name.is_empty()) else {
        return give(sink, Err(RecordError::new(place, "no_key", "an image has a name")));
    };
    let side = |name| element.number(name).filter(|side| *side >= 1.0).map(|side| side as u32);
    let size = side("width").and_then(|width| Some([width, side("height")?]));
    let (mut answer, mut tags) = (Answer::default(), Vec::new());
    for (number, shape) in element.children.iter().enumerate() {
        let place = format!("{place}: {}[{number}]", shape.name);
        if shape.name == "tag" {
            tags.push(shape.attribute("label").unwrap_or_default().to_owned());
            if shape.child("attribute").is_some() {
                let message = "attributes of a tag of the whole picture are not read";
                give(sink, Err(RecordError::new(place, "not_read", message)))?;
            }
            continue;
        }
        match region(shape, number, schema, size) {
            Ok(region) => answer.regions.push(region),
            Err((code, message)) => give(sink, Err(RecordError::new(place, code, message)))?,
        }
    }
    if !tags.is_empty() {
        answer.fields.insert(TAGS.to_owned(), Value::List(tags));
    }
    let split = element.attribute("subset").filter(|subset| !["", "default"].contains(subset)).map(str::to_owned);
    let record = Record::new(key, media.data(key), place).answered(answer);
    give(sink, Ok(Record { size, split, ..record }))
}

fn region(
    shape: &Element,
    number: usize,
    schema: Option<&LabelSchema>,
    size: Option<[u32; 2]>,
) -> Result<Region, shapes::Problem> {
    let label = shape.attribute("label").ok_or_else(|| ("no_class", "a shape has a label".to_owned()))?;
    let class = schema.and_then(|schema| schema.class(label));
    let geometry = shapes::read(shape, class.and_then(|class| class.skeleton.as_ref()), size)?;
    let mut region = labels::region(region_id(number), label, geometry);
    region.attributes = attributes(shape, class);
    Ok(region)
}

/// The attribute that says what has drawn a shape, and its value for a person.
pub(super) const SOURCE: &str = "source";
pub(super) const MANUAL: &str = "manual";

fn attributes(shape: &Element, class: Option<&Class>) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    if shape.attribute("occluded") == Some("1") {
        found.insert("occluded".to_owned(), Value::Boolean(true));
    }
    // What a model or a tracker has drawn says so; people need not.
    if let Some(source) = shape.attribute("source").filter(|source| !["", MANUAL].contains(source)) {
        found.insert(SOURCE.to_owned(), Value::Text(source.to_owned()));
    }
    for name in ["z_order", "group_id"] {
        if let Some(number) = shape.number(name).filter(|number| *number != 0.0) {
            found.insert(name.to_owned(), Value::Number(number));
        }
    }
    found.extend(own_attributes(shape, class));
    found
}

/// Those in elements of their own.
pub(super) fn own_attributes(shape: &Element, class: Option<&Class>) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for attribute in shape.children("attribute") {
        let name = attribute.attribute("name").unwrap_or_default();
        let declared = class.and_then(|class| class.attributes.iter().find(|field| field.id == name));
        let text = attribute.text.as_str();
        let value = match (attribute.attribute("kind"), declared.map(|field| &field.kind)) {
            (Some(kind), _) => labels::from_text(text, Some(kind)),
            (
                None,
                Some(FieldKind::Text { .. } | FieldKind::Concept { .. } | FieldKind::Choice { multiple: false, .. }),
            ) => Value::Text(text.to_owned()),
            _ => labels::guess(text),
        };
        found.insert(name.to_owned(), value);
    }
    found
}
