//! What a recipe would do, before it does it.

use super::source::{Source, load, material};
use crate::{batch, files::Input};
use labelwright_core::LabelSchema;
use labelwright_generate::{
    Random,
    augment::{PictureItem, augment_picture, augment_text},
    picture::{Coding, encode},
    recipe::{Material, Recipe},
    sheet::{Framed, contact_sheet},
    text::TextItem,
};
use std::path::Path;

/// Pixels of one picture's square.
const SIDE: u32 = 320;

/// Draws items by chance and shows each beside its first child. Pictures that cannot be read are told and left out.
pub fn show(
    source: &Source,
    recipe: &Recipe,
    input: &Input,
    seed: u64,
    count: usize,
    output: &Path,
) -> Result<(), String> {
    let of = |wanted: Material| -> Vec<usize> {
        let items = source.items.iter().enumerate();
        items.filter(|(_, item)| material(item) == Some(wanted) && recipe.works_on(wanted)).map(|(at, _)| at).collect()
    };
    let (mut pictures, mut texts) = (of(Material::Picture), of(Material::Text));
    if pictures.is_empty() && texts.is_empty() {
        return Err("the recipe has no operation for any of the items".into());
    }
    Random::new(seed).shuffle(&mut pictures);
    Random::new(seed).shuffle(&mut texts);
    if pictures.is_empty() {
        for item in texts.into_iter().take(count).filter_map(|at| source.items.get(at)) {
            let answers = item.answers.iter().map(|own| own.answer.clone()).collect();
            let before = TextItem::new(item.text.as_deref().unwrap_or_default(), answers);
            let after = augment_text(recipe, &item.key, &before, &mut Random::of(seed, &item.key, 1));
            let after = after.map_or_else(|| before.text(), |(child, _)| child.text());
            println!("{}\n- {}\n+ {after}", item.key, before.text());
        }
        return Ok(());
    }
    if !output.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png")) {
        return Err(format!("{}: a preview is a picture; give a name that ends in .png", output.display()));
    }
    let view = input.open()?;
    let mut pairs = Vec::new();
    for at in pictures {
        let Some(item) = source.items.get(at).filter(|_| pairs.len() < count) else { break };
        let before = match load(item, &*view) {
            Ok((before, _)) => before,
            Err(message) => {
                eprintln!("not read: {}: {message}", item.key);
                continue;
            }
        };
        let mut random = Random::of(seed, &item.key, 1);
        let mut partner = |random: &mut Random| source.partner(at, &*view, random);
        let child = augment_picture(recipe, &source.classes, before.clone(), &mut random, &mut partner);
        let (after, _) = child.map_err(|error| format!("{}: {error}", item.key))?;
        pairs.push((framed(before, &source.schema.schema), framed(after, &source.schema.schema)));
    }
    if pairs.is_empty() {
        return Err("none of the pictures can be read".into());
    }
    let bytes = encode(&contact_sheet(&pairs, SIDE), Coding::Png, 0).map_err(|error| error.to_string())?;
    let written = || {
        let mut file = batch::Output::create(output)?;
        file.bytes(&bytes)?;
        file.commit()
    };
    written().map_err(|error| error.to_string())?;
    println!("{} pairs in {}", pairs.len(), output.display());
    Ok(())
}

fn framed(item: PictureItem, schema: &LabelSchema) -> Framed {
    let regions = item.answers.into_iter().flat_map(|own| own.answer.regions);
    let shapes = regions.map(|region| {
        let colour = schema.class(&region.class).and_then(|class| colour(&class.color));
        (region.geometry, colour.unwrap_or([255, 64, 64]))
    });
    Framed { shapes: shapes.collect(), picture: item.picture }
}

/// `#RRGGBB`
fn colour(text: &str) -> Option<[u8; 3]> {
    let part = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    Some([part(1)?, part(3)?, part(5)?])
}
