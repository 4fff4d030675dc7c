//! Labeling functions: tried while they are written, weighed together, and seen by labelers as pre-labels with scores.

use crate::support::{World, worlds};
use labelwright_core::{Action, ProjectId, Role, UserId};
use labelwright_testkit::world::{SCHEMA, answer_json, principal};
use labelwright_workflow::{
    Error, ProjectSettings,
    annotate::Incoming,
    assign::{Assignment, Prelabel},
    automation::functions::{FUNCTIONS_MAXIMUM, FunctionDraft, rule::Rule},
    explore::TaskSearch,
    jobs::kinds::OnError,
    plan::ProjectDraft,
    policy::Permit,
    stored::ProjectRow,
};

/// Each of these forty-eight texts is good when its number is even.
fn table() -> String {
    let text = |number: usize| match number % 6 {
        0 => "a great day, naïve and bright".to_owned(),
        1 => "an awful, AWFUL mess".to_owned(),
        2 => "great food and kind people".to_owned(),
        3 => "great trouble with awful food".to_owned(),
        4 => format!("nothing {number} of note"),
        _ => "very bad weather".to_owned(),
    };
    let lines: Vec<String> = (0..48).map(|number| format!("k{number:02},\"{}\"", text(number))).collect();
    format!("id,text\n{}\n", lines.join("\n"))
}

async fn project(world: &World) -> ProjectId {
    let path = world.file("texts.csv", table());
    world.import("texts", &path, OnError::RefuseAll).await;
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageProject).await.unwrap();
    let schema = world.workflow.create_schema(&permit, SCHEMA).await.unwrap();
    let draft = ProjectDraft {
        name: "Moods".into(),
        description: String::new(),
        datasets: vec![world.dataset("texts").await],
        schema_version: schema.id,
        guidelines: String::new(),
        settings: ProjectSettings::default(),
    };
    let project = world.workflow.create_project(&permit, draft).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    project
}

async fn managed(world: &World, project: ProjectId) -> Permit<ProjectRow> {
    world.workflow.permit_project(&principal(world.owner), project, Action::ManageProject).await.unwrap()
}

async fn next(world: &World, project: ProjectId, user: UserId) -> Assignment {
    let permit = world.workflow.permit_project(&principal(user), project, Action::Label).await.unwrap();
    world.workflow.next(&permit, 1).await.unwrap().assignments.pop().unwrap()
}

/// Answers the next tasks truly.
async fn label(world: &World, project: ProjectId, user: UserId, count: usize) {
    for _ in 0..count {
        let assignment = next(world, project, user).await;
        let number: usize = assignment.item.key[1..].parse().unwrap();
        let task = world.workflow.permit_task(&principal(user), assignment.task, Action::Label).await.unwrap();
        let incoming = Incoming {
            epoch: assignment.epoch,
            parent: None,
            answer: answer_json(if number.is_multiple_of(2) { "good" } else { "bad" }, ""),
            took_ms: 1000,
            idempotency_key: assignment.task.to_string(),
        };
        world.workflow.submit(&task, incoming).await.unwrap();
    }
}

fn draft(name: &str, value: &str, rule: &str) -> FunctionDraft {
    let rule: Rule = serde_json::from_str(rule).unwrap();
    FunctionDraft { field: "mood".into(), name: name.into(), value: value.into(), rule, enabled: true }
}

const GREAT: &str = r#"{"type":"keyword","words":["great"]}"#;
const AWFUL: &str = r#"{"type":"dictionary","words":["awful","very bad"]}"#;
const BRIGHT: &str = r#"{"type":"regex","pattern":"bright|kind"}"#;

