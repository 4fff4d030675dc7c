//! COCO to COCO gives back what was read: every entry, id, unknown key and form of a segmentation, at every level.

use crate::support::{picture, write_with};
use labelwright_formats::{
    Collector, ExportItem, Found, LossReport, MemoryView, Next, Options, RecordError, Settings, format, item_of,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The document that comes back, the losses and the problems.
fn again(document: &Value, pictures: &[&str]) -> (Value, LossReport, Vec<RecordError>) {
    let format = format("coco").unwrap();
    let mut files: std::collections::BTreeMap<String, Vec<u8>> =
        [("instances.json".to_owned(), document.to_string().into_bytes())].into();
    files.extend(pictures.iter().map(|name| (format!("images/{name}"), picture([64, 48]))));
    let source = MemoryView { files };
    let (mut collector, mut items, mut problems) = (Collector::default(), Vec::<ExportItem>::new(), Vec::new());
    format.read.unwrap()(&source, &Settings::default(), &mut |found| {
        match found {
            Found::Schema(schema) => collector.schema(*schema),
            Found::Record(record) => {
                collector.record(&record);
                items.extend(item_of(*record, &source));
            }
            Found::Problem(error) => problems.push(error),
        }
        Next::GoOn
    })
    .unwrap();
    let schema = collector.finish();
    let (view, report) = write_with(format, &schema.schema, &items, &Options::default(), schema.extras.as_deref());
    let written = view.files.iter().find(|(name, _)| name.ends_with(".json")).unwrap();
    (serde_json::from_slice(written.1).unwrap(), report, problems)
}

/// The same whatever the order of entries and keys, and whether a number has a point.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap();
            if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
        }
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

fn sorted(mut document: Value) -> Value {
    for list in ["annotations", "images"] {
        document[list].as_array_mut().unwrap().sort_by_key(|entry| plain(entry).to_string());
    }
    plain(&document)
}

fn assert_same(document: Value, pictures: &[&str]) {
    let (back, report, problems) = again(&document, pictures);
    assert_eq!((report.losses, problems), (vec![], vec![]));
    assert_eq!(sorted(back), sorted(document));
}

fn document(annotations: Value) -> Value {
    json!({
        "info": { "description": "d" },
        "licenses": [],
        "categories": [{ "id": 3, "name": "car", "supercategory": "v" }, { "id": 1, "name": "never used" }],
        "images": [{ "id": 7, "file_name": "a.png", "width": 64, "height": 48 }],
        "annotations": annotations,
    })
}

#[test]
fn crowds_are_what_the_file_says_and_never_what_the_runs_say() {
    let runs = |counts: Value| json!({ "size": [48, 64], "counts": counts });
    let mask = labelwright_core::geometry::Mask { width: 64, height: 48, counts: vec![0, 4, 3068] };
    let compressed = mask.to_compressed();
    assert_same(
        document(json!([
            { "id": 1, "image_id": 7, "category_id": 3, "bbox": [0, 0, 64, 48], "area": 3072, "iscrowd": 0, "segmentation": runs(json!([0, 3072])) },
            { "id": 2, "image_id": 7, "category_id": 3, "bbox": [0, 0, 64, 48], "area": 3072, "iscrowd": 1, "segmentation": runs(json!([0, 3072])) },
            { "id": 3, "image_id": 7, "category_id": 3, "bbox": [0, 0, 1, 4], "area": 4, "iscrowd": 0, "segmentation": runs(json!(compressed)) },
            { "id": 4, "image_id": 7, "category_id": 3, "bbox": [1, 1, 9, 9], "area": 40.5, "iscrowd": 1, "segmentation": [[1, 1, 10, 1, 10, 10]] },
            { "id": 5, "image_id": 7, "category_id": 3, "bbox": [1, 1, 9, 9], "area": 81, "iscrowd": 1, "segmentation": [] },
        ])),
        &["a.png"],
    );
}

#[test]
fn ids_of_every_kind_come_back() {
    let entry = |id: Value| json!({ "id": id, "image_id": 7, "category_id": 3, "bbox": [1, 1, 9, 9], "area": 81, "iscrowd": 0, "segmentation": [] });
    let ids = [json!(-5), json!(0), json!(9_007_199_254_740_993_i64), json!("a1"), json!("7"), json!(7), json!("n0")];
    assert_same(document(ids.into_iter().map(entry).collect()), &[]);
    // Two annotations with one id are two annotations.
    let mut twice = vec![entry(json!(4)), entry(json!(4))];
    twice[0]["note"] = json!("first");
    twice[1]["note"] = json!("second");
    twice[1]["bbox"] = json!([2, 2, 9, 9]);
    assert_same(document(twice.into()), &[]);
}

