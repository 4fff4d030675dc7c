//! Masks under maps: nearest neighbour by the pixel rule.

use super::Step;
use labelwright_core::geometry::{Bounds, Mask};
use std::ops::Range;

/// The mask on the new picture: a pixel is lit where its centre comes from a lit pixel. Exact for flips, quarter turns
/// and crops. None for a map without an inverse.
pub fn carry_mask(mask: &Mask, step: &Step) -> Option<Mask> {
    let [width, height] = step.to;
    let inverse = step.map.inverse()?;
    let old = mask.to_bytes();
    let mut runs = Runs::default();
    if let (Some(reach), Some(bounds)) = (reach(mask, step), mask.bounds()) {
        let (affine, down) = (inverse.is_affine(), [inverse.0[0][1], inverse.0[1][1]]);
        for x in reach[0]..reach[2] {
            let column = u64::from(x) * u64::from(height) + u64::from(reach[1]);
            let count = (reach[3] - reach[1]) as usize;
            let start = inverse.apply([f64::from(x) + 0.5, f64::from(reach[1]) + 0.5]);
            // Where the column comes from what holds all lit pixels.
            let inner = if affine {
                let across = steps_within(start[0], down[0], bounds.left, bounds.right, count);
                let along = steps_within(start[1], down[1], bounds.top, bounds.bottom, count);
                across.start.max(along.start)..across.end.min(along.end)
            } else {
                0..count
            };
            for at in inner {
                let [u, v] = if affine {
                    [start[0] + down[0] * at as f64, start[1] + down[1] * at as f64]
                } else {
                    inverse.apply([f64::from(x) + 0.5, f64::from(reach[1]) + at as f64 + 0.5])
                };
                let within = u >= 0.0 && v >= 0.0 && u < f64::from(mask.width) && v < f64::from(mask.height);
                if within && old[u as usize * mask.height as usize + v as usize] != 0 {
                    runs.light(column + at as u64);
                }
            }
        }
    }
    Some(Mask { width, height, counts: runs.counts(u64::from(width) * u64::from(height)) })
}

/// Lit pixels, column by column, as they come.
#[derive(Default)]
struct Runs {
    /// First, and one behind the last.
    lit: Vec<[u64; 2]>,
}

impl Runs {
    fn light(&mut self, pixel: u64) {
        match self.lit.last_mut() {
            Some(last) if last[1] == pixel => last[1] = pixel + 1,
            _ => self.lit.push([pixel, pixel + 1]),
        }
    }

    /// Dark and lit pixels in turn, dark ones first.
    fn counts(&self, pixels: u64) -> Vec<u32> {
        let (mut counts, mut at) = (Vec::with_capacity(2 * self.lit.len() + 1), 0);
        for [start, end] in &self.lit {
            counts.extend([(start - at) as u32, (end - start) as u32]);
            at = *end;
        }
        if at < pixels || counts.is_empty() {
            counts.push((pixels - at) as u32);
        }
        counts
    }
}

/// The numbers k below `count` for which `start + k * by` lies in `low..high`.
pub fn steps_within(start: f64, by: f64, low: f64, high: f64, count: usize) -> Range<usize> {
    let is_in = |k: usize| (low..high).contains(&(start + by * k as f64));
    if by == 0.0 {
        return if is_in(0) { 0..count } else { 0..0 };
    }
    let (one, other) = ((low - start) / by, (high - start) / by);
    // A step to either side, for rounding; then what is really in.
    let mut first = (one.min(other).floor() - 1.0).max(0.0) as usize;
    let mut last = ((one.max(other).ceil() + 1.0).max(0.0) as usize).min(count);
    while first < last && !is_in(first) {
        first += 1;
    }
    while first < last && !is_in(last - 1) {
        last -= 1;
    }
    first..last.max(first)
}

/// The pixels that can be lit: left, top, right and bottom.
fn reach(mask: &Mask, step: &Step) -> Option<[u32; 4]> {
    let bounds = mask.bounds()?;
    let corners = [
        [bounds.left, bounds.top],
        [bounds.right, bounds.top],
        [bounds.right, bounds.bottom],
        [bounds.left, bounds.bottom],
    ];
    let around = Bounds::around(&corners.map(|corner| step.map.apply(corner)))?;
    let slack = Bounds::new(around.left - 1.0, around.top - 1.0, around.right + 1.0, around.bottom + 1.0);
    let seen = slack.intersection(step.frame)?;
    Some([seen.left.floor() as u32, seen.top.floor() as u32, seen.right.ceil() as u32, seen.bottom.ceil() as u32])
}
