//! WebDataset (A. Aizman et al., 2019): tar shards in which files with the same name up to the first dot are one sample.
//! `.json` holds the answers, pictures and sounds lie beside it, `.txt` is a text or a caption, `.cls` a class.

mod reading;
mod writing;

use crate::{
    carries::{Carries, ClassList},
    media::has_ending,
    options::{FormatOption, Way},
    record::DirectoryView,
    registry::Format,
    tar,
};
use labelwright_core::Modality;
use std::io::Read;

pub const FORMAT: Format = Format {
    id: "webdataset",
    title: "WebDataset (tar shards)",
    carries: Carries {
        words: "images, texts, sounds, videos with all answers and the data itself",
        modalities: &[Modality::Image, Modality::Text, Modality::Audio, Modality::Video],
        classes: ClassList::Used,
        skeletons: false,
        hierarchy: false,
        layers: false,
        panes: false,
        ..Carries::EVERYTHING
    },
    options: &[FormatOption {
        key: "shard_items",
        help: "most samples in a shard; 1000 where not set",
        values: &[],
        way: Way::Write,
    }],
    sniff: |view| {
        let first = shards(view).into_iter().next();
        let start = first.and_then(|name| {
            let mut start = Vec::new();
            view.open(&name).ok()?.take(1 << 16).read_to_end(&mut start).ok()?;
            Some(start)
        });
        let fits =
            start.is_some_and(|start| tar::Entries::new("", start.as_slice()).next().is_ok_and(|one| one.is_some()));
        if fits { 0.96 } else { 0.0 }
    },
    read: Some(reading::read),
    write: Some(writing::write),
    ..Format::NEW
};

fn shards(view: &dyn DirectoryView) -> Vec<String> {
    let names = view.list().into_iter().map(|(name, _)| name);
    names.filter(|name| has_ending(name, &[".tar"])).collect()
}

/// Key of the sample and the rest: everything up to the first dot of the last part of the name.
fn key_and_rest(name: &str) -> Option<(&str, &str)> {
    let file = name.rfind('/').map_or(0, |at| at + 1);
    let dot = file + name[file..].find('.')?;
    (dot > file).then(|| (&name[..dot], &name[dot + 1..]))
}
