//! What a project's methods learned about its labelers, one model a field: new answers are settled with it at once.

use crate::{Result, Tx};
use labelwright_core::{ProjectId, Timestamp};

sql! { KEEP = "INSERT INTO quality_models (project_id, field, model, at) VALUES ($1, $2, $3, $4) ON CONFLICT (project_id, field) DO UPDATE SET model = excluded.model, at = excluded.at" }

/// `model` is JSON.
pub async fn keep(tx: &mut Tx, project: ProjectId, field: &str, model: &str, now: Timestamp) -> Result<()> {
    tx.execute(KEEP, &args![project, field, model, now]).await.map(|_| ())
}

sql! { MODELS = "SELECT field, model FROM quality_models WHERE project_id = $1 ORDER BY field" }

/// Field id and model of each field that has one.
pub async fn of_project(tx: &mut Tx, project: ProjectId) -> Result<Vec<(String, String)>> {
    let rows = tx.rows(MODELS, &args![project]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
}
