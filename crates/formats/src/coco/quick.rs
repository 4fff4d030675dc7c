//! Images and annotations as most files have them, read without a general parser: the usual keys, plain numbers, no
//! escapes, boxes without an outline. None for everything else, good or bad: the general parser says what it is. What is
//! read here is read as the general parser would (a test holds the two against each other).

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

/// A walk through the bytes of one value.
struct Walk<'a> {
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

    /// Appends the digits that come next to those of a number, and says how many came. The number is right while it has
    /// no more than [`DIGITS`].
    fn digits(&mut self, value: &mut u64) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut count = 0;
        for byte in rest {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            *value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            count += 1;
        }
        self.at += count;
        count
    }

    fn whole(&mut self) -> Option<i64> {
        let zero = self.peek()? == b'0';
        let mut value = 0;
        let count = self.digits(&mut value);
        if count == 0 || count > DIGITS || zero && count > 1 {
            return None;
        }
        if matches!(self.bytes.get(self.at), Some(b'.' | b'e' | b'E')) {
            return None;
        }
        i64::try_from(value).ok()
    }

    /// A number without an exponent whose digits are an exact whole number: divided by an exact power of ten it is
    /// rounded once, and so rightly (W. Clinger, 1990).
    fn number(&mut self) -> Option<f64> {
        let negative = self.peek()? == b'-';
        self.at += usize::from(negative);
        let zero = self.bytes.get(self.at) == Some(&b'0');
        let mut value = 0;
        let count = self.digits(&mut value);
        if count == 0 || zero && count > 1 {
            return None;
        }
        let mut places = 0;
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            places = self.digits(&mut value);
            if places == 0 {
                return None;
            }
        }
        if count + places > DIGITS || value > EXACT || matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            return None;
        }
        let number = value as f64 / POWERS.get(places)?;
        Some(if negative { -number } else { number })
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

