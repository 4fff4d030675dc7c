//! Formats of videos: small files made by hand after their definitions, and what is made of them.

use crate::support::{read, write};
use labelwright_core::{
    Geometry, GeometryKind, LabelSchema, Modality,
    geometry::{BoxShape, Keyframe, Polygon, PolygonPart, Track},
};
use labelwright_formats::{ExportItem, Frames, MemoryView, SourcedAnswer, detect, format};
use std::collections::BTreeMap;

fn view(files: &[(&str, &str)]) -> MemoryView {
    MemoryView { files: files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect() }
}

fn upright(x: f64) -> Geometry {
    Geometry::Box(BoxShape { x, y: 2.0, width: 10.0, height: 20.0 })
}

/// Frames and what they hold of the tracks of the first record.
fn keyframes(geometry: &Geometry) -> Vec<(u32, bool, bool)> {
    let Geometry::Track(track) = geometry else { panic!("{geometry:?}") };
    track.keyframes.iter().map(|one| (one.frame, one.outside, one.occluded)).collect()
}

const COCO_VID: &str = r#"{"videos": [{"id": 7, "name": "street.mp4", "width": 640, "height": 480}],
  "categories": [{"id": 3, "name": "car"}, {"id": 4, "name": "dog"}],
  "images": [{"id": 1, "video_id": 7, "frame_id": 0, "file_name": "street/0.jpg"}, {"id": 2, "video_id": 7, "frame_id": 1},
    {"id": 3, "video_id": 7, "frame_id": 2}, {"id": 4, "video_id": 7, "frame_id": 5}],
  "annotations": [
    {"id": 1, "image_id": 1, "category_id": 3, "instance_id": 11, "bbox": [0, 2, 10, 20]},
    {"id": 2, "image_id": 2, "category_id": 3, "instance_id": 11, "bbox": [5, 2, 10, 20]},
    {"id": 3, "image_id": 3, "category_id": 3, "instance_id": 11, "bbox": [10, 2, 10, 20]},
    {"id": 4, "image_id": 4, "category_id": 3, "instance_id": 11, "bbox": [30, 2, 10, 20], "occluded": true},
    {"id": 5, "image_id": 4, "category_id": 9, "instance_id": 12, "bbox": [30, 2, 10, 20]},
    {"id": 6, "image_id": 8, "category_id": 3, "instance_id": 12, "bbox": [30, 2, 10, 20]},
    {"id": 7, "image_id": 4, "category_id": 3, "instance_id": 11, "bbox": [1, 1, 1, 1]},
    {"id": 8, "image_id": 1, "category_id": 4, "instance_id": 13, "bbox": [1, 1, 0, 1]}]}"#;

#[test]
fn coco_for_videos_joins_the_boxes_of_an_instance() {
    let files = view(&[("annotations.json", COCO_VID), ("street.mp4", "")]);
    assert_eq!(detect(&files).map(|(format, _)| format.id), Some("coco-vid"));
    let reading = read(format("coco-vid").unwrap(), &files);
    let told: Vec<(&str, &str)> = reading.problems.iter().map(|one| (one.place.as_str(), one.code)).collect();
    let expected = [
        ("annotations.json: annotations[4]", "unknown_class"),
        ("annotations.json: annotations[5]", "unknown_image"),
        ("annotations.json: annotations[6]", "duplicate_id"),
        ("annotations.json: annotations[7]", "bad_box"),
    ];
    assert_eq!(told, expected);
    let [record] = reading.records.as_slice() else { panic!("{:?}", reading.records) };
    assert_eq!((record.key.as_str(), record.size), ("street.mp4", Some([640, 480])));
    let [region] = record.answers[0].answer.regions.as_slice() else { panic!("one thing") };
    assert_eq!(region.class, "car");
    // The second lies on the line; between the third and the last the car is not there.
    assert_eq!(keyframes(&region.geometry), [(0, false, false), (2, false, false), (3, true, false), (5, false, true)]);
    let classes: Vec<String> = reading.schema.unwrap().schema.classes.into_iter().map(|class| class.id).collect();
    assert_eq!(classes, ["car", "dog"]);
}

