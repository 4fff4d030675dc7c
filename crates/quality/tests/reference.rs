//! Cross-checks against crowd-kit, cleanlab and scipy, on the file that `scripts/quality_fixtures.py` writes. To 1e-9
//! where both sides are exact. Where a library is wrong or stops early, ours is held against the independent optimum,
//! and the test says so.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use labelwright_quality::{
    aggregation::{self, Options, Votes},
    crowdlab,
    drift::{measures, tests as drift_tests},
    issues::{Labeled, confident, multi_label, neighbors, scores},
    pairwise::{self, Comparison, Outcome},
    statistics::intervals::{clopper_pearson, wilson},
};
use serde_json::Value;

fn fixture(part: &str) -> Value {
    let text = include_str!("fixtures/reference.json");
    serde_json::from_str::<Value>(text).unwrap()[part].take()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn whole(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as u32).collect()
}

fn flags(value: &Value) -> Vec<bool> {
    value.as_array().unwrap().iter().map(|v| v.as_bool().unwrap()).collect()
}

fn size(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

fn close(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (index, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance, "{what}[{index}]: {a} {b}");
    }
}

fn votes(part: &Value) -> Votes {
    let rows: Vec<(u32, u32, u32)> = part["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let row = whole(row);
            (row[0], row[1], row[2])
        })
        .collect();
    Votes::new(size(&part["tasks"]), size(&part["workers"]), size(&part["classes"]), &rows).unwrap()
}

#[test]
fn cleanlab_finds_the_same_issues() {
    let part = fixture("issues");
    let (labels, probabilities) = (whole(&part["labels"]), numbers(&part["probabilities"]));
    let data = Labeled::new(&labels, &probabilities, 4).unwrap();
    for filter in confident::FILTERS {
        let found = confident::find(&data, filter, &scores::SCORINGS[0]);
        assert_eq!(found.is_issue, flags(&part["filters"][filter.id]), "{}", filter.id);
        close("joint", &found.joint, &numbers(&part["joint"]), 1e-12);
    }
    for scoring in scores::SCORINGS {
        close(scoring.id, &scores::all(&data, scoring), &numbers(&part["scores"][scoring.id]), 1e-12);
    }
}

#[test]
fn cleanlab_finds_the_same_multi_label_issues() {
    let part = fixture("multi_label");
    let (holds, probabilities) = (flags(&part["holds"]), numbers(&part["probabilities"]));
    let filter = confident::filter("prune_by_noise_rate").unwrap();
    let found = multi_label::multi_label(&holds, &probabilities, 3, filter, &scores::SCORINGS[0]).unwrap();
    close("scores", &found.scores, &numbers(&part["scores"]), 1e-12);
    assert_eq!(found.is_issue, flags(&part["is_issue"]));
}

#[test]
fn cleanlab_reaches_the_same_consensus() {
    let part = fixture("crowdlab");
    let found = crowdlab::consensus(&votes(&part), &numbers(&part["probabilities"])).unwrap();
    assert_eq!(found.labels, whole(&part["labels"]));
    close("quality", &found.quality, &numbers(&part["quality"]), 1e-9);
    let agreement: Vec<f64> = found.agreement.iter().map(|a| a.unwrap()).collect();
    close("agreement", &agreement, &numbers(&part["agreement"]), 1e-12);
    let weights: Vec<f64> = found.annotators.iter().map(|a| a.weight).collect();
    close("weights", &weights, &numbers(&part["annotator_weight"]), 1e-9);
    let quality: Vec<f64> = found.annotators.iter().map(|a| a.quality.unwrap()).collect();
    close("annotator quality", &quality, &numbers(&part["annotator_quality"]), 1e-9);
    assert!((found.model_weight - part["model_weight"].as_f64().unwrap()).abs() < 1e-9);
}

#[test]
fn cleanlab_scores_the_same_outliers() {
    for part in fixture("outliers").as_array().unwrap() {
        let found = neighbors::outliers(&numbers(&part["values"]), size(&part["columns"]), size(&part["neighbors"]));
        close("scores", &found.unwrap().scores, &numbers(&part["scores"]), 1e-9);
    }
}

#[test]
fn crowd_kit_has_the_same_majority_and_the_same_dawid_skene_steps() {
    let part = fixture("crowd");
    let votes = votes(&part);
    let majority = aggregation::aggregate("majority-vote", &votes, &Options::default()).unwrap();
    close("majority", &majority.probabilities, &numbers(&part["majority"]), 1e-12);
    // Its probabilities after 12 steps are those of the parameters of step 11.
    let options = Options { accelerate: false, iterations: Some(11), tolerance: 0.0, ..Options::default() };
    let steps = aggregation::aggregate("dawid-skene", &votes, &options).unwrap();
    close("steps", &steps.probabilities, &numbers(&part["crowd_kit_dawid_skene_after_12"]), 1e-9);
}

