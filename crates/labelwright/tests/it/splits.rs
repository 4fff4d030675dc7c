//! Splits that leak nothing: near-duplicates, copies and groups stay in one part, and it is told which they are.

use image::{GrayImage, Luma, imageops};
use std::{collections::BTreeMap, fs, path::Path, process::Command};

fn run(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_labelwright")).args(arguments).current_dir(folder).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A picture of smooth hills from a seed.
fn hills(seed: u32) -> GrayImage {
    let wave = |at: u32, number: u32| {
        let turn =
            f64::from(seed.wrapping_mul(2_654_435_761).wrapping_add(number.wrapping_mul(40_503)) % 1000) / 1000.0;
        let stretch = 20.0 + f64::from((seed.wrapping_mul(97) + number * 31) % 60);
        (f64::from(at) / stretch + turn * 6.3).sin()
    };
    GrayImage::from_fn(160, 120, |x, y| {
        Luma([(127.0 + 30.0 * (wave(x, 1) + wave(y, 2) + wave(x + y, 3) + wave(x + 160 - y, 4))) as u8])
    })
}

/// Forty pictures, each with a copy that is smaller, brighter and noisy.
fn pictures(folder: &Path) {
    fs::create_dir_all(folder.join("in/images/a")).unwrap();
    fs::create_dir_all(folder.join("in/images/b")).unwrap();
    let mut images = Vec::new();
    for seed in 0..40 {
        let picture = hills(seed);
        let mut copy = imageops::resize(&picture, 120, 90, imageops::FilterType::Triangle);
        for (x, y, pixel) in copy.enumerate_pixels_mut() {
            pixel.0[0] = pixel.0[0].saturating_add(10 + ((x * 7 + y * 13) % 5) as u8);
        }
        for (name, picture) in [(format!("a/{seed:02}.png"), picture), (format!("b/x{seed:02}.png"), copy)] {
            picture.save(folder.join("in/images").join(&name)).unwrap();
            images.push(serde_json::json!({
                "id": images.len(), "file_name": name, "width": picture.width(), "height": picture.height(),
            }));
        }
    }
    let document = serde_json::json!({ "images": images, "annotations": [], "categories": [] });
    fs::write(folder.join("in/instances.json"), document.to_string()).unwrap();
}

/// The part of each item of a YOLO folder, by its name without its ending.
fn parts(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for part in fs::read_dir(folder.join("labels")).unwrap() {
        let part = part.unwrap();
        let mut open = vec![part.path()];
        while let Some(at) = open.pop() {
            for entry in fs::read_dir(at).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
                    found.insert(stem, part.file_name().to_string_lossy().into_owned());
                }
            }
        }
    }
    found
}

#[test]
fn pictures_that_look_the_same_stay_in_one_part_and_are_told() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    pictures(folder);
    let split = ["--split", "train=.5,val=.5", "--seed", "5", "--media", "none"];
    let convert = |out: &str, more: &[&str]| {
        run(folder, &[&["convert", "--to", "yolo", "in", out], split.as_slice(), more].concat())
    };
    let (good, told) = convert("near", &["--loss-report", "near.json", "--near-duplicates"]);
    assert!(good && told.contains("groups of near-duplicates with"), "{told}");
    let report: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("near.json")).unwrap()).unwrap();
    let groups = report["near_duplicates"].as_array().unwrap();
    for seed in 0..40 {
        let pair = [format!("a/{seed:02}.png"), format!("b/x{seed:02}.png")];
        let together = groups.iter().any(|group| {
            let keys: Vec<&str> = group.as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
            pair.iter().all(|key| keys.contains(&key.as_str()))
        });
        assert!(together, "{pair:?} are in no group of {groups:?}");
    }
    // Hills are not all the same hill.
    assert!(groups.len() >= 25, "{} groups", groups.len());
    let found = parts(&folder.join("near"));
    assert_eq!(found.len(), 80);
    for seed in 0..40 {
        assert_eq!(found[&format!("{seed:02}")], found[&format!("x{seed:02}")], "{seed}");
    }
    assert!(["train", "val"].iter().all(|part| found.values().filter(|own| own == part).count() >= 10), "{found:?}");
    // The same again, and other parts without it.
    let (good, _) = convert("again", &["--near-duplicates", "0.9"]);
    assert!(good && parts(&folder.join("again")) == found);
    let (good, told) = convert("plain", &[]);
    assert!(good && !told.contains("near-duplicates"), "{told}");
    let plain = parts(&folder.join("plain"));
    assert!((0..40).any(|seed| plain[&format!("{seed:02}")] != plain[&format!("x{seed:02}")]));
    // With the folders as groups everything near is joined with its folder: all of it is one group.
    let (good, _) = convert("all", &["--group-by", "folder", "--near-duplicates"]);
    let all = parts(&folder.join("all"));
    assert!(good && all.values().all(|part| *part == all["00"]));
}

