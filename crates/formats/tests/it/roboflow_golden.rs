//! Exports of Roboflow, made by hand after its own: they are known, read, and written as it writes them.

use crate::{
    golden::{said, view},
    support::{read, write_with},
};
use labelwright_formats::{Collector, ExportItem, Extras, MemoryView, Options, detect, format, item_of};

const TRAIN: &str = r#"{"info":{"year":"2023","version":"2","description":"Exported from roboflow.com","contributor":"","url":"https://public.roboflow.com/object-detection/undefined","date_created":"2023-07-12T09:00:00+00:00"},
 "licenses":[{"id":1,"url":"https://creativecommons.org/licenses/by/4.0/","name":"CC BY 4.0"}],
 "categories":[{"id":0,"name":"animals","supercategory":"none"},{"id":1,"name":"cat","supercategory":"animals"},{"id":2,"name":"dog","supercategory":"animals"}],
 "images":[{"id":0,"license":1,"file_name":"one_jpg.rf.0123456789abcdef0123456789abcdef.jpg","height":40,"width":60,"date_captured":"2023-07-12T09:00:00+00:00"},
  {"id":1,"license":1,"file_name":"two.jpg","height":40,"width":60,"date_captured":"2023-07-12T09:00:00+00:00"}],
 "annotations":[{"id":0,"image_id":0,"category_id":2,"bbox":[5,6,20,10],"area":200,"segmentation":[],"iscrowd":0},
  {"id":1,"image_id":0,"category_id":1,"bbox":[1,1,8,8],"area":32,"segmentation":[[1,1,9,1,9,9]],"iscrowd":0}]}"#;
const VALID: &str = r#"{"categories":[{"id":0,"name":"animals","supercategory":"none"},{"id":1,"name":"cat","supercategory":"animals"},{"id":2,"name":"dog","supercategory":"animals"}],
 "images":[{"id":0,"license":1,"file_name":"two.jpg","height":30,"width":50}],
 "annotations":[{"id":0,"image_id":0,"category_id":1,"bbox":[0,0,50,30],"area":1500,"segmentation":[],"iscrowd":0}]}"#;
const README: (&str, &str) = ("README.roboflow.txt", "\nanimals - v2\n==============================\n");

fn coco() -> Vec<(&'static str, &'static str)> {
    vec![
        README,
        ("README.dataset.txt", "# animals\n"),
        ("train/_annotations.coco.json", TRAIN),
        ("train/one_jpg.rf.0123456789abcdef0123456789abcdef.jpg", "PICTURE 60 40"),
        ("train/two.jpg", "PICTURE 60 40"),
        ("valid/_annotations.coco.json", VALID),
        ("valid/two.jpg", "PICTURE 50 30"),
    ]
}

/// Read, and written again as the same format.
fn again(id: &str, files: &MemoryView) -> MemoryView {
    let format = format(id).unwrap();
    let reading = read(format, files);
    assert_eq!((&reading.problems, &reading.stopped), (&Vec::new(), &None));
    let mut collector = Collector::default();
    collector.schema(reading.schema.unwrap());
    let items: Vec<ExportItem> = reading.records.into_iter().filter_map(|record| item_of(record, files)).collect();
    let schema = collector.finish();
    let extras: Option<&Extras> = schema.extras.as_deref();
    let (written, report) = write_with(format, &schema.schema, &items, &Options::default(), extras);
    assert_eq!(report.losses, []);
    written
}

fn json(view: &MemoryView, name: &str) -> serde_json::Value {
    serde_json::from_slice(&view.files[name]).unwrap()
}

#[test]
fn coco_has_a_file_a_part_and_the_project_as_category_0() {
    let files = view(&coco());
    assert_eq!(detect(&files).map(|(format, _)| format.id), Some("roboflow-coco"));
    assert_eq!(
        said("roboflow-coco", &coco()),
        [
            "train/one_jpg.rf.0123456789abcdef0123456789abcdef.jpg [60, 40]",
            "  dog box 5 6 25 16",
            "  cat polygon 1 1 9 9",
            "train/two.jpg [60, 40]",
            "val/two.jpg [50, 30]",
            "  cat box 0 0 50 30",
        ]
    );
    let reading = read(format("roboflow-coco").unwrap(), &files);
    let classes: Vec<&str> = reading.schema.as_ref().unwrap().schema.classes.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(classes, ["cat", "dog"]);
    // Pictures of one name are told apart by their parts.
    let data: Vec<String> = reading.records.iter().map(|record| format!("{:?}", record.data)).collect();
    assert_eq!(data[1..], ["File(\"train/two.jpg\")", "File(\"valid/two.jpg\")"]);

    let written = again("roboflow-coco", &files);
    let names: Vec<&str> = written.files.keys().map(String::as_str).collect();
    let wanted: Vec<&str> = files.files.keys().map(String::as_str).collect();
    assert_eq!(names, wanted);
    for name in ["train/_annotations.coco.json", "valid/_annotations.coco.json"] {
        let (was, is) = (json(&files, name), json(&written, name));
        for key in ["categories", "images"] {
            assert_eq!(is[key], was[key], "{name}");
        }
        for (is, was) in is["annotations"].as_array().unwrap().iter().zip(was["annotations"].as_array().unwrap()) {
            for key in ["id", "image_id", "category_id", "iscrowd"] {
                assert_eq!(is[key], was[key], "{name}");
            }
            let numbers = |value: &serde_json::Value| -> Vec<f64> {
                value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
            };
            assert_eq!(numbers(&is["bbox"]), numbers(&was["bbox"]));
        }
    }
    assert_eq!(again("roboflow-coco", &written).files, written.files);
}

