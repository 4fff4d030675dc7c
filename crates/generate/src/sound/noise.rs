//! Noise at a stated distance from the signal.

use super::{Sound, power, resample};
use crate::Random;
use serde::Deserialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hiss {
    /// As much power at every frequency.
    White,
    /// As much power in every octave.
    Pink,
    /// From a recording.
    File,
}

/// Noise of its own for each channel; nothing for noise that comes from a file.
pub fn hiss(kind: Hiss, channels: usize, frames: usize, random: &mut Random) -> Vec<Vec<f32>> {
    let one = |random: &mut Random| -> Vec<f32> {
        match kind {
            Hiss::White => (0..frames).map(|_| random.normal() as f32).collect(),
            Hiss::Pink => pink(frames, random),
            Hiss::File => Vec::new(),
        }
    };
    (0..channels).map(|_| one(random)).collect()
}

/// White noise through a filter that falls by 3 dB an octave, within 0.05 dB above 9 Hz at 44,100 samples a second
/// (P. Kellet, 1999).
fn pink(frames: usize, random: &mut Random) -> Vec<f32> {
    const POLES: [(f64, f64); 6] = [
        (0.998_86, 0.055_517_9),
        (0.993_32, 0.075_075_9),
        (0.969, 0.153_852),
        (0.866_5, 0.310_485_6),
        (0.55, 0.532_952_2),
        (-0.761_6, -0.016_898),
    ];
    let (mut states, mut last) = ([0.0; 6], 0.0);
    let mut next = || {
        let white = random.normal();
        for (state, (keep, take)) in states.iter_mut().zip(POLES) {
            *state = keep * *state + take * white;
        }
        let sum = states.iter().sum::<f64>() + last + white * 0.536_2;
        last = white * 0.115_926;
        sum as f32
    };
    // The slowest pole needs a while until it is as loud as it will be.
    for _ in 0..5_000 {
        next();
    }
    (0..frames).map(|_| next()).collect()
}

/// As much of a recording as is wanted, from a place drawn by chance and over and over, at another one's sample rate.
pub fn from_recording(noise: &Sound, channels: usize, frames: usize, rate: u32, random: &mut Random) -> Vec<Vec<f32>> {
    let length = (noise.frames() as u128 * u128::from(rate) / u128::from(noise.rate.max(1))).max(1) as usize;
    let start = random.below(length);
    let looped: Vec<Vec<f32>> = noise
        .channels
        .iter()
        .map(|channel| {
            let own = if noise.rate == rate { channel.clone() } else { resample(channel, length) };
            own.iter().copied().cycle().skip(start).take(frames).collect()
        })
        .collect();
    looped.iter().cycle().take(channels).cloned().collect()
}

/// Adds noise so that the recording's power is `decibels` above the noise's, over all of its length and channels. False
/// when one of the two is silent, and nothing is above nothing.
pub fn add_noise(sound: &mut Sound, noise: &[Vec<f32>], decibels: f64) -> bool {
    let (own, other) = (sound.power(), power(noise));
    if own <= 0.0 || other <= 0.0 {
        return false;
    }
    let factor = (own / (other * 10_f64.powf(decibels / 10.0))).sqrt();
    for (channel, noise) in sound.channels.iter_mut().zip(noise) {
        for (sample, more) in channel.iter_mut().zip(noise) {
            *sample += (f64::from(*more) * factor) as f32;
        }
    }
    true
}
