//! Pixel votes without a model of skill over images: majority, RASA, and one accuracy for each labeler and image.
//!
//! Pixels that the same labelers have are alike, so that every estimate runs over the distinct voting patterns of an
//! image and never over its pixels.

use labelwright_core::geometry::Mask;
use std::collections::BTreeMap;

/// Masks of one thing on one image, one of each source.
#[derive(Debug, Clone, PartialEq)]
pub struct MaskVotes {
    pub sources: Vec<u32>,
    /// Of one size.
    pub masks: Vec<Mask>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct MaskResult {
    pub mask: Mask,
    /// Mean over the pixels that anybody marked of the probability of what was decided, 0.5 to 1.
    pub probability: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the masks of one image have different sizes")]
pub struct DifferentSizes;

/// Who marked a group of pixels, and how many pixels that are; without those that nobody marked.
pub(super) struct Patterns {
    pub groups: Vec<(Vec<bool>, f64)>,
}

impl MaskVotes {
    /// Sources in order, so that sums do not depend on the order of rows.
    #[must_use]
    pub fn in_order(&self) -> Self {
        let mut order: Vec<usize> = (0..self.masks.len()).collect();
        order.sort_by(|a, b| {
            let content = |at: usize| (&self.masks[at].counts, self.sources[at]);
            content(*a).cmp(&content(*b))
        });
        Self {
            sources: order.iter().map(|at| self.sources[*at]).collect(),
            masks: order.iter().map(|at| self.masks[*at].clone()).collect(),
        }
    }

    pub(super) fn patterns(&self) -> Result<Patterns, DifferentSizes> {
        let Some(first) = self.masks.first() else { return Ok(Patterns { groups: Vec::new() }) };
        if self.masks.iter().any(|mask| (mask.width, mask.height) != (first.width, first.height)) {
            return Err(DifferentSizes);
        }
        let mut found: BTreeMap<Vec<bool>, f64> = BTreeMap::new();
        Mask::sweep(&self.masks, |length, inside| {
            if inside.contains(&true) {
                if let Some(pixels) = found.get_mut(inside) {
                    *pixels += f64::from(length);
                } else {
                    found.insert(inside.to_vec(), f64::from(length));
                }
            }
        });
        Ok(Patterns { groups: found.into_iter().collect() })
    }

    /// The mask of the patterns whose probability is above one half.
    pub(super) fn drawn(&self, patterns: &Patterns, probabilities: &[f64]) -> MaskResult {
        let inside: BTreeMap<&[bool], bool> = patterns
            .groups
            .iter()
            .zip(probabilities)
            .map(|((pattern, _), probability)| (pattern.as_slice(), *probability > 0.5))
            .collect();
        let (width, height) = self.masks.first().map_or((0, 0), |mask| (mask.width, mask.height));
        let mut counts = vec![0_u32];
        let mut on = false;
        Mask::sweep(&self.masks, |length, own| {
            let now = inside.get(own).copied().unwrap_or(false);
            if now != on {
                counts.push(0);
                on = now;
            }
            if let Some(count) = counts.last_mut() {
                *count += length;
            }
        });
        let pixels: f64 = patterns.groups.iter().map(|group| group.1).sum();
        let sure: f64 = patterns.groups.iter().zip(probabilities).map(|(group, p)| group.1 * p.max(1.0 - p)).sum();
        MaskResult { mask: Mask { width, height, counts }, probability: if pixels > 0.0 { sure / pixels } else { 1.0 } }
    }
}

/// Pixels that more than half of the sources marked; exactly half is off (a library that turns it on draws every
/// stray pixel of two labelers).
pub fn majority(votes: &MaskVotes) -> Result<MaskResult, DifferentSizes> {
    let patterns = votes.patterns()?;
    Ok(votes.drawn(&patterns, &shares(&patterns, &vec![1.0 / votes.masks.len().max(1) as f64; votes.masks.len()])))
}

fn shares(patterns: &Patterns, weights: &[f64]) -> Vec<f64> {
    let share = |pattern: &[bool]| pattern.iter().zip(weights).filter(|(own, _)| **own).map(|(_, w)| w).sum();
    patterns.groups.iter().map(|(pattern, _)| share(pattern)).collect()
}

const STEPS_MAXIMUM: usize = 500;

/// RASA for one image (J. Li and F. Fukumoto, "A Dataset of Crowdsourced Word Sequences", 2019, on masks): weights of
/// ln(1 + 1 / d), d the Jaccard distance to the present mask, until the mask stays.
pub fn rasa(votes: &MaskVotes) -> Result<MaskResult, DifferentSizes> {
    let votes = votes.in_order();
    let patterns = votes.patterns()?;
    let count = votes.masks.len();
    let mut weights = vec![1.0 / count.max(1) as f64; count];
    let mut probabilities = shares(&patterns, &weights);
    for _ in 0..STEPS_MAXIMUM {
        let on: Vec<bool> = probabilities.iter().map(|p| *p > 0.5).collect();
        let logs: Vec<f64> = (0..count)
            .map(|source| {
                let (mut common, mut union) = (0.0, 0.0);
                for ((pattern, pixels), on) in patterns.groups.iter().zip(&on) {
                    common += if pattern[source] && *on { *pixels } else { 0.0 };
                    union += if pattern[source] || *on { *pixels } else { 0.0 };
                }
                let distance = if union > 0.0 { 1.0 - common / union } else { 0.0 };
                (1.0 / (distance + 1e-10)).ln_1p()
            })
            .collect();
        let total: f64 = logs.iter().sum();
        weights = logs.iter().map(|log| log / total).collect();
        let next = shares(&patterns, &weights);
        let change = next.iter().zip(&probabilities).fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()));
        probabilities = next;
        if change < 1e-12 {
            break;
        }
    }
    Ok(votes.drawn(&patterns, &probabilities))
}

