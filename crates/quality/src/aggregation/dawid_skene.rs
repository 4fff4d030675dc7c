//! Dawid and Skene's model: every worker has a confusion matrix, every task a hidden class; EM to its fixed point.
//!
//! E: q_t(k) ~ p_k prod_(w,l votes for t) pi_w(l | k), see [`super::products`]. M: pi_w(l | k) ~ s + sum of q_t(k) over the
//! tasks where w said l, p_k ~ sum_t q_t(k). It starts from the shares of votes. The objective is
//! sum_t ln sum_k p_k prod pi (+ s sum ln pi with smoothing s): the prior counts once a task, not once an answer, which
//! is how a popular library stops thousands of steps early.
//!
//! Traps: convergence is slow, hence [`super::acceleration`]; with few answers a class and worker K x K numbers
//! overfit, hence smoothing; when most workers are wrong, classes switch names. Probabilities below 1e-10 count as
//! 1e-10 in the E step. A worker who was never seen on class k has an even row there.

use super::{
    Aggregation, AggregationError, ClassPrior, Method, NONE, Options, Picker, Votes,
    acceleration::{Limits, Step, fixed_point},
    gold_of,
    near::Near,
    products::{FLOOR, Factors, LogProduct, ends},
    room,
};
use crate::numeric::{chunk, in_chunks};
use pulp::Arch;

pub const METHOD: Method = Method {
    id: "dawid-skene",
    title: "Dawid-Skene, EM to its fixed point",
    paper: "Dawid, Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm, 1979",
    uses_gold: true,
    run,
};

const STEPS: usize = 10_000;

/// Rows of a table of more numbers lie in memory that is far away. Those of some tasks are looked at together before
/// they are needed: the processor then waits for many of them at once, and not for those of one task after those of another.
const NEAR: usize = 1 << 15;
const AHEAD: usize = 32;

/// What stays the same over the steps.
pub(crate) struct Model<'a> {
    votes: &'a Votes,
    near: Near,
    /// In the order of `near`; empty where no task has gold.
    gold: Vec<u32>,
    prior: ClassPrior,
    smoothing: f64,
    chunks: usize,
}

fn run(votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    let model = Model::new(votes, options)?;
    let start = model.maximize(model.majority_start());
    let limits = Limits {
        steps: options.iterations.unwrap_or(STEPS),
        tolerance: options.tolerance,
        accelerate: options.accelerate,
    };
    let fit = fixed_point(
        start,
        limits,
        |parameters| {
            let (counts, likelihood) = model.expect(parameters);
            Step { next: model.maximize(counts), objective: likelihood + model.log_prior(parameters) }
        },
        |tried, plain| model.repair(tried, plain),
    );
    let probabilities = model.posteriors(&fit.parameters)?;
    let (labels, ties) = Picker::new(votes, options).labels(votes, &probabilities);
    let (confusion, prior) = model.split(&fit.parameters);
    let found = Aggregation {
        labels,
        skills: model.skills(confusion, prior),
        skill: "probability that the worker is right on a task of the estimated class mix",
        confusion: Some(confusion.to_vec()),
        class_prior: Some(prior.to_vec()),
        path: fit.path,
        objective: if options.smoothing > 0.0 { "log posterior" } else { "log likelihood" },
        ties,
        iterations: fit.steps,
        converged: fit.converged,
        probabilities: if options.labels_only { Vec::new() } else { probabilities },
        ..Aggregation::default()
    };
    Ok(found)
}

impl<'a> Model<'a> {
    pub fn new(votes: &'a Votes, options: &Options) -> Result<Self, AggregationError> {
        let classes = votes.classes();
        room(METHOD.id, "a confusion row for each worker and label", votes.cell_count(), classes)?;
        if !(0.0..1e12).contains(&options.smoothing) {
            return Err(AggregationError::BadOption(format!("smoothing {} is not from 0", options.smoothing)));
        }
        if let ClassPrior::Given(prior) = &options.prior {
            let sum: f64 = prior.iter().sum();
            if prior.len() != classes || prior.iter().any(|p| !(0.0..=1.0).contains(p)) || (sum - 1.0).abs() > 1e-6 {
                let message = format!("the class prior needs {classes} probabilities that sum to 1");
                return Err(AggregationError::BadOption(message));
            }
        }
        let chunks = votes.chunks(votes.cell_count() * classes * 8);
        let near = Near::new(votes);
        let mut gold = gold_of(votes, options)?;
        if gold.iter().all(|gold| *gold == NONE) {
            gold.clear();
        } else {
            gold = near.order.iter().map(|task| gold[*task as usize]).collect();
        }
        Ok(Self { votes, near, gold, prior: options.prior.clone(), smoothing: options.smoothing, chunks })
    }

