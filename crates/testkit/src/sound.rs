//! Recordings for tests, made from numbers.

use std::f64::consts::TAU;

/// A WAV file of 16-bit samples, those of the channels beside each other.
pub fn wav(rate: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
    let bytes = samples.len() as u32 * 2;
    let align = channels * 2;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(align)).to_le_bytes());
    file.extend(align.to_le_bytes());
    file.extend(b"\x10\0data");
    file.extend(bytes.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

/// One channel that sounds at 440 Hz within these seconds and is silent elsewhere.
pub fn bursts(rate: u32, seconds: f64, sounding: &[(f64, f64)]) -> Vec<i16> {
    let count = (f64::from(rate) * seconds) as usize;
    let sample = |at: usize| {
        let time = at as f64 / f64::from(rate);
        let sounds = sounding.iter().any(|(from, to)| (*from..*to).contains(&time));
        if sounds { ((time * 440.0 * TAU).sin() * 16_000.0) as i16 } else { 0 }
    };
    (0..count).map(sample).collect()
}
