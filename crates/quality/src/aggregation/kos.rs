//! KOS: belief propagation between tasks and workers for two classes, with normal random first messages.
//!
//! x(t -> w) = sum over the task's other votes of +-y(w' -> t); y(w -> t) = sum over the worker's other votes of
//! +-x(t' -> w). Messages are scaled to length 1 after each round (signs do not change, nothing overflows). First
//! messages N(1, 1) are drawn in the order of tasks and workers. Trap: binary only.

use super::{Aggregation, AggregationError, Method, Options, Picker, Votes, glad::task_of_votes, majority::agreement};
use crate::{numeric::sigmoid, statistics::random::Random};

pub const METHOD: Method = Method {
    id: "kos",
    title: "KOS belief propagation, two classes",
    paper: "Karger, Oh, Shah, Iterative learning for reliable crowdsourcing systems, 2011",
    uses_gold: false,
    run,
};

const STEPS: usize = 100;

fn run(votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    if votes.classes() != 2 && !votes.is_empty() {
        return Err(AggregationError::NotBinary { method: METHOD.id, classes: votes.classes() });
    }
    let task_of = task_of_votes(votes);
    let sign: Vec<f64> = votes.all_cells().iter().map(|cell| 1.0 - 2.0 * votes.label(*cell) as f64).collect();
    let mut random = Random::new(options.seed);
    let mut reliability: Vec<f64> = sign.iter().map(|_| 1.0 + random.normal()).collect();
    let (mut steps, mut converged) = (0, false);
    while steps < options.iterations.unwrap_or(STEPS) && !converged {
        steps += 1;
        let of_task = sums(votes.tasks(), &sign, &reliability, |vote| task_of[vote] as usize);
        let inferred: Vec<f64> =
            (0..sign.len()).map(|vote| of_task[task_of[vote] as usize] - sign[vote] * reliability[vote]).collect();
        let worker = |vote: usize| votes.worker(votes.all_cells()[vote]);
        let of_worker = sums(votes.workers(), &sign, &inferred, worker);
        let mut next: Vec<f64> =
            (0..sign.len()).map(|vote| of_worker[worker(vote)] - sign[vote] * inferred[vote]).collect();
        let length = next.iter().map(|y| y * y).sum::<f64>().sqrt();
        if length == 0.0 {
            // No worker shares a task with another: the first messages are all there is.
            break;
        }
        next.iter_mut().for_each(|y| *y /= length);
        let change = next.iter().zip(&reliability).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        converged = change <= options.tolerance.max(1e-9);
        reliability = next;
    }
    let decision = sums(votes.tasks(), &sign, &reliability, |vote| task_of[vote] as usize);
    let scale = (votes.len() as f64).sqrt();
    let probabilities: Vec<f64> = decision
        .iter()
        .flat_map(|x| {
            let first = sigmoid(x * scale);
            [first, 1.0 - first]
        })
        .collect();
    let (labels, ties) = Picker::new(votes, options).labels(votes, &probabilities);
    Ok(Aggregation {
        skills: agreement(votes, &labels),
        skill: "share of the worker's votes that agree with the result",
        labels,
        probabilities,
        objective: "",
        ties,
        iterations: steps,
        converged,
        ..Aggregation::default()
    })
}

fn sums(count: usize, sign: &[f64], messages: &[f64], of: impl Fn(usize) -> usize) -> Vec<f64> {
    let mut sums = vec![0.0; count];
    for (vote, (sign, message)) in sign.iter().zip(messages).enumerate() {
        sums[of(vote)] += sign * message;
    }
    sums
}
