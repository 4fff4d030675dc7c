//! What the data of a project is like, counted by where it comes from: `labelwright profile` in a process of its own. The
//! report is the job's result.

use super::{Running, Stopped, Told, input};
use crate::{Error, decoding::own_program, packing};
use labelwright_core::ProjectId;
use labelwright_store::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize)]
pub struct ProfileInput {
    pub project: ProjectId,
}

const ITEMS: &str = "items.zip";
const REPORT: &str = "report.json";
/// Bytes of a report.
const REPORT_MAXIMUM: u64 = 4 << 20;

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let ProfileInput { project } = input(running)?;
    let folder = running.workflow.uploads.join(format!("profile-{}", running.job.id));
    let outcome = profile(running, project, &folder).await;
    drop(tokio::fs::remove_dir_all(&folder).await);
    outcome
}

async fn profile(running: &mut Running<'_>, project: ProjectId, folder: &std::path::Path) -> Result<Value, Stopped> {
    let full = |error: std::io::Error| Stopped::from(Error::from(StoreError::StorageFull(error.to_string())));
    tokio::fs::create_dir_all(folder).await.map_err(full)?;
    let workflow = running.workflow.clone();
    let mut pace = Told { running, total: 0, message: "packing items" };
    packing::as_zip(&workflow, project, usize::MAX, &folder.join(ITEMS), &mut pace).await?;
    let words = ["profile", ITEMS, "--from", "native", "--by", "provenance.source", "--output", REPORT, "--beats"];
    pace.message = "looking at items";
    own_program::run(&workflow, folder, &words, &mut pace).await?;
    let report = folder.join(REPORT);
    if tokio::fs::metadata(&report).await.map_err(full)?.len() > REPORT_MAXIMUM {
        return Err(Stopped::Failed("the report is too long: the data has too many different labels".into()));
    }
    let text = tokio::fs::read(&report).await.map_err(full)?;
    serde_json::from_slice(&text).map_err(|error| Stopped::Failed(format!("the report cannot be read: {error}")))
}