/// EM for one image with one accuracy a labeler (D. Jung-Lin Lee, A. Das Sarma, A. Parameswaran, "Quality Evaluation
/// Methods for Crowdsourced Image Segmentation", 2018), over the pixels that anybody marked.
pub fn em(votes: &MaskVotes) -> Result<MaskResult, DifferentSizes> {
    let votes = votes.in_order();
    let patterns = votes.patterns()?;
    let count = votes.masks.len();
    let pixels: f64 = patterns.groups.iter().map(|group| group.1).sum();
    let prior = shares(&patterns, &vec![1.0 / count.max(1) as f64; count]);
    let mut probabilities: Vec<f64> = prior.iter().map(|share| if *share > 0.5 { 1.0 } else { 0.0 }).collect();
    for _ in 0..STEPS_MAXIMUM {
        let accuracy: Vec<f64> = (0..count)
            .map(|source| {
                let right: f64 = patterns
                    .groups
                    .iter()
                    .zip(&probabilities)
                    .map(|((pattern, pixels), p)| pixels * if pattern[source] { *p } else { 1.0 - p })
                    .sum();
                // One pixel of each outcome beforehand: nobody is certain.
                (right + 1.0) / (pixels + 2.0)
            })
            .collect();
        let next: Vec<f64> = patterns
            .groups
            .iter()
            .zip(&prior)
            .map(|((pattern, _), share)| {
                let share = share.clamp(1e-6, 1.0 - 1e-6);
                let mut odds = (share / (1.0 - share)).ln();
                for (own, accuracy) in pattern.iter().zip(&accuracy) {
                    let evidence = (accuracy / (1.0 - accuracy)).ln();
                    odds += if *own { evidence } else { -evidence };
                }
                1.0 / (1.0 + (-odds).exp())
            })
            .collect();
        let change = next.iter().zip(&probabilities).fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()));
        probabilities = next;
        if change < 1e-12 {
            break;
        }
    }
    Ok(votes.drawn(&patterns, &probabilities))
}
