#![allow(clippy::unwrap_used)]
use super::{
    agreement::agreement_drift,
    alerts::{DEFAULT_RULES, Severity, alerts},
    change_points::change_points,
    correction::{benjamini_hochberg, holm},
    measures::*,
    tests::*,
    windows::{Kind, Sample, adjust, column},
};
use crate::statistics::random::Random;
use proptest::prelude::*;

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{found} {expected}");
}

/// scipy 1.16: chi2_contingency([[10, 20, 30], [20, 20, 10]]), chisquare([20, 20, 10], [10, 20, 30] scaled),
/// jensenshannon(p, q, base) and wasserstein_distance.
#[test]
fn measures_by_hand() {
    let (r, c) = ([10.0, 20.0, 30.0], [20.0, 20.0, 10.0]);
    let contingency = chi_square_contingency(&r, &c).unwrap();
    // Expected: 30, 40, 40 split 60 : 50.
    let by_hand: f64 = [
        (10.0, 180.0 / 11.0),
        (20.0, 240.0 / 11.0),
        (30.0, 240.0 / 11.0),
        (20.0, 150.0 / 11.0),
        (20.0, 200.0 / 11.0),
        (10.0, 200.0 / 11.0),
    ]
    .iter()
    .map(|(seen, expected): &(f64, f64)| (seen - expected).powi(2) / expected)
    .sum();
    close(contingency.statistic, by_hand);
    // Two degrees of freedom: the tail is exp(-x / 2).
    close(contingency.p_value, (-by_hand / 2.0).exp());
    let fit = chi_square_goodness_of_fit(&r, &c).unwrap();
    let expected = [50.0 / 6.0, 100.0 / 6.0, 25.0];
    close(fit.statistic, c.iter().zip(expected).map(|(s, e)| (s - e).powi(2) / e).sum());
    close(fit.p_value, (-fit.statistic / 2.0).exp());
    assert!(chi_square_goodness_of_fit(&[1.0, 0.0], &[1.0, 1.0]).unwrap().p_value == 0.0);
    let js = jensen_shannon(&[0.5, 0.5], &[1.0, 0.0]);
    // (0.5 ln(0.5/0.75) + 0.5 ln 2 + ln(4/3)) / 2
    close(js.divergence_nats, (0.5 * (2.0_f64 / 3.0).ln() + 0.5 * 2.0_f64.ln() + (4.0_f64 / 3.0).ln()) / 2.0);
    close(js.distance_bits, (js.divergence_nats / 2.0_f64.ln()).sqrt());
    close(jensen_shannon(&[1.0, 0.0], &[0.0, 1.0]).divergence_bits, 1.0);
    close(wasserstein(&[0.0, 1.0, 3.0], &[5.0, 6.0, 8.0]).unwrap(), 5.0);
    close(wasserstein(&[0.0, 1.0], &[0.0, 0.0, 1.0, 1.0, 1.0, 1.0]).unwrap(), 1.0 / 6.0);
    close(psi(&[0.5, 0.5], &[0.4, 0.6]), -0.1 * 0.8_f64.ln() + 0.1 * 1.2_f64.ln());
    close(psi(&[1.0, 0.0], &[0.5, 0.5]), -0.5 * 0.5_f64.ln() + (0.5 - 1e-4) * (0.5_f64 / 1e-4).ln());
}

#[test]
fn kolmogorov_smirnov_by_counting() {
    // 3 against 3 apart: of the 20 orders only two are as extreme.
    let apart = kolmogorov_smirnov(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).unwrap();
    close(apart.statistic, 1.0);
    close(apart.p_value, 0.1);
    let same = kolmogorov_smirnov(&[1.0, 2.0], &[1.0, 2.0]).unwrap();
    assert_eq!((same.statistic, same.p_value), (0.0, 1.0));
    assert!(same.note.contains("conservative"));
    // Large samples: the limit and the exact form are near.
    let mut random = Random::new(1);
    let mut draw = |n: usize, shift: f64| {
        let mut values: Vec<f64> = (0..n).map(|_| random.normal() + shift).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let (a, b) = (draw(6000, 0.0), draw(6000, 0.03));
    let exact = kolmogorov_smirnov(&a, &b).unwrap();
    let (a, b) = (draw(20_000, 0.0), draw(20_000, 0.1));
    let limit = kolmogorov_smirnov(&a, &b).unwrap();
    assert!(exact.note.starts_with("exact") && exact.p_value > 1e-4);
    assert!(limit.note.starts_with("limit") && limit.p_value < 1e-10);
    assert_eq!(kolmogorov_smirnov(&[], &a), None);
}

#[test]
fn bins_are_honoured() {
    let values: Vec<f64> = (0..1000).map(f64::from).collect();
    for bins in [2, 5, 10, 37] {
        assert_eq!(histogram(&values, &quantile_edges(&values, bins)).len(), bins);
        let sample = |shift: f64| Sample { numbers: values.iter().map(|v| v + shift).collect(), ..Sample::default() };
        assert_eq!(column("x", Kind::Numbers, sample(0.0), sample(0.0), bins).psi_bins, bins);
    }
    let constant = vec![1.0; 10];
    assert_eq!(histogram(&constant, &quantile_edges(&constant, 10)), [0.0, 10.0]);
}

/// The worked example of Benjamini and Hochberg's paper has 15 p-values, of which their method keeps 4 at 0.05, Holm 3.
#[test]
fn corrections_of_the_paper() {
    let p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ];
    let kept = |adjusted: &[f64]| adjusted.iter().filter(|p| **p <= 0.05).count();
    assert_eq!((kept(&benjamini_hochberg(&p)), kept(&holm(&p))), (4, 3));
    close(holm(&p)[0], 0.0015);
    close(benjamini_hochberg(&p)[3], 0.0095 * 15.0 / 4.0);
    assert!(holm(&[]).is_empty());
}

