//! Texts from a grammar. A template holds slots like `{city}`; a slot is one of its alternatives, which may hold slots
//! again; `{{` and `}}` are braces. What a slot with a class wrote is a span of that class, exactly.

use super::schema::{choice, schema};
use crate::{
    GenerateError, Random,
    recipe::{Check, document, parameters},
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality, Region, Target, Value, geometry::Span, offsets::ScalarText,
};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// The id of the field that holds the document's class.
    #[serde(default = "class_field")]
    field: String,
    document: Vec<Template>,
    #[serde(default)]
    slots: BTreeMap<String, Vec<String>>,
    /// Slot to class.
    #[serde(default)]
    spans: BTreeMap<String, String>,
}

fn class_field() -> String {
    "class".into()
}

impl Check for Document {}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    #[serde(default)]
    class: Option<String>,
    #[serde(default = "one")]
    weight: f64,
    templates: Vec<String>,
}

fn one() -> f64 {
    1.0
}

enum Piece {
    Text(String),
    Slot(usize),
}

struct Slot {
    name: String,
    class: Option<String>,
    alternatives: Vec<Vec<Piece>>,
    /// How many slots lie in each other at least.
    height: usize,
}

/// A grammar that is known to end.
pub struct Grammar {
    field: String,
    documents: Vec<(Option<String>, Vec<Vec<Piece>>)>,
    weights: Vec<f64>,
    slots: Vec<Slot>,
}

/// Beyond this depth slots take the shortest way to an end.
const DEPTH: usize = 12;
const SLOTS_MAXIMUM: usize = 20_000;

impl Grammar {
    /// # Errors
    /// With the place: a slot that nobody defines, one that never ends, a brace that is not closed.
    pub fn parse(recipe: &str) -> Result<Self, GenerateError> {
        Self::of(document(recipe)?)
    }

    /// From a recipe that is read already.
    pub(crate) fn of(recipe: serde_json::Value) -> Result<Self, GenerateError> {
        let Document { field, document, slots, spans } = parameters("the recipe", recipe)?;
        let names: Vec<&str> = slots.keys().map(String::as_str).collect();
        if let Some(unknown) = spans.keys().find(|name| !slots.contains_key(*name)) {
            return Err(crate::recipe::unknown(&format!("spans.{unknown}"), "slot", unknown, &names));
        }
        let mut made: Vec<Slot> = Vec::with_capacity(slots.len());
        for (name, alternatives) in &slots {
            let place = format!("slots.{name}");
            if alternatives.is_empty() {
                return Err(GenerateError::recipe(place, "it needs at least one alternative"));
            }
            let alternatives =
                alternatives.iter().enumerate().map(|(at, text)| pieces(&format!("{place}[{at}]"), text, &names));
            made.push(Slot {
                name: name.clone(),
                class: spans.get(name).cloned(),
                alternatives: alternatives.collect::<Result<_, _>>()?,
                height: usize::MAX,
            });
        }
        heights(&mut made);
        if let Some(endless) = made.iter().find(|slot| slot.height == usize::MAX) {
            let message = "each of its alternatives leads back to it; add one without such a slot";
            return Err(GenerateError::recipe(format!("slots.{}", endless.name), message));
        }
        let (mut documents, mut weights) = (Vec::new(), Vec::new());
        for (at, template) in document.iter().enumerate() {
            let place = format!("document[{at}]");
            if !(template.weight.is_finite() && template.weight >= 0.0) {
                return Err(GenerateError::recipe(format!("{place}.weight"), "a weight is a number from 0 up"));
            }
            if template.templates.is_empty() {
                return Err(GenerateError::recipe(format!("{place}.templates"), "at least one template is needed"));
            }
            let templates = template.templates.iter().enumerate();
            let templates =
                templates.map(|(number, text)| pieces(&format!("{place}.templates[{number}]"), text, &names));
            documents.push((template.class.clone(), templates.collect::<Result<_, _>>()?));
            weights.push(template.weight);
        }
        if weights.iter().sum::<f64>() <= 0.0 {
            return Err(GenerateError::recipe("document", "at least one document needs a weight above 0"));
        }
        let grammar = Self { field, documents, weights, slots: made };
        match grammar.schema().check().into_iter().next() {
            Some(problem) if grammar.says_something() => Err(GenerateError::recipe(
                format!("the schema that follows from it, {}", problem.pointer),
                problem.message,
            )),
            _ => Ok(grammar),
        }
    }

    fn says_something(&self) -> bool {
        self.documents.iter().any(|(class, _)| class.is_some()) || self.slots.iter().any(|slot| slot.class.is_some())
    }

    pub fn schema(&self) -> LabelSchema {
        let classes: Vec<&str> = self.documents.iter().filter_map(|(class, _)| class.as_deref()).collect();
        let fields = if classes.is_empty() { Vec::new() } else { vec![choice(&self.field, classes)] };
        let spans = self.slots.iter().filter_map(|slot| slot.class.as_deref());
        schema(Modality::Text, spans, &[GeometryKind::Span], fields)
    }

