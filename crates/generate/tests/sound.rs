//! Recordings: what operations do to samples, measured, and to labels, exactly.
#![allow(clippy::unwrap_used)]

use labelwright_core::{
    Answer, LabelSchema, Region, Target, Value,
    geometry::{Geometry, Interval},
};
use labelwright_generate::{
    Random,
    augment::{Classes, Lineage, SoundItem, Sounds, Sourced, augment_sound},
    recipe::Recipe,
    sound::{Form, Sound, common_clock, read, write},
};
use proptest::prelude::*;
use std::{collections::BTreeMap, f64::consts::TAU};

const RATE: u32 = 16_000;

fn sine(hertz: f64, seconds: f64, rate: u32) -> Vec<f32> {
    let count = (seconds * f64::from(rate)) as usize;
    (0..count).map(|at| ((TAU * hertz * at as f64 / f64::from(rate)).sin() * 0.3) as f32).collect()
}

fn sound(channels: Vec<Vec<f32>>, rate: u32) -> Sound {
    Sound { rate, channels, form: Form::Float32 }
}

fn region(id: &str, start: i64, end: i64) -> Region {
    Region {
        id: id.into(),
        target: Target::Item,
        geometry: Geometry::Interval(Interval { start, end }),
        class: "sound".into(),
        attributes: BTreeMap::new(),
        score: None,
    }
}

fn item(sound: Sound, regions: Vec<Region>) -> SoundItem {
    let answer = Answer { regions, ..Answer::default() };
    SoundItem { key: "a.wav".into(), sound, answers: vec![Sourced { source: "anna".into(), answer }], clock: 1000 }
}

fn schema() -> LabelSchema {
    LabelSchema::parse(
        r##"{"name":"s","modality":"audio","classes":[{"id":"sound","title":"t","geometry":["interval"],"color":"#000000",
            "attributes":[{"id":"text","title":"t","kind":{"type":"text"}}]}],
            "fields":[{"id":"transcript","title":"t","kind":{"type":"text"}}]}"##,
    )
    .unwrap()
}

fn made(recipe: &str, item: SoundItem, seed: u64) -> (SoundItem, Lineage) {
    made_with(recipe, item, &Sounds::new(), seed)
}

fn made_with(recipe: &str, item: SoundItem, sounds: &Sounds, seed: u64) -> (SoundItem, Lineage) {
    let recipe = Recipe::parse(recipe).unwrap();
    augment_sound(&recipe, &Classes::of(&schema()), item, sounds, &mut Random::new(seed)).unwrap()
}

fn power(samples: &[f32]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64
}

/// The frequency at which a sound is loudest, by the discrete transform at a fine grid.
fn pitch(samples: &[f32], rate: u32, around: f64) -> f64 {
    let middle = &samples[samples.len() / 4..(samples.len() / 4 + 8000).min(samples.len() * 3 / 4)];
    let loudness = |hertz: f64| {
        let (mut re, mut im) = (0.0, 0.0);
        for (at, sample) in middle.iter().enumerate() {
            let (sin, cos) = (TAU * hertz * at as f64 / f64::from(rate)).sin_cos();
            (re, im) = (re + f64::from(*sample) * cos, im + f64::from(*sample) * sin);
        }
        re * re + im * im
    };
    let places = (0..=200).map(|step| around * (0.9 + 0.2 * f64::from(step) / 200.0));
    places.map(|hertz| (hertz, loudness(hertz))).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0
}

#[test]
fn files_come_back_as_they_were() {
    let channels = vec![sine(440.0, 0.05, RATE), sine(300.0, 0.05, RATE)];
    for (form, step) in [(Form::Pcm16, 1.0 / 32_768.0), (Form::Pcm24, 1.0 / 8_388_608.0), (Form::Float32, 0.0)] {
        let own = Sound { form, ..sound(channels.clone(), RATE) };
        let back = read(&write(&own), usize::MAX).unwrap();
        assert_eq!((back.rate, back.form, back.frames()), (RATE, form, own.frames()));
        for (one, other) in own.channels.iter().flatten().zip(back.channels.iter().flatten()) {
            assert!((one - other).abs() <= step, "{one} {other}");
        }
        // What was read is written as it was.
        assert_eq!(write(&back), write(&read(&write(&back), usize::MAX).unwrap()));
    }
    assert!(read(&write(&sound(channels, RATE)), 100).unwrap_err().to_string().contains("more than 100 samples"));
    assert!(read(b"OggS", usize::MAX).unwrap_err().to_string().contains("WAVE"));
}

