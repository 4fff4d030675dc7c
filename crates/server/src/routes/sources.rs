//! Where a project's data comes from, and collecting more of it: once, or again and again.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
    views::Made,
};
use axum::{Json, extract::State, http::StatusCode};
use base64::prelude::{BASE64_STANDARD, Engine};
use labelwright_core::{Action, DatasetId, ProjectId, Timestamp, WorkspaceId};
use labelwright_workflow::acquire::{AugmentationSource, CollectSource, Previewed, RepeatChange};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(collect))
        .routes(routes!(sources))
        .routes(routes!(repeats))
        .routes(routes!(change_repeat, delete_repeat))
        .routes(routes!(connections))
        .routes(routes!(try_recipe))
        .routes(routes!(profile_later, profile))
        .routes(routes!(preview_augmentation))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCollection {
    source: CollectSource,
    /// Make tasks of this project from the items.
    project_id: Option<i64>,
    /// Ask the source again every so many seconds, 3600 to 31622400; once unless told.
    every_seconds: Option<i64>,
}

/// Collects data into a dataset; a job, invisible until it is complete.
#[utoipa::path(post, path = "/datasets/{dataset}/collections", tag = "data", params(("dataset" = i64, Path)), request_body = NewCollection, responses((status = 200, body = Made)))]
async fn collect(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewCollection>,
) -> Result<Json<Made>> {
    let dataset = app.workflow.permit_dataset(&caller, DatasetId(id), Action::ManageData).await?;
    let project = body.project_id.map(ProjectId);
    let job = app.workflow.collect_later(&dataset, body.source, project, body.every_seconds).await?;
    Ok(Json(Made { id: job.0 }))
}

#[derive(Serialize, ToSchema)]
struct SourceView {
    job_id: i64,
    dataset_id: Option<i64>,
    /// `web`, `http`, `hub`, `s3`, `gcs`, `azure`, `apify`, `database`, `upload`, `folder`, `push`, `watched_folder`,
    /// `maildir`, `synthesis` or `augmentation`.
    kind: &'static str,
    /// Addresses, names of datasets: what was asked for.
    origins: Vec<String>,
    /// State of the job: `queued`, `running`, `done`, `failed`, `parked` or `cancelled`.
    state: String,
    /// Items that came of it.
    items: i64,
    created_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
struct ProfileView {
    job_id: i64,
    /// State of the job: `queued`, `running`, `done`, `failed`, `parked` or `cancelled`.
    state: String,
    /// When it ended.
    at: Option<Timestamp>,
    /// As `labelwright profile --json` prints it, with the sources of items as its inputs; null before the end.
    #[schema(value_type = Option<Object>)]
    report: Option<serde_json::Value>,
}

#[derive(Serialize, ToSchema)]
struct AugmentedView {
    /// A PNG in base64: pairs of pictures, before and after.
    sheet: Option<String>,
    /// What is no picture, as lines.
    lines: Option<String>,
}

/// What would come of the first items of a project by a recipe; nothing is kept.
#[utoipa::path(post, path = "/projects/{project}/augmentations/preview", tag = "data", params(("project" = i64, Path)), request_body = AugmentationSource, responses((status = 200, body = AugmentedView), (status = 422, body = crate::problem::ProblemBody)))]
async fn preview_augmentation(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(source): Body<AugmentationSource>,
) -> Result<Json<AugmentedView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let view = match app.workflow.preview_augmentation(&project, &source).await? {
        Previewed::Sheet(png) => AugmentedView { sheet: Some(BASE64_STANDARD.encode(png)), lines: None },
        Previewed::Lines(lines) => AugmentedView { sheet: None, lines: Some(lines) },
    };
    Ok(Json(view))
}

/// Looks at all items of a project: how many of what, how good, how often the same, how diverse. A job.
#[utoipa::path(post, path = "/projects/{project}/profile", tag = "data", params(("project" = i64, Path)), responses((status = 200, body = Made)))]
async fn profile_later(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Made>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(Made { id: app.workflow.profile_later(&project).await?.0 }))
}

/// The last look at a project's items; null when nobody has looked.
#[utoipa::path(get, path = "/projects/{project}/profile", tag = "data", params(("project" = i64, Path)), responses((status = 200, body = Option<ProfileView>)))]
async fn profile(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Option<ProfileView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let told = app.workflow.profile(&project).await?.map(|found| ProfileView {
        job_id: found.job.0,
        state: found.state,
        at: found.at,
        report: found.report,
    });
    Ok(Json(told))
}

/// What was brought into a project, and what is on its way; the newest first.
#[utoipa::path(get, path = "/projects/{project}/sources", tag = "data", params(("project" = i64, Path)), responses((status = 200, body = Vec<SourceView>)))]
async fn sources(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Vec<SourceView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let told = app.workflow.sources(&project).await?.into_iter().map(|source| SourceView {
        job_id: source.job.0,
        dataset_id: source.dataset,
        kind: source.kind,
        origins: source.origins,
        state: source.state,
        items: source.items,
        created_at: source.created_at,
    });
    Ok(Json(told.collect()))
}

