//! How different the items of a sample are: in how many clusters they lie, and how far the next one is.

use super::{facts::Sampled, report::Diversity};
use labelwright_learn::{
    Matrix,
    clustering::kmeans::{Options, kmeans},
    embed::text,
};
use labelwright_quality::issues::neighbors::outliers;

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
    let near = outliers(features.values(), features.columns(), 1).map_err(|error| error.to_string())?;
    let mut nearest = near.mean_distances;
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
