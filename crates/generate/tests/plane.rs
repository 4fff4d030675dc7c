//! The algebra that labels keep when their picture is flipped, turned, cut and bent.
#![allow(clippy::unwrap_used)]

use labelwright_core::{
    Geometry, GeometryKind, LabelSchema,
    geometry::{Bounds, BoxShape, Ellipse, Keypoint, Keypoints, Mask, Polygon, PolygonPart, RotatedBox, Visibility},
};
use labelwright_generate::plane::{Map, Sides, Step, carry};
use proptest::prelude::*;

const WIDTH: u32 = 37;
const HEIGHT: u32 = 23;
const SIZE: [u32; 2] = [WIDTH, HEIGHT];

fn one(geometry: &Geometry, step: &Step) -> Geometry {
    let carried = carry(geometry, step, &[]);
    assert_eq!(carried.shapes.len(), 1, "{geometry:?} by {step:?}");
    carried.shapes.into_iter().next().unwrap()
}

fn near(a: &Geometry, b: &Geometry) {
    let (one, other) = (serde_json::to_value(a).unwrap(), serde_json::to_value(b).unwrap());
    fn compare(a: &serde_json::Value, b: &serde_json::Value) -> bool {
        match (a, b) {
            (serde_json::Value::Number(x), serde_json::Value::Number(y)) => {
                (x.as_f64().unwrap() - y.as_f64().unwrap()).abs() < 1e-6
            }
            (serde_json::Value::Array(x), serde_json::Value::Array(y)) => {
                x.len() == y.len() && x.iter().zip(y).all(|(x, y)| compare(x, y))
            }
            (serde_json::Value::Object(x), serde_json::Value::Object(y)) => {
                x.len() == y.len() && x.iter().all(|(key, x)| y.get(key).is_some_and(|y| compare(x, y)))
            }
            _ => a == b,
        }
    }
    assert!(compare(&one, &other), "{a:?}\n{b:?}");
}

fn mask_of(bits: &[bool]) -> Mask {
    let count = (WIDTH * HEIGHT) as usize;
    Mask::from_pixels(WIDTH, HEIGHT, bits.iter().copied().cycle().take(count))
}

fn ring(polygon: &[[f64; 2]]) -> Geometry {
    Geometry::Polygon(Polygon { parts: vec![PolygonPart { outer: polygon.to_vec(), holes: Vec::new() }] })
}

fn figures() -> impl Strategy<Value = Geometry> {
    let (x, y) = (4.0..f64::from(WIDTH) - 12.0, 4.0..f64::from(HEIGHT) - 12.0);
    let boxes = (x.clone(), y.clone(), 1.0..8.0, 1.0..8.0)
        .prop_map(|(x, y, width, height)| Geometry::Box(BoxShape { x, y, width, height }));
    let rotated = (12.0..25.0, 8.0..15.0, 1.0..5.0, 1.0..5.0, -179.0..179.0)
        .prop_map(|(cx, cy, width, height, angle)| Geometry::RotatedBox(RotatedBox { cx, cy, width, height, angle }));
    let ellipses = (12.0..25.0, 8.0..15.0, 1.0..3.0, 4.0..6.0, -89.0..89.0)
        .prop_map(|(cx, cy, rx, ry, angle)| Geometry::Ellipse(Ellipse { cx, cy, rx, ry, angle }));
    let rings = proptest::collection::vec((0.0..f64::from(WIDTH), 0.0..f64::from(HEIGHT)), 3..7)
        .prop_map(|points| ring(&points.into_iter().map(|(x, y)| [x, y]).collect::<Vec<_>>()))
        .prop_filter("has an area", |figure| figure.area() > 1.0);
    prop_oneof![boxes, rotated, ellipses, rings]
}

