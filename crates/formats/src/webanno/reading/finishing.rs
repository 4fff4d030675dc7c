//! From the annotations of a document to its answer: regions, attributes, chains and relations.

use super::{
    super::{CLASS_FEATURES, short, value},
    Column, Document, End, Kind, Problem,
};
use crate::{
    labels,
    spans::{self, Ruler, Unit},
};
use labelwright_core::{Answer, Relation};
use std::collections::BTreeMap;

impl Document<'_> {
    pub(super) fn finish(mut self) -> (String, Answer, Vec<(usize, Problem)>) {
        let mut answer = Answer::default();
        let text = std::mem::take(&mut self.text);
        let ruler = Ruler::new(&text, Unit::Utf16);
        let mut chains: BTreeMap<(usize, u64), Vec<(u64, usize)>> = BTreeMap::new();
        let mut ids: Vec<Option<String>> = Vec::new();
        for mark in &self.marks {
            let range = match ruler.range(mark.start, mark.end) {
                Ok(range) => range,
                Err(problem) => {
                    self.problems.push((mark.line, problem));
                    ids.push(None);
                    continue;
                }
            };
            let layer = &self.layers[mark.layer];
            let names: Vec<&str> = layer
                .columns
                .iter()
                .filter_map(|column| if let Column::Feature(name) = column { Some(name.as_str()) } else { None })
                .collect();
            let named = names.iter().position(|name| match self.class {
                Some(class) => *name == class,
                None if layer.kind == Kind::Chain => *name == "referenceType",
                None => class_feature(&layer.name, name),
            });
            let class = named.and_then(|at| mark.values.get(at)?.clone()).filter(|name| !name.is_empty());
            let id = format!("s{}", answer.regions.len() + 1);
            let class = class.unwrap_or_else(|| short(&layer.name).to_owned());
            let mut region = labels::region(&id, class, spans::span(vec![range]));
            let links = |name: &str| layer.kind == Kind::Chain && name == "referenceRelation";
            for (at, name) in names.iter().enumerate().filter(|(at, name)| Some(*at) != named && !links(name)) {
                if let Some(Some(text)) = mark.values.get(at) {
                    region.attributes.insert((*name).to_owned(), value(text));
                }
            }
            answer.regions.push(region);
            ids.push(Some(id));
            if let Some((chain, link)) = mark.link {
                chains.entry((mark.layer, chain)).or_default().push((link, ids.len() - 1));
            }
        }
        for mut chain in chains.into_values() {
            chain.sort_unstable();
            for pair in chain.windows(2) {
                let (from, to) = (pair[0].1, pair[1].1);
                let name = self.marks[from].values.get(1).cloned().flatten().unwrap_or_else(|| "coref".into());
                relate(&mut answer, name, &ids[from], &ids[to]);
            }
        }
        for link in std::mem::take(&mut self.links) {
            let layer = link.layer.as_deref();
            match (self.end(&link.from, layer), self.end(&link.to, layer)) {
                (Ok(from), Ok(to)) => relate(&mut answer, link.name, &ids[from], &ids[to]),
                (Err(message), _) | (_, Err(message)) => {
                    self.problems.push((link.line, ("bad_reference", format!("{}: {message}", link.name))));
                }
            }
        }
        (text, answer, self.problems)
    }

    fn end(&self, end: &End, layer: Option<&str>) -> Result<usize, String> {
        let (unit, id) = match end {
            End::Mark(mark) => return Ok(*mark),
            End::At { unit, id } => (unit, id),
        };
        let wanted = |at: &usize| layer.is_none_or(|layer| self.layers[*at].name == layer);
        let layers = (0..self.layers.len()).filter(wanted);
        let found = layers.filter_map(|at| self.at.get(&(at, unit.clone(), id.clone()))).flatten();
        let found: Vec<usize> = found.copied().collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(format!("there is no annotation at {unit} that it may speak of")),
            _ => Err(format!("several annotations at {unit} fit")),
        }
    }
}

/// Does this feature of the layer name the class? Layers of lemmas and the like have a `value` too, but no classes.
pub(crate) fn class_feature(layer: &str, name: &str) -> bool {
    match short(layer) {
        "Lemma" | "Stem" | "MorphologicalFeatures" | "SurfaceForm" => false,
        _ => CLASS_FEATURES.contains(&name),
    }
}

/// Ends without a region were located as problems before.
fn relate(answer: &mut Answer, relation: String, from: &Option<String>, to: &Option<String>) {
    if let (Some(from), Some(to)) = (from, to) {
        let id = format!("r{}", answer.relations.len() + 1);
        let (from, to) = (from.clone(), to.clone());
        answer.relations.push(Relation { id, relation, from, to, attributes: BTreeMap::new() });
    }
}
