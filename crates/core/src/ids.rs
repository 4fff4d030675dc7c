//! Ids of stored rows: numbers that the database gives, each kind a type of its own, so that a task's id cannot be
//! passed where a project's is meant.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            #[serde(transparent)]
            pub struct $name(pub i64);

            impl fmt::Display for $name {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.fmt(formatter)
                }
            }
        )*
    };
}

ids! {
    /// A tenant.
    WorkspaceId,
    /// A person.
    UserId,
    /// A collection of items.
    DatasetId,
    /// One run that brought items in.
    ImportId,
    /// One piece of raw data.
    ItemId,
    /// A label schema, over all its versions.
    SchemaId,
    /// One published version of a label schema.
    SchemaVersionId,
    /// A labeling project.
    ProjectId,
    /// One item to be labeled in one project.
    TaskId,
    /// Somebody's answer to a task, over all its revisions.
    AnnotationId,
    /// A piece of long work.
    JobId,
    /// A frozen set of items and labels.
    SnapshotId,
    /// A file made from a snapshot.
    ExportId,
}
