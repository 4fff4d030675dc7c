//! Projective maps of the plane: every change of place that augmentation knows, from flips to perspective.

use labelwright_core::geometry::Point;

/// A 3 x 3 matrix on homogeneous columns (x, y, 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Map(pub [[f64; 3]; 3]);

impl Map {
    pub const IDENTITY: Self = Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    /// x' = a x + b y + c, y' = d x + e y + f.
    pub fn affine(first: [f64; 3], second: [f64; 3]) -> Self {
        Self([first, second, [0.0, 0.0, 1.0]])
    }

    pub fn translation(x: f64, y: f64) -> Self {
        Self::affine([1.0, 0.0, x], [0.0, 1.0, y])
    }

    pub fn scale(x: f64, y: f64) -> Self {
        Self::affine([x, 0.0, 0.0], [0.0, y, 0.0])
    }

    /// Clockwise on screen, about the origin. Quarter turns have exact entries.
    pub fn rotation(degrees: f64) -> Self {
        let (sin, cos) = match degrees.rem_euclid(360.0) {
            0.0 => (0.0, 1.0),
            90.0 => (1.0, 0.0),
            180.0 => (0.0, -1.0),
            270.0 => (-1.0, 0.0),
            other => other.to_radians().sin_cos(),
        };
        Self::affine([cos, -sin, 0.0], [sin, cos, 0.0])
    }

    /// Leans lines by these angles: x by `x` degrees a unit of y, and y by `y` degrees a unit of x.
    pub fn shear(x: f64, y: f64) -> Self {
        Self::affine([1.0, x.to_radians().tan(), 0.0], [y.to_radians().tan(), 1.0, 0.0])
    }

    /// First this one, then the other.
    pub fn then(self, next: Self) -> Self {
        let mut product = [[0.0; 3]; 3];
        for (row, out) in product.iter_mut().enumerate() {
            for (column, value) in out.iter_mut().enumerate() {
                *value = (0..3).map(|at| next.0[row][at] * self.0[at][column]).sum();
            }
        }
        Self(product)
    }

    /// The same map about another fixed place than the origin.
    pub fn about(self, x: f64, y: f64) -> Self {
        Self::translation(-x, -y).then(self).then(Self::translation(x, y))
    }

    /// None where the map flattens the plane.
    pub fn inverse(self) -> Option<Self> {
        let m = &self.0;
        let cofactor = |row: usize, column: usize| {
            let (r1, r2, c1, c2) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3);
            m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
        };
        let determinant = (0..3).map(|column| m[0][column] * cofactor(0, column)).sum::<f64>();
        if !determinant.is_finite() || determinant.abs() < 1e-12 {
            return None;
        }
        let mut inverse = [[0.0; 3]; 3];
        for (row, out) in inverse.iter_mut().enumerate() {
            for (column, value) in out.iter_mut().enumerate() {
                *value = cofactor(column, row) / determinant;
            }
        }
        Some(Self(inverse))
    }

    pub fn apply(&self, [x, y]: Point) -> Point {
        let m = &self.0;
        let (u, v) = (m[0][0] * x + m[0][1] * y + m[0][2], m[1][0] * x + m[1][1] * y + m[1][2]);
        if self.is_affine() {
            return [u, v];
        }
        let w = m[2][0] * x + m[2][1] * y + m[2][2];
        [u / w, v / w]
    }

    pub fn is_affine(&self) -> bool {
        self.0[2] == [0.0, 0.0, 1.0]
    }

    /// Do upright rectangles stay upright?
    pub fn is_upright(&self) -> bool {
        let m = &self.0;
        self.is_affine() && ((m[0][1] == 0.0 && m[1][0] == 0.0) || (m[0][0] == 0.0 && m[1][1] == 0.0))
    }

    /// Only flips, quarter turns and moves by whole pixels: every pixel goes to one pixel.
    pub fn is_exact(&self) -> bool {
        let m = &self.0;
        self.is_upright()
            && [m[0][0], m[0][1], m[1][0], m[1][1]].iter().all(|entry| [-1.0, 0.0, 1.0].contains(entry))
            && m[0][2].fract() == 0.0
            && m[1][2].fract() == 0.0
    }

    /// The linear part at a place: the derivatives of x' and y' by x and y.
    pub fn derivative(&self, [x, y]: Point) -> [[f64; 2]; 2] {
        let m = &self.0;
        let w = m[2][0] * x + m[2][1] * y + m[2][2];
        let [u, v] = self.apply([x, y]);
        [
            [(m[0][0] - u * m[2][0]) / w, (m[0][1] - u * m[2][1]) / w],
            [(m[1][0] - v * m[2][0]) / w, (m[1][1] - v * m[2][1]) / w],
        ]
    }

    /// How much areas grow at a place; negative where left and right change places.
    pub fn growth(&self, at: Point) -> f64 {
        let [[a, b], [c, d]] = self.derivative(at);
        a * d - b * c
    }

    /// Takes the corners of one quadrangle to those of another one. None for corners in a line.
    pub fn of_corners(from: [Point; 4], to: [Point; 4]) -> Option<Self> {
        Some(of_unit_square(from)?.inverse()?.then(of_unit_square(to)?).scaled())
    }

    /// The same map with a last entry of 1.
    fn scaled(self) -> Self {
        let last = self.0[2][2];
        if last == 0.0 {
            return self;
        }
        Self(self.0.map(|row| row.map(|entry| entry / last)))
    }
}

