//! Children of all items. The work is divided by parents; each child has random numbers of its own.

use super::{
    made::Made,
    report::Report,
    source::{Source, load, material},
};
use crate::files::Input;
use labelwright_core::numeric::in_chunks;
use labelwright_formats::{DirectoryView, ExportItem, RecordError, SourcedAnswer};
use labelwright_generate::{
    Random,
    augment::{Lineage, augment_picture, augment_text},
    picture::encode,
    recipe::{Material, Recipe},
    text::TextItem,
};
use serde_json::json;
use std::collections::{BTreeMap, HashSet};

/// Parents that one worker does before it takes the next ones.
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

/// All items, each followed by its children. A picture that cannot be read has none, and is told.
pub fn with_children(
    source: &mut Source,
    recipe: &Recipe,
    input: &Input,
    (factor, seed): (u32, u64),
    made: &Made,
    report: &mut Report,
) -> Result<Vec<ExportItem>, String> {
    let run = Run { source, recipe, factor, seed, made, keys: child_keys(&source.items, factor) };
    let broods = in_chunks(run.source.items.len().div_ceil(UNIT), |unit| -> Result<Vec<Brood>, String> {
        let view = input.open()?;
        let parents = unit * UNIT..((unit + 1) * UNIT).min(run.source.items.len());
        parents.map(|at| run.brood(at, &*view)).collect()
    });
    let broods = broods.into_iter().collect::<Result<Vec<Vec<Brood>>, String>>()?;
    let parents = std::mem::take(&mut source.items);
    let mut items = Vec::with_capacity(parents.len() * (1 + factor as usize));
    for (parent, brood) in parents.into_iter().zip(broods.into_iter().flatten()) {
        items.push(parent);
        if let Some(problem) = brood.problem {
            report.problem(problem);
        }
        brood.notes.into_iter().for_each(|(code, count)| report.note(code, count));
        for (child, notes) in brood.children {
            notes.into_iter().for_each(|(code, count)| report.note(code, count));
            report.children += 1;
            items.push(child);
        }
    }
    Ok(items)
}

struct Run<'a> {
    source: &'a Source,
    recipe: &'a Recipe,
    factor: u32,
    seed: u64,
    made: &'a Made,
    /// By parent: how its children are called, without the ending.
    keys: Vec<String>,
}

impl Run<'_> {
    fn brood(&self, at: usize, view: &dyn DirectoryView) -> Result<Brood, String> {
        let Some(parent) = self.source.items.get(at) else { return Ok(Brood::default()) };
        match material(parent).filter(|material| self.recipe.works_on(*material)) {
            Some(Material::Picture) => self.pictures(at, parent, view),
            Some(Material::Text) => Ok(self.texts(at, parent)),
            None => {
                let absent = parent.text.is_none() && parent.media.is_none();
                let code = if absent { "no_data" } else { "no_operation" };
                Ok(Brood { notes: BTreeMap::from([(code, 1)]), ..Brood::default() })
            }
        }
    }

    fn pictures(&self, at: usize, parent: &ExportItem, view: &dyn DirectoryView) -> Result<Brood, String> {
        let mut brood = Brood::default();
        let bad = |message: String| Some(RecordError::new(parent.key.clone(), "bad_picture", message));
        let (item, coding) = match load(parent, view) {
            Ok(loaded) => loaded,
            Err(message) => return Ok(Brood { problem: bad(message), ..brood }),
        };
        for number in 1..=self.factor {
            let mut random = Random::of(self.seed, &parent.key, u64::from(number));
            let mut partner = |random: &mut Random| self.source.partner(at, view, random);
            let outcome = augment_picture(self.recipe, &self.source.classes, item.clone(), &mut random, &mut partner)
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
                lineage.notes.into_iter().for_each(|(code, count)| *brood.notes.entry(code).or_default() += count);
                continue;
            }
            let media = self.made.put(&format!("{at}-{number}"), &bytes)?;
            let key = format!("{}-aug{number}.{}", self.keys[at], coding.ending());
            let answers = child.answers.into_iter();
            let made = ExportItem {
                key,
                size: Some(child.picture.size()),
                answers: answers.map(|own| SourcedAnswer::new(own.source, own.answer)).collect(),
                media: Some(media),
                ..self.heir(parent, &lineage, number)
            };
            brood.children.push((made, lineage.notes));
        }
        Ok(brood)
    }

    fn texts(&self, at: usize, parent: &ExportItem) -> Brood {
        let mut brood = Brood::default();
        let answers = parent.answers.iter().map(|own| own.answer.clone()).collect();
        let item = TextItem::new(parent.text.as_deref().unwrap_or_default(), answers);
        for number in 1..=self.factor {
            let mut random = Random::of(self.seed, &parent.key, u64::from(number));
            let Some((child, lineage)) = augment_text(self.recipe, &parent.key, &item, &mut random) else {
                *brood.notes.entry("unchanged").or_default() += 1;
                continue;
            };
            let ending = ending(&parent.key).map_or(String::new(), |ending| format!(".{ending}"));
            let answers = parent.answers.iter().zip(&child.answers);
            let made = ExportItem {
                key: format!("{}-aug{number}{ending}", self.keys[at]),
                text: Some(child.text()),
                answers: answers.map(|(own, answer)| SourcedAnswer::new(own.source.clone(), answer.clone())).collect(),
                ..self.heir(parent, &lineage, number)
            };
            brood.children.push((made, lineage.notes));
        }
        brood
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
        ExportItem { metadata, split: parent.split.clone(), ..ExportItem::new("", parent.modality) }
    }
}

/// The ending of the last part of a key.
fn ending(key: &str) -> Option<&str> {
    let name = key.rsplit('/').next().unwrap_or(key);
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending)
}

/// Stems for the keys of children that no other item's key begins with, up to the ending.
fn child_keys(items: &[ExportItem], factor: u32) -> Vec<String> {
    let stem = |key: &str| match ending(key) {
        Some(ending) => key[..key.len() - ending.len() - 1].to_owned(),
        None => key.to_owned(),
    };
    let mut taken: HashSet<String> = items.iter().map(|item| stem(&item.key)).collect();
    let names = |stem: &str| (1..=factor).map(|number| format!("{stem}-aug{number}")).collect::<Vec<_>>();
    items
        .iter()
        .map(|item| {
            let mut own = stem(&item.key);
            while names(&own).iter().any(|name| taken.contains(name)) {
                own.push('_');
            }
            taken.extend(names(&own));
            own
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use labelwright_core::Modality;

    #[test]
    fn no_child_takes_the_name_of_another_item() {
        let items: Vec<ExportItem> = ["a.png", "a.jpg", "a-aug1.png", "d.x/b", ".c"]
            .iter()
            .map(|key| ExportItem::new(*key, Modality::Image))
            .collect();
        assert_eq!(child_keys(&items, 2), ["a_", "a__", "a-aug1", "d.x/b", ".c"]);
    }
}
