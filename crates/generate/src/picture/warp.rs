//! Pixels under maps: a new pixel takes what lies where its centre comes from, mixed from the four nearest pixels
//! (bilinear). Flips, quarter turns and moves by whole pixels copy.

use super::Picture;
use crate::plane::{Map, Step};
use serde::Deserialize;

/// What lies outside of the old picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// The nearest pixel of the border goes on.
    Edge,
    #[serde(untagged)]
    Colour([u8; 3]),
}

impl Default for Fill {
    fn default() -> Self {
        Self::Colour([0; 3])
    }
}

/// The picture after a step. None for a map without an inverse.
pub fn warp(picture: &Picture, step: &Step, fill: Fill) -> Option<Picture> {
    let inverse = step.map.inverse()?;
    let [width, height] = step.to;
    let colour = match fill {
        Fill::Colour(colour) => colour,
        Fill::Edge => [0; 3],
    };
    let mut out = Picture::plain(width, height, picture.channels, colour);
    if step.map.is_exact() {
        copy(picture, &inverse, fill == Fill::Edge, &mut out);
    } else if shrinks(step) {
        average(picture, &inverse, step, fill, &mut out);
    } else {
        mix(picture, &inverse, fill, &mut out);
    }
    Some(out)
}

/// Does a pixel take from more than two old ones a side? Then four would leave most of them out.
fn shrinks(step: &Step) -> bool {
    let m = &step.map.0;
    step.map.is_affine()
        && step.map.is_upright()
        && (m[0][0].abs() + m[0][1].abs()).min(m[1][0].abs() + m[1][1].abs()) < 0.5
}

fn copy(picture: &Picture, inverse: &Map, edge: bool, out: &mut Picture) {
    let (channels, m) = (picture.channels, &inverse.0);
    let (width, height) = (i64::from(picture.width), i64::from(picture.height));
    let (across, down) = (m[0][0] as i64, m[1][0] as i64);
    let row_bytes = out.rows();
    for (y, row) in out.pixels.chunks_exact_mut(row_bytes.max(1)).enumerate() {
        let start = inverse.apply([0.5, y as f64 + 0.5]);
        let (mut u, mut v) = (start[0].floor() as i64, start[1].floor() as i64);
        for pixel in row.chunks_exact_mut(channels) {
            if (u >= 0 && v >= 0 && u < width && v < height) || edge {
                let (u, v) = (u.clamp(0, width - 1), v.clamp(0, height - 1));
                let from = (v * width + u) as usize * channels;
                pixel.copy_from_slice(&picture.pixels[from..from + channels]);
            }
            u += across;
            v += down;
        }
    }
}

fn mix(picture: &Picture, inverse: &Map, fill: Fill, out: &mut Picture) {
    let channels = picture.channels;
    let (row_bytes, affine, across) = (out.rows(), inverse.is_affine(), [inverse.0[0][0], inverse.0[1][0]]);
    for (y, row) in out.pixels.chunks_exact_mut(row_bytes.max(1)).enumerate() {
        let start = inverse.apply([0.5, y as f64 + 0.5]);
        for (x, pixel) in row.chunks_exact_mut(channels).enumerate() {
            let [u, v] = if affine {
                [start[0] + across[0] * x as f64, start[1] + across[1] * x as f64]
            } else {
                inverse.apply([x as f64 + 0.5, y as f64 + 0.5])
            };
            sample(picture, u - 0.5, v - 0.5, fill, pixel);
        }
    }
}

/// The mean of the four pixels around a place, given in coordinates of pixel centres.
fn sample(picture: &Picture, u: f64, v: f64, fill: Fill, pixel: &mut [u8]) {
    let (width, height, channels) = (i64::from(picture.width), i64::from(picture.height), picture.channels);
    if !(u > -1.0 && v > -1.0 && u < width as f64 && v < height as f64) {
        if fill == Fill::Edge && u.is_finite() && v.is_finite() {
            let near = |place: f64, side: i64| (place.round() as i64).clamp(0, side - 1);
            let from = (near(v, height) * width + near(u, width)) as usize * channels;
            pixel.copy_from_slice(&picture.pixels[from..from + channels]);
        }
        return;
    }
    let (left, top) = (u.floor(), v.floor());
    // Weights in steps of 1/256: their products fit 16 bits.
    let (wx, wy) = (((u - left) * 256.0) as u32, ((v - top) * 256.0) as u32);
    let (left, top) = (left as i64, top as i64);
    let weights = [(256 - wx) * (256 - wy), wx * (256 - wy), (256 - wx) * wy, wx * wy];
    if left >= 0 && top >= 0 && left + 1 < width && top + 1 < height {
        let first = (top * width + left) as usize * channels;
        let second = first + width as usize * channels;
        let (upper, lower) =
            (&picture.pixels[first..first + 2 * channels], &picture.pixels[second..second + 2 * channels]);
        for (at, value) in pixel.iter_mut().enumerate() {
            let sum = weights[0] * u32::from(upper[at])
                + weights[1] * u32::from(upper[at + channels])
                + weights[2] * u32::from(lower[at])
                + weights[3] * u32::from(lower[at + channels]);
            *value = ((sum + (1 << 15)) >> 16) as u8;
        }
        return;
    }
    let mut sums = [0_u32; 4];
    for (corner, weight) in weights.into_iter().enumerate() {
        let (x, y) = (left + (corner as i64 & 1), top + (corner as i64 >> 1));
        let within = x >= 0 && y >= 0 && x < width && y < height;
        let from = (y.clamp(0, height - 1) * width + x.clamp(0, width - 1)) as usize * channels;
        for (at, sum) in sums.iter_mut().enumerate().take(channels) {
            let own = if within || fill == Fill::Edge { picture.pixels[from + at] } else { pixel[at] };
            *sum += weight * u32::from(own);
        }
    }
    for (value, sum) in pixel.iter_mut().zip(sums) {
        *value = ((sum + (1 << 15)) >> 16) as u8;
    }
}

/// The mean of a grid of places inside of each new pixel: for pictures that become much smaller.
fn average(picture: &Picture, inverse: &Map, step: &Step, fill: Fill, out: &mut Picture) {
    let (m, channels) = (&inverse.0, picture.channels);
    let reach = |a: f64, b: f64| ((a.abs() + b.abs()).ceil() as u32).clamp(1, 64);
    let (across, down) = (reach(m[0][0], m[1][0]), reach(m[0][1], m[1][1]));
    let background: [u8; 4] = match fill {
        Fill::Colour([r, g, b]) => [r, g, b, 255],
        Fill::Edge => [0; 4],
    };
    for y in 0..step.to[1] {
        for x in 0..step.to[0] {
            let mut sums = [0_u32; 4];
            for row in 0..down {
                for column in 0..across {
                    let inner = |own: u32, at: u32, of: u32| f64::from(own) + (f64::from(at) + 0.5) / f64::from(of);
                    let [u, v] = inverse.apply([inner(x, column, across), inner(y, row, down)]);
                    let mut spot = background;
                    sample(picture, u - 0.5, v - 0.5, fill, &mut spot[..channels]);
                    sums.iter_mut().zip(spot).for_each(|(sum, value)| *sum += u32::from(value));
                }
            }
            let (count, start) = (across * down, (y as usize * step.to[0] as usize + x as usize) * channels);
            for (value, sum) in out.pixels[start..start + channels].iter_mut().zip(sums) {
                *value = ((sum + count / 2) / count) as u8;
            }
        }
    }
}
