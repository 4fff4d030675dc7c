//! Masks under maps: nearest neighbour by the pixel rule.

use super::Step;
use labelwright_core::geometry::{Bounds, Mask};

/// The mask on the new picture: a pixel is lit where its centre comes from a lit pixel. Exact for flips, quarter turns
/// and crops. None for a map without an inverse.
pub fn carry_mask(mask: &Mask, step: &Step) -> Option<Mask> {
    let [width, height] = step.to;
    let inverse = step.map.inverse()?;
    let old = mask.to_bytes();
    let mut new = vec![0_u8; width as usize * height as usize];
    if let Some(reach) = reach(mask, step) {
        for x in reach[0]..reach[2] {
            let column = x as usize * height as usize;
            for y in reach[1]..reach[3] {
                let [u, v] = inverse.apply([f64::from(x) + 0.5, f64::from(y) + 0.5]);
                if u >= 0.0 && v >= 0.0 && u < f64::from(mask.width) && v < f64::from(mask.height) {
                    new[column + y as usize] = old[u as usize * mask.height as usize + v as usize];
                }
            }
        }
    }
    Some(Mask::from_bytes(width, height, &new))
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
