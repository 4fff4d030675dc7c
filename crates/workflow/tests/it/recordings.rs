//! Recordings: good ones come in with their length and their levels, broken ones cost their own record, labels keep
//! their times from file to file.

use crate::support::{counts, worlds};
use labelwright_core::{Action, Geometry, ItemId};
use labelwright_testkit::{
    sound::{bursts, wav},
    world::principal,
};
use labelwright_workflow::{
    freeze::{Answers, Media},
    jobs::kinds::OnError,
};
use std::io::{Cursor, Read};

const SCHEMA: &str = r##"{"name": "Turns", "modality": "audio", "classes": [
  {"id": "speech", "title": "Speech", "geometry": ["interval"], "color": "#0072B2",
   "attributes": [{"id": "text", "title": "Text", "kind": {"type": "transcript"}}]}]}"##;

/// A tier `speech` with one interval from 0.5 to 1.25 s in two seconds.
const GRID: &str = r#"File type = "ooTextFile"
Object class = "TextGrid"

0
2
<exists>
1
"IntervalTier"
"speech"
0
2
3
0
0.5
""
0.5
1.25
"guten Tag"
1.25
2
""
"#;

#[tokio::test]
async fn good_recordings_come_in_and_broken_ones_say_what_is_wrong() {
    for world in worlds().await {
        let good = wav(44_100, 2, &[0; 2 * 44_100]);
        let folder = world.file("sounds/good.wav", &good).parent().unwrap().to_path_buf();
        world.file("sounds/empty.wav", "");
        world.file("sounds/half.wav", &good[..good.len() / 2]);
        world.file("sounds/many.wav", wav(8_000, 100, &[0; 1600]));
        world.file("sounds/none.wav", wav(8_000, 1, &[]));
        world.file("sounds/picture.mp3", b"\x89PNG\r\n\x1a\n and no sound at all");
        let job = world.import("sounds", &folder, OnError::KeepGood).await;
        assert_eq!(counts(&job), (1, 0, 5), "{}", world.name);
        let mut problems = world.problems(&job).await;
        problems.sort();
        let told: Vec<(&str, &str)> = problems.iter().map(|(place, code)| (place.as_str(), code.as_str())).collect();
        let expected = [
            ("empty.wav", "empty_file"),
            ("half.wav", "truncated"),
            ("many.wav", "bad_channels"),
            ("none.wav", "empty_recording"),
            ("picture.mp3", "not_audio"),
        ];
        assert_eq!(told, expected, "{}", world.name);
        let [item] = world.items("sounds").await.try_into().unwrap();
        assert_eq!((item.modality.as_str(), item.media_type.as_str()), ("audio", "audio/wav"));
        let shape: serde_json::Value = serde_json::from_str(&item.shape).unwrap();
        assert_eq!((shape["ticks"].as_i64(), shape["ticks_per_second"].as_i64()), (Some(441_000), Some(441_000)));
        let again = world.import("sounds", &world.file("again/good.wav", &good), OnError::KeepGood).await;
        assert_eq!(counts(&again).1, 1, "{}: the same recording again adds nothing", world.name);
        let permit = world.workflow.permit_item(&principal(world.owner), ItemId(item.id.0)).await.unwrap();
        let levels = world.workflow.levels(&permit).await.unwrap();
        assert!(levels.bytes > 100, "{}", world.name);
        let report = world.workflow.doctor(|_| {}).await.unwrap();
        assert!(report.findings.is_empty(), "{}: {:?}", world.name, report.findings);
    }
}

#[tokio::test]
async fn a_textgrid_comes_in_as_a_prelabel_and_goes_out_with_the_times_that_it_had() {
    for world in worlds().await {
        let sound = wav(44_100, 1, &bursts(44_100, 2.0, &[(0.5, 1.25)]));
        let folder = world.file("grids/call.wav", sound).parent().unwrap().to_path_buf();
        world.file("grids/call.TextGrid", GRID);
        assert_eq!(counts(&world.import("grids", &folder, OnError::RefuseAll).await), (1, 0, 0), "{}", world.name);
        let project = world.project("Turns", SCHEMA, "grids").await;
        let owner = principal(world.owner);
        let permit = world.workflow.permit_project(&owner, project, Action::ManageProject).await.unwrap();
        let assignment = world.workflow.next(&permit, 1).await.unwrap().assignments.remove(0);
        let [prelabel] = assignment.prelabels.try_into().unwrap_or_else(|_| panic!("{}: no pre-label", world.name));
        let Geometry::Interval(interval) = &prelabel.answer.regions[0].geometry else { panic!("no interval") };
        assert_eq!((interval.start, interval.end), (220_500, 551_250), "{}", world.name);
        // Beyond the end of the recording there is nothing to label.
        let mut beyond = prelabel.answer.clone();
        if let Geometry::Interval(interval) = &mut beyond.regions[0].geometry {
            interval.end = 882_001;
        }
        let refused = world.submit(assignment.task, assignment.epoch, &beyond.canonical_json()).await;
        assert!(refused.unwrap_err().to_string().contains("882000"), "{}", world.name);
        world.submit(assignment.task, assignment.epoch, &prelabel.answer.canonical_json()).await.unwrap();
        let options = Default::default();
        let exported = world.workflow.export_as_operator(project, "textgrid", Answers::All, Media::None, options).await;
        let mut bytes = Vec::new();
        exported.unwrap().0.read_to_end(&mut bytes).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
        for wanted in ["guten Tag", "0.5", "1.25", "xmax = 2"] {
            assert!(text.contains(wanted), "{}: {wanted} is not in {text}", world.name);
        }
    }
}
