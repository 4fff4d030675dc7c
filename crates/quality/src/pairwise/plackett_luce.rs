//! Plackett-Luce over rankings: P(first, second, ...) = prod_i p_i / (sum of the p still to come).
//!
//! Comparisons are rankings of two; [`rank_all`] takes rankings of any length, ties not allowed. Maximum likelihood to
//! convergence (Hunter, "MM algorithms for generalized Bradley-Terry models", 2004, has the same optimum); the weak
//! prior steps in as in bradley-terry.

use super::{Comparison, Method, Options, Outcome, PairwiseError, Ranking, graph::shape, newton::maximize, prior_for};

pub const METHOD: Method = Method {
    id: "plackett-luce",
    title: "Plackett-Luce",
    paper: "Luce, Individual choice behavior, 1959; Plackett, The analysis of permutations, 1975",
    ties: false,
    run,
};

fn run(items: usize, _: usize, comparisons: &[Comparison], options: &Options) -> Result<Ranking, PairwiseError> {
    let ordered = |one: &Comparison| match one.outcome {
        Outcome::Right => vec![one.right, one.left],
        Outcome::Left | Outcome::Tie => vec![one.left, one.right],
    };
    rank_all(items, &comparisons.iter().map(ordered).collect::<Vec<_>>(), options)
}

/// Rankings, the best first; a ranking may leave items out, and names none twice.
pub fn rank_all(items: usize, rankings: &[Vec<u32>], options: &Options) -> Result<Ranking, PairwiseError> {
    let mut pairs = Vec::new();
    for (index, ranking) in rankings.iter().enumerate() {
        let mut seen = std::collections::BTreeSet::new();
        for item in ranking {
            if *item as usize >= items {
                return Err(PairwiseError::OutOfRange { index, what: "item", number: *item, count: items });
            }
            if !seen.insert(*item) {
                return Err(PairwiseError::Itself { index, item: *item });
            }
        }
        for pair in ranking.windows(2) {
            pairs.push(Comparison { worker: 0, left: pair[0], right: pair[1], outcome: Outcome::Left });
        }
    }
    // Along neighbours in a ranking everything else in it is reached.
    let shape = shape(items, &pairs);
    let prior = prior_for(&shape, options);
    let mut sorted = rankings.to_vec();
    sorted.sort_unstable();
    let top = maximize(vec![0.0; items], options.iterations, options.tolerance, |point| {
        let (mut value, mut slopes) = (0.0, vec![0.0; items]);
        for ranking in &sorted {
            stages(ranking, point, &mut value, &mut slopes);
        }
        for (slope, strength) in slopes.iter_mut().zip(point) {
            value -= 0.5 * prior * strength * strength;
            *slope -= prior * strength;
        }
        (value, slopes)
    });
    let penalty: f64 = top.point.iter().map(|s| 0.5 * prior * s * s).sum();
    let mut found = Ranking {
        log_likelihood: top.value + penalty,
        path: top.path,
        iterations: top.steps,
        converged: top.converged,
        prior,
        shape,
        ..Ranking::default()
    };
    found.set_strengths(top.point);
    Ok(found)
}

fn stages(ranking: &[u32], point: &[f64], value: &mut f64, slopes: &mut [f64]) {
    let most = ranking.iter().map(|item| point[*item as usize]).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = ranking.iter().map(|item| (point[*item as usize] - most).exp()).collect();
    let mut sums = weights.clone();
    for place in (0..sums.len().saturating_sub(1)).rev() {
        sums[place] += sums[place + 1];
    }
    // An item takes part in every stage up to its own.
    let mut inverse = 0.0;
    for (place, item) in ranking.iter().enumerate() {
        if place + 1 < ranking.len() {
            *value += point[*item as usize] - most - sums[place].ln();
            inverse += 1.0 / sums[place];
            slopes[*item as usize] += 1.0;
        }
        slopes[*item as usize] -= weights[place] * inverse;
    }
}
