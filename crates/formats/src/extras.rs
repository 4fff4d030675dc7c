//! What one format says that no other can: unknown keys, and the form in which something was written. It travels beside
//! the labels, is written back by its own format only, and is counted as lost by every other one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Extras of an item (parts are its regions by id) or of a schema (parts are its classes by id).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Extras {
    /// Id of the format that they belong to.
    pub format: String,
    #[serde(default)]
    pub whole: Part,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Part>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Part {
    /// Information that has no other place.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub kept: Map<String, Value>,
    /// Numbers and spellings that can be made anew: losing them loses nothing.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub form: Map<String, Value>,
}

impl Part {
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.form.is_empty()
    }
}

impl Extras {
    pub fn of(format: &str) -> Self {
        Self { format: format.to_owned(), ..Self::default() }
    }

    /// None when there is nothing in it.
    pub fn boxed(self) -> Option<Box<Self>> {
        let empty = self.whole.is_empty() && self.parts.values().all(Part::is_empty);
        (!empty).then(|| Box::new(self))
    }

    /// Pieces of information that another format would lose; what is empty tells nothing.
    pub fn information(&self) -> usize {
        let says = |value: &&Value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(list) => !list.is_empty(),
            Value::Object(map) => !map.is_empty(),
            Value::Bool(_) | Value::Number(_) => true,
        };
        std::iter::once(&self.whole).chain(self.parts.values()).flat_map(|part| part.kept.values()).filter(says).count()
    }

    pub fn part(&self, id: &str) -> Option<&Part> {
        self.parts.get(id)
    }
}
