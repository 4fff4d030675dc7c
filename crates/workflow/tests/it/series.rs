//! Time series: good ones come in with their clock and their levels, broken ones cost their own record, labels keep their
//! times from file to file.

use crate::support::{counts, worlds};
use labelwright_core::{Action, Geometry, ItemId};
use labelwright_testkit::world::principal;
use labelwright_workflow::freeze::{Answers, Media};
use std::io::{Cursor, Read};

const SCHEMA: &str = r##"{"name": "Anomalies", "modality": "time_series", "classes": [
  {"id": "anomaly", "title": "Anomaly", "geometry": ["interval"], "color": "#0072B2",
   "attributes": [{"id": "cause", "title": "Cause", "kind": {"type": "text"}}]},
  {"id": "spike", "title": "Spike", "geometry": ["interval"], "color": "#E69F00"}]}"##;

const GOOD: &str = "time,temperature\n2026-01-31T12:00:00Z,20\n2026-01-31T12:00:00.5Z,21\n2026-01-31T12:00:10Z,22\n";

#[tokio::test]
async fn good_series_come_in_and_broken_ones_say_what_is_wrong() {
    for world in worlds().await {
        let folder = world.file("series/good.csv", GOOD).parent().unwrap().to_path_buf();
        world.file("series/empty.csv", "");
        world.file("series/back.csv", "time,a\n2,1\n1,2\n");
        world.file("series/words.csv", "time,a\n2,x\n3,y\n");
        world.file("series/picture.csv", b"\x89PNG\r\n\x1a\n\0 and no table at all");
        let job = world.import_as("series", &folder, "series").await;
        assert_eq!(counts(&job), (1, 0, 4), "{}", world.name);
        let mut problems = world.problems(&job).await;
        problems.sort();
        let told: Vec<(&str, &str)> = problems.iter().map(|(place, code)| (place.as_str(), code.as_str())).collect();
        let expected = [
            ("back.csv", "unordered"),
            ("empty.csv", "empty_file"),
            ("picture.csv", "not_a_series"),
            ("words.csv", "no_channels"),
        ];
        assert_eq!(told, expected, "{}", world.name);
        let [item] = world.items("series").await.try_into().unwrap();
        assert_eq!((item.modality.as_str(), item.media_type.as_str()), ("time_series", "text/csv"));
        let shape: serde_json::Value = serde_json::from_str(&item.shape).unwrap();
        assert_eq!((shape["ticks"].as_i64(), shape["ticks_per_second"].as_i64()), (Some(101), Some(10)));
        let permit = world.workflow.permit_item(&principal(world.owner), ItemId(item.id.0)).await.unwrap();
        assert!(world.workflow.levels(&permit).await.unwrap().bytes > 100, "{}", world.name);
        let report = world.workflow.doctor(|_| {}).await.unwrap();
        assert!(report.findings.is_empty(), "{}: {:?}", world.name, report.findings);
    }
}

#[tokio::test]
async fn labels_come_in_with_dates_and_go_out_with_the_same() {
    for world in worlds().await {
        let folder = world.file("labeled/pump.csv", GOOD).parent().unwrap().to_path_buf();
        let labels = "series,class,start,end,score,attributes\n\
            pump.csv,anomaly,2026-01-31T12:00:02Z,2026-01-31T12:00:04.5Z,,\"{\"\"cause\"\":\"\"hot\"\"}\"\n\
            pump.csv,spike,2026-01-31T12:00:10Z,,,\n";
        world.file("labeled/labels.csv", labels);
        assert_eq!(counts(&world.import_as("series", &folder, "series-labels").await), (1, 0, 0), "{}", world.name);
        let owner = principal(world.owner);
        let project = world.project("Anomalies", SCHEMA, "series").await;
        let permit = world.workflow.permit_project(&owner, project, Action::ManageProject).await.unwrap();
        let assignment = world.workflow.next(&permit, 1).await.unwrap().assignments.remove(0);
        let [prelabel] = assignment.prelabels.try_into().unwrap_or_else(|_| panic!("{}: no pre-label", world.name));
        let times: Vec<(i64, i64)> = prelabel
            .answer
            .regions
            .iter()
            .map(|region| match &region.geometry {
                Geometry::Interval(interval) => (interval.start, interval.end),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(times, [(20, 45), (100, 101)], "{}", world.name);
        // Beyond the last row there is nothing to label.
        let mut beyond = prelabel.answer.clone();
        if let Geometry::Interval(interval) = &mut beyond.regions[0].geometry {
            interval.end = 102;
        }
        let refused = world.submit(assignment.task, assignment.epoch, &beyond.canonical_json()).await;
        assert!(refused.unwrap_err().to_string().contains("101"), "{}", world.name);
        world.submit(assignment.task, assignment.epoch, &prelabel.answer.canonical_json()).await.unwrap();
        let options = Default::default();
        let exported =
            world.workflow.export_as_operator(project, "series-labels", Answers::All, Media::None, options).await;
        let mut bytes = Vec::new();
        exported.unwrap().0.read_to_end(&mut bytes).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive.by_name("labels.csv").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, labels, "{}", world.name);
    }
}