fn turns(angle: &Geometry) -> Geometry {
    // An angle is the same after whole turns; figures are compared by their corners.
    match angle {
        Geometry::RotatedBox(shape) => ring(&shape.corners()),
        Geometry::Ellipse(shape) => ring(&shape.outline(4)),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flips_and_turns_come_back(figure in figures(), bits in proptest::collection::vec(any::<bool>(), 40..200)) {
        let mask = Geometry::Mask(mask_of(&bits));
        prop_assume!(mask.area() > 0.0);
        for flip in [Step::flip_horizontal(SIZE), Step::flip_vertical(SIZE)] {
            near(&turns(&one(&one(&figure, &flip), &flip)), &turns(&figure));
            prop_assert_eq!(one(&one(&mask, &flip), &flip), mask.clone());
            prop_assert_eq!(one(&mask, &flip).area(), mask.area());
        }
        let (mut size, mut turned, mut turned_mask) = (SIZE, figure.clone(), mask.clone());
        for _ in 0..4 {
            let step = Step::quarter_turns(size, 1);
            (turned, turned_mask) = (one(&turned, &step), one(&turned_mask, &step));
            size = step.to;
        }
        prop_assert_eq!(size, SIZE);
        near(&turns(&turned), &turns(&figure));
        prop_assert_eq!(turned_mask, mask);
    }

    #[test]
    fn the_box_of_a_mask_is_the_mapped_box(bits in proptest::collection::vec(any::<bool>(), 5..400)) {
        let mut bits = bits;
        bits.resize((WIDTH * HEIGHT) as usize, false);
        let mask = mask_of(&bits);
        prop_assume!(mask.area() > 0);
        let bounds = Geometry::Box(BoxShape::from_bounds(mask.bounds().unwrap()));
        let steps = [Step::flip_horizontal(SIZE), Step::flip_vertical(SIZE), Step::quarter_turns(SIZE, 1),
            Step::quarter_turns(SIZE, 2), Step::quarter_turns(SIZE, 3)];
        for step in steps {
            let moved = one(&Geometry::Mask(mask.clone()), &step);
            prop_assert_eq!(moved.bounds(), one(&bounds, &step).bounds());
        }
    }

    /// The mask of the moved polygon and the moved mask of the polygon differ at the border only: by pixels whose centre
    /// lies within one pixel (of the coarser side) of the outline.
    #[test]
    fn polygons_and_masks_agree_up_to_the_border(
        points in proptest::collection::vec((0.0..f64::from(WIDTH), 0.0..f64::from(HEIGHT)), 3..6),
        angle in -180.0..180.0_f64,
        scale in 1.0..1.6_f64,
        shear in -20.0..20.0_f64,
        bend in -0.15..0.15_f64,
    ) {
        let points: Vec<[f64; 2]> = points.into_iter().map(|(x, y)| [x, y]).collect();
        let polygon = ring(&points);
        prop_assume!(polygon.area() > 40.0);
        let (w, h) = (f64::from(WIDTH), f64::from(HEIGHT));
        let bent = Step::perspective(SIZE, [[w * bend.abs(), 0.0], [w, h * 0.1], [w, h], [0.0, h * (1.0 - bend.abs())]]);
        let linear = Map::scale(scale, scale).then(Map::shear(shear, 0.0)).then(Map::rotation(angle));
        for step in [Step::about_middle(linear, SIZE, [60, 50]), bent.unwrap()] {
            let [width, height] = step.to;
            let mask = Mask::of_rings(&polygon.rings().unwrap(), WIDTH, HEIGHT);
            prop_assume!(mask.area() > 0);
            let moved_mask = carry(&Geometry::Mask(mask), &step, &[]);
            let moved = carry(&polygon, &step, &[]);
            prop_assume!(!moved.shapes.is_empty() && !moved_mask.shapes.is_empty());
            let rings = moved.shapes[0].rings().unwrap();
            let drawn = Mask::of_rings(&rings, width, height).to_bytes();
            let Geometry::Mask(carried) = &moved_mask.shapes[0] else { panic!() };
            let carried = carried.to_bytes();
            let outline = points.iter().map(|p| step.map.apply(*p)).collect::<Vec<_>>();
            // A pixel of the old picture becomes a patch of this reach.
            let reach = 0.5 * std::f64::consts::SQRT_2 * 2.6 + 1e-9;
            for x in 0..width {
                for y in 0..height {
                    let at = x as usize * height as usize + y as usize;
                    if drawn[at] != carried[at] {
                        let centre = [f64::from(x) + 0.5, f64::from(y) + 0.5];
                        let closest = outline.iter().zip(outline.iter().cycle().skip(1))
                            .map(|(a, b)| distance(centre, *a, *b)).fold(f64::INFINITY, f64::min);
                        prop_assert!(closest <= reach, "{centre:?} is {closest} from the outline");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_carried_lies_in_the_picture(figure in figures(), angle in -180.0..180.0_f64, left in 0..20_u32, top in 0..12_u32) {
        for step in [Step::rotate(SIZE, angle, false), Step::crop(SIZE, left, top, [15, 10])] {
            for kinds in [&[][..], &[GeometryKind::Polygon][..]] {
                let carried = carry(&figure, &step, kinds);
                prop_assert!((0.0..=1.0).contains(&carried.visible));
                for shape in &carried.shapes {
                    let bounds = shape.bounds().unwrap();
                    let frame = Bounds::new(-1e-6, -1e-6, f64::from(step.to[0]) + 1e-6, f64::from(step.to[1]) + 1e-6);
                    prop_assert!(frame.contains(bounds), "{figure:?} {shape:?}");
                    prop_assert!(carried.visible > 0.0);
                }
            }
        }
    }
}

fn distance(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx * dx + dy * dy;
    let share = if length > 0.0 { (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (p[0] - a[0] - dx * share).hypot(p[1] - a[1] - dy * share)
}

#[test]
fn ellipses_stay_ellipses_in_perspective() {
    let step = Step::perspective([100, 80], [[5.0, 3.0], [92.0, 0.0], [100.0, 70.0], [0.0, 80.0]]).unwrap();
    let shape = Ellipse { cx: 50.0, cy: 40.0, rx: 20.0, ry: 9.0, angle: 30.0 };
    let Geometry::Ellipse(moved) = one(&Geometry::Ellipse(shape.clone()), &step) else { panic!() };
    // Every point of the old ellipse lies on the new one.
    for corner in 0..16 {
        let turn = f64::from(corner) * std::f64::consts::TAU / 16.0;
        let (sin, cos) = 30.0_f64.to_radians().sin_cos();
        let (x, y) = (20.0 * turn.cos(), 9.0 * turn.sin());
        let [u, v] = step.map.apply([50.0 + x * cos - y * sin, 40.0 + x * sin + y * cos]);
        let (sin, cos) = moved.angle.to_radians().sin_cos();
        let (du, dv) = (u - moved.cx, v - moved.cy);
        let level = ((du * cos + dv * sin) / moved.rx).powi(2) + ((dv * cos - du * sin) / moved.ry).powi(2);
        assert!((level - 1.0).abs() < 1e-9, "{level}");
    }
}

#[test]
fn joints_change_sides_in_a_mirror_and_leave_at_the_border() {
    let schema = LabelSchema::parse(
        r##"{"name":"p","modality":"image","classes":[
            {"id":"left_hand","title":"l","geometry":["keypoints"],"color":"#000000",
             "skeleton":{"points":["nose","left_eye","right_eye"]}},
            {"id":"right_hand","title":"r","geometry":["box"],"color":"#000000"}]}"##,
    )
    .unwrap();
    let joint = |x, visibility| Keypoint { x, y: 3.0, visibility };
    let shape = Geometry::Keypoints(Keypoints {
        points: vec![
            joint(5.0, Visibility::Visible),
            joint(2.0, Visibility::Occluded),
            joint(9.0, Visibility::Visible),
        ],
    });
    let flip = Step::flip_horizontal([10, 10]);
    assert!(flip.mirrors() && !Step::quarter_turns([10, 10], 2).mirrors());
    let mut answer: labelwright_core::Answer = serde_json::from_value(
        serde_json::json!({ "regions": [{ "id": "a", "class": "left_hand", "geometry": one(&shape, &flip) }] }),
    )
    .unwrap();
    Sides::of(&schema).mirror(&mut answer);
    assert_eq!(answer.regions[0].class, "right_hand");
    let Geometry::Keypoints(moved) = &answer.regions[0].geometry else { panic!() };
    assert_eq!(
        moved.points,
        [joint(5.0, Visibility::Visible), joint(1.0, Visibility::Visible), joint(8.0, Visibility::Occluded)]
    );
    let cut = carry(&shape, &Step::crop([10, 10], 0, 0, [6, 10]), &[]);
    assert!((cut.visible - 2.0 / 3.0).abs() < 1e-12);
    let Geometry::Keypoints(cut) = &cut.shapes[0] else { panic!() };
    assert_eq!(cut.points[2].visibility, Visibility::Absent);
}

#[test]
fn boxes_are_cut_by_the_border_and_gone_beyond_it() {
    let shape = Geometry::Box(BoxShape { x: 2.0, y: 2.0, width: 4.0, height: 4.0 });
    let carried = carry(&shape, &Step::crop([10, 10], 4, 2, [6, 8]), &[]);
    assert_eq!(carried.shapes, [Geometry::Box(BoxShape { x: 0.0, y: 0.0, width: 2.0, height: 4.0 })]);
    assert_eq!(carried.visible, 0.5);
    assert!(carry(&shape, &Step::crop([10, 10], 6, 0, [4, 10]), &[]).shapes.is_empty());
    let carried = carry(&shape, &Step::resize([10, 10], [20, 5]), &[]);
    assert_eq!(carried.shapes, [Geometry::Box(BoxShape { x: 4.0, y: 1.0, width: 8.0, height: 2.0 })]);
}
