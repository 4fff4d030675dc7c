//! The algebra of geometry: what must hold for every shape, not only for the ones we thought of.
#![allow(clippy::unwrap_used)]

use labelwright_core::geometry::{
    Bounds, BoxShape, Ellipse, Geometry, Mask, Polygon, PolygonPart, RotatedBox, Span, plane,
};
use proptest::prelude::*;

fn boxes() -> impl Strategy<Value = Geometry> {
    (-50.0..150.0_f64, -50.0..150.0_f64, 0.5..90.0_f64, 0.5..90.0_f64)
        .prop_map(|(x, y, width, height)| Geometry::Box(BoxShape { x, y, width, height }))
}

fn rotated() -> impl Strategy<Value = Geometry> {
    (0.0..100.0_f64, 0.0..100.0_f64, 1.0..60.0_f64, 1.0..60.0_f64, -360.0..360.0_f64)
        .prop_map(|(cx, cy, width, height, angle)| Geometry::RotatedBox(RotatedBox { cx, cy, width, height, angle }))
}

fn ellipses() -> impl Strategy<Value = Geometry> {
    (0.0..100.0_f64, 0.0..100.0_f64, 1.0..40.0_f64, 1.0..40.0_f64, -180.0..180.0_f64)
        .prop_map(|(cx, cy, rx, ry, angle)| Geometry::Ellipse(Ellipse { cx, cy, rx, ry, angle }))
}

/// Star-shaped rings never cross themselves.
fn polygons() -> impl Strategy<Value = Geometry> {
    (20.0..80.0_f64, 20.0..80.0_f64, prop::collection::vec(3.0..30.0_f64, 3..12)).prop_map(|(cx, cy, radii)| {
        let step = std::f64::consts::TAU / radii.len() as f64;
        let outer = radii
            .iter()
            .enumerate()
            .map(|(index, radius)| {
                let (sin, cos) = (step * index as f64).sin_cos();
                [cx + radius * cos, cy + radius * sin]
            })
            .collect();
        Geometry::Polygon(Polygon { parts: vec![PolygonPart { outer, holes: Vec::new() }] })
    })
}

fn figures() -> impl Strategy<Value = Geometry> {
    prop_oneof![boxes(), rotated(), ellipses(), polygons()]
}

fn masks() -> impl Strategy<Value = Mask> {
    (1..20_u32, 1..20_u32)
        .prop_flat_map(|(width, height)| {
            let pixels = prop::collection::vec(any::<bool>(), (width * height) as usize);
            (Just(width), Just(height), pixels)
        })
        .prop_map(|(width, height, pixels)| Mask::from_pixels(width, height, pixels))
}

