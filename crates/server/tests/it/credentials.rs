//! Signing in, tokens, invitations: guessing gets slow, secrets are shown once, what is used up or taken back is dead.

use crate::app::{Place, TestApp};
use axum::body::Body;
use labelwright_core::Role;
use serde_json::json;

/// Makes a browser session through a sign-in link; the cookie.
async fn session(app: &TestApp, user: labelwright_core::UserId) -> String {
    let link = app.workflow.sign_in_link(user).await.unwrap();
    let reply = app.call("POST", "/api/v1/auth/link", "none", json!({"token": link})).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let again = app.call("POST", "/api/v1/auth/link", "none", json!({"token": link})).await;
    assert_eq!(again.status, 401, "a link works once");
    let cookie = reply.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

async fn with_cookie(app: &TestApp, cookie: &str, method: &str, path: &str, body: &str) -> crate::app::Reply {
    let request = TestApp::request(method, path, None).header("cookie", cookie);
    app.send(request.header("content-type", "application/json").body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn guessing_a_password_gets_slow_and_tells_nothing() {
    let app = TestApp::new().await;
    let mut texts = Vec::new();
    for _ in 0..5 {
        let body = json!({"email": "somebody@test.example", "password": "guess"});
        let reply = app.call("POST", "/api/v1/auth/sign-in", "none", body).await;
        assert_eq!(reply.status, 401);
        texts.push(reply.text());
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
    let body = json!({"email": "Somebody@test.example ", "password": "guess"});
    let reply = app.call("POST", "/api/v1/auth/sign-in", "none", body.clone()).await;
    assert_eq!(reply.status, 429, "{}", reply.text());
    assert!(reply.header("retry-after").parse::<u64>().unwrap() > 0);
    app.workflow.clock().advance_seconds(3600);
    assert_eq!(app.call("POST", "/api/v1/auth/sign-in", "none", body).await.status, 401);
}

#[tokio::test]
async fn a_token_is_shown_once_keeps_to_its_scopes_and_dies_when_revoked() {
    let app = TestApp::new().await;
    let texts = app.texts(&["one"], 1).await;
    let cookie = session(&app, texts.owner.user).await;
    let body = r#"{"name":"reader","scopes":["view"],"expires_in_days":1}"#;
    let made = with_cookie(&app, &cookie, "POST", "/api/v1/me/tokens", body).await.json();
    let secret = made["secret"].as_str().unwrap().to_owned();
    let listed = app.get("/api/v1/me/tokens", &texts.owner.token).await;
    assert!(listed.text().contains("reader") && !listed.text().contains(&secret));
    let project = texts.project;
    assert_eq!(app.get(&format!("/api/v1/projects/{project}"), &secret).await.status, 200);
    for (method, path, body) in [
        ("POST", format!("/api/v1/projects/{project}/next"), json!({"count": 1})),
        ("PATCH", format!("/api/v1/projects/{project}"), json!({"name": "mine now"})),
        (
            "POST",
            format!("/api/v1/workspaces/{}/invitations", texts.workspace),
            json!({"email": "a@b.example", "role": "owner"}),
        ),
        ("POST", "/api/v1/me/tokens".to_owned(), json!({"name": "more", "expires_in_days": 1})),
        // Whoever finds a reader's token must not get the account with it.
        ("PATCH", "/api/v1/me".to_owned(), json!({"password": "a new password"})),
        ("PATCH", "/api/v1/me".to_owned(), json!({"name": "somebody else"})),
        ("DELETE", format!("/api/v1/me/tokens/{}", texts.owner.token_id), json!(null)),
    ] {
        let reply = app.call(method, &path, &secret, body).await;
        assert_eq!(reply.status, 403, "{method} {path}: {}", reply.text());
    }
    let path = format!("/api/v1/me/tokens/{}", made["id"]);
    assert_eq!(with_cookie(&app, &cookie, "DELETE", &path, "").await.status, 204);
    assert_eq!(app.get(&format!("/api/v1/projects/{project}"), &secret).await.status, 401);
    app.workflow.clock().advance_seconds(31 * 86_400);
    assert_eq!(app.get("/api/v1/me", &texts.owner.token).await.status, 401, "a token expires");
}

#[tokio::test]
async fn an_invitation_works_once_and_a_withdrawn_one_never() {
    let app = TestApp::new().await;
    let texts = app.texts(&["one"], 1).await;
    let path = format!("/api/v1/workspaces/{}/invitations", texts.workspace);
    let invite = async |email: &str| {
        let made = app.call("POST", &path, &texts.owner.token, json!({"email": email, "role": "labeler"})).await.json();
        let secret = made["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
        (made["id"].as_i64().unwrap(), secret)
    };
    let (_, secret) = invite("new@test.example").await;
    assert!(!app.get(&path, &texts.owner.token).await.text().contains(&secret), "a secret is shown once");
    let accept = json!({"token": secret, "name": "New", "password": "long enough 1"});
    let first = app.call("POST", "/api/v1/auth/accept-invitation", "none", accept.clone()).await;
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(app.call("POST", "/api/v1/auth/accept-invitation", "none", accept).await.status, 401);
    let (id, secret) = invite("other@test.example").await;
    assert_eq!(app.call("DELETE", &format!("{path}/{id}"), &texts.owner.token, "").await.status, 204);
    let accept = json!({"token": secret, "name": "Other", "password": "long enough 1"});
    assert_eq!(app.call("POST", "/api/v1/auth/accept-invitation", "none", accept).await.status, 401);
}

#[tokio::test]
async fn nobody_gives_more_power_than_they_have_and_the_last_owner_stays() {
    let app = TestApp::new().await;
    let texts = app.texts(&["one"], 1).await;
    let workspace = texts.workspace;
    let manager = app.user("manager", &[(Place::Workspace(workspace), Role::Manager)]).await;
    let members = format!("/api/v1/workspaces/{workspace}/members");
    for (user, role) in [(manager.user, "owner"), (texts.owner.user, "labeler")] {
        let reply = app.call("PATCH", &format!("{members}/{user}"), &manager.token, json!({"role": role})).await;
        assert_eq!(reply.status, 403, "{}", reply.text());
    }
    let owner = format!("{members}/{}", texts.owner.user);
    assert_eq!(app.call("DELETE", &owner, &manager.token, "").await.status, 403);
    let reply = app.call("DELETE", &owner, &texts.owner.token, "").await;
    assert_eq!((reply.status.as_u16(), reply.json()["code"].as_str().unwrap_or("")), (409, "last_owner"));
}
