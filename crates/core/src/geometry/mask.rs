//! Binary masks as run lengths, column by column as COCO has them: the first run is background.

use super::{Bounds, Point};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Mask {
    pub width: u32,
    pub height: u32,
    /// Lengths of alternating background and foreground runs in column-major order; they sum to width x height.
    pub counts: Vec<u32>,
}

/// Why a compressed run-length string cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a compressed run-length string")]
pub struct BadRunLength;

/// How many pixels from the start are all foreground, or all background.
fn run_length(pixels: &[u8], lit: bool) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let mut at = 0;
    for word in pixels.chunks_exact(8) {
        let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
        // The high bit of every byte that is zero (H. Warren, Hacker's Delight, 6-1, the exact form).
        let zeros = !(((word & !HIGH) + !HIGH) | word) & HIGH;
        let other = if lit { zeros } else { !zeros & HIGH };
        if other != 0 {
            return at + other.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + pixels[at..].iter().take_while(|pixel| (**pixel != 0) == lit).count()
}

/// Foreground runs as start and end in column-major pixel numbers.
struct Runs<'a> {
    counts: std::slice::ChunksExact<'a, u32>,
    at: u64,
}

impl<'a> Runs<'a> {
    fn new(counts: &'a [u32]) -> Self {
        Self { counts: counts.chunks_exact(2), at: 0 }
    }
}

impl Iterator for Runs<'_> {
    type Item = (u64, u64);

    fn next(&mut self) -> Option<(u64, u64)> {
        loop {
            let [background, foreground] = self.counts.next()? else { return None };
            let start = self.at + u64::from(*background);
            self.at = start + u64::from(*foreground);
            if *foreground > 0 {
                return Some((start, self.at));
            }
        }
    }
}

impl Mask {
    /// From pixels in column-major order.
    pub fn from_pixels(width: u32, height: u32, pixels: impl IntoIterator<Item = bool>) -> Self {
        let mut counts = vec![0_u32];
        let mut last = false;
        for pixel in pixels {
            if pixel != last {
                counts.push(0);
                last = pixel;
            }
            if let Some(count) = counts.last_mut() {
                *count += 1;
            }
        }
        Self { width, height, counts }
    }

    /// From pixels in column-major order, one byte each: 0 is background, everything else foreground. Goes over them
    /// eight at a time where nothing changes.
    pub fn from_bytes(width: u32, height: u32, pixels: &[u8]) -> Self {
        let (mut counts, mut at, mut lit) = (Vec::new(), 0, false);
        while at < pixels.len() {
            let end = at + run_length(&pixels[at..], lit);
            counts.push((end - at) as u32);
            (at, lit) = (end, !lit);
        }
        Self { width, height, counts }
    }

    /// Pixels in column-major order, one byte each, 0 or 1. What runs beyond the picture is left out.
    pub fn to_bytes(&self) -> Vec<u8> {
        let size = self.width as usize * self.height as usize;
        let mut pixels = vec![0; size];
        for (start, end) in Runs::new(&self.counts) {
            let (start, end) = ((start as usize).min(size), (end as usize).min(size));
            pixels[start..end].fill(1);
        }
        pixels
    }

    /// Do the runs fill the picture exactly?
    pub fn is_complete(&self) -> bool {
        let sum: u64 = self.counts.iter().map(|count| u64::from(*count)).sum();
        sum == u64::from(self.width) * u64::from(self.height)
    }

    /// Foreground pixels.
    pub fn area(&self) -> u64 {
        self.counts.iter().skip(1).step_by(2).map(|count| u64::from(*count)).sum()
    }

    /// None when there is no foreground.
    pub fn bounds(&self) -> Option<Bounds> {
        let height = u64::from(self.height.max(1));
        Runs::new(&self.counts)
            .map(|(start, end)| {
                let (first, last) = (start / height, (end - 1) / height);
                // A run over a column's end touches both the top and the bottom edge.
                let (top, bottom) = if first == last { (start % height, (end - 1) % height + 1) } else { (0, height) };
                Bounds::new(first as f64, top as f64, (last + 1) as f64, bottom as f64)
            })
            .reduce(Bounds::union)
    }

    /// None for masks of different sizes.
    pub fn iou(&self, other: &Self) -> Option<f64> {
        if (self.width, self.height) != (other.width, other.height) {
            return None;
        }
        let (mut one, mut two) = (Runs::new(&self.counts), Runs::new(&other.counts));
        let (mut common, mut a, mut b) = (0_u64, one.next(), two.next());
        while let (Some(first), Some(second)) = (a, b) {
            common += first.1.min(second.1).saturating_sub(first.0.max(second.0));
            if first.1 <= second.1 {
                a = one.next();
            } else {
                b = two.next();
            }
        }
        let union = self.area() + other.area() - common;
        Some(if union == 0 { 0.0 } else { common as f64 / union as f64 })
    }

    /// A pixel belongs to the figure when its centre does (even-odd).
    pub fn of_rings(rings: &[Vec<Point>], width: u32, height: u32) -> Self {
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        for x in 0..width {
            let middle = f64::from(x) + 0.5;
            let mut crossings: Vec<f64> = Vec::new();
            for ring in rings {
                for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                    if (from[0] > middle) != (to[0] > middle) {
                        crossings.push(from[1] + (to[1] - from[1]) * (middle - from[0]) / (to[0] - from[0]));
                    }
                }
            }
            crossings.sort_by(f64::total_cmp);
            let mut next = 0;
            for y in 0..height {
                let centre = f64::from(y) + 0.5;
                while next < crossings.len() && crossings[next] <= centre {
                    next += 1;
                }
                pixels.push(next % 2 == 1);
            }
        }
        Self::from_pixels(width, height, pixels)
    }

    /// COCO's compressed string: each run as base-48 digits of five bits and a sign, runs from the third on as the
    /// difference to the run two before (`rleToString` in the COCO API's maskApi.c).
    pub fn to_compressed(&self) -> String {
        let mut text = String::with_capacity(self.counts.len() * 2);
        for (index, count) in self.counts.iter().enumerate() {
            let mut value = i64::from(*count);
            if index > 2 {
                value -= i64::from(self.counts[index - 2]);
            }
            loop {
                let mut digit = (value & 0x1f) as u8;
                value >>= 5;
                let more = if digit & 0x10 != 0 { value != -1 } else { value != 0 };
                if more {
                    digit |= 0x20;
                }
                text.push(char::from(digit + 48));
                if !more {
                    break;
                }
            }
        }
        text
    }

    /// Reads COCO's compressed string.
    pub fn from_compressed(width: u32, height: u32, text: &str) -> Result<Self, BadRunLength> {
        let mut counts: Vec<u32> = Vec::with_capacity(text.len() / 2);
        let mut bytes = text.bytes();
        while let Some(first) = bytes.next() {
            let (mut value, mut shift, mut byte) = (0_i64, 0_u32, first);
            loop {
                if !(48..112).contains(&byte) || shift > 40 {
                    return Err(BadRunLength);
                }
                let digit = byte - 48;
                value |= i64::from(digit & 0x1f) << shift;
                shift += 5;
                if digit & 0x20 == 0 {
                    if digit & 0x10 != 0 {
                        value |= -1 << shift;
                    }
                    break;
                }
                byte = bytes.next().ok_or(BadRunLength)?;
            }
            if counts.len() > 2 {
                value += i64::from(counts[counts.len() - 2]);
            }
            counts.push(u32::try_from(value).map_err(|_| BadRunLength)?);
        }
        Ok(Self { width, height, counts })
    }
}
