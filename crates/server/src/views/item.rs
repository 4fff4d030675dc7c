//! Items as they are shown, and what comes with them.

use super::json;
use labelwright_workflow::{companions::Companion, stored::ItemRow};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct ItemView {
    pub id: i64,
    pub key: String,
    pub modality: String,
    pub media_type: String,
    pub bytes: i64,
    pub shape: Value,
    pub metadata: Value,
    pub media_url: String,
}

impl From<&ItemRow> for ItemView {
    fn from(row: &ItemRow) -> Self {
        Self {
            id: row.id.0,
            key: row.key.clone(),
            modality: row.modality.clone(),
            media_type: row.media_type.clone(),
            bytes: row.bytes,
            shape: json(&row.shape),
            metadata: json(&row.metadata),
            media_url: format!("/api/v1/items/{}/media", row.id),
        }
    }
}

/// What is shown in a pane beside an item.
#[derive(Serialize, ToSchema)]
pub struct CompanionView {
    /// Id of the schema's pane.
    pub pane: String,
    /// Its data are fetched as those of any item are.
    pub item: ItemView,
    /// As the text of an item is.
    pub text: Option<String>,
}

impl From<Companion> for CompanionView {
    fn from(from: Companion) -> Self {
        Self { pane: from.pane, item: ItemView::from(&from.item), text: from.text }
    }
}
