//! Images and annotations as most files have them, read without a general parser: the usual keys, plain numbers, no
//! escapes, boxes without an outline. None for everything else, good or bad: the general parser says what it is. What is
//! read here is read as the general parser would (a test holds the two against each other).

use std::ops::Range;

/// An annotation of a box.
#[derive(Debug, PartialEq)]
pub struct QuickBox {
    pub id: i64,
    pub category: i64,
    /// x, y, width, height in pixels; the sides are positive.
    pub bbox: [f64; 4],
    pub area: Option<f64>,
    pub crowd: bool,
}

#[derive(Debug, PartialEq)]
pub struct QuickImage<'a> {
    pub id: i64,
    pub file_name: &'a str,
    pub size: [u32; 2],
}

/// A value of an annotation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Slot {
    Id,
    Image,
    Category,
    /// A number of the box, from 0.
    Side(u8),
    Area,
    Crowd,
}

/// A walk through the bytes of one value.
pub struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Whole numbers below this are exact as floating-point numbers.
const EXACT: u64 = 1 << 53;
/// As many digits fit into 64 bits.
const DIGITS: usize = 19;
/// Powers of ten that are exact.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

impl<'a> Walk<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How far it has come.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Goes over exactly these bytes.
    #[inline]
    pub fn literal(&mut self, wanted: &[u8]) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(wanted).then(|| self.at += wanted.len())
    }

    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// A string without escapes and control characters.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.take(b'"')?;
        let rest = self.bytes.get(self.at..)?;
        let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
        if rest.get(length) != Some(&b'"') {
            return None;
        }
        self.at += length + 1;
        rest.get(..length)
    }

    #[inline]
    pub fn whole(&mut self) -> Option<i64> {
        self.peek()?;
        let (value, count, places) = self.digits()?;
        if count > DIGITS || places > 0 || matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            return None;
        }
        i64::try_from(value).ok()
    }

    /// The digits that come next, as one number: how many there are before a point, and how many behind it. The number is
    /// right while they are no more than [`DIGITS`]. None for what is no number, such as `01` or `1.`.
    #[inline]
    fn digits(&mut self) -> Option<(u64, usize, usize)> {
        let rest = self.bytes.get(self.at..)?;
        let (mut value, mut end, mut point) = (0_u64, rest.len(), None);
        for (at, byte) in rest.iter().enumerate() {
            let digit = byte.wrapping_sub(b'0');
            if digit <= 9 {
                value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            } else if *byte == b'.' && point.is_none() {
                point = Some(at);
            } else {
                end = at;
                break;
            }
        }
        let count = point.unwrap_or(end);
        let places = point.map_or(0, |point| end - point - 1);
        if count == 0 || count > 1 && rest.first() == Some(&b'0') || point.is_some() && places == 0 {
            return None;
        }
        self.at += end;
        Some((value, count, places))
    }

    /// A number without an exponent whose digits are an exact whole number: divided by an exact power of ten it is
    /// rounded once, and so rightly (W. Clinger, 1990).
    #[inline]
    pub fn number(&mut self) -> Option<f64> {
        let negative = self.peek()? == b'-';
        self.at += usize::from(negative);
        let (value, count, places) = self.digits()?;
        if count + places > DIGITS || value > EXACT || matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            return None;
        }
        let number = value as f64 / POWERS.get(places)?;
        Some(if negative { -number } else { number })
    }

    /// Goes over what a number may be written with, unseen.
    #[inline]
    pub fn pass_number(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|byte| !is_of_number(*byte)).unwrap_or(rest.len());
    }

    /// What `read` reads; its place, without the spaces before it, is noted.
    fn noted<T>(
        &mut self,
        slot: Slot,
        slots: &mut Vec<(Slot, Range<usize>)>,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        self.peek()?;
        let start = self.at;
        let found = read(self)?;
        slots.push((slot, start..self.at));
        Some(found)
    }

    /// Calls `with` for each key with the walk at its value; None when it says so or the object is no plain one. `key`
    /// says which key is at the beginning of the bytes, and how many it has with the quote at its end.
    fn object<K>(
        &mut self,
        key: impl Fn(&[u8]) -> Option<(K, usize)>,
        mut with: impl FnMut(&mut Self, K) -> Option<()>,
    ) -> Option<()> {
        self.take(b'{')?;
        loop {
            self.take(b'"')?;
            let (key, bytes) = key(self.bytes.get(self.at..)?)?;
            self.at += bytes;
            self.take(b':')?;
            with(self, key)?;
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }
}

/// May a number without an exponent be written with this byte?
#[inline]
pub fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'.' | b'-')
}

/// Puts a value where there is none yet: a key that comes twice is for the general parser.
fn once<T>(place: &mut Option<T>, value: Option<T>) -> Option<()> {
    if place.is_some() {
        return None;
    }
    *place = Some(value?);
    Some(())
}