#[tokio::test]
async fn a_function_is_measured_while_it_is_written() {
    for world in worlds().await {
        let project = project(&world).await;
        let labeler = world.person("one", Role::Labeler).await;
        label(&world, project, labeler, 12).await;
        let permit = managed(&world, project).await;
        world.workflow.create_function(&permit, draft("awful", "bad", AWFUL)).await.unwrap();
        let found = world.workflow.preview_function(&permit, draft("", "good", GREAT), None).await.unwrap();
        let (looked, measured) = (found.looked, found.measured);
        assert_eq!((looked.items, looked.labeled, looked.tasks, looked.cut), (48, 12, 48, false), "{}", world.name);
        // Of six texts three are great, and one of these is awful too; of the twelve labeled ones six are great.
        assert_eq!((measured.votes, measured.labeled, measured.right), (24, 6, 4), "{}", world.name);
        let shares = (measured.coverage, measured.overlap, measured.conflict);
        assert_eq!(shares, (0.5, 8.0 / 48.0, 8.0 / 48.0), "{}", world.name);
        let interval = measured.interval().unwrap();
        assert!(interval.low < 4.0 / 6.0 && interval.high > 4.0 / 6.0, "{}: {interval:?}", world.name);
        let example = found.examples.iter().find(|one| one.snippet.starts_with("a great")).unwrap();
        assert_eq!(example.mark, Some(2..7), "{}", world.name);
        // The one that is being changed does not stand in its own way.
        let functions = world.workflow.functions(&permit).await.unwrap();
        let own = draft("", "good", AWFUL);
        let alone = world.workflow.preview_function(&permit, own, Some(functions[0].id)).await.unwrap();
        assert_eq!((alone.measured.overlap, alone.measured.right), (0.0, 0), "{}", world.name);
    }
}

#[tokio::test]
async fn a_filter_votes_for_the_tasks_that_the_search_finds() {
    for world in worlds().await {
        let project = project(&world).await;
        let permit = managed(&world, project).await;
        for filter in ["text~GREAT", "key~k0 not text~awful", "(key:k01 or key!=k02) text~\"bad w\"", "text~NAÏVE"] {
            let rule = serde_json::json!({ "type": "filter", "filter": filter }).to_string();
            let found = world.workflow.preview_function(&permit, draft("", "good", &rule), None).await.unwrap();
            let search = TaskSearch { filter: filter.into(), limit: 100, ..TaskSearch::default() };
            let tasks = world.workflow.find_tasks(&permit, search).await.unwrap().tasks;
            assert_eq!(found.measured.votes, tasks.len(), "{}: {filter}", world.name);
        }
    }
}

