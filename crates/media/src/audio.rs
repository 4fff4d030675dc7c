//! Recordings: how long they are, and their levels, which are all that an editor needs to draw hours of sound at once.

mod decode;
pub mod levels;
mod peaks;
mod spectrogram;

use crate::{Refused, limits::SECONDS_MAXIMUM};
use decode::Decoder;
use levels::Head;
use peaks::Peaks;
use spectrogram::Spectrogram;
use std::{fs::File, io::Write};

/// The clock of a recording, in ticks a second. A tick divides a sample and a millisecond, so that times of both kinds
/// are whole numbers of ticks.
pub fn ticks_per_second(sample_rate: u32) -> u32 {
    let (mut a, mut b) = (sample_rate.max(1), 1000);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    sample_rate.max(1) / a * 1000
}

/// Decodes a whole recording and writes its levels.
///
/// # Errors
/// What is wrong with the recording, or that the levels cannot be written.
pub fn prepare(source: File, output: &mut dyn Write) -> Result<Head, Refused> {
    let mut decoder = Decoder::open(source)?;
    let (rate, channels) = (decoder.sample_rate, decoder.channels);
    let mut peaks = Peaks::new(rate, channels);
    let mut spectrogram = Spectrogram::new(rate, decoder.expected);
    let (mut frames, mut mono) = (0u64, Vec::new());
    while let Some(samples) = decoder.read()? {
        frames += (samples.len() / channels) as u64;
        if frames > SECONDS_MAXIMUM * u64::from(rate) {
            let message = format!("the recording is longer than {} hours; cut it first", SECONDS_MAXIMUM / 3600);
            return Err(Refused::data("too_long", message));
        }
        mix(samples, channels, &mut mono);
        peaks.add(samples, &mono);
        spectrogram.add(&mono);
    }
    decoder.finish(frames)?;
    let per_second = ticks_per_second(rate);
    let head = Head {
        media_type: decoder.media_type.to_owned(),
        ticks: frames as i64 * i64::from(per_second / rate),
        ticks_per_second: per_second,
        sample_rate: rate,
        channels: decoder.channels as u16,
        peaks: levels::PeakLevels::default(),
        spectrogram: levels::SpectrogramLevels::default(),
    };
    Ok(levels::write(head, peaks.levels(), spectrogram.levels(), output)?)
}

/// Decodes a whole recording into a WAVE file of 32-bit floats. How long it is, is not known before its end: the lengths
/// in the header are the largest that there are, as of files that are still written.
///
/// # Errors
/// What is wrong with the recording, or that the samples cannot be written.
pub fn samples(source: File, output: &mut dyn Write) -> Result<(), Refused> {
    let mut decoder = Decoder::open(source)?;
    let (rate, channels) = (decoder.sample_rate, decoder.channels);
    let frame = channels as u32 * 4;
    let mut head = Vec::with_capacity(44);
    head.extend(b"RIFF\xff\xff\xff\xffWAVEfmt ");
    // IEEE floats (kind 3) of 32 bits.
    for (value, width) in [(16, 4), (3, 2), (channels as u32, 2), (rate, 4), (rate * frame, 4), (frame, 2), (32, 2)] {
        head.extend(&value.to_le_bytes()[..width]);
    }
    head.extend(b"data\xff\xff\xff\xff");
    output.write_all(&head)?;
    let (mut frames, mut bytes) = (0u64, Vec::new());
    while let Some(samples) = decoder.read()? {
        frames += (samples.len() / channels) as u64;
        bytes.clear();
        bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        output.write_all(&bytes)?;
    }
    decoder.finish(frames)?;
    output.flush()?;
    Ok(())
}

/// One channel out of all.
fn mix(samples: &[f32], channels: usize, mono: &mut Vec<f32>) {
    mono.clear();
    if channels == 1 {
        mono.extend_from_slice(samples);
        return;
    }
    let share = 1.0 / channels as f32;
    mono.extend(samples.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() * share));
}

#[cfg(test)]
mod tests {
    use super::ticks_per_second;

    #[test]
    fn a_tick_divides_a_sample_and_a_millisecond() {
        for (rate, ticks) in [(8_000, 8_000), (16_000, 16_000), (44_100, 441_000), (48_000, 48_000), (11_025, 441_000)]
        {
            assert_eq!(ticks_per_second(rate), ticks, "{rate}");
        }
        for rate in (1_000..768_000).step_by(7919) {
            let ticks = ticks_per_second(rate);
            assert_eq!((ticks % rate, ticks % 1000), (0, 0), "{rate}");
        }
    }
}
