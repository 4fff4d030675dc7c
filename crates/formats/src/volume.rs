//! Volumes: folders of DICOM and NIfTI files, and segmentations of them. A region lies on slices, counted from 0 in the
//! order in which they are shown.

pub mod dicom_seg;
pub mod nifti;
mod series;

use crate::{
    carries::{Carries, ClassList, ClassText, Several},
    loss::Losses,
    masks::each_pixel,
    media::{VOLUME_ENDINGS, has_ending},
    record::{DirectoryView, ExportItem, Record, Settings, Sink, Stop, give},
    registry::Format,
};
use labelwright_core::{Geometry, GeometryKind, Modality, Region, Target, geometry::Mask, volume::Grid};
use std::io::Read;

/// Masks on slices, one value a voxel or one mask a class.
const CARRIES: Carries = Carries {
    modalities: &[Modality::Volume],
    geometry: &[GeometryKind::Mask],
    slices: true,
    parts: true,
    holes: true,
    several: Several::Merged,
    classes: ClassList::All,
    class_text: ClassText::Line,
    empty_items: true,
    ..Carries::NOTHING
};

pub const FILES: Format = Format {
    id: "volumes",
    title: "Folder of medical images (DICOM, NIfTI)",
    carries: Carries { words: "volumes and single medical images", ..CARRIES },
    sniff: |view| {
        let files = view.list();
        let fitting = files.iter().filter(|(name, _)| has_ending(name, &VOLUME_ENDINGS)).count();
        if fitting > 0 {
            return fitting as f64 / files.len() as f64 * 0.85;
        }
        // Archives of hospitals have names without endings. A few tell what all are.
        let plain: Vec<_> = files.iter().filter(|(name, _)| !last(name).contains('.')).collect();
        let looked = plain.iter().take(LOOKED);
        let dicom = looked.filter(|(name, _)| is_dicom(view, name)).count();
        if dicom == 0 { 0.0 } else { plain.len() as f64 / files.len() as f64 * 0.85 }
    },
    read: Some(read_files),
    ..Format::NEW
};

/// Files without an ending that are looked into.
const LOOKED: usize = 8;

fn last(name: &str) -> &str {
    crate::names::last_part(name)
}

/// Does it begin as DICOM files do?
fn is_dicom(view: &dyn DirectoryView, name: &str) -> bool {
    let mut start = [0; 132];
    view.open(name).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start.ends_with(b"DICM")
}

fn is_nifti(name: &str) -> bool {
    has_ending(name, &[".nii", ".nii.gz"])
}

/// The name without the ending of a volume.
fn stem(name: &str) -> &str {
    let ending = VOLUME_ENDINGS.iter().filter(|ending| has_ending(name, &[ending])).map(|ending| ending.len()).max();
    &name[..name.len() - ending.unwrap_or(0)]
}

/// Files of one series are one item, whatever they are called.
fn read_files(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let (found, problems) = series::scan(view);
    for error in problems {
        give(sink, Err(error))?;
    }
    for one in found {
        if let Some(error) = one.problem() {
            give(sink, Err(error))?;
            continue;
        }
        give(sink, Ok(one.record()))?;
    }
    for (name, _) in view.list().into_iter().filter(|(name, _)| is_nifti(name)) {
        give(sink, Ok(Record::new(&name, crate::record::Data::File(name.clone()), &name)))?;
    }
    Ok(())
}

/// The grid of an item, and for each of its slices the masks of its regions with the places of their classes.
struct Slices<'a> {
    grid: &'a Grid,
    masks: Vec<Vec<(usize, &'a Mask)>>,
}

impl<'a> Slices<'a> {
    /// None where it is not known where the voxels lie; what cannot be written is counted.
    fn of(item: &'a ExportItem, class: impl Fn(&str) -> Option<usize>, losses: &Losses) -> Option<Self> {
        let Some(grid) = item.volume.as_deref() else {
            losses.add("no_grid", "it is not known where the voxels of the item lie", &item.key);
            return None;
        };
        let mut masks = vec![Vec::new(); grid.size[2] as usize];
        for region in item.regions() {
            let Some(mask) = mask_of(region).filter(|mask| [mask.width, mask.height] == grid.size[..2]) else {
                losses.add("other_size", "a mask of another size than the slices is left out", &item.key);
                continue;
            };
            let own = match region.target {
                Target::Frames([first, last]) => masks.get_mut(first as usize..=last as usize),
                _ => None,
            };
            let (Some(own), Some(class)) = (own, class(&region.class)) else {
                losses.add("no_slice", "a region that names no slice of the volume is left out", &item.key);
                continue;
            };
            own.iter_mut().for_each(|slice| slice.push((class, mask)));
        }
        Some(Self { grid, masks })
    }

    /// Values of a slice, row by row: 0 where nothing is, else the number of the class from 1. The second value says
    /// whether a voxel belongs to two classes.
    fn values(&self, slice: usize) -> (Vec<u16>, bool) {
        let [width, height, _] = self.grid.size.map(|side| side as usize);
        let (mut values, mut overlap) = (vec![0; width * height], false);
        for (class, mask) in self.masks.get(slice).into_iter().flatten() {
            let value = *class as u16 + 1;
            each_pixel(mask, |x, y| {
                if let Some(place) = values.get_mut(y as usize * width + x as usize) {
                    overlap |= *place != 0 && *place != value;
                    *place = value;
                }
            });
        }
        (values, overlap)
    }
}

fn mask_of(region: &Region) -> Option<&Mask> {
    match &region.geometry {
        Geometry::Mask(mask) if mask.is_complete() => Some(mask),
        _ => None,
    }
}

/// A mask of the pixels (row by row) for which this holds; None where it is empty.
fn mask(width: usize, height: usize, lit: impl Fn(usize) -> bool) -> Option<Mask> {
    let mut columns = vec![0; width * height];
    for x in 0..width {
        for y in 0..height {
            columns[x * height + y] = u8::from(lit(y * width + x));
        }
    }
    let mask = Mask::from_bytes(width as u32, height as u32, &columns);
    (mask.area() > 0).then_some(mask)
}
