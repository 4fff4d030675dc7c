//! Labels of pixels: confident learning over all pixels of all images, and a score for each image: the soft minimum of
//! its pixels' self-confidence, sum s e^((1 - s) / T) / sum e^((1 - s) / T) with T = 0.1 (Lad, Mueller, "Estimating
//! label quality and errors in semantic segmentation data via any model", 2023). The batched form is the full form:
//! thresholds are of all pixels, whatever is read at once.

use super::{Issues, IssuesError, Labeled, confident::Filter, confident::find, scores};

#[derive(Debug, Clone, PartialEq)]
pub struct SegmentationIssues {
    /// Over all pixels, image after image.
    pub pixels: Issues,
    pub image_scores: Vec<f64>,
    /// The share of each image's pixels that are issues.
    pub image_shares: Vec<f64>,
}

/// How far the soft minimum leans to the lowest: T of the formula.
pub const TEMPERATURE: f64 = 0.1;

/// `sizes` are the numbers of pixels of the images.
pub fn segmentation(data: &Labeled<'_>, sizes: &[usize], filter: &Filter) -> Result<SegmentationIssues, IssuesError> {
    let all: usize = sizes.iter().sum();
    if all != data.len() || sizes.contains(&0) {
        return Err(IssuesError::Shape(format!("images have {all} pixels, and there are {} labels", data.len())));
    }
    let pixels = find(data, filter, &scores::SCORINGS[0]);
    let (mut image_scores, mut image_shares, mut start) = (Vec::new(), Vec::new(), 0);
    for size in sizes {
        let own = start..start + size;
        image_scores.push(soft_min(&pixels.scores[own.clone()], TEMPERATURE));
        let issues = pixels.is_issue[own].iter().filter(|issue| **issue).count();
        image_shares.push(issues as f64 / *size as f64);
        start += size;
    }
    Ok(SegmentationIssues { pixels, image_scores, image_shares })
}

/// A mean that leans to the smallest; 1 for no scores.
pub fn soft_min(scores: &[f64], temperature: f64) -> f64 {
    let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
    let (mut sum, mut weights) = (0.0, 0.0);
    for score in scores {
        let weight = ((least - score) / temperature).exp();
        sum += weight * score;
        weights += weight;
    }
    if scores.is_empty() { 1.0 } else { sum / weights }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::confident::FILTERS;
    use super::*;

    #[test]
    fn a_wrong_patch_lowers_its_image() {
        let truth: Vec<u32> = (0..200).map(|pixel| u32::from(pixel % 20 >= 10)).collect();
        let rows: Vec<f64> = truth.iter().flat_map(|t| if *t == 0 { [0.95, 0.05] } else { [0.05, 0.95] }).collect();
        let mut labels = truth.clone();
        labels[100..110].iter_mut().for_each(|label| *label = 1);
        let data = Labeled::new(&labels, &rows, 2).unwrap();
        let found = segmentation(&data, &[100, 100], &FILTERS[3]).unwrap();
        assert_eq!(found.image_shares, [0.0, 0.1]);
        assert!(found.image_scores[1] < 0.2 && found.image_scores[0] > 0.9, "{:?}", found.image_scores);
        assert!((soft_min(&[0.2, 0.4], 0.1) - (0.2 + 0.4 * (-2.0_f64).exp()) / (1.0 + (-2.0_f64).exp())).abs() < 1e-12);
    }
}
