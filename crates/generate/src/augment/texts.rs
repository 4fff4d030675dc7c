//! Children of texts.

use super::{Lineage, chosen};
use crate::{
    Random,
    recipe::{Kind, Material, Range, Recipe},
    text::{self, Rewriting, TextItem},
};
use serde_json::json;

/// Asks a language model; the code of why there is no answer.
pub type Rewrite<'a> = dyn FnMut(&Rewriting<'_>) -> Result<String, &'static str> + 'a;

/// Changes a text by a recipe. Operations that found nothing to change are not part of the lineage; None when nothing
/// changed at all, or what a language model said is no child.
pub fn augment_text(
    recipe: &Recipe,
    key: &str,
    item: &TextItem,
    random: &mut Random,
    rewrite: &mut Rewrite<'_>,
) -> (Option<TextItem>, Lineage) {
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
            Kind::Paraphrase(own) => {
                let style = random.pick(&own.styles).cloned().unwrap_or_default();
                let said = text::paraphrase(&mut child, own, &style, random, rewrite);
                numbers["style"] = style.into();
                numbers["model"] = own.endpoint.as_ref().map(|endpoint| endpoint.model.as_str()).into();
                match said {
                    Ok(()) => 1,
                    // A child without it would be another child than was asked for.
                    Err(code) => {
                        lineage.note(code, 1);
                        return (None, lineage);
                    }
                }
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
    ((child.chars != item.chars).then_some(child), lineage)
}
