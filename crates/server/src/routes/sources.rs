//! Where a project's data comes from, and collecting more of it from web sites, addresses and dataset hubs.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
    views::Made,
};
use axum::{Json, extract::State};
use labelwright_core::{Action, DatasetId, ProjectId, Timestamp};
use labelwright_workflow::acquire::CollectSource;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(collect)).routes(routes!(sources))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCollection {
    source: CollectSource,
    /// Make tasks of this project from the items.
    project_id: Option<i64>,
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
    Ok(Json(Made { id: app.workflow.collect_later(&dataset, body.source, project).await?.0 }))
}

#[derive(Serialize, ToSchema)]
struct SourceView {
    job_id: i64,
    dataset_id: Option<i64>,
    /// `web`, `http`, `hub`, `upload`, `folder`, `push`, `watched_folder` or `maildir`.
    kind: &'static str,
    /// Addresses, names of datasets: what was asked for.
    origins: Vec<String>,
    /// State of the job: `queued`, `running`, `done`, `failed`, `parked` or `cancelled`.
    state: String,
    /// Items that came of it.
    items: i64,
    created_at: Timestamp,
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
