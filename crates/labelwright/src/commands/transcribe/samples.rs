//! Samples as recognisers of speech want them: one channel, 16,000 a second, 16 bits. A recording goes through in pieces,
//! so that hours of it need no more memory than a minute.

use labelwright_generate::sound::resample;
use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
};

const RATE: u32 = 16_000;
/// Seconds of one piece, and of what is looked at beside it: a whole number of samples at every rate.
const PIECE: usize = 30;
const MARGIN: usize = 1;
/// Bytes of the header of a WAVE file.
const HEADER: usize = 44;

/// Reads what [`labelwright_workflow::decoding::Decoder::samples`] writes, and writes a WAVE file of speech. How many
/// seconds it has.
pub fn speech(source: File, output: &mut File) -> io::Result<f64> {
    let mut source = BufReader::new(source);
    let mut header = [0; HEADER];
    source.read_exact(&mut header)?;
    let channels = usize::from(u16::from_le_bytes([header[22], header[23]])).max(1);
    let rate = u32::from_le_bytes([header[24], header[25], header[26], header[27]]).max(1) as usize;
    let mut writer = BufWriter::new(&mut *output);
    writer.write_all(&[0; HEADER])?;
    // What is at hand begins this many frames before the piece that is to be written.
    let (mut hand, mut before) = (Vec::<f32>::new(), 0);
    let (mut frames, mut written) = (0usize, 0usize);
    loop {
        let wanted = before + (PIECE + MARGIN) * rate;
        let more = mono(&mut source, channels, wanted.saturating_sub(hand.len()), &mut hand)?;
        let is_last = hand.len() < wanted;
        frames += more;
        // Whole seconds at hand, so that a sample of the piece lies where it does in the whole.
        let seconds = hand.len().div_ceil(rate);
        let count = if is_last { frames * RATE as usize / rate - written } else { PIECE * RATE as usize };
        hand.resize(seconds * rate, 0.0);
        let made = resample(&hand, seconds * RATE as usize);
        let skipped = before / rate * RATE as usize;
        for sample in made.iter().skip(skipped).take(count) {
            let sample = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16;
            writer.write_all(&sample.to_le_bytes())?;
        }
        written += count;
        if is_last {
            break;
        }
        hand.drain(..before + (PIECE - MARGIN) * rate);
        before = MARGIN * rate;
    }
    writer.flush()?;
    drop(writer);
    output.seek(SeekFrom::Start(0))?;
    output.write_all(&heading(u32::try_from(written * 2).unwrap_or(u32::MAX)))?;
    Ok(frames as f64 / rate as f64)
}

/// Adds up to so many frames, all channels as one; how many there were.
fn mono(source: &mut impl Read, channels: usize, most: usize, hand: &mut Vec<f32>) -> io::Result<usize> {
    let mut frame = vec![0; channels * 4];
    for count in 0..most {
        match source.read_exact(&mut frame) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(count),
            Err(error) => return Err(error),
        }
        let sum: f32 =
            frame.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).sum();
        let sample = sum / channels as f32;
        hand.push(if sample.is_finite() { sample } else { 0.0 });
    }
    Ok(most)
}

fn heading(bytes: u32) -> Vec<u8> {
    let mut head = b"RIFF".to_vec();
    head.extend(bytes.saturating_add(36).to_le_bytes());
    head.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    head.extend(RATE.to_le_bytes());
    head.extend((RATE * 2).to_le_bytes());
    head.extend(b"\x02\0\x10\0data");
    head.extend(bytes.to_le_bytes());
    head
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A tone in a WAVE file of floats whose header does not know its length; the second channel is silent.
    fn tone(rate: u32, frames: usize) -> File {
        let mut file = tempfile::tempfile().unwrap();
        let mut head = vec![0u8; HEADER];
        head[22] = 2;
        head[24..28].copy_from_slice(&rate.to_le_bytes());
        file.write_all(&head).unwrap();
        let sample = |at: usize| (at as f64 / f64::from(rate) * 440.0 * std::f64::consts::TAU).sin() as f32;
        let bytes: Vec<u8> = (0..frames).flat_map(|at| [sample(at), 0.0]).flat_map(f32::to_le_bytes).collect();
        file.write_all(&bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        file
    }

    #[test]
    fn pieces_join_without_a_seam() {
        for (rate, frames) in [(8_000, 8_000 * 61 + 777), (44_100, 44_100 * 32), (16_000, 16_000 * 31), (22_050, 7)] {
            let mut output = tempfile::tempfile().unwrap();
            let seconds = speech(tone(rate, frames), &mut output).unwrap();
            assert_eq!(seconds, frames as f64 / f64::from(rate));
            let mut bytes = Vec::new();
            output.seek(SeekFrom::Start(0)).unwrap();
            output.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes.len(), HEADER + frames * 16_000 / rate as usize * 2, "{rate}");
            assert_eq!(bytes[40..44], (bytes.len() as u32 - 44).to_le_bytes());
            let samples = bytes[HEADER..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
            let count = samples.len();
            for (at, sample) in samples.enumerate().take(count.saturating_sub(100)).skip(100) {
                let wanted = (at as f64 / 16_000.0 * 440.0 * std::f64::consts::TAU).sin() * 0.5;
                assert!((f64::from(sample) / 32_767.0 - wanted).abs() < 0.01, "{rate}: {at}");
            }
        }
    }
}
