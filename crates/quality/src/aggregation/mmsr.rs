//! M-MSR: worker skills as the rank-one factor of the workers' agreement matrix, robust against workers who lie, then
//! a vote weighted by log odds.
//!
//! C(i, j) = K / (K - 1) x (share of common tasks on which i and j agree) - 1 / (K - 1) ~ s_i s_j. Alternating means of
//! |C(i, j)| / u_j without the F largest and smallest (F from the sparsest row), to a fixed point; then signs.
//! Differences from the authors' code, stated: the start is 1/2 everywhere and not random; signs are
//! those of the leading eigenvector of C, found from a start in which everybody is honest.
//! The matrix is dense: workers x workers.

use super::{Aggregation, AggregationError, Method, Options, Picker, Votes};

pub const METHOD: Method = Method {
    id: "mmsr",
    title: "M-MSR: robust rank-one agreement",
    paper: "Ma, Olshevsky, Adversarial crowdsourcing through robust rank-one matrix completion, 2020",
    uses_gold: false,
    run,
};

const STEPS: usize = 10_000;
const MOST_WORKERS: usize = 5_000;

/// Scaled agreement of two workers, and on how many common tasks it rests.
struct Agreement {
    workers: usize,
    value: Vec<f64>,
    common: Vec<u32>,
}

fn run(votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    let (workers, classes) = (votes.workers(), votes.classes() as f64);
    if workers > MOST_WORKERS {
        let (count, limit) = (workers * workers, MOST_WORKERS * MOST_WORKERS);
        return Err(AggregationError::TooLarge { method: METHOD.id, what: "workers x workers", count, limit });
    }
    let matrix = agreement(votes);
    let (sizes, steps, converged) = factor(&matrix, votes.tasks(), options);
    let signs = signs(&matrix);
    let margin = 1.0 / (votes.tasks().max(1) as f64).sqrt();
    let least = -1.0 / (classes - 1.0).max(1.0) + margin;
    let (mut skills, mut weights) = (Vec::new(), Vec::new());
    for worker in 0..workers {
        let s = (sizes[worker] * signs[worker]).min(1.0 - margin).max(least.min(1.0 - margin));
        let right = (s * (classes - 1.0) / classes + 1.0 / classes).clamp(1e-10, 1.0 - 1e-10);
        skills.push(right);
        weights.push((right * (classes - 1.0).max(1.0) / (1.0 - right)).ln());
    }
    // Weights may be negative: not the vote of majority.rs, which sums shares.
    let picker = Picker::new(votes, options);
    let mut found = Aggregation {
        skills,
        skill: "probability that the worker is right",
        iterations: steps,
        converged,
        ..Aggregation::default()
    };
    let mut scores = vec![0.0; votes.classes()];
    for task in 0..votes.tasks() {
        scores.fill(0.0);
        for cell in votes.of_task(task) {
            scores[votes.label(*cell)] += weights[votes.worker(*cell)];
        }
        if votes.of_task(task).is_empty() {
            found.labels.push(super::NONE);
        } else {
            let (label, tied) = picker.pick(task, &scores);
            found.labels.push(label);
            found.ties += usize::from(tied);
        }
        crate::numeric::soft_max(&mut scores);
        found.probabilities.extend_from_slice(&scores);
    }
    Ok(found)
}

fn agreement(votes: &Votes) -> Agreement {
    let (workers, classes) = (votes.workers(), votes.classes() as f64);
    let (mut same, mut common) = (vec![0_u32; workers * workers], vec![0_u32; workers * workers]);
    for task in 0..votes.tasks() {
        let own = votes.of_task(task);
        for one in own {
            for other in own {
                let (i, j) = (votes.worker(*one), votes.worker(*other));
                if i != j {
                    common[i * workers + j] += 1;
                    same[i * workers + j] += u32::from(votes.label(*one) == votes.label(*other));
                }
            }
        }
    }
    let others = (classes - 1.0).max(1.0);
    let scaled = |(same, common): (&u32, &u32)| match common {
        0 => 0.0,
        _ => classes / others * f64::from(*same) / f64::from(*common) - 1.0 / others,
    };
    let value = same.iter().zip(&common).map(scaled).collect();
    Agreement { workers, value, common }
}

