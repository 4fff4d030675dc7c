//! `labelwright profile` by the binary: planted faults are found, in one input and between two.

use super::home::Home;
use serde_json::Value;

/// A picture of stripes, or one without any.
fn picture(home: &Home, name: &str, paint: impl Fn(u32, u32) -> [u8; 3]) {
    let picture = image::RgbImage::from_fn(128, 96, |x, y| image::Rgb(paint(x, y)));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    home.write(name, &bytes.into_inner());
}

fn profiled(home: &Home, words: &[&str]) -> Value {
    serde_json::from_str(&home.ok(&[&["profile", "--json"], words].concat())).unwrap()
}

#[test]
fn texts_with_personal_data_copies_and_leaks() {
    let home = Home::new();
    let long = "The committee met on Tuesday to discuss the budget for the coming year, and nobody was pleased with what it \
                said about the schools, the roads and the bridges of the town, or with the tone in which it was said. ";
    let rows = |texts: &[(&str, String)]| {
        let lines = texts.iter().map(|(id, text)| serde_json::json!({"id": id, "text": text}).to_string() + "\n");
        lines.collect::<String>()
    };
    let train = [
        ("a", long.to_owned()),
        ("b", "Write to ada@example.org or call +49 731 1234567, says this sentence in English.".into()),
        ("c", "Dies ist ein ganzer Satz in deutscher Sprache, in dem nichts Besonderes steht.".into()),
        ("d", "short".into()),
    ];
    let test = [("e", long.replace("Tuesday", "Monday")), ("f", "short".into())];
    home.write("train/texts.jsonl", rows(&train).as_bytes());
    home.write("test/texts.jsonl", rows(&test).as_bytes());
    let report = profiled(&home, &["train", "test", "--near", "0.8"]);
    assert_eq!((&report["items"], &report["kinds"]["text"]), (&6.into(), &6.into()));
    let texts = &report["texts"];
    assert_eq!((&texts["languages"]["deu"], &texts["short"]), (&1.into(), &2.into()));
    assert_eq!(
        (&texts["personal"]["email"]["items"], &texts["personal"]["phone"]["first"][0]),
        (&1.into(), &"b".into())
    );
    let same = &report["duplicates"];
    assert_eq!((&same["exact"], &same["near"], &same["across_inputs"]), (&1.into(), &1.into(), &2.into()));
    // The order of the data decides nothing but which of two is the first.
    assert_eq!(report, profiled(&home, &["train", "test", "--near", "0.8"]));
    home.ok(&["profile", "train", "--html", "report.html"]);
    let page = std::fs::read_to_string(home.path("report.html")).unwrap();
    assert!(page.contains("Languages") && !page.contains("ada@example.org"));
}

#[test]
fn pictures_with_flaws() {
    let home = Home::new();
    picture(&home, "p/sharp.png", |x, y| if (x / 4 + y / 4) % 2 == 0 { [60; 3] } else { [190; 3] });
    picture(&home, "p/copy.png", |x, y| if (x / 4 + y / 4) % 2 == 0 { [60; 3] } else { [190; 3] });
    picture(&home, "p/slope.png", |x, _| [40 + x as u8; 3]);
    picture(&home, "p/slope-again.png", |x, _| [42 + x as u8; 3]);
    picture(&home, "p/night.png", |x, y| [(x * 7 + y * 13) as u8 % 30; 3]);
    home.write("p/broken.png", b"\x89PNG\r\n\x1a\nbroken");
    let report = profiled(&home, &["p"]);
    let pictures = &report["pictures"];
    assert_eq!((&report["items"], &report["unreadable"]), (&6.into(), &1.into()));
    assert_eq!((&pictures["width"]["median"], &pictures["flaws"]["blurry"]["items"]), (&128.into(), &2.into()));
    assert_eq!(pictures["flaws"]["dark"]["first"][0], "night.png");
    assert_eq!((&report["duplicates"]["exact"], &report["duplicates"]["near"]), (&1.into(), &1.into()));
}

#[test]
fn mistakes_are_told() {
    let home = Home::new();
    assert!(home.fails(&["profile", "nowhere"]).contains("nowhere"));
    home.write("x.csv", b"text\na\n");
    assert!(home.fails(&["profile", "x.csv", "--near", "0.1"]).contains("--near"));
}