#[test]
fn noise_lies_as_far_below_as_is_said() {
    for kind in ["white", "pink"] {
        for snr in [0.0, 10.0, 25.0, 40.0] {
            let before = sound(vec![sine(440.0, 1.0, RATE), sine(600.0, 1.0, RATE)], RATE);
            let recipe = format!("[[operation]]\nop = 'sound_noise'\nkind = '{kind}'\nsnr = {snr}");
            let (after, lineage) = made(&recipe, item(before.clone(), vec![]), 4);
            // Noise as loud as the signal goes beyond full scale: all of it became quieter together.
            let quieter =
                lineage.operations.get(1).map_or(1.0, |gain| 10_f64.powf(gain["decibels"].as_f64().unwrap() / 20.0));
            let (mut own, mut noise) = (0.0, 0.0);
            for (one, other) in before.channels.iter().zip(&after.sound.channels) {
                own += power(one);
                let rest: Vec<f32> = other.iter().zip(one).map(|(b, a)| (f64::from(*b) / quieter) as f32 - a).collect();
                noise += power(&rest);
            }
            let measured = 10.0 * (own / noise).log10();
            assert!((measured - snr).abs() < 0.1, "{kind} {snr}: {measured}");
            assert!(after.sound.peak() <= 1.0 + 1e-6);
        }
    }
    // Of pink noise an octave has as much power as the next one; of white noise half as much.
    let octaves = |kind: &str| {
        let quiet = sound(vec![sine(50.0, 4.0, RATE)], RATE);
        let recipe = format!("[[operation]]\nop = 'sound_noise'\nkind = '{kind}'\nsnr = -40");
        let (after, _) = made(&recipe, item(quiet, vec![]), 1);
        let band = |low: f64, high: f64| -> f64 {
            let steps = 60;
            let at = |step: i32| low * (high / low).powf(f64::from(step) / f64::from(steps));
            (0..steps).map(|step| loudness(&after.sound.channels[0], at(step)) * (at(step + 1) - at(step))).sum()
        };
        band(2000.0, 4000.0) / band(1000.0, 2000.0)
    };
    let (pink, white) = (octaves("pink"), octaves("white"));
    assert!((0.5..2.0).contains(&pink) && (1.2..3.5).contains(&white) && white > pink * 1.3, "{pink} {white}");
}

fn loudness(samples: &[f32], hertz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (at, sample) in samples.iter().enumerate() {
        let (sin, cos) = (TAU * hertz * at as f64 / f64::from(RATE)).sin_cos();
        (re, im) = (re + f64::from(*sample) * cos, im + f64::from(*sample) * sin);
    }
    re * re + im * im
}

#[test]
fn stretching_keeps_the_pitch_and_shifting_the_pitch_keeps_the_length() {
    for hertz in [110.0, 440.0, 3000.0] {
        for speed in [0.7, 0.9, 1.3, 2.0] {
            let (after, _) = made(
                &format!("[[operation]]\nop = 'stretch'\nspeed = {speed}"),
                item(sound(vec![sine(hertz, 2.0, RATE)], RATE), vec![]),
                0,
            );
            let frames = (32_000.0_f64 / speed).round() as usize;
            assert_eq!(after.sound.frames(), frames);
            let found = pitch(&after.sound.channels[0], RATE, hertz);
            assert!((found / hertz - 1.0).abs() < 0.01, "{hertz} at {speed}: {found}");
            let level = power(&after.sound.channels[0]) / power(&sine(hertz, 2.0, RATE));
            assert!((0.8..1.2).contains(&level), "{hertz} at {speed}: {level}");
        }
        for semitones in [-5.0, -1.0, 3.0, 7.0] {
            let (after, _) = made(
                &format!("[[operation]]\nop = 'pitch_shift'\nsemitones = {semitones}"),
                item(sound(vec![sine(hertz, 2.0, RATE)], RATE), vec![]),
                0,
            );
            let wanted = hertz * 2_f64.powf(semitones / 12.0);
            assert_eq!(after.sound.frames(), 32_000);
            let found = pitch(&after.sound.channels[0], RATE, wanted);
            assert!((found / wanted - 1.0).abs() < 0.01, "{hertz} by {semitones}: {found} {wanted}");
        }
    }
}

