//! A program that takes PocketSphinx's words everywhere, and PocketSphinx where it is installed.

use super::{brought, names, sound};
use crate::home::Home;
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, process::Command};

/// Notes its words and what it is given, and says what PocketSphinx would.
const PROGRAM: &str = "#!/bin/sh\nhere=$(dirname \"$0\")\necho \"$@\" >> \"$here/log\"\ncp \"$2\" \"$here/given.wav\"\n\
    printf 'the three\\n<s> 0.000 0.200 1.0\\nthe(2) 0.210 0.500 0.9\\n<sil> 0.51 0.6 1.0\\nthree 0.700 0.900 0.9\\n</s> 2.0 2.4 1.0\\n'\n\
    printf 'four\\n<s> 1.0 1.1 1.0\\nfour 1.2 9.5 0.9\\n'\n";

fn program(home: &Home, text: &str) {
    home.write("bin/sphinx", text.as_bytes());
    fs::set_permissions(home.path("bin/sphinx"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_program_gets_samples_as_it_wants_them() {
    let home = Home::new();
    home.write("talks/- a.wav", &sound(44_100));
    program(&home, PROGRAM);
    let words = ["transcribe", "talks", "--program", "bin/sphinx", "--language", "en", "--json"];
    let report: Value = serde_json::from_str(&home.ok(&words)).unwrap();
    assert_eq!((&report["cues"], &report["mended"].as_array().unwrap().len()), (&json!(2), &1), "{report}");
    let log = fs::read_to_string(home.path("bin/log")).unwrap();
    assert!(log.starts_with("-infile /") && log.ends_with(".wav -time yes\n"), "{log}");
    let given = fs::read(home.path("bin/given.wav")).unwrap();
    // One channel (1), 16,000 samples a second, two bytes each, 2.5 seconds of them.
    assert_eq!((&given[20..24], &given[24..28]), (&[1, 0, 1, 0][..], &16_000_u32.to_le_bytes()[..]));
    assert_eq!(given.len(), 44 + 80_000);
    home.ok(&["import", "talks", "--dataset", "Talks"]);
    let regions =
        [("speech".to_owned(), "the three".to_owned(), 210, 900), ("speech".to_owned(), "four".to_owned(), 1200, 2500)];
    assert_eq!(brought(&home, "Talks")["- a.wav"], regions);
    let again = ["transcribe", "talks", "--program", "bin/sphinx", "--again"];
    program(&home, "#!/bin/sh\necho 'INFO: hm' >&2\necho 'ERROR: no model' >&2\necho 'INFO: bye' >&2\nexit 3\n");
    let said = home.fails(&again);
    assert!(said.contains("- a.wav: it ended with exit status: 3: ERROR: no model\n"), "{said}");
    program(&home, "#!/bin/sh\nexec sleep 60\n");
    let said = home.fails(&[&again[..], &["--seconds", "1"]].concat());
    assert!(said.contains("stopped after 1 seconds"), "{said}");
    let said = home.fails(&[&again[..], &["--language", "de"]].concat());
    assert!(said.contains("English alone"), "{said}");
    assert_eq!(names(&home, "talks"), ["- a.wav", "- a.wav.vtt"], "the transcript from before stays");
}

#[test]
fn without_a_recogniser_it_says_how_to_get_one() {
    let home = Home::new();
    home.write("one.wav", &sound(8_000));
    let ended = Command::new(env!("CARGO_BIN_EXE_labelwright"))
        .args(["transcribe", "one.wav"])
        .env("PATH", home.path("nothing"))
        .current_dir(home.path("."))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && said.contains("no speech recogniser: "), "{said}");
    for way in ["--endpoint", "--program", "apt install pocketsphinx pocketsphinx-en-us"] {
        assert!(said.contains(way), "{said}");
    }
}

#[test]
fn pocketsphinx_itself_hears_what_espeak_ng_says() {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |name: &str| std::env::split_paths(&folders).any(|folder| folder.join(name).is_file());
    if let Some(missing) = ["pocketsphinx_continuous", "espeak-ng"].into_iter().find(|name| !is_there(name)) {
        eprintln!("skipped: {missing} is not installed");
        return;
    }
    let home = Home::new();
    fs::create_dir(home.path("talks")).unwrap();
    let spoken = home.path("talks/count.wav");
    let words = ["-v", "en-us", "-s", "130", "-w"];
    assert!(Command::new("espeak-ng").args(words).arg(&spoken).arg("one two three four").status().unwrap().success());
    assert!(home.ok(&["transcribe", "talks"]).starts_with("1 recordings"));
    let by_segments = fs::read_to_string(home.path("talks/count.wav.vtt")).unwrap();
    assert!(by_segments.contains("three"), "{by_segments}");
    assert!(home.ok(&["transcribe", "talks", "--again", "--words"]).starts_with("1 recordings"));
    home.ok(&["import", "talks", "--dataset", "Counted", "--format", "webvtt"]);
    let found = brought(&home, "Counted");
    let three = found["count.wav"].iter().find(|region| region.1 == "three").unwrap_or_else(|| panic!("{found:?}"));
    assert!((300..1700).contains(&three.2) && three.3 - three.2 < 800, "{three:?}");
}
