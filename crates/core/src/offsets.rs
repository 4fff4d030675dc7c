//! Offsets into text. Inside, an offset counts Unicode scalar values; browsers count UTF-16 code units and files
//! count bytes. This is the border between them.

use unicode_segmentation::UnicodeSegmentation;

/// A text's boundaries, for conversions in logarithmic time.
#[derive(Debug, Clone, PartialEq)]
pub struct ScalarText {
    /// Byte offset of each scalar value, and the length at the end.
    bytes: Vec<u32>,
    /// One bit a scalar offset: does a grapheme cluster begin here?
    graphemes: Vec<u64>,
    /// UTF-16 offset of each scalar value that lies beyond the basic plane, in order.
    wide: Vec<u32>,
}

impl ScalarText {
    pub fn new(text: &str) -> Self {
        let mut bytes: Vec<u32> = text.char_indices().map(|(at, _)| at as u32).collect();
        bytes.push(text.len() as u32);
        let mut graphemes = vec![0_u64; bytes.len().div_ceil(64)];
        let mut scalar = 0_usize;
        for cluster in text.graphemes(true) {
            graphemes[scalar / 64] |= 1 << (scalar % 64);
            scalar += cluster.chars().count();
        }
        graphemes[scalar / 64] |= 1 << (scalar % 64);
        let wide = text.chars().enumerate().filter(|(_, c)| c.len_utf16() == 2).map(|(at, _)| at as u32).collect();
        Self { bytes, graphemes, wide }
    }

    /// Length in scalar values.
    pub fn chars(&self) -> u32 {
        self.bytes.len() as u32 - 1
    }

    pub fn is_grapheme_boundary(&self, scalar: u32) -> bool {
        let at = scalar as usize;
        self.graphemes.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    /// Byte offset of a scalar offset; None past the end.
    pub fn to_bytes(&self, scalar: u32) -> Option<u32> {
        self.bytes.get(scalar as usize).copied()
    }

    /// Scalar offset of a byte offset; None past the end or inside a character.
    pub fn from_bytes(&self, byte: u32) -> Option<u32> {
        self.bytes.binary_search(&byte).ok().map(|at| at as u32)
    }

    /// UTF-16 offset of a scalar offset; None past the end.
    pub fn to_utf16(&self, scalar: u32) -> Option<u32> {
        if scalar > self.chars() {
            return None;
        }
        Some(scalar + self.wide.partition_point(|wide| *wide < scalar) as u32)
    }

    /// Scalar offset of a UTF-16 offset; None past the end or between two surrogates.
    pub fn from_utf16(&self, unit: u32) -> Option<u32> {
        let (mut low, mut high) = (unit.saturating_sub(self.wide.len() as u32), unit.min(self.chars()));
        while low <= high {
            let middle = low.midpoint(high);
            match self.to_utf16(middle)?.cmp(&unit) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle.checked_sub(1)?,
            }
        }
        None
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::ScalarText;
    use proptest::prelude::*;

    #[test]
    fn emoji_combining_marks_right_to_left_and_line_ends() {
        // e + combining acute, family emoji of five scalars, Hebrew, CR LF.
        let text = "e\u{301}👩\u{200d}👧א\r\nz";
        let shape = ScalarText::new(text);
        assert_eq!(shape.chars(), 9);
        let boundaries: Vec<u32> = (0..=9).filter(|at| shape.is_grapheme_boundary(*at)).collect();
        assert_eq!(boundaries, [0, 2, 5, 6, 8, 9]);
        assert_eq!(shape.to_utf16(5), Some(7));
        assert_eq!(shape.from_utf16(3), None, "between the surrogates of the first emoji");
        assert!(!shape.is_grapheme_boundary(10));
    }

    proptest! {
        #[test]
        fn conversions_are_inverse(text in "\\PC{0,40}") {
            let shape = ScalarText::new(&text);
            for scalar in 0..=shape.chars() {
                prop_assert_eq!(shape.from_bytes(shape.to_bytes(scalar).unwrap()), Some(scalar));
                prop_assert_eq!(shape.from_utf16(shape.to_utf16(scalar).unwrap()), Some(scalar));
            }
            prop_assert_eq!(shape.to_utf16(shape.chars()).unwrap() as usize, text.encode_utf16().count());
            prop_assert_eq!(shape.to_bytes(shape.chars() + 1), None);
        }
    }
}