/// A click stays within the window that pieces may be moved by.
#[test]
fn what_is_heard_stays_where_labels_are() {
    let mut samples = vec![0.0_f32; 32_000];
    for at in [4000, 16_000, 25_000] {
        samples[at..at + 40].iter_mut().for_each(|sample| *sample = 0.8);
    }
    for speed in [0.8, 1.25] {
        let labels = [4000, 16_000, 25_000].map(|at| region(&format!("r{at}"), at / 16, at / 16 + 3));
        let (after, _) = made(
            &format!("[[operation]]\nop = 'stretch'\nspeed = {speed}"),
            item(sound(vec![samples.clone()], RATE), labels.to_vec()),
            0,
        );
        for region in &after.answers[0].answer.regions {
            let Geometry::Interval(Interval { start, .. }) = region.geometry else { panic!() };
            let at = (start as f64 / f64::from(after.clock) * f64::from(RATE)) as usize;
            let away = (0.0125 * f64::from(RATE)) as usize + 45;
            let near = &after.sound.channels[0][at.saturating_sub(away)..at + away];
            assert!(near.iter().any(|sample| *sample > 0.4), "{speed}: {}", region.id);
        }
    }
}

#[test]
fn a_room_answers_where_the_sound_was() {
    let mut click = vec![0.0_f32; 8000];
    click[3000] = 0.5;
    // Ten samples before the direct sound, an echo half as loud 500 samples behind it.
    let mut response = vec![0.0_f32; 600];
    (response[10], response[510]) = (0.8, 0.4);
    let sounds = Sounds::from([("room.wav".to_owned(), sound(vec![response], RATE))]);
    let recipe = "[[operation]]\nop = 'impulse_response'\nfiles = ['room.wav']";
    let (after, lineage) =
        made_with(recipe, item(sound(vec![click.clone()], RATE), vec![region("r", 100, 200)]), &sounds, 0);
    let own = &after.sound.channels[0];
    assert_eq!(own.len(), 8000);
    assert!((own[3500] / own[3000] - 0.5).abs() < 1e-3 && own[3000] > 0.3, "{} {}", own[3000], own[3500]);
    assert!((power(own) / power(&click) - 1.0).abs() < 1e-3, "as loud as before");
    assert_eq!(lineage.operations[0]["file"], "room.wav");
    // Of another rate, and with two channels for one.
    let other = sound(vec![vec![1.0, 0.0, 0.5, 0.0], vec![1.0, 0.0, 0.0, 0.0]], RATE / 2);
    let sounds = Sounds::from([("room.wav".to_owned(), other)]);
    let (after, _) = made_with(recipe, item(sound(vec![click.clone(), click], RATE), vec![]), &sounds, 0);
    assert_eq!((after.sound.channels.len(), after.sound.frames()), (2, 8000));
}

#[test]
fn masks_hide_what_they_say_and_nothing_else() {
    let tone = sine(1000.0, 1.0, RATE);
    let (after, lineage) = made(
        "[[operation]]\nop = 'time_mask'\ncount = 1\nseconds = 0.2",
        item(sound(vec![tone.clone()], RATE), vec![region("all", 0, 1000)]),
        3,
    );
    let range = &lineage.operations[0]["samples"][0];
    let (start, end) = (range[0].as_u64().unwrap() as usize, range[1].as_u64().unwrap() as usize);
    assert_eq!(end - start, 3200);
    let own = &after.sound.channels[0];
    assert!(own[start + 300..end - 300].iter().all(|sample| sample.abs() < 1e-6));
    for at in (0..start.saturating_sub(512)).chain(end + 512..RATE as usize) {
        assert!((own[at] - tone[at]).abs() < 1e-6, "{at}");
    }
    assert!((lineage.visibility["anna/all"] - 0.8).abs() < 1e-9);
    // Two tones; a band takes the one that lies in it.
    let both: Vec<f32> = sine(1000.0, 1.0, RATE).iter().zip(&sine(5000.0, 1.0, RATE)).map(|(a, b)| a + b).collect();
    let mut seen = [false; 2];
    for seed in 0..40 {
        let (after, lineage) = made(
            "[[operation]]\nop = 'frequency_mask'\ncount = 1\nhertz = 1500",
            item(sound(vec![both.clone()], RATE), vec![]),
            seed,
        );
        let low = lineage.operations[0]["hertz"][0][0].as_f64().unwrap();
        for (which, hertz) in [1000.0, 5000.0].into_iter().enumerate() {
            let left = loudness(&after.sound.channels[0], hertz) / loudness(&both, hertz);
            if low + 150.0 < hertz && hertz < low + 1350.0 {
                seen[which] = true;
                assert!(left < 0.01, "{hertz} in {low}: {left}");
            } else if hertz < low - 150.0 || hertz > low + 1650.0 {
                assert!((left - 1.0).abs() < 0.02, "{hertz} out of {low}: {left}");
            }
        }
    }
    assert_eq!(seen, [true; 2]);
}

