//! Scores of items out of comparisons of two: who won, by whose judgment.
//!
//! All models are fitted to convergence, with a stated weak prior where the maximum likelihood does not exist (an item
//! that wins always or never, or groups that never met): each item's log strength is N(0, 1 / prior). The result says
//! whether the comparisons connect all items and whether the maximum likelihood exists without a prior.

pub mod bradley_terry;
pub mod crowd_bt;
pub mod elo;
pub mod graph;
pub mod newton;
pub mod plackett_luce;

use graph::Shape;

/// One judgment: two items, and who won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Comparison {
    pub worker: u32,
    pub left: u32,
    pub right: u32,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Left,
    Right,
    Tie,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PairwiseError {
    #[error("no pairwise method is named {0:?}")]
    UnknownMethod(String),
    #[error("comparison {index} names {what} {number}, but there are only {count}")]
    OutOfRange { index: usize, what: &'static str, number: u32, count: usize },
    #[error("comparison {index} is of item {item} with itself")]
    Itself { index: usize, item: u32 },
    #[error("{method} has no ties, and comparison {index} is one; take bradley-terry")]
    NoTies { method: &'static str, index: usize },
    #[error("{0}")]
    BadOption(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Precision of the normal prior on each log strength. 0 is the maximum likelihood where it exists.
    pub prior: f64,
    pub iterations: usize,
    /// Greatest slope of the objective that counts as none.
    pub tolerance: f64,
    /// Precision of the prior on workers' skills and biases, for the worker models.
    pub worker_prior: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { prior: 0.0, iterations: 1_000, tolerance: 1e-9, worker_prior: 1.0 }
    }
}

/// The prior that steps in where there is no maximum likelihood.
pub const WEAK_PRIOR: f64 = 0.01;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// Log strength of each item; their mean is 0.
    pub log_strengths: Vec<f64>,
    /// Strengths that sum to 1: the chance to be the best of all (Luce's choice axiom).
    pub scores: Vec<f64>,
    /// Standard errors of the log strengths against their mean, from the observed information. Empty where the model
    /// gives none.
    pub standard_errors: Vec<f64>,
    /// The tie parameter of Davidson's model.
    pub tie_strength: Option<f64>,
    /// One number a worker: probability of a judgment by the items' strengths. Empty without worker models.
    pub skills: Vec<f64>,
    pub log_likelihood: f64,
    pub path: Vec<f64>,
    pub iterations: usize,
    pub converged: bool,
    /// The prior that was in force.
    pub prior: f64,
    pub shape: Shape,
}

impl Ranking {
    /// 95 % intervals of the log strengths; empty without standard errors.
    pub fn intervals(&self) -> Vec<(f64, f64)> {
        let z = 1.959_963_984_540_054;
        self.log_strengths.iter().zip(&self.standard_errors).map(|(s, e)| (s - z * e, s + z * e)).collect()
    }

    pub(crate) fn set_strengths(&mut self, mut log: Vec<f64>) {
        let mean = log.iter().sum::<f64>() / log.len().max(1) as f64;
        log.iter_mut().for_each(|value| *value -= mean);
        self.scores = log.clone();
        if !log.is_empty() {
            crate::numeric::soft_max(&mut self.scores);
        }
        self.log_strengths = log;
    }
}

type Run = fn(usize, usize, &[Comparison], &Options) -> Result<Ranking, PairwiseError>;

pub struct Method {
    pub id: &'static str,
    pub title: &'static str,
    pub paper: &'static str,
    pub ties: bool,
    pub run: Run,
}

pub const METHODS: &[&Method] =
    &[&bradley_terry::METHOD, &crowd_bt::NOISY, &crowd_bt::CROWD, &plackett_luce::METHOD, &elo::METHOD];

pub fn method(id: &str) -> Result<&'static Method, PairwiseError> {
    METHODS.iter().find(|method| method.id == id).copied().ok_or_else(|| PairwiseError::UnknownMethod(id.to_owned()))
}

/// Runs a method on comparisons of `items` by `workers`, in any order.
pub fn rank(
    id: &str,
    items: usize,
    workers: usize,
    comparisons: &[Comparison],
    options: &Options,
) -> Result<Ranking, PairwiseError> {
    let method = method(id)?;
    let usable = |prior: f64| prior.is_finite() && prior >= 0.0;
    if !usable(options.prior) || !usable(options.worker_prior) {
        return Err(PairwiseError::BadOption("priors are finite and not below 0".into()));
    }
    for (index, one) in comparisons.iter().enumerate() {
        for (what, number, count) in
            [("item", one.left, items), ("item", one.right, items), ("worker", one.worker, workers)]
        {
            if number as usize >= count {
                return Err(PairwiseError::OutOfRange { index, what, number, count });
            }
        }
        if one.left == one.right {
            return Err(PairwiseError::Itself { index, item: one.left });
        }
        if one.outcome == Outcome::Tie && !method.ties {
            return Err(PairwiseError::NoTies { method: method.id, index });
        }
    }
    // The order of rows must not reach a sum.
    let mut sorted = comparisons.to_vec();
    sorted.sort_unstable();
    (method.run)(items, workers, &sorted, options)
}

/// The prior to use: the given one, or the weak one where no maximum likelihood exists.
pub(crate) fn prior_for(shape: &Shape, options: &Options) -> f64 {
    if options.prior > 0.0 || shape.has_maximum { options.prior } else { WEAK_PRIOR }
}

#[cfg(test)]
#[path = "pairwise/tests.rs"]
mod tests;
