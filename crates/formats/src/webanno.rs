//! WebAnno TSV 3.3 (S. M. Yimam et al., 2013; the format's appendix in the manual of INCEpTION): a file a document, a
//! line a token, columns for layers of spans, chains and relations. Offsets are UTF-16 code units.

mod reading;
mod writing;

use crate::{
    carries::{Carries, ClassText, Names},
    labels,
    options::{FormatOption, Way},
    registry::Format,
    spans, text,
};
use labelwright_core::{GeometryKind, Value};

pub(crate) use reading::class_feature;

pub const FORMAT: Format = Format {
    id: "webanno-tsv",
    title: "WebAnno TSV 3.3",
    carries: Carries {
        words: "texts with spans, attributes of spans, relations",
        geometry: &[GeometryKind::Span],
        attributes: Names::Any,
        relations: Names::Any,
        class_text: ClassText::Line,
        ..Carries::TEXTS
    },
    options: &[
        FormatOption {
            key: "layer",
            help: "the span layer that is written; webanno.custom.Span where not set",
            values: &[],
            way: Way::Write,
        },
        FormatOption {
            key: "class",
            help: "the feature that names a span's class; value or label where not set",
            values: &[],
            way: Way::Both,
        },
    ],
    sniff: |view| {
        let first = spans::files(view, &[".tsv"]).into_iter().next();
        let fits = first.is_some_and(|name| text::start_of(view, &name, 64).starts_with("#FORMAT=WebAnno TSV 3"));
        if fits { 0.99 } else { 0.0 }
    },
    read: Some(reading::read),
    write: Some(writing::write),
    ..Format::NEW
};

const SPAN_LAYER: &str = "webanno.custom.Span";
const RELATION_LAYER: &str = "webanno.custom.Relation";

/// Features that name the class of a span in layers of people's own and in those of named entities.
pub(crate) const CLASS_FEATURES: [&str; 3] = ["value", "label", "PosValue"];

/// A type's name without its package.
pub(crate) fn short(name: &str) -> &str {
    name.rsplit(['.', ':']).next().unwrap_or(name)
}

/// A value that features, which are text, give back: a number or a boolean only where it is written in one way.
pub(crate) fn value(text: &str) -> Value {
    let guess = labels::guess(text);
    if labels::as_text(&guess).0 == text { guess } else { Value::Text(text.to_owned()) }
}

/// A name as one of a feature: letters, digits and `_`, not beginning with a digit.
pub(crate) fn feature(name: &str) -> String {
    let mut plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if !plain.starts_with(|c: char| c.is_ascii_alphabetic()) {
        plain.insert_str(0, "f_");
    }
    plain
}

/// A cell's text with a backslash before what has a meaning there.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        match character {
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\\' | '[' | ']' | '|' | '_' | ';' | '*' => {
                out.push('\\');
                out.push(character);
            }
            '-' if text[at..].starts_with("->") => out.push_str("\\-"),
            _ => out.push(character),
        }
    }
    out
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

/// Pieces between separators that have no backslash before them.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, character) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == separator {
            pieces.push(&text[start..at]);
            start = at + character.len_utf8();
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// `value[id]` as its two pieces; the id may be absent.
fn with_id(text: &str) -> (&str, Option<&str>) {
    let pieces = split(text, '[');
    match pieces.as_slice() {
        [.., last] if pieces.len() > 1 && last.ends_with(']') => {
            (&text[..text.len() - last.len() - 1], Some(&last[..last.len() - 1]))
        }
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cells_come_back(text in "([\\\\\\[\\]|_;*\t\n\r>-]|\\PC){0,12}", other in "\\PC{0,5}") {
            let cell = format!("{}[7]|{}", escape(&text), escape(&other));
            let stacked = split(&cell, '|');
            prop_assert_eq!(stacked.len(), 2);
            let (value, id) = with_id(stacked[0]);
            prop_assert_eq!((unescape(value), id), (text, Some("7")));
            prop_assert_eq!(with_id(stacked[1]).1, None);
            prop_assert_eq!(unescape(stacked[1]), other);
        }
    }
}