#[test]
fn bands_go_with_the_pitch_and_hide_with_masks() {
    let mut low = region("low", 100, 200);
    low.attributes =
        BTreeMap::from([("low_hz".into(), Value::Number(500.0)), ("high_hz".into(), Value::Number(1000.0))]);
    let mut high = region("high", 100, 200);
    high.attributes =
        BTreeMap::from([("low_hz".into(), Value::Number(5000.0)), ("high_hz".into(), Value::Number(6000.0))]);
    let tone = sound(vec![sine(700.0, 0.5, RATE)], RATE);
    let (after, lineage) =
        made("[[operation]]\nop = 'pitch_shift'\nsemitones = 12", item(tone.clone(), vec![low.clone(), high]), 0);
    let regions = &after.answers[0].answer.regions;
    assert_eq!(regions.len(), 1, "an octave up, 5000 Hz are beyond half of the rate");
    assert_eq!(regions[0].attributes["low_hz"], Value::Number(1000.0));
    assert_eq!(regions[0].attributes["high_hz"], Value::Number(2000.0));
    assert_eq!(lineage.notes["region_out_of_sight"], 1);
    let (_, lineage) = made("[[operation]]\nop = 'frequency_mask'\nhertz = 8000\ncount = 1", item(tone, vec![low]), 0);
    assert!(lineage.visibility["anna/low"].abs() < 1e-9);
}

#[test]
fn what_is_cut_loses_its_words() {
    let mut cut = region("cut", 0, 400);
    cut.attributes.insert("text".into(), Value::Text("good morning".into()));
    let mut whole = region("whole", 600, 700);
    whole.attributes.insert("text".into(), Value::Text("bye".into()));
    let mut own = item(
        sound(vec![sine(440.0, 1.0, RATE)], RATE),
        vec![cut, whole, region("gone", 0, 100), region("point", 950, 951)],
    );
    own.answers[0].answer.fields.insert("transcript".into(), Value::Text("good morning bye".into()));
    let (after, lineage) = made("[[operation]]\nop = 'time_shift'\nseconds = -0.2", own.clone(), 0);
    let answer = &after.answers[0].answer;
    let ids: Vec<&str> = answer.regions.iter().map(|region| region.id.as_str()).collect();
    assert_eq!(ids, ["cut", "whole", "point"]);
    assert!(answer.regions[0].attributes.is_empty() && answer.fields.is_empty());
    assert_eq!(answer.regions[1].attributes["text"], Value::Text("bye".into()));
    assert_eq!((lineage.notes["text_of_what_is_cut"], lineage.notes["region_out_of_sight"]), (2, 1));
    assert!((lineage.visibility["anna/cut"] - 0.5).abs() < 1e-9);
    // A millisecond is sixteen samples, and the point stays one millisecond long.
    let Geometry::Interval(point) = &answer.regions[2].geometry else { panic!() };
    assert_eq!((point.start, point.end), (750 * 16, 751 * 16));
    // Padding cuts nothing.
    let (after, lineage) = made("[[operation]]\nop = 'time_shift'\nseconds = 0.25\npad = true", own, 0);
    assert_eq!((after.sound.frames(), lineage.notes.len()), (20_000, 0));
    assert_eq!(after.answers[0].answer.fields.len(), 1);
    assert!(after.sound.channels[0][..4000].iter().all(|sample| *sample == 0.0));
}

