//! What every response says to browsers, and which requests a browser is not believed.

use crate::app::TestApp;
use axum::{body::Body, http::Request};
use labelwright_server::ServerOptions;
use serde_json::json;

const POLICY: &str = "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

#[tokio::test]
async fn every_response_carries_the_same_protection() {
    let app = TestApp::new().await;
    for (path, caching) in [
        ("/api/v1/me", "no-store"),
        ("/api/v1/formats", "no-store"),
        ("/healthz", ""),
        ("/readyz", ""),
        ("/metrics", ""),
    ] {
        let reply = app.get(path, "no such token").await;
        assert_eq!(reply.header("content-security-policy"), POLICY, "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("cache-control"), caching, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), "", "{path}");
    }
    assert_eq!(app.get("/api/v1/nothing", "x").await.status, 404);
    let page = app.get("/anything", "x").await;
    assert_eq!(page.header("content-security-policy"), POLICY);
}

#[tokio::test]
async fn another_site_cannot_make_a_browser_change_something() {
    let app = TestApp::new().await;
    let texts = app.texts(&["one"], 1).await;
    let path = format!("/api/v1/projects/{}/next", texts.project);
    let send = async |name: &str, value: &str| {
        let request = TestApp::request("POST", &path, Some(&texts.owner.token)).header(name, value);
        let request = request.header("content-type", "application/json");
        app.send(request.body(Body::from(json!({"count": 1}).to_string())).unwrap()).await.status
    };
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:8080.evil.example"),
    ] {
        assert_eq!(send(name, value).await, 403, "{name}: {value}");
    }
    for (name, value) in
        [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none"), ("origin", "http://127.0.0.1:8080")]
    {
        assert_eq!(send(name, value).await, 200, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_ours_is_refused() {
    async fn status(app: &TestApp, host: &str) -> u16 {
        let request = Request::builder().uri("/healthz").header("host", host).body(Body::empty()).unwrap();
        app.send(request).await.status.as_u16()
    }
    let laptop = TestApp::new().await;
    for host in ["127.0.0.1:8080", "localhost", "localhost:8080", "[::1]:8080"] {
        assert_eq!(status(&laptop, host).await, 200, "{host}");
    }
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80"] {
        assert_eq!(status(&laptop, host).await, 403, "{host}");
    }
    let options = ServerOptions { public_url: Some("https://label.example.org".into()) };
    let public = TestApp::with_options(options).await;
    assert_eq!(status(&public, "label.example.org").await, 200);
    assert_eq!(status(&public, "localhost").await, 403);
    assert_eq!(status(&public, "evil.example").await, 403);
}
