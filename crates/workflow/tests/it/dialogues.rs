//! Conversations: they come in in several forms, are judged without the names of their models, rank the models, and go
//! out as pairs for trainers.

use crate::support::{World, counts, worlds};
use labelwright_core::{Action, ProjectId, Role, TaskId, UserId, dialogue::order};
use labelwright_testkit::world::principal;
use labelwright_workflow::{
    Error, ProjectSettings,
    annotate::Incoming,
    assign::Assignment,
    freeze::{Answers, Media},
    jobs::kinds::OnError,
    plan::ProjectDraft,
    quality::Table,
};
use serde_json::{Value as Json, json};
use std::io::Read;

const SCHEMA: &str = r##"{"name": "Better", "modality": "dialogue",
 "fields": [{"id": "better", "title": "Better", "required": true, "kind": {"type": "pairwise", "options": [
   {"id": "first", "title": "First"}, {"id": "second", "title": "Second"}, {"id": "third", "title": "Third"},
   {"id": "equal", "title": "Equal"}]}}],
 "classes": [{"id": "claim", "title": "Claim", "geometry": ["span"], "color": "#0072B2"}]}"##;

async fn project(world: &World, dataset: &str, overlap: u32) -> ProjectId {
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageProject).await.unwrap();
    let schema = world.workflow.create_schema(&permit, SCHEMA).await.unwrap();
    let draft = ProjectDraft {
        name: "Better".into(),
        description: String::new(),
        datasets: vec![world.dataset(dataset).await],
        schema_version: schema.id,
        guidelines: String::new(),
        settings: ProjectSettings { overlap, ..ProjectSettings::default() },
    };
    let project = world.workflow.create_project(&permit, draft).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    project
}

async fn next(world: &World, project: ProjectId, who: UserId) -> Assignment {
    let permit = world.workflow.permit_project(&principal(who), project, Action::Label).await.unwrap();
    world.workflow.next(&permit, 1).await.unwrap().assignments.remove(0)
}

async fn submit(world: &World, who: UserId, task: TaskId, epoch: i64, answer: Json) -> Result<(), Error> {
    let permit = world.workflow.permit_task(&principal(who), task, Action::Label).await?;
    let idempotency_key = format!("{who}-{task}-{answer}");
    let incoming = Incoming { epoch, parent: None, answer: answer.to_string(), took_ms: 1000, idempotency_key };
    world.workflow.submit(&permit, incoming).await.map(drop)
}

const PAIR: &str = r#"{"messages": [{"role": "user", "content": "Hi"}], "topic": "greeting",
  "responses": [{"model": "secret-one", "content": "Hello"}, {"model": "secret-two", "content": "Go away"}]}"#;

