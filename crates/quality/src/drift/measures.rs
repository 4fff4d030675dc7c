//! Distances between two distributions.

/// Shares of zero are raised to this in PSI: there is no standard for it, so it is stated.
pub const PSI_FLOOR: f64 = 1e-4;

/// Shares that sum to 1; None without any count.
pub fn shares(counts: &[f64]) -> Option<Vec<f64>> {
    let sum: f64 = counts.iter().sum();
    (sum > 0.0).then(|| counts.iter().map(|count| count / sum).collect())
}

/// Population stability index: sum (q - p) ln(q / p) over bins, shares no less than [`PSI_FLOOR`]. Below 0.1 is usually
/// taken as stable, above 0.25 as changed (Siddiqi, "Credit Risk Scorecards", 2006).
pub fn psi(reference: &[f64], current: &[f64]) -> f64 {
    let floored = |share: &f64| share.max(PSI_FLOOR);
    reference.iter().map(floored).zip(current.iter().map(floored)).map(|(p, q)| (q - p) * (q / p).ln()).sum()
}

/// The same data, four numbers (Lin, "Divergence measures based on the Shannon entropy", 1991).
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct JensenShannon {
    pub divergence_nats: f64,
    pub divergence_bits: f64,
    /// Square roots of the divergences.
    pub distance_nats: f64,
    pub distance_bits: f64,
}

pub fn jensen_shannon(reference: &[f64], current: &[f64]) -> JensenShannon {
    let part = |p: f64, middle: f64| if p > 0.0 { p * (p / middle).ln() } else { 0.0 };
    let sum: f64 = reference
        .iter()
        .zip(current)
        .map(|(p, q)| {
            let middle = f64::midpoint(*p, *q);
            part(*p, middle) + part(*q, middle)
        })
        .sum();
    let nats = (sum / 2.0).max(0.0);
    let bits = nats / std::f64::consts::LN_2;
    JensenShannon {
        divergence_nats: nats,
        divergence_bits: bits,
        distance_nats: nats.sqrt(),
        distance_bits: bits.sqrt(),
    }
}

/// First Wasserstein distance of two sorted samples: the area between their distribution functions.
pub fn wasserstein(reference: &[f64], current: &[f64]) -> Option<f64> {
    if reference.is_empty() || current.is_empty() {
        return None;
    }
    let (mut i, mut j, mut area) = (0, 0, 0.0);
    let mut at = reference[0].min(current[0]);
    while i < reference.len() || j < current.len() {
        let next = match (reference.get(i), current.get(j)) {
            (Some(a), Some(b)) => a.min(*b),
            (Some(a), None) => *a,
            (None, Some(b)) => *b,
            (None, None) => break,
        };
        let gap = i as f64 / reference.len() as f64 - j as f64 / current.len() as f64;
        area += gap.abs() * (next - at);
        at = next;
        while reference.get(i).is_some_and(|value| *value <= next) {
            i += 1;
        }
        while current.get(j).is_some_and(|value| *value <= next) {
            j += 1;
        }
    }
    Some(area)
}

/// Inner edges of `bins` bins with equal shares of the sorted reference (quantiles by linear interpolation); equal edges
/// become one, so that there may be fewer bins.
pub fn quantile_edges(sorted: &[f64], bins: usize) -> Vec<f64> {
    let mut edges: Vec<f64> = (1..bins.max(1))
        .filter_map(|bin| {
            let at = (sorted.len().checked_sub(1)?) as f64 * bin as f64 / bins as f64;
            let (low, high) = (sorted.get(at.floor() as usize)?, sorted.get(at.ceil() as usize)?);
            Some(low + (high - low) * at.fract())
        })
        .collect();
    edges.dedup();
    edges
}

/// Counts of a sorted sample between the edges; a value on an edge is in the bin above.
pub fn histogram(sorted: &[f64], edges: &[f64]) -> Vec<f64> {
    let mut counts = Vec::with_capacity(edges.len() + 1);
    let mut start = 0;
    for edge in edges {
        let end = sorted.partition_point(|value| value < edge);
        counts.push((end - start) as f64);
        start = end;
    }
    counts.push((sorted.len() - start) as f64);
    counts
}
