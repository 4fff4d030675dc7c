//! How right an answer is against the known one: fields that are equal, and the F1 of the regions.

use crate::matching::match_regions;
use labelwright_core::{Answer, Region};

/// 0 (nothing right) to 1 (all right): the mean over the gold answer's fields and, if either has regions, their F1.
/// None when the gold answer says nothing.
pub fn score(answer: &Answer, gold: &Answer, threshold: f64) -> Option<f64> {
    let mut parts: Vec<f64> =
        gold.fields.iter().map(|(id, value)| f64::from(u8::from(answer.fields.get(id) == Some(value)))).collect();
    if !answer.regions.is_empty() || !gold.regions.is_empty() {
        parts.push(region_f1(&answer.regions, &gold.regions, threshold));
    }
    (!parts.is_empty()).then(|| parts.iter().sum::<f64>() / parts.len() as f64)
}

/// F1 of two region lists: pairs of the same class over the mean length. 1 for two empty lists.
pub fn region_f1(one: &[Region], other: &[Region], threshold: f64) -> f64 {
    if one.is_empty() && other.is_empty() {
        return 1.0;
    }
    let (one, other): (Vec<&Region>, Vec<&Region>) = (one.iter().collect(), other.iter().collect());
    let same = match_regions(&one, &other, threshold).pairs.iter().filter(|pair| pair.same_class).count();
    2.0 * same as f64 / (one.len() + other.len()) as f64
}
