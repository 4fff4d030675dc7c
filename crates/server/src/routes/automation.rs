//! What a machine learns while people label: runs, the queue, certificates.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
    views::{JobView, Made, json},
};
use axum::{Json, extract::State};
use labelwright_core::{Action, ProjectId, Timestamp};
use labelwright_workflow::{
    Automation,
    automation::{Curve, CurvePoint, FieldChoice, Overview},
    stored::CertificateRow,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(automation))
        .routes(routes!(train))
        .routes(routes!(autolabel))
        .routes(routes!(withdraw_certificate))
}

#[derive(Serialize, ToSchema)]
struct FieldChoiceView {
    id: String,
    title: String,
}

impl From<FieldChoice> for FieldChoiceView {
    fn from(from: FieldChoice) -> Self {
        Self { id: from.id, title: from.title }
    }
}

/// A share with its interval of confidence (95 %, Wilson).
#[derive(Serialize, ToSchema)]
struct ShareView {
    right: i64,
    all: i64,
    share: f64,
    low: f64,
    high: f64,
}

impl From<Curve> for ShareView {
    fn from(from: Curve) -> Self {
        let Curve { right, all, share, interval } = from;
        Self { right, all, share, low: interval.low, high: interval.high }
    }
}

/// A run of the model and what it was worth on labels that it had not seen.
#[derive(Serialize, ToSchema)]
struct RunView {
    number: i64,
    field: String,
    /// Labels by people.
    labels: i64,
    accuracy: Option<ShareView>,
    /// On the random control slice only.
    control: Option<ShareView>,
    /// Answers that say what the run suggested, something else, or nothing.
    accepted: i64,
    edited: i64,
    rejected: i64,
    seconds: f64,
    at: Timestamp,
    /// What was chosen and why.
    notes: Vec<String>,
}

