//! The label model: Dawid and Skene's (1979) confusion of each function, by expectation maximisation, pooled towards how right
//! the functions are on the whole (otherwise classes may swap, and few votes overfit).
//!
//! An abstention can say something (a function that looks for one class is silent on others). Two models are fitted, one in
//! which silence depends on the class and one in which it does not; the one that explains the matrix better for its number
//! of parameters is taken (Akaike 1974).
//!
//! The model takes functions to err independently. Pairs that agree in their errors far more than that (copies) are found
//! and share one vote.

use super::{Found, VoteMatrix, copies, majority};
use crate::numeric::{self, chunk_sums};

const TIED: &str = "the votes do not tell the functions apart: each counts alike, as in the majority";
const STEPS: usize = 300;
const TOLERANCE: f64 = 1e-6;
/// Votes that a function is taken to have given beforehand, as right as the functions are on the whole, and for each class,
/// as right as the function is on the whole (partial pooling, Paun et al. 2018): a function with few votes counts like any
/// other, and with few rows the model is close to the majority.
const BEFOREHAND: f64 = 8.0;
/// Right and wrong votes of all functions together beforehand.
const RIGHT: f64 = 2.0;
const WRONG: f64 = 1.0;

/// How much functions may differ.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Freedom {
    /// All are equally right: what the majority takes for granted.
    Tied,
    /// Each is right with a chance of its own, whatever the class.
    Coin,
    /// Each has a chance for every class and vote.
    Confusion,
}

struct Fit {
    posteriors: Vec<f64>,
    prior: Vec<f64>,
    /// Functions x classes x (classes + 1): chance of each vote given the class; the last one is silence.
    confusion: Vec<f64>,
    log_likelihood: f64,
    parameters: usize,
}

/// Expectation maximisation from the shares of the votes. `weights` say how much each function counts.
fn run(votes: &VoteMatrix, weights: &[f64], freedom: Freedom, silence_speaks: bool) -> Fit {
    let (rows, functions, classes) = (votes.rows(), votes.functions(), votes.classes());
    let width = classes + 1;
    let shares = majority::shares(votes, weights);
    let start = majority::majority(votes).prior;
    let mut posteriors: Vec<f64> = shares.into_iter().flat_map(|row| row.unwrap_or_else(|| start.clone())).collect();
    let (mut prior, mut confusion, mut log_likelihood) = (Vec::new(), Vec::new(), f64::NEG_INFINITY);
    for _ in 0..STEPS {
        (prior, confusion) = maximise(votes, &posteriors, freedom, silence_speaks);
        let logs: Vec<f64> = confusion
            .iter()
            .enumerate()
            .map(|(at, value)| weights.get(at / (classes * width)).copied().unwrap_or(1.0) * value.max(1e-12).ln())
            .collect();
        let prior_logs: Vec<f64> = prior.iter().map(|value| value.ln()).collect();
        let parts = chunk_sums(rows, |range| {
            let mut own = Vec::with_capacity(range.len() * classes);
            let (mut sum, mut moved) = (0.0, 0.0_f64);
            for row in range {
                let mut values = prior_logs.clone();
                let cells = votes.values().get(row * functions..(row + 1) * functions).unwrap_or_default();
                for (function, vote) in cells.iter().enumerate() {
                    let column = if *vote < 0 { classes } else { *vote as usize };
                    let base = function * classes * width + column;
                    for (class, value) in values.iter_mut().enumerate() {
                        *value += logs.get(base + class * width).copied().unwrap_or(0.0);
                    }
                }
                sum += numeric::soft_max(&mut values);
                let before = posteriors.get(row * classes..(row + 1) * classes).unwrap_or_default();
                values.iter().zip(before).for_each(|(new, old)| moved = moved.max((new - old).abs()));
                own.extend(values);
            }
            (own, sum, moved)
        });
        let moved = parts.iter().map(|part| part.2).fold(0.0, f64::max);
        log_likelihood = parts.iter().map(|part| part.1).sum();
        posteriors = parts.into_iter().flat_map(|part| part.0).collect();
        if moved < TOLERANCE {
            break;
        }
    }
    let silence = if silence_speaks { classes } else { 1 };
    let own = match freedom {
        Freedom::Tied => 1,
        Freedom::Coin => functions,
        Freedom::Confusion => functions * classes * (classes - 1),
    };
    let parameters = classes - 1 + own + functions * silence;
    Fit { posteriors, prior, confusion, log_likelihood, parameters }
}

