//! What a labeler is shown never holds gold answers or what others said.

use crate::app::{MARKER, Place, TestApp};
use labelwright_core::Role;
use serde_json::json;

const PEER: &str = "xPEERx";
const GOLD: &str = "xGOLDx";

#[tokio::test]
async fn a_labeler_sees_neither_gold_nor_peers() {
    let app = TestApp::new().await;
    let texts = app.texts(&["a text"], 3).await;
    let project = texts.project;
    let people = [
        app.user("one", &[(Place::Workspace(texts.workspace), Role::Labeler)]).await,
        app.user("two", &[(Place::Workspace(texts.workspace), Role::Labeler)]).await,
    ];
    let said = |text: &str| json!({"fields": {"mood": "good", "note": text}, "regions": [], "relations": []});
    let (task, epoch, _) = app.next(project, &people[0].token).await;
    let path = |rest: &str| format!("/api/v1/tasks/{task}{rest}");
    let body = json!({"epoch": epoch, "parent": null, "answer": said(&format!("{PEER} answer"))});
    assert_eq!(app.submit(task, &people[0].token, "k", body).await.status, 200);
    let peer = &people[0].token;
    let comment = json!({"body": format!("{PEER} comment")});
    assert_eq!(app.call("POST", &path("/comments"), peer, comment).await.status, 200);
    assert_eq!(app.call("POST", &path("/flag"), peer, json!({"reason": format!("{PEER} flag")})).await.status, 204);
    let gold = json!({"gold": said(GOLD)});
    assert_eq!(app.call("PATCH", &path(""), &texts.owner.token, gold).await.status, 204);

    let token = &people[1].token;
    let (_, epoch, shown) = app.next(project, token).await;
    let item = shown["item"]["id"].as_i64().unwrap();
    let draft = json!({"answer": said("mine")});
    assert_eq!(app.call("PUT", &path("/draft"), token, draft).await.status, 204);
    let mut seen = vec![shown.to_string()];
    for place in [
        path("/assignment"),
        path("/comments"),
        format!("/api/v1/items/{item}"),
        format!("/api/v1/items/{item}/media"),
        format!("/api/v1/projects/{project}"),
        format!("/api/v1/projects/{project}/mine"),
        format!("/api/v1/projects/{project}/guidelines"),
        format!("/api/v1/workspaces/{}/projects", texts.workspace),
        "/api/v1/me".to_owned(),
    ] {
        let reply = app.get(&place, token).await;
        assert_eq!(reply.status, 200, "{place}: {}", reply.text());
        seen.push(reply.text());
    }
    let body = json!({"epoch": epoch, "parent": null, "answer": said("mine")});
    seen.push(app.submit(task, token, "k2", body.clone()).await.text());
    // A stale parent shows the labeler's own newest answer, not a neighbour's.
    let stale = app.submit(task, token, "k3", body).await;
    assert_eq!(stale.status, 409, "{}", stale.text());
    assert_eq!(stale.json()["head"]["answer"]["fields"]["note"], "mine");
    seen.push(stale.text());
    for text in &seen {
        assert!(!text.contains(PEER) && !text.contains(GOLD), "{text}");
    }
    assert!(seen.iter().any(|text| text.contains(MARKER)), "the guidelines are shown");
    for place in
        [path(""), format!("/api/v1/projects/{project}/tasks"), format!("/api/v1/projects/{project}/agreement")]
    {
        assert_eq!(app.get(&place, token).await.status, 403, "{place}");
    }
    let reviewer = app.user("reviewer", &[(Place::Workspace(texts.workspace), Role::Reviewer)]).await;
    let detail = app.get(&path(""), &reviewer.token).await.text();
    assert!(detail.contains(PEER) && !detail.contains(GOLD), "gold is for managers: {detail}");
}
