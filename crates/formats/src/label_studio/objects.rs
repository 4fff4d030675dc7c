//! The tags of a configuration that show data. One of them is the item; each other one is a pane.

use super::config::is_region_control;
use crate::xml::Element;
use labelwright_core::{LabelSchema, Modality};
use std::collections::BTreeMap;

/// The class of a `View` whose first object is the item, where the controls do not tell it.
pub(super) const ITEM: &str = "labelwright-item";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Item,
    Pane(Modality),
    /// Its data stays metadata, and regions on it are left out.
    NotHeld,
}

#[derive(Debug, Clone)]
pub(super) struct Object {
    pub name: String,
    pub tag: String,
    /// The key of its data in a task.
    pub key: String,
    pub role: Role,
}

impl Object {
    /// The pane that it is; None for the item.
    pub fn pane(&self) -> Option<String> {
        matches!(self.role, Role::Pane(_)).then(|| self.name.clone())
    }
}

pub(super) fn modality(object: &str) -> Option<Modality> {
    Some(match object {
        "Image" => Modality::Image,
        "Video" => Modality::Video,
        "Audio" | "AudioPlus" => Modality::Audio,
        "Text" | "HyperText" | "Paragraphs" => Modality::Text,
        "TimeSeries" => Modality::TimeSeries,
        "Pdf" => Modality::Document,
        "Table" => Modality::Table,
        "Chat" => Modality::Dialogue,
        _ => return None,
    })
}

/// Names of the objects that a control is for.
pub(super) fn targets(control: &Element) -> impl Iterator<Item = &str> {
    control.attribute("toName").unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// The objects in the order of the document. The item is the first one that regions are drawn on, or that any control is
/// for, or the first one of a kind that is known.
pub(super) fn find(all: &[&Element]) -> Vec<Object> {
    let object = |tag: &&Element| {
        let value = tag.attribute("value").or_else(|| tag.attribute("valueList"))?;
        let name = tag.attribute("name").filter(|_| tag.attribute("toName").is_none())?;
        let key = value.strip_prefix('$')?.to_owned();
        Some(Object { name: name.to_owned(), tag: tag.name.clone(), key, role: Role::NotHeld })
    };
    let mut objects: Vec<Object> = all.iter().filter_map(object).collect();
    let known = |object: &Object| modality(&object.tag).is_some();
    let marked = all.iter().filter(|tag| tag.attribute("className") == Some(ITEM));
    let marked = marked.flat_map(|view| &view.children).find_map(|child| child.attribute("name"));
    let controlled = |wanted: fn(&Element) -> bool| {
        let is_for =
            |object: &Object| all.iter().any(|tag| wanted(tag) && targets(tag).any(|name| name == object.name));
        objects.iter().position(|object| known(object) && is_for(object))
    };
    let item = objects
        .iter()
        .position(|object| marked == Some(object.name.as_str()))
        .or_else(|| controlled(is_region_control))
        .or_else(|| controlled(|_| true))
        .or_else(|| objects.iter().position(known))
        .unwrap_or(0);
    for (at, object) in objects.iter_mut().enumerate() {
        object.role = match modality(&object.tag) {
            _ if at == item => Role::Item,
            // Their data is more than a text or a file.
            None | Some(Modality::Table | Modality::Dialogue) => Role::NotHeld,
            Some(modality) => Role::Pane(modality),
        };
    }
    objects
}

/// The object that a control is for, of those that are held; None where it is for others alone.
pub(super) fn target<'a>(objects: &'a [Object], control: &Element) -> Result<Option<&'a Object>, ()> {
    let mut named = targets(control).filter_map(|name| objects.iter().find(|object| object.name == name)).peekable();
    if named.peek().is_none() {
        return Ok(None);
    }
    named.find(|object| object.role != Role::NotHeld).map(Some).ok_or(())
}

/// The class of a label. A label that is a class of another pane already gets a name of its own.
pub(super) fn class_id(
    label: &str,
    object: Option<&Object>,
    schema: &LabelSchema,
    classes: &mut BTreeMap<(String, String), String>,
) -> String {
    let (pane, Some(object)) = (object.and_then(Object::pane), object) else { return label.to_owned() };
    let key = (object.name.clone(), label.to_owned());
    if let Some(known) = classes.get(&key) {
        return known.clone();
    }
    let elsewhere = |id: &str| schema.class(id).is_some_and(|class| class.pane != pane);
    let mut id = label.to_owned();
    if elsewhere(&id) {
        id = format!("{label}_{}", object.name);
        while schema.class(&id).is_some() {
            id.push('_');
        }
        classes.insert(key, id.clone());
    }
    id
}
