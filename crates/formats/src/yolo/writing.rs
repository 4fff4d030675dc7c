//! Writing Ultralytics data: a label file for every picture, also an empty one; then `data.yaml`.

use super::{Task, lines};
use crate::{
    loss::Losses,
    names::{Stems, split_ending},
    numbers,
    record::{ClassIndices, ExportItem, Head},
    registry::Job,
    sink::ArchiveSink,
};
use labelwright_core::Geometry;
use std::{collections::BTreeSet, io};

pub fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink, task: Task) -> io::Result<()> {
    let head = job.head;
    let classes = head.class_indices();
    let (mut stems, mut splits, mut joints) = (Stems::default(), BTreeSet::new(), 0);
    let mut text = Vec::new();
    for item in job.items {
        // Without parts everything is for training: Ultralytics knows no data outside of a part.
        let split = item.split.clone().unwrap_or_else(|| "default".to_owned());
        let split = crate::names::folder(&split);
        let name = name_of(&mut stems, &split, &item.key, job.losses);
        text.clear();
        label_lines(&item, &classes, job.losses, &mut text);
        joints = joints.max(most_joints(&item));
        out.begin(&format!("labels/{split}/{}.txt", split_ending(&name).0))?;
        out.write_all(&text)?;
        if let Some(source) = &item.media {
            out.media(&format!("images/{split}/{name}"), source)?;
        }
        splits.insert(split);
    }
    out.begin("data.yaml")?;
    // A polygon of four corners and a rotated box look the same.
    let named = match task {
        Task::Segment => "task: segment\n",
        Task::Rotated => "task: obb\n",
        Task::Detect | Task::Pose => "",
    };
    out.write_all(named.as_bytes())?;
    out.write_all(data_yaml(head, &splits, (task == Task::Pose).then_some(joints)).as_bytes())
}

/// The name of a picture below its part. A folder `images` in it would be taken for the one that holds the pictures, as
/// the labels are looked for beside the last of them: it is left out.
pub(crate) fn name_of(stems: &mut Stems, part: &str, key: &str, losses: &Losses) -> String {
    if !key.contains("images/") {
        return stems.name(part, key, losses);
    }
    let (folders, file) = key.rsplit_once('/').unwrap_or(("", key));
    let folders = folders.split('/').filter(|folder| *folder != "images");
    let plain = folders.chain(std::iter::once(file)).collect::<Vec<_>>().join("/");
    if plain != key {
        losses.add("renamed", "a folder called images is left out of the name of a picture", key);
    }
    stems.name(part, &plain, losses)
}

pub(crate) fn label_lines(item: &ExportItem, classes: &ClassIndices<'_>, losses: &Losses, out: &mut Vec<u8>) {
    let Some(size) = item.size.map(|size| size.map(f64::from)) else {
        let message = "the size of the picture is not known, so that its regions cannot be written";
        losses.add_some("no_size", message, &item.key, item.regions().count());
        return;
    };
    for region in item.regions() {
        let Some(class) = classes.get(region.class.as_str()) else { continue };
        let before = out.len();
        numbers::push_integer(out, *class as i64);
        match lines::push(out, &region.geometry, size) {
            Some(cut) => {
                if cut {
                    losses.add("clipped", "what lies outside the picture is cut off", &item.key);
                }
                out.push(b'\n');
            }
            None => {
                losses.add("outside", "a region lies outside the picture or has no size", &item.key);
                out.truncate(before);
            }
        }
    }
}

fn most_joints(item: &ExportItem) -> usize {
    let joints = item.regions().map(|region| match &region.geometry {
        Geometry::Keypoints(shape) => shape.points.len(),
        _ => 0,
    });
    joints.max().unwrap_or(0)
}

fn data_yaml(head: &Head<'_>, splits: &BTreeSet<String>, joints: Option<usize>) -> String {
    let mut text = String::from("path: .\n");
    let only_default = splits.len() < 2 && splits.iter().all(|split| split == "default");
    if only_default {
        text.push_str("train: images/default\nval: images/default\n");
    }
    for split in splits.iter().filter(|_| !only_default) {
        text.push_str(&format!("{}: {}\n", quoted(split), quoted_path(&format!("images/{split}"))));
    }
    // Programs want pictures to train with and to check with.
    for (part, others) in [("train", ["val", "valid"]), ("val", ["valid", "train"])] {
        let instead = others.into_iter().find(|other| splits.contains(*other)).or(splits.first().map(String::as_str));
        if let Some(other) = instead.filter(|_| !only_default && !splits.contains(part)) {
            text.push_str(&format!("{part}: {}\n", quoted_path(&format!("images/{other}"))));
        }
    }
    if let Some(joints) = joints {
        let of_schema = head.schema.classes.iter().filter_map(|class| class.skeleton.as_ref()).map(|s| s.points.len());
        text.push_str(&format!("kpt_shape: [{}, 3]\n", joints.max(of_schema.max().unwrap_or(0))));
    }
    text.push_str("names:\n");
    for (index, class) in head.schema.classes.iter().enumerate() {
        text.push_str(&format!("  {index}: {}\n", quoted(&class.id)));
    }
    text
}

/// A plain word as it is; everything else (and what YAML would take for something else) as a JSON string, which YAML
/// reads too.
pub(crate) fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !["yes", "no", "on", "off", "true", "false", "null", "y", "n"].contains(&name.to_ascii_lowercase().as_str());
    if plain { name.to_owned() } else { serde_json::to_string(name).unwrap_or_default() }
}

/// A path of plain signs as it is.
pub(crate) fn quoted_path(path: &str) -> String {
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte));
    if plain { path.to_owned() } else { serde_json::to_string(path).unwrap_or_default() }
}
