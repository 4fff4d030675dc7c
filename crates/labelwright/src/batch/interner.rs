//! Strings as numbers: each distinct string is kept once, in one piece of memory, and known by a `u32`.

use super::{numbered::Numbered, order::natural_order};
use std::hash::{BuildHasher, Hasher, RandomState};

/// Distinct byte strings in the order in which they were first seen.
#[derive(Debug, Clone)]
pub struct Interner {
    bytes: Vec<u8>,
    /// Where each string ends in `bytes`.
    ends: Vec<u32>,
    numbered: Numbered,
    /// Open addressing, a power of two; empty while nothing can be searched.
    slots: Vec<Slot>,
    /// Differs from run to run, so that nobody can prepare collisions; no result depends on it.
    seed: u64,
    /// The last string asked for: rows of one task often follow each other.
    last: u32,
}

/// Short strings are told apart within their slot: one look into memory instead of four.
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// Up to 15 bytes and their number; of longer strings the first 15 and 255.
    word: [u64; 2],
    hash: u32,
    /// [`FREE`] for an empty slot.
    id: u32,
}

const FREE: u32 = u32::MAX;
const SHORT: usize = 15;
const LONG: u8 = 255;

fn word(text: &[u8]) -> [u64; 2] {
    let mut bytes = [0_u8; 16];
    let short = text.len().min(SHORT);
    if let (Some(to), Some(from)) = (bytes.get_mut(..short), text.get(..short)) {
        to.copy_from_slice(from);
    }
    let [.., last] = &mut bytes;
    *last = if text.len() > SHORT { LONG } else { text.len() as u8 };
    let all = u128::from_le_bytes(bytes);
    [all as u64, (all >> 64) as u64]
}

/// Both halves of a product: every bit of the input reaches every bit of the result.
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

impl Default for Interner {
    fn default() -> Self {
        let seed = RandomState::new().build_hasher().finish();
        Self { bytes: Vec::new(), ends: Vec::new(), numbered: Numbered::default(), slots: Vec::new(), seed, last: 0 }
    }
}

impl Interner {
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes room for so many short strings, if there is any.
    pub fn reserve(&mut self, strings: usize) {
        self.ends.try_reserve_exact(strings).ok();
        self.bytes.try_reserve_exact(strings.saturating_mul(8)).ok();
        self.numbered.reserve(strings);
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn hash(&self, word: [u64; 2], text: &[u8]) -> u32 {
        let [one, other] = word;
        let mut hash = fold(fold(one ^ self.seed, 0x9e37_79b9_7f4a_7c15) ^ other, 0xd6e8_feb8_6659_fd93);
        for part in text.get(SHORT..).unwrap_or_default().chunks(8) {
            let [next, _] = self::word(part);
            hash = fold(hash ^ next, 0x9e37_79b9_7f4a_7c15);
        }
        hash as u32
    }

    /// The slot that holds the string, or the empty one where it belongs.
    fn place(&self, word: [u64; 2], hash: u32, text: &[u8]) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots.get(at)?;
            let same = slot.word == word && slot.hash == hash;
            if slot.id == FREE || (same && (text.len() <= SHORT || self.get(slot.id) == text)) {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    /// The string's number; a new one if it was not seen before. None past 4,294,967,294 strings or 4 GiB of them.
    #[inline]
    pub fn intern(&mut self, text: &[u8]) -> Option<u32> {
        match self.numbered.look(text) {
            Some(number) => self.numbered.get(number).or_else(|| self.push_numbered(number)),
            None => self.search(text),
        }
    }

    fn push_numbered(&mut self, number: u32) -> Option<u32> {
        let start = self.bytes.len();
        self.numbered.write(number, &mut self.bytes);
        let id = self.end();
        match id {
            Some(id) => self.numbered.set(number, id),
            None => self.bytes.truncate(start),
        }
        id
    }

    fn search(&mut self, text: &[u8]) -> Option<u32> {
        if self.ends.get(self.last as usize).is_some() && self.get(self.last) == text {
            return Some(self.last);
        }
        let searched = self.ends.len() - self.numbered.len();
        if self.slots.len() * 5 < (searched + 1) * 8 {
            self.grow(((searched + 1) * 2).next_power_of_two().max(64));
        }
        let word = word(text);
        let hash = self.hash(word, text);
        let at = self.place(word, hash, text)?;
        let found = self.slots.get(at).map(|slot| slot.id).filter(|id| *id != FREE);
        let id = match found {
            Some(id) => id,
            None => {
                let id = self.push(text)?;
                *self.slots.get_mut(at)? = Slot { word, hash, id };
                id
            }
        };
        self.last = id;
        Some(id)
    }

    fn push(&mut self, text: &[u8]) -> Option<u32> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text);
        let id = self.end();
        if id.is_none() {
            self.bytes.truncate(start);
        }
        id
    }

    /// What was added to `bytes` is a string.
    fn end(&mut self) -> Option<u32> {
        let id = u32::try_from(self.ends.len()).ok().filter(|id| *id < FREE)?;
        self.ends.push(u32::try_from(self.bytes.len()).ok()?);
        Some(id)
    }

    fn grow(&mut self, size: usize) {
        let old = std::mem::replace(&mut self.slots, vec![Slot { word: [0; 2], hash: 0, id: FREE }; size]);
        let mask = size - 1;
        for slot in old.into_iter().filter(|slot| slot.id != FREE) {
            let mut at = slot.hash as usize & mask;
            while self.slots.get(at).is_some_and(|there| there.id != FREE) {
                at = (at + 1) & mask;
            }
            if let Some(place) = self.slots.get_mut(at) {
                *place = slot;
            }
        }
    }

