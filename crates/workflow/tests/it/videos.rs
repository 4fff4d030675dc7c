//! Videos: good ones come in with their frames, broken ones cost their own record, tracks come in from the field's
//! formats, are checked against the frames, and go out as they came.

use crate::support::{World, counts, worlds};
use futures::StreamExt;
use labelwright_core::{Action, Answer, Geometry, ItemId};
use labelwright_testkit::world::principal;
use labelwright_workflow::{
    freeze::{Answers, Media},
    jobs::kinds::OnError,
};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

const SCHEMA: &str = r##"{"name": "Road", "modality": "video", "classes": [
  {"id": "car", "title": "Car", "geometry": ["track"], "color": "#0072B2",
   "attributes": [{"id": "lights", "title": "Lights", "kind": {"type": "boolean"}, "mutable": true}]},
  {"id": "turn", "title": "Turn", "geometry": ["interval"], "color": "#E69F00"}]}"##;

fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../media/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[tokio::test]
async fn good_videos_come_in_and_broken_ones_say_what_is_wrong() {
    for world in worlds().await {
        let good = data("b-frames.mp4");
        let folder = world.file("videos/good.mp4", &good).parent().unwrap().to_path_buf();
        world.file("videos/good.webm", data("vp9.webm"));
        world.file("videos/empty.mp4", "");
        world.file("videos/half.mp4", &good[..good.len() / 2]);
        world.file("videos/sound.mp4", data("sound.mp4"));
        world.file("videos/picture.mov", b"\x89PNG\r\n\x1a\n\0\0\0\0 and no video at all");
        let job = world.import("videos", &folder, OnError::KeepGood).await;
        assert_eq!(counts(&job), (2, 0, 4), "{}", world.name);
        let mut problems = world.problems(&job).await;
        problems.sort();
        let told: Vec<(&str, &str)> = problems.iter().map(|(place, code)| (place.as_str(), code.as_str())).collect();
        let expected = [
            ("empty.mp4", "empty_file"),
            ("half.mp4", "truncated"),
            ("picture.mov", "not_a_video"),
            ("sound.mp4", "no_video"),
        ];
        assert_eq!(told, expected, "{}", world.name);
        let items = world.items("videos").await;
        let shape: serde_json::Value = serde_json::from_str(&items[0].shape).unwrap();
        assert_eq!((items[0].modality.as_str(), items[0].media_type.as_str()), ("video", "video/mp4"));
        assert_eq!((shape["frames"].as_i64(), shape["width"].as_i64()), (Some(90), Some(192)));
        let permit = world.workflow.permit_item(&principal(world.owner), ItemId(items[0].id.0)).await.unwrap();
        assert!(world.workflow.levels(&permit).await.unwrap().bytes > 100, "{}", world.name);
        let report = world.workflow.doctor(|_| {}).await.unwrap();
        assert!(report.findings.is_empty(), "{}: {:?}", world.name, report.findings);
    }
}

