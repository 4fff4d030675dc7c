//! Label Studio's packed pixels ("rle-pack"): 32 bits with the count of values, 5 with the width of a word minus 1, four
//! times 4 with the widths of run lengths minus 1; then runs: one bit (repeated or literal), two that choose a width, the
//! length minus 1, the words. The picture is RGBA, row by row; the mask is its alpha.

use labelwright_core::geometry::Mask;

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0_u32;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }
}

/// Largest picture that is unpacked, in values (four a pixel).
const VALUES_MAXIMUM: u64 = 1 << 30;

/// The mask of a picture of this size.
///
/// # Errors
/// When the bytes do not hold four values for each of its pixels.
pub(super) fn decode(bytes: &[u8], width: u32, height: u32) -> Result<Mask, String> {
    let pixels = u64::from(width) * u64::from(height);
    let short = || "the packed pixels end too early".to_owned();
    let mut bits = Bits { bytes, at: 0 };
    let count = u64::from(bits.take(32).ok_or_else(short)?);
    if count != pixels.saturating_mul(4) || count > VALUES_MAXIMUM {
        return Err(format!(
            "there are {count} values, and {width} x {height} pixels have {}",
            pixels.saturating_mul(4)
        ));
    }
    let word = bits.take(5).ok_or_else(short)? + 1;
    let mut widths = [0; 4];
    for width in &mut widths {
        *width = bits.take(4).ok_or_else(short)? + 1;
    }
    let mut lit = vec![false; pixels as usize];
    let mut at = 0_u64;
    let mut set = |at: u64, value: u32| {
        if at % 4 == 3
            && value > 0
            && let Some(pixel) = lit.get_mut((at / 4) as usize)
        {
            *pixel = true;
        }
    };
    while at < count {
        let repeated = bits.take(1).ok_or_else(short)? == 1;
        let width = widths[bits.take(2).ok_or_else(short)? as usize & 3];
        let length = u64::from(bits.take(width).ok_or_else(short)?) + 1;
        let end = (at + length).min(count);
        if repeated {
            let value = bits.take(word).ok_or_else(short)?;
            (at..end).for_each(|at| set(at, value));
        } else {
            for at in at..end {
                set(at, bits.take(word).ok_or_else(short)?);
            }
        }
        at = end;
    }
    let (width, height) = (width as usize, height as usize);
    let columns = (0..width).flat_map(|x| (0..height).map(move |y| (x, y)));
    Ok(Mask::from_pixels(width as u32, height as u32, columns.map(|(x, y)| lit[y * width + x])))
}

/// Packed as Label Studio's own encoder does: all four values of a pixel are the same, widths are 3, 4, 8 and 16 bits.
pub(super) fn encode(mask: &Mask) -> Vec<u8> {
    let (width, height) = (mask.width as usize, mask.height as usize);
    let columns = mask.to_bytes();
    let mut bits = Pack::default();
    bits.put((width * height * 4) as u32, 32);
    bits.put(7, 5);
    for width in [3, 4, 8, 16] {
        bits.put(width - 1, 4);
    }
    let mut run: Option<(u8, u64)> = None;
    for y in 0..height {
        for x in 0..width {
            let value = columns[x * height + y] * 255;
            match &mut run {
                Some((same, length)) if *same == value => *length += 4,
                _ => {
                    bits.run(run.replace((value, 4)));
                }
            }
        }
    }
    bits.run(run);
    bits.bytes
}

#[derive(Default)]
struct Pack {
    bytes: Vec<u8>,
    used: usize,
}

impl Pack {
    fn put(&mut self, value: u32, count: u32) {
        for at in (0..count).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> at & 1) as u8) << (7 - self.used % 8);
            }
            self.used += 1;
        }
    }

    fn run(&mut self, run: Option<(u8, u64)>) {
        let Some((value, mut left)) = run else { return };
        while left > 0 {
            let length = left.min(1 << 16);
            let (choice, width) = match length - 1 {
                0..8 => (0, 3),
                8..16 => (1, 4),
                16..256 => (2, 8),
                _ => (3, 16),
            };
            self.put(1, 1);
            self.put(choice, 2);
            self.put((length - 1) as u32, width);
            self.put(u32::from(value), 8);
            left -= length;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mask(width: u32, height: u32, lit: impl Fn(u32, u32) -> bool) -> Mask {
        let lit = &lit;
        Mask::from_pixels(width, height, (0..width).flat_map(|x| (0..height).map(move |y| lit(x, y))))
    }

    #[test]
    fn label_studios_own_encoder_gives_these_bytes() {
        let small = mask(4, 2, |x, y| y == 0 && (x == 1 || x == 2));
        let bytes = [0, 0, 0, 32, 57, 27, 252, 96, 19, 255, 225, 48, 0];
        assert_eq!(encode(&small), bytes);
        assert_eq!(decode(&bytes, 4, 2).unwrap(), small);
        let square = mask(8, 8, |x, y| (2..6).contains(&x) && (2..6).contains(&y));
        let bytes =
            [0, 0, 1, 0, 57, 27, 254, 71, 0, 191, 255, 124, 2, 255, 253, 240, 11, 255, 247, 192, 47, 255, 228, 112, 0];
        assert_eq!(encode(&square), bytes);
        assert_eq!(decode(&bytes, 8, 8).unwrap(), square);
        assert!(decode(&bytes, 8, 9).unwrap_err().contains("256 values"));
        assert!(decode(&bytes[..9], 8, 8).unwrap_err().contains("too early"));
    }

    #[test]
    fn literal_runs_are_read_and_only_alpha_counts() {
        // 4 values, words of 8 bits; one literal run of 4: 9 9 9 0, then 0 0 0 9.
        let mut bits = Pack::default();
        for (value, count) in [(8, 32), (7, 5), (2, 4), (3, 4), (7, 4), (15, 4), (0, 1), (0, 2), (7, 3)] {
            bits.put(value, count);
        }
        [9, 9, 9, 0, 0, 0, 0, 9].into_iter().for_each(|value| bits.put(value, 8));
        assert_eq!(decode(&bits.bytes, 2, 1).unwrap(), mask(2, 1, |x, _| x == 1));
    }

    proptest! {
        #[test]
        fn masks_come_back(width in 1_u32..40, height in 1_u32..40, seed in any::<u64>()) {
            let one = mask(width, height, |x, y| (seed >> ((x * 7 + y * 3) % 61)) & 1 == 1);
            prop_assert_eq!(decode(&encode(&one), width, height).unwrap(), one);
        }
    }
}
