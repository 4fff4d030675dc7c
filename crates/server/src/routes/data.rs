//! Datasets and their items, uploads in chunks, imports.

use crate::{
    app::App,
    extract::{Body, Caller, Page, PageQuery, Path, Query},
    problem::Result,
    views::{ItemView, Made},
};
use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
};
use labelwright_core::{Action, DatasetId, ItemId, ProjectId, WorkspaceId};
use labelwright_workflow::{
    Error, formats,
    ingest::CHUNK_BYTES,
    jobs::kinds::{ImportInput, OnError, Source},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(datasets, create_dataset))
        .routes(routes!(items))
        .routes(routes!(item))
        .routes(routes!(start_upload))
        .routes(routes!(upload, drop_upload))
        .merge(OpenApiRouter::new().routes(routes!(continue_upload)).layer(DefaultBodyLimit::max(CHUNK_BYTES + 1024)))
        .routes(routes!(import))
        .routes(routes!(format_list))
}

#[derive(Serialize, ToSchema)]
struct DatasetView {
    id: i64,
    name: String,
    items: i64,
    modalities: Vec<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDataset {
    name: String,
}

/// The datasets of a workspace.
#[utoipa::path(get, path = "/workspaces/{workspace}/datasets", tag = "data", params(("workspace" = i64, Path)), responses((status = 200, body = Vec<DatasetView>)))]
async fn datasets(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<DatasetView>>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageData).await?;
    let rows = app.workflow.datasets(&workspace).await?;
    let view = |(row, counts): (labelwright_workflow::ingest::Dataset, Vec<(String, i64)>)| DatasetView {
        id: row.id.0,
        name: row.name,
        items: counts.iter().map(|(_, count)| count).sum(),
        modalities: counts.into_iter().map(|(modality, _)| modality).collect(),
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}

/// Makes an empty dataset.
#[utoipa::path(post, path = "/workspaces/{workspace}/datasets", tag = "data", params(("workspace" = i64, Path)), request_body = NewDataset, responses((status = 200, body = Made)))]
async fn create_dataset(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewDataset>,
) -> Result<Json<Made>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageData).await?;
    Ok(Json(Made { id: app.workflow.create_dataset(&workspace, &body.name).await?.id.0 }))
}

