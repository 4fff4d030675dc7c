//! Which methods settle what: by the form of the answers, with the one that is taken unless told and the reason for it.

use crate::aggregation;
use labelwright_core::{GeometryKind, schema::FieldKind};

/// The form of what was answered, as far as methods care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// One of a closed set without an order.
    Vote,
    /// One of ordered steps.
    Rating,
    /// Any number of a closed set.
    Set,
    Number,
    Ranking,
    Text,
    Transcript,
    Box,
    Mask,
    Keypoints,
    Span,
    Interval,
    /// Any other geometry.
    Shape,
}

impl Form {
    pub const ALL: [Self; 13] = [
        Self::Vote,
        Self::Rating,
        Self::Set,
        Self::Number,
        Self::Ranking,
        Self::Text,
        Self::Transcript,
        Self::Box,
        Self::Mask,
        Self::Keypoints,
        Self::Span,
        Self::Interval,
        Self::Shape,
    ];

    pub fn of_field(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Choice { multiple: true, .. } => Self::Set,
            FieldKind::Choice { .. }
            | FieldKind::Tree { .. }
            | FieldKind::Boolean {}
            | FieldKind::Pairwise { .. }
            | FieldKind::Concept { .. } => Self::Vote,
            FieldKind::Rating { .. } => Self::Rating,
            FieldKind::Number { .. } => Self::Number,
            FieldKind::Ranking { .. } => Self::Ranking,
            FieldKind::Text { .. } => Self::Text,
            FieldKind::Transcript { .. } => Self::Transcript,
        }
    }

    pub fn of_geometry(kind: GeometryKind) -> Self {
        match kind {
            GeometryKind::Box => Self::Box,
            GeometryKind::Mask => Self::Mask,
            GeometryKind::Keypoints => Self::Keypoints,
            GeometryKind::Span => Self::Span,
            GeometryKind::Interval => Self::Interval,
            GeometryKind::RotatedBox
            | GeometryKind::Ellipse
            | GeometryKind::Polygon
            | GeometryKind::Polyline
            | GeometryKind::Points
            | GeometryKind::Cuboid
            | GeometryKind::Track
            | GeometryKind::Cells => Self::Shape,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vote => "vote",
            Self::Rating => "rating",
            Self::Set => "set",
            Self::Number => "number",
            Self::Ranking => "ranking",
            Self::Text => "text",
            Self::Transcript => "transcript",
            Self::Box => "box",
            Self::Mask => "mask",
            Self::Keypoints => "keypoints",
            Self::Span => "span",
            Self::Interval => "interval",
            Self::Shape => "shape",
        }
    }

    /// Do the methods of [`aggregation`] settle it, all items at once?
    pub fn is_votes(self) -> bool {
        matches!(self, Self::Vote | Self::Rating | Self::Set)
    }

    /// The method that is taken unless told, and why.
    pub fn default_method(self) -> (&'static str, &'static str) {
        match self {
            Self::Vote | Self::Rating => ("majority-vote", "needs no history and can be explained to everybody"),
            Self::Set => ("majority-vote", "each option stands when more than half chose it"),
            Self::Number => ("median", "one slip of the hand does not move it"),
            Self::Ranking => ("kemeny", "contradicts the fewest pairs of the given orders"),
            Self::Text => ("medoid", "a text that somebody wrote, the nearest to all others"),
            Self::Transcript => ("rover", "votes word by word, so that each slip is outvoted by itself"),
            Self::Box => ("cluster-median", "one edge that went astray does not move it"),
            Self::Mask => ("majority", "each pixel stands when more than half marked it"),
            Self::Keypoints => ("joint-median", "each joint by itself; one that went astray does not move it"),
            Self::Span => ("cluster-mode", "ends that somebody chose, so that words stay whole"),
            Self::Interval => ("cluster-median", "one end that went astray does not move it"),
            Self::Shape => ("medoid", "corners of different outlines do not belong to each other"),
        }
    }

    /// All methods that settle answers of this form.
    pub fn methods(self) -> impl Iterator<Item = ConsensusMethod> {
        let votes = aggregation::METHODS.iter().filter(move |method| {
            self.is_votes() && (self == Self::Rating || method.id != aggregation::ordinal::METHOD.id)
        });
        let votes = votes.map(|method| ConsensusMethod { id: method.id, title: method.title, paper: method.paper });
        votes.chain(BY_ITEM.iter().filter(move |(forms, _)| forms.contains(&self)).map(|(_, method)| *method))
    }

    pub fn has_method(self, id: &str) -> bool {
        self.methods().any(|method| method.id == id)
    }
}

/// A way to make one answer of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsensusMethod {
    pub id: &'static str,
    pub title: &'static str,
    /// A dash where it is common knowledge.
    pub paper: &'static str,
}

const fn method(id: &'static str, title: &'static str, paper: &'static str) -> ConsensusMethod {
    ConsensusMethod { id, title, paper }
}

/// Methods that look at one item alone. Ids are those of the batch commands. STAPLE is not among them: its skills are
/// learned from many images, and on one it may take every stray pixel.
const BY_ITEM: &[(&[Form], ConsensusMethod)] = &[
    (
        &[Form::Number, Form::Ranking, Form::Text, Form::Transcript],
        method("majority-vote", "The most frequent answer, word for word", "-"),
    ),
    (&[Form::Number], method("median", "Median", "-")),
    (&[Form::Number], method("mean", "Mean", "-")),
    (&[Form::Ranking], method("kemeny", "Kemeny ranking", "Kemeny 1959")),
    (&[Form::Ranking], method("borda", "Borda count", "Borda 1781")),
    (&[Form::Text, Form::Transcript], method("rover", "ROVER, a vote word by word", "Fiscus 1997")),
    (&[Form::Text, Form::Transcript], method("medoid", "The text nearest to all others", "-")),
    (&[Form::Box, Form::Interval], method("cluster-median", "Median of the edges", "-")),
    (&[Form::Box], method("weighted-fusion", "Mean of the edges, weighted by score", "Solovyev, Wang, Gabruseva 2021")),
    (&[Form::Mask], method("majority", "Pixels that more than half have", "-")),
    (&[Form::Mask], method("rasa", "Reliability by agreement", "Li, Fukumoto 2019")),
    (&[Form::Mask], method("em", "One accuracy a labeler", "Jung-Lin Lee, Das Sarma, Parameswaran 2018")),
    (&[Form::Keypoints], method("joint-median", "Median of each joint", "-")),
    (&[Form::Span], method("cluster-mode", "Most frequent ends", "Amazon SageMaker Ground Truth")),
    (&[Form::Span], method("cluster-median", "Lower median of the ends", "-")),
    (
        &[Form::Box, Form::Mask, Form::Keypoints, Form::Span, Form::Interval, Form::Shape],
        method("medoid", "The region most similar to all others", "-"),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_its_default_and_no_method_twice() {
        for form in Form::ALL {
            let (default, why) = form.default_method();
            assert!(form.has_method(default) && !why.is_empty(), "{form:?}");
            let mut ids: Vec<&str> = form.methods().map(|method| method.id).collect();
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), count, "{form:?}");
        }
    }

    #[test]
    fn methods_stay_with_what_they_are_for() {
        assert!(Form::Rating.has_method("ordinal") && !Form::Vote.has_method("ordinal"));
        assert!(Form::Set.has_method("dawid-skene") && !Form::Text.has_method("dawid-skene"));
        assert!(!Form::Shape.has_method("cluster-median"));
    }
}
