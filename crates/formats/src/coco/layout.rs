//! One program writes all annotations of a file alike: the same keys in the same order, with the same spaces between
//! them. Once this is known, a look at the bytes between the values is enough, and the values are read where they must be.

use super::quick::{self, QuickBox, Slot, Walk};
use std::ops::Range;

/// After so many that were written otherwise, the file is taken for one whose annotations are not written alike.
const LOOKS_MAXIMUM: usize = 64;

/// How the annotations of a file are written, as far as it is known.
#[derive(Default)]
pub struct Layout {
    /// The bytes before each value, and which value it is; the bytes behind the last.
    parts: Vec<(Vec<u8>, Slot)>,
    end: Vec<u8>,
    looked: usize,
    /// Places of the values of the annotation that was looked at last.
    slots: Vec<(Slot, Range<usize>)>,
}

impl Layout {
    /// The annotation at the beginning, and its bytes; exactly what [`quick::annotation`] gives.
    pub fn annotation(&mut self, bytes: &[u8]) -> Option<(QuickBox, usize)> {
        match self.read(bytes) {
            Some(found) => Some(found),
            None => self.learn(bytes),
        }
    }

    /// Looks at an annotation, to know the next one that is written like it.
    pub fn look(&mut self, bytes: &[u8]) {
        if self.looked < LOOKS_MAXIMUM && self.learn(bytes).is_none() {
            self.looked += 1;
        }
    }

    fn learn(&mut self, bytes: &[u8]) -> Option<(QuickBox, usize)> {
        self.slots.clear();
        let found = quick::annotation(bytes, &mut self.slots)?;
        if self.looked < LOOKS_MAXIMUM {
            self.looked += 1;
            let mut at = 0;
            let part = |(slot, place): &(Slot, Range<usize>)| {
                let before = bytes.get(std::mem::replace(&mut at, place.end)..place.start)?;
                Some((before.to_vec(), *slot))
            };
            self.parts = self.slots.iter().map_while(part).collect();
            self.end = bytes.get(at..found.1)?.to_vec();
        }
        Some(found)
    }

    /// The image of the annotation at the beginning, and the annotation's bytes, if it begins and ends as the one that was
    /// learnt. What lies between is not looked at, but for objects within it. The end is no part of a string: it has the
    /// quotes of a key, which would be escaped there.
    pub fn skim(&self, bytes: &[u8]) -> Option<(i64, usize)> {
        let (mut walk, mut image) = (Walk::new(bytes), None);
        for (before, slot) in &self.parts {
            walk.literal(before)?;
            if *slot == Slot::Image {
                image = walk.whole();
                break;
            }
            walk.pass_number();
        }
        let image = image?;
        let rest = bytes.get(walk.at()..)?;
        let end = memchr::memchr2(b'{', b'}', rest)?;
        if *self.end.last()? != b'}' || rest.get(end) != Some(&b'}') {
            return None;
        }
        let object = bytes.get(..=walk.at() + end)?;
        let mut behind = self.end.as_slice();
        let mut tail = object.strip_suffix(behind)?;
        for (before, _) in self.parts.iter().rev() {
            if memchr::memchr(b'"', behind).is_some() {
                break;
            }
            let digits = tail.iter().rev().take_while(|byte| quick::is_of_number(**byte)).count();
            behind = before.as_slice();
            tail = tail.get(..tail.len() - digits)?.strip_suffix(behind)?;
        }
        Some((image, object.len()))
    }

    fn read(&self, bytes: &[u8]) -> Option<(QuickBox, usize)> {
        if self.parts.is_empty() {
            return None;
        }
        let mut walk = Walk::new(bytes);
        let mut found = QuickBox { id: 0, category: 0, bbox: [0.0; 4], area: None, crowd: false };
        for (before, slot) in &self.parts {
            walk.literal(before)?;
            match slot {
                Slot::Id => found.id = walk.whole()?,
                Slot::Image => drop(walk.whole()?),
                Slot::Category => found.category = walk.whole()?,
                Slot::Side(at) => *found.bbox.get_mut(usize::from(*at))? = walk.number()?,
                Slot::Area => found.area = Some(walk.number()?),
                Slot::Crowd => found.crowd = walk.whole().filter(|crowd| *crowd <= 1)? == 1,
            }
        }
        walk.literal(&self.end)?;
        let [_, _, width, height] = found.bbox;
        (width > 0.0 && height > 0.0).then_some((found, walk.at()))
    }
}
