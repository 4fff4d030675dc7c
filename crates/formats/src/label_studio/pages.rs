//! Documents on their way into Label Studio, which has pictures: a document that is one picture becomes that picture with
//! its boxes and what somebody wrote of them. A document that came from there goes back as it came.

use crate::{
    loss::Losses,
    media::is_image,
    record::{ExportItem, SourcedAnswer},
};
use labelwright_core::{GeometryKind, LabelSchema, Modality, Region, Target};
use std::collections::BTreeSet;

/// The item as Label Studio can have it; None for a document that is no picture.
pub(super) fn pictured(mut item: ExportItem, schema: &LabelSchema, losses: &Losses) -> Option<ExportItem> {
    let mut companions = std::mem::take(&mut item.companions);
    companions.retain_mut(|companion| {
        let pane = Some(companion.pane.as_str());
        companion.item.modality != Modality::Document
            || flat(&mut companion.item, &mut item.answers, schema, pane, losses)
    });
    item.companions = companions;
    with_data(&mut item, schema, losses);
    // What other formats know of an item has been taken out before: extras are Label Studio's own.
    if item.modality != Modality::Document || item.extras.is_some() {
        return Some(item);
    }
    let mut answers = std::mem::take(&mut item.answers);
    let fits = flat(&mut item, &mut answers, schema, None, losses);
    item.answers = answers;
    fits.then_some(item)
}

fn lies_in(region: &Region, schema: &LabelSchema, pane: Option<&str>) -> bool {
    schema.class(&region.class).and_then(|class| class.pane.as_deref()) == pane
}

/// Makes a document of one page the picture that it is; false where it is none.
fn flat(
    data: &mut ExportItem,
    answers: &mut [SourcedAnswer],
    schema: &LabelSchema,
    pane: Option<&str>,
    losses: &Losses,
) -> bool {
    let named = data.media.iter().chain([&data.key]).any(|name| is_image(name));
    // The adapter has taken the layer out: a region on a further page is what is left of a document of several.
    let mut here = answers.iter().flat_map(|one| &one.answer.regions).filter(|one| lies_in(one, schema, pane));
    let further = here.any(|region| matches!(region.target, Target::Page(page) if page > 0));
    if data.size.is_none() || !named || further {
        losses.add("modality", "only documents that are one picture of a known size have a place", &data.key);
        return false;
    }
    let message = "spans of the words of a document have no place";
    left_out(answers, |region| lies_in(region, schema, pane) && is_span(region), ("spans", message), &data.key, losses);
    let regions = answers.iter_mut().flat_map(|one| &mut one.answer.regions);
    regions.filter(|one| lies_in(one, schema, pane)).for_each(|region| region.target = Target::Item);
    data.modality = Modality::Image;
    true
}

fn is_span(region: &Region) -> bool {
    region.geometry.kind() == GeometryKind::Span
}

/// Leaves out regions in panes for which the item has no data.
fn with_data(item: &mut ExportItem, schema: &LabelSchema, losses: &Losses) {
    if schema.panes.is_empty() {
        return;
    }
    let there = |pane: &str| item.companions.iter().any(|companion| companion.pane == pane);
    let homeless = |region: &Region| {
        let pane = schema.class(&region.class).and_then(|class| class.pane.as_deref());
        pane.is_some_and(|pane| !there(pane))
    };
    let message = "regions in a pane for which the item has no data are left out";
    left_out(&mut item.answers, homeless, ("panes", message), &item.key, losses);
}

/// Takes regions out, and the relations that had them as an end.
fn left_out(
    answers: &mut [SourcedAnswer],
    is_gone: impl Fn(&Region) -> bool,
    (code, message): (&'static str, &str),
    key: &str,
    losses: &Losses,
) {
    for SourcedAnswer { answer, .. } in answers {
        let before = answer.regions.len();
        answer.regions.retain(|region| !is_gone(region));
        losses.add_some(code, message, key, before - answer.regions.len());
        let there: BTreeSet<&str> = answer.regions.iter().map(|region| region.id.as_str()).collect();
        let before = answer.relations.len();
        answer.relations.retain(|one| there.contains(one.from.as_str()) && there.contains(one.to.as_str()));
        let message = "relations of regions that are left out are left out too";
        losses.add_some("relations", message, key, before - answer.relations.len());
    }
}
