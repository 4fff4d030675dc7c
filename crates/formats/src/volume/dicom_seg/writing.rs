//! One segmentation for each item, with its series beside it where data is copied.

use crate::{
    loss::Losses,
    names::Stems,
    record::ExportItem,
    registry::Job,
    sink::ArchiveSink,
    volume::{Slices, stem},
};
use labelwright_core::volume::{Affine, Instances};
use labelwright_dicom::{DataSet, Tag, tags, uid, written};
use std::{
    collections::BTreeSet,
    io::{self, Cursor, Read},
};

pub fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let classes = job.head.class_indices();
    let mut names = Stems::default();
    for item in job.items {
        let Some(slices) = Slices::of(&item, |class| classes.get(class).copied(), job.losses) else { continue };
        let Some(dicom) = &slices.grid.dicom else {
            let message = "the item is not from DICOM: there is nothing that a segmentation could refer to";
            job.losses.add("no_dicom", message, &item.key);
            continue;
        };
        if slices.masks.iter().all(Vec::is_empty) {
            job.losses.add("empty_items", "items without masks have no segmentation", &item.key);
            continue;
        }
        let cleaned = names.name("", &format!("{}.dcm", stem(&item.key).replace('/', "_")), job.losses);
        let case = stem(&cleaned).to_owned();
        let titles: Vec<&str> = job.head.schema.classes.iter().map(|class| class.id.as_str()).collect();
        let file = segmentation(&item, &slices, dicom, &titles, job.losses);
        out.begin(&format!("segmentations/{case}.seg.dcm"))?;
        out.write_all(&file)?;
        if let Some(source) = &item.media {
            beside(source, &case, out)?;
        }
    }
    Ok(())
}

/// The files of the series, one by one: programs that read DICOM look into folders and not into archives.
fn beside(source: &str, case: &str, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let Some(bytes) = out.data(source)? else { return out.media(&format!("dicom/{case}.dcm"), source) };
    if !bytes.starts_with(b"PK") {
        out.begin(&format!("dicom/{case}.dcm"))?;
        return out.write_all(&bytes);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(io::Error::other)?;
    for index in 0..archive.len() {
        out.begin(&format!("dicom/{case}/{:05}.dcm", index + 1))?;
        let mut file = archive.by_index(index).map_err(io::Error::other)?;
        let mut own = Vec::new();
        file.read_to_end(&mut own)?;
        out.write_all(&own)?;
    }
    Ok(())
}

fn code(value: &str, scheme: &str, meaning: &str) -> DataSet<'static> {
    let mut item = DataSet::default();
    item.put_text(tags::CODE_VALUE, b"SH", value);
    item.put_text(tags::CODING_SCHEME_DESIGNATOR, b"SH", scheme);
    item.put_text(tags::CODE_MEANING, b"LO", meaning);
    item
}

fn put_tag(item: &mut DataSet<'_>, tag: Tag, value: Tag) {
    item.put(tag, b"AT", [value.0.to_le_bytes(), value.1.to_le_bytes()].concat());
}

/// A text of at most 64 characters: a backslash would part it.
fn short(text: &str) -> String {
    text.replace('\\', "_").chars().take(64).collect()
}

