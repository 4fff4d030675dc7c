//! What readers of many formats make alike: schemas from lists of names, values from JSON, regions.

use labelwright_core::{
    Geometry, GeometryKind, LabelSchema, Modality, Region, Target, Value,
    schema::{Choice, Class, Field, FieldKind},
};
use std::collections::BTreeMap;

/// Colours that are told apart easily (M. Okabe and K. Ito, 2008), over and over.
const COLORS: [&str; 8] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999"];

pub(crate) fn class(name: &str, index: usize, geometry: &[GeometryKind]) -> Class {
    Class {
        id: name.to_owned(),
        title: name.to_owned(),
        geometry: geometry.to_vec(),
        color: COLORS[index % COLORS.len()].to_owned(),
        hotkey: None,
        description: String::new(),
        examples: Default::default(),
        attributes: Vec::new(),
        skeleton: None,
        parent: None,
        pane: None,
    }
}

pub(crate) fn schema(modality: Modality, classes: Vec<Class>, fields: Vec<Field>) -> LabelSchema {
    LabelSchema {
        name: "imported".into(),
        description: String::new(),
        modality,
        panes: Vec::new(),
        fields,
        classes,
        relations: Vec::new(),
    }
}

/// A schema of images with these classes in this order.
pub(crate) fn class_list<'a>(names: impl IntoIterator<Item = &'a str>, geometry: &[GeometryKind]) -> LabelSchema {
    let classes = names.into_iter().enumerate().map(|(index, name)| class(name, index, geometry)).collect();
    schema(Modality::Image, classes, Vec::new())
}

pub(crate) fn choice(id: &str, options: &[String], multiple: bool) -> Field {
    let option = |id: &String| Choice {
        id: id.clone(),
        title: id.clone(),
        description: String::new(),
        color: None,
        hotkey: None,
        children: Vec::new(),
    };
    let options = options.iter().map(option).collect();
    field(id, FieldKind::Choice { options, multiple, min: None, max: None })
}

pub(crate) fn field(id: &str, kind: FieldKind) -> Field {
    Field {
        id: id.to_owned(),
        title: id.to_owned(),
        help: String::new(),
        kind,
        required: false,
        when: None,
        mutable: false,
    }
}

/// The options of a choice field.
pub(crate) fn options(field: &Field) -> Vec<&str> {
    match &field.kind {
        FieldKind::Choice { options, .. } => options.iter().map(|option| option.id.as_str()).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn region(id: impl Into<String>, class: impl Into<String>, geometry: Geometry) -> Region {
    Region {
        id: id.into(),
        target: Target::Item,
        geometry,
        class: class.into(),
        attributes: BTreeMap::new(),
        score: None,
    }
}

/// None for what no value of ours can be: null, objects, lists of other things than text.
pub(crate) fn value(json: &serde_json::Value) -> Option<Value> {
    match json {
        serde_json::Value::Bool(value) => Some(Value::Boolean(*value)),
        serde_json::Value::Number(number) => number.as_f64().filter(|n| n.is_finite()).map(Value::Number),
        serde_json::Value::String(text) => Some(Value::Text(text.clone())),
        serde_json::Value::Array(list) => {
            list.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<_>>().map(Value::List)
        }
        _ => None,
    }
}

/// A number without a point where it has none.
pub(crate) fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Boolean(value) => (*value).into(),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => (*number as i64).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::List(list) => list.clone().into(),
    }
}

/// What a piece of text most likely is: a boolean, a number as it would be written, or text.
pub(crate) fn guess(text: &str) -> Value {
    match text {
        "true" | "True" => Value::Boolean(true),
        "false" | "False" => Value::Boolean(false),
        _ => match crate::numbers::parse(text) {
            Some(number) if text.starts_with(|c: char| c.is_ascii_digit() || "-.".contains(c)) => Value::Number(number),
            _ => Value::Text(text.to_owned()),
        },
    }
}

/// A value as text, and its kind where [`guess`] would take it for another one.
pub(crate) fn as_text(value: &Value) -> (String, Option<&'static str>) {
    let text = match value {
        Value::Boolean(value) => value.to_string(),
        Value::Number(number) => crate::numbers::shortest(*number),
        Value::Text(text) => text.clone(),
        Value::List(list) => return (serde_json::to_string(list).unwrap_or_default(), Some("list")),
    };
    let kind = (guess(&text) != *value).then_some("text");
    (text, kind)
}

pub(crate) fn from_text(text: &str, kind: Option<&str>) -> Value {
    match kind {
        Some("text") => Value::Text(text.to_owned()),
        Some("list") => serde_json::from_str(text).map_or_else(|_| Value::Text(text.to_owned()), Value::List),
        _ => guess(text),
    }
}

/// Takes an attribute out if it is a true flag.
pub(crate) fn take_flag(attributes: &mut BTreeMap<String, Value>, name: &str) -> bool {
    let found = attributes.get(name) == Some(&Value::Boolean(true));
    if found {
        attributes.remove(name);
    }
    found
}

/// `#rrggbb` to its bytes; grey where it is none.
pub(crate) fn rgb(color: &str) -> [u8; 3] {
    let byte = |at: usize| color.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(128);
    [byte(1), byte(3), byte(5)]
}

/// The list from which an attribute of a class takes its concepts; None for attributes of other kinds.
pub(crate) fn concept_list<'a>(schema: &'a LabelSchema, class: &str, attribute: &str) -> Option<&'a str> {
    let field = schema.class(class)?.attributes.iter().find(|field| field.id == attribute)?;
    if let FieldKind::Concept { list } = &field.kind { Some(list) } else { None }
}

/// Attribute and value of a normalisation: what we wrote of a concept has the attribute's name for its type, and the
/// list's name before the id; that of others is kept as it is.
pub(crate) fn reference<'a>(kind: &'a str, entry: &'a str) -> (&'a str, &'a str) {
    if kind == "Reference" {
        return ("reference", entry);
    }
    (kind, entry.split_once(':').map_or(entry, |(_, code)| code))
}
