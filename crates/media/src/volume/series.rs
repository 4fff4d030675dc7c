//! The slices of a DICOM series in the order in which they lie in the patient.

use super::{
    Output, entry,
    levels::{Head, Samples, Writer},
    named,
    pixels::{Picture, rescale},
    windows, wrong,
};
use crate::{Refused, limits::VOLUME_SLICES_MAXIMUM};
use labelwright_core::volume::{Grid, Instances};
use labelwright_dicom::{
    DataSet, File, INFLATED_BYTES_MAXIMUM, Tag, inflated,
    plane::{self, Plane},
    tags, uid,
};
use std::fs;
use zip::ZipArchive;

/// What is shown of a file beside its picture.
const SHOWN: [Tag; 14] = [
    tags::MODALITY,
    tags::BODY_PART_EXAMINED,
    tags::IMAGE_TYPE,
    tags::PATIENT_POSITION,
    tags::LATERALITY,
    tags::IMAGE_LATERALITY,
    tags::VIEW_POSITION,
    tags::SLICE_THICKNESS,
    tags::KVP,
    tags::REPETITION_TIME,
    tags::ECHO_TIME,
    tags::MAGNETIC_FIELD_STRENGTH,
    tags::LOSSY_IMAGE_COMPRESSION,
    tags::PHOTOMETRIC_INTERPRETATION,
];
const SHOWN_CHARS: usize = 64;

/// A slice, and where its pixels are.
struct Slice {
    file: usize,
    frame: usize,
    plane: Plane,
    rescale: (f64, f64),
    instance: (String, Option<u32>),
}

/// What all files of a series share.
#[derive(PartialEq)]
struct Common {
    series: String,
    width: usize,
    height: usize,
    samples: Samples,
    inverted: bool,
}

/// A series of which the heads have been read.
struct Series {
    common: Common,
    slices: Vec<Slice>,
    head: Head,
    voi: Voi,
}

/// The window of the file, and what it is of.
struct Voi {
    own: DataSet<'static>,
    modality: String,
}

/// A file that is alone.
pub fn one(bytes: &[u8], output: &mut dyn Output) -> Result<Head, Refused> {
    let plain = inflated(bytes, INFLATED_BYTES_MAXIMUM).map_err(|error| wrong(&error, ""))?;
    let file = File::parse(&plain).map_err(|error| wrong(&error, ""))?;
    let mut series = None;
    add(&mut series, 0, &file, "")?;
    let mut series = series.ok_or_else(|| Refused::data("not_a_volume", "there are no slices"))?;
    series.sort();
    let (mut writer, picture) = (series.writer(output)?, Picture::of(&file, "")?);
    for (at, slice) in series.slices.iter().enumerate() {
        writer.slice(at, &picture.frame(slice.frame)?, slice.rescale, picture.padding())?;
    }
    series.finish(writer, "application/dicom")
}

/// Files in an archive. They are read twice: their heads, to know the order, then their pixels one after the other, so
/// that no more than one of them is in memory.
pub fn several(mut archive: ZipArchive<fs::File>, output: &mut dyn Output) -> Result<Head, Refused> {
    if archive.len() > VOLUME_SLICES_MAXIMUM {
        let message = format!("{} files; a series has at most {VOLUME_SLICES_MAXIMUM}", archive.len());
        return Err(Refused::data("too_large", message));
    }
    let mut series = None;
    for index in 0..archive.len() {
        let (name, bytes) = entry(&mut archive, index)?;
        let plain = inflated(&bytes, INFLATED_BYTES_MAXIMUM).map_err(|error| wrong(&error, &name))?;
        let file = File::parse(&plain).map_err(|error| wrong(&error, &name))?;
        add(&mut series, index, &file, &name)?;
    }
    let mut series = series.ok_or_else(|| Refused::data("not_a_volume", "the archive is empty"))?;
    series.sort();
    let mut writer = series.writer(output)?;
    // Where a file has several frames, they come one after the other.
    let mut held: Option<(usize, String, Vec<u8>)> = None;
    for (at, slice) in series.slices.iter().enumerate() {
        if held.as_ref().is_none_or(|(file, ..)| *file != slice.file) {
            let (name, bytes) = entry(&mut archive, slice.file)?;
            held = Some((
                slice.file,
                name,
                inflated(&bytes, INFLATED_BYTES_MAXIMUM).map_err(|error| wrong(&error, ""))?.into_owned(),
            ));
        }
        let Some((_, name, bytes)) = &held else { continue };
        let file = File::parse(bytes).map_err(|error| wrong(&error, name))?;
        let picture = Picture::of(&file, name)?;
        writer.slice(at, &picture.frame(slice.frame)?, slice.rescale, picture.padding())?;
    }
    series.finish(writer, "application/zip")
}

