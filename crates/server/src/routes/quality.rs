//! Agreement, label distribution, labelers.

use crate::{
    app::App,
    extract::{Caller, Path},
    problem::Result,
};
use axum::{Json, extract::State};
use labelwright_core::{Action, ProjectId};
use labelwright_workflow::measured::{ClassAgreement, FieldAgreement};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(agreement)).routes(routes!(distribution)).routes(routes!(labelers))
}

#[derive(Serialize, ToSchema)]
struct FieldView {
    id: String,
    title: String,
    /// Share of equal pairs, 0 to 1.
    percent: Option<f64>,
    /// Id of the coefficient that the project chose, and its name.
    metric: &'static str,
    metric_title: &'static str,
    value: Option<f64>,
    undefined_because: Option<String>,
    /// Ends of the interval of confidence.
    low: Option<f64>,
    high: Option<f64>,
    /// How the interval was made.
    interval_method: Option<String>,
    /// Weights, distance or matching that were used.
    rule: String,
    /// Items with at least two answers.
    units: usize,
    pairs: usize,
}

impl From<FieldAgreement> for FieldView {
    fn from(field: FieldAgreement) -> Self {
        let found = field.coefficient;
        Self {
            id: field.id,
            title: field.title,
            percent: field.percent,
            metric: field.metric,
            metric_title: field.metric_title,
            value: found.value,
            undefined_because: found.undefined_because,
            low: found.interval.as_ref().map(|interval| interval.low),
            high: found.interval.as_ref().map(|interval| interval.high),
            interval_method: found.interval.map(|interval| interval.method),
            rule: found.rule,
            units: found.units,
            pairs: field.pairs,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct ClassView {
    /// The field whose value this is; absent for a class of regions.
    field: Option<String>,
    id: String,
    title: String,
    /// Of regions: F1 of those that match, mean over pairs of answers. Of values: specific agreement. 0 to 1.
    f1: Option<f64>,
    /// Ends of the interval of confidence (95 %).
    low: Option<f64>,
    high: Option<f64>,
    /// How the interval was made.
    interval_method: Option<String>,
    /// Regions, or answers with this value.
    uses: usize,
    /// Pairs of answers to the same item in which at least one uses the class.
    pairs: usize,
}

impl From<ClassAgreement> for ClassView {
    fn from(class: ClassAgreement) -> Self {
        Self {
            field: class.field,
            id: class.id,
            title: class.title,
            f1: class.f1,
            low: class.interval.as_ref().map(|interval| interval.low),
            high: class.interval.as_ref().map(|interval| interval.high),
            interval_method: class.interval.map(|interval| interval.method),
            uses: class.uses,
            pairs: class.pairs,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct NameView {
    id: i64,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct AgreementView {
    fields: Vec<FieldView>,
    classes: Vec<ClassView>,
    labelers: Vec<NameView>,
    /// Agreement of each two labelers, in the order of `labelers`; null where they share no item.
    matrix: Vec<Vec<Option<f64>>>,
    shared_items: Vec<Vec<usize>>,
    /// Items with at least two answers.
    items: usize,
}

/// How much labelers agree: per field, per class, each with each.
#[utoipa::path(get, path = "/projects/{project}/agreement", tag = "quality", params(("project" = i64, Path)), responses((status = 200, body = AgreementView)))]
async fn agreement(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<AgreementView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let (report, names) = app.workflow.agreement(&project).await?;
    let name = |id: &i64| NameView { id: *id, name: names.get(id).cloned().unwrap_or_default() };
    Ok(Json(AgreementView {
        fields: report.fields.into_iter().map(FieldView::from).collect(),
        classes: report.classes.into_iter().map(ClassView::from).collect(),
        labelers: report.matrix.labelers.iter().map(name).collect(),
        matrix: report.matrix.values,
        shared_items: report.matrix.items,
        items: report.items,
    }))
}

#[derive(Serialize, ToSchema)]
struct CountView {
    id: String,
    count: i64,
}

#[derive(Serialize, ToSchema)]
struct DistributionView {
    /// Regions of each class.
    classes: Vec<CountView>,
    /// Field id to values with their counts.
    fields: BTreeMap<String, Vec<CountView>>,
}

/// What was labeled how often.
#[utoipa::path(get, path = "/projects/{project}/distribution", tag = "quality", params(("project" = i64, Path)), responses((status = 200, body = DistributionView)))]
async fn distribution(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<DistributionView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let mut view = DistributionView { classes: Vec::new(), fields: BTreeMap::new() };
    for (kind, name, value, count) in app.workflow.distribution(&project).await? {
        if kind == "class" {
            view.classes.push(CountView { id: name, count });
        } else {
            view.fields.entry(name).or_default().push(CountView { id: value, count });
        }
    }
    Ok(Json(view))
}

#[derive(Serialize, ToSchema)]
struct LabelerView {
    id: i64,
    name: String,
    submitted: i64,
    accepted: i64,
    returned: i64,
    median_seconds: f64,
    /// Mean score on gold tasks, 0 to 1.
    gold_score: Option<f64>,
    gold_tasks: usize,
}

/// Who labeled how much, how fast, how well.
#[utoipa::path(get, path = "/projects/{project}/labelers", tag = "quality", params(("project" = i64, Path)), responses((status = 200, body = Vec<LabelerView>)))]
async fn labelers(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<LabelerView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let rows = app.workflow.labelers(&project).await?;
    let view = |row: labelwright_workflow::monitor::LabelerStatistics| LabelerView {
        id: row.user.0,
        name: row.name,
        submitted: row.submitted,
        accepted: row.accepted,
        returned: row.returned,
        median_seconds: row.median_seconds,
        gold_score: row.gold_score,
        gold_tasks: row.gold_tasks,
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}
