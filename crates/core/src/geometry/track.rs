//! Tracks: something followed through the frames of a video by keyframes, and where it is between them.

use super::{BoxShape, Geometry, Point, Points, Polygon, PolygonPart, RotatedBox};
use crate::answer::{Value, unique_keys};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap};

/// Something followed through frames. It is in the picture from its first keyframe to its last, but for the frames from
/// an `outside` keyframe to the next one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Track {
    pub keyframes: Vec<Keyframe>,
}

/// The place at one frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Keyframe {
    /// Counted from 0 in the order in which frames are shown.
    pub frame: u32,
    /// The thing is not in the picture from here on.
    #[serde(default)]
    pub outside: bool,
    #[serde(default)]
    pub occluded: bool,
    /// Mutable attributes that have another value from here on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "unique_keys")]
    pub attributes: BTreeMap<String, Value>,
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub geometry: Box<Geometry>,
}

impl Keyframe {
    /// In the picture and not hidden.
    pub fn new(frame: u32, geometry: Geometry) -> Self {
        Self { frame, outside: false, occluded: false, attributes: BTreeMap::new(), geometry: Box::new(geometry) }
    }
}

/// A track at one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen<'a> {
    pub geometry: Cow<'a, Geometry>,
    pub occluded: bool,
}

impl Track {
    pub fn first_visible(&self) -> Option<&Geometry> {
        self.keyframes.iter().find(|frame| !frame.outside).map(|frame| frame.geometry.as_ref())
    }

    /// Where the thing is at a frame: on the straight line between two keyframes where their shapes can be joined
    /// ([`between`]), else where the keyframe before has it. None where it is not in the picture. Keyframes are sorted.
    pub fn at(&self, frame: u32) -> Option<Seen<'_>> {
        let next = self.keyframes.partition_point(|keyframe| keyframe.frame <= frame);
        let before = self.keyframes.get(next.checked_sub(1)?).filter(|before| !before.outside)?;
        let seen = |geometry| Some(Seen { geometry, occluded: before.occluded });
        let Some(after) = self.keyframes.get(next) else {
            return if before.frame == frame { seen(Cow::Borrowed(&*before.geometry)) } else { None };
        };
        let part = f64::from(frame - before.frame) / f64::from(after.frame - before.frame);
        let joined = if part > 0.0 && !after.outside { between(&before.geometry, &after.geometry, part) } else { None };
        seen(joined.map_or(Cow::Borrowed(&*before.geometry), Cow::Owned))
    }

    /// The frames at which it is in the picture: first and last of each stretch.
    pub fn stretches(&self) -> Vec<[u32; 2]> {
        let mut found: Vec<[u32; 2]> = Vec::new();
        for (index, keyframe) in self.keyframes.iter().enumerate().filter(|(_, keyframe)| !keyframe.outside) {
            let last = self
                .keyframes
                .get(index + 1)
                .map_or(keyframe.frame, |next| if next.outside { next.frame.saturating_sub(1) } else { next.frame });
            match found.last_mut() {
                Some(stretch) if stretch[1] == keyframe.frame => stretch[1] = last,
                _ => found.push([keyframe.frame, last]),
            }
        }
        found
    }

    /// The values of mutable attributes at a frame, over those that the region has.
    pub fn attributes_at(&self, frame: u32, own: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
        let mut values = own.clone();
        for keyframe in self.keyframes.iter().take_while(|keyframe| keyframe.frame <= frame) {
            values.extend(keyframe.attributes.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        values
    }

    /// Mean overlap over the frames at which both have a keyframe; None when they share none.
    pub fn iou(&self, other: &Self) -> Option<f64> {
        let mut shares = Vec::new();
        for one in self.keyframes.iter().filter(|frame| !frame.outside) {
            let same = other.keyframes.iter().find(|frame| frame.frame == one.frame && !frame.outside);
            if let Some(share) = same.and_then(|two| one.geometry.iou(&two.geometry)) {
                shares.push(share);
            }
        }
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
    }
}

/// The shape at a part of the way (0 to 1) from one to another: boxes by their sides, rotated boxes over the shorter
/// arc, points one by one, polygons with as many vertices in each ring vertex by vertex. None for all others: those stay
/// where they are.
pub fn between(from: &Geometry, to: &Geometry, part: f64) -> Option<Geometry> {
    let mix = |a: f64, b: f64| a + (b - a) * part;
    let ring = |a: &[Point], b: &[Point]| -> Option<Vec<Point>> {
        (a.len() == b.len()).then(|| a.iter().zip(b).map(|(a, b)| [mix(a[0], b[0]), mix(a[1], b[1])]).collect())
    };
    match (from, to) {
        (Geometry::Box(a), Geometry::Box(b)) => Some(Geometry::Box(BoxShape {
            x: mix(a.x, b.x),
            y: mix(a.y, b.y),
            width: mix(a.width, b.width),
            height: mix(a.height, b.height),
        })),
        (Geometry::RotatedBox(a), Geometry::RotatedBox(b)) => {
            let arc = (b.angle - a.angle + 180.0).rem_euclid(360.0) - 180.0;
            Some(Geometry::RotatedBox(RotatedBox {
                cx: mix(a.cx, b.cx),
                cy: mix(a.cy, b.cy),
                width: mix(a.width, b.width),
                height: mix(a.height, b.height),
                angle: a.angle + arc * part,
            }))
        }
        (Geometry::Points(a), Geometry::Points(b)) => {
            Some(Geometry::Points(Points { points: ring(&a.points, &b.points)? }))
        }
        (Geometry::Polygon(a), Geometry::Polygon(b)) if a.parts.len() == b.parts.len() => {
            let pair = |(a, b): (&PolygonPart, &PolygonPart)| {
                let holes = (a.holes.len() == b.holes.len())
                    .then(|| a.holes.iter().zip(&b.holes).map(|(a, b)| ring(a, b)).collect::<Option<Vec<_>>>())??;
                Some(PolygonPart { outer: ring(&a.outer, &b.outer)?, holes })
            };
            let parts = a.parts.iter().zip(&b.parts).map(pair).collect::<Option<Vec<_>>>()?;
            Some(Geometry::Polygon(Polygon { parts }))
        }
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Track;
    use serde::Deserialize;

    /// A track, and where it is: the same cases are asked of the app.
    #[derive(Deserialize)]
    struct Case {
        what: String,
        track: Track,
        seen: Vec<(u32, Option<super::Geometry>, bool)>,
        stretches: Vec<[u32; 2]>,
    }

    #[test]
    fn tracks_are_where_the_cases_say() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("../../tests/tracks.json")).unwrap();
        for Case { what, track, seen, stretches } in cases {
            for (frame, geometry, occluded) in seen {
                let found = track.at(frame);
                assert_eq!(found.as_ref().map(|seen| seen.geometry.as_ref()), geometry.as_ref(), "{what}, {frame}");
                assert_eq!(found.is_some_and(|seen| seen.occluded), occluded, "{what}, {frame}");
            }
            assert_eq!(track.stretches(), stretches, "{what}");
        }
    }
}
