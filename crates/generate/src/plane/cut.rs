//! What lies inside of a rectangle, and what rectangles hide.

use labelwright_core::{
    Geometry,
    geometry::{Bounds, Point, Polygon, PolygonPart, plane},
};

/// The parts of a polygon inside of the frame (Sutherland-Hodgman ring by ring); None when nothing is left.
pub fn polygon(shape: &Polygon, frame: Bounds) -> Option<Polygon> {
    let cut = |part: &PolygonPart| {
        let outer = ring(&part.outer, frame);
        let holes = part.holes.iter().map(|hole| ring(hole, frame)).filter(|hole| !hole.is_empty()).collect();
        (!outer.is_empty()).then_some(PolygonPart { outer, holes })
    };
    let parts: Vec<PolygonPart> = shape.parts.iter().filter_map(cut).collect();
    (!parts.is_empty()).then_some(Polygon { parts })
}

/// A ring that lies inside comes back as it is.
fn ring(points: &[Point], frame: Bounds) -> Vec<Point> {
    match Bounds::around(points) {
        Some(bounds) if frame.contains(bounds) => points.to_vec(),
        _ => plane::clip(points, frame),
    }
}

/// The pieces of a line inside of the frame (Y.-D. Liang and B. Barsky, 1984, segment by segment).
pub fn line(points: &[Point], frame: Bounds) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    for pair in points.windows(2) {
        let Some((from, to)) = segment(pair[0], pair[1], frame) else { continue };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

fn segment(from: Point, to: Point, frame: Bounds) -> Option<(Point, Point)> {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    let sides = [
        (-dx, from[0] - frame.left),
        (dx, frame.right - from[0]),
        (-dy, from[1] - frame.top),
        (dy, frame.bottom - from[1]),
    ];
    for (speed, room) in sides {
        if speed == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if speed < 0.0 {
            start = start.max(room / speed);
        } else {
            end = end.min(room / speed);
        }
    }
    if start >= end {
        return None;
    }
    let at = |share: f64, own: Point| {
        if share == 0.0 || share == 1.0 {
            return own;
        }
        [(from[0] + dx * share).clamp(frame.left, frame.right), (from[1] + dy * share).clamp(frame.top, frame.bottom)]
    };
    Some((at(start, from), at(end, to)))
}

pub fn length(points: &[Point]) -> f64 {
    points.windows(2).map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1])).sum()
}

/// The same area as rectangles of which no two overlap.
pub fn disjoint(rectangles: &[Bounds]) -> Vec<Bounds> {
    let mut apart: Vec<Bounds> = Vec::new();
    for rectangle in rectangles {
        let mut rest = vec![*rectangle];
        for known in &apart {
            rest = rest.into_iter().flat_map(|piece| without(piece, *known)).collect();
        }
        apart.extend(rest);
    }
    apart
}

fn without(piece: Bounds, hole: Bounds) -> Vec<Bounds> {
    let Some(common) = piece.intersection(hole) else { return vec![piece] };
    let candidates = [
        Bounds::new(piece.left, piece.top, piece.right, common.top),
        Bounds::new(piece.left, common.bottom, piece.right, piece.bottom),
        Bounds::new(piece.left, common.top, common.left, common.bottom),
        Bounds::new(common.right, common.top, piece.right, common.bottom),
    ];
    candidates.into_iter().filter(|b| b.width() > 0.0 && b.height() > 0.0).collect()
}

/// The share of a figure that rectangles, of which no two overlap, hide. Lines and points count by their corners.
pub fn hidden(geometry: &Geometry, rectangles: &[Bounds]) -> f64 {
    let share = |part: f64, whole: f64| if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 };
    let within =
        |p: &Point| rectangles.iter().any(|b| (b.left..b.right).contains(&p[0]) && (b.top..b.bottom).contains(&p[1]));
    let corners = |points: &[Point]| share(points.iter().filter(|p| within(p)).count() as f64, points.len() as f64);
    match geometry {
        Geometry::Mask(mask) => {
            let (bytes, height) = (mask.to_bytes(), mask.height as usize);
            let mut covered = 0_u64;
            for b in rectangles {
                for x in b.left.max(0.0) as usize..(b.right.max(0.0) as usize).min(mask.width as usize) {
                    let rows = b.top.max(0.0) as usize..(b.bottom.max(0.0) as usize).min(height);
                    covered += rows.map(|y| u64::from(bytes[x * height + y])).sum::<u64>();
                }
            }
            share(covered as f64, mask.area() as f64)
        }
        Geometry::Polyline(shape) => corners(&shape.points),
        Geometry::Points(shape) => corners(&shape.points),
        Geometry::Keypoints(shape) => corners(&shape.seen()),
        other => {
            let Some(rings) = other.rings() else { return 0.0 };
            let covers: Vec<Vec<Point>> = rectangles.iter().map(|b| corners_of(*b)).collect();
            share(covers.iter().map(|cover| plane::overlap(&rings, std::slice::from_ref(cover))).sum(), other.area())
        }
    }
}

fn corners_of(b: Bounds) -> Vec<Point> {
    vec![[b.left, b.top], [b.right, b.top], [b.right, b.bottom], [b.left, b.bottom]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use labelwright_core::geometry::BoxShape;

    #[test]
    fn a_line_that_leaves_and_comes_back_is_two() {
        let frame = Bounds::new(0.0, 0.0, 10.0, 10.0);
        let pieces = line(&[[2.0, 2.0], [2.0, -2.0], [6.0, -2.0], [6.0, 4.0], [7.0, 4.0]], frame);
        assert_eq!(pieces, [vec![[2.0, 2.0], [2.0, 0.0]], vec![[6.0, 0.0], [6.0, 4.0], [7.0, 4.0]]]);
        assert!(line(&[[-1.0, 0.0], [-1.0, 5.0]], frame).is_empty());
    }

    #[test]
    fn hidden_areas_are_counted_once() {
        let holes = disjoint(&[Bounds::new(0.0, 0.0, 6.0, 10.0), Bounds::new(4.0, 0.0, 8.0, 10.0)]);
        assert_eq!(holes.iter().map(|b| b.area()).sum::<f64>(), 80.0);
        let shape = Geometry::Box(BoxShape { x: 0.0, y: 0.0, width: 10.0, height: 5.0 });
        assert!((hidden(&shape, &holes) - 0.8).abs() < 1e-12);
    }
}
