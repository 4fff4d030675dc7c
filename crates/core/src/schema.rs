//! Label schemas: what may be said about an item. A schema is a JSON document; [`LabelSchema::parse`] reads it with
//! exact complaints, [`LabelSchema::check`] finds what a type cannot.

mod change;
mod check;
mod panes;
pub mod templates;
mod tiers;

pub use change::{ChangeKind, SchemaChange, changes};
pub use panes::{PANES_MAXIMUM, Pane};
pub use tiers::{ParentProblem, ParentTier, TIER_DEPTH_MAXIMUM, TierConstraint};

use crate::{Answer, GeometryKind, Modality, Problem, Value};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LabelSchema {
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub modality: Modality,
    /// What other data come with an item, each shown beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub panes: Vec<Pane>,
    /// Questions about the item as a whole.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// What regions may be.
    #[serde(default)]
    pub classes: Vec<Class>,
    /// What may hold between two regions.
    #[serde(default)]
    pub relations: Vec<RelationType>,
}

/// A question: about the item as a field, about a region as an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub id: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    pub kind: FieldKind,
    #[serde(default)]
    pub required: bool,
    /// Asked only while this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Of an attribute: its value may be another one from a keyframe of a track on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mutable: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldKind {
    /// One of the options, or several.
    Choice {
        options: Vec<Choice>,
        #[serde(default)]
        multiple: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u32>,
    },
    /// A path through nested options.
    Tree {
        options: Vec<Choice>,
        /// Must the path end at an option without children?
        #[serde(default)]
        leaves_only: bool,
    },
    Text {
        #[serde(default)]
        multiline: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_chars: Option<u32>,
        /// A regular expression that the whole text must match.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<String>,
        /// What the text may begin as: whoever writes edits it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        starts_from: Option<Source>,
    },
    Number {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
        #[serde(default)]
        integer: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    /// 1 to `max`.
    Rating {
        max: u32,
    },
    Boolean {},
    /// All options, best first.
    Ranking {
        options: Vec<Choice>,
        /// May options share a place? They are written as one value, their ids sorted and joined by `=`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ties: bool,
    },
    /// The best of the options: of two or of several. In a conversation the first option stands for its first response
    /// and so on; options that say that none is better have an id of [`Choice::TIES`].
    Pairwise {
        options: Vec<Choice>,
    },
    Transcript {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_chars: Option<u32>,
    },
    /// The id of an entry in a list of concepts that the workspace keeps: what a name in a text stands for.
    Concept {
        /// Name of the list.
        list: String,
    },
}

/// What the text of a field may begin as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// One of the responses of a conversation.
    Response,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub id: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotkey: Option<String>,
    /// Only in a tree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub children: Vec<Choice>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Class {
    pub id: String,
    pub title: String,
    /// The geometries that a region of this class may have.
    pub geometry: Vec<GeometryKind>,
    /// `#RRGGBB`
    pub color: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotkey: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(default, skip_serializing_if = "Examples::is_empty")]
    pub examples: Examples,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Field>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skeleton: Option<Skeleton>,
    /// On a time line: the class within whose regions those of this one lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ParentTier>,
    /// The pane in which regions of this class lie; None for the item's own data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pane: Option<String>,
}

impl Choice {
    /// Ids of options that say that none of the others is better: all are alike, all good, or all bad.
    pub const TIES: [&str; 8] = ["tie", "equal", "same", "both", "both_good", "both_bad", "neither", "none"];

    pub fn is_tie(&self) -> bool {
        Self::TIES.contains(&self.id.as_str())
    }

    /// Does it say that nothing is good enough?
    pub fn says_bad(&self) -> bool {
        ["both_bad", "neither", "none"].contains(&self.id.as_str())
    }
}

impl FieldKind {
    /// The options of a comparison that stand for what is compared, the first for the first; empty for other kinds.
    pub fn compared(&self) -> Vec<&Choice> {
        match self {
            Self::Ranking { options, .. } => options.iter().collect(),
            Self::Pairwise { options } => options.iter().filter(|option| !option.is_tie()).collect(),
            _ => Vec::new(),
        }
    }
}

/// What is one, and what looks like one but is not.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Examples {
    #[serde(default)]
    pub positive: Vec<String>,
    #[serde(default)]
    pub negative: Vec<String>,
}

impl Examples {
    fn is_empty(&self) -> bool {
        self.positive.is_empty() && self.negative.is_empty()
    }
}

/// The joints of a class with keypoints, and the bones between them as pairs of joint numbers from 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Skeleton {
    pub points: Vec<String>,
    #[serde(default)]
    pub edges: Vec<[u32; 2]>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RelationType {
    pub id: String,
    pub title: String,
    /// Classes that it may start from; empty for any.
    #[serde(default)]
    pub from: Vec<String>,
    #[serde(default)]
    pub to: Vec<String>,
    #[serde(default)]
    pub directed: bool,
    /// Does it join into chains? What is joined to the same thing is then joined to each other, as in coreference.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transitive: bool,
}

/// Holds while the named field (for an attribute: the named attribute of the same region) has one of these values;
/// a list has a value when it contains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub field: String,
    pub any_of: Vec<Value>,
}

impl Condition {
    /// Does it hold for these values?
    pub fn holds(&self, values: &std::collections::BTreeMap<String, Value>) -> bool {
        let Some(value) = values.get(&self.field) else { return false };
        self.any_of.iter().any(|wanted| match (value, wanted) {
            (Value::List(list), Value::Text(word)) => list.contains(word),
            _ => value == wanted,
        })
    }
}

impl LabelSchema {
    /// Reads and checks a document. Problems point to what is wrong, with the line and column where the text itself
    /// cannot be read.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let schema: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let pointer = pointer_of(error.path());
            vec![Problem::new(pointer, "malformed", error.inner().to_string())]
        })?;
        reader.end().map_err(|error| vec![Problem::new("", "malformed", error.to_string())])?;
        let problems = schema.check();
        if problems.is_empty() { Ok(schema) } else { Err(problems) }
    }

    /// What is wrong with the schema; empty when it can be published.
    pub fn check(&self) -> Vec<Problem> {
        check::check(self)
    }

    /// The same bytes for the same schema: what is stored and hashed.
    pub fn canonical_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn class(&self, id: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.id == id)
    }

    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// What of an answer this schema knows: fields, regions and relations of other schemas are left out. For
    /// pre-labels that were made for something else.
    pub fn known_part(&self, answer: &Answer) -> Answer {
        let mut known = answer.clone();
        known.fields.retain(|id, _| self.field(id).is_some());
        known.regions.retain(|region| {
            self.class(&region.class).is_some_and(|class| class.geometry.contains(&region.geometry.kind()))
        });
        let ids: std::collections::BTreeSet<&str> = known.regions.iter().map(|region| region.id.as_str()).collect();
        known.relations.retain(|relation| {
            self.relations.iter().any(|kind| kind.id == relation.relation)
                && ids.contains(relation.from.as_str())
                && ids.contains(relation.to.as_str())
        });
        known
    }
}

/// serde's path as a JSON pointer.
fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", crate::problem::segment(key)),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}