#[test]
fn recordings_are_heard_and_items_compared_by_what_they_say_and_with_a_reference() {
    let home = Home::new();
    let tone = |size: f64, samples: usize| {
        let samples: Vec<i16> = (0..samples).map(|at| (size * 32767.0 * (at as f64 * 0.3).sin()) as i16).collect();
        labelwright_testkit::sound::wav(8000, 1, &samples)
    };
    home.write("sounds/good.wav", &tone(0.5, 16_000));
    home.write("sounds/silent.wav", &tone(0.0, 16_000));
    home.write("sounds/short.wav", &tone(0.5, 800));
    home.write("sounds/broken.wav", b"RIFF, but no more");
    let told: Value = serde_json::from_str(&home.ok(&["profile", "sounds", "--json"])).unwrap();
    let recordings = &told["recordings"];
    assert_eq!(
        (&recordings["milliseconds"]["least"], &recordings["milliseconds"]["most"]),
        (&100.into(), &2000.into())
    );
    assert_eq!(recordings["flaws"]["silent"]["first"], serde_json::json!(["silent.wav"]), "{told}");
    assert_eq!(recordings["flaws"]["short"]["first"], serde_json::json!(["short.wav"]), "{told}");

    let head = r#"{"format":"labelwright","version":1,"project":"p","schema":{"name":"n","modality":"text"}}"#;
    let line = |at: usize, words: &str, source: &str| {
        let item = serde_json::json!({ "key": format!("{source}{at}"), "modality": "text", "hash": "",
            "text": format!("{words}, number {at} of them"), "metadata": { "provenance": { "source": source } }, "answers": [] });
        format!("{item}\n")
    };
    let boats: String = (0..20).map(|at| line(at, "boats on the sea in the wind", "web")).collect();
    let soup: String = (0..20).map(|at| line(at, "a recipe for soup with salt", "hub")).collect();
    home.write("both/labelwright.jsonl", format!("{head}\n{boats}{soup}").as_bytes());
    home.write("boats/labelwright.jsonl", format!("{head}\n{boats}").as_bytes());
    let words = ["profile", "both", "--by", "provenance.source", "--reference", "boats", "--json"];
    let told: Value = serde_json::from_str(&home.ok(&words)).unwrap();
    let inputs: Vec<_> = told["inputs"].as_array().unwrap().iter().map(|one| (&one["path"], &one["items"])).collect();
    assert_eq!(inputs, [(&"web".into(), &20.into()), (&"hub".into(), &20.into())], "{told}");
    // Soup is nothing that the reference has; of the reference nothing is missing.
    let gaps = &told["diversity"]["text"]["reference"];
    let number = |name: &str| gaps[name].as_f64().unwrap();
    assert!(number("nearest_p95") > 0.5 && number("missing_p95") < 0.1 && gaps["sampled"] == 20, "{gaps}");
}

#[test]
fn faces_are_looked_for_where_a_model_is_given() {
    let home = Home::new();
    // The model takes what is bright for a face, in cells of a quarter of the picture.
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/../inference/tests/data/bright_cells.onnx");
    let lit =
        |at: u32, side: u32| move |x: u32, y: u32| if x / side == at && y / side == at { [255; 3] } else { [0; 3] };
    for (name, side, picture) in [("large.png", 128, lit(1, 32)), ("small.png", 64, lit(2, 16))] {
        let picture = image::RgbImage::from_fn(side, side, |x, y| image::Rgb(picture(x, y)));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        home.write(&format!("pictures/{name}"), &bytes.into_inner());
    }
    let told = profiled(&home, &["pictures", "--faces", model]);
    let faces = &told["pictures"]["faces"];
    assert_eq!((&faces["items"], &faces["first"]), (&1.into(), &serde_json::json!(["large.png"])), "{told}");
    assert_eq!(profiled(&home, &["pictures"])["pictures"]["faces"]["items"], 0);
    home.write("broken.onnx", b"no model");
    assert!(home.fails(&["profile", "pictures", "--faces", "broken.onnx"]).contains("--faces: broken.onnx"));
}