const YOUTUBE_VIS: &str = r#"{"videos": [{"id": 1, "width": 4, "height": 2, "length": 4,
    "file_names": ["a1b2/0.jpg", "a1b2/1.jpg", "a1b2/2.jpg", "a1b2/3.jpg"]}],
  "categories": [{"id": 1, "name": "cat"}],
  "annotations": [
    {"id": 1, "video_id": 1, "category_id": 1, "iscrowd": 0, "bboxes": [[0,0,1,1], [0,0,1,1], null, [1,0,1,2]],
     "segmentations": [{"size": [2, 4], "counts": [0, 1, 7]}, {"size": [2, 4], "counts": [0, 1, 7]}, null,
       {"size": [2, 4], "counts": [2, 2, 4]}], "occlusion": ["no_occlusion", "no_occlusion", null, "slight_occlusion"]},
    {"id": 2, "video_id": 1, "category_id": 1, "segmentations": [[[0,0,2,0,2,2]], [[1,0,3,0,3,2]], [[2,0,4,0,4,2]], null]},
    {"id": 3, "video_id": 1, "category_id": 1, "segmentations": [null, null, null, null]},
    {"id": 4, "video_id": 2, "category_id": 1, "segmentations": [[[0,0,2,0,2,2]]]},
    {"id": 5, "video_id": 1, "category_id": 1, "segmentations": [{"size": [9, 9], "counts": [81]}]}]}"#;

#[test]
fn youtube_vis_has_an_entry_a_frame() {
    let files = view(&[("train.json", YOUTUBE_VIS)]);
    assert_eq!(detect(&files).map(|(format, _)| format.id), Some("youtube-vis"));
    let reading = read(format("youtube-vis").unwrap(), &files);
    let told: Vec<&str> = reading.problems.iter().map(|one| one.code).collect();
    assert_eq!(told, ["bad_track", "unknown_video", "bad_mask"]);
    let [record] = reading.records.as_slice() else { panic!("{:?}", reading.records) };
    assert_eq!((record.key.as_str(), record.size), ("a1b2", Some([4, 2])));
    let regions = &record.answers[0].answer.regions;
    assert_eq!(keyframes(&regions[0].geometry), [(0, false, false), (2, true, false), (3, false, true)]);
    assert_eq!(keyframes(&regions[1].geometry), [(0, false, false), (2, false, false)]);
}

fn schema() -> LabelSchema {
    serde_json::from_value(serde_json::json!({"name": "v", "modality": "video", "classes": [
        {"id": "car", "title": "Car", "geometry": ["track", "interval"], "color": "#0072b2",
         "attributes": [{"id": "lights", "title": "Lights", "kind": {"type": "boolean"}, "mutable": true}]}]}))
    .unwrap()
}

fn item(geometry: Geometry) -> ExportItem {
    let region = serde_json::json!({"id": "r0", "class": "car", "geometry": geometry});
    let mut answer = labelwright_core::Answer::default();
    answer.regions.push(serde_json::from_value(region).unwrap());
    ExportItem {
        size: Some([640, 480]),
        frames: Some(Frames { count: 10, per_second: 25.0 }),
        answers: vec![SourcedAnswer::new("a", answer)],
        ..ExportItem::new("clip.mp4", Modality::Video)
    }
}

fn written(id: &str, geometry: Geometry) -> (BTreeMap<String, String>, MemoryView, Vec<String>) {
    let (view, report) = write(format(id).unwrap(), &schema(), &[item(geometry)]);
    let texts = view.files.iter().map(|(name, bytes)| (name.clone(), String::from_utf8_lossy(bytes).into_owned()));
    (texts.collect(), view, report.losses.into_iter().map(|loss| loss.code).collect())
}

