//! The way of a label, from a folder to an export, told on both databases: the same script gives the same bytes.

use crate::support::{World, counts, worlds};
use labelwright_core::{Action, AnnotationId, ProjectId, Role, TaskId, UserId};
use labelwright_formats::LossReport;
use labelwright_testkit::world::{SCHEMA, principal};
use labelwright_workflow::{
    Error, ProjectSettings, ReviewPolicy,
    annotate::Incoming,
    assign::Assignment,
    freeze::{Answers, Media},
    jobs::kinds::OnError,
    plan::ProjectDraft,
    review::Verdict,
};
use std::io::Read;

fn answer(mood: &str) -> String {
    format!(r#"{{"fields":{{"mood":"{mood}"}},"regions":[],"relations":[]}}"#)
}

async fn project(world: &World, overlap: u32, review: ReviewPolicy) -> ProjectId {
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageProject).await.unwrap();
    let schema = world.workflow.create_schema(&permit, SCHEMA).await.unwrap();
    let draft = ProjectDraft {
        name: "Moods".into(),
        description: String::new(),
        datasets: vec![world.dataset("texts").await],
        schema_version: schema.id,
        guidelines: "Look closely.".into(),
        settings: ProjectSettings { overlap, review, ..ProjectSettings::default() },
    };
    let project = world.workflow.create_project(&permit, draft).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    project
}

async fn next(world: &World, project: ProjectId, user: UserId) -> Option<Assignment> {
    let permit = world.workflow.permit_project(&principal(user), project, Action::Label).await.unwrap();
    world.workflow.next(&permit, 1).await.unwrap().assignments.pop()
}

async fn submit(
    world: &World,
    user: UserId,
    assignment: &Assignment,
    mood: &str,
) -> Result<labelwright_workflow::stored::Submitted, Error> {
    let task = world.workflow.permit_task(&principal(user), assignment.task, Action::Label).await?;
    let parent = assignment.annotation.as_ref().map(|own| own.revision);
    let incoming = Incoming {
        epoch: assignment.epoch,
        parent,
        answer: answer(mood),
        took_ms: 1000,
        idempotency_key: format!("{user}-{}-{parent:?}", assignment.task),
    };
    world.workflow.submit(&task, incoming).await
}

async fn review(world: &World, reviewer: UserId, annotation: AnnotationId, revision: i64, verdict: Verdict, why: &str) {
    let permit = world.workflow.permit_annotation(&principal(reviewer), annotation, Action::Review).await.unwrap();
    world.workflow.review(&permit, revision, verdict, why).await.unwrap();
}

async fn state(world: &World, task: TaskId) -> String {
    let permit = world.workflow.permit_task(&principal(world.owner), task, Action::Review).await.unwrap();
    world.workflow.task_detail(&permit).await.unwrap().task.state
}

/// Two labelers answer four texts and disagree about the last one.
async fn label_all(world: &World, project: ProjectId, one: UserId, two: UserId) -> Vec<(TaskId, [AnnotationId; 2])> {
    let mut done = Vec::new();
    for (mine, theirs) in [("good", "good"), ("good", "good"), ("bad", "bad"), ("good", "bad")] {
        world.workflow.clock().advance_seconds(10);
        let first = next(world, project, one).await.unwrap();
        let task = world.workflow.permit_task(&principal(one), first.task, Action::Label).await.unwrap();
        world.workflow.save_draft(&task, answer("bad")).await.unwrap();
        let again = next(world, project, one).await.unwrap();
        assert_eq!((again.task, again.draft), (first.task, Some(answer("bad"))), "{}: a reload", world.name);
        let a = submit(world, one, &first, mine).await.unwrap();
        assert_eq!((a.revision, a.task_state.as_str()), (1, "open"), "{}", world.name);
        let second = next(world, project, two).await.unwrap();
        assert_eq!(second.task, first.task, "{}", world.name);
        let b = submit(world, two, &second, theirs).await.unwrap();
        assert_eq!(b.task_state, "in_review", "{}", world.name);
        done.push((first.task, [a.annotation_id, b.annotation_id]));
    }
    assert!(next(world, project, one).await.is_none(), "{}", world.name);
    done
}

