//! Similarity of lines: both are read at the same shares of their lengths (those of either's vertices), and the mean
//! of exp(-d^2 / (2 s (2 t)^2)) is taken, t the thickness and s the scale; an undirected line takes its better direction.

use super::similarity::Similarity;
use labelwright_core::geometry::{Bounds, Point, Polyline};

pub fn similarity(one: &Polyline, other: &Polyline, settings: &Similarity) -> f64 {
    let (Some(first), Some(second)) = (Bounds::around(&one.points), Bounds::around(&other.points)) else {
        return f64::from(u8::from(one.points.is_empty() && other.points.is_empty()));
    };
    // A straight upright line has a box without area; its length is its size then.
    let size = |bounds: Bounds| bounds.area().max(bounds.width().max(bounds.height()).powi(2) / 4.0);
    let scale = settings.scale.unwrap_or_else(|| f64::midpoint(size(first), size(second)));
    let spread = 2.0 * scale * (2.0 * settings.thickness).powi(2);
    let forward = along(&one.points, &other.points, spread);
    if settings.directed {
        return forward;
    }
    let turned: Vec<Point> = other.points.iter().rev().copied().collect();
    forward.max(along(&one.points, &turned, spread))
}

fn along(one: &[Point], other: &[Point], spread: f64) -> f64 {
    let (first, second) = (shares(one), shares(other));
    let mut stops: Vec<f64> = first.iter().chain(&second).copied().collect();
    stops.sort_by(f64::total_cmp);
    stops.dedup();
    let sum: f64 = stops
        .iter()
        .map(|stop| {
            let (a, b) = (at(one, &first, *stop), at(other, &second, *stop));
            let squared = (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2);
            if squared == 0.0 { 1.0 } else { (-squared / spread).exp() }
        })
        .sum();
    sum / stops.len() as f64
}

/// The share of the length at each vertex.
fn shares(points: &[Point]) -> Vec<f64> {
    let mut lengths = vec![0.0];
    for pair in points.windows(2) {
        let before = lengths.last().copied().unwrap_or(0.0);
        lengths.push(before + (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]));
    }
    let whole = lengths.last().copied().unwrap_or(0.0);
    lengths.iter().map(|length| if whole > 0.0 { length / whole } else { 0.0 }).collect()
}

fn at(points: &[Point], shares: &[f64], stop: f64) -> Point {
    let next = shares.partition_point(|share| *share < stop);
    match (next.checked_sub(1).and_then(|before| points.get(before)), points.get(next)) {
        (Some(from), Some(to)) => {
            let (start, end) = (shares[next - 1], shares[next]);
            let part = if end > start { (stop - start) / (end - start) } else { 0.0 };
            [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]
        }
        (None, Some(first)) => *first,
        (Some(last), None) => *last,
        (None, None) => [0.0, 0.0],
    }
}
