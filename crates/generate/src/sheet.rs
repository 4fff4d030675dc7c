//! Contact sheets: pairs of pictures with their labels drawn, before on the left and after on the right.

use crate::{
    picture::{Fill, Picture, paste},
    plane::{Map, Step, carry},
};
use labelwright_core::{
    Geometry,
    geometry::{Bounds, Point},
};

/// A picture with its shapes and the colours that they are drawn in.
pub struct Framed {
    pub picture: Picture,
    pub shapes: Vec<(Geometry, [u8; 3])>,
}

const MARGIN: u32 = 6;
const PAPER: [u8; 3] = [245; 3];

/// A grid of pairs, each picture scaled to fit a square of `side` pixels. The grid is about as wide as high.
pub fn contact_sheet(pairs: &[(Framed, Framed)], side: u32) -> Picture {
    let count = pairs.len().max(1) as u32;
    let columns = (f64::from(count).sqrt() * 0.8).ceil().max(1.0) as u32;
    let (wide, high) = (2 * side + 3 * MARGIN, side + 2 * MARGIN);
    let mut sheet = Picture::plain(columns * wide, count.div_ceil(columns) * high, 3, PAPER);
    for (at, (before, after)) in pairs.iter().enumerate() {
        let (column, row) = (at as u32 % columns, at as u32 / columns);
        let (left, top) = (column * wide + MARGIN, row * high + MARGIN);
        place(&mut sheet, before, left, top, side);
        place(&mut sheet, after, left + side + MARGIN, top, side);
    }
    sheet
}

fn place(sheet: &mut Picture, framed: &Framed, left: u32, top: u32, side: u32) {
    let size = framed.picture.size();
    let scale = f64::from(side) / f64::from(size[0].max(size[1]).max(1));
    let fitted = size.map(|own| (f64::from(own) * scale).round().clamp(1.0, f64::from(side)));
    let (x, y) = (f64::from(left + (side - fitted[0] as u32) / 2), f64::from(top + (side - fitted[1] as u32) / 2));
    let own = Map::scale(fitted[0] / f64::from(size[0]), fitted[1] / f64::from(size[1]));
    let mut step = Step::new(own.then(Map::translation(x, y)), size, sheet.size());
    step.frame = Bounds::new(x, y, x + fitted[0], y + fitted[1]);
    // Scaled first by itself, so that what becomes much smaller is averaged.
    let small = crate::picture::warp(&framed.picture, &Step::resize(size, fitted.map(|s| s as u32)), Fill::Edge);
    if let Some(small) = small {
        let mut at = Step::new(Map::translation(x, y), small.size(), sheet.size());
        at.frame = step.frame;
        paste(sheet, &small, &at);
    }
    for (geometry, colour) in &framed.shapes {
        for shape in carry(geometry, &step, &[]).shapes {
            draw(sheet, &shape, *colour);
        }
    }
}

/// Outlines, lines, crosses; masks are tinted.
fn draw(sheet: &mut Picture, geometry: &Geometry, colour: [u8; 3]) {
    match geometry {
        Geometry::Mask(mask) => {
            for (at, lit) in mask.to_bytes().into_iter().enumerate() {
                let (x, y) = (at as u32 / mask.height.max(1), at as u32 % mask.height.max(1));
                if lit != 0 {
                    let old = [0, 1, 2].map(|channel| sheet.at(x, y)[channel]);
                    let mixed = [0, 1, 2].map(|c| ((u16::from(old[c]) + u16::from(colour[c])) / 2) as u8);
                    dot(sheet, i64::from(x), i64::from(y), mixed);
                }
            }
        }
        Geometry::Polyline(shape) => chain(sheet, &shape.points, false, colour),
        Geometry::Points(shape) => shape.points.iter().for_each(|point| cross(sheet, *point, colour)),
        Geometry::Keypoints(shape) => shape.seen().iter().for_each(|point| cross(sheet, *point, colour)),
        Geometry::Cuboid(shape) => {
            chain(sheet, &shape.vertices[..4], true, colour);
            chain(sheet, &shape.vertices[4..], true, colour);
            (0..4).for_each(|at| line(sheet, shape.vertices[at], shape.vertices[at + 4], colour));
        }
        other => other.rings().unwrap_or_default().iter().for_each(|ring| chain(sheet, ring, true, colour)),
    }
}

fn chain(sheet: &mut Picture, points: &[Point], closed: bool, colour: [u8; 3]) {
    points.windows(2).for_each(|pair| line(sheet, pair[0], pair[1], colour));
    if let (true, Some(first), Some(last)) = (closed, points.first(), points.last()) {
        line(sheet, *last, *first, colour);
    }
}

fn cross(sheet: &mut Picture, [x, y]: Point, colour: [u8; 3]) {
    line(sheet, [x - 3.0, y], [x + 3.0, y], colour);
    line(sheet, [x, y - 3.0], [x, y + 3.0], colour);
}

fn line(sheet: &mut Picture, from: Point, to: Point, colour: [u8; 3]) {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let steps = dx.abs().max(dy.abs()).ceil().clamp(1.0, 100_000.0);
    for step in 0..=steps as u32 {
        let share = f64::from(step) / steps;
        let (x, y) = (from[0] + dx * share, from[1] + dy * share);
        // The last column and row belong to what ends there.
        let within = |place: f64, side: u32| (place.floor() as i64).min(i64::from(side) - 1);
        dot(sheet, within(x, sheet.width), within(y, sheet.height), colour);
    }
}

fn dot(sheet: &mut Picture, x: i64, y: i64, colour: [u8; 3]) {
    if x >= 0 && y >= 0 && x < i64::from(sheet.width) && y < i64::from(sheet.height) {
        let start = (y as usize * sheet.width as usize + x as usize) * sheet.channels;
        sheet.pixels[start..start + 3].copy_from_slice(&colour);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use labelwright_core::geometry::BoxShape;

    #[test]
    fn pairs_stand_side_by_side_with_their_boxes() {
        let framed = |grey| Framed {
            picture: Picture::plain(20, 10, 3, [grey; 3]),
            shapes: vec![(Geometry::Box(BoxShape { x: 5.0, y: 2.0, width: 10.0, height: 5.0 }), [255, 0, 0])],
        };
        let sheet = contact_sheet(&[(framed(10), framed(90))], 40);
        assert_eq!(sheet.size(), [98, 52]);
        // Scaled by two, set into the middle of its square: the box begins at (10, 4) of the picture.
        assert_eq!(sheet.at(6 + 10, 16 + 4), [255, 0, 0]);
        assert_eq!(sheet.at(6 + 20, 16 + 9), [10, 10, 10]);
        assert_eq!(sheet.at(52 + 20, 16 + 9), [90, 90, 90]);
        assert_eq!(sheet.at(2, 2), PAPER);
    }
}
