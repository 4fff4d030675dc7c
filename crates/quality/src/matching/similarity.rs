//! How similar two geometries are, 0 to 1: intersection over union for what has an extent (exact polygon clipping for
//! rotated boxes, also of equal rotation), object keypoint similarity for joints, distance to scale for lines and
//! points, volume over frames for tracks.

use super::{keypoints, polylines, tracks};
use labelwright_core::{
    Geometry,
    geometry::{Mask, plane},
};

#[derive(Debug, Clone, PartialEq)]
pub struct Similarity {
    /// Keypoint falloff by joint, as a share of the object's size; a missing joint takes the last one.
    pub sigmas: Vec<f64>,
    /// Half the width of a line, as a share of the square root of `scale`.
    pub thickness: f64,
    /// Area in square pixels that lines and single points are measured against, usually the image's. None takes the
    /// mean of the two boxes around the points.
    pub scale: Option<f64>,
    /// A line drawn the other way round is another line.
    pub directed: bool,
}

impl Default for Similarity {
    fn default() -> Self {
        Self { sigmas: vec![0.09], thickness: 0.01, scale: None, directed: false }
    }
}

impl Similarity {
    pub(super) fn sigma(&self, joint: usize) -> f64 {
        self.sigmas.get(joint).or(self.sigmas.last()).copied().filter(|sigma| *sigma > 0.0).unwrap_or(0.09)
    }
}

/// None where the two cannot be compared (a span with a box).
pub fn similarity(one: &Geometry, other: &Geometry, settings: &Similarity) -> Option<f64> {
    let found = match (one, other) {
        (Geometry::Keypoints(a), Geometry::Keypoints(b)) => Some(keypoints::similarity(a, b, settings)),
        (Geometry::Points(a), Geometry::Points(b)) => Some(keypoints::points(a, b, settings)),
        (Geometry::Polyline(a), Geometry::Polyline(b)) => Some(polylines::similarity(a, b, settings)),
        (Geometry::Track(a), Geometry::Track(b)) => tracks::similarity(a, b, settings),
        (Geometry::Mask(mask), shape) | (shape, Geometry::Mask(mask)) if shape.rings().is_some() => {
            // The shape is drawn on the mask's grid; corners far out of it change nothing.
            let rings = shape.rings()?;
            mask.iou(&Mask::of_rings(&rings, mask.width, mask.height))
        }
        (Geometry::RotatedBox(_) | Geometry::Ellipse(_) | Geometry::Polygon(_), _)
        | (_, Geometry::RotatedBox(_) | Geometry::Ellipse(_) | Geometry::Polygon(_)) => {
            Some(plane::iou(&one.rings()?, &other.rings()?))
        }
        _ => one.iou(other),
    };
    found.filter(|value| value.is_finite()).map(|value| value.clamp(0.0, 1.0))
}
