//! Items with their children, as a writer asks for them: so many parents are taken from the input, their children are made
//! on all cores, and all of them are handed over one by one. Each child has random numbers of its own.

use super::{
    lasting,
    made::Made,
    names::{Names, ending},
    paraphrases::Paraphrases,
    report::Report,
    source::{Loaded, Survey, is_picture, judges, load, material},
};
use crate::{batch::beats::Beats, commands::convert::reading::Piece, files::Input};
use labelwright_core::numeric::in_chunks;
use labelwright_formats::{Clock, DirectoryView, ExportItem, RecordError, SourcedAnswer};
use labelwright_generate::{
    Random,
    augment::{Lineage, Sounds, Sourced, augment_picture, augment_series, augment_sound, augment_text},
    picture::encode,
    recipe::{Material, Recipe},
    sound,
    text::{Rewriting, TextItem},
};
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};

/// Parents that are in memory at a time, and those of them that one worker does before it takes the next ones.
const BATCH: usize = 64;
const UNIT: usize = 8;

/// Metadata under which splits look for the items that another one was made from: a child of several belongs to each.
const PARENTS: [&str; 4] = ["parent", "parent_key", "augmented_from", "source_item"];

/// What came of one parent.
#[derive(Default)]
struct Brood {
    children: Vec<(ExportItem, BTreeMap<&'static str, u64>)>,
    notes: BTreeMap<&'static str, u64>,
    problem: Option<RecordError>,
}

impl Brood {
    fn note(&mut self, notes: BTreeMap<&'static str, u64>) {
        notes.into_iter().for_each(|(code, count)| *self.notes.entry(code).or_default() += count);
    }
}

/// A parent, and what is known of it by its place.
struct Parent {
    item: ExportItem,
    /// Its number among all items, and among pictures, from 0.
    number: u64,
    picture: u32,
    /// How its children are called, without the ending.
    stem: String,
}

/// What all children are made with.
pub struct Run<'a> {
    pub survey: &'a Survey,
    pub recipe: &'a Recipe,
    pub sounds: &'a Sounds,
    pub paraphrases: Option<&'a Paraphrases>,
    pub input: &'a Input,
    pub factor: u32,
    pub seed: u64,
    /// Are items that judge (val, test, ...) left without children?
    pub train_only: bool,
    /// Are the originals left out?
    pub children_only: bool,
    pub made: &'a Made,
}

/// All items, each followed by its children. Data that cannot be read have none, and are told.
pub struct Children<'a> {
    run: Run<'a>,
    names: Names,
    pieces: &'a mut dyn Iterator<Item = Piece>,
    report: &'a mut Report,
    ready: VecDeque<ExportItem>,
    items: u64,
    pictures: u32,
    failed: Option<String>,
    beats: Beats,
    /// Are there no more parents?
    is_over: bool,
}

impl<'a> Children<'a> {
    pub fn new(
        run: Run<'a>,
        names: Names,
        pieces: &'a mut dyn Iterator<Item = Piece>,
        report: &'a mut Report,
        beats: Beats,
    ) -> Self {
        Self {
            run,
            names,
            pieces,
            report,
            ready: VecDeque::new(),
            items: 0,
            pictures: 0,
            failed: None,
            beats,
            is_over: false,
        }
    }

    /// What ended it before its end.
    pub fn end(self) -> Result<(), String> {
        self.failed.map_or(Ok(()), Err)
    }

    fn fill(&mut self) -> Result<(), String> {
        let mut parents = Vec::with_capacity(BATCH);
        while parents.len() < BATCH {
            match self.pieces.next() {
                Some(Piece::Item(item)) => {
                    let stem = self.names.of_children(&item.key, self.run.factor);
                    let picture = self.pictures;
                    self.pictures += u32::from(is_picture(&item));
                    parents.push(Parent { item: *item, number: self.items, picture, stem });
                    self.items += 1;
                }
                Some(Piece::Schema(_)) => {}
                Some(Piece::Problem(error)) => self.report.problem(error),
                Some(Piece::End(error)) => return Err(format!("{}: {}", error.place, error.message)),
                None => {
                    self.is_over = true;
                    break;
                }
            }
        }
        let run = &self.run;
        let broods = in_chunks(parents.len().div_ceil(UNIT), |unit| -> Result<Vec<Brood>, String> {
            let view = run.input.open()?;
            let own = parents.get(unit * UNIT..((unit + 1) * UNIT).min(parents.len())).unwrap_or_default();
            own.iter().map(|parent| run.brood(parent, &*view)).collect()
        });
        let broods = broods.into_iter().collect::<Result<Vec<Vec<Brood>>, String>>()?;
        for (parent, brood) in parents.into_iter().zip(broods.into_iter().flatten()) {
            let judged = judges(parent.item.split.as_deref());
            if !self.run.children_only {
                self.ready.push_back(parent.item);
            }
            if let Some(problem) = brood.problem {
                self.report.problem(problem);
            }
            brood.notes.into_iter().for_each(|(code, count)| self.report.note(code, count));
            for (child, notes) in brood.children {
                notes.into_iter().for_each(|(code, count)| self.report.note(code, count));
                if judged {
                    self.report.note("child_that_judges", 1);
                }
                self.report.children += 1;
                self.ready.push_back(child);
            }
        }
        Ok(())
    }
}

