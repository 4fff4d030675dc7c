#![allow(clippy::unwrap_used)]

use super::*;
use labelwright_core::{
    Geometry, Target,
    geometry::{
        BoxShape, Interval, Keyframe, Keypoint, Keypoints, Mask, Polyline, RotatedBox, Span, Track, Visibility,
    },
};
use proptest::prelude::*;

fn shaped(class: &str, geometry: Geometry) -> Region {
    let attributes = Default::default();
    Region { id: "r".into(), target: Target::Item, geometry, class: class.into(), attributes, score: None }
}

fn boxed(x: f64, y: f64, width: f64, height: f64) -> Geometry {
    Geometry::Box(BoxShape { x, y, width, height })
}

fn region(class: &str, x: f64) -> Region {
    shaped(class, boxed(x, 0.0, 10.0, 10.0))
}

fn of(one: &Geometry, other: &Geometry) -> f64 {
    similarity(one, other, &Similarity::default()).unwrap()
}

#[test]
fn the_whole_assignment_counts_and_not_the_best_single_pair() {
    // Greedy would take 0-0 (overlap 0.82) and leave 1 alone; the best assignment pairs both.
    let (a, b) = ([region("car", 0.0), region("car", -3.0)], [region("car", -1.0), region("car", 3.0)]);
    let matching = match_regions(&[&a[0], &a[1]], &[&b[0], &b[1]], 0.3);
    assert_eq!(matching.pairs.iter().map(|p| (p.first, p.second)).collect::<Vec<_>>(), [(0, 1), (1, 0)]);
}

#[test]
fn the_same_class_goes_first() {
    let (a, b) = ([region("car", 0.0)], [region("truck", 0.0), region("car", 3.0)]);
    let matching = match_regions(&[&a[0]], &[&b[0], &b[1]], 0.3);
    assert_eq!((matching.pairs[0].second, matching.pairs[0].same_class), (1, true));
    assert_eq!(matching.only_second, [0]);
    assert!(matches!(matching.second_reasons[0], Reason::ClassDiffers { nearest: 0, similarity } if similarity == 1.0));
}

#[test]
fn every_region_alone_says_why() {
    let a = [region("car", 0.0), region("car", 100.0), region("car", 200.0), region("car", 300.0)];
    let b = [region("car", 0.5), region("car", 1.0), region("car", 108.0), region("dog", 200.0)];
    let (first, second): (Vec<&Region>, Vec<&Region>) = (a.iter().collect(), b.iter().collect());
    let settings = Settings { across_classes: false, ..Settings::new(0.5) };
    let matching = match_with(&first, &second, &settings);
    assert_eq!(matching.pairs.len(), 1);
    assert_eq!(matching.only_first, [1, 2, 3]);
    assert!(matches!(matching.first_reasons[0], Reason::BelowThreshold { nearest: 2, .. }));
    assert!(matches!(matching.first_reasons[1], Reason::ClassDiffers { nearest: 3, .. }));
    assert_eq!(matching.first_reasons[2], Reason::NoOverlap);
    assert!(matches!(matching.second_reasons[0], Reason::Taken { nearest: 0, .. }));
    assert_eq!(match_with(&first[..1], &[], &settings).first_reasons, [Reason::NothingThere]);
}

#[test]
fn equally_rotated_boxes_with_other_centres() {
    // Compared unrotated they would overlap by a third; turned by 45 degrees they lie beside each other.
    let turned = |cx: f64, cy: f64, angle| Geometry::RotatedBox(RotatedBox { cx, cy, width: 40.0, height: 4.0, angle });
    let along = of(&turned(0.0, 0.0, 45.0), &turned(10.0, 10.0, 45.0));
    let shift = 200.0_f64.sqrt();
    assert!((along - (40.0 - shift) / (40.0 + shift)).abs() < 1e-9, "{along}");
    assert_eq!(of(&turned(0.0, 0.0, 45.0), &turned(10.0, -10.0, 45.0)), 0.0);
    // A box turned by nothing is a box.
    assert!((of(&turned(20.0, 2.0, 0.0), &boxed(0.0, 0.0, 40.0, 4.0)) - 1.0).abs() < 1e-12);
}