fn segmentation(
    item: &ExportItem,
    slices: &Slices<'_>,
    dicom: &Instances,
    titles: &[&str],
    losses: &Losses,
) -> Vec<u8> {
    let [width, height, _] = slices.grid.size.map(|side| side as usize);
    let used: BTreeSet<usize> = slices.masks.iter().flatten().map(|(class, _)| *class).collect();
    let used: Vec<usize> = used.into_iter().collect();
    let (mut bits, mut frames, mut pixels): (Vec<u8>, Vec<DataSet<'_>>, usize) = (Vec::new(), Vec::new(), 0);
    let mut joined = false;
    for (number, class) in used.iter().enumerate() {
        for (slice, masks) in slices.masks.iter().enumerate() {
            let own: Vec<_> = masks.iter().filter(|(of, _)| of == class).map(|(_, mask)| *mask).collect();
            if own.is_empty() {
                continue;
            }
            joined |= own.len() > 1;
            bits.resize((pixels + width * height).div_ceil(8), 0);
            for mask in own {
                crate::masks::each_pixel(mask, |x, y| {
                    let at = pixels + y as usize * width + x as usize;
                    if let Some(byte) = bits.get_mut(at / 8) {
                        *byte |= 1 << (at % 8);
                    }
                });
            }
            pixels += width * height;
            frames.push(frame(slices, dicom, slice, number));
        }
    }
    if joined {
        losses.add("joined", "regions of one class on one slice become one", &item.key);
    }
    let mut data = head(item, dicom, frames.len());
    data.put_u16(tags::ROWS, height as u16);
    data.put_u16(tags::COLUMNS, width as u16);
    let segments = used.iter().enumerate().map(|(number, class)| segment(number, titles.get(*class).unwrap_or(&"")));
    data.put_items(tags::SEGMENT_SEQUENCE, segments.collect());
    data.put_items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared(slices)]);
    data.put_items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, frames);
    data.put(tags::PIXEL_DATA, b"OB", bits);
    written(uid::EXPLICIT_LITTLE, &data)
}

