#![allow(clippy::unwrap_used)]
use super::super::scores::{SCORINGS, scoring};
use super::*;
use crate::statistics::random::Random;

/// Labels with a planted share of errors, and probabilities of a model that is right most of the time.
pub(crate) fn planted(items: usize, classes: usize, noise: f64, seed: u64) -> (Vec<u32>, Vec<f64>, Vec<bool>) {
    let mut random = Random::new(seed);
    let (mut labels, mut probabilities, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..items {
        let truth = random.below(classes);
        let mut row: Vec<f64> = (0..classes).map(|_| random.normal()).collect();
        row[truth] += 3.0;
        crate::numeric::soft_max(&mut row);
        probabilities.extend(row);
        let error = random.unit() < noise;
        labels.push(if error { (truth + 1 + random.below(classes - 1)) % classes } else { truth } as u32);
        wrong.push(error);
    }
    (labels, probabilities, wrong)
}

#[test]
fn planted_errors_are_found_by_every_filter() {
    let (labels, probabilities, wrong) = planted(3000, 4, 0.1, 3);
    let data = Labeled::new(&labels, &probabilities, 4).unwrap();
    for filter in FILTERS {
        let found = find(&data, filter, &SCORINGS[0]);
        let right = found.is_issue.iter().zip(&wrong).filter(|(issue, wrong)| **issue && **wrong).count();
        let (precision, all) = (right as f64 / found.count() as f64, wrong.iter().filter(|w| **w).count());
        assert!(precision > 0.8, "{} precision {precision}", filter.id);
        assert!(right as f64 / all as f64 > 0.6, "{} recall", filter.id);
        assert!((found.joint.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_rare_class_is_reported() {
    let (mut labels, mut probabilities, _) = planted(200, 3, 0.0, 9);
    for (label, row) in labels.iter_mut().zip(probabilities.chunks_exact_mut(3)) {
        if *label == 2 {
            *label = 0;
            row.copy_from_slice(&[0.8, 0.1, 0.1]);
        }
    }
    labels.push(2);
    probabilities.extend([0.9, 0.05, 0.05]);
    let data = Labeled::new(&labels, &probabilities, 3).unwrap();
    let found = find(&data, filter("prune-by-class").unwrap(), scoring("self_confidence").unwrap());
    assert_eq!(found.rare, [RareClass { class: 2, items: 1 }]);
    // The filter that does not prune judges it all the same.
    let found = find(&data, filter("confident_learning").unwrap(), scoring("self_confidence").unwrap());
    assert!(found.rare.is_empty());
    assert_eq!(data.likeliest(200), 0);
}

#[test]
fn rounding_keeps_sums() {
    assert_eq!(round_keeping_sum(&[0.2, 0.4, 0.3, 1.1]), [0, 1, 0, 1]);
    for row in [[2.5, 2.5, 2.5], [0.1, 0.1, 0.9], [1e6 + 0.3, 0.3, 0.4]] {
        assert_eq!(round_keeping_sum(&row).iter().sum::<i64>() as f64, row.iter().sum::<f64>().round_ties_even());
    }
}

#[test]
fn what_is_no_probability_is_an_error_with_its_row() {
    let wrong = |values: &[f64]| Labeled::new(&[0, 1], values, 2).unwrap_err().to_string();
    assert_eq!(wrong(&[0.5, 0.5, f64::NAN, 0.5]), "row 1, class 0: NaN is no probability");
    assert_eq!(wrong(&[0.5, 0.5, 0.9, 0.5]), "row 1: the probabilities sum to 1.4, not to 1");
    assert_eq!(wrong(&[0.5, 0.5]), "2 labels for 1 rows of probabilities");
    assert!(Labeled::new(&[], &[], 1).is_err());
    let empty = Labeled::new(&[], &[], 2).unwrap();
    assert_eq!(find(&empty, &FILTERS[0], &SCORINGS[0]).count(), 0);
}
