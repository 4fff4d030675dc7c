//! Pixels under maps: a new pixel takes what lies where its centre comes from, mixed from the four nearest pixels
//! (bilinear). Flips, quarter turns and moves by whole pixels copy.

use super::Picture;
use crate::plane::{Map, Step, steps_within};
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
    match picture.channels {
        3 => copy_pixels::<3>(picture, inverse, edge, out),
        _ => copy_pixels::<4>(picture, inverse, edge, out),
    }
}

/// Pixels of `N` bytes each. What comes from within the old picture is copied a row or a column at a time.
fn copy_pixels<const N: usize>(picture: &Picture, inverse: &Map, edge: bool, out: &mut Picture) {
    let (old, _) = picture.pixels.as_chunks::<N>();
    let (width, height) = (i64::from(picture.width), i64::from(picture.height));
    let (across, down) = (inverse.0[0][0] as i64, inverse.0[1][0] as i64);
    let columns = out.width as usize;
    let (new, _) = out.pixels.as_chunks_mut::<N>();
    for (y, row) in new.chunks_exact_mut(columns.max(1)).enumerate() {
        let start = inverse.apply([0.5, y as f64 + 0.5]);
        let (u, v) = (start[0].floor() as i64, start[1].floor() as i64);
        let along = steps_within(u as f64, across as f64, 0.0, width as f64, columns);
        let aside = steps_within(v as f64, down as f64, 0.0, height as f64, columns);
        let inner = along.start.max(aside.start)..along.end.min(aside.end);
        if edge {
            let outer = (0..inner.start).chain(inner.end.max(inner.start)..columns);
            for x in outer {
                let (u, v) = (u + across * x as i64, v + down * x as i64);
                row[x] = old[(v.clamp(0, height - 1) * width + u.clamp(0, width - 1)) as usize];
            }
        }
        if inner.is_empty() {
            continue;
        }
        let first = ((v + down * inner.start as i64) * width + u + across * inner.start as i64) as usize;
        let row = &mut row[inner];
        match (across, down) {
            (1, 0) => row.copy_from_slice(&old[first..first + row.len()]),
            (-1, 0) => {
                let from = old[first + 1 - row.len()..=first].iter().rev();
                row.iter_mut().zip(from).for_each(|(pixel, from)| *pixel = *from);
            }
            _ => {
                let stride = across + down * width;
                for (x, pixel) in row.iter_mut().enumerate() {
                    *pixel = old[(first as i64 + stride * x as i64) as usize];
                }
            }
        }
    }
}

fn mix(picture: &Picture, inverse: &Map, fill: Fill, out: &mut Picture) {
    match (inverse.is_affine(), picture.channels) {
        (true, 3) => mix_rows::<3>(picture, inverse, fill, out),
        (true, _) => mix_rows::<4>(picture, inverse, fill, out),
        (false, channels) => {
            let row_bytes = out.rows();
            for (y, row) in out.pixels.chunks_exact_mut(row_bytes.max(1)).enumerate() {
                for (x, pixel) in row.chunks_exact_mut(channels).enumerate() {
                    let [u, v] = inverse.apply([x as f64 + 0.5, y as f64 + 0.5]);
                    sample(picture, u - 0.5, v - 0.5, fill, pixel);
                }
            }
        }
    }
}

/// Places in steps of 1/2^32 of a pixel: a whole number to add from one pixel to the next.
const ONE: f64 = 4_294_967_296.0;

/// Rows of pixels of `N` bytes under an affine map. Where all four neighbours are there, nothing is asked.
fn mix_rows<const N: usize>(picture: &Picture, inverse: &Map, fill: Fill, out: &mut Picture) {
    let (old, width) = (&picture.pixels, picture.width as usize);
    let by = [inverse.0[0][0], inverse.0[1][0]];
    let columns = out.width as usize;
    let (new, _) = out.pixels.as_chunks_mut::<N>();
    for (y, row) in new.chunks_exact_mut(columns.max(1)).enumerate() {
        let start = inverse.apply([0.5, y as f64 + 0.5]).map(|place| place - 0.5);
        // A margin, because steps are rounded.
        let along = steps_within(start[0], by[0], 1e-3, f64::from(picture.width) - 1.001, columns);
        let aside = steps_within(start[1], by[1], 1e-3, f64::from(picture.height) - 1.001, columns);
        let (first, last) = (along.start.max(aside.start), along.end.min(aside.end));
        let (first, last) = if first < last { (first, last) } else { (columns, columns) };
        for x in (0..first).chain(last..columns) {
            let [u, v] = [0, 1].map(|axis| start[axis] + by[axis] * x as f64);
            sample(picture, u, v, fill, &mut row[x]);
        }
        let place = |axis: usize| ((start[axis] + by[axis] * first as f64) * ONE) as i64;
        let (mut u, mut v) = (place(0), place(1));
        let step = by.map(|by| (by * ONE) as i64);
        for pixel in &mut row[first..last] {
            let (wx, wy) = ((u >> 24) as u32 & 0xff, (v >> 24) as u32 & 0xff);
            let upper = ((v >> 32) as usize * width + (u >> 32) as usize) * N;
            let (right, bottom) = (256 - wx, 256 - wy);
            let weights = [right * bottom, wx * bottom, right * wy, wx * wy];
            let lower = upper + width * N;
            if let (Some(a), Some(b)) = (old.get(upper..upper + 2 * N), old.get(lower..lower + 2 * N)) {
                for at in 0..N {
                    let sum = weights[0] * u32::from(a[at])
                        + weights[1] * u32::from(a[at + N])
                        + weights[2] * u32::from(b[at])
                        + weights[3] * u32::from(b[at + N]);
                    pixel[at] = ((sum + (1 << 15)) >> 16) as u8;
                }
            }
            u += step[0];
            v += step[1];
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
