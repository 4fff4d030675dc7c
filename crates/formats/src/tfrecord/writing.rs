//! Items as examples, in shards of each part of the dataset.

use super::{
    CLASS_FIELD, FLAGS, LABEL_MAP,
    example::{self, Example, Feature},
    frames, label_map,
};
use crate::{
    loss::Losses,
    names::{folder, split_ending},
    png_mask,
    record::{ClassIndices, ExportItem},
    registry::Job,
    sink::{ArchiveSink, Scratch, append},
};
use labelwright_core::{Geometry, Region, Value, geometry::Mask};
use std::{collections::BTreeMap, io};

/// Bytes after which a shard ends.
const SHARD_BYTES: usize = 200 << 20;

#[derive(Default)]
struct Split {
    shards: Vec<Box<dyn Scratch>>,
    /// Of the last shard.
    bytes: usize,
}

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let classes = job.head.class_indices();
    let mut splits: BTreeMap<String, Split> = BTreeMap::new();
    for item in job.items {
        let picture = match &item.media {
            Some(source) => out.data(source)?,
            None => None,
        };
        let data = example(&item, picture.as_deref(), &classes, job.losses);
        let name = item.split.as_deref().map_or_else(|| "data".to_owned(), folder);
        let split = splits.entry(name).or_default();
        if split.shards.is_empty() || split.bytes > SHARD_BYTES {
            split.shards.push(out.scratch()?);
            split.bytes = 0;
        }
        split.bytes += data.len() + 16;
        if let Some(shard) = split.shards.last_mut() {
            frames::write(shard, &data)?;
        }
    }
    for (name, split) in splits {
        let count = split.shards.len();
        for (at, shard) in split.shards.into_iter().enumerate() {
            out.begin(&format!("{name}-{at:05}-of-{count:05}.tfrecord"))?;
            append(out, shard)?;
        }
    }
    out.begin(LABEL_MAP)?;
    out.write_all(label_map::write(job.head.schema.classes.iter().map(|class| class.id.as_str())).as_bytes())
}

fn example(item: &ExportItem, picture: Option<&[u8]>, classes: &ClassIndices<'_>, losses: &Losses) -> Vec<u8> {
    let ending = split_ending(&item.key).1.trim_start_matches('.').to_lowercase();
    let format = if ending == "jpg" || ending.is_empty() { "jpeg".to_owned() } else { ending };
    let key = item.key.as_bytes();
    let mut features: Example<'_> = Example::new();
    features.insert("image/filename".into(), Feature::Bytes(vec![key]));
    features.insert("image/source_id".into(), Feature::Bytes(vec![key]));
    features.insert("image/format".into(), Feature::Bytes(vec![format.as_bytes()]));
    features.extend(picture.map(|picture| ("image/encoded".to_owned(), Feature::Bytes(vec![picture]))));
    if !item.hash.is_empty() {
        features.insert("image/key/sha256".into(), Feature::Bytes(vec![item.hash.as_bytes()]));
    }
    if let Some(Value::Text(class)) = item.field(CLASS_FIELD) {
        if class.is_empty() {
            losses.add("values", "an empty class is the same as none", &item.key);
        }
        features.insert("image/class/text".into(), Feature::Bytes(vec![class.as_bytes()]));
        let label = classes.get(class.as_str()).map(|at| *at as i64 + 1);
        features.extend(label.map(|label| ("image/class/label".to_owned(), Feature::Integers(vec![label]))));
    }
    let mut regions: Vec<&Region> = item.regions().collect();
    if let Some([width, height]) = item.size {
        features.insert("image/width".into(), Feature::Integers(vec![i64::from(width)]));
        features.insert("image/height".into(), Feature::Integers(vec![i64::from(height)]));
    } else if !regions.is_empty() {
        losses.add("no_size", "the size of the picture is not known, so that boxes have no shares of it", &item.key);
        regions.clear();
    }
    let [width, height] = item.size.unwrap_or([1, 1]).map(f64::from);
    let mut sides: [Vec<f32>; 4] = Default::default();
    let mut masks: Vec<Vec<u8>> = Vec::new();
    regions.retain(|region| {
        let Some(b) = region.bounds() else {
            losses.add("outside", "an empty mask has no box and is left out", &item.key);
            return false;
        };
        let mask = match &region.geometry {
            Geometry::Mask(mask) if item.size != Some([mask.width, mask.height]) => {
                losses.add("other_size", "a mask of another size than the picture is left out", &item.key);
                return false;
            }
            Geometry::Mask(mask) => Some(mask),
            _ => None,
        };
        masks.push(mask.map(png).unwrap_or_default());
        let shares = [b.left / width, b.right / width, b.top / height, b.bottom / height];
        sides.iter_mut().zip(shares).for_each(|(side, share)| side.push(share as f32));
        true
    });
    for (name, side) in ["xmin", "xmax", "ymin", "ymax"].iter().zip(sides) {
        features.insert(format!("image/object/bbox/{name}"), Feature::Numbers(side));
    }
    let texts = regions.iter().map(|region| region.class.as_bytes()).collect();
    features.insert("image/object/class/text".into(), Feature::Bytes(texts));
    let numbers = regions.iter().map(|region| classes.get(region.class.as_str()).map_or(0, |at| *at as i64 + 1));
    features.insert("image/object/class/label".into(), Feature::Integers(numbers.collect()));
    for name in FLAGS {
        let set = |region: &&Region| i64::from(region.attributes.get(name) == Some(&Value::Boolean(true)));
        let flags: Vec<i64> = regions.iter().map(set).collect();
        if flags.contains(&1) {
            features.insert(format!("image/object/{name}"), Feature::Integers(flags));
        }
    }
    if masks.iter().any(|mask| !mask.is_empty()) {
        let masks = masks.iter().map(Vec::as_slice).collect();
        features.insert("image/object/mask".into(), Feature::Bytes(masks));
    }
    example::write(&features)
}

/// Black and white, row by row.
fn png(mask: &Mask) -> Vec<u8> {
    let (columns, height) = (mask.to_bytes(), mask.height as usize);
    let width = mask.width as usize;
    let rows = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels: Vec<bool> = rows.map(|(x, y)| columns[x * height + y] != 0).collect();
    png_mask::encode_bits(mask.width, mask.height, &pixels)
}
