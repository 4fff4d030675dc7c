//! Webhooks: what happens is told once, in its order, signed; what was not taken is told again.

use crate::{
    collecting::open,
    support::{World, worlds},
};
use labelwright_core::{Action, TaskId, Timestamp};
use labelwright_store::records::webhooks as rows;
use labelwright_testkit::{
    site::{Reply, Site},
    world::{SCHEMA, principal},
};
use labelwright_workflow::{Error, Workflow, jobs::kinds::OnError, webhooks::WebhookChange};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

/// A site that answers every POST with the status that is set.
async fn receiver() -> (Site, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(204));
    let said = Arc::clone(&status);
    let site = Site::start(move |_| Reply::of(said.load(Ordering::Relaxed), "text/plain", "no word of this is kept"));
    (site.await.unwrap(), status)
}

fn told(site: &Site) -> Vec<Value> {
    let posts = site.log().into_iter().filter(|request| request.method == "POST");
    posts.map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

async fn hook(world: &World, workflow: &Workflow, url: &str, kinds: &[&str]) -> (i64, String) {
    let owner = principal(world.owner);
    let workspace = workflow.permit_workspace(&owner, world.workspace, Action::ManageWorkspace).await.unwrap();
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let made = workflow.create_webhook(&workspace, url, kinds).await.unwrap();
    (made.row, made.secret)
}

/// One text that its owner answers.
async fn answered(world: &World) -> i64 {
    let file = world.file("rows.csv", "id,text\na,words to label\n");
    world.import("rows", &file, OnError::KeepGood).await;
    let project = world.project("Told", SCHEMA, "rows").await;
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::Label).await.unwrap();
    let assignment = world.workflow.next(&permit, 1).await.unwrap().assignments.remove(0);
    let answer = json!({"fields": {"mood": "good"}}).to_string();
    world.submit(assignment.task, assignment.epoch, &answer).await.unwrap();
    // A retry of the same request is the same event.
    world.submit(assignment.task, assignment.epoch, &answer).await.unwrap();
    assignment.task.0
}

async fn tell(workflow: &Workflow) {
    while workflow.tell_next().await.unwrap() {}
}

