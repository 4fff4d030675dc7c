//! Tasks of several kinds of data: beside its own data an item has companions, each shown in a pane of its own. There is
//! one answer for all of them; the class of a region says in which pane it lies.

use super::{Class, LabelSchema};
use crate::{Modality, problem::Problems};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most panes beside the item's own.
pub const PANES_MAXIMUM: usize = 8;

/// One kind of data that comes with an item: the caption of a picture, the recording of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Pane {
    /// What data call it: an item's companions are found by it.
    pub id: String,
    pub title: String,
    pub modality: Modality,
}

impl LabelSchema {
    pub fn pane(&self, id: &str) -> Option<&Pane> {
        self.panes.iter().find(|pane| pane.id == id)
    }

    /// The kind of data that regions of a class lie on.
    pub fn modality_of(&self, class: &Class) -> Modality {
        class.pane.as_deref().and_then(|id| self.pane(id)).map_or(self.modality, |pane| pane.modality)
    }
}

/// `id` checks one id.
pub(super) fn check(
    problems: &mut Problems,
    schema: &LabelSchema,
    id: impl Fn(&mut Problems, &str, &str, &mut BTreeSet<String>),
    title: impl Fn(&mut Problems, &str, &str),
) {
    if schema.panes.len() > PANES_MAXIMUM {
        let message = format!("{} panes, the limit is {PANES_MAXIMUM}", schema.panes.len());
        problems.add("/panes", "too_many", message);
    }
    let mut seen = BTreeSet::new();
    for (index, pane) in schema.panes.iter().enumerate() {
        let at = format!("/panes/{index}");
        id(problems, &at, &pane.id, &mut seen);
        title(problems, &format!("{at}/title"), &pane.title);
    }
    for (index, class) in schema.classes.iter().enumerate() {
        let Some(pane) = &class.pane else { continue };
        if schema.pane(pane).is_none() {
            let message = format!("{pane:?} is not a pane of this schema");
            problems.add(format!("/classes/{index}/pane"), "unknown_pane", message);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::{Answer, LabelSchema, Limits, MediaShape, TextShape, schema::changes};
    use serde_json::{Value, json};

    fn document() -> Value {
        let class = |id: &str, geometry: &str, pane: Value| {
            let mut class = json!({ "id": id, "title": id, "geometry": [geometry], "color": "#000000" });
            if !pane.is_null() {
                class["pane"] = pane;
            }
            class
        };
        json!({
            "name": "Captions", "modality": "image",
            "panes": [{ "id": "caption", "title": "Caption", "modality": "text" },
                { "id": "other", "title": "Other picture", "modality": "image" }],
            "fields": [{ "id": "good", "title": "Good?", "kind": { "type": "boolean" } }],
            "classes": [class("thing", "box", Value::Null), class("phrase", "span", json!("caption")),
                class("same", "box", json!("other"))],
            "relations": [{ "id": "names", "title": "Names", "from": ["phrase"], "to": ["thing", "same"], "directed": true },
                { "id": "near", "title": "Near" }],
        })
    }

    fn schema() -> LabelSchema {
        LabelSchema::parse(&document().to_string()).unwrap()
    }

    fn wrong(change: impl FnOnce(&mut Value)) -> Vec<(String, String)> {
        let mut document = document();
        change(&mut document);
        let problems = LabelSchema::parse(&document.to_string()).unwrap_err();
        problems.into_iter().map(|problem| (problem.pointer, problem.code)).collect()
    }

    fn at(pointer: &str, code: &str) -> (String, String) {
        (pointer.to_owned(), code.to_owned())
    }

    #[test]
    fn a_class_lies_in_one_pane_and_takes_what_can_be_drawn_there() {
        let schema = schema();
        assert_eq!(LabelSchema::parse(&schema.canonical_json()).unwrap(), schema);
        assert_eq!(
            wrong(|d| d["classes"][1]["pane"] = json!("words")),
            [at("/classes/1/pane", "unknown_pane"), at("/classes/1/geometry/0", "wrong_geometry"),]
        );
        assert_eq!(
            wrong(|d| d["classes"][0]["geometry"] = json!(["span"])),
            [at("/classes/0/geometry/0", "wrong_geometry")]
        );
        assert_eq!(wrong(|d| d["panes"][1]["id"] = json!("caption"))[0], at("/panes/1/id", "duplicate_id"));
        assert_eq!(wrong(|d| d["panes"][1]["title"] = json!(" ")), [at("/panes/1/title", "required")]);
        let many: Vec<Value> =
            (0..9).map(|n| json!({ "id": format!("p{n}"), "title": "P", "modality": "text" })).collect();
        assert_eq!(wrong(|d| (d["panes"], d["classes"]) = (json!(many), json!([])))[0], at("/panes", "too_many"));
    }

    #[test]
    fn a_tier_lies_within_one_of_its_pane() {
        let other = |d: &mut Value| {
            d["modality"] = json!("audio");
            d["panes"][1]["modality"] = json!("audio");
            d["classes"] = json!([
                { "id": "turn", "title": "T", "geometry": ["interval"], "color": "#000000" },
                { "id": "word", "title": "W", "geometry": ["interval"], "color": "#000000", "pane": "other",
                    "parent": { "class": "turn", "constraint": "included_in" } },
            ]);
            d["relations"] = json!([]);
        };
        assert_eq!(wrong(other), [at("/classes/1/parent/class", "other_pane")]);
    }

    #[test]
    fn each_region_is_held_against_the_data_of_its_pane() {
        let panes = [
            ("caption".to_owned(), MediaShape::Text(TextShape::of("a dog"))),
            ("other".to_owned(), MediaShape::Image { width: 10, height: 10 }),
        ];
        let own = Box::new(MediaShape::Image { width: 100, height: 100 });
        let shape = MediaShape::Panes { own, panes: panes.into() };
        let answer = |x: f64, end: u32, class: &str| {
            json!({ "regions": [
                { "id": "a", "class": class, "geometry": { "type": "box", "x": x, "y": 1, "width": 5, "height": 5 } },
                { "id": "b", "class": "phrase", "geometry": { "type": "span", "ranges": [[2, end]] } },
            ], "relations": [{ "id": "r", "relation": "names", "from": "b", "to": "a" }] })
            .to_string()
        };
        let found = |text: &str, shape: &MediaShape| {
            let read = Answer::parse_valid(text, &schema(), shape, &Limits::DEFAULT);
            let problems = read.err().unwrap_or_default();
            problems.into_iter().map(|problem| (problem.pointer, problem.code)).collect::<Vec<_>>()
        };
        assert_eq!(found(&answer(90.0, 5, "thing"), &shape), []);
        assert_eq!(found(&answer(3.0, 5, "same"), &shape), []);
        assert_eq!(found(&answer(90.0, 5, "same"), &shape), [at("/regions/0/geometry", "out_of_bounds")]);
        assert_eq!(found(&answer(90.0, 6, "thing"), &shape), [at("/regions/1/geometry/ranges/0", "out_of_bounds")]);
        // Nothing is known of the item; then, the item has no such companion.
        assert_eq!(found(&answer(90.0, 6, "same"), &MediaShape::Other), []);
        let alone = MediaShape::Image { width: 100, height: 100 };
        assert_eq!(found(&answer(90.0, 5, "thing"), &alone), [at("/regions/1/class", "absent_pane")]);
    }

    #[test]
    fn a_pane_that_goes_takes_labels_with_it() {
        let mut without = schema();
        without.panes.remove(1);
        without.classes[2].pane = None;
        let told: Vec<String> = changes(&schema(), &without)
            .into_iter()
            .map(|change| format!("{:?}: {}", change.kind, change.what))
            .collect();
        assert_eq!(told, ["Breaking: class same now lies on the item itself"]);
        let back = changes(&without, &schema());
        assert_eq!(back[0].what, "class same now lies in pane other");
    }
}