    /// Counts as the shares of votes make them: cells x classes, then the mass of each class.
    fn majority_start(&self) -> Vec<f64> {
        let shares = |place, scores: &mut [f64], _: &mut LogProduct| {
            scores.fill(0.0);
            let own = self.near.votes(place);
            for cell in own {
                scores[self.votes.label(*cell)] += 1.0 / own.len() as f64;
            }
            if own.is_empty() {
                let even = 1.0 / scores.len() as f64;
                scores.fill(even);
            }
        };
        self.accumulate(shares, |_| 0).0
    }

    /// Sums, over all tasks, the class shares that `shares` fills in; with them the logarithm of the likelihood. `look`
    /// looks at what `shares` will need of a cell.
    fn accumulate(
        &self,
        shares: impl Fn(usize, &mut [f64], &mut LogProduct) + Sync,
        look: impl Fn(u32) -> u64 + Sync,
    ) -> (Vec<f64>, f64) {
        // Most of the time goes here, hence the widest vectors that the processor has and loops over a number of classes
        // that the compiler knows. Neither changes the order of additions.
        let widest = Arch::new();
        let parts = in_chunks(self.chunks, |index| {
            widest.dispatch(
                #[inline(always)]
                || match self.votes.classes() {
                    2 => self.sums::<2>(index, &shares, &look),
                    3 => self.sums::<3>(index, &shares, &look),
                    4 => self.sums::<4>(index, &shares, &look),
                    5 => self.sums::<5>(index, &shares, &look),
                    6 => self.sums::<6>(index, &shares, &look),
                    8 => self.sums::<8>(index, &shares, &look),
                    10 => self.sums::<10>(index, &shares, &look),
                    _ => self.sums::<0>(index, &shares, &look),
                },
            )
        });
        let mut parts = parts.into_iter();
        let (mut counts, mut likelihood) = parts.next().unwrap_or_default();
        for (more, part) in parts {
            counts.iter_mut().zip(&more).for_each(|(count, more)| *count += more);
            likelihood += part;
        }
        (counts, likelihood)
    }

    /// The sums of one chunk. `KNOWN`: the number of classes, or 0 for any.
    #[inline(always)]
    fn sums<const KNOWN: usize>(
        &self,
        index: usize,
        shares: &impl Fn(usize, &mut [f64], &mut LogProduct),
        look: &impl Fn(u32) -> u64,
    ) -> (Vec<f64>, f64) {
        let classes = if KNOWN == 0 { self.votes.classes() } else { KNOWN };
        let size = (self.votes.cell_count() + 1) * classes;
        let mut counts = vec![0.0; size];
        let mut scores = vec![0.0; classes];
        let scores = &mut scores[..classes];
        let mut likelihood = LogProduct::default();
        let places = chunk(self.votes.tasks(), self.chunks, index);
        let far = size > NEAR;
        let step = if far { AHEAD } else { places.len().max(1) };
        for start in places.clone().step_by(step) {
            let block = start..places.end.min(start + step);
            if far {
                let cells = self.near.cells(block.clone()).iter();
                let seen = cells.fold(0, |seen, cell| seen ^ look(*cell) ^ ends(&counts, *cell, classes));
                std::hint::black_box(seen);
            }
            for place in block {
                let own = self.near.votes(place);
                shares(place, scores, &mut likelihood);
                if let Some(gold) = self.gold_at(place) {
                    scores.fill(0.0);
                    scores[gold] = 1.0;
                } else if own.is_empty() {
                    continue;
                }
                for cell in own {
                    let row = &mut counts[*cell as usize * classes..][..classes];
                    row.iter_mut().zip(&*scores).for_each(|(count, share)| *count += share);
                }
                let mass = &mut counts[size - classes..];
                mass.iter_mut().zip(&*scores).for_each(|(count, share)| *count += share);
            }
        }
        (counts, likelihood.ln())
    }

    #[inline(always)]
    fn gold_at(&self, place: usize) -> Option<usize> {
        self.gold.get(place).filter(|gold| **gold != NONE).map(|gold| *gold as usize)
    }

    fn factors(&self, parameters: &[f64]) -> Factors {
        Factors::new(parameters, self.votes.classes(), self.near.most)
    }

    /// Fills in the class probabilities of one task, and multiplies its likelihood to the others'.
    #[inline(always)]
    fn posterior(&self, factors: &Factors, place: usize, scores: &mut [f64], likelihood: &mut LogProduct) {
        let own = self.near.votes(place);
        match self.gold_at(place) {
            Some(gold) => {
                likelihood.add(factors.log_of(own, gold));
                scores.fill(0.0);
                scores[gold] = 1.0;
            }
            None if own.is_empty() => factors.posterior(own, scores, &mut LogProduct::default()),
            None => factors.posterior(own, scores, likelihood),
        }
    }

    pub fn expect(&self, parameters: &[f64]) -> (Vec<f64>, f64) {
        let factors = self.factors(parameters);
        self.accumulate(
            #[inline(always)]
            |place, scores, likelihood| self.posterior(&factors, place, scores, likelihood),
            |cell| factors.look(cell),
        )
    }

