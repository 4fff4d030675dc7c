//! Segmentations of others, on the slices of the series beside them.

use crate::{
    labels,
    names::region_id,
    record::{DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_schema},
    text,
    volume::{mask, series},
};
use labelwright_core::{Answer, Geometry, GeometryKind, LabelSchema, Modality, Region, Target};
use labelwright_dicom::{DataSet, File, INFLATED_BYTES_MAXIMUM, Tag, inflated, plane::Plane, tags};
use std::collections::{BTreeMap, BTreeSet};

const FRAMES_MAXIMUM: usize = 200_000;

/// A mask on a slice, and the label of its segment.
struct Found {
    slice: usize,
    segment: u16,
    label: String,
    mask: labelwright_core::geometry::Mask,
}

pub fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let (all, problems) = series::scan(view);
    for error in problems {
        give(sink, Err(error))?;
    }
    let (segmentations, images): (Vec<_>, Vec<_>) = all.into_iter().partition(series::Series::is_segmentation);
    if segmentations.is_empty() {
        let place = view.list().into_iter().next().map_or_else(String::new, |(name, _)| name);
        return Err(Stop::Unreadable(RecordError::new(place, "no_labels", "there is no DICOM segmentation")));
    }
    let mut answers: BTreeMap<usize, Vec<Answer>> = BTreeMap::new();
    let mut classes = BTreeSet::new();
    for name in segmentations.iter().flat_map(|one| &one.names) {
        match segmentation(view, name, &images) {
            Ok((at, found)) => {
                classes.extend(found.iter().map(|one| one.label.clone()));
                answers.entry(at).or_default().push(answer(found));
            }
            Err(error) => give(sink, Err(error))?,
        }
    }
    let schema = labels::class_list(classes.iter().map(String::as_str), &[GeometryKind::Mask]);
    if !classes.is_empty() {
        give_schema(sink, LabelSchema { modality: Modality::Volume, ..schema }, None)?;
    }
    for (at, image) in images.iter().enumerate() {
        let record = answers.remove(&at).into_iter().flatten().fold(image.record(), Record::answered);
        give(sink, Ok(record))?;
    }
    Ok(())
}

fn answer(mut found: Vec<Found>) -> Answer {
    found.sort_by_key(|one| (one.slice, one.segment));
    let regions = found.into_iter().enumerate().map(|(at, one)| {
        let region = labels::region(region_id(at), one.label, Geometry::Mask(one.mask));
        Region { target: Target::Frames([one.slice as u32; 2]), ..region }
    });
    Answer { regions: regions.collect(), ..Answer::default() }
}

/// Which of the images it lies on, and its masks.
fn segmentation(
    view: &dyn DirectoryView,
    name: &str,
    images: &[series::Series],
) -> Result<(usize, Vec<Found>), RecordError> {
    let bad = |code: &'static str, tag: Tag, what: String| RecordError::new(name, code, format!("{tag}: {what}"));
    let bytes = text::whole_file(view, name)?;
    let wrong = |error: labelwright_dicom::Error| RecordError::new(name, "malformed", error.to_string());
    let plain = inflated(&bytes, INFLATED_BYTES_MAXIMUM).map_err(wrong)?;
    let data = File::parse(&plain).map_err(wrong)?.data;
    let kind = data.text(tags::SEGMENTATION_TYPE).unwrap_or_default();
    if kind != "BINARY" {
        return Err(bad("bad_type", tags::SEGMENTATION_TYPE, format!("{kind:?} is not read; BINARY is")));
    }
    let side =
        |tag| data.integer(tag).and_then(|side| u32::try_from(side).ok()).filter(|side| (1..=16_384).contains(side));
    let (Some(width), Some(height)) = (side(tags::COLUMNS), side(tags::ROWS)) else {
        return Err(bad("bad_size", tags::ROWS, "a side has 1 to 16384 pixels".into()));
    };
    let frames = data.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    if frames.is_empty() || frames.len() > FRAMES_MAXIMUM {
        return Err(bad("bad_size", tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, format!("{} frames", frames.len())));
    }
    let labels: BTreeMap<i64, String> = data
        .items(tags::SEGMENT_SEQUENCE)
        .iter()
        .filter_map(|segment| Some((segment.integer(tags::SEGMENT_NUMBER)?, segment.text(tags::SEGMENT_LABEL)?)))
        .collect();
    let referenced = data.items(tags::REFERENCED_SERIES_SEQUENCE).first();
    let series = referenced.and_then(|series| series.text(tags::SERIES_INSTANCE_UID)).unwrap_or_default();
    let at = images
        .iter()
        .position(|image| image.is(&series))
        .or_else(|| images.iter().position(|image| frames.iter().any(|frame| on(image, frame).is_some())))
        .ok_or_else(|| {
            bad("missing_file", tags::REFERENCED_SERIES_SEQUENCE, format!("the series {series} is not among the files"))
        })?;
    let image = &images[at];
    if image.size() != [width, height] {
        let [w, h] = image.size();
        return Err(bad("other_size", tags::ROWS, format!("{width} x {height} pixels, the slices have {w} x {h}")));
    }
    let pixels = width as usize * height as usize;
    let bits = data.bytes(tags::PIXEL_DATA).filter(|bits| bits.len() >= (pixels * frames.len()).div_ceil(8));
    let bits = bits.ok_or_else(|| {
        bad(
            "truncated",
            tags::PIXEL_DATA,
            format!("{} frames need {} bytes that are not packed", frames.len(), (pixels * frames.len()).div_ceil(8)),
        )
    })?;
    let mut found: BTreeMap<(usize, u16), Found> = BTreeMap::new();
    for (number, frame) in frames.iter().enumerate() {
        let start = number * pixels;
        let lit = |at: usize| bits[(start + at) / 8] >> ((start + at) % 8) & 1 == 1;
        let Some(mask) = mask(width as usize, height as usize, lit) else { continue };
        let group =
            segment_of(frame).or_else(|| segment_of(data.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first()?));
        let Some(segment) = group else {
            return Err(bad(
                "malformed",
                tags::REFERENCED_SEGMENT_NUMBER,
                format!("frame {} is of no segment", number + 1),
            ));
        };
        let slice = on(image, frame).or_else(|| image.slice_at(&Plane::of_frame(&data, number)));
        let Some(slice) = slice else {
            return Err(bad(
                "malformed",
                tags::PLANE_POSITION_SEQUENCE,
                format!("frame {} lies on no slice of the series", number + 1),
            ));
        };
        let label = labels.get(&i64::from(segment)).filter(|label| !label.is_empty()).cloned();
        let label = label.unwrap_or_else(|| format!("segment {segment}"));
        found.insert((slice, segment), Found { slice, segment, label, mask });
    }
    Ok((at, found.into_values().collect()))
}

fn segment_of(groups: &DataSet<'_>) -> Option<u16> {
    let own = groups.items(tags::SEGMENT_IDENTIFICATION_SEQUENCE).first()?;
    u16::try_from(own.integer(tags::REFERENCED_SEGMENT_NUMBER)?).ok()
}

/// The slice that a frame says it was made from.
fn on(image: &series::Series, frame: &DataSet<'_>) -> Option<usize> {
    frame.items(tags::DERIVATION_IMAGE_SEQUENCE).iter().flat_map(|one| one.items(tags::SOURCE_IMAGE_SEQUENCE)).find_map(
        |source| {
            let number = source.integer(tags::REFERENCED_FRAME_NUMBER).and_then(|frame| u32::try_from(frame).ok());
            image.slice_of(&source.text(tags::REFERENCED_SOP_INSTANCE_UID)?, number)
        },
    )
}
