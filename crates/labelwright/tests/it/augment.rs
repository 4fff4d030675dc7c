//! `labelwright augment` by the binary: children beside their originals, the same bytes for the same seed, and what bad
//! input costs.

use super::home::{Home, tree};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs};

const RECIPE: &str = "[[operation]]\nop = 'flip_horizontal'\n";

fn png(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let image = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, shade]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Eight pictures in two parts, each with a box, and one of them with a keypoint skeleton.
fn yolo(home: &Home) {
    home.write(
        "yolo/data.yaml",
        b"path: .\ntrain: images/train\nval: images/val\nnames:\n  0: left_hand\n  1: right_hand\n",
    );
    for at in 0..8_u8 {
        let part = if at < 5 { "train" } else { "val" };
        home.write(&format!("yolo/images/{part}/{at}.png"), &png(40, 20, at * 30));
        home.write(&format!("yolo/labels/{part}/{at}.txt"), b"0 0.25 0.5 0.2 0.4\n");
    }
}

fn items(home: &Home, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(home.path(name)).unwrap();
    text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn children_stand_beside_their_originals_in_the_same_part() {
    let home = Home::new();
    yolo(&home);
    home.write("recipe.toml", RECIPE.as_bytes());
    let said = home.ok(&["augment", "--recipe", "recipe.toml", "--factor", "2", "--to", "native", "yolo", "out"]);
    assert!(said.contains("24 items from yolo to native: 8 originals, 16 children; 0 losses, 0 problems"), "{said}");
    let items = items(&home, "out/labelwright.jsonl");
    let keys: Vec<&str> = items.iter().take(4).map(|item| item["key"].as_str().unwrap()).collect();
    let parts: BTreeMap<&str, &Value> =
        items.iter().map(|item| (item["key"].as_str().unwrap(), &item["split"])).collect();
    assert_eq!(items.len(), 24);
    for item in &items {
        let Some(parent) = item["metadata"]["parent"].as_str() else { continue };
        assert_eq!(&item["split"], parts[parent], "{item}");
        // The box is mirrored, and what was left is right.
        let region = &item["answers"][0]["answer"]["regions"][0];
        assert_eq!(region["geometry"], json!({ "type": "box", "x": 26.0, "y": 6.0, "width": 8.0, "height": 8.0 }));
        assert_eq!(region["class"], "right_hand");
        assert_eq!(item["metadata"]["augmentation"]["operations"], json!([{ "op": "flip_horizontal" }]));
        let (own, parent) =
            (home.picture(&format!("out/{}", item["key"].as_str().unwrap())), home.picture(&format!("out/{parent}")));
        assert_eq!(own.get_pixel(0, 3), parent.get_pixel(39, 3));
    }
    assert!(keys[1].ends_with("-aug1.png") && keys[2].ends_with("-aug2.png"), "{keys:?}");
    // It is read back with its labels and its pictures.
    let found: Value = serde_json::from_str(&home.ok(&["inspect", "out", "--json"])).unwrap();
    assert_eq!(
        (&found["items"], &found["regions"], &found["items_without_data"], &found["problem_count"]),
        (&json!(24), &json!(24), &json!(0), &json!(0))
    );
    // Splitting it anew keeps children with their parents.
    let split = ["convert", "--to", "native", "out", "again", "--split", "train=.5,val=.5", "--seed", "4"];
    home.ok(&[&split[..], &["--made-anywhere"]].concat());
    let again = self::items(&home, "again/labelwright.jsonl");
    let parts: BTreeMap<&str, &Value> =
        again.iter().map(|item| (item["key"].as_str().unwrap(), &item["split"])).collect();
    let children = again.iter().filter_map(|item| Some((item, item["metadata"]["parent"].as_str()?)));
    assert!(children.clone().all(|(child, parent)| &child["split"] == parts[parent]));
    assert_eq!(children.count(), 16);
}

#[test]
fn the_same_seed_gives_the_same_bytes_in_folders_and_archives() {
    let home = Home::new();
    yolo(&home);
    home.write(
        "recipe.json",
        br#"{"visibility": 0.2, "operation": [
            {"op": "rotate", "probability": 0.5}, {"op": "hue", "probability": 0.5}, {"op": "noise"},
            {"op": "mosaic", "probability": 0.4}, {"op": "cutout"}]}"#,
    );
    for (out, seed) in [("a", "5"), ("b", "5"), ("c", "6"), ("d.zip", "5"), ("e.zip", "5")] {
        home.ok(&["augment", "--recipe", "recipe.json", "--factor", "3", "--seed", seed, "yolo", out]);
    }
    assert_eq!(tree(&home.path("a")), tree(&home.path("b")));
    assert_ne!(tree(&home.path("a")), tree(&home.path("c")));
    assert_eq!(fs::read(home.path("d.zip")).unwrap(), fs::read(home.path("e.zip")).unwrap());
    // YOLO has pictures beside labels, part by part; each child has both.
    let files = tree(&home.path("a"));
    let count = |start: &str| files.keys().filter(|name| name.starts_with(start)).count();
    assert_eq!((count("images/train/"), count("labels/train/"), count("images/val/")), (20, 20, 12));
    // An archive is augmented as a folder is.
    home.ok(&["augment", "--recipe", "recipe.json", "--seed", "5", "--from", "yolo", "d.zip", "f", "--media", "none"]);
    assert!(tree(&home.path("f")).keys().all(|name| !name.ends_with(".png")));
}

