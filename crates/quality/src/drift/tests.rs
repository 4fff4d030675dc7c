//! Tests of "nothing changed": Kolmogorov-Smirnov for numbers, chi-square for categories, permutations for means.

use crate::statistics::random::Random;
use serde::Serialize;
use statrs::function::gamma::checked_gamma_ur;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Test {
    /// The test with its form.
    pub name: &'static str,
    pub statistic: f64,
    pub p_value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degrees_of_freedom: Option<f64>,
    /// How the p-value was found, and when it is only a bound.
    pub note: &'static str,
}

/// Up to this many pairs of values the p-value of Kolmogorov-Smirnov is exact.
const EXACT_PAIRS: usize = 40_000_000;

/// Two-sample Kolmogorov-Smirnov, two-sided, of sorted samples. With ties the p-value is conservative (too large): they
/// can only lower the statistic's chance.
pub fn kolmogorov_smirnov(reference: &[f64], current: &[f64]) -> Option<Test> {
    let (n, m) = (reference.len(), current.len());
    if n == 0 || m == 0 {
        return None;
    }
    let (mut i, mut j, mut most, mut ties) = (0, 0, 0.0_f64, false);
    while i < n && j < m {
        let at = reference[i].min(current[j]);
        let (before_i, before_j) = (i, j);
        while i < n && reference[i] <= at {
            i += 1;
        }
        while j < m && current[j] <= at {
            j += 1;
        }
        ties |= (i - before_i) + (j - before_j) > 1;
        most = most.max((i as f64 / n as f64 - j as f64 / m as f64).abs());
    }
    let exact = n.checked_mul(m).is_some_and(|pairs| pairs <= EXACT_PAIRS);
    let p_value = if exact { exact_p(n, m, most) } else { limit_p(n, m, most) };
    Some(Test {
        name: "Kolmogorov-Smirnov, two samples, two-sided",
        statistic: most,
        p_value: p_value.clamp(0.0, 1.0),
        degrees_of_freedom: None,
        note: match (exact, ties) {
            (true, false) => "exact",
            (true, true) => "exact without ties; there are ties, so it is conservative",
            (false, false) => "limit distribution with Stephens' correction",
            (false, true) => "limit distribution with Stephens' correction; there are ties, so it is conservative",
        },
    })
}

/// The share of lattice paths from (0, 0) to (n, m) that leave the band |i/n - j/m| < d (Hodges 1958).
fn exact_p(n: usize, m: usize, d: f64) -> f64 {
    // Differences are whole multiples of 1 / lcm: half of one separates equal from less.
    let (n_wide, m_wide) = (n as u128, m as u128);
    let limit = (d * n as f64 * m as f64).round() as u128;
    let inside = |i: usize, j: usize| (i as u128 * m_wide).abs_diff(j as u128 * n_wide) < limit;
    // p[j]: the chance that a random path through (i, j) stayed inside until there.
    let mut p = vec![0.0; m + 1];
    for i in 0..=n {
        for j in 0..=m {
            p[j] = if !inside(i, j) {
                0.0
            } else if i == 0 && j == 0 {
                1.0
            } else {
                // The last step of a random path to (i, j) came from the left with probability i / (i + j).
                let from_i = if i > 0 { i as f64 * p[j] } else { 0.0 };
                let from_j = if j > 0 { j as f64 * p[j - 1] } else { 0.0 };
                (from_i + from_j) / (i + j) as f64
            };
        }
    }
    if limit == 0 { 1.0 } else { 1.0 - p[m] }
}

/// 2 sum (-1)^(k-1) exp(-2 k^2 l^2), l = (sqrt(e) + 0.12 + 0.11 / sqrt(e)) d, e = n m / (n + m) (Stephens 1970).
fn limit_p(n: usize, m: usize, d: f64) -> f64 {
    let effective = (n as f64 * m as f64 / (n + m) as f64).sqrt();
    let lambda = (effective + 0.12 + 0.11 / effective) * d;
    if lambda < 0.2 {
        return 1.0;
    }
    let term = |k: i32| (-2.0 * f64::from(k * k) * lambda * lambda).exp() * if k % 2 == 1 { 1.0 } else { -1.0 };
    2.0 * (1..=100).map(term).sum::<f64>()
}

