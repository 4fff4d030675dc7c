//! MACE: on each task a worker either knows (probability c_w) and gives the class, or spams from an own mix of labels
//! x_w: P(l | k) = c_w [l = k] + (1 - c_w) x_w(l).
//!
//! EM with smoothing 0.01 / K, or variational Bayes with Beta(1/2, 1/2) on c and Dirichlet(10) on x, whose objective is
//! the evidence lower bound. The best of several starts wins; each start draws from its own seed (a popular library
//! seeds all alike, so its ten starts are one). All in logarithms: products of many answers underflow. The numbers are
//! drawn in the order of workers and labels, so the order of rows does not matter.

use super::{Aggregation, AggregationError, Method, NONE, Options, Picker, Votes, gold_of, room};
use crate::{
    numeric::{chunk, digamma, in_chunks, soft_max},
    statistics::random::Random,
};
use statrs::function::gamma::ln_gamma;

pub const METHOD: Method = Method {
    id: "mace",
    title: "MACE: workers who know or spam",
    paper: "Hovy, Berg-Kirkpatrick, Vaswani, Hovy, Learning whom to trust with MACE, 2013",
    uses_gold: true,
    run,
};

const STEPS: usize = 500;
const KNOWING_PRIOR: f64 = 0.5;
const STRATEGY_PRIOR: f64 = 10.0;

/// Per worker the (pseudo-)probability of knowing and of spamming, per cell that of the label when spamming. In the
/// variational form rows sum to less than 1.
#[derive(Clone)]
struct Parameters {
    knows: Vec<(f64, f64)>,
    strategy: Vec<f64>,
}

struct Counts {
    knows: Vec<f64>,
    spams: Vec<f64>,
    likelihood: f64,
}

struct Run {
    parameters: Parameters,
    path: Vec<f64>,
    steps: usize,
    converged: bool,
}

fn run(votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    let gold = gold_of(votes, options)?;
    let mut table = room(METHOD.id, "a probability for each task and class", votes.tasks(), votes.classes())?;
    let mut best: Option<Run> = None;
    for restart in 0..options.restarts.max(1) {
        let found = once(votes, &gold, options, restart as u64);
        let last = |run: &Run| run.path.last().copied().unwrap_or(f64::NEG_INFINITY);
        if best.as_ref().is_none_or(|best| last(&found) > last(best)) {
            best = Some(found);
        }
    }
    let Some(best) = best else { return Ok(Aggregation::default()) };
    if votes.classes() > 0 {
        for (task, scores) in table.chunks_exact_mut(votes.classes()).enumerate() {
            posterior(votes, &gold, &best.parameters, task, scores);
        }
    }
    let (labels, ties) = Picker::new(votes, options).labels(votes, &table);
    Ok(Aggregation {
        labels,
        probabilities: table,
        skills: best.parameters.knows.iter().map(|(knows, spams)| knows / (knows + spams)).collect(),
        skill: "probability that the worker knows instead of spamming",
        path: best.path,
        objective: if options.variational { "evidence lower bound" } else { "smoothed log likelihood" },
        ties,
        iterations: best.steps,
        converged: best.converged,
        ..Aggregation::default()
    })
}

fn once(votes: &Votes, gold: &[u32], options: &Options, restart: u64) -> Run {
    let mut random = Random::new(options.seed.wrapping_mul(0x9e37_79b9).wrapping_add(restart));
    let noisy = |random: &mut Random| 1.0 + 0.5 * random.unit();
    let mut start = Parameters { knows: Vec::new(), strategy: vec![0.0; votes.cell_count()] };
    for worker in 0..votes.workers() {
        let (knows, spams) = (noisy(&mut random), noisy(&mut random));
        start.knows.push((knows / (knows + spams), spams / (knows + spams)));
        let own = votes.of_worker(worker);
        let mut sum = 1.25 * (votes.classes() - own.len()) as f64;
        for cell in own.clone() {
            start.strategy[cell] = noisy(&mut random);
            sum += start.strategy[cell];
        }
        own.for_each(|cell| start.strategy[cell] /= sum);
    }
    let mut run = Run { parameters: start, path: Vec::new(), steps: 0, converged: false };
    let mut last: Option<Parameters> = None;
    while run.steps < options.iterations.unwrap_or(STEPS) {
        run.steps += 1;
        let counts = expect(votes, gold, &run.parameters);
        // The bound of a point needs the counts that the point was made from: the first has none.
        let (next, penalty) = maximize(votes, options, &counts);
        if let Some(before) = last.replace(next.clone()) {
            let change = |a: f64, b: f64| (a - b).abs();
            let knows = next.knows.iter().zip(&before.knows).map(|(a, b)| change(a.0, b.0)).fold(0.0, f64::max);
            let strategy =
                next.strategy.iter().zip(&before.strategy).map(|(a, b)| change(*a, *b)).fold(knows, f64::max);
            run.converged = strategy <= options.tolerance.max(1e-8);
        }
        run.parameters = next;
        run.path.push(expect_likelihood(votes, gold, &run.parameters) + penalty);
        if run.converged {
            break;
        }
    }
    run
}

