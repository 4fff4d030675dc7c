//! Labels by machine what a certificate covers.

use super::{Running, Stopped, input};
use crate::automation::certifying::{Wanted, autolabel};
use labelwright_core::ProjectId;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct AutolabelInput {
    project: ProjectId,
    target: f64,
    risk: f64,
}

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let AutolabelInput { project, target, risk } = input(running)?;
    autolabel(running, project, Wanted { target, risk }).await
}
