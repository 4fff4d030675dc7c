//! The map of a project: its points, their colours, clusters, what is near; and slices, with one label for all of one.

use crate::{
    app::App,
    extract::{Body, Caller, Path, Query},
    problem::Result,
    views::Made,
};
use axum::{
    Json,
    extract::State,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use labelwright_core::{Action, ProjectId, TaskId, Timestamp};
use labelwright_workflow::automation::map::{By, Layer, Look, clusters::Cluster};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(map, make_map))
        .routes(routes!(map_points))
        .routes(routes!(map_layer))
        .routes(routes!(map_items))
        .routes(routes!(clusters))
        .routes(routes!(oddities))
        .routes(routes!(similar))
}

#[derive(Serialize, ToSchema)]
struct MapView {
    /// `umap` or `pca`
    method: String,
    at: Timestamp,
    points: usize,
    clusters: usize,
}

#[derive(Serialize, ToSchema)]
struct MapStateView {
    /// Absent before the first map was made.
    map: Option<MapView>,
}

/// The map of a project, without its points.
#[utoipa::path(get, path = "/projects/{project}/map", tag = "automation", params(("project" = i64, Path)), responses((status = 200, body = MapStateView)))]
async fn map(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<MapStateView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let found = app.workflow.map_state(&project).await?;
    let map = found.map(|one| MapView { method: one.method, at: one.at, points: one.points, clusters: one.clusters });
    Ok(Json(MapStateView { map }))
}

/// Lays the map of a project out anew; a job.
#[utoipa::path(post, path = "/projects/{project}/map", tag = "automation", params(("project" = i64, Path)), responses((status = 200, body = Made), (status = 409, body = crate::problem::ProblemBody)))]
async fn make_map(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Made>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageProject).await?;
    Ok(Json(Made { id: app.workflow.make_map_later(&project).await?.0 }))
}

