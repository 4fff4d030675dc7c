//! Values of result items as geometries and back.

use super::rle;
use crate::{png_mask, record::Frames, shapes, spans::Ruler};
use base64::{Engine, engine::general_purpose::STANDARD};
use labelwright_core::{
    Geometry,
    geometry::{BoxShape, Ellipse, Interval, Keyframe, Mask, Points, Polyline, RotatedBox, Track},
    moment,
};
use serde_json::{Map, Value as Json, json};

pub(super) type Problem = (&'static str, String);

/// Does a value of this type lie somewhere in its item?
pub(super) fn is_place(value: &Map<String, Json>) -> bool {
    ["x", "points", "rle", "imageDataURL", "vertices", "sequence", "ranges"].iter().any(|key| value.contains_key(*key))
        || (value.contains_key("start") && value.contains_key("end"))
}

fn number(value: &Map<String, Json>, key: &str) -> Result<f64, Problem> {
    let found = value.get(key).and_then(Json::as_f64);
    found.ok_or_else(|| ("bad_value", format!("{key} is a number, and not {}", value.get(key).unwrap_or(&Json::Null))))
}

/// A time of a recording or a series: a number, or a date.
fn seconds(time: &Json) -> Option<f64> {
    match time {
        Json::String(text) => moment::date(text).map(|nanoseconds| nanoseconds as f64 / 1e9),
        other => other.as_f64(),
    }
}

/// `size` is that of the picture, in pixels.
pub(super) fn read(
    kind: &str,
    value: &Map<String, Json>,
    size: Option<[u32; 2]>,
    ruler: Option<&Ruler<'_>>,
) -> Result<Geometry, Problem> {
    let n = |key: &str| number(value, key);
    let sized = || size.ok_or(("no_size", "the item has original_width and original_height".to_owned()));
    let pixels = || sized().map(|[w, h]| [f64::from(w) / 100.0, f64::from(h) / 100.0]);
    if let Some(sequence) = value.get("sequence").and_then(Json::as_array) {
        // Video results need not say how large the picture is: percent are kept then.
        let frames = value.get("framesCount").and_then(Json::as_u64).and_then(|frames| u32::try_from(frames).ok());
        return track(sequence, size.unwrap_or([100, 100]), frames);
    }
    if let Some(ranges) = value.get("ranges").and_then(Json::as_array).filter(|_| kind.starts_with("timeline")) {
        return stretch(ranges);
    }
    if let Some(rle) = value.get("rle").and_then(Json::as_array) {
        let [width, height] = sized()?;
        let byte = |one: &Json| one.as_u64().and_then(|byte| u8::try_from(byte).ok());
        let bytes: Option<Vec<u8>> = rle.iter().map(byte).collect();
        let bytes = bytes.ok_or(("bad_mask", "rle is a list of bytes".to_owned()))?;
        return rle::decode(&bytes, width, height).map(Geometry::Mask).map_err(|message| ("bad_mask", message));
    }
    if let Some(address) = value.get("imageDataURL").and_then(Json::as_str) {
        let bad = |message: String| ("bad_mask", message);
        let [width, height] = sized()?;
        let text = address.split_once("base64,").map_or(address, |(_, text)| text);
        let bytes = STANDARD.decode(text).map_err(|error| bad(error.to_string()))?;
        let raster = png_mask::decode(&bytes).map_err(bad)?;
        if (raster.width, raster.height) != (width, height) {
            return Err(bad(format!(
                "the bitmask is {} x {} pixels, the picture {width} x {height}",
                raster.width, raster.height
            )));
        }
        let (w, h) = (width as usize, height as usize);
        let columns = (0..w).flat_map(|x| (0..h).map(move |y| y * w + x));
        let lit = columns.map(|at| raster.values.get(at).is_some_and(|value| *value != 0));
        return Ok(Geometry::Mask(Mask::from_pixels(width, height, lit)));
    }
    if let Some(vertices) = value.get("vertices").and_then(Json::as_array) {
        let [sx, sy] = pixels()?;
        let point = |one: &Json| Some([one.get("x")?.as_f64()? * sx, one.get("y")?.as_f64()? * sy]);
        let points: Option<Vec<[f64; 2]>> = vertices.iter().map(point).collect();
        return outline(points, value.get("closed") != Some(&Json::Bool(false)) && value.contains_key("closed"));
    }
    if let Some(points) = value.get("points").and_then(Json::as_array) {
        let [sx, sy] = pixels()?;
        let point = |one: &Json| Some([one.get(0)?.as_f64()? * sx, one.get(1)?.as_f64()? * sy]);
        return outline(points.iter().map(point).collect(), value.get("closed") != Some(&Json::Bool(false)));
    }
    if value.contains_key("radiusX") {
        let [sx, sy] = pixels()?;
        let (rx, ry) = (n("radiusX")? * sx, n("radiusY")? * sy);
        if rx <= 0.0 || ry <= 0.0 {
            return Err(("bad_shape", "an ellipse has positive radii".into()));
        }
        let angle = value.get("rotation").and_then(Json::as_f64).unwrap_or(0.0);
        return Ok(Geometry::Ellipse(Ellipse { cx: n("x")? * sx, cy: n("y")? * sy, rx, ry, angle }));
    }
    if value.contains_key("x") {
        let [sx, sy] = pixels()?;
        if kind.starts_with("keypoint") || !value.contains_key("height") {
            return Ok(Geometry::Points(Points { points: vec![[n("x")? * sx, n("y")? * sy]] }));
        }
        return rectangle(value, [sx, sy]);
    }
    if let Some(offsets) = value.get("globalOffsets").and_then(Json::as_object) {
        return span(offsets, ruler);
    }
    match (value.get("start"), value.get("end"), ruler) {
        (Some(Json::Number(_)), Some(Json::Number(_)), Some(_)) => span(value, ruler),
        (Some(start), Some(end), None) if seconds(start).is_some() && seconds(end).is_some() => {
            let ticks = |time| seconds(time).and_then(crate::audio::ticks);
            match ticks(start).zip(ticks(end)) {
                Some((start, end)) if start < end => Ok(Geometry::Interval(Interval { start, end })),
                Some((start, end)) if start == end && value.get("instant") == Some(&Json::Bool(true)) => {
                    Ok(Geometry::Interval(Interval { start, end: start + 1 }))
                }
                _ => Err(("bad_interval", "an interval ends after it begins".into())),
            }
        }
        _ => Err(("not_read", format!("the place of a {kind} cannot be read"))),
    }
}

fn span(offsets: &Map<String, Json>, ruler: Option<&Ruler<'_>>) -> Result<Geometry, Problem> {
    let at = |key: &str| offsets.get(key).and_then(Json::as_u64);
    let ruler = ruler.ok_or(("no_text", "the text of the task is not known".to_owned()))?;
    let (start, end) =
        at("start").zip(at("end")).ok_or(("bad_span", "offsets are whole numbers from 0 on".to_owned()))?;
    Ok(crate::spans::span(vec![ruler.range(start, end)?]))
}

fn outline(points: Option<Vec<[f64; 2]>>, closed: bool) -> Result<Geometry, Problem> {
    match points {
        Some(points) if closed && points.len() >= 3 => Ok(shapes::polygon(points)),
        Some(points) if points.len() >= 2 => Ok(Geometry::Polyline(Polyline { points })),
        Some(_) => Err(("bad_shape", "an outline has at least 2 points".into())),
        None => Err(("bad_shape", "points are pairs of numbers".into())),
    }
}

/// Percent, turned about the top left corner.
fn rectangle(value: &Map<String, Json>, [sx, sy]: [f64; 2]) -> Result<Geometry, Problem> {
    let n = |key: &str| number(value, key);
    let (x, y, width, height) = (n("x")? * sx, n("y")? * sy, n("width")? * sx, n("height")? * sy);
    if width <= 0.0 || height <= 0.0 {
        return Err(("bad_box", "a box has a positive size".into()));
    }
    let angle = value.get("rotation").and_then(Json::as_f64).unwrap_or(0.0);
    if angle == 0.0 {
        return Ok(Geometry::Box(BoxShape { x, y, width, height }));
    }
    let (sin, cos) = angle.to_radians().sin_cos();
    let (cx, cy) = (x + width / 2.0 * cos - height / 2.0 * sin, y + width / 2.0 * sin + height / 2.0 * cos);
    Ok(Geometry::RotatedBox(RotatedBox { cx, cy, width, height, angle }))
}

/// First and last frame, which count from 1.
fn stretch(ranges: &[Json]) -> Result<Geometry, Problem> {
    let bad = || ("bad_interval", "a range has a first and a last frame, counted from 1".to_owned());
    let [range] = ranges else { return Err(("not_read", "a region of several ranges is several regions here".into())) };
    let frame =
        |key: &str| range.get(key).and_then(Json::as_i64).filter(|frame| (1..=i64::from(u32::MAX)).contains(frame));
    let (first, last) = frame("start").zip(frame("end")).filter(|(first, last)| first <= last).ok_or_else(bad)?;
    Ok(Geometry::Interval(Interval { start: first - 1, end: last }))
}

/// Frames count from 1; `enabled: false` hides the thing after its frame, and without it the thing is there until the
/// last of all `frames`.
fn track(sequence: &[Json], [width, height]: [u32; 2], frames: Option<u32>) -> Result<Geometry, Problem> {
    let scale = [f64::from(width) / 100.0, f64::from(height) / 100.0];
    let mut keyframes: Vec<Keyframe> = Vec::new();
    for one in sequence {
        let one = one.as_object().ok_or(("bad_value", "a sequence is a list of frames".to_owned()))?;
        let frame = one.get("frame").and_then(Json::as_u64).and_then(|frame| u32::try_from(frame).ok()?.checked_sub(1));
        let frame =
            frame.filter(|frame| *frame < u32::MAX - 1).ok_or(("bad_frame", "frames count from 1".to_owned()))?;
        let occluded = one.get("occluded") == Some(&Json::Bool(true));
        let geometry = rectangle(one, scale)?;
        keyframes.push(Keyframe { occluded, ..Keyframe::new(frame, geometry.clone()) });
        if one.get("enabled") == Some(&Json::Bool(false)) {
            keyframes.push(Keyframe { outside: true, ..Keyframe::new(frame + 1, geometry) });
        }
    }
    keyframes.sort_by_key(|keyframe| (keyframe.frame, !keyframe.outside));
    // Where it is shown again in the frame in which it is hidden, it is shown.
    keyframes.dedup_by(|later, earlier| {
        let same = later.frame == earlier.frame;
        if same && !later.outside {
            std::mem::swap(later, earlier);
        }
        same
    });
    let last = keyframes.last().filter(|last| !last.outside).cloned();
    let end = frames.and_then(|frames| frames.checked_sub(1));
    keyframes
        .extend(last.zip(end).filter(|(last, end)| last.frame < *end).map(|(last, frame)| Keyframe { frame, ..last }));
    if keyframes.is_empty() {
        Err(("bad_value", "a sequence has frames".into()))
    } else {
        Ok(Geometry::Track(Track { keyframes }))
    }
}

fn percent_box(geometry: &Geometry, [sx, sy]: [f64; 2]) -> Option<Map<String, Json>> {
    let (x, y, width, height, angle) = match geometry {
        Geometry::Box(shape) => (shape.x, shape.y, shape.width, shape.height, 0.0),
        Geometry::RotatedBox(shape) => {
            let (sin, cos) = shape.angle.to_radians().sin_cos();
            let (w, h) = (shape.width / 2.0, shape.height / 2.0);
            (shape.cx - w * cos + h * sin, shape.cy - w * sin - h * cos, shape.width, shape.height, shape.angle)
        }
        _ => return None,
    };
    json!({"x": x / sx, "y": y / sy, "width": width / sx, "height": height / sy, "rotation": angle})
        .as_object()
        .cloned()
}

/// The control that draws it, and its value. None for what has no place in Label Studio.
pub(super) fn write(
    geometry: &Geometry,
    size: Option<[u32; 2]>,
    frames: Option<Frames>,
    ruler: Option<&Ruler<'_>>,
) -> Option<(&'static str, Map<String, Json>)> {
    let [width, height] = size.unwrap_or([100, 100]).map(|side| f64::from(side.max(1)) / 100.0);
    let percent =
        |points: &[[f64; 2]]| -> Vec<Json> { points.iter().map(|[x, y]| json!([x / width, y / height])).collect() };
    let (kind, value) = match geometry {
        Geometry::Box(_) | Geometry::RotatedBox(_) => ("rectangle", percent_box(geometry, [width, height])?.into()),
        Geometry::Ellipse(shape) => (
            "ellipse",
            json!({"x": shape.cx / width, "y": shape.cy / height,
            "radiusX": shape.rx / width, "radiusY": shape.ry / height, "rotation": shape.angle}),
        ),
        Geometry::Polygon(_) => ("polygon", json!({"points": percent(shapes::ring(geometry)?), "closed": true})),
        Geometry::Polyline(line) => {
            let vertex = |(at, [x, y]): (usize, &[f64; 2])| {
                json!({"id": format!("v{at}"), "x": x / width, "y": y / height, "isBezier": false,
                    "prevPointId": at.checked_sub(1).map(|before| format!("v{before}"))})
            };
            (
                "vector",
                json!({"vertices": line.points.iter().enumerate().map(vertex).collect::<Vec<_>>(), "closed": false}),
            )
        }
        Geometry::Points(shape) => {
            let [x, y] = shape.points.first()?;
            ("keypoint", json!({"x": x / width, "y": y / height, "width": 0.5}))
        }
        Geometry::Mask(mask) => ("brush", json!({"format": "rle", "rle": rle::encode(mask)})),
        Geometry::Span(_) => {
            let (ruler, [start, end]) = (
                ruler?,
                match geometry {
                    Geometry::Span(span) => *span.ranges.first()?,
                    _ => return None,
                },
            );
            ("", json!({"start": ruler.outward(start), "end": ruler.outward(end), "text": ruler.cut(start, end)}))
        }
        Geometry::Track(track) => {
            let mut sequence: Vec<Json> = Vec::new();
            for (at, keyframe) in track.keyframes.iter().enumerate() {
                if keyframe.outside {
                    continue;
                }
                let mut entry = percent_box(&keyframe.geometry, [width, height])?;
                let hidden = track.keyframes.get(at + 1).filter(|next| next.outside).map(|next| next.frame);
                entry.insert("frame".into(), (u64::from(keyframe.frame) + 1).into());
                let is_end = at + 1 == track.keyframes.len();
                let goes_on = !is_end || frames.is_some_and(|frames| frames.count == keyframe.frame + 1);
                entry.insert("enabled".into(), goes_on.into());
                if let Some(frames) = frames {
                    entry.insert("time".into(), json!(f64::from(keyframe.frame) / frames.per_second));
                }
                if keyframe.occluded {
                    entry.insert("occluded".into(), true.into());
                }
                match hidden {
                    // Seen until the frame before the one that hides it.
                    Some(next) if next > keyframe.frame + 1 => {
                        let mut last = entry.clone();
                        last.insert("frame".into(), next.into());
                        last.insert("enabled".into(), false.into());
                        sequence.extend([entry.into(), last.into()]);
                    }
                    Some(_) => {
                        entry.insert("enabled".into(), false.into());
                        sequence.push(entry.into());
                    }
                    None => sequence.push(entry.into()),
                }
            }
            let mut value = json!({ "sequence": sequence });
            if let Some(frames) = frames {
                value["framesCount"] = frames.count.into();
                value["duration"] = json!(f64::from(frames.count) / frames.per_second);
            }
            ("videorectangle", value)
        }
        _ => return None,
    };
    Some((kind, value.as_object()?.clone()))
}
