//! ELAN's annotation format (EAF 3.0, Max Planck Institute for Psycholinguistics): tiers of annotations that hang on time
//! slots or on other annotations. A tier is a class, what is said in it the attribute `text`, a reference to another
//! annotation a relation `parent`.

use super::{CARRIES, TRANSCRIPT};
use crate::{
    carries::{Carries, Kind, Names},
    names::{Stems, last_part},
    record::{DirectoryView, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans,
    xml::{self, Element, push_attribute, push_element},
};
use labelwright_core::{Answer, Region, Relation, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

pub const FORMAT: Format = Format {
    id: "elan",
    title: "ELAN",
    carries: Carries {
        words: "tiers of intervals with text, and annotations of annotations",
        attributes: TRANSCRIPT,
        relations: Names::Only(&[("parent", Kind::Any)]),
        ..CARRIES
    },
    sniff: |view| if spans::files(view, &[".eaf"]).is_empty() { 0.0 } else { 0.97 },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

/// Slots without a time lie evenly between their neighbours, in the order of the file.
fn slots(order: &Element) -> BTreeMap<String, f64> {
    let list: Vec<(&str, Option<f64>)> = order
        .children("TIME_SLOT")
        .filter_map(|slot| Some((slot.attribute("TIME_SLOT_ID")?, slot.number("TIME_VALUE"))))
        .collect();
    let mut found = BTreeMap::new();
    let (mut before, mut waiting) = (0.0, Vec::new());
    for (id, time) in list {
        let Some(time) = time else {
            waiting.push(id);
            continue;
        };
        let steps = waiting.len() as f64 + 1.0;
        for (at, id) in waiting.drain(..).enumerate() {
            found.insert(id.to_owned(), before + (time - before) * (at as f64 + 1.0) / steps);
        }
        found.insert(id.to_owned(), time);
        before = time;
    }
    found.extend(waiting.into_iter().map(|id| (id.to_owned(), before)));
    found
}

/// One annotation: id, class, text, and its slots or the annotation that it speaks of.
struct Entry {
    id: String,
    class: String,
    text: String,
    slots: Option<[String; 2]>,
    parent: Option<String>,
}

fn entries(root: &Element) -> Vec<Entry> {
    let mut found = Vec::new();
    for tier in root.children("TIER") {
        let class = tier.attribute("TIER_ID").unwrap_or("tier");
        for annotation in tier.children("ANNOTATION") {
            for one in &annotation.children {
                let said = |name: &str| one.attribute(name).map(str::to_owned);
                let Some(id) = said("ANNOTATION_ID") else { continue };
                let slots = said("TIME_SLOT_REF1").zip(said("TIME_SLOT_REF2")).map(|(a, b)| [a, b]);
                let text = one.child("ANNOTATION_VALUE").map(|value| value.text.clone()).unwrap_or_default();
                found.push(Entry { id, class: class.to_owned(), text, slots, parent: said("ANNOTATION_REF") });
            }
        }
    }
    found
}

/// Start and end in milliseconds: those of the slots, or the share of its parent that falls to one of several children.
fn times(entries: &[Entry], slots: &BTreeMap<String, f64>) -> BTreeMap<String, [f64; 2]> {
    let mut known: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    for entry in entries {
        if let Some([a, b]) = &entry.slots
            && let (Some(a), Some(b)) = (slots.get(a), slots.get(b))
        {
            known.insert(entry.id.clone(), [*a, *b]);
        }
    }
    let mut children: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for entry in entries {
        if let Some(parent) = &entry.parent {
            children.entry((parent, &entry.class)).or_default().push(&entry.id);
        }
    }
    // Annotations of annotations of annotations: a round for each level, and no more than there are annotations.
    let mut left: BTreeSet<(&str, &str)> = children.keys().copied().collect();
    while !left.is_empty() {
        let ready: Vec<(&str, &str)> = left.iter().copied().filter(|(parent, _)| known.contains_key(*parent)).collect();
        if ready.is_empty() {
            break;
        }
        for one in ready {
            left.remove(&one);
            let (Some([start, end]), Some(list)) = (known.get(one.0).copied(), children.get(&one)) else { continue };
            let step = (end - start) / list.len() as f64;
            for (at, id) in list.iter().enumerate() {
                known.insert((*id).to_owned(), [start + step * at as f64, start + step * (at as f64 + 1.0)]);
            }
        }
    }
    known
}

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = super::media(view);
    for name in spans::files(view, &[".eaf"]) {
        let root = match xml::document(view, &name) {
            Ok(root) if root.name == "ANNOTATION_DOCUMENT" => root,
            Ok(root) => {
                let message = format!("the root is ANNOTATION_DOCUMENT, and not {}", root.name);
                give(sink, Err(RecordError::new(&name, "malformed", message)))?;
                continue;
            }
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        let slots = root.child("TIME_ORDER").map(slots).unwrap_or_default();
        let entries = entries(&root);
        let times = times(&entries, &slots);
        let (mut answer, mut ids) = (Answer::default(), BTreeMap::new());
        for entry in &entries {
            let place = || format!("{name}: {}", entry.id);
            let Some([start, end]) = times.get(&entry.id) else {
                give(
                    sink,
                    Err(RecordError::new(place(), "bad_time", "the annotation hangs on no time slot that is there")),
                )?;
                continue;
            };
            match super::read_interval(answer.regions.len(), &entry.class, start / 1000.0, end / 1000.0) {
                Ok(mut region) => {
                    ids.insert(entry.id.as_str(), region.id.clone());
                    if !entry.text.is_empty() {
                        region.attributes.insert("text".into(), Value::Text(entry.text.clone()));
                    }
                    answer.regions.push(region);
                }
                Err((code, message)) => give(sink, Err(RecordError::new(place(), code, message)))?,
            }
        }
        for entry in &entries {
            let ends = entry.parent.as_deref().and_then(|parent| ids.get(parent)).zip(ids.get(entry.id.as_str()));
            if let Some((to, from)) = ends {
                answer.relations.push(Relation {
                    id: format!("p{}", answer.relations.len() + 1),
                    relation: "parent".into(),
                    from: from.clone(),
                    to: to.clone(),
                    attributes: BTreeMap::new(),
                });
            }
        }
        let address = root.child("HEADER").and_then(|header| header.child("MEDIA_DESCRIPTOR")).and_then(|media| {
            media.attribute("RELATIVE_MEDIA_URL").filter(|url| !url.is_empty()).or_else(|| media.attribute("MEDIA_URL"))
        });
        let said = address.map(|url| url.trim_start_matches("file://").trim_start_matches("./").to_owned());
        let said = said.filter(|url| !url.is_empty()).unwrap_or_else(|| name.trim_end_matches(".eaf").to_owned());
        let said = if crate::archive::safe_name(&said) { said } else { last_part(&said).to_owned() };
        give(sink, Ok(super::record(&media, &said, &name, answer)))?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut names = Stems::default();
    for item in job.items {
        let name = names.name("", &item.key, job.losses);
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
        let all = super::intervals(&item);
        let none = Answer::default();
        let answer = item.answers.first().map_or(&none, |answer| &answer.answer);
        let mut text = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ANNOTATION_DOCUMENT AUTHOR=\"\" DATE=\"1970-01-01T00:00:00Z\" FORMAT=\"3.0\" VERSION=\"3.0\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"http://www.mpi.nl/tools/elan/EAFv3.0.xsd\">\n<HEADER MEDIA_FILE=\"\" TIME_UNITS=\"milliseconds\"><MEDIA_DESCRIPTOR".to_vec();
        push_attribute(&mut text, "MEDIA_URL", &format!("./{name}"));
        push_attribute(&mut text, "MIME_TYPE", "audio/x-wav");
        push_attribute(&mut text, "RELATIVE_MEDIA_URL", &format!("./{name}"));
        text.extend_from_slice(b"/></HEADER>\n<TIME_ORDER>\n");
        let mut order: Vec<(f64, usize, bool)> = Vec::new();
        for (at, (start, end, _)) in all.iter().enumerate() {
            order.extend([(*start, at, false), (*end, at, true)]);
        }
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut slot = BTreeMap::new();
        for (number, (time, at, end)) in order.iter().enumerate() {
            let ticks = super::ticks(*time).unwrap_or(0);
            text.extend_from_slice(
                format!("<TIME_SLOT TIME_SLOT_ID=\"ts{}\" TIME_VALUE=\"{ticks}\"/>\n", number + 1).as_bytes(),
            );
            slot.insert((*at, *end), number + 1);
        }
        text.extend_from_slice(b"</TIME_ORDER>\n");
        // A relation can only be written by an annotation without times of its own.
        if !answer.relations.is_empty() {
            let message =
                "annotations keep their own times, so that what hangs on another one is written as if it did not";
            job.losses.add_some("values", message, &item.key, answer.relations.len());
        }
        // Annotations of a tier may not overlap: a class gets as many tiers as it needs.
        let mut tiers: Vec<(&str, f64, Vec<usize>)> = Vec::new();
        for (at, (start, end, region)) in all.iter().enumerate() {
            match tiers.iter_mut().find(|(class, before, _)| *class == region.class && before <= start) {
                Some((_, before, list)) => {
                    *before = *end;
                    list.push(at);
                }
                None => tiers.push((&region.class, *end, vec![at])),
            }
        }
        let mut used: BTreeMap<&str, usize> = BTreeMap::new();
        for (class, _, list) in &tiers {
            let count = used.entry(class).or_default();
            *count += 1;
            text.extend_from_slice(b"<TIER LINGUISTIC_TYPE_REF=\"default-lt\"");
            let id = if *count == 1 { (*class).to_owned() } else { format!("{class} ({count})") };
            if *count > 1 {
                job.losses.add(
                    "overlap",
                    "overlapping annotations of one tier are written into a further tier",
                    &item.key,
                );
            }
            push_attribute(&mut text, "TIER_ID", &id);
            text.extend_from_slice(b">\n");
            for at in list {
                let (Some((_, _, region)), Some(a), Some(b)) =
                    (all.get(*at), slot.get(&(*at, false)), slot.get(&(*at, true)))
                else {
                    continue;
                };
                let region: &Region = region;
                let said = super::said(region, "text").unwrap_or_default();
                if said.is_empty() && region.attributes.contains_key("text") {
                    job.losses.add("values", "an empty text is the same as none", &item.key);
                }
                text.extend_from_slice(format!("<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID=\"a{}\" TIME_SLOT_REF1=\"ts{a}\" TIME_SLOT_REF2=\"ts{b}\">", at + 1).as_bytes());
                push_element(&mut text, "ANNOTATION_VALUE", said);
                text.extend_from_slice(b"</ALIGNABLE_ANNOTATION></ANNOTATION>\n");
            }
            text.extend_from_slice(b"</TIER>\n");
        }
        text.extend_from_slice(b"<LINGUISTIC_TYPE GRAPHIC_REFERENCES=\"false\" LINGUISTIC_TYPE_ID=\"default-lt\" TIME_ALIGNABLE=\"true\"/>\n");
        for (kind, meaning) in [
            (
                "Time_Subdivision",
                "Time subdivision of parent annotation's time interval, no time gaps allowed within this interval",
            ),
            (
                "Symbolic_Subdivision",
                "Symbolic subdivision of a parent annotation. Annotations refering to the same parent are ordered",
            ),
            ("Symbolic_Association", "1-1 association with a parent annotation"),
            (
                "Included_In",
                "Time alignable annotations within the parent annotation's time interval, gaps are allowed",
            ),
        ] {
            text.extend_from_slice(b"<CONSTRAINT");
            push_attribute(&mut text, "DESCRIPTION", meaning);
            push_attribute(&mut text, "STEREOTYPE", kind);
            text.extend_from_slice(b"/>\n");
        }
        text.extend_from_slice(b"</ANNOTATION_DOCUMENT>\n");
        out.begin(&format!("{name}.eaf"))?;
        out.write_all(&text)?;
    }
    Ok(())
}
