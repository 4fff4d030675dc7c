//! Geometries against the media that they lie on.

use super::fields;
use crate::{
    Geometry, GeometryKind, Limits, MediaShape,
    geometry::{Bounds, Mask, Point, Span, Track, Visibility},
    problem::Problems,
    schema::{Class, Field},
};

/// Coordinates may miss the edge by this much: a hundredth of what anybody could see, and what rounding makes.
const TOLERANCE_PIXELS: f64 = 1e-6;

pub(super) fn check(
    problems: &mut Problems,
    at: &str,
    geometry: &Geometry,
    class: &Class,
    shape: &MediaShape,
    limits: &Limits,
) {
    let (size, limit) = match geometry {
        Geometry::Mask(mask) => (mask.counts.len(), limits.mask_runs),
        Geometry::Track(track) if track.keyframes.iter().any(|frame| frame.geometry.kind() == GeometryKind::Mask) => {
            (geometry.size(), limits.mask_runs)
        }
        _ => (geometry.size(), limits.points),
    };
    if size > limit {
        problems.add(at, "too_many", format!("{size} vertices or runs, the limit is {limit}"));
        return;
    }
    if !finite(geometry) {
        problems.add(at, "not_finite", "a coordinate is not an ordinary number");
        return;
    }
    if let Some((code, message)) = degenerate(geometry) {
        problems.add(at, code, message);
        return;
    }
    match (geometry, shape) {
        (Geometry::Span(span), _) => spans(problems, at, span, shape),
        (Geometry::Mask(_), MediaShape::Page { .. }) => {
            problems.add(at, "wrong_geometry", "a page has no pixels, so it takes no masks");
        }
        (
            Geometry::Mask(mask),
            MediaShape::Image { width, height }
            | MediaShape::Video { width, height, .. }
            | MediaShape::Volume { width, height, .. },
        ) => {
            masks(problems, at, mask, *width, *height);
        }
        (Geometry::Interval(interval), MediaShape::Audio { ticks, .. })
            if interval.start < 0 || interval.end > *ticks =>
        {
            problems.add(at, "out_of_bounds", format!("the recording has ticks 0 to {ticks}"));
        }
        (Geometry::Interval(interval), MediaShape::Series { ticks }) if interval.start < 0 || interval.end > *ticks => {
            problems.add(at, "out_of_bounds", format!("the series has ticks 0 to {ticks}"));
        }
        (Geometry::Interval(interval), MediaShape::Video { frames, .. })
            if interval.start < 0 || interval.end > i64::from(*frames) =>
        {
            problems.add(at, "out_of_bounds", format!("the video has frames 0 to {frames}"));
        }
        (Geometry::Cells(cells), MediaShape::Table { rows, columns })
            if cells.cells.iter().any(|[row, column]| row >= rows || column >= columns) =>
        {
            problems.add(at, "out_of_bounds", format!("the table has {rows} rows and {columns} columns"));
        }
        (Geometry::Track(track), _) => tracks(problems, at, track, class, shape, limits),
        (
            _,
            MediaShape::Image { width, height }
            | MediaShape::Video { width, height, .. }
            | MediaShape::Volume { width, height, .. },
        ) => {
            inside(problems, at, geometry, ("image", f64::from(*width), f64::from(*height)));
        }
        (_, MediaShape::Page { width, height }) => inside(problems, at, geometry, ("page", *width, *height)),
        _ => {}
    }
    if let Geometry::Keypoints(keypoints) = geometry {
        let wanted = class.skeleton.as_ref().map_or(0, |skeleton| skeleton.points.len());
        if keypoints.points.len() != wanted {
            let message = format!("{} points, the skeleton of {} has {wanted}", keypoints.points.len(), class.id);
            problems.add(format!("{at}/points"), "wrong_count", message);
        }
    }
}

fn finite(geometry: &Geometry) -> bool {
    let all = |points: &[Point]| points.iter().flatten().all(|c| c.is_finite() && c.abs() < 1e9);
    match geometry {
        Geometry::Box(s) => all(&[[s.x, s.y], [s.width, s.height]]),
        Geometry::RotatedBox(s) => all(&[[s.cx, s.cy], [s.width, s.height], [s.angle, 0.0]]),
        Geometry::Ellipse(s) => all(&[[s.cx, s.cy], [s.rx, s.ry], [s.angle, 0.0]]),
        Geometry::Polygon(s) => s.parts.iter().all(|part| all(&part.outer) && part.holes.iter().all(|hole| all(hole))),
        Geometry::Polyline(s) => all(&s.points),
        Geometry::Points(s) => all(&s.points),
        Geometry::Keypoints(s) => s.points.iter().all(|p| all(&[[p.x, p.y]])),
        Geometry::Cuboid(s) => all(&s.vertices),
        Geometry::Track(s) => s.keyframes.iter().all(|frame| finite(&frame.geometry)),
        Geometry::Mask(_) | Geometry::Span(_) | Geometry::Interval(_) | Geometry::Cells(_) => true,
    }
}

