//! Pictures of labels: the formats whose answers are PNG files, and the painting that they share. Where regions overlap,
//! the smaller one is kept whole, and what the larger one loses is counted.

mod ade20k;
mod camvid;
mod cityscapes_png;
mod coco_stuff;
mod instances;
mod mapillary;
mod numbered;
mod panoptic;
mod per_class;
mod pictures;
mod voc;

pub use ade20k::FORMAT as ADE20K;
pub use camvid::FORMAT as CAMVID;
pub use cityscapes_png::FORMAT as CITYSCAPES;
pub use coco_stuff::FORMAT as COCO_STUFF;
pub use instances::FORMAT as INSTANCES;
pub use mapillary::FORMAT as MAPILLARY;
pub use panoptic::FORMAT as PANOPTIC;
pub use per_class::FORMAT as CLASSES;
pub use voc::FORMAT as VOC;

use crate::{
    carries::{Carries, ClassList, ClassText},
    loss::Losses,
    png_mask::{self, Raster},
    record::{DirectoryView, ExportItem, RecordError},
    text,
};
use labelwright_core::{Geometry, GeometryKind, Region, geometry::Mask};
use std::collections::BTreeMap;

const MASKS: Carries = Carries {
    geometry: &[GeometryKind::Mask],
    splits: true,
    classes: ClassList::All,
    class_text: ClassText::Line,
    sizes: true,
    ..Carries::IMAGES
};

/// Rows of numbers: 0 where nothing is, else the number of a region from 1.
struct Canvas {
    width: u32,
    height: u32,
    regions: Vec<u32>,
}

impl Canvas {
    /// Paints the masks of an item, the largest first.
    fn of(item: &ExportItem, losses: &Losses) -> Option<Self> {
        let Some([width, height]) = item.size else {
            let message = "the size of the picture is not known, so that it cannot be painted";
            losses.add("no_size", message, &item.key);
            return None;
        };
        let mut canvas = Self { width, height, regions: vec![0; width as usize * height as usize] };
        let mut order: Vec<(usize, &Mask)> =
            item.regions().enumerate().filter_map(|(at, r)| Some((at, mask_of(r)?))).collect();
        order.sort_by_key(|(at, mask)| (std::cmp::Reverse(mask.area()), *at));
        let mut covered = false;
        for (index, mask) in order {
            if (mask.width, mask.height) != (width, height) {
                losses.add("other_size", "a mask of another size than the picture is left out", &item.key);
                continue;
            }
            each_pixel(mask, |x, y| {
                let place = &mut canvas.regions[y as usize * width as usize + x as usize];
                covered |= *place != 0;
                *place = index as u32 + 1;
            });
        }
        if covered {
            losses.add("overlap", "where regions overlap only the smaller one is painted", &item.key);
        }
        Some(canvas)
    }

    /// The picture with a value for each region.
    fn map<T: Copy>(&self, nothing: T, value: impl Fn(usize) -> T) -> Vec<T> {
        self.regions.iter().map(|region| if *region == 0 { nothing } else { value(*region as usize - 1) }).collect()
    }
}

fn mask_of(region: &Region) -> Option<&Mask> {
    match &region.geometry {
        Geometry::Mask(mask) => Some(mask),
        _ => None,
    }
}

pub(crate) fn each_pixel(mask: &Mask, mut with: impl FnMut(u32, u32)) {
    let (mut at, height) = (0_u32, mask.height.max(1));
    for (index, count) in mask.counts.iter().enumerate() {
        if index % 2 == 1 {
            for pixel in at..at + count {
                with(pixel / height, pixel % height);
            }
        }
        at += count;
    }
}

/// A mask for every value of a picture.
pub(crate) fn masks_by_value(raster: &Raster) -> BTreeMap<u32, Mask> {
    let (width, height) = (raster.width, raster.height);
    let mut found: BTreeMap<u32, (Vec<u32>, u32)> = BTreeMap::new();
    // Column by column: where a run of a value ends, its counts grow by what lay between and by the run.
    let (mut at, mut current, mut start) = (0_u32, None, 0_u32);
    let mut close = |value: Option<u32>, start: u32, end: u32| {
        if let Some(value) = value {
            let (counts, done) = found.entry(value).or_default();
            if *done == start && !counts.is_empty() {
                if let Some(last) = counts.last_mut() {
                    *last += end - start;
                }
            } else {
                counts.extend([start - *done, end - start]);
            }
            *done = end;
        }
    };
    for x in 0..width as usize {
        for y in 0..height as usize {
            let value = raster.values[y * width as usize + x];
            if current != Some(value) {
                close(current, start, at);
                (current, start) = (Some(value), at);
            }
            at += 1;
        }
    }
    close(current, start, at);
    let whole = width * height;
    let mask = |(value, (mut counts, done)): (u32, (Vec<u32>, u32))| {
        if done < whole {
            counts.push(whole - done);
        }
        (value, Mask { width, height, counts })
    };
    found.into_iter().map(mask).collect()
}

fn raster(view: &dyn DirectoryView, name: &str) -> Result<Raster, RecordError> {
    let bytes = text::whole_file(view, name)?;
    png_mask::decode(&bytes).map_err(|error| RecordError::new(name, "bad_mask", error))
}

/// The colours of VOC's palette: the bits of the index spread over the channels (VOC development kit, `VOClabelcolormap`).
fn voc_color(index: usize) -> [u8; 3] {
    let mut color = [0_u8; 3];
    let mut rest = index;
    for shift in (0..8).rev() {
        for (channel, value) in color.iter_mut().enumerate() {
            *value |= ((rest >> channel & 1) << shift) as u8;
        }
        rest >>= 3;
    }
    color
}

/// The index of a class by the pixel's palette colour, its own colour, or its number.
fn class_of(raster: &Raster, value: u32, colors: &[[u8; 3]]) -> Option<usize> {
    let color = if raster.colors {
        Some([(value >> 16) as u8, (value >> 8) as u8, value as u8])
    } else {
        raster.palette.get(value as usize).copied()
    };
    match color {
        Some(color) => colors.iter().position(|known| *known == color),
        None => Some(value as usize).filter(|at| *at < colors.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_palette_of_voc() {
        // From the development kit's documentation: aeroplane, bicycle, void.
        assert_eq!(
            [voc_color(0), voc_color(1), voc_color(2), voc_color(15)],
            [[0, 0, 0], [128, 0, 0], [0, 128, 0], [192, 128, 128]]
        );
        assert_eq!(voc_color(255), [224, 224, 192]);
    }

    proptest! {
        #[test]
        fn masks_of_values_are_their_pixels(width in 1..8_u32, height in 1..8_u32, seed in any::<u64>()) {
            let values: Vec<u32> = (0..width * height).map(|at| (seed >> (at % 60) & 3) as u32).collect();
            let raster = Raster { width, height, values: values.clone(), colors: false, palette: Vec::new() };
            let masks = masks_by_value(&raster);
            let mut again = vec![9; values.len()];
            for (value, mask) in &masks {
                prop_assert!(mask.is_complete());
                each_pixel(mask, |x, y| again[(y * width + x) as usize] = *value);
            }
            prop_assert_eq!(again, values);
            for (value, mask) in masks {
                let columns = (0..width).flat_map(|x| (0..height).map(move |y| (x, y)));
                let plain = Mask::from_pixels(width, height, columns.map(|(x, y)| raster.values[(y * width + x) as usize] == value));
                prop_assert_eq!(mask, plain);
            }
        }
    }
}