/// The annotation at the beginning, and its bytes.
pub fn annotation(bytes: &[u8]) -> Option<(QuickBox, usize)> {
    let (mut id, mut image, mut category, mut bbox, mut area, mut crowd) = (None, None, None, None, None, None);
    let mut outline = None;
    let mut walk = Walk { bytes, at: 0 };
    walk.object(annotation_key, |walk, key| match key {
        Key::Id => once(&mut id, walk.whole()),
        Key::Image => once(&mut image, walk.whole()),
        Key::Category => once(&mut category, walk.whole()),
        Key::Box => {
            walk.take(b'[')?;
            let mut sides = [0.0; 4];
            for (at, side) in sides.iter_mut().enumerate() {
                if at > 0 {
                    walk.take(b',')?;
                }
                *side = walk.number()?;
            }
            once(&mut bbox, walk.take(b']').map(|()| sides))
        }
        Key::Area => once(&mut area, walk.number()),
        Key::Crowd => once(&mut crowd, walk.whole().filter(|crowd| *crowd <= 1)),
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::coco::entries::{Annotation, Id, Image};
    use proptest::prelude::*;

    /// An entry with nothing behind it.
    fn alone<T>(raw: &[u8], (found, bytes): (T, usize)) -> Option<T> {
        raw.get(bytes..)?.trim_ascii().is_empty().then_some(found)
    }

    fn annotation(raw: &[u8]) -> Option<QuickBox> {
        alone(raw, super::annotation(raw)?)
    }

    fn image(raw: &[u8]) -> Option<QuickImage<'_>> {
        alone(raw, super::image(raw)?)
    }

    /// What is read quickly is what the general parser reads.
    fn agrees(raw: &str) {
        if let Some(quick) = annotation(raw.as_bytes()) {
            let general: Annotation<'_> = serde_json::from_str(raw).unwrap();
            let id = |raw: Option<&serde_json::value::RawValue>| Id::of(raw.unwrap()).unwrap();
            assert_eq!(id(general.id), Id::Number(quick.id), "{raw}");
            assert_eq!(id(general.category_id), Id::Number(quick.category), "{raw}");
            assert_eq!(general.bbox.unwrap(), quick.bbox, "{raw}");
            assert_eq!((general.area, general.iscrowd.unwrap_or(0.0)), (quick.area, f64::from(u8::from(quick.crowd))));
            assert!(general.others.is_empty() && general.score.is_none() && general.keypoints.is_none());
            assert!(general.segmentation.is_none_or(|raw| raw.get().replace(' ', "") == "[]"), "{raw}");
        }
        if let Some(quick) = image(raw.as_bytes()) {
            let general: Image<'_> = serde_json::from_str(raw).unwrap();
            assert_eq!(Id::of(general.id.unwrap()).unwrap(), Id::Number(quick.id), "{raw}");
            assert_eq!(general.file_name.unwrap(), quick.file_name, "{raw}");
            assert_eq!([general.width.unwrap(), general.height.unwrap()], quick.size.map(f64::from), "{raw}");
            assert!(general.others.is_empty());
        }
    }

    const USUAL: &str = r#"{"id": 5, "image_id":1,"category_id":3 , "bbox":[1.25,0,-0,7.1],"area":8.875,"segmentation":[ ],"iscrowd":0}"#;

    #[test]
    fn the_usual_is_read_and_the_unusual_is_left() {
        let good = USUAL.replace("-0,", "3,");
        assert_eq!(
            annotation(good.as_bytes()),
            Some(QuickBox { id: 5, category: 3, bbox: [1.25, 0.0, 3.0, 7.1], area: Some(8.875), crowd: false })
        );
        for (from, to) in [
            ("\"id\": 5", "\"id\": 05"),
            ("\"id\": 5", "\"id\": \"5\""),
            ("\"id\": 5", "\"id\": 5.0"),
            ("\"id\": 5", "\"id\": 5, \"id\": 5"),
            ("[ ]", "[[1,2,3,4,5,6]]"),
            ("[ ]", "null"),
            ("1.25", "1e3"),
            ("1.25", "1."),
            ("1.25", ".5"),
            ("1.25", "01.5"),
            ("1.25", "NaN"),
            ("7.1", "0"),
            ("\"iscrowd\":0", "\"iscrowd\":2"),
            ("\"iscrowd\":0", "\"score\":0.5"),
            ("\"iscrowd\":0}", "\"iscrowd\":0,}"),
            ("\"iscrowd\":0}", "\"iscrowd\":0} 1"),
            ("\"image_id\":1,", ""),
        ] {
            let other = good.replace(from, to);
            assert_ne!(other, good);
            assert_eq!(annotation(other.as_bytes()), None, "{other}");
        }
        let picture = r#"{"id":1,"file_name":"ö/a.png","width":640,"height":480}"#;
        assert_eq!(image(picture.as_bytes()), Some(QuickImage { id: 1, file_name: "ö/a.png", size: [640, 480] }));
        for (from, to) in
            [("ö", "\\u00f6"), ("640", "0"), ("640", "640.0"), ("640", "-1"), ("ö", "\n"), ("480", "480,\"x\":1")]
        {
            assert_eq!(image(picture.replace(from, to).as_bytes()), None, "{to}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_read_alike(
            numbers in proptest::collection::vec(
                prop_oneof![
                    any::<f64>().prop_map(|n| n.to_string()),
                    (0..100_000_u32, 0..7_u32).prop_map(|(n, p)| (f64::from(n) / 10_f64.powi(p as i32)).to_string()),
                    "-?[0-9]{1,18}(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?",
                ], 5..6),
            cut in 0..200_usize,
            byte in any::<char>(),
        ) {
            let raw = format!(
                r#"{{"id":7,"image_id":1,"category_id":3,"bbox":[{},{},{},{}],"area":{},"iscrowd":1}}"#,
                numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
            );
            agrees(&raw);
            // And with something in it that is not meant to be there.
            let at = raw.char_indices().map(|(at, _)| at).nth(cut % raw.len()).unwrap_or(0);
            let mut odd = raw.clone();
            odd.insert(at, byte);
            if serde_json::from_str::<Annotation<'_>>(&odd).is_ok() {
                agrees(&odd);
            } else {
                prop_assert_eq!(annotation(odd.as_bytes()), None, "{}", odd);
            }
        }
    }
}