    /// Probabilities out of counts, in their place.
    pub fn maximize(&self, mut counts: Vec<f64>) -> Vec<f64> {
        let classes = self.votes.classes();
        let at = counts.len() - classes;
        let (rows, mass) = counts.split_at_mut(at);
        let mut totals = vec![0.0; classes];
        for worker in 0..self.votes.workers() {
            let own = self.votes.of_worker(worker);
            if own.is_empty() {
                continue;
            }
            let rows = &mut rows[own.start * classes..own.end * classes];
            totals.fill(classes as f64 * self.smoothing);
            for row in rows.chunks_exact(classes) {
                totals.iter_mut().zip(row).for_each(|(total, count)| *total += count);
            }
            for row in rows.chunks_exact_mut(classes) {
                for (count, total) in row.iter_mut().zip(&totals) {
                    *count = if *total > 0.0 { (*count + self.smoothing) / total } else { 1.0 / classes as f64 };
                }
            }
        }
        let total: f64 = mass.iter().sum();
        let even = 1.0 / classes as f64;
        match &self.prior {
            ClassPrior::Estimated if total > 0.0 => mass.iter_mut().for_each(|count| *count /= total),
            ClassPrior::Estimated | ClassPrior::Even => mass.fill(even),
            ClassPrior::Given(prior) => mass.copy_from_slice(prior),
        }
        counts
    }

    /// Logarithm of the Dirichlet prior up to a constant: labels that a worker never used stay at the smoothing's share
    /// of the row, which the row's sum gives.
    fn log_prior(&self, parameters: &[f64]) -> f64 {
        if self.smoothing == 0.0 {
            return 0.0;
        }
        let classes = self.votes.classes();
        let mut sum = 0.0;
        for worker in 0..self.votes.workers() {
            let own = self.votes.of_worker(worker);
            if own.is_empty() {
                continue;
            }
            let unused = (classes - own.len()) as f64;
            let rows = &parameters[own.start * classes..own.end * classes];
            for class in 0..classes {
                let used: f64 = rows.iter().skip(class).step_by(classes).sum();
                sum += rows.iter().skip(class).step_by(classes).map(|p| p.max(FLOOR).ln()).sum::<f64>();
                if unused > 0.0 {
                    sum += unused * ((1.0 - used).max(FLOOR) / unused).ln();
                }
            }
        }
        sum * self.smoothing
    }

    /// Tried parameters as probabilities: columns sum to what they did. None falls below a ten-thousandth of the
    /// plain one, from where it can come back.
    fn repair(&self, tried: &mut [f64], plain: &[f64]) {
        let classes = self.votes.classes();
        tried.iter_mut().zip(plain).for_each(|(value, plain)| *value = value.max(1e-4 * plain));
        let at = tried.len() - classes;
        let rescale = |tried: &mut [f64], plain: &[f64], class: usize| {
            let sum = |values: &[f64]| values.iter().skip(class).step_by(classes).sum::<f64>();
            let scale = sum(plain) / sum(tried);
            if scale.is_finite() && scale > 0.0 {
                tried.iter_mut().skip(class).step_by(classes).for_each(|value| *value *= scale);
            }
        };
        for worker in 0..self.votes.workers() {
            let own = self.votes.of_worker(worker);
            let range = own.start * classes..own.end * classes;
            for class in 0..classes {
                rescale(&mut tried[range.clone()], &plain[range.clone()], class);
            }
        }
        let scale = plain[at..].iter().sum::<f64>() / tried[at..].iter().sum::<f64>();
        tried[at..].iter_mut().for_each(|value| *value *= scale);
    }

    pub fn posteriors(&self, parameters: &[f64]) -> Result<Vec<f64>, AggregationError> {
        let (tasks, classes) = (self.votes.tasks(), self.votes.classes());
        let factors = self.factors(parameters);
        let mut table = room(METHOD.id, "a probability for each task and class", tasks, classes)?;
        if classes > 0 {
            for (place, task) in self.near.order.iter().enumerate() {
                let scores = &mut table[*task as usize * classes..][..classes];
                self.posterior(&factors, place, scores, &mut LogProduct::default());
            }
        }
        Ok(table)
    }

    pub fn split<'p>(&self, parameters: &'p [f64]) -> (&'p [f64], &'p [f64]) {
        parameters.split_at(parameters.len() - self.votes.classes())
    }

    /// sum_k p_k pi_w(k | k); 0 for a worker without votes.
    fn skills(&self, confusion: &[f64], prior: &[f64]) -> Vec<f64> {
        let classes = self.votes.classes();
        let mut skills = vec![0.0; self.votes.workers()];
        for cell in 0..self.votes.cell_count() as u32 {
            let label = self.votes.label(cell);
            skills[self.votes.worker(cell)] += prior[label] * confusion[cell as usize * classes + label];
        }
        skills
    }
}

#[cfg(test)]
#[path = "dawid_skene_tests.rs"]
mod tests;
