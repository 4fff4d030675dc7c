//! Concepts: what names in texts stand for, in lists that people bring along. An answer holds their ids; whether a list
//! has them is known where the lists are kept.

use crate::{
    Answer, LabelSchema, Value,
    problem::segment,
    schema::{Field, FieldKind},
};
use std::collections::BTreeMap;

/// Characters of a concept's id.
pub const CODE_CHARS: usize = 200;
/// Characters of a list's name.
pub const LIST_NAME_CHARS: usize = 64;
pub const LIST_NAME_RULE: &str = "a list of concepts is named by 1 to 64 small letters, digits, _ or -";

/// May a list have this name? It stands in schemas and in addresses.
pub fn is_list_name(name: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    (1..=LIST_NAME_CHARS).contains(&name.len()) && name.bytes().all(good)
}

/// A place in an answer at which a concept stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConceptUse {
    /// JSON pointer within the answer.
    pub pointer: String,
    pub list: String,
    pub code: String,
}

/// All concepts that an answer names, in its order.
pub fn concepts_in(answer: &Answer, schema: &LabelSchema) -> Vec<ConceptUse> {
    let mut found = Vec::new();
    collect(&mut found, "/fields", &schema.fields, &answer.fields);
    let classes: BTreeMap<&str, &[Field]> =
        schema.classes.iter().map(|class| (class.id.as_str(), class.attributes.as_slice())).collect();
    for (index, region) in answer.regions.iter().enumerate() {
        let attributes = classes.get(region.class.as_str()).copied().unwrap_or_default();
        collect(&mut found, &format!("/regions/{index}/attributes"), attributes, &region.attributes);
    }
    found
}

fn collect(found: &mut Vec<ConceptUse>, at: &str, fields: &[Field], values: &BTreeMap<String, Value>) {
    for field in fields {
        if let (FieldKind::Concept { list }, Some(Value::Text(code))) = (&field.kind, values.get(&field.id)) {
            let pointer = format!("{at}/{}", segment(&field.id));
            found.push(ConceptUse { pointer, list: list.clone(), code: code.clone() });
        }
    }
}

/// How terms are compared: small letters, single blanks.
pub fn folded(term: &str) -> String {
    term.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_tells_its_concepts_with_their_places() {
        let schema = LabelSchema::parse(
            r##"{"name": "x", "modality": "text",
                "fields": [{"id": "topic", "title": "Topic", "kind": {"type": "concept", "list": "topics"}}],
                "classes": [{"id": "gene", "title": "Gene", "geometry": ["span"], "color": "#000000", "attributes":
                  [{"id": "entry", "title": "Entry", "kind": {"type": "concept", "list": "genes"}},
                   {"id": "word", "title": "Word", "kind": {"type": "text"}}]}]}"##,
        )
        .unwrap();
        let answer: Answer = serde_json::from_str(
            r#"{"fields": {"topic": "T1"}, "regions": [{"id": "r1", "class": "gene", "attributes": {"entry": "G7",
                "word": "x"}, "geometry": {"type": "span", "ranges": [[0, 1]]}}]}"#,
        )
        .unwrap();
        let found: Vec<_> =
            concepts_in(&answer, &schema).into_iter().map(|one| (one.pointer, one.list, one.code)).collect();
        let wanted = [("/fields/topic", "topics", "T1"), ("/regions/0/attributes/entry", "genes", "G7")];
        assert_eq!(found, wanted.map(|(at, list, code)| (at.to_owned(), list.to_owned(), code.to_owned())));
    }

    #[test]
    fn lists_are_named_by_plain_letters() {
        assert!(is_list_name("genes_2-a"));
        for bad in ["", "Genes", "a b", "a/b", &"x".repeat(65)] {
            assert!(!is_list_name(bad), "{bad}");
        }
    }
}
