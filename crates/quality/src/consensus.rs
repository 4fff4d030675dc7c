//! One answer out of several of one item: fields value by value, and regions that more than half of the labelers drew.
//!
//! Ties are broken by the smallest value in byte order, so that the outcome does not depend on who came first; they
//! are counted. How values and shapes are joined is said by the rules of the project (see [`crate::project::methods`]).

use crate::{
    Judgement,
    matching::{Similarity, similarity},
    project::{shapes, values},
    regions::cluster::cluster,
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Region, Relation, Value, geometry::Bounds, schema::Field,
};
use std::collections::{BTreeMap, BTreeSet};

/// How a project settles answers.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    pub schema: &'a LabelSchema,
    /// Overlap from which two regions mean the same, above 0 to 1.
    pub threshold: f64,
    /// Field id to method, where it is not the default one.
    pub fields: &'a BTreeMap<String, String>,
    /// Geometry to method, where it is not the default one.
    pub shapes: &'a BTreeMap<GeometryKind, String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Consensus {
    pub answer: Answer,
    /// Fields and classes where the vote was tied.
    pub ties: usize,
    /// The smallest share of votes that anything in the answer got, 0 to 1.
    pub least_share: f64,
}

impl Consensus {
    fn value(&mut self, field: Option<&Field>, method: Option<&str>, given: &[Option<&Value>]) -> Option<Value> {
        let outcome = match field {
            Some(field) => values::settle(field, method, given),
            // A field that the schema does not have any more.
            None => values::vote(given),
        };
        self.ties += outcome.ties;
        self.least_share = self.least_share.min(outcome.share);
        outcome.value
    }
}

