//! The answers of one picture under one step.

use super::Lineage;
use crate::plane::{Sides, Step, carry};
use labelwright_core::{Answer, GeometryKind, LabelSchema, Region, Target, schema::FieldKind};
use std::collections::{BTreeMap, BTreeSet};

/// An answer and who gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sourced {
    pub source: String,
    pub answer: Answer,
}

/// What augmentation has to know of a schema.
#[derive(Debug, Clone, Default)]
pub struct Classes {
    sides: Sides,
    kinds: BTreeMap<String, Vec<GeometryKind>>,
    /// Fields that hold what somebody wrote, and such attributes by class: transcripts.
    texts: BTreeSet<String>,
    attributes: BTreeSet<(String, String)>,
}

impl Classes {
    pub fn of(schema: &LabelSchema) -> Self {
        let kinds = schema.classes.iter().map(|class| (class.id.clone(), class.geometry.clone())).collect();
        let is_text = |field: &&labelwright_core::schema::Field| matches!(field.kind, FieldKind::Text { .. });
        let texts = schema.fields.iter().filter(is_text).map(|field| field.id.clone()).collect();
        let attributes = schema.classes.iter().flat_map(|class| {
            class.attributes.iter().filter(is_text).map(move |attribute| (class.id.clone(), attribute.id.clone()))
        });
        Self { sides: Sides::of(schema), kinds, texts, attributes: attributes.collect() }
    }

    /// Does the field hold what somebody wrote?
    pub(super) fn is_text(&self, field: &str) -> bool {
        self.texts.contains(field)
    }

    /// Does the attribute of a class hold what somebody wrote?
    pub(super) fn is_text_of(&self, class: &str, attribute: &str) -> bool {
        self.attributes.contains(&(class.to_owned(), attribute.to_owned()))
    }

    fn kinds(&self, class: &str) -> &[GeometryKind] {
        self.kinds.get(class).map_or(&[], Vec::as_slice)
    }
}

/// The name of a region in reports of visibility.
pub fn name(source: &str, region: &str) -> String {
    format!("{source}/{region}")
}

/// Moves all regions. Those of which less than `least` is to be seen are dropped with their relations.
pub fn moved(
    answers: &mut [Sourced],
    step: &Step,
    classes: &Classes,
    swap_sides: bool,
    least: f64,
    lineage: &mut Lineage,
) {
    for Sourced { source, answer } in answers {
        let mut taken: BTreeSet<String> = answer.regions.iter().map(|region| region.id.clone()).collect();
        let mut kept: Vec<Region> = Vec::with_capacity(answer.regions.len());
        let (mut dropped, mut loosened) = (0, 0);
        for region in std::mem::take(&mut answer.regions) {
            if region.target != Target::Item {
                kept.push(region);
                continue;
            }
            let carried = carry(&region.geometry, step, classes.kinds(&region.class));
            let name = name(source, &region.id);
            let visible = carried.visible * lineage.visibility.get(&name).copied().unwrap_or(1.0);
            if carried.shapes.is_empty() || visible < least {
                lineage.visibility.remove(&name);
                dropped += 1;
                continue;
            }
            if visible < 1.0 - 1e-9 {
                lineage.visibility.insert(name, visible);
            }
            loosened += u64::from(carried.loosened);
            for (at, geometry) in carried.shapes.into_iter().enumerate() {
                let id = if at == 0 { region.id.clone() } else { free_id(&region.id, &mut taken) };
                kept.push(Region { id, geometry, ..region.clone() });
            }
        }
        answer.regions = kept;
        lineage.note("region_out_of_sight", dropped);
        lineage.note("region_loosened", loosened);
        lineage.note("relation_without_region", without_ends(answer));
        if swap_sides && step.mirrors() {
            classes.sides.mirror(answer);
        }
    }
}

/// Drops relations whose regions are gone; how many.
pub fn without_ends(answer: &mut Answer) -> u64 {
    let ids: BTreeSet<&str> = answer.regions.iter().map(|region| region.id.as_str()).collect();
    let before = answer.relations.len();
    answer.relations.retain(|relation| ids.contains(relation.from.as_str()) && ids.contains(relation.to.as_str()));
    (before - answer.relations.len()) as u64
}

/// An id like another one that nobody has, of at most 64 characters.
pub fn free_id(like: &str, taken: &mut BTreeSet<String>) -> String {
    let stem: String = like.chars().take(56).collect();
    let mut number = 2_u32;
    loop {
        let id = format!("{stem}-{number}");
        if taken.insert(id.clone()) {
            return id;
        }
        number += 1;
    }
}
