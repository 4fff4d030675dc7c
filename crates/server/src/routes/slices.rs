//! Slices of a project's tasks, and one label for all tasks of one.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
    views::Made,
};
use axum::{Json, extract::State, http::StatusCode};
use labelwright_core::{Action, ProjectId, TaskId, Timestamp, UserId};
use labelwright_workflow::{
    Error,
    automation::slices::{BulkLabel, Chosen, Form, Slice},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_slice, slices))
        .routes(routes!(slice, delete_slice))
        .routes(routes!(prioritise_slice))
        .routes(routes!(label_slice))
        .routes(routes!(assign_slice))
        .routes(routes!(bulk_labels))
        .routes(routes!(undo_bulk_label))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSlice {
    name: String,
    /// Task ids, 1 to 200,000; or a filter.
    #[serde(default)]
    tasks: Option<Vec<i64>>,
    /// All tasks that it finds; empty for all of the project.
    #[serde(default)]
    filter: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct SliceView {
    id: i64,
    name: String,
    /// How many.
    tasks: i64,
    author: String,
    created_at: Timestamp,
}

impl From<Slice> for SliceView {
    fn from(from: Slice) -> Self {
        let Slice { id, name, tasks, author, created_at, .. } = from;
        Self { id, name, tasks, author, created_at }
    }
}

/// Puts tasks of a project together; the filter `slice:ID` finds them.
#[utoipa::path(post, path = "/projects/{project}/slices", tag = "automation", params(("project" = i64, Path)), request_body = NewSlice, responses((status = 200, body = SliceView), (status = 422, body = crate::problem::ProblemBody)))]
async fn create_slice(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewSlice>,
) -> Result<Json<SliceView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let chosen = match (body.tasks, body.filter) {
        (Some(tasks), None) => Chosen::Tasks(tasks.into_iter().map(TaskId).collect()),
        (None, Some(filter)) => Chosen::Found(filter),
        _ => return Err(Error::invalid("/tasks", "required", "give tasks or a filter, one of them").into()),
    };
    Ok(Json(app.workflow.create_slice(&project, &body.name, chosen).await?.into()))
}

/// The slices of a project, the newest first; at most two hundred.
#[utoipa::path(get, path = "/projects/{project}/slices", tag = "automation", params(("project" = i64, Path)), responses((status = 200, body = Vec<SliceView>)))]
async fn slices(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Vec<SliceView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    Ok(Json(app.workflow.slices(&project).await?.into_iter().map(SliceView::from).collect()))
}

/// Takes a slice apart; its tasks stay as they are. Refused while something that was done to all of it can be undone.
#[utoipa::path(delete, path = "/projects/{project}/slices/{slice}", tag = "automation", params(("project" = i64, Path), ("slice" = i64, Path)), responses((status = 204), (status = 409, body = crate::problem::ProblemBody)))]
async fn delete_slice(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, slice)): Path<(i64, i64)>,
) -> Result<StatusCode> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    app.workflow.delete_slice(&project, slice).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PriorityBody {
    /// From -1000 to 1000; tasks with a higher one are given out first.
    priority: i64,
}

/// Gives all tasks of a slice one priority; a job, which can be undone like a bulk label.
#[utoipa::path(post, path = "/projects/{project}/slices/{slice}/priority", tag = "automation", params(("project" = i64, Path), ("slice" = i64, Path)), request_body = PriorityBody, responses((status = 200, body = LabeledView), (status = 422, body = crate::problem::ProblemBody)))]
async fn prioritise_slice(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, slice)): Path<(i64, i64)>,
    Body(body): Body<PriorityBody>,
) -> Result<Json<LabeledView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let (bulk, job) = app.workflow.prioritise_slice_later(&project, slice, body.priority).await?;
    Ok(Json(LabeledView { id: bulk, job_id: job.0 }))
}

#[derive(Serialize, ToSchema)]
struct SliceStateView {
    slice: SliceView,
    /// Tasks that the caller has answered already.
    answered: i64,
    /// Tasks with a place for the caller's answer.
    open: i64,
}