/// What belongs to patient, study, series and equipment. The date is that of the newest answer.
fn head<'a>(item: &ExportItem, dicom: &Instances, frames: usize) -> DataSet<'a> {
    let newest = item.answers.iter().filter_map(|answer| answer.submitted_at).max().unwrap_or_default().to_string();
    let digits: String = newest.chars().filter(char::is_ascii_digit).collect();
    let seed = format!("segmentation of {} {}", item.key, dicom.series);
    let mut data = DataSet::default();
    for (tag, vr, text) in [
        (tags::SPECIFIC_CHARACTER_SET, b"CS", "ISO_IR 192"),
        (tags::IMAGE_TYPE, b"CS", "DERIVED\\PRIMARY"),
        (tags::SOP_CLASS_UID, b"UI", uid::SEGMENTATION_STORAGE),
        (tags::SOP_INSTANCE_UID, b"UI", &uid::standing_for(&format!("instance: {seed} {digits}"))),
        (tags::STUDY_DATE, b"DA", ""),
        (tags::STUDY_TIME, b"TM", ""),
        (tags::ACCESSION_NUMBER, b"SH", ""),
        (tags::CONTENT_DATE, b"DA", digits.get(..8).unwrap_or_default()),
        (tags::CONTENT_TIME, b"TM", digits.get(8..14).unwrap_or_default()),
        (tags::MODALITY, b"CS", "SEG"),
        (tags::MANUFACTURER, b"LO", "labelwright"),
        (tags::MANUFACTURER_MODEL_NAME, b"LO", "labelwright"),
        (tags::DEVICE_SERIAL_NUMBER, b"LO", "0"),
        (tags::SOFTWARE_VERSIONS, b"LO", env!("CARGO_PKG_VERSION")),
        (tags::REFERRING_PHYSICIAN_NAME, b"PN", ""),
        (tags::PATIENT_NAME, b"PN", ""),
        (tags::PATIENT_ID, b"LO", ""),
        (tags::PATIENT_BIRTH_DATE, b"DA", ""),
        (tags::PATIENT_SEX, b"CS", ""),
        (tags::STUDY_INSTANCE_UID, b"UI", &dicom.study),
        (tags::SERIES_INSTANCE_UID, b"UI", &uid::standing_for(&format!("series: {seed}"))),
        (tags::STUDY_ID, b"SH", ""),
        (tags::SERIES_NUMBER, b"IS", "1"),
        (tags::INSTANCE_NUMBER, b"IS", "1"),
        (tags::POSITION_REFERENCE_INDICATOR, b"LO", ""),
        (tags::DIMENSION_ORGANIZATION_TYPE, b"CS", "3D"),
        (tags::PHOTOMETRIC_INTERPRETATION, b"CS", "MONOCHROME2"),
        (tags::NUMBER_OF_FRAMES, b"IS", &frames.to_string()),
        (tags::LOSSY_IMAGE_COMPRESSION, b"CS", "00"),
        (tags::SEGMENTATION_TYPE, b"CS", "BINARY"),
        (tags::SEGMENTS_OVERLAP, b"CS", "UNDEFINED"),
        (tags::CONTENT_LABEL, b"CS", "LABELS"),
        (tags::CONTENT_DESCRIPTION, b"LO", ""),
        (tags::CONTENT_CREATOR_NAME, b"PN", ""),
    ] {
        data.put_text(tag, vr, text);
    }
    let frame_of_reference = dicom.frame_of_reference.clone();
    let frame_of_reference =
        frame_of_reference.unwrap_or_else(|| uid::standing_for(&format!("frame of {}", dicom.series)));
    data.put_text(tags::FRAME_OF_REFERENCE_UID, b"UI", &frame_of_reference);
    for (tag, number) in [
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::BITS_ALLOCATED, 1),
        (tags::BITS_STORED, 1),
        (tags::HIGH_BIT, 0),
        (tags::PIXEL_REPRESENTATION, 0),
    ] {
        data.put_u16(tag, number);
    }
    let dimensions = uid::standing_for(&format!("dimensions: {seed}"));
    let mut organization = DataSet::default();
    organization.put_text(tags::DIMENSION_ORGANIZATION_UID, b"UI", &dimensions);
    data.put_items(tags::DIMENSION_ORGANIZATION_SEQUENCE, vec![organization]);
    let index = |pointer, group| {
        let mut index = DataSet::default();
        index.put_text(tags::DIMENSION_ORGANIZATION_UID, b"UI", &dimensions);
        put_tag(&mut index, tags::DIMENSION_INDEX_POINTER, pointer);
        put_tag(&mut index, tags::FUNCTIONAL_GROUP_POINTER, group);
        index
    };
    data.put_items(
        tags::DIMENSION_INDEX_SEQUENCE,
        vec![
            index(tags::REFERENCED_SEGMENT_NUMBER, tags::SEGMENT_IDENTIFICATION_SEQUENCE),
            index(tags::IMAGE_POSITION_PATIENT, tags::PLANE_POSITION_SEQUENCE),
        ],
    );
    let mut instances: Vec<&str> = dicom.slices.iter().map(|(instance, _)| instance.as_str()).collect();
    instances.dedup();
    let mut series = DataSet::default();
    series.put_text(tags::SERIES_INSTANCE_UID, b"UI", &dicom.series);
    series.put_items(
        tags::REFERENCED_INSTANCE_SEQUENCE,
        instances.iter().map(|one| reference(dicom, one, None)).collect(),
    );
    data.put_items(tags::REFERENCED_SERIES_SEQUENCE, vec![series]);
    data
}

fn reference<'a>(dicom: &Instances, instance: &str, frame: Option<u32>) -> DataSet<'a> {
    let mut item = DataSet::default();
    item.put_text(tags::REFERENCED_SOP_CLASS_UID, b"UI", &dicom.sop_class);
    item.put_text(tags::REFERENCED_SOP_INSTANCE_UID, b"UI", instance);
    if let Some(frame) = frame {
        item.put_text(tags::REFERENCED_FRAME_NUMBER, b"IS", &frame.to_string());
    }
    item
}

/// What a class is in the patient nobody has said: tissue is all that is sure.
fn segment<'a>(number: usize, label: &str) -> DataSet<'a> {
    let mut item = DataSet::default();
    item.put_u16(tags::SEGMENT_NUMBER, number as u16 + 1);
    item.put_text(tags::SEGMENT_LABEL, b"LO", &short(label));
    item.put_text(tags::SEGMENT_ALGORITHM_TYPE, b"CS", "MANUAL");
    let tissue = || vec![code("85756007", "SCT", "Tissue")];
    item.put_items(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, tissue());
    item.put_items(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, tissue());
    item
}

