//! Suspicious answers, labelers' skills, drift; the methods that there are; every table as CSV.

use crate::{
    app::App,
    extract::{Body, Caller, Path, Query},
    problem::Result,
};
use axum::{
    Json,
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use labelwright_core::{Action, ProjectId, TaskId};
use labelwright_workflow::{
    Error,
    measured::{self, ColumnDrift, METRICS},
    quality::Table,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(methods))
        .routes(routes!(suspects))
        .routes(routes!(send_to_review))
        .routes(routes!(skills))
        .routes(routes!(drift))
        .routes(routes!(table))
}

#[derive(Serialize, ToSchema)]
struct MethodView {
    id: &'static str,
    title: &'static str,
    /// A dash where it is common knowledge.
    paper: &'static str,
    is_default: bool,
}

/// The methods for answers of one form.
#[derive(Serialize, ToSchema)]
struct FormView {
    /// `vote`, `rating`, `set`, `number`, `ranking`, `text`, `transcript`, `box`, `mask`, `keypoints`, `span`,
    /// `interval`, `shape`
    form: &'static str,
    methods: Vec<MethodView>,
    /// Why the default is the default.
    why: &'static str,
}

#[derive(Serialize, ToSchema)]
struct MethodsView {
    /// Coefficients of agreement.
    agreement: Vec<MethodView>,
    /// Methods that settle different answers.
    consensus: Vec<FormView>,
}

/// The methods that a field's answers can be measured and settled by, and regions joined.
#[utoipa::path(get, path = "/quality/methods", tag = "quality", responses((status = 200, body = MethodsView)))]
async fn methods(Caller(_caller): Caller) -> Json<MethodsView> {
    let view = |id, title, paper, default: &str| MethodView { id, title, paper, is_default: id == default };
    let agreement = METRICS.iter().map(|one| view(one.id, one.title, one.paper, measured::DEFAULT_METRIC));
    let consensus = measured::Form::ALL.into_iter().map(|form| {
        let (default, why) = form.default_method();
        let methods = form.methods().map(|one| view(one.id, one.title, one.paper, default)).collect();
        FormView { form: form.as_str(), methods, why }
    });
    Json(MethodsView { agreement: agreement.collect(), consensus: consensus.collect() })
}

/// The likelier half.
const SUSPICIOUS: f64 = 0.5;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Least {
    /// Probability of being wrong from which an answer is told, 0 to 1; 0.5 unless told.
    least: Option<f64>,
}

#[derive(Serialize, ToSchema)]
struct SuspectView {
    task: i64,
    /// Item key.
    key: String,
    labeler_id: i64,
    labeler: String,
    /// Probability of being wrong, 0 to 1.
    score: f64,
    /// Field id; absent for regions.
    field: Option<String>,
    given: String,
    /// The likelier value; absent for regions.
    suggested: Option<String>,
    why: String,
    /// Answers and predictions beside this one.
    others: usize,
}

#[derive(Serialize, ToSchema)]
struct SuspectsView {
    /// Likeliest first; at most a thousand.
    suspects: Vec<SuspectView>,
    /// How many there are in all.
    all: usize,
    /// Tasks with at least two answers or predictions.
    compared: usize,
}

