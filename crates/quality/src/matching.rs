//! Which region of one answer is which of another: an optimal one-to-one assignment by similarity, in two passes,
//! regions of the same class first, then what is left regardless of class (those pairs disagree about the class).
//!
//! The assignment makes the sum of similarities greatest among pairs that reach the threshold. It does not depend on
//! which list is called the first, nor on the order within a list: equal sums are broken by the regions' content.

mod assign;
pub mod keypoints;
pub mod polylines;
pub mod similarity;
pub mod tracks;

pub use similarity::{Similarity, similarity};

use labelwright_core::{Region, geometry::Bounds};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Index into the first and the second list.
    pub first: usize,
    pub second: usize,
    /// Similarity, 0 to 1: intersection over union, OKS or line similarity as the geometry has it.
    pub overlap: f64,
    pub same_class: bool,
}

/// Why a region has no partner. Places are those in the other list.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// The other list is empty.
    NothingThere,
    /// Nothing in the other list touches it (or could be compared with it).
    NoOverlap,
    /// The most similar one is less similar than the threshold asks for.
    BelowThreshold { nearest: usize, similarity: f64 },
    /// The most similar one of its class went to another region with which the whole fits better.
    Taken { nearest: usize, similarity: f64 },
    /// Only regions of other classes are similar enough, and classes had to be equal or those were taken.
    ClassDiffers { nearest: usize, similarity: f64 },
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matching {
    /// In the order of the first list.
    pub pairs: Vec<Pair>,
    pub only_first: Vec<usize>,
    pub only_second: Vec<usize>,
    /// Why, for each of `only_first` and of `only_second`.
    pub first_reasons: Vec<Reason>,
    pub second_reasons: Vec<Reason>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The least similarity of a pair.
    pub threshold: f64,
    /// Pair what is left regardless of class, too.
    pub across_classes: bool,
    pub similarity: Similarity,
}

impl Settings {
    pub fn new(threshold: f64) -> Self {
        Self { threshold, across_classes: true, similarity: Similarity::default() }
    }
}

/// Pairs regions that overlap by at least `threshold`.
pub fn match_regions(first: &[&Region], second: &[&Region], threshold: f64) -> Matching {
    match_with(first, second, &Settings::new(threshold))
}

/// A pair that touches, whether it reaches the threshold or not.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub first: usize,
    pub second: usize,
    pub similarity: f64,
    pub same_class: bool,
}

pub fn match_with(first: &[&Region], second: &[&Region], settings: &Settings) -> Matching {
    let bounds = |regions: &[&Region]| regions.iter().map(|region| region.bounds()).collect::<Vec<_>>();
    let (first_bounds, second_bounds) = (bounds(first), bounds(second));
    let mut touching = Vec::new();
    for (one, region) in first.iter().enumerate() {
        for (two, other) in second.iter().enumerate() {
            if region.target != other.target || settings.similarity.apart(first_bounds[one], second_bounds[two], region)
            {
                continue;
            }
            let similarity = similarity(&region.geometry, &other.geometry, &settings.similarity).unwrap_or(0.0);
            if similarity > 0.0 {
                let same_class = region.class == other.class;
                touching.push(Candidate { first: one, second: two, similarity, same_class });
            }
        }
    }
    let mut pairs = Vec::new();
    let (mut first_taken, mut second_taken) = (vec![false; first.len()], vec![false; second.len()]);
    for same_class in [true, false] {
        if !same_class && !settings.across_classes {
            break;
        }
        let open: Vec<&Candidate> = touching
            .iter()
            .filter(|pair| {
                pair.same_class == same_class
                    && pair.similarity >= settings.threshold
                    && !first_taken[pair.first]
                    && !second_taken[pair.second]
            })
            .collect();
        for found in assign::best(&open, first, second) {
            first_taken[found.first] = true;
            second_taken[found.second] = true;
            pairs.push(Pair {
                first: found.first,
                second: found.second,
                overlap: found.similarity,
                same_class: found.same_class,
            });
        }
    }
    pairs.sort_by_key(|pair| pair.first);
    let left = |taken: &[bool]| -> Vec<usize> { (0..taken.len()).filter(|at| !taken[*at]).collect() };
    let (only_first, only_second) = (left(&first_taken), left(&second_taken));
    let why = |own: fn(&Candidate) -> (usize, usize), list: &[usize], other: usize| {
        list.iter().map(|at| reason(*at, &touching, own, other, settings.threshold)).collect()
    };
    Matching {
        first_reasons: why(|pair| (pair.first, pair.second), &only_first, second.len()),
        second_reasons: why(|pair| (pair.second, pair.first), &only_second, first.len()),
        pairs,
        only_first,
        only_second,
    }
}

fn reason(
    at: usize,
    touching: &[Candidate],
    own: fn(&Candidate) -> (usize, usize),
    others: usize,
    threshold: f64,
) -> Reason {
    if others == 0 {
        return Reason::NothingThere;
    }
    let most = |same: Option<bool>| {
        touching
            .iter()
            .filter(|pair| own(pair).0 == at && same.is_none_or(|same| pair.same_class == same))
            .max_by(|a, b| a.similarity.total_cmp(&b.similarity).then(own(b).1.cmp(&own(a).1)))
            .map(|pair| (own(pair).1, pair.similarity))
    };
    let enough = |found: &(usize, f64)| found.1 >= threshold;
    if let Some((nearest, similarity)) = most(Some(true)).filter(enough) {
        Reason::Taken { nearest, similarity }
    } else if let Some((nearest, similarity)) = most(Some(false)).filter(enough) {
        Reason::ClassDiffers { nearest, similarity }
    } else if let Some((nearest, similarity)) = most(None) {
        Reason::BelowThreshold { nearest, similarity }
    } else {
        Reason::NoOverlap
    }
}

impl Similarity {
    /// Can the two not be similar, seen from their boxes? Lines and points reach beyond theirs.
    fn apart(&self, one: Option<Bounds>, other: Option<Bounds>, region: &Region) -> bool {
        use labelwright_core::Geometry;
        if matches!(region.geometry, Geometry::Polyline(_) | Geometry::Points(_) | Geometry::Keypoints(_)) {
            return false;
        }
        matches!((one, other), (Some(one), Some(other)) if one.intersection(other).is_none())
    }
}

#[cfg(test)]
mod tests;
