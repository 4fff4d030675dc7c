//! Projects, their datasets and guidelines.

use crate::{Dialect, Result, Row, Tx};
use labelwright_core::{DatasetId, ProjectId, SchemaVersionId, Timestamp, UserId, WorkspaceId};

#[derive(Debug, Clone)]
pub struct ProjectRow {
    pub id: ProjectId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub description: String,
    pub schema_version: SchemaVersionId,
    /// JSON of the project settings.
    pub settings: String,
    pub guidelines_version: i64,
    /// Grows with each change: the entity tag.
    pub version: i64,
    pub archived: bool,
    pub created_at: Timestamp,
}

fn project_of(row: &Row) -> Result<ProjectRow> {
    Ok(ProjectRow {
        id: ProjectId(row.int(0)?),
        workspace: WorkspaceId(row.int(1)?),
        name: row.text(2)?.to_owned(),
        description: row.text(3)?.to_owned(),
        schema_version: SchemaVersionId(row.int(4)?),
        settings: row.text(5)?.to_owned(),
        guidelines_version: row.int(6)?,
        version: row.int(7)?,
        archived: row.int(8)? != 0,
        created_at: Timestamp(row.int(9)?),
    })
}

pub struct NewProject<'a> {
    pub workspace: WorkspaceId,
    pub name: &'a str,
    pub description: &'a str,
    pub schema_version: SchemaVersionId,
    pub settings: &'a str,
    pub now: Timestamp,
}

sql! { INSERT_PROJECT = "INSERT INTO projects (workspace_id, name, description, schema_version_id, settings, guidelines_version, version, created_at, archived) VALUES ($1, $2, $3, $4, $5, 0, 1, $6, 0) RETURNING id" }

pub async fn create(tx: &mut Tx, new: NewProject<'_>) -> Result<ProjectId> {
    let values = args![new.workspace, new.name, new.description, new.schema_version, new.settings, new.now];
    Ok(ProjectId(tx.one(INSERT_PROJECT, &values).await?.int(0)?))
}

sql! { PROJECT = "SELECT id, workspace_id, name, description, schema_version_id, settings, guidelines_version, version, archived, created_at FROM projects WHERE id = $1" }

pub async fn project(tx: &mut Tx, id: ProjectId) -> Result<Option<ProjectRow>> {
    tx.optional(PROJECT, &args![id]).await?.as_ref().map(project_of).transpose()
}

sql! { postgres PROJECT_HELD = "SELECT id, workspace_id, name, description, schema_version_id, settings, guidelines_version, version, archived, created_at FROM projects WHERE id = $1 FOR SHARE" }

/// The project as it stays until the transaction ends.
pub async fn held(tx: &mut Tx, id: ProjectId) -> Result<Option<ProjectRow>> {
    let find = match tx.dialect() {
        Dialect::Sqlite => PROJECT,
        Dialect::Postgres => PROJECT_HELD,
    };
    tx.optional(find, &args![id]).await?.as_ref().map(project_of).transpose()
}

sql! { PROJECTS = "SELECT id, workspace_id, name, description, schema_version_id, settings, guidelines_version, version, archived, created_at FROM projects WHERE workspace_id = $1 AND archived = 0 ORDER BY id" }

