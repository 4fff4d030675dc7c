//! Recordings as samples, and what augmentation does to them. All channels go through the same change, so that what they
//! say to each other (where a voice stands) stays.

mod convolve;
mod mask;
mod noise;
mod resample;
mod stretch;
mod wav;

pub use convolve::{Response, convolve};
pub use mask::{mask_frequencies, mask_times};
pub use noise::{Hiss, add_noise, from_recording, hiss};
pub use resample::resample;
pub use stretch::stretch;
pub use wav::{read, write};

/// Samples over all channels of one recording: beyond this it is refused before memory is taken for it.
pub const SAMPLES_MAXIMUM: usize = 1 << 26;

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Pcm16,
    Pcm24,
    Float32,
}

/// A recording: full scale is -1 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// Samples a second, of one channel.
    pub rate: u32,
    /// All of one length.
    pub channels: Vec<Vec<f32>>,
    pub form: Form,
}

impl Sound {
    /// Samples of one channel.
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    pub fn samples(&self) -> usize {
        self.channels.iter().map(Vec::len).sum()
    }

    /// Are there samples, and are all of them numbers?
    pub fn is_sound(&self) -> bool {
        self.rate > 0 && self.frames() > 0 && self.channels.iter().flatten().all(|sample| sample.is_finite())
    }

    /// Mean square over all channels.
    pub fn power(&self) -> f64 {
        power(&self.channels)
    }

    /// The largest deviation from silence.
    pub fn peak(&self) -> f32 {
        self.channels.iter().flatten().fold(0.0, |most, sample| sample.abs().max(most))
    }

    pub fn amplify(&mut self, factor: f32) {
        self.channels.iter_mut().flatten().for_each(|sample| *sample *= factor);
    }

    /// Moves everything by so many samples: later for positive ones. The length stays.
    pub fn shift(&mut self, by: i64) {
        let away = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
        for channel in &mut self.channels {
            let away = away.min(channel.len());
            if by >= 0 {
                channel.rotate_right(away);
                channel[..away].fill(0.0);
            } else {
                channel.rotate_left(away);
                let kept = channel.len() - away;
                channel[kept..].fill(0.0);
            }
        }
    }

    /// Adds silence: before what is there for positive numbers, behind it for negative ones.
    pub fn pad(&mut self, by: i64) {
        let more = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
        for channel in &mut self.channels {
            let before = channel.len();
            channel.resize(before.saturating_add(more), 0.0);
            if by > 0 {
                channel.rotate_right(more);
            }
        }
    }

    /// One channel out of all.
    fn mixed(&self) -> Vec<f32> {
        let share = 1.0 / self.channels.len().max(1) as f32;
        (0..self.frames()).map(|at| self.channels.iter().map(|channel| channel[at]).sum::<f32>() * share).collect()
    }
}

fn power(channels: &[Vec<f32>]) -> f64 {
    let count: usize = channels.iter().map(Vec::len).sum();
    let sum: f64 = channels.iter().flatten().map(|sample| f64::from(*sample) * f64::from(*sample)).sum();
    if count == 0 { 0.0 } else { sum / count as f64 }
}

/// The clock of a recording's labels, in ticks a second: one that counts samples and what labels counted before, so that
/// neither is rounded. None when there is no such clock that 32 bits hold.
pub fn common_clock(one: u32, other: u32) -> Option<u32> {
    let (mut a, mut b) = (one.max(1), other.max(1));
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (one.max(1) / a).checked_mul(other.max(1))
}