/// The frames of a file, with what it has in common with the others.
fn add(series: &mut Option<Series>, index: usize, file: &File<'_>, name: &str) -> Result<(), Refused> {
    let data = &file.data;
    let text = |tag| data.text(tag).unwrap_or_default();
    if text(tags::SOP_CLASS_UID) == uid::SEGMENTATION_STORAGE {
        let message = "this is a segmentation, not an image: import it with its series as DICOM-SEG";
        return Err(Refused::data("not_a_volume", named(name, message)));
    }
    let picture = Picture::of(file, name)?;
    let common = Common {
        series: text(tags::SERIES_INSTANCE_UID),
        width: picture.width,
        height: picture.height,
        samples: picture.samples,
        inverted: picture.inverted,
    };
    let series = match series {
        Some(series) => series,
        None => series.insert(begin(common_of(&common), file)),
    };
    if series.common != common {
        let (own, first) = (&common, &series.common);
        let message = if own.series != first.series {
            format!("{}: it belongs to another series than the files before", tags::SERIES_INSTANCE_UID)
        } else if (own.width, own.height) != (first.width, first.height) {
            let sizes = format!(
                "{} x {} pixels, the slices before have {} x {}",
                own.width, own.height, first.width, first.height
            );
            format!("{}: {sizes}", tags::ROWS)
        } else {
            format!("{}: pixels of another kind than those before", tags::BITS_ALLOCATED)
        };
        return Err(Refused::data("mixed_slices", named(name, message)));
    }
    if series.slices.len() + picture.frames > VOLUME_SLICES_MAXIMUM {
        return Err(Refused::data("too_large", format!("a volume has at most {VOLUME_SLICES_MAXIMUM} slices")));
    }
    let several = picture.frames > 1;
    for frame in 0..picture.frames {
        let framed = several || !data.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).is_empty();
        series.slices.push(Slice {
            file: index,
            frame,
            plane: if framed { Plane::of_frame(data, frame) } else { Plane::of(data) },
            rescale: rescale(data, frame),
            instance: (text(tags::SOP_INSTANCE_UID), several.then_some(frame as u32 + 1)),
        });
    }
    Ok(())
}

fn common_of(common: &Common) -> Common {
    Common { series: common.series.clone(), ..*common }
}