impl Iterator for Children<'_> {
    type Item = ExportItem;

    fn next(&mut self) -> Option<ExportItem> {
        // A batch may have no children at all.
        while self.ready.is_empty() && self.failed.is_none() && !self.is_over {
            self.failed = self.fill().err();
            self.beats.tell(self.items);
        }
        if self.failed.is_some() {
            return None;
        }
        let item = self.ready.pop_front()?;
        if let Err(error) = self.run.made.tell(&item) {
            self.failed = Some(error.to_string());
            return None;
        }
        self.report.items += 1;
        Some(item)
    }
}

impl Run<'_> {
    fn brood(&self, parent: &Parent, view: &dyn DirectoryView) -> Result<Brood, String> {
        if self.train_only && judges(parent.item.split.as_deref()) {
            return Ok(Brood { notes: BTreeMap::from([("judges", 1)]), ..Brood::default() });
        }
        match material(&parent.item).filter(|material| self.recipe.works_on(*material)) {
            Some(Material::Picture) => self.pictures(parent, view),
            Some(Material::Text) => self.texts(parent),
            Some(Material::Sound) => self.recordings(parent, view),
            Some(Material::Series) => self.series(parent, view),
            None => {
                let absent = parent.item.text.is_none() && parent.item.media.is_none();
                let code = if absent { "no_data" } else { "no_operation" };
                Ok(Brood { notes: BTreeMap::from([(code, 1)]), ..Brood::default() })
            }
        }
    }

    fn random(&self, parent: &Parent, number: u32) -> Random {
        Random::of(self.seed, &parent.item.key, u64::from(number))
    }

    fn put(&self, parent: &Parent, number: u32, bytes: &[u8]) -> Result<String, String> {
        self.made.put(&format!("{}-{number}", parent.number), bytes)
    }

    fn pictures(&self, parent: &Parent, view: &dyn DirectoryView) -> Result<Brood, String> {
        let mut brood = Brood::default();
        let bad = |message: String| Some(RecordError::new(parent.item.key.clone(), "bad_picture", message));
        let Loaded { item, coding } = match load(&parent.item, view) {
            Ok(loaded) => loaded,
            Err(message) => return Ok(Brood { problem: bad(message), ..brood }),
        };
        for number in 1..=self.factor {
            let mut random = self.random(parent, number);
            let mut partner =
                |random: &mut Random| self.survey.partners.one(&parent.item, parent.picture, view, random);
            let outcome = augment_picture(self.recipe, &self.survey.classes, item.clone(), &mut random, &mut partner)
                .and_then(|(child, lineage)| {
                    let bytes = encode(&child.picture, coding, self.recipe.quality)?;
                    Ok((child, lineage, bytes))
                });
            let (child, lineage, bytes) = match outcome {
                Ok(made) => made,
                Err(error) => {
                    brood.problem = bad(error.to_string());
                    continue;
                }
            };
            // A child of which no operation could be done would be a copy.
            if lineage.operations.is_empty() {
                brood.note(lineage.notes);
                continue;
            }
            let made = ExportItem {
                key: format!("{}-aug{number}.{}", parent.stem, coding.ending()),
                size: Some(child.picture.size()),
                answers: answers(child.answers),
                media: Some(self.put(parent, number, &bytes)?),
                ..self.heir(&parent.item, &lineage, number)
            };
            brood.children.push((made, lineage.notes));
        }
        Ok(brood)
    }

    fn texts(&self, parent: &Parent) -> Result<Brood, String> {
        let (mut brood, parent_item) = (Brood::default(), &parent.item);
        let answers = parent_item.answers.iter().map(|own| own.answer.clone()).collect();
        let item = TextItem::new(parent_item.text.as_deref().unwrap_or_default(), answers);
        for number in 1..=self.factor {
            let mut random = self.random(parent, number);
            let mut rewrite = |order: &Rewriting<'_>| match self.paraphrases {
                Some(paraphrases) => paraphrases.ask(order),
                None => Err("paraphrase_without_endpoint"),
            };
            let (child, lineage) = augment_text(self.recipe, &parent_item.key, &item, &mut random, &mut rewrite);
            if let Some(stopped) = self.paraphrases.and_then(Paraphrases::stopped) {
                return Err(stopped);
            }
            let Some(child) = child else {
                brood.note(lineage.notes);
                *brood.notes.entry("unchanged").or_default() += 1;
                continue;
            };
            let ending = ending(&parent_item.key).map_or(String::new(), |ending| format!(".{ending}"));
            let answers = parent_item.answers.iter().zip(&child.answers);
            let made = ExportItem {
                key: format!("{}-aug{number}{ending}", parent.stem),
                text: Some(child.text()),
                answers: answers.map(|(own, answer)| SourcedAnswer::new(own.source.clone(), answer.clone())).collect(),
                ..self.heir(parent_item, &lineage, number)
            };
            brood.children.push((made, lineage.notes));
        }
        Ok(brood)
    }

    fn recordings(&self, parent: &Parent, view: &dyn DirectoryView) -> Result<Brood, String> {
        let mut brood = Brood::default();
        let bad = |message: String| Some(RecordError::new(parent.item.key.clone(), "bad_recording", message));
        let item = match lasting::recording(&parent.item, view, self.made) {
            Ok(item) => item,
            Err(message) => return Ok(Brood { problem: bad(message), ..brood }),
        };
        for number in 1..=self.factor {
            let (classes, mut random) = (&self.survey.classes, self.random(parent, number));
            let (child, lineage) = match augment_sound(self.recipe, classes, item.clone(), self.sounds, &mut random) {
                Ok(made) => made,
                Err(error) => {
                    brood.problem = bad(error.to_string());
                    continue;
                }
            };
            if lineage.operations.is_empty() {
                brood.note(lineage.notes);
                *brood.notes.entry("unchanged").or_default() += 1;
                continue;
            }
            let tick = child.clock / child.sound.rate.max(1);
            let ticks = child.sound.frames() as i64 * i64::from(tick);
            let made = ExportItem {
                key: format!("{}-aug{number}.wav", parent.stem),
                clock: Some(Clock { ticks: Some(ticks), ..Clock::new(child.clock) }),
                media: Some(self.put(parent, number, &sound::write(&child.sound))?),
                answers: answers(child.answers),
                ..self.heir(&parent.item, &lineage, number)
            };
            brood.children.push((made, lineage.notes));
        }
        Ok(brood)
    }

    fn series(&self, parent: &Parent, view: &dyn DirectoryView) -> Result<Brood, String> {
        let mut brood = Brood::default();
        let item = match lasting::series(&parent.item, view, self.made) {
            Ok(item) => item,
            Err(message) => {
                let problem = RecordError::new(parent.item.key.clone(), "bad_series", message);
                return Ok(Brood { problem: Some(problem), ..brood });
            }
        };
        for number in 1..=self.factor {
            let (classes, mut random) = (&self.survey.classes, self.random(parent, number));
            let (child, lineage) = augment_series(self.recipe, classes, item.clone(), &mut random);
            if lineage.operations.is_empty() {
                brood.note(lineage.notes);
                *brood.notes.entry("unchanged").or_default() += 1;
                continue;
            }
            let clock = parent.item.clock.map(|clock| Clock { ticks: Some(child.series.rows as i64), ..clock });
            let made = ExportItem {
                key: format!("{}-aug{number}.csv", parent.stem),
                clock,
                media: Some(self.put(parent, number, child.series.csv().as_bytes())?),
                answers: answers(child.answers),
                ..self.heir(&parent.item, &lineage, number)
            };
            brood.children.push((made, lineage.notes));
        }
        Ok(brood)
    }

    /// What a child has of its parent: its part and its metadata, so that it belongs to the same groups; and where it
    /// comes from.
    fn heir(&self, parent: &ExportItem, lineage: &Lineage, number: u32) -> ExportItem {
        let mut metadata = parent.metadata.clone();
        for (name, key) in PARENTS.iter().zip(&lineage.parents) {
            metadata.insert((*name).to_owned(), key.as_str().into());
        }
        let mut told = json!({ "seed": self.seed, "number": number, "operations": lineage.operations });
        if lineage.parents.len() > 1 {
            told["parents"] = lineage.parents.clone().into();
        }
        if !lineage.visibility.is_empty() {
            let shares =
                lineage.visibility.iter().map(|(name, share)| (name.clone(), json!((share * 1e4).round() / 1e4)));
            told["visibility"] = shares.collect::<serde_json::Map<_, _>>().into();
        }
        metadata.insert("augmentation".to_owned(), told);
        // Its address, licence and consent are its parent's; where it comes from is another thing.
        if let Some(serde_json::Value::Object(origin)) = metadata.get_mut("provenance")
            && let Some(source) = origin.insert("source".to_owned(), "augmentation".into())
        {
            origin.insert("parent_source".to_owned(), source);
        }
        ExportItem { metadata, split: parent.split.clone(), ..ExportItem::new("", parent.modality) }
    }
}

fn answers(answers: Vec<Sourced>) -> Vec<SourcedAnswer> {
    answers.into_iter().map(|own| SourcedAnswer::new(own.source, own.answer)).collect()
}
