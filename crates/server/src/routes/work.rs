//! Jobs, snapshots, exports, the audit log.

use crate::{
    app::App,
    extract::{Body, Caller, Page, PageQuery, Path, Query},
    problem::Result,
    views::{JobView, Made, json},
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use labelwright_core::{Action, ExportId, JobId, ProjectId, SnapshotId, Timestamp, WorkspaceId};
use labelwright_workflow::freeze::{Answers, Media};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(jobs))
        .routes(routes!(job))
        .routes(routes!(job_problems))
        .routes(routes!(cancel))
        .routes(routes!(retry))
        .routes(routes!(resolve))
        .routes(routes!(snapshots, snapshot))
        .routes(routes!(export))
        .routes(routes!(exports))
        .routes(routes!(export_file))
        .routes(routes!(audit))
}

/// The jobs of a workspace, newest first.
#[utoipa::path(get, path = "/workspaces/{workspace}/jobs", tag = "work", params(("workspace" = i64, Path), PageQuery), responses((status = 200, body = Page<JobView>)))]
async fn jobs(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<JobView>>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageData).await?;
    let rows = app.workflow.jobs(&workspace, JobId(page.from(i64::MAX)?), page.limit()).await?;
    let now = app.workflow.now();
    let views = rows.iter().map(|(row, problems)| JobView::of(row, *problems, now)).collect();
    Ok(Json(Page::of(views, page.limit(), |job: &JobView| job.id)))
}

