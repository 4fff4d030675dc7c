//! Sounds in RIFF/WAVE files as one channel.

use crate::environment::Failure;
use labelwright_generate::{GenerateError, sound};
use std::path::Path;

/// Samples of one channel (the mean of all), -1 to 1, and how many there are a second.
pub fn read(path: &Path) -> Result<(Vec<f32>, u32), Failure> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    parse(&bytes).map_err(|message| format!("{}: {message}", path.display()).into())
}

fn parse(bytes: &[u8]) -> Result<(Vec<f32>, u32), String> {
    let sound = sound::read(bytes, usize::MAX).map_err(|error| match error {
        // The file's name goes before it.
        GenerateError::Sound(message) => message,
        other => other.to_string(),
    })?;
    let count = sound.channels.len() as f32;
    let mean = |at| sound.channels.iter().filter_map(|channel| channel.get(at)).sum::<f32>() / count;
    Ok(((0..sound.frames()).map(mean).collect(), sound.rate))
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
