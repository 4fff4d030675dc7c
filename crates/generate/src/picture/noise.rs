//! Noise: what sensors and wires add.

use super::Picture;
use crate::{Random, normal_quantile};

/// Adds a normal number of this deviation (in steps of 255) to each colour. Numbers are taken from 4096 equally likely
/// places of the normal distribution, five to a draw.
pub fn gaussian(picture: &mut Picture, sigma: f64, random: &mut Random) {
    const PLACES: usize = 4096;
    let table: Vec<i16> = (0..PLACES)
        .map(|at| {
            (sigma * normal_quantile((at as f64 + 0.5) / PLACES as f64) * 16.0).round().clamp(-32000.0, 32000.0) as i16
        })
        .collect();
    let (mut bits, mut left) = (0_u64, 0);
    for pixel in picture.pixels.chunks_exact_mut(picture.channels) {
        for value in &mut pixel[..3] {
            if left == 0 {
                (bits, left) = (random.bits(), 5);
            }
            let place = (bits & (PLACES as u64 - 1)) as usize;
            (bits, left) = (bits >> 12, left - 1);
            *value = ((i32::from(*value) * 16 + i32::from(table[place]) + 8) >> 4).clamp(0, 255) as u8;
        }
    }
}

/// Makes this share of the pixels black or white, half each.
pub fn salt_and_pepper(picture: &mut Picture, share: f64, random: &mut Random) {
    for pixel in picture.pixels.chunks_exact_mut(picture.channels) {
        if random.chance(share) {
            let value = if random.chance(0.5) { 255 } else { 0 };
            pixel[..3].fill(value);
        }
    }
}
