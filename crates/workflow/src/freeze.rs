//! Snapshots and exports. A snapshot is one blob: all items with their answers, sorted by key, the same bytes for the
//! same labels on every database. Exports read snapshots and nothing else.

use crate::{
    Error, Result, Workflow,
    jobs::kinds::{self, ExportInput, SnapshotInput, export::Order},
    people::check_name,
    policy::Permit,
};
use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use labelwright_core::{JobId, LabelSchema, Modality, Timestamp, document::TextLayer, volume::Grid};
use labelwright_formats::{Clock, Format, Frames, format};
use labelwright_store::records::{
    projects::ProjectRow,
    removal,
    snapshots::{self, ExportRow, SnapshotRow},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub use labelwright_store::records::snapshots::{ExportRow as Export, SnapshotRow as Snapshot};

/// First line of a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SnapshotHead {
    pub format: String,
    pub version: u32,
    pub project: String,
    pub schema: LabelSchema,
    /// What covers the labels that a machine gave, with what people found when they checked; none without such labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<serde_json::Value>,
}

/// The method of a consensus that a machine gave under a certificate and no person has answered.
pub const MACHINE: &str = "machine";

/// One item of a snapshot. Answers are the stored words themselves: nothing is lost or changed on the way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FrozenItem {
    pub key: String,
    pub modality: Modality,
    pub hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<[u32; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// The pages and words of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<Box<TextLayer>>,
    /// The blob from which that is read when the item is written.
    #[serde(skip)]
    pub layer_blob: Option<String>,
    /// Where the voxels of a volume lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<Box<Grid>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<Frames>,
    pub metadata: BTreeMap<String, serde_json::Value>,
    /// Sorted by labeler.
    pub answers: Vec<FrozenAnswer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consensus: Option<FrozenConsensus>,
    /// What comes with it, in the order of the schema's panes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<FrozenCompanion>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FrozenCompanion {
    pub pane: String,
    /// Without answers.
    pub item: FrozenItem,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FrozenAnswer {
    pub labeler: String,
    pub state: String,
    /// Which of the labeler's revisions it is, and when it was submitted. Older snapshots do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Timestamp>,
    pub answer: Box<RawValue>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FrozenConsensus {
    pub method: String,
    pub answer: Box<RawValue>,
}

/// Which answers an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// One answer an item: settled or voted.
    Consensus,
    /// Everybody's.
    All,
    /// Everybody's that a reviewer accepted.
    Accepted,
}

/// What becomes of the items' data in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// Only labels are written.
    #[default]
    None,
    /// The data lies beside the labels, in a zip file.
    Copy,
}

/// What is kept of how an export was written, as far as its file's name goes.
#[derive(Default, Deserialize)]
struct Written {
    #[serde(default)]
    media: Media,
}

/// Ending of an export's file.
pub(crate) fn ending(format: &Format, media: Media) -> &'static str {
    if media == Media::Copy { "zip" } else { format.extension }
}

impl Workflow {
    pub async fn snapshot_later(&self, project: &Permit<ProjectRow>, name: &str) -> Result<JobId> {
        let row = project.resource();
        let input = SnapshotInput { project: row.id, name: check_name("/name", name)? };
        let input = serde_json::to_value(input).map_err(|error| Error::internal(error.to_string()))?;
        self.enqueue(row.workspace, Some(row.id), kinds::SNAPSHOT, &input, Some(project.user())).await
    }

    pub async fn snapshots(&self, project: &Permit<ProjectRow>) -> Result<Vec<SnapshotRow>> {
        let id = project.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(snapshots::snapshots(tx, id).await?) })).await
    }

    /// How many items of each snapshot of a project were withdrawn since it was frozen; snapshots without any are left out.
    pub async fn withdrawn_in(&self, project: &Permit<ProjectRow>) -> Result<Vec<(i64, i64)>> {
        let id = project.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(removal::withdrawn_in(tx, id).await?) })).await
    }

    pub async fn export_later(
        &self,
        snapshot: &Permit<SnapshotRow>,
        wanted: &str,
        answers: Answers,
        media: Media,
        options: BTreeMap<String, String>,
    ) -> Result<JobId> {
        Order::new(wanted, answers, media, options.clone(), usize::MAX)?;
        let row = snapshot.resource().clone();
        let project = self.permit_project(snapshot.principal(), row.project, labelwright_core::Action::Export).await?;
        let input = ExportInput { snapshot: row.id, format: wanted.to_owned(), answers, media, options };
        let input = serde_json::to_value(input).map_err(|error| Error::internal(error.to_string()))?;
        let workspace = project.resource().workspace;
        self.enqueue(workspace, Some(row.project), kinds::EXPORT, &input, Some(snapshot.user())).await
    }

    pub async fn exports(&self, project: &Permit<ProjectRow>) -> Result<Vec<ExportRow>> {
        let id = project.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(snapshots::exports(tx, id).await?) })).await
    }

    /// The file of an export with a name made by us, never by the data.
    pub async fn export_file(
        &self,
        export: &Permit<ExportRow>,
    ) -> Result<(String, impl Stream<Item = Result<Bytes>> + Send + 'static)> {
        let row = export.resource();
        let options: Written = serde_json::from_str(&row.options).unwrap_or_default();
        let ending = format(&row.format).map_or("dat", |format| ending(format, options.media));
        let parts = self.blobs.stream(&row.hash).await?.map_err(Error::from);
        Ok((format!("export-{}-{}.{ending}", row.id, row.format), parts))
    }
}