#[test]
fn a_track_ends_where_it_ends_in_programs_where_tracks_go_on() {
    let track =
        Geometry::Track(Track { keyframes: vec![Keyframe::new(2, upright(0.0)), Keyframe::new(6, upright(8.0))] });
    let (files, view, _) = written("cvat-video", track.clone());
    let xml = &files["clip.xml"];
    assert!(xml.contains("frame=\"7\" keyframe=\"1\" outside=\"1\""), "{xml}");
    let back = read(format("cvat-video").unwrap(), &view);
    assert_eq!(
        keyframes(&back.records[0].answers[0].answer.regions[0].geometry),
        [(2, false, false), (6, false, false), (7, true, false)]
    );
    assert_eq!(back.schema.unwrap().schema.classes[0].geometry, [GeometryKind::Track]);
    let (files, ..) = written("label-studio", track);
    let tasks: serde_json::Value = serde_json::from_str(&files["tasks.json"]).unwrap();
    let value = &tasks[0]["annotations"][0]["result"][0]["value"];
    assert_eq!((value["framesCount"].as_i64(), value["duration"].as_f64()), (Some(10), Some(0.4)));
    assert_eq!(value["sequence"][1]["enabled"], false);
    assert_eq!(value["sequence"][1]["time"], 0.24);
    // One that goes on to the last frame needs no end.
    let whole =
        Geometry::Track(Track { keyframes: vec![Keyframe::new(0, upright(0.0)), Keyframe::new(9, upright(8.0))] });
    let (files, ..) = written("cvat-video", whole.clone());
    assert!(!files["clip.xml"].contains("outside=\"1\""), "{}", files["clip.xml"]);
    let (files, ..) = written("label-studio", whole);
    assert!(files["tasks.json"].contains("\"enabled\":true") && !files["tasks.json"].contains("\"enabled\":false"));
}

#[test]
fn label_studio_tracks_go_on_to_the_end_and_timelines_are_intervals() {
    let task = r#"[{"data": {"video": "v.mp4"}, "annotations": [{"result": [
      {"id": "a", "from_name": "box", "to_name": "video", "type": "videorectangle", "original_width": 100, "original_height": 100,
       "value": {"framesCount": 50, "duration": 2, "labels": ["car"], "sequence": [
         {"frame": 1, "enabled": true, "x": 10, "y": 10, "width": 10, "height": 10, "rotation": 0},
         {"frame": 11, "enabled": true, "x": 20, "y": 10, "width": 10, "height": 10, "rotation": 0}]}},
      {"id": "b", "from_name": "tl", "to_name": "video", "type": "timelinelabels",
       "value": {"ranges": [{"start": 3, "end": 8}], "timelinelabels": ["turn"]}}]}]}]"#;
    let reading = read(format("label-studio").unwrap(), &view(&[("tasks.json", task)]));
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let regions = &reading.records[0].answers[0].answer.regions;
    assert_eq!(keyframes(&regions[0].geometry), [(0, false, false), (10, false, false), (49, false, false)]);
    assert_eq!(
        serde_json::to_value(&regions[1].geometry).unwrap(),
        serde_json::json!({"type": "interval", "start": 2, "end": 8})
    );
    assert_eq!(regions[1].class, "turn");
}

#[test]
fn what_a_format_of_boxes_makes_of_other_tracks_is_counted() {
    let outer = |x: f64| vec![[x, 0.0], [x + 4.0, 0.0], [x + 4.0, 8.0]];
    let polygon = |x| Geometry::Polygon(Polygon { parts: vec![PolygonPart { outer: outer(x), holes: Vec::new() }] });
    let mut last = Keyframe::new(4, polygon(8.0));
    last.attributes.insert("lights".into(), labelwright_core::Value::Boolean(true));
    let track = Geometry::Track(Track { keyframes: vec![Keyframe::new(0, polygon(0.0)), last] });
    let (files, _, losses) = written("mot", track.clone());
    assert_eq!(losses, ["geometry", "mutable_attributes"]);
    assert_eq!(files["clip/gt/gt.txt"].lines().nth(1), Some("2,1,3,1,4,8,1,1,1"));
    let (files, _, losses) = written("coco-vid", track.clone());
    assert_eq!(losses, ["geometry", "mutable_attributes"]);
    let json: serde_json::Value = serde_json::from_str(&files["annotations.json"]).unwrap();
    assert_eq!((json["images"].as_array().unwrap().len(), json["annotations"].as_array().unwrap().len()), (10, 5));
    let (files, _, losses) = written("youtube-vis", track);
    assert_eq!(losses, ["mutable_attributes"]);
    let json: serde_json::Value = serde_json::from_str(&files["annotations.json"]).unwrap();
    assert_eq!(json["annotations"][0]["segmentations"][1], serde_json::json!([[2.0, 0.0, 6.0, 0.0, 6.0, 8.0]]));
    assert_eq!(json["annotations"][0]["segmentations"][5], serde_json::Value::Null);
}
