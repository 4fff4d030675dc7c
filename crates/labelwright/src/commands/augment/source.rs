//! What is augmented. The input is gone through twice: once to know its schema and its names, once to make children of
//! its items as they come. Data stays where it is until it is needed.

use super::{
    made::Made,
    names::Names,
    partners::{Gathering, Partners},
};
use crate::files::Input;
use labelwright_core::Modality;
use labelwright_formats::{
    Collector, DirectoryView, ExportItem, Format, Found, FoundSchema, Next, Settings, Stop, item_of, open_data,
};
use labelwright_generate::{
    augment::{Classes, PictureItem, Sourced},
    picture::{Coding, decode},
    recipe::{Material, Recipe},
};
use std::io::Read;

/// What the first look says.
pub struct Survey {
    pub schema: FoundSchema,
    pub classes: Classes,
    pub names: Names,
    pub partners: Partners,
    pub items: u64,
    /// Characters of all texts.
    pub chars: u64,
    pub texts: u64,
}

/// Bytes of a picture's file.
const FILE_BYTES: u64 = 1 << 30;

impl Survey {
    pub fn of(from: &Format, input: &Input, recipe: &Recipe, form: bool, made: &Made) -> Result<Self, String> {
        let view = input.open()?;
        let read = from.read.ok_or("the format cannot be read")?;
        let (mut collector, mut names) = (Collector::default(), Names::default());
        let (mut items, mut chars, mut texts) = (0, 0, 0);
        let mut gathering = recipe.joins_items().then(|| made.scratch().map(Gathering::new)).transpose()?;
        let (settings, mut failed) = (Settings { form, ..Settings::default() }, None);
        let outcome = read(&*view, &settings, &mut |found| {
            match found {
                Found::Schema(schema) => collector.schema(*schema),
                Found::Problem(_) => {}
                Found::Record(record) => {
                    collector.record(&record);
                    if let Some(item) = item_of(*record, &*view) {
                        items += 1;
                        names.take(&item.key);
                        if let Some(text) = &item.text {
                            texts += 1;
                            chars += text.chars().count() as u64;
                        }
                        if let Some(gathering) = gathering.as_mut().filter(|_| is_picture(&item)) {
                            failed = failed.take().or(gathering.add(&item).err());
                        }
                    }
                }
            }
            if failed.is_some() { Next::Stop } else { Next::GoOn }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if let Err(Stop::Unreadable(error)) = outcome {
            return Err(format!("{}: {}", error.place, error.message));
        }
        let schema = collector.finish();
        let partners = gathering.map(Gathering::finish).transpose()?.unwrap_or_default();
        Ok(Self { classes: Classes::of(&schema.schema), schema, names, partners, items, chars, texts })
    }
}

/// Is it one of those that partners are numbered by?
pub fn is_picture(item: &ExportItem) -> bool {
    material(item) == Some(Material::Picture)
}

/// What of an item can be augmented.
pub fn material(item: &ExportItem) -> Option<Material> {
    if item.text.is_some() {
        return Some(Material::Text);
    }
    item.media.as_ref()?;
    match item.modality {
        Modality::Image => Some(Material::Picture),
        Modality::Audio => Some(Material::Sound),
        Modality::TimeSeries => Some(Material::Series),
        _ => None,
    }
}

/// Parts of a dataset that are for judging.
pub fn judges(split: Option<&str>) -> bool {
    split.is_some_and(labelwright_formats::is_evaluation)
}

pub fn sourced(item: &ExportItem) -> Vec<Sourced> {
    let answers = item.answers.iter();
    answers.map(|own| Sourced { source: own.source.clone(), answer: own.answer.clone() }).collect()
}

/// The bytes of an item's data.
pub fn bytes(item: &ExportItem, view: &dyn DirectoryView, most: u64) -> Result<Vec<u8>, String> {
    let source = item.media.as_deref().ok_or("it has no data")?;
    let mut bytes = Vec::new();
    let read = open_data(view, source).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most {
        return Err(format!("the file has more than {most} bytes"));
    }
    Ok(bytes)
}

pub struct Loaded {
    pub item: PictureItem,
    pub coding: Coding,
}

/// An item's picture and answers.
pub fn load(item: &ExportItem, view: &dyn DirectoryView) -> Result<Loaded, String> {
    let (picture, coding) = decode(&bytes(item, view, FILE_BYTES)?).map_err(|error| error.to_string())?;
    if let Some([width, height]) = item.size.filter(|size| *size != picture.size()) {
        let [own, high] = picture.size();
        return Err(format!("its labels are for {width} x {height} pixels, and the picture has {own} x {high}"));
    }
    Ok(Loaded { item: PictureItem { key: item.key.clone(), picture: picture.into(), answers: sourced(item) }, coding })
}
