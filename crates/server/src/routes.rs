//! One file a resource. A new file is one line here.

pub mod automation;
pub mod board;
pub mod calls;
pub mod concepts;
pub mod contributions;
pub mod data;
pub mod drawing;
pub mod events;
pub mod functions;
pub mod give;
pub mod judging;
pub mod labeling;
pub mod map;
pub mod media;
pub mod metrics;
pub mod people;
pub mod previews;
pub mod projects;
pub mod push;
pub mod quality;
pub mod review;
pub mod schemas;
pub mod sessions;
pub mod slices;
pub mod sources;
pub mod webhooks;
pub mod work;

use crate::app::App;
use axum::{Json, Router, routing::get};
use utoipa_axum::router::OpenApiRouter;

pub fn all() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(sessions::routes())
        .merge(people::routes())
        .merge(data::routes())
        .merge(push::routes())
        .merge(calls::routes())
        .merge(contributions::routes())
        .merge(give::routes())
        .merge(media::routes())
        .merge(previews::routes())
        .merge(schemas::routes())
        .merge(concepts::routes())
        .merge(projects::routes())
        .merge(labeling::routes())
        .merge(review::routes())
        .merge(quality::routes())
        .merge(judging::routes())
        .merge(board::routes())
        .merge(automation::routes())
        .merge(functions::routes())
        .merge(map::routes())
        .merge(slices::routes())
        .merge(drawing::routes())
        .merge(sources::routes())
        .merge(webhooks::routes())
        .merge(work::routes())
}

/// What is not part of the OpenAPI document: streams, which have neither time-out nor compression, metrics, and the
/// JSON Schema of label schemas.
pub fn outside() -> Router<App> {
    Router::new()
        .merge(events::router())
        .route("/metrics", get(metrics::metrics))
        .route("/api/v1/label-schema.json", get(async || Json(crate::app::label_schema_json())))
}