/// Upper tail of the chi-square distribution.
fn chi_square_tail(statistic: f64, degrees: f64) -> f64 {
    if degrees <= 0.0 || statistic <= 0.0 {
        return 1.0;
    }
    if statistic.is_infinite() {
        return 0.0;
    }
    checked_gamma_ur(degrees / 2.0, statistic / 2.0).unwrap_or(0.0)
}

/// Chi-square contingency test of a 2 x K table (Pearson 1900, no continuity correction): are both windows samples of
/// one population? Categories that neither has are left out; None with fewer than two, or an empty window.
pub fn chi_square_contingency(reference: &[f64], current: &[f64]) -> Option<Test> {
    let (n, m): (f64, f64) = (reference.iter().sum(), current.iter().sum());
    let used: Vec<(f64, f64)> =
        reference.iter().copied().zip(current.iter().copied()).filter(|(r, c)| r + c > 0.0).collect();
    if n == 0.0 || m == 0.0 || used.len() < 2 {
        return None;
    }
    let mut statistic = 0.0;
    let mut least = f64::INFINITY;
    for (r, c) in &used {
        for (seen, all) in [(r, n), (c, m)] {
            let expected = (r + c) * all / (n + m);
            least = least.min(expected);
            statistic += (seen - expected).powi(2) / expected;
        }
    }
    let degrees = used.len() as f64 - 1.0;
    Some(Test {
        name: "chi-square, contingency (two samples)",
        statistic,
        p_value: chi_square_tail(statistic, degrees),
        degrees_of_freedom: Some(degrees),
        note: if least < 5.0 { "some expected counts are below 5: approximate" } else { "" },
    })
}

/// Chi-square goodness of fit: the current counts against the reference's shares, taken as exactly known. A category
/// that the reference never had makes the statistic infinite.
pub fn chi_square_goodness_of_fit(reference: &[f64], current: &[f64]) -> Option<Test> {
    let (n, m): (f64, f64) = (reference.iter().sum(), current.iter().sum());
    let used: Vec<(f64, f64)> =
        reference.iter().copied().zip(current.iter().copied()).filter(|(r, c)| r + c > 0.0).collect();
    if n == 0.0 || m == 0.0 || used.len() < 2 {
        return None;
    }
    let statistic = used.iter().map(|(r, c)| (c - m * r / n).powi(2) / (m * r / n)).sum();
    let degrees = used.len() as f64 - 1.0;
    Some(Test {
        name: "chi-square, goodness of fit to the reference's shares",
        statistic,
        p_value: chi_square_tail(statistic, degrees),
        degrees_of_freedom: Some(degrees),
        note: if statistic.is_infinite() { "the reference lacks a category of the current window" } else { "" },
    })
}

/// Permutation test of the difference of two means, two-sided, seeded; p = (1 + as extreme) / (1 + permutations).
pub fn permutation_of_means(reference: &[f64], current: &[f64], permutations: usize, seed: u64) -> Option<Test> {
    if reference.is_empty() || current.is_empty() {
        return None;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let difference = mean(current) - mean(reference);
    let mut all = [reference, current].concat();
    // Sorted first, so that the order of rows does not reach the shuffles.
    all.sort_by(f64::total_cmp);
    let sum: f64 = all.iter().sum();
    let (n, m) = (reference.len() as f64, current.len() as f64);
    let mut random = Random::new(seed);
    let mut extreme = 0;
    for _ in 0..permutations {
        let mut own = 0.0;
        for place in 0..current.len() {
            let other = place + random.below(all.len() - place);
            all.swap(place, other);
            own += all[place];
        }
        let other = own / m - (sum - own) / n;
        extreme += usize::from(other.abs() >= difference.abs() * (1.0 - 1e-12));
    }
    Some(Test {
        name: "permutation of means, two-sided",
        statistic: difference,
        p_value: (1 + extreme) as f64 / (1 + permutations) as f64,
        degrees_of_freedom: None,
        note: "seeded",
    })
}