/// The class probabilities of a task (classes alike before) and its log-likelihood.
fn posterior(votes: &Votes, gold: &[u32], parameters: &Parameters, task: usize, scores: &mut [f64]) -> f64 {
    scores.fill(-(scores.len() as f64).ln());
    let mut base = 0.0;
    for cell in votes.of_task(task) {
        let (knows, spams) = parameters.knows[votes.worker(*cell)];
        let wrong = (spams * parameters.strategy[*cell as usize]).max(1e-300);
        base += wrong.ln();
        scores[votes.label(*cell)] += (knows / wrong).ln_1p();
    }
    match gold[task] {
        NONE => base + soft_max(scores),
        known => {
            let likelihood = base + scores[known as usize];
            scores.fill(0.0);
            scores[known as usize] = 1.0;
            likelihood
        }
    }
}

fn expect_likelihood(votes: &Votes, gold: &[u32], parameters: &Parameters) -> f64 {
    let chunks = votes.chunks(1);
    let parts = in_chunks(chunks, |index| {
        let mut scores = vec![0.0; votes.classes()];
        chunk(votes.tasks(), chunks, index)
            .map(|task| posterior(votes, gold, parameters, task, &mut scores))
            .sum::<f64>()
    });
    parts.into_iter().sum()
}

fn expect(votes: &Votes, gold: &[u32], parameters: &Parameters) -> Counts {
    let chunks = votes.chunks((votes.workers() + votes.cell_count()) * 8);
    let parts = in_chunks(chunks, |index| {
        let mut scores = vec![0.0; votes.classes()];
        let mut counts =
            Counts { knows: vec![0.0; votes.workers()], spams: vec![0.0; votes.cell_count()], likelihood: 0.0 };
        for task in chunk(votes.tasks(), chunks, index) {
            counts.likelihood += posterior(votes, gold, parameters, task, &mut scores);
            for cell in votes.of_task(task) {
                let worker = votes.worker(*cell);
                let (knows, spams) = parameters.knows[worker];
                let wrong = (spams * parameters.strategy[*cell as usize]).max(1e-300);
                let known = scores[votes.label(*cell)] * knows / (knows + wrong);
                counts.knows[worker] += known;
                counts.spams[*cell as usize] += 1.0 - known;
            }
        }
        counts
    });
    let mut sum = Counts { knows: vec![0.0; votes.workers()], spams: vec![0.0; votes.cell_count()], likelihood: 0.0 };
    for part in parts {
        sum.knows.iter_mut().zip(&part.knows).for_each(|(sum, more)| *sum += more);
        sum.spams.iter_mut().zip(&part.spams).for_each(|(sum, more)| *sum += more);
        sum.likelihood += part.likelihood;
    }
    sum
}

/// New parameters, and what is added to their log-likelihood to make the objective.
fn maximize(votes: &Votes, options: &Options, counts: &Counts) -> (Parameters, f64) {
    let classes = votes.classes() as f64;
    let mut next = Parameters { knows: Vec::with_capacity(votes.workers()), strategy: vec![0.0; votes.cell_count()] };
    let mut penalty = 0.0;
    let smoothing = 0.01 / classes;
    for worker in 0..votes.workers() {
        let own = votes.of_worker(worker);
        let unused = classes - own.len() as f64;
        let spams = &counts.spams[own.clone()];
        let (knows, spammed) = (counts.knows[worker], spams.iter().sum::<f64>());
        if options.variational {
            let (a, b) = (knows + KNOWING_PRIOR, spammed + KNOWING_PRIOR);
            let all = digamma(a + b);
            let (log_knows, log_spams) = (digamma(a) - all, digamma(b) - all);
            next.knows.push((log_knows.exp(), log_spams.exp()));
            penalty -= ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + knows * log_knows + spammed * log_spams
                - (ln_gamma(2.0 * KNOWING_PRIOR) - 2.0 * ln_gamma(KNOWING_PRIOR));
            let total = spammed + classes * STRATEGY_PRIOR;
            let all = digamma(total);
            penalty -= ln_gamma(total) - ln_gamma(classes * STRATEGY_PRIOR);
            for (cell, count) in own.zip(spams) {
                let log = digamma(count + STRATEGY_PRIOR) - all;
                next.strategy[cell] = log.exp();
                penalty -= count * log - ln_gamma(count + STRATEGY_PRIOR) + ln_gamma(STRATEGY_PRIOR);
            }
        } else {
            let total = knows + spammed + 2.0 * smoothing;
            let pair = ((knows + smoothing) / total, (spammed + smoothing) / total);
            penalty += smoothing * (pair.0.ln() + pair.1.ln());
            next.knows.push(pair);
            let total = spammed + classes * smoothing;
            for (cell, count) in own.zip(spams) {
                next.strategy[cell] = (count + smoothing) / total;
                penalty += smoothing * next.strategy[cell].ln();
            }
            penalty += smoothing * unused * (smoothing / total).ln();
        }
    }
    (next, penalty)
}
