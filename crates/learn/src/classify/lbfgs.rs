//! Limited memory BFGS (Nocedal 1980; Nocedal and Wright 2006, algorithm 7.4) with backtracking, for smooth convex functions.

use crate::numeric::dot;

const MEMORY: usize = 10;

/// Lowers `function` (value; gradient into its second argument) from `start`; the place where it stopped.
pub fn minimise(
    start: Vec<f64>,
    iterations: usize,
    tolerance: f64,
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Vec<f64> {
    let size = start.len();
    let mut at = start;
    let mut gradient = vec![0.0; size];
    let mut value = function(&at, &mut gradient);
    let mut pairs: std::collections::VecDeque<(Vec<f64>, Vec<f64>, f64)> = std::collections::VecDeque::new();
    for _ in 0..iterations {
        if gradient.iter().fold(0.0_f64, |most, part| most.max(part.abs())) <= tolerance {
            break;
        }
        let mut direction: Vec<f64> = gradient.iter().map(|part| -part).collect();
        let mut shares = Vec::with_capacity(pairs.len());
        for (step, change, scale) in pairs.iter().rev() {
            let share = dot(step, &direction) * scale;
            direction.iter_mut().zip(change).for_each(|(part, change)| *part -= share * change);
            shares.push(share);
        }
        if let Some((_, change, scale)) = pairs.back() {
            let factor = 1.0 / (scale * dot(change, change));
            direction.iter_mut().for_each(|part| *part *= factor);
        } else {
            let length = dot(&gradient, &gradient).sqrt();
            direction.iter_mut().for_each(|part| *part /= length.max(1.0));
        }
        for ((step, change, scale), share) in pairs.iter().zip(shares.into_iter().rev()) {
            let back = share - dot(change, &direction) * scale;
            direction.iter_mut().zip(step).for_each(|(part, step)| *part += back * step);
        }
        let slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            // Rounding has spoilt the memory.
            if pairs.is_empty() {
                break;
            }
            pairs.clear();
            continue;
        }
        let (mut length, mut next_gradient) = (1.0, vec![0.0; size]);
        let mut moved = None;
        for _ in 0..30 {
            let next: Vec<f64> = at.iter().zip(&direction).map(|(at, part)| at + length * part).collect();
            let next_value = function(&next, &mut next_gradient);
            if next_value <= value + 1e-4 * length * slope {
                moved = Some((next, next_value));
                break;
            }
            length *= 0.5;
        }
        let Some((next, next_value)) = moved else { break };
        let step: Vec<f64> = next.iter().zip(&at).map(|(a, b)| a - b).collect();
        let change: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&step, &change);
        if curvature > 1e-12 * dot(&change, &change) {
            if pairs.len() == MEMORY {
                pairs.pop_front();
            }
            pairs.push_back((step, change, 1.0 / curvature));
        }
        let gain = value - next_value;
        (at, gradient, value) = (next, next_gradient, next_value);
        if gain <= 1e-12 * value.abs().max(1e-300) {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bottom_of_a_narrow_valley() {
        // Rosenbrock's function (1960); its bottom is at (1, 1).
        let found = minimise(vec![-1.2, 1.0], 500, 1e-9, |at, gradient| {
            let (x, y) = (at[0], at[1]);
            gradient[0] = -400.0 * x * (y - x * x) - 2.0 * (1.0 - x);
            gradient[1] = 200.0 * (y - x * x);
            100.0 * (y - x * x).powi(2) + (1.0 - x).powi(2)
        });
        assert!((found[0] - 1.0).abs() < 1e-5 && (found[1] - 1.0).abs() < 1e-5, "{found:?}");
    }
}
