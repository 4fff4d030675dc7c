//! For whoever operates the machine: the command line, which needs no sign-in because it has the database itself.
//! Nothing here is reachable over HTTP.

use crate::{
    Error, Result, Workflow,
    freeze::{Answers, Media},
    ingest::check_format,
    jobs::kinds::{self, ExportInput, ImportInput, SnapshotInput, export::Order},
    people::{Shown, check_email, check_name},
    policy::{Principal, Via},
    tokens::TokenRow,
};
use labelwright_core::{DatasetId, JobId, ProjectId, Role, SnapshotId, UserId, WorkspaceId};
use labelwright_formats::LossReport;
use labelwright_store::{
    blobs::BlobReader,
    jobs::{self, JobProblem, JobRow},
    records::{
        credentials, datasets,
        people::{self, UserRow},
        projects, snapshots,
    },
};
use std::collections::BTreeMap;

impl Workflow {
    pub async fn all_users(&self) -> Result<Vec<UserRow>> {
        self.read(|tx| Box::pin(async move { Ok(people::users(tx).await?) })).await
    }

    /// A new account, as a member of the first workspace.
    pub async fn add_user(&self, email: &str, name: &str, role: Role) -> Result<UserId> {
        let (email, name, now) = (check_email(email)?, check_name("/name", name)?, self.now());
        self.write(move |tx| {
            Box::pin(async move {
                let workspace = people::workspaces(tx).await?.first().map(|(id, _)| *id);
                let workspace = workspace.ok_or(Error::NotFound("a workspace"))?;
                let user = people::create_user(tx, &email, &name, None, now).await?;
                people::set_member(tx, workspace, user, role).await?;
                Ok(user)
            })
        })
        .await
    }

    /// Whose address this is.
    pub async fn user_as_operator(&self, email: &str) -> Result<UserId> {
        let email = email.to_owned();
        let user = self.read(move |tx| Box::pin(async move { Ok(people::user_by_email(tx, &email).await?) })).await?;
        user.map(|user| user.id).ok_or(Error::NotFound("a person with this address"))
    }

    /// Somebody in whose name the operator does something, with all that they may do.
    pub async fn principal_as_operator(&self, email: &str) -> Result<Principal> {
        let wanted = email.to_owned();
        let user = self.read(move |tx| Box::pin(async move { Ok(people::user_by_email(tx, &wanted).await?) })).await?;
        user.filter(|user| !user.disabled).map(principal).ok_or(Error::NotFound("a person with this address"))
    }

    /// The first owner of the project's workspace.
    pub async fn owner_as_operator(&self, project: ProjectId) -> Result<Principal> {
        let found = self
            .read(move |tx| {
                Box::pin(async move {
                    let row = projects::project(tx, project).await?.ok_or(Error::NotFound("the project"))?;
                    Ok(people::members(tx, row.workspace).await?)
                })
            })
            .await?;
        let owners = found.into_iter().filter(|member| member.role == Role::Owner && !member.user.disabled);
        let first = owners.map(|member| member.user).min_by_key(|user| user.id);
        first.map(principal).ok_or(Error::NotFound("an owner of the workspace"))
    }

    pub async fn create_token_as_operator(
        &self,
        user: UserId,
        name: &str,
        scopes: &[String],
        expires_in_days: u32,
    ) -> Result<Shown<TokenRow>> {
        self.make_token(user, name, scopes, expires_in_days).await
    }

    pub async fn tokens_as_operator(&self, user: UserId) -> Result<Vec<TokenRow>> {
        self.read(move |tx| Box::pin(async move { Ok(credentials::tokens_of(tx, user).await?) })).await
    }

    pub async fn revoke_token_as_operator(&self, user: UserId, id: i64) -> Result<()> {
        let now = self.now();
        let done =
            self.write(move |tx| Box::pin(async move { Ok(credentials::revoke(tx, id, user, now).await?) })).await?;
        if done { Ok(()) } else { Err(Error::NotFound("the token")) }
    }

