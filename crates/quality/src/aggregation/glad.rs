//! GLAD: worker ability a_w and task easiness b_t, P(right) = 1 / (1 + exp(-a_w e^b_t)), a wrong vote being any other
//! class alike; a, b ~ N(1, 1), classes alike before the votes.
//!
//! EM: the M step climbs in each ability (where the objective is concave) and each easiness by safeguarded Newton
//! steps, so no step lowers the log posterior, which is on one scale from first to last (a popular library compares a
//! sum with a mean and stops after two steps). Trap: without the priors the scale of a and b is not identified.
//! Difficulty is -b.

use super::{Aggregation, AggregationError, Method, NONE, Options, Picker, Votes, gold_of, room};
use crate::numeric::{chunk, in_chunks, log_sigmoid, sigmoid, soft_max};

pub const METHOD: Method = Method {
    id: "glad",
    title: "GLAD: ability and difficulty",
    paper: "Whitehill, Ruvolo, Wu, Bergsma, Movellan, Whose vote should count more, 2009",
    uses_gold: true,
    run,
};

const STEPS: usize = 1_000;
/// e^b beyond this changes nothing but overflows.
const EASIEST: f64 = 20.0;

struct State {
    ability: Vec<f64>,
    easiness: Vec<f64>,
    /// For each vote the probability that its label is the class.
    right: Vec<f64>,
}

fn run(votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    let (tasks, classes) = (votes.tasks(), votes.classes());
    let gold = gold_of(votes, options)?;
    let mut table = room(METHOD.id, "a probability for each task and class", tasks, classes)?;
    let (starts, of_worker) = votes.by_worker();
    let task_of = task_of_votes(votes);
    let mut state =
        State { ability: vec![1.0; votes.workers()], easiness: vec![1.0; tasks], right: vec![0.0; votes.len()] };
    let tolerance = options.tolerance.max(1e-6);
    let (mut path, mut converged, mut steps) = (Vec::new(), false, 0);
    let chunks = votes.chunks(1);
    while steps < options.iterations.unwrap_or(STEPS) {
        steps += 1;
        path.push(expect(votes, &gold, &mut state, &mut table));
        let (before_a, before_b) = (state.ability.clone(), state.easiness.clone());
        let ability = in_chunks(chunks, |index| {
            chunk(votes.workers(), chunks, index)
                .map(|worker| {
                    let own = &of_worker[starts[worker] as usize..starts[worker + 1] as usize];
                    let scale = |vote: &u32| state.easiness[task_of[*vote as usize] as usize].exp();
                    climb_ability(
                        state.ability[worker],
                        own.iter().map(|vote| (state.right[*vote as usize], scale(vote))),
                    )
                })
                .collect::<Vec<f64>>()
        });
        state.ability = ability.concat();
        let easiness = in_chunks(chunks, |index| {
            chunk(tasks, chunks, index)
                .map(|task| {
                    let own = votes.range(task).zip(votes.of_task(task));
                    let pairs = own.map(|(vote, cell)| (state.right[vote], state.ability[votes.worker(*cell)]));
                    climb_easiness(state.easiness[task], pairs)
                })
                .collect::<Vec<f64>>()
        });
        state.easiness = easiness.concat();
        let moved =
            |now: &[f64], before: &[f64]| now.iter().zip(before).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        if moved(&state.ability, &before_a).max(moved(&state.easiness, &before_b)) <= tolerance {
            converged = true;
            break;
        }
    }
    expect(votes, &gold, &mut state, &mut table);
    let (labels, ties) = Picker::new(votes, options).labels(votes, &table);
    Ok(Aggregation {
        labels,
        probabilities: table,
        skills: state.ability,
        skill: "ability; 0 is guessing, below 0 is misleading",
        difficulty: Some(state.easiness.iter().map(|b| -b).collect()),
        path,
        objective: "log posterior",
        ties,
        iterations: steps,
        converged,
        ..Aggregation::default()
    })
}

pub(crate) fn task_of_votes(votes: &Votes) -> Vec<u32> {
    let mut tasks = vec![0; votes.len()];
    for task in 0..votes.tasks() {
        tasks[votes.range(task)].fill(task as u32);
    }
    tasks
}

