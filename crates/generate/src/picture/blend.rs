//! Pictures in pictures: holes, pieces put side by side, and two seen through each other.

use super::{Fill, Picture, warp};
use crate::plane::Step;
use labelwright_core::geometry::Bounds;

/// Fills rectangles of whole pixels with a colour.
pub fn cutout(picture: &mut Picture, holes: &[Bounds], colour: [u8; 3]) {
    let (width, channels) = (picture.width as usize, picture.channels);
    for hole in holes {
        let (left, right) = (hole.left as usize, (hole.right as usize).min(width));
        for y in hole.top as usize..(hole.bottom as usize).min(picture.height as usize) {
            let row = &mut picture.pixels[(y * width + left) * channels..(y * width + right) * channels];
            row.chunks_exact_mut(channels).for_each(|pixel| pixel[..3].copy_from_slice(&colour));
        }
    }
}

/// Puts what a step makes of one picture into its frame on another one of the size that the step goes to.
pub fn paste(onto: &mut Picture, picture: &Picture, step: &Step) {
    let frame = step.frame;
    // Only the frame is computed: the same map, seen from the frame's corner.
    let size = [frame.width() as u32, frame.height() as u32];
    let moved = step.map.then(crate::plane::Map::translation(-frame.left, -frame.top));
    let Some(piece) = warp(picture, &Step::new(moved, step.from, size), Fill::Edge) else { return };
    let piece = piece.with_channels(onto.channels);
    let (channels, bytes) = (onto.channels, piece.rows());
    for (y, row) in piece.pixels.chunks_exact(bytes.max(1)).enumerate() {
        let start = ((frame.top as usize + y) * onto.width as usize + frame.left as usize) * channels;
        onto.pixels[start..start + bytes].copy_from_slice(row);
    }
}

/// `share` of the first and the rest of the second, which is brought to the size of the first (H. Zhang et al., mixup,
/// 2018).
pub fn mixup(first: &mut Picture, second: &Picture, share: f64) {
    let step = Step::resize(second.size(), first.size());
    let Some(other) = warp(second, &step, Fill::Edge) else { return };
    let other = other.with_channels(first.channels);
    let own = (share.clamp(0.0, 1.0) * 65536.0).round() as u32;
    for (value, other) in first.pixels.iter_mut().zip(&other.pixels) {
        *value = ((own * u32::from(*value) + (65536 - own) * u32::from(*other) + 32768) >> 16) as u8;
    }
}
