//! What comes with an item and is shown in panes beside it: for whoever judges the item, and for checking what they say.

use crate::{Result, Workflow, media::StoredShape};
use labelwright_core::{ItemId, LabelSchema, MediaShape, TaskId, UserId};
use labelwright_store::{
    Tx,
    records::{
        companions::{self, CompanionRow},
        datasets::ItemRow,
    },
};
use std::collections::BTreeMap;

/// A companion as it is shown.
#[derive(Debug, Clone)]
pub struct Companion {
    /// Id of the schema's pane.
    pub pane: String,
    pub item: ItemRow,
    /// As the text of an item is.
    pub text: Option<String>,
}

impl From<CompanionRow> for Companion {
    fn from(CompanionRow { pane, item }: CompanionRow) -> Self {
        Self { pane, item, text: None }
    }
}

/// The companions of an item for which the schema has a pane of their kind, in its order. Nothing is asked for where the
/// schema has no panes.
pub(crate) async fn shown(tx: &mut Tx, schema: &LabelSchema, item: ItemId) -> Result<Vec<Companion>> {
    if schema.panes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(in_panes(schema, companions::of_item(tx, item).await?).into_iter().map(Companion::from).collect())
}

/// Those for which the schema has a pane of their kind, in its order.
pub(crate) fn in_panes(schema: &LabelSchema, mut rows: Vec<CompanionRow>) -> Vec<CompanionRow> {
    let place = |row: &CompanionRow| {
        schema.panes.iter().position(|pane| pane.id == row.pane && pane.modality.as_str() == row.item.modality)
    };
    rows.retain(|row| place(row).is_some());
    rows.sort_by_key(place);
    rows
}

/// What the answer to an item has to fit, as far as the rows say it.
pub(crate) fn roughly(own: MediaShape, companions: &[Companion]) -> MediaShape {
    let shape = |one: &Companion| StoredShape::media_shape(&one.item.shape, one.item.content.as_deref());
    together(own, companions.iter().map(|one| (one.pane.clone(), shape(one))).collect())
}

fn together(own: MediaShape, panes: BTreeMap<String, MediaShape>) -> MediaShape {
    if panes.is_empty() { own } else { MediaShape::Panes { own: Box::new(own), panes } }
}

impl Workflow {
    /// Loads the texts of companions as [`Workflow::shown_text`] does for items.
    pub(crate) async fn load_texts(
        &self,
        companions: &mut [Companion],
        seen_by: Option<(TaskId, UserId)>,
    ) -> Result<()> {
        for one in companions {
            one.text = self.shown_text(&one.item, seen_by).await?;
        }
        Ok(())
    }

    /// What the answer to an item has to fit: its own data and those of its companions.
    pub(crate) async fn whole_shape(&self, own: MediaShape, companions: &[CompanionRow]) -> Result<MediaShape> {
        let mut panes = BTreeMap::new();
        for one in companions {
            let text = self.text_of(&one.item).await?;
            panes.insert(one.pane.clone(), self.media_shape(&one.item.shape, text.as_deref()).await?);
        }
        Ok(together(own, panes))
    }
}
