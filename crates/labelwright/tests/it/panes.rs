//! Pictures with captions through the binary: from a table into our own lines, into another tool and back.

use serde_json::Value;
use std::{
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

fn picture(width: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(50_u32.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0]);
    bytes
}

/// What the lines of items say, without the schema.
fn lines(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("labelwright.jsonl")).unwrap();
    text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn schema(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("labelwright.jsonl")).unwrap();
    serde_json::from_str::<Value>(text.lines().next().unwrap()).unwrap()["schema"].clone()
}

#[test]
fn captions_go_with_their_pictures_and_are_told_where_they_cannot() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    fs::create_dir_all(folder.join("pairs/img")).unwrap();
    fs::write(folder.join("pairs/img/1.png"), picture(100)).unwrap();
    fs::write(folder.join("pairs/img/2.png"), picture(60)).unwrap();
    let table = "id,image,text\na.png,img/1.png,A dog 👍\nb.png,img/2.png,\n";
    fs::write(folder.join("pairs/pairs.csv"), table).unwrap();
    let columns = ["--from", "csv", "--content", "image", "--pane", "caption=text"];

    let said = ok(folder, &[&["inspect", "pairs"], &columns[..]].concat());
    assert!(said.contains("2 items") && said.contains("companions: caption 1\n"), "{said}");
    ok(folder, &[&["convert", "--to", "native", "pairs", "native", "--strict"], &columns[..]].concat());
    let first = lines(&folder.join("native"));
    assert_eq!(first[0]["companions"], serde_json::json!([{ "pane": "caption", "text": "A dog 👍" }]));
    assert_eq!((&first[0]["size"], first[1].get("companions")), (&serde_json::json!([100, 50]), None));
    assert_eq!(schema(&folder.join("native"))["panes"][0]["modality"], "text");

    ok(folder, &["convert", "--to", "label-studio", "native", "studio", "--strict"]);
    ok(folder, &["convert", "--from", "label-studio", "--to", "native", "studio", "back", "--strict"]);
    assert_eq!(lines(&folder.join("back")), first);
    assert_eq!(schema(&folder.join("back"))["panes"], schema(&folder.join("native"))["panes"]);
    assert_eq!(fs::read(folder.join("back/b.png")).unwrap(), picture(60));

    ok(folder, &["convert", "--to", "coco", "native", "coco", "--loss-report", "loss.json"]);
    let report: Value = serde_json::from_slice(&fs::read(folder.join("loss.json")).unwrap()).unwrap();
    let told: Vec<_> =
        report["losses"].as_array().unwrap().iter().map(|loss| (&loss["code"], &loss["count"])).collect();
    assert_eq!(serde_json::json!(told), serde_json::json!([["not_an_image", 1]]));
    assert!(report["losses"][0]["places"][0] == "a.png.caption", "{report}");

    let refused = run(folder, &["convert", "--to", "coco", "native", "other", "--pane", "caption=text"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("native has no columns"));
}
