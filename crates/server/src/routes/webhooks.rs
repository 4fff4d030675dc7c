//! Webhooks of a workspace: addresses that are told what happens.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
};
use axum::{Json, extract::State, http::StatusCode};
use labelwright_core::{Action, Timestamp, WorkspaceId};
use labelwright_workflow::webhooks::{KINDS, Webhook, WebhookChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(webhooks, create_webhook))
        .routes(routes!(change_webhook, delete_webhook))
        .routes(routes!(try_webhook))
}

#[derive(Serialize, ToSchema)]
struct WebhookView {
    id: i64,
    url: String,
    /// What it is told of; everything when it is empty.
    events: Vec<String>,
    active: bool,
    /// Tries in a row that were not taken.
    failures: i64,
    /// What became of the last try, in a few words; empty before the first.
    last_outcome: String,
    last_at: Option<Timestamp>,
    /// When it is tried next, if something waits.
    next_at: Timestamp,
    /// What it has still to be told.
    waiting: i64,
    created_at: Timestamp,
}

impl From<(Webhook, i64)> for WebhookView {
    fn from((row, waiting): (Webhook, i64)) -> Self {
        let Webhook { id, url, kinds, active, next_at, failures, last_outcome, last_at, created_at, .. } = row;
        Self { id, url, events: kinds, active, failures, last_outcome, last_at, next_at, waiting, created_at }
    }
}

#[derive(Serialize, ToSchema)]
struct EventKindView {
    id: &'static str,
    about: &'static str,
}

#[derive(Serialize, ToSchema)]
struct WebhooksView {
    webhooks: Vec<WebhookView>,
    /// All that can be told.
    events: Vec<EventKindView>,
}

/// The webhooks of a workspace.
#[utoipa::path(get, path = "/workspaces/{workspace}/webhooks", tag = "people", params(("workspace" = i64, Path)), responses((status = 200, body = WebhooksView)))]
async fn webhooks(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<WebhooksView>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageWorkspace).await?;
    let webhooks = app.workflow.webhooks(&workspace).await?.into_iter().map(WebhookView::from).collect();
    let events = KINDS.iter().map(|(id, about)| EventKindView { id, about }).collect();
    Ok(Json(WebhooksView { webhooks, events }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    /// `https://` or `http://`.
    url: String,
    /// What it is told of; everything when it is empty.
    #[serde(default)]
    events: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct NewWebhookView {
    id: i64,
    /// Shown this once: what is told is signed with it.
    secret: String,
}

/// Makes a webhook. Each event is one POST of JSON, signed as "Standard Webhooks" lays it down, again and again until it
/// is answered with a status from 200 to 299.
#[utoipa::path(post, path = "/workspaces/{workspace}/webhooks", tag = "people", params(("workspace" = i64, Path)), request_body = NewWebhook, responses((status = 201, body = NewWebhookView), (status = 422, body = crate::problem::ProblemBody)))]
async fn create_webhook(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewWebhook>,
) -> Result<(StatusCode, Json<NewWebhookView>)> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageWorkspace).await?;
    let made = app.workflow.create_webhook(&workspace, &body.url, body.events).await?;
    Ok((StatusCode::CREATED, Json(NewWebhookView { id: made.row, secret: made.secret })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeWebhook {
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    events: Option<Vec<String>>,
    /// Switched on it is tried at once.
    #[serde(default)]
    active: Option<bool>,
}

/// Changes a webhook; what is left out stays.
#[utoipa::path(patch, path = "/webhooks/{webhook}", tag = "people", params(("webhook" = i64, Path)), request_body = ChangeWebhook, responses((status = 204), (status = 422, body = crate::problem::ProblemBody)))]
async fn change_webhook(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<ChangeWebhook>,
) -> Result<StatusCode> {
    let webhook = app.workflow.permit_webhook(&caller, id).await?;
    let change = WebhookChange { url: body.url, kinds: body.events, active: body.active };
    app.workflow.change_webhook(&webhook, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a webhook; what it was still to be told goes too.
#[utoipa::path(delete, path = "/webhooks/{webhook}", tag = "people", params(("webhook" = i64, Path)), responses((status = 204)))]
async fn delete_webhook(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<StatusCode> {
    let webhook = app.workflow.permit_webhook(&caller, id).await?;
    app.workflow.delete_webhook(&webhook).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct TriedWebhookView {
    /// Was it taken?
    taken: bool,
    /// What became of it, in a few words.
    outcome: String,
}

/// Sends a webhook a `ping` and tells what became of it.
#[utoipa::path(post, path = "/webhooks/{webhook}/try", tag = "people", params(("webhook" = i64, Path)), responses((status = 200, body = TriedWebhookView)))]
async fn try_webhook(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<TriedWebhookView>> {
    let webhook = app.workflow.permit_webhook(&caller, id).await?;
    let tried = app.workflow.try_webhook(&webhook).await?;
    let taken = tried.is_ok();
    Ok(Json(TriedWebhookView { taken, outcome: tried.unwrap_or_else(|why| why) }))
}
