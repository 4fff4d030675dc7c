//! Rotated boxes and ellipses under maps.

use super::Map;
use labelwright_core::geometry::{Bounds, Ellipse, Point, RotatedBox, plane};

/// A rotated box under a map, and whether it is exactly the mapped figure. Maps that keep right angles keep the box;
/// of other figures it is the smallest rectangle around them.
pub fn rotated_box(shape: &RotatedBox, map: &Map) -> (RotatedBox, bool) {
    let [cx, cy] = map.apply([shape.cx, shape.cy]);
    let [[a, b], [c, d]] = map.derivative([shape.cx, shape.cy]);
    let (sin, cos) = shape.angle.to_radians().sin_cos();
    // Where the box's own axes go.
    let (across, down) = ([a * cos + b * sin, c * cos + d * sin], [b * cos - a * sin, d * cos - c * sin]);
    let (wide, high) = (across[0].hypot(across[1]), down[0].hypot(down[1]));
    if map.is_affine() && (across[0] * down[0] + across[1] * down[1]).abs() <= 1e-12 * wide * high {
        let angle = turned(shape.angle, across);
        return (RotatedBox { cx, cy, width: shape.width * wide, height: shape.height * high, angle }, true);
    }
    (around(&shape.corners().map(|corner| map.apply(corner))), false)
}

/// The angle of a direction; the one that it had where that is the same, so that nothing drifts.
fn turned(before: f64, direction: Point) -> f64 {
    let angle = direction[1].atan2(direction[0]).to_degrees();
    if (angle - before).rem_euclid(360.0).min((before - angle).rem_euclid(360.0)) < 1e-9 { before } else { angle }
}

/// The smallest rectangle around points: one of its sides lies on a side of the hull (H. Freeman and R. Shapira, 1975).
fn around(points: &[Point]) -> RotatedBox {
    let hull = plane::hull(points);
    let mut best = upright(Bounds::around(points).unwrap_or(Bounds::new(0.0, 0.0, 0.0, 0.0)));
    for (from, to) in hull.iter().zip(hull.iter().cycle().skip(1)) {
        let angle = (to[1] - from[1]).atan2(to[0] - from[0]).to_degrees();
        let candidate = along(points, angle);
        if candidate.width * candidate.height < best.width * best.height - 1e-9 {
            best = candidate;
        }
    }
    best
}

/// The smallest rectangle around points with sides at this angle.
pub fn along(points: &[Point], angle: f64) -> RotatedBox {
    let (sin, cos) = angle.to_radians().sin_cos();
    let turned: Vec<Point> = points.iter().map(|p| [p[0] * cos + p[1] * sin, p[1] * cos - p[0] * sin]).collect();
    let bounds = Bounds::around(&turned).unwrap_or(Bounds::new(0.0, 0.0, 0.0, 0.0));
    let (x, y) = (f64::midpoint(bounds.left, bounds.right), f64::midpoint(bounds.top, bounds.bottom));
    let (width, height) = (bounds.width(), bounds.height());
    RotatedBox { cx: x * cos - y * sin, cy: x * sin + y * cos, width, height, angle }
}

pub fn upright(bounds: Bounds) -> RotatedBox {
    let (cx, cy) = (f64::midpoint(bounds.left, bounds.right), f64::midpoint(bounds.top, bounds.bottom));
    RotatedBox { cx, cy, width: bounds.width(), height: bounds.height(), angle: 0.0 }
}

/// An ellipse under a map is an ellipse again: its matrix Q becomes the inverse's transpose times Q times the inverse (R.
/// Hartley and A. Zisserman, Multiple View Geometry, 2.2.3). None where the map sends a part of it beyond the horizon.
pub fn ellipse(shape: &Ellipse, map: &Map) -> Option<Ellipse> {
    // Both sides are measured from the ellipse's own middle, so that no digits are lost far from the origin.
    let middle = map.apply([shape.cx, shape.cy]);
    let unit = Map::scale(shape.rx, shape.ry)
        .then(Map::rotation(shape.angle))
        .then(Map::translation(shape.cx, shape.cy))
        .then(*map)
        .then(Map::translation(-middle[0], -middle[1]));
    let inverse = unit.inverse()?.0;
    let circle = [1.0, 1.0, -1.0];
    let q = |i: usize, j: usize| (0..3).map(|k| inverse[k][i] * circle[k] * inverse[k][j]).sum::<f64>();
    let (a, b, c, d, e, f) = (q(0, 0), q(0, 1), q(1, 1), q(0, 2), q(1, 2), q(2, 2));
    let determinant = a * c - b * b;
    if determinant <= 0.0 {
        return None;
    }
    let (x, y) = ((b * e - c * d) / determinant, (b * d - a * e) / determinant);
    let level = -(f + d * x + e * y);
    let (mean, spread) = (f64::midpoint(a, c), ((a - c) / 2.0).hypot(b));
    // The longer axis belongs to the smaller eigenvalue.
    let (low, high) = (mean - spread, mean + spread);
    let (long, short) = ((level / low).sqrt(), (level / high).sqrt());
    if !(long.is_finite() && short.is_finite() && short > 0.0) {
        return None;
    }
    let angle = if spread <= 1e-12 * mean { 0.0 } else { (b.atan2((a - c) / 2.0) / 2.0).to_degrees() + 90.0 };
    // The first axis stays the first one as far as the map lets it.
    let [[da, db], [dc, dd]] = map.derivative([shape.cx, shape.cy]);
    let (sin, cos) = shape.angle.to_radians().sin_cos();
    let wanted = (dc * cos + dd * sin).atan2(da * cos + db * sin).to_degrees();
    let off = |angle: f64| (angle - wanted).rem_euclid(180.0).min((wanted - angle).rem_euclid(180.0));
    let (rx, ry, angle) =
        if off(angle) <= off(angle + 90.0) { (long, short, angle) } else { (short, long, angle + 90.0) };
    let angle = if off(angle) < 1e-7 { turned(shape.angle, [da * cos + db * sin, dc * cos + dd * sin]) } else { angle };
    Some(Ellipse { cx: middle[0] + x, cy: middle[1] + y, rx, ry, angle })
}
