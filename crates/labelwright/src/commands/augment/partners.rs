//! Pictures that may be joined in one: of the same part of the dataset, labeled by the same people. What is known of them
//! waits on the disk; in memory is where each one begins.

use super::source::{Loaded, load};
use labelwright_formats::{DirectoryView, ExportItem};
use labelwright_generate::{Random, augment::PictureItem};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufWriter, Write},
    os::unix::fs::FileExt,
};

/// Partners that are tried before a mosaic is given up.
const TRIES: usize = 4;

#[derive(Serialize, Deserialize)]
struct Line {
    item: ExportItem,
    media: Option<String>,
}

#[derive(Default)]
pub struct Partners {
    file: Option<File>,
    /// Where each begins and the last one ends, in bytes.
    begins: Vec<u64>,
    /// Numbers of pictures by their company.
    alike: BTreeMap<String, Vec<u32>>,
}

/// Takes pictures in, one after the other.
pub struct Gathering {
    file: BufWriter<File>,
    found: Partners,
}

impl Gathering {
    pub fn new(file: File) -> Self {
        Self { file: BufWriter::new(file), found: Partners { begins: vec![0], ..Partners::default() } }
    }

    pub fn add(&mut self, item: &ExportItem) -> Result<(), String> {
        // Only what is joined.
        let kept = ExportItem {
            size: item.size,
            answers: item.answers.clone(),
            ..ExportItem::new(item.key.as_str(), item.modality)
        };
        let line = serde_json::to_vec(&Line { item: kept, media: item.media.clone() });
        let line = line.map_err(|error| error.to_string())?;
        self.file.write_all(&line).map_err(|error| error.to_string())?;
        let number = self.found.begins.len() as u32 - 1;
        self.found.alike.entry(company(item)).or_default().push(number);
        let last = self.found.begins.last().copied().unwrap_or(0);
        self.found.begins.push(last + line.len() as u64);
        Ok(())
    }

    pub fn finish(self) -> Result<Partners, String> {
        let file = self.file.into_inner().map_err(|error| error.to_string())?;
        Ok(Partners { file: Some(file), ..self.found })
    }
}

impl Partners {
    /// Another picture that may be joined with this one, which is the so manieth; None when there is none that can be
    /// read.
    pub fn one(
        &self,
        item: &ExportItem,
        own: u32,
        view: &dyn DirectoryView,
        random: &mut Random,
    ) -> Option<PictureItem> {
        let company = self.alike.get(&company(item))?;
        (0..TRIES).find_map(|_| {
            let other = random.pick(company).copied().filter(|other| *other != own)?;
            load(&self.item(other)?, view).ok().map(|Loaded { item, .. }| item)
        })
    }

    fn item(&self, number: u32) -> Option<ExportItem> {
        let place = self.begins.get(number as usize..number as usize + 2)?;
        let mut line = vec![0; usize::try_from(place[1] - place[0]).ok()?];
        self.file.as_ref()?.read_exact_at(&mut line, place[0]).ok()?;
        let Line { item, media } = serde_json::from_slice(&line).ok()?;
        Some(ExportItem { media, ..item })
    }
}

/// The part of the dataset and the labelers.
fn company(item: &ExportItem) -> String {
    let labelers: BTreeSet<&str> = item.answers.iter().map(|answer| answer.source.as_str()).collect();
    format!("{:?} {labelers:?}", item.split)
}
