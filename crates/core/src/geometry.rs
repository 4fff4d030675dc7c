//! Where something is: every kind of geometry, one file a family. Coordinates are pixels of the upright image
//! (origin top left, x to the right, y down), text offsets are Unicode scalar values, times are ticks.

mod coco_mask;
pub mod mask;
pub mod plane;
mod read;
pub mod shapes;
mod track;

pub use mask::Mask;
pub use plane::{Bounds, Point};
pub use shapes::*;
pub use track::{Keyframe, Seen, Track, between};

use serde::{Deserialize, Serialize};

/// The closed set of geometries. A new variant breaks every `match`, and that list is what it takes to add one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Geometry {
    Box(BoxShape),
    RotatedBox(RotatedBox),
    Ellipse(Ellipse),
    Polygon(Polygon),
    Polyline(Polyline),
    Points(Points),
    Keypoints(Keypoints),
    Mask(Mask),
    Cuboid(Cuboid),
    Span(Span),
    Interval(Interval),
    Track(Track),
    Cells(Cells),
}

/// The name of a geometry, as schemas list it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GeometryKind {
    Box,
    RotatedBox,
    Ellipse,
    Polygon,
    Polyline,
    Points,
    Keypoints,
    Mask,
    Cuboid,
    Span,
    Interval,
    Track,
    Cells,
}

impl GeometryKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::RotatedBox => "rotated_box",
            Self::Ellipse => "ellipse",
            Self::Polygon => "polygon",
            Self::Polyline => "polyline",
            Self::Points => "points",
            Self::Keypoints => "keypoints",
            Self::Mask => "mask",
            Self::Cuboid => "cuboid",
            Self::Span => "span",
            Self::Interval => "interval",
            Self::Track => "track",
            Self::Cells => "cells",
        }
    }
}

impl Geometry {
    pub fn kind(&self) -> GeometryKind {
        match self {
            Self::Box(_) => GeometryKind::Box,
            Self::RotatedBox(_) => GeometryKind::RotatedBox,
            Self::Ellipse(_) => GeometryKind::Ellipse,
            Self::Polygon(_) => GeometryKind::Polygon,
            Self::Polyline(_) => GeometryKind::Polyline,
            Self::Points(_) => GeometryKind::Points,
            Self::Keypoints(_) => GeometryKind::Keypoints,
            Self::Mask(_) => GeometryKind::Mask,
            Self::Cuboid(_) => GeometryKind::Cuboid,
            Self::Span(_) => GeometryKind::Span,
            Self::Interval(_) => GeometryKind::Interval,
            Self::Track(_) => GeometryKind::Track,
            Self::Cells(_) => GeometryKind::Cells,
        }
    }

    /// Area in square pixels; length in characters, ticks or cells for spans, intervals and cells; 0 for points and
    /// lines. A track has the area of its first visible keyframe.
    pub fn area(&self) -> f64 {
        match self {
            Self::Box(shape) => shape.width * shape.height,
            Self::RotatedBox(shape) => shape.width * shape.height,
            Self::Ellipse(shape) => std::f64::consts::PI * shape.rx * shape.ry,
            Self::Polygon(shape) => plane::area(&shape.rings()),
            Self::Mask(mask) => mask.area() as f64,
            Self::Cuboid(shape) => self.bounds().map_or(0.0, |b| b.area()).min(shape.hull_area()),
            Self::Span(span) => f64::from(span.chars()),
            Self::Interval(interval) => (interval.end - interval.start) as f64,
            Self::Track(track) => track.first_visible().map_or(0.0, |geometry| geometry.area()),
            Self::Cells(cells) => cells.cells.len() as f64,
            Self::Polyline(_) | Self::Points(_) | Self::Keypoints(_) => 0.0,
        }
    }

