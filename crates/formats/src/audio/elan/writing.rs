//! From regions to EAF files.

use super::{STEREOTYPES, stereotype};
use crate::{
    audio::{said, seconds, ticks},
    loss::Losses,
    names::Stems,
    record::ExportItem,
    registry::Job,
    sink::ArchiveSink,
    xml::{push_attribute, push_element},
};
use labelwright_core::{
    Answer, LabelSchema, Region,
    schema::TierConstraint,
    tiers::{self, Nesting},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

/// One tier of a file.
struct Tier<'a> {
    class: &'a str,
    name: String,
    /// The tier that it lies within, and how.
    above: Option<(usize, TierConstraint)>,
    /// Where its last annotation ends, in seconds.
    end: f64,
    /// Its regions in the order of time.
    list: Vec<usize>,
}

/// What is known of the regions of one answer, all by their places in it.
struct Plan<'a> {
    /// Start and end in seconds.
    times: Vec<Option<(f64, f64)>>,
    /// Numbers of annotations, in the order of time from 1.
    numbers: BTreeMap<usize, usize>,
    /// Parent and constraint, where the constraint holds.
    parents: Vec<Option<(usize, TierConstraint)>>,
    tiers: Vec<Tier<'a>>,
}

/// What keeps the constraint of its tier. Of what divides a parent either all do or none.
fn parents(schema: &LabelSchema, regions: &[Region]) -> Vec<Option<(usize, TierConstraint)>> {
    let Nesting { parents, violations } = tiers::nest(schema, regions);
    let constraints: BTreeMap<&str, TierConstraint> = schema
        .classes
        .iter()
        .filter_map(|class| Some((class.id.as_str(), class.parent.as_ref()?.constraint)))
        .collect();
    let group = |index: usize| Some((regions.get(index)?.class.as_str(), *parents.get(index)?));
    let mut broken: BTreeSet<usize> = violations.iter().map(|found| found.region).collect();
    let divided: BTreeSet<_> = broken.iter().filter_map(|index| group(*index)).collect();
    let divides = |index: usize| {
        let constraint = regions.get(index).and_then(|region| constraints.get(region.class.as_str()));
        constraint == Some(&TierConstraint::TimeSubdivision) && group(index).is_some_and(|one| divided.contains(&one))
    };
    broken.extend((0..regions.len()).filter(|index| divides(*index)));
    let kept = parents.iter().enumerate().map(|(index, parent)| {
        let parent = parent.filter(|_| !broken.contains(&index))?;
        Some((parent, *constraints.get(regions.get(index)?.class.as_str())?))
    });
    kept.collect()
}

/// How many tiers lie above each class.
fn depths(schema: &LabelSchema) -> BTreeMap<&str, usize> {
    let above: BTreeMap<&str, &str> = schema
        .classes
        .iter()
        .filter_map(|class| Some((class.id.as_str(), class.parent.as_ref()?.class.as_str())))
        .collect();
    let depth = |class: &str| std::iter::successors(above.get(class), |one| above.get(*one)).take(above.len()).count();
    schema.classes.iter().map(|class| (class.id.as_str(), depth(&class.id))).collect()
}

