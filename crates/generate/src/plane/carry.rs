//! One region's geometry under one step: moved, cut at the frame, and how much of it is left to see.

use super::{Step, cut, raster::carry_mask, round};
use labelwright_core::{
    Geometry, GeometryKind,
    geometry::{
        Bounds, BoxShape, Cuboid, Ellipse, Keypoint, Keypoints, Point, Points, Polygon, PolygonPart, Polyline,
        RotatedBox, Visibility,
    },
};

/// What became of a geometry.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// Several for a line that was cut into pieces; none when nothing is left.
    pub shapes: Vec<Geometry>,
    /// The share that is still to be seen, 0 to 1.
    pub visible: f64,
    /// Not the mapped figure itself: a box around it, or the nearest thing that the class may have.
    pub loosened: bool,
}

impl Carried {
    fn gone() -> Self {
        Self { shapes: Vec::new(), visible: 0.0, loosened: false }
    }

    fn one(shape: Geometry, visible: f64, loosened: bool) -> Self {
        Self { shapes: vec![shape], visible: visible.clamp(0.0, 1.0), loosened }
    }
}

/// Moves a geometry. `kinds` are those that its class may have: a rotated box or an ellipse that the border cuts becomes
/// a polygon if it may, otherwise the nearest shape of its own kind inside of the picture. What has no place on a
/// picture stays as it is.
pub fn carry(geometry: &Geometry, step: &Step, kinds: &[GeometryKind]) -> Carried {
    let move_all = |points: &[Point]| points.iter().map(|point| step.map.apply(*point)).collect::<Vec<_>>();
    match geometry {
        Geometry::Box(shape) => upright_box(shape, step),
        Geometry::RotatedBox(shape) => rotated(shape, step, kinds),
        Geometry::Ellipse(shape) => ellipse(shape, step, kinds),
        Geometry::Polygon(shape) => {
            let parts = shape.parts.iter().map(|part| PolygonPart {
                outer: move_all(&part.outer),
                holes: part.holes.iter().map(|hole| move_all(hole)).collect(),
            });
            let moved = Polygon { parts: parts.collect() };
            let Some(seen) = cut::polygon(&moved, step.frame) else { return Carried::gone() };
            let same = seen == moved;
            let (seen, moved) = (Geometry::Polygon(seen), Geometry::Polygon(moved));
            let visible = if same { 1.0 } else { seen.area() / moved.area() };
            if visible > 0.0 { Carried::one(seen, visible, false) } else { Carried::gone() }
        }
        Geometry::Polyline(shape) => polyline(&move_all(&shape.points), step.frame),
        Geometry::Points(shape) => {
            let points: Vec<Point> =
                move_all(&shape.points).into_iter().filter(|point| inside(*point, step.frame)).collect();
            let visible = points.len() as f64 / shape.points.len().max(1) as f64;
            if points.is_empty() {
                Carried::gone()
            } else {
                Carried::one(Geometry::Points(Points { points }), visible, false)
            }
        }
        Geometry::Keypoints(shape) => keypoints(shape, step),
        Geometry::Mask(mask) => {
            let Some(seen) = carry_mask(mask, step).filter(|mask| mask.area() > 0) else { return Carried::gone() };
            let middle =
                mask.bounds().map_or([0.0, 0.0], |b| [f64::midpoint(b.left, b.right), f64::midpoint(b.top, b.bottom)]);
            let visible = seen.area() as f64 / (mask.area() as f64 * step.map.growth(middle).abs());
            // Pixels of a mask that is wholly inside are counted more or less by a border's width.
            let whole = moved_bounds(mask.bounds(), step).is_some_and(|bounds| step.frame.contains(bounds));
            Carried::one(Geometry::Mask(seen), if whole { 1.0 } else { visible }, false)
        }
        Geometry::Cuboid(shape) => {
            let vertices = shape.vertices.map(|vertex| step.map.apply(vertex));
            // A cuboid has no cut form.
            let whole = vertices.iter().all(|vertex| inside(*vertex, step.frame));
            if whole { Carried::one(Geometry::Cuboid(Cuboid { vertices }), 1.0, false) } else { Carried::gone() }
        }
        Geometry::Span(_) | Geometry::Interval(_) | Geometry::Track(_) | Geometry::Cells(_) => {
            Carried::one(geometry.clone(), 1.0, false)
        }
    }
}

fn inside(point: Point, frame: Bounds) -> bool {
    (frame.left..=frame.right).contains(&point[0]) && (frame.top..=frame.bottom).contains(&point[1])
}

fn moved_bounds(bounds: Option<Bounds>, step: &Step) -> Option<Bounds> {
    let corners = BoxShape::from_bounds(bounds?).corners();
    Bounds::around(&corners.map(|corner| step.map.apply(corner)))
}

