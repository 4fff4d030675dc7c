//! A machine learns while people label: suggestions, the queue, the rule, told on both databases.

use crate::support::{World, worlds};
use labelwright_core::{Action, ProjectId, Role, UserId};
use labelwright_store::{
    StoreError,
    records::predictions::{self, NewPrediction},
};
use labelwright_testkit::world::{SCHEMA, principal};
use labelwright_workflow::{
    Automation, ProjectSettings, Strategy,
    annotate::Incoming,
    assign::Assignment,
    automation::Overview,
    jobs::kinds::OnError,
    plan::{ProjectChange, ProjectDraft},
    quality::Table,
    stored::JobRow,
};

const GOOD: [&str; 8] =
    ["wonderful", "lovely", "splendid", "charming", "delightful", "superb", "brilliant", "cheerful"];
const BAD: [&str; 8] = ["dreadful", "horrible", "awful", "broken", "miserable", "terrible", "rotten", "gloomy"];
const THINGS: [&str; 7] = ["room", "dinner", "concert", "journey", "garden", "movie", "service"];

/// The mood of a text is in its words.
pub fn text(number: usize) -> String {
    let words = if number.is_multiple_of(2) { GOOD } else { BAD };
    let (one, other, thing) = (words[number / 2 % 8], words[(number / 16 + 3) % 8], THINGS[number % 7]);
    format!("the {thing} was {one} and {other}, visit {number}")
}

pub fn truth(text: &str) -> &'static str {
    if GOOD.iter().any(|word| text.contains(word)) { "good" } else { "bad" }
}

pub async fn project(world: &World, texts: usize, automation: Automation) -> ProjectId {
    let mut table = String::from("id,text\n");
    (0..texts).for_each(|number| table.push_str(&format!("t{number:04},\"{}\"\n", text(number))));
    world.import("texts", &world.file("texts.csv", table), OnError::RefuseAll).await;
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageProject).await.unwrap();
    let draft = ProjectDraft {
        name: "Moods".into(),
        description: String::new(),
        datasets: vec![world.dataset("texts").await],
        schema_version: world.workflow.create_schema(&permit, SCHEMA).await.unwrap().id,
        guidelines: String::new(),
        settings: ProjectSettings { automation, ..ProjectSettings::default() },
    };
    let project = world.workflow.create_project(&permit, draft).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    project
}

pub async fn next(world: &World, project: ProjectId, user: UserId) -> Option<Assignment> {
    let permit = world.workflow.permit_project(&principal(user), project, Action::Label).await.unwrap();
    world.workflow.next(&permit, 1).await.unwrap().assignments.pop()
}

pub async fn submit(world: &World, user: UserId, assignment: &Assignment, mood: Option<&str>) {
    let task = world.workflow.permit_task(&principal(user), assignment.task, Action::Label).await.unwrap();
    let mood = mood.map(|mood| format!("\"mood\":\"{mood}\"")).unwrap_or_default();
    let incoming = Incoming {
        epoch: assignment.epoch,
        parent: None,
        answer: format!("{{\"fields\":{{{mood}}},\"regions\":[],\"relations\":[]}}"),
        took_ms: 1000,
        idempotency_key: format!("{user}-{}", assignment.task),
    };
    world.workflow.submit(&task, incoming).await.unwrap();
}

/// Labels so many tasks as they come, rightly.
pub async fn label(world: &World, project: ProjectId, user: UserId, count: usize) {
    for _ in 0..count {
        let assignment = next(world, project, user).await.expect("a task");
        let text = assignment.text.clone().unwrap();
        submit(world, user, &assignment, Some(truth(&text))).await;
    }
}

pub async fn overview(world: &World, project: ProjectId) -> Overview {
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::ViewQuality).await.unwrap();
    world.workflow.automation(&permit).await.unwrap()
}

pub async fn train(world: &World, project: ProjectId) -> JobRow {
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::ManageProject).await.unwrap();
    let job = world.workflow.train_later(&permit).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    world.workflow.job_as_operator(job).await.unwrap()
}