/// All points, little end first: how many (u32), how many clusters (u32), then one array behind the other: task (f64),
/// x, y, distance to what is near (f32 each), cluster (i16, -1 for none).
#[utoipa::path(get, path = "/projects/{project}/map/points", tag = "automation", params(("project" = i64, Path)), responses((status = 200, content_type = "application/octet-stream")))]
async fn map_points(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Response> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let bytes = app.workflow.map_points(&project).await?;
    let headers = [(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, "private, no-cache")];
    Ok((headers, bytes).into_response())
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct LayerQuery {
    /// `field`, `labeler`, `disagreement` or `error`
    by: String,
    /// Field id, for `field`.
    field: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct NamedView {
    id: String,
    title: String,
}

/// A colour for each point, in the order of the points: `names` with `numbers` into them (-1 for none), or `values` of 0
/// to 1 (null for none).
#[derive(Serialize, ToSchema)]
struct LayerView {
    names: Vec<NamedView>,
    numbers: Vec<i32>,
    values: Vec<Option<f64>>,
}

/// What the points of a map are coloured by.
#[utoipa::path(get, path = "/projects/{project}/map/layer", tag = "automation", params(("project" = i64, Path), LayerQuery), responses((status = 200, body = LayerView), (status = 422, body = crate::problem::ProblemBody)))]
async fn map_layer(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(wanted): Query<LayerQuery>,
) -> Result<Json<LayerView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let by = By::named(&wanted.by, wanted.field)?;
    Ok(Json(match app.workflow.map_layer(&project, by).await? {
        Layer::Names(names, numbers) => {
            let names = names.into_iter().map(|(id, title)| NamedView { id, title }).collect();
            LayerView { names, numbers, values: Vec::new() }
        }
        Layer::Numbers(values) => LayerView { names: Vec::new(), numbers: Vec::new(), values },
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LooksBody {
    /// Task ids, at most 200.
    tasks: Vec<i64>,
}

#[derive(Serialize, ToSchema)]
struct LookView {
    task: i64,
    item: i64,
    key: String,
    modality: String,
    /// The beginning of its text; absent for other kinds of data.
    snippet: Option<String>,
}

impl From<Look> for LookView {
    fn from(from: Look) -> Self {
        let Look { task, item, key, modality, snippet } = from;
        Self { task, item, key, modality, snippet }
    }
}

/// What single points are.
#[utoipa::path(post, path = "/projects/{project}/map/items", tag = "automation", params(("project" = i64, Path)), request_body = LooksBody, responses((status = 200, body = Vec<LookView>), (status = 422, body = crate::problem::ProblemBody)))]
async fn map_items(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<LooksBody>,
) -> Result<Json<Vec<LookView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let found = app.workflow.looks(&project, body.tasks).await?;
    Ok(Json(found.into_iter().map(LookView::from).collect()))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ClustersQuery {
    /// Field whose known values are counted.
    field: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct ValueCountView {
    value: String,
    count: usize,
}

#[derive(Serialize, ToSchema)]
struct ClusterView {
    cluster: i16,
    items: usize,
    /// The tasks nearest to its middle, nearest first.
    medoids: Vec<i64>,
    /// Words that tell its texts from the others (class-based TF-IDF).
    words: Vec<String>,
    /// Items whose value is known.
    labeled: usize,
    /// The known values, the most frequent first; its share among `labeled` is the purity of the cluster.
    values: Vec<ValueCountView>,
}

impl From<Cluster> for ClusterView {
    fn from(from: Cluster) -> Self {
        let Cluster { card, items, labeled, values } = from;
        let values = values.into_iter().map(|(value, count)| ValueCountView { value, count }).collect();
        Self { cluster: card.cluster, items, medoids: card.medoids, words: card.words, labeled, values }
    }
}

/// The clusters of a map.
#[utoipa::path(get, path = "/projects/{project}/map/clusters", tag = "automation", params(("project" = i64, Path), ClustersQuery), responses((status = 200, body = Vec<ClusterView>)))]
async fn clusters(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(wanted): Query<ClustersQuery>,
) -> Result<Json<Vec<ClusterView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let found = app.workflow.clusters(&project, wanted.field).await?;
    Ok(Json(found.into_iter().map(ClusterView::from).collect()))
}

#[derive(Serialize, ToSchema)]
struct NearView {
    task: i64,
    distance: f32,
}

#[derive(Serialize, ToSchema)]
struct OdditiesView {
    /// Groups of tasks whose items are nearly the same, the largest first; at most fifty.
    duplicates: Vec<Vec<i64>>,
    /// How many groups there are in all.
    duplicate_groups: usize,
    /// Tasks whose items are like no other, the strangest first: how many times as far from what is near as is usual.
    strange: Vec<NearView>,
}

/// Items that are nearly the same, and items that are like no other.
#[utoipa::path(get, path = "/projects/{project}/map/oddities", tag = "automation", params(("project" = i64, Path)), responses((status = 200, body = OdditiesView)))]
async fn oddities(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<OdditiesView>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    let found = app.workflow.oddities(&project).await?;
    Ok(Json(OdditiesView {
        duplicates: found.duplicates,
        duplicate_groups: found.duplicate_groups,
        strange: found.strange.into_iter().map(|(task, distance)| NearView { task, distance }).collect(),
    }))
}

/// The items nearest to that of a task, nearest first.
#[utoipa::path(get, path = "/tasks/{task}/similar", tag = "automation", params(("task" = i64, Path)), responses((status = 200, body = Vec<NearView>), (status = 409, body = crate::problem::ProblemBody)))]
async fn similar(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Vec<NearView>>> {
    let task = app.workflow.permit_task(&caller, TaskId(id), Action::Review).await?;
    let found = app.workflow.similar(&task).await?;
    Ok(Json(found.into_iter().map(|one| NearView { task: one.task, distance: one.distance }).collect()))
}
