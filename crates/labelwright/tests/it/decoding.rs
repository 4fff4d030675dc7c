//! Recordings are decoded in a process of their own, which ends when it takes too much, and is told apart from the server.

use crate::program::Place;
use labelwright_testkit::sound::{bursts, wav};
use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

fn decode(sound: &Path, seconds: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_labelwright"))
        .args(["decode", "audio", "--seconds", seconds])
        .env("LABELWRIGHT_LOG", "off")
        .stdin(File::open(sound).unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap()
}

#[test]
fn a_recording_that_takes_too_long_ends_its_own_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound.wav");
    fs::write(&path, wav(16_000, 1, &bursts(16_000, 1.0, &[(0.2, 0.6)]))).unwrap();
    let good = decode(&path, "60");
    assert!(good.status.success() && good.stdout.starts_with(b"LWAUDIO1"), "{:?}", good.status);
    fs::write(&path, "no sound").unwrap();
    let bad = decode(&path, "60");
    assert_eq!(bad.status.code(), Some(3));
    let said: serde_json::Value = serde_json::from_slice(&bad.stderr).unwrap();
    assert_eq!(said["code"], "not_audio");
    // Nine hours of silence in a file that takes no room: more than a second of work.
    let bytes = 9 * 3600 * 8_000 * 2;
    let mut head = wav(8_000, 1, &[]);
    head[4..8].copy_from_slice(&(bytes + 36_u32).to_le_bytes());
    head[40..44].copy_from_slice(&bytes.to_le_bytes());
    let mut file = File::create(&path).unwrap();
    file.write_all(&head).unwrap();
    file.set_len(u64::from(bytes) + 44).unwrap();
    let long = decode(&path, "1");
    assert_eq!(long.status.code(), None, "it was ended from outside: {:?}", long.status);
}

#[test]
fn the_program_imports_recordings_through_that_process() {
    let place = Place::new(None);
    drop(place.serve("serve", &[]));
    let folder = place.path("sounds");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("good.wav"), wav(8_000, 1, &bursts(8_000, 1.0, &[(0.2, 0.6)]))).unwrap();
    fs::write(folder.join("bad.wav"), "no sound").unwrap();
    let told = place.run(&["import", folder.to_str().unwrap(), "--dataset", "sounds"]);
    let said = format!("{}{}", told.out, told.err);
    assert!(told.good && said.contains("bad.wav") && said.contains("no WAV, FLAC, MP3"), "{said}");
    assert!(place.good(&["doctor"]).contains(" 0 findings"));
}
