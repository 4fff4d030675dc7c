//! Detection at a threshold, segmentation, spans and calibration, worked by hand.

#![allow(clippy::unwrap_used)]

use labelwright_core::{
    Geometry, Region, Target,
    geometry::{BoxShape, Mask},
};
use labelwright_quality::{
    agreement::span_f1::{SpanMatching, Stretch},
    evaluation::{
        calibration::{Binning, calibration},
        detection::detection,
        panoptic::{Segment, panoptic},
        segmentation::segmentation,
        spans::spans,
    },
    matching::Settings,
};
use std::collections::BTreeMap;

fn region(class: &str, x: f64) -> Region {
    Region {
        id: String::new(),
        target: Target::Item,
        geometry: Geometry::Box(BoxShape { x, y: 0.0, width: 10.0, height: 10.0 }),
        class: class.into(),
        attributes: Default::default(),
        score: None,
    }
}

#[test]
fn detections_are_right_confused_missed_or_made_up() {
    let predicted = [region("car", 0.0), region("car", 100.0), region("dog", 200.0)];
    let truth = [region("car", 1.0), region("dog", 100.0), region("car", 300.0)];
    let found = detection(&[(&predicted, &truth)], &Settings::new(0.5));
    let scores = &found.scores;
    assert_eq!((scores.right, scores.wrong_class, scores.missing, scores.extra), (1, 1, 1, 1));
    assert_eq!(found.confusion.counts, [[1, 1, 0], [0, 0, 1], [1, 0, 0]]);
    let car = &scores.classes[0];
    assert_eq!((car.precision, car.recall, car.f1), (Some(0.5), Some(0.5), Some(0.5)));
    assert_eq!(scores.classes[1].f1, Some(0.0));
    assert!((scores.micro.jaccard.unwrap() - 1.0 / 5.0).abs() < 1e-12);
    assert!((found.mean_overlap.unwrap() - (9.0 / 11.0 + 1.0) / 2.0).abs() < 1e-12);
    let nothing = detection(&[(&[], &[])], &Settings::new(0.5));
    assert_eq!((nothing.scores.macro_f1, nothing.mean_overlap), (None, None));
}

fn mask(bits: &str) -> Mask {
    Mask::from_pixels(bits.len() as u32, 1, bits.chars().map(|c| c == '1'))
}

#[test]
fn segmentation_pools_pixels() {
    let image = |p: &str, t: &str| {
        (BTreeMap::from([("road".to_owned(), mask(p))]), BTreeMap::from([("road".to_owned(), mask(t))]))
    };
    let found = segmentation(&[image("1100", "1000"), image("0011", "0011")]).unwrap();
    assert_eq!(found.classes, [("road".to_owned(), 0.75, 3)]);
    let wrong = (BTreeMap::from([("a".to_owned(), mask("11"))]), BTreeMap::from([("a".to_owned(), mask("1"))]));
    assert!(segmentation(&[wrong]).is_none());
}

#[test]
fn panoptic_quality_by_hand() {
    let segment = |class: &str, bits: &str, crowd| Segment { class: class.into(), mask: mask(bits), crowd };
    let truth = vec![
        segment("cat", "111100000000", false),
        segment("cat", "000011110000", false),
        segment("dog", "000000001111", true),
    ];
    let predicted = vec![
        segment("cat", "111000000000", false),
        // Misses the second cat by one half exactly, and is made up.
        segment("cat", "000011000000", false),
        // Lies in the crowd.
        segment("dog", "000000001100", false),
    ];
    let found = panoptic(&[(predicted, truth)]).unwrap();
    let cat = &found.classes[0];
    assert_eq!((cat.matched, cat.extra, cat.missing), (1, 1, 1));
    assert!((cat.sq - 0.75).abs() < 1e-12 && (cat.rq - 0.5).abs() < 1e-12 && (cat.pq - 0.375).abs() < 1e-12);
    assert_eq!(found.classes.len(), 1);
    assert_eq!(panoptic(&[]).unwrap().pq, None);
}

#[test]
fn spans_by_label() {
    let span = |start, end, label: &str| Stretch { start, end, label: label.into() };
    let predicted = vec![span(0, 2, "PER"), span(5, 8, "LOC"), span(9, 10, "PER")];
    let truth = vec![span(0, 2, "PER"), span(5, 7, "LOC")];
    let exact = spans(&[(predicted.clone(), truth.clone())], SpanMatching::Exact);
    assert_eq!((exact.micro.precision, exact.micro.recall), (Some(1.0 / 3.0), Some(0.5)));
    assert_eq!((exact.micro.f1, exact.macro_f1), (Some(0.4), Some((0.0 + 2.0 / 3.0) / 2.0)));
    let partial = spans(&[(predicted.clone(), truth.clone())], SpanMatching::Partial);
    assert_eq!((partial.micro.precision, partial.micro.recall), (Some(0.5), Some(0.75)));
    let token = spans(&[(predicted, truth)], SpanMatching::Token);
    assert_eq!((token.micro.precision, token.micro.recall), (Some(4.0 / 6.0), Some(1.0)));
}

#[test]
fn calibration_by_hand() {
    let predictions = [(0.9, true), (0.9, true), (0.9, false), (0.9, true), (0.2, false), (0.2, true)];
    let found = calibration(&predictions, 10, Binning::Width).unwrap();
    assert!((found.ece - (4.0 / 6.0 * 0.15 + 2.0 / 6.0 * 0.3)).abs() < 1e-12);
    assert!((found.mce - 0.3).abs() < 1e-12);
    assert!((found.brier - (3.0 * 0.01 + 0.81 + 0.04 + 0.64) / 6.0).abs() < 1e-12);
    assert_eq!(found.bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [2, 4]);
    // Equal confidences cannot be cut apart.
    let counted = calibration(&predictions, 3, Binning::Count).unwrap();
    assert_eq!(counted.bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [2, 4]);
    assert!(calibration(&[], 10, Binning::Width).is_none());
    assert!(calibration(&[(f64::NAN, true)], 10, Binning::Width).is_none());
    assert!(calibration(&[(0.0, false), (1.0, true)], 10, Binning::Width).unwrap().ece < 1e-12);
}