fn refused(outcome: Result<impl std::fmt::Debug, Error>) -> (String, String) {
    match outcome.unwrap_err() {
        Error::Invalid(problems) => (problems[0].pointer.clone(), problems[0].code.clone()),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn what_cannot_vote_is_refused_with_its_place() {
    for world in worlds().await {
        let project = project(&world).await;
        let permit = managed(&world, project).await;
        let create = |draft: FunctionDraft| world.workflow.create_function(&permit, draft);
        let place = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert_eq!(refused(create(draft(" ", "good", GREAT)).await), place("/name", "required"));
        assert_eq!(refused(create(draft("a", "fine", GREAT)).await), place("/value", "unknown"));
        let noted = FunctionDraft { field: "note".into(), ..draft("a", "good", GREAT) };
        assert_eq!(refused(create(noted).await), place("/field", "wrong_kind"));
        let peeking = draft("a", "good", r#"{"type":"filter","filter":"field.mood:good"}"#);
        assert_eq!(refused(create(peeking).await), place("/rule/filter", "not_of_items"), "it must not see answers");
        let broken = draft("a", "good", r#"{"type":"regex","pattern":"(a"}"#);
        assert_eq!(refused(create(broken).await), place("/rule/pattern", "bad_pattern"));
        create(draft("a", "good", GREAT)).await.unwrap();
        assert_eq!(refused(create(draft("a", "bad", AWFUL)).await), place("/name", "already_there"), "{}", world.name);
        for number in 1..FUNCTIONS_MAXIMUM {
            create(draft(&number.to_string(), "good", GREAT)).await.unwrap();
        }
        assert_eq!(refused(create(draft("more", "good", GREAT)).await), place("", "out_of_range"), "{}", world.name);
        let strange = world.workflow.delete_function(&permit, 999_999).await;
        assert!(matches!(strange, Err(Error::NotFound(_))), "{}", world.name);
    }
}

/// What the labeler sees of the task whose item has this key.
async fn prelabels(world: &World, project: ProjectId, user: UserId, key: &str) -> Vec<Prelabel> {
    let permit = managed(world, project).await;
    let search = TaskSearch { filter: format!("key:{key}"), limit: 1, ..TaskSearch::default() };
    let task = world.workflow.find_tasks(&permit, search).await.unwrap().tasks[0].id;
    let permit = world.workflow.permit_task(&principal(user), task, Action::Label).await.unwrap();
    world.workflow.assignment(&permit).await.unwrap().prelabels
}

#[tokio::test]
async fn votes_become_prelabels_with_scores_and_go_with_their_functions() {
    for world in worlds().await {
        let project = project(&world).await;
        let labeler = world.person("one", Role::Labeler).await;
        label(&world, project, labeler, 12).await;
        let permit = managed(&world, project).await;
        let nothing = world.workflow.apply_functions_later(&permit, "mood").await;
        assert!(matches!(nothing, Err(Error::Conflict { code: "no_functions", .. })), "{}", world.name);
        for (name, value, rule) in [("great", "good", GREAT), ("awful", "bad", AWFUL), ("bright", "good", BRIGHT)] {
            world.workflow.create_function(&permit, draft(name, value, rule)).await.unwrap();
        }
        let report = world.workflow.function_report(&permit, "mood").await.unwrap();
        assert_eq!((report.functions.len(), report.labeled), (3, 10), "{}", world.name);
        assert_eq!(report.coverage, 40.0 / 48.0, "{}", world.name);
        let job = world.workflow.apply_functions_later(&permit, "mood").await.unwrap();
        world.workflow.run_all_jobs().await.unwrap();
        let job = world.workflow.job_as_operator(job).await.unwrap();
        assert_eq!(job.state, "done", "{}: {}", world.name, job.message);
        let result: serde_json::Value = serde_json::from_str(job.result.as_deref().unwrap()).unwrap();
        assert_eq!((&result["tasks"], &result["functions"]), (&48.into(), &3.into()), "{}: {result}", world.name);
        assert!(result["model_right"].as_i64() >= result["majority_right"].as_i64() || result["method"] == "majority");
        for (key, mood) in [("k12", "good"), ("k13", "bad"), ("k14", "good"), ("k17", "bad")] {
            let seen = prelabels(&world, project, labeler, key).await;
            let said: Vec<_> = seen.iter().map(|one| (one.source.as_str(), one.answer.canonical_json())).collect();
            let expected = format!(r#"{{"fields":{{"mood":"{mood}"}},"regions":[],"relations":[]}}"#);
            assert_eq!(said, [("functions:mood", expected)], "{}: {key}", world.name);
            assert!(seen[0].score.is_some_and(|score| score > 0.5 && score <= 1.0), "{}: {key}", world.name);
        }
        assert!(prelabels(&world, project, labeler, "k16").await.is_empty(), "{}: no vote, no guess", world.name);
        // Without the function that voted on them, the guesses of the next run are fewer.
        let functions = world.workflow.functions(&permit).await.unwrap();
        world.workflow.delete_function(&permit, functions[1].id).await.unwrap();
        world.workflow.clock().advance_seconds(1);
        world.workflow.apply_functions_later(&permit, "mood").await.unwrap();
        world.workflow.run_all_jobs().await.unwrap();
        assert!(prelabels(&world, project, labeler, "k17").await.is_empty(), "{}", world.name);
        assert_eq!(prelabels(&world, project, labeler, "k14").await.len(), 1, "{}", world.name);
    }
}
