//! Companions in a line of an item: `{"pane": "caption", "text": "..."}`, or `file` for what is not text.

use crate::{
    companion::{Companion, CompanionItem, is_address, put_in_order},
    media::is_image,
    names::MediaNames,
    record::{Clock, Data, DirectoryView, RecordError},
    sink::{ArchiveSink, MediaLater},
};
use labelwright_core::{LabelSchema, Modality, document::TextLayer};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::io;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CompanionLine {
    pane: String,
    /// What a text is (a conversation, a table), where it is not what the schema says of its pane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modality: Option<Modality>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The file beside this one that holds the data, or the address where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clock: Option<Clock>,
    /// The words of a page of which the file is a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layer: Option<Box<TextLayer>>,
}

impl CompanionLine {
    fn of(companion: CompanionItem, file: Option<String>, schema: Option<&LabelSchema>) -> Self {
        let CompanionItem { pane, item } = companion;
        let known = schema.and_then(|schema| schema.pane(&pane)).map_or(Modality::Text, |pane| pane.modality);
        let modality = Some(item.modality).filter(|modality| item.text.is_some() && *modality != known);
        // The words of a PDF are in it.
        let layer = item.layer.filter(|_| file.as_deref().is_some_and(is_image));
        Self { pane, modality, text: item.text, file, clock: item.clock, layer }
    }
}

/// The lines of companions whose data lies where it is said to.
pub(super) fn lines(companions: Vec<CompanionItem>) -> Vec<CompanionLine> {
    let line = |mut companion: CompanionItem| {
        let item = &mut companion.item;
        let file = item.text.is_none().then(|| item.media.take().unwrap_or_else(|| item.key.clone()));
        // Who reads the line need not have the schema beside it.
        CompanionLine::of(companion, file, None)
    };
    companions.into_iter().map(line).collect()
}

/// The lines of companions whose data is written later, as that of items is.
pub(super) fn written(
    companions: Vec<CompanionItem>,
    schema: &LabelSchema,
    names: &mut MediaNames,
    later: &mut MediaLater,
    out: &mut dyn ArchiveSink,
) -> io::Result<Vec<CompanionLine>> {
    let mut lines = Vec::with_capacity(companions.len());
    for companion in companions {
        let file = match companion.item.text {
            Some(_) => None,
            None => Some(super::file(&companion.item, names, later, out)?),
        };
        lines.push(CompanionLine::of(companion, file, Some(schema)));
    }
    Ok(lines)
}

/// Companions of an item that stands at `place`, in the order of the schema.
pub(super) fn read(
    lines: Vec<Json>,
    schema: &LabelSchema,
    view: &dyn DirectoryView,
    place: &str,
) -> Result<Vec<Companion>, RecordError> {
    let mut companions: Vec<Companion> = Vec::with_capacity(lines.len());
    for (at, line) in lines.into_iter().enumerate() {
        let place = format!("{place}: companions[{at}]");
        let line: CompanionLine =
            serde_json::from_value(line).map_err(|error| RecordError::new(&place, "malformed", error.to_string()))?;
        if companions.iter().any(|known| known.pane == line.pane) {
            let message = format!("the item has data for the pane {:?} already", line.pane);
            return Err(RecordError::new(&place, "same_pane", message));
        }
        companions.push(companion(line, schema, view, &place)?);
    }
    put_in_order(&mut companions, schema);
    Ok(companions)
}

fn companion(
    line: CompanionLine,
    schema: &LabelSchema,
    view: &dyn DirectoryView,
    place: &str,
) -> Result<Companion, RecordError> {
    let CompanionLine { pane, modality, text, file, clock, layer } = line;
    let modality = modality.or_else(|| Some(schema.pane(&pane)?.modality)).unwrap_or(Modality::Text);
    if text.is_some() && file.is_some() {
        return Err(RecordError::new(place, "malformed", "a companion has a text or a file, and not both"));
    }
    let data = match file {
        Some(file) if is_address(&file) && view.list_size(&file).is_none() => Data::Url(file),
        file => super::data(modality, text, file, view, place)?,
    };
    Ok(Companion { pane, data, clock, layer })
}
