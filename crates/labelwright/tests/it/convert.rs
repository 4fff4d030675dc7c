//! Labels from one format into another by the binary: what is written, what is refused, and that a refusal leaves
//! nothing behind.

use super::home::tree;
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_labelwright")).args(arguments).current_dir(folder).output().unwrap()
}

fn ok(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0]);
    bytes
}

/// Thirty pictures in six scenes, each with a box; one with a polygon and an attribute.
fn coco(folder: &Path) {
    fs::create_dir_all(folder.join("coco/images")).unwrap();
    let (mut images, mut annotations) = (Vec::new(), Vec::new());
    for at in 1..=30 {
        let name = format!("scene{}/{at:02}.png", at % 6);
        fs::create_dir_all(folder.join(format!("coco/images/scene{}", at % 6))).unwrap();
        fs::write(folder.join("coco/images").join(&name), picture(100, 50)).unwrap();
        images.push(serde_json::json!({ "id": at, "file_name": name, "width": 100, "height": 50 }));
        annotations.push(serde_json::json!({
            "id": at, "image_id": at, "category_id": 3, "bbox": [10, 5, 20, 10], "area": 200, "iscrowd": 0, "segmentation": [],
        }));
    }
    annotations.push(serde_json::json!({
        "id": 99, "image_id": 1, "category_id": 9, "bbox": [0, 0, 8, 8], "area": 32, "iscrowd": 0,
        "segmentation": [[0, 0, 8, 0, 8, 8]], "attributes": { "color": "red" },
    }));
    let categories = serde_json::json!([{ "id": 9, "name": "tree" }, { "id": 3, "name": "car" }]);
    let document = serde_json::json!({ "images": images, "annotations": annotations, "categories": categories });
    fs::write(folder.join("coco/instances.json"), document.to_string()).unwrap();
}

#[test]
fn labels_and_pictures_are_converted_and_losses_told() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    coco(folder);
    let said = ok(folder, &["convert", "--to", "yolo", "coco", "yolo", "--loss-report", "loss.json"]);
    assert!(said.contains("30 items from coco to yolo; 2 losses, 0 problems"), "{said}");
    let files = tree(&folder.join("yolo"));
    assert_eq!(files["labels/default/scene1/01.txt"], b"1 0.2 0.2 0.2 0.2\n0 0.04 0.08 0.08 0.16\n");
    assert_eq!(files["images/default/scene1/01.png"], picture(100, 50));
    assert!(String::from_utf8_lossy(&files["data.yaml"]).ends_with("names:\n  0: tree\n  1: car\n"));
    assert_eq!(files.len(), 61);
    let report: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("loss.json")).unwrap()).unwrap();
    let codes: Vec<_> =
        report["losses"].as_array().unwrap().iter().map(|l| (l["code"].clone(), l["places"][0].clone())).collect();
    assert_eq!(
        serde_json::json!(codes),
        serde_json::json!([["attributes", "scene1/01.png"], ["polygon", "scene1/01.png"]])
    );

    // Back again: the same boxes, the same classes in the same order.
    ok(folder, &["convert", "--to", "coco", "yolo", "back.json", "--media", "none"]);
    let back: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("back.json")).unwrap()).unwrap();
    assert_eq!(back["categories"][0]["name"], "tree");
    assert_eq!(back["annotations"][0]["bbox"], serde_json::json!([10, 5, 20, 10]));
}

#[test]
fn strict_writes_nothing_when_something_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    coco(folder);
    let before = tree(folder).len();
    let output = run(folder, &["convert", "--to", "yolo", "coco", "out", "--strict"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("lost: 1 x attributes"), "{output:?}");
    assert_eq!(tree(folder).len(), before, "nothing is left");
    assert!(!folder.join("out").exists());
    ok(folder, &["convert", "--to", "coco", "coco", "out", "--strict"]);
    assert_eq!(tree(&folder.join("out")).len(), 31);
    // A place that is taken is never written over.
    let output = run(folder, &["convert", "--to", "coco", "coco", "out"]);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("not empty"));
}