#[derive(Clone, Copy)]
enum Key {
    Id,
    Image,
    Category,
    Box,
    Area,
    Crowd,
    Outline,
    FileName,
    Width,
    Height,
}

// The compiler makes a tree of single bytes out of these patterns, which is faster than to look for the end of a key and
// to compare it.

fn annotation_key(bytes: &[u8]) -> Option<(Key, usize)> {
    Some(match bytes {
        [b'i', b'd', b'"', ..] => (Key::Id, 3),
        [b'i', b'm', b'a', b'g', b'e', b'_', b'i', b'd', b'"', ..] => (Key::Image, 9),
        [b'c', b'a', b't', b'e', b'g', b'o', b'r', b'y', b'_', b'i', b'd', b'"', ..] => (Key::Category, 12),
        [b'b', b'b', b'o', b'x', b'"', ..] => (Key::Box, 5),
        [b'a', b'r', b'e', b'a', b'"', ..] => (Key::Area, 5),
        [b'i', b's', b'c', b'r', b'o', b'w', b'd', b'"', ..] => (Key::Crowd, 8),
        [b's', b'e', b'g', b'm', b'e', b'n', b't', b'a', b't', b'i', b'o', b'n', b'"', ..] => (Key::Outline, 13),
        _ => return None,
    })
}

fn image_key(bytes: &[u8]) -> Option<(Key, usize)> {
    Some(match bytes {
        [b'i', b'd', b'"', ..] => (Key::Id, 3),
        [b'f', b'i', b'l', b'e', b'_', b'n', b'a', b'm', b'e', b'"', ..] => (Key::FileName, 10),
        [b'w', b'i', b'd', b't', b'h', b'"', ..] => (Key::Width, 6),
        [b'h', b'e', b'i', b'g', b'h', b't', b'"', ..] => (Key::Height, 7),
        _ => return None,
    })
}

/// The annotation at the beginning, and its bytes. `slots` gets the places of its values.
pub fn annotation(bytes: &[u8], slots: &mut Vec<(Slot, Range<usize>)>) -> Option<(QuickBox, usize)> {
    let (mut id, mut image, mut category, mut bbox, mut area, mut crowd) = (None, None, None, None, None, None);
    let mut outline = None;
    let mut walk = Walk::new(bytes);
    walk.object(annotation_key, |walk, key| match key {
        Key::Id => once(&mut id, walk.noted(Slot::Id, slots, Walk::whole)),
        Key::Image => once(&mut image, walk.noted(Slot::Image, slots, Walk::whole)),
        Key::Category => once(&mut category, walk.noted(Slot::Category, slots, Walk::whole)),
        Key::Box => {
            walk.take(b'[')?;
            let mut sides = [0.0; 4];
            for (at, side) in (0..).zip(sides.iter_mut()) {
                if at > 0 {
                    walk.take(b',')?;
                }
                *side = walk.noted(Slot::Side(at), slots, Walk::number)?;
            }
            once(&mut bbox, walk.take(b']').map(|()| sides))
        }
        Key::Area => once(&mut area, walk.noted(Slot::Area, slots, Walk::number)),
        Key::Crowd => once(&mut crowd, walk.noted(Slot::Crowd, slots, Walk::whole).filter(|crowd| *crowd <= 1)),
        Key::Outline => {
            walk.take(b'[')?;
            once(&mut outline, walk.take(b']'))
        }
        Key::FileName | Key::Width | Key::Height => None,
    })?;
    let bbox = bbox.filter(|[_, _, width, height]: &[f64; 4]| *width > 0.0 && *height > 0.0)?;
    image?;
    Some((QuickBox { id: id?, category: category?, bbox, area, crowd: crowd == Some(1) }, walk.at))
}

/// The image at the beginning, and its bytes.
pub fn image(bytes: &[u8]) -> Option<(QuickImage<'_>, usize)> {
    let (mut id, mut name, mut width, mut height) = (None, None, None, None);
    let mut walk = Walk { bytes, at: 0 };
    walk.object(image_key, |walk, key| match key {
        Key::Id => once(&mut id, walk.whole()),
        Key::FileName => once(&mut name, walk.string()),
        Key::Width => once(&mut width, walk.whole()),
        Key::Height => once(&mut height, walk.whole()),
        _ => None,
    })?;
    let side = |side: Option<i64>| u32::try_from(side?).ok().filter(|side| *side > 0);
    let image =
        QuickImage { id: id?, file_name: std::str::from_utf8(name?).ok()?, size: [side(width)?, side(height)?] };
    Some((image, walk.at))
}

#[cfg(test)]
#[path = "quick_tests.rs"]
mod tests;
