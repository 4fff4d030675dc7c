//! Learns from a project's labels: a run with its worth, suggestions for what nobody labeled, and the queue.

use super::{Running, Stopped, input};
use crate::{
    automation::{
        queue,
        training::{material, too_little, train},
    },
    plan::settings_of,
};
use labelwright_core::ProjectId;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Deserialize)]
struct TrainInput {
    project: ProjectId,
}

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let TrainInput { project } = input(running)?;
    let material = material(running, project).await?;
    let strategy = settings_of(&material.project).automation.strategy;
    let seed = running.job.id.0 as u64;
    if let Some(reason) = too_little(&material) {
        // Without a model there can be a queue: tasks that stand for many others.
        let parts = (Arc::clone(&material.features), &material.known, &material.labels);
        let queued = queue::arrange(running, project, strategy, parts, seed).await?;
        // The rule asks by itself: what comes too early is no failure.
        if queued == 0 && running.job.created_by.is_some() {
            return Err(Stopped::Failed(reason));
        }
        return Ok(json!({ "trained": false, "reason": reason, "queued": queued }));
    }
    let trained = train(running, material).await?;
    let parts = (Arc::clone(&trained.features), &trained.known, &trained.labels);
    let queued = queue::arrange(running, project, strategy, parts, seed).await?;
    Ok(json!({ "trained": true, "run": trained.number, "labels": trained.labels.len(), "queued": queued }))
}
