//! What people said about one field, as far as it is settled: for methods that learn from labels.

use crate::{Result, Tx};
use labelwright_core::{AnnotationId, ProjectId, TaskId};

/// What one annotation's head says about a field.
#[derive(Debug, Clone)]
pub struct FieldValue {
    pub annotation: AnnotationId,
    pub task: TaskId,
    pub author_kind: String,
    pub state: String,
    /// None where the answer leaves the field out.
    pub value: Option<String>,
}

sql! { FIELD_VALUES = "SELECT a.id, a.task_id, a.author_kind, a.state, f.value FROM (SELECT id, task_id, author_kind, state FROM annotations WHERE project_id = $1 AND id > $3 ORDER BY id LIMIT $4) a LEFT JOIN label_facts f ON f.annotation_id = a.id AND f.kind = 'field' AND f.name = $2 ORDER BY a.id, f.value" }

/// A page of annotations, by keyset.
pub async fn field_values_after(
    tx: &mut Tx,
    project: ProjectId,
    field: &str,
    after: AnnotationId,
    limit: i64,
) -> Result<Vec<FieldValue>> {
    let rows = tx.rows(FIELD_VALUES, &args![project, field, after, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(FieldValue {
                annotation: AnnotationId(row.int(0)?),
                task: TaskId(row.int(1)?),
                author_kind: row.text(2)?.to_owned(),
                state: row.text(3)?.to_owned(),
                value: row.text_or_null(4)?.map(str::to_owned),
            })
        })
        .collect()
}

sql! { ADJUDICATED_AFTER = "SELECT c.task_id, c.answer FROM consensus c JOIN tasks t ON t.id = c.task_id WHERE t.project_id = $1 AND c.task_id > $2 AND c.number = (SELECT MAX(n.number) FROM consensus n WHERE n.task_id = c.task_id AND n.method = 'adjudicated') ORDER BY c.task_id LIMIT $3" }

/// A page of the newest consensus that a person made of each of a project's tasks, by keyset: (task, answer JSON).
pub async fn adjudicated_after(
    tx: &mut Tx,
    project: ProjectId,
    after: TaskId,
    limit: i64,
) -> Result<Vec<(TaskId, String)>> {
    let rows = tx.rows(ADJUDICATED_AFTER, &args![project, after, limit]).await?;
    rows.iter().map(|row| Ok((TaskId(row.int(0)?), row.text(1)?.to_owned()))).collect()
}

sql! { ADJUDICATED = "SELECT answer FROM consensus WHERE task_id = $1 AND method = 'adjudicated' ORDER BY number DESC LIMIT 1" }

/// The newest consensus that a person made of a task, as JSON.
pub async fn adjudicated(tx: &mut Tx, task: TaskId) -> Result<Option<String>> {
    tx.optional(ADJUDICATED, &args![task]).await?.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

sql! { OFFERED = "SELECT DISTINCT task_id FROM seats WHERE project_id = $1 AND state = 0 AND rank > 0 ORDER BY task_id" }

/// Tasks with a seat that labelers may take now.
pub async fn offered(tx: &mut Tx, project: ProjectId) -> Result<Vec<TaskId>> {
    tx.rows(OFFERED, &args![project]).await?.iter().map(|row| Ok(TaskId(row.int(0)?))).collect()
}
