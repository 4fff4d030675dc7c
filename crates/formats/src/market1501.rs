//! Market-1501 (L. Zheng et al., 2015): pictures of persons whose names say who and where:
//! `0002_c1s1_000451_03.jpg` is person 2, camera 1, sequence 1, frame 451, box 3. Person -1 is junk, person 0 a
//! distractor. Folders are parts of the dataset: `bounding_box_train`, `bounding_box_test`, `query`, `gt_bbox`.

use crate::{
    carries::{Carries, Kind, Names, SplitNames},
    labels,
    media::{self, MediaIndex},
    names::{clean, folder, last_part, split_ending},
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::ArchiveSink,
};
use labelwright_core::{Answer, Modality, Value, schema::FieldKind};
use std::{collections::HashSet, io};

const FIELDS: [&str; 4] = ["person", "camera", "sequence", "frame"];

pub const FORMAT: Format = Format {
    id: "market-1501",
    title: "Market-1501",
    carries: Carries {
        words: "images of one person each, with camera, sequence and frame",
        fields: Names::Only(&[
            ("person", Kind::Integer),
            ("camera", Kind::Count),
            ("sequence", Kind::Count),
            ("frame", Kind::Count),
        ]),
        splits: true,
        split_names: SplitNames::Folder { none: "train", others: &["bounding_box_train", "bounding_box_test"] },
        empty_items: false,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let files = view.list();
        let images: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).filter(|n| media::is_image(n)).collect();
        let fits = images.iter().take(50).all(|name| parsed(name).is_some());
        if !images.is_empty() && fits { 0.9 } else { 0.0 }
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

/// Person, camera, sequence, frame, and the number of the box.
fn parsed(path: &str) -> Option<([i64; 4], u32)> {
    let mut parts = split_ending(last_part(path)).0.split('_');
    let (person, place, frame, number) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let (camera, sequence) = place.strip_prefix('c')?.split_once('s')?;
    let whole = |text: &str| text.parse::<i64>().ok().filter(|value| *value >= 0 && !text.starts_with('+'));
    let person = if person == "-1" { -1 } else { whole(person)? };
    let values = [person, whole(camera)?, whole(sequence)?, whole(frame)?];
    parts.next().is_none().then_some((values, number.parse().ok()?))
}

fn split_of(path: &str) -> Option<String> {
    let folder = path.rsplit_once('/').map(|(folder, _)| last_part(folder))?;
    Some(folder.strip_prefix("bounding_box_").unwrap_or(folder).to_owned())
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let number = || FieldKind::Number { min: None, max: None, integer: true, unit: None };
    let fields = FIELDS.into_iter().map(|name| labels::field(name, number())).collect();
    give_schema(sink, labels::schema(Modality::Image, Vec::new(), fields), None)?;
    for path in MediaIndex::images(view).paths() {
        let Some((values, _)) = parsed(path) else {
            let message = "the name is not of the kind 0002_c1s1_000451_03.jpg";
            give(sink, Err(RecordError::new(path, "bad_name", message)))?;
            continue;
        };
        let mut answer = Answer::default();
        for (name, value) in FIELDS.into_iter().zip(values) {
            answer.fields.insert(name.to_owned(), Value::Number(value as f64));
        }
        let record = Record::new(last_part(path), Data::File(path.clone()), path).answered(answer);
        give(sink, Ok(Record { split: split_of(path), ..record }))?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut taken: HashSet<String> = HashSet::new();
    for item in job.items {
        let value = |name: &str| match item.field(name) {
            Some(Value::Number(number)) => Some(*number as i64),
            _ => None,
        };
        let Some(person) = value("person").filter(|person| *person >= -1) else {
            job.losses.add("no_person", "a picture without the number of a person (-1 or more) has no name", &item.key);
            continue;
        };
        let [camera, sequence, frame] =
            [("camera", 1), ("sequence", 1), ("frame", 0)].map(|(name, other)| value(name).unwrap_or(other));
        let folder = match item.split.as_deref() {
            None | Some("train") => "bounding_box_train".to_owned(),
            Some("test") => "bounding_box_test".to_owned(),
            Some(split) => folder(split),
        };
        let ending = Some(split_ending(&item.key).1).filter(|ending| !ending.is_empty()).unwrap_or(".jpg");
        let person = if person < 0 { "-1".to_owned() } else { format!("{person:04}") };
        let own = parsed(&item.key).map_or(1, |(_, number)| number);
        let name = |number: u32| format!("{folder}/{person}_c{camera}s{sequence}_{frame:06}_{number:02}{ending}");
        let Some(name) = (own..own.saturating_add(1_000_000)).map(name).find(|name| !taken.contains(name)) else {
            job.losses.add("renamed", "there are too many pictures of one person and frame", &item.key);
            continue;
        };
        if last_part(&name) != item.key {
            job.losses.add("renamed", "the picture is named by its person, camera and frame", &item.key);
        }
        match &item.media {
            Some(source) => out.media(&clean(&name), source)?,
            None => job.losses.add("no_data", "without the picture there is nothing to write", &item.key),
        }
        taken.insert(name);
    }
    Ok(())
}
