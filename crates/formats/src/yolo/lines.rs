//! A line of a label file to a region and back.

use super::Task;
use crate::{numbers, shapes};
use labelwright_core::{
    Geometry,
    geometry::{Keypoint, Keypoints, Point, Visibility},
};

/// What is wrong with a line.
pub type Problem = (&'static str, String);

/// How many pixels a corner may lie off: most programs round to six digits.
pub fn tolerance([width, height]: [f64; 2]) -> f64 {
    1e-5 * width.max(height) + 0.5
}

/// Class index, geometry in pixels, and the confidence if there is one.
pub fn read(
    line: &str,
    task: Task,
    keypoints: Option<[usize; 2]>,
    [width, height]: [f64; 2],
) -> Result<(usize, Geometry, Option<f64>), Problem> {
    let mut words = line.split_ascii_whitespace();
    let class = words.next().unwrap_or_default();
    let class = numbers::parse(class).filter(|class| class.fract() == 0.0 && (0.0..1e9).contains(class));
    let class = class.ok_or_else(|| ("bad_line", "a line begins with the number of a class".to_owned()))? as usize;
    let numbers = numbers::parse_all(words);
    let numbers = numbers.ok_or_else(|| ("bad_line", "all after the class are numbers".to_owned()))?;
    let scaled =
        |flat: &[f64]| -> Vec<Point> { flat.chunks_exact(2).map(|pair| [pair[0] * width, pair[1] * height]).collect() };
    let corners = |numbers: &[f64]| {
        let points = scaled(numbers);
        let ring: Option<[Point; 4]> = points.try_into().ok();
        ring.map(|ring| {
            shapes::rectangle(ring, tolerance([width, height]))
                .map_or_else(|| shapes::polygon(ring.to_vec()), Geometry::RotatedBox)
        })
    };
    let count = |wanted: &str| Err(("bad_line", format!("{wanted}; there are {} numbers", numbers.len())));
    match (task, numbers.len()) {
        (Task::Detect, 4 | 5) => Ok((class, upright(&numbers, width, height)?, numbers.get(4).copied())),
        (Task::Detect, _) => count("a box is a class and 4 numbers"),
        (Task::Segment, 4) => Ok((class, upright(&numbers, width, height)?, None)),
        (Task::Segment, count) if count >= 6 && count.is_multiple_of(2) => {
            Ok((class, shapes::polygon(scaled(&numbers)), None))
        }
        (Task::Segment, _) => count("a polygon is a class and at least 3 pairs of numbers"),
        (Task::Rotated, 8 | 9) => match corners(&numbers[..8]) {
            Some(geometry) => Ok((class, geometry, numbers.get(8).copied())),
            None => count("a rotated box is a class and 8 numbers"),
        },
        (Task::Rotated, _) => count("a rotated box is a class and 8 numbers"),
        (Task::Pose, length) => {
            let [joints, each] = keypoints.unwrap_or([length.saturating_sub(4) / 3, 3]);
            if length != 4 + joints * each || joints == 0 || !(2..=3).contains(&each) {
                return count("a pose is a class, 4 numbers and those of its joints (kpt_shape)");
            }
            let joint = |joint: &[f64]| {
                let visibility = match joint.get(2) {
                    Some(v) if *v <= 0.0 => Visibility::Absent,
                    Some(v) if *v < 1.5 => Visibility::Occluded,
                    Some(_) => Visibility::Visible,
                    None if joint[0] <= 0.0 && joint[1] <= 0.0 => Visibility::Absent,
                    None => Visibility::Visible,
                };
                Keypoint { x: joint[0] * width, y: joint[1] * height, visibility }
            };
            let points = numbers[4..].chunks_exact(each).map(joint).collect();
            Ok((class, Geometry::Keypoints(Keypoints { points }), None))
        }
    }
}

fn upright(numbers: &[f64], width: f64, height: f64) -> Result<Geometry, Problem> {
    let [x, y, w, h] = [numbers[0] * width, numbers[1] * height, numbers[2] * width, numbers[3] * height];
    if w <= 0.0 || h <= 0.0 {
        return Err(("bad_box", "a box has a positive size".into()));
    }
    Ok(shapes::upright(x - w / 2.0, y - h / 2.0, w, h))
}

/// Appends the numbers of a geometry. Says whether something lay outside the picture and was cut off: Ultralytics
/// throws a whole file away for one number outside 0 to 1. None when nothing is left of it.
pub fn push(out: &mut Vec<u8>, geometry: &Geometry, [width, height]: [f64; 2]) -> Option<bool> {
    let mut cut = false;
    let mut share = |out: &mut Vec<u8>, value: f64, side: f64| {
        let share = value / side;
        cut |= !(-1e-9..=1.0 + 1e-9).contains(&share);
        out.push(b' ');
        numbers::push_share(out, share);
    };
    match geometry {
        Geometry::Box(shape) => {
            let outside = shape.x < 0.0 || shape.y < 0.0;
            if outside || shape.x + shape.width > width || shape.y + shape.height > height {
                let Geometry::Box(inside) = geometry.clipped(width, height)? else { return None };
                let over = |one: f64, two: f64| (one - two).abs() > 1e-6;
                let real = over(inside.width, shape.width) || over(inside.height, shape.height);
                return push_box(out, &inside, [width, height]).map(|()| real);
            }
            push_box(out, shape, [width, height])?;
        }
        Geometry::RotatedBox(shape) => {
            for [x, y] in shape.corners() {
                share(out, x, width);
                share(out, y, height);
            }
        }
        Geometry::Polygon(_) => {
            for [x, y] in shapes::ring(geometry)? {
                share(out, *x, width);
                share(out, *y, height);
            }
        }
        Geometry::Keypoints(shape) => {
            let bounds = geometry.bounds()?;
            share(out, (bounds.left + bounds.right) / 2.0, width);
            share(out, (bounds.top + bounds.bottom) / 2.0, height);
            share(out, bounds.width(), width);
            share(out, bounds.height(), height);
            for joint in &shape.points {
                share(out, joint.x, width);
                share(out, joint.y, height);
                out.extend_from_slice(match joint.visibility {
                    Visibility::Absent => b" 0",
                    Visibility::Occluded => b" 1",
                    Visibility::Visible => b" 2",
                });
            }
        }
        _ => return None,
    }
    Some(cut)
}

fn push_box(out: &mut Vec<u8>, shape: &labelwright_core::geometry::BoxShape, [width, height]: [f64; 2]) -> Option<()> {
    // Thinner, and it would have no size in the file.
    if shape.width <= numbers::LEAST_SHARE * width || shape.height <= numbers::LEAST_SHARE * height {
        return None;
    }
    for number in [
        (shape.x + shape.width / 2.0) / width,
        (shape.y + shape.height / 2.0) / height,
        shape.width / width,
        shape.height / height,
    ] {
        out.push(b' ');
        numbers::push_share(out, number);
    }
    Some(())
}