proptest! {
    #[test]
    fn overlap_is_symmetric_bounded_and_whole_with_itself(a in figures(), b in figures()) {
        let share = a.iou(&b).unwrap();
        prop_assert!((0.0..=1.0).contains(&share));
        prop_assert!((share - b.iou(&a).unwrap()).abs() < 1e-9);
        prop_assert!((a.iou(&a).unwrap() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn bounds_hold_the_outline_and_are_no_smaller_than_the_area(shape in figures()) {
        let bounds = shape.bounds().unwrap();
        prop_assert!(bounds.area() >= shape.area() - 1e-6);
        if !matches!(shape, Geometry::Ellipse(_)) {
            for point in shape.rings().unwrap().concat() {
                let dot = Bounds::new(point[0], point[1], point[0], point[1]);
                let grown = Bounds::new(bounds.left - 1e-9, bounds.top - 1e-9, bounds.right + 1e-9, bounds.bottom + 1e-9);
                prop_assert!(grown.contains(dot));
            }
        }
    }

    #[test]
    fn cutting_in_two_adds_up(shape in figures(), x in 0.0..100.0_f64) {
        let rings = shape.rings().unwrap();
        let left = BoxShape { x: -1e3, y: -1e3, width: 1e3 + x, height: 3e3 };
        let right = BoxShape { x, y: -1e3, width: 2e3, height: 3e3 };
        let whole = plane::area(&rings);
        let parts = plane::overlap(&rings, &[left.corners().to_vec()]) + plane::overlap(&rings, &[right.corners().to_vec()]);
        prop_assert!((whole - parts).abs() < 1e-6 * whole.max(1.0), "{whole} {parts}");
    }

    #[test]
    fn clipping_stays_inside_and_clipping_again_changes_nothing(shape in figures()) {
        if let Some(once) = shape.clipped(100.0, 80.0) {
            let bounds = once.bounds().unwrap();
            prop_assert!(bounds.left >= -1e-9 && bounds.top >= -1e-9 && bounds.right <= 100.0 + 1e-9 && bounds.bottom <= 80.0 + 1e-9);
            let frame = BoxShape { x: 0.0, y: 0.0, width: 100.0, height: 80.0 };
            let expected = plane::overlap(&shape.rings().unwrap(), &[frame.corners().to_vec()]);
            prop_assert!((plane::area(&once.rings().unwrap()) - expected).abs() < 1e-6 * expected.max(1.0));
            let twice = once.clipped(100.0, 80.0).unwrap();
            prop_assert!((twice.area() - once.area()).abs() < 1e-6 * once.area().max(1.0));
        }
    }

    #[test]
    fn boxes_overlap_the_same_by_formula_and_by_slabs(a in boxes(), b in boxes()) {
        let by_slabs = plane::iou(&a.rings().unwrap(), &b.rings().unwrap());
        prop_assert!((a.iou(&b).unwrap() - by_slabs).abs() < 1e-9);
    }

    #[test]
    fn compressed_runs_are_read_back(mask in masks()) {
        let text = mask.to_compressed();
        prop_assert_eq!(Mask::from_compressed(mask.width, mask.height, &text).unwrap(), mask.clone());
        prop_assert!(mask.is_complete());
    }

    #[test]
    fn mask_bounds_and_overlap_agree_with_the_pixels(a in masks()) {
        let lit: Vec<(u32, u32)> = pixels(&a);
        prop_assert_eq!(lit.len() as u64, a.area());
        match a.bounds() {
            None => prop_assert!(lit.is_empty()),
            Some(bounds) => {
                prop_assert_eq!(bounds.left, f64::from(lit.iter().map(|p| p.0).min().unwrap()));
                prop_assert_eq!(bounds.right, f64::from(lit.iter().map(|p| p.0).max().unwrap() + 1));
                // Runs that wrap over a column's end touch both edges, so top and bottom are exact too.
                prop_assert_eq!(bounds.top, f64::from(lit.iter().map(|p| p.1).min().unwrap()));
                prop_assert_eq!(bounds.bottom, f64::from(lit.iter().map(|p| p.1).max().unwrap() + 1));
                prop_assert_eq!(a.iou(&a), Some(1.0));
            }
        }
    }

    #[test]
    fn a_polygon_and_its_mask_have_nearly_the_same_area(shape in polygons()) {
        let mask = Mask::of_rings(&shape.rings().unwrap(), 120, 120);
        let length: f64 = 4.0 * shape.bounds().unwrap().width().max(shape.bounds().unwrap().height()) * 3.0;
        prop_assert!((mask.area() as f64 - shape.area()).abs() <= length);
    }

    #[test]
    fn garbage_is_no_run_length(text in "\\PC{0,30}") {
        // It may be readable by chance, but must never panic.
        let _ = Mask::from_compressed(10, 10, &text);
    }
}

fn pixels(mask: &Mask) -> Vec<(u32, u32)> {
    let mut lit = Vec::new();
    let mut at = 0;
    for (index, count) in mask.counts.iter().enumerate() {
        for _ in 0..*count {
            if index % 2 == 1 {
                lit.push((at / mask.height, at % mask.height));
            }
            at += 1;
        }
    }
    lit
}

#[test]
fn a_hole_is_not_part_of_the_area() {
    let square = |low: f64, high: f64| vec![[low, low], [high, low], [high, high], [low, high]];
    let ring = Polygon { parts: vec![PolygonPart { outer: square(0.0, 10.0), holes: vec![square(2.0, 4.0)] }] };
    assert!((Geometry::Polygon(ring).area() - 96.0).abs() < 1e-9);
}

#[test]
fn spans_overlap_by_characters() {
    let share = Span::new(0, 6).iou(&Span { ranges: vec![[4, 8], [10, 12]] });
    assert!((share - 2.0 / 10.0).abs() < 1e-12);
}

#[test]
fn every_geometry_is_written_with_its_type_and_read_back() {
    let text = r#"{"type":"box","x":1.0,"y":2.0,"width":3.5,"height":4.0}"#;
    let shape: Geometry = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&shape).unwrap(), text);
    assert!(serde_json::from_str::<Geometry>(r#"{"type":"blob"}"#).is_err());
}

proptest! {
    #[test]
    fn masks_by_bytes_are_masks_by_pixels(width in 1..40_u32, height in 1..40_u32, seed in any::<u64>(), long in any::<bool>()) {
        let bytes: Vec<u8> = (0..width * height)
            .map(|at| {
                let at = if long { at / 13 } else { at };
                (seed.wrapping_mul(u64::from(at) | 1).rotate_left(at % 64) & 7).saturating_sub(5) as u8 * 127
            })
            .collect();
        let mask = Mask::from_bytes(width, height, &bytes);
        prop_assert_eq!(&mask, &Mask::from_pixels(width, height, bytes.iter().map(|byte| *byte != 0)));
        prop_assert_eq!(mask.to_bytes(), bytes.iter().map(|byte| u8::from(*byte != 0)).collect::<Vec<_>>());
        prop_assert_eq!(mask.iou(&mask), Some(if mask.area() == 0 { 0.0 } else { 1.0 }));
    }
}
