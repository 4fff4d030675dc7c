//! Which pitches sound when: columns of loudness in bands that lie as the ear hears them (the mel scale: O'Shaughnessy,
//! "Speech Communication", 1987), in levels of four columns to one. A coarser column keeps the loudest.

use super::levels::{FACTOR, coarser};
use rustfft::{Fft, FftPlanner, num_complex::Complex};
use std::{f32::consts::TAU, sync::Arc};

/// Bands of one column.
pub const BANDS: usize = 64;
/// The loudness of 0 in a column; full scale is 255. In decibels of full scale.
pub const FLOOR_DECIBELS: f32 = -100.0;
/// About how much sound one column looks at, in seconds.
const WINDOW_SECONDS: f64 = 0.025;
/// More columns than these are joined in pairs, so that memory has a bound.
const COLUMNS_MAXIMUM: usize = 1 << 20;
/// A level with so few columns is the coarsest.
const COLUMNS_COARSEST: usize = 1024;

pub type Column = [u8; BANDS];

pub struct Spectrogram {
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    /// First bin of each band with the weights of the bins from there on.
    bands: Vec<(usize, Vec<f32>)>,
    hop: usize,
    /// Samples that wait until a window is full.
    waiting: Vec<f32>,
    buffer: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    columns: Vec<Column>,
    samples_per_column: usize,
    /// The column that is being filled, and of how many windows it is the loudest.
    open: Column,
    windows: usize,
    /// More columns than these are joined.
    most: usize,
}

fn mel(hertz: f32) -> f32 {
    2595.0 * (1.0 + hertz / 700.0).log10()
}

fn hertz(mel: f32) -> f32 {
    700.0 * (10f32.powf(mel / 2595.0) - 1.0)
}

/// Triangles over the bins of a transform. A band that is narrower than a bin takes the bin that it lies in.
fn bands(sample_rate: u32, size: usize) -> Vec<(usize, Vec<f32>)> {
    let top = mel(sample_rate as f32 / 2.0);
    let edge = |at: usize| hertz(top * at as f32 / (BANDS + 1) as f32) / sample_rate as f32 * size as f32;
    (0..BANDS)
        .map(|band| {
            let (low, middle, high) = (edge(band), edge(band + 1), edge(band + 2));
            let first = low.ceil() as usize;
            let last = (high.floor() as usize).min(size / 2);
            let weight = |bin: usize| {
                let bin = bin as f32;
                let (up, down) = ((bin - low) / (middle - low), (high - bin) / (high - middle));
                up.min(down).max(0.0)
            };
            let weights: Vec<f32> = (first..=last).map(weight).collect();
            if weights.iter().sum::<f32>() > 0.5 {
                (first, weights)
            } else {
                ((middle.round() as usize).min(size / 2), vec![1.0])
            }
        })
        .collect()
}

impl Spectrogram {
    /// `expected` is the number of samples that the header promises: for hours of sound, columns lie further apart.
    pub fn new(sample_rate: u32, expected: Option<u64>) -> Self {
        Self::of_at_most(COLUMNS_MAXIMUM, sample_rate, expected)
    }

    fn of_at_most(most: usize, sample_rate: u32, expected: Option<u64>) -> Self {
        let size = ((f64::from(sample_rate) * WINDOW_SECONDS) as usize).next_power_of_two().max(64);
        let fft = FftPlanner::new().plan_fft_forward(size);
        let mut hop = size / 4;
        while hop < size && expected.unwrap_or(0) / hop as u64 > most as u64 {
            hop *= 2;
        }
        let hann = |at: usize| 0.5 - 0.5 * (TAU * at as f32 / size as f32).cos();
        Self {
            window: (0..size).map(hann).collect(),
            bands: bands(sample_rate, size),
            hop,
            // So that the middle of a window is the middle of its column.
            waiting: vec![0.0; (size - hop) / 2],
            buffer: vec![Complex::default(); size],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
            columns: Vec::new(),
            samples_per_column: hop,
            open: [0; BANDS],
            windows: 0,
            most,
        }
    }

    pub fn add(&mut self, mono: &[f32]) {
        let size = self.window.len();
        self.waiting.extend(mono.iter().map(|sample| if sample.is_finite() { *sample } else { 0.0 }));
        let mut at = 0;
        while at + size <= self.waiting.len() {
            // The hop may grow with this column, for those behind it.
            let hop = self.hop;
            self.column(at);
            at += hop;
        }
        self.waiting.drain(..at.min(self.waiting.len()));
    }

