//! What formats of pictures of labels share: the way from a picture of labels to a record of the picture that it belongs
//! to, and the way from items to the canvases of their parts of the dataset.

use super::{Canvas, masks_by_value, raster};
use crate::{
    labels,
    loss::Losses,
    media::MediaIndex,
    names::{Stems, folder, region_id, split_ending},
    png_mask::Raster,
    record::{Data, DirectoryView, ExportItem, Record, RecordError, Sink, Stop, give},
};
use labelwright_core::{Answer, Geometry};
use std::io;

/// What is in no part of the dataset lies in the part of this name.
const NO_PART: &str = "default";

/// A picture of labels.
pub(super) struct Picture<'a> {
    pub name: &'a str,
    pub part: Option<&'a str>,
    /// The name below its part of the picture that the labels are of, without its ending.
    pub stem: &'a str,
    /// Where that picture lies, without its ending.
    pub beside: String,
    /// The ending of a picture that is not there.
    pub ending: &'static str,
}

/// What the pixels of one value are.
pub(super) enum Pixels<'a> {
    Nothing,
    Of(&'a str),
    /// No class, and why.
    Unknown(String),
}

impl Picture<'_> {
    /// Gives the record, with a region for every value that is of a class.
    pub fn read<'c>(
        &self,
        view: &dyn DirectoryView,
        media: &MediaIndex,
        sink: &mut Sink<'_>,
        pixels: impl Fn(&Raster, u32) -> Pixels<'c>,
    ) -> Result<(), Stop> {
        let found = media.find_stem(&self.beside).or_else(|| media.find_stem(self.stem));
        let key = format!("{}{}", self.stem, found.map_or(self.ending, |path| split_ending(path).1));
        let data = found.map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
        let raster = match raster(view, self.name) {
            Ok(raster) => raster,
            Err(error) => return give(sink, Err(error)),
        };
        let mut answer = Answer::default();
        for (value, mask) in masks_by_value(&raster) {
            match pixels(&raster, value) {
                Pixels::Nothing => {}
                Pixels::Of(class) => {
                    let id = region_id(answer.regions.len());
                    answer.regions.push(labels::region(id, class, Geometry::Mask(mask)));
                }
                Pixels::Unknown(message) => {
                    give(sink, Err(RecordError::new(self.name, "unknown_class", message)))?;
                }
            }
        }
        let record = Record::new(key, data, self.name).answered(answer);
        let split = self.part.filter(|part| *part != NO_PART).map(str::to_owned);
        give(sink, Ok(Record { size: Some([raster.width, raster.height]), split, ..record }))
    }
}

/// An item that is painted, with the folder of its part of the dataset and its own name there.
pub(super) struct Painted<'a> {
    pub item: &'a ExportItem,
    pub canvas: Canvas,
    pub part: &'a str,
    pub name: &'a str,
}

/// Paints every item that can be painted. `part` is how the format calls a part of the dataset.
pub(super) fn each_painted(
    items: &mut dyn Iterator<Item = ExportItem>,
    losses: &Losses,
    part: impl Fn(&str) -> &str,
    mut with: impl FnMut(Painted<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut stems = Stems::default();
    for item in items {
        let part = folder(part(item.split.as_deref().unwrap_or(NO_PART)));
        let name = stems.name(&part, &item.key, losses);
        let Some(canvas) = Canvas::of(&item, losses) else { continue };
        with(Painted { item: &item, canvas, part: &part, name: &name })?;
    }
    Ok(())
}
