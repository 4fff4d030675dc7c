//! What a profile says.

use labelwright_quality::profile::{personal::Personal, pictures::Flaw, sounds::SoundFlaw};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub inputs: Vec<InputTold>,
    pub items: u64,
    /// Records that could not be read, items without their data, pictures that cannot be opened, addresses.
    pub problems: u64,
    pub without_data: u64,
    pub unreadable: u64,
    pub addresses: u64,
    pub kinds: BTreeMap<&'static str, u64>,
    pub splits: BTreeMap<String, u64>,
    pub labels: Labels,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub texts: Option<Texts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pictures: Option<Pictures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recordings: Option<Recordings>,
    pub duplicates: Duplicates,
    /// Licence or terms to items; the empty one is that of items that name none.
    pub licences: BTreeMap<String, u64>,
    pub diversity: BTreeMap<&'static str, Diversity>,
}

#[derive(Debug, Serialize)]
pub struct InputTold {
    pub path: String,
    pub format: &'static str,
    pub items: u64,
}

#[derive(Debug, Default, Serialize)]
pub struct Labels {
    pub labeled_items: u64,
    /// Class, or field=value, to how often it is said.
    pub counts: BTreeMap<String, u64>,
    /// Most frequent to least frequent; None with fewer than two.
    pub imbalance: Option<f64>,
    /// exp(entropy): how many equally frequent ones would be as diverse.
    pub effective_classes: Option<f64>,
}

#[derive(Debug, Default, Serialize)]
pub struct Texts {
    pub characters: Quantiles,
    pub short: u64,
    /// ISO 639-3; the empty one is unknown.
    pub languages: BTreeMap<&'static str, u64>,
    /// Items with it, and how often it is there.
    pub personal: BTreeMap<Personal, Hits>,
}

#[derive(Debug, Default, Clone, Serialize)]
pub struct Hits {
    pub items: u64,
    pub hits: u64,
    /// Keys of the first items.
    pub first: Vec<String>,
}

#[derive(Debug, Default, Serialize)]
pub struct Pictures {
    pub width: Quantiles,
    pub height: Quantiles,
    pub flaws: BTreeMap<Flaw, Hits>,
    /// Where a model that finds faces was given.
    pub faces: Hits,
    /// Pictures on which that model failed.
    pub unsearched: u64,
}

#[derive(Debug, Default, Serialize)]
pub struct Recordings {
    pub milliseconds: Quantiles,
    pub flaws: BTreeMap<SoundFlaw, Hits>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize)]
pub struct Quantiles {
    pub least: u32,
    pub p05: u32,
    pub median: u32,
    pub p95: u32,
    pub most: u32,
}

impl Quantiles {
    pub fn of(values: &mut [u32]) -> Self {
        values.sort_unstable();
        let at = |share: f64| values.get(((values.len().max(1) - 1) as f64 * share).round() as usize).copied();
        let at = |share| at(share).unwrap_or_default();
        Self { least: at(0.0), p05: at(0.05), median: at(0.5), p95: at(0.95), most: at(1.0) }
    }
}

