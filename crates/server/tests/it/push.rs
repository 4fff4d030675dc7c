//! Items that programs push: as lines, once, each mistake with its place.

use crate::app::{Reply, TestApp, Texts};
use axum::body::Body;
use serde_json::{Value, json};

async fn push(app: &TestApp, texts: &Texts, key: &str, body: &str) -> Reply {
    let path = format!("/api/v1/datasets/1/items?project_id={}", texts.project);
    let builder = TestApp::request("POST", &path, Some(&texts.owner.token));
    let builder = builder.header("idempotency-key", key).header("content-type", "application/x-ndjson");
    app.send(builder.body(Body::from(body.to_owned())).unwrap()).await
}

async fn result(app: &TestApp, texts: &Texts, reply: &Reply) -> Value {
    app.workflow.run_all_jobs().await.unwrap();
    let job = app.get(&format!("/api/v1/jobs/{}", reply.json()["job_id"]), &texts.owner.token).await.json();
    assert_eq!(job["state"], "done", "{job}");
    job["result"].clone()
}

#[tokio::test]
async fn lines_become_items_that_say_where_they_come_from() {
    let app = TestApp::new().await;
    let texts = app.texts(&["one"], 1).await;
    let lines = "{\"text\":\"https://example.org is down\",\"metadata\":{\"rank\":3,\"licence\":\"CC0-1.0\"}}\n\
                 {\"fields\":{\"name\":\"Ann\",\"age\":7},\"key\":\"ann\"}\n";
    let first = push(&app, &texts, "a", lines).await;
    assert_eq!((first.status.as_u16(), first.json()["items"].as_i64()), (200, Some(2)), "{}", first.text());
    assert_eq!(result(&app, &texts, &first).await["added"], 2);
    let again = push(&app, &texts, "a", lines).await;
    assert_eq!(again.json(), first.json(), "the same key gets the same answer");
    let other = push(&app, &texts, "b", lines).await;
    assert_eq!(result(&app, &texts, &other).await["known"], 2, "the same content adds nothing");
    assert_eq!(push(&app, &texts, "a", "{\"text\":\"x\"}").await.json()["code"], "idempotency_key_reused");
    let items = app.get("/api/v1/datasets/1/items", &texts.owner.token).await.json();
    let all = items["items"].as_array().unwrap().clone();
    assert_eq!(all.len(), 3);
    let pushed = all.iter().find(|item| item["metadata"]["rank"] == 3).unwrap();
    let origin = &pushed["metadata"]["provenance"];
    assert_eq!((origin["source"].as_str(), origin["licence"].as_str()), (Some("push"), Some("CC0-1.0")));
    assert_eq!(origin["sha256"].as_str().unwrap().len(), 64);
    assert!(all.iter().any(|item| item["key"] == "ann"));
    let sources = app.get(&format!("/api/v1/projects/{}/sources", texts.project), &texts.owner.token).await.json();
    assert!(sources.as_array().unwrap().iter().any(|one| one["kind"] == "push" && one["items"] == 2), "{sources}");
    let url = format!("/api/v1/projects/{}/next", texts.project);
    let next = app.call("POST", &url, &texts.owner.token, json!({"count": 5})).await;
    assert_eq!(next.json()["assignments"].as_array().unwrap().len(), 3, "they are tasks");
}

#[tokio::test]
async fn what_is_wrong_has_its_place() {
    let app = TestApp::new().await;
    let texts = app.texts(&["one"], 1).await;
    for (body, place, code) in [
        ("[{\"text\":\"a\"},{\"txt\":\"b\"}]", "/1/txt", "malformed"),
        ("{\"text\":\"a\"}\n{\"text\":", "/1", "malformed"),
        ("[{\"text\":\"a\",\"url\":\"https://example.org\"}]", "/0", "one_of"),
        ("[{\"text\":\"a\"},{\"url\":\"https://example.org/x.png\"}]", "/0", "mixed"),
        ("[{\"url\":\"file:///etc/passwd\"}]", "/0/url", "not_an_address"),
        ("[{\"text\":\" \"}]", "/0", "empty_content"),
        ("[{\"text\":\"a\",\"key\":\"\"}]", "/0/key", "bad_key"),
        ("[]", "", "out_of_range"),
    ] {
        let reply = push(&app, &texts, "k", body).await;
        assert_eq!((reply.status.as_u16(), reply.complaint().1.as_str()), (422, code), "{body}: {}", reply.text());
        assert_eq!(reply.complaint().0, place, "{body}");
    }
}