impl<'a> Plan<'a> {
    fn new(schema: &'a LabelSchema, item: &ExportItem, answer: &'a Answer, losses: &Losses) -> Self {
        let times: Vec<_> = answer.regions.iter().map(|region| seconds(region, item)).collect();
        let time = |index: usize| times.get(index).copied().flatten().unwrap_or_default();
        let mut order: Vec<usize> =
            (0..times.len()).filter(|index| times.get(*index).is_some_and(Option::is_some)).collect();
        order.sort_by(|a, b| time(*a).0.total_cmp(&time(*b).0).then(time(*a).1.total_cmp(&time(*b).1)));
        let numbers = order.iter().enumerate().map(|(number, index)| (*index, number + 1)).collect();
        let parents = parents(schema, &answer.regions);
        let depths = depths(schema);
        // Tiers come after those that they lie within, and what lies in none comes last.
        let class = |index: usize| answer.regions.get(index).map_or("", |region| region.class.as_str());
        let depth = |index: usize| depths.get(class(index)).copied().unwrap_or(0);
        let parent = |index: usize| parents.get(index).copied().flatten();
        order.sort_by_key(|index| (depth(*index), depth(*index) > 0 && parent(*index).is_none()));
        // Annotations of a tier may not overlap: a class gets as many tiers as it needs.
        let (mut tiers, mut tier_of): (Vec<Tier<'a>>, BTreeMap<usize, usize>) = (Vec::new(), BTreeMap::new());
        let mut used: BTreeMap<&str, usize> = BTreeMap::new();
        for index in order {
            let Some(region) = answer.regions.get(index) else { continue };
            let above = parent(index).and_then(|(parent, how)| Some((*tier_of.get(&parent)?, how)));
            if depth(index) > 0 && above.is_none() {
                let message = "what does not keep to its parent tier is written into a tier of its own";
                losses.add("outside", message, &item.key);
            }
            let (start, end) = time(index);
            let fits = |tier: &Tier<'_>| tier.class == region.class && tier.above == above && tier.end <= start;
            let at = tiers.iter().position(fits).unwrap_or_else(|| {
                let count = used.entry(&region.class).or_default();
                *count += 1;
                if *count > 1 && (depth(index) == 0 || above.is_some()) {
                    let message = "overlapping annotations of one tier are written into a further tier";
                    losses.add("overlap", message, &item.key);
                }
                let name = if *count == 1 { region.class.clone() } else { format!("{} ({count})", region.class) };
                tiers.push(Tier { class: &region.class, name, above, end, list: Vec::new() });
                tiers.len() - 1
            });
            if let Some(tier) = tiers.get_mut(at) {
                tier.end = end;
                tier.list.push(index);
            }
            tier_of.insert(index, at);
        }
        Self { times, numbers, parents, tiers }
    }

    /// The slots at which annotations with times begin and end: each is named by the region whose own it is, and whether
    /// it is its end. What divides a parent shares the slots of its neighbours and its parent.
    fn slots(&self) -> BTreeMap<usize, [(usize, bool); 2]> {
        let mut found: BTreeMap<usize, [(usize, bool); 2]> = BTreeMap::new();
        for tier in &self.tiers {
            let mut before: Option<(usize, usize)> = None;
            for (at, index) in tier.list.iter().enumerate() {
                let own = [(*index, false), (*index, true)];
                match tier.above.map(|(_, how)| how) {
                    None | Some(TierConstraint::IncludedIn) => found.insert(*index, own),
                    Some(TierConstraint::SymbolicAssociation) => continue,
                    Some(TierConstraint::TimeSubdivision) => {
                        let parent =
                            |index: &usize| self.parents.get(*index).copied().flatten().map(|(parent, _)| parent);
                        let Some(mine) = parent(index) else { continue };
                        let around = found.get(&mine).copied().unwrap_or(own);
                        let start = match before.filter(|(known, _)| *known == mine) {
                            Some((_, neighbour)) => found.get(&neighbour).map_or(own[0], |slots| slots[1]),
                            None => around[0],
                        };
                        let is_last = tier.list.get(at + 1).and_then(parent) != Some(mine);
                        before = Some((mine, *index));
                        found.insert(*index, [start, if is_last { around[1] } else { own[1] }])
                    }
                };
            }
        }
        found
    }
}

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut names = Stems::default();
    for item in job.items {
        let name = names.name("", &item.key, job.losses);
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
        let none = Answer::default();
        let answer = item.answers.first().map_or(&none, |answer| &answer.answer);
        let plan = Plan::new(job.head.schema, &item, answer, job.losses);
        let mut text = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ANNOTATION_DOCUMENT AUTHOR=\"\" DATE=\"1970-01-01T00:00:00Z\" FORMAT=\"3.0\" VERSION=\"3.0\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"http://www.mpi.nl/tools/elan/EAFv3.0.xsd\">\n<HEADER MEDIA_FILE=\"\" TIME_UNITS=\"milliseconds\"><MEDIA_DESCRIPTOR".to_vec();
        push_attribute(&mut text, "MEDIA_URL", &format!("./{name}"));
        push_attribute(&mut text, "MIME_TYPE", "audio/x-wav");
        push_attribute(&mut text, "RELATIVE_MEDIA_URL", &format!("./{name}"));
        text.extend_from_slice(b"/></HEADER>\n");
        // A relation can only be written by an annotation without times of its own.
        if !answer.relations.is_empty() {
            let message =
                "annotations keep their own times, so that what hangs on another one is written as if it did not";
            job.losses.add_some("values", message, &item.key, answer.relations.len());
        }
        let slots = push_slots(&mut text, &plan);
        for tier in &plan.tiers {
            push_tier(&mut text, &plan, tier, &slots, answer, (&item.key, job.losses));
        }
        push_types(&mut text, &plan);
        text.extend_from_slice(b"</ANNOTATION_DOCUMENT>\n");
        out.begin(&format!("{name}.eaf"))?;
        out.write_all(&text)?;
    }
    Ok(())
}

