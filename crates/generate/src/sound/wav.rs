//! RIFF/WAVE files: PCM of 8, 16, 24 and 32 bits and floats (Microsoft and IBM 1991; Multimedia Registration Kit).

use super::{Form, Sound};
use crate::GenerateError;

const PCM: u32 = 1;
const FLOAT: u32 = 3;
const EXTENSIBLE: u32 = 0xfffe;

fn number(bytes: &[u8], at: usize, width: usize) -> Option<u32> {
    let part = bytes.get(at..at.checked_add(width)?)?;
    Some(part.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

fn wrong(message: impl Into<String>) -> GenerateError {
    GenerateError::Sound(message.into())
}

/// The samples of a file, over all channels `most_samples` at most. A last frame that is cut off is left out.
///
/// # Errors
/// When the bytes are no WAVE file, its samples are of another kind, or there are too many.
pub fn read(bytes: &[u8], most_samples: usize) -> Result<Sound, GenerateError> {
    if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err(wrong("not a WAVE file; only uncompressed .wav is read"));
    }
    let (mut at, mut format) = (12, None);
    while let Some(length) = number(bytes, at + 4, 4) {
        let name = bytes.get(at..at + 4).unwrap_or_default();
        let start = at + 8;
        if name == b"fmt " {
            let get =
                |offset, width| number(bytes, start + offset, width).ok_or_else(|| wrong("the format is cut off"));
            // Of the extensible format, the kind stands further on.
            let kind = if get(0, 2)? == EXTENSIBLE { get(24, 2)? } else { get(0, 2)? };
            format = Some((kind, get(2, 2)? as usize, get(4, 4)?, get(14, 2)?));
        }
        if name == b"data" {
            let Some(format) = format else { return Err(wrong("samples before their format")) };
            let end = start.saturating_add(length as usize).min(bytes.len());
            return samples(bytes.get(start..end).unwrap_or_default(), format, most_samples);
        }
        at = start.saturating_add(length as usize).saturating_add(length as usize % 2);
    }
    Err(wrong("no samples"))
}

type Format = (u32, usize, u32, u32);

fn samples(data: &[u8], (kind, channels, rate, bits): Format, most_samples: usize) -> Result<Sound, GenerateError> {
    if channels == 0 || rate == 0 {
        return Err(wrong(format!("{channels} channels, {rate} samples a second")));
    }
    let (sample, form): (fn(&[u8]) -> f32, Form) = match (kind, bits) {
        (PCM, 8) => (|b| (f32::from(b.first().copied().unwrap_or(128)) - 128.0) / 128.0, Form::Pcm16),
        (PCM, 16) => (|b| f32::from(i16::from_le_bytes(b.try_into().unwrap_or_default())) / 32_768.0, Form::Pcm16),
        (PCM, 24) => (
            |b| {
                let value = b.iter().rev().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
                ((value << 8) as i32 >> 8) as f32 / 8_388_608.0
            },
            Form::Pcm24,
        ),
        (PCM, 32) => (|b| i32::from_le_bytes(b.try_into().unwrap_or_default()) as f32 / 2_147_483_648.0, Form::Pcm24),
        (FLOAT, 32) => (|b| f32::from_le_bytes(b.try_into().unwrap_or_default()), Form::Float32),
        _ => return Err(wrong(format!("kind {kind} with {bits} bits; use PCM of 8 to 32 bits or 32-bit floats"))),
    };
    let width = bits as usize / 8;
    let frames = data.len() / (width * channels);
    if frames.saturating_mul(channels) > most_samples {
        return Err(wrong(format!("more than {most_samples} samples; cut it first")));
    }
    let mut all = vec![Vec::with_capacity(frames); channels];
    for frame in data.chunks_exact(width * channels) {
        for (channel, bytes) in all.iter_mut().zip(frame.chunks_exact(width)) {
            channel.push(sample(bytes));
        }
    }
    Ok(Sound { rate, channels: all, form })
}

/// The bytes of a file. What is beyond full scale is cut off, except of floats.
pub fn write(sound: &Sound) -> Vec<u8> {
    let (kind, width) = match sound.form {
        Form::Pcm16 => (PCM, 2),
        Form::Pcm24 => (PCM, 3),
        Form::Float32 => (FLOAT, 4),
    };
    let (channels, frames) = (sound.channels.len(), sound.frames());
    let data = frames * channels * width;
    // Kinds other than PCM say how many frames there are.
    let fact = if kind == PCM { 0 } else { 12 };
    let mut bytes = Vec::with_capacity(44 + fact + data + data % 2);
    let four = |bytes: &mut Vec<u8>, value: usize| bytes.extend(u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(b"RIFF");
    four(&mut bytes, 36 + fact + data + data % 2);
    bytes.extend(b"WAVEfmt ");
    four(&mut bytes, 16);
    bytes.extend((kind as u16).to_le_bytes());
    bytes.extend((channels as u16).to_le_bytes());
    four(&mut bytes, sound.rate as usize);
    four(&mut bytes, sound.rate as usize * channels * width);
    bytes.extend(((channels * width) as u16).to_le_bytes());
    bytes.extend((width as u16 * 8).to_le_bytes());
    if fact > 0 {
        bytes.extend(b"fact");
        four(&mut bytes, 4);
        four(&mut bytes, frames);
    }
    bytes.extend(b"data");
    four(&mut bytes, data);
    for at in 0..frames {
        for channel in &sound.channels {
            let sample = channel.get(at).copied().unwrap_or(0.0);
            match sound.form {
                Form::Pcm16 => bytes.extend((whole(sample, 32_768.0) as i16).to_le_bytes()),
                Form::Pcm24 => bytes.extend(&whole(sample, 8_388_608.0).to_le_bytes()[..3]),
                Form::Float32 => bytes.extend(sample.to_le_bytes()),
            }
        }
    }
    if data % 2 == 1 {
        bytes.push(0);
    }
    bytes
}

fn whole(sample: f32, scale: f64) -> i32 {
    (f64::from(sample) * scale).round().clamp(-scale, scale - 1.0) as i32
}