/// |C| ~ u v', with extremes left out; then both on one scale.
fn factor(matrix: &Agreement, tasks: usize, options: &Options) -> (Vec<f64>, usize, bool) {
    let workers = matrix.workers;
    let partners = |i: usize| matrix.common[i * workers..][..workers].iter().filter(|n| **n > 0).count();
    let sparsest = (0..workers).map(partners).min().unwrap_or(0);
    let cut = (sparsest / 2).saturating_sub(1);
    let least = 1.0 / (tasks.max(1) as f64).sqrt();
    let (mut u, mut v) = (vec![0.5; workers], vec![0.5; workers]);
    let mut ratios: Vec<f64> = Vec::with_capacity(workers);
    let mut update = |from: &[f64], to: &mut [f64]| {
        let mut change = 0.0_f64;
        for (i, place) in to.iter_mut().enumerate() {
            ratios.clear();
            for (j, factor) in from.iter().enumerate() {
                if matrix.common[i * workers + j] > 0 && *factor > 1e-300 {
                    ratios.push(matrix.value[i * workers + j].abs() / factor);
                }
            }
            if let Some(mean) = trimmed_mean(&mut ratios, cut, *place) {
                let mean = if mean == 0.0 { least } else { mean };
                change = change.max((mean - *place).abs());
                *place = mean;
            }
        }
        change
    };
    let (mut steps, mut converged) = (0, false);
    while steps < options.iterations.unwrap_or(STEPS) && !converged {
        steps += 1;
        let change = update(&u, &mut v).max(update(&v, &mut u));
        converged = change <= options.tolerance.max(1e-10);
    }
    let length = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let scale = (length(&u) / length(&v)).sqrt();
    let scale = if scale.is_finite() && scale > 0.0 { scale } else { 1.0 };
    (u.iter().map(|u| u / scale).collect(), steps, converged)
}

/// Leaves out the `cut` smallest that are below `current` and the `cut` largest above it, or all on a side with fewer.
fn trimmed_mean(values: &mut [f64], cut: usize, current: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let below = values.iter().filter(|value| **value < current).count().min(cut);
    let above = values.iter().filter(|value| **value > current).count().min(cut);
    let kept = values.get(below..values.len() - above)?;
    (!kept.is_empty()).then(|| kept.iter().sum::<f64>() / kept.len() as f64)
}

/// Signs of the leading eigenvector of C weighted by the square root of common tasks, by power iteration from all ones:
/// most workers are taken to be honest, and no worker's number matters.
fn signs(matrix: &Agreement) -> Vec<f64> {
    const ROUNDS: usize = 300;
    let workers = matrix.workers;
    let weights: Vec<f64> =
        matrix.value.iter().zip(&matrix.common).map(|(value, common)| value * f64::from(*common).sqrt()).collect();
    let row = |i: usize| &weights[i * workers..][..workers];
    // Added to the diagonal, so that no eigenvalue below zero can take the lead.
    let shift = (0..workers).map(|i| row(i).iter().map(|w| w.abs()).sum::<f64>()).fold(0.0, f64::max);
    let mut vector = vec![1.0; workers];
    for _ in 0..ROUNDS {
        let product = |i: usize| row(i).iter().zip(&vector).map(|(w, x)| w * x).sum::<f64>() + shift * vector[i];
        let mut next: Vec<f64> = (0..workers).map(product).collect();
        let most = next.iter().map(|x| x.abs()).fold(0.0, f64::max);
        if most > 0.0 {
            next.iter_mut().for_each(|x| *x /= most);
            vector = next;
        }
    }
    vector.into_iter().map(|x| if x < 0.0 { -1.0 } else { 1.0 }).collect()
}
