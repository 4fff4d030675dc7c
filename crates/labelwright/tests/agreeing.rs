//! The commands `agreement`, `regions` and `evaluate` as their users call them.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use std::{path::PathBuf, process::Command};

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Standard output if it went well, else what it complained of.
    fn run(&self, line: &str) -> Result<String, String> {
        let ended = Command::new(env!("CARGO_BIN_EXE_labelwright"))
            .args(line.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        if ended.status.success() { Ok(text(ended.stdout)) } else { Err(text(ended.stderr)) }
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.run(line).unwrap()).unwrap()
    }
}

/// Krippendorff (2011), example C, a row for each rating.
fn ratings() -> String {
    let mut rows = vec!["task,worker,label".to_owned()];
    for (worker, line) in ["123321412...", "1233224125.3", ".3332342251.", "12332441251."].iter().enumerate() {
        for (task, value) in line.chars().enumerate().filter(|(_, value)| *value != '.') {
            rows.push(format!("t{task},w{worker},{value}"));
        }
    }
    rows.join("\n") + "\n"
}

#[test]
fn agreement_of_ratings() {
    let place = Place::new();
    place.write("ratings.csv", &ratings());
    for (level, expected) in [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)] {
        let found = place.json(&format!("agreement --metric krippendorff-alpha --level {level} --input ratings.csv"));
        assert!((found["value"].as_f64().unwrap() - expected).abs() < 5e-4, "{found}");
        assert_eq!((found["units"].as_u64(), found["ratings"].as_u64()), (Some(11), Some(41)));
        let (low, high) = (found["interval"][0].as_f64().unwrap(), found["interval"][1].as_f64().unwrap());
        assert!(low < expected && expected < high && found["interval_method"].is_string(), "{found}");
    }
    // Rows in another order, the value under another name: the same answer.
    let mut lines: Vec<String> = ratings().replace("label", "score").lines().map(str::to_owned).collect();
    lines[1..].reverse();
    place.write("other.csv", &(lines.join("\n") + "\n"));
    let line = "agreement --metric gwet-ac2 --weights linear --json --input";
    assert_eq!(place.json(&format!("{line} ratings.csv")), place.json(&format!("{line} other.csv")));
    let pairs = place.json("agreement --metric krippendorff-alpha --per pair --input ratings.csv");
    assert_eq!(pairs["pairs"].as_array().unwrap().len(), 6);
    let classes = place.json("agreement --metric fleiss-kappa --per class --input ratings.csv");
    assert_eq!(classes["classes"].as_array().unwrap().len(), 5);
    let tasks = place.json("agreement --metric percent --per task --input ratings.csv");
    // All four labelers said something else about it.
    assert_eq!(tasks["items"][0]["task"], json!("t5"));
}

#[test]
fn what_cannot_be_asked_is_said() {
    let place = Place::new();
    place.write("ratings.csv", &ratings());
    let error = |line: &str| place.run(line).unwrap_err();
    assert!(error("agreement --metric nonsense --input ratings.csv").contains("krippendorff-alpha"));
    assert!(error("agreement --metric cohen-kappa --input ratings.csv").contains("conger-kappa"));
    assert!(error("agreement --metric percent --value score --input ratings.csv").contains("\"label\""));
    place.write("twice.csv", "task,worker,label\na,w,1\nb,w,1\na,w,2\n");
    let message = error("agreement --metric percent --input twice.csv");
    assert!(message.contains("twice.csv, line 4") && message.contains("\"w\""), "{message}");
    place.write("words.csv", "task,worker,label\na,w,good\na,v,bad\n");
    assert!(error("agreement --metric icc1 --input words.csv").contains("finite numbers"));
    place.write("same.csv", "task,worker,label\na,w,\"x\ny\"\na,v,\"x\ny\"\nb,w,\n");
    let found = place.json("agreement --metric fleiss-kappa --input same.csv");
    assert!(found["value"].is_null() && found["undefined"].as_str().unwrap().contains("nothing varies"), "{found}");
    assert_eq!((found["observed_agreement"].as_f64(), found["missing"].as_u64()), (Some(1.0), Some(1)));
    place.write("empty.csv", "task,worker,label\n");
    assert!(place.json("agreement --metric percent --input empty.csv")["undefined"].is_string());
    assert!(place.run("agreement --list").unwrap().contains("kendall-tau-b"));
}

