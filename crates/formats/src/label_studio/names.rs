//! How the configuration that goes out calls data, controls and labels.

use super::config::{self, Config};
use labelwright_core::LabelSchema;

#[derive(Default)]
pub(super) struct Names {
    /// The configuration that came in, where it goes out again.
    kept: Option<Config>,
    /// Name of the item's object and key of its data, where there are panes.
    item: Option<(String, String)>,
}

impl Names {
    pub fn of(schema: &LabelSchema, kept: Option<Config>) -> Self {
        let told = kept.as_ref().and_then(Config::item).map(|object| (object.name.clone(), object.key.clone()));
        let made = || (config::item_name(schema), config::item_name(schema));
        let item = (!schema.panes.is_empty()).then(|| told.unwrap_or_else(made));
        Self { kept, item }
    }

    /// Name of the item's object, where only that is right.
    pub fn item(&self) -> Option<&str> {
        self.item.as_ref().map(|(name, _)| name.as_str())
    }

    pub fn item_key(&self) -> Option<&str> {
        self.item.as_ref().map(|(_, key)| key.as_str())
    }

    /// The key of a pane's data.
    pub fn key<'a>(&'a self, pane: &'a str) -> &'a str {
        let object = self.kept.as_ref().and_then(|config| config.panes().find(|object| object.name == pane));
        object.map_or(pane, |object| object.key.as_str())
    }

    /// Do names of controls that were read say something still? Without panes they always did.
    pub fn keeps_controls(&self) -> bool {
        self.kept.is_some() || self.item.is_none()
    }

    pub fn label<'a>(&'a self, object: &str, class: &'a str) -> &'a str {
        self.kept.as_ref().map_or(class, |config| config.label_of(object, class))
    }
}