#[tokio::test]
async fn what_happens_is_told_signed_and_once() {
    for world in worlds().await {
        let (site, _) = receiver().await;
        let workflow = open(&world);
        let (id, secret) = hook(&world, &workflow, &site.url("/all"), &[]).await;
        hook(&world, &workflow, &site.url("/jobs"), &["job.ended"]).await;
        assert!(secret.starts_with("whsec_"));
        let task = answered(&world).await;
        tell(&workflow).await;
        tell(&workflow).await;
        let all: Vec<_> = site.log().into_iter().filter(|request| request.path == "/all").collect();
        let kinds: Vec<String> = all
            .iter()
            .map(|request| {
                let body: Value = serde_json::from_slice(&request.body).unwrap();
                body["type"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "answer.submitted").count(), 1, "{}: {kinds:?}", world.name);
        assert!(kinds.iter().filter(|kind| *kind == "job.ended").count() >= 2, "{}: {kinds:?}", world.name);
        let answer = told(&site).into_iter().find(|body| body["type"] == "answer.submitted").unwrap();
        assert_eq!((&answer["data"]["task"], &answer["data"]["revision"]), (&task.into(), &1.into()));
        assert_eq!(answer["workspace"], world.workspace.0);
        let ids: Vec<&str> = all.iter().map(|request| request.header("webhook-id").unwrap()).collect();
        let mut sorted = ids.clone();
        sorted.dedup();
        assert_eq!(sorted.len(), ids.len(), "{}: an id is of one event", world.name);
        assert!(all.iter().all(|request| request.header("webhook-signature").unwrap().starts_with("v1,")));
        let jobs: Vec<_> = site.log().into_iter().filter(|request| request.path == "/jobs").collect();
        assert!(jobs.iter().all(|request| request.body.windows(9).any(|part| part == b"job.ended")));
        let owner = principal(world.owner);
        let workspace = workflow.permit_workspace(&owner, world.workspace, Action::ManageWorkspace).await.unwrap();
        let (row, waiting) = workflow.webhooks(&workspace).await.unwrap().remove(0);
        assert_eq!((row.id, waiting, row.failures, row.last_outcome.as_str()), (id, 0, 0, "status 204"));
    }
}

#[tokio::test]
async fn what_is_not_taken_is_told_again_and_what_is_gone_no_more() {
    for world in worlds().await {
        let (site, status) = receiver().await;
        let workflow = open(&world);
        let (id, _) = hook(&world, &workflow, &site.url("/"), &["answer.submitted"]).await;
        let task = TaskId(answered(&world).await);
        status.store(500, Ordering::Relaxed);
        assert!(workflow.tell_next().await.unwrap());
        // Not before its pause is over.
        assert!(!workflow.tell_next().await.unwrap(), "{}", world.name);
        let permit = workflow.permit_webhook(&principal(world.owner), id).await.unwrap();
        let row = permit.resource();
        assert_eq!((row.failures, row.last_outcome.as_str(), row.active), (1, "status 500", true));
        assert!(row.next_at > workflow.now(), "{}", world.name);
        let again = WebhookChange { active: Some(true), ..WebhookChange::default() };
        workflow.change_webhook(&permit, again.clone()).await.unwrap();
        status.store(200, Ordering::Relaxed);
        tell(&workflow).await;
        let bodies = told(&site);
        assert_eq!((bodies.len(), bodies[0] == bodies[1]), (2, true), "{}: the same event again", world.name);
        // One that wants nothing more gets nothing more.
        status.store(410, Ordering::Relaxed);
        let deliver = world.workflow.store().write::<_, Error, _>(move |tx| {
            Box::pin(
                async move { Ok(rows::note_of_task(tx, task, "answer.submitted", &json!({}), Timestamp(1)).await?) },
            )
        });
        deliver.await.unwrap();
        tell(&workflow).await;
        let permit = workflow.permit_webhook(&principal(world.owner), id).await.unwrap();
        assert!(!permit.resource().active, "{}", world.name);
        assert!(matches!(workflow.try_webhook(&permit).await.unwrap(), Err(why) if why.contains("410")));
        workflow.delete_webhook(&permit).await.unwrap();
        assert!(matches!(
            workflow.permit_webhook(&principal(world.owner), id).await,
            Err(Error::NotFound("the webhook"))
        ));
    }
}

#[tokio::test]
async fn an_address_in_a_private_network_is_refused_and_mistakes_have_their_place() {
    for world in worlds().await {
        let (site, _) = receiver().await;
        // This one may not reach loopback.
        let (id, _) = hook(&world, &world.workflow, &site.url("/"), &[]).await;
        let permit = world.workflow.permit_webhook(&principal(world.owner), id).await.unwrap();
        let tried = world.workflow.try_webhook(&permit).await.unwrap();
        assert!(tried.unwrap_err().contains("private network"), "{}", world.name);
        assert!(site.log().is_empty(), "{}", world.name);
        for (change, place) in [
            (json!({"url": "file:///etc/passwd"}), "/url"),
            (json!({"url": "https://user:word@example.org/"}), "/url"),
            (json!({"url": "here"}), "/url"),
            (json!({"kinds": ["answer.submitted", "answer.thrown"]}), "/events/0"),
        ] {
            let text = |key: &str| change[key].as_str().map(str::to_owned);
            let kinds = change["kinds"].as_array();
            let kinds = kinds.map(|all| all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect());
            let change = WebhookChange { url: text("url"), kinds, active: None };
            match world.workflow.change_webhook(&permit, change).await {
                Err(Error::Invalid(problems)) => assert!(problems[0].pointer.starts_with(&place[..4]), "{problems:?}"),
                other => panic!("{place}: {other:?}"),
            }
        }
    }
}
