//! `labelwright synthesize speech` with a program that takes eSpeak NG's words: a real one where it is installed, and one
//! that writes a recording by the same words everywhere.

use super::home::{Home, tree};
use labelwright_testkit::sound::{bursts, wav};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt};

const RECIPE: &str = "[speech]\nvoices = ['en-us', 'de']\nrate = [150, 180]\npitch = [40, 60]\n\
    [[document]]\nclass = 'travel'\ntemplates = ['{who} flies to {city}.']\n\
    [slots]\nwho = ['Anna', '- Bo']\ncity = ['Rome', 'New York']\n[spans]\ncity = 'city'\n";

/// Notes its words and its text, and writes a recording as long as the text where `-w` says.
const PROGRAM: &str = "#!/bin/sh\nwords=\"$*\"\nwhile [ $# -gt 0 ]; do\n  case \"$1\" in\n    -w) shift; to=\"$1\" ;;\n  esac\n  \
    shift\ndone\ntext=$(cat)\nprintf '%s|%s\\n' \"$words\" \"$text\" >> \"$(dirname \"$0\")/log\"\n\
    cat \"$(dirname \"$0\")/sound.wav\" > \"$to\"\n";

fn program(home: &Home, text: &str) {
    home.write("bin/espeak-ng", text.as_bytes());
    fs::set_permissions(home.path("bin/espeak-ng"), fs::Permissions::from_mode(0o755)).unwrap();
    home.write("bin/sound.wav", &wav(22_050, 1, &bursts(22_050, 0.4, &[(0.1, 0.3)])));
}

fn items(home: &Home, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(home.path(name)).unwrap();
    text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}

const MAKE: [&str; 8] =
    ["synthesize", "speech", "--recipe", "recipe.toml", "--count", "6", "--program", "bin/espeak-ng"];

#[test]
fn what_is_spoken_is_what_is_written() {
    let home = Home::new();
    home.write("recipe.toml", RECIPE.as_bytes());
    program(&home, PROGRAM);
    let ended = home.run(&[&MAKE[..], &["--output", "out"]].concat());
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(out.contains("6 items with 0 regions in native; 0 losses"), "{out}{err}");
    assert!(err.contains("6 spans of texts are left out"), "{err}");
    let mut heard: Vec<String> = fs::read_to_string(home.path("bin/log")).unwrap().lines().map(str::to_owned).collect();
    heard.sort();
    let mut wanted = Vec::new();
    for item in items(&home, "out/labelwright.jsonl") {
        assert_eq!(
            (&item["metadata"]["synthetic"], &item["split"], &item["modality"]),
            (&json!(true), &json!("train"), &json!("audio"))
        );
        assert_eq!(item["clock"], json!({ "ticks_per_second": 441_000, "ticks": 8820 * 20 }));
        let (fields, voice) = (&item["answers"][0]["answer"]["fields"], &item["metadata"]["synthesis"]["voice"]);
        assert_eq!(fields["class"], "travel");
        let said = fields["transcript"].as_str().unwrap();
        assert!(said.ends_with('.') && said.contains(" flies to "), "{said}");
        let number = item["metadata"]["synthesis"]["number"].as_u64().unwrap();
        let start =
            format!("-v {} -s {} -p {} -w ", voice["name"].as_str().unwrap(), voice["words_a_minute"], voice["pitch"]);
        wanted.push((start, format!("speech-{number}.wav --stdin|{said}")));
        assert!(fs::read(home.path("out").join(item["key"].as_str().unwrap())).unwrap().starts_with(b"RIFF"));
    }
    for (start, end) in wanted {
        assert!(
            heard.iter().any(|line| line.starts_with(&start) && line.ends_with(&end)),
            "{start}...{end} in {heard:?}"
        );
    }
    home.ok(&[&MAKE[..], &["--output", "again"]].concat());
    assert_eq!(tree(&home.path("out")), tree(&home.path("again")));
    // Other formats of transcripts take it.
    home.ok(&["convert", "--to", "nemo", "out", "nemo", "--media", "copy"]);
}

#[test]
fn programs_that_fail_hang_or_are_not_there_are_told() {
    let home = Home::new();
    home.write("recipe.toml", RECIPE.as_bytes());
    let fails = || home.fails(&[&MAKE[..], &["--output", "out"]].concat());
    program(&home, "#!/bin/sh\necho 'no such voice' >&2\nexit 3\n");
    let said = fails();
    assert!(said.contains("no such voice") && said.contains("exit status: 3"), "{said}");
    program(&home, "#!/bin/sh\ntrue\n");
    assert!(fails().contains("it wrote no recording"));
    program(&home, "#!/bin/sh\nfor word in \"$@\"; do to=\"$last\"; last=\"$word\"; done\nprintf 'noise' > \"$to\"\n");
    assert!(fails().contains("not a WAVE file"));
    program(&home, "#!/bin/sh\nexec sleep 60\n");
    home.write("recipe.toml", RECIPE.replace("[speech]", "[speech]\nseconds = 1").as_bytes());
    assert!(fails().contains("stopped after 1 seconds"));
    let said = home.fails(&[
        "synthesize",
        "speech",
        "--recipe",
        "recipe.toml",
        "--count",
        "1",
        "--output",
        "out",
        "--program",
        "gone",
    ]);
    assert!(said.contains("--program: gone"), "{said}");
    for (from, to, words) in [
        ("voices = ['en-us', 'de']", "", "voices"),
        ("'en-us'", "'-x'", "voices"),
        ("[speech]", "[speech]\nprogram = 'say'", "espeak-ng"),
        ("pitch = [40, 60]", "pitch = 200", "pitch"),
        ("flies to", "[[flies", "phonemes"),
    ] {
        home.write("recipe.toml", RECIPE.replace(from, to).as_bytes());
        let said = fails();
        assert!(said.contains(words), "{to}: {said}");
    }
    assert!(!home.path("out").exists());
}

/// Where eSpeak NG is installed, it is what speaks.
#[test]
fn espeak_ng_itself_speaks() {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&folders).any(|folder| folder.join("espeak-ng").is_file()) {
        let home = Home::new();
        home.write("recipe.toml", RECIPE.as_bytes());
        let said = home.fails(&["synthesize", "speech", "--recipe", "recipe.toml", "--count", "1", "--output", "out"]);
        assert!(said.contains("apt install espeak-ng") && said.contains("--program"), "{said}");
        return;
    }
    let home = Home::new();
    home.write("recipe.toml", RECIPE.as_bytes());
    let make = ["synthesize", "speech", "--recipe", "recipe.toml", "--count", "4"];
    home.ok(&[&make[..], &["--output", "out"]].concat());
    home.ok(&[&make[..], &["--output", "again"]].concat());
    assert_eq!(tree(&home.path("out")), tree(&home.path("again")));
    for item in items(&home, "out/labelwright.jsonl") {
        let clock = &item["clock"];
        let seconds = clock["ticks"].as_f64().unwrap() / clock["ticks_per_second"].as_f64().unwrap();
        assert!((0.5..10.0).contains(&seconds), "{seconds}");
    }
}
