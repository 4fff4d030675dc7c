//! Proofs of authorization. A use case asks for a [`Permit`], and only this file can make one: it looks up the
//! thing, the role that the caller has there, and whether the role may do the action. A thing that the caller may
//! not know of is reported as not found, so that ids tell nothing.

use crate::{Error, Result, Workflow};
use labelwright_core::{
    Action, AnnotationId, DatasetId, ExportId, ItemId, JobId, ProjectId, Role, SchemaId, SchemaVersionId, SnapshotId,
    TaskId, UserId, WorkspaceId, allow,
};
use labelwright_store::{
    Tx,
    jobs::{self, JobRow},
    records::{
        annotations::{self, AnnotationRow},
        datasets::{self, DatasetRow, ItemRow},
        people,
        projects::{self, ProjectRow},
        schemas::{self, SchemaRow, SchemaVersionRow},
        snapshots::{self, ExportRow, SnapshotRow},
        tasks::{self, TaskRow},
        uploads::{self, UploadRow},
        webhooks::{self, WebhookRow},
    },
};

/// Somebody who has proved who they are.
#[derive(Debug, Clone)]
pub struct Principal {
    pub user: UserId,
    pub name: String,
    pub email: String,
    /// The credential that was shown: a session or a token.
    pub credential: i64,
    pub via: Via,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    Session,
    /// An API token, and the actions that its scopes leave. None: all that the user may do.
    Token(Option<Vec<Action>>),
}

impl Principal {
    fn scope_allows(&self, action: Action) -> bool {
        match &self.via {
            Via::Session | Via::Token(None) => true,
            Via::Token(Some(actions)) => actions.contains(&action),
        }
    }
}

/// The proof that `principal` may do the asked action to `resource`, as `role`.
#[derive(Debug, Clone)]
pub struct Permit<R> {
    principal: Principal,
    role: Role,
    resource: R,
}

impl<R> Permit<R> {
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    pub fn user(&self) -> UserId {
        self.principal.user
    }

    pub fn role(&self) -> Role {
        self.role
    }

    pub fn resource(&self) -> &R {
        &self.resource
    }

    /// May the same person do something else to the same thing?
    pub fn also(&self, action: Action) -> bool {
        allow(self.role, action) && self.principal.scope_allows(action)
    }
}

/// A task together with the project that it belongs to.
#[derive(Debug, Clone)]
pub struct TaskInProject {
    pub task: TaskRow,
    pub project: ProjectRow,
}

#[derive(Debug, Clone)]
pub struct AnnotationInProject {
    pub annotation: AnnotationRow,
    pub task: TaskRow,
    pub project: ProjectRow,
}

fn grant<R>(
    principal: &Principal,
    role: Option<Role>,
    action: Action,
    what: &'static str,
    resource: R,
) -> Result<Permit<R>> {
    let role = role.ok_or(Error::NotFound(what))?;
    if !allow(role, action) {
        return Err(Error::Forbidden(format!("you are a {role}, this needs a {}", action.least_role())));
    }
    if !principal.scope_allows(action) {
        return Err(Error::Forbidden("the scopes of this API token do not cover it".into()));
    }
    Ok(Permit { principal: principal.clone(), role, resource })
}

/// The role in a project: a membership of the project itself, if there is one, else that of the workspace. Managers
/// and owners of the workspace keep their power everywhere in it.
async fn role_in_project(tx: &mut Tx, project: &ProjectRow, user: UserId) -> Result<Option<Role>> {
    let workspace = people::workspace_role(tx, project.workspace, user).await?;
    let own = people::project_role(tx, project.id, user).await?;
    Ok(match (workspace, own) {
        (Some(role), _) if role >= Role::Manager => Some(role),
        (_, Some(role)) => Some(role),
        (role, None) => role,
    })
}

impl Workflow {
    pub async fn permit_workspace(
        &self,
        principal: &Principal,
        id: WorkspaceId,
        action: Action,
    ) -> Result<Permit<WorkspaceId>> {
        let user = principal.user;
        let role =
            self.read(move |tx| Box::pin(async move { Ok(people::workspace_role(tx, id, user).await?) })).await?;
        grant(principal, role, action, "the workspace", id)
    }

