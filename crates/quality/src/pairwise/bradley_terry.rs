//! Bradley-Terry with ties: P(i beats j) = p_i / (p_i + p_j + v sqrt(p_i p_j)), P(tie) = v sqrt(p_i p_j) / (same)
//! (Davidson 1970); without ties v = 0 and it is the model of 1952.
//!
//! Fitted by maximum likelihood to convergence in log strengths (a popular library stops after two steps, 42 % off).
//! Standard errors are of the log strengths against their mean, from the inverse of the observed information; with a
//! prior it is part of the information. Traps: an item that always wins has no finite strength, and groups that never
//! met cannot be compared; then the weak prior of [`super::WEAK_PRIOR`] steps in and `shape` says so.

use super::{
    Comparison, Method, Options, Outcome, PairwiseError, Ranking,
    graph::shape,
    newton::{inverse, maximize},
    prior_for,
};

pub const METHOD: Method = Method {
    id: "bradley-terry",
    title: "Bradley-Terry, with ties and intervals",
    paper: "Bradley, Terry, Rank analysis of incomplete block designs, 1952; Davidson 1970 (ties)",
    ties: true,
    run,
};

/// Above this many items the information matrix is not inverted, and there are no standard errors.
const MOST_WITH_ERRORS: usize = 2_000;

/// Comparisons of one pair, the lower item first.
struct Pair {
    one: usize,
    other: usize,
    wins: f64,
    losses: f64,
    ties: f64,
}

fn pairs(comparisons: &[Comparison]) -> Vec<Pair> {
    let mut counts = std::collections::BTreeMap::<(u32, u32), [f64; 3]>::new();
    for one in comparisons {
        let turned = one.left > one.right;
        let key = if turned { (one.right, one.left) } else { (one.left, one.right) };
        let place = match (one.outcome, turned) {
            (Outcome::Tie, _) => 2,
            (Outcome::Left, false) | (Outcome::Right, true) => 0,
            (Outcome::Left, true) | (Outcome::Right, false) => 1,
        };
        counts.entry(key).or_default()[place] += 1.0;
    }
    let pair = |((one, other), [wins, losses, ties]): ((u32, u32), [f64; 3])| Pair {
        one: one as usize,
        other: other as usize,
        wins,
        losses,
        ties,
    };
    counts.into_iter().map(pair).collect()
}

/// Chances of a win, a loss and a tie, and the logarithm of the sum they are shares of.
fn chances(difference: f64, log_tie: Option<f64>) -> ([f64; 3], f64) {
    let half = difference / 2.0;
    let mut parts = [half, -half, log_tie.unwrap_or(f64::NEG_INFINITY)];
    let log_sum = crate::numeric::soft_max(&mut parts);
    (parts, log_sum)
}

fn run(items: usize, _: usize, comparisons: &[Comparison], options: &Options) -> Result<Ranking, PairwiseError> {
    let shape = shape(items, comparisons);
    let prior = prior_for(&shape, options);
    let pairs = pairs(comparisons);
    let has_ties = pairs.iter().any(|pair| pair.ties > 0.0);
    let start = vec![0.0; items + usize::from(has_ties)];
    let top = maximize(start, options.iterations, options.tolerance, |point| {
        objective(&pairs, items, has_ties, prior, point)
    });
    let log_tie = has_ties.then(|| top.point[items]);
    let penalty: f64 = top.point.iter().take(items).map(|s| 0.5 * prior * s * s).sum();
    let mut found = Ranking {
        tie_strength: log_tie.map(f64::exp),
        log_likelihood: top.value + penalty,
        standard_errors: standard_errors(&pairs, items, prior, &top.point, log_tie),
        path: top.path,
        iterations: top.steps,
        converged: top.converged,
        prior,
        shape,
        ..Ranking::default()
    };
    found.set_strengths(top.point[..items].to_vec());
    Ok(found)
}

fn objective(pairs: &[Pair], items: usize, has_ties: bool, prior: f64, point: &[f64]) -> (f64, Vec<f64>) {
    // Only ties on every pair would drive the tie strength to infinity: a prior of the same weight holds it.
    let log_tie = has_ties.then(|| point[items]);
    let (mut value, mut slopes) = (0.0, vec![0.0; point.len()]);
    for pair in pairs {
        let difference = point[pair.one] - point[pair.other];
        let (chance, log_sum) = chances(difference, log_tie);
        let all = pair.wins + pair.losses + pair.ties;
        value += (pair.wins - pair.losses) * difference / 2.0 - all * log_sum;
        let slope = (pair.wins - pair.losses - all * (chance[0] - chance[1])) / 2.0;
        slopes[pair.one] += slope;
        slopes[pair.other] -= slope;
        if let Some(tie) = log_tie {
            value += pair.ties * tie;
            slopes[items] += pair.ties - all * chance[2];
        }
    }
    for (slope, strength) in slopes.iter_mut().zip(point).take(items) {
        value -= 0.5 * prior * strength * strength;
        *slope -= prior * strength;
    }
    if let Some(tie) = log_tie.filter(|_| pairs.iter().all(|pair| pair.wins + pair.losses == 0.0)) {
        value -= 0.5 * super::WEAK_PRIOR * tie * tie;
        slopes[items] -= super::WEAK_PRIOR * tie;
    }
    (value, slopes)
}

/// The data does not tell the strengths' mean: the information is filled there (adding 1 / n), inverted, and the fill
/// taken out again by the contrast.
fn standard_errors(pairs: &[Pair], items: usize, prior: f64, point: &[f64], log_tie: Option<f64>) -> Vec<f64> {
    if items == 0 || items > MOST_WITH_ERRORS {
        return Vec::new();
    }
    let size = items + usize::from(log_tie.is_some());
    let mut information = vec![0.0; size * size];
    for pair in pairs {
        let (c, _) = chances(point[pair.one] - point[pair.other], log_tie);
        let all = pair.wins + pair.losses + pair.ties;
        let (i, j) = (pair.one, pair.other);
        let own = all * (c[0] + c[1] - (c[0] - c[1]).powi(2)) / 4.0;
        information[i * size + i] += own;
        information[j * size + j] += own;
        information[i * size + j] -= own;
        information[j * size + i] -= own;
        if log_tie.is_some() {
            let cross = -all * (c[0] - c[1]) * c[2] / 2.0;
            for (item, sign) in [(i, 1.0), (j, -1.0)] {
                information[item * size + items] += sign * cross;
                information[items * size + item] += sign * cross;
            }
            information[items * size + items] += all * c[2] * (1.0 - c[2]);
        }
    }
    for item in 0..items {
        information[item * size + item] += prior;
        for other in 0..items {
            information[item * size + other] += 1.0 / items as f64;
        }
    }
    let Some(covariance) = inverse(&information, size) else { return Vec::new() };
    let row_mean = |i: usize| (0..items).map(|j| covariance[i * size + j]).sum::<f64>() / items as f64;
    let rows: Vec<f64> = (0..items).map(row_mean).collect();
    let all = rows.iter().sum::<f64>() / items as f64;
    (0..items).map(|i| (covariance[i * size + i] - 2.0 * rows[i] + all).max(0.0).sqrt()).collect()
}