/// One job: progress, result, or why it stopped.
#[utoipa::path(get, path = "/jobs/{job}", tag = "work", params(("job" = i64, Path)), responses((status = 200, body = JobView)))]
async fn job(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<JobView>> {
    let job = app.workflow.permit_job(&caller, JobId(id)).await?;
    let (row, problems) = app.workflow.job(&job).await?;
    Ok(Json(JobView::of(&row, problems, app.workflow.now())))
}

#[derive(Serialize, ToSchema)]
struct JobProblemView {
    number: i64,
    /// File and line, record or field.
    place: String,
    code: String,
    message: String,
}

/// What was wrong with single records.
#[utoipa::path(get, path = "/jobs/{job}/problems", tag = "work", params(("job" = i64, Path), PageQuery), responses((status = 200, body = Page<JobProblemView>)))]
async fn job_problems(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<JobProblemView>>> {
    let job = app.workflow.permit_job(&caller, JobId(id)).await?;
    let rows = app.workflow.job_problems(&job, page.from(-1)?, page.limit()).await?;
    let views = rows.into_iter().map(|(number, problem)| JobProblemView {
        number,
        place: problem.place,
        code: problem.code,
        message: problem.message,
    });
    Ok(Json(Page::of(views.collect(), page.limit(), |problem: &JobProblemView| problem.number)))
}

/// Asks a job to stop.
#[utoipa::path(post, path = "/jobs/{job}/cancel", tag = "work", params(("job" = i64, Path)), responses((status = 204)))]
async fn cancel(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<StatusCode> {
    let job = app.workflow.permit_job(&caller, JobId(id)).await?;
    app.workflow.cancel_job(&job).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries a job again that has stopped without success.
#[utoipa::path(post, path = "/jobs/{job}/retry", tag = "work", params(("job" = i64, Path)), responses((status = 204)))]
async fn retry(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<StatusCode> {
    let job = app.workflow.permit_job(&caller, JobId(id)).await?;
    app.workflow.retry_job(&job).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Finds the consensus of every finished task; a job.
#[utoipa::path(post, path = "/projects/{project}/resolve", tag = "work", params(("project" = i64, Path)), responses((status = 200, body = Made)))]
async fn resolve(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Made>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(Made { id: app.workflow.resolve_later(&project).await?.0 }))
}

#[derive(Serialize, ToSchema)]
struct SnapshotView {
    id: i64,
    name: String,
    hash: String,
    counts: Value,
    /// Items in it that were withdrawn since it was frozen.
    withdrawn: i64,
    created_at: Timestamp,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSnapshot {
    name: String,
}

/// The snapshots of a project, newest first.
#[utoipa::path(get, path = "/projects/{project}/snapshots", tag = "work", params(("project" = i64, Path)), responses((status = 200, body = Vec<SnapshotView>)))]
async fn snapshots(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<SnapshotView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::Export).await?;
    let withdrawn = app.workflow.withdrawn_in(&project).await?;
    let view = |row: labelwright_workflow::freeze::Snapshot| SnapshotView {
        withdrawn: withdrawn.iter().find(|(id, _)| *id == row.id.0).map_or(0, |(_, count)| *count),
        id: row.id.0,
        name: row.name,
        hash: row.hash,
        counts: json(&row.counts),
        created_at: row.created_at,
    };
    Ok(Json(app.workflow.snapshots(&project).await?.into_iter().map(view).collect()))
}

/// Freezes the project as it is now; a job.
#[utoipa::path(post, path = "/projects/{project}/snapshots", tag = "work", params(("project" = i64, Path)), request_body = NewSnapshot, responses((status = 200, body = Made)))]
async fn snapshot(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewSnapshot>,
) -> Result<Json<Made>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::Export).await?;
    Ok(Json(Made { id: app.workflow.snapshot_later(&project, &body.name).await?.0 }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewExport {
    format: String,
    /// `consensus`, `all` or `accepted`.
    #[serde(default = "consensus")]
    #[schema(value_type = String)]
    answers: Answers,
    /// `none`, or `copy`: the items' data lies beside the labels in a zip file.
    #[serde(default)]
    #[schema(value_type = String)]
    media: Media,
    /// Options of the format by their keys; `GET /formats` lists them.
    #[serde(default)]
    options: BTreeMap<String, String>,
}

pub(super) fn consensus() -> Answers {
    Answers::Consensus
}

/// Writes a snapshot in a format; a job.
#[utoipa::path(post, path = "/snapshots/{snapshot}/exports", tag = "work", params(("snapshot" = i64, Path)), request_body = NewExport, responses((status = 200, body = Made)))]
async fn export(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewExport>,
) -> Result<Json<Made>> {
    let snapshot = app.workflow.permit_snapshot(&caller, SnapshotId(id)).await?;
    let job = app.workflow.export_later(&snapshot, &body.format, body.answers, body.media, body.options).await?;
    Ok(Json(Made { id: job.0 }))
}

#[derive(Serialize, ToSchema)]
struct ExportView {
    id: i64,
    snapshot_id: i64,
    format: String,
    options: Value,
    hash: String,
    bytes: i64,
    /// What the format could not carry: counted, with the first places.
    loss: Value,
    created_at: Timestamp,
    file_url: String,
}

/// The exports of a project, newest first, each with its loss report.
#[utoipa::path(get, path = "/projects/{project}/exports", tag = "work", params(("project" = i64, Path)), responses((status = 200, body = Vec<ExportView>)))]
async fn exports(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Vec<ExportView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::Export).await?;
    let view = |row: labelwright_workflow::freeze::Export| ExportView {
        id: row.id.0,
        snapshot_id: row.snapshot.0,
        format: row.format,
        options: json(&row.options),
        hash: row.hash,
        bytes: row.bytes,
        loss: json(&row.loss),
        created_at: row.created_at,
        file_url: format!("/api/v1/exports/{}/file", row.id),
    };
    Ok(Json(app.workflow.exports(&project).await?.into_iter().map(view).collect()))
}

/// The file of an export.
#[utoipa::path(get, path = "/exports/{export}/file", tag = "work", params(("export" = i64, Path)), responses((status = 200, content_type = "application/octet-stream")))]
async fn export_file(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Response> {
    let export = app.workflow.permit_export(&caller, ExportId(id)).await?;
    let (name, parts) = app.workflow.export_file(&export).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, export.resource().bytes.to_string()),
        (header::ETAG, format!("\"{}\"", export.resource().hash)),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, axum::body::Body::from_stream(parts)).into_response())
}

#[derive(Serialize, ToSchema)]
struct AuditView {
    id: i64,
    actor: Option<String>,
    action: String,
    target: String,
    detail: Value,
    at: Timestamp,
    hash: String,
}

/// Who did what, newest first.
#[utoipa::path(get, path = "/workspaces/{workspace}/audit", tag = "work", params(("workspace" = i64, Path), PageQuery), responses((status = 200, body = Page<AuditView>)))]
async fn audit(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<AuditView>>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageWorkspace).await?;
    let rows = app.workflow.audit_log(&workspace, page.from(i64::MAX)?, page.limit()).await?;
    let view = |row: labelwright_workflow::stored::AuditRow| AuditView {
        id: row.id,
        actor: row.actor_name,
        action: row.action,
        target: row.target,
        detail: json(&row.detail),
        at: row.at,
        hash: row.hash,
    };
    Ok(Json(Page::of(rows.into_iter().map(view).collect(), page.limit(), |row: &AuditView| row.id)))
}
