//! A labeler over time: tiring within a session (a trend), or changed from some day on (a break).
//!
//! Trend: logistic regression of right or wrong on the place in the sequence (0 to 1), with its standard error and a
//! two-sided Wald p-value; a weak prior N(0, 100) on both numbers keeps them finite when all answers are right. Break:
//! the split with the greatest Bernoulli likelihood ratio, its p-value by seeded permutations, since the best of many
//! splits is no plain test.

use crate::statistics::intervals::two_sided;
use crate::{numeric::sigmoid, statistics::random::Random};
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Trend {
    /// Change of the log odds of being right from the first answer to the last; below 0 is fatigue.
    pub slope: f64,
    pub standard_error: f64,
    pub p_value: f64,
    /// Fitted chance of being right at the start and at the end.
    pub start: f64,
    pub end: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Break {
    /// The first answer after the change.
    pub at: usize,
    pub before: f64,
    pub after: f64,
    pub p_value: f64,
}

const PRIOR: f64 = 0.01;

/// None for fewer than three answers.
pub fn trend(right: &[bool]) -> Option<Trend> {
    if right.len() < 3 {
        return None;
    }
    let place = |index: usize| index as f64 / (right.len() - 1) as f64 - 0.5;
    let (mut base, mut slope) = (0.0_f64, 0.0_f64);
    let mut information = [0.0; 3];
    for _ in 0..100 {
        let (mut by_base, mut by_slope) = (-PRIOR * base, -PRIOR * slope);
        information = [PRIOR, 0.0, PRIOR];
        for (index, right) in right.iter().enumerate() {
            let x = place(index);
            let p = sigmoid(base + slope * x);
            let rest = f64::from(u8::from(*right)) - p;
            by_base += rest;
            by_slope += rest * x;
            let weight = p * (1.0 - p);
            information[0] += weight;
            information[1] += weight * x;
            information[2] += weight * x * x;
        }
        let [a, b, c] = information;
        let determinant = a * c - b * b;
        let step = ((c * by_base - b * by_slope) / determinant, (a * by_slope - b * by_base) / determinant);
        // Newton's step, no longer than 2: the likelihood is concave, but flat far out.
        let scale = (2.0 / step.0.abs().max(step.1.abs()).max(1e-300)).min(1.0);
        base += scale * step.0;
        slope += scale * step.1;
        if step.0.abs().max(step.1.abs()) < 1e-12 {
            break;
        }
    }
    let [a, b, c] = information;
    let standard_error = (a / (a * c - b * b)).sqrt();
    Some(Trend {
        slope,
        standard_error,
        p_value: two_sided(slope / standard_error),
        start: sigmoid(base - slope / 2.0),
        end: sigmoid(base + slope / 2.0),
    })
}

/// None if there are fewer than `2 x shortest` answers, or all are alike. `shortest` answers at least on each side.
pub fn best_break(right: &[bool], shortest: usize, permutations: usize, seed: u64) -> Option<Break> {
    let shortest = shortest.max(1);
    let all = right.iter().filter(|right| **right).count();
    if right.len() < 2 * shortest || all == 0 || all == right.len() {
        return None;
    }
    let (at, ratio) = split(right, shortest);
    let mut random = Random::new(seed);
    let mut shuffled = right.to_vec();
    let mut extreme = 0;
    for _ in 0..permutations {
        for place in (1..shuffled.len()).rev() {
            shuffled.swap(place, random.below(place + 1));
        }
        extreme += usize::from(split(&shuffled, shortest).1 >= ratio - 1e-12);
    }
    let share = |part: &[bool]| part.iter().filter(|right| **right).count() as f64 / part.len() as f64;
    Some(Break {
        at,
        before: share(&right[..at]),
        after: share(&right[at..]),
        p_value: (1 + extreme) as f64 / (1 + permutations) as f64,
    })
}

/// The best split and the log-likelihood it has above one share for all, but for what all splits have in common.
fn split(right: &[bool], shortest: usize) -> (usize, f64) {
    let all = right.iter().filter(|right| **right).count() as f64;
    let n = right.len();
    let likelihood = |k: f64, n: f64| {
        let part = |k: f64| if k > 0.0 { k * (k / n).ln() } else { 0.0 };
        part(k) + part(n - k)
    };
    let (mut best, mut before) = ((shortest, f64::NEG_INFINITY), 0.0);
    for (index, right) in right.iter().enumerate() {
        if index >= shortest && index + shortest <= n {
            let value = likelihood(before, index as f64) + likelihood(all - before, (n - index) as f64);
            if value > best.1 {
                best = (index, value);
            }
        }
        before += f64::from(u8::from(*right));
    }
    best
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn answers(n: usize, seed: u64, chance: impl Fn(f64) -> f64) -> Vec<bool> {
        let mut random = Random::new(seed);
        (0..n).map(|index| random.unit() < chance(index as f64 / n as f64)).collect()
    }

    #[test]
    fn fatigue_is_a_falling_trend() {
        let tired = trend(&answers(400, 1, |x| 0.95 - 0.4 * x)).unwrap();
        assert!(tired.slope < -1.0 && tired.p_value < 1e-4, "{tired:?}");
        assert!(tired.start > 0.85 && tired.end < 0.7);
        let steady: Vec<f64> = (0..40).map(|seed| trend(&answers(200, seed + 10, |_| 0.85)).unwrap().p_value).collect();
        let alarms = steady.iter().filter(|p| **p < 0.05).count();
        assert!(alarms <= 6, "{alarms}");
        let perfect = trend(&[true; 50]).unwrap();
        assert!(perfect.slope.abs() < 1e-6 && perfect.standard_error.is_finite() && perfect.p_value > 0.9);
        assert_eq!(trend(&[true, false]), None);
    }

    #[test]
    fn a_break_is_found_where_it_is() {
        let right = answers(300, 3, |x| if x < 0.6 { 0.95 } else { 0.6 });
        let found = best_break(&right, 10, 499, 1).unwrap();
        assert!(found.at.abs_diff(180) < 15 && found.p_value < 0.01, "{found:?}");
        assert!(found.before > found.after + 0.2);
        let steady = |seed: u64| best_break(&answers(300, seed, |_| 0.8), 10, 199, 1).unwrap().p_value;
        let alarms = (100..160).filter(|seed| steady(*seed) < 0.05).count();
        assert!(alarms <= 7, "{alarms} of 60");
        assert_eq!(best_break(&[true; 30], 5, 99, 1), None);
    }
}
