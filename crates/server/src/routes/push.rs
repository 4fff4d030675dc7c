//! Items that programs push: one JSON object, a list of them, or one a line.

use crate::{
    app::App,
    extract::{Caller, Path, Query},
    problem::Result,
};
use axum::{Json, body::Bytes, extract::State, http::HeaderMap};
use labelwright_core::{Action, DatasetId, ProjectId};
use labelwright_workflow::{
    Error,
    push::{LINES_MAXIMUM, PushedItem},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(push_items))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PushQuery {
    /// Make tasks of this project from the items.
    project_id: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct PushedView {
    /// Ask for it at `/jobs/{job}`: how many were added, known or refused.
    job_id: i64,
    items: i64,
}

/// Pushes items into a dataset: one object, a list of objects, or one object a line (`application/x-ndjson`), each with one
/// of `text`, `url` and `fields`. The same content again adds nothing; with the header `Idempotency-Key` the same
/// request again gets the same answer.
#[utoipa::path(post, path = "/datasets/{dataset}/items", tag = "data", params(("dataset" = i64, Path), ("Idempotency-Key" = Option<String>, Header), PushQuery), request_body = Vec<PushedItem>, responses((status = 200, body = PushedView), (status = 422, body = crate::problem::ProblemBody)))]
async fn push_items(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    Query(query): Query<PushQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<PushedView>> {
    let dataset = app.workflow.permit_dataset(&caller, DatasetId(id), Action::ManageData).await?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let project = query.project_id.map(ProjectId);
    let mut hasher = Sha256::new();
    hasher.update(format!("{id} {project:?}\n"));
    hasher.update(&body);
    let hash = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let items = read(&body)?;
    let pushed = app.workflow.push_items(&dataset, items, project, header("idempotency-key"), hash).await?;
    Ok(Json(PushedView { job_id: pushed.job.0, items: pushed.lines }))
}

/// A list, or objects one behind the other: a line each, or a single one.
fn read(body: &[u8]) -> Result<Vec<PushedItem>> {
    let wrong = |place: String, error: &dyn std::fmt::Display| Error::invalid(&place, "malformed", error.to_string());
    let is_list = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if is_list {
        let mut reader = serde_json::Deserializer::from_slice(body);
        let items: Vec<PushedItem> = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let place = format!("/{}", error.path().to_string().replace('.', "/").replace(['[', ']'], ""));
            wrong(place, error.inner())
        })?;
        reader.end().map_err(|error| wrong(String::new(), &error))?;
        return Ok(items);
    }
    let mut items = Vec::new();
    for (at, item) in serde_json::Deserializer::from_slice(body).into_iter::<PushedItem>().enumerate() {
        if at >= LINES_MAXIMUM {
            let message = format!("push at most {LINES_MAXIMUM} items at once");
            return Err(Error::invalid("", "out_of_range", message).into());
        }
        items.push(item.map_err(|error| wrong(format!("/{at}"), &error))?);
    }
    Ok(items)
}
