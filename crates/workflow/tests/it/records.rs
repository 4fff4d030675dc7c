//! Records and pairs: from tables into tasks, labeled by cells, learned from, and out again.

use crate::support::{World, counts, worlds};
use labelwright_core::Action;
use labelwright_testkit::world::principal;
use labelwright_workflow::{
    freeze::{Answers, Media},
    jobs::kinds::{ImportInput, OnError, Source},
    stored::JobRow,
};
use serde_json::json;
use std::io::Read;

const SCHEMA: &str = r##"{"name": "Same", "modality": "table",
 "fields": [{"id": "match", "title": "Match", "required": true, "kind": {"type": "choice", "options": [
   {"id": "same", "title": "Same"}, {"id": "different", "title": "Different"}]}}],
 "classes": [{"id": "difference", "title": "Difference", "geometry": ["cells"], "color": "#0072B2"}]}"##;

/// As somebody imports files for a project: the format is found out.
async fn import(world: &World, name: &str, project: labelwright_core::ProjectId) -> JobRow {
    let source = Source::Path(world.folder.path().join("source").join(name));
    let input = ImportInput {
        dataset: None,
        source,
        format: "auto".into(),
        mapping: Default::default(),
        options: Default::default(),
        on_error: OnError::KeepGood,
        project: Some(project),
    };
    let job = world.workflow.import_as_operator(world.workspace, "pairs", input).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    world.workflow.job_as_operator(job).await.unwrap()
}

#[tokio::test]
async fn pairs_go_from_a_table_through_labels_to_a_table() {
    for world in worlds().await {
        world.file("first/seed.jsonl", "{\"id\":\"seed\",\"a\":1}\n");
        world.import_as("pairs", &world.folder.path().join("source/first"), "records").await;
        let project = world.project("Same", SCHEMA, "pairs").await;
        let table = "id,left_title,left_price,right_title,right_price,shop\nA,Pump,12,pump,13,east\nB,Drill,7\nC,Saw,3,saw,3,west\n";
        world.file("more/pairs.csv", table);
        let job = import(&world, "more", project).await;
        assert_eq!(counts(&job), (2, 0, 1), "{}: {:?}", world.name, world.problems(&job).await);
        assert_eq!(world.problems(&job).await, [("pairs.csv:3".to_owned(), "wrong_cell_count".to_owned())]);

        let permit = world.workflow.permit_project(&principal(world.owner), project, Action::Label).await.unwrap();
        let all = world.workflow.next(&permit, 5).await.unwrap().assignments;
        let found = all.iter().find(|one| one.item.key == "A").unwrap();
        let seen: serde_json::Value = serde_json::from_str(found.text.as_deref().unwrap()).unwrap();
        assert_eq!(seen["titles"], json!(["left", "right"]), "{}", world.name);
        assert_eq!(seen["rows"], json!([["Pump", "12"], ["pump", "13"]]));
        let region = |column: u32| json!({ "id": "r", "class": "difference", "geometry": { "type": "cells", "cells": [[0, column], [1, column]] } });
        let answer =
            |column: u32| json!({ "fields": { "match": "different" }, "regions": [region(column)] }).to_string();
        let refused = world.submit(found.task, found.epoch, &answer(2)).await.unwrap_err();
        assert!(refused.to_string().contains("2 rows and 2 columns"), "{refused}");
        world.submit(found.task, found.epoch, &answer(1)).await.unwrap();

        let mut text = String::new();
        let exported =
            world.workflow.export_as_operator(project, "records-csv", Answers::All, Media::None, Default::default());
        let (mut file, report) = exported.await.unwrap();
        file.read_to_string(&mut text).unwrap();
        let line = text.lines().find(|line| line.starts_with("A,")).unwrap();
        assert!(line.contains(",different,") && line.contains(",Pump,12,pump,13"), "{text}");
        assert_eq!(report.losses.iter().map(|loss| loss.code.as_str()).collect::<Vec<_>>(), ["metadata"]);
    }
}