#[test]
fn texts_and_copies_stay_together() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    let mut lines = Vec::new();
    for number in 0..30 {
        let words = format!(
            "{number} {}",
            (0..40).map(|at| format!("w{}", (number * 37 + at * 11) % 997)).collect::<Vec<_>>().join(" ")
        );
        lines.push(serde_json::json!({ "id": format!("t{number}"), "text": words, "label": [] }));
        lines.push(serde_json::json!({ "id": format!("c{number}"), "text": words.to_uppercase() + " !", "label": [] }));
    }
    lines.push(serde_json::json!({ "id": "child", "text": "nothing like it", "label": [], "parent": "t3" }));
    let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
    fs::write(folder.join("in.jsonl"), text.join("\n")).unwrap();
    let arguments = [
        "convert",
        "--from",
        "doccano",
        "--to",
        "native",
        "in.jsonl",
        "out.jsonl",
        "--split",
        "a=.5,b=.5",
        "--near-duplicates",
    ];
    let (good, told) = run(folder, &arguments);
    assert!(good, "{told}");
    assert!(told.contains("30 groups of near-duplicates with 60 items"), "{told}");
    let mut parts = BTreeMap::new();
    for line in fs::read_to_string(folder.join("out.jsonl")).unwrap().lines() {
        let item: serde_json::Value = serde_json::from_str(line).unwrap();
        if let (Some(key), Some(split)) = (item["key"].as_str(), item["split"].as_str()) {
            parts.insert(key.to_owned(), split.to_owned());
        }
    }
    for number in 0..30 {
        assert_eq!(parts[&format!("t{number}")], parts[&format!("c{number}")], "{number}");
    }
    assert_eq!(parts["child"], parts["t3"]);
}

#[test]
fn a_threshold_is_a_share() {
    let home = tempfile::tempdir().unwrap();
    pictures(home.path());
    for (threshold, words) in [("1.5", "from 0 to 1"), ("nan", "from 0 to 1"), ("in", "behind the two places")] {
        let arguments = ["convert", "--to", "yolo", "--split", "a=1", "--near-duplicates", threshold, "in", "out"];
        let (good, told) = run(home.path(), &arguments);
        assert!(!good && told.contains(words), "{threshold}: {told}");
    }
    let (good, told) = run(home.path(), &["convert", "--to", "yolo", "in", "out", "--near-duplicates"]);
    assert!(!good && told.contains("--split"), "{told}");
}

#[test]
fn what_was_made_does_not_judge() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    let schema = serde_json::json!({ "name": "s", "modality": "text", "fields": [], "classes": [], "relations": [] });
    let head = serde_json::json!({ "format": "labelwright", "version": 1, "project": "p", "schema": schema });
    let mut lines = vec![head.to_string()];
    let mut line = |key: String, metadata: serde_json::Value| {
        let item = serde_json::json!({ "key": key, "modality": "text", "hash": "", "text": key, "answers": [], "metadata": metadata });
        lines.push(item.to_string());
    };
    for at in 0..60 {
        line(format!("found-{at}"), serde_json::json!({}));
        line(
            format!("found-{at}-aug1"),
            serde_json::json!({ "parent": format!("found-{at}"), "augmentation": { "seed": 0 } }),
        );
        line(format!("made-{at}"), serde_json::json!({ "synthetic": true }));
    }
    fs::create_dir(folder.join("in")).unwrap();
    fs::write(folder.join("in/labelwright.jsonl"), lines.join("\n")).unwrap();
    let split = ["convert", "--to", "native", "in"];
    let words = ["--split", "train=.5,val=.25,test=.25", "--loss-report", "report.json"];
    let convert = |out: &str, more: &[&str]| run(folder, &[&split[..], &[out], &words, more].concat());
    let (good, told) = convert("out", &[]);
    assert!(good, "{told}");
    let parts: BTreeMap<String, String> = fs::read_to_string(folder.join("out/labelwright.jsonl"))
        .unwrap()
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|item| (item["key"].as_str().unwrap().to_owned(), item["split"].as_str().unwrap().to_owned()))
        .collect();
    let found = |part: &str| {
        parts.iter().filter(|(key, own)| !key.contains("-aug") && key.starts_with("found") && *own == part).count()
    };
    let judging = found("val") + found("test");
    assert!(found("val") > 5 && found("test") > 5 && found("train") + judging == 60);
    assert!(parts.iter().all(|(key, part)| part == "train" || (key.starts_with("found") && !key.contains("-aug"))));
    assert_eq!(parts.keys().filter(|key| key.contains("-aug")).count(), 60 - judging);
    assert_eq!(parts.keys().filter(|key| key.starts_with("made")).count(), 60);
    assert!(
        told.contains(&format!("{judging} items are left out")) && told.contains("synthetic items were moved"),
        "{told}"
    );
    let report: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("report.json")).unwrap()).unwrap();
    assert_eq!((&report["made"]["left_out"], &report["items"]), (&judging.into(), &(180 - judging).into()));
    assert!(report["made"]["moved"].as_u64().unwrap() > 10);
    // A loss is a loss, and whoever asks gets everything.
    let (good, told) = convert("strict", &["--strict"]);
    assert!(!good && told.contains("nothing was written"), "{told}");
    let (good, told) = convert("all", &["--made-anywhere", "--strict"]);
    assert!(good && !told.contains("left out"), "{told}");
    assert_eq!(fs::read_to_string(folder.join("all/labelwright.jsonl")).unwrap().lines().count(), 181);
    // Where there is nowhere else to go, it is said.
    let (good, told) = run(folder, &[&split[..], &["none", "--split", "val=.5,test=.5"]].concat());
    assert!(!good && told.contains("--made-anywhere"), "{told}");
}
