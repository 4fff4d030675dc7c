//! Calls for the transcription project: two voices that take turns, made of tones that move as those of vowels do, with
//! pauses, a knock now and then, and on some lines noise. Nobody has ever said these words; the pauses are real ones.

use super::dice::Dice;
use std::f64::consts::TAU;

/// Samples a second, which is also the clock of such a recording.
pub const RATE: u32 = 8_000;

pub struct Turn {
    pub class: &'static str,
    /// In samples.
    pub start: i64,
    pub end: i64,
    pub text: String,
}

pub struct Call {
    /// A WAV file of one channel.
    pub wav: Vec<u8>,
    pub turns: Vec<Turn>,
    pub is_noisy: bool,
}

const OPENINGS: [&str; 6] = [
    "good morning the parcel has not arrived",
    "hello my invoice shows the wrong amount",
    "hi I would like to change my address",
    "good evening the heating is cold again",
    "hello I lost the key to my locker",
    "morning can I move the appointment to friday",
];
const REPLIES: [&str; 6] = [
    "let me look that up for you",
    "may I have the number please",
    "that should not have happened",
    "one moment please",
    "I will send somebody this afternoon",
    "thank you I have noted it",
];

/// The lowest two resonances of vowels in hertz (Peterson and Barney, "Control methods used in a study of the vowels",
/// 1952).
fn resonances(letter: char) -> Option<[f64; 2]> {
    Some(match letter {
        'a' => [730.0, 1090.0],
        'e' => [530.0, 1840.0],
        'i' | 'y' => [270.0, 2290.0],
        'o' => [570.0, 840.0],
        'u' => [300.0, 870.0],
        _ => return None,
    })
}

struct Voice {
    class: &'static str,
    pitch: f64,
}

struct Track {
    samples: Vec<f64>,
}

impl Track {
    fn at(&self) -> usize {
        self.samples.len()
    }

    fn rest(&mut self, seconds: f64) {
        let to = self.at() + (seconds * f64::from(RATE)) as usize;
        self.samples.resize(to, 0.0);
    }

    /// One letter: vowels sound, the others hiss.
    fn letter(&mut self, letter: char, pitch: f64, dice: &mut Dice) {
        let seconds = if resonances(letter).is_some() { 0.085 } else { 0.045 };
        let count = (seconds * f64::from(RATE)) as usize;
        for step in 0..count {
            let share = step as f64 / count as f64;
            let swell = (share * TAU / 2.0).sin().max(0.15);
            let time = self.at() as f64 / f64::from(RATE);
            let sound = match resonances(letter) {
                Some(peaks) => vowel(time, pitch, peaks),
                None => dice.between(-0.25, 0.25),
            };
            self.samples.push(sound * swell * 0.5);
        }
    }

    fn knock(&mut self, dice: &mut Dice) {
        let count = (0.18 * f64::from(RATE)) as usize;
        for step in 0..count {
            let fade = (-(step as f64) / count as f64 * 5.0).exp();
            self.samples.push(dice.between(-0.8, 0.8) * fade);
        }
    }
}

/// Harmonics of a pitch, louder near the resonances.
fn vowel(time: f64, pitch: f64, peaks: [f64; 2]) -> f64 {
    let mut sound = 0.0;
    for harmonic in 1..=12 {
        let hertz = pitch * f64::from(harmonic);
        let near = |peak: f64, weight: f64| weight / (1.0 + ((hertz - peak) / 130.0).powi(2));
        sound += (time * hertz * TAU).sin() * (near(peaks[0], 1.0) + near(peaks[1], 0.6) + 0.04);
    }
    sound.clamp(-1.6, 1.6) / 1.6
}

pub fn record(index: u64) -> Call {
    let mut dice = Dice::new("call", index);
    let mut track = Track { samples: Vec::new() };
    let mut turns = Vec::new();
    let is_noisy = dice.chance(0.25);
    let caller = Voice { class: "speaker_1", pitch: dice.between(170.0, 220.0) };
    let agent = Voice { class: "speaker_2", pitch: dice.between(95.0, 130.0) };
    track.rest(dice.between(0.3, 0.7));
    for number in 0..2 + dice.below(3) {
        let (voice, lines) = if number % 2 == 0 { (&caller, &OPENINGS) } else { (&agent, &REPLIES) };
        let text = if number == 2 { dice.pick(&REPLIES) } else { dice.pick(lines) };
        let start = track.at() as i64;
        for word in text.split(' ') {
            for letter in word.chars() {
                let bend = 1.0 + 0.06 * (track.at() as f64 / 2500.0).sin();
                track.letter(letter.to_ascii_lowercase(), voice.pitch * bend, &mut dice);
            }
            track.rest(0.05);
        }
        let end = track.at() as i64;
        turns.push(Turn { class: voice.class, start, end, text: (*text).to_owned() });
        track.rest(dice.between(0.4, 0.9));
        if dice.chance(0.2) {
            let start = track.at() as i64;
            track.knock(&mut dice);
            turns.push(Turn { class: "noise", start, end: track.at() as i64, text: String::new() });
            track.rest(dice.between(0.3, 0.6));
        }
    }
    track.rest(0.4);
    let floor = if is_noisy { 0.03 } else { 0.002 };
    let samples: Vec<i16> = track
        .samples
        .iter()
        .map(|sample| ((sample + dice.between(-floor, floor)).clamp(-1.0, 1.0) * 30_000.0) as i16)
        .collect();
    Call { wav: wav(&samples), turns, is_noisy }
}

/// The RIFF file of 16-bit samples of one channel.
fn wav(samples: &[i16]) -> Vec<u8> {
    let bytes = samples.len() as u32 * 2;
    let mut file = Vec::with_capacity(44 + bytes as usize);
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    // The length of what follows; plain samples; one channel.
    file.extend(16u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

#[cfg(test)]
mod tests {
    use super::record;

    #[test]
    fn turns_lie_in_the_recording_one_behind_the_other_and_come_the_same_again() {
        for index in 0..20 {
            let call = record(index);
            let samples = (call.wav.len() as i64 - 44) / 2;
            let mut before = 0;
            for turn in &call.turns {
                assert!(before < turn.start && turn.start < turn.end && turn.end < samples, "{index}");
                before = turn.end;
            }
            assert_eq!(record(index).wav, call.wav);
        }
    }
}
