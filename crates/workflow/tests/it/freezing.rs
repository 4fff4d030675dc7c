//! Snapshots and the exports that read them.

use crate::support::{World, counts, worlds};
use labelwright_core::{Action, ProjectId};
use labelwright_testkit::world::{SCHEMA, principal};
use labelwright_workflow::{
    ProjectSettings,
    freeze::{Answers, Media},
    jobs::kinds::OnError,
    plan::ProjectDraft,
};
use std::{io::Read, path::PathBuf};

async fn project(world: &World) -> ProjectId {
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageProject).await.unwrap();
    let schema = world.workflow.create_schema(&permit, SCHEMA).await.unwrap();
    let draft = ProjectDraft {
        name: "Late ones first".into(),
        description: String::new(),
        datasets: vec![world.dataset("late").await, world.dataset("early").await],
        schema_version: schema.id,
        guidelines: String::new(),
        settings: ProjectSettings::default(),
    };
    let project = world.workflow.create_project(&permit, draft).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    project
}

async fn native(world: &World, project: ProjectId) -> String {
    let exported =
        world.workflow.export_as_operator(project, "native", Answers::All, Media::None, Default::default()).await;
    let mut text = String::new();
    exported.unwrap().0.read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn items_are_frozen_in_the_order_of_their_keys() {
    for world in worlds().await {
        let large = "long ".repeat(20_000);
        world.file("late/zebra.txt", "z");
        world.file("late/moth.txt", &large);
        world.file("early/moth.txt", "m");
        world.file("early/ant.txt", "a\u{1f41c}\r\n");
        for name in ["late", "early"] {
            world.import(name, &world.folder.path().join("source").join(name), OnError::RefuseAll).await;
        }
        let project = project(&world).await;
        let text = native(&world, project).await;
        let items: Vec<serde_json::Value> =
            text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
        let keys: Vec<&str> = items.iter().map(|item| item["key"].as_str().unwrap()).collect();
        assert_eq!(keys, ["ant.txt", "moth.txt", "moth.txt", "zebra.txt"], "{}", world.name);
        let mut texts: Vec<&str> = items.iter().map(|item| item["text"].as_str().unwrap()).collect();
        assert_eq!((texts[0], texts[3]), ("a\u{1f41c}\r\n", "z"), "{}", world.name);
        texts.sort_by_key(|text| text.len());
        assert_eq!(texts[3], large, "{}", world.name);
        assert_eq!(native(&world, project).await, text, "{}", world.name);
    }
}

#[tokio::test]
async fn the_part_that_an_item_came_in_is_filtered_by_and_goes_out_again() {
    for world in worlds().await {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let head = format!(r#"{{"format":"labelwright","version":1,"project":"P","schema":{schema}}}"#);
        let item = |key: &str, rest: &str| {
            format!(r#"{{"key":"{key}","modality":"text","hash":"","text":"{key}!","answers":[]{rest}}}"#)
        };
        let parted = item("b", r#","split":"test","metadata":{"scene":"s"}"#);
        let lines = [head, item("a", r#","split":"train""#), parted, item("c", "")];
        world.file("parts/items.jsonl", lines.join("\n"));
        let job = world.import_as("parts", &world.folder.path().join("source/parts"), "native").await;
        assert_eq!(counts(&job), (3, 0, 0), "{}: {:?}", world.name, world.problems(&job).await);
        let project = world.project("Parts", SCHEMA, "parts").await;
        let text = native(&world, project).await;
        let found: Vec<serde_json::Value> =
            text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
        let told: Vec<_> = found.iter().map(|item| (item["split"].as_str(), item["metadata"].clone())).collect();
        let none = || serde_json::json!({});
        assert_eq!(
            told,
            [(Some("train"), none()), (Some("test"), serde_json::json!({ "scene": "s" })), (None, none())]
        );
        let kept = world.items("parts").await;
        assert!(kept[1].metadata.contains(r#""split":"test""#), "{}: {}", world.name, kept[1].metadata);
    }
}

#[tokio::test]
async fn a_snapshot_that_was_changed_on_disk_is_not_exported() {
    let world = worlds().await.remove(0);
    world.file("late/one.txt", "one");
    world.file("early/two.txt", "two");
    for name in ["late", "early"] {
        world.import(name, &world.folder.path().join("source").join(name), OnError::RefuseAll).await;
    }
    let project = project(&world).await;
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::Export).await.unwrap();
    world.workflow.snapshot_later(&permit, "changed").await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    let row = world.workflow.snapshots(&permit).await.unwrap().remove(0);
    let path: PathBuf = world.folder.path().join("blobs").join(&row.hash[..2]).join(&row.hash);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"two\"", "\"owt\"")).unwrap();
    let snapshot = world.workflow.permit_snapshot(&principal(world.owner), row.id).await.unwrap();
    let job =
        world.workflow.export_later(&snapshot, "native", Answers::All, Media::None, Default::default()).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    let job = world.workflow.job_as_operator(job).await.unwrap();
    assert_eq!(job.state, "failed");
    assert!(job.message.contains("holds other bytes"), "{}", job.message);
    assert!(world.workflow.exports(&permit).await.unwrap().is_empty());
}
