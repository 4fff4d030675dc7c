//! Takes in one item after the other and sums up.

use super::{
    Options, diversity,
    facts::{Facts, Looking, Piece, Sampled},
    report::{Duplicates, Hits, InputTold, Labels, Pair, Pictures, Quantiles, Recordings, Report, Texts},
};
use labelwright_core::{Modality, Value};
use labelwright_formats::{ExportItem, near::NearDuplicates};
use labelwright_inference::detect::Detector;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Keys and pairs that are told one by one.
const FIRST: usize = 20;
/// Different values that are counted; further ones are not.
const DIFFERENT_MAXIMUM: usize = 10_000;
/// Values that items are compared by.
const GROUPS_MAXIMUM: usize = 100;
const LICENCES: [&str; 4] = ["licence", "license", "rights", "terms"];

pub struct Tally {
    report: Report,
    near: NearDuplicates,
    /// Of each hash, and of each fingerprint that was kept, the first item.
    exact: HashMap<u128, u32>,
    firsts: Vec<u32>,
    /// Of each item its key, its input and the number of its split.
    keys: Vec<(Box<str>, u16, u16)>,
    splits: Vec<Option<String>>,
    characters: Vec<u32>,
    sides: [Vec<u32>; 2],
    texts: Texts,
    pictures: Pictures,
    milliseconds: Vec<u32>,
    recordings: Recordings,
    short: usize,
    seed: u64,
    sample: usize,
    samples: [BTreeMap<u64, Sampled>; 2],
}

impl Tally {
    pub fn new(options: &Options) -> Self {
        Self {
            report: Report::default(),
            near: NearDuplicates::new(options.near),
            exact: HashMap::new(),
            firsts: Vec::new(),
            keys: Vec::new(),
            splits: Vec::new(),
            characters: Vec::new(),
            sides: [Vec::new(), Vec::new()],
            texts: Texts::default(),
            pictures: Pictures::default(),
            milliseconds: Vec::new(),
            recordings: Recordings::default(),
            short: options.short,
            seed: options.seed,
            sample: options.sample,
            samples: [BTreeMap::new(), BTreeMap::new()],
        }
    }

    pub fn input(&mut self, path: String, format: &'static str) {
        self.report.inputs.push(InputTold { path, format, items: 0 });
    }