#[test]
fn what_is_not_known_is_kept_at_every_level() {
    let mut whole = document(json!([
        { "id": 1, "image_id": 7, "category_id": 3, "bbox": [1, 1, 9, 9], "area": 81, "iscrowd": 0, "segmentation": [],
          "x": null, "y": { "deep": [1, { "z": "猫" }] }, "caption": "a car", "track_id": 9_007_199_254_740_993_i64,
          "attributes": { "big": 9_007_199_254_740_993_i64, "n": 1.5, "none": null, "list": ["a", 1], "words": ["a", "b"], "occluded": false, "iscrowd": true } },
    ]));
    whole["images"][0]["coco_url"] = json!("http://x/a.png");
    whole["images"][0]["flickr"] = json!({ "a": [null, true] });
    whole["images"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "id": "text-id", "file_name": "without/labels.png", "width": 3, "height": 2, "license": 1 }));
    whole["categories"][1]["color"] = json!([1, 2, 3]);
    whole["categories"][1]["deep"] = json!({ "a": 1.25 });
    whole["categories"][0]["keypoints"] = json!(["nose"]);
    whole["categories"][0]["skeleton"] = json!([]);
    whole["licenses"] = json!([{ "id": 1, "name": "CC", "url": "u" }]);
    whole["my own"] = json!([{ "a": 1 }]);
    assert_same(whole, &["a.png"]);
}

#[test]
fn two_images_of_one_name_and_images_without_a_size_are_kept() {
    let mut whole = document(json!([
        { "id": 1, "image_id": 7, "category_id": 3, "bbox": [1, 1, 9, 9], "area": 81, "iscrowd": 0, "segmentation": [] },
        { "id": 2, "image_id": 8, "category_id": 3, "bbox": [2, 2, 9, 9], "area": 81, "iscrowd": 0, "segmentation": [] },
    ]));
    whole["images"].as_array_mut().unwrap().extend([
        json!({ "id": 8, "file_name": "a.png", "width": 64, "height": 48 }),
        json!({ "id": 9, "file_name": "gone.png" }),
    ]);
    assert_same(whole, &["a.png"]);
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![(0..64_u32).prop_map(f64::from), 0.0..64.0_f64, (0..6400_u32).prop_map(|n| f64::from(n) / 100.0)]
}

fn annotation() -> impl Strategy<Value = Value> {
    let ring = proptest::collection::vec(number(), 3..6).prop_map(|xs| {
        let pairs: Vec<f64> = xs.iter().flat_map(|x| [*x, (x * 7.0) % 48.0]).collect();
        json!(pairs)
    });
    let polygon = proptest::collection::vec(ring, 1..4).prop_map(|rings| json!(rings));
    let runs = (0..3072_u32, any::<bool>()).prop_map(|(at, compressed)| {
        let mask = labelwright_core::geometry::Mask { width: 64, height: 48, counts: vec![at, 3072 - at] };
        let counts = if compressed { json!(mask.to_compressed()) } else { json!(mask.counts) };
        json!({ "size": [48, 64], "counts": counts })
    });
    let segmentation = prop_oneof![polygon, runs, Just(json!([]))];
    (segmentation, number(), number(), any::<bool>(), proptest::option::of(0.0..1.0_f64), any::<bool>()).prop_map(
        |(segmentation, x, y, crowd, score, extra)| {
            let mut entry = json!({
                "image_id": 7, "category_id": 3, "bbox": [x, y, 1.25, 2], "area": 2.5,
                "iscrowd": u8::from(crowd), "segmentation": segmentation,
            });
            if let Some(score) = score {
                entry["score"] = json!(score);
            }
            if extra {
                entry["other"] = json!({ "x": x });
            }
            entry
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_annotations_come_back(entries in proptest::collection::vec(annotation(), 0..6)) {
        let mut entries = entries;
        for (at, entry) in entries.iter_mut().enumerate() {
            entry["id"] = json!(at as i64 * 3 - 2);
        }
        let whole = document(entries.into());
        let (back, report, problems) = again(&whole, &["a.png"]);
        prop_assert_eq!((report.losses, problems), (vec![], vec![]));
        prop_assert_eq!(sorted(back), sorted(whole));
    }
}
