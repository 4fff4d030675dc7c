//! Pictures: made on all cores, each with random numbers of its own.

use super::{Order, assets, writings::SOURCE};
use labelwright_core::{LabelSchema, Modality, numeric::in_chunks};
use labelwright_formats::{ExportItem, SourcedAnswer};
use labelwright_generate::{Random, picture::encode, synthesis::image::SceneRecipe};
use serde_json::json;

/// Pictures that one worker makes before it takes the next ones.
const UNIT: usize = 8;
/// Quality of JPEG files.
const QUALITY: u8 = 95;

pub fn pictures(order: &Order<'_>) -> Result<(LabelSchema, Vec<ExportItem>), String> {
    let recipe = SceneRecipe::parse(&order.recipe).map_err(|error| order.about(error))?;
    let assets = assets::load(&recipe, &order.folder)?;
    let coding = recipe.coding();
    let ending = format!(".{}", coding.ending());
    let one = |number: usize| -> Result<ExportItem, String> {
        let scene = recipe.make(&assets, &mut Random::of(order.options.seed, "image", number as u64));
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
    };
    let count = order.count();
    let made = in_chunks(count.div_ceil(UNIT), |unit| {
        let numbers = unit * UNIT + 1..((unit + 1) * UNIT).min(count) + 1;
        numbers.map(one).collect::<Result<Vec<ExportItem>, String>>()
    });
    let items = made.into_iter().collect::<Result<Vec<_>, String>>()?.into_iter().flatten().collect();
    Ok((recipe.schema(&assets), items))
}