fn maximise(votes: &VoteMatrix, posteriors: &[f64], freedom: Freedom, silence_speaks: bool) -> (Vec<f64>, Vec<f64>) {
    let (rows, functions, classes) = (votes.rows(), votes.functions(), votes.classes());
    let width = classes + 1;
    let parts = chunk_sums(rows, |range| {
        let mut counts = vec![0.0; functions * classes * width];
        let mut masses = vec![0.0; classes];
        for row in range {
            let posterior = posteriors.get(row * classes..(row + 1) * classes).unwrap_or_default();
            masses.iter_mut().zip(posterior).for_each(|(mass, value)| *mass += value);
            let cells = votes.values().get(row * functions..(row + 1) * functions).unwrap_or_default();
            for (function, vote) in cells.iter().enumerate() {
                let column = if *vote < 0 { classes } else { *vote as usize };
                let base = function * classes * width + column;
                for (class, value) in posterior.iter().enumerate() {
                    if let Some(count) = counts.get_mut(base + class * width) {
                        *count += value;
                    }
                }
            }
        }
        (counts, masses)
    });
    let (mut counts, mut masses) = (vec![0.0; functions * classes * width], vec![1.0; classes]);
    for (own, mass) in parts {
        counts.iter_mut().zip(&own).for_each(|(sum, value)| *sum += value);
        masses.iter_mut().zip(&mass).for_each(|(sum, value)| *sum += value);
    }
    let all: f64 = masses.iter().sum();
    let prior: Vec<f64> = masses.iter().map(|mass| mass / all).collect();
    let heard = |function: &[f64]| {
        let rows = function.chunks_exact(width).enumerate();
        rows.fold((0.0, 0.0), |sum, (class, row)| {
            (sum.0 + row.get(class).copied().unwrap_or(0.0), sum.1 + row.iter().take(classes).sum::<f64>())
        })
    };
    let all = counts.chunks_exact(classes * width).map(heard).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    // Never below chance: most functions are not liars.
    let shared = ((all.0 + RIGHT) / (all.1 + RIGHT + WRONG)).max(1.0 / classes as f64);
    for function in counts.chunks_exact_mut(classes * width) {
        let (right, spoken) = heard(function);
        let skill = match freedom {
            Freedom::Tied => shared,
            Freedom::Coin | Freedom::Confusion => (right + BEFOREHAND * shared) / (spoken + BEFOREHAND),
        };
        let chance = |vote: usize, class: usize| {
            if vote == class { skill } else { (1.0 - skill) / (classes - 1) as f64 }
        };
        let silent: f64 = function.iter().skip(classes).step_by(width).sum();
        let total: f64 = function.iter().sum();
        for (class, cells) in function.chunks_exact_mut(width).enumerate() {
            let (votes_of, silence) = cells.split_at_mut(classes);
            let own: f64 = votes_of.iter().sum();
            let own_silence = silence.first().copied().unwrap_or(0.0);
            let quiet = if silence_speaks {
                (own_silence + 1.0) / (own + own_silence + 2.0)
            } else {
                (silent + 1.0) / (total + 2.0)
            };
            for (vote, cell) in votes_of.iter_mut().enumerate() {
                let share = match freedom {
                    Freedom::Tied | Freedom::Coin => chance(vote, class),
                    Freedom::Confusion => (*cell + BEFOREHAND * chance(vote, class)) / (own + BEFOREHAND),
                };
                *cell = (1.0 - quiet) * share;
            }
            silence.iter_mut().for_each(|cell| *cell = quiet);
        }
    }
    (prior, counts)
}

impl Fit {
    /// Akaike's information criterion (1974): lower is better at foretelling votes.
    fn criterion(&self) -> f64 {
        2.0 * (self.parameters as f64 - self.log_likelihood)
    }

