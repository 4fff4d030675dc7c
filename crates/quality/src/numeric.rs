//! Small numeric tools of this engine; what other engines need too is in the core.

pub use labelwright_core::numeric::{in_chunks, soft_max};

/// The range of chunk `index` out of `count` over `items`.
pub fn chunk(items: usize, count: usize, index: usize) -> std::ops::Range<usize> {
    let at = |index: usize| (items as u128 * index as u128 / count.max(1) as u128) as usize;
    at(index)..at(index + 1)
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
        assert!((log_sigmoid(-800.0) + 800.0).abs() < 1e-12);
        assert!((log_sigmoid(40.0) + (-40.0_f64).exp()).abs() < 1e-30);
        // Psi(1) is minus Euler's constant; psi(1/2) is that minus 2 ln 2.
        assert!((digamma(1.0) + 0.577_215_664_901_532_9).abs() < 1e-13);
        assert!((digamma(0.5) + 0.577_215_664_901_532_9 + 2.0 * 2.0_f64.ln()).abs() < 1e-13);
    }
}