/// Answers that are probably wrong, the likeliest first.
#[utoipa::path(get, path = "/projects/{project}/suspects", tag = "quality", params(("project" = i64, Path), Least), responses((status = 200, body = SuspectsView), (status = 422, body = crate::problem::ProblemBody)))]
async fn suspects(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(wanted): Query<Least>,
) -> Result<Json<SuspectsView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let found = app.workflow.suspects(&project, wanted.least.unwrap_or(SUSPICIOUS)).await?;
    let view = |one: measured::Suspect| SuspectView {
        key: found.keys.get(&one.item).cloned().unwrap_or_default(),
        task: one.item,
        labeler_id: one.labeler,
        labeler: found.names.get(&one.labeler).cloned().unwrap_or_default(),
        score: one.score,
        field: one.field,
        given: one.given,
        suggested: one.suggested,
        why: one.why,
        others: one.others,
    };
    let suspects = found.found.iter().cloned().map(view).collect();
    Ok(Json(SuspectsView { suspects, all: found.all, compared: found.compared }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToReview {
    /// Task ids, at most a thousand.
    tasks: Vec<i64>,
}

#[derive(Serialize, ToSchema)]
struct SentView {
    /// Tasks that are in review now and were not before.
    sent: usize,
}

/// Sends finished tasks to review.
#[utoipa::path(post, path = "/projects/{project}/review", tag = "quality", params(("project" = i64, Path)), request_body = ToReview, responses((status = 200, body = SentView), (status = 422, body = crate::problem::ProblemBody)))]
async fn send_to_review(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<ToReview>,
) -> Result<Json<SentView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    if body.tasks.len() > 1000 {
        return Err(Error::invalid("/tasks", "out_of_range", "at most 1000 tasks at once").into());
    }
    let tasks = body.tasks.into_iter().map(TaskId).collect();
    Ok(Json(SentView { sent: app.workflow.send_to_review(&project, tasks).await? }))
}

#[derive(Serialize, ToSchema)]
struct SkillView {
    field: String,
    title: String,
    /// Expected share of right answers, 0 to 1.
    skill: f64,
    answers: usize,
    values: Vec<String>,
    /// True value (rows) x given value (columns), probabilities.
    confusion: Vec<Vec<f64>>,
}

#[derive(Serialize, ToSchema)]
struct GoldView {
    right: u64,
    all: u64,
    /// Interval of confidence (Wilson, 95 %).
    low: f64,
    high: f64,
    /// `qualified`, `failed` or `undecided` against the project's threshold.
    verdict: &'static str,
}

#[derive(Serialize, ToSchema)]
struct BreakView {
    /// The first answer after the change.
    at: usize,
    before: f64,
    after: f64,
    p_value: f64,
}

#[derive(Serialize, ToSchema)]
struct TrendView {
    /// Fitted chance of agreeing with the consensus at the first and at the last answer.
    start: f64,
    end: f64,
    p_value: f64,
}

#[derive(Serialize, ToSchema)]
struct CardView {
    labeler_id: i64,
    answers: usize,
    fields: Vec<SkillView>,
    gold: Option<GoldView>,
    /// Probability of guessing, 0 to 1; absent where nobody else answered the same items.
    spammer: Option<f64>,
    is_spammer: bool,
    trend: Option<TrendView>,
    change: Option<BreakView>,
}

/// What the answers say about each labeler: skill, confusions, gold, guessing, change over time.
#[utoipa::path(get, path = "/projects/{project}/skills", tag = "quality", params(("project" = i64, Path)), responses((status = 200, body = Vec<CardView>)))]
async fn skills(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Vec<CardView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let cards = app.workflow.skill_cards(&project).await?;
    Ok(Json(cards.into_values().map(card_view).collect()))
}

fn card_view(card: measured::Card) -> CardView {
    let skill = |one: measured::FieldSkill| SkillView {
        field: one.field,
        title: one.title,
        skill: one.skill,
        answers: one.answers,
        values: one.values,
        confusion: one.confusion,
    };
    let gold = |found: measured::Qualification| GoldView {
        right: found.right,
        all: found.all,
        low: found.interval.low,
        high: found.interval.high,
        verdict: match found.verdict {
            measured::Verdict::Qualified => "qualified",
            measured::Verdict::Failed => "failed",
            measured::Verdict::Undecided { .. } => "undecided",
        },
    };
    CardView {
        labeler_id: card.labeler,
        answers: card.answers,
        fields: card.fields.into_iter().map(skill).collect(),
        gold: card.gold.map(gold),
        spammer: card.spammer,
        is_spammer: card.is_spammer,
        trend: card.trend.map(|found| TrendView { start: found.start, end: found.end, p_value: found.p_value }),
        change: card.change.map(|found| BreakView {
            at: found.at,
            before: found.before,
            after: found.after,
            p_value: found.p_value,
        }),
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Split {
    /// The moment between the windows, microseconds since 1970; the middle of the answers unless told.
    split: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct ColumnView {
    column: String,
    /// `numbers` or `categories`.
    kind: &'static str,
    before: usize,
    after: usize,
    psi: Option<f64>,
    /// Jensen-Shannon distance, base 2, 0 to 1.
    jensen_shannon: Option<f64>,
    /// In the column's own unit.
    wasserstein: Option<f64>,
    test: Option<&'static str>,
    p_value: Option<f64>,
    /// Adjusted for the number of columns (Holm).
    p_adjusted: Option<f64>,
    undefined_because: Option<String>,
    /// `warning` or `alarm`.
    alert: Option<&'static str>,
}

#[derive(Serialize, ToSchema)]
struct AgreementDriftView {
    field: String,
    before: f64,
    after: f64,
    p_value: f64,
}

#[derive(Serialize, ToSchema)]
struct SeriesView {
    column: String,
    values: Vec<String>,
    /// First moment of each step, microseconds since 1970.
    steps: Vec<i64>,
    /// Steps x values.
    counts: Vec<Vec<usize>>,
    /// Steps from which on the share of the most frequent value is another.
    change_points: Vec<usize>,
}

#[derive(Serialize, ToSchema)]
struct DriftView {
    split: Option<i64>,
    columns: Vec<ColumnView>,
    agreement: Vec<AgreementDriftView>,
    series: Vec<SeriesView>,
}

/// How labels, their numbers and the time that they take changed between two windows.
#[utoipa::path(get, path = "/projects/{project}/drift", tag = "quality", params(("project" = i64, Path), Split), responses((status = 200, body = DriftView)))]
async fn drift(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(wanted): Query<Split>,
) -> Result<Json<DriftView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let Some(found) = app.workflow.drift(&project, wanted.split).await? else {
        let (columns, agreement, series) = Default::default();
        return Ok(Json(DriftView { split: None, columns, agreement, series }));
    };
    let alert = |column: &str| {
        found.alerts.iter().find(|alert| alert.column == column).map(|alert| match alert.severity {
            measured::Severity::Warning => "warning",
            measured::Severity::Alarm => "alarm",
        })
    };
    let column = |one: ColumnDrift| ColumnView {
        alert: alert(&one.column),
        kind: match one.kind {
            measured::Kind::Numbers => "numbers",
            measured::Kind::Categories => "categories",
        },
        before: one.reference_values,
        after: one.current_values,
        psi: one.psi,
        jensen_shannon: one.jensen_shannon.map(|js| js.distance_bits),
        wasserstein: one.wasserstein,
        test: one.tests.first().map(|test| test.name),
        p_value: one.tests.first().map(|test| test.p_value),
        p_adjusted: one.p_holm,
        undefined_because: one.undefined_because,
        column: one.column,
    };
    let agreement = found.agreement.iter().map(|(field, one)| AgreementDriftView {
        field: field.clone(),
        before: one.reference,
        after: one.current,
        p_value: one.test.p_value,
    });
    let series = found.series.iter().cloned().map(|one| SeriesView {
        column: one.column,
        values: one.values,
        steps: one.steps,
        counts: one.counts,
        change_points: one.change_points,
    });
    Ok(Json(DriftView {
        split: Some(found.split),
        columns: found.columns.iter().cloned().map(column).collect(),
        agreement: agreement.collect(),
        series: series.collect(),
    }))
}

/// A table as CSV: `agreement`, `classes`, `matrix`, `distribution`, `labelers`, `confusion`, `suspects` (from `least` on),
/// `drift` or `board`.
#[utoipa::path(get, path = "/projects/{project}/tables/{table}", tag = "quality", params(("project" = i64, Path), ("table" = String, Path), Least), responses((status = 200, content_type = "text/csv"), (status = 404, body = crate::problem::ProblemBody)))]
async fn table(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, name)): Path<(i64, String)>,
    Query(wanted): Query<Least>,
) -> Result<Response> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let table = Table::named(&name).ok_or(Error::NotFound("the table"))?;
    let bytes = app.workflow.quality_table(&project, table, wanted.least.unwrap_or(SUSPICIOUS)).await?;
    let attachment = format!("attachment; filename=\"{name}.csv\"");
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, attachment)], bytes)
        .into_response())
}
