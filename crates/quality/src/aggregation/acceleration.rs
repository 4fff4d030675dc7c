//! SQUAREM: R. Varadhan, C. Roland, "Simple and globally convergent methods for accelerating the convergence of any EM
//! algorithm" (2008), scheme S3.
//!
//! From two EM steps x0 -> x1 -> x2, with r = x1 - x0 and v = (x2 - x1) - r, it tries x0 - 2 a r + a^2 v,
//! a = -|r| / |v|. The try must not lower the objective, else the plain step stands; so the fixed points are those of
//! EM, and what it accepts is one of them. Which one: a likelihood has several, and a long jump may reach another basin
//! than the one that EM walks into. Hence tries begin when EM has settled, and their length may grow only by and by.

/// What one EM step gives: the next parameters and the objective *of the parameters it started from*.
pub struct Step {
    pub next: Vec<f64>,
    pub objective: f64,
}

#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub steps: usize,
    pub tolerance: f64,
    pub accelerate: bool,
}

pub struct Fit {
    pub parameters: Vec<f64>,
    pub path: Vec<f64>,
    pub steps: usize,
    pub converged: bool,
}

/// No try before a plain step changes every parameter by less: far from a fixed point a jump changes basins.
const SETTLED: f64 = 0.001;
/// By how much the largest length of a jump grows when it was reached.
const GROWTH: f64 = 4.0;
/// What a sum over many tasks may lose by rounding, as a part of it: smaller falls of the objective are none, and near
/// the end all differences are so small.
const ROUNDING: f64 = 1e-13;

/// Repeats `step` until no parameter changes by more than the tolerance in a plain step. `repair` brings tried
/// parameters back into their domain, given the last plain ones.
pub fn fixed_point(
    start: Vec<f64>,
    limits: Limits,
    mut step: impl FnMut(&[f64]) -> Step,
    repair: impl Fn(&mut [f64], &[f64]),
) -> Fit {
    let mut fit = Fit { parameters: start, path: Vec::new(), steps: 0, converged: false };
    let mut longest = 1.0_f64;
    while fit.steps < limits.steps {
        let first = step(&fit.parameters);
        fit.steps += 1;
        fit.path.push(first.objective);
        let change = largest_change(&fit.parameters, &first.next);
        if change <= limits.tolerance {
            fit.parameters = first.next;
            fit.converged = true;
            break;
        }
        if !limits.accelerate || change > SETTLED || fit.steps + 2 > limits.steps {
            fit.parameters = first.next;
            continue;
        }
        let second = step(&first.next);
        fit.steps += 1;
        fit.path.push(second.objective);
        let (mut r2, mut v2) = (0.0, 0.0);
        for ((x0, x1), x2) in fit.parameters.iter().zip(&first.next).zip(&second.next) {
            let r = x1 - x0;
            let v = (x2 - x1) - r;
            r2 += r * r;
            v2 += v * v;
        }
        let wanted: f64 = if v2 > 0.0 { (r2 / v2).sqrt() } else { 1.0 };
        let a = -wanted.min(longest);
        if wanted >= longest {
            longest *= GROWTH;
        }
        if a >= -1.0 {
            fit.parameters = second.next;
            continue;
        }
        let mut tried: Vec<f64> = fit
            .parameters
            .iter()
            .zip(&first.next)
            .zip(&second.next)
            .map(|((x0, x1), x2)| {
                let r = x1 - x0;
                x0 - 2.0 * a * r + a * a * ((x2 - x1) - r)
            })
            .collect();
        repair(&mut tried, &second.next);
        let third = step(&tried);
        fit.steps += 1;
        let least = second.objective - ROUNDING * second.objective.abs();
        if third.objective >= least && third.objective.is_finite() {
            fit.path.push(third.objective);
            // The step from the tried point is itself a plain one: it may be the last.
            fit.converged = largest_change(&tried, &third.next) <= limits.tolerance;
            fit.parameters = third.next;
            if fit.converged {
                break;
            }
        } else {
            longest = 1.0_f64.max(longest / GROWTH);
            fit.parameters = second.next;
        }
    }
    fit
}

fn largest_change(before: &[f64], after: &[f64]) -> f64 {
    before.iter().zip(after).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}
