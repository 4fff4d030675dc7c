//! Regions of volumes lie on slices that are there.
#![allow(clippy::unwrap_used)]

use labelwright_core::{Answer, LabelSchema, Limits, MediaShape};

const SHAPE: MediaShape = MediaShape::Volume { width: 10, height: 8, slices: 5 };

fn problems(target: &str, geometry: &str) -> Vec<String> {
    let schema = LabelSchema::parse(
        r##"{"name": "Organs", "modality": "volume", "classes": [
            {"id": "liver", "title": "Liver", "geometry": ["mask", "box", "polygon", "points"], "color": "#0072B2"}]}"##,
    )
    .unwrap();
    let text = format!(r#"{{"regions": [{{"id": "a", "class": "liver", {target} "geometry": {geometry}}}]}}"#);
    match Answer::parse_valid(&text, &schema, &SHAPE, &Limits::DEFAULT) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.into_iter().map(|problem| format!("{} {}", problem.pointer, problem.code)).collect(),
    }
}

#[test]
fn a_region_names_its_slices() {
    let shape = r#"{"type": "box", "x": 0, "y": 0, "width": 10, "height": 8}"#;
    for good in ["[0, 0]", "[4, 4]", "[0, 4]"] {
        assert!(problems(&format!(r#""target": {{"frames": {good}}},"#), shape).is_empty(), "{good}");
    }
    for bad in ["[5, 5]", "[4, 5]", "[3, 2]"] {
        let found = problems(&format!(r#""target": {{"frames": {bad}}},"#), shape);
        assert_eq!(found, ["/regions/0/target out_of_bounds"], "{bad}");
    }
    for bad in ["", r#""target": {"page": 0},"#] {
        assert_eq!(problems(bad, shape), ["/regions/0/target required"], "{bad}");
    }
}

#[test]
fn shapes_lie_within_the_slice() {
    let target = r#""target": {"frames": [1, 1]},"#;
    for (shape, wanted) in [
        (r#"{"type": "box", "x": 5, "y": 0, "width": 6, "height": 2}"#, "/regions/0/geometry out_of_bounds"),
        (r#"{"type": "mask", "width": 8, "height": 10, "counts": [0, 80]}"#, "/regions/0/geometry wrong_size"),
        (r#"{"type": "points", "points": [[3, 9]]}"#, "/regions/0/geometry out_of_bounds"),
        (r#"{"type": "track", "keyframes": []}"#, "/regions/0/geometry/type wrong_geometry"),
    ] {
        assert_eq!(problems(target, shape), [wanted], "{shape}");
    }
    assert!(problems(target, r#"{"type": "mask", "width": 10, "height": 8, "counts": [0, 80]}"#).is_empty());
}

#[test]
fn tracks_are_not_drawn_on_volumes() {
    let schema = r##"{"name": "Organs", "modality": "volume", "classes": [
        {"id": "liver", "title": "Liver", "geometry": ["track"], "color": "#0072B2"}]}"##;
    assert_eq!(LabelSchema::parse(schema).unwrap_err()[0].code, "wrong_geometry");
}
