//! Exact bounds from counts: Clopper and Pearson (1934) for a share, the hypergeometric tail for the rest of a finite pool.

use statrs::{
    distribution::{Beta, ContinuousCDF},
    function::gamma::ln_gamma,
};

/// The lower bound of a share of which `right` of `count` were seen, at one-sided risk: the risk quantile of
/// Beta(right, count - right + 1). 0 without any.
pub fn clopper_pearson_lower(right: u64, count: u64, risk: f64) -> f64 {
    if right == 0 || right > count {
        return 0.0;
    }
    if right == count {
        return risk.powf(1.0 / count as f64);
    }
    Beta::new(right as f64, (count - right) as f64 + 1.0).map_or(0.0, |beta| beta.inverse_cdf(risk))
}

/// How many rows, all right, certify a target.
pub fn needed(target: f64, risk: f64) -> u64 {
    (risk.ln() / target.ln()).ceil().max(1.0) as u64
}

/// What the test of this number (from 1) may risk so that all tests ever made, however many, risk no more than `risk`
/// together: risk 6 / (pi number)^2, which add up to it (alpha spending; Boole's inequality).
pub fn share_of_risk(risk: f64, number: u64) -> f64 {
    let number = number.max(1) as f64;
    risk * 6.0 / (std::f64::consts::PI * number).powi(2)
}

fn ln_choose(n: u64, k: u64) -> f64 {
    if k > n {
        return f64::NEG_INFINITY;
    }
    ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0)
}

/// The chance of at most `seen` bad rows in a draw of `drawn` from `all` rows with `bad` bad ones.
pub fn hypergeometric_at_most(all: u64, bad: u64, drawn: u64, seen: u64) -> f64 {
    if bad > all || drawn > all {
        return 0.0;
    }
    let total = ln_choose(all, drawn);
    let term = |found: u64| (ln_choose(bad, found) + ln_choose(all - bad, drawn - found) - total).exp();
    (0..=seen.min(bad).min(drawn)).map(term).sum::<f64>().min(1.0)
}

/// How surely the rest of a pool meets the target: the greatest chance of seeing so few errors if it did not. Of `all`
/// rows, `drawn` were looked at and `seen` of them were wrong; the rest fails if its wrong ones are more than
/// 1 - `target` of it.
pub fn rest_misses(all: u64, drawn: u64, seen: u64, target: f64) -> f64 {
    let rest = all.saturating_sub(drawn);
    if rest == 0 {
        return 0.0;
    }
    // The fewest wrong ones of the rest that fail it.
    let failing = ((1.0 - target) * rest as f64 + 1e-9).floor() as u64 + 1;
    if failing > rest {
        return 0.0;
    }
    hypergeometric_at_most(all, seen + failing, drawn, seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values() {
        // Without an error, 59 and 299 rows are needed (52 and 268 by Wilson's interval).
        assert_eq!((needed(0.95, 0.05), needed(0.99, 0.05)), (59, 299));
        assert!(clopper_pearson_lower(59, 59, 0.05) >= 0.95 && clopper_pearson_lower(58, 58, 0.05) < 0.95);
        // 8 of 10: R's binom.test(8, 10, alternative = "greater") says 0.4930987.
        assert!((clopper_pearson_lower(8, 10, 0.05) - 0.493_098_7).abs() < 1e-6);
    }

    #[test]
    fn shares_of_the_risk_add_up_to_it() {
        assert!((share_of_risk(0.05, 1) - 0.030_396).abs() < 1e-6);
        let sum: f64 = (1..=100_000).map(|number| share_of_risk(0.05, number)).sum();
        assert!(sum < 0.05 && sum > 0.049_99, "{sum}");
    }

    #[test]
    fn urns_by_hand() {
        // 10 rows, 3 bad, 2 drawn: no bad one in 7/10 * 6/9.
        assert!((hypergeometric_at_most(10, 3, 2, 0) - 42.0 / 90.0).abs() < 1e-12);
        assert!((hypergeometric_at_most(10, 3, 2, 2) - 1.0).abs() < 1e-12);
        // All looked at: nothing is left to be wrong.
        assert_eq!(rest_misses(50, 50, 9, 0.95), 0.0);
    }
}
