//! Near-duplicates as items come, one after the other: each is compared with those that were kept before it, of which
//! only what looks alike in some part is looked at. Memory grows with what is kept, not with what comes.

use crate::groups::{Fingerprint, HASHES};
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher},
};

/// Fewer bands of a text would be too long to be met by chance.
const TEXT_BANDS_MINIMUM: usize = 4;
/// Others that one item is compared with: of very many that share a part, as forms do, the oldest are overlooked.
const COMPARED_MAXIMUM: usize = 4096;
/// Bits of one band of a picture. Two pictures that differ in fewer bits than there are bands have an equal one.
const BITS: u32 = 8;
/// As many as a text has.
const BANDS: u32 = 128 / BITS;

/// No further item in a bucket.
const END: u32 = u32::MAX;

/// What is hashed already.
#[derive(Default)]
struct Plain(u64);

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

pub struct NearDuplicates {
    threshold: f64,
    /// Bands of a text: one more than there may be hashes that differ, so that one band is equal (the pigeonhole
    /// principle), 16 at most.
    text_bands: usize,
    kept: Vec<Fingerprint>,
    /// Of each band's hash the newest item that has it, as a place in `links`.
    buckets: HashMap<u64, u32, BuildHasherDefault<Plain>>,
    /// [`BANDS`] places an item: the one before it in the same bucket.
    links: Vec<u32>,
}

impl NearDuplicates {
    /// Items at least this similar (0 to 1) are the same. Texts below 0.8 and pictures below 0.9 may be overlooked.
    pub fn new(threshold: f64) -> Self {
        let text_bands = (different(threshold) + 1).clamp(TEXT_BANDS_MINIMUM, BANDS as usize);
        Self { threshold, text_bands, kept: Vec::new(), buckets: HashMap::default(), links: Vec::new() }
    }

    /// The number of the first item that is like this one; None if there is none, and then this one is kept. Numbers count
    /// what was kept, from 0.
    pub fn add(&mut self, print: Fingerprint) -> Option<u32> {
        let keys = keys(&print, self.text_bands);
        let found = self.first_like(&print, &keys);
        // Beyond that many items nothing is looked for any more.
        if found.is_none() && self.links.len() + (BANDS as usize) < END as usize {
            let first = self.links.len();
            for (band, key) in keys.into_iter().enumerate() {
                let at = (first + band) as u32;
                self.links.push(self.buckets.insert(key, at).unwrap_or(END));
            }
            self.links.resize(first + BANDS as usize, END);
            self.kept.push(print);
        }
        found
    }

    /// The number of the first item that is like this one, which is not kept.
    pub fn find(&self, print: &Fingerprint) -> Option<u32> {
        self.first_like(print, &keys(print, self.text_bands))
    }

    fn first_like(&self, print: &Fingerprint, keys: &[u64]) -> Option<u32> {
        let (mut found, mut compared): (Option<u32>, usize) = (None, 0);
        for key in keys {
            let mut at = self.buckets.get(key).copied().unwrap_or(END);
            while at != END && compared < COMPARED_MAXIMUM {
                compared += 1;
                let item = at / BANDS;
                let earlier = found.is_none_or(|found| item < found);
                let other = self.kept.get(item as usize).filter(|_| earlier);
                if other.is_some_and(|other| print.is_like(other, self.threshold)) {
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

/// Hashes of two texts that may differ at this similarity.
fn different(threshold: f64) -> usize {
    ((1.0 - threshold) * HASHES as f64 + 1e-9).floor().clamp(0.0, HASHES as f64) as usize
}

/// Under what an item is looked for: the hash of each band with the band's number.
fn keys(print: &Fingerprint, text_bands: usize) -> Vec<u64> {
    let hash = |band: usize, value: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        band.hash(&mut hasher);
        value(&mut hasher);
        hasher.finish()
    };
    match print {
        Fingerprint::Text(least) => {
            let part = |band: usize| {
                let rows = HASHES * band / text_bands..HASHES * (band + 1) / text_bands;
                least.get(rows).unwrap_or_default()
            };
            (0..text_bands).map(|band| hash(band, &|hasher: &mut DefaultHasher| part(band).hash(hasher))).collect()
        }
        Fingerprint::Picture(bits) => {
            let part = |band: usize| (bits >> (band as u32 * BITS)) as u8;
            let all = 0..BANDS as usize;
            all.map(|band| hash(HASHES + band, &|hasher: &mut DefaultHasher| part(band).hash(hasher))).collect()
        }
    }
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

    /// Forms with another name in each: no two are the same, and all share most of their words.
    #[test]
    fn many_that_share_a_part_take_no_time_with_their_square() {
        let (mut near, begun) = (NearDuplicates::new(0.9), std::time::Instant::now());
        for number in 0..6000_u64 {
            let name = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let text =
                format!("Dear {name:x}, your parcel {number} has left our house today and will be with you soon.");
            near.add(Fingerprint::of_text(&text).unwrap());
        }
        assert!(near.len() > 3000 && begun.elapsed() < std::time::Duration::from_secs(60), "{}", near.len());
    }

    #[test]
    fn no_text_above_the_threshold_is_overlooked() {
        let words: Vec<String> =
            (0..400_u64).map(|number| format!("{:x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        let base = words[..120].join(" ");
        let prints: Vec<Fingerprint> = (0..120)
            .flat_map(|at| (1..4).map(move |count| (at, count)))
            .map(|(at, count)| {
                let mut changed: Vec<&str> = words[..120].iter().map(String::as_str).collect();
                (0..count).for_each(|step| changed[(at + step * 37) % 120] = &words[200 + (at + step) % 200]);
                Fingerprint::of_text(&changed.join(" ")).unwrap()
            })
            .collect();
        for threshold in [0.8, 0.9, 0.95, 1.0] {
            for print in &prints {
                let mut near = NearDuplicates::new(threshold);
                let first = Fingerprint::of_text(&base).unwrap();
                let expected = first.similarity(print).unwrap() >= threshold;
                near.add(first);
                assert_eq!(near.add(print.clone()), expected.then_some(0), "{threshold}");
            }
        }
    }
}
