//! Tracks as lists of frames, which most formats of videos are: keyframes out of every frame, and every frame out of
//! keyframes.

use labelwright_core::{
    Geometry,
    geometry::{Keyframe, PolygonPart, Seen, Track, between},
};
use std::collections::BTreeMap;

/// Most frames of one stretch of a track that are written.
const FRAMES_MAXIMUM: usize = 1_000_000;
/// So near, in pixels, is on the line.
const NEAR_PIXELS: f64 = 1e-7;

/// The shape in each frame, and whether it is occluded there.
pub(crate) type Frames = BTreeMap<u32, (Geometry, bool)>;

/// Keyframes for all frames: what follows from its neighbours is left out, a gap begins with `outside`.
pub(crate) fn thinned(frames: &Frames) -> Vec<Keyframe> {
    let all: Vec<(u32, &Geometry, bool)> = frames.iter().map(|(frame, (shape, occ))| (*frame, shape, *occ)).collect();
    let mut kept: Vec<Keyframe> = Vec::new();
    for (at, (frame, shape, occluded)) in all.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|before| all.get(before)).copied();
        let is_next = |(last, ..): &(u32, &Geometry, bool)| last.checked_add(1) == Some(frame);
        if let Some((last, shape, _)) = before.filter(|before| !is_next(before)) {
            kept.push(Keyframe { outside: true, ..Keyframe::new(last + 1, shape.clone()) });
        }
        // Before a gap things stand still until they are outside.
        let follows = before.filter(is_next).zip(all.get(at + 1)).is_some_and(|((_, a, was), (next, c, will))| {
            let stays = match frame.checked_add(1) == Some(*next) {
                true => occluded == *will && lies_between(a, shape, c),
                false => a == shape,
            };
            was == occluded && stays
        });
        if !follows {
            kept.push(Keyframe { occluded, ..Keyframe::new(frame, shape.clone()) });
        }
    }
    kept
}

/// Would the middle one be there, if only its neighbours were keyframes?
fn lies_between(before: &Geometry, shape: &Geometry, after: &Geometry) -> bool {
    match between(before, after, 0.5) {
        Some(middle) => near(&middle, shape),
        None => before == shape,
    }
}

fn near(one: &Geometry, other: &Geometry) -> bool {
    let same = |pairs: &[(f64, f64)]| pairs.iter().all(|(a, b)| (a - b).abs() < NEAR_PIXELS);
    let ring = |a: &[[f64; 2]], b: &[[f64; 2]]| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(&[(a[0], b[0]), (a[1], b[1])]))
    };
    match (one, other) {
        (Geometry::Box(a), Geometry::Box(b)) => {
            same(&[(a.x, b.x), (a.y, b.y), (a.width, b.width), (a.height, b.height)])
        }
        (Geometry::RotatedBox(a), Geometry::RotatedBox(b)) => {
            let place = [(a.cx, b.cx), (a.cy, b.cy), (a.width, b.width), (a.height, b.height), (a.angle, b.angle)];
            same(&place)
        }
        (Geometry::Points(a), Geometry::Points(b)) => ring(&a.points, &b.points),
        (Geometry::Polygon(a), Geometry::Polygon(b)) => {
            let part = |(a, b): (&PolygonPart, &PolygonPart)| {
                ring(&a.outer, &b.outer)
                    && a.holes.len() == b.holes.len()
                    && a.holes.iter().zip(&b.holes).all(|(a, b)| ring(a, b))
            };
            a.parts.len() == b.parts.len() && a.parts.iter().zip(&b.parts).all(part)
        }
        _ => one == other,
    }
}

/// Calls `with` for each frame in which the track is seen.
pub(crate) fn each_frame<'a>(track: &'a Track, mut with: impl FnMut(u32, Seen<'a>)) {
    for [first, last] in track.stretches() {
        for frame in (first..=last).take(FRAMES_MAXIMUM) {
            if let Some(seen) = track.at(frame) {
                with(frame, seen);
            }
        }
    }
}
