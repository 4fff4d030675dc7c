//! Items as samples, a shard after the other for each part of the dataset.

use super::{key_and_rest, reading::Label};
use crate::{
    names::{Folders, Stems, clean, split_ending},
    record::ExportItem,
    registry::Job,
    sink::{ArchiveSink, Scratch},
    tar,
};
use labelwright_core::Modality;
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

const SHARD_ITEMS: usize = 1000;
/// A shard that is larger ends too.
const SHARD_BYTES: usize = 1 << 30;

#[derive(Default)]
struct Split {
    shard: Option<Box<dyn Scratch>>,
    items: usize,
    bytes: usize,
    /// Shards that are written.
    done: usize,
}

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let most = match job.head.options.get("shard_items") {
        None | Some("") => SHARD_ITEMS,
        Some(text) => text.parse().ok().filter(|most| *most > 0).ok_or_else(|| {
            let message = format!("shard_items is a whole number from 1, and not {text:?}");
            io::Error::new(io::ErrorKind::InvalidInput, message)
        })?,
    };
    let (mut splits, mut stems) = (BTreeMap::<String, Split>::new(), Stems::default());
    // What is in no part lies in shards called `data`.
    let mut folders = Folders::new(&["data"]);
    for item in job.items {
        let name = item.split.as_deref().map_or("data", |split| folders.name(split)).to_owned();
        let data = match &item.media {
            Some(source) => out.data(source)?,
            None => None,
        };
        let split = splits.entry(name.clone()).or_default();
        let shard = match &mut split.shard {
            Some(shard) => shard,
            None => split.shard.insert(out.scratch()?),
        };
        split.bytes += sample(&item, &sample_key(&item.key, &mut stems), data, shard)?;
        split.items += 1;
        if split.items >= most || split.bytes >= SHARD_BYTES {
            split.close(&name, out)?;
        }
    }
    splits.iter_mut().try_for_each(|(name, split)| split.close(name, out))
}

impl Split {
    fn close(&mut self, name: &str, out: &mut dyn ArchiveSink) -> io::Result<()> {
        let Some(mut shard) = self.shard.take() else { return Ok(()) };
        tar::finish(&mut shard)?;
        out.begin(&format!("{name}-{:06}.tar", self.done))?;
        crate::sink::append(out, shard)?;
        (self.items, self.bytes, self.done) = (0, 0, self.done + 1);
        Ok(())
    }
}

/// The item's key without its ending, with no dots in its last part: at the first one a sample's key ends.
fn sample_key(key: &str, stems: &mut Stems) -> String {
    let cleaned = clean(key);
    let stem = split_ending(&cleaned).0;
    let file = stem.rfind('/').map_or(0, |at| at + 1);
    let plain = format!("{}{}", &stem[..file], stem[file..].replace('.', "_"));
    let name = stems.name("", &format!("{plain}.x"), &Default::default());
    key_and_rest(&name).map_or(plain, |(key, _)| key.to_owned())
}

/// Appends the files of an item, and gives their bytes.
fn sample(item: &ExportItem, key: &str, data: Option<Vec<u8>>, shard: &mut dyn Write) -> io::Result<usize> {
    let label = Label {
        key: item.key.clone(),
        modality: item.modality,
        size: item.size,
        clock: item.clock,
        volume: item.volume.clone(),
        split: item.split.clone(),
        metadata: item.metadata.clone(),
        answers: item.answers.clone(),
    };
    let json = serde_json::to_vec(&label)?;
    let mut bytes = json.len();
    if let Some(data) = data {
        let ending = split_ending(&item.key).1.trim_start_matches('.').to_lowercase();
        let usual = match item.modality {
            Modality::Audio => "wav",
            Modality::Video => "mp4",
            _ => "jpg",
        };
        let known = crate::media::has_ending(&item.key, &[".txt", ".json", ".cls"]) || ending.is_empty();
        bytes += data.len();
        tar::append(shard, &format!("{key}.{}", if known { usual } else { &ending }), &data)?;
    }
    if let Some(text) = &item.text {
        bytes += text.len();
        tar::append(shard, &format!("{key}.txt"), text.as_bytes())?;
    }
    tar::append(shard, &format!("{key}.json"), &json)?;
    Ok(bytes)
}
