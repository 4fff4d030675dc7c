//! What the process is doing, in the text format of Prometheus. Callers sign in: numbers are business secrets.

use crate::{app::App, extract::Caller, problem::Result};
use axum::{extract::State, http::header, response::IntoResponse};

pub async fn metrics(State(app): State<App>, Caller(caller): Caller) -> Result<impl IntoResponse> {
    let me = app.workflow.me(caller.user).await?;
    let resident = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()))
        .unwrap_or(0)
        * 4096;
    let text = format!(
        "# HELP process_resident_memory_bytes Memory in use.\n# TYPE process_resident_memory_bytes gauge\n\
         process_resident_memory_bytes {resident}\n\
         # HELP labelwright_workspaces Workspaces that the caller can see.\n# TYPE labelwright_workspaces gauge\n\
         labelwright_workspaces {}\n",
        me.workspaces.len()
    );
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text))
}
