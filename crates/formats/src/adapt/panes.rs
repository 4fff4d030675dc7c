//! Items with companions. A format without panes gets the item's own data with the regions that lie on it and with the
//! fields, and each companion as an item of its own; a format that has panes gets those of its kinds.

use super::{Adapter, wrong_kind};
use crate::record::{ExportItem, SourcedAnswer};
use labelwright_core::{Answer, LabelSchema, Region};
use std::collections::BTreeMap;

const ENDS_ARE_GONE: &str = "relations of regions that are left out are left out too";

impl Adapter<'_> {
    /// What the format gets of the item: nothing, or the item, or several.
    pub fn items(&self, item: ExportItem) -> impl Iterator<Item = ExportItem> {
        let (own, others) = self.apart(item);
        std::iter::once(own).chain(others).filter_map(|item| self.item(item))
    }

    /// The schema in which panes have no place: all classes, each as if it lay on an item's own data.
    pub(super) fn without_panes(&self, schema: &mut LabelSchema) {
        schema.panes.clear();
        schema.classes.iter_mut().for_each(|class| class.pane = None);
    }

    /// Was a class of this pane left out with all of its items, which are counted?
    pub(super) fn has_no_place(&self, pane: Option<&str>) -> bool {
        let pane = pane.and_then(|id| self.head.schema.pane(id));
        pane.is_some_and(|pane| !self.carries.modalities.contains(&pane.modality))
    }

    fn pane_of(&self, region: &Region) -> Option<&str> {
        let index = self.classes.get(region.class.as_str())?;
        self.head.schema.classes.get(*index)?.pane.as_deref()
    }

    /// The item's own part, and each companion with the regions of its pane.
    fn apart(&self, mut item: ExportItem) -> (ExportItem, Vec<ExportItem>) {
        if self.carries.panes || self.head.schema.panes.is_empty() && item.companions.is_empty() {
            return (item, Vec::new());
        }
        let mut panes: Vec<Option<String>> = vec![None];
        let mut others: Vec<ExportItem> = Vec::new();
        for companion in std::mem::take(&mut item.companions) {
            panes.push(Some(companion.pane));
            let (metadata, split) = (item.metadata.clone(), item.split.clone());
            others.push(ExportItem { metadata, split, answers: Vec::new(), ..*companion.item });
        }
        for sourced in &mut item.answers {
            let mut parts = self.answer_apart(std::mem::take(&mut sourced.answer), &panes, &item.key).into_iter();
            sourced.answer = parts.next().unwrap_or_default();
            // An answer without a word about a companion says nothing of it.
            for (other, answer) in others.iter_mut().zip(parts).filter(|(_, answer)| !answer.is_empty()) {
                other.answers.push(SourcedAnswer { answer, source: sourced.source.clone(), ..*sourced });
            }
        }
        (item, others)
    }

    /// The answer for the data of each pane: fields are about the item as a whole.
    fn answer_apart(&self, answer: Answer, panes: &[Option<String>], key: &str) -> Vec<Answer> {
        let mut parts = vec![Answer::default(); panes.len()];
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for region in answer.regions {
            let pane = self.pane_of(&region);
            let at = panes.iter().position(|known| known.as_deref() == pane);
            match at.and_then(|at| Some((at, parts.get_mut(at)?))) {
                Some((at, part)) => {
                    places.insert(region.id.clone(), at);
                    part.regions.push(region);
                }
                None => self.without_data(&region, key),
            }
        }
        for relation in answer.relations {
            match (places.get(&relation.from), places.get(&relation.to)) {
                (Some(from), Some(to)) if from == to => {
                    parts.get_mut(*from).into_iter().for_each(|part| part.relations.push(relation.clone()));
                }
                (Some(_), Some(_)) => {
                    self.losses.add("relations", "relations between panes have no place in the format", key);
                }
                _ => self.losses.add("relations", ENDS_ARE_GONE, key),
            }
        }
        if let Some(own) = parts.first_mut() {
            own.fields = answer.fields;
        }
        parts
    }

    fn without_data(&self, region: &Region, key: &str) {
        let message = "regions in a pane for which the item has no data are left out";
        self.losses.add("panes", message, key);
        self.classes.get(region.class.as_str()).into_iter().for_each(|index| self.use_index(*index));
    }

    /// Companions of a format that has panes: those of kinds for which it has a place, and no regions of others.
    pub(super) fn companions(&self, item: &mut ExportItem) {
        let mut gone: Vec<String> = Vec::new();
        item.companions.retain_mut(|companion| {
            let fits = self.carries.modalities.contains(&companion.item.modality);
            if fits {
                self.data(&mut companion.item);
            } else {
                let message = "items of this kind have no place in the format";
                self.losses.add(wrong_kind(&self.carries), message, &companion.item.key);
                gone.push(std::mem::take(&mut companion.pane));
            }
            fits
        });
        if gone.is_empty() {
            return;
        }
        for sourced in &mut item.answers {
            sourced.answer.regions.retain(|region| {
                let is_gone = self.pane_of(region).is_some_and(|pane| gone.iter().any(|gone| gone == pane));
                if is_gone {
                    self.without_data(region, &item.key);
                }
                !is_gone
            });
            self.without_ends(&mut sourced.answer, &item.key);
        }
    }
}