pub async fn projects(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<ProjectRow>> {
    tx.rows(PROJECTS, &args![workspace]).await?.iter().map(project_of).collect()
}

sql! { UPDATE_PROJECT = "UPDATE projects SET name = $3, description = $4, schema_version_id = $5, settings = $6, archived = $7, version = version + 1 WHERE id = $1 AND version = $2" }

/// Writes a changed project if nobody changed it since `row.version` was read; false otherwise.
pub async fn update(tx: &mut Tx, row: &ProjectRow) -> Result<bool> {
    let values = args![
        row.id,
        row.version,
        row.name.as_str(),
        row.description.as_str(),
        row.schema_version,
        row.settings.as_str(),
        row.archived
    ];
    Ok(tx.execute(UPDATE_PROJECT, &values).await? > 0)
}

sql! { ATTACH_DATASET = "INSERT INTO project_datasets (project_id, dataset_id) VALUES ($1, $2) ON CONFLICT (project_id, dataset_id) DO NOTHING" }

pub async fn attach_dataset(tx: &mut Tx, project: ProjectId, dataset: DatasetId) -> Result<()> {
    tx.execute(ATTACH_DATASET, &args![project, dataset]).await.map(|_| ())
}

sql! { DATASETS_OF_PROJECT = "SELECT d.id, d.name FROM project_datasets p JOIN datasets d ON d.id = p.dataset_id WHERE p.project_id = $1 ORDER BY d.id" }

pub async fn datasets_of(tx: &mut Tx, project: ProjectId) -> Result<Vec<(DatasetId, String)>> {
    let rows = tx.rows(DATASETS_OF_PROJECT, &args![project]).await?;
    rows.iter().map(|row| Ok((DatasetId(row.int(0)?), row.text(1)?.to_owned()))).collect()
}

sql! { PROJECTS_OF_DATASET = "SELECT p.project_id FROM project_datasets p JOIN projects j ON j.id = p.project_id AND j.archived = 0 WHERE p.dataset_id = $1 ORDER BY p.project_id" }

pub async fn projects_of_dataset(tx: &mut Tx, dataset: DatasetId) -> Result<Vec<ProjectId>> {
    let rows = tx.rows(PROJECTS_OF_DATASET, &args![dataset]).await?;
    rows.iter().map(|row| Ok(ProjectId(row.int(0)?))).collect()
}

#[derive(Debug, Clone)]
pub struct GuidelinesRow {
    pub version: i64,
    pub markdown: String,
    pub created_at: Timestamp,
}

sql! { NEXT_GUIDELINES = "UPDATE projects SET guidelines_version = guidelines_version + 1 WHERE id = $1 RETURNING guidelines_version" }
sql! { INSERT_GUIDELINES = "INSERT INTO guidelines (project_id, version, markdown, author_id, created_at) VALUES ($1, $2, $3, $4, $5)" }

pub async fn publish_guidelines(
    tx: &mut Tx,
    project: ProjectId,
    markdown: &str,
    author: UserId,
    now: Timestamp,
) -> Result<i64> {
    let version = tx.one(NEXT_GUIDELINES, &args![project]).await?.int(0)?;
    tx.execute(INSERT_GUIDELINES, &args![project, version, markdown, author, now]).await?;
    Ok(version)
}

sql! { GUIDELINES = "SELECT g.version, g.markdown, g.created_at FROM guidelines g JOIN projects p ON p.id = g.project_id AND p.guidelines_version = g.version WHERE g.project_id = $1" }

pub async fn guidelines(tx: &mut Tx, project: ProjectId) -> Result<Option<GuidelinesRow>> {
    let row = tx.optional(GUIDELINES, &args![project]).await?;
    row.map(|row| {
        Ok(GuidelinesRow {
            version: row.int(0)?,
            markdown: row.text(1)?.to_owned(),
            created_at: Timestamp(row.int(2)?),
        })
    })
    .transpose()
}

sql! { READ_GUIDELINES = "INSERT INTO guideline_reads (project_id, user_id, version) VALUES ($1, $2, $3) ON CONFLICT (project_id, user_id) DO UPDATE SET version = excluded.version" }

pub async fn mark_guidelines_read(tx: &mut Tx, project: ProjectId, user: UserId, version: i64) -> Result<()> {
    tx.execute(READ_GUIDELINES, &args![project, user, version]).await.map(|_| ())
}

sql! { GUIDELINES_READ = "SELECT version FROM guideline_reads WHERE project_id = $1 AND user_id = $2" }

/// The newest guideline version that a user has read; 0 for none.
pub async fn guidelines_read(tx: &mut Tx, project: ProjectId, user: UserId) -> Result<i64> {
    Ok(tx.optional(GUIDELINES_READ, &args![project, user]).await?.map(|row| row.int(0)).transpose()?.unwrap_or(0))
}
