//! Documents on their way into Label Studio, which has pictures: a document that is one picture becomes that picture with
//! its boxes and what somebody wrote of them. A document that came from there goes back as it came.

use crate::{loss::Losses, media::is_image, record::ExportItem};
use labelwright_core::{GeometryKind, Modality, Target};
use std::collections::BTreeSet;

/// The item as Label Studio can have it; None for a document that is no picture.
pub(super) fn pictured(mut item: ExportItem, losses: &Losses) -> Option<ExportItem> {
    // What other formats know of an item has been taken out before: extras are Label Studio's own.
    if item.modality != Modality::Document || item.extras.is_some() {
        return Some(item);
    }
    let named = item.media.iter().chain([&item.key]).any(|name| is_image(name));
    // The adapter has taken the layer out: a region on a further page is what is left of a document of several.
    let further = item.regions().any(|region| matches!(region.target, Target::Page(page) if page > 0));
    let Some(size) = item.size.filter(|_| named && !further) else {
        losses.add("modality", "only documents that are one picture of a known size have a place", &item.key);
        return None;
    };
    for answer in &mut item.answers {
        let answer = &mut answer.answer;
        let before = answer.regions.len();
        answer.regions.retain(|region| region.geometry.kind() != GeometryKind::Span);
        let message = "spans of the words of a document have no place";
        losses.add_some("spans", message, &item.key, before - answer.regions.len());
        answer.regions.iter_mut().for_each(|region| region.target = Target::Item);
        let there: BTreeSet<&str> = answer.regions.iter().map(|region| region.id.as_str()).collect();
        let before = answer.relations.len();
        answer.relations.retain(|one| there.contains(one.from.as_str()) && there.contains(one.to.as_str()));
        let message = "relations of regions that are left out are left out too";
        losses.add_some("relations", message, &item.key, before - answer.relations.len());
    }
    Some(ExportItem { modality: Modality::Image, size: Some(size), ..item })
}
