//! What scikit-learn and scipy say about the same data (scripts/learn_fixtures.py).
#![allow(clippy::unwrap_used, clippy::expect_used)]

use labelwright_learn::{
    Matrix,
    certify::bounds::clopper_pearson_lower,
    classify::logistic,
    clustering::{
        agglomerative::{Linkage, agglomerative},
        dbscan::dbscan,
        dendrogram::cut,
        hdbscan::{self, hdbscan},
        kmeans::{self, kmeans},
        silhouette::silhouette,
    },
    points::nearest,
    reduce::pca,
    scale::{Scaling, scaled},
};
use serde_json::Value;

fn reference() -> Value {
    serde_json::from_str(include_str!("fixtures/reference.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn labels(value: &Value) -> Vec<i32> {
    value.as_array().unwrap().iter().map(|value| value.as_i64().unwrap() as i32).collect()
}

fn matrix(set: &Value) -> Matrix {
    Matrix::new(numbers(&set["values"]), set["columns"].as_u64().unwrap() as usize).unwrap()
}

/// The same groups, whatever they are called; noise is noise.
fn same_groups(one: &[i32], other: &[i32]) -> bool {
    let renamed = |labels: &[i32]| {
        let mut names = Vec::new();
        let name = |label: &i32, names: &mut Vec<i32>| match (*label, names.iter().position(|have| have == label)) {
            (-1, _) => -1,
            (_, Some(at)) => at as i32,
            (label, None) => {
                names.push(label);
                names.len() as i32 - 1
            }
        };
        labels.iter().map(|label| name(label, &mut names)).collect::<Vec<_>>()
    };
    renamed(one) == renamed(other)
}

#[test]
fn clusters() {
    let reference = reference();
    for name in ["blobs", "moons"] {
        let set = &reference[name];
        let matrix = matrix(set);
        let (eps, samples) = (set["eps"].as_f64().unwrap(), set["min_samples"].as_u64().unwrap() as usize);
        assert_eq!(dbscan(&matrix, eps, samples).unwrap().labels, labels(&set["dbscan"]), "{name}");
        let size = set["min_cluster_size"].as_u64().unwrap() as usize;
        let options = hdbscan::Options { min_cluster_size: size, counts_itself: true, ..hdbscan::Options::default() };
        assert!(same_groups(&hdbscan(&matrix, &options).unwrap().labels, &labels(&set["hdbscan"])), "{name}");
        for (linkage, id) in [
            (Linkage::Ward, "ward"),
            (Linkage::Average, "average"),
            (Linkage::Complete, "complete"),
            (Linkage::Single, "single"),
        ] {
            let merges = agglomerative(&matrix, linkage).unwrap();
            for (merge, height) in merges.iter().zip(numbers(&set["heights"][id])) {
                assert!(
                    (merge.height - height).abs() < 1e-9 * (1.0 + height),
                    "{name} {id}: {} {height}",
                    merge.height
                );
            }
            if linkage == Linkage::Ward {
                assert!(same_groups(&cut(matrix.rows(), &merges, 4), &labels(&set["ward_4"])), "{name}");
            }
        }
        let best = set["kmeans_inertia"].as_f64().unwrap();
        for seed in 0..5 {
            let found = kmeans(&matrix, &kmeans::Options::new(4, seed)).unwrap();
            assert!(found.inertia <= best * 1.005, "{name} {seed}: {} {best}", found.inertia);
        }
        let found = silhouette(&matrix, &labels(&set["ward_4"])).unwrap();
        assert!((found - set["silhouette"].as_f64().unwrap()).abs() < 1e-9, "{name}");
    }
}

#[test]
fn neighbors_and_components() {
    let reference = reference();
    for name in ["blobs", "moons"] {
        let set = &reference[name];
        let matrix = matrix(set);
        let found = nearest(&matrix, 5);
        let rows: Vec<i32> = found.rows.iter().map(|row| *row as i32).collect();
        assert_eq!(rows, labels(&set["neighbors"]), "{name}");
        for (one, other) in found.distances.iter().zip(numbers(&set["distances"])) {
            assert!((one - other).abs() < 1e-9, "{name}");
        }
        let found = pca::fit(&matrix, matrix.columns(), 0);
        for (one, other) in found.variances.iter().zip(numbers(&set["variances"])) {
            assert!((one - other).abs() < 1e-9 * (1.0 + other), "{name}");
        }
    }
}

#[test]
fn regression_and_bounds() {
    let reference = reference();
    let matrix = scaled(&matrix(&reference["blobs"]), Scaling::Standard);
    let own = &reference["logistic"];
    let names: Vec<u32> = labels(&own["labels"]).iter().map(|label| *label as u32).collect();
    let model = logistic::fit(&matrix, &names, &vec![1.0; names.len()], 3, own["strength"].as_f64().unwrap());
    let expected = numbers(&own["probabilities"]);
    for (scores, expected) in model.scores(&matrix).chunks_exact(3).zip(expected.chunks_exact(3)) {
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = scores.iter().map(|score| (score - most).exp()).sum();
        for (score, expected) in scores.iter().zip(expected) {
            assert!(((score - most).exp() / sum - expected).abs() < 1e-4);
        }
    }
    for case in reference["clopper_pearson"].as_array().unwrap() {
        let (right, count) = (case["right"].as_u64().unwrap(), case["count"].as_u64().unwrap());
        let found = clopper_pearson_lower(right, count, case["risk"].as_f64().unwrap());
        assert!((found - case["lower"].as_f64().unwrap()).abs() < 1e-7, "{case} {found}");
    }
}
