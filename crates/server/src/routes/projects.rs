//! Projects and their guidelines.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
    views::{Made, ProjectView},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use labelwright_core::{Action, DatasetId, ProjectId, SchemaVersionId, Timestamp, WorkspaceId};
use labelwright_workflow::{
    Error, ProjectSettings,
    plan::{ProjectChange, ProjectDraft},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(projects, create_project))
        .routes(routes!(project, change_project, archive_project))
        .routes(routes!(guidelines, publish_guidelines))
        .routes(routes!(read_guidelines))
        .routes(routes!(project_datasets))
}

/// The projects that the caller may see.
#[utoipa::path(get, path = "/workspaces/{workspace}/projects", tag = "projects", params(("workspace" = i64, Path)), responses((status = 200, body = Vec<ProjectView>)))]
async fn projects(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<ProjectView>>> {
    let workspace = app.workflow.permit_guest(&caller, WorkspaceId(id)).await?;
    let mut views = Vec::new();
    for project in app.workflow.projects(&workspace).await? {
        let progress = app.workflow.progress(&project).await?;
        views.push(ProjectView::of(&project, progress));
    }
    Ok(Json(views))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProject {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    dataset_ids: Vec<i64>,
    schema_version_id: i64,
    /// Markdown.
    #[serde(default)]
    guidelines: String,
    #[serde(default)]
    settings: ProjectSettings,
}

/// Makes a project; a job turns the items of its datasets into tasks.
#[utoipa::path(post, path = "/workspaces/{workspace}/projects", tag = "projects", params(("workspace" = i64, Path)), request_body = NewProject, responses((status = 200, body = Made)))]
async fn create_project(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewProject>,
) -> Result<Json<Made>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageProject).await?;
    let draft = ProjectDraft {
        name: body.name,
        description: body.description,
        datasets: body.dataset_ids.into_iter().map(DatasetId).collect(),
        schema_version: SchemaVersionId(body.schema_version_id),
        guidelines: body.guidelines,
        settings: body.settings,
    };
    Ok(Json(Made { id: app.workflow.create_project(&workspace, draft).await?.0 }))
}

/// One project. The entity tag is its version: send it with If-Match when changing it.
#[utoipa::path(get, path = "/projects/{project}", tag = "projects", params(("project" = i64, Path)), responses((status = 200, body = ProjectView)))]
async fn project(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Response> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::View).await?;
    let view = ProjectView::of(&project, app.workflow.progress(&project).await?);
    let tag = format!("\"{}\"", view.version);
    Ok(([(header::ETAG, tag)], Json(view)).into_response())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeProject {
    name: Option<String>,
    description: Option<String>,
    schema_version_id: Option<i64>,
    settings: Option<ProjectSettings>,
    /// Datasets to add.
    dataset_ids: Option<Vec<i64>>,
}

/// Changes a project.
#[utoipa::path(patch, path = "/projects/{project}", tag = "projects", params(("project" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = ChangeProject, responses((status = 204)))]
async fn change_project(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Body(body): Body<ChangeProject>,
) -> Result<StatusCode> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let seen = match headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()) {
        None => None,
        Some(tag) => Some(tag.trim_matches('"').parse().map_err(|_| {
            Error::invalid("/headers/If-Match", "bad_tag", "If-Match is the ETag that the project was read with")
        })?),
    };
    let change = ProjectChange {
        name: body.name,
        description: body.description,
        schema_version: body.schema_version_id.map(SchemaVersionId),
        settings: body.settings,
        datasets: body.dataset_ids.map(|ids| ids.into_iter().map(DatasetId).collect()),
        archived: None,
    };
    app.workflow.change_project(&project, seen, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Archives a project: it is no longer shown, nothing is lost.
#[utoipa::path(delete, path = "/projects/{project}", tag = "projects", params(("project" = i64, Path)), responses((status = 204)))]
async fn archive_project(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<StatusCode> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let change = ProjectChange { archived: Some(true), ..ProjectChange::default() };
    app.workflow.change_project(&project, None, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct GuidelinesView {
    /// 0 while there are none.
    version: i64,
    markdown: String,
    created_at: Option<Timestamp>,
    /// The newest version that the caller has read.
    read_version: i64,
}

/// The guidelines, and whether the caller has read this version.
#[utoipa::path(get, path = "/projects/{project}/guidelines", tag = "projects", params(("project" = i64, Path)), responses((status = 200, body = GuidelinesView)))]
async fn guidelines(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<GuidelinesView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::View).await?;
    let found = app.workflow.guidelines(&project).await?;
    let read_version = app.workflow.guidelines_read(&project).await?;
    Ok(Json(GuidelinesView {
        version: found.as_ref().map_or(0, |row| row.version),
        created_at: found.as_ref().map(|row| row.created_at),
        markdown: found.map(|row| row.markdown).unwrap_or_default(),
        read_version,
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Guidelines {
    markdown: String,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Version {
    version: i64,
}

/// Publishes new guidelines; labelers see that they changed.
#[utoipa::path(put, path = "/projects/{project}/guidelines", tag = "projects", params(("project" = i64, Path)), request_body = Guidelines, responses((status = 200, body = Version)))]
async fn publish_guidelines(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Guidelines>,
) -> Result<Json<Version>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(Version { version: app.workflow.publish_guidelines(&project, &body.markdown).await? }))
}

/// Notes that the caller has read a version.
#[utoipa::path(post, path = "/projects/{project}/guidelines/read", tag = "projects", params(("project" = i64, Path)), request_body = Version, responses((status = 204)))]
async fn read_guidelines(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Version>,
) -> Result<StatusCode> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::View).await?;
    app.workflow.read_guidelines(&project, body.version).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct AttachedView {
    id: i64,
    name: String,
}

/// The datasets whose items are tasks of a project.
#[utoipa::path(get, path = "/projects/{project}/datasets", tag = "projects", params(("project" = i64, Path)), responses((status = 200, body = Vec<AttachedView>)))]
async fn project_datasets(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<AttachedView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let rows = app.workflow.datasets_of(&project).await?;
    Ok(Json(rows.into_iter().map(|(id, name)| AttachedView { id: id.0, name }).collect()))
}
