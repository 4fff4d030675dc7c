//! What a recipe would do, before it does it.

use super::{
    children::Run,
    lasting,
    source::{Loaded, load, material},
};
use crate::{batch, commands::convert::reading::Piece};
use labelwright_core::LabelSchema;
use labelwright_formats::{DirectoryView, ExportItem};
use labelwright_generate::{
    Random,
    augment::{Lineage, PictureItem, Sourced, augment_picture, augment_series, augment_sound, augment_text},
    picture::{Coding, encode},
    recipe::Material,
    sheet::{Framed, contact_sheet},
    text::{Rewriting, TextItem},
};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// Pixels of one picture's square.
const SIDE: u32 = 320;
/// More are drawn than are shown: some cannot be read.
const SPARE: usize = 20;

/// Shows items that were drawn by chance, each beside its first child: pictures on a sheet, all else as lines. Data that
/// cannot be read is told and left out.
pub fn show(run: &Run<'_>, pieces: &mut dyn Iterator<Item = Piece>, count: usize, output: &Path) -> Result<(), String> {
    let (pictures, others) = drawn(run, pieces, count);
    if pictures.is_empty() && others.is_empty() {
        return Err("the recipe has no operation for any of the items".into());
    }
    let view = run.input.open()?;
    if pictures.is_empty() {
        for (_, item) in others.into_values().take(count) {
            match line(run, &item, &*view) {
                Ok(said) => println!("{said}"),
                Err(message) => eprintln!("not read: {}: {message}", item.key),
            }
        }
        return Ok(());
    }
    if !output.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png")) {
        return Err(format!("{}: a preview is a picture; give a name that ends in .png", output.display()));
    }
    let (schema, mut pairs) = (&run.survey.schema.schema, Vec::new());
    for (number, item) in pictures.into_values() {
        if pairs.len() == count {
            break;
        }
        let before = match load(&item, &*view) {
            Ok(Loaded { item, .. }) => item,
            Err(message) => {
                eprintln!("not read: {}: {message}", item.key);
                continue;
            }
        };
        let mut random = Random::of(run.seed, &item.key, 1);
        let mut partner = |random: &mut Random| run.survey.partners.one(&item, number, &*view, random);
        let child = augment_picture(run.recipe, &run.survey.classes, before.clone(), &mut random, &mut partner);
        let (after, _) = child.map_err(|error| format!("{}: {error}", item.key))?;
        pairs.push((framed(before, schema), framed(after, schema)));
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

/// Items by the lots that they drew, with their numbers among pictures.
type Drawn = BTreeMap<u64, (u32, ExportItem)>;

/// The items with the least lots: pictures, and all else. Only so many are in memory.
fn drawn(run: &Run<'_>, pieces: &mut dyn Iterator<Item = Piece>, count: usize) -> (Drawn, Drawn) {
    let (mut pictures, mut others, mut number) = (Drawn::new(), Drawn::new(), 0);
    for piece in pieces {
        let Piece::Item(item) = piece else { continue };
        let own = number;
        let Some(material) = material(&item) else { continue };
        number += u32::from(material == Material::Picture);
        if !run.recipe.works_on(material) {
            continue;
        }
        let found = if material == Material::Picture { &mut pictures } else { &mut others };
        found.insert(Random::of(run.seed, &item.key, 0).bits(), (own, *item));
        if found.len() > count + SPARE {
            found.pop_last();
        }
    }
    (pictures, others)
}

/// An item before and after in words.
fn line(run: &Run<'_>, item: &ExportItem, view: &dyn DirectoryView) -> Result<String, String> {
    let mut random = Random::of(run.seed, &item.key, 1);
    let classes = &run.survey.classes;
    let regions = |answers: &[Sourced]| answers.iter().map(|own| own.answer.regions.len()).sum::<usize>();
    let told = |lineage: &Lineage| serde_json::to_string(&lineage.operations).unwrap_or_default();
    Ok(match material(item) {
        Some(Material::Sound) => {
            let before = lasting::recording(item, view, run.made)?;
            let (seconds, count) =
                (before.sound.frames() as f64 / f64::from(before.sound.rate), regions(&before.answers));
            let made = augment_sound(run.recipe, classes, before, run.sounds, &mut random);
            let (after, lineage) = made.map_err(|error| error.to_string())?;
            let length = after.sound.frames() as f64 / f64::from(after.sound.rate);
            format!(
                "{}\n- {seconds:.3} s, {count} regions\n+ {length:.3} s, {} regions: {}",
                item.key,
                regions(&after.answers),
                told(&lineage)
            )
        }
        Some(Material::Series) => {
            let before = lasting::series(item, view, run.made)?;
            let (rows, count) = (before.series.rows, regions(&before.answers));
            let (after, lineage) = augment_series(run.recipe, classes, before, &mut random);
            format!(
                "{}\n- {rows} rows, {count} regions\n+ {} rows, {} regions: {}",
                item.key,
                after.series.rows,
                regions(&after.answers),
                told(&lineage)
            )
        }
        _ => {
            let answers = item.answers.iter().map(|own| own.answer.clone()).collect();
            let before = TextItem::new(item.text.as_deref().unwrap_or_default(), answers);
            let mut rewrite = |order: &Rewriting<'_>| match run.paraphrases {
                Some(paraphrases) => paraphrases.ask(order),
                None => Err("paraphrase_without_endpoint"),
            };
            let (after, _) = augment_text(run.recipe, &item.key, &before, &mut random, &mut rewrite);
            let after = after.map_or_else(|| before.text(), |child| child.text());
            format!("{}\n- {}\n+ {after}", item.key, before.text())
        }
    })
}

fn framed(item: PictureItem, schema: &LabelSchema) -> Framed {
    let regions = item.answers.into_iter().flat_map(|own| own.answer.regions);
    let shapes = regions.map(|region| {
        let colour = schema.class(&region.class).and_then(|class| colour(&class.color));
        (region.geometry, colour.unwrap_or([255, 64, 64]))
    });
    Framed { shapes: shapes.collect(), picture: Arc::unwrap_or_clone(item.picture) }
}

/// `#RRGGBB`
fn colour(text: &str) -> Option<[u8; 3]> {
    let part = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    Some([part(1)?, part(3)?, part(5)?])
}