#[test]
fn regions_become_one_and_agree() {
    let place = Place::new();
    place.write(
        "boxes.csv",
        "task,worker,label,left,top,width,height\ni,a,car,0,0,10,10\ni,b,car,1,0,10,10\ni,c,car,2,0,10,10\n\
         i,c,car,50,0,10,10\nj,a,dog,0,0,5,5\nj,b,,,,,\nj,c,,,,,\n",
    );
    place.run("regions aggregate --kind boxes --method cluster-median --input boxes.csv --output out.csv").unwrap();
    let out = place.read("out.csv");
    assert_eq!(out.lines().count(), 2, "{out}");
    assert!(out.contains("i,car,1,0,10,10,") && out.contains(",3,false"), "{out}");
    let found = place.json("regions agreement --kind boxes --method f1 --input boxes.csv");
    // i: 3 pairs match once among 2, 3 and 3 boxes; j: one box against nothing, twice.
    assert!((found["value"].as_f64().unwrap() - 6.0 / 10.0).abs() < 1e-12, "{found}");
    place.write("spans.csv", "task,worker,label,start,end\nd,a,PER,0,5\nd,b,PER,0,5\nd,c,PER,1,6\n");
    place.run("regions aggregate --kind spans --input spans.csv --output spans-out.csv").unwrap();
    assert!(place.read("spans-out.csv").contains("d,PER,0,5,1,3,false"));
    for method in ["span-f1-exact", "span-f1-partial", "span-f1-token", "alpha-u", "gamma"] {
        let found = place.json(&format!("regions agreement --kind spans --method {method} --input spans.csv"));
        assert!(found["value"].as_f64().is_some_and(|value| value <= 1.0), "{found}");
    }
    place.write("texts.csv", "task,worker,text\nx,a,the cat sat\nx,b,the cat sat\nx,c,the bat sat\n");
    place.run("regions aggregate --kind texts --method rover --input texts.csv --output texts-out.csv").unwrap();
    assert!(place.read("texts-out.csv").contains("x,the cat sat,"));
    let found = place.json("regions agreement --kind texts --method wer --input texts.csv");
    assert!((found["value"].as_f64().unwrap() - 2.0 / 9.0).abs() < 1e-12, "{found}");
}

#[test]
fn masks_as_json_lines() {
    let place = Place::new();
    let line = |worker: &str, counts: &str| {
        format!("{{\"task\":1,\"worker\":\"{worker}\",\"label\":\"cell\",\"size\":[2,4],\"counts\":{counts}}}\n")
    };
    place.write("masks.jsonl", &(line("a", "[2,4,2]") + &line("b", "[2,4,2]") + &line("c", "[0,4,4]")));
    for method in ["majority", "rasa", "em", "staple"] {
        let out = format!("{method}.jsonl");
        place
            .run(&format!("regions aggregate --kind masks --method {method} --input masks.jsonl --output {out}"))
            .unwrap();
        let found: Value = serde_json::from_str(place.read(&out).trim()).unwrap();
        // 2 off, 4 on, 2 off.
        assert_eq!(found["counts"], json!("242"), "{method}");
        assert_eq!((found["task"].as_str(), found["support"].as_u64()), (Some("1"), Some(3)));
    }
    let found = place.json("regions agreement --kind masks --method dice --input masks.jsonl");
    assert!((found["value"].as_f64().unwrap() - (1.0 + 0.5 + 0.5) / 3.0).abs() < 1e-12, "{found}");
    place.write("wrong.jsonl", &line("a", "[2,4]"));
    let error = place.run("regions aggregate --kind masks --input wrong.jsonl --output none.jsonl").unwrap_err();
    assert!(error.contains("wrong.jsonl, line 1") && !place.path("none.jsonl").exists(), "{error}");
}

#[test]
fn detections_against_a_truth() {
    let place = Place::new();
    let truth = json!({
        "images": [{"id": 1, "width": 100, "height": 100}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20], "area": 400, "iscrowd": 0}],
    });
    place.write("truth.json", &truth.to_string());
    let result = json!([{"image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20], "score": 0.5}]);
    place.write("results.json", &result.to_string());
    let found = place.json("evaluate --truth truth.json --predictions results.json --iou bbox");
    assert!((found["numbers"]["AP"].as_f64().unwrap() - 1.0).abs() < 1e-9, "{found}");
    assert_eq!(found["numbers"].as_object().unwrap().len(), 12);
    assert_eq!(found["numbers"]["APl"].as_f64(), Some(-1.0));
    let line =
        "evaluate --truth truth.json --predictions results.json --iou bbox --max-dets 1,5 --area-ranges tiny=0:100";
    let found = place.json(line);
    assert!(found["numbers"]["AP-tiny"].as_f64() == Some(-1.0) && found["numbers"]["AR5"].is_number(), "{found}");
    place.write(
        "results.json",
        &json!([{"image_id": 7, "category_id": 1, "bbox": [1, 1, 2, 2], "score": 1}]).to_string(),
    );
    let error = place.run("evaluate --truth truth.json --predictions results.json --iou bbox").unwrap_err();
    assert!(error.contains("results[0]: image_id 7"), "{error}");
}