fn picture(width: u32, shade: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let pixels = image::RgbImage::from_pixel(width, 32, image::Rgb([shade, 0, 0]));
    pixels.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_folder_of_pictures_is_one_video_and_comes_with_its_tracks() {
    for world in worlds().await {
        let mut pictures = Vec::new();
        for number in 1..=12 {
            pictures.push(picture(48, number));
            world.file(&format!("mot/walk/img1/{number:06}.png"), &pictures[number as usize - 1]);
        }
        world.file("mot/walk/gt/gt.txt", "2,1,5,6,10,12,1,1,1\n3,1,6,6,10,12,1,1,1\n5,1,8,6,10,12,1,1,1\n");
        world.file("mot/walk/gt/labels.txt", "car\n");
        let info = "[Sequence]\nname=walk\nimDir=img1\nframeRate=12.5\nseqLength=12\nimWidth=48\nimHeight=32\n";
        let folder = world.file("mot/walk/seqinfo.ini", info);
        let folder = folder.parent().unwrap().parent().unwrap().to_path_buf();
        assert_eq!(counts(&world.import_as("walks", &folder, "mot").await), (1, 0, 0), "{}", world.name);
        let [item] = world.items("walks").await.try_into().unwrap();
        assert_eq!((item.modality.as_str(), item.media_type.as_str()), ("video", "application/x-tar"));
        let shape: serde_json::Value = serde_json::from_str(&item.shape).unwrap();
        assert_eq!((shape["frames"].as_i64(), shape["ticks_per_second"].as_i64()), (Some(12), Some(12_500)));
        // The table says where the bytes of each picture are.
        let permit = world.workflow.permit_item(&principal(world.owner), ItemId(item.id.0)).await.unwrap();
        let table = bytes_of(&world, world.workflow.levels(&permit).await.unwrap()).await;
        let archive = bytes_of(&world, world.workflow.media(&permit)).await;
        let length = u32::from_le_bytes(table[8..12].try_into().unwrap()) as usize;
        let head: serde_json::Value = serde_json::from_slice(&table[12..12 + length]).unwrap();
        let place = 12 + length + head["pictures"]["offset"].as_u64().unwrap() as usize;
        for (number, picture) in pictures.iter().enumerate() {
            let part = |at: usize| {
                let at = place + number * 12 + at;
                u32::from_le_bytes(table[at..at + 4].try_into().unwrap()) as usize
            };
            assert_eq!(&archive[part(0)..part(0) + part(8)], picture.as_slice(), "{}: {number}", world.name);
        }
        let project = world.project("Road", SCHEMA, "walks").await;
        let owner = principal(world.owner);
        let permit = world.workflow.permit_project(&owner, project, Action::ManageProject).await.unwrap();
        let assignment = world.workflow.next(&permit, 1).await.unwrap().assignments.remove(0);
        let Geometry::Track(track) = &assignment.prelabels[0].answer.regions[0].geometry else { panic!("no track") };
        assert_eq!(track.stretches(), [[1, 2], [4, 4]], "{}", world.name);

        // Pictures of several sizes are no video.
        let odd = world.file("odd/0.png", picture(48, 1)).parent().unwrap().to_path_buf();
        world.file("odd/1.png", picture(49, 1));
        let job = world.import_as("odd", &odd, "frames").await;
        assert_eq!(world.problems(&job).await, [("frames".to_owned(), "mixed_forms".to_owned())], "{}", world.name);
        let report = world.workflow.doctor(|_| {}).await.unwrap();
        assert!(report.findings.is_empty(), "{}: {:?}", world.name, report.findings);
    }
}

async fn bytes_of(world: &World, media: labelwright_workflow::streaming::Media) -> Vec<u8> {
    let stream = world.workflow.stream(&media, 0..media.bytes).await.unwrap();
    let parts: Vec<_> = stream.map(|part| part.unwrap().to_vec()).collect().await;
    parts.concat()
}

/// A car from frame 0 to 20, hidden from 10 on, whose lights go on at 10; and one that drives out of the picture and out
/// of the video.
const CVAT: &str = r#"<annotations><meta><task><labels><label><name>car</name><attributes>
    <attribute><name>lights</name><mutable>True</mutable><input_type>checkbox</input_type></attribute></attributes></label></labels>
    <original_size><width>192</width><height>108</height></original_size></task><source>clip.mp4</source></meta>
  <track id="0" label="car">
    <box frame="0" keyframe="1" outside="0" occluded="0" xtl="10" ytl="50" xbr="40" ybr="80"><attribute name="lights">false</attribute></box>
    <box frame="10" keyframe="1" outside="0" occluded="1" xtl="20" ytl="50" xbr="50" ybr="80"><attribute name="lights">true</attribute></box>
    <box frame="20" keyframe="1" outside="0" occluded="0" xtl="30" ytl="50" xbr="60" ybr="80"><attribute name="lights">true</attribute></box>
    <box frame="21" keyframe="1" outside="1" occluded="0" xtl="30" ytl="50" xbr="60" ybr="80"><attribute name="lights">true</attribute></box>
  </track>
  <track id="1" label="car">
    <box frame="80" keyframe="1" outside="0" occluded="0" xtl="100" ytl="10" xbr="130" ybr="40"></box>
    <box frame="100" keyframe="1" outside="0" occluded="0" xtl="180" ytl="10" xbr="210" ybr="40"></box>
  </track></annotations>"#;

async fn exported(world: &World, project: labelwright_core::ProjectId, format: &str) -> BTreeMap<String, String> {
    let options = Default::default();
    let exported = world.workflow.export_as_operator(project, format, Answers::All, Media::None, options).await;
    let mut bytes = Vec::new();
    exported.unwrap().0.read_to_end(&mut bytes).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().unwrap().into_owned(), text);
    }
    files
}

