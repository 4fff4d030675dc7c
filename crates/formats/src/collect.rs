//! From what is read to what is written: items from records, and a schema where the data does not declare one.

use crate::{
    carries::Kind,
    companion::{self, Companion, CompanionItem},
    extras::Extras,
    labels,
    media::{image_size, modality_of},
    record::{Data, DirectoryView, ExportItem, FoundSchema, Record},
};
use labelwright_core::{
    GeometryKind, LabelSchema, Modality, Value,
    schema::{Class, Field, FieldKind, Pane, RelationType},
};
use std::collections::{BTreeMap, BTreeSet};

/// The item of a record with its companions. The size of a picture is the one that the format says, or that of its header.
/// None for an address without answers: there is nothing to write labels beside.
pub fn item_of(record: Record, view: &dyn DirectoryView) -> Option<ExportItem> {
    let nothing = matches!(record.data, Data::Url(_)) && record.answers.is_empty();
    (!nothing).then(|| item(record, view))
}

fn item(mut record: Record, view: &dyn DirectoryView) -> ExportItem {
    let companions = std::mem::take(&mut record.companions).into_iter();
    let companions = companions.map(|companion| companion_item(companion, &record.key, view)).collect();
    let is_page = record.layer.is_some();
    let (modality, media, text) = match record.data {
        Data::Text(text) => (Modality::Text, None, Some(text)),
        Data::Conversation(text) => (Modality::Dialogue, None, Some(text)),
        Data::Table(text) => (Modality::Table, None, Some(text)),
        Data::File(name) => (modality_of(&name), Some(name), None),
        Data::Files(_) => (Modality::Volume, None, None),
        Data::Absent(name) => (modality_of(&name), None, None),
        Data::Frames { .. } => (Modality::Video, None, None),
        Data::Url(name) => (modality_of(&name), None, None),
    };
    let modality = if is_page { Modality::Document } else { modality };
    let header = || media.as_deref().filter(|_| modality == Modality::Image).and_then(|name| image_size(view, name));
    ExportItem {
        size: record.size.or_else(header),
        text,
        companions,
        metadata: record.metadata,
        answers: record.answers,
        split: record.split,
        clock: record.clock,
        layer: record.layer,
        volume: record.volume,
        extras: record.extras,
        media,
        ..ExportItem::new(record.key, modality)
    }
}

fn companion_item(companion: Companion, item_key: &str, view: &dyn DirectoryView) -> CompanionItem {
    let pane = companion.pane.clone();
    let item = match &companion.data {
        Data::Url(address) => {
            ExportItem { clock: companion.clock, ..ExportItem::new(address.clone(), companion.modality()) }
        }
        _ => item(companion.into_record(item_key, ""), view),
    };
    CompanionItem { pane, item: Box::new(item) }
}

#[derive(Default)]
struct Seen {
    kinds: BTreeSet<GeometryKind>,
    attributes: BTreeMap<String, Values>,
}

/// What values of one name look like.
#[derive(Default)]
struct Values {
    kinds: BTreeSet<&'static str>,
    words: BTreeSet<String>,
}

impl Values {
    fn add(&mut self, value: &Value) {
        let kinds = [(Kind::Boolean, "boolean"), (Kind::Number, "number"), (Kind::Text, "text"), (Kind::List, "list")];
        self.kinds.extend(kinds.iter().filter(|(kind, _)| kind.fits(value)).map(|(_, name)| *name));
        if let Value::List(words) = value {
            self.words.extend(words.iter().cloned());
        }
    }

    fn field(&self, name: &str) -> Field {
        let words: Vec<String> = self.words.iter().cloned().collect();
        match self.kinds.iter().copied().collect::<Vec<_>>().as_slice() {
            ["boolean"] => labels::field(name, FieldKind::Boolean {}),
            ["number"] => labels::field(name, FieldKind::Number { min: None, max: None, integer: false, unit: None }),
            ["list"] => labels::choice(name, &words, true),
            _ => labels::field(
                name,
                FieldKind::Text { multiline: false, max_chars: None, pattern: None, starts_from: None },
            ),
        }
    }
}

