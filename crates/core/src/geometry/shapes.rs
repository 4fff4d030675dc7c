//! The shapes that are made of a few numbers, and what each can tell of itself.

use super::{Bounds, Point, plane};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

macro_rules! shape {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$field_doc:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
    };
}

shape! {
    /// An upright rectangle by its top left corner and size.
    pub struct BoxShape {
        pub x: f64,
        pub y: f64,
        pub width: f64,
        pub height: f64,
    }
}

impl BoxShape {
    pub fn from_bounds(bounds: Bounds) -> Self {
        Self { x: bounds.left, y: bounds.top, width: bounds.width(), height: bounds.height() }
    }

    pub fn bounds(&self) -> Bounds {
        Bounds::new(self.x, self.y, self.x + self.width, self.y + self.height)
    }

    pub fn corners(&self) -> [Point; 4] {
        let b = self.bounds();
        [[b.left, b.top], [b.right, b.top], [b.right, b.bottom], [b.left, b.bottom]]
    }

    pub fn iou(&self, other: &Self) -> f64 {
        let common = self.bounds().intersection(other.bounds()).map_or(0.0, Bounds::area);
        let union = self.width * self.height + other.width * other.height - common;
        if union <= 0.0 { 0.0 } else { (common / union).clamp(0.0, 1.0) }
    }
}

shape! {
    /// A rectangle turned about its centre, `angle` in degrees clockwise on screen.
    pub struct RotatedBox {
        pub cx: f64,
        pub cy: f64,
        pub width: f64,
        pub height: f64,
        pub angle: f64,
    }
}

/// A point given relative to a centre, turned by `angle` degrees.
fn turned(cx: f64, cy: f64, angle: f64, [x, y]: Point) -> Point {
    let (sin, cos) = angle.to_radians().sin_cos();
    [cx + x * cos - y * sin, cy + x * sin + y * cos]
}

impl RotatedBox {
    pub fn corners(&self) -> [Point; 4] {
        let (w, h) = (self.width / 2.0, self.height / 2.0);
        [[-w, -h], [w, -h], [w, h], [-w, h]].map(|corner| turned(self.cx, self.cy, self.angle, corner))
    }
}

shape! {
    /// An ellipse by its centre and half axes, turned like a rotated box.
    pub struct Ellipse {
        pub cx: f64,
        pub cy: f64,
        pub rx: f64,
        pub ry: f64,
        #[serde(default)]
        pub angle: f64,
    }
}

impl Ellipse {
    pub fn bounds(&self) -> Bounds {
        let (sin, cos) = self.angle.to_radians().sin_cos();
        let (x, y) = ((self.rx * cos).hypot(self.ry * sin), (self.rx * sin).hypot(self.ry * cos));
        Bounds::new(self.cx - x, self.cy - y, self.cx + x, self.cy + y)
    }

    /// A polygon of the same area with its corners on a slightly larger ellipse.
    pub fn outline(&self, corners: u32) -> Vec<Point> {
        let step = std::f64::consts::TAU / f64::from(corners);
        let grow = (step / step.sin()).sqrt();
        (0..corners)
            .map(|corner| {
                let (sin, cos) = (step * f64::from(corner)).sin_cos();
                turned(self.cx, self.cy, self.angle, [self.rx * grow * cos, self.ry * grow * sin])
            })
            .collect()
    }
}

shape! {
    /// One or more areas, each with holes.
    pub struct Polygon {
        pub parts: Vec<PolygonPart>,
    }
}

shape! {
    /// An outline and the holes in it, each a ring whose last point is joined to the first.
    pub struct PolygonPart {
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<f64>>))]
        pub outer: Vec<Point>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<Vec<f64>>>))]
        pub holes: Vec<Vec<Point>>,
    }
}

impl PolygonPart {
    pub(super) fn clipped(&self, frame: Bounds) -> Option<Self> {
        let outer = plane::clip(&self.outer, frame);
        if outer.is_empty() {
            return None;
        }
        let holes = self.holes.iter().map(|hole| plane::clip(hole, frame)).filter(|hole| !hole.is_empty()).collect();
        Some(Self { outer, holes })
    }
}

impl Polygon {
    /// All rings, outlines and holes: under the even-odd rule they are the polygon.
    pub fn rings(&self) -> Vec<Vec<Point>> {
        self.parts.iter().flat_map(|part| std::iter::once(&part.outer).chain(&part.holes)).cloned().collect()
    }
}

shape! {
    /// A line with corners.
    pub struct Polyline {
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<f64>>))]
        pub points: Vec<Point>,
    }
}

shape! {
    /// Single points.
    pub struct Points {
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<f64>>))]
        pub points: Vec<Point>,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Not labeled; the coordinates mean nothing.
    Absent,
    Occluded,
    Visible,
}

shape! {
    /// One joint of a skeleton.
    pub struct Keypoint {
        pub x: f64,
        pub y: f64,
        pub visibility: Visibility,
    }
}

shape! {
    /// The joints of the class's skeleton, in its order.
    pub struct Keypoints {
        pub points: Vec<Keypoint>,
    }
}

impl Keypoints {
    /// Where the labeled joints are.
    pub fn seen(&self) -> Vec<Point> {
        self.points.iter().filter(|p| p.visibility != Visibility::Absent).map(|p| [p.x, p.y]).collect()
    }
}

shape! {
    /// A box in space as it appears in the image: the front face clockwise from the top left, then the back face.
    pub struct Cuboid {
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<f64>>))]
        pub vertices: [Point; 8],
    }
}

impl Cuboid {
    pub(super) fn hull_area(&self) -> f64 {
        plane::signed_area(&plane::hull(&self.vertices)).abs()
    }
}

shape! {
    /// A piece of text, possibly in several places: ranges of Unicode scalar offsets, end exclusive, sorted, apart.
    pub struct Span {
        pub ranges: Vec<[u32; 2]>,
    }
}

impl Span {
    pub fn new(start: u32, end: u32) -> Self {
        Self { ranges: vec![[start, end]] }
    }

    pub fn chars(&self) -> u32 {
        self.ranges.iter().map(|range| range[1].saturating_sub(range[0])).sum()
    }

    pub fn iou(&self, other: &Self) -> f64 {
        let mut common = 0;
        for a in &self.ranges {
            for b in &other.ranges {
                common += a[1].min(b[1]).saturating_sub(a[0].max(b[0]));
            }
        }
        let union = self.chars() + other.chars() - common;
        if union == 0 { 0.0 } else { f64::from(common) / f64::from(union) }
    }
}

shape! {
    /// A stretch of time in ticks of the item's clock, end exclusive.
    pub struct Interval {
        pub start: i64,
        pub end: i64,
    }
}

impl Interval {
    pub fn iou(&self, other: &Self) -> f64 {
        let common = (self.end.min(other.end) - self.start.max(other.start)).max(0);
        let union = (self.end - self.start) + (other.end - other.start) - common;
        if union <= 0 { 0.0 } else { common as f64 / union as f64 }
    }
}

shape! {
    /// Cells of a table as row and column, counted from 0.
    pub struct Cells {
        pub cells: Vec<[u32; 2]>,
    }
}

impl Cells {
    pub fn iou(&self, other: &Self) -> f64 {
        let (one, two): (BTreeSet<_>, BTreeSet<_>) = (self.cells.iter().collect(), other.cells.iter().collect());
        let (common, union) = (one.intersection(&two).count(), one.union(&two).count());
        if union == 0 { 0.0 } else { common as f64 / union as f64 }
    }
}
