//! HTTP over the use cases: routes, sessions, problem+json, the OpenAPI document and the embedded web app. It decides
//! nothing itself: every handler asks `policy` for a permit and hands it to a use case. It knows no SQL.

mod app;
mod extract;
mod problem;
mod routes;
mod security;
mod views;
mod web;

pub use app::{ServerOptions, label_schema_json, openapi_json, router, serve};
pub use views::{CallView, ContributionView, ContributorView};
