//! One thing of a scene as pixels: where it lies, in which colour, how opaque.

use super::recipe::{CutoutSource, Outline, Shape};
use crate::{Random, picture::Picture, plane::Map};
use labelwright_core::geometry::{Bounds, Mask, Point};

pub struct Spot {
    pub x: u32,
    pub y: u32,
    pub colour: [u8; 3],
    /// 0 to 1; from one half on the pixel belongs to the thing.
    pub alpha: f64,
}

pub struct Layer {
    pub spots: Vec<Spot>,
}

/// A shape at a random place: a pixel is its own when its centre lies inside.
pub fn drawn(shape: &Shape, size: [u32; 2], random: &mut Random) -> Layer {
    let reach = shape.size.draw(random) * f64::from(size[0].min(size[1])) / 2.0;
    let [cx, cy] = size.map(|side| random.unit() * f64::from(side));
    let turn = random.unit() * std::f64::consts::TAU;
    let colour = match random.pick(&shape.colours) {
        Some(colour) => *colour,
        None => [0, 1, 2].map(|_| random.below(256) as u8),
    };
    let place = |angle: f64, radius: f64| [cx + radius * (angle + turn).cos(), cy + radius * (angle + turn).sin()];
    let mask = match shape.outline {
        Outline::Ellipse => {
            let (rx, ry) = (reach, reach * random.between(0.4, 1.0));
            ellipse([cx, cy], [rx, ry], turn, size)
        }
        outline => {
            let ring: Vec<Point> = match outline {
                Outline::Rectangle => {
                    let half = random.between(0.3, 1.2);
                    [half, std::f64::consts::PI - half, std::f64::consts::PI + half, -half]
                        .map(|a| place(a, reach))
                        .to_vec()
                }
                Outline::Star => {
                    let (points, inner) = (5 + random.below(4), random.between(0.35, 0.6));
                    let step = std::f64::consts::PI / points as f64;
                    (0..2 * points)
                        .map(|at| place(step * at as f64, if at % 2 == 0 { reach } else { reach * inner }))
                        .collect()
                }
                _ => {
                    let corners = 3 + random.below(6);
                    let step = std::f64::consts::TAU / corners as f64;
                    (0..corners)
                        .map(|at| {
                            place(step * (at as f64 + random.between(0.0, 0.7)), reach * random.between(0.5, 1.0))
                        })
                        .collect()
                }
            };
            Mask::of_rings(&[ring], size[0], size[1])
        }
    };
    let height = size[1].max(1);
    let lit = mask.to_bytes().into_iter().enumerate().filter(|(_, bit)| *bit != 0);
    let spots = lit.map(|(at, _)| Spot { x: at as u32 / height, y: at as u32 % height, colour, alpha: 1.0 });
    Layer { spots: spots.collect() }
}

fn ellipse([cx, cy]: Point, [rx, ry]: [f64; 2], turn: f64, size: [u32; 2]) -> Mask {
    let (sin, cos) = turn.sin_cos();
    let inside = move |x: u32, y: u32| {
        let (dx, dy) = (f64::from(x) + 0.5 - cx, f64::from(y) + 0.5 - cy);
        ((dx * cos + dy * sin) / rx).powi(2) + ((dy * cos - dx * sin) / ry).powi(2) <= 1.0
    };
    Mask::from_pixels(size[0], size[1], (0..size[0]).flat_map(|x| (0..size[1]).map(move |y| inside(x, y))))
}

/// A cut-out, scaled, turned and mirrored, at a random place. Colours are weighed by their opacity, so that the colour of
/// what cannot be seen does not bleed in.
pub fn cutout(own: &CutoutSource, picture: &Picture, size: [u32; 2], random: &mut Random) -> Layer {
    let [width, height] = picture.size().map(f64::from);
    let scale = own.size.draw(random) * f64::from(size[0].min(size[1])) / width.max(height);
    let degrees = own.degrees.draw(random);
    let mirror = if own.flip && random.chance(0.5) { -1.0 } else { 1.0 };
    let [x, y] = size.map(|side| random.unit() * f64::from(side));
    let map = Map::translation(-width / 2.0, -height / 2.0)
        .then(Map::scale(mirror * scale, scale))
        .then(Map::rotation(degrees))
        .then(Map::translation(x, y));
    let mut layer = Layer { spots: Vec::new() };
    let corners = [[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]].map(|corner| map.apply(corner));
    let frame = Bounds::new(0.0, 0.0, f64::from(size[0]), f64::from(size[1]));
    let (Some(inverse), Some(reach)) =
        (map.inverse(), Bounds::around(&corners).and_then(|bounds| bounds.intersection(frame)))
    else {
        return layer;
    };
    let samples = (1.0 / scale).ceil().clamp(1.0, 8.0) as u32;
    for y in reach.top.floor() as u32..reach.bottom.ceil() as u32 {
        for x in reach.left.floor() as u32..reach.right.ceil() as u32 {
            let mut sums = [0.0; 4];
            for at in 0..samples * samples {
                let inner = |own: u32, at: u32| f64::from(own) + (f64::from(at) + 0.5) / f64::from(samples);
                let [u, v] = inverse.apply([inner(x, at % samples), inner(y, at / samples)]);
                add(picture, u - 0.5, v - 0.5, &mut sums);
            }
            let alpha = sums[3] / f64::from(samples * samples) / 255.0;
            if alpha > 0.0 {
                let colour = [0, 1, 2].map(|channel: usize| (sums[channel] / sums[3]).round() as u8);
                layer.spots.push(Spot { x, y, colour, alpha: alpha.min(1.0) });
            }
        }
    }
    layer
}

/// Adds the mean of four pixels around a place: colours times opacity, and opacity. Outside nothing is opaque.
fn add(picture: &Picture, u: f64, v: f64, sums: &mut [f64; 4]) {
    let (left, top) = (u.floor(), v.floor());
    for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let (x, y) = (left + dx, top + dy);
        if x < 0.0 || y < 0.0 || x >= f64::from(picture.width) || y >= f64::from(picture.height) {
            continue;
        }
        let weight = (1.0 - (u - x).abs()) * (1.0 - (v - y).abs());
        let pixel = picture.at(x as u32, y as u32);
        let alpha = weight * pixel.get(3).map_or(255.0, |alpha| f64::from(*alpha));
        for (sum, value) in sums.iter_mut().zip(pixel.iter().take(3)) {
            *sum += alpha * f64::from(*value);
        }
        sums[3] += alpha;
    }
}
