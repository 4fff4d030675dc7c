//! What a format can hold, as a table. The table is at work, not only in the documentation: what it does not name is
//! taken out of every item before the format's writer sees it, and counted.

use crate::names::folder;
use labelwright_core::{GeometryKind, Modality, Value};

/// What a value must be to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Boolean,
    /// True; false is the same as not there.
    Flag,
    Number,
    /// A whole number.
    Integer,
    /// A whole number from 0 on.
    Count,
    Text,
    List,
    Any,
}

impl Kind {
    pub fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Any, _)
            | (Self::Boolean, Value::Boolean(_))
            | (Self::Number, Value::Number(_))
            | (Self::Text, Value::Text(_))
            | (Self::List, Value::List(_)) => true,
            (Self::Flag, Value::Boolean(value)) => *value,
            (Self::Integer, Value::Number(number)) => number.fract() == 0.0,
            (Self::Count, Value::Number(number)) => number.fract() == 0.0 && *number >= 0.0,
            _ => false,
        }
    }
}

/// Which names with which values there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    None,
    Only(&'static [(&'static str, Kind)]),
    /// Any name, with values of one kind.
    Of(Kind),
    Any,
}

impl Names {
    pub fn fits(self, name: &str, value: &Value) -> bool {
        match self {
            Self::None => false,
            Self::Only(known) => known.iter().any(|(known, kind)| *known == name && kind.fits(value)),
            Self::Of(kind) => kind.fits(value),
            Self::Any => true,
        }
    }

    pub fn knows(self, name: &str) -> bool {
        match self {
            Self::None => false,
            Self::Only(known) => known.iter().any(|(known, _)| *known == name),
            Self::Of(_) | Self::Any => true,
        }
    }
}

/// Which characters names of classes may have. Others become `_`, and that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassText {
    Any,
    /// Everything but control characters.
    Line,
    /// No white space or commas either.
    Word,
    /// What a folder's name may have.
    Folder,
}

impl ClassText {
    /// The name as it is written.
    pub fn written(self, name: &str) -> String {
        let bad = |c: char| match self {
            Self::Any => false,
            Self::Line => c.is_control(),
            Self::Word => c.is_control() || c.is_whitespace() || c == ',',
            Self::Folder => c.is_control() || "/\\:".contains(c),
        };
        let mut written: String = name.chars().map(|c| if bad(c) { '_' } else { c }).collect();
        if self != Self::Any && written.trim() != written {
            written = format!("_{}_", written.trim());
        }
        if self != Self::Any && (written.is_empty() || written.starts_with('#')) {
            written.insert(0, '_');
        }
        if self == Self::Folder { folder(&written) } else { written }
    }
}

/// How the parts of a dataset (train, val, ...) are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SplitNames {
    /// By their names as they are.
    Any,
    /// By folders or files that are called by them. What is in no part is called `none`; `others` are names that stand
    /// for parts of another name.
    Folder { none: &'static str, others: &'static [&'static str] },
}

impl SplitNames {
    /// Folders beside which lies what is in no part.
    pub const BESIDE: Self = Self::Folder { none: "", others: &[] };
}

/// What becomes of several answers to one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Several {
    /// All are kept with the names of their labelers.
    All,
    /// All regions are written as if one labeler had said them.
    Merged,
    First,
}

/// What becomes of the list of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassList {
    /// Regions have no classes at all.
    None,
    /// Only the names that regions have.
    Used,
    /// Order and unused classes too.
    All,
}

/// What a format can hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carries {
    /// In a few words.
    pub words: &'static str,
    pub modalities: &'static [Modality],
    /// Conversations too: its writer makes what it needs out of their whole answers and counts what it leaves out.
    pub conversations: bool,
    /// Several kinds of data in one item. Elsewhere each companion becomes an item of its own.
    pub panes: bool,
    /// Regions that lie on slices of a volume.
    pub slices: bool,
    /// Other kinds are turned into one of these where that makes sense, and counted.
    pub geometry: &'static [GeometryKind],
    /// Polygons with holes.
    pub holes: bool,
    /// Regions in several pieces: polygons with several parts, spans with several ranges.
    pub parts: bool,
    pub attributes: Names,
    /// Attributes that change from a keyframe of a track on.
    pub mutable: bool,
    pub fields: Names,
    pub relations: Names,
    pub several: Several,
    pub scores: bool,
    pub metadata: bool,
    pub splits: bool,
    pub split_names: SplitNames,
    pub classes: ClassList,
    pub class_text: ClassText,
    pub skeletons: bool,
    /// Which classes lie within regions of which others, and how: the tree of tiers.
    pub hierarchy: bool,
    /// Regions keep their ids (losing them is no loss of labels and is not counted).
    pub ids: bool,
    /// Items without labels.
    pub empty_items: bool,
    /// The pages and words of documents, with their boxes.
    pub layers: bool,
    /// The size of each picture is written; otherwise a reader needs the picture itself.
    pub sizes: bool,
    /// Largest change of a coordinate, in pixels (or ticks).
    pub precision: f64,
}

impl Carries {
    pub const NOTHING: Self = Self {
        words: "",
        modalities: &[],
        conversations: false,
        panes: false,
        slices: false,
        geometry: &[],
        holes: false,
        parts: false,
        attributes: Names::None,
        mutable: false,
        fields: Names::None,
        relations: Names::None,
        several: Several::First,
        scores: false,
        metadata: false,
        splits: false,
        split_names: SplitNames::Folder { none: "default", others: &[] },
        classes: ClassList::Used,
        class_text: ClassText::Any,
        skeletons: false,
        hierarchy: false,
        ids: false,
        empty_items: false,
        layers: false,
        sizes: false,
        precision: 0.0,
    };

    /// Labels on images.
    pub const IMAGES: Self =
        Self { modalities: &[Modality::Image], several: Several::Merged, empty_items: true, ..Self::NOTHING };

    /// Everything that a table, a line or a text file may say of texts.
    pub const TEXTS: Self = Self { modalities: &[Modality::Text], empty_items: true, ..Self::NOTHING };

    pub const EVERYTHING: Self = Self {
        words: "everything: schema, items, metadata, all answers with their labelers",
        modalities: &[
            Modality::Image,
            Modality::Video,
            Modality::Audio,
            Modality::Text,
            Modality::Document,
            Modality::TimeSeries,
            Modality::Dialogue,
            Modality::Table,
            Modality::Volume,
        ],
        conversations: false,
        panes: true,
        slices: true,
        geometry: &[
            GeometryKind::Box,
            GeometryKind::RotatedBox,
            GeometryKind::Ellipse,
            GeometryKind::Polygon,
            GeometryKind::Polyline,
            GeometryKind::Points,
            GeometryKind::Keypoints,
            GeometryKind::Mask,
            GeometryKind::Cuboid,
            GeometryKind::Span,
            GeometryKind::Interval,
            GeometryKind::Track,
            GeometryKind::Cells,
        ],
        holes: true,
        parts: true,
        attributes: Names::Any,
        mutable: true,
        fields: Names::Any,
        relations: Names::Any,
        several: Several::All,
        scores: true,
        metadata: true,
        splits: true,
        split_names: SplitNames::Any,
        classes: ClassList::All,
        class_text: ClassText::Any,
        skeletons: true,
        hierarchy: true,
        ids: true,
        empty_items: true,
        layers: true,
        sizes: true,
        precision: 0.0,
    };
}
