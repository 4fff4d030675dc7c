//! Masks of time and frequency (D. Park et al., SpecAugment, 2019) on the short-time Fourier transform and back. Pieces
//! overlap by three quarters under a Hann window, so that what no mask touches comes back as it was.

use super::Sound;
use rustfft::{FftPlanner, num_complex::Complex};
use std::ops::Range;

/// Length of a piece in seconds; the next power of two is taken.
const PIECE_SECONDS: f64 = 0.02;
const OVERLAP: usize = 4;
/// Sum of the squared windows over each sample: 3/8 of the overlap.
const WHOLE: f32 = 0.375 * OVERLAP as f32;

fn piece(rate: u32) -> usize {
    ((PIECE_SECONDS * f64::from(rate)) as usize).next_power_of_two().max(16)
}

fn window(size: usize) -> Vec<f32> {
    (0..size).map(|at| (0.5 - 0.5 * (std::f64::consts::TAU * at as f64 / size as f64).cos()) as f32).collect()
}

/// Starts of all pieces that touch a recording.
fn starts(frames: usize, size: usize) -> impl Iterator<Item = i64> {
    let hop = size / OVERLAP;
    (1..OVERLAP as i64)
        .rev()
        .map(move |before| -before * hop as i64)
        .chain((0..frames).step_by(hop).map(|start| start as i64))
}

/// Silences pieces whose middles lie in one of the ranges of samples.
pub fn mask_times(sound: &mut Sound, ranges: &[Range<usize>]) {
    let (size, frames) = (piece(sound.rate), sound.frames());
    let window = window(size);
    let mut kept = vec![1.0_f32; frames];
    for start in starts(frames, size) {
        let middle = start + size as i64 / 2;
        let is_hidden = ranges.iter().any(|range| usize::try_from(middle).is_ok_and(|middle| range.contains(&middle)));
        if !is_hidden {
            continue;
        }
        for (at, weight) in window.iter().enumerate() {
            if let Some(kept) = usize::try_from(start + at as i64).ok().and_then(|place| kept.get_mut(place)) {
                *kept -= weight * weight / WHOLE;
            }
        }
    }
    for channel in &mut sound.channels {
        channel.iter_mut().zip(&kept).for_each(|(sample, kept)| *sample *= kept.max(0.0));
    }
}

/// Takes bands of frequencies (hertz) out of the whole recording.
pub fn mask_frequencies(sound: &mut Sound, bands: &[Range<f64>]) {
    let (size, frames, rate) = (piece(sound.rate), sound.frames(), f64::from(sound.rate));
    let window = window(size);
    let mut planner = FftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    // Both halves of the spectrum of real samples.
    let is_hidden: Vec<bool> = (0..size)
        .map(|bin| {
            let hertz = bin.min(size - bin) as f64 * rate / size as f64;
            bands.iter().any(|band| band.contains(&hertz))
        })
        .collect();
    let scale = 1.0 / (WHOLE * size as f32);
    let mut buffer = vec![Complex::new(0.0, 0.0); size];
    for channel in &mut sound.channels {
        let old = channel.clone();
        for start in starts(frames, size) {
            for (at, (slot, weight)) in buffer.iter_mut().zip(&window).enumerate() {
                let sample = usize::try_from(start + at as i64).ok().and_then(|place| old.get(place));
                *slot = Complex::new(sample.copied().unwrap_or(0.0) * weight, 0.0);
            }
            forward.process(&mut buffer);
            // What is hidden, to be taken away.
            for (value, hidden) in buffer.iter_mut().zip(&is_hidden) {
                if !hidden {
                    *value = Complex::new(0.0, 0.0);
                }
            }
            inverse.process(&mut buffer);
            for (at, (value, weight)) in buffer.iter().zip(&window).enumerate() {
                if let Some(slot) = usize::try_from(start + at as i64).ok().and_then(|place| channel.get_mut(place)) {
                    *slot -= value.re * weight * scale;
                }
            }
        }
    }
}
