//! Confident learning: C. Northcutt, L. Jiang, I. Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels"
//! (2021).
//!
//! The threshold of a class is the mean probability that its items give it. An item counts for the class (above its
//! threshold) that is likeliest; counts by given label make the confident joint, calibrated to the given labels' counts.
//! Filters take from it how many labels are wrong, and choose which. Ties in order go to the earlier item.
//!
//! Traps: classes with few items are not judged by the pruning filters; they are reported in `rare`. Recall is the open
//! gap: a quarter of injected errors stays below the estimate even on easy data.

use super::{Issues, IssuesError, Labeled, RareClass, Why, scores::Scoring};

#[derive(Debug)]
pub struct Filter {
    pub id: &'static str,
    pub title: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ByClass,
    ByNoiseRate,
    Both,
    Confident,
    LowSelfConfidence,
    LowMargin,
}

pub const FILTERS: &[Filter] = &[
    Filter {
        id: "prune_by_noise_rate",
        title: "Largest margins, as many as each noise rate says",
        kind: Kind::ByNoiseRate,
    },
    Filter { id: "prune_by_class", title: "Least likely of each class", kind: Kind::ByClass },
    Filter { id: "both", title: "What both prunings agree on", kind: Kind::Both },
    Filter { id: "confident_learning", title: "All confident disagreements", kind: Kind::Confident },
    Filter { id: "low_self_confidence", title: "Lowest self-confidence", kind: Kind::LowSelfConfidence },
    Filter { id: "low_normalized_margin", title: "Lowest margin", kind: Kind::LowMargin },
];

/// The filter with this name; dashes are as good as underscores.
pub fn filter(name: &str) -> Result<&'static Filter, IssuesError> {
    let wanted = name.replace('-', "_");
    FILTERS.iter().find(|filter| filter.id == wanted).ok_or_else(|| IssuesError::Unknown {
        what: "filter",
        name: name.to_owned(),
        names: FILTERS.iter().map(|filter| filter.id).collect::<Vec<_>>().join(", "),
    })
}

/// Classes with no more items than this are not pruned.
const FEWEST: usize = 1;
const TOLERANCE: f64 = 1e-6;

/// What the data says about the noise, before any item is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Noise {
    pub thresholds: Vec<Option<f64>>,
    /// Items of each given label.
    pub counts: Vec<usize>,
    /// Calibrated counts, given (rows) by true (columns).
    pub confident_joint: Vec<i64>,
    /// The probabilities from which on an item counts for each class.
    levels: Vec<f64>,
}

impl Noise {
    pub fn of(data: &Labeled<'_>) -> Self {
        let classes = data.classes();
        let (mut sums, mut counts) = (vec![0.0; classes], vec![0_usize; classes]);
        for (label, row) in data.rows() {
            sums[label] += row[label];
            counts[label] += 1;
        }
        let thresholds: Vec<Option<f64>> =
            sums.iter().zip(&counts).map(|(sum, n)| (*n > 0).then(|| (sum / *n as f64).max(2.0 * TOLERANCE))).collect();
        let levels: Vec<f64> =
            thresholds.iter().map(|level| level.map_or(f64::INFINITY, |level| level - TOLERANCE)).collect();
        let mut joint = vec![0.0; classes * classes];
        for (label, row) in data.rows() {
            if let Some(class) = confident_class(row, &levels) {
                joint[label * classes + class] += 1.0;
            }
        }
        for class in 0..classes {
            let own: &mut f64 = &mut joint[class * classes + class];
            *own = own.max(1.0);
        }
        Self { thresholds, confident_joint: calibrate(&joint, &counts), counts, levels }
    }

    /// Whether the item with these probabilities confidently is of another class than its label's.
    fn doubts(&self, label: usize, row: &[f64]) -> bool {
        confident_class(row, &self.levels).is_some_and(|class| class != label)
    }

    /// The joint distribution of given and true labels.
    pub fn joint(&self) -> Vec<f64> {
        let all: i64 = self.confident_joint.iter().sum();
        self.confident_joint.iter().map(|count| *count as f64 / (all.max(1)) as f64).collect()
    }
}

/// The class whose level the probabilities reach; of several reached, the likeliest class of all.
fn confident_class(row: &[f64], levels: &[f64]) -> Option<usize> {
    let mut confident = row.iter().zip(levels).enumerate().filter(|(_, (p, level))| p >= level).map(|(class, _)| class);
    let first = confident.next()?;
    Some(if confident.next().is_some() { argmax(row) } else { first })
}