#[test]
fn silence_and_bad_samples_are_told() {
    let silent = sound(vec![vec![0.0; 100]], RATE);
    let (_, lineage) = made("[[operation]]\nop = 'sound_noise'", item(silent, vec![]), 0);
    assert_eq!((lineage.operations.len(), lineage.notes["silent_recording"]), (0, 1));
    let recipe = Recipe::parse("[[operation]]\nop = 'gain'").unwrap();
    for channels in [vec![vec![f32::NAN]], vec![vec![]], vec![]] {
        let own = item(sound(channels, RATE), vec![]);
        assert!(augment_sound(&recipe, &Classes::default(), own, &Sounds::new(), &mut Random::new(0)).is_err());
    }
    let long = item(sound(vec![vec![0.1; 1 << 24]], RATE), vec![]);
    let recipe = Recipe::parse("[[operation]]\nop = 'time_shift'\nseconds = 3600\npad = true").unwrap();
    let made = augment_sound(&recipe, &Classes::default(), long, &Sounds::new(), &mut Random::new(0));
    assert!(made.unwrap_err().to_string().contains("more than"));
    assert_eq!((common_clock(44_100, 1000), common_clock(u32::MAX, u32::MAX - 1)), (Some(441_000), None));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    /// Times after a shift, in samples, are those before and the shift, to the sample; a region that left is gone, one that
    /// was cut ends at the border. The same seed gives the same samples.
    #[test]
    fn shifts_are_exact_to_the_sample(
        rate in prop_oneof![Just(8000_u32), Just(11_025), Just(44_100)],
        seconds in -0.4_f64..0.4,
        regions in proptest::collection::vec((0..480_i64, 2..200_i64), 0..6),
        seed in any::<u64>(),
    ) {
        let frames = (f64::from(rate) * 0.5) as i64;
        let all: Vec<Region> = regions.iter().enumerate()
            .map(|(at, (start, length))| region(&at.to_string(), *start, (start + length).min(500))).collect();
        let own = item(sound(vec![sine(300.0, 0.5, rate)], rate), all.clone());
        let recipe = format!("visibility = 0\n[[operation]]\nop = 'time_shift'\nseconds = {seconds}");
        let (after, lineage) = made(&recipe, own.clone(), seed);
        let Some(by) = lineage.operations.first().map(|numbers| numbers["samples"].as_i64().unwrap()) else { return Ok(()) };
        prop_assert_eq!(by, (seconds * f64::from(rate)).round() as i64);
        let (tick, unit) = (i64::from(after.clock / rate), i64::from(after.clock / 1000));
        let mut kept = after.answers[0].answer.regions.iter();
        for before in &all {
            let Geometry::Interval(Interval { start, end }) = before.geometry else { unreachable!() };
            let (start, end) = (start * unit + by * tick, end * unit + by * tick);
            let wanted = (start.max(0), end.min(frames * tick));
            if wanted.0 >= wanted.1 {
                continue;
            }
            let region = kept.next().unwrap();
            prop_assert_eq!(&region.id, &before.id);
            prop_assert_eq!(&region.geometry, &Geometry::Interval(Interval { start: wanted.0, end: wanted.1 }));
        }
        prop_assert!(kept.next().is_none());
        // Samples are where their labels are.
        for (at, sample) in own.sound.channels[0].iter().enumerate() {
            let to = at as i64 + by;
            if (0..frames).contains(&to) {
                prop_assert_eq!(after.sound.channels[0][to as usize], *sample);
            }
        }
        prop_assert_eq!(made(&recipe, own, seed), (after, lineage));
    }

    /// Whatever is done: regions lie in the recording, in their order, and none is lost without being counted.
    #[test]
    fn labels_stay_in_the_recording(
        regions in proptest::collection::vec((0..480_i64, 1..200_i64), 0..8),
        seed in any::<u64>(),
    ) {
        let all: Vec<Region> = regions.iter().enumerate()
            .map(|(at, (start, length))| region(&at.to_string(), *start, (start + length).min(500))).collect();
        let own = item(sound(vec![sine(300.0, 0.5, 8000), sine(200.0, 0.5, 8000)], 8000), all.clone());
        let recipe = "[[operation]]\nop = 'stretch'\nprobability = 0.6\n[[operation]]\nop = 'time_shift'\nprobability = 0.6\n\
            [[operation]]\nop = 'pitch_shift'\nprobability = 0.3\n[[operation]]\nop = 'time_mask'\nprobability = 0.5\n\
            [[operation]]\nop = 'gain'\ndecibels = [0, 30]\nprobability = 0.5\n[[operation]]\nop = 'frequency_mask'\nprobability = 0.3";
        let (after, lineage) = made(recipe, own, seed);
        let length = after.sound.frames() as i64 * i64::from(after.clock / 8000);
        prop_assert_eq!((after.sound.rate, after.sound.channels.len()), (8000, 2));
        prop_assert!(after.sound.is_sound() && after.sound.peak() <= 1.0 + 1e-5);
        let kept = &after.answers[0].answer.regions;
        for region in kept {
            let Geometry::Interval(Interval { start, end }) = region.geometry else { unreachable!() };
            prop_assert!(0 <= start && start < end && end <= length, "{} {} {}", start, end, length);
        }
        let gone = lineage.notes.get("region_out_of_sight").copied().unwrap_or(0);
        prop_assert_eq!(kept.len() as u64 + gone, all.len() as u64);
    }
}
