//! Masks as the COCO API makes and compares them, pixel for pixel (T.-Y. Lin and P. Dollar, `maskApi.c`). Published
//! numbers rest on its way to fill polygons, which takes other edge pixels than the rule "centre inside".

use super::{Bounds, Mask, Point};

/// The API draws on a grid of five points a pixel.
const SCALE: f64 = 5.0;

impl Mask {
    /// The area that a ring fills, by the rule of `rleFrPoly`. Fewer than three corners fill nothing. Coordinates
    /// are finite and within 2^26 pixels of the origin; others are held there.
    pub fn of_coco_ring(ring: &[Point], width: u32, height: u32) -> Self {
        let fine = |value: f64| (SCALE * value.clamp(-67_108_864.0, 67_108_864.0) + 0.5) as i64;
        let corners: Vec<(i64, i64)> = ring.iter().map(|p| (fine(p[0]), fine(p[1]))).collect();
        let mut starts = Vec::new();
        let (wide, high) = (f64::from(width), f64::from(height));
        let mut last: Option<(i64, i64)> = None;
        if corners.len() >= 3 {
            for (from, to) in corners.iter().zip(corners.iter().cycle().skip(1)) {
                walk(*from, *to, |point| {
                    if let Some(before) = last.replace(point)
                        && point.0 != before.0
                    {
                        let x = (if point.0 < before.0 { point.0 } else { point.0 - 1 }) as f64;
                        let x = (x + 0.5) / SCALE - 0.5;
                        if x.floor() == x && x >= 0.0 && x <= wide - 1.0 {
                            let y = (point.1.min(before.1) as f64 + 0.5) / SCALE - 0.5;
                            starts.push(x as u64 * u64::from(height) + y.clamp(0.0, high).ceil() as u64);
                        }
                    }
                });
            }
        }
        starts.push(u64::from(width) * u64::from(height));
        starts.sort_unstable();
        let mut before = 0;
        let runs: Vec<u32> = starts
            .iter()
            .map(|start| {
                let run = start - before;
                before = *start;
                u32::try_from(run).unwrap_or(u32::MAX)
            })
            .collect();
        // A run of length 0 joins its neighbours.
        let mut counts: Vec<u32> = runs.first().copied().into_iter().collect();
        let mut at = 1;
        while at < runs.len() {
            if runs[at] > 0 {
                counts.push(runs[at]);
                at += 1;
            } else {
                at += 1;
                if let (Some(run), Some(end)) = (runs.get(at), counts.last_mut()) {
                    *end += run;
                    at += 1;
                }
            }
        }
        Self { width, height, counts }
    }

    /// All pixels of any of the masks; None for none, or for masks of different sizes.
    pub fn union_of(masks: &[Self]) -> Option<Self> {
        Self::combined(masks, 1)
    }

    /// The pixels that at least `least` of the masks have. None for no masks, or for masks of different sizes.
    pub fn combined(masks: &[Self], least: usize) -> Option<Self> {
        let first = masks.first()?;
        if masks.iter().any(|mask| (mask.width, mask.height) != (first.width, first.height)) {
            return None;
        }
        let mut counts = vec![0_u32];
        let mut on = false;
        Self::sweep(masks, |length, inside| {
            let now = inside.iter().filter(|own| **own).count() >= least;
            if now != on {
                counts.push(0);
                on = now;
            }
            if let Some(count) = counts.last_mut() {
                *count += length;
            }
        });
        Some(Self { width: first.width, height: first.height, counts })
    }