#[tokio::test]
async fn conversations_come_in_and_what_is_none_says_where() {
    for world in worlds().await {
        let folder = world.file("chats/pair.json", PAIR).parent().unwrap().to_path_buf();
        world.file(
            "chats/long.json",
            json!({"prompt": "x ".repeat(50_000), "chosen": "a", "rejected": "b"}).to_string(),
        );
        world.file("chats/bad.json", r#"{"messages": [{"role": "user", "content": "Hi"}, {"role": "king"}]}"#);
        let job = world.import("chats", &folder, OnError::KeepGood).await;
        assert_eq!(counts(&job), (2, 0, 1), "{}", world.name);
        assert_eq!(world.problems(&job).await, [("bad.json".to_owned(), "unknown_role".to_owned())]);
        let items = world.items("chats").await;
        let pair = items.iter().find(|item| item.key == "pair.json").unwrap();
        assert_eq!((pair.modality.as_str(), pair.media_type.as_str()), ("dialogue", "application/json"));
        let shape: Json = serde_json::from_str(&pair.shape).unwrap();
        assert_eq!((&shape["turns"], &shape["responses"]), (&json!(3), &json!(2)), "{}", world.name);
        assert!(pair.metadata.contains("greeting"));
        let project = project(&world, "chats", 1).await;
        for _ in 0..2 {
            let assignment = next(&world, project, world.owner).await;
            let shown: Json = serde_json::from_str(assignment.text.as_deref().unwrap()).unwrap();
            assert_eq!(shown["responses"], 2, "{}", world.name);
            submit(&world, world.owner, assignment.task, assignment.epoch, json!({"fields": {"better": "equal"}}))
                .await
                .unwrap();
        }
        let report = world.workflow.doctor(|_| {}).await.unwrap();
        assert!(report.findings.is_empty(), "{}: {:?}", world.name, report.findings);
    }
}

#[tokio::test]
async fn lines_for_trainers_become_conversations_where_conversations_are_labeled() {
    for world in worlds().await {
        let first = world.file("first/pair.json", PAIR);
        world.import("first", &first, OnError::RefuseAll).await;
        let project = project(&world, "first", 1).await;
        let line = r#"{"prompt": "Hi", "chosen": "Hello", "rejected": "No"}"#;
        let job = world.queue("more", &world.file("more/lines.jsonl", line), OnError::RefuseAll, Some(project)).await;
        world.workflow.run_all_jobs().await.unwrap();
        assert_eq!(counts(&world.workflow.job_as_operator(job).await.unwrap()), (1, 0, 0), "{}", world.name);
        assert_eq!(world.items("more").await[0].modality, "dialogue", "{}", world.name);
        let other = world.import("texts", &world.file("texts/lines.jsonl", line), OnError::RefuseAll).await;
        assert_eq!(counts(&other), (1, 0, 0));
        assert_eq!(world.items("texts").await[0].modality, "text", "{}", world.name);
    }
}

#[tokio::test]
async fn responses_are_judged_blind_rank_their_models_and_leave_as_pairs() {
    for world in worlds().await {
        world.import("pair", &world.file("one/pair.json", PAIR), OnError::RefuseAll).await;
        let project = project(&world, "pair", 3).await;
        let people = [
            world.person("one", Role::Labeler).await,
            world.person("two", Role::Labeler).await,
            world.person("three", Role::Labeler).await,
        ];
        let mut task = TaskId(0);
        for (who, better) in people.into_iter().zip(["first", "first", "equal"]) {
            let assignment = next(&world, project, who).await;
            task = assignment.task;
            let text = assignment.text.as_deref().unwrap();
            assert!(!text.contains("secret"), "{text}");
            let shown: Json = serde_json::from_str(text).unwrap();
            assert_eq!(shown["order"], json!(order(task.0, who.0, 2)));
            let region = |turn: u32| {
                json!([{"id": "r", "target": {"turn": turn}, "class": "claim",
                    "geometry": {"type": "span", "ranges": [[0, 5]]}}])
            };
            for bad in [
                json!({"fields": {"better": "third"}}),
                json!({"fields": {"better": "first"}, "regions": region(0)}),
                json!({"fields": {"better": "first"}, "regions": region(3)}),
            ] {
                let refused = submit(&world, who, task, assignment.epoch, bad.clone()).await.unwrap_err();
                assert_eq!(refused.code(), "invalid", "{bad}");
            }
            let answer = json!({"fields": {"better": better}, "regions": region(1)});
            submit(&world, who, task, assignment.epoch, answer).await.unwrap();
        }
        let owner = principal(world.owner);
        let detail = world.workflow.permit_task(&owner, task, Action::Review).await.unwrap();
        let text = world.workflow.task_detail(&detail).await.unwrap().text.unwrap();
        assert!(text.contains("Hello") && !text.contains("secret"), "{text}");

        let permit = world.workflow.permit_project(&owner, project, Action::ManageProject).await.unwrap();
        let [found] = world.workflow.boards(&permit).await.unwrap().try_into().unwrap();
        let standings: Vec<(&str, usize, usize, usize)> =
            found.board.standings.iter().map(|one| (one.model.as_str(), one.wins, one.losses, one.ties)).collect();
        assert_eq!(standings, [("secret-one", 2, 0, 1), ("secret-two", 0, 2, 1)], "{}", world.name);
        let places = people[..2].iter().map(|who| order(task.0, who.0, 2).iter().position(|at| *at == 0).unwrap());
        let mut picked = [0; 2];
        places.for_each(|place| picked[place] += 1);
        let told: Vec<(usize, usize)> = found.board.positions.iter().map(|one| (one.shown, one.picked)).collect();
        assert_eq!(told, [(2, picked[0]), (2, picked[1])], "{}", world.name);
        let table = world.workflow.quality_table(&permit, Table::Board, 0.5).await.unwrap();
        let table = String::from_utf8(table).unwrap();
        assert!(table.starts_with("field,model,strength,") && table.lines().count() == 3, "{table}");

        let options = Default::default();
        let exported =
            world.workflow.export_as_operator(project, "preference", Answers::All, Media::None, options).await;
        let mut lines = String::new();
        exported.unwrap().0.read_to_string(&mut lines).unwrap();
        let pairs: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(pairs.len(), 2, "{}: {lines}", world.name);
        assert_eq!(pairs[0]["chosen"], json!([{"role": "assistant", "content": "Hello"}]));
        assert_eq!((&pairs[0]["rejected_model"], &pairs[0]["topic"]), (&json!("secret-two"), &json!("greeting")));
    }
}
