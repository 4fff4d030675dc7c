//! UIMA CAS as XMI (OASIS UIMA 1.0, 8; the UIMA reference manual, "XMI CAS Serialization") as INCEpTION and WebAnno
//! export it: a file of each annotator in a folder of each document, and a type system beside them. Offsets are UTF-16
//! code units.

mod document;
mod reading;
mod types;
mod writing;

use crate::{
    carries::{Carries, ClassText, Names, Several},
    options::{FormatOption, Way},
    registry::Format,
    spans,
};
use labelwright_core::GeometryKind;

pub const FORMAT: Format = Format {
    id: "uima-xmi",
    title: "UIMA CAS XMI (INCEpTION)",
    carries: Carries {
        words: "texts with spans, attributes of spans, relations, fields of the document; annotators and curation",
        geometry: &[GeometryKind::Span],
        attributes: Names::Any,
        fields: Names::Any,
        relations: Names::Any,
        several: Several::All,
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
        let packed = |name: &str| name.ends_with(".zip") && reading::in_project(name).is_some();
        if !spans::files(view, &[".xmi"]).is_empty() {
            0.97
        } else if view.list().iter().any(|(name, _)| packed(name)) {
            0.9
        } else {
            0.0
        }
    },
    read: Some(reading::read),
    write: Some(writing::write),
    ..Format::NEW
};

/// The layer that is written.
const SPAN_LAYER: &str = "webanno.custom.Span";
const RELATION_LAYER: &str = "webanno.custom.Relation";
/// Holds the fields of a document.
const DOCUMENT_LAYER: &str = "webanno.custom.Document";
const TOKEN: &str = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token";
const SENTENCE: &str = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence";

/// INCEpTION's name of who settles disagreements, and the name of a document that nobody has annotated yet.
const CURATOR: &str = "CURATION_USER";
const NOBODY: &str = "INITIAL_CAS";
/// What a settled answer's source is called here.
const CONSENSUS: &str = "consensus";
