//! One set of boxes out of several labelers' or models' boxes on one image.

use super::{Settings, cluster::cluster, median, vote};
use labelwright_core::geometry::{Bounds, BoxShape};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxVote {
    pub source: u32,
    pub label: u32,
    pub bounds: Bounds,
    /// 0 to 1; 1 for a person.
    pub score: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct BoxResult {
    pub label: u32,
    pub bounds: Bounds,
    /// Sources that have it.
    pub support: usize,
    /// How sure it is, 0 to 1: what that means is said by the method.
    pub probability: f64,
    /// The label's votes were equal.
    pub tied: bool,
}

fn iou(one: Bounds, other: Bounds) -> f64 {
    BoxShape::from_bounds(one).iou(&BoxShape::from_bounds(other))
}

fn corners(bounds: Bounds) -> [f64; 4] {
    [bounds.left, bounds.top, bounds.right, bounds.bottom]
}

/// By content; the source last, so that its name decides only between equals.
fn in_order(votes: &[BoxVote]) -> Vec<BoxVote> {
    let mut sorted = votes.to_vec();
    sorted.sort_by(|a, b| {
        let ends = corners(a.bounds).iter().zip(corners(b.bounds)).map(|(x, y)| x.total_cmp(&y)).find(|o| o.is_ne());
        ends.unwrap_or(std::cmp::Ordering::Equal)
            .then(a.label.cmp(&b.label))
            .then(b.score.total_cmp(&a.score))
            .then(a.source.cmp(&b.source))
    });
    sorted
}

/// Clusters boxes of any label, takes the median of each edge and votes the label. The probability is the share of
/// the `sources` times the share of the label's votes times the mean overlap of the members with the result.
pub fn cluster_median(votes: &[BoxVote], sources: usize, settings: Settings) -> Vec<BoxResult> {
    let sorted = in_order(votes);
    let clusters = cluster(
        sorted.len(),
        |at| sorted[at].source,
        |one, other| iou(sorted[one].bounds, sorted[other].bounds),
        settings.threshold,
    );
    clusters
        .iter()
        .filter(|members| settings.enough(members.len(), sources))
        .filter_map(|members| {
            let edge = |place: usize| median(members.iter().map(|at| corners(sorted[*at].bounds)[place]));
            let bounds = Bounds::new(edge(0)?, edge(1)?, edge(2)?, edge(3)?);
            let (label, share, tied) = vote(members.iter().map(|at| sorted[*at].label))?;
            let fit = members.iter().map(|at| iou(sorted[*at].bounds, bounds)).sum::<f64>() / members.len() as f64;
            let probability = members.len() as f64 / sources.max(1) as f64 * share * fit;
            Some(BoxResult { label, bounds, support: members.len(), probability, tied })
        })
        .collect()
}

/// Weighted boxes fusion: R. Solovyev, W. Wang, T. Gabruseva, "Weighted boxes fusion: Ensembling boxes from different
/// object detection models" (2021). Boxes of a label go, best score first, to the fused box that they overlap by more
/// than the threshold; edges are means weighted by score; the score is the members' mean times min(members, sources)
/// over sources. Nothing is left out: a box that one source alone has keeps a low score. Best score first.
pub fn weighted_fusion(votes: &[BoxVote], sources: usize, settings: Settings) -> Vec<BoxResult> {
    let mut sorted = in_order(votes);
    sorted.sort_by(|a, b| a.label.cmp(&b.label).then(b.score.total_cmp(&a.score)));
    let mut results = Vec::new();
    for group in sorted.chunk_by(|a, b| a.label == b.label) {
        let mut fused: Vec<(Bounds, Vec<BoxVote>)> = Vec::new();
        for own in group {
            let mut best: Option<usize> = None;
            let mut most = settings.threshold;
            for (at, (bounds, _)) in fused.iter().enumerate() {
                let overlap = iou(*bounds, own.bounds);
                if overlap > most {
                    (best, most) = (Some(at), overlap);
                }
            }
            match best.and_then(|at| fused.get_mut(at)) {
                Some((bounds, members)) => {
                    members.push(*own);
                    *bounds = weighted(members);
                }
                None => fused.push((own.bounds, vec![*own])),
            }
        }
        results.extend(fused.into_iter().map(|(bounds, members)| {
            let mean = members.iter().map(|member| member.score).sum::<f64>() / members.len() as f64;
            let mut own: Vec<u32> = members.iter().map(|member| member.source).collect();
            own.sort_unstable();
            own.dedup();
            let probability = mean * members.len().min(sources) as f64 / sources.max(1) as f64;
            BoxResult { label: group[0].label, bounds, support: own.len(), probability, tied: false }
        }));
    }
    results.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.label.cmp(&b.label)));
    results
}

fn weighted(members: &[BoxVote]) -> Bounds {
    let total: f64 = members.iter().map(|member| member.score).sum();
    // Scores of 0 only: the plain mean.
    let weight = |member: &BoxVote| if total > 0.0 { member.score / total } else { 1.0 / members.len() as f64 };
    let edge = |place: usize| members.iter().map(|member| weight(member) * corners(member.bounds)[place]).sum();
    Bounds::new(edge(0), edge(1), edge(2), edge(3))
}
