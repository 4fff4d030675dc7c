//! Which cuts to test, in which order. A chain that starts too high certifies little, one that starts too low is broken by
//! one stroke of bad luck, and every test on the way down may break it. The chain is therefore planned before the sample's
//! outcomes are looked at: outcomes are imagined many times by the confidences alone, and the chain that labels most rows
//! in the mean is taken. Confidences that promise too much make a plan worse, never a certificate wrong.

use super::bounds;
use crate::Random;

/// Imagined samples.
const IMAGINED: usize = 400;
/// Nobody is this sure: a share of guesses is taken to be wrong whatever their confidence.
const FLOOR: f64 = 0.01;

/// A cut that can be tested.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub cut: f64,
    /// Rows without a label at or above it.
    pub automatic: u64,
    /// Sampled rows at or above it.
    pub sampled: u64,
    /// Wrong guesses among these with which the test passes; None when it cannot.
    allowed: Option<u64>,
}

impl Candidate {
    pub fn new(cut: f64, automatic: u64, sampled: u64, target: f64, risk: f64) -> Self {
        let passes =
            |wrong: u64| sampled > 0 && bounds::rest_misses(automatic + sampled, sampled, wrong, target) <= risk;
        // The chance grows with the wrong ones.
        let allowed = (0..=sampled).take_while(|wrong| passes(*wrong)).last();
        Self { cut, automatic, sampled, allowed }
    }
}

/// The candidates (highest cut first) to test, in order. `confidences` are those of the sampled rows, greatest first.
pub(super) fn plan(candidates: &[Candidate], confidences: &[f64]) -> Vec<Candidate> {
    let mut random = Random::new(0);
    // Whether each candidate passes, in each imagined sample.
    let passes: Vec<Vec<bool>> = (0..IMAGINED)
        .map(|_| {
            let wrong: Vec<u64> = confidences
                .iter()
                .scan(0, |sum, confidence| {
                    let doubt = FLOOR + (1.0 - FLOOR) * (1.0 - confidence).clamp(0.0, 1.0);
                    *sum += u64::from(random.unit() < doubt);
                    Some(*sum)
                })
                .collect();
            candidates
                .iter()
                .map(|own| {
                    let seen = (own.sampled as usize).checked_sub(1).and_then(|at| wrong.get(at)).copied().unwrap_or(0);
                    own.allowed.is_some_and(|allowed| seen <= allowed)
                })
                .collect()
        })
        .collect();
    // The mean number of rows labeled by a chain that ends at its first failure.
    let worth = |chain: &[usize]| -> f64 {
        let rows = |at: &usize| candidates.get(*at).map_or(0, |own| own.automatic) as f64;
        let of = |passes: &Vec<bool>| {
            let last = chain.iter().take_while(|at| passes.get(**at) == Some(&true)).last();
            last.map_or(0.0, rows)
        };
        passes.iter().map(of).sum::<f64>() / IMAGINED as f64
    };
    let mut chain: Vec<usize> = Vec::new();
    let mut best = 0.0;
    loop {
        let mut found = None;
        for at in (0..candidates.len()).filter(|at| !chain.contains(at)) {
            let mut longer = chain.clone();
            longer.insert(longer.partition_point(|have| *have < at), at);
            let value = worth(&longer);
            if value > best + 1e-9 {
                (best, found) = (value, Some(longer));
            }
        }
        match found {
            Some(longer) => chain = longer,
            None => break,
        }
    }
    chain.into_iter().filter_map(|at| candidates.get(at).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_wrong_ones_are_allowed_as_the_test_takes() {
        // 59 of a stream, all right, certify .95; here of a large pool.
        let own = |sampled| Candidate::new(0.5, 1_000_000, sampled, 0.95, 0.05).allowed;
        assert_eq!((own(58), own(59), own(92), own(93)), (None, Some(0), Some(0), Some(1)));
    }

    #[test]
    fn sure_guesses_are_tested_together_and_doubtful_ones_last() {
        // 100 sampled rows that are sure, then 50 that are wrong half of the time.
        let confidences: Vec<f64> = (0..150).map(|at| if at < 100 { 0.999 } else { 0.5 }).collect();
        let candidates: Vec<Candidate> =
            (1..=15).map(|step| Candidate::new(1.0 - step as f64 / 20.0, step * 40, step * 10, 0.95, 0.05)).collect();
        let found = plan(&candidates, &confidences);
        let sampled: Vec<u64> = found.iter().map(|own| own.sampled).collect();
        assert!(sampled.iter().all(|sampled| (60..=110).contains(sampled)), "{sampled:?}");
        assert!(sampled.contains(&100), "{sampled:?}");
        assert!(plan(&candidates[..3], &confidences).is_empty());
    }
}
