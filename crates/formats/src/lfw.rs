//! Labeled Faces in the Wild (G. Huang et al., 2007): pictures in folders named by the person, `Name/Name_0001.jpg`;
//! `people.txt` counts the pictures of each person, `pairs.txt` lists pairs of the same person (`Name n1 n2`) and of two
//! persons (`Name1 n1 Name2 n2`). The person is the field `person`; pairs are lists of keys at their first picture.

use crate::{
    carries::{Carries, ClassText, Kind, Names},
    labels,
    media::MediaIndex,
    names::{clean, last_part, split_ending},
    person_files::name_and_number,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::ArchiveSink,
    text,
};
use labelwright_core::{Answer, Modality, Value};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io,
};

const PERSON: &str = "person";
const SAME: &str = "positive_pairs";
const OTHER: &str = "negative_pairs";

pub const FORMAT: Format = Format {
    id: "lfw",
    title: "Labeled Faces in the Wild",
    carries: Carries {
        words: "images of one person each, and pairs of them",
        fields: Names::Only(&[(PERSON, Kind::Text), (SAME, Kind::List), (OTHER, Kind::List)]),
        empty_items: false,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let files = view.list();
        let images = files.iter().filter(|(name, _)| crate::media::is_image(name));
        let lists = files.iter().any(|(name, _)| ["pairs.txt", "people.txt"].contains(&last_part(name)));
        let fits = images.take(50).all(|(name, _)| person_of(name).is_some());
        if lists && fits { 0.96 } else { 0.0 }
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

/// The person whose folder a picture lies in, and its number.
fn person_of(path: &str) -> Option<(&str, u32)> {
    let (folder, _) = path.rsplit_once('/')?;
    name_and_number(path).filter(|(name, _)| *name == last_part(folder))
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    let mut people = BTreeSet::new();
    // The picture of a person and a number, as its key.
    let mut keys: HashMap<(&str, u32), String> = HashMap::new();
    for path in media.paths() {
        if let Some((person, number)) = person_of(path) {
            people.insert(person.to_owned());
            keys.insert((person, number), key_of(path, person));
        }
    }
    let people: Vec<String> = people.into_iter().collect();
    let field = labels::choice(PERSON, &people, false);
    give_schema(sink, labels::schema(Modality::Image, Vec::new(), vec![field]), None)?;
    let mut pairs: BTreeMap<String, [Vec<String>; 2]> = BTreeMap::new();
    for (name, _) in view.list().into_iter().filter(|(name, _)| last_part(name) == "pairs.txt") {
        text::each_line(view, &name, |number, line| {
            let place = format!("{name}:{number}");
            let line = match line {
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            let cells: Vec<&str> = line.split(if line.contains('\t') { '\t' } else { ' ' }).collect();
            // The first line counts folds and pairs.
            if line.trim().is_empty() || cells.len() < 3 {
                return Ok(());
            }
            let (first, second, kind) = match cells.as_slice() {
                [name, one, two] => ((*name, *one), (*name, *two), 0),
                [name, one, other, two] => ((*name, *one), (*other, *two), 1),
                _ => return give(sink, Err(RecordError::new(place, "bad_line", "a pair has 3 or 4 columns"))),
            };
            let find = |(name, number): (&str, &str)| keys.get(&(name, number.trim().parse().ok()?)).cloned();
            match (find(first), find(second)) {
                (Some(first), Some(second)) => {
                    if let Some(list) = pairs.entry(first).or_default().get_mut(kind) {
                        list.push(second);
                    }
                    Ok(())
                }
                _ => give(sink, Err(RecordError::new(place, "unknown_image", "a picture of the pair is not there"))),
            }
        })?;
    }
    for path in media.paths() {
        let Some((person, _)) = person_of(path) else {
            let message = "a picture lies in the folder of its person and is named <person>_<number>";
            give(sink, Err(RecordError::new(path, "no_class", message)))?;
            continue;
        };
        let key = key_of(path, person);
        let mut answer = Answer::default();
        answer.fields.insert(PERSON.to_owned(), Value::Text(person.to_owned()));
        let lists = pairs.remove(&key).unwrap_or_default();
        for (field, list) in [SAME, OTHER].into_iter().zip(lists) {
            if !list.is_empty() {
                answer.fields.insert(field.to_owned(), Value::List(list));
            }
        }
        give(sink, Ok(Record::new(key, Data::File(path.clone()), path).answered(answer)))?;
    }
    Ok(())
}

fn key_of(path: &str, person: &str) -> String {
    format!("{person}/{}", last_part(path))
}

/// Bytes of a person's name in the name of a picture.
const PERSON_BYTES_MAXIMUM: usize = 150;

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut taken: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    // What each key became, for the pairs.
    let mut named: HashMap<String, (String, u32)> = HashMap::new();
    let mut pairs: Vec<(String, String, bool)> = Vec::new();
    for item in job.items {
        let Some(Value::Text(label)) = item.field(PERSON) else {
            job.losses.add("no_person", "a picture without a person has no folder", &item.key);
            continue;
        };
        let mut person = clean(&ClassText::Folder.written(label)).replace(['/', '\t'], "_");
        // The number behind it must fit too.
        while person.len() > PERSON_BYTES_MAXIMUM {
            person.pop();
        }
        if person != *label {
            job.losses.add("values", "the name of a person cannot be a folder's name as it is", &item.key);
        }
        let numbers = taken.entry(person.clone()).or_default();
        let own = name_and_number(&item.key).filter(|(name, _)| *name == person).map(|(_, number)| number);
        let next = numbers.last().map_or(Some(1), |last| last.checked_add(1));
        let Some(number) = own.filter(|own| !numbers.contains(own)).or(next) else { continue };
        numbers.insert(number);
        let ending = split_ending(&item.key).1;
        let name = format!("{person}/{person}_{number:04}{}", if ending.is_empty() { ".jpg" } else { ending });
        if name != item.key {
            job.losses.add("renamed", "the picture is named by its person and a number", &item.key);
        }
        match &item.media {
            Some(source) => out.media(&format!("images/{}", clean(&name)), source)?,
            None => job.losses.add("no_data", "without the picture there is nothing to put into the folder", &item.key),
        }
        for (field, same) in [(SAME, true), (OTHER, false)] {
            if let Some(Value::List(list)) = item.field(field) {
                pairs.extend(list.iter().map(|other| (item.key.clone(), other.clone(), same)));
            }
        }
        named.insert(item.key, (person, number));
    }
    out.begin("annotations/people.txt")?;
    writeln!(out, "{}", taken.len())?;
    for (person, numbers) in &taken {
        writeln!(out, "{person}\t{}", numbers.len())?;
    }
    out.begin("annotations/pairs.txt")?;
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for (first, second, positive) in pairs {
        match (named.get(&first), named.get(&second)) {
            (Some((a, one)), Some((b, two))) if positive && a == b => same.push(format!("{a}\t{one}\t{two}")),
            (Some((a, one)), Some((b, two))) if !positive && a != b => other.push(format!("{a}\t{one}\t{b}\t{two}")),
            _ => job.losses.add("values", "a pair is of two pictures that are there, of one person or of two", &first),
        }
    }
    writeln!(out, "1\t{}", same.len().max(other.len()))?;
    for line in same.into_iter().chain(other) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