fn begin(common: Common, file: &File<'_>) -> Series {
    let data = &file.data;
    let text = |tag| data.text(tag).unwrap_or_default();
    let shared = data.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first();
    let first = data.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).first();
    let group =
        |tag| [shared, first].into_iter().flatten().find_map(|groups| groups.items(tag).first()).unwrap_or(data);
    let modality = text(tags::MODALITY);
    let mut notes = Vec::new();
    let measures = group(tags::PIXEL_MEASURES_SEQUENCE);
    let pair = |found: Vec<f64>| match found[..] {
        [row, column] if row > 0.0 && column > 0.0 && row.is_finite() && column.is_finite() => Some([column, row]),
        _ => None,
    };
    let own = pair(measures.numbers(tags::PIXEL_SPACING));
    let imager = pair(data.numbers(tags::IMAGER_PIXEL_SPACING));
    if own.is_none() && imager.is_some() {
        notes.push("Lengths are those on the detector: in the patient they are shorter".to_owned());
    }
    let across = own.or(imager);
    if across.is_none() {
        notes.push("The file does not say how far pixels are apart: lengths are in pixels".to_owned());
    }
    if text(tags::BURNED_IN_ANNOTATION) == "YES" {
        notes.push("The file says that words are burned into its pixels".to_owned());
    }
    let positive = |tag| measures.number(tag).filter(|number| *number > 0.0);
    let along = positive(tags::SPACING_BETWEEN_SLICES).or_else(|| positive(tags::SLICE_THICKNESS));
    let across = across.unwrap_or([1.0; 2]);
    let short = |text: String| text.chars().take(SHOWN_CHARS).collect::<String>();
    let shown = SHOWN.iter().filter_map(|tag| {
        let value = data.text(*tag).filter(|value| !value.is_empty())?;
        let written = tag.to_string();
        Some((written.split_once(' ').map_or(written.clone(), |(_, keyword)| keyword.to_owned()), short(value)))
    });
    let said = data.text(tags::RESCALE_TYPE).filter(|unit| unit != "US" && !unit.is_empty());
    let mut voi = DataSet::default();
    for tag in [tags::WINDOW_CENTER, tags::WINDOW_WIDTH] {
        voi.put_numbers(tag, &group(tags::FRAME_VOI_LUT_SEQUENCE).numbers(tag));
    }
    let head = Head {
        media_type: String::new(),
        grid: Grid {
            size: [common.width as u32, common.height as u32, 0],
            spacing: [across[0], across[1], along.unwrap_or(1.0)],
            measured: own.or(imager).is_some(),
            affine: None,
            flipped: [false; 3],
            dicom: Some(Instances {
                study: text(tags::STUDY_INSTANCE_UID),
                series: common.series.clone(),
                frame_of_reference: data.text(tags::FRAME_OF_REFERENCE_UID).filter(|found| !found.is_empty()),
                sop_class: text(tags::SOP_CLASS_UID),
                slices: Vec::new(),
            }),
        },
        samples: common.samples,
        inverted: common.inverted,
        unit: said.map_or_else(|| if modality == "CT" { "HU".into() } else { String::new() }, short),
        low: 0.0,
        high: 0.0,
        windows: Vec::new(),
        tags: shown.collect(),
        notes,
        slices: Vec::new(),
    };
    Series { common, slices: Vec::new(), head, voi: Voi { own: voi, modality } }
}

impl Series {
    fn sort(&mut self) {
        let planes: Vec<Plane> = self.slices.iter().map(|slice| slice.plane.clone()).collect();
        let plane::Order { order, along } = plane::sorted(&planes);
        let grid = &mut self.head.grid;
        if along.is_empty() && self.slices.len() > 1 {
            self.head.notes.push("Slices are in the order of their numbers: they do not say where they lie".to_owned());
        }
        if along.windows(2).any(|pair| pair[1] - pair[0] < 1e-4) {
            self.head
                .notes
                .push("Several slices lie in the same place: they are in the order of their numbers".to_owned());
        } else if let Some((step, even)) = plane::step(&along) {
            grid.spacing[2] = step;
            if !even {
                self.head.notes.push("Slices are not evenly apart, or some are missing".to_owned());
            }
        }
        let mut slices: Vec<Option<Slice>> = std::mem::take(&mut self.slices).into_iter().map(Some).collect();
        self.slices = order.into_iter().filter_map(|at| slices.get_mut(at)?.take()).collect();
        grid.size[2] = self.slices.len() as u32;
        if let (false, Some(first), Some(last)) = (along.is_empty(), self.slices.first(), self.slices.last()) {
            grid.affine = plane::affine(&first.plane, &last.plane, grid.spacing, self.slices.len());
        }
        if let Some(dicom) = &mut grid.dicom {
            dicom.slices = self.slices.iter().map(|slice| slice.instance.clone()).collect();
        }
    }

    fn writer<'a>(&self, output: &'a mut dyn Output) -> Result<Writer<'a>, Refused> {
        Writer::new(output, self.common.samples, self.head.grid.size)
    }

    fn finish(self, mut writer: Writer<'_>, media_type: &str) -> Result<Head, Refused> {
        let values = writer.values();
        let windows = windows::of(&self.voi.own, &self.voi.modality, &values);
        writer.finish(Head { media_type: media_type.to_owned(), windows, ..self.head })
    }
}