#[test]
fn the_same_input_gives_the_same_bytes_and_groups_stay_together() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    coco(folder);
    for (to, out) in [("yolo", "a"), ("yolo", "b"), ("voc", "c.zip"), ("voc", "d.zip")] {
        let split = ["--split", "train=.5,val=.5", "--group-by", "folder", "--seed", "3"];
        ok(folder, &[&["convert", "--to", to, "coco", out], split.as_slice()].concat());
    }
    assert_eq!(tree(&folder.join("a")), tree(&folder.join("b")));
    // A key that nothing has would keep nothing together.
    let output =
        run(folder, &["convert", "--to", "yolo", "coco", "x", "--split", "train=.5,val=.5", "--group-by", "scen"]);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("scen"));
    assert_eq!(fs::read(folder.join("c.zip")).unwrap(), fs::read(folder.join("d.zip")).unwrap());
    let mut scenes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in tree(&folder.join("a")).into_keys().filter(|name| name.starts_with("labels/")) {
        let parts: Vec<&str> = name.split('/').collect();
        scenes.entry(parts[2].to_owned()).or_default().push(parts[1].to_owned());
    }
    assert_eq!(scenes.len(), 6);
    assert!(scenes.values().all(|parts| parts.iter().all(|part| *part == parts[0])), "{scenes:?}");
    // A zip archive is read as well as a folder.
    let said = ok(folder, &["inspect", "c.zip", "--json"]);
    let findings: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (findings["format"].as_str(), findings["items"].as_u64(), findings["regions"].as_u64()),
        (Some("voc"), Some(30), Some(31))
    );
}

#[test]
fn names_that_lead_away_stay_in_the_output() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    fs::create_dir(folder.join("in")).unwrap();
    let names = ["../../evil.png", "/tmp/evil.png", "C:\\evil\\x.png", "a/../../evil.png", "..", "nul\u{0}l.png"];
    let images: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(at, name)| serde_json::json!({ "id": at, "file_name": name, "width": 10, "height": 10 }))
        .collect();
    let document = serde_json::json!({ "images": images, "annotations": [], "categories": [] });
    fs::write(folder.join("in/instances.json"), document.to_string()).unwrap();
    fs::write(folder.join("evil.png"), b"untouched").unwrap();
    let writable = labelwright_formats::FORMATS.iter().filter(|format| format.write.is_some());
    for format in writable {
        let before: Vec<String> = tree(folder).into_keys().filter(|name| !name.starts_with("out-")).collect();
        let out = format!("out-{}", format.id);
        ok(folder, &["convert", "--from", "coco", "--to", format.id, "in", &out]);
        let after: Vec<String> = tree(folder).into_keys().filter(|name| !name.starts_with("out-")).collect();
        assert_eq!(before, after, "{}", format.id);
        assert_eq!(fs::read(folder.join("evil.png")).unwrap(), b"untouched");
    }
}

#[test]
fn mistakes_are_told_with_what_there_is() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    coco(folder);
    let said = |arguments: &[&str]| {
        let output = run(folder, arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(!folder.join("out").exists());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(said(&["convert", "--to", "nothing", "coco", "out"]).contains("cannot be written"));
    assert!(said(&["convert", "--to", "voc", "coco", "out", "--set", "corner=classic"]).contains("there are: corners"));
    assert!(said(&["convert", "--to", "voc", "coco", "out", "--set", "corners=x"]).contains("zero-based, classic"));
    assert!(said(&["convert", "--to", "voc", "coco", "out", "--split", "a=.5"]).contains("sum to 0.5"));
    assert!(said(&["convert", "--to", "voc", "gone", "out"]).contains("gone"));
    fs::write(folder.join("broken.json"), "{\"images\":[{\"id\":1").unwrap();
    assert!(said(&["convert", "--to", "voc", "broken.json", "out"]).contains("broken.json: byte 18"));
}

#[test]
fn the_table_of_formats_names_them_all() {
    let home = tempfile::tempdir().unwrap();
    let json: serde_json::Value = serde_json::from_str(&ok(home.path(), &["formats", "--json"])).unwrap();
    let markdown = ok(home.path(), &["formats", "--markdown"]);
    assert_eq!(json.as_array().unwrap().len(), labelwright_formats::FORMATS.len());
    for format in labelwright_formats::FORMATS {
        assert!(markdown.contains(&format!("`{}`", format.id)), "{}", format.id);
    }
    let page = include_str!("../../../../docs/formats.md");
    assert_eq!(page, markdown, "docs/formats.md is the output of `labelwright formats --markdown`");
}
