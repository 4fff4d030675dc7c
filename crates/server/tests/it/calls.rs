//! Calls for contributions from outside: what a guest may learn, what is taken, and that it is taken once.

use crate::app::{MARKER, Reply, TestApp};
use axum::body::Body;
use serde_json::{Value, json};

/// A call with the marker in what only its project knows.
pub fn body(marker: &str) -> Value {
    json!({
        "settings": {
            "title": "Cats and dogs", "instructions": "One animal a text.", "kinds": ["text", "photo", "form"],
            "fields": [{"id": "age", "title": "Age", "kind": {"type": "number"}, "required": true}],
            "categories": [{"id": "cat", "title": "Cat", "most": 2}, {"id": "dog", "title": "Dog"}],
            "most_each": 3, "completion": {"least": 1, "url": "https://panel.example/done?cc={code}&s={session_id}"}
        },
        "terms": "I made it myself.",
        "dataset_name": format!("{marker} given")
    })
}

pub struct Guest<'a> {
    app: &'a TestApp,
    token: String,
    secret: String,
}

impl<'a> Guest<'a> {
    /// Somebody who has agreed to the terms.
    pub async fn new(app: &'a TestApp, token: &str, participant: &str) -> Guest<'a> {
        let body = json!({"terms_version": 1, "participant": participant, "session": "s 1"});
        let reply = app.call("POST", &format!("/api/v1/give/{token}/consent"), "", body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let secret = reply.json()["contributor"].as_str().unwrap().to_owned();
        Self { app, token: token.to_owned(), secret }
    }

    pub async fn send(&self, method: &str, rest: &str, key: &str, body: impl Into<Body>) -> Reply {
        let path = format!("/api/v1/give/{}{rest}", self.token);
        let builder = TestApp::request(method, &path, None).header("contributor", &self.secret);
        let builder = builder.header("idempotency-key", key).header("content-type", "application/octet-stream");
        self.app.send(builder.body(body.into()).unwrap()).await
    }

    pub async fn give(&self, category: &str, key: &str, text: &str) -> Reply {
        let rest = format!("/contributions?kind=text&category={category}");
        self.send("POST", &rest, key, text.to_owned()).await
    }
}

/// The number of something that was given to a new call.
pub async fn given(app: &TestApp, call: &Value, marker: &str) -> i64 {
    let guest = Guest::new(app, call["token"].as_str().unwrap(), "").await;
    let reply = guest.give("cat", "key-00001", &format!("{marker} a cat of the walk")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    // The first contribution of a database.
    1
}

async fn call(app: &TestApp) -> (crate::app::Texts, i64, String) {
    let texts = app.texts(&["a text that is there"], 1).await;
    let path = format!("/api/v1/projects/{}/calls", texts.project);
    let made = app.call("POST", &path, &texts.owner.token, body(MARKER)).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let made = made.json();
    (texts, made["id"].as_i64().unwrap(), made["token"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_guest_learns_what_the_call_says_and_no_more() {
    let app = TestApp::new().await;
    let (texts, id, token) = call(&app).await;
    let path = format!("/api/v1/give/{token}");
    let anonymous = async |path: &str| app.send(TestApp::request("GET", path, None).body(Body::empty()).unwrap()).await;
    let seen = anonymous(&path).await;
    assert_eq!(seen.status, 200);
    let json = seen.json();
    assert_eq!((json["title"].as_str(), json["state"].as_str()), (Some("Cats and dogs"), Some("open")));
    assert_eq!(json["categories"][0]["left"], 2);
    assert!(!seen.text().contains(MARKER), "neither the project nor the dataset: {}", seen.text());
    let mut names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let known = [
        "categories",
        "closes_at",
        "fields",
        "instructions",
        "kinds",
        "left",
        "licence",
        "me",
        "most_bytes",
        "most_each",
        "opens_at",
        "state",
        "terms",
        "title",
    ];
    assert_eq!(names, known, "a new field is a decision");
    assert_eq!(anonymous("/api/v1/give/nothing").await.status, 404);
    for rest in ["/contributions", ""] {
        let reply = app
            .send(
                TestApp::request("GET", &format!("{path}{rest}"), None)
                    .header("contributor", "lwc_guessed")
                    .body(Body::empty())
                    .unwrap(),
            )
            .await;
        assert_eq!(reply.status, 401, "{rest}");
    }
    // Only the hash of the link is stored, and a new link ends the giving through the old one.
    let dump = crate::dump::dump(app.workflow.store()).await;
    assert!(dump.values().flatten().all(|row| !row.contains(&token)), "the link is nowhere");
    let link = format!("/api/v1/projects/{}/calls/{id}/link", texts.project);
    assert_eq!(app.call("POST", &link, &texts.owner.token, "").await.status, 200);
    assert_eq!(anonymous(&path).await.json()["state"], "closed");
}

#[tokio::test]
async fn a_gift_is_taken_once_within_quotas_and_with_consent() {
    let app = TestApp::new().await;
    let (texts, id, token) = call(&app).await;
    let ann = Guest::new(&app, &token, "worker-7").await;
    let first = ann.give("cat", "key-00001", "A grey cat on a wall").await;
    assert_eq!(first.status, 200, "{}", first.text());
    let again = ann.give("cat", "key-00001", "A grey cat on a wall").await;
    assert_eq!(first.json()["receipt"], again.json()["receipt"]);
    assert_eq!(again.json()["me"]["given"], 1, "sent twice, stored once");
    let url = again.json()["me"]["completion"]["url"].as_str().unwrap().to_owned();
    let code = again.json()["me"]["completion"]["code"].as_str().unwrap().to_owned();
    assert_eq!(url, format!("https://panel.example/done?cc={code}&s=s+1"));
    let other = ann.give("cat", "key-00001", "Something else").await;
    assert_eq!(other.json()["code"], "idempotency_key_reused");
    for (rest, key, body, place, code) in [
        ("/contributions?kind=audio&category=cat", "key-00002", "x", "/query/kind", "not_asked_for"),
        ("/contributions?kind=text&category=fish", "key-00002", "x", "/query/category", "unknown_category"),
        ("/contributions?kind=text&category=cat", "k", "x", "/headers/Idempotency-Key", "bad_key"),
        ("/contributions?kind=text&category=cat", "key-00002", " ", "/body", "empty_content"),
        ("/contributions?kind=photo&category=cat", "key-00002", "<svg onload=alert(1)>", "/body", "not_an_image"),
        ("/contributions?kind=form&category=cat", "key-00002", "{\"age\":\"x\"}", "/body/age", "wrong_type"),
        ("/contributions?kind=form&category=cat", "key-00002", "{}", "/body/age", "required"),
        ("/contributions?kind=form&category=cat", "key-00002", "{\"size\":1}", "/body/size", "unknown_field"),
    ] {
        let reply = ann.send("POST", rest, key, body).await;
        assert_eq!((reply.status.as_u16(), reply.complaint()), (422, (place.to_owned(), code.to_owned())), "{rest}");
    }
    // The same person of the panel in another browser is the same person.
    let twin = Guest::new(&app, &token, "worker-7").await;
    assert_eq!(twin.give("cat", "key-00002", "Another cat, black this time").await.status, 200);
    assert_eq!(ann.give("cat", "key-00003", "A third cat").await.json()["code"], "category_full");
    assert_eq!(twin.give("dog", "key-00004", "A dog that barks at night").await.status, 200);
    assert_eq!(ann.give("dog", "key-00005", "A dog that sleeps").await.json()["code"], "enough");
    // What is too large is refused before it is looked at.
    let huge = vec![b'x'; (1 << 20) + 1];
    let large = Guest::new(&app, &token, "").await;
    let reply = large.send("POST", "/contributions?kind=text&category=dog", "key-00006", huge).await;
    assert_eq!(reply.complaint().1, "too_large");
    // Other terms ask for consent again.
    let path = format!("/api/v1/projects/{}/calls/{id}", texts.project);
    let mut changed = json!({"settings": body(MARKER)["settings"], "terms": "I made it, and nobody else is in it."});
    changed["settings"]["most_each"] = json!(10);
    assert_eq!(app.call("PUT", &path, &texts.owner.token, changed).await.json()["terms_version"], 2);
    assert_eq!(large.give("dog", "key-00007", "A dog under the new terms").await.json()["code"], "terms_changed");
    let consent = json!({"terms_version": 2}).to_string();
    let builder = TestApp::request("POST", &format!("/api/v1/give/{token}/consent"), None);
    let builder = builder.header("contributor", &large.secret).header("content-type", "application/json");
    assert_eq!(app.send(builder.body(Body::from(consent)).unwrap()).await.json()["contributor"], Value::Null);
    assert_eq!(large.give("dog", "key-00007", "A dog under the new terms").await.status, 200);
}

#[tokio::test]
async fn whoever_is_too_quick_waits() {
    let app = TestApp::new().await;
    let (.., token) = call(&app).await;
    let ann = Guest::new(&app, &token, "").await;
    let mut last = 200;
    for number in 0..130 {
        let reply = ann.give("fish", &format!("key-{number:05}"), "x").await;
        assert_eq!(reply.status, 422);
        let reply = ann.give("dog", &format!("key-{number:05}"), "A dog that barks").await;
        last = reply.status.as_u16();
        if last == 429 {
            assert!(reply.json()["retry_after_seconds"].as_u64().unwrap() <= 60);
            break;
        }
    }
    assert_eq!(last, 429);
}
