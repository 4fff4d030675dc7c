//! Dawid-Skene with one number a worker: right with probability s_w, else any other class alike.
//!
//! Best where workers gave few answers. M: s_w is the mean posterior of what w said. Trap: a skill below 1/K turns
//! what a worker says into evidence against it; skills are held at 1/K or above unless `adversaries` is set.

use super::{
    Aggregation, AggregationError, ClassPrior, Method, NONE, Options, Picker, Votes,
    acceleration::{Limits, Step, fixed_point},
    gold_of, room,
};
use crate::numeric::{chunk, in_chunks, soft_max};

pub const METHOD: Method = Method {
    id: "one-coin",
    title: "One-coin Dawid-Skene",
    paper: "Zhang, Chen, Zhou, Jordan, Spectral methods meet EM, 2016",
    uses_gold: true,
    run,
};

const STEPS: usize = 10_000;
/// Nobody is surer than this: one perfect worker would else overrule all others together.
const SUREST: f64 = 1.0 - 1e-10;

struct Model<'a> {
    votes: &'a Votes,
    gold: Vec<u32>,
    prior: ClassPrior,
    lowest: f64,
    per_worker: Vec<u32>,
    chunks: usize,
}

fn run(votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    let classes = votes.classes();
    let model = Model {
        votes,
        gold: gold_of(votes, options)?,
        prior: options.prior.clone(),
        lowest: if options.adversaries { 1e-10 } else { 1.0 / classes.max(1) as f64 },
        per_worker: votes.per_worker(),
        chunks: votes.chunks((votes.workers() + classes) * 8),
    };
    let limits = Limits {
        steps: options.iterations.unwrap_or(STEPS),
        tolerance: options.tolerance,
        accelerate: options.accelerate,
    };
    let start = model.maximize(
        model
            .accumulate(|task, scores| {
                let own = votes.of_task(task);
                scores.fill(0.0);
                own.iter().for_each(|cell| scores[votes.label(*cell)] += 1.0 / own.len() as f64);
                0.0
            })
            .0,
    );
    let fit = fixed_point(
        start,
        limits,
        |parameters| {
            let odds = model.odds(parameters);
            let (sums, objective) = model.accumulate(|task, scores| model.posterior(parameters, &odds, task, scores));
            Step { next: model.maximize(sums), objective }
        },
        |tried, plain| model.repair(tried, plain),
    );
    let mut probabilities = room(METHOD.id, "a probability for each task and class", votes.tasks(), classes)?;
    let odds = model.odds(&fit.parameters);
    for (task, scores) in probabilities.chunks_exact_mut(classes.max(1)).enumerate() {
        model.posterior(&fit.parameters, &odds, task, scores);
    }
    let (labels, ties) = Picker::new(votes, options).labels(votes, &probabilities);
    let (skills, prior) = fit.parameters.split_at(votes.workers());
    Ok(Aggregation {
        labels,
        probabilities,
        skills: skills.to_vec(),
        skill: "probability that the worker is right",
        class_prior: Some(prior.to_vec()),
        path: fit.path,
        objective: "log likelihood",
        ties,
        iterations: fit.steps,
        converged: fit.converged,
        ..Aggregation::default()
    })
}

impl Model<'_> {
    /// For each worker what a vote adds to its class and to the others, in logarithms.
    fn odds(&self, parameters: &[f64]) -> Vec<(f64, f64)> {
        let others = self.votes.classes() as f64 - 1.0;
        if others < 1.0 {
            return vec![(0.0, 0.0); self.votes.workers()];
        }
        parameters[..self.votes.workers()].iter().map(|skill| (skill.ln(), ((1.0 - skill) / others).ln())).collect()
    }

    fn posterior(&self, parameters: &[f64], odds: &[(f64, f64)], task: usize, scores: &mut [f64]) -> f64 {
        let own = self.votes.of_task(task);
        let prior = &parameters[self.votes.workers()..];
        scores.iter_mut().zip(prior).for_each(|(score, p)| *score = p.max(1e-10).ln());
        let mut base = 0.0;
        for cell in own {
            let (right, wrong) = odds[self.votes.worker(*cell)];
            base += wrong;
            scores[self.votes.label(*cell)] += right - wrong;
        }
        match self.gold[task] {
            NONE if own.is_empty() => {
                soft_max(scores);
                0.0
            }
            NONE => base + soft_max(scores),
            gold => {
                let likelihood = base + scores[gold as usize];
                scores.fill(0.0);
                scores[gold as usize] = 1.0;
                likelihood
            }
        }
    }

    /// Sums of the posterior of what each worker said, then the mass of each class.
    fn accumulate(&self, shares: impl Fn(usize, &mut [f64]) -> f64 + Sync) -> (Vec<f64>, f64) {
        let (votes, workers, classes) = (self.votes, self.votes.workers(), self.votes.classes());
        let parts = in_chunks(self.chunks, |index| {
            let (mut sums, mut scores, mut likelihood) = (vec![0.0; workers + classes], vec![0.0; classes], 0.0);
            for task in chunk(votes.tasks(), self.chunks, index) {
                let own = votes.of_task(task);
                likelihood += shares(task, &mut scores);
                if own.is_empty() && self.gold[task] == NONE {
                    continue;
                }
                if self.gold[task] != NONE {
                    scores.fill(0.0);
                    scores[self.gold[task] as usize] = 1.0;
                }
                own.iter().for_each(|cell| sums[votes.worker(*cell)] += scores[votes.label(*cell)]);
                sums[workers..].iter_mut().zip(&scores).for_each(|(sum, share)| *sum += share);
            }
            (sums, likelihood)
        });
        let (mut sums, mut likelihood) = (vec![0.0; workers + classes], 0.0);
        for (more, part) in parts {
            sums.iter_mut().zip(&more).for_each(|(sum, more)| *sum += more);
            likelihood += part;
        }
        (sums, likelihood)
    }

    fn maximize(&self, mut sums: Vec<f64>) -> Vec<f64> {
        let (skills, mass) = sums.split_at_mut(self.votes.workers());
        for (skill, count) in skills.iter_mut().zip(&self.per_worker) {
            let share = if *count > 0 { *skill / f64::from(*count) } else { self.lowest };
            *skill = share.clamp(self.lowest, SUREST.max(self.lowest));
        }
        let total: f64 = mass.iter().sum();
        let even = 1.0 / mass.len().max(1) as f64;
        match &self.prior {
            ClassPrior::Estimated if total > 0.0 => mass.iter_mut().for_each(|count| *count /= total),
            ClassPrior::Estimated | ClassPrior::Even => mass.fill(even),
            ClassPrior::Given(prior) => mass.iter_mut().zip(prior).for_each(|(count, p)| *count = *p),
        }
        sums
    }

    fn repair(&self, tried: &mut [f64], plain: &[f64]) {
        let workers = self.votes.workers();
        let top = SUREST.max(self.lowest);
        tried[..workers].iter_mut().for_each(|skill| *skill = skill.clamp(self.lowest, top));
        tried[workers..].iter_mut().zip(&plain[workers..]).for_each(|(p, plain)| *p = p.max(0.1 * plain));
        let sum: f64 = tried[workers..].iter().sum();
        tried[workers..].iter_mut().for_each(|p| *p /= sum);
    }
}
