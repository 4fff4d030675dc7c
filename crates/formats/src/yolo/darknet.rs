//! YOLO as darknet has it (J. Redmon): `obj.names` with a class a line, lists of pictures, and beside each picture a
//! text file with its boxes.

use super::{
    BOXES, Task,
    reading::{Lines, told_apart},
    writing::label_lines,
};
use crate::{
    carries::{Carries, ClassText, SplitNames},
    labels,
    media::{self, MediaIndex},
    names::{Stems, last_part, split_ending},
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::{ArchiveSink, Scratch, append},
    text,
};
use labelwright_core::{Answer, GeometryKind};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

/// Darknet's name for the part that is `val` everywhere else.
const VALID: &str = "valid";

pub const DARKNET: Format = Format {
    id: "yolo-darknet",
    title: "YOLO (darknet)",
    carries: Carries {
        class_text: ClassText::Line,
        split_names: SplitNames::Folder { none: "all", others: &[VALID] },
        ..BOXES
    },
    sniff: |view| {
        let has = |ending: &str| view.list().iter().any(|(name, _)| last_part(name) == ending);
        f64::from(u8::from(has("obj.names") || has("classes.txt"))) * if has("obj.data") { 0.97 } else { 0.6 }
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files = view.list();
    let find = |name: &str| files.iter().map(|(path, _)| path.as_str()).find(|path| last_part(path) == name);
    let Some(list) = find("obj.names").or_else(|| find("classes.txt")) else {
        let message = "there is no obj.names, so that the names of the classes are not known";
        return Err(Stop::Unreadable(RecordError::new("obj.names", "missing_file", message)));
    };
    let names = told_apart(class_lines(view, list)?, list, sink)?;
    give_schema(sink, labels::class_list(names.iter().map(String::as_str), &[GeometryKind::Box]), None)?;
    let images = MediaIndex::images(view);
    let splits = splits(view, &files);
    let mut stems: BTreeMap<&str, u32> = BTreeMap::new();
    for path in images.paths() {
        *stems.entry(split_ending(path).0).or_default() += 1;
    }
    for path in images.paths() {
        let stem = split_ending(path).0;
        let label = format!("{stem}.txt");
        let split = splits.get(path).filter(|_| !path.contains("obj_all_data/")).cloned();
        let folder = path.find("obj_").and_then(|at| path[at..].find('/').map(|end| at + end + 1));
        let key = path.get(folder.unwrap_or(0)..).unwrap_or(path);
        if stems.get(stem) != Some(&1) {
            let message = format!("another picture has the same label file {label}: whose it is cannot be said");
            give(sink, Err(RecordError::new(path, "shared_labels", message)))?;
            continue;
        }
        let size = media::image_size(view, path);
        let mut answer = Answer::default();
        match size {
            _ if view.list_size(&label).is_none_or(|bytes| bytes == 0) => {}
            None => {
                let message = "the size of the picture cannot be read from its header";
                give(sink, Err(RecordError::new(path, "no_size", message)))?;
                continue;
            }
            Some(size) => {
                let lines = Lines { name: &label, task: Task::Detect, keypoints: None, names: &names, size };
                lines.read(view, &mut answer, sink)?;
            }
        }
        let record = Record::new(key, Data::File(path.clone()), &label).answered(answer);
        give(sink, Ok(Record { size, split, ..record }))?;
    }
    Ok(())
}

/// A class a line. A line without a name has a number all the same; those at the end have none.
fn class_lines(view: &dyn DirectoryView, list: &str) -> Result<Vec<String>, Stop> {
    let mut names = Vec::new();
    text::each_line(view, list, |_, line| {
        names.push(line.map_err(Stop::Unreadable)?.trim_end().to_owned());
        Ok(())
    })?;
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    for (number, name) in names.iter_mut().enumerate().filter(|(_, name)| name.is_empty()) {
        *name = format!("class_{number}");
    }
    Ok(names)
}

/// Parts and the names of their lists: those of `obj.data` (`train = data/train.txt`), and the usual ones.
fn lists(view: &dyn DirectoryView, files: &[(String, u64)]) -> BTreeMap<String, String> {
    let usual = ["train", VALID, "val", "test"].map(|split| (split.to_owned(), format!("{split}.txt")));
    let data = files.iter().find(|(name, _)| last_part(name) == "obj.data");
    let lines = data.and_then(|(name, _)| text::list_of_lines(view, name).ok()).unwrap_or_default();
    let named = lines.iter().filter_map(|line| {
        let (split, list) = line.split_once('=').map(|(split, list)| (split.trim(), list.trim()))?;
        let other = ["classes", "names", "backup", "eval"].contains(&split) || !list.ends_with(".txt");
        (!other).then(|| (split.to_owned(), last_part(list).to_owned()))
    });
    usual.into_iter().chain(named).collect()
}

/// Pictures by the lists that name them: `train.txt`, `valid.txt`.
fn splits(view: &dyn DirectoryView, files: &[(String, u64)]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let known: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    for (split, list) in lists(view, files) {
        let list = files.iter().find(|(name, _)| last_part(name) == list);
        let Some(lines) = list.and_then(|(name, _)| text::list_of_lines(view, name).ok()) else { continue };
        for line in lines {
            let tails = line.match_indices('/').map(|(at, _)| &line[at + 1..]);
            if let Some(path) = std::iter::once(line.as_str()).chain(tails).find(|tail| known.contains(tail)) {
                let split = if split == VALID { "val" } else { split.as_str() };
                found.insert(path.to_owned(), split.to_owned());
            }
        }
    }
    found
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    let mut lists: BTreeMap<String, Box<dyn Scratch>> = BTreeMap::new();
    let mut text = Vec::new();
    for item in job.items {
        let split = item.split.as_deref().map(|split| if split == "val" { VALID } else { split });
        let split = split.map(crate::names::folder);
        let folder = format!("obj_{}_data", split.as_deref().unwrap_or("all"));
        let name = stems.name(&folder, &item.key, job.losses);
        text.clear();
        label_lines(&item, &classes, job.losses, &mut text);
        out.begin(&format!("{folder}/{}.txt", split_ending(&name).0))?;
        out.write_all(&text)?;
        if let Some(source) = &item.media {
            out.media(&format!("{folder}/{name}"), source)?;
        }
        // Programs want a list: pictures of no part are in that of the training, and known by their folder.
        let list = match lists.entry(split.unwrap_or_else(|| "train".to_owned())) {
            std::collections::btree_map::Entry::Occupied(list) => list.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert(out.scratch()?),
        };
        writeln!(list, "data/{folder}/{name}")?;
    }
    out.begin("obj.names")?;
    for class in &job.head.schema.classes {
        writeln!(out, "{}", class.id.replace(['\n', '\r'], " "))?;
    }
    let mut data = format!("classes = {}\n", job.head.schema.classes.len());
    for (split, list) in lists {
        out.begin(&format!("{split}.txt"))?;
        append(out, list)?;
        data.push_str(&format!("{split} = data/{split}.txt\n"));
    }
    out.begin("obj.data")?;
    write!(out, "{data}names = data/obj.names\nbackup = backup/\n")
}
