//! What was lost and what went wrong: on the standard error stream, and as a file if one is wanted.

use crate::batch;
use labelwright_formats::{Loss, RecordError};
use serde::Serialize;
use std::{collections::BTreeMap, path::Path};

#[derive(Serialize)]
pub struct Report {
    from: &'static str,
    to: &'static str,
    pub items: u64,
    pub children: u64,
    /// What the output's format could not carry.
    pub losses: Vec<Loss>,
    /// Records that could not be read, and pictures that no children could be made of, by code.
    #[serde(serialize_with = "listed")]
    problems: BTreeMap<String, Loss>,
    /// What happened to labels of children: regions out of sight, boxes that are loose, ...
    pub notes: BTreeMap<&'static str, u64>,
}

fn listed<S: serde::Serializer>(problems: &BTreeMap<String, Loss>, out: S) -> Result<S::Ok, S::Error> {
    out.collect_seq(problems.values())
}

/// Places that are named of each problem.
const PLACES: usize = 20;

/// What the codes of notes mean.
const MEANINGS: &[(&str, &str)] = &[
    ("region_out_of_sight", "regions of children left the picture or are hardly to be seen, and are left out"),
    ("region_loosened", "regions of children are boxes or shapes around what was turned or cut"),
    ("relation_without_region", "relations of children lost one of their regions"),
    ("field_not_shared", "values of fields that not all pictures of a mosaic or mixup have are left out"),
    ("answer_not_shared", "answers of labelers who did not label all pictures of a mosaic or mixup are left out"),
    ("no_partner", "mosaics or mixups found no other picture of the same part"),
    ("too_many_sources", "mosaics or mixups were left out because a child has at most four sources"),
    ("no_operation", "items have no children: the recipe has no operation for their kind of data"),
    ("no_data", "items have no children: their data is not there"),
    ("unchanged", "items came out as they were, and gave no child"),
    ("judges", "items of val, test and the like have no children (--train-only)"),
    (
        "child_that_judges",
        "children lie in val, test and the like, as their parents do; --train-only makes none of those",
    ),
    ("text_of_what_is_cut", "transcripts of recordings or regions that were cut are left out"),
    ("band_cut", "bands of frequency are cut at half of the sample rate"),
    ("silent_recording", "recordings without any sound have no noise at a distance from it"),
    ("no_such_channel", "series do not have a channel that an operation names"),
    ("paraphrase_with_marks", "texts hold marks like <m1> by themselves and are not paraphrased"),
    ("paraphrase_lost_mention", "paraphrases lost or changed a mention, or said the same again, and gave no child"),
    ("paraphrase_refused", "the language model declined or its answer was cut off, and gave no child"),
    ("paraphrase_without_endpoint", "paraphrases have no endpoint"),
];

impl Report {
    pub fn new(from: &'static str, to: &'static str) -> Self {
        Self { from, to, items: 0, children: 0, losses: Vec::new(), problems: BTreeMap::new(), notes: BTreeMap::new() }
    }

    pub fn problem(&mut self, RecordError { place, code, message }: RecordError) {
        let entry = self.problems.entry(code.to_owned()).or_insert_with(|| Loss {
            code: code.to_owned(),
            message,
            count: 0,
            places: Vec::new(),
        });
        entry.count += 1;
        if entry.places.len() < PLACES {
            entry.places.push(place);
        }
    }

    pub fn note(&mut self, code: &'static str, count: u64) {
        *self.notes.entry(code).or_default() += count;
    }

    pub fn lost(&self) -> u64 {
        self.losses.iter().map(|loss| loss.count).sum()
    }

    pub fn problem_count(&self) -> u64 {
        self.problems.values().map(|problem| problem.count).sum()
    }

    pub fn tell(&self, path: Option<&Path>) -> Result<(), String> {
        for (what, loss) in self
            .losses
            .iter()
            .map(|loss| ("lost", loss))
            .chain(self.problems.values().map(|problem| ("not read", problem)))
        {
            let first = loss.places.first().map_or("", String::as_str);
            eprintln!("{what}: {} x {} ({}), first at {first}", loss.count, loss.code, loss.message);
        }
        for (code, count) in &self.notes {
            let meaning = MEANINGS.iter().find(|(known, _)| known == code).map_or("", |(_, meaning)| meaning);
            eprintln!("note: {count} x {code} ({meaning})");
        }
        let Some(path) = path else { return Ok(()) };
        let json = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        let written = || {
            let mut file = batch::Output::create(path)?;
            file.bytes((json + "\n").as_bytes())?;
            file.commit()
        };
        written().map_err(|error| error.to_string())
    }
}
