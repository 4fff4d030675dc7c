//! From an EAF file to regions, and from its tiers to classes.

use crate::{
    audio::{media, read_interval, record},
    labels,
    names::last_part,
    record::{DirectoryView, RecordError, Settings, Sink, Stop, give, give_part_of_schema},
    spans,
    xml::{self, Element},
};
use labelwright_core::{
    Answer, GeometryKind, LabelSchema, Modality, Relation, Value,
    schema::{ParentTier, TIER_DEPTH_MAXIMUM, TierConstraint},
};
use std::collections::{BTreeMap, BTreeSet};

/// The constraint of each linguistic type that has one. Annotations that divide another one without times of their own
/// get their shares of it, so that they divide its time.
fn constraints(root: &Element) -> BTreeMap<&str, TierConstraint> {
    let types = root.children("LINGUISTIC_TYPE").filter_map(|one| {
        let constraint = match one.attribute("CONSTRAINTS")? {
            "Time_Subdivision" | "Symbolic_Subdivision" => TierConstraint::TimeSubdivision,
            "Symbolic_Association" => TierConstraint::SymbolicAssociation,
            "Included_In" => TierConstraint::IncludedIn,
            _ => return None,
        };
        Some((one.attribute("LINGUISTIC_TYPE_ID")?, constraint))
    });
    types.collect()
}

/// The parent of each tier that has one. What divides a symbolic association divides that with which it is associated,
/// as both have the same times; a tier whose parents make a circle, or are too many, has none.
fn parents(root: &Element) -> BTreeMap<&str, (&str, TierConstraint)> {
    let constraints = constraints(root);
    let known: BTreeSet<&str> = root.children("TIER").filter_map(|tier| tier.attribute("TIER_ID")).collect();
    let said = root.children("TIER").filter_map(|tier| {
        let parent = tier.attribute("PARENT_REF").filter(|parent| known.contains(parent))?;
        let constraint = tier.attribute("LINGUISTIC_TYPE_REF").and_then(|name| constraints.get(name)).copied();
        let refers = || tier.children("ANNOTATION").any(|one| one.child("REF_ANNOTATION").is_some());
        let guess = || if refers() { TierConstraint::TimeSubdivision } else { TierConstraint::IncludedIn };
        Some((tier.attribute("TIER_ID")?, (parent, constraint.unwrap_or_else(guess))))
    });
    let said: BTreeMap<&str, (&str, TierConstraint)> = said.collect();
    let ends = |tier: &str| {
        let mut above = Some(tier);
        for _ in 0..TIER_DEPTH_MAXIMUM {
            above = above.and_then(|tier| said.get(tier)).map(|(parent, _)| *parent);
        }
        above.is_none()
    };
    let mut found = BTreeMap::new();
    for (tier, (parent, constraint)) in said.iter().filter(|(tier, _)| ends(tier)) {
        let mut parent = *parent;
        while let Some((next, TierConstraint::SymbolicAssociation)) = said.get(parent)
            && *constraint != TierConstraint::SymbolicAssociation
        {
            parent = next;
        }
        found.insert(*tier, (parent, *constraint));
    }
    found
}

/// The tiers as classes, in the order of the file.
fn schema(root: &Element, parents: &BTreeMap<&str, (&str, TierConstraint)>) -> LabelSchema {
    let mut seen = BTreeSet::new();
    let names = root.children("TIER").map(name_of).filter(|name| seen.insert(*name));
    let classes = names.enumerate().map(|(index, name)| {
        let mut class = labels::class(name, index, &[GeometryKind::Interval]);
        class.parent = parents
            .get(name)
            .map(|(parent, constraint)| ParentTier { class: (*parent).to_owned(), constraint: *constraint });
        class
    });
    labels::schema(Modality::Audio, classes.collect(), Vec::new())
}

fn name_of(tier: &Element) -> &str {
    tier.attribute("TIER_ID").unwrap_or("tier")
}

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
        let class = name_of(tier);
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

pub(super) fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = media(view);
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
        let parents = parents(&root);
        // What is said in tiers is known when all are read.
        give_part_of_schema(sink, schema(&root, &parents), None, false)?;
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
            match read_interval(answer.regions.len(), &entry.class, start / 1000.0, end / 1000.0) {
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
        let tiers: BTreeMap<&str, &str> =
            entries.iter().map(|entry| (entry.id.as_str(), entry.class.as_str())).collect();
        for entry in &entries {
            // The tree of tiers says the others.
            let tier = entry.parent.as_deref().and_then(|parent| tiers.get(parent));
            if tier.is_some() && tier == parents.get(entry.class.as_str()).map(|(parent, _)| parent) {
                continue;
            }
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
        give(sink, Ok(record(&media, &said, &name, answer)))?;
    }
    Ok(())
}
