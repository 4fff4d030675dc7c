//! What a new answer sets off, in the transaction that stores it: training when the rule says so, and the audit of a
//! machine label that a person has answered too.

use super::control;
use crate::{jobs::kinds, plan::settings_of};
use labelwright_core::{TaskId, Timestamp};
use labelwright_store::{
    StoreError, Tx,
    jobs::{self, NewJob},
    records::{machine_labels, model_runs, projects::ProjectRow},
};
use serde_json::{Value, json};

/// Queues what a first answer sets off; whether there is anything for a worker.
pub(crate) async fn answered(
    tx: &mut Tx,
    project: &ProjectRow,
    task: TaskId,
    is_settled: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let every = i64::from(settings_of(project).automation.every);
    let trains = every > 0 && model_runs::is_due(tx, project.id, every, control::DEFAULT).await?;
    if trains {
        queue(tx, project, kinds::TRAIN, &json!({ "project": project.id }), now).await?;
    }
    Ok((is_settled && settled(tx, project, task, now).await?) || trains)
}

/// Queues the audit when a task with a machine label is settled by people.
pub(crate) async fn settled(
    tx: &mut Tx,
    project: &ProjectRow,
    task: TaskId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(certificate) = machine_labels::certificate_of_task(tx, task).await? else { return Ok(false) };
    let input = json!({ "project": project.id, "certificate": certificate });
    queue(tx, project, kinds::AUDIT, &input, now).await?;
    Ok(true)
}

async fn queue(tx: &mut Tx, project: &ProjectRow, kind: &str, input: &Value, now: Timestamp) -> Result<(), StoreError> {
    let (workspace, id, input) = (project.workspace, Some(project.id), input.to_string());
    jobs::enqueue(tx, NewJob { workspace, project: id, kind, input: &input, created_by: None, now }).await.map(|_| ())
}
