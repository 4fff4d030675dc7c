//! Uphill to the top of a smooth function: limited-memory BFGS (Nocedal 1980) with a backtracking line search, and the
//! dense linear algebra that standard errors need.

pub struct Top {
    pub point: Vec<f64>,
    pub value: f64,
    pub path: Vec<f64>,
    pub steps: usize,
    pub converged: bool,
}

const MEMORY: usize = 12;

/// Maximizes; `function` gives the value and its slopes. Converged when no slope is above the tolerance.
pub fn maximize(start: Vec<f64>, steps: usize, tolerance: f64, function: impl Fn(&[f64]) -> (f64, Vec<f64>)) -> Top {
    let (mut value, mut slopes) = function(&start);
    let mut top = Top { point: start, value, path: vec![value], steps: 0, converged: false };
    let mut memory: Vec<(Vec<f64>, Vec<f64>, f64)> = Vec::new();
    loop {
        if largest(&slopes) <= tolerance {
            top.converged = true;
            return top;
        }
        if top.steps >= steps {
            return top;
        }
        top.steps += 1;
        let mut direction = quasi_newton(&memory, &slopes);
        let mut rise = dot(&direction, &slopes);
        if rise <= 0.0 || !rise.is_finite() {
            memory.clear();
            direction.clone_from(&slopes);
            rise = dot(&direction, &slopes);
        }
        let mut length = if memory.is_empty() { 1.0 / largest(&slopes).max(1.0) } else { 1.0 };
        let mut found = None;
        for _ in 0..60 {
            let mut tried = top.point.clone();
            add(&mut tried, length, &direction);
            let (reached, new_slopes) = function(&tried);
            // Near the top values differ by less than rounding: then smaller slopes decide.
            let rounding = 1e-13 * (1.0 + value.abs());
            let climbs = reached >= value + 1e-4 * length * rise;
            let flatter = reached >= value - rounding && largest(&new_slopes) < 0.9 * largest(&slopes);
            if reached.is_finite() && (climbs || flatter) {
                found = Some((tried, reached, new_slopes));
                break;
            }
            length *= 0.5;
        }
        let Some((point, reached, new_slopes)) = found else {
            if memory.is_empty() {
                // No step uphill is left that doubles can tell.
                top.converged = largest(&slopes) <= tolerance.max(1e-6 * (1.0 + value.abs()));
                return top;
            }
            memory.clear();
            continue;
        };
        let moved: Vec<f64> = point.iter().zip(&top.point).map(|(a, b)| a - b).collect();
        let turned: Vec<f64> = slopes.iter().zip(&new_slopes).map(|(a, b)| a - b).collect();
        let curve = dot(&moved, &turned);
        if curve > 1e-300 {
            if memory.len() == MEMORY {
                memory.remove(0);
            }
            memory.push((moved, turned, 1.0 / curve));
        }
        top.point = point;
        (value, slopes) = (reached, new_slopes);
        top.value = value;
        top.path.push(value.max(top.path.last().copied().unwrap_or(value)));
    }
}

/// The two-loop recursion.
fn quasi_newton(memory: &[(Vec<f64>, Vec<f64>, f64)], slopes: &[f64]) -> Vec<f64> {
    let mut direction = slopes.to_vec();
    let mut factors = Vec::with_capacity(memory.len());
    for (moved, turned, scale) in memory.iter().rev() {
        let factor = scale * dot(moved, &direction);
        add(&mut direction, -factor, turned);
        factors.push(factor);
    }
    if let Some((moved, turned, _)) = memory.last() {
        let scale = dot(moved, turned) / dot(turned, turned);
        direction.iter_mut().for_each(|value| *value *= scale);
    }
    for ((moved, turned, scale), factor) in memory.iter().zip(factors.iter().rev()) {
        let other = scale * dot(turned, &direction);
        add(&mut direction, factor - other, moved);
    }
    direction
}

fn largest(slopes: &[f64]) -> f64 {
    slopes.iter().fold(0.0, |most, slope| most.max(slope.abs()))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += factor * what);
}

/// The inverse of a symmetric positive definite matrix (Cholesky); None if it is not.
pub fn inverse(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let mut lower = vec![0.0; size * size];
    for row in 0..size {
        for column in 0..=row {
            let sum: f64 = (0..column).map(|k| lower[row * size + k] * lower[column * size + k]).sum();
            let rest = matrix[row * size + column] - sum;
            lower[row * size + column] = if row == column {
                if rest <= 0.0 || !rest.is_finite() {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / lower[column * size + column]
            };
        }
    }
    let mut found = vec![0.0; size * size];
    for unit in 0..size {
        let mut x = vec![0.0; size];
        for row in unit..size {
            let sum: f64 = (unit..row).map(|k| lower[row * size + k] * x[k]).sum();
            x[row] = (f64::from(u8::from(row == unit)) - sum) / lower[row * size + row];
        }
        for row in (0..size).rev() {
            let sum: f64 = (row + 1..size).map(|k| lower[k * size + row] * x[k]).sum();
            x[row] = (x[row] - sum) / lower[row * size + row];
        }
        for (row, value) in x.into_iter().enumerate() {
            found[row * size + unit] = value;
        }
    }
    Some(found)
}
