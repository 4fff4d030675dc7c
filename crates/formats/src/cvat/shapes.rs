//! A shape of CVAT to a geometry and back.

use crate::{
    numbers, shapes,
    xml::{Element, push_attribute, push_number},
};
use labelwright_core::{
    Geometry,
    geometry::{Cuboid, Ellipse, Keypoint, Keypoints, Mask, Point, Points, Polyline, RotatedBox, Visibility},
    schema::Skeleton,
};

/// The corners of a cuboid in our order: front from the top left clockwise, then back.
const CORNERS: [&str; 8] = ["tl1", "tr1", "br1", "bl1", "tl2", "tr2", "br2", "bl2"];

/// What is wrong with a shape.
pub type Problem = (&'static str, String);

pub fn read(element: &Element, skeleton: Option<&Skeleton>, size: Option<[u32; 2]>) -> Result<Geometry, Problem> {
    let number =
        |name: &str| element.number(name).ok_or_else(|| ("bad_shape", format!("the attribute {name} is no number")));
    let angle = element.number("rotation").unwrap_or(0.0);
    let points = || points_of(element.attribute("points").unwrap_or_default());
    match element.name.as_str() {
        "box" => {
            let (left, top, right, bottom) = (number("xtl")?, number("ytl")?, number("xbr")?, number("ybr")?);
            let (width, height) = (right - left, bottom - top);
            if width <= 0.0 || height <= 0.0 {
                return Err(("bad_box", "a box has a positive size".into()));
            }
            Ok(if angle == 0.0 {
                shapes::upright(left, top, width, height)
            } else {
                let (cx, cy) = ((left + right) / 2.0, (top + bottom) / 2.0);
                Geometry::RotatedBox(RotatedBox { cx, cy, width, height, angle })
            })
        }
        "ellipse" => {
            let (cx, cy, rx, ry) = (number("cx")?, number("cy")?, number("rx")?, number("ry")?);
            if rx <= 0.0 || ry <= 0.0 {
                return Err(("bad_shape", "an ellipse has a positive size".into()));
            }
            Ok(Geometry::Ellipse(Ellipse { cx, cy, rx, ry, angle }))
        }
        "polygon" => match points()? {
            outer if outer.len() >= 3 => Ok(shapes::polygon(outer)),
            _ => Err(("bad_polygon", "a polygon has at least 3 points".into())),
        },
        "polyline" => match points()? {
            points if points.len() >= 2 => Ok(Geometry::Polyline(Polyline { points })),
            _ => Err(("bad_shape", "a line has at least 2 points".into())),
        },
        "points" => Ok(Geometry::Points(Points { points: points()? })),
        "cuboid" => {
            let mut vertices = [[0.0; 2]; 8];
            for (vertex, corner) in vertices.iter_mut().zip(CORNERS) {
                *vertex = [number(&format!("x{corner}"))?, number(&format!("y{corner}"))?];
            }
            Ok(Geometry::Cuboid(Cuboid { vertices }))
        }
        "mask" => mask(element, size).map(Geometry::Mask),
        "skeleton" => keypoints(element, skeleton),
        other => Err(("not_read", format!("shapes <{other}> are not known"))),
    }
}

fn points_of(text: &str) -> Result<Vec<Point>, Problem> {
    let point = |pair: &str| {
        let (x, y) = pair.split_once(',')?;
        Some([numbers::parse(x)?, numbers::parse(y)?])
    };
    let points: Option<Vec<Point>> = text.split(';').filter(|pair| !pair.trim().is_empty()).map(point).collect();
    match points {
        Some(points) if !points.is_empty() => Ok(points),
        _ => Err(("bad_shape", "points are x,y;x,y;...".into())),
    }
}

fn keypoints(element: &Element, skeleton: Option<&Skeleton>) -> Result<Geometry, Problem> {
    let one = |part: &Element| {
        let [x, y] = points_of(part.attribute("points").unwrap_or_default())?.first().copied().unwrap_or_default();
        let visibility = match (part.attribute("outside"), part.attribute("occluded")) {
            (Some("1"), _) => Visibility::Absent,
            (_, Some("1")) => Visibility::Occluded,
            _ => Visibility::Visible,
        };
        Ok((part.attribute("label").unwrap_or_default().to_owned(), Keypoint { x, y, visibility }))
    };
    let found: Result<Vec<(String, Keypoint)>, Problem> = element.children("points").map(one).collect();
    let found = found?;
    let points = match skeleton.filter(|skeleton| !skeleton.points.is_empty()) {
        None => found.into_iter().map(|(_, point)| point).collect(),
        Some(skeleton) => {
            const ABSENT: Keypoint = Keypoint { x: 0.0, y: 0.0, visibility: Visibility::Absent };
            let joint = |name: &String| {
                found.iter().find(|(label, _)| label == name).map_or(ABSENT, |(_, point)| point.clone())
            };
            skeleton.points.iter().map(joint).collect::<Vec<_>>()
        }
    };
    if points.is_empty() {
        return Err(("bad_shape", "a skeleton has points".into()));
    }
    Ok(Geometry::Keypoints(Keypoints { points }))
}

fn mask(element: &Element, size: Option<[u32; 2]>) -> Result<Mask, Problem> {
    let bad = |message: &str| ("bad_mask", message.to_owned());
    let whole = |name: &str| {
        let number = element.number(name).filter(|n| n.fract() == 0.0 && (0.0..1e9).contains(n));
        number.map(|n| n as u32).ok_or_else(|| bad(&format!("{name} is no whole number")))
    };
    let (left, top, width, height) = (whole("left")?, whole("top")?, whole("width")?, whole("height")?);
    let [image_width, image_height] = size.ok_or_else(|| bad("the size of the picture is not known"))?;
    let fits = u64::from(left) + u64::from(width) <= u64::from(image_width)
        && u64::from(top) + u64::from(height) <= u64::from(image_height);
    let pixels = u64::from(width) * u64::from(height);
    if !fits {
        return Err(bad("the mask does not lie in the picture"));
    }
    let mut crop = Vec::with_capacity(pixels as usize);
    for (index, run) in element.attribute("rle").unwrap_or_default().split(',').enumerate() {
        let run: u32 = run.trim().parse().map_err(|_| bad("runs are whole numbers"))?;
        if crop.len() as u64 + u64::from(run) > pixels {
            return Err(bad("the runs do not fill the mask"));
        }
        crop.resize(crop.len() + run as usize, index % 2 == 1);
    }
    if crop.len() as u64 != pixels {
        return Err(bad("the runs do not fill the mask"));
    }
    let found = shapes::mask_of_crop([image_width, image_height], [left.into(), top.into()], [width, height], &crop);
    found.ok_or_else(|| bad("the mask does not lie in the picture"))
}

/// The element's name, its attributes, and its children where it has some.
pub struct Written {
    pub name: &'static str,
    pub attributes: Vec<u8>,
    pub children: Vec<u8>,
}

/// None for what CVAT has no shape for, and for an empty mask.
pub fn write(geometry: &Geometry, skeleton: Option<&Skeleton>) -> Option<Written> {
    let (mut attributes, mut children) = (Vec::new(), Vec::new());
    let out = &mut attributes;
    let name = match geometry {
        Geometry::Box(shape) => {
            push_box(out, shape.x, shape.y, shape.x + shape.width, shape.y + shape.height);
            "box"
        }
        Geometry::RotatedBox(shape) => {
            let (w, h) = (shape.width / 2.0, shape.height / 2.0);
            push_box(out, shape.cx - w, shape.cy - h, shape.cx + w, shape.cy + h);
            push_number(out, "rotation", shape.angle);
            "box"
        }
        Geometry::Ellipse(shape) => {
            for (name, value) in [("cx", shape.cx), ("cy", shape.cy), ("rx", shape.rx), ("ry", shape.ry)] {
                push_number(out, name, value);
            }
            if shape.angle != 0.0 {
                push_number(out, "rotation", shape.angle);
            }
            "ellipse"
        }
        Geometry::Polygon(_) => {
            push_points(out, shapes::ring(geometry)?);
            "polygon"
        }
        Geometry::Polyline(shape) => {
            push_points(out, &shape.points);
            "polyline"
        }
        Geometry::Points(shape) => {
            push_points(out, &shape.points);
            "points"
        }
        Geometry::Cuboid(shape) => {
            for (corner, [x, y]) in CORNERS.into_iter().zip(shape.vertices) {
                push_number(out, &format!("x{corner}"), x);
                push_number(out, &format!("y{corner}"), y);
            }
            "cuboid"
        }
        Geometry::Mask(mask) => {
            push_mask(out, mask)?;
            "mask"
        }
        Geometry::Keypoints(shape) => {
            for (index, point) in shape.points.iter().enumerate() {
                let label = skeleton.and_then(|skeleton| skeleton.points.get(index));
                children.extend_from_slice(b"\n      <points");
                push_attribute(&mut children, "label", label.unwrap_or(&format!("{}", index + 1)));
                push_attribute(
                    &mut children,
                    "outside",
                    if point.visibility == Visibility::Absent { "1" } else { "0" },
                );
                let occluded = point.visibility == Visibility::Occluded;
                push_attribute(&mut children, "occluded", if occluded { "1" } else { "0" });
                push_points(&mut children, &[[point.x, point.y]]);
                children.extend_from_slice(b"></points>");
            }
            "skeleton"
        }
        _ => return None,
    };
    Some(Written { name, attributes, children })
}

fn push_box(out: &mut Vec<u8>, left: f64, top: f64, right: f64, bottom: f64) {
    for (name, value) in [("xtl", left), ("ytl", top), ("xbr", right), ("ybr", bottom)] {
        push_number(out, name, value);
    }
}

fn push_points(out: &mut Vec<u8>, points: &[Point]) {
    out.extend_from_slice(b" points=\"");
    for (index, [x, y]) in points.iter().enumerate() {
        if index > 0 {
            out.push(b';');
        }
        numbers::push(out, *x);
        out.push(b',');
        numbers::push(out, *y);
    }
    out.push(b'"');
}

fn push_mask(out: &mut Vec<u8>, mask: &Mask) -> Option<()> {
    let ([left, top, width, height], crop) = shapes::crop_of(mask)?;
    let runs = Mask::from_pixels(0, 0, crop).counts;
    let text: Vec<String> = runs.iter().map(u32::to_string).collect();
    push_attribute(out, "rle", &text.join(", "));
    for (name, value) in [("left", left), ("top", top), ("width", width), ("height", height)] {
        push_number(out, name, f64::from(value));
    }
    Some(())
}