/// A shape that is too small to be one.
fn degenerate(geometry: &Geometry) -> Option<(&'static str, String)> {
    let flat = |what: &str| Some(("empty", format!("{what} has no area")));
    match geometry {
        Geometry::Box(s) if s.width <= 0.0 || s.height <= 0.0 => flat("the box"),
        Geometry::RotatedBox(s) if s.width <= 0.0 || s.height <= 0.0 => flat("the box"),
        Geometry::Ellipse(s) if s.rx <= 0.0 || s.ry <= 0.0 => flat("the ellipse"),
        Geometry::Polygon(s) => {
            let short = s.parts.iter().any(|part| part.outer.len() < 3 || part.holes.iter().any(|hole| hole.len() < 3));
            if s.parts.is_empty() || short {
                return Some(("too_few", "a ring of a polygon has at least 3 points".into()));
            }
            let bounds = geometry.bounds()?;
            if bounds.area() <= 0.0 { flat("the polygon") } else { None }
        }
        Geometry::Polyline(s) if s.points.len() < 2 => Some(("too_few", "a line has at least 2 points".into())),
        Geometry::Points(s) if s.points.is_empty() => Some(("too_few", "at least 1 point is needed".into())),
        Geometry::Keypoints(s) if s.points.iter().all(|p| p.visibility == Visibility::Absent) => {
            Some(("too_few", "at least one joint is to be placed".into()))
        }
        Geometry::Interval(s) if s.start >= s.end => Some(("empty", "the interval ends before it starts".into())),
        Geometry::Track(s) if s.keyframes.is_empty() => Some(("too_few", "a track has at least 1 keyframe".into())),
        Geometry::Cells(s) if s.cells.is_empty() => Some(("too_few", "at least 1 cell is needed".into())),
        Geometry::Mask(mask) if mask.is_complete() && mask.area() == 0 => Some(("empty", "the mask is empty".into())),
        _ => None,
    }
}

fn inside(problems: &mut Problems, at: &str, geometry: &Geometry, (what, width, height): (&str, f64, f64)) {
    let Some(bounds) = geometry.bounds() else { return };
    let slack = TOLERANCE_PIXELS;
    let frame = Bounds::new(-slack, -slack, width + slack, height + slack);
    if !frame.contains(bounds) {
        problems.add(
            at,
            "out_of_bounds",
            format!(
                "it reaches from ({}, {}) to ({}, {}), the {what} is {width} x {height}",
                bounds.left, bounds.top, bounds.right, bounds.bottom
            ),
        );
    }
}

fn masks(problems: &mut Problems, at: &str, mask: &Mask, width: u32, height: u32) {
    if (mask.width, mask.height) != (width, height) {
        let message = format!("the mask is {} x {}, the image {width} x {height}", mask.width, mask.height);
        problems.add(at, "wrong_size", message);
    } else if !mask.is_complete() {
        problems.add(format!("{at}/counts"), "wrong_sum", "the runs do not sum to width x height");
    }
}

fn spans(problems: &mut Problems, at: &str, span: &Span, shape: &MediaShape) {
    let at = format!("{at}/ranges");
    if span.ranges.is_empty() {
        problems.add(&at, "empty", "a span has at least one range");
    }
    let mut last = 0;
    for (index, [start, end]) in span.ranges.iter().enumerate() {
        let at = format!("{at}/{index}");
        if start >= end {
            problems.add(&at, "empty", format!("the range {start} to {end} is empty"));
        } else if index > 0 && *start < last {
            problems.add(&at, "overlap", "ranges are sorted and do not overlap");
        } else if let MediaShape::Text(text) | MediaShape::Document { text, .. } = shape {
            if *end > text.chars() {
                problems.add(
                    &at,
                    "out_of_bounds",
                    format!("it ends at {end}, the text has {} characters", text.chars()),
                );
            } else if matches!(shape, MediaShape::Text(_)) && !(text.is_boundary(*start) && text.is_boundary(*end)) {
                // What is read off a page as a word may well begin with an accent.
                problems.add(&at, "inside_grapheme", "it begins or ends inside a character that is made of several");
            }
        }
        last = *end;
    }
}

fn tracks(problems: &mut Problems, at: &str, track: &Track, class: &Class, shape: &MediaShape, limits: &Limits) {
    let mutable: Vec<Field> = class.attributes.iter().filter(|field| field.mutable).cloned().map(optional).collect();
    let mut last = None;
    for (index, keyframe) in track.keyframes.iter().enumerate() {
        let at = format!("{at}/keyframes/{index}");
        if last.is_some_and(|last| keyframe.frame <= last) {
            problems.add(format!("{at}/frame"), "not_sorted", "keyframes are in the order of their frames");
        }
        last = Some(keyframe.frame);
        let asked = fields::Asked { fields: &mutable, noun: "mutable attribute", responses: None };
        fields::check(problems, &format!("{at}/attributes"), asked, &keyframe.attributes, limits);
        let flat = matches!(
            *keyframe.geometry,
            Geometry::Box(_) | Geometry::RotatedBox(_) | Geometry::Polygon(_) | Geometry::Points(_) | Geometry::Mask(_)
        );
        if !flat {
            let message = "a track is made of boxes, polygons, points or masks";
            problems.add(format!("{at}/geometry"), "wrong_geometry", message);
            continue;
        }
        if let Some((code, message)) = degenerate(&keyframe.geometry) {
            problems.add(format!("{at}/geometry"), code, message);
        }
        if let MediaShape::Video { width, height, frames } = shape {
            if keyframe.frame >= *frames {
                problems.add(format!("{at}/frame"), "out_of_bounds", format!("the video has {frames} frames"));
            }
            let at = format!("{at}/geometry");
            match keyframe.geometry.as_ref() {
                Geometry::Mask(mask) => masks(problems, &at, mask, *width, *height),
                geometry => inside(problems, &at, geometry, ("image", f64::from(*width), f64::from(*height))),
            }
        }
    }
}

/// What changes may change at any keyframe, whatever else was said there.
fn optional(field: Field) -> Field {
    Field { required: false, when: None, ..field }
}
