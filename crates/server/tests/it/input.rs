//! Bad input at the API: each is refused with the place and the code of what is wrong, and stores nothing.

use crate::{
    app::{IMAGE_SCHEMA, Place, TestApp, Texts},
    media::png,
};
use labelwright_core::{Limits, Role};
use serde_json::json;

/// Text with everything that makes offsets hard: a family emoji (7 scalars), a combining mark, right-to-left, CRLF.
const HARD: &str = "e\u{301} \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} \u{5e9}\u{5dc}\r\nend";

struct Held {
    app: TestApp,
    texts: Texts,
    task: i64,
    epoch: i64,
}

async fn held(text: &str) -> Held {
    let app = TestApp::new().await;
    let texts = app.texts(&[text], 1).await;
    let (task, epoch, _) = app.next(texts.project, &texts.owner.token).await;
    Held { app, texts, task, epoch }
}

impl Held {
    /// Submits an answer given as text; status, pointer, code.
    async fn answer(&self, key: &str, answer: &str) -> (u16, String, String) {
        let body = format!(r#"{{"epoch":{},"parent":null,"answer":{answer}}}"#, self.epoch);
        let reply = self.app.submit(self.task, &self.texts.owner.token, key, body).await;
        let (pointer, code) = reply.complaint();
        (reply.status.as_u16(), pointer, code)
    }

    async fn span(&self, ranges: &str) -> (u16, String, String) {
        let region = format!(r#"{{"id":"r","class":"name","geometry":{{"type":"span","ranges":{ranges}}}}}"#);
        self.answer(ranges, &format!(r#"{{"regions":[{region}]}}"#)).await
    }
}

fn refused(pointer: &str, code: &str) -> (u16, String, String) {
    (422, pointer.to_owned(), code.to_owned())
}

#[tokio::test]
async fn wrong_answers_are_refused_with_their_place() {
    let held = held("some text").await;
    for (answer, pointer, code) in [
        (r#"{"fields":{"mood":"ugly"}}"#, "/answer/fields/mood", "unknown_option"),
        (r#"{"fields":{"mood":7}}"#, "/answer/fields/mood", "wrong_type"),
        (r#"{"fields":{"other":"x"}}"#, "/answer/fields/other", "unknown_field"),
        (r#"{"fields":{"mood":"good","mood":"bad"}}"#, "/answer", "malformed"),
        (r#"{"fields":{},"fields":{}}"#, "/answer", "malformed"),
        (r#"{"unknown":1}"#, "/answer", "malformed"),
        (r#"{"fields":{"mood":1e999}}"#, "/answer", "malformed"),
        (
            r#"{"regions":[{"id":"r","class":"cat","geometry":{"type":"span","ranges":[[0,1]]}}]}"#,
            "/answer/regions/0/class",
            "unknown_class",
        ),
        (
            r#"{"regions":[{"id":"r","class":"name","geometry":{"type":"box","x":0,"y":0,"width":1,"height":1}}]}"#,
            "/answer/regions/0/geometry/type",
            "wrong_geometry",
        ),
        (
            r#"{"regions":[{"id":"a b","class":"name","geometry":{"type":"span","ranges":[[0,1]]}}]}"#,
            "/answer/regions/0/id",
            "bad_id",
        ),
        (
            r#"{"relations":[{"id":"x","relation":"r","from":"a","to":"b"}]}"#,
            "/answer/relations/0/relation",
            "unknown_relation",
        ),
    ] {
        assert_eq!(held.answer("k", answer).await, refused(pointer, code), "{answer}");
    }
    let long = json!({"fields": {"note": "x".repeat(201)}}).to_string();
    assert_eq!(held.answer("k", &long).await, refused("/answer/fields/note", "too_long"));
    let right = json!({"fields": {"note": "\u{1F600}".repeat(200)}}).to_string();
    assert_eq!(held.answer("k", &right).await.0, 200, "the limit counts characters");
}

#[tokio::test]
async fn spans_count_unicode_scalars_and_cut_no_character_in_two() {
    let held = held(HARD).await;
    let chars = HARD.chars().count();
    assert_eq!(held.span("[[0,1]]").await, refused("/answer/regions/0/geometry/ranges/0", "inside_grapheme"));
    assert_eq!(held.span("[[3,5]]").await, refused("/answer/regions/0/geometry/ranges/0", "inside_grapheme"));
    let past = format!("[[0,{}]]", chars + 1);
    assert_eq!(held.span(&past).await, refused("/answer/regions/0/geometry/ranges/0", "out_of_bounds"));
    assert_eq!(held.span("[[4,4]]").await, refused("/answer/regions/0/geometry/ranges/0", "empty"));
    assert_eq!(held.span("[]").await, refused("/answer/regions/0/geometry/ranges", "empty"));
    assert_eq!(held.span("[[9,11],[0,2]]").await, refused("/answer/regions/0/geometry/ranges/1", "overlap"));
    assert_eq!(held.span("[[-1,2]]").await, refused("/answer", "malformed"));
    // The accented letter, the family, the Hebrew word.
    assert_eq!(held.span("[[0,2],[3,8],[9,11]]").await.0, 200);
}

#[tokio::test]
async fn boxes_stay_inside_the_picture_and_are_finite() {
    let app = TestApp::new().await;
    let workspace = app.workspace("pictures").await;
    let owner = app.user("owner", &[(Place::Workspace(workspace), Role::Owner)]).await;
    let folder = app.folder.path().join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.png"), png(100, 50)).unwrap();
    let dataset = app.import(&owner, workspace, "pictures", &folder).await;
    let version = app.schema(&owner, workspace, IMAGE_SCHEMA).await;
    let project = app.project(&owner, workspace, "pictures", vec![dataset], version, 1).await;
    let (task, epoch, _) = app.next(project, &owner.token).await;
    let send = async |geometry: &str| {
        let region = format!(r#"{{"id":"r","class":"car","geometry":{geometry}}}"#);
        let body = format!(r#"{{"epoch":{epoch},"parent":null,"answer":{{"regions":[{region}]}}}}"#);
        let reply = app.submit(task, &owner.token, "k", body).await;
        (reply.status.as_u16(), reply.complaint().1)
    };
    for (geometry, code) in [
        (r#"{"type":"box","x":90,"y":0,"width":20,"height":10}"#, "out_of_bounds"),
        (r#"{"type":"box","x":-5,"y":0,"width":20,"height":10}"#, "out_of_bounds"),
        (r#"{"type":"box","x":0,"y":0,"width":0,"height":10}"#, "empty"),
        (r#"{"type":"box","x":0,"y":0,"width":-3,"height":10}"#, "empty"),
        (r#"{"type":"box","x":NaN,"y":0,"width":3,"height":10}"#, "malformed"),
        (r#"{"type":"box","x":1e999,"y":0,"width":3,"height":10}"#, "malformed"),
        (r#"{"type":"box","x":1e308,"y":0,"width":1e308,"height":10}"#, "out_of_bounds"),
        (r#"{"type":"polygon","parts":[]}"#, "too_few"),
        (r#"{"type":"blob"}"#, "malformed"),
    ] {
        let (status, found) = send(geometry).await;
        assert_eq!(status, 422, "{geometry}: {found}");
        assert!(
            found == code || found == "degenerate" || found == "flat" || found == "not_finite",
            "{geometry}: {found}"
        );
    }
    let points = vec!["[1,1]"; Limits::DEFAULT.points + 1].join(",");
    let bomb = format!(r#"{{"type":"polygon","parts":[{{"outer":[{points}],"holes":[]}}]}}"#);
    assert_eq!(send(&bomb).await, (422, "too_many".to_owned()));
    assert_eq!(send(r#"{"type":"box","x":0,"y":0,"width":100,"height":50}"#).await.0, 200);
}

#[tokio::test]
async fn bodies_that_are_not_what_was_asked_for_name_their_place() {
    let held = held("some text").await;
    let (app, token) = (&held.app, &held.texts.owner.token);
    let path = format!("/api/v1/projects/{}/next", held.texts.project);
    for (body, pointer) in [
        (r#"{"count":"one"}"#, "/count"),
        (r#"{"count":-1}"#, "/count"),
        (r#"{"count":1.5}"#, "/count"),
        (r#"{"count":1,"count":2}"#, ""),
        (r#"{"count":1,"more":2}"#, "/more"),
        (r#"{"count":1} and more"#, ""),
        (r#"{"count":1}{"count":2}"#, ""),
        ("{", ""),
        ("", ""),
        ("[]", ""),
        ("null", ""),
    ] {
        let reply = app.call("POST", &path, token, body).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text());
        let (found, code) = reply.complaint();
        assert_eq!(code, "malformed", "{body}");
        assert!(found == pointer || found.is_empty() || found == "/?", "{body}: {found}");
    }
    for count in [0, 11] {
        let reply = app.call("POST", &path, token, json!({"count": count})).await;
        assert_eq!(reply.complaint(), ("/count".into(), "out_of_range".into()));
    }
    for path in ["/api/v1/projects/x", "/api/v1/projects/99999999999999999999", "/api/v1/projects/%2e%2e"] {
        let status = app.get(path, token).await.status.as_u16();
        assert!(status == 422 || status == 404, "{path}: {status}");
    }
    assert_eq!(app.get(&format!("/api/v1/projects/{}/mine?cursor=x", held.texts.project), token).await.status, 422);
}

#[tokio::test]
async fn depth_bombs_and_large_bodies_stop_at_the_door() {
    let held = held("some text").await;
    let bomb = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(held.answer("k", &bomb).await, refused("/answer", "malformed"));
    let bomb = format!(r#"{{"fields":{{"note":{}1{}}}}}"#, "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(held.answer("k", &bomb).await, refused("/answer", "malformed"));
    // A draft may be anything; shown again, what cannot be read is nothing, and nothing falls over.
    let (app, token, task) = (&held.app, &held.texts.owner.token, held.task);
    let draft = format!(r#"{{"answer":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let kept = app.call("PUT", &format!("/api/v1/tasks/{task}/draft"), token, draft).await;
    assert!(matches!(kept.status.as_u16(), 204 | 422), "{}", kept.status);
    assert_eq!(app.get(&format!("/api/v1/tasks/{task}/assignment"), token).await.status, 200);
    let limit = Limits::DEFAULT.json_bytes;
    let path = format!("/api/v1/projects/{}/next", held.texts.project);
    let at = format!("{}{}", r#"{"count":1}"#, " ".repeat(limit - 11));
    assert_eq!(app.call("POST", &path, token, &at).await.status, 200);
    let beyond = app.call("POST", &path, token, format!("{at} ")).await;
    assert_eq!((beyond.status.as_u16(), beyond.complaint().1.as_str()), (422, "too_large"));
}

#[tokio::test]
async fn a_submit_is_once_under_its_key_and_knows_stale_parents_and_lost_leases() {
    let held = held("some text").await;
    let (app, token, task, epoch) = (&held.app, &held.texts.owner.token, held.task, held.epoch);
    let body = |mood: &str, parent: Option<i64>| {
        json!({"epoch": epoch, "parent": parent, "answer": {"fields": {"mood": mood}}}).to_string()
    };
    let without = app.call("POST", &format!("/api/v1/tasks/{task}/submit"), token, body("good", None)).await;
    assert_eq!(without.complaint(), ("/headers/Idempotency-Key".into(), "required".into()));
    let first = app.submit(task, token, "a", body("good", None)).await;
    let again = app.submit(task, token, "a", body("good", None)).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (200, 200));
    assert_eq!(first.bytes, again.bytes);
    let reused = app.submit(task, token, "a", body("bad", None)).await;
    assert_eq!((reused.status.as_u16(), reused.json()["code"].as_str().unwrap_or("")), (422, "idempotency_key_reused"));
    let stale = app.submit(task, token, "b", body("bad", None)).await;
    assert_eq!((stale.status.as_u16(), stale.json()["code"].as_str().unwrap_or("")), (409, "stale_parent"));
    assert_eq!(stale.json()["head"]["revision"], 1);
    assert_eq!(app.submit(task, token, "c", body("bad", Some(1))).await.json()["revision"], 2);
}

#[tokio::test]
async fn an_expired_lease_that_went_on_is_lost_and_the_answer_kept_as_a_draft() {
    let held = held("some text").await;
    let (app, texts, task, epoch) = (&held.app, &held.texts, held.task, held.epoch);
    let other = app.user("other", &[(Place::Workspace(texts.workspace), Role::Labeler)]).await;
    app.workflow.clock().advance_seconds(61);
    let (given, _, _) = app.next(texts.project, &other.token).await;
    assert_eq!(given, task);
    let body = json!({"epoch": epoch, "parent": null, "answer": {"fields": {"mood": "good"}}});
    for (path, body) in [
        (format!("/api/v1/tasks/{task}/renew"), json!({"epoch": epoch})),
        (format!("/api/v1/tasks/{task}/release"), json!({"epoch": epoch})),
        (format!("/api/v1/tasks/{task}/skip"), json!({"epoch": epoch})),
    ] {
        let reply = app.call("POST", &path, &texts.owner.token, body).await;
        assert_eq!(
            (reply.status.as_u16(), reply.json()["code"].as_str().unwrap_or("")),
            (409, "lease_expired"),
            "{path}"
        );
    }
    let late = app.submit(task, &texts.owner.token, "k", body).await;
    assert_eq!((late.status.as_u16(), late.json()["code"].as_str().unwrap_or("")), (409, "lease_expired"));
    app.workflow.clock().advance_seconds(61);
    let (back, _, shown) = app.next(texts.project, &texts.owner.token).await;
    assert_eq!((back, &shown["draft"]["fields"]["mood"]), (task, &json!("good")));
}
