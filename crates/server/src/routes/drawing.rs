//! A sample of datasets for a project: what would be drawn, and drawing it.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
    views::Made,
};
use axum::{Json, extract::State};
use labelwright_core::{Action, ProjectId};
use labelwright_workflow::drawing::Draw;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(look)).routes(routes!(draw))
}

/// Of one dataset and one value of the field how many there are, and how many are drawn.
#[derive(Serialize, ToSchema)]
struct CellView {
    dataset_id: i64,
    /// None without a field, or for items that do not have it.
    value: Option<String>,
    available: u64,
    taken: u64,
}

#[derive(Serialize, ToSchema)]
struct DrawView {
    cells: Vec<CellView>,
    /// Items that are drawn.
    taken: u64,
    /// Items whose bytes are there already: they are drawn once at most.
    twice: u64,
    /// Items of another kind than the schema's.
    other_kind: u64,
}

/// What a draw would take, by dataset and value; nothing is changed.
#[utoipa::path(post, path = "/projects/{project}/draws/preview", tag = "data", params(("project" = i64, Path)), request_body = Draw, responses((status = 200, body = DrawView)))]
async fn look(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Draw>,
) -> Result<Json<DrawView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    let told = app.workflow.draw_told(&project, &body).await?;
    let taken = told.cells.iter().map(|cell| cell.taken).sum();
    let cells = told.cells.into_iter().map(|cell| CellView {
        dataset_id: cell.dataset.0,
        value: cell.value,
        available: cell.available,
        taken: cell.taken,
    });
    Ok(Json(DrawView { cells: cells.collect(), taken, twice: told.twice, other_kind: told.other_kind }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDraw {
    /// Of the new dataset.
    name: String,
    draw: Draw,
}

/// Draws a sample into a new dataset whose items become tasks of the project; a job.
#[utoipa::path(post, path = "/projects/{project}/draws", tag = "data", params(("project" = i64, Path)), request_body = NewDraw, responses((status = 200, body = Made)))]
async fn draw(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewDraw>,
) -> Result<Json<Made>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(Made { id: app.workflow.draw_later(&project, body.draw, &body.name).await?.0 }))
}
