//! Names of files that writers make from keys: never out of the archive, never twice.

use crate::loss::Losses;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
    hash::BuildHasher,
};

/// Without a seed: names must not differ from run to run.
type Hashes = foldhash::fast::FixedState;

/// Bytes of one part of a path: disks hold 255, and writers add endings and numbers.
const PART_BYTES_MAXIMUM: usize = 200;
/// Bytes of a path.
const PATH_BYTES_MAXIMUM: usize = 700;
/// Names that are devices on Windows, whatever their ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A key as a relative path that every disk can hold: hostile parts are made harmless, long ones are cut.
pub(crate) fn clean(key: &str) -> String {
    if is_plain(key) {
        return key.to_owned();
    }
    let mut parts: Vec<String> = key.split('/').map(clean_part).collect();
    let mut length = parts.iter().map(|part| part.len() + 1).sum::<usize>();
    // The last part is the name itself: folders go first.
    while length > PATH_BYTES_MAXIMUM && parts.len() > 1 {
        length -= parts.remove(parts.len() - 2).len() + 1;
    }
    parts.join("/")
}

/// A word as one part of a path: the name of a part of a dataset, or of a class.
pub(crate) fn folder(word: &str) -> String {
    clean_part(&word.replace('/', "_"))
}

/// A name that needs no cleaning, as most are: letters, digits and a few signs, in parts that begin and end with one and
/// are longer than a device's name.
fn is_plain(key: &str) -> bool {
    let part = |part: &[u8]| {
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'=');
        let stem = part.iter().position(|byte| *byte == b'.').unwrap_or(part.len());
        let ends_well = part.last() != Some(&b'.') && !part.windows(2).any(|two| two == b"..");
        stem > 4 && part.len() <= PART_BYTES_MAXIMUM && ends_well && part.iter().all(inside)
    };
    key.len() <= PATH_BYTES_MAXIMUM && key.as_bytes().split(|byte| *byte == b'/').all(part)
}

fn clean_part(part: &str) -> String {
    let mut name: String = match part {
        "" | "." => "_".to_owned(),
        ".." => "__".to_owned(),
        _ => part.chars().map(|c| if c.is_control() || ":\\".contains(c) { '_' } else { c }).collect(),
    };
    if name.len() > PART_BYTES_MAXIMUM {
        let ending = split_ending(&name).1;
        let ending = if ending.len() <= 16 { ending.to_owned() } else { String::new() };
        let most = PART_BYTES_MAXIMUM - ending.len();
        let end = (0..=most).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
        name.truncate(end);
        name.push_str(&ending);
    }
    // Windows leaves a point or a space at the end out, so that two names would be one.
    if name.ends_with(['.', ' ']) {
        name.pop();
        name.push('_');
    }
    // Some formats call a folder like the picture without its ending.
    let stem = split_ending(&name).0.len();
    if stem < name.len() && name[..stem].ends_with(['.', ' ']) {
        name.replace_range(stem - 1..stem, "_");
    }
    if is_device(&name) {
        name.insert(0, '_');
    }
    name
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let port = |kind: &str| {
        stem.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(kind))
            && stem.len() == 4
            && stem.ends_with(|c: char| c.is_ascii_digit())
    };
    DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device)) || port("com") || port("lpt")
}

/// The name without its ending, and the ending with its dot (empty when there is none).
pub(crate) fn split_ending(name: &str) -> (&str, &str) {
    let file = name.rfind('/').map_or(0, |at| at + 1);
    match name[file..].rfind('.') {
        Some(dot) if dot > 0 => name.split_at(file + dot),
        _ => (name, ""),
    }
}

pub(crate) fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Gives each part of a dataset a folder of its own: `a/b` and `a_b` would be one.
#[derive(Default)]
pub(crate) struct Folders {
    /// Parts and their folders.
    known: BTreeMap<String, String>,
    taken: HashSet<String>,
}

impl Folders {
    /// `taken` are names that mean something else.
    pub fn new(taken: &[&str]) -> Self {
        Self { known: BTreeMap::new(), taken: taken.iter().map(|name| (*name).to_owned()).collect() }
    }

    pub fn name(&mut self, split: &str) -> &str {
        if !self.known.contains_key(split) {
            let plain = folder(split);
            let numbered = |number: u64| {
                let ending = format!("_{number}");
                let most = PART_BYTES_MAXIMUM - ending.len();
                let end = (0..=most.min(plain.len())).rev().find(|end| plain.is_char_boundary(*end)).unwrap_or(0);
                format!("{}{ending}", &plain[..end])
            };
            let all = std::iter::once(plain.clone()).chain((1..).map(numbered));
            let name = all.into_iter().find(|name| !self.taken.contains(name)).unwrap_or_default();
            self.taken.insert(name.clone());
            self.known.insert(split.to_owned(), name);
        }
        self.known.get(split).map_or("", String::as_str)
    }
}

/// Gives every item a name whose stem no other item has: `a.jpg` and `a.png` would share their label file.
#[derive(Default)]
pub(crate) struct Stems {
    /// Hashes and not names, so that a million items take little room; a chance clash costs a longer name.
    seen: HashSet<u64, Hashes>,
}

impl Stems {
    /// The name of the item's file; its stem is [`split_ending`]'s. `split` keeps parts of a dataset apart.
    pub fn name(&mut self, split: &str, key: &str, losses: &Losses) -> String {
        let cleaned = clean(key);
        let (stem, ending) = split_ending(&cleaned);
        if self.seen.insert(hash(split, stem)) {
            if cleaned != key {
                losses.add("renamed", RENAMED, key);
            }
            return cleaned;
        }
        let mut name = cleaned.clone();
        let mut tried = stem.to_owned();
        let mut number = 1;
        while !self.seen.insert(hash(split, &tried)) {
            tried = if number == 1 && !ending.is_empty() {
                format!("{stem}_{}", &ending[1..])
            } else {
                format!("{stem}_{number}")
            };
            name = format!("{tried}{ending}");
            number += 1;
        }
        if name != key {
            losses.add("renamed", RENAMED, key);
        }
        name
    }
}

