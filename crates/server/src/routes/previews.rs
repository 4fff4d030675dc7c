//! A look at data before it is imported, and at a file before it is exported. Nothing is stored.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
};
use axum::{Json, extract::State};
use labelwright_core::{Action, Answer, LabelSchema, Modality, Problem, SnapshotId, WorkspaceId};
use labelwright_workflow::{
    formats,
    freeze::{Answers, Media},
    jobs::kinds::{ImportInput, OnError, Source},
    preview,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preview_import)).routes(routes!(preview_export))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportLook {
    /// Finished uploads: one zip, or any number of files.
    uploads: Vec<i64>,
    /// A format's id, or `auto`.
    #[serde(default = "super::data::auto")]
    format: String,
    /// Which columns of a table are what.
    #[serde(default)]
    mapping: formats::Mapping,
    /// Options of the format by their keys; `GET /formats` lists them.
    #[serde(default)]
    options: BTreeMap<String, String>,
}

#[derive(Serialize, ToSchema)]
struct ImportPreviewView {
    /// Id of the format, and its title.
    format: &'static str,
    format_title: &'static str,
    /// How sure it is that this is the format, 0 to 1; null when it was given.
    confidence: Option<f64>,
    /// The first items.
    items: Vec<PreviewItemView>,
    /// Records that were read, good and bad.
    records: u64,
    regions: u64,
    /// False when there is more than was looked at.
    complete: bool,
    /// The schema that the data asks for.
    schema: LabelSchema,
    /// Why it cannot be published as it is.
    schema_problems: Vec<Problem>,
    problem_count: u64,
    /// The first problems with their places.
    problems: Vec<RecordProblemView>,
}

#[derive(Serialize, ToSchema)]
struct PreviewItemView {
    key: String,
    modality: Modality,
    /// Width and height in pixels of the upright picture.
    size: Option<[u32; 2]>,
    /// The beginning of a text.
    text: Option<String>,
    /// A small picture as a `data:` address.
    picture: Option<String>,
    /// Part of the dataset.
    split: Option<String>,
    /// Who is said to have labeled it.
    sources: Vec<String>,
    /// The first of its answers.
    answer: Answer,
    companions: Vec<PreviewCompanionView>,
}

/// What comes with an item.
#[derive(Serialize, ToSchema)]
struct PreviewCompanionView {
    pane: String,
    modality: Modality,
    /// The beginning of a text.
    text: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct RecordProblemView {
    /// File and line, or entry.
    place: String,
    code: String,
    message: String,
}

impl From<preview::ImportPreview> for ImportPreviewView {
    fn from(found: preview::ImportPreview) -> Self {
        let item = |item: preview::PreviewItem| PreviewItemView {
            key: item.key,
            modality: item.modality,
            size: item.size,
            text: item.text,
            picture: item.picture,
            split: item.split,
            sources: item.sources,
            answer: item.answer,
            companions: item
                .companions
                .into_iter()
                .map(|(pane, modality, text)| PreviewCompanionView { pane, modality, text })
                .collect(),
        };
        let problem = |error: formats::RecordError| RecordProblemView {
            place: error.place,
            code: error.code.to_owned(),
            message: error.message,
        };
        Self {
            format: found.format.0,
            format_title: found.format.1,
            confidence: found.confidence,
            items: found.items.into_iter().map(item).collect(),
            records: found.records,
            regions: found.regions,
            complete: found.complete,
            schema: found.schema,
            schema_problems: found.schema_problems,
            problem_count: found.problem_count,
            problems: found.problems.into_iter().map(problem).collect(),
        }
    }
}

/// What an import of uploads would bring: the first items, the schema that they ask for, and what is wrong where.
#[utoipa::path(post, path = "/workspaces/{workspace}/imports/preview", tag = "data", params(("workspace" = i64, Path)), request_body = ImportLook, responses((status = 200, body = ImportPreviewView)))]
async fn preview_import(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<ImportLook>,
) -> Result<Json<ImportPreviewView>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageData).await?;
    let input = ImportInput {
        dataset: None,
        source: Source::Uploads(body.uploads),
        format: body.format,
        mapping: body.mapping,
        options: body.options,
        on_error: OnError::KeepGood,
        project: None,
    };
    Ok(Json(app.workflow.preview_import(&workspace, input).await?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExportLook {
    format: String,
    /// `consensus`, `all` or `accepted`.
    #[serde(default = "super::work::consensus")]
    #[schema(value_type = String)]
    answers: Answers,
    /// `none` or `copy`.
    #[serde(default)]
    #[schema(value_type = String)]
    media: Media,
    /// Options of the format by their keys; `GET /formats` lists them.
    #[serde(default)]
    options: BTreeMap<String, String>,
}

#[derive(Serialize, ToSchema)]
struct ExportPreviewView {
    /// Items that were written for the look.
    items: u64,
    /// False when the snapshot has more of them.
    complete: bool,
    /// What the format cannot carry.
    losses: Vec<LossView>,
    file_count: u64,
    /// The first files, without the items' data.
    files: Vec<FileView>,
    /// The beginning of the first file.
    start: String,
}

#[derive(Serialize, ToSchema)]
struct LossView {
    code: String,
    message: String,
    count: u64,
    /// Keys of the first items that it happened to.
    places: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct FileView {
    name: String,
    bytes: u64,
}

/// What an export would hold and lose, before it is written.
#[utoipa::path(post, path = "/snapshots/{snapshot}/exports/preview", tag = "work", params(("snapshot" = i64, Path)), request_body = ExportLook, responses((status = 200, body = ExportPreviewView)))]
async fn preview_export(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<ExportLook>,
) -> Result<Json<ExportPreviewView>> {
    let snapshot = app.workflow.permit_snapshot(&caller, SnapshotId(id)).await?;
    let found = app.workflow.preview_export(&snapshot, &body.format, body.answers, body.media, body.options).await?;
    let loss = |loss: formats::Loss| LossView {
        code: loss.code,
        message: loss.message,
        count: loss.count,
        places: loss.places,
    };
    Ok(Json(ExportPreviewView {
        items: found.items,
        complete: found.complete,
        losses: found.losses.into_iter().map(loss).collect(),
        file_count: found.file_count,
        files: found.files.into_iter().map(|(name, bytes)| FileView { name, bytes }).collect(),
        start: found.start,
    }))
}