fn upright_box(shape: &BoxShape, step: &Step) -> Carried {
    let corners = shape.corners().map(|corner| step.map.apply(corner));
    let Some(moved) = Bounds::around(&corners) else { return Carried::gone() };
    let Some(seen) = moved.intersection(step.frame) else { return Carried::gone() };
    if step.map.is_upright() {
        let visible = if seen == moved { 1.0 } else { seen.area() / moved.area() };
        return Carried::one(Geometry::Box(BoxShape::from_bounds(seen)), visible, false);
    }
    // The box around what is seen of the mapped figure, not the visible part of the box around the whole.
    let figure = Polygon { parts: vec![PolygonPart { outer: corners.to_vec(), holes: Vec::new() }] };
    let Some(cut) = cut::polygon(&figure, step.frame) else { return Carried::gone() };
    let (cut, figure) = (Geometry::Polygon(cut), Geometry::Polygon(figure));
    match cut.bounds().and_then(|bounds| bounds.intersection(step.frame)) {
        Some(bounds) => Carried::one(Geometry::Box(BoxShape::from_bounds(bounds)), cut.area() / figure.area(), true),
        None => Carried::gone(),
    }
}

/// The visible part of a figure given by its outline: as a polygon, if the class may have one; None when nothing is left.
fn cut_outline(outline: Vec<Point>, step: &Step) -> Option<(Polygon, f64)> {
    let whole = Polygon { parts: vec![PolygonPart { outer: outline, holes: Vec::new() }] };
    let seen = cut::polygon(&whole, step.frame)?;
    let share = Geometry::Polygon(seen.clone()).area() / Geometry::Polygon(whole).area();
    (share > 0.0).then_some((seen, share))
}

fn rotated(shape: &RotatedBox, step: &Step, kinds: &[GeometryKind]) -> Carried {
    let (moved, exact) = round::rotated_box(shape, &step.map);
    let fits = |shape: &RotatedBox| Bounds::around(&shape.corners()).is_some_and(|b| roomy(step.frame).contains(b));
    if fits(&moved) {
        return Carried::one(Geometry::RotatedBox(moved), 1.0, !exact);
    }
    let corners = shape.corners().map(|corner| step.map.apply(corner));
    let Some((seen, share)) = cut_outline(corners.to_vec(), step) else { return Carried::gone() };
    if kinds.contains(&GeometryKind::Polygon) {
        return Carried::one(Geometry::Polygon(seen), share, false);
    }
    let points: Vec<Point> = seen.parts.iter().flat_map(|part| part.outer.clone()).collect();
    let tilted = round::along(&points, moved.angle);
    if fits(&tilted) && tilted.width > 0.0 && tilted.height > 0.0 {
        return Carried::one(Geometry::RotatedBox(tilted), share, true);
    }
    match Bounds::around(&points).filter(|bounds| bounds.area() > 0.0) {
        Some(bounds) => Carried::one(Geometry::RotatedBox(round::upright(bounds)), share, true),
        None => Carried::gone(),
    }
}

/// The frame with room for rounding.
fn roomy(frame: Bounds) -> Bounds {
    const SLACK: f64 = 5e-7;
    Bounds::new(frame.left - SLACK, frame.top - SLACK, frame.right + SLACK, frame.bottom + SLACK)
}

fn ellipse(shape: &Ellipse, step: &Step, kinds: &[GeometryKind]) -> Carried {
    let Some(moved) = round::ellipse(shape, &step.map) else { return Carried::gone() };
    if roomy(step.frame).contains(moved.bounds()) {
        return Carried::one(Geometry::Ellipse(moved), 1.0, false);
    }
    let Some((seen, share)) = cut_outline(moved.outline(64), step) else { return Carried::gone() };
    if kinds.contains(&GeometryKind::Polygon) {
        return Carried::one(Geometry::Polygon(seen), share, false);
    }
    let points: Vec<Point> = seen.parts.iter().flat_map(|part| part.outer.clone()).collect();
    match Bounds::around(&points).filter(|bounds| bounds.area() > 0.0) {
        Some(bounds) => {
            let RotatedBox { cx, cy, width, height, .. } = round::upright(bounds);
            let held = Ellipse { cx, cy, rx: width / 2.0, ry: height / 2.0, angle: 0.0 };
            Carried::one(Geometry::Ellipse(held), share, true)
        }
        None => Carried::gone(),
    }
}

fn polyline(points: &[Point], frame: Bounds) -> Carried {
    let mut pieces = cut::line(points, frame);
    // The longest piece keeps the region's name; of equal ones the first.
    pieces.sort_by(|one, other| cut::length(other).total_cmp(&cut::length(one)));
    let (whole, seen) = (cut::length(points), pieces.iter().map(|piece| cut::length(piece)).sum::<f64>());
    if pieces.is_empty() || whole <= 0.0 {
        return Carried::gone();
    }
    let shapes = pieces.into_iter().map(|points| Geometry::Polyline(Polyline { points })).collect();
    Carried { shapes, visible: (seen / whole).clamp(0.0, 1.0), loosened: false }
}

/// A joint that leaves the picture is no longer labeled.
fn keypoints(shape: &Keypoints, step: &Step) -> Carried {
    let labeled = shape.seen().len();
    let points: Vec<Keypoint> = shape
        .points
        .iter()
        .map(|joint| {
            let [x, y] = step.map.apply([joint.x, joint.y]);
            if joint.visibility != Visibility::Absent && inside([x, y], step.frame) {
                return Keypoint { x, y, visibility: joint.visibility };
            }
            Keypoint { x: 0.0, y: 0.0, visibility: Visibility::Absent }
        })
        .collect();
    let moved = Keypoints { points };
    let left = moved.seen().len();
    if left == 0 {
        return Carried::gone();
    }
    Carried::one(Geometry::Keypoints(moved), left as f64 / labeled.max(1) as f64, false)
}
