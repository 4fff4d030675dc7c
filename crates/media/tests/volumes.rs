//! Volumes of every form that is read, made by other programs (scripts/fixtures/volumes.py), and volumes that are broken.
#![allow(clippy::unwrap_used)]

use flate2::read::ZlibDecoder;
use labelwright_media::{
    CODES, Refused,
    volume::{
        levels::{Head, Samples, read_head},
        prepare, scrub,
    },
};
use proptest::prelude::*;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Cursor, Read, Seek, Write},
    path::{Path, PathBuf},
};

#[derive(Deserialize)]
struct Expected {
    size: [u32; 3],
    samples: Samples,
    /// CRC-32 of the values of each slice.
    checksums: Vec<u32>,
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/volumes").join(name)
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

/// The files of a folder as one archive, or a file as it is.
fn source(name: &str) -> Vec<u8> {
    let path = data(name);
    if path.is_file() {
        return fs::read(path).unwrap();
    }
    let mut names: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    archive(&names.iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>())
}

fn archive(files: &[Vec<u8>]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (index, bytes) in files.iter().enumerate() {
        zip.start_file(format!("{index}.dcm"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn prepared(bytes: &[u8]) -> Result<(Head, Vec<u8>), Refused> {
    let mut levels = Cursor::new(Vec::new());
    let head = prepare(file(bytes), &mut levels)?;
    let levels = levels.into_inner();
    assert_eq!(read_head(&mut levels.as_slice()).unwrap(), head);
    Ok((head, levels))
}

fn scrubbed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    scrub(file(bytes), &mut out).unwrap();
    out.into_inner()
}

fn slice(head: &Head, levels: &[u8], index: usize) -> Vec<u8> {
    let base = 12 + u32::from_le_bytes(levels[8..12].try_into().unwrap()) as usize;
    let place = head.slices[index];
    let start = base + place.offset as usize;
    let mut values = Vec::new();
    ZlibDecoder::new(&levels[start..start + place.bytes as usize]).read_to_end(&mut values).unwrap();
    values
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum()
}

fn refused(bytes: &[u8]) -> (&'static str, String) {
    match prepared(bytes) {
        Err(Refused::Data { code, message }) => (code, message),
        Err(other) => panic!("{other}"),
        Ok((head, _)) => panic!("{head:?}"),
    }
}

fn expected() -> BTreeMap<String, Expected> {
    serde_json::from_slice(&fs::read(data("expected.json")).unwrap()).unwrap()
}

#[test]
fn every_form_has_the_values_that_other_programs_find() {
    for (name, wanted) in expected() {
        let bytes = source(&name);
        // What is left of it when it was scrubbed has the same pixels.
        for (how, bytes) in [("as it came", bytes.clone()), ("scrubbed", scrubbed(&bytes))] {
            let (head, levels) = prepared(&bytes).unwrap_or_else(|error| panic!("{name} {how}: {error}"));
            assert_eq!((head.grid.size, head.samples), (wanted.size, wanted.samples), "{name} {how}");
            if name == "jpeg_baseline.dcm" {
                // Decoders of what is lossy round as they like.
                let (own, values) = prepared(&source("bytes.dcm")).unwrap();
                let pairs = slice(&head, &levels, 0).into_iter().zip(slice(&own, &values, 0));
                let most = pairs.map(|(one, other)| one.abs_diff(other)).max();
                assert!(most.is_some_and(|most| most <= 3), "{name} {how}: {most:?}");
                continue;
            }
            let found: Vec<u32> = (0..head.slices.len()).map(|at| checksum(&slice(&head, &levels, at))).collect();
            assert_eq!(found, wanted.checksums, "{name} {how}");
        }
    }
}

#[test]
fn a_series_lies_in_the_order_of_the_patient_with_its_grid() {
    let (head, _) = prepared(&source("series")).unwrap();
    assert_eq!(head.grid.spacing, [0.5, 0.8, 2.5]);
    assert!(head.grid.measured && head.notes.is_empty(), "{:?}", head.notes);
    let affine = [[-0.5, 0.0, 0.0, 10.0], [0.0, -0.8, 0.0, 20.0], [0.0, 0.0, 2.5, 30.0]];
    assert_eq!(head.grid.affine, Some(affine));
    let dicom = head.grid.dicom.unwrap();
    let instances: Vec<&str> = dicom.slices.iter().map(|(instance, _)| instance.as_str()).collect();
    assert_eq!(instances, ["1.2.3.200.1", "1.2.3.200.2", "1.2.3.200.3", "1.2.3.200.4", "1.2.3.200.5"]);
    assert_eq!((head.unit.as_str(), head.media_type.as_str()), ("HU", "application/zip"));
    assert_eq!((head.slices[0].slope, head.slices[0].intercept), (2.0, -24.0));
    let windows: Vec<(&str, f64, f64)> =
        head.windows.iter().map(|one| (one.name.as_str(), one.center, one.width)).take(3).collect();
    let own = [("Of the file", 50.0, 350.0), ("Of the file, 2", -500.0, 1400.0), ("Soft tissue", 40.0, 400.0)];
    assert_eq!(windows, own);
    assert!(head.tags.iter().any(|(name, value)| name == "BodyPartExamined" && value == "CHEST"), "{:?}", head.tags);
}

#[test]
fn frames_of_one_file_have_their_own_places_and_scales() {
    let (head, _) = prepared(&source("enhanced.dcm")).unwrap();
    assert_eq!(head.grid.spacing, [0.7, 0.7, 3.0]);
    let intercepts: Vec<f64> = head.slices.iter().map(|one| one.intercept).collect();
    assert_eq!(intercepts, [-2.0, -1.0, 0.0]);
    let frames: Vec<Option<u32>> = head.grid.dicom.unwrap().slices.iter().map(|(_, frame)| *frame).collect();
    assert_eq!(frames, [Some(3), Some(2), Some(1)]);
}

#[test]
fn a_nifti_volume_is_turned_to_the_radiologists_view() {
    let (head, _) = prepared(&source("volume.nii.gz")).unwrap();
    assert_eq!(head.grid.flipped, [true, true, false]);
    let affine = head.grid.affine.unwrap();
    let wanted = [[-0.5, 0.0, 0.0, 7.5], [0.0, -0.8, 0.0, 7.0], [0.0, 0.0, 2.5, 6.0]];
    for (row, wanted) in affine.iter().zip(wanted) {
        assert!(row.iter().zip(wanted).all(|(one, other)| (one - other).abs() < 1e-5), "{affine:?}");
    }
}

#[test]
fn what_is_inverted_or_burned_in_is_said() {
    let (head, _) = prepared(&source("inverse.dcm")).unwrap();
    assert!(head.inverted);
    assert!(head.notes.iter().any(|note| note.contains("burned")), "{:?}", head.notes);
    assert!(head.notes.iter().any(|note| note.contains("lengths are in pixels")), "{:?}", head.notes);
    assert!(!head.grid.measured);
}

#[test]
fn nothing_that_names_the_patient_is_left() {
    for (name, _) in expected() {
        let bytes = source(&name);
        let scrubbed = scrubbed(&bytes);
        let (_, levels) = prepared(&scrubbed).unwrap();
        let mut all = [scrubbed.clone(), levels].concat();
        if name.ends_with(".gz") {
            flate2::read::GzDecoder::new(scrubbed.as_slice()).read_to_end(&mut all).unwrap();
        }
        for word in ["lanted", "PLANTED", "19700102", "20260102", "1.2.3.20", "1.2.3.4.5"] {
            let found = all.windows(word.len()).any(|part| part == word.as_bytes());
            assert!(!found, "{name}: {word} is left");
        }
    }
    // What stands for an identifier is the same in every file, so that slices and segmentations find each other.
    let (head, _) = prepared(&scrubbed(&source("series"))).unwrap();
    let dicom = head.grid.dicom.unwrap();
    assert_eq!(dicom.series, labelwright_dicom::uid::standing_for("1.2.3.200"));
    assert_eq!(dicom.slices[0].0, labelwright_dicom::uid::standing_for("1.2.3.200.1"));
}

#[test]
fn what_is_wrong_names_its_tag() {
    let whole = source("explicit.dcm");
    for (bytes, code, word) in [
        (b"".to_vec(), "empty_file", "empty"),
        (b"no volume at all, but a text".to_vec(), "not_a_volume", "no DICOM"),
        (whole[..whole.len() - 9].to_vec(), "truncated", "(7FE0,0010) PixelData"),
        (source("segmentation.dcm"), "not_a_volume", "segmentation"),
        (source("volume.nii.gz")[..900].to_vec(), "truncated", "slice"),
        (archive(&[whole.clone(), source("bytes.dcm")]), "mixed_slices", "(0028,0100) BitsAllocated"),
        (archive(&[whole.clone(), b"words".to_vec()]), "not_a_volume", "1.dcm: this is no DICOM"),
    ] {
        let (found, message) = refused(&bytes);
        assert!(found == code && message.contains(word), "{code}: {found} {message}");
        assert!(CODES.contains(&found));
    }
    // A transfer syntax that nobody reads here.
    let unknown: Vec<u8> = {
        let packed = source("runs.dcm");
        let at = packed.windows(20).position(|part| part.starts_with(b"1.2.840.10008.1.2.5\0")).unwrap();
        let mut other = packed.clone();
        other[at..at + 19].copy_from_slice(b"1.2.840.10008.1.2.7");
        other
    };
    let (code, message) = refused(&unknown);
    assert!(code == "unknown_codec" && message.contains("(0002,0010) TransferSyntaxUID"), "{message}");
}

#[test]
fn sizes_that_nobody_has_are_refused_before_room_is_made() {
    let mut huge = source("volume_big.nii");
    for axis in [1, 2, 3] {
        huge[40 + 2 * axis..42 + 2 * axis].copy_from_slice(&32_000_i16.to_be_bytes());
    }
    assert_eq!(refused(&huge).0, "too_large");
    let mut fourth = source("volume_big.nii");
    fourth[40..42].copy_from_slice(&4_i16.to_be_bytes());
    fourth[48..50].copy_from_slice(&2_i16.to_be_bytes());
    let (code, message) = refused(&fourth);
    assert!(code == "not_a_volume" && message.contains("dim[4]"), "{message}");
    // Rows and columns that the pixels do not fill.
    let whole = source("explicit.dcm");
    let rows = whole.windows(8).position(|part| part == [0x28, 0, 0x10, 0, b'U', b'S', 2, 0]).unwrap();
    let mut tall = whole.clone();
    tall[rows + 8..rows + 10].copy_from_slice(&16_000_u16.to_le_bytes());
    let (code, message) = refused(&tall);
    assert!(code == "truncated" && message.contains("bytes of pixels"), "{message}");
    tall[rows + 8..rows + 10].copy_from_slice(&60_000_u16.to_le_bytes());
    assert_eq!(refused(&tall).0, "too_large");
}

/// Files that are broken anywhere are read or refused, never worse.
fn survives(bytes: &[u8]) {
    drop(prepared(bytes));
    drop(scrub(file(bytes), &mut Cursor::new(Vec::new())));
}

#[test]
fn files_that_end_anywhere_are_refused() {
    for name in ["implicit.dcm", "enhanced.dcm", "runs.dcm", "jpeg_lossless.dcm", "jpeg_2000.dcm", "labels.nii.gz"] {
        let whole = source(name);
        for end in (0..whole.len()).step_by(7) {
            survives(&whole[..end]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn bytes_that_are_changed_anywhere_break_nothing(
        name in prop::sample::select(vec![
            "explicit.dcm", "implicit.dcm", "big.dcm", "enhanced.dcm", "runs.dcm", "jpeg_baseline.dcm",
            "jpeg_lossless.dcm", "planes.dcm", "volume_big.nii",
        ]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = source(name);
        // Most of what can be broken stands before the pixels.
        let room = bytes.len().min(1300);
        for (at, byte) in changes {
            bytes[at.index(room)] = byte;
        }
        survives(&bytes);
    }
}
