//! DICOM data sets as bytes: read leniently, written strictly, and taken down to what belongs to the picture. The
//! standard is cited as PS3.n (<https://www.dicomstandard.org/current>). Knows nothing of pixels, files or storage: what
//! it gets is in memory, and nothing is believed of it. Lengths are checked before they are followed.

mod dictionary;
pub mod plane;
mod read;
pub mod scrub;
pub mod tags;
pub mod uid;
mod write;

pub use read::{File, INFLATED_BYTES_MAXIMUM, inflated};
pub use tags::Tag;
pub use write::written;

use std::{borrow::Cow, collections::BTreeMap};

/// A value representation: its two letters (PS3.5 section 6.2).
pub type Vr = [u8; 2];

/// Why bytes are no data set that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("this is no DICOM file")]
    NotDicom,
    #[error("the file ends within {0}")]
    Truncated(Tag),
    #[error("{0}: {1}")]
    Malformed(Tag, &'static str),
    #[error("the deflated data set cannot be read")]
    Deflated,
}

/// What stands in an element. Numbers have their least significant byte first, whatever the file had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    Bytes(Cow<'a, [u8]>),
    Items(Vec<DataSet<'a>>),
    /// Of encapsulated pixel data (PS3.5 section A.4): the offset table first.
    Fragments(Vec<&'a [u8]>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element<'a> {
    pub vr: Vr,
    pub value: Value<'a>,
}

/// Elements in the order of their tags.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataSet<'a> {
    elements: BTreeMap<Tag, Element<'a>>,
}

impl<'a> DataSet<'a> {
    pub fn get(&self, tag: Tag) -> Option<&Element<'a>> {
        self.elements.get(&tag)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Tag, &Element<'a>)> {
        self.elements.iter().map(|(tag, element)| (*tag, element))
    }

    pub fn bytes(&self, tag: Tag) -> Option<&[u8]> {
        match &self.get(tag)?.value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The items of a sequence; none where there is none.
    pub fn items(&self, tag: Tag) -> &[DataSet<'a>] {
        match self.get(tag).map(|element| &element.value) {
            Some(Value::Items(items)) => items,
            _ => &[],
        }
    }

    /// The whole text without its padding. What is no UTF-8 is read as Latin-1.
    pub fn text(&self, tag: Tag) -> Option<String> {
        let bytes = self.bytes(tag)?;
        let end = bytes.iter().rposition(|byte| !matches!(byte, 0 | b' ')).map_or(0, |last| last + 1);
        let trimmed = bytes[..end].trim_ascii_start();
        Some(match std::str::from_utf8(trimmed) {
            Ok(text) => text.to_owned(),
            Err(_) => trimmed.iter().map(|byte| char::from(*byte)).collect(),
        })
    }

    /// The values of a text with several, which a backslash parts.
    pub fn texts(&self, tag: Tag) -> Vec<String> {
        let text = self.text(tag).unwrap_or_default();
        if text.is_empty() { Vec::new() } else { text.split('\\').map(|one| one.trim().to_owned()).collect() }
    }

    /// The numbers of an element, decimal or binary, as its value representation says; what is no number is left out.
    pub fn numbers(&self, tag: Tag) -> Vec<f64> {
        let Some(Element { vr, value: Value::Bytes(bytes) }) = self.get(tag) else { return Vec::new() };
        fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
            bytes.as_chunks::<N>().0.iter().map(|word| number(*word)).collect()
        }
        match vr {
            b"US" => each(bytes, |word| f64::from(u16::from_le_bytes(word))),
            b"SS" => each(bytes, |word| f64::from(i16::from_le_bytes(word))),
            b"UL" => each(bytes, |word| f64::from(u32::from_le_bytes(word))),
            b"SL" => each(bytes, |word| f64::from(i32::from_le_bytes(word))),
            b"FL" => each(bytes, |word| f64::from(f32::from_le_bytes(word))),
            b"FD" => each(bytes, f64::from_le_bytes),
            b"DS" | b"IS" => self.texts(tag).iter().filter_map(|text| text.parse().ok()).collect(),
            _ => Vec::new(),
        }
    }

    /// The first number, where it is an ordinary one.
    pub fn number(&self, tag: Tag) -> Option<f64> {
        self.numbers(tag).first().copied().filter(|number| number.is_finite())
    }

    pub fn integer(&self, tag: Tag) -> Option<i64> {
        self.number(tag).filter(|number| number.fract() == 0.0 && number.abs() < 9e15).map(|number| number as i64)
    }

    pub fn put(&mut self, tag: Tag, vr: &Vr, bytes: impl Into<Cow<'a, [u8]>>) {
        self.insert(tag, Element { vr: *vr, value: Value::Bytes(bytes.into()) });
    }

    pub fn put_text(&mut self, tag: Tag, vr: &Vr, text: &str) {
        self.put(tag, vr, text.as_bytes().to_vec());
    }

    pub fn put_u16(&mut self, tag: Tag, number: u16) {
        self.put(tag, b"US", number.to_le_bytes().to_vec());
    }

    /// Decimal numbers, as short as they can be told apart (at most 16 characters each, PS3.5 section 6.2).
    pub fn put_numbers(&mut self, tag: Tag, numbers: &[f64]) {
        let words: Vec<String> = numbers.iter().map(|number| decimal(*number)).collect();
        self.put_text(tag, b"DS", &words.join("\\"));
    }

    pub fn put_items(&mut self, tag: Tag, items: Vec<DataSet<'a>>) {
        self.insert(tag, Element { vr: *b"SQ", value: Value::Items(items) });
    }

    pub fn insert(&mut self, tag: Tag, element: Element<'a>) {
        self.elements.insert(tag, element);
    }
}

/// A decimal string: 16 characters at most.
fn decimal(number: f64) -> String {
    let whole = number.to_string();
    if whole.len() <= 16 {
        return whole;
    }
    (0..=14)
        .rev()
        .map(|places| format!("{number:.places$}"))
        .chain((0..=10).rev().map(|places| format!("{number:.places$e}")))
        .find(|text| text.len() <= 16)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_have_sixteen_characters_at_most() {
        for (number, text) in [(0.5, "0.5"), (-1.0, "-1"), (1.0 / 3.0, "0.33333333333333"), (40.0, "40")] {
            assert_eq!(decimal(number), text);
        }
        for number in [1e300, -1e-300, -123456.789_012_345_67, f64::MIN / 2.0, 1e15 + 0.3, -0.000_000_123_456_789_012] {
            let text = decimal(number);
            assert!(text.len() <= 16, "{text}");
            let read: f64 = text.parse().unwrap_or(f64::NAN);
            assert!((read - number).abs() <= number.abs() * 1e-6 + 1e-13, "{text} {number}");
        }
    }
}
