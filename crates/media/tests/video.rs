//! Videos of every container that is read, frame by frame as ffprobe has them, and files that are broken in the usual
//! ways. The files are made by `scripts/fixtures/videos.py`.
#![allow(clippy::unwrap_used)]

use labelwright_media::{
    Refused,
    video::{
        prepare,
        table::{Head, read_head},
        times::Times,
    },
};
use proptest::prelude::*;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    io::{Seek, Write},
};

/// What ffprobe says of a file.
#[derive(Deserialize)]
struct Expected {
    time_base: String,
    times: Vec<i64>,
    keys: Vec<u32>,
}

fn data(name: &str) -> Vec<u8> {
    fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn prepared(bytes: &[u8]) -> Result<(Head, Vec<u8>), Refused> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    let mut table = Vec::new();
    let head = prepare(file, &mut table)?;
    assert_eq!(read_head(&mut table.as_slice()).unwrap(), head);
    Ok((head, table))
}

/// The code of a refusal and what it says.
fn refused(bytes: &[u8]) -> (&'static str, String) {
    match prepared(bytes) {
        Err(Refused::Data { code, message }) => (code, message),
        Err(other) => panic!("{other}"),
        Ok((head, _)) => panic!("{head:?}"),
    }
}

fn numbers(table: &[u8]) -> Vec<u32> {
    let length = u32::from_le_bytes(table[8..12].try_into().unwrap()) as usize;
    table[12 + length..].chunks_exact(4).map(|one| u32::from_le_bytes(one.try_into().unwrap())).collect()
}

/// Times of all frames, and the frames at which decoding can begin.
fn read(head: &Head, table: &[u8]) -> (Vec<i64>, Vec<u32>) {
    let numbers = numbers(table);
    let (runs, syncs) = numbers.split_at(head.runs.count * 2);
    assert_eq!((head.runs.offset, head.syncs.offset), (0, head.runs.count as u64 * 8));
    let (mut times, mut at) = (Vec::new(), head.first);
    for run in runs.chunks_exact(2) {
        for _ in 0..run[0] {
            times.push(at);
            at += i64::from(run[1]);
        }
    }
    assert_eq!(at - head.first, head.ticks);
    (times, syncs.to_vec())
}