#[derive(Debug, Default, Serialize)]
pub struct Duplicates {
    /// Items whose bytes another item before them has.
    pub exact: u64,
    /// Items that are nearly like one before them, without the exact ones.
    pub near: u64,
    /// Those of both whose first one is of another input, or of another split: a test that training has seen.
    pub across_inputs: u64,
    pub leaks: u64,
    pub leaks_by_splits: BTreeMap<String, u64>,
    pub first_pairs: Vec<Pair>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Pair {
    pub item: String,
    pub like: String,
    pub is_exact: bool,
    pub is_leak: bool,
}

#[derive(Debug, Serialize)]
pub struct Diversity {
    pub sampled: usize,
    pub clusters: usize,
    /// exp(entropy of the clusters' shares).
    pub effective_clusters: f64,
    /// Distance (1 - cosine) to the nearest other item of the sample.
    pub nearest_median: f64,
    pub nearest_p95: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Gaps>,
}

/// Distances (1 - cosine) between the sample and one of the reference.
#[derive(Debug, Serialize)]
pub struct Gaps {
    pub sampled: usize,
    /// From an item to the nearest one of the reference: what lies far from it is new.
    pub nearest_median: f64,
    pub nearest_p95: f64,
    /// From one of the reference to the nearest item: what lies far from all items is missing.
    pub missing_median: f64,
    pub missing_p95: f64,
}

fn counts<K: std::fmt::Display>(title: &str, counts: impl IntoIterator<Item = (K, u64)>) {
    let mut counts: Vec<(String, u64)> = counts.into_iter().map(|(key, count)| (key.to_string(), count)).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    if counts.is_empty() {
        return;
    }
    println!("{title}");
    for (key, count) in counts.iter().take(20) {
        println!("  {}: {count}", if key.is_empty() { "(none)" } else { key });
    }
    if counts.len() > 20 {
        println!("  ... and {} more", counts.len() - 20);
    }
}

/// The word of a kind as JSON has it.
pub fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

pub fn show(report: &Report) {
    for input in &report.inputs {
        println!("{} ({}): {} items", input.path, input.format, input.items);
    }
    println!(
        "{} items; {} without data, {} unreadable, {} addresses, {} problems",
        report.items, report.without_data, report.unreadable, report.addresses, report.problems
    );
    counts("kinds", report.kinds.clone());
    counts("splits", report.splits.clone());
    counts("labels", report.labels.counts.clone());
    if let Some(imbalance) = report.labels.imbalance {
        let effective = report.labels.effective_classes.unwrap_or_default();
        println!(
            "  the most frequent {imbalance:.1} times as often as the least; as diverse as {effective:.1} equal ones"
        );
    }
    if let Some(texts) = &report.texts {
        let Quantiles { least, median, most, .. } = texts.characters;
        println!("texts: {least} to {most} characters, half below {median}; {} short", texts.short);
        counts("languages", texts.languages.clone());
        counts("items with personal data", texts.personal.iter().map(|(kind, hits)| (word(kind), hits.items)));
    }
    if let Some(pictures) = &report.pictures {
        let (width, height) = (pictures.width, pictures.height);
        println!(
            "pictures: {} x {} to {} x {} pixels, half below {} x {}",
            width.least, height.least, width.most, height.most, width.median, height.median
        );
        if pictures.unsearched > 0 {
            println!("pictures on which the model for faces failed: {}", pictures.unsearched);
        }
        if pictures.faces.items > 0 {
            println!("pictures with faces: {} ({} faces)", pictures.faces.items, pictures.faces.hits);
        }
        counts("flaws", pictures.flaws.iter().map(|(flaw, hits)| (word(flaw), hits.items)));
    }
    if let Some(recordings) = &report.recordings {
        let Quantiles { least, median, most, .. } = recordings.milliseconds;
        println!("recordings: {least} to {most} ms, half below {median} ms");
        counts("flaws", recordings.flaws.iter().map(|(flaw, hits)| (word(flaw), hits.items)));
    }
    let same = &report.duplicates;
    println!(
        "duplicates: {} exact, {} near; {} across inputs, {} across splits",
        same.exact, same.near, same.across_inputs, same.leaks
    );
    for pair in same.first_pairs.iter().take(10) {
        let leak = if pair.is_leak { " (another split)" } else { "" };
        println!("  {} is like {}{leak}", pair.item, pair.like);
    }
    counts("licences", report.licences.clone());
    for (kind, diversity) in &report.diversity {
        println!(
            "diversity of {kind}: {:.1} effective clusters of {}, nearest other at {:.3} (half), {:.3} (95 %)",
            diversity.effective_clusters, diversity.clusters, diversity.nearest_median, diversity.nearest_p95
        );
        if let Some(gaps) = &diversity.reference {
            println!(
                "  to the reference {:.3} (half), {:.3} (95 %); from the reference to these items {:.3}, {:.3}",
                gaps.nearest_median, gaps.nearest_p95, gaps.missing_median, gaps.missing_p95
            );
        }
    }
}
