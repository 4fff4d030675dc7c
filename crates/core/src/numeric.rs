//! Small numeric tools that every estimator needs, whichever engine it is in: fixed chunks on threads, the softmax, and
//! the bits that seeded chance is made of.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Threads beyond this wait for memory rather than for each other.
const MOST_THREADS: usize = 16;

/// Runs `work` for 0..count on the machine's cores and gives the results in order. The chunks do not depend on the
/// number of threads, so neither do sums over them.
pub fn in_chunks<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count).min(MOST_THREADS);
    if threads <= 1 {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let mut found: Vec<(usize, R)> = std::thread::scope(|scope| {
        let run = || {
            let mut own = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return own;
                }
                own.push((index, work(index)));
            }
        };
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let mut all = run();
        for other in others {
            match other.join() {
                Ok(own) => all.extend(own),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, result)| result).collect()
}

/// Turns logarithms of weights into probabilities and gives the logarithm of the weights' sum. Of `-inf` only, it
/// makes an even distribution.
pub fn soft_max(values: &mut [f64]) -> f64 {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        let even = 1.0 / values.len() as f64;
        values.fill(even);
        return most;
    }
    let mut sum = 0.0;
    for value in values.iter_mut() {
        // Below e^-60 nothing changes a double near 1.
        *value = if *value - most > -60.0 { (*value - most).exp() } else { 0.0 };
        sum += *value;
    }
    let scale = 1.0 / sum;
    values.iter_mut().for_each(|value| *value *= scale);
    most + sum.ln()
}

/// SplitMix64 (G. Steele, D. Lea and C. Flood, 2014): small, seeded, the same on every machine.
#[derive(Debug, Clone)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_those_of_the_reference() {
        // S. Vigna's splitmix64.c, seeded with 1234567.
        let mut random = SplitMix64::new(1_234_567);
        let first = [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(first.map(|_| random.bits()), first);
    }

    #[test]
    fn results_are_in_order_and_none_is_missing() {
        assert_eq!(in_chunks(1000, |index| index * 2), (0..1000).map(|index| index * 2).collect::<Vec<_>>());
        assert!(in_chunks(0, |index| index).is_empty());
    }

    #[test]
    fn tails_are_exact() {
        let mut values = [-1000.0, -1001.0];
        let log_sum = soft_max(&mut values);
        assert!((values[0] - 1.0 / (1.0 + (-1.0_f64).exp())).abs() < 1e-15);
        assert!((log_sum - (-1000.0 + (1.0 + (-1.0_f64).exp()).ln())).abs() < 1e-12);
        let mut none = [f64::NEG_INFINITY; 4];
        soft_max(&mut none);
        assert_eq!(none, [0.25; 4]);
    }
}
