//! One region out of several: aggregation of boxes, masks, polygons, keypoints, spans, intervals, transcripts and
//! rankings. Nothing depends on the order of votes: they are put in order by their content first, and equal votes are
//! broken by a stated rule. Labels and sources are numbers in the order of their names.

pub mod boxes;
pub mod cluster;
pub mod keypoints;
pub mod masks;
pub mod polygons;
pub mod rankings;
pub mod registry;
pub mod rover;
pub mod spans;
pub mod staple;

pub use registry::{METHODS, Method, RegionKind};

/// What aggregators of drawn regions ask for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The least similarity of any two members of a cluster.
    pub threshold: f64,
    /// A cluster stays when more than this share of the sources have it.
    pub quorum: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { threshold: 0.5, quorum: 0.5 }
    }
}

impl Settings {
    pub(crate) fn enough(&self, members: usize, sources: usize) -> bool {
        members as f64 > self.quorum * sources as f64 + 1e-12
    }
}

/// The most frequent of sorted or unsorted labels, its share, and whether another was as frequent; equal ones go to
/// the lowest number. None for no labels.
pub(crate) fn vote(labels: impl Iterator<Item = u32>) -> Option<(u32, f64, bool)> {
    let mut sorted: Vec<u32> = labels.collect();
    sorted.sort_unstable();
    let most = sorted.chunk_by(|a, b| a == b).map(<[u32]>::len).max()?;
    let mut winners = sorted.chunk_by(|a, b| a == b).filter(|run| run.len() == most);
    let winner = *winners.next()?.first()?;
    Some((winner, most as f64 / sorted.len() as f64, winners.next().is_some()))
}

/// The median; the mean of the two middle values for an even number. None for no values.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    crate::statistics::bootstrap::quantile(&sorted, 0.5)
}
