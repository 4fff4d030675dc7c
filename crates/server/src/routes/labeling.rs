//! The labeler's loop: next, draft, submit, skip, flag, comment, go back.

use crate::{
    app::App,
    extract::{Body, Caller, Page, PageQuery, Path, Query},
    problem::Result,
    views::{AssignmentView, CommentView, Made},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use labelwright_core::{Action, Answer, ProjectId, TaskId, Timestamp};
use labelwright_workflow::{annotate::Incoming, assign::NoTask};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(next))
        .routes(routes!(assignment))
        .routes(routes!(submit))
        .routes(routes!(draft))
        .routes(routes!(skip))
        .routes(routes!(release))
        .routes(routes!(renew))
        .routes(routes!(flag))
        .routes(routes!(comments, comment))
        .routes(routes!(mine))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NextBody {
    /// 1 to 10.
    count: u32,
}

#[derive(Serialize, ToSchema)]
struct NextView {
    assignments: Vec<AssignmentView>,
    /// Why there are none: `no_tasks`, `all_done` or `none_left_for_you`.
    why: Option<&'static str>,
}

/// What to label next: what was sent back, what the caller holds already, then new tasks.
#[utoipa::path(post, path = "/projects/{project}/next", tag = "labeling", params(("project" = i64, Path)), request_body = NextBody, responses((status = 200, body = NextView)))]
async fn next(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NextBody>,
) -> Result<Json<NextView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::Label).await?;
    let next = app.workflow.next(&project, body.count).await?;
    let why = next.none.map(|none| match none {
        NoTask::Empty => "no_tasks",
        NoTask::AllDone => "all_done",
        NoTask::NoneForYou => "none_left_for_you",
    });
    Ok(Json(NextView { assignments: next.assignments.into_iter().map(Into::into).collect(), why }))
}

/// One task again: to go on with it or to change what one submitted.
#[utoipa::path(get, path = "/tasks/{task}/assignment", tag = "labeling", params(("task" = i64, Path)), responses((status = 200, body = AssignmentView)))]
async fn assignment(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<AssignmentView>> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Label).await?;
    Ok(Json(app.workflow.assignment(&task).await?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Submit {
    epoch: i64,
    /// The revision that the answer goes on from; null for a first answer.
    parent: Option<i64>,
    #[schema(value_type = Answer)]
    answer: Box<RawValue>,
    /// Active time in milliseconds.
    #[serde(default)]
    took_ms: i64,
}

#[derive(Serialize, ToSchema)]
struct SubmittedView {
    annotation_id: i64,
    revision: i64,
    hash: String,
    task_state: String,
}

/// Stores an answer. Send an Idempotency-Key: a retry with the same key gets the first outcome back.
#[utoipa::path(post, path = "/tasks/{task}/submit", tag = "labeling", params(("task" = i64, Path), ("Idempotency-Key" = String, Header)), request_body = Submit, responses((status = 200, body = SubmittedView), (status = 409, body = crate::problem::ProblemBody), (status = 422, body = crate::problem::ProblemBody)))]
async fn submit(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Body(body): Body<Submit>,
) -> Result<Json<SubmittedView>> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Label).await?;
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let incoming = Incoming {
        epoch: body.epoch,
        parent: body.parent,
        answer: body.answer.get().to_owned(),
        took_ms: body.took_ms,
        idempotency_key: key.to_owned(),
    };
    let stored = app.workflow.submit(&task, incoming).await?;
    Ok(Json(SubmittedView {
        annotation_id: stored.annotation_id.0,
        revision: stored.revision,
        hash: stored.hash,
        task_state: stored.task_state,
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Draft {
    #[schema(value_type = Object)]
    answer: Box<RawValue>,
}

/// Keeps an unfinished answer as it is.
#[utoipa::path(put, path = "/tasks/{task}/draft", tag = "labeling", params(("task" = i64, Path)), request_body = Draft, responses((status = 204)))]
async fn draft(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Draft>,
) -> Result<StatusCode> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Label).await?;
    app.workflow.save_draft(&task, body.answer.get().to_owned()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Skip {
    epoch: i64,
    #[serde(default)]
    reason: String,
}

/// Gives a task back and is never offered it again.
#[utoipa::path(post, path = "/tasks/{task}/skip", tag = "labeling", params(("task" = i64, Path)), request_body = Skip, responses((status = 204)))]
async fn skip(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Skip>,
) -> Result<StatusCode> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Label).await?;
    app.workflow.skip(&task, body.epoch, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Epoch {
    epoch: i64,
}

/// Gives a task back to whoever comes next.
#[utoipa::path(post, path = "/tasks/{task}/release", tag = "labeling", params(("task" = i64, Path)), request_body = Epoch, responses((status = 204)))]
async fn release(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Epoch>,
) -> Result<StatusCode> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Label).await?;
    app.workflow.release(&task, body.epoch).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct Renewed {
    lease_until: Timestamp,
}

/// Keeps a task for longer.
#[utoipa::path(post, path = "/tasks/{task}/renew", tag = "labeling", params(("task" = i64, Path)), request_body = Epoch, responses((status = 200, body = Renewed)))]
async fn renew(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Epoch>,
) -> Result<Json<Renewed>> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Label).await?;
    Ok(Json(Renewed { lease_until: app.workflow.renew(&task, body.epoch).await? }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Flag {
    #[serde(default)]
    reason: String,
}

/// Marks a task as ambiguous, for a reviewer to look at.
#[utoipa::path(post, path = "/tasks/{task}/flag", tag = "labeling", params(("task" = i64, Path)), request_body = Flag, responses((status = 204)))]
async fn flag(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Flag>,
) -> Result<StatusCode> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Label).await?;
    app.workflow.flag(&task, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Comments: a labeler's own, a reviewer sees all.
#[utoipa::path(get, path = "/tasks/{task}/comments", tag = "labeling", params(("task" = i64, Path)), responses((status = 200, body = Vec<CommentView>)))]
async fn comments(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<CommentView>>> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Label).await?;
    Ok(Json(app.workflow.comments(&task).await?.into_iter().map(Into::into).collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewComment {
    body: String,
    region_id: Option<String>,
}

/// Adds a comment to a task or to one of its regions.
#[utoipa::path(post, path = "/tasks/{task}/comments", tag = "labeling", params(("task" = i64, Path)), request_body = NewComment, responses((status = 200, body = Made)))]
async fn comment(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewComment>,
) -> Result<Json<Made>> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Label).await?;
    Ok(Json(Made { id: app.workflow.comment(&task, body.region_id, &body.body).await? }))
}

#[derive(Serialize, ToSchema)]
struct MineView {
    task_id: i64,
    key: String,
    at: Timestamp,
    state: String,
    revision: i64,
}

/// One's own answers, newest first.
#[utoipa::path(get, path = "/projects/{project}/mine", tag = "labeling", params(("project" = i64, Path), PageQuery), responses((status = 200, body = Page<MineView>)))]
async fn mine(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<MineView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::Label).await?;
    let before = match page.from(0)? {
        0 => None,
        task => Some(TaskId(task)),
    };
    let rows = app.workflow.mine(&project, before, page.limit()).await?;
    let view = |row: labelwright_workflow::annotate::Mine| MineView {
        task_id: row.task.0,
        key: row.key,
        at: row.at,
        state: row.state,
        revision: row.revision,
    };
    Ok(Json(Page::of(rows.into_iter().map(view).collect(), page.limit(), |row: &MineView| row.task_id)))
}
