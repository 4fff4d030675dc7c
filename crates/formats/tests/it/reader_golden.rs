//! Small files of formats for training and import, made by hand after their definitions or by the program itself, and
//! what they say.

use crate::{
    support::{read, write},
    text_golden::{said, view},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use labelwright_formats::{ExportItem, MemoryView, detect, format, item_of};

#[test]
fn labelbox_import_lines_of_a_row_are_one_answer() {
    let lines = r#"{"uuid":"u1","name":"Car","dataRow":{"globalKey":"a.png"},"bbox":{"top":2,"left":1,"height":4,"width":3},"confidence":0.5,"classifications":[{"name":"color","answer":{"name":"red"}}]}
{"uuid":"u2","name":"Lane","dataRow":{"globalKey":"a.png"},"line":[{"x":0,"y":0},{"x":5,"y":6}]}
{"uuid":"u3","name":"ent","dataRow":{"globalKey":"t"},"location":{"start":2,"end":3}}
{"uuid":"u4","name":"follows","dataRow":{"globalKey":"a.png"},"relationship":{"source":"u1","target":"u2","type":"unidirectional"}}
{"uuid":"u5","name":"tags","dataRow":{"globalKey":"a.png"},"answer":[{"name":"day"},{"name":"rain"}]}
{"uuid":"u6","name":"free","dataRow":{"id":"row-9"},"answer":"some text"}
{"uuid":"u7","name":"follows","dataRow":{"globalKey":"a.png"},"relationship":{"source":"u1","target":"gone"}}
{"uuid":"u8","name":"x"}
{"uuid":"u9","name":"x","dataRow":{"globalKey":"a.png"},"segments":[]}"#;
    assert_eq!(
        said("labelbox-import", &[("i.ndjson", lines), ("t.txt", "👩 ab c")]),
        [
            "a.png",
            " by import",
            "  tags = [\"day\",\"rain\"]",
            "  Car {\"type\":\"box\",\"x\":1.0,\"y\":2.0,\"width\":3.0,\"height\":4.0} {\"color\":\"red\"}",
            "  Lane {\"type\":\"polyline\",\"points\":[[0.0,0.0],[5.0,6.0]]}",
            "  u1 -follows-> u2",
            "t \"👩 ab c\"",
            " by import",
            "  ent \"ab\"",
            "row-9",
            " by import",
            "  free = \"some text\"",
            "! i.ndjson:8 no_data",
            "! i.ndjson:9 not_read",
            "! i.ndjson:7 bad_relation",
        ]
    );
}

#[test]
fn json_min_rows_are_answers_of_annotators() {
    let rows = r#"[{"id":1,"text":"a 👩 Rome","annotator":3,"annotation_id":8,"created_at":"2026-01-01","updated_at":"2026-01-01","lead_time":2.5,
      "label":[{"start":5,"end":9,"text":"Rome","labels":["LOC"]}],"mood":"good","tags":{"choices":["x","y"]},"stars":4}]"#;
    assert_eq!(
        said("label-studio-min", &[("m.json", rows)]),
        [
            "1 \"a 👩 Rome\"",
            " by user-3",
            "  mood = \"good\"",
            "  stars = 4.0",
            "  tags = [\"x\",\"y\"]",
            "  LOC \"Rome\"",
        ]
    );
}

#[test]
fn spacy_examples_have_entities_groups_and_categories() {
    let list = r#"[["Zoë 👩 left Lyon",{"entities":[[0,3,"PER"],[11,15,"LOC"]],"cats":{"good":1.0,"bad":0.2},"spans":{"sc":[[0,5,"X"]]}}],
      ["x",{"entities":[[0,9,"A"]]}],[7,{}]]"#;
    let wanted = [
        "example-000001 \"Zoë 👩 left Lyon\"",
        " by import",
        "  cats = [\"good\"]",
        "  PER \"Zoë\"",
        "  LOC \"Lyon\"",
        "  X \"Zoë 👩\"",
        "example-000002 \"x\"",
        "! s.json: [1] bad_span",
        "! s.json: [2] no_text",
    ];
    assert_eq!(said("spacy-json", &[("s.json", list)]), wanted);
}

/// Made by spaCy 3.8.18: words Zoë, 👩, left, Lyon and a full stop; entities PER and LOC, categories good 1 and bad 0,
/// and the span group `sc` with X over the first three words.
const DOCBIN: &str = "eJzrXF6WWlScmZ+32EDPcGliSUlR8VxHZ08vbx9fP/+As4xHzjIePct4bFlJfnZqXvFRJg69zsx3Cbmmr5+Jvvp1i33bfgYCgBlK23keqvnZ+tIaJs5IQB+Tsrk+Q9vF3TCakD1MhBTgAO/stpcopveZw2ha2ZNRZ9X5+oH19e8eS64GKVzvJ6QeFm6NhAIKDSw6tMbnzc369TCakHpy/bOsuCAxObX4CCsjI9CFy3NS89JLMoqPsLAC5ZYXlxRl5qUXz16wUG+xj7/zEp9KYAILcA1aGLEkKv/w6iU5qWklS3KAgkuqQNwP8yeuXJKcWFI8sWlJen5+ymn7DxBLFiclppyG2bg0LScxvXhi46aMxOL40rzsvPzyvHiIKw6tBtJ58elF+aUFxROPeDQecWxekpeYm7qoOBmSqBuWglQA5TRw+CcVSsPCnWsiUC8A6wGTCQ==";