pub(super) fn argmax(row: &[f64]) -> usize {
    let mut best = 0;
    for (class, p) in row.iter().enumerate() {
        if *p > row[best] {
            best = class;
        }
    }
    best
}

/// Rows to the given labels' counts, all to the number of items, rounded so that rows keep their sums.
fn calibrate(joint: &[f64], counts: &[usize]) -> Vec<i64> {
    let classes = counts.len();
    let mut scaled = Vec::with_capacity(joint.len());
    for (row, count) in joint.chunks_exact(classes).zip(counts) {
        let sum: f64 = row.iter().sum();
        scaled.extend(row.iter().map(|value| value / sum.max(1e-100) * *count as f64));
    }
    let (sum, all) = (scaled.iter().sum::<f64>(), counts.iter().sum::<usize>() as f64);
    scaled.iter_mut().for_each(|value| *value = *value / sum.max(1e-100) * all);
    scaled.chunks_exact(classes).flat_map(round_keeping_sum).collect()
}

/// Nearest whole numbers, then the ones with the largest remainders moved until the sum is right.
fn round_keeping_sum(row: &[f64]) -> Vec<i64> {
    let mut whole: Vec<f64> = row.iter().map(|value| value.round_ties_even()).collect();
    let wanted = row.iter().sum::<f64>().round_ties_even();
    loop {
        let missing = wanted - whole.iter().sum::<f64>();
        if missing.abs() < 0.5 {
            return whole.iter().map(|value| *value as i64).collect();
        }
        let mut order: Vec<usize> = (0..row.len()).collect();
        order.sort_by(|a, b| (row[*a] - whole[*a]).total_cmp(&(row[*b] - whole[*b])));
        if missing > 0.0 {
            order.reverse();
        }
        for place in order.into_iter().take(missing.abs() as usize) {
            whole[place] += missing.signum();
        }
    }
}

/// Which labels a filter takes for issues: what is known without a score for each.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    pub is_issue: Vec<bool>,
    /// Why each issue is one.
    pub why: Why,
    pub noise: Noise,
    pub rare: Vec<RareClass>,
}

/// Issues by a filter, with scores by a scoring.
pub fn find(data: &Labeled<'_>, filter: &Filter, scoring: &Scoring) -> Issues {
    let chosen = choose(data, filter);
    Issues {
        why: chosen.is_issue.iter().map(|issue| if *issue { chosen.why } else { Why::Fits }).collect(),
        rare: chosen.rare,
        joint: chosen.noise.joint(),
        thresholds: chosen.noise.thresholds,
        is_issue: chosen.is_issue,
        scores: super::scores::all(data, scoring),
    }
}

/// Issues by a filter. Scores follow from label and probabilities alone: whoever writes them one by one needs no memory
/// for them.
pub fn choose(data: &Labeled<'_>, filter: &Filter) -> Chosen {
    let noise = Noise::of(data);
    let (mut is_issue, why) = by_kind(data, &noise, filter.kind);
    // A label that is as likely as any other is no issue, whatever the filter says; the low_* filters rank only.
    if !matches!(filter.kind, Kind::LowSelfConfidence | Kind::LowMargin) {
        is_issue.iter_mut().zip(data.rows()).for_each(|(issue, (label, row))| *issue &= !fits(label, row));
    }
    let prunes = matches!(filter.kind, Kind::ByClass | Kind::ByNoiseRate | Kind::Both);
    let rare = noise.counts.iter().enumerate().filter(|(_, items)| prunes && **items > 0 && **items <= FEWEST);
    let rare = rare.map(|(class, items)| RareClass { class, items: *items }).collect();
    Chosen { is_issue, why, noise, rare }
}

/// Whether the given label is as likely as any other.
fn fits(label: usize, row: &[f64]) -> bool {
    let best = argmax(row);
    row[label] + TOLERANCE > row[best] || (row[label] + TOLERANCE == row[best] && label <= best)
}

