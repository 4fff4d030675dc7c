//! What is augmented: all items of the input with their labels. Pictures stay where they are until they are needed.

use super::report::Report;
use crate::files::Input;
use labelwright_core::Modality;
use labelwright_formats::{
    Collector, DirectoryView, ExportItem, Format, Found, FoundSchema, Next, RecordError, Settings, Stop, item_of,
    open_data,
};
use labelwright_generate::{
    Random,
    augment::{Classes, PictureItem, Sourced},
    picture::{Coding, decode},
    recipe::Material,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};

pub struct Source {
    pub items: Vec<ExportItem>,
    pub schema: FoundSchema,
    pub classes: Classes,
    /// Pictures that may be joined in one: of the same part of the dataset, labeled by the same people.
    alike: BTreeMap<String, Vec<usize>>,
}

/// Bytes of a picture's file.
const FILE_BYTES: u64 = 1 << 30;
/// Partners that are tried before a mosaic is given up.
const TRIES: usize = 4;

impl Source {
    pub fn read(from: &Format, input: &Input, form: bool, report: &mut Report) -> Result<Self, String> {
        let view = input.open()?;
        let read = from.read.ok_or("the format cannot be read")?;
        let (mut collector, mut items) = (Collector::default(), Vec::new());
        let settings = Settings { form, ..Settings::default() };
        let outcome = read(&*view, &settings, &mut |found| {
            match found {
                Found::Schema(schema) => collector.schema(*schema),
                Found::Problem(error) => report.problem(error),
                Found::Record(record) => {
                    collector.record(&record);
                    let place = record.place.clone();
                    match item_of(*record, &*view) {
                        Some(item) => items.push(item),
                        None => report.problem(RecordError::new(
                            place,
                            "address",
                            "the data of this item is an address: import it into a project instead",
                        )),
                    }
                }
            }
            Next::GoOn
        });
        if let Err(Stop::Unreadable(error)) = outcome {
            return Err(format!("{}: {}", error.place, error.message));
        }
        let schema = collector.finish();
        let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, item) in items.iter().enumerate().filter(|(_, item)| material(item) == Some(Material::Picture)) {
            alike.entry(company(item)).or_default().push(at);
        }
        Ok(Self { classes: Classes::of(&schema.schema), items, schema, alike })
    }

    /// Another picture that may be joined with this one; None when there is none that can be read.
    pub fn partner(&self, own: usize, view: &dyn DirectoryView, random: &mut Random) -> Option<PictureItem> {
        let company = self.alike.get(&company(self.items.get(own)?))?;
        (0..TRIES).find_map(|_| {
            let other = random.pick(company).copied().filter(|other| *other != own)?;
            load(self.items.get(other)?, view).ok().map(|(item, _)| item)
        })
    }
}

/// What of an item can be augmented.
pub fn material(item: &ExportItem) -> Option<Material> {
    if item.text.is_some() {
        return Some(Material::Text);
    }
    (item.modality == Modality::Image && item.media.is_some()).then_some(Material::Picture)
}

/// The part of the dataset and the labelers.
fn company(item: &ExportItem) -> String {
    let labelers: BTreeSet<&str> = item.answers.iter().map(|answer| answer.source.as_str()).collect();
    format!("{:?} {labelers:?}", item.split)
}

/// An item's picture and answers.
pub fn load(item: &ExportItem, view: &dyn DirectoryView) -> Result<(PictureItem, Coding), String> {
    let source = item.media.as_deref().ok_or("it has no picture")?;
    let mut bytes = Vec::new();
    open_data(view, source)
        .and_then(|file| file.take(FILE_BYTES).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    let (picture, coding) = decode(&bytes).map_err(|error| error.to_string())?;
    if let Some([width, height]) = item.size.filter(|size| *size != picture.size()) {
        let [own, high] = picture.size();
        return Err(format!("its labels are for {width} x {height} pixels, and the picture has {own} x {high}"));
    }
    let answers = item.answers.iter().map(|own| Sourced { source: own.source.clone(), answer: own.answer.clone() });
    Ok((PictureItem { key: item.key.clone(), picture, answers: answers.collect() }, coding))
}
