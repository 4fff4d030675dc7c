//! TensorFlow record files of `tf.train.Example` with the keys of the TensorFlow Object Detection API
//! (`image/encoded`, `image/object/bbox/xmin`, ...), and the label map beside them. Corners are shares of the picture in
//! single precision; every record has two checksums, which are checked.

mod example;
mod frames;
mod label_map;
mod reading;
mod writing;

use crate::{
    carries::{Carries, ClassList, Kind, Names, SplitNames},
    names::last_part,
    record::DirectoryView,
    registry::Format,
};
use labelwright_core::GeometryKind;

pub const FORMAT: Format = Format {
    id: "tfrecord",
    title: "TFRecord (TensorFlow Object Detection)",
    carries: Carries {
        words: "images with boxes and masks, one class of the whole picture, the pictures themselves",
        geometry: &[GeometryKind::Box, GeometryKind::Mask],
        attributes: Names::Only(&FLAGS_CARRIED),
        fields: Names::Only(&[(CLASS_FIELD, Kind::Text)]),
        splits: true,
        split_names: SplitNames::Folder { none: "data", others: &[] },
        classes: ClassList::All,
        sizes: true,
        precision: 1e-3,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let fits = |name: &String| frames::begins(view, name);
        if files(view).first().is_some_and(fits) { 0.98 } else { 0.0 }
    },
    read: Some(reading::read),
    write: Some(writing::write),
    ..Format::NEW
};

/// Attributes that are lists of 0 and 1, `image/object/<name>`.
const FLAGS: [&str; 4] = ["difficult", "truncated", "is_crowd", "group_of"];
const FLAGS_CARRIED: [(&str, Kind); 4] =
    [("difficult", Kind::Flag), ("truncated", Kind::Flag), ("is_crowd", Kind::Flag), ("group_of", Kind::Flag)];
/// The field that `image/class/text` is.
const CLASS_FIELD: &str = "class";
const LABEL_MAP: &str = "label_map.pbtxt";

/// `a.tfrecord`, `a.tfrecords`, `train.record`, `train.tfrecord-00000-of-00002`.
fn files(view: &dyn DirectoryView) -> Vec<String> {
    let fits = |name: &String| {
        let file = last_part(name).to_lowercase();
        [".tfrecord", ".tfrecords", ".record", ".records"].iter().any(|ending| file.ends_with(ending))
            || [".tfrecord-", ".tfrecords-", ".record-"].iter().any(|part| file.contains(part))
    };
    view.list().into_iter().map(|(name, _)| name).filter(fits).collect()
}
