//! One skeleton out of several of the same thing: each joint by itself.

use super::median;
use labelwright_core::geometry::{Keypoint, Keypoints, Visibility};

#[derive(Debug, Clone, PartialEq)]
pub struct KeypointsResult {
    pub keypoints: Keypoints,
    /// For each joint the share of the labelers who labeled it, 0 to 1.
    pub support: Vec<f64>,
}

/// A joint is there when more than half labeled it; its place is the median of theirs, its visibility their majority
/// (occluded for equal votes). None for no skeletons.
pub fn fuse(members: &[&Keypoints]) -> Option<KeypointsResult> {
    let joints = members.iter().map(|member| member.points.len()).max()?;
    let mut points = Vec::with_capacity(joints);
    let mut support = Vec::with_capacity(joints);
    for joint in 0..joints {
        let labeled: Vec<&Keypoint> = members
            .iter()
            .filter_map(|member| member.points.get(joint))
            .filter(|point| point.visibility != Visibility::Absent)
            .collect();
        support.push(labeled.len() as f64 / members.len() as f64);
        let place = (median(labeled.iter().map(|p| p.x)), median(labeled.iter().map(|p| p.y)));
        points.push(match place {
            (Some(x), Some(y)) if labeled.len() * 2 > members.len() => {
                let seen = labeled.iter().filter(|point| point.visibility == Visibility::Visible).count();
                let visibility = if seen * 2 > labeled.len() { Visibility::Visible } else { Visibility::Occluded };
                Keypoint { x, y, visibility }
            }
            _ => Keypoint { x: 0.0, y: 0.0, visibility: Visibility::Absent },
        });
    }
    Some(KeypointsResult { keypoints: Keypoints { points }, support })
}