/// The unit square, clockwise from its top left, onto a quadrangle (P. Heckbert, Fundamentals of Texture Mapping and
/// Image Warping, 1989, 2.2.2).
fn of_unit_square([a, b, c, d]: [Point; 4]) -> Option<Map> {
    let (dx1, dy1, dx2, dy2) = (b[0] - c[0], b[1] - c[1], d[0] - c[0], d[1] - c[1]);
    let (sx, sy) = (a[0] - b[0] + c[0] - d[0], a[1] - b[1] + c[1] - d[1]);
    let determinant = dx1 * dy2 - dx2 * dy1;
    if determinant.abs() < 1e-12 {
        return None;
    }
    let (g, h) = ((sx * dy2 - dx2 * sy) / determinant, (dx1 * sy - sx * dy1) / determinant);
    Some(Map([
        [b[0] - a[0] + g * b[0], d[0] - a[0] + h * d[0], a[0]],
        [b[1] - a[1] + g * b[1], d[1] - a[1] + h * d[1], a[1]],
        [g, h, 1.0],
    ]))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn corners_go_where_they_are_sent_and_come_back() {
        let from = [[0.0, 0.0], [10.0, 0.0], [10.0, 8.0], [0.0, 8.0]];
        let to = [[1.0, 0.5], [9.0, 1.0], [10.0, 8.0], [-1.0, 7.0]];
        let map = Map::of_corners(from, to).unwrap();
        let back = map.inverse().unwrap();
        for (start, end) in from.iter().zip(to) {
            let reached = map.apply(*start);
            assert!((reached[0] - end[0]).abs() < 1e-9 && (reached[1] - end[1]).abs() < 1e-9);
            let home = back.apply(reached);
            assert!((home[0] - start[0]).abs() < 1e-9 && (home[1] - start[1]).abs() < 1e-9);
        }
        assert!(Map::of_corners(from, [[0.0, 0.0]; 4]).is_none());
        assert!(Map::scale(0.0, 1.0).inverse().is_none());
    }

    #[test]
    fn growth_is_the_share_of_areas_and_its_sign_the_mirror() {
        assert_eq!(Map::scale(2.0, 3.0).growth([5.0, 5.0]), 6.0);
        assert_eq!(Map::scale(-1.0, 1.0).growth([5.0, 5.0]), -1.0);
        assert_eq!(Map::rotation(180.0).growth([1.0, 1.0]), 1.0);
        assert!(Map::rotation(270.0).is_exact() && !Map::rotation(45.0).is_upright());
    }
}