#[test]
fn each_geometry_has_its_measure() {
    assert!((of(&Geometry::Span(Span::new(0, 4)), &Geometry::Span(Span::new(2, 6))) - 1.0 / 3.0).abs() < 1e-12);
    let interval = |start, end| Geometry::Interval(Interval { start, end });
    assert!((of(&interval(0, 10), &interval(5, 10)) - 0.5).abs() < 1e-12);
    let mask = Mask::of_rings(&[vec![[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]]], 8, 8);
    assert!((of(&Geometry::Mask(mask), &boxed(0.0, 0.0, 4.0, 2.0)) - 0.5).abs() < 1e-12);
    assert_eq!(similarity(&interval(0, 1), &boxed(0.0, 0.0, 1.0, 1.0), &Similarity::default()), None);
    let line = |points: &[[f64; 2]]| Geometry::Polyline(Polyline { points: points.to_vec() });
    let forward = line(&[[0.0, 0.0], [50.0, 0.0], [100.0, 50.0]]);
    let backward = line(&[[100.0, 50.0], [50.0, 0.0], [0.0, 0.0]]);
    assert!((of(&forward, &backward) - 1.0).abs() < 1e-12);
    let directed = Similarity { directed: true, ..Similarity::default() };
    assert!(similarity(&forward, &backward, &directed).unwrap() < 0.5);
    assert!(of(&forward, &line(&[[0.0, 40.0], [100.0, 90.0]])) < 0.01);
}

#[test]
fn joints_fall_off_by_their_sigma() {
    let joints = |shift: f64| {
        let point = |x, y| Keypoint { x, y, visibility: Visibility::Visible };
        Geometry::Keypoints(Keypoints { points: vec![point(shift, 0.0), point(10.0, 10.0)] })
    };
    let settings = Similarity { sigmas: vec![0.1, 0.2], scale: Some(100.0), ..Similarity::default() };
    let expected = f64::midpoint((-1.0_f64 / (2.0 * 100.0 * 0.04)).exp(), 1.0);
    let found = similarity(&joints(0.0), &joints(1.0), &settings).unwrap();
    assert!((found - expected).abs() < 1e-12, "{found} {expected}");
}

#[test]
fn tracks_are_compared_over_all_their_frames() {
    let track = |frames: &[(u32, f64)]| {
        let keyframes = frames.iter().map(|(frame, x)| Keyframe::new(*frame, boxed(*x, 0.0, 10.0, 10.0))).collect();
        Geometry::Track(Track { keyframes })
    };
    // The same way with other keyframes is the same track; half of its time is half of it.
    let whole = track(&[(0, 0.0), (10, 100.0)]);
    assert!((of(&whole, &track(&[(0, 0.0), (5, 50.0), (10, 100.0)])) - 1.0).abs() < 1e-12);
    assert!((of(&whole, &track(&[(0, 0.0), (4, 40.0)])) - 5.0 / 11.0).abs() < 1e-12);
    assert!(of(&track(&[(0, 0.0), (u32::MAX, 5.0)]), &whole) < 0.01);
}

proptest! {
    #[test]
    fn the_first_list_is_not_special(
        first in prop::collection::vec((0..4_u8, 0..2_u8), 0..7),
        second in prop::collection::vec((0..4_u8, 0..2_u8), 0..7),
        turn in 0..7_usize,
    ) {
        let make = |list: &[(u8, u8)]| -> Vec<Region> {
            list.iter().map(|(x, class)| region(&format!("c{class}"), f64::from(*x) * 3.0)).collect()
        };
        let (one, two) = (make(&first), make(&second));
        let (one, mut two): (Vec<&Region>, Vec<&Region>) = (one.iter().collect(), two.iter().collect());
        let forward = match_regions(&one, &two, 0.2);
        let backward = match_regions(&two, &one, 0.2);
        let name = |region: &Region| format!("{}{:?}", region.class, region.geometry);
        let pairs = |matching: &Matching, a: &[&Region], b: &[&Region], turned: bool| {
            let mut found: Vec<(String, String)> = matching
                .pairs
                .iter()
                .map(|pair| {
                    let names = (name(a[pair.first]), name(b[pair.second]));
                    if turned { (names.1, names.0) } else { names }
                })
                .collect();
            found.sort();
            found
        };
        let expected = pairs(&forward, &one, &two, false);
        prop_assert_eq!(&expected, &pairs(&backward, &two, &one, true));
        if !two.is_empty() {
            let steps = turn % two.len();
            two.rotate_left(steps);
            let rotated = match_regions(&one, &two, 0.2);
            prop_assert_eq!(&expected, &pairs(&rotated, &one, &two, false));
        }
        prop_assert_eq!(forward.only_first.len(), forward.first_reasons.len());
        prop_assert_eq!(forward.pairs.len() + forward.only_second.len(), two.len());
    }
}
