//! Names of files that writers make from keys: never out of the archive, never twice.

use crate::loss::Losses;
use std::{
    collections::HashSet,
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
};

/// A key as a relative path: hostile parts are made harmless.
pub(crate) fn clean(key: &str) -> String {
    let part = |part: &str| -> String {
        match part {
            "" | "." => "_".to_owned(),
            ".." => "__".to_owned(),
            _ => part.chars().map(|c| if c.is_control() || ":\\".contains(c) { '_' } else { c }).collect(),
        }
    };
    let mut name = key.split('/').map(part).collect::<Vec<_>>().join("/");
    if name.len() > 900 {
        let mut end = 900;
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name.truncate(end);
    }
    name
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

/// Gives every item a name whose stem no other item has: `a.jpg` and `a.png` would share their label file.
#[derive(Default)]
pub(crate) struct Stems {
    /// Hashes and not names, so that a million items take little room; a chance clash costs a longer name.
    seen: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
}

impl Stems {
    /// The name of the item's file; its stem is [`split_ending`]'s. `split` keeps parts of a dataset apart.
    pub fn name(&mut self, split: &str, key: &str, losses: &Losses) -> String {
        let cleaned = clean(key);
        let (stem, ending) = split_ending(&cleaned);
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
            losses.add(
                "renamed",
                "the key cannot be a file's name here, or its stem is taken: it got another one",
                key,
            );
        }
        name
    }
}

fn hash(split: &str, stem: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one((split, stem))
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

    proptest! {
        #[test]
        fn every_key_gives_a_safe_name(key in "(\\.|/|\\\\|\\PC|\\.\\.){0,30}") {
            prop_assert!(safe_name(&clean(&key)) && !clean(&key).ends_with('/'), "{:?}", clean(&key));
        }
    }
}