/// The consensus of one item's answers. None for no answers.
pub fn settle(judgements: &[Judgement<'_>], rules: &Rules<'_>) -> Option<Consensus> {
    let mut sorted: Vec<&Judgement<'_>> = judgements.iter().collect();
    sorted.sort_by_key(|judgement| judgement.labeler);
    if sorted.is_empty() {
        return None;
    }
    let mut outcome = Consensus { answer: Answer::default(), ties: 0, least_share: 1.0 };
    let ids: BTreeSet<&String> = sorted.iter().flat_map(|j| j.answer.fields.keys()).collect();
    for id in ids {
        let given: Vec<Option<&Value>> = sorted.iter().map(|j| j.answer.fields.get(id)).collect();
        let field = rules.schema.fields.iter().find(|field| field.id == *id);
        if let Some(value) = outcome.value(field, rules.fields.get(id).map(String::as_str), &given) {
            outcome.answer.fields.insert(id.clone(), value);
        }
    }
    regions(&sorted, rules, &mut outcome);
    Some(outcome)
}

fn regions(sorted: &[&Judgement<'_>], rules: &Rules<'_>, outcome: &mut Consensus) {
    let clusters = clusters(sorted, rules);
    let mut renamed: BTreeMap<(usize, &str), String> = BTreeMap::new();
    for cluster in clusters.iter().filter(|cluster| cluster.len() * 2 > sorted.len()) {
        let members: Vec<&Region> = cluster.iter().map(|(_, region)| *region).collect();
        let id = format!("c{}", outcome.answer.regions.len() + 1);
        for (labeler, region) in cluster {
            renamed.insert((*labeler, region.id.as_str()), id.clone());
        }
        outcome.least_share = outcome.least_share.min(cluster.len() as f64 / sorted.len() as f64);
        let class = class_vote(&members, outcome);
        let Some(first) = members.first() else { continue };
        let of_class = rules.schema.classes.iter().find(|known| known.id == class);
        let mut attributes = BTreeMap::new();
        let names: BTreeSet<&String> = members.iter().flat_map(|r| r.attributes.keys()).collect();
        for name in names {
            let given: Vec<Option<&Value>> = members.iter().map(|region| region.attributes.get(name)).collect();
            let field = of_class.and_then(|class| class.attributes.iter().find(|field| field.id == *name));
            if let Some(value) = outcome.value(field, None, &given) {
                attributes.insert(name.clone(), value);
            }
        }
        let method = rules.shapes.get(&first.geometry.kind()).map(String::as_str);
        let Some(geometry) = shapes::merge(method, &members) else { continue };
        outcome.answer.regions.push(Region { id, target: first.target, geometry, class, attributes, score: None });
    }
    relations(sorted, &renamed, outcome);
}

/// Regions that mean the same, at most one of each labeler in a cluster; each two of a cluster overlap enough, those of
/// the same class first. In the order in which the labelers drew their first members.
fn clusters<'a>(sorted: &[&Judgement<'a>], rules: &Rules<'_>) -> Vec<Vec<(usize, &'a Region)>> {
    let places = sorted.iter().enumerate().flat_map(|(labeler, judgement)| {
        judgement.answer.regions.iter().enumerate().map(move |(at, region)| (labeler, at, region))
    });
    let mut all: Vec<(String, usize, usize, &Region)> = places
        .map(|(labeler, at, region)| {
            let content = serde_json::to_string(&(&region.geometry, &region.class)).unwrap_or_default();
            (content, labeler, at, region)
        })
        .collect();
    // Numbered by content: who is the first labeler must not decide.
    all.sort_by(|one, other| one.0.cmp(&other.0).then((one.1, one.2).cmp(&(other.1, other.2))));
    let bounds: Vec<Option<Bounds>> = all.iter().map(|(.., region)| extent(region)).collect();
    let pane = |region: &Region| rules.schema.class(&region.class).and_then(|class| class.pane.as_deref());
    let panes: Vec<Option<&str>> = all.iter().map(|(.., region)| pane(region)).collect();
    let settings = Similarity::default();
    let alike = |one: usize, other: usize| {
        let (first, second) = (all[one].3, all[other].3);
        let apart = matches!((&bounds[one], &bounds[other]), (Some(a), Some(b)) if a.right <= b.left
            || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top);
        if apart || first.target != second.target || panes[one] != panes[other] {
            return 0.0;
        }
        match similarity(&first.geometry, &second.geometry, &settings) {
            Some(value) if value >= rules.threshold && value > 0.0 => {
                value + f64::from(u8::from(first.class == second.class))
            }
            _ => 0.0,
        }
    };
    let found = cluster(all.len(), |at| all[at].1 as u32, alike, f64::MIN_POSITIVE);
    let mut clusters: Vec<Vec<(usize, usize, &Region)>> = found
        .into_iter()
        .map(|members| {
            let mut own: Vec<_> = members.into_iter().map(|at| (all[at].1, all[at].2, all[at].3)).collect();
            own.sort_by_key(|(labeler, at, _)| (*labeler, *at));
            own
        })
        .collect();
    clusters.sort_by_key(|own| own.first().map(|(labeler, at, _)| (*labeler, *at)));
    clusters.into_iter().map(|own| own.into_iter().map(|(labeler, _, region)| (labeler, region)).collect()).collect()
}

/// Bounds of shapes that are alike only where they overlap.
fn extent(region: &Region) -> Option<Bounds> {
    match region.geometry {
        Geometry::Box(_)
        | Geometry::RotatedBox(_)
        | Geometry::Ellipse(_)
        | Geometry::Polygon(_)
        | Geometry::Mask(_) => region.bounds(),
        _ => None,
    }
}

fn class_vote(members: &[&Region], outcome: &mut Consensus) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for region in members {
        *counts.entry(&region.class).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    let winners: Vec<&str> = counts.iter().filter(|(_, count)| **count == most).map(|(class, _)| *class).collect();
    outcome.ties += usize::from(winners.len() > 1);
    winners.first().map(|class| (*class).to_owned()).unwrap_or_default()
}