    /// The dataset of this name, or of this number where no name is the same. Made if there is none.
    pub(crate) async fn dataset_as_operator(&self, workspace: WorkspaceId, dataset: &str) -> Result<DatasetId> {
        let (name, now) = (check_name("/dataset", dataset)?, self.now());
        self.write(move |tx| {
            Box::pin(async move {
                if !people::workspaces(tx).await?.iter().any(|(id, ..)| *id == workspace) {
                    return Err(Error::NotFound("the workspace"));
                }
                let known = datasets::datasets(tx, workspace).await?;
                let number = name.parse().ok().map(DatasetId);
                let named = known.iter().find(|row| row.name == name);
                match named.or_else(|| known.iter().find(|row| Some(row.id) == number)) {
                    Some(row) => Ok(row.id),
                    None => Ok(datasets::create_dataset(tx, workspace, &name, now).await?),
                }
            })
        })
        .await
    }

    pub async fn import_as_operator(&self, workspace: WorkspaceId, dataset: &str, input: ImportInput) -> Result<JobId> {
        check_format(&input)?;
        let dataset = self.dataset_as_operator(workspace, dataset).await?;
        let value = serde_json::to_value(input.clone().into_dataset(dataset))
            .map_err(|error| Error::internal(error.to_string()))?;
        self.enqueue(workspace, input.project, kinds::IMPORT, &value, None).await
    }

    pub async fn job_as_operator(&self, job: JobId) -> Result<JobRow> {
        let row = self.read(move |tx| Box::pin(async move { Ok(jobs::job(tx, job).await?) })).await?;
        row.ok_or(Error::NotFound("the job"))
    }

    pub async fn problems_as_operator(&self, job: JobId) -> Result<Vec<JobProblem>> {
        let rows =
            self.read(move |tx| Box::pin(async move { Ok(jobs::problems_after(tx, job, -1, 1000).await?) })).await?;
        Ok(rows.into_iter().map(|(_, problem)| problem).collect())
    }

    /// Freezes a project and writes it: the file, to be read to its end, and what it could not carry.
    pub async fn export_as_operator(
        &self,
        project: ProjectId,
        format: &str,
        answers: Answers,
        media: Media,
        options: BTreeMap<String, String>,
    ) -> Result<(BlobReader, LossReport)> {
        // A misspelt option is told before anything is frozen.
        Order::new(format, answers, media, options.clone(), usize::MAX)?;
        let row = self.read(move |tx| Box::pin(async move { Ok(projects::project(tx, project).await?) })).await?;
        let row = row.ok_or(Error::NotFound("the project"))?;
        let input = SnapshotInput { project, name: "command line".into() };
        let frozen = self.run_as_operator(&row, kinds::SNAPSHOT, &input).await?;
        let snapshot = SnapshotId(frozen["snapshot_id"].as_i64().unwrap_or_default());
        let input = ExportInput { snapshot, format: format.to_owned(), answers, media, options };
        let written = self.run_as_operator(&row, kinds::EXPORT, &input).await?;
        let id = labelwright_core::ExportId(written["export_id"].as_i64().unwrap_or_default());
        let export = self.read(move |tx| Box::pin(async move { Ok(snapshots::export(tx, id).await?) })).await?;
        let export = export.ok_or(Error::NotFound("the export"))?;
        let report = serde_json::from_str(&export.loss).unwrap_or_default();
        Ok((self.blobs.reader(&export.hash).await?, report))
    }

    /// Queues a job and waits for its end, working on it (and on whatever waits before it) itself.
    async fn run_as_operator<T: serde::Serialize>(
        &self,
        project: &projects::ProjectRow,
        kind: &'static str,
        input: &T,
    ) -> Result<serde_json::Value> {
        let value = serde_json::to_value(input).map_err(|error| Error::internal(error.to_string()))?;
        let job = self.enqueue(project.workspace, Some(project.id), kind, &value, None).await?;
        loop {
            self.run_all_jobs().await?;
            let row = self.job_as_operator(job).await?;
            match row.state.as_str() {
                "done" => return Ok(serde_json::from_str(&row.result.unwrap_or_default()).unwrap_or_default()),
                // Another worker has it.
                "queued" | "running" => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
                _ => return Err(Error::conflict("job_failed", row.message)),
            }
        }
    }
}

/// Whoever has the machine has shown enough: no credential.
fn principal(user: UserRow) -> Principal {
    Principal { user: user.id, name: user.name, email: user.email, credential: 0, via: Via::Session }
}