#[test]
fn a_docbin_of_spacy_itself_is_read() {
    let view = MemoryView { files: [("d.spacy".to_owned(), STANDARD.decode(DOCBIN).unwrap())].into() };
    let reading = read(format("spacy").unwrap(), &view);
    assert_eq!((reading.problems.len(), reading.records.len()), (0, 1));
    let record = &reading.records[0];
    assert_eq!(record.data, labelwright_formats::Data::Text("Zoë 👩 left Lyon.".into()));
    let answer = &record.answers[0].answer;
    let spans: Vec<String> = answer
        .regions
        .iter()
        .map(|region| format!("{} {}", region.class, serde_json::to_string(&region.geometry).unwrap()))
        .collect();
    let span =
        |class: &str, start: u32, end: u32| format!("{class} {{\"type\":\"span\",\"ranges\":[[{start},{end}]]}}");
    assert_eq!(spans, [span("PER", 0, 3), span("LOC", 11, 15), span("X", 0, 10)]);
    assert_eq!(serde_json::to_string(&answer.fields).unwrap(), r#"{"cats":["good"]}"#);
}

#[test]
fn coco_stuff_files_are_coco() {
    let text = r#"{"images":[{"id":1,"file_name":"a.jpg","width":2,"height":2}],"categories":[{"id":92,"name":"banner","supercategory":"textile"},{"id":183,"name":"other","supercategory":"other"}],
      "annotations":[{"id":1,"image_id":1,"category_id":92,"segmentation":{"size":[2,2],"counts":[1,2,1]},"bbox":[0,0,2,2],"area":2,"iscrowd":0}]}"#;
    let files = [("annotations/stuff_val2017.json", text)];
    assert_eq!(detect(&view(&files)).map(|(format, _)| format.id), Some("coco"));
    let reading = read(format("coco").unwrap(), &view(&files));
    assert_eq!(reading.records[0].split.as_deref(), Some("val2017"));
    assert_eq!(
        said("coco", &files),
        ["a.jpg", " by import", "  banner {\"type\":\"mask\",\"width\":2,\"height\":2,\"counts\":[1,2,1]}"]
    );
}

#[test]
fn results_are_predictions_of_models() {
    let images = r#"{"images":[{"id":7,"file_name":"a.png","width":10,"height":8},{"id":9,"file_name":"b.png","width":10,"height":8}],
        "annotations":[],"categories":[{"id":18,"name":"dog"},{"id":1,"name":"person","keypoints":["nose"],"skeleton":[]}]}"#;
    let boxes = r#"[{"image_id":9,"category_id":18,"bbox":[1,2,3,4],"score":0.25},{"image_id":7,"category_id":18,"bbox":[0,0,5,5],"score":0.5},
        {"image_id":8,"category_id":18,"bbox":[0,0,5,5],"score":0.5},{"image_id":7,"category_id":2,"bbox":[0,0,5,5],"score":0.5}]"#;
    let masks = r#"[{"image_id":7,"category_id":18,"segmentation":{"size":[8,10],"counts":"53X2"},"score":0.75},
        {"image_id":7,"category_id":1,"keypoints":[1,2,2],"score":1}]"#;
    let files = [("annotations/instances_val.json", images), ("yolo.json", boxes), ("m.json", masks)];
    let view = view(&files);
    assert_eq!(detect(&view).map(|(format, _)| format.id), Some("coco-results"));
    let lines = said("coco-results", &files);
    let (good, bad): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| !line.starts_with('!'));
    assert_eq!(good[..3], ["a.png".to_owned(), " by model:m".to_owned(), good[2].clone()]);
    assert!(
        good[2].starts_with("  dog {\"type\":\"mask\"") && good[3].starts_with("  person {\"type\":\"keypoints\""),
        "{good:?}"
    );
    assert_eq!(good[4], " by model:yolo");
    assert_eq!(good[5], r#"  dog {"type":"box","x":0.0,"y":0.0,"width":5.0,"height":5.0}"#);
    assert_eq!(good[6..8], ["b.png", " by model:yolo"]);
    assert_eq!(bad, ["! yolo.json: [3] unknown_category", "! yolo.json: [2] unknown_image"]);
    let reading = read(format("coco-results").unwrap(), &view);
    assert_eq!(reading.records[1].answers[0].answer.regions[0].score, Some(0.25));
    let items: Vec<ExportItem> = reading.records.iter().filter_map(|one| item_of(one.clone(), &view)).collect();
    let (written, report) = write(format("coco-results").unwrap(), &reading.schema.unwrap().schema, &items);
    assert_eq!(report.losses.iter().map(|loss| loss.code.as_str()).collect::<Vec<_>>(), ["splits"]);
    // The ids of images stay; categories are numbered anew.
    let yolo: serde_json::Value = serde_json::from_slice(&written.files["results/yolo.json"]).unwrap();
    assert_eq!(yolo[1], serde_json::json!({"image_id": 9, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.25}));
    assert_eq!(said("coco-results", &[("r.json", boxes)]), ["! instances.json missing_file"]);
}