    /// The smallest upright rectangle around it; None for what does not lie in a plane, or is empty.
    pub fn bounds(&self) -> Option<Bounds> {
        match self {
            Self::Box(shape) => Some(Bounds::new(shape.x, shape.y, shape.x + shape.width, shape.y + shape.height)),
            Self::RotatedBox(shape) => Bounds::around(&shape.corners()),
            Self::Ellipse(shape) => Some(shape.bounds()),
            Self::Polygon(shape) => {
                Bounds::around(&shape.parts.iter().flat_map(|p| p.outer.clone()).collect::<Vec<_>>())
            }
            Self::Polyline(shape) => Bounds::around(&shape.points),
            Self::Points(shape) => Bounds::around(&shape.points),
            Self::Keypoints(shape) => Bounds::around(&shape.seen()),
            Self::Mask(mask) => mask.bounds(),
            Self::Cuboid(shape) => Bounds::around(&shape.vertices),
            Self::Track(track) => track
                .keyframes
                .iter()
                .filter(|frame| !frame.outside)
                .filter_map(|frame| frame.geometry.bounds())
                .reduce(Bounds::union),
            Self::Span(_) | Self::Interval(_) | Self::Cells(_) => None,
        }
    }

    /// The outline as rings (even-odd), for shapes that have an area in the plane. An ellipse becomes 64 corners of
    /// the same area.
    pub fn rings(&self) -> Option<Vec<Vec<Point>>> {
        match self {
            Self::Box(shape) => Some(vec![shape.corners().to_vec()]),
            Self::RotatedBox(shape) => Some(vec![shape.corners().to_vec()]),
            Self::Ellipse(shape) => Some(vec![shape.outline(64)]),
            Self::Polygon(shape) => Some(shape.rings()),
            _ => None,
        }
    }

    /// Intersection over union, 0 to 1. None where the two cannot be compared (a span with a box, lines, points).
    pub fn iou(&self, other: &Self) -> Option<f64> {
        match (self, other) {
            (Self::Box(a), Self::Box(b)) => Some(a.iou(b)),
            (Self::Mask(a), Self::Mask(b)) => a.iou(b),
            (Self::Span(a), Self::Span(b)) => Some(a.iou(b)),
            (Self::Interval(a), Self::Interval(b)) => Some(a.iou(b)),
            (Self::Cells(a), Self::Cells(b)) => Some(a.iou(b)),
            (Self::Track(a), Self::Track(b)) => a.iou(b),
            (Self::Cuboid(a), Self::Cuboid(b)) => {
                Some(plane::iou(&[plane::hull(&a.vertices)], &[plane::hull(&b.vertices)]))
            }
            _ => Some(plane::iou(&self.rings()?, &other.rings()?)),
        }
    }

    /// The part inside an image of this size, as the same kind where the kind allows it (a cut rotated box or ellipse
    /// becomes a polygon). None when nothing is left. What has no place in the plane comes back unchanged.
    pub fn clipped(&self, width: f64, height: f64) -> Option<Self> {
        let frame = Bounds::new(0.0, 0.0, width, height);
        match self {
            Self::Box(shape) => {
                let inside = self.bounds()?.intersection(frame)?;
                let _ = shape;
                Some(Self::Box(BoxShape::from_bounds(inside)))
            }
            Self::RotatedBox(_) | Self::Ellipse(_) if self.bounds().is_some_and(|b| frame.contains(b)) => {
                Some(self.clone())
            }
            Self::RotatedBox(_) | Self::Ellipse(_) | Self::Polygon(_) => {
                let parts: Vec<PolygonPart> = match self {
                    Self::Polygon(polygon) => polygon.parts.clone(),
                    _ => self.rings()?.into_iter().map(|outer| PolygonPart { outer, holes: Vec::new() }).collect(),
                };
                let parts: Vec<PolygonPart> = parts.iter().filter_map(|part| part.clipped(frame)).collect();
                (!parts.is_empty()).then_some(Self::Polygon(Polygon { parts }))
            }
            _ => Some(self.clone()),
        }
    }

    /// How many vertices, runs or ranges it is made of: what limits count.
    pub fn size(&self) -> usize {
        match self {
            Self::Box(_) | Self::RotatedBox(_) | Self::Ellipse(_) | Self::Interval(_) => 1,
            Self::Polygon(shape) => shape.rings().iter().map(Vec::len).sum(),
            Self::Polyline(shape) => shape.points.len(),
            Self::Points(shape) => shape.points.len(),
            Self::Keypoints(shape) => shape.points.len(),
            Self::Mask(mask) => mask.counts.len(),
            Self::Cuboid(_) => 8,
            Self::Span(span) => span.ranges.len(),
            Self::Track(track) => track.keyframes.iter().map(|frame| frame.geometry.size()).sum(),
            Self::Cells(cells) => cells.cells.len(),
        }
    }
}
