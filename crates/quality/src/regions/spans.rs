//! One set of spans (text, in Unicode scalar values) or intervals (time, in ticks) out of several labelers'.

use super::{Settings, cluster::cluster, vote};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpanVote {
    pub start: i64,
    /// Exclusive; after `start`.
    pub end: i64,
    pub label: u32,
    pub source: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SpanResult {
    pub start: i64,
    pub end: i64,
    pub label: u32,
    /// Sources that have it.
    pub support: usize,
    /// Share of the sources times the share of the label's votes.
    pub probability: f64,
    /// The label's votes were equal: the lowest label was taken.
    pub tied: bool,
}

/// How the ends of a cluster become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// The most frequent one; the lower median where several are (the rule of Ground Truth's text consolidation): an
    /// end that somebody chose, on a boundary of the text.
    Mode,
    /// The lower median.
    Median,
}

/// Intersection over union of two stretches.
pub fn overlap(one: (i64, i64), other: (i64, i64)) -> f64 {
    let common = (one.1.min(other.1) as f64 - one.0.max(other.0) as f64).max(0.0);
    let union = one.1 as f64 - one.0 as f64 + (other.1 as f64 - other.0 as f64) - common;
    if union > 0.0 { common / union } else { 0.0 }
}

/// Clusters stretches of any label by overlap, settles the ends, votes the label. Results are in the order of their
/// starts.
pub fn consolidate(votes: &[SpanVote], sources: usize, ends: Ends, settings: Settings) -> Vec<SpanResult> {
    let mut sorted: Vec<SpanVote> = votes.iter().copied().filter(|own| own.start < own.end).collect();
    sorted.sort_unstable();
    let between = |one: usize, other: usize| {
        overlap((sorted[one].start, sorted[one].end), (sorted[other].start, sorted[other].end))
    };
    let clusters = cluster(sorted.len(), |at| sorted[at].source, between, settings.threshold);
    let mut results: Vec<SpanResult> = clusters
        .iter()
        .filter(|members| settings.enough(members.len(), sources))
        .filter_map(|members| {
            let start = settle(members.iter().map(|at| sorted[*at].start).collect(), ends)?;
            let end = settle(members.iter().map(|at| sorted[*at].end).collect(), ends)?;
            let (label, share, tied) = vote(members.iter().map(|at| sorted[*at].label))?;
            // Any two members overlap, so that every start lies before every end.
            let probability = members.len() as f64 / sources.max(1) as f64 * share;
            Some(SpanResult { start, end, label, support: members.len(), probability, tied })
        })
        .collect();
    results.sort_by_key(|result| (result.start, result.end, result.label));
    results
}

fn settle(mut values: Vec<i64>, ends: Ends) -> Option<i64> {
    values.sort_unstable();
    let middle = *values.get(values.len().checked_sub(1)? / 2)?;
    if ends == Ends::Median {
        return Some(middle);
    }
    let most = values.chunk_by(|a, b| a == b).map(<[i64]>::len).max()?;
    let mut frequent = values.chunk_by(|a, b| a == b).filter(|run| run.len() == most);
    let first = frequent.next()?.first().copied();
    if frequent.next().is_some() { Some(middle) } else { first }
}
