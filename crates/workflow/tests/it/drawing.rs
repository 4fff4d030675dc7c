//! Samples of datasets: by weights, by a field, diverse; told before they are drawn, and the same for a seed.

use crate::{
    collecting::{dataset, ended},
    support::{World, counts, worlds},
};
use labelwright_core::{Action, DatasetId, ProjectId};
use labelwright_testkit::world::{SCHEMA, principal};
use labelwright_workflow::{
    Error, ProjectSettings,
    drawing::{Draw, DrawBy, Share},
    jobs::kinds::OnError,
    plan::ProjectDraft,
    policy::Permit,
    stored::{ItemRow, ProjectRow},
};
use std::collections::{BTreeMap, BTreeSet};

const WORDS: [&str; 4] = ["boats and harbours", "soup with carrots", "a mountain in winter", "engines and wheels"];

async fn project(world: &World) -> Permit<ProjectRow> {
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageProject).await.unwrap();
    let draft = ProjectDraft {
        name: "Sampled".into(),
        description: String::new(),
        datasets: Vec::new(),
        schema_version: world.workflow.create_schema(&permit, SCHEMA).await.unwrap().id,
        guidelines: String::new(),
        settings: ProjectSettings::default(),
    };
    let id = world.workflow.create_project(&permit, draft).await.unwrap();
    world.workflow.permit_project(&owner, id, Action::ManageProject).await.unwrap()
}

/// Texts with a kind each: of every ten the first seven are `common`. Two datasets share ten of them.
async fn texts(world: &World, name: &str, numbers: std::ops::Range<usize>) -> DatasetId {
    let mut table = String::from("id,text,kind\n");
    for number in numbers {
        let kind = if number % 10 < 7 { "common" } else { "rare" };
        table.push_str(&format!("{number},\"about {}, number {number}\",{kind}\n", WORDS[number % 4]));
    }
    let job = world.import(name, &world.file(&format!("{name}.csv"), table), OnError::RefuseAll).await;
    counts(&job);
    world.dataset(name).await
}

fn draw(datasets: &[(DatasetId, f64)], count: u64, by: DrawBy) -> Draw {
    let datasets = datasets.iter().map(|(id, weight)| Share { dataset_id: id.0, weight: *weight }).collect();
    Draw { datasets, count, by, seed: 7 }
}

async fn drawn(world: &World, project: &Permit<ProjectRow>, draw: Draw, name: &str) -> Vec<ItemRow> {
    let job = world.workflow.draw_later(project, draw, name).await.unwrap();
    let job = ended(&world.workflow, job).await;
    assert_eq!(job.state, "done", "{}", job.message);
    world.items(name).await
}

fn by_dataset(items: &[ItemRow]) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    items.iter().for_each(|item| *found.entry(item.key.split('/').next().unwrap()).or_default() += 1);
    found
}

async fn tasks(world: &World, project: ProjectId) -> usize {
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::Review).await.unwrap();
    let found = world.workflow.datasets_of(&permit).await.unwrap();
    found.len()
}

