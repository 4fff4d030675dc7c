//! The only door to a storable answer: [`Answer::validate`] checks it against the schema, the media and the limits,
//! and reports everything that is wrong with its place. [`ValidAnswer`] has no other constructor.

mod fields;
mod shapes;

use crate::{
    Answer, GeometryKind, LabelSchema, Limits, MediaShape, Problem, Region, Target,
    problem::{Problems, segment},
    schema::Class,
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// An answer that fits its schema and its item.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidAnswer {
    answer: Answer,
}

impl ValidAnswer {
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    pub fn into_answer(self) -> Answer {
        self.answer
    }

    pub fn canonical_json(&self) -> String {
        self.answer.canonical_json()
    }
}

impl Answer {
    /// Reads an answer from JSON text and validates it. A key that appears twice is refused, not silently merged.
    pub fn parse_valid(
        text: &str,
        schema: &LabelSchema,
        shape: &MediaShape,
        limits: &Limits,
    ) -> Result<ValidAnswer, Vec<Problem>> {
        if text.len() > limits.json_bytes {
            let message = format!("the answer has {} bytes, the limit is {}", text.len(), limits.json_bytes);
            return Err(vec![Problem::new("", "too_large", message)]);
        }
        let answer: Self =
            serde_json::from_str(text).map_err(|error| vec![Problem::new("", "malformed", error.to_string())])?;
        answer.validate(schema, shape, limits)
    }

    /// Everything that is wrong, or the proof that nothing is.
    pub fn validate(
        self,
        schema: &LabelSchema,
        shape: &MediaShape,
        limits: &Limits,
    ) -> Result<ValidAnswer, Vec<Problem>> {
        let mut problems = Problems::new();
        count(&mut problems, "/regions", self.regions.len(), limits.regions);
        count(&mut problems, "/relations", self.relations.len(), limits.relations);
        if problems.is_empty() {
            let responses = match shape.in_pane(None) {
                Some(MediaShape::Dialogue { responses, .. }) if *responses > 0 => Some(*responses as usize),
                _ => None,
            };
            let asked = fields::Asked { fields: &schema.fields, noun: "field", responses };
            fields::check(&mut problems, "/fields", asked, &self.fields, limits);
            regions(&mut problems, &self, schema, shape, limits);
            relations(&mut problems, &self, schema);
        }
        // Shapes that are none cannot lie within each other.
        if problems.is_empty() {
            for found in crate::tiers::nest(schema, &self.regions).violations {
                problems.add(format!("/regions/{}/geometry", found.region), found.code, found.message);
            }
        }
        if problems.is_empty() { Ok(ValidAnswer { answer: self }) } else { Err(problems.into_vec()) }
    }
}

fn count(problems: &mut Problems, pointer: &str, found: usize, limit: usize) {
    if found > limit {
        problems.add(pointer, "too_many", format!("{found} entries, the limit is {limit}"));
    }
}

fn regions(problems: &mut Problems, answer: &Answer, schema: &LabelSchema, shape: &MediaShape, limits: &Limits) {
    let classes: BTreeMap<&str, &Class> = schema.classes.iter().map(|class| (class.id.as_str(), class)).collect();
    let mut seen = BTreeSet::new();
    for (index, region) in answer.regions.iter().enumerate() {
        let at = format!("/regions/{index}");
        region_id(problems, &at, &region.id, &mut seen);
        if region.score.is_some_and(|score| !(0.0..=1.0).contains(&score)) {
            problems.add(format!("{at}/score"), "out_of_range", "a score lies between 0 and 1");
        }
        let Some(class) = classes.get(region.class.as_str()) else {
            problems.add(
                format!("{at}/class"),
                "unknown_class",
                format!("{:?} is not a class of this schema", region.class),
            );
            continue;
        };
        let kind = region.geometry.kind();
        if !class.geometry.contains(&kind) {
            let allowed: Vec<&str> = class.geometry.iter().map(|kind| kind.as_str()).collect();
            problems.add(
                format!("{at}/geometry/type"),
                "wrong_geometry",
                format!("class {} takes {}, not {}", class.id, allowed.join(" or "), kind.as_str()),
            );
            continue;
        }
        let Some(shape) = shape.in_pane(class.pane.as_deref()) else {
            let pane = class.pane.as_deref().unwrap_or_default();
            problems.add(format!("{at}/class"), "absent_pane", format!("this item has nothing in pane {pane:?}"));
            continue;
        };
        let Some(shape) = part(problems, &at, region, shape) else { continue };
        shapes::check(problems, &format!("{at}/geometry"), &region.geometry, class, &shape, limits);
        let at = format!("{at}/attributes");
        let asked = fields::Asked { fields: &class.attributes, noun: "attribute", responses: None };
        fields::check(problems, &at, asked, &region.attributes, limits);
    }
}

