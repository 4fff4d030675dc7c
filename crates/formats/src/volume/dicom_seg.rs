//! DICOM segmentations (PS3.3 section A.51): a segment for each class, a frame of bits for each slice that has one, tied
//! to the instances that it was drawn on. Read beside the series that they speak of, from anybody; what is written
//! identifies its slices as the item does, so for items that were scrubbed with the identifiers that stand for the
//! original ones, and the series lies beside it.

mod reading;
mod writing;

use super::CARRIES;
use crate::{carries::Carries, record::DirectoryView, registry::Format};
use labelwright_dicom::{File, tags, uid};
use std::io::Read;

pub const FORMAT: Format = Format {
    id: "dicom-seg",
    title: "DICOM segmentations (DICOM-SEG)",
    carries: Carries {
        words: "volumes from DICOM with a mask a class",
        empty_items: false,
        classes: crate::ClassList::Used,
        ..CARRIES
    },
    sniff,
    read: Some(reading::read),
    write: Some(writing::write),
    ..Format::NEW
};

/// Files that are looked into.
const LOOKED: usize = 2_000;
const HEAD_BYTES: u64 = 8 << 10;

fn sniff(view: &dyn DirectoryView) -> f64 {
    let is_segmentation = |name: &str| {
        let mut bytes = Vec::new();
        let read = view.open(name).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut bytes));
        read.is_ok()
            && bytes.get(128..132) == Some(b"DICM")
            && File::beginning(&bytes)
                .is_ok_and(|file| file.data.text(tags::SOP_CLASS_UID).as_deref() == Some(uid::SEGMENTATION_STORAGE))
    };
    let files = view.list();
    let named = |name: &str| !name.contains('.') || crate::media::has_ending(name, &[".dcm", ".dicom", ".ima"]);
    let mut looked = files.iter().map(|(name, _)| name.as_str()).filter(|name| named(name)).take(LOOKED);
    if looked.any(is_segmentation) { 0.95 } else { 0.0 }
}
