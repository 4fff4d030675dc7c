//! Small numeric tools that every estimator here needs: fixed chunks on threads, sums of exponentials, seeded numbers.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs `work` for 0..count on the machine's cores and gives the results in order. The chunks do not depend on the
/// number of threads, so neither do sums over them.
pub fn in_chunks<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count).min(8);
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

/// The range of chunk `index` out of `count` over `items`.
pub fn chunk(items: usize, count: usize, index: usize) -> std::ops::Range<usize> {
    let at = |index: usize| (items as u128 * index as u128 / count.max(1) as u128) as usize;
    at(index)..at(index + 1)
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

/// Logarithm of 1 / (1 + e^-x), exact in both tails.
pub fn log_sigmoid(x: f64) -> f64 {
    if x >= 0.0 { -(-x).exp().ln_1p() } else { x - x.exp().ln_1p() }
}

pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}

/// The digamma function for positive arguments (recurrence up to 10, then the asymptotic series).
pub fn digamma(x: f64) -> f64 {
    let (mut x, mut sum) = (x, 0.0);
    while x < 10.0 {
        sum -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = square
        * (1.0 / 12.0
            - square * (1.0 / 120.0 - square * (1.0 / 252.0 - square * (1.0 / 240.0 - square * (1.0 / 132.0)))));
    sum + x.ln() - 0.5 / x - series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cover_everything_once_in_order() {
        let all: Vec<usize> = in_chunks(7, |index| chunk(100, 7, index).collect::<Vec<_>>()).concat();
        assert_eq!(all, (0..100).collect::<Vec<_>>());
        assert!(in_chunks(0, |index| index).is_empty());
    }

    #[test]
    fn tails_are_exact() {
        let mut values = [-1000.0, -1001.0];
        let log_sum = soft_max(&mut values);
        assert!((values[0] - 1.0 / (1.0 + (-1.0_f64).exp())).abs() < 1e-15);
        assert!((log_sum - (-1000.0 + (1.0 + (-1.0_f64).exp()).ln())).abs() < 1e-12);
        assert!((log_sigmoid(-800.0) + 800.0).abs() < 1e-12);
        assert!((log_sigmoid(40.0) + (-40.0_f64).exp()).abs() < 1e-30);
        // Psi(1) is minus Euler's constant; psi(1/2) is that minus 2 ln 2.
        assert!((digamma(1.0) + 0.577_215_664_901_532_9).abs() < 1e-13);
        assert!((digamma(0.5) + 0.577_215_664_901_532_9 + 2.0 * 2.0_f64.ln()).abs() < 1e-13);
    }
}