    fn found(self, votes: &VoteMatrix, notes: Vec<String>) -> Found {
        let classes = votes.classes();
        let width = classes + 1;
        let accuracies = self
            .confusion
            .chunks_exact(classes * width)
            .enumerate()
            .map(|(function, cells)| {
                let votes_at_all = votes.iter().any(|row| row.get(function).is_some_and(|vote| *vote >= 0));
                let (mut right, mut spoken) = (0.0, 0.0);
                for (class, (row, share)) in cells.chunks_exact(width).zip(&self.prior).enumerate() {
                    right += share * row.get(class).copied().unwrap_or(0.0);
                    spoken += share * row.iter().take(classes).sum::<f64>();
                }
                votes_at_all.then(|| right / spoken.max(1e-300))
            })
            .collect();
        let mut probabilities = self.posteriors;
        for (row, own) in votes.iter().zip(probabilities.chunks_exact_mut(classes)) {
            if row.iter().all(|vote| *vote < 0) {
                own.copy_from_slice(&self.prior);
            }
        }
        Found { probabilities, prior: self.prior, accuracies, notes }
    }
}

/// Of the models the one that explains the votes best for its number of parameters.
fn best(votes: &VoteMatrix, weights: &[f64]) -> (Fit, Freedom) {
    let mut best: Option<(Fit, Freedom)> = None;
    for freedom in [Freedom::Tied, Freedom::Coin, Freedom::Confusion] {
        let fit = run(votes, weights, freedom, false);
        if best.as_ref().is_none_or(|best| fit.criterion() < best.0.criterion()) {
            best = Some((fit, freedom));
        }
    }
    let (plain, freedom) = best.unwrap_or_else(|| (run(votes, weights, Freedom::Tied, false), Freedom::Tied));
    let speaking = run(votes, weights, freedom, true);
    (if speaking.criterion() < plain.criterion() { speaking } else { plain }, freedom)
}

/// How much each function counts: copies share one vote, and what is said of it.
fn weights(votes: &VoteMatrix) -> (Vec<f64>, Vec<String>) {
    let functions = votes.functions();
    let (mut weights, mut notes) = (vec![1.0; functions], Vec::new());
    let pairs = copies::copies(votes);
    if pairs.is_empty() {
        return (weights, notes);
    }
    let mut union = crate::points::spanning_tree::Union::new(functions);
    pairs.iter().for_each(|(one, other)| {
        union.join(*one as u32, *other as u32);
    });
    let roots: Vec<u32> = (0..functions as u32).map(|function| union.find(function)).collect();
    for (weight, root) in weights.iter_mut().zip(&roots) {
        *weight = 1.0 / roots.iter().filter(|other| *other == root).count() as f64;
    }
    for (one, other) in &pairs {
        notes.push(format!("functions {one} and {other} (from 0) agree beyond what they know: they share one vote"));
    }
    (weights, notes)
}

/// Dawid and Skene's model, with one vote for each group of copies; the majority where the votes are explained better by
/// functions that are all equally right.
pub fn dependent(votes: &VoteMatrix) -> Found {
    let (weights, notes) = weights(votes);
    let tied = run(votes, &weights, Freedom::Tied, false);
    let plain = run(votes, &weights, Freedom::Confusion, false);
    let speaking = run(votes, &weights, Freedom::Confusion, true);
    let fit = if speaking.criterion() < plain.criterion() { speaking } else { plain };
    if notes.is_empty() && tied.criterion() <= fit.criterion() {
        return Found { notes: vec![TIED.into()], ..majority::majority(votes) };
    }
    guarded(votes, fit.found(votes, notes))
}

/// The model that explains the votes best; the majority where that is the one in which all functions are equally right.
pub fn auto(votes: &VoteMatrix) -> Found {
    let (weights, mut notes) = weights(votes);
    let (fit, freedom) = best(votes, &weights);
    notes.push(match freedom {
        Freedom::Tied => TIED.into(),
        Freedom::Coin => "each function counts by how right it is".into(),
        Freedom::Confusion => "each function counts by how right it is with each class".into(),
    });
    if freedom == Freedom::Tied && weights.iter().all(|weight| *weight == 1.0) {
        return Found { notes, ..majority::majority(votes) };
    }
    guarded(votes, fit.found(votes, notes))
}

