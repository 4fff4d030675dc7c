//! One outline out of several of the same thing: that which is most similar to all. Corners are never averaged: two
//! outlines of one thing need not have corners that belong to each other.

use crate::matching::{Similarity, similarity};
use labelwright_core::Geometry;

/// The place of the medoid and its mean similarity to the others (1 for one alone). Equal ones go to the smaller
/// content. None for no members.
pub fn medoid(members: &[&Geometry], settings: &Similarity) -> Option<(usize, f64)> {
    let content: Vec<String> = members.iter().map(|member| serde_json::to_string(member).unwrap_or_default()).collect();
    let closeness = |at: usize| -> f64 {
        let others = (0..members.len()).filter(|other| *other != at);
        others.filter_map(|other| similarity(members[at], members[other], settings)).sum()
    };
    let scores: Vec<f64> = (0..members.len()).map(closeness).collect();
    let best = (0..members.len())
        .max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then_with(|| content[*b].cmp(&content[*a])))?;
    let others = members.len() - 1;
    Some((best, if others == 0 { 1.0 } else { scores[best] / others as f64 }))
}
