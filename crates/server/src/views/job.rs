//! Long work as the API shows it.

use super::json;
use labelwright_core::Timestamp;
use labelwright_workflow::stored::JobRow;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct JobProgressView {
    pub done: i64,
    /// 0 while it is not known.
    pub total: i64,
    pub message: String,
    pub eta_seconds: Option<f64>,
}

#[derive(Serialize, ToSchema)]
pub struct JobView {
    pub id: i64,
    pub kind: String,
    pub project_id: Option<i64>,
    pub state: String,
    pub progress: JobProgressView,
    /// What it made, once it is done.
    pub result: Option<Value>,
    /// Why it stopped, if it did.
    pub message: String,
    pub attempts: i64,
    pub problems: i64,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

impl JobView {
    pub fn of(row: &JobRow, problems: i64, now: Timestamp) -> Self {
        let eta_seconds = row.started_at.filter(|_| row.progress_done > 0 && row.progress_total > 0).map(|started| {
            let spent = (now.0 - started.0) as f64 / 1e6;
            spent * (row.progress_total - row.progress_done).max(0) as f64 / row.progress_done as f64
        });
        Self {
            id: row.id.0,
            kind: row.kind.clone(),
            project_id: row.project.map(|id| id.0),
            state: row.state.clone(),
            progress: JobProgressView {
                done: row.progress_done,
                total: row.progress_total,
                message: row.message.clone(),
                eta_seconds,
            },
            result: row.result.as_deref().map(json),
            message: row.message.clone(),
            attempts: row.attempts,
            problems,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        }
    }
}
