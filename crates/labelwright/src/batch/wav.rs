//! Sounds in RIFF/WAVE files: PCM of 8, 16, 24 and 32 bits and floats (Microsoft and IBM 1991; Multimedia Registration Kit).

use crate::environment::Failure;
use std::path::Path;

/// Samples of one channel (the mean of all), -1 to 1, and how many there are a second.
pub fn read(path: &Path) -> Result<(Vec<f32>, u32), Failure> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    parse(&bytes).map_err(|message| format!("{}: {message}", path.display()).into())
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<u32> {
    let part = bytes.get(at..at + width)?;
    Some(part.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

fn parse(bytes: &[u8]) -> Result<(Vec<f32>, u32), String> {
    if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err("not a WAVE file; only uncompressed .wav is read".into());
    }
    let (mut at, mut format) = (12, None);
    while let Some(length) = number(bytes, at + 4, 4) {
        let name = bytes.get(at..at + 4).unwrap_or_default();
        let start = at + 8;
        if name == b"fmt " {
            let get = |offset, width| number(bytes, start + offset, width).ok_or("the format is cut off");
            // Of the extensible format, the kind stands further on.
            let kind = if get(0, 2)? == 0xfffe { get(24, 2)? } else { get(0, 2)? };
            format = Some((kind, get(2, 2)? as usize, get(4, 4)?, get(14, 2)?));
        }
        if name == b"data" {
            let Some((kind, channels, rate, bits)) = format else { return Err("samples before their format".into()) };
            if channels == 0 || rate == 0 {
                return Err(format!("{channels} channels, {rate} samples a second"));
            }
            let end = start.saturating_add(length as usize).min(bytes.len());
            let data = bytes.get(start..end).unwrap_or_default();
            let sample: fn(&[u8]) -> f32 = match (kind, bits) {
                (1, 8) => |b| (f32::from(b.first().copied().unwrap_or(128)) - 128.0) / 128.0,
                (1, 16) => |b| f32::from(i16::from_le_bytes(b.try_into().unwrap_or_default())) / 32_768.0,
                (1, 24) => |b| {
                    let value = b.iter().rev().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
                    ((value << 8) as i32 >> 8) as f32 / 8_388_608.0
                },
                (1, 32) => |b| i32::from_le_bytes(b.try_into().unwrap_or_default()) as f32 / 2_147_483_648.0,
                (3, 32) => |b| f32::from_le_bytes(b.try_into().unwrap_or_default()),
                _ => return Err(format!("kind {kind} with {bits} bits; use PCM of 8 to 32 bits or 32-bit floats")),
            };
            let width = bits as usize / 8;
            let frames = data.chunks_exact(width * channels);
            let samples =
                frames.map(|frame| frame.chunks_exact(width).map(sample).sum::<f32>() / channels as f32).collect();
            return Ok((samples, rate));
        }
        at = start.saturating_add(length as usize).saturating_add(length as usize % 2);
    }
    Err("no samples".into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn file(kind: u16, channels: u16, bits: u16, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(channels.to_le_bytes());
        bytes.extend(8000_u32.to_le_bytes());
        bytes.extend([0; 6]);
        bytes.extend(bits.to_le_bytes());
        bytes.extend(b"data");
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn kinds_of_samples_and_broken_files() {
        assert_eq!(parse(&file(1, 1, 16, &[0, 64, 0, 192])), Ok((vec![0.5, -0.5], 8000)));
        assert_eq!(parse(&file(1, 2, 8, &[192, 128])), Ok((vec![0.25], 8000)));
        assert_eq!(parse(&file(1, 1, 24, &[0, 0, 192])), Ok((vec![-0.5], 8000)));
        assert_eq!(parse(&file(3, 1, 32, &0.25_f32.to_le_bytes())), Ok((vec![0.25], 8000)));
        assert!(parse(&file(85, 1, 0, &[1])).unwrap_err().contains("PCM"));
        assert!(parse(&file(1, 0, 16, &[])).is_err() && parse(b"OggS").is_err() && parse(b"RIFF1234WAVE").is_err());
    }
}