#[tokio::test]
async fn weights_fields_and_seeds_say_what_is_drawn() {
    for world in worlds().await {
        let (one, two) = (texts(&world, "one", 0..100).await, texts(&world, "two", 90..190).await);
        let project = project(&world).await;
        let weighed = draw(&[(one, 3.0), (two, 1.0)], 40, DrawBy::Random);
        let told = world.workflow.draw_told(&project, &weighed).await.unwrap();
        assert_eq!((told.twice, told.other_kind), (10, 0), "{}", world.name);
        assert_eq!(
            told.cells.iter().map(|cell| (cell.available, cell.taken)).collect::<Vec<_>>(),
            [(100, 30), (90, 10)]
        );
        let first = drawn(&world, &project, weighed.clone(), "first").await;
        let (a, b) = (one.0.to_string(), two.0.to_string());
        assert_eq!(by_dataset(&first), BTreeMap::from([(a.as_str(), 30), (b.as_str(), 10)]));
        // The same seed draws the same items, another one others.
        let keys = |items: &[ItemRow]| items.iter().map(|item| item.key.clone()).collect::<BTreeSet<_>>();
        assert_eq!(keys(&first), keys(&drawn(&world, &project, weighed.clone(), "again").await));
        assert_ne!(keys(&first), keys(&drawn(&world, &project, Draw { seed: 8, ..weighed }, "others").await));
        // Nothing of an item is changed.
        let origin = world.items("one").await;
        for item in first.iter().filter(|item| item.key.starts_with(&format!("{a}/"))) {
            let own = origin.iter().find(|own| item.key == format!("{a}/{}", own.key)).unwrap();
            assert_eq!((&item.hash, &item.metadata, &item.source), (&own.hash, &own.metadata, &own.source));
        }
        assert_eq!(tasks(&world, project.resource().id).await, 3);
        for (even, expected) in [(false, [14, 6]), (true, [10, 10])] {
            let by = DrawBy::Field { field: "kind".into(), even };
            let told = world.workflow.draw_told(&project, &draw(&[(one, 1.0)], 20, by)).await.unwrap();
            let values: Vec<_> = told.cells.iter().map(|cell| (cell.value.as_deref().unwrap(), cell.taken)).collect();
            assert_eq!(values, [("common", expected[0]), ("rare", expected[1])]);
        }
    }
}

#[tokio::test]
async fn a_diverse_sample_has_something_of_everything() {
    for world in worlds().await {
        let one = texts(&world, "one", 0..80).await;
        let project = project(&world).await;
        let items = drawn(&world, &project, draw(&[(one, 1.0)], 8, DrawBy::Diverse), "diverse").await;
        assert_eq!(items.len(), 8, "{}", world.name);
        for words in WORDS {
            assert!(items.iter().any(|item| item.content.as_ref().unwrap().contains(words)), "{words}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_drawn_is_told_with_its_place() {
    for world in worlds().await {
        let one = texts(&world, "one", 0..20).await;
        let project = project(&world).await;
        let empty = dataset(&world, "empty").await.resource().id;
        let field = |field: &str| DrawBy::Field { field: field.into(), even: false };
        for (wrong, place) in [
            (draw(&[], 5, DrawBy::Random), "/datasets"),
            (draw(&[(one, 0.0)], 5, DrawBy::Random), "/datasets/0/weight"),
            (draw(&[(one, f64::NAN)], 5, DrawBy::Random), "/datasets/0/weight"),
            (draw(&[(one, 1.0), (one, 1.0)], 5, DrawBy::Random), "/datasets/1/dataset_id"),
            (draw(&[(DatasetId(999), 1.0)], 5, DrawBy::Random), "/datasets/0/dataset_id"),
            (draw(&[(one, 1.0)], 0, DrawBy::Random), "/count"),
            (draw(&[(one, 1.0)], 2001, DrawBy::Diverse), "/count"),
            (draw(&[(one, 1.0)], 5, field(" ")), "/by/field"),
        ] {
            match world.workflow.draw_told(&project, &wrong).await {
                Err(Error::Invalid(problems)) => assert_eq!(problems[0].pointer, place),
                other => panic!("{place}: {other:?}"),
            }
        }
        // A field that nobody has is one group; of nothing nothing is drawn.
        let told = world.workflow.draw_told(&project, &draw(&[(one, 1.0)], 5, field("none"))).await.unwrap();
        assert_eq!((told.cells.len(), told.cells[0].taken, &told.cells[0].value), (1, 5, &None));
        let job =
            world.workflow.draw_later(&project, draw(&[(empty, 1.0)], 5, DrawBy::Random), "nothing").await.unwrap();
        let job = ended(&world.workflow, job).await;
        assert!(job.state == "failed" && job.message.contains("nothing to draw"), "{}", job.message);
    }
}
