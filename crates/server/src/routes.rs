//! One file a resource. A new file is one line here.

pub mod data;
pub mod events;
pub mod labeling;
pub mod metrics;
pub mod people;
pub mod projects;
pub mod quality;
pub mod review;
pub mod schemas;
pub mod sessions;
pub mod work;

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;

pub fn all() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(sessions::routes())
        .merge(people::routes())
        .merge(data::routes())
        .merge(schemas::routes())
        .merge(projects::routes())
        .merge(labeling::routes())
        .merge(review::routes())
        .merge(quality::routes())
        .merge(work::routes())
}
