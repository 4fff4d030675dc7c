//! Regions against true ones at one threshold: an optimal assignment (same class first, then any), the confusion of
//! classes with what was missed and made up, and the mean overlap.

use super::confusion::{Confusion, Scores};
use crate::matching::{Settings, match_with};
use labelwright_core::Region;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detection {
    pub confusion: Confusion,
    pub scores: Scores,
    /// Mean overlap of the pairs, 0 to 1; None without pairs.
    pub mean_overlap: Option<f64>,
}

/// Each item: predicted regions and true ones. Classes are listed in order of their names.
pub fn detection(items: &[(&[Region], &[Region])], settings: &Settings) -> Detection {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for region in items.iter().flat_map(|(predicted, truth)| predicted.iter().chain(*truth)) {
        places.insert(&region.class, 0);
    }
    places.values_mut().enumerate().for_each(|(at, place)| *place = at);
    let mut confusion = Confusion::new(places.keys().map(|class| (*class).to_owned()).collect());
    let place = |region: &Region| places.get(region.class.as_str()).copied();
    let mut overlaps = Vec::new();
    for (predicted, truth) in items {
        let (one, two): (Vec<&Region>, Vec<&Region>) = (predicted.iter().collect(), truth.iter().collect());
        let matching = match_with(&one, &two, settings);
        for pair in &matching.pairs {
            confusion.add(place(one[pair.first]), place(two[pair.second]));
            overlaps.push(pair.overlap);
        }
        matching.only_first.iter().for_each(|at| confusion.add(place(one[*at]), None));
        matching.only_second.iter().for_each(|at| confusion.add(None, place(two[*at])));
    }
    overlaps.sort_by(f64::total_cmp);
    let mean_overlap = (!overlaps.is_empty()).then(|| overlaps.iter().sum::<f64>() / overlaps.len() as f64);
    Detection { scores: confusion.scores(), confusion, mean_overlap }
}
