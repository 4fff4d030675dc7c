//! How different the items of a sample are: in how many clusters they lie, and how far the next one is.

use super::{facts::Sampled, report::Diversity};
use labelwright_learn::{
    Matrix,
    clustering::kmeans::{Options, kmeans},
    embed::text,
};

/// Numbers of a text's features.
const TEXT_DIMS: usize = 64;
const CLUSTERS_MAXIMUM: usize = 50;
/// Fewer items say nothing.
const ITEMS_MINIMUM: usize = 10;

/// exp(entropy of the shares): how many equal ones would be as diverse.
pub fn effective(counts: impl Iterator<Item = u64> + Clone) -> f64 {
    let total = counts.clone().sum::<u64>() as f64;
    let shares = counts.filter(|count| *count > 0).map(|count| count as f64 / total);
    (-shares.map(|share| share * share.ln()).sum::<f64>()).exp()
}

/// None for a sample that is too small.
pub fn diversity(sample: Vec<Sampled>, seed: u64) -> Result<Option<Diversity>, String> {
    if sample.len() < ITEMS_MINIMUM {
        return Ok(None);
    }
    let sampled = sample.len();
    let (mut texts, mut values) = (Vec::new(), Vec::new());
    for one in sample {
        match one {
            Sampled::Text(text) => texts.push(text),
            Sampled::Picture(numbers) => values.extend(numbers),
        }
    }
    let features = if texts.is_empty() {
        Matrix::new(values, labelwright_learn::embed::image::DIMS)
    } else {
        text::embed(&texts, TEXT_DIMS.min(texts.len()), seed)
    };
    let features = features.map_err(|error| error.to_string())?;
    let clusters = (sampled / 10).clamp(2, CLUSTERS_MAXIMUM);
    let found = kmeans(&features, &Options::new(clusters, seed)).map_err(|error| error.to_string())?;
    let mut counts = vec![0_u64; clusters];
    for label in found.labels {
        if let Some(count) = usize::try_from(label).ok().and_then(|label| counts.get_mut(label)) {
            *count += 1;
        }
    }
    let mut nearest = nearest(&features);
    nearest.sort_by(f64::total_cmp);
    let at =
        |share: f64| nearest.get(((nearest.len() - 1) as f64 * share).round() as usize).copied().unwrap_or_default();
    Ok(Some(Diversity {
        sampled,
        clusters,
        effective_clusters: effective(counts.iter().copied()),
        nearest_median: at(0.5),
        nearest_p95: at(0.95),
    }))
}

/// Of each row 1 - cosine to the nearest other one.
fn nearest(features: &Matrix) -> Vec<f64> {
    let length = |row: &[f64]| row.iter().map(|value| value * value).sum::<f64>().sqrt().max(1e-12);
    let rows: Vec<Vec<f64>> = features
        .iter()
        .map(|row| {
            let length = length(row);
            row.iter().map(|value| value / length).collect()
        })
        .collect();
    let mut best = vec![f64::NEG_INFINITY; rows.len()];
    for (at, one) in rows.iter().enumerate() {
        for (other, two) in rows.iter().enumerate().skip(at + 1) {
            let cosine = one.iter().zip(two).map(|(a, b)| a * b).sum::<f64>();
            best[at] = best[at].max(cosine);
            best[other] = best[other].max(cosine);
        }
    }
    best.into_iter().map(|cosine| (1.0 - cosine).max(0.0)).collect()
}