/// Puts a schema together from what is declared and what is there. Declared classes come first, in their order; others
/// follow by name, so that the order of the records does not matter.
#[derive(Default)]
pub struct Collector {
    declared: Vec<Class>,
    fields: Vec<Field>,
    panes: Vec<Pane>,
    relations: Vec<RelationType>,
    extras: Option<Box<Extras>>,
    modality: Option<Modality>,
    classes: BTreeMap<String, Seen>,
    item_fields: BTreeMap<String, Values>,
    relation_names: BTreeSet<String>,
}

impl Collector {
    pub fn schema(&mut self, found: FoundSchema) {
        for class in found.schema.classes {
            if !self.declared.iter().any(|known| known.id == class.id) {
                self.declared.push(class);
            }
        }
        for field in found.schema.fields {
            if !self.fields.iter().any(|known| known.id == field.id) {
                self.fields.push(field);
            }
        }
        for pane in found.schema.panes {
            if !self.panes.iter().any(|known| known.id == pane.id) {
                self.panes.push(pane);
            }
        }
        for relation in found.schema.relations {
            if !self.relations.iter().any(|known| known.id == relation.id) {
                self.relations.push(relation);
            }
        }
        self.modality.get_or_insert(found.schema.modality);
        match (&mut self.extras, found.extras) {
            (None, extras) => self.extras = extras,
            (Some(known), Some(more)) if known.format == more.format => {
                for (key, value) in more.whole.kept {
                    known.whole.kept.entry(key).or_insert(value);
                }
                for (key, part) in more.parts {
                    known.parts.entry(key).or_insert(part);
                }
            }
            _ => {}
        }
    }

    pub fn record(&mut self, record: &Record) {
        self.modality.get_or_insert(match &record.data {
            Data::Url(_) => Modality::Image,
            data => companion::modality(data),
        });
        for companion in &record.companions {
            if !self.panes.iter().any(|known| known.id == companion.pane) {
                let (id, title) = (companion.pane.clone(), companion.pane.clone());
                self.panes.push(Pane { id, title, modality: companion.modality() });
            }
        }
        for answer in record.answers.iter().map(|sourced| &sourced.answer) {
            for (name, value) in &answer.fields {
                entry(&mut self.item_fields, name).add(value);
            }
            for region in &answer.regions {
                let seen = entry(&mut self.classes, &region.class);
                seen.kinds.insert(region.geometry.kind());
                for (name, value) in &region.attributes {
                    entry(&mut seen.attributes, name).add(value);
                }
            }
            for relation in &answer.relations {
                if !self.relation_names.contains(&relation.relation) {
                    self.relation_names.insert(relation.relation.clone());
                }
            }
        }
    }

    pub fn finish(self) -> FoundSchema {
        let Self { mut declared, mut fields, mut relations, mut classes, .. } = self;
        let complete = |class: &mut Class, seen: Seen| {
            class
                .geometry
                .extend(seen.kinds.iter().filter(|kind| !class.geometry.contains(kind)).copied().collect::<Vec<_>>());
            for (name, values) in seen.attributes {
                if !class.attributes.iter().any(|known| known.id == name) {
                    class.attributes.push(values.field(&name));
                }
            }
        };
        for class in &mut declared {
            if let Some(seen) = classes.remove(&class.id) {
                complete(class, seen);
            }
        }
        for (name, seen) in classes {
            let mut class = labels::class(&name, declared.len(), &[]);
            complete(&mut class, seen);
            declared.push(class);
        }
        for (name, values) in self.item_fields {
            if !fields.iter().any(|known| known.id == name) {
                fields.push(values.field(&name));
            }
        }
        for id in self.relation_names {
            if !relations.iter().any(|known| known.id == id) {
                relations.push(RelationType {
                    title: id.clone(),
                    id,
                    from: Vec::new(),
                    to: Vec::new(),
                    directed: true,
                    transitive: false,
                });
            }
        }
        let modality = self.modality.unwrap_or(Modality::Image);
        let schema = LabelSchema { panes: self.panes, relations, ..labels::schema(modality, declared, fields) };
        FoundSchema { schema, extras: self.extras, complete: true }
    }
}

/// The entry of a name; the name is copied only when it is new.
fn entry<'a, T: Default>(map: &'a mut BTreeMap<String, T>, name: &str) -> &'a mut T {
    if !map.contains_key(name) {
        map.insert(name.to_owned(), T::default());
    }
    map.entry(name.to_owned()).or_default()
}
