//! Plane geometry on rings of points: areas, hulls, clipping, and the exact overlap of two figures.

use serde::{Deserialize, Serialize};

/// x and y in pixels.
pub type Point = [f64; 2];

/// An upright rectangle by its edges.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Bounds {
    pub fn new(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { left, top, right, bottom }
    }

    /// Around points; None for no points.
    pub fn around(points: &[Point]) -> Option<Self> {
        let first = points.first()?;
        let start = Self::new(first[0], first[1], first[0], first[1]);
        Some(
            points.iter().fold(start, |b, p| {
                Self::new(b.left.min(p[0]), b.top.min(p[1]), b.right.max(p[0]), b.bottom.max(p[1]))
            }),
        )
    }

    pub fn width(self) -> f64 {
        self.right - self.left
    }

    pub fn height(self) -> f64 {
        self.bottom - self.top
    }

    pub fn area(self) -> f64 {
        self.width() * self.height()
    }

    pub fn union(self, other: Self) -> Self {
        Self::new(
            self.left.min(other.left),
            self.top.min(other.top),
            self.right.max(other.right),
            self.bottom.max(other.bottom),
        )
    }

    /// The common part, if it has an area.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let common = Self::new(
            self.left.max(other.left),
            self.top.max(other.top),
            self.right.min(other.right),
            self.bottom.min(other.bottom),
        );
        (common.width() > 0.0 && common.height() > 0.0).then_some(common)
    }

    pub fn contains(self, other: Self) -> bool {
        self.left <= other.left && self.top <= other.top && self.right >= other.right && self.bottom >= other.bottom
    }
}

/// Shoelace area of one ring, positive when it turns clockwise on screen.
pub fn signed_area(ring: &[Point]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>() / 2.0
}

/// Area under the even-odd rule, also of rings that cross themselves or each other.
pub fn area(rings: &[Vec<Point>]) -> f64 {
    overlap(rings, rings)
}

/// Intersection over union of two figures, each a set of rings under the even-odd rule.
pub fn iou(a: &[Vec<Point>], b: &[Vec<Point>]) -> f64 {
    let common = overlap(a, b);
    let union = area(a) + area(b) - common;
    if union <= 0.0 { 0.0 } else { (common / union).clamp(0.0, 1.0) }
}

/// A straight edge with `top` above `bottom`, and the figure that it belongs to.
struct Edge {
    top: Point,
    bottom: Point,
    second: bool,
}

impl Edge {
    fn x_at(&self, y: f64) -> f64 {
        let share = (y - self.top[1]) / (self.bottom[1] - self.top[1]);
        self.top[0] + (self.bottom[0] - self.top[0]) * share
    }
}

/// Area of the common part of two figures (even-odd). The plane is cut into horizontal slabs at every vertex and
/// every crossing; within a slab edges do not cross, so that widths are linear in y and the width at half height
/// times the height is the exact area. O(n^2) in the number of edges.
pub fn overlap(a: &[Vec<Point>], b: &[Vec<Point>]) -> f64 {
    let mut edges = Vec::new();
    for (rings, second) in [(a, false), (b, true)] {
        for ring in rings {
            for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                if from[1] != to[1] {
                    let (top, bottom) = if from[1] < to[1] { (*from, *to) } else { (*to, *from) };
                    edges.push(Edge { top, bottom, second });
                }
            }
        }
    }
    let mut cuts: Vec<f64> = edges.iter().flat_map(|edge| [edge.top[1], edge.bottom[1]]).collect();
    for (index, one) in edges.iter().enumerate() {
        for other in &edges[index + 1..] {
            cuts.extend(crossing(one, other));
        }
    }
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let mut total = 0.0;
    let mut crossed: Vec<(f64, bool)> = Vec::new();
    for slab in cuts.windows(2) {
        let (top, bottom) = (slab[0], slab[1]);
        let middle = f64::midpoint(top, bottom);
        crossed.clear();
        let within = edges.iter().filter(|edge| edge.top[1] <= middle && edge.bottom[1] > middle);
        crossed.extend(within.map(|edge| (edge.x_at(middle), edge.second)));
        crossed.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (mut in_a, mut in_b) = (false, false);
        for pair in crossed.windows(2) {
            if pair[0].1 {
                in_b = !in_b;
            } else {
                in_a = !in_a;
            }
            if in_a && in_b {
                total += (pair[1].0 - pair[0].0) * (bottom - top);
            }
        }
    }
    total
}

/// The height at which two edges cross, if they do inside both.
fn crossing(one: &Edge, other: &Edge) -> Option<f64> {
    let top = one.top[1].max(other.top[1]);
    let bottom = one.bottom[1].min(other.bottom[1]);
    if top >= bottom {
        return None;
    }
    let (above, below) = (one.x_at(top) - other.x_at(top), one.x_at(bottom) - other.x_at(bottom));
    (above * below < 0.0).then(|| top + (bottom - top) * above / (above - below))
}

/// Convex hull (A. M. Andrew's monotone chain, 1979).
pub fn hull(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    sorted.dedup();
    if sorted.len() < 3 {
        return sorted;
    }
    let half = |points: &mut dyn Iterator<Item = &Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while let [.., a, b] = chain.as_slice() {
                if (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(*point);
        }
        chain.pop();
        chain
    };
    let mut ring = half(&mut sorted.iter());
    ring.extend(half(&mut sorted.iter().rev()));
    ring
}

/// The part of a ring inside a rectangle (I. E. Sutherland and G. W. Hodgman, 1974). Empty when nothing is left.
pub fn clip(ring: &[Point], frame: Bounds) -> Vec<Point> {
    let mut ring = ring.to_vec();
    // Axis, edge position, and on which side of it the frame lies.
    let sides = [(0, frame.left, 1.0), (0, frame.right, -1.0), (1, frame.top, 1.0), (1, frame.bottom, -1.0)];
    for (axis, edge, sign) in sides {
        let inside = |p: &Point| (p[axis] - edge) * sign >= 0.0;
        let mut kept = Vec::with_capacity(ring.len() + 4);
        for (index, to) in ring.iter().enumerate() {
            let from = &ring[(index + ring.len() - 1) % ring.len()];
            if inside(from) != inside(to) {
                let share = (edge - from[axis]) / (to[axis] - from[axis]);
                let mut cut = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
                cut[axis] = edge;
                kept.push(cut);
            }
            if inside(to) {
                kept.push(*to);
            }
        }
        ring = kept;
    }
    if ring.len() < 3 || signed_area(&ring) == 0.0 { Vec::new() } else { ring }
}