    /// The number of the items that have the same value under this name in their metadata. Those beyond so many values
    /// are together.
    pub fn of_value(&mut self, name: &str, item: &ExportItem, format: &'static str) -> usize {
        let mut path = name.split('.');
        let first = path.next().and_then(|key| item.metadata.get(key));
        let found = path.fold(first, |found, key| found?.get(key));
        let mut value = match found {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let inputs = &self.report.inputs;
        if let Some(at) = inputs.iter().position(|input| input.path == value) {
            return at;
        }
        if inputs.len() >= GROUPS_MAXIMUM {
            value = "(others)".into();
            if let Some(at) = inputs.iter().position(|input| input.path == value) {
                return at;
            }
        }
        self.input(value, format);
        self.report.inputs.len() - 1
    }

    pub fn items(&self) -> u64 {
        self.report.items
    }

    pub fn problem(&mut self) {
        self.report.problems += 1;
    }

    pub fn address(&mut self) {
        self.report.addresses += 1;
    }

    /// The sample is that of the least lots: those that come later are in it only with one below all that are.
    pub fn settings<'a>(&self, faces: Option<&'a Detector>) -> Looking<'a> {
        let below = |sample: &BTreeMap<u64, Sampled>| match sample.last_key_value() {
            _ if self.sample == 0 => 0,
            Some((lot, _)) if sample.len() >= self.sample => *lot,
            _ => u64::MAX,
        };
        let [texts, pictures] = &self.samples;
        Looking { seed: self.seed, faces, sampled_below: [below(texts), below(pictures)] }
    }

    pub fn add(&mut self, piece: Piece, facts: Option<Facts>) {
        let Piece { item, input, is_there, .. } = piece;
        let facts = facts.unwrap_or_default();
        self.report.items += 1;
        if let Some(told) = self.report.inputs.get_mut(input) {
            told.items += 1;
        }
        self.report.without_data += u64::from(!is_there);
        self.report.unreadable += u64::from(is_there && !facts.is_readable);
        *self.report.kinds.entry(item.modality.as_str()).or_default() += 1;
        if let Some(split) = &item.split {
            count(&mut self.report.splits, split.clone());
        }
        count(&mut self.report.licences, licence(&item).unwrap_or_default());
        labels(&item, &mut self.report.labels);
        self.same(&item, input, &facts);
        self.look(item, facts);
    }

    /// Has anything before been the same, or nearly so?
    fn same(&mut self, item: &ExportItem, input: usize, facts: &Facts) {
        let number = self.keys.len() as u32;
        let split = self.splits.iter().position(|known| *known == item.split).unwrap_or_else(|| {
            self.splits.push(item.split.clone());
            self.splits.len() - 1
        });
        self.keys.push((item.key.as_str().into(), input as u16, split as u16));
        let exact = facts.hash.and_then(|hash| match self.exact.get(&hash) {
            Some(first) => Some(*first),
            None => {
                self.exact.insert(hash, number);
                None
            }
        });
        let near = match (&facts.print, exact) {
            (Some(print), None) => match self.near.add(print.clone()) {
                Some(kept) => self.firsts.get(kept as usize).copied(),
                None => {
                    if self.near.len() > self.firsts.len() {
                        self.firsts.push(number);
                    }
                    None
                }
            },
            _ => None,
        };
        let Some((key, its_input, its_split)) = exact.or(near).and_then(|first| self.keys.get(first as usize)) else {
            return;
        };
        let told: &mut Duplicates = &mut self.report.duplicates;
        told.exact += u64::from(exact.is_some());
        told.near += u64::from(exact.is_none());
        told.across_inputs += u64::from(usize::from(*its_input) != input);
        let (own, its) = (&item.split, self.splits.get(usize::from(*its_split)).cloned().flatten());
        let is_leak = own.is_some() && its.is_some() && *own != its;
        if let (true, Some(own), Some(its)) = (is_leak, own, &its) {
            told.leaks += 1;
            let mut pair = [own.as_str(), its.as_str()];
            pair.sort_unstable();
            *told.leaks_by_splits.entry(pair.join(" and ")).or_default() += 1;
        }
        if told.first_pairs.len() < FIRST {
            let pair = Pair { item: item.key.clone(), like: key.to_string(), is_exact: exact.is_some(), is_leak };
            told.first_pairs.push(pair);
        }
    }

    fn look(&mut self, item: ExportItem, facts: Facts) {
        let hit = |hits: &mut Hits, count: u64| {
            hits.items += 1;
            hits.hits += count;
            if hits.first.len() < FIRST {
                hits.first.push(item.key.clone());
            }
        };
        if let Some(chars) = facts.chars {
            self.characters.push(u32::try_from(chars).unwrap_or(u32::MAX));
            self.texts.short += u64::from(chars < self.short);
            *self.texts.languages.entry(facts.language.unwrap_or_default()).or_default() += 1;
            for (kind, count) in facts.personal {
                hit(self.texts.personal.entry(kind).or_default(), count);
            }
        }
        if let Some(size) = facts.size {
            for (sides, side) in self.sides.iter_mut().zip(size) {
                sides.push(side);
            }
            for flaw in facts.flaws {
                hit(self.pictures.flaws.entry(flaw).or_default(), 1);
            }
            self.pictures.unsearched += u64::from(facts.is_unsearched);
            if facts.faces > 0 {
                hit(&mut self.pictures.faces, facts.faces);
            }
        }
        if let Some(hearing) = facts.hearing {
            self.milliseconds.push((hearing.seconds * 1000.0).round() as u32);
            for flaw in hearing.flaws() {
                hit(self.recordings.flaws.entry(flaw).or_default(), 1);
            }
        }
        if let Some(sampled) = facts.sampled {
            let sample = &mut self.samples[usize::from(item.modality == Modality::Image)];
            sample.insert(facts.lot, sampled);
            if sample.len() > self.sample {
                sample.pop_last();
            }
        }
    }

    /// Texts, and pictures, of its sample.
    pub fn samples(self) -> [Vec<Sampled>; 2] {
        self.samples.map(|sample| sample.into_values().collect())
    }

    /// `reference` are the samples of what it is compared with.
    pub fn finish(mut self, reference: [Vec<Sampled>; 2]) -> Result<Report, String> {
        let counts = &self.report.labels.counts;
        if counts.len() > 1 {
            let (most, least) = (counts.values().max(), counts.values().min());
            self.report.labels.imbalance = most.zip(least).map(|(most, least)| *most as f64 / *least as f64);
            self.report.labels.effective_classes = Some(diversity::effective(counts.values().copied()));
        }
        if !self.characters.is_empty() {
            self.texts.characters = Quantiles::of(&mut self.characters);
            self.report.texts = Some(self.texts);
        }
        let [widths, heights] = &mut self.sides;
        if !widths.is_empty() {
            (self.pictures.width, self.pictures.height) = (Quantiles::of(widths), Quantiles::of(heights));
            self.report.pictures = Some(self.pictures);
        }
        if !self.milliseconds.is_empty() {
            self.recordings.milliseconds = Quantiles::of(&mut self.milliseconds);
            self.report.recordings = Some(self.recordings);
        }
        for ((kind, sample), reference) in ["text", "image"].into_iter().zip(self.samples).zip(reference) {
            if let Some(found) = diversity::diversity(sample.into_values().collect(), reference, self.seed)? {
                self.report.diversity.insert(kind, found);
            }
        }
        Ok(self.report)
    }
}

fn count(counts: &mut BTreeMap<String, u64>, key: String) {
    if counts.len() < DIFFERENT_MAXIMUM || counts.contains_key(&key) {
        *counts.entry(key).or_default() += 1;
    }
}

/// The licence that an item names, itself or where it comes from.
fn licence(item: &ExportItem) -> Option<String> {
    let origin = item.metadata.get("provenance");
    let own = LICENCES.iter().find_map(|name| item.metadata.get(*name));
    let found = own.or_else(|| LICENCES.iter().find_map(|name| origin?.get(name)))?;
    Some(found.as_str().map_or_else(|| found.to_string(), str::to_owned))
}

/// Each class and value once an item.
fn labels(item: &ExportItem, labels: &mut Labels) {
    let mut said: BTreeSet<String> = item.regions().map(|region| region.class.clone()).collect();
    for (field, value) in item.answers.iter().flat_map(|answer| &answer.answer.fields) {
        match value {
            Value::Text(text) if text.len() <= 100 => drop(said.insert(format!("{field}={text}"))),
            Value::List(texts) => said.extend(texts.iter().map(|text| format!("{field}={text}"))),
            Value::Boolean(yes) => drop(said.insert(format!("{field}={yes}"))),
            _ => {}
        }
    }
    labels.labeled_items += u64::from(!said.is_empty());
    for label in said {
        count(&mut labels.counts, label);
    }
}