    /// For those who are in a workspace only through one of its projects: they may list what they can see.
    pub async fn permit_guest(&self, principal: &Principal, id: WorkspaceId) -> Result<Permit<WorkspaceId>> {
        let user = principal.user;
        let rows = self.read(move |tx| Box::pin(async move { Ok(people::workspaces_of(tx, user).await?) })).await?;
        let role = rows.into_iter().find(|row| row.id == id).map(|row| row.role.unwrap_or(Role::Labeler));
        grant(principal, role, Action::View, "the workspace", id)
    }

    pub async fn permit_project(
        &self,
        principal: &Principal,
        id: ProjectId,
        action: Action,
    ) -> Result<Permit<ProjectRow>> {
        let user = principal.user;
        let (row, role) = self
            .read(move |tx| {
                Box::pin(async move {
                    let row = projects::project(tx, id).await?.ok_or(Error::NotFound("the project"))?;
                    let role = role_in_project(tx, &row, user).await?;
                    Ok((row, role))
                })
            })
            .await?;
        grant(principal, role, action, "the project", row)
    }

    pub async fn permit_task(
        &self,
        principal: &Principal,
        id: TaskId,
        action: Action,
    ) -> Result<Permit<TaskInProject>> {
        let user = principal.user;
        let (resource, role) = self
            .read(move |tx| {
                Box::pin(async move {
                    let task = tasks::task(tx, id).await?.ok_or(Error::NotFound("the task"))?;
                    let project = projects::project(tx, task.project).await?.ok_or(Error::NotFound("the task"))?;
                    let role = role_in_project(tx, &project, user).await?;
                    Ok((TaskInProject { task, project }, role))
                })
            })
            .await?;
        grant(principal, role, action, "the task", resource)
    }

    pub async fn permit_annotation(
        &self,
        principal: &Principal,
        id: AnnotationId,
        action: Action,
    ) -> Result<Permit<AnnotationInProject>> {
        let what = "the annotation";
        let user = principal.user;
        let (resource, role) = self
            .read(move |tx| {
                Box::pin(async move {
                    let annotation = annotations::annotation(tx, id).await?.ok_or(Error::NotFound(what))?;
                    let task = tasks::task(tx, annotation.task).await?.ok_or(Error::NotFound(what))?;
                    let project = projects::project(tx, task.project).await?.ok_or(Error::NotFound(what))?;
                    let role = role_in_project(tx, &project, user).await?;
                    Ok((AnnotationInProject { annotation, task, project }, role))
                })
            })
            .await?;
        grant(principal, role, action, what, resource)
    }

    pub async fn permit_dataset(
        &self,
        principal: &Principal,
        id: DatasetId,
        action: Action,
    ) -> Result<Permit<DatasetRow>> {
        let row = self.read(move |tx| Box::pin(async move { Ok(datasets::dataset(tx, id).await?) })).await?;
        let row = row.ok_or(Error::NotFound("the dataset"))?;
        let role = self.workspace_role(principal, row.workspace).await?;
        grant(principal, role, action, "the dataset", row)
    }

    /// An item may be seen by whoever may see its dataset, and by whoever labels it in a project.
    pub async fn permit_item(&self, principal: &Principal, id: ItemId) -> Result<Permit<ItemRow>> {
        let user = principal.user;
        let (row, role) = self
            .read(move |tx| {
                Box::pin(async move {
                    let row = datasets::item(tx, id).await?.ok_or(Error::NotFound("the item"))?;
                    let dataset = datasets::dataset(tx, row.dataset).await?.ok_or(Error::NotFound("the item"))?;
                    let mut role = people::workspace_role(tx, dataset.workspace, user).await?;
                    for project in datasets::projects_of_item(tx, id).await? {
                        role = role.max(people::project_role(tx, project, user).await?);
                    }
                    Ok((row, role))
                })
            })
            .await?;
        grant(principal, role, Action::View, "the item", row)
    }

    pub async fn permit_upload(&self, principal: &Principal, id: i64) -> Result<Permit<UploadRow>> {
        let row = self.read(move |tx| Box::pin(async move { Ok(uploads::upload(tx, id).await?) })).await?;
        let row = row.filter(|row| row.user == principal.user).ok_or(Error::NotFound("the upload"))?;
        let role = self.workspace_role(principal, row.workspace).await?;
        grant(principal, role, Action::ManageData, "the upload", row)
    }

