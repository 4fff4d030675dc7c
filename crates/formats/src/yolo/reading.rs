//! Reading Ultralytics data: by `data.yaml`, or by the folders alone.

use super::{Task, data_yaml, lines};
use crate::{
    labels,
    media::{self, MediaIndex},
    names::{last_part, region_id, split_ending},
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_schema},
    text,
};
use labelwright_core::{Answer, GeometryKind};
use std::collections::{BTreeMap, BTreeSet};

fn kinds(task: Task) -> &'static [GeometryKind] {
    match task {
        Task::Detect => &[GeometryKind::Box],
        Task::Segment => &[GeometryKind::Polygon, GeometryKind::Box],
        Task::Pose => &[GeometryKind::Keypoints],
        Task::Rotated => &[GeometryKind::RotatedBox, GeometryKind::Polygon],
    }
}

/// The part of the dataset and the key of a picture by its path.
type Place = fn(&str) -> (Option<String>, String);

pub fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>, task: Task) -> Result<(), Stop> {
    read_placed(view, sink, task, split_and_key)
}

/// Boxes and polygons.
pub(crate) fn read_segments(view: &dyn DirectoryView, sink: &mut Sink<'_>, place: Place) -> Result<(), Stop> {
    read_placed(view, sink, Task::Segment, place)
}

fn read_placed(view: &dyn DirectoryView, sink: &mut Sink<'_>, task: Task, place: Place) -> Result<(), Stop> {
    let files = view.list();
    let yaml =
        files.iter().map(|(name, _)| name.as_str()).find(|name| name.ends_with(".yaml") || name.ends_with(".yml"));
    let yaml = match yaml {
        Some(name) => data_yaml::read(view, name).map_err(Stop::Unreadable)?,
        None => {
            let message = "there is no data.yaml, so that the names of the classes are not known";
            return Err(Stop::Unreadable(RecordError::new("data.yaml", "missing_file", message)));
        }
    };
    let last = yaml.names.keys().next_back().copied().unwrap_or(0);
    if last > 1_000_000 {
        return Err(Stop::Unreadable(RecordError::new("data.yaml", "malformed", "a class number is too large")));
    }
    let names: Vec<String> =
        (0..=last).map(|at| yaml.names.get(&at).cloned().unwrap_or_else(|| format!("class_{at}"))).collect();
    let names = if yaml.names.is_empty() { Vec::new() } else { told_apart(names, "data.yaml", sink)? };
    give_schema(sink, labels::class_list(names.iter().map(String::as_str), kinds(task)), None)?;
    let images = MediaIndex::images(view);
    let mut seen = BTreeSet::new();
    let clashes = clashes(images.paths());
    for path in images.paths() {
        let label = label_of(path);
        let (split, key) = place(path);
        if clashes.contains(&label) {
            let message = format!("another picture has the same label file {label}: whose it is cannot be said");
            give(sink, Err(RecordError::new(path, "shared_labels", message)))?;
            seen.insert(label);
            continue;
        }
        let record = Record::new(key, Data::File(path.clone()), &label);
        let size = media::image_size(view, path);
        let mut answer = Answer::default();
        match size {
            _ if view.list_size(&label).is_none_or(|bytes| bytes == 0) => {}
            None => {
                let message = "the size of the picture cannot be read from its header";
                give(sink, Err(RecordError::new(path, "no_size", message)))?;
                seen.insert(label);
                continue;
            }
            Some(size) => {
                let reader = Lines { name: &label, task, keypoints: yaml.keypoints, names: &names, size };
                reader.read(view, &mut answer, sink)?;
            }
        }
        seen.insert(label);
        give(sink, Ok(Record { size, split, ..record }.answered(answer)))?;
    }
    for (name, _) in files.iter().filter(|(name, _)| name.ends_with(".txt") && in_labels(name)) {
        if !seen.contains(name) {
            let message = "there is no picture for these labels, so that its size is not known";
            give(sink, Err(RecordError::new(name, "missing_file", message)))?;
        }
    }
    Ok(())
}

