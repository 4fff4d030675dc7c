//! Ordered classes: a worker's votes fall off with the distance from the true class, P(l | k) ~ exp(-d_w |l - k|), one
//! sharpness d_w a worker; EM. The label is the posterior's median, which has the least expected distance.
//!
//! After Mallows' model for rankings applied to ratings. Classes are ordered by their numbers. The M step solves
//! sum of distances = expected sum of distances, decreasing in d. Trap: a worker who always agrees has no finite
//! sharpness; it is held at 20.

use super::{Aggregation, AggregationError, Method, NONE, Options, Votes, gold_of, room};
use crate::numeric::soft_max;

pub const METHOD: Method = Method {
    id: "ordinal",
    title: "Ordered classes, one sharpness a worker",
    paper: "Mallows, Non-null ranking models, 1957 (distance model, for ratings)",
    uses_gold: true,
    run,
};

const STEPS: usize = 1_000;
const SHARPEST: f64 = 20.0;

/// ln sum_l exp(-d |l - k|), and the mean distance under it.
fn normal(classes: usize, class: usize, sharpness: f64) -> (f64, f64) {
    let (mut sum, mut distance) = (0.0, 0.0);
    for label in 0..classes {
        let far = label.abs_diff(class) as f64;
        let weight = (-sharpness * far).exp();
        sum += weight;
        distance += weight * far;
    }
    (sum.ln(), distance / sum)
}

fn run(votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    let (tasks, classes) = (votes.tasks(), votes.classes());
    let gold = gold_of(votes, options)?;
    let mut table = room(METHOD.id, "a probability for each task and class", tasks, classes)?;
    let mut of_class = room(METHOD.id, "a number for each worker and class", votes.workers(), classes)?;
    let mut norms = of_class.clone();
    let mut sharpness = vec![1.0; votes.workers()];
    let mut prior = vec![1.0 / classes.max(1) as f64; classes];
    let (mut path, mut steps, mut converged) = (Vec::new(), 0, false);
    let limit = options.iterations.unwrap_or(STEPS);
    loop {
        for (worker, norms) in norms.chunks_exact_mut(classes.max(1)).enumerate() {
            norms.iter_mut().enumerate().for_each(|(class, norm)| *norm = normal(classes, class, sharpness[worker]).0);
        }
        let mut objective = 0.0;
        for (task, scores) in table.chunks_exact_mut(classes.max(1)).enumerate() {
            objective += posterior(votes, &gold, &sharpness, &norms, &prior, task, scores);
        }
        path.push(objective);
        if converged || steps >= limit {
            break;
        }
        steps += 1;
        // Expected votes of each worker by true class, and their summed distance.
        of_class.fill(0.0);
        let mut distances = vec![0.0; votes.workers()];
        let mut mass = vec![0.0; classes];
        for (task, scores) in table.chunks_exact(classes.max(1)).enumerate() {
            if votes.of_task(task).is_empty() && gold[task] == NONE {
                continue;
            }
            mass.iter_mut().zip(scores).for_each(|(mass, p)| *mass += p);
            for cell in votes.of_task(task) {
                let (worker, label) = (votes.worker(*cell), votes.label(*cell));
                for (class, p) in scores.iter().enumerate() {
                    of_class[worker * classes + class] += p;
                    distances[worker] += p * label.abs_diff(class) as f64;
                }
            }
        }
        let total: f64 = mass.iter().sum();
        let new_prior: Vec<f64> =
            mass.iter().map(|mass| if total > 0.0 { mass / total } else { 1.0 / classes as f64 }).collect();
        let new: Vec<f64> = distances
            .iter()
            .zip(of_class.chunks_exact(classes.max(1)))
            .map(|(distance, counts)| solve(*distance, counts))
            .collect();
        let change = new.iter().zip(&sharpness).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let change = new_prior.iter().zip(&prior).map(|(a, b)| (a - b).abs()).fold(change, f64::max);
        converged = change <= options.tolerance.max(1e-8);
        (sharpness, prior) = (new, new_prior);
    }
    let mut found = Aggregation {
        skill: "sharpness: each step away from the truth is e^sharpness times rarer",
        objective: "log likelihood",
        skills: sharpness,
        class_prior: Some(prior),
        path,
        iterations: steps,
        converged,
        ..Aggregation::default()
    };
    for (task, scores) in table.chunks_exact(classes.max(1)).enumerate() {
        if votes.of_task(task).is_empty() && gold[task] == NONE {
            found.labels.push(NONE);
            continue;
        }
        let (label, tied) = median(scores);
        found.labels.push(label as u32);
        found.ties += usize::from(tied);
    }
    found.probabilities = table;
    Ok(found)
}