/// A source that is asked again and again.
#[derive(Serialize, ToSchema)]
struct RepeatView {
    id: i64,
    dataset_id: i64,
    kind: &'static str,
    origins: Vec<String>,
    every_seconds: i64,
    next_at: Timestamp,
    paused: bool,
    /// Failures in a row; each doubles the pause.
    failures: i64,
    last_job_id: Option<i64>,
    /// State of the last job, and why it stopped.
    last_state: Option<String>,
    last_message: Option<String>,
    /// Items that the last job added.
    last_added: Option<i64>,
}

/// The sources that fill a project again and again, the newest first.
#[utoipa::path(get, path = "/projects/{project}/repeats", tag = "data", params(("project" = i64, Path)), responses((status = 200, body = Vec<RepeatView>)))]
async fn repeats(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Vec<RepeatView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let told = app.workflow.repeats(&project).await?.into_iter().map(|one| RepeatView {
        id: one.id,
        dataset_id: one.dataset,
        kind: one.kind,
        origins: one.origins,
        every_seconds: one.every_seconds,
        next_at: one.next_at,
        paused: one.paused,
        failures: one.failures,
        last_job_id: one.last_job.map(|job| job.0),
        last_state: one.last_state,
        last_message: one.last_message,
        last_added: one.last_added,
    });
    Ok(Json(told.collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangedRepeat {
    every_seconds: Option<i64>,
    paused: Option<bool>,
    /// Ask as soon as a worker is free.
    #[serde(default)]
    now: bool,
}

/// Pauses a repeated source, lets it go on, or changes how often it is asked.
#[utoipa::path(patch, path = "/datasets/{dataset}/repeats/{repeat}", tag = "data", params(("dataset" = i64, Path), ("repeat" = i64, Path)), request_body = ChangedRepeat, responses((status = 204)))]
async fn change_repeat(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, repeat)): Path<(i64, i64)>,
    Body(body): Body<ChangedRepeat>,
) -> Result<StatusCode> {
    let dataset = app.workflow.permit_dataset(&caller, DatasetId(id), Action::ManageData).await?;
    let change = RepeatChange { every_seconds: body.every_seconds, paused: body.paused, now: body.now };
    app.workflow.change_repeat(&dataset, repeat, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks a source no more; its items stay.
#[utoipa::path(delete, path = "/datasets/{dataset}/repeats/{repeat}", tag = "data", params(("dataset" = i64, Path), ("repeat" = i64, Path)), responses((status = 204)))]
async fn delete_repeat(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, repeat)): Path<(i64, i64)>,
) -> Result<StatusCode> {
    let dataset = app.workflow.permit_dataset(&caller, DatasetId(id), Action::ManageData).await?;
    app.workflow.delete_repeat(&dataset, repeat).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A connection that the operator set up: its name and what it leads to, never more.
#[derive(Serialize, ToSchema)]
struct ConnectionView {
    name: String,
    /// `s3`, `gcs`, `azure`, `folder`, `apify`, `postgres` or `sqlite`.
    kind: &'static str,
    /// The only bucket that it leads to.
    bucket: Option<String>,
}

/// The connections that sources of a workspace may use.
#[utoipa::path(get, path = "/workspaces/{workspace}/connections", tag = "data", params(("workspace" = i64, Path)), responses((status = 200, body = Vec<ConnectionView>)))]
async fn connections(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<ConnectionView>>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageData).await?;
    let told = app.workflow.connections(&workspace).into_iter();
    Ok(Json(told.map(|(name, kind, bucket)| ConnectionView { name, kind, bucket }).collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecipeToTry {
    url: String,
    /// TOML; empty shows the text that would be taken.
    #[serde(default)]
    recipe: String,
}

#[derive(Serialize, ToSchema)]
struct TriedView {
    final_url: String,
    /// When the page was fetched: it is held for some minutes.
    fetched_at: Timestamp,
    /// Records on the page, and the first of them.
    count: usize,
    records: Vec<RecordView>,
    /// Field to the number of records without a value for it.
    empty: BTreeMap<String, usize>,
    /// The next page.
    next: Option<String>,
    text: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct RecordView {
    key: Option<String>,
    text: String,
    fields: BTreeMap<String, String>,
}

/// What a recipe makes of one page. The page is fetched once and held for some minutes.
#[utoipa::path(post, path = "/projects/{project}/sources/try", tag = "data", params(("project" = i64, Path)), request_body = RecipeToTry, responses((status = 200, body = TriedView)))]
async fn try_recipe(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<RecipeToTry>,
) -> Result<Json<TriedView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let tried = app.workflow.try_recipe(&project, &body.url, &body.recipe).await?;
    let records = tried.records.into_iter();
    Ok(Json(TriedView {
        final_url: tried.final_url,
        fetched_at: tried.fetched_at,
        count: tried.count,
        records: records.map(|row| RecordView { key: row.key, text: row.text, fields: row.fields }).collect(),
        empty: tried.empty.into_iter().collect(),
        next: tried.next,
        text: tried.text,
    }))
}
