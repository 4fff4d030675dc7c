//! What was given to a call: the queue of those who moderate, verdicts, withdrawals, and the people behind it.

use super::media::answer;
use crate::{
    app::App,
    extract::{Body, Caller, Page, PageQuery, Path, Query},
    problem::Result,
    views::{ContributionView, ContributorView},
};
use axum::{Json, extract::State, http::HeaderMap, response::Response};
use labelwright_core::{Action, ProjectId};
use labelwright_workflow::{Error, contribute::Verdict};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(contributions))
        .routes(routes!(contribution_media))
        .routes(routes!(judge_contributions))
        .routes(routes!(accept_without_flags))
        .routes(routes!(withdraw_contributions))
        .routes(routes!(contributors))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ContributionsQuery {
    /// `waiting`, `accepted`, `rejected` or `withdrawn`; `waiting` unless told.
    state: Option<String>,
    /// Only those that checks found something about, or only the others.
    flagged: Option<bool>,
    /// What the page before said as `next`.
    cursor: Option<String>,
    /// 1 to 200, 50 unless told.
    limit: Option<i64>,
}

/// What was given to a call, by state.
#[utoipa::path(get, path = "/projects/{project}/calls/{call}/contributions", tag = "calls", params(("project" = i64, Path), ("call" = i64, Path), ContributionsQuery), responses((status = 200, body = Page<ContributionView>)))]
async fn contributions(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, call)): Path<(i64, i64)>,
    Query(query): Query<ContributionsQuery>,
) -> Result<Json<Page<ContributionView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let page = PageQuery { cursor: query.cursor, limit: query.limit };
    let state = query.state.as_deref().unwrap_or("waiting");
    let rows = app.workflow.contributions(&project, call, state, query.flagged, page.from(0)?, page.limit()).await?;
    let views = rows.into_iter().map(|row| ContributionView::of(id, row)).collect();
    Ok(Json(Page::of(views, page.limit(), |view: &ContributionView| view.id)))
}

/// The bytes of a contribution, whole or a range.
#[utoipa::path(get, path = "/projects/{project}/calls/{call}/contributions/{contribution}/media", tag = "calls", params(("project" = i64, Path), ("call" = i64, Path), ("contribution" = i64, Path)), responses((status = 200, content_type = "application/octet-stream"), (status = 206), (status = 304), (status = 416)))]
async fn contribution_media(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, call, contribution)): Path<(i64, i64, i64)>,
    headers: HeaderMap,
) -> Result<Response> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let media = app.workflow.contribution_media(&project, call, contribution).await?;
    answer(&app, media, &headers).await
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum VerdictWord {
    Accept,
    Reject,
    /// Takes a verdict back.
    Wait,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JudgeBody {
    /// 1 to 500.
    contributions: Vec<i64>,
    verdict: VerdictWord,
    /// Needed to reject: the contributor is told.
    #[serde(default)]
    reason: String,
}

#[derive(Serialize, ToSchema)]
struct JudgedView {
    changed: u64,
    /// Accepted ones whose items people have answered already: they stay.
    answered: u64,
}

/// Accepts or rejects contributions, or takes a verdict back. What is accepted becomes items and tasks.
#[utoipa::path(post, path = "/projects/{project}/calls/{call}/judge", tag = "calls", params(("project" = i64, Path), ("call" = i64, Path)), request_body = JudgeBody, responses((status = 200, body = JudgedView), (status = 422, body = crate::problem::ProblemBody)))]
async fn judge_contributions(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, call)): Path<(i64, i64)>,
    Body(body): Body<JudgeBody>,
) -> Result<Json<JudgedView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let verdict = match body.verdict {
        VerdictWord::Accept => Verdict::Accept,
        VerdictWord::Reject => Verdict::Reject,
        VerdictWord::Wait => Verdict::Wait,
    };
    let judged = app.workflow.judge_contributions(&project, call, body.contributions, verdict, &body.reason).await?;
    Ok(Json(JudgedView { changed: judged.changed, answered: judged.answered }))
}

/// Accepts all that wait and that no check found anything about.
#[utoipa::path(post, path = "/projects/{project}/calls/{call}/accept-without-flags", tag = "calls", params(("project" = i64, Path), ("call" = i64, Path)), responses((status = 200, body = JudgedView)))]
async fn accept_without_flags(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, call)): Path<(i64, i64)>,
) -> Result<Json<JudgedView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let judged = app.workflow.accept_without_flags(&project, call).await?;
    Ok(Json(JudgedView { changed: judged.changed, answered: judged.answered }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WithdrawBody {
    /// One contribution, or
    contribution: Option<i64>,
    /// all of one contributor.
    contributor: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub struct WithdrawnView {
    /// What was there and is taken back; the rest goes with a job.
    pub withdrawn: u64,
}

/// Withdraws on behalf of somebody who asked: the item and all that was made of it go.
#[utoipa::path(post, path = "/projects/{project}/calls/{call}/withdraw", tag = "calls", params(("project" = i64, Path), ("call" = i64, Path)), request_body = WithdrawBody, responses((status = 200, body = WithdrawnView), (status = 422, body = crate::problem::ProblemBody)))]
async fn withdraw_contributions(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, call)): Path<(i64, i64)>,
    Body(body): Body<WithdrawBody>,
) -> Result<Json<WithdrawnView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let withdrawn = match (body.contribution, body.contributor) {
        (Some(one), None) => app.workflow.withdraw_contribution(&project, call, one).await?,
        (None, Some(all)) => app.workflow.withdraw_contributor(&project, call, all).await?,
        _ => {
            let message = "name one contribution or one contributor";
            return Err(Error::invalid("", "one_of", message).into());
        }
    };
    Ok(Json(WithdrawnView { withdrawn }))
}

/// The people who gave something to a call, with their completion codes.
#[utoipa::path(get, path = "/projects/{project}/calls/{call}/contributors", tag = "calls", params(("project" = i64, Path), ("call" = i64, Path), PageQuery), responses((status = 200, body = Page<ContributorView>)))]
async fn contributors(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, call)): Path<(i64, i64)>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ContributorView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let rows = app.workflow.contributors(&project, call, page.from(0)?, page.limit()).await?;
    let views = rows.into_iter().map(ContributorView::from).collect();
    Ok(Json(Page::of(views, page.limit(), |view: &ContributorView| view.id)))
}
