//! The best word on a field, as all of automation sees it, told on both databases.

use crate::support::{World, worlds};
use labelwright_core::{Action, AnnotationId, ProjectId, Role, TaskId, UserId};
use labelwright_testkit::world::{SCHEMA, answer_json, principal};
use labelwright_workflow::{
    ProjectSettings, ReviewPolicy,
    annotate::Incoming,
    automation::map::{By, Layer},
    explore::TaskSearch,
    jobs::kinds::OnError,
    plan::ProjectDraft,
    review::Verdict,
};
use std::collections::BTreeMap;

/// Twelve texts that two people label each, with the map made.
async fn project(world: &World) -> ProjectId {
    let lines: Vec<String> = (0..12).map(|number| format!("k{number:02},a text about number {number}")).collect();
    let path = world.file("texts.csv", format!("id,text\n{}\n", lines.join("\n")));
    world.import("texts", &path, OnError::RefuseAll).await;
    let permit = world.workflow.permit_workspace(&principal(world.owner), world.workspace, Action::ManageProject).await;
    let permit = permit.unwrap();
    let draft = ProjectDraft {
        name: "Moods".into(),
        description: String::new(),
        datasets: vec![world.dataset("texts").await],
        schema_version: world.workflow.create_schema(&permit, SCHEMA).await.unwrap().id,
        guidelines: String::new(),
        settings: ProjectSettings { overlap: 2, review: ReviewPolicy::All, ..ProjectSettings::default() },
    };
    let project = world.workflow.create_project(&permit, draft).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::ManageProject).await.unwrap();
    world.workflow.make_map_later(&permit).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    project
}

async fn answer(world: &World, project: ProjectId, user: UserId, mood: &str) -> (TaskId, AnnotationId) {
    let permit = world.workflow.permit_project(&principal(user), project, Action::Label).await.unwrap();
    let assignment = world.workflow.next(&permit, 1).await.unwrap().assignments.pop().unwrap();
    let task = world.workflow.permit_task(&principal(user), assignment.task, Action::Label).await.unwrap();
    let incoming = Incoming {
        epoch: assignment.epoch,
        parent: None,
        answer: answer_json(mood, ""),
        took_ms: 1000,
        idempotency_key: format!("{user}-{}", assignment.task),
    };
    (assignment.task, world.workflow.submit(&task, incoming).await.unwrap().annotation_id)
}

/// The known values of the mood, by task.
async fn known(world: &World, project: ProjectId) -> BTreeMap<i64, String> {
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::ViewQuality).await.unwrap();
    let points = world.workflow.map_points(&permit).await.unwrap();
    let count = u32::from_le_bytes(points[..4].try_into().unwrap()) as usize;
    assert_eq!(count, 12, "the points begin with their number");
    let search = TaskSearch { limit: 100, ..TaskSearch::default() };
    let tasks = world.workflow.find_tasks(&permit, search).await.unwrap().tasks;
    let mut tasks: Vec<i64> = tasks.into_iter().map(|task| task.id.0).collect();
    tasks.sort_unstable();
    let Layer::Names(names, values) = world.workflow.map_layer(&permit, By::Field("mood".into())).await.unwrap() else {
        panic!("a field is told by names");
    };
    let named = |at: &i32| usize::try_from(*at).ok().map(|at| names[at].0.clone());
    tasks.into_iter().zip(&values).filter_map(|(task, at)| Some((task, named(at)?))).collect()
}

#[tokio::test]
async fn the_surest_source_decides_and_a_tie_is_no_label() {
    for world in worlds().await {
        let project = project(&world).await;
        let (one, two) = (world.person("one", Role::Labeler).await, world.person("two", Role::Labeler).await);
        let reviewer = world.person("reviewer", Role::Reviewer).await;
        let (task, first) = answer(&world, project, one, "good").await;
        assert_eq!(known(&world, project).await, [(task.0, "good".to_owned())].into(), "{}", world.name);
        let (same, second) = answer(&world, project, two, "bad").await;
        assert_eq!(same, task, "{}", world.name);
        assert!(known(&world, project).await.is_empty(), "{}: one says this and one says that", world.name);

        let review = async |annotation, verdict| {
            let permit =
                world.workflow.permit_annotation(&principal(reviewer), annotation, Action::Review).await.unwrap();
            world.workflow.review(&permit, 1, verdict, "because").await.unwrap();
        };
        review(second, Verdict::Accept).await;
        assert_eq!(known(&world, project).await[&task.0], "bad", "{}: an accepted answer", world.name);
        review(first, Verdict::Accept).await;
        assert!(known(&world, project).await.is_empty(), "{}: accepted answers contradict each other", world.name);

        let permit = world.workflow.permit_task(&principal(reviewer), task, Action::Review).await.unwrap();
        let settle = async |mood: &str| {
            let inputs = [(first, 1), (second, 1)];
            world.workflow.adjudicate(&permit, &answer_json(mood, ""), &inputs).await.unwrap();
        };
        settle("good").await;
        assert_eq!(known(&world, project).await[&task.0], "good", "{}", world.name);
        settle("bad").await;
        assert_eq!(known(&world, project).await[&task.0], "bad", "{}: the newest consensus", world.name);

        let owner = world.workflow.permit_task(&principal(world.owner), task, Action::ManageProject).await.unwrap();
        world.workflow.set_gold(&owner, Some(&answer_json("good", ""))).await.unwrap();
        assert_eq!(known(&world, project).await[&task.0], "good", "{}: gold", world.name);
    }
}
