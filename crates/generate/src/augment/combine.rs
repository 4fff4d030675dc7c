//! Answers of several pictures in one: every region of every source, under ids of its own.

use super::{
    Sourced,
    labels::{free_id, name},
};
use std::collections::{BTreeMap, BTreeSet};

/// Adds the answers of another picture, each to that of the same labeler. Values of fields that the pictures do not agree
/// on are left out, and so are answers of labelers who did not label both; how many fields and answers that were. The
/// shares of visible regions move along under their new names.
pub fn join(
    answers: &mut Vec<Sourced>,
    others: Vec<Sourced>,
    visibility: &mut BTreeMap<String, f64>,
    theirs: &BTreeMap<String, f64>,
) -> (u64, u64) {
    let (mut fields, before) = (0, answers.len());
    let mut others: BTreeMap<String, Sourced> = others.into_iter().map(|own| (own.source.clone(), own)).collect();
    answers.retain_mut(|Sourced { source, answer }| {
        let Some(other) = others.remove(source) else {
            let prefix = name(source, "");
            visibility.retain(|region, _| !region.starts_with(&prefix));
            return false;
        };
        let (own, other) = (answer, other.answer);
        let all: BTreeSet<&String> = own.fields.keys().chain(other.fields.keys()).collect();
        let all = all.len();
        own.fields.retain(|id, value| other.fields.get(id) == Some(value));
        fields += (all - own.fields.len()) as u64;
        let mut taken: BTreeSet<String> = own.regions.iter().map(|region| region.id.clone()).collect();
        let mut renamed = BTreeMap::new();
        for mut region in other.regions {
            let id = if taken.insert(region.id.clone()) { region.id.clone() } else { free_id(&region.id, &mut taken) };
            if let Some(share) = theirs.get(&name(source, &region.id)) {
                visibility.insert(name(source, &id), *share);
            }
            renamed.insert(std::mem::replace(&mut region.id, id.clone()), id);
            own.regions.push(region);
        }
        let mut relations: BTreeSet<String> = own.relations.iter().map(|relation| relation.id.clone()).collect();
        for mut relation in other.relations {
            if let (Some(from), Some(to)) = (renamed.get(&relation.from), renamed.get(&relation.to)) {
                (relation.from, relation.to) = (from.clone(), to.clone());
                if !relations.insert(relation.id.clone()) {
                    relation.id = free_id(&relation.id, &mut relations);
                }
                own.relations.push(relation);
            }
        }
        true
    });
    (fields, (before - answers.len() + others.len()) as u64)
}
