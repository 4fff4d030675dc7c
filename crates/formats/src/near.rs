//! Near-duplicates as items come, one after the other: each is compared with those that were kept before it, of which
//! only what looks alike in some part is looked at. Memory grows with what is kept, not with what comes.

use crate::groups::{Fingerprint, HASHES};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Hashes of one band of a text: at a similarity of 0.8 a pair meets in some band with a chance of 99.98 %.
const ROWS: usize = 4;
/// Bits of one band of a picture. Two pictures that differ in fewer bits than there are bands have an equal one.
const BITS: u32 = 8;
/// As many as a text has.
const BANDS: u32 = 128 / BITS;
const _: () = assert!(HASHES / ROWS == BANDS as usize);

/// No further item in a bucket.
const END: u32 = u32::MAX;

pub struct NearDuplicates {
    threshold: f64,
    kept: Vec<Fingerprint>,
    /// Of each band's hash the newest item that has it, as a place in `links`.
    buckets: HashMap<u64, u32>,
    /// [`BANDS`] places an item: the one before it in the same bucket.
    links: Vec<u32>,
}

impl NearDuplicates {
    /// Items at least this similar (0 to 1) are the same. Texts below 0.8 and pictures below 0.9 may be overlooked.
    pub fn new(threshold: f64) -> Self {
        Self { threshold, kept: Vec::new(), buckets: HashMap::new(), links: Vec::new() }
    }

    /// The number of the first item that is like this one; None if there is none, and then this one is kept. Numbers count
    /// what was kept, from 0.
    pub fn add(&mut self, print: Fingerprint) -> Option<u32> {
        let keys = keys(&print);
        let found = self.first_like(&print, &keys);
        // Beyond that many items nothing is looked for any more.
        if found.is_none() && self.links.len() + (BANDS as usize) < END as usize {
            for key in keys {
                let at = self.links.len() as u32;
                self.links.push(self.buckets.insert(key, at).unwrap_or(END));
            }
            self.kept.push(print);
        }
        found
    }

    /// The number of the first item that is like this one, which is not kept.
    pub fn find(&self, print: &Fingerprint) -> Option<u32> {
        self.first_like(print, &keys(print))
    }

    fn first_like(&self, print: &Fingerprint, keys: &[u64; BANDS as usize]) -> Option<u32> {
        let mut found: Option<u32> = None;
        for key in keys {
            let mut at = self.buckets.get(key).copied().unwrap_or(END);
            while at != END {
                let item = at / BANDS;
                let earlier = found.is_none_or(|found| item < found);
                let other = self.kept.get(item as usize).filter(|_| earlier);
                if other.and_then(|other| print.similarity(other)).is_some_and(|same| same >= self.threshold) {
                    found = Some(item);
                }
                at = self.links.get(at as usize).copied().unwrap_or(END);
            }
        }
        found
    }

    /// How many were kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

/// Under what an item is looked for: the hash of each band with the band's number.
fn keys(print: &Fingerprint) -> [u64; BANDS as usize] {
    let mut keys = [0; BANDS as usize];
    let hash = |band: usize, value: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        band.hash(&mut hasher);
        value(&mut hasher);
        hasher.finish()
    };
    for (band, key) in keys.iter_mut().enumerate() {
        *key = match print {
            Fingerprint::Text(least) => {
                let rows = least.get(band * ROWS..(band + 1) * ROWS).unwrap_or_default();
                hash(band, &|hasher: &mut DefaultHasher| rows.hash(hasher))
            }
            Fingerprint::Picture(bits) => {
                let part = (bits >> (band as u32 * BITS)) as u8;
                hash(HASHES + band, &|hasher: &mut DefaultHasher| part.hash(hasher))
            }
        };
    }
    keys
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_those_that_are_alike_is_kept() {
        let text = |text: &str| Fingerprint::of_text(text).unwrap();
        let long = "The committee met on Tuesday to discuss the budget for the coming year, and nobody was pleased with \
                    what it said about the schools, the roads and the bridges of the town, or with the tone of it. ";
        let mut near = NearDuplicates::new(0.8);
        assert_eq!(near.add(text(long)), None);
        assert_eq!(near.add(text("Something else entirely was said in another place.")), None);
        assert_eq!(near.add(text(&long.replace("Tuesday", "Monday"))), Some(0));
        assert_eq!(near.find(&text(&long.replace("Tuesday", "Friday"))), Some(0));
        assert_eq!(near.find(&text("Nobody has said this before.")), None);
        assert_eq!(near.len(), 2, "looking keeps nothing");
        assert_eq!(near.add(Fingerprint::Picture(0xffff)), None);
        assert_eq!(near.add(Fingerprint::Picture(0xfffe)), Some(2));
        assert_eq!(near.add(Fingerprint::Picture(u128::MAX)), None);
        assert_eq!(near.len(), 4);
    }
}
