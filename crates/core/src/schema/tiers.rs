//! Tiers of a time line as a tree. The constraints are those of ELAN (EAF 3.0 of the Max Planck Institute for
//! Psycholinguistics, the stereotypes of linguistic types).

use super::{Class, LabelSchema};
use crate::GeometryKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The class within whose regions those of another one lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ParentTier {
    pub class: String,
    pub constraint: TierConstraint,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TierConstraint {
    /// Each region lies within one of the parent's. Gaps are allowed.
    IncludedIn,
    /// The regions within one of the parent's fill it, without gaps or overlaps.
    TimeSubdivision,
    /// A region has the times of one of the parent's, which has no second one.
    SymbolicAssociation,
}

impl TierConstraint {
    /// The name in JSON and in sentences.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IncludedIn => "included_in",
            Self::TimeSubdivision => "time_subdivision",
            Self::SymbolicAssociation => "symbolic_association",
        }
    }
}

/// So many tiers may lie above each other.
pub const TIER_DEPTH_MAXIMUM: usize = 16;

/// Why a class cannot have the parent tier that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentProblem {
    /// A JSON pointer from the class on.
    pub pointer: &'static str,
    pub code: &'static str,
    pub message: String,
}

impl LabelSchema {
    /// What is wrong with the parent tiers of classes, each with the place of its class.
    pub fn parent_problems(&self) -> Vec<(usize, ParentProblem)> {
        let known: BTreeMap<&str, &Class> = self.classes.iter().map(|class| (class.id.as_str(), class)).collect();
        let problems = self.classes.iter().map(|class| parent_problem(&known, class));
        problems.enumerate().filter_map(|(index, found)| Some((index, found?))).collect()
    }
}

