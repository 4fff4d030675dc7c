//! Where slices lie in the patient, and in which order (PS3.3 section C.7.6.2). Coordinates are millimetres towards the
//! patient's left, back and head.

use crate::{DataSet, tags};

pub type Vector = [f64; 3];

/// What a slice says of its place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plane {
    /// Centre of the first pixel.
    pub position: Option<Vector>,
    /// Directions in which columns and rows count up.
    pub orientation: Option<[Vector; 2]>,
    pub instance: Option<i64>,
}

fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn vector(numbers: &[f64]) -> Option<Vector> {
    let found: Vector = numbers.try_into().ok()?;
    found.iter().all(|number| number.is_finite() && number.abs() < 1e9).then_some(found)
}

impl Plane {
    /// Of a file with one frame.
    pub fn of(data: &DataSet<'_>) -> Self {
        Self::from_parts(data, data, data.integer(tags::INSTANCE_NUMBER))
    }

    /// Of a frame (from 0) of a file with several: what is said of the frame counts before what is said of all.
    pub fn of_frame(data: &DataSet<'_>, frame: usize) -> Self {
        let own = data.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).get(frame);
        let shared = data.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first();
        let group = |tag| [own, shared].into_iter().flatten().find_map(|groups| groups.items(tag).first());
        let nothing = DataSet::default();
        let position = group(tags::PLANE_POSITION_SEQUENCE).unwrap_or(&nothing);
        let orientation = group(tags::PLANE_ORIENTATION_SEQUENCE).unwrap_or(&nothing);
        Self::from_parts(position, orientation, Some(frame as i64))
    }

    fn from_parts(position: &DataSet<'_>, orientation: &DataSet<'_>, instance: Option<i64>) -> Self {
        let axes = orientation.numbers(tags::IMAGE_ORIENTATION_PATIENT);
        let orientation = axes.split_at_checked(3).and_then(|(row, column)| Some([vector(row)?, vector(column)?]));
        // Directions that are none, or the same, have no plane.
        let orientation = orientation.filter(|[row, column]| dot(cross(*row, *column), cross(*row, *column)) > 0.25);
        Self { position: vector(&position.numbers(tags::IMAGE_POSITION_PATIENT)), orientation, instance }
    }
}

/// The order of slices, and how far each lies along the normal; None where not all say it in one plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Places in what was given.
    pub order: Vec<usize>,
    /// In the order of the slices, in millimetres; empty where it is not known.
    pub along: Vec<f64>,
}

/// Sorts slices by their positions along the normal of their plane; those that do not lie in one, or do not say where
/// they lie, by their numbers. What is the same keeps its order.
pub fn sorted(planes: &[Plane]) -> Order {
    let mut order: Vec<usize> = (0..planes.len()).collect();
    let number = |at: usize| planes[at].instance.unwrap_or(i64::MAX);
    let Some(along) = along(planes) else {
        order.sort_by_key(|at| number(*at));
        return Order { order, along: Vec::new() };
    };
    order.sort_by(|a, b| along[*a].total_cmp(&along[*b]).then(number(*a).cmp(&number(*b))));
    let along = order.iter().map(|at| along[*at]).collect();
    Order { order, along }
}

/// How far each slice lies along the normal of the first.
fn along(planes: &[Plane]) -> Option<Vec<f64>> {
    let [row, column] = planes.first()?.orientation?;
    let normal = cross(row, column);
    let length = dot(normal, normal).sqrt();
    planes
        .iter()
        .map(|plane| {
            let [own_row, own_column] = plane.orientation?;
            let parallel =
                dot(own_row, row) > 0.99 * dot(row, row) && dot(own_column, column) > 0.99 * dot(column, column);
            parallel.then_some(dot(plane.position?, normal) / length)
        })
        .collect()
}

/// The step from slice to slice, where it is the same everywhere: the difference between first and last by their number.
/// The second value says whether every step is within a hundredth of it.
pub fn step(along: &[f64]) -> Option<(f64, bool)> {
    let (first, last) = (along.first()?, along.last()?);
    let steps = along.len().checked_sub(1).filter(|steps| *steps > 0)?;
    let mean = (last - first) / steps as f64;
    let even = along.windows(2).all(|pair| ((pair[1] - pair[0]) - mean).abs() <= 0.01 * mean.abs() + 1e-4);
    (mean > 1e-6).then_some((mean, even))
}

/// From column, row and slice to millimetres towards the patient's right, front and head, as NIfTI counts: three rows of
/// four numbers. `first` and `last` are the first and the last slice, `spacing` goes along columns, rows, slices.
pub fn affine(first: &Plane, last: &Plane, spacing: [f64; 3], slices: usize) -> Option<[[f64; 4]; 3]> {
    let ([row, column], start) = (first.orientation?, first.position?);
    let normal = cross(row, column);
    let mut step = normal.map(|part| part * spacing[2]);
    if let (Some(end), true) = (last.position, slices > 1) {
        step = std::array::from_fn(|axis| (end[axis] - start[axis]) / (slices - 1) as f64);
    }
    Some(std::array::from_fn(|axis| {
        let sign = if axis < 2 { -1.0 } else { 1.0 };
        [row[axis] * spacing[0], column[axis] * spacing[1], step[axis], start[axis]].map(|number| sign * number)
    }))
}
