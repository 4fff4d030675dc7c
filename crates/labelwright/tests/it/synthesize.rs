//! `labelwright synthesize` by the binary: what is made is read back with its labels, and bad input is refused.

use super::home::{Home, tree};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs};

const GRAMMAR: &str = "[[document]]\nclass = 'travel'\ntemplates = ['{who} flies to {city}.']\n\
    [slots]\nwho = ['Anna', 'Zoë 👩🏽‍🚀']\ncity = ['Rome', 'New York']\n[spans]\nwho = 'person'\ncity = 'city'\n";

const SCENES: &str = "width = 80\nheight = 60\ncount = [2, 5]\n[[shape]]\nclass = 'disc'\noutline = 'ellipse'\n\
    [[shape]]\nclass = 'star'\noutline = 'star'\n";

fn items(home: &Home, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(home.path(name)).unwrap();
    text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn inspected(home: &Home, name: &str) -> Value {
    serde_json::from_str(&home.ok(&["inspect", name, "--json"])).unwrap()
}

#[test]
fn texts_say_what_their_spans_say() {
    let home = Home::new();
    home.write("grammar.toml", GRAMMAR.as_bytes());
    let make = ["synthesize", "text", "--recipe", "grammar.toml", "--count", "20"];
    let said = home.ok(&[&make[..], &["--output", "out"]].concat());
    assert!(said.contains("20 items with 40 regions in native; 0 losses"), "{said}");
    let items = items(&home, "out/labelwright.jsonl");
    assert_eq!(items.len(), 20);
    for item in &items {
        assert_eq!((&item["metadata"]["synthetic"], &item["split"]), (&json!(true), &json!("train")));
        let answer = &item["answers"][0]["answer"];
        assert_eq!(answer["fields"]["class"], "travel");
        let chars: Vec<char> = item["text"].as_str().unwrap().chars().collect();
        for region in answer["regions"].as_array().unwrap() {
            let range = region["geometry"]["ranges"][0].as_array().unwrap();
            let [start, end] = [0, 1].map(|at: usize| range[at].as_u64().unwrap() as usize);
            let mention: String = chars[start..end].iter().collect();
            let known =
                if region["class"] == "person" { ["Anna", "Zoë 👩🏽‍🚀"] } else { ["Rome", "New York"] };
            assert!(known.contains(&mention.as_str()), "{mention}");
        }
    }
    // The same seed gives the same bytes, another one others; another format is written as well.
    home.ok(&[&make[..], &["--output", "again"]].concat());
    home.ok(&[&make[..], &["--output", "other", "--seed", "1"]].concat());
    assert_eq!(tree(&home.path("out")), tree(&home.path("again")));
    assert_ne!(tree(&home.path("out")), tree(&home.path("other")));
    home.ok(&[&make[..], &["--output", "spacy", "--to", "doccano"]].concat());
    assert_eq!(inspected(&home, "spacy")["items"], 20);
}

#[test]
fn pictures_have_exact_masks() {
    let home = Home::new();
    home.write("scenes.toml", SCENES.as_bytes());
    let make = ["synthesize", "image", "--recipe", "scenes.toml", "--count", "12", "--seed", "3"];
    home.ok(&[&make[..], &["--output", "out"]].concat());
    let found = inspected(&home, "out");
    assert_eq!(
        (&found["items"], &found["items_without_data"], &found["problem_count"]),
        (&json!(12), &json!(0), &json!(0))
    );
    for item in items(&home, "out/labelwright.jsonl") {
        let picture = home.picture(&format!("out/{}", item["key"].as_str().unwrap()));
        assert_eq!(picture.dimensions(), (80, 60));
        // Each mask has one colour, for a shape is drawn in one.
        for region in item["answers"][0]["answer"]["regions"].as_array().unwrap() {
            let counts = region["geometry"]["counts"].as_array().unwrap();
            let (mut at, mut colours) = (0, std::collections::BTreeSet::new());
            for (run, count) in counts.iter().enumerate() {
                let count = count.as_u64().unwrap() as u32;
                if run % 2 == 1 {
                    colours.extend((at..at + count).map(|pixel| picture.get_pixel(pixel / 60, pixel % 60).0));
                }
                at += count;
            }
            assert_eq!((at, colours.len()), (80 * 60, 1));
        }
    }
    home.ok(&[&make[..], &["--output", "coco", "--to", "coco"]].concat());
    let coco = inspected(&home, "coco");
    assert_eq!((&coco["format"], &coco["items"], &coco["regions"]), (&json!("coco"), &json!(12), &found["regions"]));
    home.ok(&[&make[..], &["--output", "a.zip", "--to", "yolo"]].concat());
    home.ok(&[&make[..], &["--output", "b.zip", "--to", "yolo"]].concat());
    assert_eq!(fs::read(home.path("a.zip")).unwrap(), fs::read(home.path("b.zip")).unwrap());
}

#[test]
fn cut_outs_have_the_class_of_their_folder() {
    let home = Home::new();
    let mug = image::RgbaImage::from_fn(10, 10, |x, _| image::Rgba([200, 0, 0, if x < 5 { 255 } else { 0 }]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    mug.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    home.write("cut/mug/1.png", bytes.get_ref());
    home.write("cut/mug/2.png", &bytes.get_ref()[..30]);
    home.write(
        "scenes.toml",
        b"width = 50\nheight = 50\ngeometry = ['box']\ncount = 1\n[[cutout]]\nfolder = 'cut'\nsize = 0.4\n",
    );
    let make = ["synthesize", "image", "--recipe", "scenes.toml", "--count", "5", "--output"];
    let ended = home.run(&[&make[..], &["out"]].concat());
    let err = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && err.contains("not read") && err.contains("2.png"), "{err}");
    for item in items(&home, "out/labelwright.jsonl") {
        for region in item["answers"][0]["answer"]["regions"].as_array().unwrap() {
            assert_eq!(region["class"], "mug");
            let (width, height) = (&region["geometry"]["width"], &region["geometry"]["height"]);
            assert!(width.as_f64().unwrap() <= 10.0 && height.as_f64().unwrap() <= 20.0, "{region}");
        }
    }
    fs::create_dir(home.path("none")).unwrap();
    home.write("empty.toml", b"width = 50\nheight = 50\n[[cutout]]\nfolder = 'none'\n");
    let said = home.fails(&["synthesize", "image", "--recipe", "empty.toml", "--count", "5", "--output", "bad"]);
    assert!(said.contains("none: no file with an ending"), "{said}");
    home.write("loose/1.png", bytes.get_ref());
    home.write("loose.toml", b"width = 50\nheight = 50\n[[cutout]]\nfolder = 'loose'\n");
    let said = home.fails(&["synthesize", "image", "--recipe", "loose.toml", "--count", "5", "--output", "bad"]);
    assert!(said.contains("give `class`"), "{said}");
}

#[test]
fn rows_are_like_the_example() {
    let home = Home::new();
    let mut example = String::from("length,colour,kind\n");
    for at in 0..60 {
        let rare = at % 6 == 0;
        example += &format!(
            "{},{},{}\n",
            at + if rare { 1000 } else { 0 },
            ["red", "blue"][at % 2],
            if rare { "b" } else { "a" }
        );
    }
    home.write("in/example.csv", example.as_bytes());
    home.write("in/smote.toml", b"example = 'example.csv'\nmethod = 'smote'\nlabel = 'kind'\n");
    home.write("in/copula.toml", b"example = 'example.csv'\nmethod = 'copula'\nlabel = 'kind'\n");
    for method in ["smote", "copula"] {
        let (recipe, table) = (format!("in/{method}.toml"), format!("{method}.csv"));
        home.ok(&[
            "synthesize",
            "tabular",
            "--recipe",
            &recipe,
            "--count",
            "40",
            "--output",
            method,
            "--table",
            &table,
        ]);
        let table = fs::read_to_string(home.path(&table)).unwrap();
        let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!((rows.len(), rows[0].join(",")), (41, "length,colour,kind".into()));
        let items = items(&home, &format!("{method}/labelwright.jsonl"));
        for (item, row) in items.iter().zip(&rows[1..]) {
            assert_eq!(item["answers"][0]["answer"]["fields"]["kind"], row[2]);
            assert_eq!(item["metadata"]["length"].as_f64(), row[0].parse().ok());
            assert_eq!(item["text"], format!("length: {}\ncolour: {}", row[0], row[1]));
            if method == "smote" {
                assert!(row[2] == "b" && row[0].parse::<f64>().unwrap() >= 1000.0, "{row:?}");
            }
        }
    }
    home.write("in/bad.toml", b"example = 'gone.csv'\nmethod = 'smote'\n");
    assert!(
        home.fails(&["synthesize", "tabular", "--recipe", "in/bad.toml", "--count", "4", "--output", "x"])
            .contains("gone.csv")
    );
}

#[test]
fn series_lie_beside_their_labels() {
    let home = Home::new();
    home.write(
        "load.toml",
        b"length = 100\nticks_per_second = 4\n[[channel]]\nname = 'load'\nnoise = 0.1\n[[anomaly]]\nclass = 'peak'\nshape = 'spike'\ncount = 1\n",
    );
    home.ok(&["synthesize", "series", "--recipe", "load.toml", "--count", "3", "--output", "out"]);
    for item in items(&home, "out/labelwright.jsonl") {
        let csv = fs::read_to_string(home.path(&format!("out/{}", item["key"].as_str().unwrap()))).unwrap();
        assert_eq!((csv.lines().count(), csv.lines().next()), (101, Some("tick,load")));
        assert_eq!(
            (&item["modality"], &item["clock"]),
            (&json!("time_series"), &json!({ "ticks_per_second": 4, "ticks": 100 }))
        );
        let interval = &item["answers"][0]["answer"]["regions"][0]["geometry"];
        assert_eq!(interval["type"], "interval");
        assert!(interval["start"].as_i64() < interval["end"].as_i64() && interval["end"].as_i64() <= Some(100));
    }
    home.ok(&["convert", "--from", "native", "--to", "native", "out", "again"]);
    assert!(items(&home, "again/labelwright.jsonl").iter().all(|item| item["modality"] == "time_series"));
    let alone = home.run(&["convert", "--from", "native", "--to", "native", "out", "alone.jsonl"]);
    assert!(alone.status.success());
    assert!(String::from_utf8(alone.stderr).unwrap().contains("the data of 3 items stays where it is"));
    home.ok(&[
        "synthesize",
        "series",
        "--recipe",
        "load.toml",
        "--count",
        "3",
        "--media",
        "none",
        "--output",
        "labels",
    ]);
    assert_eq!(tree(&home.path("labels")).into_keys().collect::<Vec<_>>(), ["labelwright.jsonl"]);
}

#[test]
fn mistakes_are_refused_and_leave_nothing() {
    let home = Home::new();
    home.write("grammar.toml", GRAMMAR.as_bytes());
    let refused = |kind: &str, recipe: &str| {
        home.write("bad.toml", recipe.as_bytes());
        home.fails(&["synthesize", kind, "--recipe", "bad.toml", "--count", "3", "--output", "out"])
    };
    let said: BTreeMap<&str, (String, &str)> = BTreeMap::from([
        ("a slot", (refused("text", "[[document]]\ntemplates = ['{x}']"), "bad.toml: document[0].templates[0]")),
        (
            "absurd",
            (
                refused("image", "width = 1000000000\nheight = 1\n[[shape]]\nclass = 'a'\noutline = 'star'"),
                "1000000000 x 1",
            ),
        ),
        ("a key", (refused("series", "chanel = 3\nchannel = []"), "chanel")),
        (
            "count",
            (
                home.fails(&["synthesize", "text", "--recipe", "grammar.toml", "--count", "0", "--output", "out"]),
                "1..=",
            ),
        ),
        (
            "format",
            (
                home.fails(&[
                    "synthesize",
                    "text",
                    "--recipe",
                    "grammar.toml",
                    "--count",
                    "1",
                    "--output",
                    "out",
                    "--to",
                    "x",
                ]),
                "cannot be written",
            ),
        ),
        (
            "table",
            (
                home.fails(&[
                    "synthesize",
                    "text",
                    "--recipe",
                    "grammar.toml",
                    "--count",
                    "1",
                    "--output",
                    "out",
                    "--table",
                    "t.csv",
                ]),
                "tabular",
            ),
        ),
    ]);
    for (case, (said, word)) in said {
        assert!(said.contains(word), "{case}: {said}");
    }
    let mut left: Vec<String> = tree(&home.path("")).into_keys().collect();
    left.sort();
    assert_eq!(left, ["bad.toml", "grammar.toml"]);
}