/// The items of a dataset.
#[utoipa::path(get, path = "/datasets/{dataset}/items", tag = "data", params(("dataset" = i64, Path), PageQuery), responses((status = 200, body = Page<ItemView>)))]
async fn items(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ItemView>>> {
    let dataset = app.workflow.permit_dataset(&caller, DatasetId(id), Action::ManageData).await?;
    let rows = app.workflow.items(&dataset, ItemId(page.from(0)?), page.limit()).await?;
    Ok(Json(Page::of(rows.iter().map(ItemView::from).collect(), page.limit(), |item: &ItemView| item.id)))
}

/// One item.
#[utoipa::path(get, path = "/items/{item}", tag = "data", params(("item" = i64, Path)), responses((status = 200, body = ItemView)))]
async fn item(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<ItemView>> {
    let item = app.workflow.permit_item(&caller, ItemId(id)).await?;
    Ok(Json(ItemView::from(item.resource())))
}

#[derive(Serialize, ToSchema)]
struct UploadView {
    id: i64,
    name: String,
    bytes: i64,
    /// How much has arrived: go on from there.
    received: i64,
    /// Send this much at once.
    chunk_bytes: usize,
}

fn upload_view(row: &labelwright_workflow::ingest::Upload) -> UploadView {
    UploadView {
        id: row.id,
        name: row.name.clone(),
        bytes: row.bytes,
        received: row.received,
        chunk_bytes: CHUNK_BYTES,
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUpload {
    name: String,
    bytes: i64,
}

/// Announces a file that will be sent in chunks.
#[utoipa::path(post, path = "/workspaces/{workspace}/uploads", tag = "data", params(("workspace" = i64, Path)), request_body = NewUpload, responses((status = 200, body = UploadView)))]
async fn start_upload(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewUpload>,
) -> Result<Json<UploadView>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageData).await?;
    Ok(Json(upload_view(&app.workflow.start_upload(&workspace, &body.name, body.bytes).await?)))
}

/// How much of a file has arrived.
#[utoipa::path(get, path = "/uploads/{upload}", tag = "data", params(("upload" = i64, Path)), responses((status = 200, body = UploadView)))]
async fn upload(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<UploadView>> {
    Ok(Json(upload_view(app.workflow.permit_upload(&caller, id).await?.resource())))
}

/// Sends the next bytes; the header `Upload-Offset` says where they belong.
#[utoipa::path(patch, path = "/uploads/{upload}", tag = "data", params(("upload" = i64, Path), ("Upload-Offset" = i64, Header)), request_body(content_type = "application/octet-stream", content = Vec<u8>), responses((status = 200, body = UploadView)))]
async fn continue_upload(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    headers: HeaderMap,
    chunk: Bytes,
) -> Result<Json<UploadView>> {
    let offset = headers.get("upload-offset").and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let offset = offset.ok_or_else(|| {
        Error::invalid("/headers/Upload-Offset", "required", "say with Upload-Offset where the bytes belong")
    })?;
    let permit = app.workflow.permit_upload(&caller, id).await?;
    Ok(Json(upload_view(&app.workflow.continue_upload(&permit, offset, chunk).await?)))
}

/// Gives an upload up.
#[utoipa::path(delete, path = "/uploads/{upload}", tag = "data", params(("upload" = i64, Path)), responses((status = 204)))]
async fn drop_upload(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<StatusCode> {
    let permit = app.workflow.permit_upload(&caller, id).await?;
    app.workflow.drop_upload(&permit).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewImport {
    /// Finished uploads: one zip, or any number of files.
    uploads: Vec<i64>,
    /// A format's id, or `auto`.
    #[serde(default = "auto")]
    format: String,
    /// Which columns of a table are what: `key`, `content`, `metadata`, `labels`.
    #[serde(default)]
    mapping: formats::Mapping,
    /// Options of the format by their keys; `GET /formats` lists them.
    #[serde(default)]
    options: BTreeMap<String, String>,
    /// `keep_good` or `refuse_all`.
    #[serde(default = "keep_good")]
    #[schema(value_type = String)]
    on_error: OnError,
    /// Make tasks of this project from the items.
    project_id: Option<i64>,
}

pub(super) fn auto() -> String {
    "auto".to_owned()
}

fn keep_good() -> OnError {
    OnError::KeepGood
}

/// Imports uploads into a dataset; a job, invisible until it is complete.
#[utoipa::path(post, path = "/datasets/{dataset}/imports", tag = "data", params(("dataset" = i64, Path)), request_body = NewImport, responses((status = 200, body = Made)))]
async fn import(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<NewImport>,
) -> Result<Json<Made>> {
    let dataset = app.workflow.permit_dataset(&caller, DatasetId(id), Action::ManageData).await?;
    let input = ImportInput {
        dataset: None,
        source: Source::Uploads(body.uploads),
        format: body.format,
        mapping: body.mapping,
        options: body.options,
        on_error: body.on_error,
        project: body.project_id.map(ProjectId),
    };
    Ok(Json(Made { id: app.workflow.import_later(&dataset, input).await?.0 }))
}

#[derive(Serialize, ToSchema)]
struct FormatView {
    id: &'static str,
    title: &'static str,
    carries: &'static str,
    reads: bool,
    writes: bool,
    /// What can be set when it is read or written.
    options: Vec<OptionView>,
}

#[derive(Serialize, ToSchema)]
struct OptionView {
    key: &'static str,
    help: &'static str,
    /// The values that it may have, the first being the default; empty for any text.
    values: &'static [&'static str],
    /// Has it a meaning when the format is read, when it is written?
    reads: bool,
    writes: bool,
}

/// The formats that can be read and written.
#[utoipa::path(get, path = "/formats", tag = "data", responses((status = 200, body = Vec<FormatView>)))]
async fn format_list(_caller: Caller) -> Json<Vec<FormatView>> {
    let option = |option: &formats::FormatOption| OptionView {
        key: option.key,
        help: option.help,
        values: option.values,
        reads: option.way.reads(),
        writes: option.way.writes(),
    };
    let view = |format: &formats::Format| FormatView {
        id: format.id,
        title: format.title,
        carries: format.carries.words,
        reads: format.read.is_some(),
        writes: format.write.is_some(),
        options: format.options.iter().map(option).collect(),
    };
    Json(formats::FORMATS.iter().map(view).collect())
}
