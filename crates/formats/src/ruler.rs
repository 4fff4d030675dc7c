//! Offsets into a text in the units of files: code points, UTF-16 code units, UTF-8 bytes. Made in one pass over the text,
//! and small beside it, since texts may be as large as files.

use crate::spans::Unit;

/// One text, measured in one unit.
pub(crate) struct Ruler<'a> {
    pub text: &'a str,
    unit: Unit,
    /// Where every [`STEP`]th character is, and behind them the end; empty for ASCII, where all units are one.
    marks: Vec<Place>,
    end: Place,
    /// Bytes that were cut out, for tests that count the work of readers.
    #[cfg(test)]
    pub cut_bytes: std::cell::Cell<usize>,
}

/// A place between two characters, in all units.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Place {
    chars: u32,
    utf16: u32,
    bytes: u32,
}

impl Place {
    fn after(self, c: char) -> Self {
        Self {
            chars: self.chars + 1,
            utf16: self.utf16 + c.len_utf16() as u32,
            bytes: self.bytes + c.len_utf8() as u32,
        }
    }

    fn all(at: u32) -> Self {
        Self { chars: at, utf16: at, bytes: at }
    }
}

const STEP: usize = 64;

impl<'a> Ruler<'a> {
    pub fn new(text: &'a str, unit: Unit) -> Self {
        if text.is_ascii() {
            return Self::of(text, unit, Vec::new(), Place::all(text.len() as u32));
        }
        let (mut marks, mut at) = (Vec::with_capacity(text.len() / STEP + 1), Place::default());
        for (number, c) in text.chars().enumerate() {
            if number % STEP == 0 {
                marks.push(at);
            }
            at = at.after(c);
        }
        Self::of(text, unit, marks, at)
    }

    fn of(text: &'a str, unit: Unit, marks: Vec<Place>, end: Place) -> Self {
        Self {
            text,
            unit,
            marks,
            end,
            #[cfg(test)]
            cut_bytes: Default::default(),
        }
    }

    /// Characters of the text.
    pub fn chars(&self) -> u32 {
        self.end.chars
    }

    /// The place of an offset in one unit; None past the end or inside a character.
    fn place(&self, at: u32, unit: impl Fn(&Place) -> u32) -> Option<Place> {
        if at > unit(&self.end) {
            return None;
        }
        let after = self.marks.partition_point(|mark| unit(mark) <= at);
        let Some(mut place) = after.checked_sub(1).and_then(|before| self.marks.get(before)).copied() else {
            return Some(Place::all(at));
        };
        let mut rest = self.text.get(place.bytes as usize..)?.chars();
        while unit(&place) < at {
            place = place.after(rest.next()?);
        }
        (unit(&place) == at).then_some(place)
    }

    fn of_chars(&self, at: u32) -> Option<Place> {
        self.place(at, |place| place.chars)
    }

    /// An offset of the file as ours; None past the end or inside a character.
    pub fn inward(&self, at: u64) -> Option<u32> {
        let at = u32::try_from(at).ok()?;
        let place = match self.unit {
            Unit::Unicode => return (at <= self.chars()).then_some(at),
            Unit::Utf16 => self.place(at, |place| place.utf16),
            Unit::Bytes => self.place(at, |place| place.bytes),
        };
        place.map(|place| place.chars)
    }

    /// Our offset as the file counts it.
    pub fn outward(&self, at: u32) -> u32 {
        let place = || self.of_chars(at);
        match self.unit {
            Unit::Unicode => at,
            Unit::Utf16 => place().map_or(at, |place| place.utf16),
            Unit::Bytes => place().map_or(at, |place| place.bytes),
        }
    }

    /// One range of the file, end exclusive.
    pub fn range(&self, start: u64, end: u64) -> Result<[u32; 2], (&'static str, String)> {
        match (self.inward(start), self.inward(end)) {
            (Some(start), Some(end)) if start < end => Ok([start, end]),
            (Some(_), Some(_)) => Err(("empty_span", format!("a span {start}..{end} holds no character"))),
            _ => Err(("bad_span", format!("the offsets {start}..{end} lie outside of the text or inside a character"))),
        }
    }

    /// The text of our offsets.
    pub fn cut(&self, start: u32, end: u32) -> &'a str {
        let byte = |at| self.of_chars(at).map_or(self.text.len(), |place| place.bytes as usize);
        let piece = self.text.get(byte(start)..byte(end)).unwrap_or_default();
        #[cfg(test)]
        self.cut_bytes.set(self.cut_bytes.get() + piece.len());
        piece
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use labelwright_core::offsets::ScalarText;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_units_agree_with_the_border_of_the_core(text in "([a-z ]|é|猫|👩\u{200d}👧|\r\n){0,150}", more in 0..5_u32) {
            let scalars = ScalarText::new(&text);
            let ruler = |unit| Ruler::new(&text, unit);
            let [unicode, utf16, bytes] = [Unit::Unicode, Unit::Utf16, Unit::Bytes].map(ruler);
            prop_assert_eq!(unicode.chars(), scalars.chars());
            for at in 0..=text.len() as u32 + more {
                let known = |at: u32| (at <= scalars.chars()).then_some(at);
                prop_assert_eq!(unicode.inward(u64::from(at)), known(at));
                prop_assert_eq!(utf16.inward(u64::from(at)), scalars.from_utf16(at));
                prop_assert_eq!(bytes.inward(u64::from(at)), scalars.from_bytes(at));
                prop_assert_eq!(utf16.outward(at), scalars.to_utf16(at).unwrap_or(at));
                prop_assert_eq!(bytes.outward(at), scalars.to_bytes(at).unwrap_or(at));
                let end = scalars.to_bytes(at).map_or(text.len(), |end| end as usize);
                prop_assert_eq!(unicode.cut(0, at), &text[..end]);
            }
        }
    }
}