fn by_kind(data: &Labeled<'_>, noise: &Noise, kind: Kind) -> (Vec<bool>, Why) {
    match kind {
        Kind::Confident => {
            let found = data.rows().map(|(label, row)| noise.doubts(label, row)).collect();
            (found, Why::OtherClassConfident)
        }
        Kind::LowSelfConfidence => (lowest(data, noise, super::scores::self_confidence), Why::LowestScore),
        Kind::LowMargin => (lowest(data, noise, super::scores::normalized_margin), Why::LowestScore),
        Kind::ByClass => (by_class(data, noise), Why::LeastLikelyOfClass),
        Kind::ByNoiseRate => (by_noise_rate(data, noise), Why::LargestMargin),
        Kind::Both => {
            let (mut one, other) = (by_class(data, noise), by_noise_rate(data, noise));
            one.iter_mut().zip(other).for_each(|(one, other)| *one &= other);
            (one, Why::LargestMargin)
        }
    }
}

fn lowest(data: &Labeled<'_>, noise: &Noise, score: fn(usize, &[f64]) -> f64) -> Vec<bool> {
    let count = data.rows().filter(|(label, row)| noise.doubts(*label, row) && !fits(*label, row)).count();
    let mut keyed = data.rows().zip(0..).map(|((label, row), item)| (score(label, row), item)).collect();
    let mut found = vec![false; data.len()];
    smallest(&mut keyed, count).for_each(|index| found[index] = true);
    found
}

/// The `count` items with the smallest keys; the earlier of two equal ones. `keyed` is emptied.
fn smallest(keyed: &mut Vec<(f64, u32)>, count: usize) -> impl Iterator<Item = usize> {
    let count = count.min(keyed.len());
    if count > 0 && count < keyed.len() {
        keyed.select_nth_unstable_by(count - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
    keyed.drain(..).take(count).map(|(_, item)| item as usize)
}

/// The items with this label, in order. One look through the labels for each class is little beside the probabilities,
/// of which there are as many, and needs no memory.
fn of_class<'a>(data: &Labeled<'a>, class: usize) -> impl Iterator<Item = u32> + use<'a> {
    data.labels().iter().zip(0..).filter(move |(label, _)| **label as usize == class).map(|(_, item)| item)
}

fn by_class(data: &Labeled<'_>, noise: &Noise) -> Vec<bool> {
    let keep = prune_counts(noise);
    let classes = data.classes();
    let mut found = vec![false; data.len()];
    let mut keyed = Vec::new();
    for class in (0..classes).filter(|class| noise.counts[*class] > FEWEST) {
        let wrong = (noise.counts[class] as i64 - keep[class * classes + class]).max(0) as usize;
        keyed.extend(of_class(data, class).map(|item| (data.row(item as usize)[class], item)));
        smallest(&mut keyed, wrong).for_each(|index| found[index] = true);
    }
    found
}

fn by_noise_rate(data: &Labeled<'_>, noise: &Noise) -> Vec<bool> {
    let keep = prune_counts(noise);
    let classes = data.classes();
    let mut found = vec![false; data.len()];
    let (mut keyed, mut own) = (Vec::new(), Vec::new());
    for given in (0..classes).filter(|given| noise.counts[*given] > FEWEST) {
        own.clear();
        own.extend(of_class(data, given));
        for truth in (0..classes).filter(|truth| *truth != given) {
            let wrong = keep[truth * classes + given].max(0) as usize;
            if wrong == 0 {
                continue;
            }
            keyed.extend(own.iter().map(|item| {
                let row = data.row(*item as usize);
                (row[given] - row[truth], *item)
            }));
            smallest(&mut keyed, wrong).for_each(|index| found[index] = true);
        }
    }
    found
}

/// True (rows) by given (columns) counts, with at least one correct item left in every class.
fn prune_counts(noise: &Noise) -> Vec<i64> {
    let classes = noise.counts.len();
    let at = |truth: usize, given: usize| noise.confident_joint[given * classes + truth];
    let mut counts = vec![0.0; classes * classes];
    for given in 0..classes {
        let diagonal = at(given, given);
        let raised = (FEWEST as i64 - diagonal).max(0) as f64;
        let filled = (0..classes).filter(|truth| at(*truth, given) != 0).count();
        let rates = (filled as f64 - 1.0).max(1.0);
        for truth in 0..classes {
            counts[truth * classes + given] = if truth == given {
                diagonal.max(FEWEST as i64) as f64
            } else {
                (at(truth, given) as f64 - raised / rates).max(0.0)
            };
        }
    }
    counts.chunks_exact(classes).flat_map(round_keeping_sum).collect()
}

#[cfg(test)]
#[path = "confident_tests.rs"]
mod tests;
