//! The cut above which a machine labels. Labeled rows, each with the guess of a model that did not see its label, are a
//! random sample of all rows; at a cut, the wrong guesses among the sampled rows above it bound those among the rest (an
//! exact test of a draw without replacement, so no bound is wider than it must be on a finite pool).
//!
//! Searching among cuts is a multiple comparison. Cuts are therefore tried in a fixed order, downwards along a chain that is
//! planned by the confidences alone, and the search ends at the first failure (fixed sequence testing, Maurer, Hothorn and
//! Lehmacher 1995): the risk of the whole search is that of one test.

use super::{bounds, chain};
use crate::LearnError;
use serde::Serialize;

/// A guess: its confidence, and for sampled rows whether it was right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    pub confidence: f64,
    pub right: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Certificate {
    pub target: f64,
    pub risk: f64,
    /// Rows with labels that were compared.
    pub sample: u64,
    /// Guesses this confident or more are taken; none without a certificate.
    pub cut: Option<f64>,
    /// Sampled rows above the cut, and how many of them were right.
    pub sample_above: u64,
    pub right_above: u64,
    /// Rows labeled by machine, and rows that stay with people beside the labeled ones.
    pub automatic: u64,
    pub human: u64,
    /// The share that was right among sampled rows above the cut: an estimate, not a promise.
    pub estimate: Option<f64>,
    /// Clopper and Pearson's lower bound of it at the risk.
    pub lower_bound: Option<f64>,
    /// The greatest chance of such a sample if the machine's labels missed the target.
    pub p_value: Option<f64>,
    /// Was there a test that the sample could have passed? Whether there is one is settled before any outcome is looked at,
    /// so that without one no risk was taken.
    pub tested: bool,
    /// Rows, all right, that the target needs at the least.
    pub needed: u64,
    pub reason: String,
    pub assumptions: Vec<String>,
    pub method: String,
}

/// The pool is looked at in this many steps.
const STEPS: usize = 50;

/// `guesses` has every row of the pool, sampled or not. Errors: target or risk not between 0 and 1.
pub fn certify(guesses: &[Guess], target: f64, risk: f64) -> Result<Certificate, LearnError> {
    for (what, value) in [("target", target), ("risk", risk)] {
        if !(value > 0.0 && value < 1.0) {
            return Err(LearnError::option(what, value, "between 0 and 1, both excluded"));
        }
    }
    let mut confidences: Vec<f64> =
        guesses.iter().filter(|guess| guess.right.is_none()).map(|guess| guess.confidence).collect();
    confidences.sort_by(|a, b| b.total_cmp(a));
    let sample: Vec<Guess> = guesses.iter().copied().filter(|guess| guess.right.is_some()).collect();
    let needed = bounds::needed(target, risk);
    let rest = confidences.len();
    let mut certificate = Certificate {
        target,
        risk,
        sample: sample.len() as u64,
        cut: None,
        sample_above: 0,
        right_above: 0,
        automatic: 0,
        human: rest as u64,
        estimate: None,
        lower_bound: None,
        p_value: None,
        tested: false,
        needed,
        reason: String::new(),
        assumptions: vec![
            "the labeled rows are a random sample of all rows".into(),
            "labels given by people are right".into(),
            "confidences of labeled rows come from models that did not see their labels".into(),
        ],
        method: "fixed sequence of exact hypergeometric tests".into(),
    };
    if rest == 0 {
        certificate.reason = "every row has a label".into();
        return Ok(certificate);
    }
    let mut sure: Vec<f64> = sample.iter().map(|guess| guess.confidence).collect();
    sure.sort_by(|a, b| b.total_cmp(a));
    let mut candidates: Vec<chain::Candidate> = (1..=STEPS)
        .filter_map(|step| confidences.get((rest * step).div_ceil(STEPS).max(1) - 1).copied())
        .map(|cut| {
            let above = |sorted: &[f64]| sorted.partition_point(|confidence| *confidence >= cut) as u64;
            chain::Candidate::new(cut, above(&confidences), above(&sure), target, risk)
        })
        .collect();
    candidates.dedup_by(|a, b| a.cut == b.cut);
    for chain::Candidate { cut, automatic, sampled, .. } in chain::plan(&candidates, &sure) {
        certificate.tested = true;
        let right = sample.iter().filter(|guess| guess.confidence >= cut && guess.right == Some(true)).count() as u64;
        let p = bounds::rest_misses(automatic + sampled, sampled, sampled - right, target);
        if p > risk {
            break;
        }
        certificate.cut = Some(cut);
        (certificate.sample_above, certificate.right_above) = (sampled, right);
        (certificate.automatic, certificate.human) = (automatic, rest as u64 - automatic);
        certificate.estimate = Some(right as f64 / sampled as f64);
        certificate.lower_bound = Some(bounds::clopper_pearson_lower(right, sampled, risk));
        certificate.p_value = Some(p);
    }
    certificate.reason = match certificate.cut {
        Some(_) => format!(
            "{} of {} sampled rows above the cut were right: a chance of at most {risk:.4} to see that if fewer than {target} \
             of the machine's labels were",
            certificate.right_above, certificate.sample_above
        ),
        None if certificate.sample < needed => format!(
            "{} labeled rows cannot certify {target} at risk {risk:.4}; it takes at least {needed}, all guessed right: \
             everything stays with people",
            certificate.sample
        ),
        None => format!(
            "the guesses of the surest rows are wrong too often to certify {target} at risk {risk:.4}: everything stays with \
             people"
        ),
    };
    Ok(certificate)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Random;

    /// A pool whose guesses are right as often as their confidence says.
    fn pool(random: &mut Random, rows: usize, sampled: usize) -> (Vec<Guess>, Vec<bool>) {
        let confidences: Vec<f64> = (0..rows).map(|_| 1.0 - 0.5 * random.unit() * random.unit()).collect();
        let truth: Vec<bool> = confidences.iter().map(|confidence| random.unit() < *confidence).collect();
        let mut guesses: Vec<Guess> =
            confidences.iter().map(|confidence| Guess { confidence: *confidence, right: None }).collect();
        for row in random.sample(rows, sampled) {
            guesses[row].right = Some(truth[row]);
        }
        (guesses, truth)
    }

    #[test]
    fn the_target_holds_as_often_as_promised() {
        let mut random = Random::new(17);
        let (mut missed, mut given, runs) = (0, 0, 400);
        for _ in 0..runs {
            let (guesses, truth) = pool(&mut random, 2000, 300);
            let found = certify(&guesses, 0.9, 0.05).unwrap();
            let Some(cut) = found.cut else { continue };
            given += 1;
            let taken = |guess: &Guess| guess.right.is_none() && guess.confidence >= cut;
            let all = guesses.iter().filter(|guess| taken(guess)).count();
            let right = guesses.iter().zip(truth).filter(|(guess, truth)| taken(guess) && *truth).count();
            assert_eq!(all as u64, found.automatic);
            missed += usize::from((right as f64) < 0.9 * all as f64);
        }
        assert!(given > runs / 2, "{given}");
        // Three standard deviations above the risk.
        assert!(missed <= runs / 20 + 13, "{missed} of {given}");
    }

    #[test]
    fn too_few_labels_say_so() {
        let mut random = Random::new(1);
        let (guesses, _) = pool(&mut random, 500, 30);
        let found = certify(&guesses, 0.95, 0.05).unwrap();
        assert_eq!((found.cut, found.human, found.needed), (None, 470, 59));
        assert!(found.reason.contains("at least 59"));
        assert!(certify(&guesses, 1.0, 0.05).is_err() && certify(&guesses, 0.9, 0.0).is_err());
    }
}
