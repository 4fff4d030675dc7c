//! Snapshots (frozen sets of items and answers, kept as one blob each) and the exports made from them.

use crate::{Result, Row, Tx};
use labelwright_core::{ExportId, JobId, ProjectId, SnapshotId, Timestamp};

#[derive(Debug, Clone)]
pub struct SnapshotRow {
    pub id: SnapshotId,
    pub project: ProjectId,
    pub name: String,
    /// Hash of the blob that holds the frozen records.
    pub hash: String,
    pub counts: String,
    pub created_at: Timestamp,
}

fn snapshot_of(row: &Row) -> Result<SnapshotRow> {
    Ok(SnapshotRow {
        id: SnapshotId(row.int(0)?),
        project: ProjectId(row.int(1)?),
        name: row.text(2)?.to_owned(),
        hash: row.text(3)?.to_owned(),
        counts: row.text(4)?.to_owned(),
        created_at: Timestamp(row.int(5)?),
    })
}

sql! { INSERT_SNAPSHOT = "INSERT INTO snapshots (project_id, name, hash, counts, created_at, state) VALUES ($1, $2, $3, $4, $5, 'frozen') RETURNING id" }

pub async fn create(
    tx: &mut Tx,
    project: ProjectId,
    name: &str,
    hash: &str,
    counts: &str,
    now: Timestamp,
) -> Result<SnapshotId> {
    Ok(SnapshotId(tx.one(INSERT_SNAPSHOT, &args![project, name, hash, counts, now]).await?.int(0)?))
}

sql! { SNAPSHOT = "SELECT id, project_id, name, hash, counts, created_at FROM snapshots WHERE id = $1" }

pub async fn snapshot(tx: &mut Tx, id: SnapshotId) -> Result<Option<SnapshotRow>> {
    tx.optional(SNAPSHOT, &args![id]).await?.as_ref().map(snapshot_of).transpose()
}

sql! { SNAPSHOTS = "SELECT id, project_id, name, hash, counts, created_at FROM snapshots WHERE project_id = $1 ORDER BY id DESC" }

pub async fn snapshots(tx: &mut Tx, project: ProjectId) -> Result<Vec<SnapshotRow>> {
    tx.rows(SNAPSHOTS, &args![project]).await?.iter().map(snapshot_of).collect()
}

#[derive(Debug, Clone)]
pub struct ExportRow {
    pub id: ExportId,
    pub snapshot: SnapshotId,
    pub project: ProjectId,
    pub format: String,
    pub options: String,
    pub hash: String,
    pub bytes: i64,
    pub loss: String,
    pub created_at: Timestamp,
}

fn export_of(row: &Row) -> Result<ExportRow> {
    Ok(ExportRow {
        id: ExportId(row.int(0)?),
        snapshot: SnapshotId(row.int(1)?),
        project: ProjectId(row.int(2)?),
        format: row.text(3)?.to_owned(),
        options: row.text(4)?.to_owned(),
        hash: row.text(5)?.to_owned(),
        bytes: row.int(6)?,
        loss: row.text(7)?.to_owned(),
        created_at: Timestamp(row.int(8)?),
    })
}

pub struct NewExport<'a> {
    pub snapshot: SnapshotId,
    pub format: &'a str,
    pub options: &'a str,
    pub hash: &'a str,
    pub bytes: i64,
    pub loss: &'a str,
    pub job: Option<JobId>,
    pub now: Timestamp,
}

sql! { INSERT_EXPORT = "INSERT INTO exports (snapshot_id, format, options, hash, bytes, loss, job_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id" }

pub async fn create_export(tx: &mut Tx, new: NewExport<'_>) -> Result<ExportId> {
    let values = args![new.snapshot, new.format, new.options, new.hash, new.bytes, new.loss, new.job, new.now];
    Ok(ExportId(tx.one(INSERT_EXPORT, &values).await?.int(0)?))
}

sql! { EXPORT = "SELECT e.id, e.snapshot_id, s.project_id, e.format, e.options, e.hash, e.bytes, e.loss, e.created_at FROM exports e JOIN snapshots s ON s.id = e.snapshot_id WHERE e.id = $1" }

pub async fn export(tx: &mut Tx, id: ExportId) -> Result<Option<ExportRow>> {
    tx.optional(EXPORT, &args![id]).await?.as_ref().map(export_of).transpose()
}

sql! { EXPORTS = "SELECT e.id, e.snapshot_id, s.project_id, e.format, e.options, e.hash, e.bytes, e.loss, e.created_at FROM exports e JOIN snapshots s ON s.id = e.snapshot_id WHERE s.project_id = $1 ORDER BY e.id DESC" }

pub async fn exports(tx: &mut Tx, project: ProjectId) -> Result<Vec<ExportRow>> {
    tx.rows(EXPORTS, &args![project]).await?.iter().map(export_of).collect()
}
