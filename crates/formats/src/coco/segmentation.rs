//! A segmentation to a geometry and back.

use crate::numbers;
use labelwright_core::{
    Geometry,
    geometry::{BoxShape, Keypoint, Keypoints, Mask, Point, Polygon, PolygonPart, Visibility},
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Runs<'a> {
    size: [u32; 2],
    #[serde(borrow)]
    counts: Counts<'a>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Counts<'a> {
    Plain(Vec<u32>),
    Compressed(#[serde(borrow)] std::borrow::Cow<'a, str>),
}

/// What is wrong with an annotation.
pub type Problem = (&'static str, String);

/// The geometry, and whether its runs were written as plain numbers. None for an empty segmentation.
pub fn read(raw: &str, image: Option<[u32; 2]>) -> Result<Option<(Geometry, bool)>, Problem> {
    let raw = raw.trim();
    if raw.starts_with('[') {
        let rings: Vec<Vec<f64>> =
            serde_json::from_str(raw).map_err(|error| ("bad_polygon", format!("segmentation: {error}")))?;
        if rings.is_empty() {
            return Ok(None);
        }
        if rings.iter().any(|ring| ring.len() < 6 || ring.len() % 2 != 0) {
            return Err(("bad_polygon", "a polygon is a list of at least 3 x, y pairs".into()));
        }
        let part = |ring: Vec<f64>| PolygonPart { outer: crate::shapes::pairs(&ring), holes: Vec::new() };
        return Ok(Some((Geometry::Polygon(Polygon { parts: rings.into_iter().map(part).collect() }), false)));
    }
    if !raw.starts_with('{') {
        return if raw == "null" {
            Ok(None)
        } else {
            Err(("malformed", "a segmentation is a list of polygons or an object of runs".into()))
        };
    }
    let bad = |message: &str| ("bad_mask", message.to_owned());
    let runs: Runs<'_> = serde_json::from_str(raw).map_err(|error| bad(&error.to_string()))?;
    let [height, width] = runs.size;
    let (mask, plain) = match runs.counts {
        Counts::Plain(counts) => (Mask { width, height, counts }, true),
        Counts::Compressed(text) => {
            (Mask::from_compressed(width, height, &text).map_err(|error| bad(&error.to_string()))?, false)
        }
    };
    if !mask.is_complete() || image.is_some_and(|size| size != [width, height]) {
        return Err(bad("the runs do not fill the image"));
    }
    Ok(Some((Geometry::Mask(mask), plain)))
}

pub fn bbox(numbers: &[f64]) -> Result<Geometry, Problem> {
    match numbers {
        [x, y, width, height] if *width > 0.0 && *height > 0.0 => {
            Ok(Geometry::Box(BoxShape { x: *x, y: *y, width: *width, height: *height }))
        }
        _ => Err(("bad_box", "a box is x, y, width, height with a positive size".into())),
    }
}

pub fn keypoints(flat: &[f64]) -> Result<Geometry, Problem> {
    if flat.is_empty() || !flat.len().is_multiple_of(3) {
        return Err(("bad_keypoints", "keypoints are triples of x, y, visibility".into()));
    }
    let visibility = |v: f64| match v as i64 {
        0 => Visibility::Absent,
        1 => Visibility::Occluded,
        _ => Visibility::Visible,
    };
    let points = flat.chunks_exact(3).map(|p| Keypoint { x: p[0], y: p[1], visibility: visibility(p[2]) }).collect();
    Ok(Geometry::Keypoints(Keypoints { points }))
}

pub fn visibility(value: Visibility) -> u8 {
    match value {
        Visibility::Absent => 0,
        Visibility::Occluded => 1,
        Visibility::Visible => 2,
    }
}

/// Appends `[x,y,...]`.
pub fn push_list(out: &mut Vec<u8>, numbers: impl IntoIterator<Item = f64>) {
    out.push(b'[');
    for (index, number) in numbers.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        numbers::push(out, number);
    }
    out.push(b']');
}

pub fn push_rings<'a>(out: &mut Vec<u8>, rings: impl IntoIterator<Item = &'a Vec<Point>>) {
    out.push(b'[');
    for (index, ring) in rings.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        push_list(out, ring.iter().flatten().copied());
    }
    out.push(b']');
}

pub fn push_mask(out: &mut Vec<u8>, mask: &Mask, plain: bool) {
    out.extend_from_slice(format!("{{\"size\":[{},{}],\"counts\":", mask.height, mask.width).as_bytes());
    if plain {
        push_list(out, mask.counts.iter().map(|count| f64::from(*count)));
    } else {
        out.push(b'"');
        // The characters 48 to 111: the backslash is the only one that JSON escapes.
        for byte in mask.to_compressed().bytes() {
            if byte == b'\\' {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b'"');
    }
    out.push(b'}');
}