#[test]
fn every_frame_is_shown_when_ffprobe_says() {
    let expected: BTreeMap<String, Expected> = serde_json::from_slice(&data("videos.json")).unwrap();
    assert_eq!(expected.len(), 10);
    for (name, expected) in expected {
        let (head, table) = prepared(&data(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (times, syncs) = read(&head, &table);
        let again = Times::read(&mut table.as_slice()).unwrap();
        for (frame, at) in times.iter().enumerate() {
            assert_eq!(again.at(frame as u32), *at, "{name}");
            let sync = syncs.iter().rev().find(|sync| **sync as usize <= frame);
            assert_eq!(again.sync(frame as u32), sync.copied(), "{name}");
        }
        assert_eq!(again.at(head.frames), head.first + head.ticks, "{name}");
        assert!(Times::read(&mut &table[..table.len() - 1]).is_err(), "{name}");
        assert_eq!(expected.time_base, format!("1/{}", head.ticks_per_second), "{name}");
        // The edit of this one begins within a frame: ffprobe begins with the next one, players with the edit.
        let first = if name == "cut.mp4" { times[0] - expected.times[0] } else { 0 };
        assert!((0..1001).contains(&first), "{name}: {first}");
        let times: Vec<i64> = times.iter().map(|time| time - first).collect();
        assert_eq!(times, expected.times, "{name}");
        assert_eq!(syncs, expected.keys, "{name}");
        assert_eq!(head.frames as usize, times.len(), "{name}");
        assert_eq!(head.constant, !["variable.mp4", "mpeg4.mkv"].contains(&name.as_str()), "{name}");
        let size = if name == "turned.mp4" { (108, 192) } else { (192, 108) };
        assert_eq!((head.width, head.height), size, "{name}");
    }
}

#[test]
fn what_a_video_is_stands_in_its_head() {
    let head = |name: &str| prepared(&data(name)).unwrap().0;
    let b_frames = head("b-frames.mp4");
    assert_eq!((b_frames.media_type.as_str(), &b_frames.codec[..7]), ("video/mp4", "avc1.64"));
    assert_eq!((b_frames.frames, b_frames.ticks, b_frames.unshown), (90, 90_090, 0));
    assert_eq!(b_frames.runs.count, 1, "one rate takes one run");
    // The matrix in the file turns it by a quarter against the clock.
    assert_eq!(head("turned.mp4").rotation, 270);
    let vp9 = head("vp9.webm");
    assert_eq!((vp9.media_type.as_str(), vp9.codec.as_str(), vp9.ticks), ("video/webm", "vp9", 3600));
    assert!(head("cut.mp4").unshown > 0, "what an edit list hides is counted");
}

#[test]
fn what_is_wrong_is_told() {
    assert_eq!(refused(b"").0, "empty_file");
    assert_eq!(refused(b"\x89PNG\r\n\x1a\n\0\0\0\0").0, "not_a_video");
    assert_eq!(refused(&data("sound.mp4")).0, "no_video");
    let good = data("b-frames.mp4");
    // The index lies before the pictures: a file that is cut off has it whole.
    let (code, message) = refused(&good[..good.len() - 100]);
    assert!(code == "truncated" && message.contains(&good.len().to_string()), "{code} {message}");
    let no_index: Vec<u8> = data("frames.mov");
    let moov = no_index.windows(4).position(|word| word == b"moov").unwrap() - 4;
    let (code, message) = refused(&no_index[..moov]);
    assert!(code == "truncated" && message.contains("moov"), "{code} {message}");
    let webm = data("vp9.webm");
    assert_eq!(refused(&webm[..webm.len() - 5]).0, "truncated");
}

/// The file with another number in a table: `field` bytes behind the name of the box.
fn with(file: &str, kind: &[u8; 4], field: usize, number: u32) -> Vec<u8> {
    let mut bytes = data(file);
    // The last one: names of codecs stand among the brands at the beginning too.
    let at = bytes.windows(4).rposition(|word| word == kind).unwrap() + 4 + field;
    bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
    bytes
}

#[test]
fn absurd_numbers_are_refused_and_cost_nothing() {
    // So many frames that are all as large.
    let mut many = with("b-frames.mp4", b"stsz", 8, u32::MAX);
    let at = many.windows(4).position(|word| word == b"stsz").unwrap() + 8;
    many[at..at + 4].copy_from_slice(&100_u32.to_be_bytes());
    assert_eq!(refused(&many).0, "too_long");
    assert_eq!(refused(&with("b-frames.mp4", b"stsz", 8, 0)).0, "no_frames");
    assert_eq!(refused(&with("b-frames.mp4", b"stts", 8, 3)).0, "damaged");
    assert_eq!(refused(&with("b-frames.mp4", b"ctts", 4, u32::MAX)).0, "damaged");
    assert_eq!(refused(&with("b-frames.mp4", b"mdhd", 12, 0)).0, "bad_rate");
    // Pixels: two numbers of two bytes.
    assert_eq!(refused(&with("b-frames.mp4", b"avc1", 24, 0)).0, "bad_size");
    assert_eq!(refused(&with("b-frames.mp4", b"avc1", 24, u32::MAX)).0, "bad_size");
    // A movie without a clock has edits of no length that can be told.
    let odd = with("cut.mp4", b"mvhd", 12, 0);
    drop(prepared(&odd));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever happens to a byte of the index, there is a table or a reason.
    #[test]
    fn no_damage_makes_it_fall_over(file in 0_usize..5, at in 0_usize..4000, byte: u8, cut in 0_usize..8000) {
        let mut bytes = data(["cut.mp4", "fragments.mp4", "variable.mp4", "vp8.webm", "vp9.webm"][file]);
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(length.min(cut.max(12)));
        if let Ok((head, table)) = prepared(&bytes) {
            prop_assert!(head.frames > 0 && table.len() > 12);
        }
    }
}