/// What was found, or the majority where the model contradicts it: one that turns most functions around has swapped the
/// classes or followed a clique.
fn guarded(votes: &VoteMatrix, found: Found) -> Found {
    let plain = majority::majority(votes);
    let (mut against, mut known) = (0, 0);
    for accuracy in found.accuracies.iter().flatten() {
        known += 1;
        against += usize::from(*accuracy < 1.0 / votes.classes() as f64);
    }
    let classes = votes.classes();
    let (mut same, mut clear) = (0, 0);
    for (model, shares) in found.probabilities.chunks_exact(classes).zip(plain.probabilities.chunks_exact(classes)) {
        if numeric::margin(shares) > 0.0 {
            clear += 1;
            same += usize::from(numeric::greatest(model) == numeric::greatest(shares));
        }
    }
    let agreement = same as f64 / f64::from(clear.max(1));
    if known > 0 && against * 2 > known || agreement < 0.6 {
        let notes = vec![format!("the model contradicts the majority (agreement {agreement:.2}): majority instead")];
        return Found { notes, ..plain };
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Random, weak};

    /// Functions of unequal accuracy and coverage; the last one copies the first with some noise.
    fn matrix(rows: usize, seed: u64, copied: bool) -> (VoteMatrix, Vec<usize>) {
        let mut random = Random::new(seed);
        let accuracies = [0.6, 0.62, 0.65, 0.7, 0.75, 0.8, 0.9, 0.95];
        let coverages = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3];
        let (mut votes, mut truth) = (Vec::new(), Vec::new());
        for _ in 0..rows {
            let own = usize::from(random.unit() < 0.4);
            truth.push(own);
            let mut row: Vec<i16> = Vec::new();
            for (accuracy, coverage) in accuracies.iter().zip(coverages) {
                let vote = if random.unit() < *accuracy { own } else { 1 - own };
                row.push(if random.unit() < coverage { vote as i16 } else { -1 });
            }
            if copied {
                let copy = row[0];
                row.push(copy);
                row.push(copy);
            }
            votes.extend(row);
        }
        (VoteMatrix::new(votes, if copied { 10 } else { 8 }, 2).unwrap(), truth)
    }

    fn accuracy(found: &Found, truth: &[usize]) -> f64 {
        let right = found
            .probabilities
            .chunks_exact(2)
            .zip(truth)
            .filter(|(row, truth)| numeric::greatest(row) == **truth)
            .count();
        right as f64 / truth.len() as f64
    }

    #[test]
    fn above_the_majority_even_with_copies() {
        for copied in [false, true] {
            for seed in 0..3 {
                let (votes, truth) = matrix(6000, seed, copied);
                let scores: Vec<f64> = ["majority", "auto"]
                    .iter()
                    .map(|name| accuracy(&weak::label(&votes, weak::method(name).unwrap()), &truth))
                    .collect();
                assert!(scores[1] > scores[0] + 0.02, "copied {copied}: {scores:?}");
            }
        }
    }

    #[test]
    fn rows_without_votes_get_the_prior_and_one_function_is_followed() {
        let votes = VoteMatrix::new(vec![0, 0, 1, -1], 1, 2).unwrap();
        for name in ["majority", "dawid-skene", "auto"] {
            let found = weak::label(&votes, weak::method(name).unwrap());
            assert_eq!(found.probabilities[6..], found.prior[..], "{name}");
            assert!(found.probabilities[0] > 0.5 && found.probabilities[5] > 0.5, "{name}");
            assert!(found.probabilities.chunks_exact(2).all(|row| (row[0] + row[1] - 1.0).abs() < 1e-12));
        }
        let silent = VoteMatrix::new(vec![-1; 6], 2, 3).unwrap();
        let found = weak::label(&silent, weak::method("auto").unwrap());
        assert!(found.probabilities.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-9), "{:?}", found.probabilities);
        assert_eq!(found.accuracies, [None, None]);
    }
}
