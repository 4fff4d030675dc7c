//! Lists of concepts for fields and attributes that name one: loaded by managers, searched by whoever labels.

use crate::{
    app::App,
    extract::{Body, Caller, Path, Query},
    problem::Result,
    views::Made,
};
use axum::{Json, extract::State};
use labelwright_core::{Action, ProjectId, Timestamp, WorkspaceId};
use labelwright_workflow::concepts::{Concept, ConceptList, FOUND_MAXIMUM};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(concept_lists, load_concepts)).routes(routes!(search_concepts))
}

#[derive(Serialize, ToSchema)]
struct ConceptListView {
    name: String,
    /// How many concepts it has; 0 while it is loaded for the first time.
    concepts: i64,
    updated_at: Timestamp,
}

impl From<ConceptList> for ConceptListView {
    fn from(from: ConceptList) -> Self {
        Self { name: from.name, concepts: from.concepts, updated_at: from.updated_at }
    }
}

/// The lists of concepts of a workspace.
#[utoipa::path(get, path = "/workspaces/{workspace}/concept-lists", tag = "schemas", params(("workspace" = i64, Path)), responses((status = 200, body = Vec<ConceptListView>)))]
async fn concept_lists(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<ConceptListView>>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageData).await?;
    Ok(Json(app.workflow.concept_lists(&workspace).await?.into_iter().map(ConceptListView::from).collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LoadConcepts {
    /// What schemas call it: small letters, digits, `_` and `-`.
    name: String,
    /// A file that was uploaded: CSV or TSV with the columns `id`, `name`, `synonyms` (`|` between) and `description`, or
    /// JSON lines with these names.
    upload: i64,
}

/// Puts the concepts of a file in the place of a list, or makes a new one; a job. The old list stays until the new one is
/// complete.
#[utoipa::path(post, path = "/workspaces/{workspace}/concept-lists", tag = "schemas", params(("workspace" = i64, Path)), request_body = LoadConcepts, responses((status = 200, body = Made), (status = 422, body = crate::problem::ProblemBody)))]
async fn load_concepts(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Body(body): Body<LoadConcepts>,
) -> Result<Json<Made>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageData).await?;
    Ok(Json(Made { id: app.workflow.load_concepts_later(&workspace, &body.name, body.upload).await?.0 }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// How the id, a name, a synonym or a later word of them begins.
    #[serde(default)]
    q: String,
    /// One concept by its id instead.
    code: Option<String>,
    limit: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct ConceptView {
    /// What answers hold.
    id: String,
    name: String,
    synonyms: Vec<String>,
    description: String,
}

impl From<Concept> for ConceptView {
    fn from(from: Concept) -> Self {
        let Concept { code, name, synonyms, description } = from;
        Self { id: code, name, synonyms, description }
    }
}

/// Concepts of a list that fit what is typed, the best first; or the one with an id.
#[utoipa::path(get, path = "/projects/{project}/concepts/{list}", tag = "labeling", params(("project" = i64, Path), ("list" = String, Path), Search), responses((status = 200, body = Vec<ConceptView>)))]
async fn search_concepts(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, list)): Path<(i64, String)>,
    Query(search): Query<Search>,
) -> Result<Json<Vec<ConceptView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::View).await?;
    let found = match search.code {
        Some(code) => vec![app.workflow.concept(&project, &list, &code).await?],
        None => {
            let limit = search.limit.unwrap_or(FOUND_MAXIMUM);
            app.workflow.search_concepts(&project, &list, &search.q, limit).await?
        }
    };
    Ok(Json(found.into_iter().map(ConceptView::from).collect()))
}
