//! How a room, a telephone or a loudspeaker answers: convolution with its impulse response, in pieces by the fast Fourier
//! transform (overlap and add).

use super::{Sound, resample};
use rustfft::{FftPlanner, num_complex::Complex};

/// An impulse response at the sample rate of what it is used on.
pub struct Response {
    channels: Vec<Vec<f32>>,
    /// Where the direct sound is: it stays where it was.
    direct: usize,
}

impl Response {
    /// None for one without any sound.
    pub fn of(sound: &Sound, rate: u32) -> Option<Self> {
        let to = (sound.frames() as u128 * u128::from(rate) / u128::from(sound.rate.max(1))).max(1) as usize;
        let own = |channel: &Vec<f32>| if sound.rate == rate { channel.clone() } else { resample(channel, to) };
        let channels: Vec<Vec<f32>> = sound.channels.iter().map(own).collect();
        let loudness = |at: usize| channels.iter().map(|channel| channel.get(at).map_or(0.0, |s| s.abs())).sum::<f32>();
        let direct =
            (0..channels.first()?.len()).max_by(|a, b| loudness(*a).total_cmp(&loudness(*b)).then(b.cmp(a)))?;
        (loudness(direct) > 0.0).then_some(Self { channels, direct })
    }
}

/// The recording as the response makes it sound, as long as before and as loud as before; `share` of it, and the rest as
/// it was.
pub fn convolve(sound: &mut Sound, response: &Response, share: f64) {
    let before = sound.power();
    let wet: Vec<Vec<f32>> = sound
        .channels
        .iter()
        .zip(response.channels.iter().cycle())
        .map(|(channel, response_channel)| convolved(channel, response_channel, response.direct))
        .collect();
    let after = super::power(&wet);
    let loud = if after > 0.0 { (before / after).sqrt() } else { 0.0 };
    for (channel, wet) in sound.channels.iter_mut().zip(&wet) {
        for (sample, wet) in channel.iter_mut().zip(wet) {
            *sample = (f64::from(*sample) * (1.0 - share) + f64::from(*wet) * loud * share) as f32;
        }
    }
    let mixed = sound.power();
    if mixed > 0.0 {
        sound.amplify((before / mixed).sqrt() as f32);
    }
}

/// Samples `skip..skip + samples.len()` of the whole convolution.
fn convolved(samples: &[f32], response: &[f32], skip: usize) -> Vec<f32> {
    const LEAST: usize = 1 << 12;
    let size = (2 * response.len()).next_power_of_two().max(LEAST);
    let step = size - response.len() + 1;
    let mut planner = FftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum = |part: &[f32]| {
        let mut buffer = vec![Complex::new(0.0, 0.0); size];
        buffer.iter_mut().zip(part).for_each(|(slot, sample)| slot.re = *sample);
        forward.process(&mut buffer);
        buffer
    };
    let own = spectrum(response);
    let mut out = vec![0.0_f32; samples.len()];
    let scale = 1.0 / size as f32;
    for (number, part) in samples.chunks(step).enumerate() {
        let mut buffer = spectrum(part);
        buffer.iter_mut().zip(&own).for_each(|(value, own)| *value *= own);
        inverse.process(&mut buffer);
        let start = number * step;
        for (at, value) in buffer.iter().enumerate().take(part.len() + response.len() - 1) {
            if let Some(slot) = (start + at).checked_sub(skip).and_then(|place| out.get_mut(place)) {
                *slot += value.re * scale;
            }
        }
    }
    out
}
