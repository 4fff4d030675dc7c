//! `labelwright augment` on recordings and series: what is written is read back, with labels where they belong.

use super::home::{Home, tree};
use labelwright_testkit::sound::{bursts, wav};
use serde_json::{Value, json};
use std::fs;

fn items(home: &Home, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(home.path(name)).unwrap();
    text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Two recordings with labels beside them, as Audacity writes them; the second one in stereo.
fn recordings(home: &Home) {
    home.write("in/a.wav", &wav(16_000, 1, &bursts(16_000, 1.0, &[(0.25, 0.5)])));
    home.write("in/a.txt", b"0.250000\t0.500000\tcall\n\\\t400.0\t500.0\n0.750000\t0.750000\tclick\n");
    let stereo: Vec<i16> =
        bursts(8_000, 0.5, &[(0.1, 0.4)]).into_iter().flat_map(|sample| [sample, sample / 2]).collect();
    home.write("in/b.wav", &wav(8_000, 2, &stereo));
    home.write("in/b.txt", b"0.100000\t0.400000\tcall\n");
    home.write("room.wav", &wav(16_000, 1, &[16_000, 0, 0, 8_000, 0, 4_000]));
}

const SHIFT: &[u8] = b"[[operation]]\nop = 'time_shift'\nseconds = 0.125\n";

#[test]
fn recordings_are_shifted_with_their_labels() {
    let home = Home::new();
    recordings(&home);
    home.write("recipe.toml", SHIFT);
    let said = home.ok(&["augment", "--recipe", "recipe.toml", "--from", "audacity", "--to", "native", "in", "out"]);
    assert!(said.contains("4 items from audacity to native: 2 originals, 2 children; 0 losses, 0 problems"), "{said}");
    let items = items(&home, "out/labelwright.jsonl");
    let child = items.iter().find(|item| item["metadata"]["parent"] == "a.wav").unwrap();
    // Sixteen ticks are a millisecond, and a tick is a sample.
    assert_eq!(child["clock"], json!({ "ticks_per_second": 16_000, "ticks": 16_000 }));
    let regions = child["answers"][0]["answer"]["regions"].as_array().unwrap();
    assert_eq!(regions[0]["geometry"], json!({ "type": "interval", "start": 6000, "end": 10_000 }));
    assert_eq!(regions[0]["attributes"]["low_hz"], 400.0);
    assert_eq!(regions[1]["geometry"], json!({ "type": "interval", "start": 14_000, "end": 14_016 }));
    assert_eq!(child["metadata"]["augmentation"]["operations"], json!([{ "op": "time_shift", "samples": 2000 }]));
    // The file is a WAV of the same kind, with the same samples further on.
    let (before, after) = (
        fs::read(home.path("in/a.wav")).unwrap(),
        fs::read(home.path("out").join(child["key"].as_str().unwrap())).unwrap(),
    );
    assert_eq!(after.len(), before.len());
    assert_eq!(after[..44], before[..44]);
    assert!(after[44..44 + 4000].iter().all(|byte| *byte == 0));
    assert_eq!(after[44 + 4000..], before[44..before.len() - 4000]);
    // Read back, all of it is there; in another format the times are the same.
    let found: Value = serde_json::from_str(&home.ok(&["inspect", "out", "--json"])).unwrap();
    assert_eq!(
        (&found["items"], &found["items_without_data"], &found["problem_count"]),
        (&json!(4), &json!(0), &json!(0))
    );
    home.ok(&["convert", "--to", "audacity", "out", "labels"]);
    let text = fs::read_to_string(home.path("labels/a-aug1.wav.txt")).unwrap();
    assert!(
        text.starts_with("0.375000\t0.625000\tcall\n\\\t400.000000\t500.000000\n0.875000\t0.876000\tclick"),
        "{text}"
    );
}

#[test]
fn everything_that_can_be_done_to_a_recording_is_done_alike_by_one_seed() {
    let home = Home::new();
    recordings(&home);
    home.write(
        "recipe.toml",
        b"[[operation]]\nop = 'gain'\n[[operation]]\nop = 'sound_noise'\nkind = 'pink'\n[[operation]]\nop = 'stretch'\n\
        [[operation]]\nop = 'pitch_shift'\n[[operation]]\nop = 'impulse_response'\nfiles = ['room.wav']\n\
        [[operation]]\nop = 'sound_noise'\nkind = 'file'\nfiles = ['room.wav']\n\
        [[operation]]\nop = 'time_mask'\n[[operation]]\nop = 'frequency_mask'\n",
    );
    let make = ["augment", "--recipe", "recipe.toml", "--factor", "2", "--from", "audacity", "--to", "native", "in"];
    for (out, seed) in [("one", "1"), ("two", "1"), ("three", "2")] {
        let said = home.ok(&[&make[..], &[out, "--seed", seed]].concat());
        assert!(said.contains("4 children; 0 losses, 0 problems"), "{said}");
    }
    assert_eq!(tree(&home.path("one")), tree(&home.path("two")));
    assert_ne!(tree(&home.path("one")), tree(&home.path("three")));
    let said = home.ok(&[&make[..], &["none", "--preview", "1"]].concat());
    assert!(said.contains(" s, ") && said.contains("\"op\":\"stretch\"") && !home.path("none").exists(), "{said}");
    // What a recipe names must be there, and must sound.
    home.write("recipe.toml", b"[[operation]]\nop = 'impulse_response'\nfiles = ['gone.wav']\n");
    assert!(home.fails(&[&make[..], &["none"]].concat()).contains("gone.wav"));
    home.write("gone.wav", &wav(8_000, 1, &[0; 10]));
    assert!(home.fails(&[&make[..], &["none"]].concat()).contains("silent"));
}

#[test]
fn what_is_packed_is_decoded_elsewhere_and_what_is_broken_costs_itself() {
    let home = Home::new();
    recordings(&home);
    // Not WAV by its first bytes: handed to the process that decodes, which takes RF64 for no sound.
    let mut other = fs::read(home.path("in/a.wav")).unwrap();
    other[..4].copy_from_slice(b"RF65");
    home.write("in/c.wav", &other);
    home.write("in/c.txt", b"0.1\t0.2\tcall\n");
    home.write("in/d.wav", b"RIFF\x04\0\0\0WAVE");
    home.write("in/d.txt", b"0.1\t0.2\tcall\n");
    home.write("recipe.toml", SHIFT);
    let ended = home.run(&["augment", "--recipe", "recipe.toml", "--from", "audacity", "--to", "native", "in", "out"]);
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(out.contains("4 originals, 2 children; 0 losses, 2 problems"), "{out}{err}");
    assert!(err.contains("bad_recording") && err.contains("c.wav"), "{err}");
}

#[test]
fn series_are_cut_and_warped_with_their_labels() {
    let home = Home::new();
    home.write(
        "load.toml",
        b"length = 400\nticks_per_second = 10\n[[channel]]\nname = 'load'\nlevel = 50\nnoise = 1\n\
        [[anomaly]]\nclass = 'outage'\nshape = 'missing'\ncount = [1, 3]\n",
    );
    home.ok(&["synthesize", "series", "--recipe", "load.toml", "--count", "6", "--output", "in"]);
    home.write(
        "recipe.toml",
        b"visibility = 0\n[[operation]]\nop = 'time_warp'\n[[operation]]\nop = 'window'\nshare = 0.5\n[[operation]]\nop = 'scale'\n[[operation]]\nop = 'jitter'\n",
    );
    let make = ["augment", "--recipe", "recipe.toml", "--factor", "3", "in"];
    home.ok(&[&make[..], &["out"]].concat());
    home.ok(&[&make[..], &["again"]].concat());
    assert_eq!(tree(&home.path("out")), tree(&home.path("again")));
    let items = items(&home, "out/labelwright.jsonl");
    assert_eq!(items.len(), 24);
    for item in items.iter().filter(|item| item["metadata"]["parent"].is_string()) {
        assert_eq!(item["clock"], json!({ "ticks_per_second": 10, "ticks": 200 }));
        let text = fs::read_to_string(home.path("out").join(item["key"].as_str().unwrap())).unwrap();
        let rows: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!((rows.len(), rows[0].split(',').next()), (200, Some("0")));
        // Where a label is, values are missing, up to the row that the warp cut through at either end.
        for region in item["answers"][0]["answer"]["regions"].as_array().unwrap() {
            let at = |name: &str| region["geometry"][name].as_u64().unwrap() as usize;
            let inner = rows[at("start")..at("end")].iter().skip(2).rev().skip(2);
            assert!(inner.clone().all(|row| row.ends_with(',')), "{region}");
        }
    }
    // Labels for another number of rows are told.
    let key = items[0]["key"].as_str().unwrap().to_owned();
    home.write(&format!("in/{key}"), b"tick,load\n0,1\n1,2\n");
    let ended = home.run(&[&make[..], &["third"]].concat());
    let err = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && err.contains("400 ticks") && err.contains("2 rows"), "{err}");
}

#[test]
fn children_of_what_judges_are_told_or_not_made() {
    let home = Home::new();
    let line = |key: &str, split: &str| {
        json!({ "key": key, "modality": "text", "hash": "", "text": "one two three", "answers": [], "split": split })
            .to_string()
    };
    let schema = json!({ "name": "s", "modality": "text", "fields": [], "classes": [], "relations": [] });
    let head = json!({ "format": "labelwright", "version": 1, "project": "p", "schema": schema });
    let lines = [head.to_string(), line("a", "train"), line("b", "test-dev"), line("c", "val2017")].join("\n");
    home.write("in/labelwright.jsonl", lines.as_bytes());
    home.write("recipe.toml", b"[[operation]]\nop = 'case'\nto = ['upper']\n");
    let ended = home.run(&["augment", "--recipe", "recipe.toml", "in", "out"]);
    let err = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && err.contains("2 x child_that_judges"), "{err}");
    let ended = home.run(&["augment", "--recipe", "recipe.toml", "--train-only", "in", "other"]);
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(out.contains("3 originals, 1 children") && err.contains("2 x judges"), "{out}{err}");
}