fn posterior(
    votes: &Votes,
    gold: &[u32],
    sharp: &[f64],
    norms: &[f64],
    prior: &[f64],
    task: usize,
    scores: &mut [f64],
) -> f64 {
    let classes = scores.len();
    scores.iter_mut().zip(prior).for_each(|(score, p)| *score = p.max(1e-10).ln());
    for cell in votes.of_task(task) {
        let (worker, label) = (votes.worker(*cell), votes.label(*cell));
        for (class, score) in scores.iter_mut().enumerate() {
            *score -= sharp[worker] * label.abs_diff(class) as f64 + norms[worker * classes + class];
        }
    }
    match gold[task] {
        NONE if votes.of_task(task).is_empty() => {
            soft_max(scores);
            0.0
        }
        NONE => soft_max(scores),
        known => {
            let likelihood = scores[known as usize];
            scores.fill(0.0);
            scores[known as usize] = 1.0;
            likelihood
        }
    }
}

/// The sharpness at which the expected distance is what was seen, by halving.
fn solve(distance: f64, counts: &[f64]) -> f64 {
    let expected =
        |d: f64| -> f64 { counts.iter().enumerate().map(|(class, n)| n * normal(counts.len(), class, d).1).sum() };
    if counts.iter().sum::<f64>() == 0.0 || expected(0.0) <= distance {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, SHARPEST);
    if expected(high) > distance {
        return high;
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if expected(middle) > distance { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The lowest class with at least half of the mass at or below it; a tie if exactly half is.
fn median(scores: &[f64]) -> (usize, bool) {
    let mut sum = 0.0;
    for (class, p) in scores.iter().enumerate() {
        sum += p;
        if sum >= 0.5 - 1e-9 {
            return (class, (sum - 0.5).abs() <= 1e-9);
        }
    }
    (scores.len().saturating_sub(1), false)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::aggregate;
    use super::*;

    #[test]
    fn the_expected_distance_is_met() {
        let counts = [3.0, 5.0, 2.0, 1.0];
        let d = solve(4.0, &counts);
        let expected: f64 = counts.iter().enumerate().map(|(k, n)| n * normal(4, k, d).1).sum();
        assert!((expected - 4.0).abs() < 1e-9);
        assert_eq!((solve(0.0, &counts), solve(1e9, &counts)), (SHARPEST, 0.0));
    }

    /// One vote for 0 and one for 4 with a sharp one for 2 between: plain majority ties, the order decides.
    #[test]
    fn votes_on_both_sides_meet_in_the_middle() {
        let mut rows = vec![(0, 0, 1), (0, 1, 3), (0, 2, 2)];
        for task in 1..60 {
            let class: u32 = task % 5;
            rows.extend([
                (task, 0, (class + task / 5 % 2).min(4)),
                (task, 1, class.saturating_sub(task / 5 % 2)),
                (task, 2, class),
            ]);
        }
        let votes = Votes::new(60, 3, 5, &rows).unwrap();
        let found = aggregate("ordinal", &votes, &Options::default()).unwrap();
        assert!(found.converged);
        assert_eq!(found.labels[0], 2);
        assert!(found.skills[2] > found.skills[0] && found.skills[2] > found.skills[1], "{:?}", found.skills);
        assert!(found.path.windows(2).all(|pair| pair[1] >= pair[0] - 1e-9));
    }
}
