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

    /// Digits as JSON has them: no zero in front.
    fn digits(&mut self) -> Option<(u64, usize)> {
        let (start, mut value) = (self.at, 0_u64);
        while let Some(digit @ b'0'..=b'9') = self.bytes.get(self.at).copied() {
            value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
            self.at += 1;
        }
        Some((value, self.at - start)).filter(|(_, count)| *count > 0)
    }

    fn whole(&mut self) -> Option<i64> {
        let zero = self.peek()? == b'0';
        let (value, count) = self.digits()?;
        if zero && count > 1 || matches!(self.bytes.get(self.at), Some(b'.' | b'e' | b'E')) {
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
        let (mut value, count) = self.digits()?;
        if zero && count > 1 {
            return None;
        }
        let mut places = 0;
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            let start = self.at;
            while let Some(digit @ b'0'..=b'9') = self.bytes.get(self.at).copied() {
                value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
                self.at += 1;
            }
            places = self.at - start;
            if places == 0 {
                return None;
            }
        }
        if value > EXACT || matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            return None;
        }
        let number = value as f64 / POWERS.get(places)?;
        Some(if negative { -number } else { number })
    }

    /// Calls `with` for each key with the walk at its value; None when it says so or the object is no plain one.
    fn object(&mut self, mut with: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        self.take(b'{')?;
        loop {
            let key = self.string()?;
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

/// The annotation at the beginning, and its bytes.
pub fn annotation(bytes: &[u8]) -> Option<(QuickBox, usize)> {
    let (mut id, mut image, mut category, mut bbox, mut area, mut crowd) = (None, None, None, None, None, None);
    let mut outline = None;
    let mut walk = Walk { bytes, at: 0 };
    walk.object(|walk, key| match key {
        b"id" => once(&mut id, walk.whole()),
        b"image_id" => once(&mut image, walk.whole()),
        b"category_id" => once(&mut category, walk.whole()),
        b"bbox" => {
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
        b"area" => once(&mut area, walk.number()),
        b"iscrowd" => once(&mut crowd, walk.whole().filter(|crowd| *crowd <= 1)),
        b"segmentation" => {
            walk.take(b'[')?;
            once(&mut outline, walk.take(b']'))
        }
        _ => None,
    })?;
    let bbox = bbox.filter(|[_, _, width, height]: &[f64; 4]| *width > 0.0 && *height > 0.0)?;
    image?;
    Some((QuickBox { id: id?, category: category?, bbox, area, crowd: crowd == Some(1) }, walk.at))
}

/// The image at the beginning, and its bytes.
pub fn image(bytes: &[u8]) -> Option<(QuickImage<'_>, usize)> {
    let (mut id, mut name, mut width, mut height) = (None, None, None, None);
    let mut walk = Walk { bytes, at: 0 };
    walk.object(|walk, key| match key {
        b"id" => once(&mut id, walk.whole()),
        b"file_name" => once(&mut name, walk.string()),
        b"width" => once(&mut width, walk.whole()),
        b"height" => once(&mut height, walk.whole()),
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
