//! Data sets are written and read back, and broken ones refused with their place.
#![allow(clippy::unwrap_used)]

use labelwright_dicom::{
    DataSet, Error, File, Tag, inflated,
    plane::{Plane, affine, sorted, step},
    scrub::scrubbed,
    tags, uid, written,
};

fn nested() -> DataSet<'static> {
    let mut inner = DataSet::default();
    inner.put_text(tags::SOP_INSTANCE_UID, b"UI", "1.2.3");
    inner.put_u16(tags::ROWS, 7);
    let mut middle = DataSet::default();
    middle.put_items(tags::SOURCE_IMAGE_SEQUENCE, vec![inner.clone(), DataSet::default()]);
    let mut data = DataSet::default();
    data.put_text(tags::SOP_CLASS_UID, b"UI", uid::CT_IMAGE_STORAGE);
    data.put_items(tags::DERIVATION_IMAGE_SEQUENCE, vec![middle]);
    data.put_numbers(tags::PIXEL_SPACING, &[0.5, 1.0 / 3.0]);
    data.put(tags::PIXEL_DATA, b"OW", vec![1, 2, 3]);
    data
}

#[test]
fn what_is_written_is_read() {
    let bytes = written(uid::EXPLICIT_LITTLE, &nested());
    let file = File::parse(&bytes).unwrap();
    assert_eq!(file.syntax, uid::EXPLICIT_LITTLE);
    let data = &file.data;
    let source = data.items(tags::DERIVATION_IMAGE_SEQUENCE)[0].items(tags::SOURCE_IMAGE_SEQUENCE);
    assert_eq!(source.len(), 2);
    assert_eq!(source[0].text(tags::SOP_INSTANCE_UID).as_deref(), Some("1.2.3"));
    assert_eq!(source[0].integer(tags::ROWS), Some(7));
    assert_eq!(data.numbers(tags::PIXEL_SPACING), [0.5, 0.333_333_333_333_33]);
    // An odd length is filled up.
    assert_eq!(data.bytes(tags::PIXEL_DATA), Some(&[1, 2, 3, 0][..]));
    // The beginning of a file tells everything but the pixels.
    let head = File::beginning(&bytes[..bytes.len() - 12]).unwrap();
    assert!(head.data.get(tags::PIXEL_DATA).is_none() && head.data.get(tags::PIXEL_SPACING).is_some());
    assert_eq!(inflated(&bytes, 1 << 20).unwrap().len(), bytes.len());
}

#[test]
fn what_is_broken_says_where() {
    let bytes = written(uid::EXPLICIT_LITTLE, &nested());
    assert_eq!(File::parse(&bytes[..bytes.len() - 1]), Err(Error::Truncated(tags::PIXEL_DATA)));
    assert_eq!(File::parse(b"no DICOM, though long enough"), Err(Error::NotDicom));
    for end in 0..bytes.len() {
        drop(File::parse(&bytes[..end]));
    }
    // Items without an end, one in the other.
    let mut deep = written(uid::EXPLICIT_LITTLE, &DataSet::default());
    for _ in 0..10_000 {
        deep.extend([0x08, 0, 0x15, 0x11, b'S', b'Q', 0, 0, 0xff, 0xff, 0xff, 0xff]);
        deep.extend([0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff]);
    }
    let error = File::parse(&deep).unwrap_err();
    assert!(error.to_string().contains("too deeply"), "{error}");
}

#[test]
fn only_what_belongs_to_the_picture_is_left() {
    let mut data = nested();
    data.put_text(tags::PATIENT_NAME, b"PN", "Somebody");
    data.put_text(Tag(0x0029, 0x1001), b"LO", "a private secret");
    data.put_text(Tag(0x6000, 0x3000), b"OW", "an overlay");
    // A code that is none, and numbers that are none.
    data.put_text(tags::BODY_PART_EXAMINED, b"CS", "Somebody's knee");
    data.put_text(tags::SLICE_THICKNESS, b"DS", "Somebody");
    // An element that pretends to be of another kind.
    data.put_text(tags::ROWS, b"LO", "Somebody");
    data.put_text(tags::MODALITY, b"CS", "CT");
    let bytes = scrubbed(&written(uid::EXPLICIT_LITTLE, &data)).unwrap();
    for word in ["Somebody", "secret", "overlay"] {
        assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word}");
    }
    let left = File::parse(&bytes).unwrap().data;
    assert_eq!(left.text(tags::MODALITY).as_deref(), Some("CT"));
    assert_eq!(left.text(tags::PATIENT_IDENTITY_REMOVED).as_deref(), Some("YES"));
    assert_eq!(left.text(tags::PATIENT_NAME).as_deref(), Some(""));
    assert!(left.get(tags::DERIVATION_IMAGE_SEQUENCE).is_none() && left.get(tags::ROWS).is_none());
}

fn plane(position: [f64; 3], instance: i64) -> Plane {
    // Sagittal: columns to the back, rows to the feet.
    Plane { position: Some(position), orientation: Some([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0]]), instance: Some(instance) }
}

#[test]
fn slices_are_sorted_along_their_normal_or_by_number() {
    let planes = [plane([4.0, 0.0, 0.0], 1), plane([-2.0, 0.0, 0.0], 2), plane([1.0, 0.0, 0.0], 3)];
    let found = sorted(&planes);
    // The normal points to the patient's right.
    assert_eq!(found.order, [0, 2, 1]);
    assert_eq!(step(&found.along), Some((3.0, true)));
    let affine = affine(&planes[0], &planes[1], [0.5, 0.6, 3.0], 3).unwrap();
    assert_eq!(affine, [[0.0, 0.0, 3.0, -4.0], [-0.5, 0.0, 0.0, 0.0], [0.0, -0.6, 0.0, 0.0]]);
    let nowhere = [Plane { position: None, ..plane([0.0; 3], 9) }, plane([0.0; 3], 4)];
    let found = sorted(&nowhere);
    assert_eq!((found.order, found.along.len()), (vec![1, 0], 0));
    assert_eq!(step(&[0.0, 1.0, 5.0]).map(|(_, even)| even), Some(false));
}
