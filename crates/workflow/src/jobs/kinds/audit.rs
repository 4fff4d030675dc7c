//! Holds machine labels against what people answered since, or takes them all back.

use super::{Running, Stopped, input};
use crate::automation::auditing::audit;
use labelwright_core::ProjectId;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct AuditInput {
    project: ProjectId,
    certificate: i64,
    #[serde(default)]
    withdraw: bool,
}

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let AuditInput { project, certificate, withdraw } = input(running)?;
    audit(running, project, certificate, withdraw).await
}