#[test]
fn planted_changes_are_found_where_they_are() {
    let (mut found_right, mut alarms) = (0, 0);
    for seed in 0..100 {
        let mut random = Random::new(seed);
        let mut series = |height: f64| -> Vec<f64> {
            (0..300).map(|at| random.normal() + if (100..180).contains(&at) { height } else { 0.0 }).collect()
        };
        let found = change_points(&series(4.0));
        found_right += usize::from(found.len() == 2 && found[0].abs_diff(100) <= 2 && found[1].abs_diff(180) <= 2);
        alarms += usize::from(!change_points(&series(0.0)).is_empty());
    }
    assert!(found_right >= 94 && alarms <= 5, "{found_right} found, {alarms} alarms");
    assert!(change_points(&[1e308, -1e308, 1e308, f64::NAN]).is_empty());
    assert!(change_points(&[0.0; 50]).is_empty());
}

#[test]
fn planted_drift_is_told_from_none() {
    let mut random = Random::new(8);
    let mut numbers =
        |shift: f64| Sample { numbers: (0..2000).map(|_| random.normal() + shift).collect(), ..Sample::default() };
    let mut columns = vec![
        column("same", Kind::Numbers, numbers(0.0), numbers(0.0), 10),
        column("moved", Kind::Numbers, numbers(0.0), numbers(1.0), 10),
        column(
            "classes",
            Kind::Categories,
            Sample { counts: vec![500.0, 500.0, 0.0], missing: 3, ..Sample::default() },
            Sample { counts: vec![300.0, 500.0, 200.0], missing: 2, ..Sample::default() },
            10,
        ),
        column("empty", Kind::Numbers, Sample::default(), numbers(0.0), 10),
    ];
    adjust(&mut columns);
    let found = alerts(&columns, &DEFAULT_RULES);
    let names: Vec<(&str, Severity)> = found.iter().map(|alert| (alert.column.as_str(), alert.severity)).collect();
    assert_eq!(names, [("moved", Severity::Alarm), ("classes", Severity::Alarm)]);
    assert_eq!(columns[3].undefined_because.as_deref(), Some("the reference window has no value"));
    assert!(columns[0].p_holm.unwrap() > 0.05);
}

#[test]
fn agreement_that_falls_is_seen() {
    let mut random = Random::new(2);
    let mut units = |agree: f64| -> Vec<Vec<u32>> {
        (0..200)
            .map(|_| (0..3).map(|_| if random.unit() < agree { 0 } else { 1 + random.below(3) as u32 }).collect())
            .collect()
    };
    let (before, after, again) = (units(0.9), units(0.6), units(0.9));
    let found = agreement_drift(&before, &after, 1).unwrap();
    assert!(found.current < found.reference - 0.2 && found.test.p_value < 0.001);
    assert!(agreement_drift(&before, &again, 1).unwrap().test.p_value > 0.01);
    assert_eq!(agreement_drift(&before, &[vec![1]], 1), None);
}

proptest! {
    /// Against all interleavings, counted one by one.
    #[test]
    fn exact_p_values_are_shares_of_orders(n in 1..6_usize, m in 1..6_usize, seed in 0..1000_u64) {
        let mut random = Random::new(seed);
        let mut draw = |n: usize| {
            let mut values: Vec<f64> = (0..n).map(|_| random.normal()).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let (a, b) = (draw(n), draw(m));
        let found = kolmogorov_smirnov(&a, &b).unwrap();
        let (mut extreme, mut all) = (0, 0);
        for mask in 0..(1_u32 << (n + m)) {
            if mask.count_ones() as usize != n {
                continue;
            }
            let (mut i, mut j, mut most) = (0, 0, 0.0_f64);
            for place in 0..n + m {
                if mask >> place & 1 == 1 { i += 1 } else { j += 1 }
                most = most.max((i as f64 / n as f64 - j as f64 / m as f64).abs());
            }
            all += 1;
            extreme += u32::from(most >= found.statistic - 1e-9);
        }
        prop_assert!((found.p_value - f64::from(extreme) / f64::from(all)).abs() < 1e-9);
    }
}
