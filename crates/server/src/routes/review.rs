//! The reviewer's loop, single tasks with everybody's answers, and the list of tasks.

use crate::{
    app::App,
    extract::{Body, Caller, Path, Query},
    problem::Result,
    views::{TaskDetailView, TaskView},
};
use axum::{Json, extract::State, http::StatusCode};
use labelwright_core::{Action, AnnotationId, Answer, ProjectId, TaskId};
use labelwright_workflow::{Error, explore::TaskSearch, review::Verdict};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(tasks))
        .routes(routes!(task, change_task))
        .routes(routes!(next_review))
        .routes(routes!(review))
        .routes(routes!(adjudicate))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TaskQuery {
    /// In the filter language, for example `status:done class:car agreement<0.6`; none for all tasks.
    #[serde(default)]
    filter: String,
    /// `id`, `updated`, `agreement` or `priority`, with `-` before it for the largest first; `id` unless told.
    #[serde(default)]
    sort: String,
    /// What the page before said as `next`.
    cursor: Option<String>,
    /// Begins behind so many tasks, instead of at a cursor.
    #[serde(default)]
    offset: i64,
    /// 1 to 200, 50 unless told.
    limit: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct FoundView {
    items: Vec<TaskView>,
    /// The cursor of the next page; absent on the last one.
    next: Option<String>,
    /// How many tasks there are in all, with a filter counted up to 10000; on the first page only.
    count: Option<i64>,
}

/// The tasks of a project that a filter finds.
#[utoipa::path(get, path = "/projects/{project}/tasks", tag = "review", params(("project" = i64, Path), TaskQuery), responses((status = 200, body = FoundView), (status = 422, body = crate::problem::ProblemBody)))]
async fn tasks(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(query): Query<TaskQuery>,
) -> Result<Json<FoundView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::Review).await?;
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let wanted =
        TaskSearch { filter: query.filter, sort: query.sort, cursor: query.cursor, offset: query.offset, limit };
    let found = app.workflow.find_tasks(&project, wanted).await?;
    let items = found.tasks.iter().map(TaskView::from).collect();
    Ok(Json(FoundView { items, next: found.next, count: found.count }))
}

/// A task with everybody's answers.
#[utoipa::path(get, path = "/tasks/{task}", tag = "review", params(("task" = i64, Path)), responses((status = 200, body = TaskDetailView)))]
async fn task(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<TaskDetailView>> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Review).await?;
    Ok(Json(app.workflow.task_detail(&task).await?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeTask {
    /// -1000 to 1000, higher first.
    priority: Option<i64>,
    /// The known answer that makes this a gold task.
    #[schema(value_type = Option<Answer>)]
    gold: Option<Box<RawValue>>,
    /// True takes the gold mark away.
    #[serde(default)]
    remove_gold: bool,
}

/// Changes a task's priority or its gold answer.
#[utoipa::path(patch, path = "/tasks/{task}", tag = "review", params(("task" = i64, Path)), request_body = ChangeTask, responses((status = 204)))]
async fn change_task(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<ChangeTask>,
) -> Result<StatusCode> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::ManageProject).await?;
    if let Some(priority) = body.priority {
        app.workflow.set_priority(&task, priority).await?;
    }
    if body.remove_gold {
        app.workflow.set_gold(&task, None).await?;
    } else if let Some(gold) = &body.gold {
        app.workflow.set_gold(&task, Some(gold.get())).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NextReview {
    /// The task just looked at: go on behind it.
    after: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct NextReviewView {
    /// None when nothing waits for this reviewer.
    task: Option<TaskDetailView>,
}

/// The next task that waits for review.
#[utoipa::path(post, path = "/projects/{project}/review/next", tag = "review", params(("project" = i64, Path)), request_body = NextReview, responses((status = 200, body = NextReviewView)))]
async fn next_review(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NextReview>,
) -> Result<Json<NextReviewView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::Review).await?;
    let task = app.workflow.next_review(&project, body.after.map(TaskId)).await?;
    Ok(Json(NextReviewView { task: task.map(Into::into) }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Review {
    /// The revision that was looked at.
    revision: i64,
    /// `accept`, `reject` or `fix`.
    verdict: String,
    /// Needed for a rejection.
    #[serde(default)]
    reason: String,
    /// Needed for a fix.
    #[schema(value_type = Option<Answer>)]
    answer: Option<Box<RawValue>>,
}

/// Accepts an answer, sends it back with a reason, or puts a corrected one in its place.
#[utoipa::path(post, path = "/annotations/{annotation}/reviews", tag = "review", params(("annotation" = i64, Path)), request_body = Review, responses((status = 204)))]
async fn review(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Review>,
) -> Result<StatusCode> {
    let annotation = app.workflow.permit_annotation(&caller, AnnotationId(id), Action::Review).await?;
    let verdict = match (body.verdict.as_str(), body.answer) {
        ("accept", None) => Verdict::Accept,
        ("reject", None) => Verdict::Reject,
        ("fix", Some(answer)) => Verdict::Fix { answer: answer.get().to_owned() },
        ("fix", None) => return Err(Error::invalid("/answer", "required", "a fix needs the corrected answer").into()),
        ("accept" | "reject", Some(_)) => {
            return Err(Error::invalid("/answer", "not_asked", "only a fix has an answer").into());
        }
        _ => {
            let message = "a verdict is accept, reject or fix";
            return Err(Error::invalid("/verdict", "unknown_verdict", message).into());
        }
    };
    app.workflow.review(&annotation, body.revision, verdict, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Adjudicate {
    #[schema(value_type = Answer)]
    answer: Box<RawValue>,
    /// The answers that it was made from: annotation id and revision.
    inputs: Vec<[i64; 2]>,
}

#[derive(Serialize, ToSchema)]
struct Number {
    number: i64,
}

/// Settles a task with this answer.
#[utoipa::path(post, path = "/tasks/{task}/consensus", tag = "review", params(("task" = i64, Path)), request_body = Adjudicate, responses((status = 200, body = Number)))]
async fn adjudicate(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Adjudicate>,
) -> Result<Json<Number>> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Review).await?;
    let inputs: Vec<(AnnotationId, i64)> =
        body.inputs.iter().map(|[id, number]| (AnnotationId(*id), *number)).collect();
    Ok(Json(Number { number: app.workflow.adjudicate(&task, body.answer.get(), &inputs).await? }))
}
