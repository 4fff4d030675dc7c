//! Object keypoint similarity (M. R. Ronchi and P. Perona, "Benchmarking and Error Diagnosis in Multi-Instance Pose
//! Estimation", 2017; COCO), made symmetric: neither side is the truth.

use super::similarity::Similarity;
use crate::assignment;
use labelwright_core::geometry::{Bounds, Keypoints, Points, Visibility};

/// sum of exp(-d^2 / (2 s (2 sigma)^2)) over the joints that both labeled, over those that either did; s is the mean
/// area of the boxes around the labeled joints. 1 for two without a labeled joint.
pub fn similarity(one: &Keypoints, other: &Keypoints, settings: &Similarity) -> f64 {
    let scale = scale(Bounds::around(&one.seen()), Bounds::around(&other.seen()), settings);
    let (mut sum, mut either) = (0.0, 0.0);
    for joint in 0..one.points.len().max(other.points.len()) {
        let labeled = |list: &Keypoints| {
            list.points
                .get(joint)
                .filter(|point| point.visibility != Visibility::Absent)
                .map(|point| [point.x, point.y])
        };
        match (labeled(one), labeled(other)) {
            (Some(a), Some(b)) => {
                either += 1.0;
                sum += falloff((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2), scale, settings.sigma(joint));
            }
            (None, None) => {}
            _ => either += 1.0,
        }
    }
    if either > 0.0 { sum / either } else { 1.0 }
}

/// Groups of points without an order: the best pairing of points, over the pairs and what is left on both sides.
pub fn points(one: &Points, other: &Points, settings: &Similarity) -> f64 {
    let (few, many) = if one.points.len() <= other.points.len() { (one, other) } else { (other, one) };
    if many.points.is_empty() {
        return 1.0;
    }
    let scale = scale(Bounds::around(&one.points), Bounds::around(&other.points), settings);
    let value = |row: usize, column: usize| {
        let (a, b) = (few.points[row], many.points[column]);
        falloff((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2), scale, settings.sigma(0))
    };
    let pairs = assignment::best(few.points.len(), many.points.len(), value);
    let sum: f64 = pairs.iter().enumerate().map(|(row, column)| value(row, *column)).sum();
    sum / many.points.len() as f64
}

fn scale(one: Option<Bounds>, other: Option<Bounds>, settings: &Similarity) -> f64 {
    let area = |bounds: Option<Bounds>| bounds.map_or(0.0, Bounds::area);
    settings.scale.unwrap_or_else(|| f64::midpoint(area(one), area(other)))
}

fn falloff(squared: f64, scale: f64, sigma: f64) -> f64 {
    if squared == 0.0 {
        return 1.0;
    }
    // A scale of 0 (a single point, no image size) leaves only the same place similar.
    (-squared / (2.0 * scale * (2.0 * sigma).powi(2))).exp()
}