/// The names with those that come a second time renamed: each keeps its number.
pub(super) fn told_apart(names: Vec<String>, place: &str, sink: &mut Sink<'_>) -> Result<Vec<String>, Stop> {
    let all: BTreeSet<String> = names.iter().cloned().collect();
    let (mut taken, mut apart) = (BTreeSet::new(), Vec::with_capacity(names.len()));
    for (number, name) in names.into_iter().enumerate() {
        if taken.insert(name.clone()) {
            apart.push(name);
            continue;
        }
        let other = (2..).map(|at| format!("{name}_{at}")).find(|other| !all.contains(other) && !taken.contains(other));
        let other = other.unwrap_or_default();
        let message = format!("class {number} has the name {name:?} of an earlier one; it is called {other:?} here");
        give(sink, Err(RecordError::new(format!("{place}: names[{number}]"), "duplicate_class", message)))?;
        taken.insert(other.clone());
        apart.push(other);
    }
    Ok(apart)
}

/// Reads one label file.
pub(super) struct Lines<'a> {
    pub name: &'a str,
    pub task: Task,
    pub keypoints: Option<[usize; 2]>,
    pub names: &'a [String],
    pub size: [u32; 2],
}

impl Lines<'_> {
    pub fn read(&self, view: &dyn DirectoryView, answer: &mut Answer, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let size = self.size.map(f64::from);
        text::each_line(view, self.name, |number, line| {
            let place = || format!("{}:{number}", self.name);
            let line = match line {
                Ok(line) if line.trim().is_empty() => return Ok(()),
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            let read = lines::read(line, self.task, self.keypoints, size).and_then(|(class, geometry, score)| {
                let name = self.names.get(class);
                let name =
                    name.ok_or_else(|| ("unknown_class", format!("there is no class with the number {class}")))?;
                let mut region = labels::region(region_id(answer.regions.len()), name, geometry);
                region.score = score;
                Ok(region)
            });
            match read {
                Ok(region) => {
                    answer.regions.push(region);
                    Ok(())
                }
                Err((code, message)) => give(sink, Err(RecordError::new(place(), code, message))),
            }
        })
    }
}

fn in_labels(name: &str) -> bool {
    name.starts_with("labels/") || name.contains("/labels/")
}

/// Where the labels of a picture are: the last folder `images` becomes `labels`, the ending `.txt`.
fn label_of(path: &str) -> String {
    let stem = split_ending(path).0;
    let at = stem.rfind("/images/").map(|at| at + 1).or_else(|| stem.starts_with("images/").then_some(0));
    match at {
        Some(at) => format!("{}labels/{}.txt", &stem[..at], &stem[at + "images/".len()..]),
        None => format!("{stem}.txt"),
    }
}

/// The picture that a label file belongs to.
pub(super) fn picture_of<'a>(images: &'a MediaIndex, label: &str) -> Option<&'a str> {
    let stem = split_ending(last_part(label)).0;
    images.with_stem(stem).find(|path| label_of(path) == label)
}

/// Label files that more than one picture would have.
fn clashes(paths: &[String]) -> BTreeSet<String> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut stems: Vec<&str> = paths.iter().map(|path| split_ending(path).0).collect();
    stems.sort_unstable();
    for pair in stems.windows(2).filter(|pair| pair[0] == pair[1]) {
        *counts.entry(label_of(&format!("{}.x", pair[0]))).or_default() += 1;
    }
    counts.into_keys().collect()
}

/// `images/train/a/b.jpg` and `train/images/a/b.jpg` are `a/b.jpg` of the part `train`.
fn split_and_key(path: &str) -> (Option<String>, String) {
    const SPLITS: [&str; 5] = ["train", "val", "valid", "test", "default"];
    let named = |split: &str| (split != "default").then(|| split.to_owned());
    let parts: Vec<&str> = path.split('/').collect();
    let Some(at) = parts.iter().rposition(|part| *part == "images") else { return (None, last_part(path).to_owned()) };
    match (at.checked_sub(1).and_then(|before| parts.get(before)), parts.get(at + 1)) {
        (_, Some(after)) if parts.len() > at + 2 && SPLITS.contains(after) => (named(after), parts[at + 2..].join("/")),
        (Some(before), _) if SPLITS.contains(before) => (named(before), parts[at + 1..].join("/")),
        (_, Some(after)) if parts.len() > at + 2 => (Some((*after).to_owned()), parts[at + 2..].join("/")),
        _ => (None, parts[at + 1..].join("/")),
    }
}
