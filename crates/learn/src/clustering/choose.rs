//! How many clusters: by the greatest mean silhouette (Rousseeuw 1987), or by the gap statistic (Tibshirani, Walther and
//! Hastie 2001), which alone can say that there is only one.

use super::{
    kmeans::{self, kmeans},
    silhouette::silhouette,
};
use crate::{LearnError, Matrix, numeric::Random, reduce::pca};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Silhouette,
    Gap,
}

/// Each k that was tried with its score, and the chosen one.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub k: usize,
    pub scores: Vec<(usize, f64)>,
}

/// Rows that are looked at; more are drawn from.
const SAMPLE: usize = 2000;
const REFERENCES: usize = 10;

/// Tries 2 (for the gap 1) to `most` clusters. Fewer than three rows are one cluster.
pub fn choose(matrix: &Matrix, most: usize, by: By, seed: u64) -> Result<Choice, LearnError> {
    let mut random = Random::new(seed);
    let mut rows = random.sample(matrix.rows(), matrix.rows().min(SAMPLE));
    rows.sort_unstable();
    let sample = matrix.select(rows);
    let most = most.min(sample.rows().saturating_sub(1)).max(1);
    if sample.rows() < 3 {
        return Ok(Choice { k: 1, scores: Vec::new() });
    }
    let clusters = |of: &Matrix, k: usize| {
        let mut options = kmeans::Options::new(k, seed);
        options.starts = 5;
        kmeans(of, &options)
    };
    if by == By::Gap {
        return gap(&sample, most, &clusters, &mut random);
    }
    let mut scores = Vec::new();
    for k in 2..=most {
        let found = clusters(&sample, k)?;
        if found.centers.rows() < k {
            break;
        }
        if let Some(score) = silhouette(&sample, &found.labels) {
            scores.push((k, score));
        }
    }
    let best = scores.iter().fold((1, f64::NEG_INFINITY), |best, found| if found.1 > best.1 { *found } else { best });
    Ok(Choice { k: best.0, scores })
}

fn gap(
    sample: &Matrix,
    most: usize,
    clusters: &dyn Fn(&Matrix, usize) -> Result<kmeans::Found, LearnError>,
    random: &mut Random,
) -> Result<Choice, LearnError> {
    // References are even in the box along the principal axes (the paper's choice b).
    let turned = pca::fit(sample, sample.columns().min(sample.rows()), 0).transform(sample);
    let columns = turned.columns();
    let mut box_of = vec![(f64::INFINITY, f64::NEG_INFINITY); columns];
    for row in turned.iter() {
        for (side, value) in box_of.iter_mut().zip(row) {
            *side = (side.0.min(*value), side.1.max(*value));
        }
    }
    let references: Vec<Matrix> = (0..REFERENCES)
        .map(|_| {
            let value = |side: &(f64, f64), random: &mut Random| side.0 + random.unit() * (side.1 - side.0);
            let values =
                (0..turned.rows()).flat_map(|_| box_of.iter().map(|side| value(side, random)).collect::<Vec<_>>());
            Matrix::from_parts(values.collect(), columns)
        })
        .collect();
    let mut found: Vec<(usize, f64, f64)> = Vec::new();
    for k in 1..=most {
        let own = clusters(sample, k)?.inertia;
        let mut logs = Vec::with_capacity(REFERENCES);
        for reference in &references {
            logs.push(clusters(reference, k)?.inertia.max(f64::MIN_POSITIVE).ln());
        }
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let spread = (logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>() / logs.len() as f64).sqrt();
        found.push((k, mean - own.max(f64::MIN_POSITIVE).ln(), spread * (1.0 + 1.0 / logs.len() as f64).sqrt()));
        // The smallest k whose gap is not clearly beaten by that of k + 1.
        if let [.., (before, gap, _), (_, next, slack)] = found.as_slice()
            && *gap >= next - slack
        {
            let k = *before;
            return Ok(Choice { k, scores: found.iter().map(|(k, gap, _)| (*k, *gap)).collect() });
        }
    }
    let k =
        found.iter().fold((1, f64::NEG_INFINITY), |best, (k, gap, _)| if *gap > best.1 { (*k, *gap) } else { best }).0;
    Ok(Choice { k, scores: found.iter().map(|(k, gap, _)| (*k, *gap)).collect() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_groups_that_were_made() {
        let (matrix, _) = kmeans::tests::groups(400, 4, 5, 11);
        assert_eq!(choose(&matrix, 10, By::Silhouette, 0).unwrap().k, 5);
        assert_eq!(choose(&matrix, 10, By::Gap, 0).unwrap().k, 5);
        let mut random = Random::new(2);
        let even = Matrix::new((0..600).map(|_| random.unit()).collect(), 2).unwrap();
        assert_eq!(choose(&even, 6, By::Gap, 0).unwrap().k, 1);
        let same = Matrix::new(vec![1.0; 10], 1).unwrap();
        assert_eq!(choose(&same, 6, By::Silhouette, 0).unwrap().k, 1);
    }
}
