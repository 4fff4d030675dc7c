//! Comparisons by workers who err.
//!
//! crowd-bt: worker w chooses the item that a Bradley-Terry comparison makes the winner with probability h_w, else the
//! other: P(i) = h P(i beats j) + (1 - h) P(j beats i). noisy-bradley-terry: with probability s_w the worker compares,
//! else takes the left one with an own bias b_w: P(left) = s P(left beats right) + (1 - s) b. Priors, in force always:
//! N(0, 1 / prior) on log strengths (prior 0.1 unless given), N(1, 1 / worker_prior) on the skills' log odds,
//! N(0, 1 / worker_prior) on the biases'. Slopes are tested against finite differences (a popular library's are wrong
//! in half of the places).

use super::{Comparison, Method, Options, Outcome, PairwiseError, Ranking, graph::shape, newton::maximize};
use crate::numeric::sigmoid;

pub const NOISY: Method = Method {
    id: "noisy-bradley-terry",
    title: "Bradley-Terry with workers who guess, with a side they prefer",
    paper: "Toloka Crowd-Kit, NoisyBradleyTerry, 2021, after Chen et al. 2013",
    ties: false,
    run: run_noisy,
};

pub const CROWD: Method = Method {
    id: "crowd-bt",
    title: "Bradley-Terry with workers who invert",
    paper: "Chen, Bennett, Collins-Thompson, Horvitz, Pairwise ranking aggregation in a crowdsourced setting, 2013",
    ties: false,
    run: run_crowd,
};

const STRENGTH_PRIOR: f64 = 0.1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Noisy,
    Crowd,
}

pub(super) struct Model<'a> {
    pub kind: Kind,
    pub items: usize,
    pub workers: usize,
    pub comparisons: &'a [Comparison],
    pub prior: f64,
    pub worker_prior: f64,
}

fn run_noisy(items: usize, workers: usize, all: &[Comparison], options: &Options) -> Result<Ranking, PairwiseError> {
    Ok(run(Kind::Noisy, items, workers, all, options))
}

fn run_crowd(items: usize, workers: usize, all: &[Comparison], options: &Options) -> Result<Ranking, PairwiseError> {
    Ok(run(Kind::Crowd, items, workers, all, options))
}

fn run(kind: Kind, items: usize, workers: usize, comparisons: &[Comparison], options: &Options) -> Ranking {
    let prior = if options.prior > 0.0 { options.prior } else { STRENGTH_PRIOR };
    let model = Model { kind, items, workers, comparisons, prior, worker_prior: options.worker_prior };
    let mut start = vec![0.0; items + workers * if kind == Kind::Noisy { 2 } else { 1 }];
    start[items..items + workers].fill(1.0);
    let top = maximize(start, options.iterations, options.tolerance, |point| model.objective(point));
    let mut found = Ranking {
        skills: top.point[items..items + workers].iter().map(|odds| sigmoid(*odds)).collect(),
        log_likelihood: top.value,
        path: top.path,
        iterations: top.steps,
        converged: top.converged,
        prior,
        shape: shape(items, comparisons),
        ..Ranking::default()
    };
    found.set_strengths(top.point[..items].to_vec());
    found
}

impl Model<'_> {
    /// The log posterior up to a constant, and its slopes: strengths, skills, then (noisy) biases.
    pub fn objective(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let (mut value, mut slopes) = (0.0, vec![0.0; point.len()]);
        for one in self.comparisons {
            let (left, right) = (one.left as usize, one.right as usize);
            let place = self.items + one.worker as usize;
            let better = sigmoid(point[left] - point[right]);
            let skill = sigmoid(point[place]);
            let (bias_place, bias) = match self.kind {
                Kind::Noisy => (Some(place + self.workers), sigmoid(point[place + self.workers])),
                Kind::Crowd => (None, 1.0 - better),
            };
            let chose_left = skill * better + (1.0 - skill) * bias;
            let (chance, sign) = match one.outcome {
                Outcome::Right => (1.0 - chose_left, -1.0),
                Outcome::Left | Outcome::Tie => (chose_left, 1.0),
            };
            let chance = chance.max(1e-300);
            value += chance.ln();
            let outer = sign / chance;
            let share = match self.kind {
                Kind::Noisy => skill,
                Kind::Crowd => 2.0 * skill - 1.0,
            };
            let by_strength = share * better * (1.0 - better);
            slopes[left] += outer * by_strength;
            slopes[right] -= outer * by_strength;
            slopes[place] += outer * (better - bias) * skill * (1.0 - skill);
            if let Some(bias_place) = bias_place {
                slopes[bias_place] += outer * (1.0 - skill) * bias * (1.0 - bias);
            }
        }
        for (index, (slope, x)) in slopes.iter_mut().zip(point).enumerate() {
            let (precision, mean) = if index < self.items {
                (self.prior, 0.0)
            } else {
                (self.worker_prior, if index < self.items + self.workers { 1.0 } else { 0.0 })
            };
            value -= 0.5 * precision * (x - mean) * (x - mean);
            *slope -= precision * (x - mean);
        }
        (value, slopes)
    }
}
