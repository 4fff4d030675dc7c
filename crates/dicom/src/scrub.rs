//! Takes a file down to what belongs to the picture. PS3.15 annex E lists what has to go (the Basic Profile); we list
//! what may stay, so that what nobody thought of goes too: all names, dates, numbers of patients, free text, overlays and
//! private elements. Codes stay only where they look like codes. Unique identifiers are replaced by ones that stand for
//! them, so that what belongs together still does. What is written into the pixels themselves is not looked at.

use crate::{DataSet, Element, Error, File, Tag, Value, read, tags::*, uid, written};
use std::borrow::Cow;

/// Numbers, codes, pixels, and the sequences that hold them.
const KEPT: &[Tag] = &[
    IMAGE_TYPE,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    MODALITY,
    BODY_PART_EXAMINED,
    SLICE_THICKNESS,
    KVP,
    REPETITION_TIME,
    ECHO_TIME,
    MAGNETIC_FIELD_STRENGTH,
    SPACING_BETWEEN_SLICES,
    GANTRY_DETECTOR_TILT,
    IMAGER_PIXEL_SPACING,
    PATIENT_POSITION,
    VIEW_POSITION,
    STUDY_INSTANCE_UID,
    SERIES_INSTANCE_UID,
    SERIES_NUMBER,
    ACQUISITION_NUMBER,
    INSTANCE_NUMBER,
    IMAGE_POSITION_PATIENT,
    IMAGE_ORIENTATION_PATIENT,
    FRAME_OF_REFERENCE_UID,
    LATERALITY,
    IMAGE_LATERALITY,
    SLICE_LOCATION,
    PLANE_POSITION_SEQUENCE,
    PLANE_ORIENTATION_SEQUENCE,
    SAMPLES_PER_PIXEL,
    PHOTOMETRIC_INTERPRETATION,
    PLANAR_CONFIGURATION,
    NUMBER_OF_FRAMES,
    ROWS,
    COLUMNS,
    PIXEL_SPACING,
    PIXEL_ASPECT_RATIO,
    BITS_ALLOCATED,
    BITS_STORED,
    HIGH_BIT,
    PIXEL_REPRESENTATION,
    PIXEL_PADDING_VALUE,
    BURNED_IN_ANNOTATION,
    WINDOW_CENTER,
    WINDOW_WIDTH,
    RESCALE_INTERCEPT,
    RESCALE_SLOPE,
    RESCALE_TYPE,
    RED_PALETTE_DESCRIPTOR,
    GREEN_PALETTE_DESCRIPTOR,
    BLUE_PALETTE_DESCRIPTOR,
    RED_PALETTE_DATA,
    GREEN_PALETTE_DATA,
    BLUE_PALETTE_DATA,
    LOSSY_IMAGE_COMPRESSION,
    PIXEL_MEASURES_SEQUENCE,
    FRAME_VOI_LUT_SEQUENCE,
    PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
    PRESENTATION_LUT_SHAPE,
    SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
    PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
    EXTENDED_OFFSET_TABLE,
    EXTENDED_OFFSET_TABLE_LENGTHS,
    PIXEL_DATA,
];

/// Elements that an image has to have, and may have empty.
const EMPTY: &[(Tag, &crate::Vr)] = &[
    (STUDY_DATE, b"DA"),
    (STUDY_TIME, b"TM"),
    (ACCESSION_NUMBER, b"SH"),
    (REFERRING_PHYSICIAN_NAME, b"PN"),
    (PATIENT_NAME, b"PN"),
    (PATIENT_ID, b"LO"),
    (PATIENT_BIRTH_DATE, b"DA"),
    (PATIENT_SEX, b"CS"),
    (STUDY_ID, b"SH"),
];

/// How it was done, for readers of the file.
const METHOD: &str = "Only elements of the picture kept (labelwright, after PS3.15 E)";

/// The file with nothing but what belongs to the picture. The pixels are as they were.
///
/// # Errors
/// When the file cannot be read.
pub fn scrubbed(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let plain = read::inflated(bytes, read::INFLATED_BYTES_MAXIMUM)?;
    let File { syntax, data } = File::parse(&plain)?;
    let mut kept = picture(&data);
    for (tag, vr) in EMPTY {
        kept.put(*tag, vr, Vec::new());
    }
    kept.put_text(PATIENT_IDENTITY_REMOVED, b"CS", "YES");
    kept.put_text(DEIDENTIFICATION_METHOD, b"LO", METHOD);
    let native = [uid::IMPLICIT_LITTLE, uid::EXPLICIT_BIG].contains(&syntax.as_str());
    // A syntax that is no identifier may be anything.
    let is_uid = |text: &str| text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let syntax = if native || !is_uid(&syntax) { uid::EXPLICIT_LITTLE } else { syntax.as_str() };
    Ok(written(syntax, &kept))
}

fn picture<'a>(data: &DataSet<'a>) -> DataSet<'a> {
    let mut kept = DataSet::default();
    for (tag, element) in data.iter().filter(|(tag, _)| KEPT.contains(tag)) {
        if let Some(element) = element_kept(tag, element) {
            kept.insert(tag, element);
        }
    }
    kept
}

fn element_kept<'a>(tag: Tag, Element { vr, value }: &Element<'a>) -> Option<Element<'a>> {
    let known = crate::dictionary::vr(tag);
    // The representation is ours: what claims to be another one could hold anything. Pixels and tables have two.
    let same = *vr == known
        || (known == *b"OW" && vr == b"OB")
        || (known == *b"US" && vr == b"SS")
        || (tag == PIXEL_DATA && vr == b"UN");
    if !same {
        return None;
    }
    let value = match value {
        Value::Items(items) => Value::Items(items.iter().map(picture).collect()),
        Value::Fragments(fragments) => Value::Fragments(fragments.clone()),
        Value::Bytes(bytes) => Value::Bytes(match &known {
            b"UI" => Cow::Owned(identifier(bytes)?),
            b"CS" | b"LO" | b"DS" | b"IS" if !is_code(bytes, &known) => return None,
            _ => bytes.clone(),
        }),
    };
    Some(Element { vr: *vr, value })
}

fn identifier(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?.trim_matches(['\0', ' ']);
    Some(if uid::is_standard(text) { text.to_owned() } else { uid::standing_for(text) }.into_bytes())
}

/// Capital letters, digits and underscores, 16 at most each; or numbers.
fn is_code(bytes: &[u8], vr: &crate::Vr) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    text.trim_matches(['\0', ' ']).split('\\').all(|one| {
        let one = one.trim();
        match vr {
            b"DS" | b"IS" => one.is_empty() || (one.len() <= 16 && one.parse::<f64>().is_ok()),
            _ => {
                one.len() <= 16
                    && one.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b' '))
            }
        }
    })
}