/// The numbers of the slots of each annotation that has times.
fn push_slots(text: &mut Vec<u8>, plan: &Plan<'_>) -> BTreeMap<usize, [usize; 2]> {
    text.extend_from_slice(b"<TIME_ORDER>\n");
    let slots = plan.slots();
    let all: BTreeSet<(usize, bool)> = slots.values().flatten().copied().collect();
    let time = |(index, end): (usize, bool)| {
        let (start, stop) = plan.times.get(index).copied().flatten().unwrap_or_default();
        if end { stop } else { start }
    };
    let mut order: Vec<(usize, bool)> = all.into_iter().collect();
    let number = |index: usize| plan.numbers.get(&index).copied().unwrap_or(0);
    order.sort_by(|a, b| time(*a).total_cmp(&time(*b)).then(number(a.0).cmp(&number(b.0))));
    let mut numbers = BTreeMap::new();
    for (at, slot) in order.into_iter().enumerate() {
        let ticks = ticks(time(slot)).unwrap_or(0);
        let line = format!("<TIME_SLOT TIME_SLOT_ID=\"ts{}\" TIME_VALUE=\"{ticks}\"/>\n", at + 1);
        text.extend_from_slice(line.as_bytes());
        numbers.insert(slot, at + 1);
    }
    text.extend_from_slice(b"</TIME_ORDER>\n");
    let number = |slot: &(usize, bool)| numbers.get(slot).copied().unwrap_or(0);
    slots.iter().map(|(index, [start, end])| (*index, [number(start), number(end)])).collect()
}

fn push_tier(
    text: &mut Vec<u8>,
    plan: &Plan<'_>,
    tier: &Tier<'_>,
    slots: &BTreeMap<usize, [usize; 2]>,
    answer: &Answer,
    (key, losses): (&str, &Losses),
) {
    text.extend_from_slice(b"<TIER");
    push_attribute(text, "LINGUISTIC_TYPE_REF", type_name(tier.above.map(|(_, how)| how)));
    if let Some(above) = tier.above.and_then(|(above, _)| plan.tiers.get(above)) {
        push_attribute(text, "PARENT_REF", &above.name);
    }
    push_attribute(text, "TIER_ID", &tier.name);
    text.extend_from_slice(b">\n");
    for index in &tier.list {
        let (Some(region), Some(number)) = (answer.regions.get(*index), plan.numbers.get(index)) else { continue };
        let value = said(region, "text").unwrap_or_default();
        if value.is_empty() && region.attributes.contains_key("text") {
            losses.add("values", "an empty text is the same as none", key);
        }
        let parent = plan.parents.get(*index).copied().flatten().and_then(|(parent, _)| plan.numbers.get(&parent));
        let (kind, place) = match (slots.get(index), parent) {
            (Some([start, end]), _) => {
                ("ALIGNABLE_ANNOTATION", format!("TIME_SLOT_REF1=\"ts{start}\" TIME_SLOT_REF2=\"ts{end}\""))
            }
            (None, Some(parent)) => ("REF_ANNOTATION", format!("ANNOTATION_REF=\"a{parent}\"")),
            (None, None) => continue,
        };
        text.extend_from_slice(format!("<ANNOTATION><{kind} ANNOTATION_ID=\"a{number}\" {place}>").as_bytes());
        push_element(text, "ANNOTATION_VALUE", value);
        text.extend_from_slice(format!("</{kind}></ANNOTATION>\n").as_bytes());
    }
    text.extend_from_slice(b"</TIER>\n");
}

fn type_name(constraint: Option<TierConstraint>) -> &'static str {
    match constraint {
        None => "default-lt",
        Some(TierConstraint::TimeSubdivision) => "time-subdivision-lt",
        Some(TierConstraint::SymbolicAssociation) => "symbolic-association-lt",
        Some(TierConstraint::IncludedIn) => "included-in-lt",
    }
}

/// The linguistic types that tiers have, and all stereotypes.
fn push_types(text: &mut Vec<u8>, plan: &Plan<'_>) {
    use TierConstraint as C;
    for constraint in [None, Some(C::TimeSubdivision), Some(C::SymbolicAssociation), Some(C::IncludedIn)] {
        if constraint.is_some() && plan.tiers.iter().all(|tier| tier.above.map(|(_, how)| how) != constraint) {
            continue;
        }
        text.extend_from_slice(b"<LINGUISTIC_TYPE");
        if let Some(constraint) = constraint {
            push_attribute(text, "CONSTRAINTS", stereotype(constraint));
        }
        push_attribute(text, "GRAPHIC_REFERENCES", "false");
        push_attribute(text, "LINGUISTIC_TYPE_ID", type_name(constraint));
        let alignable = if constraint == Some(C::SymbolicAssociation) { "false" } else { "true" };
        push_attribute(text, "TIME_ALIGNABLE", alignable);
        text.extend_from_slice(b"/>\n");
    }
    for (kind, meaning) in STEREOTYPES {
        text.extend_from_slice(b"<CONSTRAINT");
        push_attribute(text, "DESCRIPTION", meaning);
        push_attribute(text, "STEREOTYPE", kind);
        text.extend_from_slice(b"/>\n");
    }
}
