//! Repulsion between points of a plane, near ones one by one, far ones as a group (Barnes and Hut 1986), for t-SNE
//! (van der Maaten 2014).

/// A square that holds points: their number, their middle, and four smaller squares.
struct Cell {
    center: [f64; 2],
    half: f64,
    middle: [f64; 2],
    count: f64,
    children: [u32; 4],
}

pub struct Quadtree {
    cells: Vec<Cell>,
}

const NONE: u32 = u32::MAX;
/// Points that share a place share a cell from this depth on.
const DEEPEST: usize = 40;
/// A group is far when its width is less than this share of its distance.
const ANGLE: f64 = 0.5;

impl Quadtree {
    pub fn new(points: &[f64]) -> Self {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for point in points.chunks_exact(2) {
            for ((low, high), value) in low.iter_mut().zip(&mut high).zip(point) {
                *low = low.min(*value);
                *high = high.max(*value);
            }
        }
        let [a, b] = low;
        let [c, d] = high;
        let half = ((c - a).max(d - b) / 2.0).max(1e-12) * 1.001;
        let mut tree = Self { cells: Vec::with_capacity(points.len()) };
        tree.cells.push(Cell {
            center: [(a + c) / 2.0, (b + d) / 2.0],
            half,
            middle: [0.0; 2],
            count: 0.0,
            children: [NONE; 4],
        });
        for point in points.chunks_exact(2) {
            if let [x, y] = point {
                tree.insert([*x, *y]);
            }
        }
        tree
    }

    fn child(&mut self, at: usize, point: [f64; 2]) -> usize {
        let Some(cell) = self.cells.get(at) else { return at };
        let ([x, y], [cx, cy]) = (point, cell.center);
        let corner = usize::from(x >= cx) + 2 * usize::from(y >= cy);
        if let Some(found) = cell.children.get(corner).copied().filter(|found| *found != NONE) {
            return found as usize;
        }
        let half = cell.half / 2.0;
        let center = [cx + if x >= cx { half } else { -half }, cy + if y >= cy { half } else { -half }];
        let made = self.cells.len();
        self.cells.push(Cell { center, half, middle: [0.0; 2], count: 0.0, children: [NONE; 4] });
        if let Some(place) = self.cells.get_mut(at).and_then(|cell| cell.children.get_mut(corner)) {
            *place = made as u32;
        }
        made
    }

    fn insert(&mut self, point: [f64; 2]) {
        let mut at = 0;
        for _ in 0..DEEPEST {
            let Some(cell) = self.cells.get_mut(at) else { return };
            let (before, old) = (cell.count, cell.middle);
            cell.count += 1.0;
            for (middle, value) in cell.middle.iter_mut().zip(point) {
                *middle += (value - *middle) / cell.count;
            }
            if before == 0.0 || (old == point && cell.children == [NONE; 4]) {
                return;
            }
            if cell.children == [NONE; 4] {
                // What was alone here moves down.
                let lower = self.child(at, old);
                if let Some(lower) = self.cells.get_mut(lower) {
                    (lower.count, lower.middle) = (before, old);
                }
            }
            at = self.child(at, point);
        }
    }

    /// Sum of q^2 (y - y_j) over all others with q = 1 / (1 + |y - y_j|^2), and the sum of q.
    pub fn repulsion(&self, point: [f64; 2]) -> ([f64; 2], f64) {
        let (mut force, mut sum) = ([0.0; 2], 0.0);
        let mut stack = vec![0_u32];
        while let Some(cell) = stack.pop().and_then(|at| self.cells.get(at as usize)) {
            let ([x, y], [mx, my]) = (point, cell.middle);
            let (dx, dy) = (x - mx, y - my);
            let squared = dx * dx + dy * dy;
            let leaf = cell.children == [NONE; 4];
            let width = 2.0 * cell.half;
            if leaf || width * width < ANGLE * ANGLE * squared {
                if squared > 0.0 {
                    let q = 1.0 / (1.0 + squared);
                    sum += cell.count * q;
                    let share = cell.count * q * q;
                    let [fx, fy] = &mut force;
                    *fx += share * dx;
                    *fy += share * dy;
                } else {
                    sum += cell.count - 1.0;
                }
            } else {
                stack.extend(cell.children.iter().filter(|child| **child != NONE));
            }
        }
        (force, sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Random;

    #[test]
    fn close_to_all_pairs() {
        let mut random = Random::new(1);
        let points: Vec<f64> = (0..1000).map(|_| random.normal() * 10.0).collect();
        let tree = Quadtree::new(&points);
        let (mut off, mut total) = (0.0, 0.0);
        for point in points.chunks_exact(2) {
            let (force, _) = tree.repulsion([point[0], point[1]]);
            let mut exact = [0.0; 2];
            for other in points.chunks_exact(2) {
                let (dx, dy) = (point[0] - other[0], point[1] - other[1]);
                let q = 1.0 / (1.0 + dx * dx + dy * dy);
                exact[0] += q * q * dx;
                exact[1] += q * q * dy;
            }
            off += (force[0] - exact[0]).powi(2) + (force[1] - exact[1]).powi(2);
            total += exact[0].powi(2) + exact[1].powi(2);
        }
        assert!((off / total).sqrt() < 0.05, "{}", (off / total).sqrt());
        let same = Quadtree::new(&[1.0; 40]);
        assert_eq!(same.repulsion([1.0, 1.0]).1, 19.0);
    }
}