async fn tell(world: &World) -> Vec<u8> {
    for (number, text) in ["one", "two", "three", "four"].iter().enumerate() {
        world.file(&format!("texts/{number}.txt"), text);
    }
    let job = world.import("texts", &world.folder.path().join("source/texts"), OnError::RefuseAll).await;
    assert_eq!(counts(&job), (4, 0, 0), "{}", world.name);
    let (one, two) = (world.person("one", Role::Labeler).await, world.person("two", Role::Labeler).await);
    let reviewer = world.person("reviewer", Role::Reviewer).await;
    let project = project(world, 2, ReviewPolicy::All).await;
    let tasks = label_all(world, project, one, two).await;

    // Four texts, eight answers: 5 good, 3 bad, one disagreement.
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::ViewQuality).await.unwrap();
    let (report, _) = world.workflow.agreement(&permit).await.unwrap();
    let mood = report.fields.iter().find(|field| field.id == "mood").unwrap();
    assert_eq!(mood.percent, Some(0.75), "{}", world.name);
    // Observed 2/8, expected 2*5*3/(8*7) = 30/56: alpha = 1 - (2/8)/(30/56) = 8/15.
    assert!((mood.coefficient.value.unwrap() - 8.0 / 15.0).abs() < 1e-12, "{}: {:?}", world.name, mood.coefficient);

    // Accepted at once.
    for annotation in tasks[0].1 {
        review(world, reviewer, annotation, 1, Verdict::Accept, "").await;
    }
    assert_eq!(state(world, tasks[0].0).await, "done", "{}", world.name);
    // Sent back, mended, accepted.
    review(world, reviewer, tasks[1].1[0], 1, Verdict::Reject, "look again").await;
    review(world, reviewer, tasks[1].1[1], 1, Verdict::Accept, "").await;
    assert_eq!(state(world, tasks[1].0).await, "open", "{}", world.name);
    let back = next(world, project, one).await.unwrap();
    assert_eq!((back.task, back.returned_reason.as_deref()), (tasks[1].0, Some("look again")), "{}", world.name);
    let own = world.workflow.permit_task(&principal(one), tasks[1].0, Action::Label).await.unwrap();
    assert!(world.workflow.renew(&own, back.epoch).await.is_ok(), "{}: it is theirs while they mend it", world.name);
    assert!(world.workflow.renew(&own, back.epoch + 1).await.is_err(), "{}", world.name);
    assert_eq!(submit(world, one, &back, "good").await.unwrap().revision, 2, "{}", world.name);
    review(world, reviewer, tasks[1].1[0], 2, Verdict::Accept, "").await;
    assert_eq!(state(world, tasks[1].0).await, "done", "{}", world.name);
    // Fixed by the reviewer.
    let fixed = Verdict::Fix { answer: answer("good") };
    review(world, reviewer, tasks[2].1[0], 1, fixed, "it is good").await;
    review(world, reviewer, tasks[2].1[1], 1, Verdict::Fix { answer: answer("good") }, "so is this").await;
    // Settled.
    let task = world.workflow.permit_task(&principal(reviewer), tasks[3].0, Action::Review).await.unwrap();
    let inputs = [(tasks[3].1[0], 1), (tasks[3].1[1], 1)];
    // After the one that the votes gave.
    assert_eq!(world.workflow.adjudicate(&task, &answer("bad"), &inputs).await.unwrap(), 2, "{}", world.name);
    assert_eq!(state(world, tasks[3].0).await, "done", "{}", world.name);

    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::ManageProject).await.unwrap();
    world.workflow.resolve_later(&permit).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    let (bytes, loss) = exported(world, project, "native").await;
    assert!(loss.losses.is_empty(), "{}: {loss:?}", world.name);
    let (again, _) = exported(world, project, "native").await;
    assert_eq!(bytes, again, "{}: an export is the same twice", world.name);
    let (csv, _) = exported(world, project, "csv").await;
    let text = String::from_utf8(csv.clone()).unwrap();
    assert_eq!((text.matches("good").count(), text.matches("bad").count()), (3, 1), "{}: {text}", world.name);
    [bytes, csv].concat()
}

async fn exported(world: &World, project: ProjectId, format: &str) -> (Vec<u8>, LossReport) {
    let (answers, options) = (Answers::Consensus, Default::default());
    let exported = world.workflow.export_as_operator(project, format, answers, Media::None, options).await;
    let (mut file, loss) = exported.unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    (bytes, loss)
}

#[tokio::test]
async fn the_way_of_a_label_gives_the_same_bytes_on_both_databases() {
    let mut told = Vec::new();
    for world in worlds().await {
        told.push(tell(&world).await);
    }
    if let [one, other] = told.as_slice() {
        assert_eq!(String::from_utf8_lossy(one), String::from_utf8_lossy(other));
    }
}

#[tokio::test]
async fn the_overlap_of_a_project_changes_in_flight_and_states_follow() {
    for world in worlds().await {
        world.file("texts/only.txt", "only");
        world.import("texts", &world.folder.path().join("source/texts"), OnError::RefuseAll).await;
        let people = [world.person("one", Role::Labeler).await, world.person("two", Role::Labeler).await];
        let project = project(&world, 2, ReviewPolicy::None).await;
        let first = next(&world, project, people[0]).await.unwrap();
        submit(&world, people[0], &first, "good").await.unwrap();
        assert_eq!(state(&world, first.task).await, "open", "{}", world.name);
        for (overlap, expected) in [(1, "labeled"), (3, "open"), (1, "labeled")] {
            let permit =
                world.workflow.permit_project(&principal(world.owner), project, Action::ManageProject).await.unwrap();
            let settings = ProjectSettings { overlap, review: ReviewPolicy::None, ..ProjectSettings::default() };
            let change = labelwright_workflow::plan::ProjectChange { settings: Some(settings), ..Default::default() };
            world.workflow.change_project(&permit, None, change).await.unwrap();
            world.workflow.run_all_jobs().await.unwrap();
            assert_eq!(state(&world, first.task).await, expected, "{}: overlap {overlap}", world.name);
        }
        assert!(next(&world, project, people[1]).await.is_none(), "{}", world.name);
    }
}
