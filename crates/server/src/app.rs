//! The application: its state, its router, and the serving of it.

use crate::{
    routes::{self, metrics::Requests},
    security, web,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::get,
    serve::ListenerExt,
};
use labelwright_core::Limits;
use labelwright_workflow::Workflow;
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::OnceCell};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

#[derive(Debug, Clone, Default)]
pub struct ServerOptions {
    /// The address that people type, for example `https://label.example.org`; None for a laptop.
    pub public_url: Option<String>,
}

#[derive(Clone)]
pub struct App {
    pub workflow: Workflow,
    options: Arc<ServerOptions>,
    pub requests: Arc<Requests>,
    content_policy: Arc<OnceCell<HeaderValue>>,
}

impl App {
    /// A cookie that only the very host can set, where the connection is encrypted.
    pub fn cookie_name(&self) -> &'static str {
        if self.secure() { "__Host-labelwright" } else { "labelwright" }
    }

    pub fn secure(&self) -> bool {
        self.options.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// What pages may load, found out once.
    pub async fn content_policy(&self) -> HeaderValue {
        let found = self.content_policy.get_or_init(async || {
            let stores = self.workflow.signing_origins().await;
            HeaderValue::from_str(&security::content_policy(&stores))
                .unwrap_or(HeaderValue::from_static("default-src 'none'"))
        });
        found.await.clone()
    }

    /// Where links in invitations point to.
    pub fn base_url(&self, host: Option<&str>) -> String {
        match &self.options.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", host.unwrap_or("localhost:8080")),
        }
    }

    /// On a laptop only loopback names and addresses are answered, so that no other site can reach the server through
    /// a name that it made point there (DNS rebinding).
    pub fn knows_host(&self, host: Option<&str>) -> bool {
        let Some(host) = host else { return true };
        match &self.options.public_url {
            Some(url) => {
                let name = url.split("://").nth(1).unwrap_or(url).trim_end_matches('/');
                host == name || is_address(host)
            }
            None => is_address(host) || host.split(':').next() == Some("localhost"),
        }
    }
}

/// An IP address cannot be rebound.
fn is_address(host: &str) -> bool {
    host.parse::<std::net::SocketAddr>().is_ok() || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
}

#[derive(OpenApi)]
#[openapi(info(
    title = "labelwright",
    description = "Raw data in, gold labels out. Every error is problem+json (RFC 9457)."
))]
struct ApiDoc;

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(ApiDoc::openapi()).nest("/api/v1", routes::all())
}

/// The OpenAPI document of the running version, as JSON.
pub fn openapi_json() -> String {
    api().split_for_parts().1.to_pretty_json().unwrap_or_default()
}

/// The JSON Schema (2020-12) of label schema documents: that part of the OpenAPI document, standing for itself.
pub fn label_schema_json() -> serde_json::Value {
    let document = serde_json::to_value(api().split_for_parts().1).unwrap_or_default();
    let all = &document["components"]["schemas"];
    let mut parts = serde_json::Map::new();
    let mut missing = vec!["LabelSchema".to_owned()];
    while let Some(name) = missing.pop() {
        if parts.contains_key(&name) {
            continue;
        }
        let text = all[&name].to_string();
        missing.extend(
            text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned)),
        );
        let part = serde_json::from_str(&text.replace("#/components/schemas/", "#/$defs/")).unwrap_or_default();
        parts.insert(name, part);
    }
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "labelwright label schema",
        "$ref": "#/$defs/LabelSchema",
        "$defs": parts,
    })
}

pub fn router(workflow: Workflow, options: ServerOptions) -> Router {
    let app = App { workflow, options: Arc::new(options), requests: Arc::default(), content_policy: Arc::default() };
    let (routes, document) = api().split_for_parts();
    let plain = routes
        .layer(DefaultBodyLimit::max(Limits::DEFAULT.json_bytes))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(60)))
        .layer(CompressionLayer::new().gzip(true));
    Router::new()
        .merge(plain)
        .merge(routes::outside())
        .merge(SwaggerUi::new("/api/docs").url("/api/v1/openapi.json", document))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .fallback(web::asset)
        .layer(middleware::from_fn_with_state(app.clone(), security::same_site))
        .layer(middleware::from_fn_with_state(app.clone(), security::headers))
        .layer(middleware::from_fn_with_state(app.clone(), routes::metrics::count))
        .layer(CatchPanicLayer::new())
        .with_state(app)
}

async fn ready(axum::extract::State(app): axum::extract::State<App>) -> impl IntoResponse {
    match app.workflow.ready().await {
        Ok(()) => (StatusCode::OK, [(header::CONTENT_TYPE, "text/plain")], "ready"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, [(header::CONTENT_TYPE, "text/plain")], "the database is away"),
    }
}

/// Serves until `stop` resolves, then lets running requests end.
pub async fn serve(
    listener: TcpListener,
    workflow: Workflow,
    options: ServerOptions,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    // The end of an answer does not wait until its beginning is acknowledged, which takes 40 ms. A connection on which that
    // cannot be set works all the same.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    let service = router(workflow, options).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
