//! Intervals for a share: k right out of n.

use statrs::{
    distribution::{ContinuousCDF, Normal},
    function::beta::inv_beta_reg,
};

/// A share with its two-sided interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// E. Wilson, "Probable inference, the law of succession, and statistical inference" (1927). All of 0..1 for no trials.
pub fn wilson(right: u64, all: u64, confidence: f64) -> Interval {
    if all == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    wilson_of_share(right.min(all) as f64 / all as f64, all as f64, confidence)
}

/// Wilson's interval of a share p, 0 to 1, seen in n > 0 trials, which need not be whole: an effective number of them.
pub fn wilson_of_share(p: f64, n: f64, confidence: f64) -> Interval {
    let z = quantile(f64::midpoint(1.0, confidence.clamp(0.0, 1.0 - 1e-12)));
    let middle = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    // At the ends the bound is exact; rounding must not leave it.
    let low = if p <= 0.0 { 0.0 } else { ((middle - half) / scale).max(0.0) };
    let high = if p >= 1.0 { 1.0 } else { ((middle + half) / scale).min(1.0) };
    Interval { low, high }
}

/// C. Clopper, E. Pearson, "The use of confidence or fiducial limits" (1934): never covers less than it says.
pub fn clopper_pearson(right: u64, all: u64, confidence: f64) -> Interval {
    if all == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let right = right.min(all);
    let tail = (1.0 - confidence.clamp(0.0, 1.0)) / 2.0;
    let (k, n) = (right as f64, all as f64);
    Interval {
        low: if right == 0 { 0.0 } else { inv_beta_reg(k, n - k + 1.0, tail) },
        high: if right == all { 1.0 } else { inv_beta_reg(k + 1.0, n - k, 1.0 - tail) },
    }
}

pub(crate) fn quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// The chance that a standard normal is further from 0 than this, on either side.
pub(crate) fn two_sided(z: f64) -> f64 {
    (2.0 * Normal::standard().cdf(-z.abs())).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Interval, low: f64, high: f64) {
        assert!((found.low - low).abs() < 1e-6 && (found.high - high).abs() < 1e-6, "{found:?} {low} {high}");
    }

    #[test]
    fn known_values() {
        // Wilson of 1/10 at 95 %: Newcombe 1998, table I, has .0179 to .4042.
        close(wilson(1, 10, 0.95), 0.017_876, 0.404_150);
        // All right: n / (n + z^2) and delta^(1/n).
        let z = quantile(0.975);
        close(wilson(20, 20, 0.95), 20.0 / (20.0 + z * z), 1.0);
        close(clopper_pearson(20, 20, 0.95), 0.025_f64.powf(1.0 / 20.0), 1.0);
        close(clopper_pearson(0, 10, 0.95), 0.0, 1.0 - 0.025_f64.powf(0.1));
        close(clopper_pearson(0, 0, 0.95), 0.0, 1.0);
    }

    /// One-sided 95 %: 52 (Wilson) and 59 (Clopper-Pearson) all right certify .95; one less does not.
    #[test]
    fn how_many_certify() {
        for (needed, interval) in [(52, wilson as fn(u64, u64, f64) -> Interval), (59, clopper_pearson)] {
            assert!(interval(needed, needed, 0.9).low >= 0.95);
            assert!(interval(needed - 1, needed - 1, 0.9).low < 0.95);
        }
    }
}
