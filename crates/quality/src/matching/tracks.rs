//! Similarity of tracks: common over joined extent, both summed over the frames at which either is in the picture
//! (spatio-temporal IoU). Boxes move in a straight line between keyframes, other shapes stay until the next one.

use super::similarity::{Similarity, similarity as between};
use labelwright_core::{
    Geometry,
    geometry::{BoxShape, Track},
};

/// Longer tracks are read at this many frames, evenly spread.
const FRAMES_MAXIMUM: u32 = 2000;

/// None when neither is ever in the picture.
pub fn similarity(one: &Track, other: &Track, settings: &Similarity) -> Option<f64> {
    let frames = || one.keyframes.iter().chain(&other.keyframes).map(|keyframe| keyframe.frame);
    let (first, last) = (frames().min()?, frames().max()?);
    let step = (last - first) / FRAMES_MAXIMUM + 1;
    let (mut common, mut joined) = (0.0, 0.0);
    for frame in (first..=last).step_by(step as usize) {
        match (place(one, frame), place(other, frame)) {
            (Some(a), Some(b)) => {
                // From a share s of two areas follows their common part: s (A + B) / (1 + s).
                let share = between(&a, &b, settings).unwrap_or(0.0);
                let areas = extent(&a) + extent(&b);
                common += share * areas / (1.0 + share);
                joined += areas / (1.0 + share);
            }
            (Some(alone), None) | (None, Some(alone)) => joined += extent(&alone),
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

/// Where the thing is at a frame; None before its first keyframe and where it is outside. After its last keyframe it
/// is not in the picture.
pub fn place(track: &Track, frame: u32) -> Option<Geometry> {
    let next = track.keyframes.partition_point(|keyframe| keyframe.frame <= frame);
    let before = track.keyframes.get(next.checked_sub(1)?)?;
    if before.outside {
        return None;
    }
    match track.keyframes.get(next) {
        None => (before.frame == frame).then(|| (*before.geometry).clone()),
        Some(after) => {
            let part = f64::from(frame - before.frame) / f64::from(after.frame - before.frame);
            match (before.geometry.as_ref(), after.geometry.as_ref()) {
                (Geometry::Box(a), Geometry::Box(b)) if !after.outside => {
                    let mix = |from: f64, to: f64| from + (to - from) * part;
                    Some(Geometry::Box(BoxShape {
                        x: mix(a.x, b.x),
                        y: mix(a.y, b.y),
                        width: mix(a.width, b.width),
                        height: mix(a.height, b.height),
                    }))
                }
                (shape, _) => Some(shape.clone()),
            }
        }
    }
}
