//! Recordings of every kind that is read, made by real tools, and recordings that are broken in the usual ways.
#![allow(clippy::unwrap_used)]

use labelwright_media::{
    Refused,
    audio::{
        levels::{Head, read_head},
        prepare,
    },
};
use std::io::{Seek, Write};

// By its path: the crate of test tools stands on this one.
#[path = "../../testkit/src/sound.rs"]
#[allow(dead_code)]
mod sound;
use sound::wav;

fn tone(rate: u32, seconds: f64) -> Vec<i16> {
    let count = (f64::from(rate) * seconds) as usize;
    (0..count)
        .map(|at| ((at as f64 * 440.0 * std::f64::consts::TAU / f64::from(rate)).sin() * 16_000.0) as i16)
        .collect()
}

fn prepared(bytes: &[u8]) -> Result<(Head, Vec<u8>), Refused> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    let mut levels = Vec::new();
    let head = prepare(file, &mut levels)?;
    Ok((head, levels))
}

/// The code of a refusal.
fn refused(bytes: &[u8]) -> (&'static str, String) {
    match prepared(bytes) {
        Err(Refused::Data { code, message }) => (code, message),
        Err(other) => panic!("{other}"),
        Ok((head, _)) => panic!("{head:?}"),
    }
}

/// Two seconds of a 440 Hz tone at 16 kHz, in each kind; made with ffmpeg.
const KINDS: [(&str, &[u8]); 5] = [
    ("audio/flac", include_bytes!("data/tone.flac")),
    ("audio/mpeg", include_bytes!("data/tone.mp3")),
    ("audio/ogg", include_bytes!("data/tone.ogg")),
    ("audio/mp4", include_bytes!("data/tone.m4a")),
    ("audio/aac", include_bytes!("data/tone.aac")),
];

#[test]
fn every_kind_is_as_long_as_it_is_and_its_levels_say_where_they_lie() {
    let own = wav(16_000, 1, &tone(16_000, 2.0));
    for (media_type, bytes) in KINDS.into_iter().chain([("audio/wav", own.as_slice())]) {
        let (head, levels) = prepared(bytes).unwrap();
        assert_eq!((head.media_type.as_str(), head.sample_rate, head.channels), (media_type, 16_000, 1));
        let seconds = head.ticks as f64 / f64::from(head.ticks_per_second);
        // Codecs pad to whole frames.
        assert!((seconds - 2.0).abs() < 0.15, "{media_type}: {seconds}");
        assert_eq!(read_head(&mut levels.as_slice()).unwrap(), head);
        let start = 12 + u32::from_le_bytes(levels[8..12].try_into().unwrap()) as u64;
        let ends =
            head.spectrogram.levels.iter().map(|level| level.offset + (level.count * head.spectrogram.bands) as u64);
        assert_eq!(start + ends.max().unwrap(), levels.len() as u64);
        assert_eq!(head.peaks.levels[0].offset, 0);
    }
}

#[test]
fn exact_samples_are_exact_ticks() {
    let (head, _) = prepared(&wav(44_100, 2, &[0; 2 * 44_101])).unwrap();
    assert_eq!((head.ticks, head.ticks_per_second, head.peaks.lanes), (441_010, 441_000, 2));
}

#[test]
fn what_is_broken_is_refused_with_what_is_wrong_with_it() {
    let good = wav(16_000, 1, &tone(16_000, 2.0));
    assert_eq!(refused(b"").0, "empty_file");
    assert_eq!(refused(b"these are words and no sound at all, however long they are").0, "not_audio");
    assert_eq!(refused(&good[..30]).0, "truncated");
    let (code, message) = refused(&good[..good.len() / 2]);
    assert_eq!((code, message.contains("1.00 of 2.00 seconds")), ("truncated", true), "{message}");
    assert_eq!(refused(&wav(16_000, 1, &[])).0, "empty_recording");
    let (code, message) = refused(&wav(16_000, 100, &[0; 6400]));
    assert_eq!((code, message.contains("1 to 32 channels")), ("bad_channels", true), "{message}");
    assert_eq!(refused(&wav(16_000, 0, &[0; 6400])).0, "bad_channels");
    assert_eq!(refused(&wav(10, 1, &[0; 640])).0, "bad_rate");
    let flac = KINDS[0].1;
    assert_eq!(refused(&flac[..flac.len() / 2]).0, "truncated");
    let picture: Vec<u8> =
        b"\x89PNG\r\n\x1a\n".iter().copied().chain((0..5000u32).map(|at| ((at * 7919) >> 3) as u8)).collect();
    assert!(["not_audio", "damaged", "truncated"].contains(&refused(&picture).0));
}

#[test]
fn a_header_that_promises_more_than_anybody_has_is_not_believed() {
    let mut huge = wav(8_000, 1, &tone(8_000, 0.5));
    let mut says = |bytes: u32| {
        huge[4..8].copy_from_slice(&bytes.saturating_add(36).to_le_bytes());
        huge[40..44].copy_from_slice(&bytes.to_le_bytes());
        huge.clone()
    };
    // Programs that write into a pipe do not know the length: what is there is the recording.
    assert_eq!(prepared(&says(u32::MAX)).unwrap().0.ticks, 4_000);
    assert_eq!(refused(&says(0xf000_0000)).0, "too_long");
}