    /// Goes over all masks at once: each stretch of pixels on which none of them changes, in column-major order, with
    /// who has it. Masks are of one size.
    pub fn sweep(masks: &[Self], mut stretch: impl FnMut(u32, &[bool])) {
        let mut left: Vec<u32> = vec![0; masks.len()];
        let mut next = vec![0_usize; masks.len()];
        let mut inside = vec![true; masks.len()];
        loop {
            let mut shortest = u32::MAX;
            for (at, mask) in masks.iter().enumerate() {
                while left[at] == 0 {
                    let Some(run) = mask.counts.get(next[at]) else { return };
                    left[at] = *run;
                    inside[at] = next[at] % 2 == 1;
                    next[at] += 1;
                }
                shortest = shortest.min(left[at]);
            }
            if masks.is_empty() {
                return;
            }
            stretch(shortest, &inside);
            left.iter_mut().for_each(|run| *run -= shortest);
        }
    }

    /// Pixels that both have. None for masks of different sizes.
    pub fn common(&self, other: &Self) -> Option<u64> {
        if (self.width, self.height) != (other.width, other.height) {
            return None;
        }
        let (mut one, mut two) = (self.counts.iter(), other.counts.iter());
        let (mut first, mut second) = (*one.next()?, *two.next()?);
        let (mut in_first, mut in_second) = (false, false);
        let mut common = 0_u64;
        loop {
            let step = first.min(second);
            if in_first && in_second {
                common += u64::from(step);
            }
            first -= step;
            second -= step;
            while first == 0 {
                let Some(run) = one.next() else { return Some(common) };
                (first, in_first) = (*run, !in_first);
            }
            while second == 0 {
                let Some(run) = two.next() else { return Some(common) };
                (second, in_second) = (*run, !in_second);
            }
        }
    }

    /// The box around the foreground as `rleToBbox` gives it: all zero for an empty mask.
    pub fn coco_bounds(&self) -> Bounds {
        self.bounds().unwrap_or(Bounds::new(0.0, 0.0, 0.0, 0.0))
    }
}

/// Every grid point on the way, in the direction of travel.
fn walk(from: (i64, i64), to: (i64, i64), mut visit: impl FnMut((i64, i64))) {
    let (wide, high) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
    let flat = wide >= high;
    let turned = (flat && from.0 > to.0) || (!flat && from.1 > to.1);
    let (start, end) = if turned { (to, from) } else { (from, to) };
    let steps = wide.max(high);
    let slope = match steps {
        0 => 0.0,
        _ if flat => (end.1 - start.1) as f64 / wide as f64,
        _ => (end.0 - start.0) as f64 / high as f64,
    };
    for step in 0..=steps {
        let along = if turned { steps - step } else { step };
        visit(if flat {
            (start.0 + along, (start.1 as f64 + slope * along as f64 + 0.5) as i64)
        } else {
            ((start.0 as f64 + slope * along as f64 + 0.5) as i64, start.1 + along)
        });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_rectangle() {
        let ring = [[1.0, 1.0], [1.0, 3.0], [4.0, 3.0], [4.0, 1.0]];
        let mask = Mask::of_coco_ring(&ring, 6, 5);
        assert!(mask.is_complete());
        assert_eq!((mask.area(), mask.coco_bounds()), (6, Bounds::new(1.0, 1.0, 4.0, 3.0)));
        let empty = Mask::of_coco_ring(&ring[..2], 6, 5);
        assert_eq!((empty.area(), empty.is_complete()), (0, true));
    }

    #[test]
    fn many_masks_at_once() {
        let mask = |bits: &str| Mask::from_pixels(4, 2, bits.chars().map(|c| c == '1'));
        let masks = [mask("11110000"), mask("00111100"), mask("00011110")];
        assert_eq!(Mask::union_of(&masks).unwrap(), mask("11111110"));
        assert_eq!(Mask::combined(&masks, 2).unwrap(), mask("00111100"));
        assert_eq!(Mask::combined(&masks, 3).unwrap(), mask("00010000"));
        assert_eq!(masks[0].common(&masks[1]), Some(2));
        assert_eq!(Mask::union_of(&[]), None);
        assert_eq!(Mask::union_of(&[mask("11110000"), Mask::from_pixels(2, 4, [true; 8])]), None);
    }
}
