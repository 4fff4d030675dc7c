//! What kinds of raw data there are, and the extent of one piece of it: what a geometry must fit into.

use crate::offsets::ScalarText;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    Image,
    Video,
    Audio,
    Text,
    Document,
    TimeSeries,
    Dialogue,
    Table,
    Volume,
}

impl Modality {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Text => "text",
            Self::Document => "document",
            Self::TimeSeries => "time_series",
            Self::Dialogue => "dialogue",
            Self::Table => "table",
            Self::Volume => "volume",
        }
    }
}

/// The extent of one item.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaShape {
    /// Pixels of the upright image.
    Image {
        width: u32,
        height: u32,
    },
    Text(TextShape),
    /// Pixels of the upright picture; frames in the order in which they are shown. Ticks of intervals are frames.
    Video {
        width: u32,
        height: u32,
        frames: u32,
    },
    Audio {
        ticks: i64,
        ticks_per_second: u32,
        channels: u16,
    },
    Series {
        ticks: i64,
    },
    /// Pixels of a slice, and how many slices there are.
    Volume {
        width: u32,
        height: u32,
        slices: u32,
    },
    Table {
        rows: u32,
        columns: u32,
    },
    /// Width and height of each page, and the text of all of them.
    Document {
        pages: Vec<[f64; 2]>,
        text: TextShape,
    },
    /// One page of a document.
    Page {
        width: f64,
        height: f64,
    },
    /// The texts of the turns, and how many responses there are to compare.
    Dialogue {
        turns: Vec<MediaShape>,
        responses: u32,
    },
    /// An item with companions: its own data, and those of each pane by its id.
    Panes {
        own: Box<MediaShape>,
        panes: BTreeMap<String, MediaShape>,
    },
    /// Nothing is known: no bounds are checked.
    Other,
}

impl MediaShape {
    /// The extent of the data in a pane, of the item's own for None; None when the item has no such companion.
    pub fn in_pane(&self, pane: Option<&str>) -> Option<&Self> {
        match (self, pane) {
            (Self::Panes { own, .. }, None) => Some(own),
            (Self::Panes { panes, .. }, Some(id)) => panes.get(id),
            (_, None) | (Self::Other, _) => Some(self),
            (_, Some(_)) => None,
        }
    }
}

/// A text with its length and the places between its grapheme clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct TextShape {
    text: ScalarText,
}

impl TextShape {
    pub fn of(text: &str) -> Self {
        Self { text: ScalarText::new(text) }
    }

    /// Length in Unicode scalar values.
    pub fn chars(&self) -> u32 {
        self.text.chars()
    }

    /// Does a grapheme cluster begin (or the text end) at this scalar offset?
    pub fn is_boundary(&self, offset: u32) -> bool {
        self.text.is_grapheme_boundary(offset)
    }
}
