//! Where the items of a project come from: the jobs that brought them in.

use crate::{Result, Row, Tx};
use labelwright_core::{JobId, ProjectId, Timestamp, WorkspaceId};

/// A job that brought or brings items in, with how many can be seen.
#[derive(Debug, Clone)]
pub struct SourceRow {
    pub job: JobId,
    pub kind: String,
    pub input: String,
    pub state: String,
    pub items: i64,
    pub created_at: Timestamp,
}

sql! { SOURCES = "SELECT j.id, j.kind, j.input, j.state, j.created_at, (SELECT COUNT(*) FROM imports m JOIN items i ON i.import_id = m.id AND i.companion_of IS NULL WHERE m.job_id = j.id AND m.state = 'sealed') FROM jobs j WHERE j.workspace_id = $1 AND j.kind IN ('import', 'collect', 'bring') AND (j.project_id = $2 OR EXISTS (SELECT 1 FROM imports m JOIN project_datasets p ON p.dataset_id = m.dataset_id WHERE m.job_id = j.id AND p.project_id = $2)) ORDER BY j.id DESC LIMIT $3" }

/// Where the items of a project come from, the newest first.
pub async fn sources(tx: &mut Tx, workspace: WorkspaceId, project: ProjectId, limit: i64) -> Result<Vec<SourceRow>> {
    let rows = tx.rows(SOURCES, &args![workspace, project, limit]).await?;
    let told = |row: &Row| {
        Ok(SourceRow {
            job: JobId(row.int(0)?),
            kind: row.text(1)?.to_owned(),
            input: row.text(2)?.to_owned(),
            state: row.text(3)?.to_owned(),
            created_at: Timestamp(row.int(4)?),
            items: row.int(5)?,
        })
    };
    rows.iter().map(told).collect()
}
