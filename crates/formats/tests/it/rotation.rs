//! Rotated boxes keep their centre, size and angle through every format that holds them.

use crate::support::{read, write};
use labelwright_core::{Answer, Geometry, GeometryKind, Modality, Region, Target, geometry::RotatedBox};
use labelwright_formats::{ClassList, ExportItem, FORMATS, SourcedAnswer, format};
use proptest::prelude::*;
use std::collections::BTreeMap;

const SIZE: [u32; 2] = [1000, 800];

fn schema(kind: GeometryKind) -> labelwright_core::LabelSchema {
    let text = format!(
        r##"{{"name":"n","modality":"image","classes":[{{"id":"ship","title":"S","geometry":["{}"],"color":"#000000"}}]}}"##,
        kind.as_str()
    );
    labelwright_core::LabelSchema::parse(&text).unwrap()
}

fn item(shapes: &[RotatedBox]) -> ExportItem {
    let mut item = ExportItem::new("a.png", Modality::Image);
    item.size = Some(SIZE);
    item.media = Some("a".to_owned());
    let region = |(at, shape): (usize, &RotatedBox)| Region {
        id: format!("r{at}"),
        target: Target::Item,
        geometry: Geometry::RotatedBox(shape.clone()),
        class: "ship".to_owned(),
        attributes: BTreeMap::new(),
        score: None,
    };
    let answer = Answer { regions: shapes.iter().enumerate().map(region).collect(), ..Answer::default() };
    item.answers.push(SourcedAnswer::new("ann", answer));
    item
}

/// An upright box is one that is turned by nothing.
fn turned(geometry: &Geometry) -> Option<RotatedBox> {
    match geometry {
        Geometry::RotatedBox(shape) => Some(shape.clone()),
        Geometry::Box(b) => Some(RotatedBox {
            cx: b.x + b.width / 2.0,
            cy: b.y + b.height / 2.0,
            width: b.width,
            height: b.height,
            angle: 0.0,
        }),
        _ => None,
    }
}

/// Centre, sides and the angle are the same rectangle: turned by 180 degrees it is itself, and by 90 with its sides
/// exchanged.
fn same(a: &RotatedBox, b: &RotatedBox, tolerance: f64) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= tolerance;
    let turn = |angle: f64| (a.angle - b.angle - angle).rem_euclid(180.0);
    let aligned = |angle: f64| turn(angle) < 0.05 || turn(angle) > 179.95;
    near(a.cx, b.cx)
        && near(a.cy, b.cy)
        && (near(a.width, b.width) && near(a.height, b.height) && (aligned(0.0) || near(a.width, a.height))
            || near(a.width, b.height) && near(a.height, b.width) && aligned(90.0))
}

fn shape() -> impl Strategy<Value = RotatedBox> {
    // All of it lies in the picture: what sticks out would be cut off by formats of shares.
    (300.0..700.0_f64, 300.0..500.0_f64, 5.0..400.0_f64, 5.0..200.0_f64, -179.0..360.0_f64)
        .prop_map(|(cx, cy, width, height, angle)| RotatedBox { cx, cy, width, height, angle })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn centre_size_and_angle_come_back(shapes in proptest::collection::vec(shape(), 1..4)) {
        let holds = FORMATS.iter().filter(|format| {
            let both = format.read.is_some() && format.write.is_some() && format.carries.classes != ClassList::None
                // Tables are for others to read.
                && !["csv", "tsv"].contains(&format.id);
            both && format.carries.geometry.contains(&GeometryKind::RotatedBox)
        });
        let mut seen = Vec::new();
        for format in holds {
            seen.push(format.id);
            let (view, report) = write(format, &schema(GeometryKind::RotatedBox), &[item(&shapes)]);
            prop_assert_eq!(&report.losses, &Vec::new(), "{}", format.id);
            let reading = read(format, &view);
            prop_assert!(reading.problems.is_empty() && reading.stopped.is_none(), "{}: {:?}", format.id, reading);
            let regions = &reading.records[0].answers[0].answer.regions;
            prop_assert_eq!(regions.len(), shapes.len(), "{}", format.id);
            for (wanted, region) in shapes.iter().zip(regions) {
                let found = turned(&region.geometry);
                prop_assert!(
                    found.as_ref().is_some_and(|found| same(wanted, found, 0.01)),
                    "{}: {wanted:?} came back as {:?}",
                    format.id,
                    region.geometry
                );
            }
        }
        for id in ["dota", "yolo-obb", "cvat", "label-studio"] {
            prop_assert!(seen.contains(&id), "{id} is not in {seen:?}");
        }
    }

    #[test]
    fn a_chain_of_formats_keeps_them_too(first in shape()) {
        let mut shapes = vec![first.clone()];
        for id in ["label-studio", "cvat", "dota", "yolo-obb", "cvat", "label-studio"] {
            let format = format(id).unwrap();
            let (view, _) = write(format, &schema(GeometryKind::RotatedBox), &[item(&shapes)]);
            let regions = read(format, &view).records.remove(0).answers.remove(0).answer.regions;
            shapes = regions.iter().filter_map(|region| turned(&region.geometry)).collect();
            prop_assert_eq!(shapes.len(), 1, "{}", id);
        }
        prop_assert!(same(&first, &shapes[0], 0.02), "{first:?} came back as {:?}", shapes[0]);
    }
}

#[test]
fn an_upright_box_is_no_rotated_one_and_stays_where_it_is() {
    // Label Studio turns about the top left corner, CVAT about the centre: at 90 degrees they lie far apart.
    let shape = RotatedBox { cx: 500.0, cy: 400.0, width: 200.0, height: 100.0, angle: 90.0 };
    for id in ["label-studio", "cvat", "dota", "yolo-obb"] {
        let format = format(id).unwrap();
        let (view, _) = write(format, &schema(GeometryKind::RotatedBox), &[item(std::slice::from_ref(&shape))]);
        let reading = read(format, &view);
        let bounds = reading.records[0].answers[0].answer.regions[0].geometry.bounds().unwrap();
        let sides = [bounds.left, bounds.top, bounds.right, bounds.bottom];
        for (side, wanted) in sides.into_iter().zip([450.0, 300.0, 550.0, 500.0]) {
            assert!((side - wanted).abs() < 0.01, "{id}: {sides:?}");
        }
    }
}