#[tokio::test]
async fn tracks_come_in_are_checked_and_go_out_in_the_formats_of_the_field() {
    for world in worlds().await {
        let folder = world.file("tracks/clip.mp4", data("b-frames.mp4")).parent().unwrap().to_path_buf();
        world.file("tracks/annotations.xml", CVAT);
        assert_eq!(counts(&world.import_as("road", &folder, "cvat-video").await), (1, 0, 0), "{}", world.name);
        let project = world.project("Road", SCHEMA, "road").await;
        let owner = principal(world.owner);
        let permit = world.workflow.permit_project(&owner, project, Action::ManageProject).await.unwrap();
        let assignment = world.workflow.next(&permit, 1).await.unwrap().assignments.remove(0);
        let [prelabel] = assignment.prelabels.try_into().unwrap_or_else(|_| panic!("{}: no pre-label", world.name));
        let mut answer: Answer = prelabel.answer;
        // What reaches over the edge and behind the end is cut there.
        let Geometry::Track(track) = &answer.regions[1].geometry else { panic!("no track") };
        let ends = track.keyframes.last().unwrap();
        assert_eq!(ends.frame, 89, "{}: {track:?}", world.name);
        assert!(ends.geometry.bounds().unwrap().right <= 192.0, "{track:?}");
        let interval =
            serde_json::json!({"id": "t", "class": "turn", "geometry": {"type": "interval", "start": 5, "end": 9}});
        answer.regions.push(serde_json::from_value(interval).unwrap());
        // Behind the last frame there is nothing to label, and only what may change changes.
        let mut beyond = answer.clone();
        if let Geometry::Track(track) = &mut beyond.regions[0].geometry {
            track.keyframes.last_mut().unwrap().frame = 90;
        }
        let refused = world.submit(assignment.task, assignment.epoch, &beyond.canonical_json()).await;
        assert!(refused.unwrap_err().to_string().contains("90 frames"), "{}", world.name);
        let mut beyond = answer.clone();
        if let Geometry::Interval(interval) = &mut beyond.regions[2].geometry {
            interval.end = 91;
        }
        let refused = world.submit(assignment.task, assignment.epoch, &beyond.canonical_json()).await;
        assert!(refused.unwrap_err().to_string().contains("frames 0 to 90"), "{}", world.name);
        world.submit(assignment.task, assignment.epoch, &answer.canonical_json()).await.unwrap();

        let mot = exported(&world, project, "mot").await;
        let rows: Vec<&str> = mot["clip/gt/gt.txt"].lines().collect();
        assert_eq!(rows[5], "6,1,16,51,30,30,1,1,1", "{}", world.name);
        assert_eq!(rows[10], "11,1,21,51,30,30,1,1,0", "what is hidden is said to be");
        assert_eq!(rows.len(), 21 + 10);
        assert!(mot["clip/seqinfo.ini"].contains("seqLength=90\nframeRate=29.97"), "{}", mot["clip/seqinfo.ini"]);
        let cvat = &exported(&world, project, "cvat-video").await["clip.xml"];
        for wanted in
            ["<mutable>True</mutable>", "<stop_frame>89</stop_frame>", "frame=\"21\" keyframe=\"1\" outside=\"1\""]
        {
            assert!(cvat.contains(wanted), "{}: {wanted} is not in {cvat}", world.name);
        }
        assert_eq!(cvat.matches("<attribute name=\"lights\">true</attribute>").count(), 3, "{cvat}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let coco = read(&exported(&world, project, "coco-vid").await["annotations.json"]);
        assert_eq!(coco["images"].as_array().unwrap().len(), 90);
        assert_eq!(coco["annotations"].as_array().unwrap().len(), 31);
        assert_eq!(coco["annotations"][5]["bbox"], serde_json::json!([15.0, 50.0, 30.0, 30.0]));
        let vis = read(&exported(&world, project, "youtube-vis").await["annotations.json"]);
        assert_eq!((vis["videos"][0]["length"].as_i64(), vis["annotations"].as_array().unwrap().len()), (Some(90), 2));
        assert_eq!(vis["annotations"][0]["bboxes"][21], serde_json::Value::Null);
        assert_eq!(vis["annotations"][0]["occlusion"][10], "severe_occlusion");
        let studio = read(&exported(&world, project, "label-studio").await["tasks.json"]);
        let result = studio[0]["annotations"][0]["result"].as_array().unwrap();
        assert_eq!(result[0]["value"]["framesCount"], 90);
        let last = result[0]["value"]["sequence"].as_array().unwrap().last().unwrap();
        assert_eq!((last["frame"].as_i64(), last["enabled"].as_bool()), (Some(21), Some(false)), "{last}");
        let timeline = result.iter().find(|one| one["type"] == "timelinelabels").unwrap();
        assert_eq!(timeline["value"]["ranges"], serde_json::json!([{"start": 6, "end": 9}]));
    }
}
