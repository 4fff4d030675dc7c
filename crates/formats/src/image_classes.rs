//! One class for a whole picture: ImageNet (J. Deng et al., 2009) as folders named by classes and as lists, and
//! Ultralytics' classify data, which are such folders too. The class is the field `label`.

use crate::{
    carries::{Carries, ClassText, Kind, Names, SplitNames},
    labels,
    media::{self, MediaIndex},
    names::{Stems, folder, last_part, split_ending},
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::{ArchiveSink, Scratch, append},
    text,
};
use labelwright_core::{Answer, Modality, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

const LABEL: &str = "label";

const CARRIES: Carries = Carries {
    words: "images with one class each",
    fields: Names::Only(&[(LABEL, Kind::Text)]),
    splits: true,
    split_names: SplitNames::BESIDE,
    empty_items: false,
    ..Carries::IMAGES
};

pub const FOLDERS: Format = Format {
    id: "imagenet",
    title: "ImageNet folders",
    carries: CARRIES,
    sniff: |view| folders_sniff(view, false),
    read: Some(|view, _, sink| read_folders(view, sink)),
    write: Some(write_folders),
    ..Format::NEW
};

pub const YOLO: Format = Format {
    id: "yolo-classify",
    title: "YOLO classify (Ultralytics)",
    carries: CARRIES,
    sniff: |view| folders_sniff(view, true),
    read: Some(|view, _, sink| read_folders(view, sink)),
    write: Some(write_folders),
    ..Format::NEW
};

pub const LISTS: Format = Format {
    id: "imagenet-list",
    title: "ImageNet lists",
    carries: Carries {
        empty_items: true,
        split_names: SplitNames::Folder { none: "default", others: &["synsets"] },
        ..CARRIES
    },
    sniff: |view| {
        let files = view.list();
        f64::from(u8::from(files.iter().any(|(name, _)| last_part(name) == "synsets.txt"))) * 0.9
    },
    read: Some(|view, _, sink| read_lists(view, sink)),
    write: Some(write_lists),
    ..Format::NEW
};

const SPLITS: [&str; 4] = ["train", "val", "valid", "test"];

/// Pictures in folders of one level, or of two when the first are parts of a dataset; nothing else.
fn folders_sniff(view: &dyn DirectoryView, parts: bool) -> f64 {
    let files = view.list();
    let images = files.iter().filter(|(name, _)| media::is_image(name)).count();
    let deep = files.iter().filter(|(name, _)| place(name).is_some()).count();
    let in_parts = files.iter().any(|(name, _)| SPLITS.contains(&name.split('/').next().unwrap_or_default()));
    if images == 0 || images < files.len() || deep < files.len() {
        return 0.0;
    }
    // Folders alone say little: they may be nothing but folders.
    if in_parts {
        if parts { 0.6 } else { 0.55 }
    } else if parts {
        0.3
    } else {
        0.5
    }
}

/// Part, class and name of a picture.
fn place(path: &str) -> Option<(Option<&str>, &str, &str)> {
    let (first, rest) = path.split_once('/')?;
    if SPLITS.contains(&first) {
        let (class, name) = rest.split_once('/')?;
        return Some((Some(first), class, name));
    }
    Some((None, first, rest))
}

fn read_folders(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    let classes: BTreeSet<&str> =
        media.paths().iter().filter_map(|path| place(path)).map(|(_, class, _)| class).collect();
    let classes: Vec<String> = classes.into_iter().map(str::to_owned).collect();
    give_schema(sink, labels::schema(Modality::Image, Vec::new(), vec![labels::choice(LABEL, &classes, false)]), None)?;
    for path in media.paths() {
        let Some((split, class, name)) = place(path) else {
            give(sink, Err(RecordError::new(path, "no_class", "a picture lies in a folder named by its class")))?;
            continue;
        };
        let mut answer = Answer::default();
        answer.fields.insert(LABEL.to_owned(), Value::Text(class.to_owned()));
        let record = Record::new(name, Data::File(path.clone()), path).answered(answer);
        give(sink, Ok(Record { split: split.map(str::to_owned), ..record }))?;
    }
    Ok(())
}

fn write_folders(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut taken = Stems::default();
    for item in job.items {
        let Some(Value::Text(label)) = item.field(LABEL) else { continue };
        let class = ClassText::Folder.written(label);
        if class != *label || item.split.is_none() && SPLITS.contains(&label.as_str()) {
            job.losses.add("values", "the name of a class cannot be a folder's name as it is", &item.key);
        }
        let class = if item.split.is_none() && SPLITS.contains(&class.as_str()) { format!("_{class}") } else { class };
        let folder = match &item.split {
            Some(split) => format!("{}/{class}", folder(split)),
            None => class,
        };
        let name = taken.name(&folder, &item.key, job.losses);
        match &item.media {
            Some(source) => out.media(&format!("{folder}/{name}"), source)?,
            None => job.losses.add("no_data", "without the picture there is nothing to put into the folder", &item.key),
        }
    }
    Ok(())
}

fn read_lists(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    let lists: Vec<String> =
        view.list().into_iter().map(|(name, _)| name).filter(|name| name.ends_with(".txt")).collect();
    let synsets = lists.iter().find(|name| last_part(name) == "synsets.txt");
    let classes = match synsets {
        Some(name) => text::list_of_lines(view, name).map_err(Stop::Unreadable)?,
        None => Vec::new(),
    };
    give_schema(sink, labels::schema(Modality::Image, Vec::new(), vec![labels::choice(LABEL, &classes, false)]), None)?;
    for name in lists.iter().filter(|name| last_part(name) != "synsets.txt") {
        let split = split_ending(last_part(name)).0;
        text::each_line(view, name, |number, line| {
            let place = format!("{name}:{number}");
            let line = match line {
                Ok(line) if line.trim().is_empty() => return Ok(()),
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            // Names may hold spaces: the class is the last word.
            let (key, class) = match line.rsplit_once(' ') {
                Some((key, class)) => (key, class),
                None => (line, ""),
            };
            let mut answer = Answer::default();
            if class != "-1" {
                let Some(class) = class.parse::<usize>().ok().and_then(|at| classes.get(at)) else {
                    let message = format!("{class:?} is no number of a class");
                    return give(sink, Err(RecordError::new(place, "unknown_class", message)));
                };
                answer.fields.insert(LABEL.to_owned(), Value::Text(class.clone()));
            }
            let record = Record::new(key, media.data(key), place).answered(answer);
            let split = (split != "default").then(|| split.to_owned());
            give(sink, Ok(Record { split, ..record }))
        })?;
    }
    Ok(())
}

fn write_lists(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut classes: Vec<String> = Vec::new();
    if let Some(field) = job.head.schema.field(LABEL) {
        classes.extend(labels::options(field).into_iter().map(str::to_owned));
    }
    let mut lists: BTreeMap<String, Box<dyn Scratch>> = BTreeMap::new();
    let mut stems = Stems::default();
    for item in job.items {
        let split = folder(item.split.as_deref().unwrap_or("default"));
        // All pictures lie in one folder.
        let name = stems.name("", &item.key, job.losses);
        let number = match item.field(LABEL) {
            Some(Value::Text(label)) => {
                let written = ClassText::Line.written(label);
                if written != *label {
                    job.losses.add("values", "the name of a class cannot be a line as it is", &item.key);
                }
                match classes.iter().position(|class| *class == written) {
                    Some(at) => at as i64,
                    None => {
                        classes.push(written);
                        classes.len() as i64 - 1
                    }
                }
            }
            _ => -1,
        };
        let list = match lists.entry(split) {
            std::collections::btree_map::Entry::Occupied(list) => list.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert(out.scratch()?),
        };
        writeln!(list, "{name} {number}")?;
        if let Some(source) = &item.media {
            out.media(&format!("images/{name}"), source)?;
        }
    }
    for (split, list) in lists {
        out.begin(&format!("{split}.txt"))?;
        append(out, list)?;
    }
    out.begin("synsets.txt")?;
    for class in classes {
        writeln!(out, "{class}")?;
    }
    Ok(())
}
