//! ELAN's annotation format (EAF 3.0, Max Planck Institute for Psycholinguistics): tiers of annotations that hang on time
//! slots or on other annotations. A tier is a class, what is said in it the attribute `text`. A tier's parent and the
//! stereotype of its linguistic type are the class's parent tier; a reference to an annotation of another tier than that
//! is a relation `parent`.

mod reading;
mod writing;

use super::{CARRIES, TRANSCRIPT};
use crate::{
    carries::{Carries, Kind, Names},
    registry::Format,
    spans,
};
use labelwright_core::schema::TierConstraint;

pub const FORMAT: Format = Format {
    id: "elan",
    title: "ELAN",
    carries: Carries {
        words: "tiers of intervals with text, and tiers that lie within others",
        attributes: TRANSCRIPT,
        relations: Names::Only(&[("parent", Kind::Any)]),
        hierarchy: true,
        ..CARRIES
    },
    sniff: |view| if spans::files(view, &[".eaf"]).is_empty() { 0.0 } else { 0.97 },
    read: Some(reading::read),
    write: Some(writing::write),
    ..Format::NEW
};

/// The stereotypes of linguistic types with what they mean, as ELAN writes them.
const STEREOTYPES: [(&str, &str); 4] = [
    (
        "Time_Subdivision",
        "Time subdivision of parent annotation's time interval, no time gaps allowed within this interval",
    ),
    (
        "Symbolic_Subdivision",
        "Symbolic subdivision of a parent annotation. Annotations refering to the same parent are ordered",
    ),
    ("Symbolic_Association", "1-1 association with a parent annotation"),
    ("Included_In", "Time alignable annotations within the parent annotation's time interval, gaps are allowed"),
];

/// The stereotype of a constraint of ours.
fn stereotype(constraint: TierConstraint) -> &'static str {
    match constraint {
        TierConstraint::TimeSubdivision => "Time_Subdivision",
        TierConstraint::SymbolicAssociation => "Symbolic_Association",
        TierConstraint::IncludedIn => "Included_In",
    }
}
