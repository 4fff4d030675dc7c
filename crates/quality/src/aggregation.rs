//! One label out of many judgments: the methods, what they take and what they give.
//!
//! A method is one file with its paper, and one line in [`METHODS`]. All work on [`Votes`], clamp gold where they can,
//! count ties and break them by a rule that does not look at the order of rows, and say whether they converged.

pub mod acceleration;
pub mod dawid_skene;
pub mod glad;
pub mod gold_majority;
pub mod kos;
pub mod mace;
pub mod majority;
pub mod mmsr;
pub mod multi_label;
mod near;
pub mod one_coin;
pub mod online;
pub mod ordinal;
mod products;
pub mod wawa;
pub mod zero_based_skill;

#[cfg(test)]
mod common_tests;
#[cfg(test)]
pub(crate) mod simulation;

use crate::statistics::random::Random;
pub use crate::votes::{Vote, Votes, VotesError};

/// Stands for "no class": a task without votes, a task without gold.
pub const NONE: u32 = u32::MAX;

/// Scores closer than this share are a tie: sums of the same weights in another order must not decide.
const TIE_SHARE: f64 = 1e-9;

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AggregationError {
    #[error("no aggregation method is named {0:?}")]
    UnknownMethod(String),
    #[error("{method} needs exactly two classes, and there are {classes}")]
    NotBinary { method: &'static str, classes: usize },
    #[error("{method} makes no use of gold; leave it out or take another method")]
    NoGold { method: &'static str },
    #[error("{method} needs gold tasks that somebody judged")]
    NeedsGold { method: &'static str },
    #[error("{method} keeps {what}, {count} numbers, more than the limit of {limit}")]
    TooLarge { method: &'static str, what: &'static str, count: usize, limit: usize },
    #[error("gold for task {task}: there are {tasks} tasks and {classes} classes, and the class is {class}")]
    BadGold { task: u32, class: u32, tasks: usize, classes: usize },
    #[error("{0}")]
    BadOption(String),
}

/// Who wins among classes with the same score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// The first class in the order of classes.
    #[default]
    First,
    /// The class that got most votes over all tasks, then the first.
    Frequent,
    /// A random one, by the seed and the task's number.
    Random,
}

/// How likely classes are before anybody voted, for methods that have a class prior.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum ClassPrior {
    /// Estimated with everything else.
    #[default]
    Estimated,
    Even,
    /// One probability a class.
    Given(Vec<f64>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    pub seed: u64,
    pub ties: Ties,
    /// Most steps; None for the method's own limit.
    pub iterations: Option<usize>,
    /// Parameters that change by no more in a step have converged.
    pub tolerance: f64,
    /// (task, class): known answers.
    pub gold: Vec<(u32, u32)>,
    pub prior: ClassPrior,
    /// Pseudo-count of each confusion cell (a symmetric Dirichlet prior of 1 + this), for dawid-skene.
    pub smoothing: f64,
    /// Extrapolate between steps (SQUAREM) where the method can.
    pub accelerate: bool,
    /// A weight for each worker, for majority-vote.
    pub weights: Option<Vec<f64>>,
    /// Random starts, for methods that have them.
    pub restarts: usize,
    /// Variational Bayes instead of maximum likelihood, for mace.
    pub variational: bool,
    /// Let one-coin skills fall below chance, so that whoever is always wrong counts against what they say.
    pub adversaries: bool,
    /// Leave probabilities empty where the method can do without.
    pub labels_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 0,
            ties: Ties::First,
            iterations: None,
            tolerance: 1e-8,
            gold: Vec::new(),
            prior: ClassPrior::Estimated,
            smoothing: 0.0,
            accelerate: true,
            weights: None,
            restarts: 10,
            variational: true,
            adversaries: false,
            labels_only: false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Aggregation {
    /// For each task its class, or [`NONE`] without votes.
    pub labels: Vec<u32>,
    /// Tasks x classes, row by row; rows sum to 1. Empty if only labels were wanted.
    pub probabilities: Vec<f64>,
    /// One number a worker; what it means is `skill`. NaN never occurs.
    pub skills: Vec<f64>,
    pub skill: &'static str,
    /// For each cell of the votes (worker, given label) the probability of that label, for every true class.
    pub confusion: Option<Vec<f64>>,
    pub class_prior: Option<Vec<f64>>,
    /// One number a task; greater is harder. Only models that have it.
    pub difficulty: Option<Vec<f64>>,
    /// The value of `objective` after each step; it never falls.
    pub path: Vec<f64>,
    pub objective: &'static str,
    /// Tasks on which classes had the same score.
    pub ties: usize,
    pub iterations: usize,
    pub converged: bool,
}

type Run = fn(&Votes, &Options) -> Result<Aggregation, AggregationError>;

/// A method of the registry.
pub struct Method {
    pub id: &'static str,
    pub title: &'static str,
    pub paper: &'static str,
    pub uses_gold: bool,
    pub run: Run,
}

impl std::fmt::Debug for Method {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Method({})", self.id)
    }
}

pub const METHODS: &[&Method] = &[
    &majority::METHOD,
    &gold_majority::METHOD,
    &wawa::METHOD,
    &zero_based_skill::METHOD,
    &dawid_skene::METHOD,
    &one_coin::METHOD,
    &glad::METHOD,
    &mace::METHOD,
    &kos::METHOD,
    &mmsr::METHOD,
    &ordinal::METHOD,
];

pub fn method(id: &str) -> Result<&'static Method, AggregationError> {
    let found = METHODS.iter().find(|method| method.id == id);
    found.copied().ok_or_else(|| AggregationError::UnknownMethod(id.to_owned()))
}

/// Runs a method after checking what it was given.
pub fn aggregate(id: &str, votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    let method = method(id)?;
    if !options.gold.is_empty() && !method.uses_gold {
        return Err(AggregationError::NoGold { method: method.id });
    }
    (method.run)(votes, options)
}

/// The gold class of each task, or [`NONE`].
pub(crate) fn gold_of(votes: &Votes, options: &Options) -> Result<Vec<u32>, AggregationError> {
    let mut gold = vec![NONE; votes.tasks()];
    for (task, class) in &options.gold {
        let (tasks, classes) = (votes.tasks(), votes.classes());
        let bad = AggregationError::BadGold { task: *task, class: *class, tasks, classes };
        if *class as usize >= classes {
            return Err(bad);
        }
        *gold.get_mut(*task as usize).ok_or(bad)? = *class;
    }
    Ok(gold)
}

/// Room for tasks x classes numbers, or an error: nothing is allocated that could not be.
pub(crate) fn room(
    method: &'static str,
    what: &'static str,
    rows: usize,
    columns: usize,
) -> Result<Vec<f64>, AggregationError> {
    const LIMIT: usize = 1 << 31;
    match rows.checked_mul(columns) {
        Some(count) if count <= LIMIT => Ok(vec![0.0; count]),
        count => Err(AggregationError::TooLarge { method, what, count: count.unwrap_or(usize::MAX), limit: LIMIT }),
    }
}

/// Breaks ties by the options' rule.
#[derive(Debug)]
pub(crate) struct Picker {
    ties: Ties,
    seed: u64,
    /// For [`Ties::Frequent`]: votes of each class.
    frequency: Vec<u64>,
}

impl Picker {
    pub fn new(votes: &Votes, options: &Options) -> Self {
        let mut frequency = vec![0; votes.classes()];
        if options.ties == Ties::Frequent {
            for cell in votes.all_cells() {
                frequency[votes.label(*cell)] += 1;
            }
        }
        Self { ties: options.ties, seed: options.seed, frequency }
    }

    /// The class with the greatest score, and whether another one has the same.
    pub fn pick(&self, task: usize, scores: &[f64]) -> (u32, bool) {
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let near = most - TIE_SHARE * most.abs();
        let mut best = scores.iter().enumerate().filter(|(_, score)| **score >= near).map(|(class, _)| class);
        let first = best.next().unwrap_or(0);
        let Some(second) = best.next() else { return (first as u32, false) };
        let tied: Vec<usize> = [first, second].into_iter().chain(best).collect();
        let winner = match self.ties {
            Ties::First => first,
            Ties::Frequent => {
                let count = |class: &usize| (self.frequency[*class], std::cmp::Reverse(*class));
                tied.iter().copied().max_by_key(count).unwrap_or(first)
            }
            Ties::Random => {
                let mut random = Random::new(self.seed ^ (task as u64).wrapping_mul(0x2545_f491_4f6c_dd1d));
                random.bits();
                tied.get(random.below(tied.len())).copied().unwrap_or(first)
            }
        };
        (winner as u32, true)
    }

    /// Labels out of a table of probabilities, and the number of ties.
    pub fn labels(&self, votes: &Votes, probabilities: &[f64]) -> (Vec<u32>, usize) {
        let mut ties = 0;
        let classes = votes.classes().max(1);
        let labels = probabilities
            .chunks_exact(classes)
            .enumerate()
            .map(|(task, scores)| {
                if votes.of_task(task).is_empty() && scores.iter().all(|score| *score < 1.0) {
                    return NONE;
                }
                let (label, tied) = self.pick(task, scores);
                ties += usize::from(tied);
                label
            })
            .collect();
        (labels, ties)
    }
}
