//! Label schemas, their versions and templates.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
    views::SchemaVersionView,
};
use axum::{Json, extract::State};
use labelwright_core::{
    Action, LabelSchema, Problem, SchemaId, SchemaVersionId, WorkspaceId,
    schema::{SchemaChange, templates::TEMPLATES},
};
use labelwright_workflow::schemas::Published;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(templates))
        .routes(routes!(validate))
        .routes(routes!(schemas, create_schema))
        .routes(routes!(versions, publish_schema))
        .routes(routes!(version))
}

#[derive(Serialize, ToSchema)]
struct TemplateView {
    id: &'static str,
    title: &'static str,
    description: &'static str,
    /// Words that people look for it by.
    tags: &'static [&'static str],
    /// The paragraph that the project's guidelines can begin with.
    guideline: &'static str,
    #[schema(value_type = LabelSchema)]
    document: serde_json::Value,
}

/// Schemas to begin with.
#[utoipa::path(get, path = "/schema-templates", tag = "schemas", responses((status = 200, body = Vec<TemplateView>)))]
async fn templates(_caller: Caller) -> Json<Vec<TemplateView>> {
    let view = |template: &labelwright_core::schema::templates::Template| TemplateView {
        id: template.id,
        title: template.title,
        description: template.description,
        tags: template.tags,
        guideline: template.guideline,
        document: crate::views::json(template.document),
    };
    Json(TEMPLATES.iter().map(view).collect())
}

/// A schema as text, so that a key given twice and the place of an error are seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Document {
    #[schema(value_type = LabelSchema)]
    document: Box<RawValue>,
}

#[derive(Serialize, ToSchema)]
struct Problems {
    problems: Vec<Problem>,
}

/// What is wrong with a schema, without keeping it.
#[utoipa::path(post, path = "/schemas/validate", tag = "schemas", request_body = Document, responses((status = 200, body = Problems)))]
async fn validate(_caller: Caller, Body(body): Body<Document>) -> Json<Problems> {
    Json(Problems { problems: LabelSchema::parse(body.document.get()).err().unwrap_or_default() })
}

#[derive(Serialize, ToSchema)]
struct SchemaView {
    id: i64,
    name: String,
    versions: Vec<SchemaVersionView>,
}

fn version_view(row: labelwright_workflow::schemas::VersionRow) -> Option<SchemaVersionView> {
    Some(SchemaVersionView {
        id: row.id.0,
        schema_id: row.schema.0,
        version: row.version,
        document: serde_json::from_str(&row.document).ok()?,
    })
}

/// The schemas of a workspace with all their versions.
#[utoipa::path(get, path = "/workspaces/{workspace}/schemas", tag = "schemas", params(("workspace" = i64, Path)), responses((status = 200, body = Vec<SchemaView>)))]
async fn schemas(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Vec<SchemaView>>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::View).await?;
    let rows = app.workflow.schemas(&workspace).await?;
    let views = rows.into_iter().map(|(row, versions)| SchemaView {
        id: row.id.0,
        name: row.name,
        versions: versions.into_iter().filter_map(version_view).collect(),
    });
    Ok(Json(views.collect()))
}

#[derive(Serialize, ToSchema)]
struct PublishedView {
    schema_id: i64,
    schema_version_id: i64,
    version: i64,
    /// What the new version does to labels that exist.
    changes: Vec<ChangeView>,
}

#[derive(Serialize, ToSchema)]
struct ChangeView {
    #[serde(flatten)]
    change: SchemaChange,
    /// Stored labels that use what changes.
    labels_affected: i64,
}

fn published(made: Published) -> Json<PublishedView> {
    Json(PublishedView {
        schema_id: made.schema.0,
        schema_version_id: made.id.0,
        version: made.version,
        changes: made
            .changes
            .into_iter()
            .map(|(change, labels_affected)| ChangeView { change, labels_affected })
            .collect(),
    })
}

/// Publishes the first version of a new schema.
#[utoipa::path(post, path = "/workspaces/{workspace}/schemas", tag = "schemas", params(("workspace" = i64, Path)), request_body = Document, responses((status = 200, body = PublishedView)))]
async fn create_schema(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Document>,
) -> Result<Json<PublishedView>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageData).await?;
    Ok(published(app.workflow.create_schema(&workspace, body.document.get()).await?))
}

/// The versions of a schema.
#[utoipa::path(get, path = "/schemas/{schema}/versions", tag = "schemas", params(("schema" = i64, Path)), responses((status = 200, body = Vec<SchemaVersionView>)))]
async fn versions(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<SchemaVersionView>>> {
    let schema = app.workflow.permit_schema(&caller, SchemaId(id), Action::View).await?;
    Ok(Json(app.workflow.schema_versions(&schema).await?.into_iter().filter_map(version_view).collect()))
}

/// Publishes the next version.
#[utoipa::path(post, path = "/schemas/{schema}/versions", tag = "schemas", params(("schema" = i64, Path)), request_body = Document, responses((status = 200, body = PublishedView)))]
async fn publish_schema(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<Document>,
) -> Result<Json<PublishedView>> {
    let schema = app.workflow.permit_schema(&caller, SchemaId(id), Action::ManageData).await?;
    Ok(published(app.workflow.publish_schema(&schema, body.document.get()).await?))
}

/// One version.
#[utoipa::path(get, path = "/schema-versions/{version}", tag = "schemas", params(("version" = i64, Path)), responses((status = 200, body = SchemaVersionView)))]
async fn version(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<SchemaVersionView>> {
    let version = app.workflow.permit_schema_version(&caller, SchemaVersionId(id)).await?;
    let view = version_view(version.resource().clone());
    Ok(Json(view.ok_or_else(|| labelwright_workflow::Error::internal("a stored schema cannot be read"))?))
}
