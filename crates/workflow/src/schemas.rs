//! Label schemas: checked, published as versions that never change, with a word on what a new version does to labels.

use crate::{Error, Result, Workflow, policy::Permit};
use labelwright_core::{
    LabelSchema, SchemaId, SchemaVersionId, WorkspaceId,
    schema::{SchemaChange, changes},
};
use labelwright_store::{
    audit,
    blobs::Blobs,
    records::schemas::{self, SchemaRow, SchemaVersionRow},
};

pub use labelwright_store::records::schemas::SchemaVersionRow as VersionRow;

pub struct Published {
    pub schema: SchemaId,
    pub id: SchemaVersionId,
    pub version: i64,
    /// Each with the number of stored labels that use what changes.
    pub changes: Vec<(SchemaChange, i64)>,
}

impl Workflow {
    pub async fn create_schema(&self, workspace: &Permit<WorkspaceId>, document: &str) -> Result<Published> {
        let schema = LabelSchema::parse(document).map_err(Error::Invalid)?;
        let (id, actor, now) = (*workspace.resource(), workspace.user(), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                let row = schemas::create_schema(tx, id, &schema.name).await?;
                let text = schema.canonical_json();
                let (version_id, version) =
                    schemas::publish(tx, row, &text, &Blobs::hash(text.as_bytes()), now).await?;
                let detail = serde_json::json!({ "name": schema.name, "version": version });
                audit::record(tx, id, Some(actor), "schema.create", &format!("schema:{row}"), &detail, now).await?;
                Ok(Published { schema: row, id: version_id, version, changes: Vec::new() })
            })
        })
        .await
    }

    pub async fn publish_schema(&self, schema: &Permit<SchemaRow>, document: &str) -> Result<Published> {
        let new = LabelSchema::parse(document).map_err(Error::Invalid)?;
        let (row, actor, now) = (schema.resource().clone(), schema.user(), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                let last = schemas::versions(tx, row.id).await?.pop().ok_or(Error::NotFound("the schema"))?;
                let old: LabelSchema = serde_json::from_str(&last.document)
                    .map_err(|error| Error::internal(format!("a stored schema cannot be read: {error}")))?;
                let mut counted = Vec::new();
                for change in changes(&old, &new) {
                    let labels = schemas::labels_using(tx, row.id, &change.subject, &change.id).await?;
                    counted.push((change, labels));
                }
                let text = new.canonical_json();
                let (id, version) = schemas::publish(tx, row.id, &text, &Blobs::hash(text.as_bytes()), now).await?;
                let detail = serde_json::json!({ "version": version });
                let target = format!("schema:{}", row.id);
                audit::record(tx, row.workspace, Some(actor), "schema.publish", &target, &detail, now).await?;
                Ok(Published { schema: row.id, id, version, changes: counted })
            })
        })
        .await
    }

    pub async fn schemas(&self, workspace: &Permit<WorkspaceId>) -> Result<Vec<(SchemaRow, Vec<SchemaVersionRow>)>> {
        let id = *workspace.resource();
        self.read(move |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for row in schemas::schemas(tx, id).await? {
                    let versions = schemas::versions(tx, row.id).await?;
                    found.push((row, versions));
                }
                Ok(found)
            })
        })
        .await
    }

    pub async fn schema_versions(&self, schema: &Permit<SchemaRow>) -> Result<Vec<SchemaVersionRow>> {
        let id = schema.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(schemas::versions(tx, id).await?) })).await
    }
}
