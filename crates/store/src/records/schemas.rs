//! Label schemas and their versions. A published version never changes.

use crate::{Result, Row, Tx};
use labelwright_core::{SchemaId, SchemaVersionId, Timestamp, WorkspaceId};

#[derive(Debug, Clone)]
pub struct SchemaRow {
    pub id: SchemaId,
    pub workspace: WorkspaceId,
    pub name: String,
}

#[derive(Debug, Clone)]
pub struct SchemaVersionRow {
    pub id: SchemaVersionId,
    pub schema: SchemaId,
    pub workspace: WorkspaceId,
    pub version: i64,
    pub document: String,
    pub hash: String,
    pub created_at: Timestamp,
}

fn schema_of(row: &Row) -> Result<SchemaRow> {
    Ok(SchemaRow { id: SchemaId(row.int(0)?), workspace: WorkspaceId(row.int(1)?), name: row.text(2)?.to_owned() })
}

fn version_of(row: &Row) -> Result<SchemaVersionRow> {
    Ok(SchemaVersionRow {
        id: SchemaVersionId(row.int(0)?),
        schema: SchemaId(row.int(1)?),
        workspace: WorkspaceId(row.int(2)?),
        version: row.int(3)?,
        document: row.text(4)?.to_owned(),
        hash: row.text(5)?.to_owned(),
        created_at: Timestamp(row.int(6)?),
    })
}

sql! { INSERT_SCHEMA = "INSERT INTO schemas (workspace_id, name) VALUES ($1, $2) RETURNING id" }

pub async fn create_schema(tx: &mut Tx, workspace: WorkspaceId, name: &str) -> Result<SchemaId> {
    Ok(SchemaId(tx.one(INSERT_SCHEMA, &args![workspace, name]).await?.int(0)?))
}

sql! { SCHEMA = "SELECT id, workspace_id, name FROM schemas WHERE id = $1" }

pub async fn schema(tx: &mut Tx, id: SchemaId) -> Result<Option<SchemaRow>> {
    tx.optional(SCHEMA, &args![id]).await?.as_ref().map(schema_of).transpose()
}

sql! { SCHEMAS = "SELECT id, workspace_id, name FROM schemas WHERE workspace_id = $1 ORDER BY id" }

pub async fn schemas(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<SchemaRow>> {
    tx.rows(SCHEMAS, &args![workspace]).await?.iter().map(schema_of).collect()
}

sql! { INSERT_VERSION = "INSERT INTO schema_versions (schema_id, version, document, hash, state, created_at) SELECT $1, COALESCE(MAX(version), 0) + 1, $2, $3, 'published', $4 FROM schema_versions WHERE schema_id = $1 RETURNING id, version" }

/// Publishes the next version and tells its id and number.
pub async fn publish(
    tx: &mut Tx,
    schema: SchemaId,
    document: &str,
    hash: &str,
    now: Timestamp,
) -> Result<(SchemaVersionId, i64)> {
    let row = tx.one(INSERT_VERSION, &args![schema, document, hash, now]).await?;
    Ok((SchemaVersionId(row.int(0)?), row.int(1)?))
}

sql! { VERSION = "SELECT v.id, v.schema_id, s.workspace_id, v.version, v.document, v.hash, v.created_at FROM schema_versions v JOIN schemas s ON s.id = v.schema_id WHERE v.id = $1" }

pub async fn version(tx: &mut Tx, id: SchemaVersionId) -> Result<Option<SchemaVersionRow>> {
    tx.optional(VERSION, &args![id]).await?.as_ref().map(version_of).transpose()
}

sql! { VERSIONS = "SELECT v.id, v.schema_id, s.workspace_id, v.version, v.document, v.hash, v.created_at FROM schema_versions v JOIN schemas s ON s.id = v.schema_id WHERE v.schema_id = $1 ORDER BY v.version" }

pub async fn versions(tx: &mut Tx, schema: SchemaId) -> Result<Vec<SchemaVersionRow>> {
    tx.rows(VERSIONS, &args![schema]).await?.iter().map(version_of).collect()
}

sql! { ANNOTATIONS_UNDER_SCHEMA = "SELECT CAST(COALESCE(SUM(f.count), 0) AS BIGINT) FROM label_facts f JOIN projects p ON p.id = f.project_id JOIN schema_versions v ON v.id = p.schema_version_id WHERE v.schema_id = $1 AND f.kind = $2 AND f.name = $3" }

/// How many stored labels of a schema's projects use a class (kind `class`) or answer a field (kind `field`).
pub async fn labels_using(tx: &mut Tx, schema: SchemaId, kind: &str, name: &str) -> Result<i64> {
    tx.one(ANNOTATIONS_UNDER_SCHEMA, &args![schema, kind, name]).await?.int(0)
}
