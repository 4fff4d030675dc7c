//! COCO numbers against pycocotools (`scripts/fixtures/coco.py` writes what it says).

#![allow(clippy::unwrap_used)]

use labelwright_core::geometry::Mask;
use labelwright_quality::evaluation::coco::{CocoError, Data, Kind, Parameters, evaluate};
use serde_json::{Value, json};

fn fixture() -> Value {
    serde_json::from_str(include_str!("data/coco.json")).unwrap()
}

fn kind(name: &str) -> Kind {
    match name {
        "bbox" => Kind::Boxes,
        "segm" => Kind::Masks,
        _ => Kind::Keypoints,
    }
}

#[test]
fn every_number_equals_pycocotools() {
    for case in fixture()["cases"].as_array().unwrap() {
        let kind = kind(case["kind"].as_str().unwrap());
        let data =
            Data::read(case["truth"].to_string().as_bytes(), case["results"].to_string().as_bytes(), kind).unwrap();
        let mut parameters = Parameters::new(kind);
        if let Some(sigmas) = case["sigmas"].as_array() {
            parameters.sigmas = sigmas.iter().map(|sigma| sigma.as_f64().unwrap()).collect();
        }
        if let Some(most) = case["max_dets"].as_array() {
            parameters.max_detections = most.iter().map(|most| most.as_u64().unwrap() as usize).collect();
        }
        let found = evaluate(&data, &parameters).unwrap();
        let expected: Vec<f64> = case["numbers"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        assert_eq!(found.numbers.len(), expected.len());
        for ((name, value), expected) in found.numbers.iter().zip(&expected) {
            assert!((value - expected).abs() < 1e-9, "{} {name}: {value} {expected}", case["kind"]);
        }
        assert!(found.number("AP50").unwrap() > 0.0);
        for (class, expected) in found.classes.iter().zip(case["classes"].as_array().unwrap()) {
            assert!((class.ap - expected.as_f64().unwrap()).abs() < 1e-9, "{class:?}");
        }
    }
}

#[test]
fn polygons_fill_the_same_pixels() {
    for ring in fixture()["rings"].as_array().unwrap() {
        let values: Vec<f64> = ring["ring"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        let points: Vec<[f64; 2]> = values.chunks(2).map(|p| [p[0], p[1]]).collect();
        let mask = Mask::of_coco_ring(&points, 41, 37);
        assert_eq!(mask.to_compressed(), ring["counts"].as_str().unwrap(), "{values:?}");
    }
}

fn small() -> Value {
    json!({
        "images": [{"id": 1, "width": 100, "height": 100}],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [{"id": 0, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20], "area": 400, "iscrowd": 0}],
    })
}

fn read(truth: &Value, results: &Value) -> Result<Data, CocoError> {
    Data::read(truth.to_string().as_bytes(), results.to_string().as_bytes(), Kind::Boxes)
}

#[test]
fn what_is_empty_has_minus_one_and_an_id_of_zero_counts() {
    let results = json!([{"image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20], "score": 0.5}]);
    let found = evaluate(&read(&small(), &results).unwrap(), &Parameters::new(Kind::Boxes)).unwrap();
    // The reference calls the truth with id 0 unmatched and finds 0.
    assert!((found.number("AP").unwrap() - 1.0).abs() < 1e-12);
    assert!((found.number("APs").unwrap() - 1.0).abs() < 1e-12);
    assert_eq!(found.number("APl"), Some(-1.0));
    assert_eq!(found.classes[1].ap, -1.0);
    let none = evaluate(&read(&small(), &json!([])).unwrap(), &Parameters::new(Kind::Boxes)).unwrap();
    assert_eq!((none.number("AP"), none.number("AR100")), (Some(0.0), Some(0.0)));
}

#[test]
fn wrong_input_is_located() {
    let message = |truth: &Value, results: &Value| read(truth, results).unwrap_err().to_string();
    let result = |change: &dyn Fn(&mut Value)| {
        let mut entry = json!({"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5});
        change(&mut entry);
        json!([entry])
    };
    assert!(message(&small(), &result(&|entry| entry["image_id"] = json!(9))).contains("results[0]: image_id 9"));
    assert!(message(&small(), &result(&|entry| entry["bbox"] = json!([1, 2]))).contains("four finite numbers"));
    assert!(message(&json!({"images": []}), &json!([])).contains("the truth is no such COCO JSON"));
    assert!(message(&small(), &json!({})).contains("the results"));
    let mut twice = small();
    let copy = twice["annotations"][0].clone();
    twice["annotations"].as_array_mut().unwrap().push(copy);
    assert!(message(&twice, &json!([])).contains("annotations[1]: the id 0 occurs twice"));
    let unknown = read(&small(), &result(&|entry| entry["category_id"] = json!(7))).unwrap();
    assert_eq!(unknown.counts.predictions_of_unknown_categories, 1);
    let mut parameters = Parameters::new(Kind::Boxes);
    parameters.max_detections = vec![10, 1];
    assert!(evaluate(&unknown, &parameters).is_err());
}