/// Gives the data of every item a name of its own, for formats whose labels name each file.
#[derive(Default)]
pub(crate) struct MediaNames {
    /// Hash of the name to that of the source.
    seen: HashMap<u64, u64, Hashes>,
}

impl MediaNames {
    /// The name that the labels give the item, and whether its data is still to be written. Two items with the same data
    /// and name share it. An item without data keeps its key to the letter: nothing is written under it.
    pub fn name<'a>(&mut self, key: &'a str, source: Option<&str>, losses: &Losses) -> (Cow<'a, str>, bool) {
        let Some(source) = source else { return (Cow::Borrowed(key), false) };
        let source = hash("", source);
        let cleaned = clean(key);
        let (stem, ending) = split_ending(&cleaned);
        let mut name = cleaned.clone();
        for number in 1.. {
            match self.seen.entry(hash("", &name)) {
                Entry::Vacant(free) => {
                    free.insert(source);
                    break;
                }
                Entry::Occupied(known) if *known.get() == source => return (named(key, name, losses), false),
                Entry::Occupied(_) => name = format!("{stem}_{number}{ending}"),
            }
        }
        (named(key, name, losses), true)
    }
}

fn named<'a>(key: &'a str, name: String, losses: &Losses) -> Cow<'a, str> {
    if name == key {
        return Cow::Borrowed(key);
    }
    losses.add("renamed", RENAMED, key);
    Cow::Owned(name)
}

const RENAMED: &str = "the key cannot be a file's name here, or its stem is taken: it got another one";

fn hash(split: &str, stem: &str) -> u64 {
    foldhash::quality::FixedState::default().hash_one((split, stem))
}

/// `n` with `next` before it that is not taken: region ids of readers.
pub(crate) fn region_id(at: usize) -> String {
    format!("r{}", at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::safe_name;
    use proptest::prelude::*;

    #[test]
    fn stems_do_not_collide_and_stay_where_they_can() {
        let (mut stems, losses) = (Stems::default(), Losses::default());
        let mut name = |key: &str| stems.name("", key, &losses);
        assert_eq!(name("d.d/a.jpg"), "d.d/a.jpg");
        assert_eq!(name("d.d/a.png"), "d.d/a_png.png");
        assert_eq!(name("d.d/a.png"), "d.d/a_1.png".replace("a_1", "a_2"));
        assert_eq!(name("d.d/.hidden"), "d.d/.hidden");
        assert_eq!(losses.report().losses[0].count, 2);
    }

    #[test]
    fn parts_have_folders_of_their_own() {
        let mut folders = Folders::new(&["data"]);
        let long = "x".repeat(300);
        let names = ["a/b", "a_b", "a/b", "data", "a_b_1", "train", &long, &format!("{long}y")];
        let found = names.map(|name| folders.name(name).to_owned());
        let (cut, other) = ("x".repeat(200), format!("{}_1", "x".repeat(198)));
        assert_eq!(found, ["a_b", "a_b_1", "a_b", "data_1", "a_b_1_1", "train", &cut, &other]);
        // The writers' own care for names changes nothing any more.
        assert!(found.iter().all(|name| folder(name) == *name));
    }

    #[test]
    fn data_has_names_of_its_own() {
        let (mut names, losses) = (MediaNames::default(), Losses::default());
        let mut name = |key: &str, source: Option<&str>| {
            let (name, new) = names.name(key, source, &losses);
            (name.into_owned(), new)
        };
        assert_eq!(name("a:b.png", Some("1")), ("a_b.png".to_owned(), true));
        assert_eq!(name("a_b.png", Some("2")), ("a_b_1.png".to_owned(), true));
        assert_eq!(name("a_b.png", Some("2")), ("a_b_1.png".to_owned(), false));
        assert_eq!(name("../x", None), ("../x".to_owned(), false));
        assert_eq!(losses.report().losses[0].count, 3);
    }

    #[test]
    fn names_of_devices_long_names_and_ends_that_vanish() {
        assert_eq!(clean("CON"), "_CON");
        assert_eq!(clean("a/nul.tar.gz"), "a/_nul.tar.gz");
        assert_eq!(clean("com7.png"), "_com7.png");
        assert_eq!(clean("comet.png"), "comet.png");
        assert_eq!(clean("a. /b."), "a._/b_");
        assert_eq!(clean("a .png"), "a_.png");
        assert_eq!(clean("a..png"), "a_.png");
        assert_eq!(clean(&format!("{}.jpeg", "x".repeat(400))), format!("{}.jpeg", "x".repeat(195)));
        assert_eq!(clean(&format!("{}a.png", "d/".repeat(5000))).len(), 699);
    }

    proptest! {
        #[test]
        fn plain_names_are_clean(key in "[a-z./_-]{0,20}") {
            if is_plain(&key) {
                let parts: Vec<String> = key.split('/').map(clean_part).collect();
                prop_assert_eq!(parts.join("/"), key);
            }
        }

        #[test]
        fn every_key_gives_a_safe_name(key in "(\\.|/|\\\\|\\PC|\\.\\.){0,30}") {
            prop_assert!(safe_name(&clean(&key)) && !clean(&key).ends_with('/'), "{:?}", clean(&key));
        }
    }
}
