//! Pictures: made on all cores, each with random numbers of its own.

use super::{
    Order, assets,
    stream::{Maker, each},
    writings::SOURCE,
};
use labelwright_core::Modality;
use labelwright_formats::{ExportItem, SourcedAnswer};
use labelwright_generate::{
    Random,
    picture::encode,
    synthesis::image::{Assets, SceneRecipe},
};
use serde_json::json;

/// Pictures whose labels are in memory at a time.
const BATCH: usize = 64;
/// Quality of JPEG files.
const QUALITY: u8 = 95;

pub fn recipe(order: &Order<'_>) -> Result<(SceneRecipe, Assets), String> {
    let recipe = SceneRecipe::parse(&order.recipe).map_err(|error| order.about(error))?;
    let assets = assets::load(&recipe, &order.folder)?;
    Ok((recipe, assets))
}

pub fn pictures<'a>(order: &'a Order<'_>, recipe: &'a SceneRecipe, assets: &'a Assets) -> Maker<'a> {
    let coding = recipe.coding();
    let ending = format!(".{}", coding.ending());
    each(recipe.schema(assets), BATCH, move |number| {
        let scene = recipe.make(assets, &mut Random::of(order.options.seed, "image", number as u64));
        let bytes = encode(&scene.picture, coding, QUALITY).map_err(|error| order.about(error))?;
        let shares = scene.visibility.iter().map(|(id, share)| (id.clone(), json!((share * 1e4).round() / 1e4)));
        let shares: serde_json::Map<_, _> = shares.collect();
        let more = (!shares.is_empty()).then(|| ("visibility", shares.into()));
        Ok(ExportItem {
            media: Some(order.made.put(&number.to_string(), &bytes)?),
            size: Some(scene.picture.size()),
            answers: vec![SourcedAnswer::new(SOURCE, scene.answer)],
            ..order.item("image", number, &ending, Modality::Image, more)
        })
    })
}