pub async fn healthy(world: &World) {
    let report = world.workflow.doctor(|_| {}).await.unwrap();
    assert_eq!(report.findings, [], "{}", world.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_come_from_labels_and_what_people_make_of_them_is_counted() {
    for world in worlds().await {
        let project = project(&world, 120, Automation::default()).await;
        let user = world.person("anna", Role::Labeler).await;
        let refused = train(&world, project).await;
        assert_eq!(refused.state, "failed");
        assert!(refused.message.contains("label 10 more"), "{}", refused.message);
        label(&world, project, user, 30).await;
        let done = train(&world, project).await;
        assert_eq!(done.state, "done", "{}", done.message);
        let found = overview(&world, project).await;
        let point = found.runs.last().unwrap();
        assert_eq!((point.run.number, point.run.labels, point.run.tasks), (1, 30, 120));
        assert!(point.accuracy.unwrap().share > 0.85, "{:?}", point.accuracy);
        assert!(found.queue.is_empty());

        // One suggestion is taken, one changed, one thrown out; tasks of the control slice show none.
        let (mut shown, mut right, mut moods) = (0, 0, vec![None, Some("other"), Some("same")]);
        while let Some(wanted) = moods.last().copied() {
            let assignment = next(&world, project, user).await.unwrap();
            let text = assignment.text.clone().unwrap();
            let Some(prelabel) = assignment.prelabels.first() else {
                submit(&world, user, &assignment, Some(truth(&text))).await;
                continue;
            };
            moods.pop();
            shown += 1;
            assert_eq!(prelabel.source, "model 1");
            assert!(prelabel.score.is_some_and(|score| (0.5..=1.0).contains(&score)));
            let value = serde_json::to_value(&prelabel.answer).unwrap()["fields"]["mood"].as_str().unwrap().to_owned();
            right += usize::from(value == truth(&text));
            let other = if value == "good" { "bad" } else { "good" };
            let mood = wanted.map(|word| if word == "same" { value.as_str() } else { other });
            submit(&world, user, &assignment, mood).await;
        }
        assert_eq!((shown, right), (3, 3), "{}", world.name);
        let taken = overview(&world, project).await.runs[0].taken.clone();
        assert_eq!((taken.accepted, taken.edited, taken.rejected), (1, 1, 1), "{}", world.name);

        // A second run sees more labels and only new items would be looked at.
        train(&world, project).await;
        let found = overview(&world, project).await;
        assert_eq!(found.runs.len(), 2);
        assert!(found.runs[1].run.labels > 30);
        let permit =
            world.workflow.permit_project(&principal(world.owner), project, Action::ViewQuality).await.unwrap();
        let table = world.workflow.quality_table(&permit, Table::Runs, 0.5).await.unwrap();
        assert_eq!(String::from_utf8(table).unwrap().lines().count(), 3);
        healthy(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_puts_doubtful_and_random_tasks_first_and_gives_them_back() {
    for world in worlds().await {
        let automation = Automation { strategy: Strategy::Uncertainty, ..Automation::default() };
        let project = project(&world, 300, automation.clone()).await;
        let user = world.person("anna", Role::Labeler).await;
        // Without labels there is no model, and typical texts come first.
        let job = train(&world, project).await;
        assert_eq!(job.state, "done", "{}", job.message);
        assert!(job.result.unwrap().contains("\"trained\":false"));
        let queue = overview(&world, project).await.queue;
        assert_eq!(queue[0].why, "control");
        assert!(queue[1..].iter().all(|one| one.why == "margin"), "{queue:?}");
        for wanted in &queue[..3] {
            let assignment = next(&world, project, user).await.unwrap();
            assert_eq!(assignment.task, wanted.task, "{}", world.name);
            submit(&world, user, &assignment, Some(truth(&assignment.text.clone().unwrap()))).await;
        }
        label(&world, project, user, 20).await;
        train(&world, project).await;
        let queue = overview(&world, project).await.queue;
        assert!(queue.iter().all(|one| one.score.is_some()));
        // Nor what a function or a bulk label says.
        let answer = r#"{"fields":{"mood":"good"},"regions":[],"relations":[]}"#.to_owned();
        let guess = vec![NewPrediction { task: queue[0].task, answer, score: 1.0 }];
        let now = world.workflow.now();
        let kept = world.workflow.store().write::<_, StoreError, _>(move |tx| {
            Box::pin(async move { predictions::keep(tx, project, "bulk:1", now, &guess).await })
        });
        kept.await.unwrap();
        let assignment = next(&world, project, user).await.unwrap();
        assert_eq!(assignment.task, queue[0].task, "{}", world.name);
        assert!(assignment.prelabels.is_empty(), "the control slice shows no suggestion");

        // The project's own order holds again.
        let permit = world.workflow.permit_project(&principal(world.owner), project, Action::ManageProject).await;
        let settings = ProjectSettings { automation: Automation::default(), ..ProjectSettings::default() };
        let change = ProjectChange { settings: Some(settings), ..ProjectChange::default() };
        world.workflow.change_project(&permit.unwrap(), None, change).await.unwrap();
        train(&world, project).await;
        assert!(overview(&world, project).await.queue.is_empty());
        healthy(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_trains_once_for_so_many_answers() {
    for world in worlds().await {
        let project = project(&world, 60, Automation { every: 12, ..Automation::default() }).await;
        let user = world.person("anna", Role::Labeler).await;
        label(&world, project, user, 11).await;
        world.workflow.run_all_jobs().await.unwrap();
        assert!(overview(&world, project).await.job.is_none());
        label(&world, project, user, 4).await;
        world.workflow.run_all_jobs().await.unwrap();
        let found = overview(&world, project).await;
        assert_eq!((found.runs.len(), found.job.unwrap().state), (1, "done".into()), "{}", world.name);
        label(&world, project, user, 11).await;
        world.workflow.run_all_jobs().await.unwrap();
        assert_eq!(overview(&world, project).await.runs.len(), 1, "{}", world.name);
        label(&world, project, user, 1).await;
        world.workflow.run_all_jobs().await.unwrap();
        assert_eq!(overview(&world, project).await.runs.len(), 2, "{}", world.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_answer_at_once_ask_for_one_training() {
    for world in worlds().await {
        let project = project(&world, 60, Automation { every: 3, ..Automation::default() }).await;
        let (one, two) = (world.person("anna", Role::Labeler).await, world.person("ben", Role::Labeler).await);
        label(&world, project, one, 2).await;
        let (first, second) = (next(&world, project, one).await.unwrap(), next(&world, project, two).await.unwrap());
        tokio::join!(submit(&world, one, &first, Some("good")), submit(&world, two, &second, Some("bad")));
        let mut runs = 0;
        while world.workflow.run_next_job().await.unwrap() {
            runs += 1;
        }
        assert_eq!(runs, 1, "{}", world.name);
    }
}
