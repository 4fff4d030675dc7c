//! What comes with an item: the data of further panes, each as it could be an item of its own. It has no answers, for
//! these are about the item.

use crate::{
    media::{VOLUME_ENDINGS, modality_of},
    names::{last_part, split_ending},
    record::{Clock, Data, ExportItem, Record},
};
use labelwright_core::{LabelSchema, Modality, document::TextLayer};
use serde::{Deserialize, Serialize};

/// The data of one pane on its way in.
#[derive(Debug, Clone, PartialEq)]
pub struct Companion {
    /// Which pane of the schema it is shown in.
    pub pane: String,
    pub data: Data,
    /// How regions that lie on it count time.
    pub clock: Option<Clock>,
    /// The words of the page that a picture shows, where the format holds them.
    pub layer: Option<Box<TextLayer>>,
}

impl Companion {
    /// A companion of which only the data is known.
    pub fn new(pane: impl Into<String>, data: Data) -> Self {
        Self { pane: pane.into(), data, clock: None, layer: None }
    }

    /// The companion of an item as a record of its own.
    pub fn into_record(self, item_key: &str, place: impl Into<String>) -> Record {
        let key = self.key(item_key);
        Record { clock: self.clock, layer: self.layer, ..Record::new(key, self.data, place) }
    }

    /// What it is called where it has to be an item of its own: the item's key, the pane, and the ending of its file.
    pub fn key(&self, item_key: &str) -> String {
        format!("{item_key}.{}{}", self.pane, self.ending())
    }

    /// With its dot; empty for what is no file, and for frames: one of them is a picture, and all are a video.
    fn ending(&self) -> &str {
        let name = match &self.data {
            Data::File(name) | Data::Absent(name) => name,
            Data::Files(names) => names.first().map_or("", String::as_str),
            Data::Url(address) => path_of(address),
            Data::Text(_) | Data::Conversation(_) | Data::Table(_) | Data::Frames { .. } => "",
        };
        let name = last_part(name);
        let long = VOLUME_ENDINGS.iter().map(|ending| name.len().saturating_sub(ending.len()));
        let long = long.zip(VOLUME_ENDINGS).filter_map(|(at, ending)| Some((name.get(at..)?, ending)));
        let long = long.filter(|(end, ending)| end.eq_ignore_ascii_case(ending)).map(|(end, _)| end);
        long.max_by_key(|end| end.len()).unwrap_or_else(|| split_ending(name).1)
    }

    /// The kind of its data, by the name where it is a file.
    pub fn modality(&self) -> Modality {
        modality(&self.data)
    }
}

pub(crate) fn modality(data: &Data) -> Modality {
    match data {
        Data::Text(_) => Modality::Text,
        Data::Conversation(_) => Modality::Dialogue,
        Data::Table(_) => Modality::Table,
        Data::File(name) | Data::Absent(name) => modality_of(name),
        Data::Url(address) => modality_of(path_of(address)),
        Data::Files(_) => Modality::Volume,
        Data::Frames { .. } => Modality::Video,
    }
}

/// An address up to what is asked of it. The host alone is no name of a file.
fn path_of(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path))
}

pub(crate) fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://") && !text.contains(' ')
}

/// The data of one pane on its way out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompanionItem {
    pub pane: String,
    /// Without answers. Data that is an address has it as its key.
    pub item: Box<ExportItem>,
}

/// In the order of the schema's panes; those that it does not know come last.
pub(crate) fn put_in_order(companions: &mut [Companion], schema: &LabelSchema) {
    let at = |companion: &Companion| schema.panes.iter().position(|pane| pane.id == companion.pane);
    companions.sort_by_key(|companion| at(companion).unwrap_or(usize::MAX));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_item_pane_and_kind_of_file() {
        let key = |data: Data| Companion::new("photo", data).key("q1.txt");
        assert_eq!(key(Data::File("img.d/3.jpg".into())), "q1.txt.photo.jpg");
        assert_eq!(key(Data::Text("a.b".into())), "q1.txt.photo");
        assert_eq!(key(Data::File("img.d/3".into())), "q1.txt.photo");
        assert_eq!(key(Data::Absent("scan.NII.gz".into())), "q1.txt.photo.NII.gz");
        assert_eq!(key(Data::Files(vec!["a/1.dcm".into(), "a/2.dcm".into()])), "q1.txt.photo.dcm");
        assert_eq!(key(Data::Url("https://some.org/a.b/3.png?size=1.jpg".into())), "q1.txt.photo.png");
        assert_eq!(key(Data::Url("https://some.org".into())), "q1.txt.photo");
        let frames = Data::Frames { files: vec!["1.jpg".into()], per_second: 25.0 };
        assert_eq!(key(frames), "q1.txt.photo");
    }
}