#[test]
fn a_category_0_that_is_a_class_stays_one() {
    let alone = r#"{"categories":[{"id":0,"name":"animals","supercategory":"none"}],"images":[{"id":0,"file_name":"a.jpg","height":3,"width":5}],
        "annotations":[{"id":0,"image_id":0,"category_id":0,"bbox":[0,0,2,2],"area":4,"segmentation":[],"iscrowd":0}]}"#;
    let files = [("train/_annotations.coco.json", alone), ("train/a.jpg", "PICTURE 5 3")];
    assert_eq!(said("roboflow-coco", &files), ["train/a.jpg [5, 3]", "  animals box 0 0 2 2"]);
    let written = again("roboflow-coco", &view(&files));
    let document = json(&written, "train/_annotations.coco.json");
    assert_eq!(document["categories"][1]["id"], 1, "the number 0 is the project's");
    assert_eq!(document["annotations"][0]["category_id"], 1);
    // And one that is above others, and has something all the same.
    let used = TRAIN.replace("\"category_id\":2", "\"category_id\":0");
    let files = [("train/_annotations.coco.json", used.as_str())];
    assert!(said("roboflow-coco", &files).contains(&"  animals box 5 6 25 16".to_owned()));
}

#[test]
fn yolo_has_paths_from_beside_itself() {
    let yaml = "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 2\nnames: ['cat', \"dog: big\"]\n\nroboflow:\n  workspace: w\n  project: animals\n  version: 2\n";
    let files = [
        README,
        ("data.yaml", yaml),
        ("train/images/one.jpg", "PICTURE 60 40"),
        ("train/labels/one.txt", "1 0.5 0.5 0.5 0.5\n0 0.1 0.1 0.2 0.1 0.2 0.2\n"),
        ("valid/images/d/two.jpg", "PICTURE 50 30"),
        ("valid/labels/d/two.txt", ""),
        ("test/images/one.jpg", "PICTURE 60 40"),
        ("test/labels/one.txt", "0 0.5 0.5 1 1\n7 0.5 0.5 1 1\n"),
    ];
    assert_eq!(detect(&view(&files)).map(|(format, _)| format.id), Some("roboflow-yolo"));
    assert_eq!(
        said("roboflow-yolo", &files),
        [
            "! test/labels/one.txt:2 unknown_class",
            "test/one.jpg [60, 40]",
            "  cat box 0 0 60 40",
            "train/one.jpg [60, 40]",
            "  dog: big box 15 10 45 30",
            "  cat polygon 6 4 12 8",
            "val/d/two.jpg [50, 30]",
        ]
    );
    let good: Vec<(&str, &str)> =
        files.into_iter().map(|(name, text)| (name, text.strip_suffix("7 0.5 0.5 1 1\n").unwrap_or(text))).collect();
    let written = again("roboflow-yolo", &view(&good));
    let yaml = String::from_utf8_lossy(&written.files["data.yaml"]).into_owned();
    let wanted = "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 2\nnames: [\"cat\", \"dog: big\"]\n\nroboflow:\n  project: \"project\"\n";
    assert_eq!(yaml, wanted);
    for (name, text) in good.iter().filter(|(name, _)| name.ends_with(".txt") && name.contains("labels")) {
        assert_eq!(String::from_utf8_lossy(&written.files[*name]), *text, "{name}");
    }
    assert_eq!(detect(&written).map(|(format, _)| format.id), Some("roboflow-yolo"));
    assert_eq!(again("roboflow-yolo", &written).files, written.files);
}

#[test]
fn a_folder_images_in_a_name_does_not_lead_labels_astray() {
    for id in ["yolo", "roboflow-yolo"] {
        let format = format(id).unwrap();
        let coco = r#"{"images":[{"id":1,"file_name":"images/x/a.png","width":10,"height":10},{"id":2,"file_name":"x/images/a.png","width":10,"height":10}],
            "categories":[{"id":1,"name":"c"}],"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,1,5,5]}]}"#;
        let source =
            view(&[("a.json", coco), ("images/x/a.png", "PICTURE 10 10"), ("x/images/a.png", "PICTURE 10 10")]);
        let reading = read(labelwright_formats::format("coco").unwrap(), &source);
        let items: Vec<ExportItem> = reading.records.into_iter().filter_map(|r| item_of(r, &source)).collect();
        let (written, report) = write_with(format, &reading.schema.unwrap().schema, &items, &Options::default(), None);
        assert_eq!(
            report.losses.iter().map(|loss| (loss.code.as_str(), loss.count)).collect::<Vec<_>>(),
            [("renamed", 3)]
        );
        let back = read(format, &written);
        assert_eq!(back.problems, [], "{id}");
        let regions: Vec<usize> =
            back.records.iter().map(|r| r.answers.iter().map(|a| a.answer.regions.len()).sum()).collect();
        assert_eq!(regions, [1, 0], "{id}: {:?}", written.files.keys());
    }
}
