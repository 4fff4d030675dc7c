//! How different the items of a sample are: in how many clusters they lie, and how far the next one is.

use super::{
    facts::Sampled,
    report::{Diversity, Gaps},
};
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

/// Features of all of these, which are of one kind.
fn features(sample: Vec<Sampled>, seed: u64) -> Result<Matrix, String> {
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
    features.map_err(|error| error.to_string())
}

/// None for a sample that is too small.
pub fn diversity(mut sample: Vec<Sampled>, reference: Vec<Sampled>, seed: u64) -> Result<Option<Diversity>, String> {
    if sample.len() < ITEMS_MINIMUM {
        return Ok(None);
    }
    let (sampled, referred) = (sample.len(), reference.len());
    // Features of texts depend on all texts that are looked at.
    sample.extend(reference);
    let all = features(sample, seed)?;
    let columns = all.columns();
    let (own, others) = all.values().split_at(sampled * columns);
    let features = Matrix::new(own.to_vec(), columns).map_err(|error| error.to_string())?;
    let clusters = (sampled / 10).clamp(2, CLUSTERS_MAXIMUM);
    let found = kmeans(&features, &Options::new(clusters, seed)).map_err(|error| error.to_string())?;
    let mut counts = vec![0_u64; clusters];
    for label in found.labels {
        if let Some(count) = usize::try_from(label).ok().and_then(|label| counts.get_mut(label)) {
            *count += 1;
        }
    }
    let near = outliers(features.values(), columns, 1).map_err(|error| error.to_string())?;
    let [nearest_median, nearest_p95] = quantiles(near.mean_distances);
    let reference = (referred > 0).then(|| {
        let [nearest_median, nearest_p95] = quantiles(gaps(own, others, columns));
        let [missing_median, missing_p95] = quantiles(gaps(others, own, columns));
        Gaps { sampled: referred, nearest_median, nearest_p95, missing_median, missing_p95 }
    });
    Ok(Some(Diversity {
        sampled,
        clusters,
        effective_clusters: effective(counts.iter().copied()),
        nearest_median,
        nearest_p95,
        reference,
    }))
}

/// Below this distance are half of them, and 95 %.
fn quantiles(mut distances: Vec<f64>) -> [f64; 2] {
    distances.sort_by(f64::total_cmp);
    [0.5, 0.95].map(|share| {
        let last = distances.len().saturating_sub(1) as f64;
        distances.get((last * share).round() as usize).copied().unwrap_or_default()
    })
}

/// From each row the distance (1 - cosine) to the nearest one of the others. Rows of zeros are far from all.
fn gaps(rows: &[f64], others: &[f64], columns: usize) -> Vec<f64> {
    let unit = |row: &[f64]| {
        let length = row.iter().map(|value| value * value).sum::<f64>().sqrt();
        row.iter().map(|value| if length > 0.0 { value / length } else { 0.0 }).collect::<Vec<f64>>()
    };
    let others: Vec<Vec<f64>> = others.chunks_exact(columns).map(unit).collect();
    let nearest = |row: &[f64]| {
        let row = unit(row);
        let most = others.iter().map(|other| row.iter().zip(other).map(|(a, b)| a * b).sum::<f64>());
        1.0 - most.fold(-1.0, f64::max).min(1.0)
    };
    rows.chunks_exact(columns).map(nearest).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn gaps_by_hand() {
        let (rows, others) = ([1.0, 0.0, 0.0, 2.0], [3.0, 0.0, 1.0, 1.0]);
        let found = gaps(&rows, &others, 2);
        assert!(found[0].abs() < 1e-12 && (found[1] - (1.0 - 0.5_f64.sqrt())).abs() < 1e-12);
        assert_eq!(quantiles(vec![3.0, 1.0, 2.0]), [2.0, 3.0]);
    }

    #[test]
    fn what_the_reference_has_and_the_sample_has_not_is_missing() {
        let texts = |words: &str| (0..30).map(|at| Sampled::Text(format!("{words} {at}"))).collect::<Vec<_>>();
        let mut reference = texts("boats on the sea");
        reference.extend(texts("a recipe for soup"));
        let found = diversity(texts("boats on the sea"), reference, 1).unwrap().unwrap().reference.unwrap();
        assert_eq!(found.sampled, 60);
        assert!(found.nearest_p95 < 0.3 && found.missing_p95 > 0.5, "{found:?}");
    }
}
