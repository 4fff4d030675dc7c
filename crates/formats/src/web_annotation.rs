//! W3C Web Annotation Data Model (Recommendation of 2017) as JSON-LD: single annotations, lists, pages and collections.
//! Selectors of positions and quotes for texts, fragments and SVG for pictures. The first tag of an annotation is the
//! class, described values are attributes; an annotation of a whole source has fields, one that links two others is a
//! relation.

mod reading;
mod selectors;
mod svg;
mod writing;

use crate::{
    carries::{Carries, Names, Several},
    options::{FormatOption, Way},
    registry::Format,
    spans, text,
};
use labelwright_core::{GeometryKind, Modality};

pub const FORMAT: Format = Format {
    id: "web-annotation",
    title: "W3C Web Annotation",
    carries: Carries {
        words: "images with boxes, rotated boxes, polygons with holes, ellipses, lines, points; texts with spans; attributes, fields, relations, creators",
        modalities: &[Modality::Image, Modality::Text],
        geometry: &[
            GeometryKind::Box,
            GeometryKind::RotatedBox,
            GeometryKind::Polygon,
            GeometryKind::Ellipse,
            GeometryKind::Polyline,
            GeometryKind::Points,
            GeometryKind::Span,
        ],
        holes: true,
        parts: true,
        attributes: Names::Any,
        fields: Names::Any,
        relations: Names::Any,
        several: Several::All,
        empty_items: true,
        precision: 1e-9,
        ..Carries::NOTHING
    },
    options: &[FormatOption {
        key: "offsets",
        help: "what text positions count; `auto` reads what fits the quotes and writes code points, as the standard says",
        values: &["auto", "unicode", "utf16", "bytes"],
        way: Way::Both,
    }],
    sniff: |view| {
        let fits = |name: &String| {
            let start = text::start_of(view, name, 1 << 14);
            start.contains("/ns/anno.jsonld")
                || start.contains("\"TextualBody\"") && start.contains("\"target\"") && start.contains("\"selector\"")
        };
        if spans::files(view, &ENDINGS).iter().take(3).any(fits) { 0.98 } else { 0.0 }
    },
    read: Some(reading::read),
    write: Some(writing::write),
    ..Format::NEW
};

const ENDINGS: [&str; 3] = [".jsonld", ".json", ".jsonl"];
const FILE: &str = "annotations.jsonld";
const CONTEXT: &str = "http://www.w3.org/ns/anno.jsonld";
/// Folders of what is annotated.
const TEXTS: &str = "texts/";
const IMAGES: &str = "images/";
/// The class of what has no tag.
const UNNAMED: &str = "annotation";

/// A name as a relative IRI (RFC 3986): everything escaped that has a meaning there.
fn iri(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_control() || " \"<>\\^`{|}%#?:".contains(character) {
            let mut bytes = [0; 4];
            character.encode_utf8(&mut bytes).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
        } else {
            out.push(character);
        }
    }
    out
}

/// The name behind an IRI; what is no escape stays as it is.
fn name(iri: &str) -> String {
    let bytes = iri.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| iri.get(at + 1..at + 3)).flatten();
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| iri.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn names_come_back(text in "(%|[0-9a-f]|\\PC){0,12}") {
            prop_assert_eq!(name(&iri(&text)), text);
        }
    }
}