/// A slice, and what of it the caller could answer.
#[utoipa::path(get, path = "/projects/{project}/slices/{slice}", tag = "automation", params(("project" = i64, Path), ("slice" = i64, Path)), responses((status = 200, body = SliceStateView)))]
async fn slice(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, slice)): Path<(i64, i64)>,
) -> Result<Json<SliceStateView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let (slice, state) = app.workflow.slice(&project, slice).await?;
    Ok(Json(SliceStateView { slice: slice.into(), answered: state.answered, open: state.open }))
}

/// What a bulk label becomes: a suggestion that labelers see, or submitted answers of the caller.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FormWord {
    Prelabel,
    Answer,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LabelBody {
    /// Field id: a choice of one option.
    field: String,
    /// The option.
    value: String,
    form: FormWord,
}

#[derive(Serialize, ToSchema)]
struct LabeledView {
    /// The bulk label.
    id: i64,
    /// The job that gives it.
    job_id: i64,
}

/// Gives all tasks of a slice one option of a field; a job. Tasks without a place for the caller are left and told.
#[utoipa::path(post, path = "/projects/{project}/slices/{slice}/label", tag = "automation", params(("project" = i64, Path), ("slice" = i64, Path)), request_body = LabelBody, responses((status = 200, body = LabeledView), (status = 422, body = crate::problem::ProblemBody)))]
async fn label_slice(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, slice)): Path<(i64, i64)>,
    Body(body): Body<LabelBody>,
) -> Result<Json<LabeledView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let form = match body.form {
        FormWord::Prelabel => Form::Prelabel,
        FormWord::Answer => Form::Answer,
    };
    let (bulk, job) = app.workflow.label_slice_later(&project, slice, &body.field, &body.value, form).await?;
    Ok(Json(LabeledView { id: bulk, job_id: job.0 }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignBody {
    /// User id.
    member: i64,
    /// How long the tasks wait for the member, 1 to 720.
    hours: u32,
}

#[derive(Serialize, ToSchema)]
struct AssignedView {
    /// Tasks that wait for the member now.
    tasks: u64,
}

/// Keeps a place at each task of a slice for a member for some hours: these tasks are offered to them next.
#[utoipa::path(post, path = "/projects/{project}/slices/{slice}/assign", tag = "automation", params(("project" = i64, Path), ("slice" = i64, Path)), request_body = AssignBody, responses((status = 200, body = AssignedView), (status = 422, body = crate::problem::ProblemBody)))]
async fn assign_slice(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, slice)): Path<(i64, i64)>,
    Body(body): Body<AssignBody>,
) -> Result<Json<AssignedView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let tasks = app.workflow.assign_slice(&project, slice, UserId(body.member), body.hours).await?;
    Ok(Json(AssignedView { tasks }))
}

#[derive(Serialize, ToSchema)]
struct BulkLabelView {
    id: i64,
    slice: i64,
    field: String,
    value: String,
    /// `prelabel`, `answer` or `priority`
    form: String,
    /// `running`, `done`, `undoing` or `undone`
    state: String,
    /// Tasks that got the label; of one that was undone, tasks that lost it.
    labeled: i64,
    at: Timestamp,
}

impl From<BulkLabel> for BulkLabelView {
    fn from(from: BulkLabel) -> Self {
        let BulkLabel { id, slice, field, value, form, state, labeled, at, .. } = from;
        Self { id, slice, field, value, form, state, labeled, at }
    }
}

/// What was labeled at once, the newest first; at most fifty.
#[utoipa::path(get, path = "/projects/{project}/bulk-labels", tag = "automation", params(("project" = i64, Path)), responses((status = 200, body = Vec<BulkLabelView>)))]
async fn bulk_labels(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<BulkLabelView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    Ok(Json(app.workflow.bulk_labels(&project).await?.into_iter().map(BulkLabelView::from).collect()))
}

/// Takes a bulk label back; a job. Pre-labels go; answers go back to who gave them and no longer count, unless they were
/// changed or judged since.
#[utoipa::path(post, path = "/projects/{project}/bulk-labels/{bulk}/undo", tag = "automation", params(("project" = i64, Path), ("bulk" = i64, Path)), responses((status = 200, body = Made), (status = 409, body = crate::problem::ProblemBody)))]
async fn undo_bulk_label(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, bulk)): Path<(i64, i64)>,
) -> Result<Json<Made>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(Made { id: app.workflow.undo_bulk_label_later(&project, bulk).await?.0 }))
}
