//! What the data of a project is like: a job, and the report of the last one.

use crate::{
    Error, Result, Workflow,
    jobs::kinds::{self, ProfileInput},
    policy::Permit,
};
use labelwright_core::{JobId, Timestamp};
use labelwright_store::{jobs, records::projects::ProjectRow};

/// The last look at a project's data.
#[derive(Debug, Clone)]
pub struct Profiled {
    pub job: JobId,
    pub state: String,
    pub at: Option<Timestamp>,
    /// As `labelwright profile --json` prints it; None before its end.
    pub report: Option<serde_json::Value>,
}

impl Workflow {
    pub async fn profile_later(&self, project: &Permit<ProjectRow>) -> Result<JobId> {
        let row = project.resource();
        let input = serde_json::to_value(ProfileInput { project: row.id })
            .map_err(|error| Error::internal(error.to_string()))?;
        self.enqueue(row.workspace, Some(row.id), kinds::PROFILE, &input, Some(project.user())).await
    }

    /// None when nobody has looked yet.
    pub async fn profile(&self, project: &Permit<ProjectRow>) -> Result<Option<Profiled>> {
        let (workspace, id) = (project.resource().workspace, project.resource().id);
        let kinds = [kinds::PROFILE, kinds::PROFILE];
        let row = self
            .read(move |tx| Box::pin(async move { Ok(jobs::last_of_project(tx, workspace, id, kinds).await?) }))
            .await?;
        Ok(row.map(|row| Profiled {
            job: row.id,
            at: row.finished_at,
            report: row.result.filter(|_| row.state == "done").and_then(|text| serde_json::from_str(&text).ok()),
            state: row.state,
        }))
    }
}
