//! What children are called: names that no other item has, up to the ending.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Hashes of all stems that are taken: eight bytes an item instead of its name. Two that fall together cost a mark in a
/// name.
#[derive(Default)]
pub struct Names {
    taken: HashSet<u64>,
}

/// The ending of the last part of a key.
pub fn ending(key: &str) -> Option<&str> {
    let name = key.rsplit('/').next().unwrap_or(key);
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending)
}

fn stem(key: &str) -> &str {
    match ending(key) {
        Some(ending) => &key[..key.len() - ending.len() - 1],
        None => key,
    }
}

fn hash(stem: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    stem.hash(&mut hasher);
    hasher.finish()
}

impl Names {
    /// Every item is told before the first child is named.
    pub fn take(&mut self, key: &str) {
        self.taken.insert(hash(stem(key)));
    }

    /// A stem for the children of an item: with `-aug1` and so on behind it, no other key begins with it up to the ending.
    pub fn of_children(&mut self, key: &str, factor: u32) -> String {
        let mut own = stem(key).to_owned();
        loop {
            let names: Vec<u64> = (1..=factor).map(|number| hash(&format!("{own}-aug{number}"))).collect();
            if names.iter().all(|name| !self.taken.contains(name)) {
                self.taken.extend(names);
                return own;
            }
            own.push('_');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_child_takes_the_name_of_another_item() {
        let keys = ["a.png", "a.jpg", "a-aug1.png", "d.x/b", ".c"];
        let mut names = Names::default();
        keys.iter().for_each(|key| names.take(key));
        assert_eq!(keys.map(|key| names.of_children(key, 2)), ["a_", "a__", "a-aug1", "d.x/b", ".c"]);
    }
}
