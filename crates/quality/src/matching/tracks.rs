//! Similarity of tracks: common over joined extent, both summed over the frames at which either is in the picture
//! (spatio-temporal IoU). Between keyframes things are where [`Track::at`] has them.

use super::similarity::{Similarity, similarity as between};
use labelwright_core::{Geometry, geometry::Track};

/// Longer tracks are read at this many frames, evenly spread.
const FRAMES_MAXIMUM: u32 = 2000;

/// None when neither is ever in the picture.
pub fn similarity(one: &Track, other: &Track, settings: &Similarity) -> Option<f64> {
    let frames = || one.keyframes.iter().chain(&other.keyframes).map(|keyframe| keyframe.frame);
    let (first, last) = (frames().min()?, frames().max()?);
    let step = (last - first) / FRAMES_MAXIMUM + 1;
    let (mut common, mut joined) = (0.0, 0.0);
    for frame in (first..=last).step_by(step as usize) {
        match (one.at(frame), other.at(frame)) {
            (Some(a), Some(b)) => {
                // From a share s of two areas follows their common part: s (A + B) / (1 + s).
                let share = between(&a.geometry, &b.geometry, settings).unwrap_or(0.0);
                let areas = extent(&a.geometry) + extent(&b.geometry);
                common += share * areas / (1.0 + share);
                joined += areas / (1.0 + share);
            }
            (Some(alone), None) | (None, Some(alone)) => joined += extent(&alone.geometry),
            (None, None) => {}
        }
    }
    (joined > 0.0).then(|| common / joined)
}

/// Points and lines have no area: each frame counts the same.
fn extent(geometry: &Geometry) -> f64 {
    let area = geometry.area();
    if area > 0.0 { area } else { 1.0 }
}