    pub async fn permit_webhook(&self, principal: &Principal, id: i64) -> Result<Permit<WebhookRow>> {
        let row = self.read(move |tx| Box::pin(async move { Ok(webhooks::webhook(tx, id).await?) })).await?;
        let row = row.ok_or(Error::NotFound("the webhook"))?;
        let role = self.workspace_role(principal, row.workspace).await?;
        grant(principal, role, Action::ManageWorkspace, "the webhook", row)
    }

    pub async fn permit_schema(
        &self,
        principal: &Principal,
        id: SchemaId,
        action: Action,
    ) -> Result<Permit<SchemaRow>> {
        let row = self.read(move |tx| Box::pin(async move { Ok(schemas::schema(tx, id).await?) })).await?;
        let row = row.ok_or(Error::NotFound("the schema"))?;
        let role = self.workspace_role(principal, row.workspace).await?;
        grant(principal, role, action, "the schema", row)
    }

    pub async fn permit_schema_version(
        &self,
        principal: &Principal,
        id: SchemaVersionId,
    ) -> Result<Permit<SchemaVersionRow>> {
        let row = self.read(move |tx| Box::pin(async move { Ok(schemas::version(tx, id).await?) })).await?;
        let row = row.ok_or(Error::NotFound("the schema version"))?;
        let role = self.workspace_role(principal, row.workspace).await?;
        grant(principal, role, Action::View, "the schema version", row)
    }

    /// Managers see every job of their workspace; others the jobs that they started.
    pub async fn permit_job(&self, principal: &Principal, id: JobId) -> Result<Permit<JobRow>> {
        let row = self.read(move |tx| Box::pin(async move { Ok(jobs::job(tx, id).await?) })).await?;
        let row = row.ok_or(Error::NotFound("the job"))?;
        let role = self.workspace_role(principal, row.workspace).await?;
        let own = row.created_by == Some(principal.user);
        grant(principal, role, if own { Action::View } else { Action::ManageData }, "the job", row)
    }

    pub async fn permit_snapshot(&self, principal: &Principal, id: SnapshotId) -> Result<Permit<SnapshotRow>> {
        let row = self.read(move |tx| Box::pin(async move { Ok(snapshots::snapshot(tx, id).await?) })).await?;
        let row = row.ok_or(Error::NotFound("the snapshot"))?;
        let project =
            self.permit_project(principal, row.project, Action::Export).await.map_err(hide("the snapshot"))?;
        Ok(Permit { principal: principal.clone(), role: project.role, resource: row })
    }

    pub async fn permit_export(&self, principal: &Principal, id: ExportId) -> Result<Permit<ExportRow>> {
        let row = self.read(move |tx| Box::pin(async move { Ok(snapshots::export(tx, id).await?) })).await?;
        let row = row.ok_or(Error::NotFound("the export"))?;
        let project = self.permit_project(principal, row.project, Action::Export).await.map_err(hide("the export"))?;
        Ok(Permit { principal: principal.clone(), role: project.role, resource: row })
    }

    async fn workspace_role(&self, principal: &Principal, workspace: WorkspaceId) -> Result<Option<Role>> {
        let user = principal.user;
        self.read(move |tx| Box::pin(async move { Ok(people::workspace_role(tx, workspace, user).await?) })).await
    }
}

/// Names the thing that was asked for, not the one behind it, when it may not be seen.
fn hide(what: &'static str) -> impl Fn(Error) -> Error {
    move |error| if matches!(error, Error::NotFound(_)) { Error::NotFound(what) } else { error }
}

impl Workflow {
    /// Who did what in a workspace, newest first.
    pub async fn audit_log(
        &self,
        workspace: &Permit<WorkspaceId>,
        before: i64,
        limit: i64,
    ) -> Result<Vec<labelwright_store::audit::AuditRow>> {
        let id = *workspace.resource();
        self.read(move |tx| Box::pin(async move { Ok(labelwright_store::audit::before(tx, id, before, limit).await?) }))
            .await
    }
}