#[test]
fn mosaics_join_pictures_of_one_part_and_name_them_all() {
    let home = Home::new();
    yolo(&home);
    home.write("recipe.toml", b"[[operation]]\nop = 'mosaic'\n");
    home.ok(&["augment", "--recipe", "recipe.toml", "--to", "native", "yolo", "out", "--loss-report", "loss.json"]);
    let items = items(&home, "out/labelwright.jsonl");
    let parts: BTreeMap<&str, &Value> =
        items.iter().map(|item| (item["key"].as_str().unwrap(), &item["split"])).collect();
    let mut seen = 0;
    for item in &items {
        let Some(parents) = item["metadata"]["augmentation"]["parents"].as_array() else { continue };
        seen += 1;
        assert_eq!(parents.len(), 4);
        assert!(parents.iter().all(|parent| parts[parent.as_str().unwrap()] == &item["split"]), "{item}");
        let named = ["parent", "parent_key", "augmented_from", "source_item"].map(|name| &item["metadata"][name]);
        assert_eq!(json!(named), json!(parents));
    }
    assert_eq!(seen, 8);
    let report: Value = serde_json::from_slice(&fs::read(home.path("loss.json")).unwrap()).unwrap();
    assert_eq!((&report["items"], &report["children"], &report["losses"]), (&json!(16), &json!(8), &json!([])));
}

#[test]
fn texts_keep_their_spans() {
    let home = Home::new();
    home.write(
        "in/data.conll",
        "Anna B-person\nlives O\nin O\nRome B-city\n\nBo B-person\nsleeps O\nlong O\n".as_bytes(),
    );
    home.write(
        "recipe.toml",
        b"[[operation]]\nop = 'mention'\n[operation.lists]\nperson = ['Maria Luz']\n[[operation]]\nop = 'typo'\nrate = 0.5\n",
    );
    home.ok(&[
        "augment",
        "--recipe",
        "recipe.toml",
        "--factor",
        "2",
        "--from",
        "conll2003",
        "--to",
        "native",
        "in",
        "out",
    ]);
    let items = items(&home, "out/labelwright.jsonl");
    assert_eq!(items.len(), 3, "sentences of one file are one text");
    for item in items.iter().filter(|item| item["metadata"]["parent"].is_string()) {
        let chars: Vec<char> = item["text"].as_str().unwrap().chars().collect();
        for region in item["answers"][0]["answer"]["regions"].as_array().unwrap() {
            let range = &region["geometry"]["ranges"][0];
            let (start, end) = (range[0].as_u64().unwrap() as usize, range[1].as_u64().unwrap() as usize);
            let mention: String = chars[start..end].iter().collect();
            assert_eq!(mention, if region["class"] == "person" { "Maria Luz" } else { "Rome" });
        }
    }
    let said = home.ok(&["augment", "--recipe", "recipe.toml", "--from", "conll2003", "--preview", "1", "in", "none"]);
    assert!(said.contains("\n- ") && said.contains("+ Maria Luz"), "{said}");
    assert!(!home.path("none").exists());
}

