//! Shapes of SVG selectors (SVG 1.1, 8 and 9): rectangles, circles, ellipses, lines, polygons, paths of straight lines.

use crate::{
    MemoryView, numbers, shapes,
    xml::{self, Element},
};
use labelwright_core::{
    Geometry,
    geometry::{BoxShape, Ellipse, Point, Points, Polygon, PolygonPart, Polyline, RotatedBox},
};

type Problem = (&'static str, String);

fn bad<T>(message: impl Into<String>) -> Result<T, Problem> {
    Err(("bad_selector", message.into()))
}

/// # Errors
/// When the text is no SVG, or has shapes that are not read.
pub(super) fn parse(text: &str) -> Result<Geometry, Problem> {
    let view = MemoryView { files: [("svg".to_owned(), text.as_bytes().to_vec())].into() };
    let root = xml::document(&view, "svg").map_err(|error| ("bad_selector", error.message))?;
    let mut found = Vec::new();
    collect(&root, &mut found)?;
    match found.as_slice() {
        [] => bad("there is no shape in the SVG"),
        [_] => found.pop().map_or_else(|| bad("there is no shape in the SVG"), Ok),
        _ => joined(found),
    }
}

/// Points, or areas: several shapes of a kind are one region.
pub(super) fn joined(found: Vec<Geometry>) -> Result<Geometry, Problem> {
    let (mut points, mut parts) = (Vec::new(), Vec::new());
    for geometry in found {
        match geometry {
            Geometry::Points(shape) => points.extend(shape.points),
            Geometry::Polygon(shape) => parts.extend(shape.parts),
            Geometry::Polyline(_) => return bad("several lines are not one region"),
            other => {
                let rings = other.rings().unwrap_or_default();
                parts.extend(rings.into_iter().map(|outer| PolygonPart { outer, holes: Vec::new() }));
            }
        }
    }
    match (points.is_empty(), parts.is_empty()) {
        (true, false) => Ok(Geometry::Polygon(Polygon { parts })),
        (false, true) => Ok(Geometry::Points(Points { points })),
        _ => bad("points and areas together are not one region"),
    }
}

fn collect(element: &Element, found: &mut Vec<Geometry>) -> Result<(), Problem> {
    let name = element.name.rsplit(':').next().unwrap_or_default();
    let number = |key: &str| match element.attribute(key) {
        None => Ok(0.0),
        Some(text) => numbers::parse(text.trim_end_matches("px"))
            .map_or_else(|| bad(format!("{key} of <{name}> is no number: {text:?}")), Ok),
    };
    let side =
        |key: &str| number(key).and_then(|side| if side < 0.0 { bad(format!("{key} is below 0")) } else { Ok(side) });
    let turn = rotation(element)?;
    if turn.is_some() && !["rect", "ellipse"].contains(&name) {
        return Err(("not_read", format!("a transform on <{name}> is not read")));
    }
    match name {
        "svg" | "g" => return element.children.iter().try_for_each(|child| collect(child, found)),
        "rect" => {
            let (x, y, width, height) = (number("x")?, number("y")?, side("width")?, side("height")?);
            found.push(match turn {
                None => Geometry::Box(BoxShape { x, y, width, height }),
                Some((angle, [cx, cy])) => {
                    let [cx, cy] = about([x + width / 2.0, y + height / 2.0], angle, [cx, cy]);
                    Geometry::RotatedBox(RotatedBox { cx, cy, width, height, angle })
                }
            });
        }
        "circle" | "ellipse" => {
            let centre = [number("cx")?, number("cy")?];
            let (rx, ry) = if name == "circle" { (side("r")?, side("r")?) } else { (side("rx")?, side("ry")?) };
            let (angle, [cx, cy]) = turn.map_or((0.0, centre), |(angle, pivot)| (angle, about(centre, angle, pivot)));
            found.push(match name {
                "circle" if rx == 0.0 => Geometry::Points(Points { points: vec![[cx, cy]] }),
                _ => Geometry::Ellipse(Ellipse { cx, cy, rx, ry, angle }),
            });
        }
        "line" => {
            let points = vec![[number("x1")?, number("y1")?], [number("x2")?, number("y2")?]];
            found.push(Geometry::Polyline(Polyline { points }));
        }
        "polyline" | "polygon" => {
            let points = points(element.attribute("points").unwrap_or_default())?;
            match (name, points.len()) {
                ("polyline", 2..) => found.push(Geometry::Polyline(Polyline { points })),
                ("polygon", 3..) => found.push(shapes::polygon(points)),
                _ => return bad(format!("<{name}> has too few points")),
            }
        }
        "path" => found.push(path(element.attribute("d").unwrap_or_default())?),
        "title" | "desc" | "defs" | "style" | "metadata" => {}
        _ => return Err(("not_read", format!("<{name}> in an SVG is not read"))),
    }
    Ok(())
}

/// Angle in degrees and pivot of `rotate(a)` or `rotate(a x y)`; None without a transform.
fn rotation(element: &Element) -> Result<Option<(f64, Point)>, Problem> {
    let Some(text) = element.attribute("transform").map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let inner = text.strip_prefix("rotate(").and_then(|rest| rest.strip_suffix(')'));
    match inner.and_then(|inner| list(inner).ok()).as_deref() {
        Some([angle]) => Ok(Some((*angle, [0.0; 2]))),
        Some([angle, x, y]) => Ok(Some((*angle, [*x, *y]))),
        _ => Err(("not_read", format!("of transforms only rotate is read, and not {text:?}"))),
    }
}

fn about([x, y]: Point, angle: f64, [px, py]: Point) -> Point {
    if [x, y] == [px, py] {
        return [x, y];
    }
    let (sin, cos) = angle.to_radians().sin_cos();
    [px + (x - px) * cos - (y - py) * sin, py + (x - px) * sin + (y - py) * cos]
}

fn list(text: &str) -> Result<Vec<f64>, Problem> {
    let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    numbers::parse_all(words).map_or_else(|| bad(format!("{text:?} are no numbers")), Ok)
}

fn points(text: &str) -> Result<Vec<Point>, Problem> {
    let numbers = list(text)?;
    if numbers.len() % 2 == 1 {
        return bad("points are pairs of numbers");
    }
    Ok(numbers.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect())
}

/// Numbers of a path: a sign begins a new one.
fn path_numbers(text: &str) -> Result<Vec<f64>, Problem> {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for character in text.chars() {
        if character == '-' && !"eE".contains(before) {
            spaced.push(' ');
        }
        spaced.push(character);
        before = character;
    }
    list(&spaced)
}

/// A path of straight lines: a line where it is open, areas where it is closed. A ring that begins within the first ring
/// of an area is a hole of it (fill rule `evenodd`).
fn path(text: &str) -> Result<Geometry, Problem> {
    let is_command = |c: char| c.is_ascii_alphabetic() && !"eE".contains(c);
    let mut rings: Vec<Vec<Point>> = Vec::new();
    let (mut at, mut closed) = ([0.0; 2], false);
    let mut rest = text.trim();
    while let Some(command) = rest.chars().next() {
        if !is_command(command) {
            return bad("a path begins with a command");
        }
        rest = &rest[1..];
        let end = rest.find(is_command).unwrap_or(rest.len());
        let numbers = path_numbers(&rest[..end])?;
        rest = &rest[end..];
        let base = |at: Point| if command.is_ascii_lowercase() { at } else { [0.0; 2] };
        match command.to_ascii_uppercase() {
            'M' | 'L' if numbers.len() % 2 == 0 && !numbers.is_empty() => {
                for (number, pair) in numbers.chunks_exact(2).enumerate() {
                    let [x, y] = base(at);
                    at = [x + pair[0], y + pair[1]];
                    match rings.last_mut() {
                        Some(ring) if number > 0 || command.eq_ignore_ascii_case(&'L') => ring.push(at),
                        _ => rings.push(vec![at]),
                    }
                }
            }
            axis @ ('H' | 'V') if !rings.is_empty() => {
                let axis = usize::from(axis == 'V');
                for number in numbers {
                    at[axis] = base(at)[axis] + number;
                    rings.last_mut().into_iter().for_each(|ring| ring.push(at));
                }
            }
            'Z' if numbers.is_empty() => {
                closed = true;
                at = rings.last().and_then(|ring| ring.first()).copied().unwrap_or(at);
            }
            'C' | 'S' | 'Q' | 'T' | 'A' => return Err(("not_read", "curves in a path are not read".to_owned())),
            _ => return bad(format!("{command} has other numbers in a path")),
        }
    }
    if !closed && rings.len() == 1 {
        let points = rings.pop().filter(|points| points.len() > 1);
        return points
            .map_or_else(|| bad("the path has too few points"), |points| Ok(Geometry::Polyline(Polyline { points })));
    }
    let mut parts: Vec<PolygonPart> = Vec::new();
    for mut ring in rings {
        if ring.len() > 3 && ring.first() == ring.last() {
            ring.pop();
        }
        if ring.len() < 3 {
            return bad("a ring of a path has at least 3 points");
        }
        match parts.iter_mut().find(|part| inside(&part.outer, ring[0])) {
            Some(part) => part.holes.push(ring),
            None => parts.push(PolygonPart { outer: ring, holes: Vec::new() }),
        }
    }
    if parts.is_empty() { bad("the path is empty") } else { Ok(Geometry::Polygon(Polygon { parts })) }
}

fn inside(ring: &[Point], [x, y]: Point) -> bool {
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    let crossed =
        edges.filter(|(a, b)| (a[1] > y) != (b[1] > y) && x < a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]));
    crossed.count() % 2 == 1
}