fn parent_problem(known: &BTreeMap<&str, &Class>, class: &Class) -> Option<ParentProblem> {
    let tier = class.parent.as_ref()?;
    let problem = |pointer, code, message: String| Some(ParentProblem { pointer, code, message });
    let no_intervals = |class: &Class| format!("tiers are made of intervals, which {:?} does not take", class.id);
    if !class.geometry.contains(&GeometryKind::Interval) {
        return problem("/parent", "wrong_geometry", no_intervals(class));
    }
    let Some(&parent) = known.get(tier.class.as_str()) else {
        return problem("/parent/class", "unknown_class", format!("{:?} is not a class of this schema", tier.class));
    };
    if parent.pane != class.pane {
        return problem("/parent/class", "other_pane", format!("{:?} lies in another pane", tier.class));
    }
    if !parent.geometry.contains(&GeometryKind::Interval) {
        return problem("/parent/class", "wrong_geometry", no_intervals(parent));
    }
    let mut depth = 1;
    let mut above = Some(parent);
    while let Some(one) = above {
        if one.id == class.id {
            return problem("/parent/class", "cycle", format!("{:?} lies within itself", class.id));
        }
        depth += 1;
        if depth > TIER_DEPTH_MAXIMUM {
            let message = format!("at most {TIER_DEPTH_MAXIMUM} tiers lie above each other");
            return problem("/parent/class", "too_deep", message);
        }
        above = one.parent.as_ref().and_then(|tier| known.get(tier.class.as_str()).copied());
    }
    let symbolic = |tier: &ParentTier| tier.constraint == TierConstraint::SymbolicAssociation;
    if parent.parent.as_ref().is_some_and(symbolic) && !symbolic(tier) {
        let message = format!("{:?} has no times of its own to divide: only symbolic_association", parent.id);
        return problem("/parent/constraint", "conflict", message);
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::{LabelSchema, schema::changes};

    /// Classes as id, geometry, parent class and constraint.
    fn document(classes: &[(&str, &str, &str, &str)]) -> String {
        let class = |(id, geometry, parent, constraint): &(&str, &str, &str, &str)| {
            let parent = match *parent {
                "" => String::new(),
                parent => format!(r#", "parent": {{"class": "{parent}", "constraint": "{constraint}"}}"#),
            };
            format!(r##"{{"id": "{id}", "title": "T", "geometry": ["{geometry}"], "color": "#000000"{parent}}}"##)
        };
        let classes: Vec<String> = classes.iter().map(class).collect();
        format!(r#"{{"name": "n", "modality": "audio", "classes": [{}]}}"#, classes.join(","))
    }

    fn wrong(classes: &[(&str, &str, &str, &str)]) -> Vec<(String, String)> {
        let problems = LabelSchema::parse(&document(classes)).unwrap_err();
        problems.into_iter().map(|problem| (problem.pointer, problem.code)).collect()
    }

    fn at(pointer: &str, code: &str) -> (String, String) {
        (pointer.to_owned(), code.to_owned())
    }

    #[test]
    fn a_parent_is_another_class_of_intervals_and_no_circle() {
        let (turn, word) = (("turn", "interval", "", ""), ("word", "interval", "turn", "time_subdivision"));
        let schema = LabelSchema::parse(&document(&[word, turn])).unwrap();
        assert_eq!(LabelSchema::parse(&schema.canonical_json()).unwrap(), schema);
        assert_eq!(wrong(&[word]), [at("/classes/0/parent/class", "unknown_class")]);
        assert_eq!(wrong(&[("a", "interval", "a", "included_in")]), [at("/classes/0/parent/class", "cycle")]);
        let circle = [("a", "interval", "b", "included_in"), ("b", "interval", "a", "included_in")];
        assert_eq!(wrong(&circle), [at("/classes/0/parent/class", "cycle"), at("/classes/1/parent/class", "cycle")]);
        assert_eq!(
            wrong(&[
                ("p", "points", "", ""),
                ("a", "interval", "p", "included_in"),
                ("q", "points", "a", "included_in")
            ]),
            [at("/classes/1/parent/class", "wrong_geometry"), at("/classes/2/parent", "wrong_geometry")]
        );
        assert_eq!(
            wrong(&[turn, ("a", "interval", "turn", "within")]),
            [at("/classes/1/parent/constraint", "malformed")]
        );
        let symbolic = ("gloss", "interval", "turn", "symbolic_association");
        assert_eq!(
            wrong(&[turn, symbolic, ("part", "interval", "gloss", "included_in")]),
            [at("/classes/2/parent/constraint", "conflict")]
        );
    }

    #[test]
    fn there_are_no_more_than_sixteen_tiers_above_each_other() {
        let names: Vec<String> = (0..17).map(|level| format!("t{level}")).collect();
        let tiers = |count: usize| -> Vec<(&str, &str, &str, &str)> {
            let parent = |level: usize| if level == 0 { "" } else { names[level - 1].as_str() };
            (0..count).map(|level| (names[level].as_str(), "interval", parent(level), "included_in")).collect()
        };
        assert!(LabelSchema::parse(&document(&tiers(16))).is_ok());
        assert_eq!(wrong(&tiers(17)), [at("/classes/16/parent/class", "too_deep")]);
    }

    #[test]
    fn a_stricter_parent_tier_breaks_labels_and_a_looser_one_does_not() {
        let read = |parent: &str, constraint: &str| {
            LabelSchema::parse(&document(&[("turn", "interval", "", ""), ("word", "interval", parent, constraint)]))
                .unwrap()
        };
        let (free, loose, strict) = (read("", ""), read("turn", "included_in"), read("turn", "time_subdivision"));
        let told = |old: &LabelSchema, new: &LabelSchema| {
            let all = changes(old, new);
            all.into_iter().map(|change| format!("{:?}: {}", change.kind, change.what)).collect::<Vec<_>>()
        };
        assert_eq!(told(&free, &free), Vec::<String>::new());
        assert_eq!(told(&free, &loose), ["Breaking: class word now lies within turn (included_in)"]);
        assert_eq!(told(&loose, &strict), ["Breaking: class word now lies within turn (time_subdivision)"]);
        assert_eq!(told(&strict, &loose), ["Compatible: class word now lies within turn (included_in)"]);
        assert_eq!(told(&strict, &free), ["Compatible: class word no longer lies within another"]);
    }
}
