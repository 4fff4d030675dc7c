//! Labeling functions: rules that vote for options of a choice field, tried while they are written, and made into
//! pre-labels by a job.

use crate::{
    app::App,
    extract::{Body, Caller, Path, Query},
    problem::Result,
    views::Made,
};
use axum::{Json, extract::State, http::StatusCode};
use labelwright_core::{Action, ProjectId, Timestamp};
use labelwright_workflow::automation::functions::{Example, Function, FunctionDraft, Looked, Measured, rule::Rule};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(functions, create_function))
        .routes(routes!(change_function, delete_function))
        .routes(routes!(preview_function))
        .routes(routes!(function_report))
        .routes(routes!(apply_functions))
}

/// A labeling function as it is written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FunctionBody {
    /// Field id: a choice of one option.
    field: String,
    name: String,
    /// The option that it votes for.
    value: String,
    rule: Rule,
    /// Only those that are enabled vote.
    enabled: bool,
}

impl From<FunctionBody> for FunctionDraft {
    fn from(body: FunctionBody) -> Self {
        let FunctionBody { field, name, value, rule, enabled } = body;
        Self { field, name, value, rule, enabled }
    }
}

#[derive(Serialize, ToSchema)]
struct FunctionView {
    id: i64,
    field: String,
    name: String,
    value: String,
    rule: Rule,
    enabled: bool,
    updated_at: Timestamp,
}

impl From<Function> for FunctionView {
    fn from(from: Function) -> Self {
        let FunctionDraft { field, name, value, rule, enabled } = from.draft;
        Self { id: from.id, field, name, value, rule, enabled, updated_at: from.updated_at }
    }
}

/// The labeling functions of a project.
#[utoipa::path(get, path = "/projects/{project}/functions", tag = "automation", params(("project" = i64, Path)), responses((status = 200, body = Vec<FunctionView>)))]
async fn functions(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<FunctionView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    Ok(Json(app.workflow.functions(&project).await?.into_iter().map(FunctionView::from).collect()))
}

/// Makes a labeling function.
#[utoipa::path(post, path = "/projects/{project}/functions", tag = "automation", params(("project" = i64, Path)), request_body = FunctionBody, responses((status = 200, body = Made), (status = 422, body = crate::problem::ProblemBody)))]
async fn create_function(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<FunctionBody>,
) -> Result<Json<Made>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(Made { id: app.workflow.create_function(&project, body.into()).await? }))
}

/// Changes a labeling function.
#[utoipa::path(put, path = "/projects/{project}/functions/{function}", tag = "automation", params(("project" = i64, Path), ("function" = i64, Path)), request_body = FunctionBody, responses((status = 204), (status = 422, body = crate::problem::ProblemBody)))]
async fn change_function(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, function)): Path<(i64, i64)>,
    Body(body): Body<FunctionBody>,
) -> Result<StatusCode> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    app.workflow.change_function(&project, function, body.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a labeling function. Pre-labels that it took part in stay until the functions are applied again.
#[utoipa::path(delete, path = "/projects/{project}/functions/{function}", tag = "automation", params(("project" = i64, Path), ("function" = i64, Path)), responses((status = 204)))]
async fn delete_function(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, function)): Path<(i64, i64)>,
) -> Result<StatusCode> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    app.workflow.delete_function(&project, function).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct LookedView {
    /// Items from all over the project, or all of them.
    items: usize,
    /// Items whose value is known, some of them beside those.
    labeled: usize,
    /// Tasks of the project.
    tasks: i64,
    /// The time or the room ran out before all of the sample was looked at.
    cut: bool,
}

impl From<Looked> for LookedView {
    fn from(from: Looked) -> Self {
        let Looked { items, labeled, tasks, cut } = from;
        Self { items, labeled, tasks, cut }
    }
}

#[derive(Serialize, ToSchema)]
struct MeasuredView {
    /// Items that it votes on.
    votes: usize,
    /// Shares of all items: with its vote, with the vote of another function too, with another vote of another function.
    coverage: f64,
    overlap: f64,
    conflict: f64,
    /// Votes on items whose value is known, and those that are right.
    labeled: usize,
    right: usize,
    /// Interval of confidence of the share of right votes (Wilson, 95 %); absent without any.
    low: Option<f64>,
    high: Option<f64>,
}