    /// The column of the window that begins at this waiting sample.
    fn column(&mut self, at: usize) {
        let size = self.window.len();
        for ((slot, sample), weight) in self.buffer.iter_mut().zip(&self.waiting[at..at + size]).zip(&self.window) {
            *slot = Complex::new(sample * weight, 0.0);
        }
        self.fft.process_with_scratch(&mut self.buffer, &mut self.scratch);
        // A sine of full scale has a quarter of the window's length as the size of its bin.
        let scale = 4.0 / size as f32;
        let mut column = [0; BANDS];
        for (loudness, (first, weights)) in column.iter_mut().zip(&self.bands) {
            let power: f32 =
                weights.iter().zip(&self.buffer[*first..]).map(|(weight, bin)| weight * bin.norm_sqr()).sum();
            let decibels = 10.0 * (power * scale * scale).max(1e-12).log10();
            *loudness = ((decibels - FLOOR_DECIBELS) / -FLOOR_DECIBELS * 255.0).clamp(0.0, 255.0).round() as u8;
        }
        (self.open, self.windows) = (louder(self.open, column), self.windows + 1);
        if self.windows * self.hop >= self.samples_per_column {
            self.close();
        }
    }

    fn close(&mut self) {
        self.columns.push(self.open);
        (self.open, self.windows) = ([0; BANDS], 0);
        // An even number, so that no pair is torn.
        if self.columns.len() >= self.most && self.columns.len().is_multiple_of(2) {
            self.columns = coarser(&self.columns, 1, 2, louder);
            self.samples_per_column *= 2;
            // As far as the window reaches, what would be joined at once is not computed.
            if self.hop * 2 <= self.window.len() {
                self.hop *= 2;
            }
        }
    }

    /// Samples a column and the columns, finest first.
    pub fn levels(mut self) -> Vec<(usize, Vec<Column>)> {
        // Windows reach over the end as they do over the beginning.
        self.add(&vec![0.0; (self.window.len() - self.hop) / 2 + self.hop - 1]);
        if self.windows > 0 {
            self.close();
        }
        let mut levels = vec![(self.samples_per_column, self.columns)];
        while let Some((size, columns)) = levels.last()
            && columns.len() > COLUMNS_COARSEST
        {
            let next = (size * FACTOR, coarser(columns, 1, FACTOR, louder));
            levels.push(next);
        }
        levels
    }
}

fn louder(mut one: Column, other: Column) -> Column {
    for (band, more) in one.iter_mut().zip(other) {
        *band = (*band).max(more);
    }
    one
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_lights_the_band_of_its_pitch_and_silence_none() {
        let rate = 16_000;
        let tone =
            |hertz: f32| (0..rate).map(move |at| (TAU * hertz * at as f32 / rate as f32).sin()).collect::<Vec<_>>();
        for hertz in [250.0, 1000.0, 4000.0] {
            let mut spectrogram = Spectrogram::new(rate, None);
            for piece in tone(hertz).chunks(1000) {
                spectrogram.add(piece);
            }
            let (size, columns) = spectrogram.levels().remove(0);
            assert_eq!(columns.len(), (rate as usize).div_ceil(size));
            let column = columns[columns.len() / 2];
            let loudest = (0..BANDS).max_by_key(|band| column[*band]).unwrap();
            let middle = super::hertz(mel(rate as f32 / 2.0) * (loudest + 1) as f32 / (BANDS + 1) as f32);
            assert!((middle - hertz).abs() < hertz * 0.12, "{hertz}: {middle}");
            assert!(column[loudest] > 240, "{}", column[loudest]);
        }
        let mut silence = Spectrogram::new(rate, None);
        silence.add(&vec![0.0; 16_000]);
        assert!(silence.levels()[0].1.iter().flatten().all(|loudness| *loudness == 0));
    }

    /// However often columns are joined, a sound lies where it was heard.
    #[test]
    fn hours_of_sound_keep_their_times() {
        let rate = 8_000;
        for expected in [None, Some(60 * 8_000)] {
            let mut spectrogram = Spectrogram::of_at_most(200, rate, expected);
            for second in 0..60 {
                let loud = if second == 50 { 0.5 } else { 0.0 };
                let sound: Vec<f32> = (0..rate).map(|at| (at as f32 * 0.7).sin() * loud).collect();
                spectrogram.add(&sound);
            }
            let (size, columns) = spectrogram.levels().remove(0);
            assert_eq!(columns.len(), (60 * rate as usize).div_ceil(size), "{expected:?}");
            let loud: Vec<usize> =
                (0..columns.len()).filter(|at| columns[*at].iter().any(|band| *band > 200)).collect();
            let seconds = |at: usize| (at * size) as f64 / f64::from(rate);
            assert!((seconds(loud[0]) - 50.0).abs() < 0.4, "{}", seconds(loud[0]));
            assert!((seconds(loud[loud.len() - 1] + 1) - 51.0).abs() < 0.4, "{}", seconds(loud[loud.len() - 1] + 1));
        }
    }

    #[test]
    fn a_sound_shorter_than_a_window_has_a_column() {
        let mut short = Spectrogram::new(16_000, None);
        short.add(&[0.5; 10]);
        assert_eq!(short.levels()[0].1.len(), 1);
    }
}
