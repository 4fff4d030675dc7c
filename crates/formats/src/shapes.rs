//! What stands in for a geometry that a format does not have.

use crate::outline;
use labelwright_core::{
    Geometry, GeometryKind,
    geometry::{BoxShape, Mask, Point, Points, Polygon, PolygonPart, RotatedBox, Span, plane},
};

pub(crate) fn polygon(outer: Vec<Point>) -> Geometry {
    Geometry::Polygon(Polygon { parts: vec![PolygonPart { outer, holes: Vec::new() }] })
}

pub(crate) fn upright(x: f64, y: f64, width: f64, height: f64) -> Geometry {
    Geometry::Box(BoxShape { x, y, width, height })
}

/// The nearest kind among those allowed; None when nothing comes near.
pub(crate) fn instead(geometry: &Geometry, allowed: &[GeometryKind], size: Option<[u32; 2]>) -> Option<Geometry> {
    use GeometryKind as Kind;
    let order: &[Kind] = match geometry.kind() {
        Kind::Box => &[Kind::RotatedBox, Kind::Polygon, Kind::Mask],
        Kind::RotatedBox | Kind::Ellipse => &[Kind::Polygon, Kind::Mask, Kind::RotatedBox, Kind::Box],
        Kind::Polygon => &[Kind::Mask, Kind::RotatedBox, Kind::Box],
        Kind::Mask => &[Kind::Polygon, Kind::RotatedBox, Kind::Box],
        Kind::Keypoints => &[Kind::Points, Kind::Box],
        Kind::Cuboid => &[Kind::Polygon, Kind::Box],
        _ => &[],
    };
    order.iter().filter(|kind| allowed.contains(kind)).find_map(|kind| become_kind(geometry, *kind, size))
}

fn become_kind(geometry: &Geometry, kind: GeometryKind, size: Option<[u32; 2]>) -> Option<Geometry> {
    match (kind, geometry) {
        (GeometryKind::Box, _) => {
            let bounds = geometry.bounds().filter(|bounds| bounds.width() > 0.0 && bounds.height() > 0.0)?;
            Some(Geometry::Box(BoxShape::from_bounds(bounds)))
        }
        (GeometryKind::RotatedBox, Geometry::Box(shape)) => Some(Geometry::RotatedBox(RotatedBox {
            cx: shape.x + shape.width / 2.0,
            cy: shape.y + shape.height / 2.0,
            width: shape.width,
            height: shape.height,
            angle: 0.0,
        })),
        (GeometryKind::RotatedBox, Geometry::Ellipse(shape)) => Some(Geometry::RotatedBox(RotatedBox {
            cx: shape.cx,
            cy: shape.cy,
            width: 2.0 * shape.rx,
            height: 2.0 * shape.ry,
            angle: shape.angle,
        })),
        (GeometryKind::RotatedBox, Geometry::Polygon(shape)) => smallest_rectangle(&shape.rings().concat()),
        (GeometryKind::RotatedBox, Geometry::Mask(mask)) => {
            smallest_rectangle(&outline::polygon_of(mask)?.rings().concat())
        }
        (GeometryKind::Polygon, Geometry::Mask(mask)) => outline::polygon_of(mask).map(Geometry::Polygon),
        (GeometryKind::Polygon, Geometry::Cuboid(shape)) => Some(polygon(plane::hull(&shape.vertices))),
        (GeometryKind::Polygon, _) => Some(polygon(geometry.rings()?.into_iter().next()?)),
        (GeometryKind::Mask, _) => {
            let ([width, height], rings) = (size?, geometry.rings()?);
            Some(Geometry::Mask(Mask::of_rings(&rings, width, height)))
        }
        (GeometryKind::Points, Geometry::Keypoints(shape)) => Some(Geometry::Points(Points { points: shape.seen() })),
        _ => None,
    }
}

/// The rectangle of the smallest area around points: it lies on an edge of their hull (Freeman and Shapira, 1975).
pub(crate) fn smallest_rectangle(points: &[Point]) -> Option<Geometry> {
    let hull = plane::hull(points);
    let edges = hull.iter().zip(hull.iter().cycle().skip(1));
    let boxes = edges.filter(|(from, to)| from != to).filter_map(|(from, to)| {
        let (sin, cos) = (to[1] - from[1]).atan2(to[0] - from[0]).sin_cos();
        let turned: Vec<Point> = hull.iter().map(|[x, y]| [x * cos + y * sin, y * cos - x * sin]).collect();
        let bounds = plane::Bounds::around(&turned)?;
        let (x, y) = ((bounds.left + bounds.right) / 2.0, (bounds.top + bounds.bottom) / 2.0);
        let angle = sin.atan2(cos).to_degrees();
        let shape = RotatedBox {
            cx: x * cos - y * sin,
            cy: x * sin + y * cos,
            width: bounds.width(),
            height: bounds.height(),
            angle,
        };
        Some((bounds.area(), shape))
    });
    boxes.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, shape)| Geometry::RotatedBox(shape))
}

