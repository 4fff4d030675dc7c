//! Are two answers the same, up to what a format declares?

use labelwright_core::{
    Answer, Geometry, Region, Value,
    document::TextLayer,
    geometry::{BoxShape, Keyframe, Point, Track},
};
use std::collections::BTreeMap;

pub fn regions_match(wanted: &[Region], found: &[Region], precision: f64) -> Option<Vec<usize>> {
    let mut free: Vec<usize> = (0..found.len()).collect();
    let mut matched = Vec::new();
    for region in wanted {
        let at = free.iter().position(|at| same_region(region, &found[*at], precision))?;
        matched.push(free.remove(at));
    }
    free.is_empty().then_some(matched)
}

pub fn same_answer(wanted: &Answer, found: &Answer, precision: f64) -> bool {
    let Some(matched) = regions_match(&wanted.regions, &found.regions, precision) else { return false };
    let end = |answer: &Answer, id: &str| answer.regions.iter().position(|region| region.id == id);
    let ends = |answer: &Answer, mapped: bool| -> Vec<(String, Option<usize>, Option<usize>)> {
        let map = |at: Option<usize>| if mapped { at.map(|at| matched[at]) } else { at };
        let mut ends: Vec<_> = answer
            .relations
            .iter()
            .map(|one| (one.relation.clone(), map(end(answer, &one.from)), map(end(answer, &one.to))))
            .collect();
        ends.sort();
        ends
    };
    same_values(&wanted.fields, &found.fields) && ends(wanted, true) == ends(found, false)
}

/// Lists are sets: the order of several choices says nothing.
fn same_values(a: &BTreeMap<String, Value>, b: &BTreeMap<String, Value>) -> bool {
    let sorted = |values: &BTreeMap<String, Value>| -> BTreeMap<String, Value> {
        let sort = |value: &Value| match value {
            Value::List(list) => {
                let mut list = list.clone();
                list.sort();
                Value::List(list)
            }
            other => other.clone(),
        };
        values.iter().map(|(name, value)| (name.clone(), sort(value))).collect()
    };
    sorted(a) == sorted(b)
}

fn same_region(a: &Region, b: &Region, precision: f64) -> bool {
    let scores = match (a.score, b.score) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-6,
        (None, None) => true,
        _ => false,
    };
    a.class == b.class
        && same_values(&a.attributes, &b.attributes)
        && scores
        && same_geometry(&a.geometry, &b.geometry, precision)
}

/// Where a track of boxes is in every frame in which it is seen, and whether it is occluded there.
fn seen(track: &Track) -> Vec<(u32, bool, BoxShape)> {
    let shape = |keyframe: &Keyframe| match keyframe.geometry.as_ref() {
        Geometry::Box(shape) => shape.clone(),
        other => panic!("{other:?} is no box"),
    };
    let mut all = Vec::new();
    for (at, keyframe) in track.keyframes.iter().enumerate().filter(|(_, keyframe)| !keyframe.outside) {
        let start = shape(keyframe);
        let next = track.keyframes.get(at + 1);
        let end = next.filter(|next| !next.outside).map_or(start.clone(), shape);
        let until = next.map_or(keyframe.frame + 1, |next| next.frame);
        for frame in keyframe.frame..until {
            let share = f64::from(frame - keyframe.frame) / f64::from(until - keyframe.frame);
            let mix = |a: f64, b: f64| a + (b - a) * share;
            let (x, y) = (mix(start.x, end.x), mix(start.y, end.y));
            let (width, height) = (mix(start.width, end.width), mix(start.height, end.height));
            all.push((frame, keyframe.occluded, BoxShape { x, y, width, height }));
        }
    }
    all
}

pub fn same_geometry(a: &Geometry, b: &Geometry, precision: f64) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= precision;
    let points = |a: &[Point], b: &[Point]| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a[0], b[0]) && near(a[1], b[1]))
    };
    match (a, b) {
        (Geometry::Box(a), Geometry::Box(b)) => points(&a.corners(), &b.corners()),
        (Geometry::RotatedBox(a), Geometry::RotatedBox(b)) => points(&a.corners(), &b.corners()),
        (Geometry::Ellipse(a), Geometry::Ellipse(b)) => {
            near(a.cx, b.cx) && near(a.cy, b.cy) && near(a.rx, b.rx) && near(a.ry, b.ry) && near(a.angle, b.angle)
        }
        (Geometry::Polygon(a), Geometry::Polygon(b)) => {
            let (a, b) = (a.rings(), b.rings());
            a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| points(a, b))
        }
        (Geometry::Polyline(a), Geometry::Polyline(b)) => points(&a.points, &b.points),
        (Geometry::Points(a), Geometry::Points(b)) => points(&a.points, &b.points),
        (Geometry::Keypoints(a), Geometry::Keypoints(b)) => {
            a.points.len() == b.points.len()
                && a.points
                    .iter()
                    .zip(&b.points)
                    .all(|(a, b)| a.visibility == b.visibility && near(a.x, b.x) && near(a.y, b.y))
        }
        (Geometry::Cuboid(a), Geometry::Cuboid(b)) => points(&a.vertices, &b.vertices),
        (Geometry::Track(a), Geometry::Track(b)) => {
            let (a, b) = (seen(a), seen(b));
            a.len() == b.len()
                && a.iter().zip(&b).all(|(a, b)| (a.0, a.1) == (b.0, b.1) && points(&a.2.corners(), &b.2.corners()))
        }
        (Geometry::Interval(a), Geometry::Interval(b)) => {
            near(a.start as f64, b.start as f64) && near(a.end as f64, b.end as f64)
        }
        // Masks, spans, cells: exactly, or not at all.
        _ => a == b,
    }
}

/// The same pages with the same words in the same lines and blocks? Boxes up to `precision` pixels, all else exactly.
pub fn same_layer(a: &TextLayer, b: &TextLayer, precision: f64) -> bool {
    let pages = a.pages.iter().zip(&b.pages).all(|(a, b)| {
        let words = a.words.iter().zip(&b.words).all(|(a, b)| {
            let edges = a.bounds.iter().zip(&b.bounds).all(|(a, b)| f64::from((a - b).abs()) <= precision);
            let rest =
                |word: &labelwright_core::document::Word| (word.start, word.end, word.line, word.block, word.score);
            edges && rest(a) == rest(b)
        });
        words && (a.width, a.height, a.words.len()) == (b.width, b.height, b.words.len())
    });
    pages && a.pages.len() == b.pages.len() && a.text == b.text
}

/// Regions and fields of one that the other has not, as lines of JSON.
pub fn difference(wanted: &Answer, found: &Answer, precision: f64) -> String {
    let missing = |from: &Answer, of: &Answer, what: &str| -> String {
        let lacks = |region: &&Region| !of.regions.iter().any(|other| same_region(region, other, precision));
        let lines = from.regions.iter().filter(lacks).map(|region| serde_json::to_string(region).unwrap());
        lines.map(|line| format!("{what} {line}\n")).collect()
    };
    format!(
        "{}{}fields {:?} / {:?}\nrelations {:?} / {:?}",
        missing(wanted, found, "wanted"),
        missing(found, wanted, "found"),
        wanted.fields,
        found.fields,
        wanted.relations,
        found.relations
    )
}