impl From<Measured> for MeasuredView {
    fn from(from: Measured) -> Self {
        let interval = from.interval();
        let Measured { votes, coverage, overlap, conflict, labeled, right } = from;
        let (low, high) = (interval.map(|one| one.low), interval.map(|one| one.high));
        Self { votes, coverage, overlap, conflict, labeled, right, low, high }
    }
}

#[derive(Serialize, ToSchema)]
struct ExampleView {
    task: i64,
    /// Item key.
    key: String,
    /// A part of the text around what was found; the key for other kinds of data.
    snippet: String,
    /// Where it was found: first character of the snippet, and the one behind the last.
    mark: Option<[usize; 2]>,
    /// The known value.
    label: Option<String>,
}

impl From<Example> for ExampleView {
    fn from(from: Example) -> Self {
        let Example { task, key, snippet, mark, label } = from;
        Self { task, key, snippet, mark: mark.map(|mark| [mark.start, mark.end]), label }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PreviewBody {
    field: String,
    value: String,
    rule: Rule,
    /// The stored function that is being changed: the others are what it overlaps and conflicts with.
    except: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct FunctionPreviewView {
    looked: LookedView,
    measured: MeasuredView,
    /// The first items that it votes on.
    examples: Vec<ExampleView>,
}

/// What a labeling function would do, as it is written now.
#[utoipa::path(post, path = "/projects/{project}/functions/preview", tag = "automation", params(("project" = i64, Path)), request_body = PreviewBody, responses((status = 200, body = FunctionPreviewView), (status = 422, body = crate::problem::ProblemBody)))]
async fn preview_function(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<PreviewBody>,
) -> Result<Json<FunctionPreviewView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let PreviewBody { field, value, rule, except } = body;
    let draft = FunctionDraft { field, name: String::new(), value, rule, enabled: true };
    let found = app.workflow.preview_function(&project, draft, except).await?;
    Ok(Json(FunctionPreviewView {
        looked: found.looked.into(),
        measured: found.measured.into(),
        examples: found.examples.into_iter().map(ExampleView::from).collect(),
    }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct FieldQuery {
    /// Field id: a choice of one option.
    field: String,
}

#[derive(Serialize, ToSchema)]
struct OneMeasuredView {
    id: i64,
    measured: MeasuredView,
}

#[derive(Serialize, ToSchema)]
struct FunctionReportView {
    looked: LookedView,
    /// Functions that are enabled and fit the schema.
    functions: Vec<OneMeasuredView>,
    /// Share of items with any vote.
    coverage: f64,
    /// Known items with a vote, and how many of them the majority and the label model get right.
    labeled: usize,
    majority_right: usize,
    model_right: usize,
    /// What the label model has to say.
    notes: Vec<String>,
}

/// How the enabled functions of a field do, one by one and together.
#[utoipa::path(get, path = "/projects/{project}/functions/report", tag = "automation", params(("project" = i64, Path), FieldQuery), responses((status = 200, body = FunctionReportView), (status = 422, body = crate::problem::ProblemBody)))]
async fn function_report(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(wanted): Query<FieldQuery>,
) -> Result<Json<FunctionReportView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let found = app.workflow.function_report(&project, &wanted.field).await?;
    let functions = found.functions.into_iter().map(|(id, one)| OneMeasuredView { id, measured: one.into() });
    Ok(Json(FunctionReportView {
        looked: found.looked.into(),
        functions: functions.collect(),
        coverage: found.coverage,
        labeled: found.labeled,
        majority_right: found.majority_right,
        model_right: found.model_right,
        notes: found.notes,
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApplyBody {
    field: String,
}

/// Makes pre-labels with scores out of the votes of a field's functions; a job.
#[utoipa::path(post, path = "/projects/{project}/functions/apply", tag = "automation", params(("project" = i64, Path)), request_body = ApplyBody, responses((status = 200, body = Made), (status = 409, body = crate::problem::ProblemBody), (status = 422, body = crate::problem::ProblemBody)))]
async fn apply_functions(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<ApplyBody>,
) -> Result<Json<Made>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(Made { id: app.workflow.apply_functions_later(&project, &body.field).await?.0 }))
}
