//! What somebody says about an item: fields, regions, relations. This is all that formats, metrics and aggregators
//! see; who said it and when lies elsewhere.

use crate::{Geometry, geometry::Bounds};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Field id to value.
    #[serde(default, deserialize_with = "unique_keys")]
    pub fields: BTreeMap<String, Value>,
    #[serde(default)]
    pub regions: Vec<Region>,
    #[serde(default)]
    pub relations: Vec<Relation>,
}

/// Reads a map and refuses a key that appears twice: programs disagree on which of two values they keep.
pub(crate) fn unique_keys<'de, D: Deserializer<'de>>(source: D) -> Result<BTreeMap<String, Value>, D::Error> {
    struct Unique;

    impl<'de> Visitor<'de> for Unique {
        type Value = BTreeMap<String, Value>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((key, value)) = access.next_entry::<String, Value>()? {
                if map.contains_key(&key) {
                    return Err(A::Error::custom(format!("the key {key:?} appears twice")));
                }
                map.insert(key, value);
            }
            Ok(map)
        }
    }

    source.deserialize_map(Unique)
}

impl Answer {
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.regions.is_empty() && self.relations.is_empty()
    }

    /// The same bytes for the same answer on every machine: maps are sorted, numbers are shortest.
    pub fn canonical_json(&self) -> String {
        // Only a map with keys that are no strings could fail here, and there is none.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A value of a field or an attribute. Which kind is right is said by the schema: a choice is its option's id, a
/// multiple choice or a ranking a list of ids, a tree the path from its root.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Value {
    Boolean(bool),
    Number(f64),
    Text(String),
    List(Vec<String>),
}

impl Value {
    /// The value as words: one for a single value, one for each entry of a list.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Boolean(value) => vec![value.to_string()],
            Self::Number(value) => vec![value.to_string()],
            Self::Text(value) => vec![value.clone()],
            Self::List(values) => values.clone(),
        }
    }
}

/// Where (a geometry on a target) and what (a class with attributes).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Made by the client, unique in the answer: letters, digits, `_` and `-`, at most 64.
    pub id: String,
    #[serde(default, skip_serializing_if = "Target::is_item")]
    pub target: Target,
    pub geometry: Geometry,
    /// Class id.
    pub class: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "unique_keys")]
    pub attributes: BTreeMap<String, Value>,
    /// How sure a model is, 0 to 1; people do not give one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

impl Region {
    pub fn bounds(&self) -> Option<Bounds> {
        self.geometry.bounds()
    }
}

/// The part of the item that a region lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// All of it.
    #[default]
    Item,
    /// First and last frame.
    Frames([u32; 2]),
    Page(u32),
    Channel(u32),
    Turn(u32),
}

impl Target {
    fn is_item(&self) -> bool {
        *self == Self::Item
    }
}

/// A statement about two regions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Relation {
    pub id: String,
    /// Relation type id.
    pub relation: String,
    /// Region ids.
    pub from: String,
    pub to: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "unique_keys")]
    pub attributes: BTreeMap<String, Value>,
}
