//! Calls for contributions as managers make them. What came in is in `contributions`, what contributors use in `give`.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
    views::CallView,
};
use axum::{Json, extract::State};
use labelwright_core::{Action, DatasetId, ProjectId};
use labelwright_workflow::contribute::{CallDraft, CallSettings, Goal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(calls, create_call))
        .routes(routes!(call, change_call))
        .routes(routes!(renew_call_link))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCall {
    settings: CallSettings,
    /// What contributors agree to.
    terms: String,
    /// Where what is accepted goes; a new dataset without it.
    dataset_id: Option<i64>,
    /// Name of the new dataset; the call's title unless told.
    dataset_name: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct CallMade {
    id: i64,
    /// The end of the public link, `/give/TOKEN`. Shown this once.
    token: String,
}

#[derive(Serialize, ToSchema)]
struct CallLink {
    /// The end of the public link, `/give/TOKEN`. Shown this once.
    token: String,
}

/// The calls for contributions of a project, the newest first.
#[utoipa::path(get, path = "/projects/{project}/calls", tag = "calls", params(("project" = i64, Path)), responses((status = 200, body = Vec<CallView>)))]
async fn calls(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Vec<CallView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(app.workflow.calls(&project).await?.into_iter().map(CallView::from).collect()))
}

/// Makes a call for contributions with a public link.
#[utoipa::path(post, path = "/projects/{project}/calls", tag = "calls", params(("project" = i64, Path)), request_body = NewCall, responses((status = 200, body = CallMade), (status = 422, body = crate::problem::ProblemBody)))]
async fn create_call(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewCall>,
) -> Result<Json<CallMade>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let into = match body.dataset_id {
        Some(dataset) => Goal::Dataset(
            app.workflow.permit_dataset(&caller, DatasetId(dataset), Action::ManageData).await?.resource().id,
        ),
        None => Goal::New(body.dataset_name.unwrap_or_else(|| body.settings.title.clone())),
    };
    let draft = CallDraft { settings: body.settings, terms: body.terms, into };
    let made = app.workflow.create_call(&project, draft).await?;
    Ok(Json(CallMade { id: made.row, token: made.secret }))
}

/// One call for contributions.
#[utoipa::path(get, path = "/projects/{project}/calls/{call}", tag = "calls", params(("project" = i64, Path), ("call" = i64, Path)), responses((status = 200, body = CallView)))]
async fn call(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, call)): Path<(i64, i64)>,
) -> Result<Json<CallView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(app.workflow.call(&project, call).await?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CallBody {
    settings: CallSettings,
    /// Other words are a new version, to which contributors are asked to agree again.
    terms: String,
}

/// Changes a call for contributions.
#[utoipa::path(put, path = "/projects/{project}/calls/{call}", tag = "calls", params(("project" = i64, Path), ("call" = i64, Path)), request_body = CallBody, responses((status = 200, body = CallView), (status = 422, body = crate::problem::ProblemBody)))]
async fn change_call(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, call)): Path<(i64, i64)>,
    Body(body): Body<CallBody>,
) -> Result<Json<CallView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(app.workflow.change_call(&project, call, &body.settings, &body.terms).await?.into()))
}

/// Makes a new public link. With earlier ones people can only withdraw what they gave.
#[utoipa::path(post, path = "/projects/{project}/calls/{call}/link", tag = "calls", params(("project" = i64, Path), ("call" = i64, Path)), responses((status = 200, body = CallLink)))]
async fn renew_call_link(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, call)): Path<(i64, i64)>,
) -> Result<Json<CallLink>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(CallLink { token: app.workflow.renew_call_link(&project, call).await? }))
}