impl From<CurvePoint> for RunView {
    fn from(from: CurvePoint) -> Self {
        Self {
            number: from.run.number,
            field: from.run.field,
            labels: from.run.labels,
            accuracy: from.accuracy.map(ShareView::from),
            control: from.control.map(ShareView::from),
            accepted: from.taken.accepted,
            edited: from.taken.edited,
            rejected: from.taken.rejected,
            seconds: from.run.seconds,
            at: from.run.at,
            notes: from.notes,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct QueuedView {
    task: i64,
    /// Item key.
    key: String,
    /// A strategy; `control` for the random slice; `later` for what a certificate's sample goes before.
    why: String,
    /// What the model thinks, and its probability.
    value: Option<String>,
    score: Option<f64>,
}

#[derive(Serialize, ToSchema)]
struct CertificateView {
    id: i64,
    /// `none`, `labeling`, `holds`, `pulled_back` or `withdrawn`.
    state: String,
    field: String,
    target: f64,
    risk: f64,
    /// Tasks that the machine labeled.
    automatic: i64,
    /// Of those people checked at random, and how many were right.
    checked: i64,
    checked_right: i64,
    /// Checks over which people are divided: they count as wrong for the bound, and not for taking labels back.
    undecided: i64,
    /// At least this share of machine labels is right, at the risk, at every moment of the audit.
    lower_bound: f64,
    created_at: Timestamp,
    ended_at: Option<Timestamp>,
    /// The whole certificate: sample, cut, bound, reason, assumptions.
    document: Value,
}

impl From<CertificateRow> for CertificateView {
    fn from(from: CertificateRow) -> Self {
        Self {
            id: from.id,
            state: from.state,
            field: from.field,
            target: from.target,
            risk: from.risk,
            automatic: from.automatic,
            checked: from.checked,
            checked_right: from.checked_right,
            undecided: from.undecided,
            lower_bound: from.bound,
            created_at: from.created_at,
            ended_at: from.ended_at,
            document: json(&from.document),
        }
    }
}

#[derive(Serialize, ToSchema)]
struct AutomationView {
    settings: Automation,
    /// The field that is learned; absent where there is none.
    field: Option<FieldChoiceView>,
    /// Fields that can be learned.
    choices: Vec<FieldChoiceView>,
    /// The features in use, in words.
    features: Option<String>,
    /// Why nothing can be learned in this project.
    unusable: Option<String>,
    /// Labelers see no suggestions.
    blind: bool,
    tasks: i64,
    /// Tasks that people have finished.
    finished: i64,
    /// The least labels to learn from.
    labels_minimum: usize,
    /// The share of all tasks that is the random control slice, 0 to 1.
    control_share: f64,
    /// The newest job that trains or labels.
    job: Option<JobView>,
    /// Oldest first.
    runs: Vec<RunView>,
    /// The first tasks of the queue that wait.
    queue: Vec<QueuedView>,
    /// Newest first.
    certificates: Vec<CertificateView>,
}

impl AutomationView {
    fn of(from: Overview, now: Timestamp) -> Self {
        let unusable = from.features.as_ref().err().or(from.field.as_ref().err()).cloned();
        Self {
            settings: from.settings,
            field: from.field.ok().map(FieldChoiceView::from),
            choices: from.choices.into_iter().map(FieldChoiceView::from).collect(),
            features: from.features.ok().map(|kind| kind.title.to_owned()),
            unusable,
            blind: from.blind,
            tasks: from.tasks,
            finished: from.finished,
            labels_minimum: from.labels_minimum,
            control_share: from.control_share,
            job: from.job.map(|row| JobView::of(&row, 0, now)),
            runs: from.runs.into_iter().map(RunView::from).collect(),
            queue: from
                .queue
                .into_iter()
                .map(|one| QueuedView {
                    task: one.task.0,
                    key: one.key,
                    why: one.why,
                    value: one.value,
                    score: one.score,
                })
                .collect(),
            certificates: from.certificates.into_iter().map(CertificateView::from).collect(),
        }
    }
}

/// What the machine has learned, what it suggests next, and what it labeled.
#[utoipa::path(get, path = "/projects/{project}/automation", tag = "automation", params(("project" = i64, Path)), responses((status = 200, body = AutomationView)))]
async fn automation(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<AutomationView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let found = app.workflow.automation(&project).await?;
    Ok(Json(AutomationView::of(found, app.workflow.now())))
}

/// Learns from the labels of this moment: a job.
#[utoipa::path(post, path = "/projects/{project}/train", tag = "automation", params(("project" = i64, Path)), responses((status = 200, body = Made)))]
async fn train(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Made>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let job = app.workflow.train_later(&project).await?;
    Ok(Json(Made { id: job.0 }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Autolabel {
    /// The share of machine labels that shall be right, above 0 and below 1.
    target: f64,
    /// How likely it may be that they are not, above 0 and below 1.
    risk: f64,
}

/// Labels by machine what a certificate covers: a job.
#[utoipa::path(post, path = "/projects/{project}/autolabel", tag = "automation", params(("project" = i64, Path)), request_body = Autolabel, responses((status = 200, body = Made), (status = 422, body = crate::problem::ProblemBody)))]
async fn autolabel(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(wanted): Body<Autolabel>,
) -> Result<Json<Made>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let job = app.workflow.autolabel_later(&project, wanted.target, wanted.risk).await?;
    Ok(Json(Made { id: job.0 }))
}

/// Gives all labels of a certificate back to people: a job.
#[utoipa::path(post, path = "/projects/{project}/certificates/{certificate}/withdraw", tag = "automation", params(("project" = i64, Path), ("certificate" = i64, Path)), responses((status = 200, body = Made)))]
async fn withdraw_certificate(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, certificate)): Path<(i64, i64)>,
) -> Result<Json<Made>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let job = app.workflow.withdraw_later(&project, certificate).await?;
    Ok(Json(Made { id: job.0 }))
}
