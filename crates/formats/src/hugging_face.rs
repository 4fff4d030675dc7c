//! Datasets of the Hugging Face hub: Parquet shards with typed features, and a card (README.md) that names features,
//! classes and splits. The features stand in each shard's footer under `huggingface` too, which is where they are read
//! from first. Boxes are COCO's (x, y, width, height), offsets code points.

mod card;
mod features;
mod reading;
mod rows;
mod tags;
mod writing;

use crate::{
    carries::{Carries, ClassList, Names, SplitNames},
    media::has_ending,
    options::{FormatOption, Way},
    record::DirectoryView,
    registry::Format,
};
use labelwright_core::{GeometryKind, Modality};

pub const FORMAT: Format = Format {
    id: "hugging-face",
    title: "Hugging Face dataset",
    carries: Carries {
        words: "images with boxes and polygons, texts with spans and relations; fields, attributes, metadata, splits; the pictures themselves",
        modalities: &[Modality::Image, Modality::Text],
        geometry: &[GeometryKind::Box, GeometryKind::Polygon, GeometryKind::Span],
        parts: true,
        attributes: Names::Any,
        fields: Names::Any,
        relations: Names::Any,
        scores: true,
        metadata: true,
        splits: true,
        split_names: SplitNames::Any,
        classes: ClassList::All,
        empty_items: true,
        ..Carries::NOTHING
    },
    options: &[FormatOption {
        key: "bbox",
        help: "what the four numbers of a box are when it is read: corner and size, or two corners",
        values: &["xywh", "xyxy"],
        way: Way::Read,
    }],
    sniff: |view| {
        let shards = shards(view);
        let Some((name, bytes)) = shards.first() else { return 0.0 };
        let footer = crate::parquet::open(view, name, *bytes).ok();
        let noted = footer.is_some_and(|shard| reading::note(&shard, FEATURES).is_some());
        if noted || card::features(view).is_some() { 0.97 } else { 0.0 }
    },
    read: Some(reading::read),
    write: Some(writing::write),
    ..Format::NEW
};

/// Keys of the footer: the features, and what only we can say.
const FEATURES: &str = "huggingface";
const OWN: &str = "labelwright";
/// What is wrong with a row: code and message.
type Problem = (&'static str, String);

const CARD: &str = "README.md";

fn shards(view: &dyn DirectoryView) -> Vec<(String, u64)> {
    view.list().into_iter().filter(|(name, _)| has_ending(name, &[".parquet"])).collect()
}