/// The extent of what a region lies on: of a conversation one turn, of a document one page or its text, of a volume some
/// slices.
fn part<'a>(problems: &mut Problems, at: &str, region: &Region, shape: &'a MediaShape) -> Option<Cow<'a, MediaShape>> {
    let at = format!("{at}/target");
    match (shape, region.target) {
        (MediaShape::Dialogue { turns, .. }, Target::Turn(turn)) => {
            let found = turns.get(turn as usize);
            if found.is_none() {
                let last = turns.len().saturating_sub(1);
                problems.add(at, "out_of_bounds", format!("turns are numbered 0 to {last}"));
            }
            found.map(Cow::Borrowed)
        }
        (MediaShape::Dialogue { .. }, _) => {
            problems.add(at, "required", "a region of a conversation names its turn: {\"turn\": 0}");
            None
        }
        // The offsets of a span say where it is; it may go from one page to the next.
        (MediaShape::Document { .. }, Target::Item) if region.geometry.kind() == GeometryKind::Span => {
            Some(Cow::Borrowed(shape))
        }
        (MediaShape::Document { pages, .. }, Target::Page(page)) if region.geometry.kind() != GeometryKind::Span => {
            let Some([width, height]) = pages.get(page as usize) else {
                let last = pages.len().saturating_sub(1);
                problems.add(at, "out_of_bounds", format!("pages are numbered 0 to {last}"));
                return None;
            };
            Some(Cow::Owned(MediaShape::Page { width: *width, height: *height }))
        }
        (MediaShape::Document { .. }, Target::Item) => {
            problems.add(at, "required", "a shape on a document names its page: {\"page\": 0}");
            None
        }
        (MediaShape::Document { .. }, _) => {
            problems.add(
                at,
                "wrong_target",
                "a shape on a document names its page, and a span of its text names nothing",
            );
            None
        }
        (MediaShape::Volume { slices, .. }, Target::Frames([first, last])) => {
            if first > last || last >= *slices {
                let end = slices.saturating_sub(1);
                let message = format!("slices {first} to {last}: they are numbered 0 to {end}, the first one first");
                problems.add(at, "out_of_bounds", message);
            }
            Some(Cow::Borrowed(shape))
        }
        (MediaShape::Volume { .. }, _) => {
            let message = "a region of a volume names its first and its last slice: {\"frames\": [3, 3]}";
            problems.add(at, "required", message);
            None
        }
        _ => Some(Cow::Borrowed(shape)),
    }
}

fn region_id<'a>(problems: &mut Problems, at: &str, id: &'a str, seen: &mut BTreeSet<&'a str>) {
    let good = (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if !good {
        problems.add(format!("{at}/id"), "bad_id", "an id has 1 to 64 letters, digits, _ or -");
    } else if !seen.insert(id) {
        problems.add(format!("{at}/id"), "duplicate_id", format!("{id:?} is used twice"));
    }
}

fn relations(problems: &mut Problems, answer: &Answer, schema: &LabelSchema) {
    let classes: BTreeMap<&str, &str> =
        answer.regions.iter().map(|region| (region.id.as_str(), region.class.as_str())).collect();
    let mut seen = BTreeSet::new();
    for (index, relation) in answer.relations.iter().enumerate() {
        let at = format!("/relations/{index}");
        region_id(problems, &at, &relation.id, &mut seen);
        let Some(kind) = schema.relations.iter().find(|kind| kind.id == relation.relation) else {
            problems.add(
                format!("{at}/relation"),
                "unknown_relation",
                format!("{:?} is not a relation of this schema", relation.relation),
            );
            continue;
        };
        for (side, region, allowed) in [("from", &relation.from, &kind.from), ("to", &relation.to, &kind.to)] {
            match classes.get(region.as_str()) {
                None => problems.add(
                    format!("{at}/{side}"),
                    "unknown_region",
                    format!("there is no region {region:?} in this answer"),
                ),
                Some(class) if !allowed.is_empty() && !allowed.iter().any(|one| one == class) => problems.add(
                    format!("{at}/{side}"),
                    "wrong_class",
                    format!("{} goes {side} {}, not {class}", kind.id, allowed.join(" or ")),
                ),
                Some(_) => {}
            }
        }
        if let Some(name) = relation.attributes.keys().next() {
            let pointer = format!("{at}/attributes/{}", segment(name));
            problems.add(pointer, "unknown_attribute", format!("{name:?} is not an attribute of {}", kind.id));
        }
    }
}