/// crowd-kit stops Dawid-Skene and GLAD early, and one-coin has no other fixed point: ours are the independent optima.
#[test]
fn fixed_points_are_the_independent_optima() {
    let part = fixture("crowd");
    let votes = votes(&part);
    let best = &part["independent"];
    let options = Options { tolerance: 1e-12, iterations: Some(200_000), adversaries: true, ..Options::default() };
    for (id, name) in [("dawid-skene", "dawid_skene"), ("one-coin", "one_coin")] {
        let found = aggregation::aggregate(id, &votes, &options).unwrap();
        assert!(found.converged, "{id}");
        close(id, &found.probabilities, &numbers(&best[name]["probabilities"]), 1e-6);
        let likelihood = best[name]["log_likelihood"].as_f64().unwrap();
        assert!((found.path.last().unwrap() - likelihood).abs() < 1e-6, "{id} {:?} {likelihood}", found.path.last());
    }
    let glad =
        aggregation::aggregate("glad", &votes, &Options { iterations: Some(20_000), ..Options::default() }).unwrap();
    let optimum = best["glad_log_posterior"].as_f64().unwrap();
    assert!(*glad.path.last().unwrap() >= optimum - 1e-3, "{:?} {optimum}", glad.path.last());
}

/// crowd-kit's Bradley-Terry stops after two steps and its noisy form climbs wrong slopes: ours are scipy's optima.
#[test]
fn strengths_are_the_independent_optima() {
    let part = fixture("pairwise");
    let comparisons: Vec<Comparison> = part["comparisons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let row = whole(row);
            let outcome = if row[3] == 1 { Outcome::Left } else { Outcome::Right };
            Comparison { worker: row[0], left: row[1], right: row[2], outcome }
        })
        .collect();
    let rank = |id| {
        let (items, workers) = (size(&part["items"]), size(&part["workers"]));
        pairwise::rank(id, items, workers, &comparisons, &pairwise::Options::default()).unwrap()
    };
    let best = &part["independent"];
    close("bradley-terry", &rank("bradley-terry").log_strengths, &numbers(&best["bradley_terry"]), 1e-6);
    close("plackett-luce", &rank("plackett-luce").log_strengths, &numbers(&best["bradley_terry"]), 1e-6);
    for (id, name) in [("crowd-bt", "crowd_bt"), ("noisy-bradley-terry", "noisy")] {
        let found = rank(id);
        assert!(found.log_likelihood >= best[name]["log_posterior"].as_f64().unwrap() - 1e-7, "{id}");
        close(id, &found.log_strengths, &numbers(&best[name]["log_strengths"]), 1e-4);
    }
}

#[test]
fn scipy_measures_the_same_drift() {
    let part = fixture("drift");
    let sorted = |value: &Value| {
        let mut values = numbers(value);
        values.sort_by(f64::total_cmp);
        values
    };
    let (a, b) = (sorted(&part["numbers"][0]), sorted(&part["numbers"][1]));
    let (r, c) = (numbers(&part["counts"][0]), numbers(&part["counts"][1]));
    let pair = |test: drift_tests::Test| vec![test.statistic, test.p_value];
    close("ks", &pair(drift_tests::kolmogorov_smirnov(&a, &b).unwrap()), &numbers(&part["ks"]), 1e-9);
    close("wasserstein", &[measures::wasserstein(&a, &b).unwrap()], &[part["wasserstein"].as_f64().unwrap()], 1e-9);
    close("chi2", &pair(drift_tests::chi_square_contingency(&r, &c).unwrap()), &numbers(&part["contingency"]), 1e-9);
    let fit = drift_tests::chi_square_goodness_of_fit(&r, &c).unwrap();
    close("fit", &pair(fit), &numbers(&part["goodness_of_fit"]), 1e-9);
    let js = measures::jensen_shannon(&measures::shares(&r).unwrap(), &measures::shares(&c).unwrap());
    close("js", &[js.distance_bits, js.distance_nats], &numbers(&part["jensen_shannon_distance"]), 1e-9);
}

#[test]
fn scipy_has_the_same_intervals() {
    for row in fixture("intervals").as_array().unwrap() {
        let row = numbers(row);
        let (right, all) = (row[0] as u64, row[1] as u64);
        let (w, e) = (wilson(right, all, 0.95), clopper_pearson(right, all, 0.95));
        close("interval", &[w.low, w.high, e.low, e.high], &row[2..], 1e-9);
    }
}