    /// One text with its labels.
    ///
    /// # Errors
    /// When it grows beyond all measure, or a span would begin or end inside of a character.
    pub fn make(&self, random: &mut Random) -> Result<(String, Answer), GenerateError> {
        let Some((class, templates)) = self.documents.get(random.weighted(&self.weights)) else {
            return Err(GenerateError::Input("there is no document".into()));
        };
        let mut writing = Writing { grammar: self, text: String::new(), chars: 0, spans: Vec::new(), slots: 0 };
        if let Some(template) = random.pick(templates) {
            writing.write(template, 0, random)?;
        }
        let Writing { text, mut spans, .. } = writing;
        spans.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
        let shape = ScalarText::new(&text);
        let mut answer = Answer::default();
        if let Some(class) = class {
            answer.fields.insert(self.field.clone(), Value::Text(class.clone()));
        }
        for (number, (start, end, slot)) in spans.into_iter().enumerate() {
            if !shape.is_grapheme_boundary(start) || !shape.is_grapheme_boundary(end) {
                let message = "what it wrote joins with what stands beside it into one character";
                return Err(GenerateError::recipe(format!("slots.{}", slot.name), message));
            }
            answer.regions.push(Region {
                id: format!("s{}", number + 1),
                target: Target::Item,
                geometry: Geometry::Span(Span::new(start, end)),
                class: slot.class.clone().unwrap_or_default(),
                attributes: BTreeMap::new(),
                score: None,
            });
        }
        Ok((text, answer))
    }
}

struct Writing<'a> {
    grammar: &'a Grammar,
    text: String,
    chars: u32,
    spans: Vec<(u32, u32, &'a Slot)>,
    slots: usize,
}

impl<'a> Writing<'a> {
    fn write(&mut self, pieces: &'a [Piece], depth: usize, random: &mut Random) -> Result<(), GenerateError> {
        for piece in pieces {
            let number = match piece {
                Piece::Text(text) => {
                    self.chars += text.chars().count() as u32;
                    self.text.push_str(text);
                    continue;
                }
                Piece::Slot(number) => *number,
            };
            let Some(slot) = self.grammar.slots.get(number) else { continue };
            self.slots += 1;
            if self.slots > SLOTS_MAXIMUM {
                let message = format!("a text has more than {SLOTS_MAXIMUM} slots; let fewer alternatives lead back");
                return Err(GenerateError::recipe(format!("slots.{}", slot.name), message));
            }
            let start = self.chars;
            let chosen = if depth < DEPTH {
                random.pick(&slot.alternatives)
            } else {
                slot.alternatives.iter().min_by_key(|pieces| height(pieces, &self.grammar.slots))
            };
            if let Some(pieces) = chosen {
                self.write(pieces, depth + 1, random)?;
            }
            if slot.class.is_some() && self.chars > start {
                self.spans.push((start, self.chars, slot));
            }
        }
        Ok(())
    }
}

/// Splits a template at its slots.
fn pieces(place: &str, template: &str, names: &[&str]) -> Result<Vec<Piece>, GenerateError> {
    let (mut found, mut text, mut rest) = (Vec::new(), String::new(), template);
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        if rest[at + 1..].starts_with(brace) {
            text.push_str(brace);
            rest = &rest[at + 2..];
            continue;
        }
        let end = rest[at..].find('}').filter(|_| brace == "{");
        let Some(end) = end else {
            let message = format!("{brace:?} stands alone; write {brace}{brace} for the sign itself");
            return Err(GenerateError::recipe(place, message));
        };
        let name = &rest[at + 1..at + end];
        let number = names.iter().position(|known| *known == name);
        let number = number.ok_or_else(|| crate::recipe::unknown(place, "slot", name, names))?;
        if !text.is_empty() {
            found.push(Piece::Text(std::mem::take(&mut text)));
        }
        found.push(Piece::Slot(number));
        rest = &rest[at + end + 1..];
    }
    text.push_str(rest);
    if !text.is_empty() {
        found.push(Piece::Text(text));
    }
    Ok(found)
}

fn height(pieces: &[Piece], slots: &[Slot]) -> usize {
    let of = |piece: &Piece| match piece {
        Piece::Text(_) => 0,
        Piece::Slot(number) => slots.get(*number).map_or(0, |slot| slot.height),
    };
    pieces.iter().map(of).max().unwrap_or(0)
}

/// The least heights by going over all slots until nothing changes; what stays infinite never ends.
fn heights(slots: &mut [Slot]) {
    let mut changed = true;
    while std::mem::take(&mut changed) {
        for at in 0..slots.len() {
            let least = slots[at].alternatives.iter().map(|pieces| height(pieces, slots)).min().unwrap_or(0);
            let own = least.saturating_add(1);
            if own < slots[at].height {
                slots[at].height = own;
                changed = true;
            }
        }
    }
}
