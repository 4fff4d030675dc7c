//! Binary masks as run lengths, column by column as COCO has them: the first run is background.

use super::{Bounds, Point};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

    /// Do the runs fill the picture exactly?
    pub fn is_complete(&self) -> bool {
        let sum: u64 = self.counts.iter().map(|count| u64::from(*count)).sum();
        sum == u64::from(self.width) * u64::from(self.height)
    }

    /// Foreground pixels.
    pub fn area(&self) -> u64 {
        self.counts.iter().skip(1).step_by(2).map(|count| u64::from(*count)).sum()
    }

    /// Foreground runs as start and end in column-major pixel numbers.
    fn foreground(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut at = 0_u64;
        self.counts.iter().enumerate().filter_map(move |(index, count)| {
            let start = at;
            at += u64::from(*count);
            (index % 2 == 1 && *count > 0).then_some((start, at))
        })
    }

    /// None when there is no foreground.
    pub fn bounds(&self) -> Option<Bounds> {
        let height = u64::from(self.height.max(1));
        self.foreground()
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
        let (mut one, mut two) = (self.foreground().peekable(), other.foreground().peekable());
        let mut common = 0_u64;
        while let (Some(a), Some(b)) = (one.peek().copied(), two.peek().copied()) {
            common += a.1.min(b.1).saturating_sub(a.0.max(b.0));
            if a.1 <= b.1 {
                one.next();
            } else {
                two.next();
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
        let mut text = String::new();
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
        let mut counts: Vec<u32> = Vec::new();
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