/// Posteriors of all tasks; the log posterior of the parameters up to a constant.
fn expect(votes: &Votes, gold: &[u32], state: &mut State, table: &mut [f64]) -> f64 {
    let classes = votes.classes().max(1);
    let others = (classes as f64 - 1.0).max(1.0).ln();
    let normal = |x: &f64| -0.5 * (x - 1.0).powi(2);
    let mut objective = state.ability.iter().map(normal).sum::<f64>() + state.easiness.iter().map(normal).sum::<f64>();
    for (task, scores) in table.chunks_exact_mut(classes).enumerate() {
        scores.fill(-(classes as f64).ln());
        let own = votes.of_task(task);
        let scale = state.easiness[task].exp();
        let mut base = 0.0;
        for cell in own {
            let x = state.ability[votes.worker(*cell)] * scale;
            let wrong = log_sigmoid(-x) - others;
            base += wrong;
            scores[votes.label(*cell)] += log_sigmoid(x) - wrong;
        }
        match gold[task] {
            NONE => objective += base + soft_max(scores),
            known => {
                objective += base + scores[known as usize];
                scores.fill(0.0);
                scores[known as usize] = 1.0;
            }
        }
        for (vote, cell) in votes.range(task).zip(own) {
            state.right[vote] = scores[votes.label(*cell)];
        }
    }
    objective
}

/// The expected objective of one ability: q ln s(a c) + (1 - q) ln s(-a c) summed, with its prior. Concave.
fn climb_ability(start: f64, votes: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let value = |a: f64| -> f64 {
        let part = |(q, c): (f64, f64)| q * log_sigmoid(a * c) + (1.0 - q) * log_sigmoid(-a * c);
        votes.clone().map(part).sum::<f64>() - 0.5 * (a - 1.0).powi(2)
    };
    let slopes = |a: f64| {
        votes.clone().fold((-(a - 1.0), -1.0), |(first, second), (q, c)| {
            let s = sigmoid(a * c);
            (first + (q - s) * c, second - s * (1.0 - s) * c * c)
        })
    };
    climb(start, value, slopes)
}

/// The same of one easiness, with y = a e^b. Not concave for negative abilities: the steps are safeguarded.
fn climb_easiness(start: f64, votes: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let value = |b: f64| -> f64 {
        let scale = b.exp();
        let part = |(q, a): (f64, f64)| q * log_sigmoid(a * scale) + (1.0 - q) * log_sigmoid(-a * scale);
        votes.clone().map(part).sum::<f64>() - 0.5 * (b - 1.0).powi(2)
    };
    let slopes = |b: f64| {
        let scale = b.exp();
        votes.clone().fold((-(b - 1.0), -1.0), |(first, second), (q, a)| {
            let y = a * scale;
            let s = sigmoid(y);
            (first + (q - s) * y, second + (q - s) * y - s * (1.0 - s) * y * y)
        })
    };
    climb(start, value, slopes)
}

/// Newton steps uphill, halved until the value does not fall.
fn climb(start: f64, value: impl Fn(f64) -> f64, slopes: impl Fn(f64) -> (f64, f64)) -> f64 {
    let mut x = start;
    let mut current = value(x);
    for _ in 0..3 {
        let (first, second) = slopes(x);
        let mut step = first / (-second).max(1.0);
        if step.abs() < 1e-12 {
            break;
        }
        for _ in 0..30 {
            let tried = (x + step).clamp(-EASIEST, EASIEST);
            let reached = value(tried);
            if reached >= current {
                (x, current) = (tried, reached);
                break;
            }
            step *= 0.5;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slopes against finite differences.
    #[test]
    fn slopes_are_those_of_the_objective() {
        let votes = [(0.9, 1.7), (0.2, -0.6), (0.5, 0.1), (0.99, 2.5)];
        let value = |b: f64| -> f64 {
            let part = |(q, a): &(f64, f64)| q * log_sigmoid(a * b.exp()) + (1.0 - q) * log_sigmoid(-a * b.exp());
            votes.iter().map(part).sum::<f64>() - 0.5 * (b - 1.0).powi(2)
        };
        // At the point that the climb ends in, the central difference is zero.
        let mut best = 0.0;
        for _ in 0..50 {
            best = climb_easiness(best, votes.iter().copied());
        }
        assert!((value(best + 1e-5) - value(best - 1e-5)).abs() / 2e-5 < 1e-6);
        let ability = |a: f64| -> f64 {
            let part = |(q, c): &(f64, f64)| q * log_sigmoid(a * c) + (1.0 - q) * log_sigmoid(-a * c);
            votes.iter().map(part).sum::<f64>() - 0.5 * (a - 1.0).powi(2)
        };
        let mut best = 0.0;
        for _ in 0..50 {
            best = climb_ability(best, votes.iter().copied());
        }
        assert!((ability(best + 1e-5) - ability(best - 1e-5)).abs() / 2e-5 < 1e-6);
    }
}