/// The patient's coordinates of a voxel: what NIfTI counts to the right and to the front DICOM counts to the left and back.
fn position(affine: &Affine, slice: usize) -> [f64; 3] {
    std::array::from_fn(|axis| {
        let sign = if axis < 2 { -1.0 } else { 1.0 };
        sign * (affine[axis][2] * slice as f64 + affine[axis][3])
    })
}

fn direction(affine: &Affine, axis: usize) -> [f64; 3] {
    let column = [-affine[0][axis], -affine[1][axis], affine[2][axis]];
    let length = column.iter().map(|part| part * part).sum::<f64>().sqrt();
    column.map(|part| if length > 0.0 { part / length } else { 0.0 })
}

/// Where the series does not say how it lies, its slices lie one upon the other.
fn affine_of(slices: &Slices<'_>) -> Affine {
    let [x, y, z] = slices.grid.spacing;
    slices.grid.affine.unwrap_or([[-x, 0.0, 0.0, 0.0], [0.0, -y, 0.0, 0.0], [0.0, 0.0, z, 0.0]])
}

fn shared<'a>(slices: &Slices<'_>) -> DataSet<'a> {
    let affine = affine_of(slices);
    let mut orientation = DataSet::default();
    let axes = [direction(&affine, 0), direction(&affine, 1)].concat();
    orientation.put_numbers(tags::IMAGE_ORIENTATION_PATIENT, &axes);
    let mut measures = DataSet::default();
    let [column, row, along] = slices.grid.spacing;
    measures.put_numbers(tags::PIXEL_SPACING, &[row, column]);
    measures.put_numbers(tags::SLICE_THICKNESS, &[along]);
    measures.put_numbers(tags::SPACING_BETWEEN_SLICES, &[along]);
    let mut groups = DataSet::default();
    groups.put_items(tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation]);
    groups.put_items(tags::PIXEL_MEASURES_SEQUENCE, vec![measures]);
    groups
}

fn frame<'a>(slices: &Slices<'_>, dicom: &Instances, slice: usize, segment: usize) -> DataSet<'a> {
    let mut content = DataSet::default();
    let indices = [segment as u32 + 1, slice as u32 + 1].map(u32::to_le_bytes).concat();
    content.put(tags::DIMENSION_INDEX_VALUES, b"UL", indices);
    let mut place = DataSet::default();
    place.put_numbers(tags::IMAGE_POSITION_PATIENT, &position(&affine_of(slices), slice));
    let mut own = DataSet::default();
    own.put_u16(tags::REFERENCED_SEGMENT_NUMBER, segment as u16 + 1);
    let mut groups = DataSet::default();
    groups.put_items(tags::FRAME_CONTENT_SEQUENCE, vec![content]);
    groups.put_items(tags::PLANE_POSITION_SEQUENCE, vec![place]);
    groups.put_items(tags::SEGMENT_IDENTIFICATION_SEQUENCE, vec![own]);
    if let Some((instance, number)) = dicom.slices.get(slice) {
        let mut source = reference(dicom, instance, *number);
        source.put_items(
            tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE,
            vec![code("121322", "DCM", "Source image for image processing operation")],
        );
        source.put_text(tags::SPATIAL_LOCATIONS_PRESERVED, b"CS", "YES");
        let mut derivation = DataSet::default();
        derivation.put_items(tags::SOURCE_IMAGE_SEQUENCE, vec![source]);
        derivation.put_items(tags::DERIVATION_CODE_SEQUENCE, vec![code("113076", "DCM", "Segmentation")]);
        groups.put_items(tags::DERIVATION_IMAGE_SEQUENCE, vec![derivation]);
    }
    groups
}