fn joined_points(points: &[Point], between: &str) -> String {
    let point = |[x, y]: &Point| format!("{},{}", numbers::shortest(*x), numbers::shortest(*y));
    points.iter().map(point).collect::<Vec<_>>().join(between)
}

/// None for what has no place in a picture.
pub(super) fn write(geometry: &Geometry) -> Option<String> {
    let n = |value: f64| numbers::shortest(value);
    let turn = |angle: f64, cx: f64, cy: f64| match angle {
        0.0 => String::new(),
        _ => format!(" transform=\"rotate({} {} {})\"", n(angle), n(cx), n(cy)),
    };
    let inner = match geometry {
        Geometry::RotatedBox(shape) => format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" transform=\"rotate({} {} {})\"/>",
            n(shape.cx - shape.width / 2.0),
            n(shape.cy - shape.height / 2.0),
            n(shape.width),
            n(shape.height),
            n(shape.angle),
            n(shape.cx),
            n(shape.cy)
        ),
        Geometry::Ellipse(shape) => format!(
            "<ellipse cx=\"{}\" cy=\"{}\" rx=\"{}\" ry=\"{}\"{}/>",
            n(shape.cx),
            n(shape.cy),
            n(shape.rx),
            n(shape.ry),
            turn(shape.angle, shape.cx, shape.cy)
        ),
        Geometry::Polyline(shape) => format!("<polyline points=\"{}\"/>", joined_points(&shape.points, " ")),
        Geometry::Points(shape) => {
            let point = |[x, y]: &Point| format!("<circle cx=\"{}\" cy=\"{}\" r=\"0\"/>", n(*x), n(*y));
            shape.points.iter().map(point).collect()
        }
        Geometry::Polygon(shape) => shape.parts.iter().map(part).collect(),
        _ => return None,
    };
    Some(format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{inner}</svg>"))
}

fn part(part: &PolygonPart) -> String {
    if part.holes.is_empty() {
        return format!("<polygon points=\"{}\"/>", joined_points(&part.outer, " "));
    }
    let ring = |ring: &Vec<Point>| format!("M{}Z", joined_points(ring, "L"));
    let rings: String = std::iter::once(&part.outer).chain(&part.holes).map(ring).collect();
    format!("<path fill-rule=\"evenodd\" d=\"{rings}\"/>")
}