/// The rotated box with these corners (in order, from the one that is top left before turning). None when the corners
/// are no rectangle to within `tolerance` pixels.
pub(crate) fn rectangle(corners: [Point; 4], tolerance: f64) -> Option<RotatedBox> {
    let [a, b, c, d] = corners;
    let (width, height) = ((b[0] - a[0]).hypot(b[1] - a[1]), (d[0] - a[0]).hypot(d[1] - a[1]));
    let shape = RotatedBox {
        cx: (a[0] + b[0] + c[0] + d[0]) / 4.0,
        cy: (a[1] + b[1] + c[1] + d[1]) / 4.0,
        width,
        height,
        angle: (b[1] - a[1]).atan2(b[0] - a[0]).to_degrees(),
    };
    let near = |(one, two): (&Point, &Point)| (one[0] - two[0]).hypot(one[1] - two[1]) <= tolerance;
    shape.corners().iter().zip(&corners).all(near).then_some(shape)
}

/// The pieces of a region that has several.
pub(crate) fn parts(geometry: &Geometry) -> Vec<Geometry> {
    match geometry {
        Geometry::Polygon(shape) if shape.parts.len() > 1 => {
            shape.parts.iter().map(|part| Geometry::Polygon(Polygon { parts: vec![part.clone()] })).collect()
        }
        Geometry::Span(span) if span.ranges.len() > 1 => {
            span.ranges.iter().map(|range| Geometry::Span(Span { ranges: vec![*range] })).collect()
        }
        _ => Vec::new(),
    }
}

/// Code and words of a loss.
pub(crate) fn words(from: GeometryKind, to: GeometryKind) -> (&'static str, String) {
    (from.as_str(), format!("{} becomes {}", plain(from), plain(to)))
}

fn plain(kind: GeometryKind) -> &'static str {
    match kind {
        GeometryKind::Box => "a box",
        GeometryKind::RotatedBox => "a rotated box",
        GeometryKind::Ellipse => "an ellipse",
        GeometryKind::Polygon => "a polygon",
        GeometryKind::Polyline => "a line",
        GeometryKind::Points => "a set of points",
        GeometryKind::Keypoints => "a skeleton",
        GeometryKind::Mask => "a mask",
        GeometryKind::Cuboid => "a cuboid",
        GeometryKind::Span => "a span",
        GeometryKind::Interval => "an interval",
        GeometryKind::Track => "a track",
        GeometryKind::Cells => "a set of cells",
    }
}

/// Pairs from a flat list of x, y.
pub(crate) fn pairs(flat: &[f64]) -> Vec<Point> {
    flat.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect()
}

pub(crate) fn flat(points: &[Point]) -> Vec<f64> {
    points.iter().flatten().copied().collect()
}

/// The single ring of a polygon without holes.
pub(crate) fn ring(geometry: &Geometry) -> Option<&[Point]> {
    match geometry {
        Geometry::Polygon(shape) => shape.parts.first().map(|part| part.outer.as_slice()),
        _ => None,
    }
}

/// A mask's bounding box and its pixels in it, row by row; None for an empty mask.
pub(crate) fn crop_of(mask: &Mask) -> Option<([u32; 4], Vec<bool>)> {
    let bounds = mask.bounds()?;
    let [left, top, width, height] = [bounds.left, bounds.top, bounds.width(), bounds.height()].map(|n| n as usize);
    let mut crop = vec![false; width * height];
    let mut at = 0_usize;
    for (index, count) in mask.counts.iter().enumerate() {
        if index % 2 == 1 {
            for pixel in at..at + *count as usize {
                let (x, y) = (pixel / mask.height as usize - left, pixel % mask.height as usize - top);
                crop[y * width + x] = true;
            }
        }
        at += *count as usize;
    }
    Some(([left as u32, top as u32, width as u32, height as u32], crop))
}

/// A mask of a whole picture from the pixels of a crop of it, row by row. What lies outside the picture is left out.
/// None when the picture is too large or the pixels are too few.
pub(crate) fn mask_of_crop(
    size: [u32; 2],
    [left, top]: [i64; 2],
    [width, height]: [u32; 2],
    crop: &[bool],
) -> Option<Mask> {
    let pixels = u64::from(size[0]) * u64::from(size[1]);
    if pixels > 1 << 28 || crop.len() as u64 != u64::from(width) * u64::from(height) {
        return None;
    }
    let set = |x: u32, y: u32| {
        let (x, y) = (i64::from(x) - left, i64::from(y) - top);
        (0..i64::from(width)).contains(&x)
            && (0..i64::from(height)).contains(&y)
            && crop[y as usize * width as usize + x as usize]
    };
    let columns = (0..size[0]).flat_map(|x| (0..size[1]).map(move |y| (x, y)));
    Some(Mask::from_pixels(size[0], size[1], columns.map(|(x, y)| set(x, y))))
}
