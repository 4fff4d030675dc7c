//! UIMA type systems (UIMA reference manual, 2.3): names, supertypes, and what features may hold.

use crate::{
    record::{DirectoryView, RecordError},
    xml::{self, push_element},
};
use std::collections::{BTreeMap, HashMap};

/// Supertypes are followed this far: a circle is no type system.
const DEPTH_MAXIMUM: usize = 64;

/// What a feature holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Number,
    Boolean,
    Texts,
    /// Another feature structure, or several.
    Reference,
    /// The type system does not say.
    Unknown,
}

#[derive(Debug, Default)]
pub(super) struct Types {
    supertypes: HashMap<String, String>,
    ranges: HashMap<(String, String), String>,
}

impl Types {
    pub fn read(view: &dyn DirectoryView, name: &str) -> Result<Self, RecordError> {
        let root = xml::document(view, name)?;
        let mut types = Self::default();
        for one in root.children("types").flat_map(|types| types.children("typeDescription")) {
            let Some(kind) = one.text_of("name").filter(|kind| !kind.is_empty()) else {
                return Err(RecordError::new(name, "bad_type", "a typeDescription has a name"));
            };
            types.supertypes.insert(kind.to_owned(), one.text_of("supertypeName").unwrap_or_default().to_owned());
            for feature in one.children("features").flat_map(|features| features.children("featureDescription")) {
                if let (Some(name), Some(range)) = (feature.text_of("name"), feature.text_of("rangeTypeName")) {
                    types.ranges.insert((kind.to_owned(), name.to_owned()), range.to_owned());
                }
            }
        }
        Ok(types)
    }

    fn ancestors<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        let up = |kind: &&'a str| self.supertypes.get(*kind).map(String::as_str);
        std::iter::successors(Some(kind), up).take(DEPTH_MAXIMUM)
    }

    pub fn holds(&self, kind: &str, feature: &str) -> Holds {
        let range = self.ancestors(kind).find_map(|kind| self.ranges.get(&(kind.to_owned(), feature.to_owned())));
        let Some(range) = range else {
            return match feature {
                "Governor" | "Dependent" | "first" | "next" | "target" => Holds::Reference,
                _ => Holds::Unknown,
            };
        };
        // A type below String is a list of allowed values.
        match self.ancestors(range).last().unwrap_or(range) {
            "uima.cas.String" => Holds::Text,
            "uima.cas.Boolean" => Holds::Boolean,
            "uima.cas.Byte" | "uima.cas.Short" | "uima.cas.Integer" | "uima.cas.Long" | "uima.cas.Float"
            | "uima.cas.Double" => Holds::Number,
            "uima.cas.StringArray" | "uima.cas.StringList" | "uima.cas.NonEmptyStringList" => Holds::Texts,
            _ => Holds::Reference,
        }
    }
}

/// One type on its way out: its supertype, and its features with what they may hold.
pub(super) struct Written<'a> {
    pub name: &'a str,
    pub supertype: &'a str,
    pub features: BTreeMap<String, &'a str>,
}

pub(super) fn write(types: &[Written<'_>]) -> Vec<u8> {
    let mut out = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <typeSystemDescription xmlns=\"http://uima.apache.org/resourceSpecifier\">\n<types>\n"
        .to_vec();
    for one in types {
        out.extend_from_slice(b"<typeDescription>");
        push_element(&mut out, "name", one.name);
        push_element(&mut out, "description", "");
        push_element(&mut out, "supertypeName", one.supertype);
        if !one.features.is_empty() {
            out.extend_from_slice(b"<features>");
            for (name, range) in &one.features {
                out.extend_from_slice(b"<featureDescription>");
                push_element(&mut out, "name", name);
                push_element(&mut out, "description", "");
                push_element(&mut out, "rangeTypeName", range);
                out.extend_from_slice(b"</featureDescription>");
            }
            out.extend_from_slice(b"</features>");
        }
        out.extend_from_slice(b"</typeDescription>\n");
    }
    out.extend_from_slice(b"</types>\n</typeSystemDescription>\n");
    out
}
