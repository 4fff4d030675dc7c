//! One change of a picture's geometry: where points go, how large the new picture is, and what of it counts.

use super::Map;
use labelwright_core::geometry::{Bounds, Point};

#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub map: Map,
    /// Width and height in pixels before and after.
    pub from: [u32; 2],
    pub to: [u32; 2],
    /// What is kept of the new picture: whole pixels.
    pub frame: Bounds,
}

impl Step {
    pub fn new(map: Map, from: [u32; 2], to: [u32; 2]) -> Self {
        Self { map, from, to, frame: Bounds::new(0.0, 0.0, f64::from(to[0]), f64::from(to[1])) }
    }

    pub fn flip_horizontal(size: [u32; 2]) -> Self {
        Self::new(Map::affine([-1.0, 0.0, f64::from(size[0])], [0.0, 1.0, 0.0]), size, size)
    }

    pub fn flip_vertical(size: [u32; 2]) -> Self {
        Self::new(Map::affine([1.0, 0.0, 0.0], [0.0, -1.0, f64::from(size[1])]), size, size)
    }

    /// Clockwise by 90 degrees as often as told.
    pub fn quarter_turns(size: [u32; 2], turns: u32) -> Self {
        let (width, height) = (f64::from(size[0]), f64::from(size[1]));
        match turns % 4 {
            0 => Self::new(Map::IDENTITY, size, size),
            1 => Self::new(Map::affine([0.0, -1.0, height], [1.0, 0.0, 0.0]), size, [size[1], size[0]]),
            2 => Self::new(Map::affine([-1.0, 0.0, width], [0.0, -1.0, height]), size, size),
            _ => Self::new(Map::affine([0.0, 1.0, 0.0], [-1.0, 0.0, width]), size, [size[1], size[0]]),
        }
    }

    /// Clockwise about the middle. With `expand` the new picture holds all of the old one, otherwise its size stays.
    pub fn rotate(size: [u32; 2], degrees: f64, expand: bool) -> Self {
        let turn = Map::rotation(degrees);
        Self::about_middle(turn, size, if expand { grown(turn, size) } else { size })
    }

    /// A linear map that keeps the middle in the middle.
    pub fn about_middle(linear: Map, from: [u32; 2], to: [u32; 2]) -> Self {
        let half = |side: u32| f64::from(side) / 2.0;
        let map = Map::translation(-half(from[0]), -half(from[1]))
            .then(linear)
            .then(Map::translation(half(to[0]), half(to[1])));
        Self::new(map, from, to)
    }

    /// The part that begins at whole pixels.
    pub fn crop(size: [u32; 2], left: u32, top: u32, to: [u32; 2]) -> Self {
        Self::new(Map::translation(-f64::from(left), -f64::from(top)), size, to)
    }

    pub fn resize(size: [u32; 2], to: [u32; 2]) -> Self {
        let share = |new: u32, old: u32| f64::from(new) / f64::from(old);
        Self::new(Map::scale(share(to[0], size[0]), share(to[1], size[1])), size, to)
    }

    /// The picture's corners, clockwise from the top left, go to these places. None for corners in a line.
    pub fn perspective(size: [u32; 2], corners: [Point; 4]) -> Option<Self> {
        let (width, height) = (f64::from(size[0]), f64::from(size[1]));
        let old = [[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]];
        Some(Self::new(Map::of_corners(old, corners)?, size, size))
    }

    /// Do left and right change places?
    pub fn mirrors(&self) -> bool {
        self.map.growth([f64::from(self.from[0]) / 2.0, f64::from(self.from[1]) / 2.0]) < 0.0
    }
}

/// The whole pixels that hold a turned picture.
fn grown(turn: Map, size: [u32; 2]) -> [u32; 2] {
    let (width, height) = (f64::from(size[0]), f64::from(size[1]));
    let m = turn.0;
    let side = |row: [f64; 3]| ((row[0] * width).abs() + (row[1] * height).abs() - 1e-9).ceil().max(1.0) as u32;
    [side(m[0]), side(m[1])]
}