/// A relation stays when more than half of the labelers drew it between regions that stay.
fn relations(sorted: &[&Judgement<'_>], renamed: &BTreeMap<(usize, &str), String>, outcome: &mut Consensus) {
    let mut votes: BTreeMap<(String, String, String), BTreeSet<usize>> = BTreeMap::new();
    for (labeler, judgement) in sorted.iter().enumerate() {
        for relation in &judgement.answer.relations {
            let end = |id: &str| renamed.get(&(labeler, id)).cloned();
            if let (Some(from), Some(to)) = (end(&relation.from), end(&relation.to)) {
                votes.entry((from, to, relation.relation.clone())).or_default().insert(labeler);
            }
        }
    }
    for ((from, to, relation), labelers) in votes {
        if labelers.len() * 2 > sorted.len() {
            let id = format!("r{}", outcome.answer.relations.len() + 1);
            outcome.answer.relations.push(Relation { id, relation, from, to, attributes: BTreeMap::new() });
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SCHEMA: &str = r##"{"name":"Mood","modality":"image","fields":[{"id":"mood","title":"Mood","kind":{"type":"choice",
        "options":[{"id":"good","title":"Good"},{"id":"bad","title":"Bad"}]}}],
        "classes":[{"id":"car","title":"Car","geometry":["box"],"color":"#112233"}]}"##;

    fn answer(text: &str) -> Answer {
        serde_json::from_str(text).unwrap()
    }

    fn boxed(x: f64, class: &str) -> String {
        format!(r#"{{"id":"r","geometry":{{"type":"box","x":{x},"y":0,"width":10,"height":10}},"class":"{class}"}}"#)
    }

    fn judged(answers: &[Answer]) -> Consensus {
        let judgements: Vec<Judgement<'_>> = answers
            .iter()
            .enumerate()
            .map(|(labeler, answer)| Judgement { item: 1, labeler: labeler as i64, answer })
            .collect();
        let mut reversed = judgements.clone();
        reversed.reverse();
        let schema: LabelSchema = serde_json::from_str(SCHEMA).unwrap();
        let rules = Rules { schema: &schema, threshold: 0.5, fields: &BTreeMap::new(), shapes: &BTreeMap::new() };
        let outcome = settle(&judgements, &rules).unwrap();
        assert_eq!(Some(&outcome), settle(&reversed, &rules).as_ref(), "order must not matter");
        outcome
    }

    #[test]
    fn fields_by_majority_and_ties_are_counted() {
        let say = |word: &str| answer(&format!(r#"{{"fields":{{"mood":"{word}"}}}}"#));
        let outcome = judged(&[say("good"), say("bad"), say("good")]);
        assert_eq!(outcome.answer.fields["mood"], Value::Text("good".into()));
        assert!((outcome.least_share - 2.0 / 3.0).abs() < 1e-12);
        let tied = judged(&[say("good"), say("bad")]);
        assert_eq!((tied.ties, &tied.answer.fields["mood"]), (1, &Value::Text("bad".into())));
    }

    #[test]
    fn a_box_that_two_of_three_drew_is_kept_in_the_middle() {
        let with = |boxes: &[String]| answer(&format!(r#"{{"regions":[{}]}}"#, boxes.join(",")));
        let outcome = judged(&[with(&[boxed(0.0, "car")]), with(&[boxed(2.0, "car")]), with(&[boxed(50.0, "car")])]);
        assert_eq!(outcome.answer.regions.len(), 1);
        assert_eq!(outcome.answer.regions[0].bounds().unwrap(), Bounds::new(1.0, 0.0, 11.0, 10.0));
    }

    /// A chain of boxes: the first and the last one do not overlap enough to be the same thing, whoever comes first.
    #[test]
    fn who_comes_first_does_not_decide() {
        let with = |x: f64| answer(&format!(r#"{{"regions":[{}]}}"#, boxed(x, "car")));
        let places = [0.0, 3.0, 6.1];
        let outcomes: Vec<Vec<Geometry>> = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
            .map(|order| {
                let answers = order.map(|at| with(places[at]));
                judged(&answers).answer.regions.into_iter().map(|region| region.geometry).collect()
            })
            .into();
        assert_eq!(outcomes[0].len(), 1);
        assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]), "{outcomes:?}");
    }
}