    /// The number of a string that was seen.
    pub fn find(&self, text: &[u8]) -> Option<u32> {
        if let Some(number) = self.numbered.number(text) {
            return self.numbered.get(number);
        }
        let word = word(text);
        let at = self.place(word, self.hash(word, text), text)?;
        self.slots.get(at).map(|slot| slot.id).filter(|id| *id != FREE)
    }

    /// The string of a number; empty for a number that was not given out.
    pub fn get(&self, id: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, id)
    }

    /// The string as text; bytes that are not UTF-8 are replaced.
    pub fn text(&self, id: u32) -> String {
        String::from_utf8_lossy(self.get(id)).into_owned()
    }

    /// Puts the strings into natural order ("t2" before "t10") and frees the search table. Gives, for each old number,
    /// the new one.
    pub fn sort(&mut self) -> Vec<u32> {
        self.reorder().unwrap_or_else(|| (0..self.len() as u32).collect())
    }

    /// As [`Self::sort`]; None where everything was in order, which takes no memory to find out about numbered strings.
    pub fn reorder(&mut self) -> Option<Vec<u32>> {
        let numbered = self.numbered.len() == self.len();
        let in_order = |order: &mut dyn Iterator<Item = u32>| order.zip(0..).all(|(old, new)| old == new);
        if numbered && in_order(&mut self.numbered.in_order()) {
            self.free_search();
            return None;
        }
        let order: Vec<u32> =
            if numbered { self.numbered.in_order().collect() } else { natural_order(self.len(), |id| self.get(id)) };
        if in_order(&mut order.iter().copied()) {
            self.free_search();
            return None;
        }
        let mut new_of = vec![0_u32; order.len()];
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut ends = Vec::with_capacity(self.ends.len());
        for (new, old) in order.iter().enumerate() {
            if let Some(place) = new_of.get_mut(*old as usize) {
                *place = new as u32;
            }
            bytes.extend_from_slice(self.get(*old));
            ends.push(bytes.len() as u32);
        }
        self.numbered.renumber(&new_of);
        (self.bytes, self.ends) = (bytes, ends);
        self.free_search();
        Some(new_of)
    }

    /// What searches is built anew for few strings, and gone for many.
    fn free_search(&mut self) {
        self.slots = Vec::new();
        self.last = 0;
        if self.len() > SEARCHABLE {
            self.numbered = Numbered::default();
        } else {
            self.grow(((self.len() + 1) * 2).next_power_of_two().max(64));
            for id in 0..self.len() as u32 {
                let text = slice(&self.bytes, &self.ends, id);
                if self.numbered.number(text).is_some() {
                    continue;
                }
                let word = word(text);
                let hash = self.hash(word, text);
                if let Some(slot) = self.place(word, hash, text).and_then(|at| self.slots.get_mut(at)) {
                    *slot = Slot { word, hash, id };
                }
            }
        }
    }

    /// The number of a string after [`Self::sort`], by halving.
    pub fn find_sorted(&self, text: &[u8]) -> Option<u32> {
        if !self.slots.is_empty() || self.numbered.number(text).is_some() {
            return self.find(text);
        }
        let (mut low, mut high) = (0, self.len() as u32);
        while low < high {
            let middle = low + (high - low) / 2;
            match super::order::compare(self.get(middle), text) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

/// Below this many strings the search table is built again after sorting; above it memory matters more.
const SEARCHABLE: usize = 4096;

fn slice<'a>(bytes: &'a [u8], ends: &[u32], id: u32) -> &'a [u8] {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends.get(id - 1).copied().unwrap_or(0) as usize };
    let end = ends.get(id).copied().unwrap_or(0) as usize;
    bytes.get(start..end).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_string_has_one_number() {
        let mut interner = Interner::new();
        let ids: Vec<u32> =
            ["b", "", "a", "b", "a", "b"].iter().map(|t| interner.intern(t.as_bytes()).unwrap()).collect();
        assert_eq!(ids, [0, 1, 2, 0, 2, 0]);
        assert_eq!((interner.get(0), interner.get(1), interner.get(9)), (&b"b"[..], &b""[..], &b""[..]));
        assert_eq!(interner.find(b"a"), Some(2));
        assert_eq!(interner.find(b"z"), None);
    }

    /// Whatever has a number behind its word is found by it; what only looks so is not mixed up with it.
    #[test]
    fn numbers_and_words_do_not_mix() {
        let texts = [
            "t7",
            "t07",
            "t",
            "7",
            "07",
            "u7",
            "t0",
            "t00",
            "t99999999999",
            "t67108864",
            "t1",
            "longer-than-15-bytes-7",
        ];
        let mut interner = Interner::new();
        for round in 0..2 {
            for (id, text) in texts.iter().enumerate() {
                assert_eq!(interner.intern(text.as_bytes()), Some(id as u32), "{round} {text}");
            }
        }
        let new = interner.sort();
        for (id, text) in texts.iter().enumerate() {
            assert_eq!(interner.get(new[id]), text.as_bytes());
            assert_eq!(interner.find_sorted(text.as_bytes()), Some(new[id]));
        }
        assert_eq!(interner.find_sorted(b"t2"), None);
    }

    #[test]
    fn sorting_gives_natural_order_and_the_way_there() {
        for count in [20_u32, 10_000] {
            let mut interner = Interner::new();
            for number in (0..count).rev() {
                interner.intern(format!("t{number}").as_bytes()).unwrap();
            }
            let new = interner.sort();
            assert_eq!(new[0], count - 1);
            for number in 0..count {
                assert_eq!(interner.get(number), format!("t{number}").as_bytes());
                assert_eq!(interner.find_sorted(format!("t{number}").as_bytes()), Some(number));
            }
            assert_eq!(interner.find_sorted(b"u"), None);
        }
    }
}
