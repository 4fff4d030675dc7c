//! A page of annotations, with the texts and pictures beside it.

use super::{CONTEXT, FILE, IMAGES, TEXTS, iri, svg};
use crate::{
    labels,
    names::{Stems, clean},
    numbers,
    record::ExportItem,
    registry::Job,
    sink::{ArchiveSink, append},
    spans::{Ruler, Unit},
};
use labelwright_core::{Answer, Geometry, Target, Value};
use serde_json::{Value as Json, json};
use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

/// Code points of text before and after a quote.
const CONTEXT_CHARS: u32 = 32;

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let unit = Unit::of(job.head.options, Unit::Unicode);
    let (mut stems, mut page, mut number) = (Stems::default(), out.scratch()?, 0);
    for item in job.items {
        // The whole name and not its stem: nothing is put beside it.
        let name = stems.name("", &format!("{}.x", clean(&item.key)), &Default::default());
        let name = name.strip_suffix(".x").unwrap_or(&name);
        if name != item.key {
            let message = "the key cannot be a file's name here, or it is taken: it got another one";
            job.losses.add("renamed", message, &item.key);
        }
        let path = match &item.text {
            Some(text) => {
                let path = format!("{TEXTS}{name}");
                out.begin(&path)?;
                out.write_all(text.as_bytes())?;
                path
            }
            None => {
                let path = format!("{IMAGES}{name}");
                if let Some(source) = &item.media {
                    out.media(&path, source)?;
                }
                path
            }
        };
        for sourced in &item.answers {
            for annotation in annotations(&item, &sourced.answer, &iri(&path), unit, number + 1) {
                let Some(mut annotation) = annotation else {
                    job.losses.add("target", "regions on a part of an item have no place in the format", &item.key);
                    continue;
                };
                number += 1;
                if let Json::Object(annotation) = &mut annotation {
                    annotation.insert("type".into(), "Annotation".into());
                    let kind = if sourced.source.starts_with("model:") { "Software" } else { "Person" };
                    annotation.insert("creator".into(), json!({ "type": kind, "name": sourced.source }));
                }
                page.write_all(if number == 1 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut page, &annotation)?;
            }
        }
    }
    out.begin(FILE)?;
    write!(out, "{{\"@context\":\"{CONTEXT}\",\"type\":\"AnnotationPage\",\"items\":[")?;
    append(out, page)?;
    out.write_all(b"\n]}\n")
}

fn tag(text: &str) -> Json {
    json!({ "type": "TextualBody", "purpose": "tagging", "value": text })
}

fn described(values: &BTreeMap<String, Value>) -> impl Iterator<Item = Json> {
    values.iter().map(|(name, value)| {
        let (format, text) = match value {
            Value::Text(text) => ("text/plain", text.clone()),
            other => ("application/json", labels::json(other).to_string()),
        };
        json!({ "type": "TextualBody", "purpose": "describing", "label": name, "format": format, "value": text })
    })
}

/// Annotations of one answer: its fields, its regions with ids from `first` on, its relations. None for a region that
/// has no selector.
fn annotations(item: &ExportItem, answer: &Answer, source: &str, unit: Unit, first: usize) -> Vec<Option<Json>> {
    let mut found = Vec::new();
    if !answer.fields.is_empty() {
        let body: Vec<Json> = described(&answer.fields).collect();
        found.push(Some(json!({ "motivation": "describing", "body": body, "target": source })));
    }
    let ruler = item.text.as_deref().map(|text| Ruler::new(text, unit));
    let mut ids: HashMap<&str, String> = HashMap::new();
    for region in &answer.regions {
        let pieces = selectors(&region.geometry, ruler.as_ref()).filter(|_| region.target == Target::Item);
        found.push(pieces.map(|pieces| {
            let id = format!("#{}", first + ids.len());
            ids.insert(&region.id, id.clone());
            let body: Vec<Json> = std::iter::once(tag(&region.class)).chain(described(&region.attributes)).collect();
            let mut target: Vec<Json> =
                pieces.into_iter().map(|selector| json!({ "source": source, "selector": selector })).collect();
            let target = if target.len() == 1 { target.pop() } else { Some(target.into()) };
            json!({ "id": id, "motivation": "tagging", "body": body, "target": target })
        }));
    }
    for one in &answer.relations {
        let (Some(from), Some(to)) = (ids.get(one.from.as_str()), ids.get(one.to.as_str())) else { continue };
        let body: Vec<Json> = std::iter::once(tag(&one.relation)).chain(described(&one.attributes)).collect();
        let target = [json!({ "id": from }), json!({ "id": to })];
        found.push(Some(json!({ "motivation": "linking", "body": body, "target": target })));
    }
    found
}

/// Selectors of each piece.
fn selectors(geometry: &Geometry, ruler: Option<&Ruler<'_>>) -> Option<Vec<Json>> {
    match (geometry, ruler) {
        (Geometry::Box(shape), None) => {
            let numbers = [shape.x, shape.y, shape.width, shape.height].map(numbers::shortest).join(",");
            Some(vec![json!({ "type": "FragmentSelector", "conformsTo": "http://www.w3.org/TR/media-frags/",
                              "value": format!("xywh=pixel:{numbers}") })])
        }
        (Geometry::Span(span), Some(ruler)) => {
            let mut ranges = span.ranges.clone();
            ranges.sort_unstable();
            Some(ranges.into_iter().map(|range| position(range, ruler)).collect())
        }
        (shape, None) => svg::write(shape).map(|svg| vec![json!({ "type": "SvgSelector", "value": svg })]),
        _ => None,
    }
}

fn position([start, end]: [u32; 2], ruler: &Ruler<'_>) -> Json {
    let before = ruler.cut(start.saturating_sub(CONTEXT_CHARS), start);
    let after = ruler.cut(end, end.saturating_add(CONTEXT_CHARS));
    json!([
        json!({ "type": "TextPositionSelector", "start": ruler.outward(start), "end": ruler.outward(end) }),
        json!({ "type": "TextQuoteSelector", "exact": ruler.cut(start, end), "prefix": before, "suffix": after }),
    ])
}
