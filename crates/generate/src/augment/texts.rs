//! Children of texts.

use super::{Lineage, chosen};
use crate::{
    Random,
    recipe::{Kind, Material, Range, Recipe},
    text::{self, TextItem},
};
use serde_json::json;

/// Changes a text by a recipe. Operations that found nothing to change are not part of the lineage; None when nothing
/// changed at all.
pub fn augment_text(recipe: &Recipe, key: &str, item: &TextItem, random: &mut Random) -> Option<(TextItem, Lineage)> {
    let mut child = item.clone();
    let mut lineage = Lineage { parents: vec![key.to_owned()], ..Lineage::default() };
    for at in chosen(recipe, Material::Text, random) {
        let kind = &recipe.operations[at].kind;
        let mut numbers = json!({ "op": kind.name() });
        let mut rate = |range: Range, random: &mut Random| {
            let rate = range.draw(random);
            numbers["rate"] = rate.into();
            rate
        };
        let count = match kind {
            Kind::Typo(own) => {
                let rate = rate(own.rate, random);
                text::typo(&mut child, rate, own.inside, random)
            }
            Kind::Ocr(own) => {
                let rate = rate(own.rate, random);
                text::ocr(&mut child, rate, own.inside, random)
            }
            Kind::Synonym(own) => {
                let rate = rate(own.rate, random);
                text::synonyms(&mut child, &own.words, rate, random)
            }
            Kind::SwapWords(own) => {
                let rate = rate(own.rate, random);
                text::swap(&mut child, rate, random)
            }
            Kind::DeleteWords(own) => {
                let rate = rate(own.rate, random);
                text::delete(&mut child, rate, random)
            }
            Kind::Mention(own) => {
                let rate = rate(own.rate, random);
                text::mentions(&mut child, &own.lists, rate, random)
            }
            Kind::ChangeCase(own) => match random.pick(&own.to).copied() {
                Some(to) => {
                    numbers["to"] = to.name().into();
                    text::case(&mut child, to)
                }
                None => 0,
            },
            _ => 0,
        };
        if count > 0 {
            numbers["edits"] = count.into();
            lineage.operations.push(numbers);
        }
    }
    (child.chars != item.chars).then_some((child, lineage))
}