#[test]
fn a_preview_is_a_picture_and_nothing_else() {
    let home = Home::new();
    yolo(&home);
    home.write("recipe.toml", RECIPE.as_bytes());
    let said = home.ok(&["augment", "--recipe", "recipe.toml", "--preview", "3", "yolo", "sheet.png"]);
    assert!(said.contains("3 pairs"), "{said}");
    let sheet = home.picture("sheet.png");
    assert_eq!(sheet.dimensions(), (2 * 658, 2 * 332));
    assert!(
        home.fails(&["augment", "--recipe", "recipe.toml", "--preview", "3", "yolo", "sheet.jpg"]).contains(".png")
    );
}

#[test]
fn a_bad_picture_costs_its_own_children() {
    let home = Home::new();
    yolo(&home);
    let whole = fs::read(home.path("yolo/images/train/2.png")).unwrap();
    home.write("yolo/images/train/2.png", &whole[..whole.len() / 2]);
    home.write("recipe.toml", b"[[operation]]\nop = 'flip_vertical'\n[[operation]]\nop = 'mixup'\n");
    let ended = home.run(&["augment", "--recipe", "recipe.toml", "--to", "native", "yolo", "out"]);
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(out.contains("8 originals, 7 children; 0 losses, 1 problems"), "{out}{err}");
    assert!(err.contains("bad_picture") && err.contains("2.png"), "{err}");
}

#[test]
fn labels_of_another_size_and_absent_pictures_give_no_children() {
    let home = Home::new();
    for name in ["good.png", "other.png"] {
        home.write(&format!("coco/images/{name}"), &png(40, 20, 9));
    }
    let image = |id: u32, name: &str, width: u32| json!({ "id": id, "file_name": name, "width": width, "height": 20 });
    let images = [image(1, "good.png", 40), image(2, "other.png", 80), image(3, "gone.png", 40)];
    let document = json!({ "images": images, "annotations": [], "categories": [] });
    home.write("coco/instances.json", document.to_string().as_bytes());
    home.write("recipe.toml", RECIPE.as_bytes());
    let ended = home.run(&["augment", "--recipe", "recipe.toml", "coco", "out"]);
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(out.contains("3 originals, 1 children; 1 losses, 1 problems"), "{out}{err}");
    assert!(err.contains("lost: 1 x metadata"), "COCO has no place for lineage: {err}");
    assert!(err.contains("80 x 20") && err.contains("other.png") && err.contains("1 x no_data"), "{err}");
}

#[test]
fn mistakes_are_refused_and_leave_nothing() {
    let home = Home::new();
    yolo(&home);
    home.write("recipe.toml", RECIPE.as_bytes());
    let recipe = |text: &str| {
        home.write("bad.toml", text.as_bytes());
        home.fails(&["augment", "--recipe", "bad.toml", "yolo", "out"])
    };
    let said = recipe("[[operation]]\nop = 'flip'");
    assert!(said.contains("bad.toml: operation 1 (flip), op") && said.contains("flip_horizontal"), "{said}");
    assert!(
        recipe("[[operation]]\nop = 'blur'\nprobability = -1").contains("probability: -1 is no number from 0 to 1")
    );
    assert!(recipe("[[operation]]\nop = 'resize'\nwidth = 1000000000\nheight = 1").contains("1000000000"));
    assert!(recipe("[[operation]]\nop = 'blur'\nsigma = 'much'").contains("sigma"));
    assert!(home.fails(&["augment", "--recipe", "recipe.toml", "--factor", "0", "yolo", "out"]).contains("1..=1000"));
    assert!(home.fails(&["augment", "--recipe", "gone.toml", "yolo", "out"]).contains("gone.toml"));
    fs::create_dir(home.path("empty")).unwrap();
    assert!(home.fails(&["augment", "--recipe", "recipe.toml", "empty", "out"]).contains("not recognised"));
    let said =
        home.fails(&["augment", "--recipe", "recipe.toml", "--from", "images", "--to", "native", "empty", "out"]);
    assert!(said.contains("empty: there are no items"), "{said}");
    let said = home.fails(&["augment", "--recipe", "recipe.toml", "--to", "nothing", "yolo", "out"]);
    assert!(said.contains("--to"), "{said}");
    let left: Vec<String> =
        fs::read_dir(home.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!left.iter().any(|name| name == "out" || name.starts_with('.')), "{left:?}");
}
