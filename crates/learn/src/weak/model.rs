//! The label model: Dawid and Skene's (1979) confusion of each function, by expectation maximisation, with a light prior
//! towards functions that are right more often than not (otherwise classes may swap, and few votes overfit).
//!
//! An abstention can say something (a function that looks for one class is silent on others). Two models are fitted, one in
//! which silence depends on the class and one in which it does not; the one that explains the matrix better for its number
//! of parameters is taken (Schwarz 1978).
//!
//! The model takes functions to err independently. Pairs that agree in their errors far more than that (copies) are found
//! and share one vote.

use super::{Found, VoteMatrix, copies, majority};
use crate::numeric::{self, chunk_sums};

const STEPS: usize = 300;
const TOLERANCE: f64 = 1e-6;
/// Votes beforehand: on the right class, and on each other one.
const RIGHT: f64 = 2.0;
const WRONG: f64 = 1.0;

struct Fit {
    posteriors: Vec<f64>,
    prior: Vec<f64>,
    /// Functions x classes x (classes + 1): chance of each vote given the class; the last one is silence.
    confusion: Vec<f64>,
    log_likelihood: f64,
    parameters: usize,
}

/// Expectation maximisation from the shares of the votes. `weights` say how much each function counts.
fn run(votes: &VoteMatrix, weights: &[f64], silence_speaks: bool) -> Fit {
    let (rows, functions, classes) = (votes.rows(), votes.functions(), votes.classes());
    let width = classes + 1;
    let shares = majority::shares(votes, weights);
    let start = majority::majority(votes).prior;
    let mut posteriors: Vec<f64> = shares.into_iter().flat_map(|row| row.unwrap_or_else(|| start.clone())).collect();
    let (mut prior, mut confusion, mut log_likelihood) = (Vec::new(), Vec::new(), f64::NEG_INFINITY);
    for _ in 0..STEPS {
        (prior, confusion) = maximise(votes, &posteriors, silence_speaks);
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
    let parameters = classes - 1 + functions * (classes * (classes - 1) + silence);
    Fit { posteriors, prior, confusion, log_likelihood, parameters }
}

fn maximise(votes: &VoteMatrix, posteriors: &[f64], silence_speaks: bool) -> (Vec<f64>, Vec<f64>) {
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
    for function in counts.chunks_exact_mut(classes * width) {
        let silent: f64 = function.iter().skip(classes).step_by(width).sum();
        let total: f64 = function.iter().sum();
        for (class, cells) in function.chunks_exact_mut(width).enumerate() {
            let (spoken, silence) = cells.split_at_mut(classes);
            let heard: f64 = spoken.iter().sum();
            let own_silence = silence.first().copied().unwrap_or(0.0);
            let quiet = if silence_speaks {
                (own_silence + 1.0) / (heard + own_silence + 2.0)
            } else {
                (silent + 1.0) / (total + 2.0)
            };
            let sum = heard + RIGHT + WRONG * (classes - 1) as f64;
            for (vote, cell) in spoken.iter_mut().enumerate() {
                *cell = (1.0 - quiet) * (*cell + if vote == class { RIGHT } else { WRONG }) / sum;
            }
            silence.iter_mut().for_each(|cell| *cell = quiet);
        }
    }
    (prior, counts)
}

impl Fit {
    fn criterion(&self, rows: usize) -> f64 {
        -2.0 * self.log_likelihood + self.parameters as f64 * (rows as f64).ln()
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

fn better(votes: &VoteMatrix, weights: &[f64]) -> Fit {
    let (plain, speaking) = (run(votes, weights, false), run(votes, weights, true));
    if speaking.criterion(votes.rows()) < plain.criterion(votes.rows()) { speaking } else { plain }
}

/// Dawid and Skene's model, with one vote for each group of copies.
pub fn dependent(votes: &VoteMatrix) -> Found {
    let functions = votes.functions();
    let mut weights = vec![1.0; functions];
    let mut notes = Vec::new();
    let pairs = copies::copies(votes);
    if !pairs.is_empty() {
        let mut union = crate::points::spanning_tree::Union::new(functions);
        pairs.iter().for_each(|(one, other)| {
            union.join(*one as u32, *other as u32);
        });
        let roots: Vec<u32> = (0..functions as u32).map(|function| union.find(function)).collect();
        for (weight, root) in weights.iter_mut().zip(&roots) {
            *weight = 1.0 / roots.iter().filter(|other| *other == root).count() as f64;
        }
        for (one, other) in &pairs {
            notes
                .push(format!("functions {one} and {other} (from 0) agree beyond what they know: they share one vote"));
        }
    }
    better(votes, &weights).found(votes, notes)
}

/// The model, or the majority where the model contradicts it.
pub fn auto(votes: &VoteMatrix) -> Found {
    let found = dependent(votes);
    let plain = majority::majority(votes);
    // A model that turns most functions around has swapped the classes or followed a clique.
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
        let mut found = plain;
        found.notes = vec![format!("the model contradicts the majority (agreement {agreement:.2}): majority instead")];
        return found;
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
