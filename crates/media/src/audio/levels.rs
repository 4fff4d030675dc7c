//! The file of levels: a word, the length of the head, the head as JSON, then all levels, the coarsest first, peaks before
//! columns. Whoever wants an overview reads its beginning; whoever looks closely reads the parts that are seen.

use super::{
    peaks::Pair,
    spectrogram::{BANDS, Column, FLOOR_DECIBELS},
};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// The first bytes.
pub const WORD: &[u8; 8] = b"LWAUDIO1";
/// Bins of a level that make one of the next.
pub const FACTOR: usize = 4;
/// No head is longer, in bytes.
const HEAD_BYTES_MAXIMUM: u32 = 64 << 10;

/// What is known of a recording, and where its levels lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub media_type: String,
    pub ticks: i64,
    pub ticks_per_second: u32,
    pub sample_rate: u32,
    pub channels: u16,
    pub peaks: PeakLevels,
    pub spectrogram: SpectrogramLevels,
}

/// Bins of two 16-bit numbers a lane, the least significant byte first: lowest and highest sample, 32767 is full scale.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PeakLevels {
    pub lanes: usize,
    pub levels: Vec<Level>,
}

/// Columns of one byte a band, the lowest pitch first: 0 is `floor_decibels`, 255 full scale.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SpectrogramLevels {
    pub bands: usize,
    pub floor_decibels: f32,
    pub levels: Vec<Level>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Samples of one channel that a bin or column stands for.
    pub samples: usize,
    /// Bins or columns.
    pub count: usize,
    /// Its first byte, counted from the end of the head.
    pub offset: u64,
}

/// Joins so many bins of `lanes` values to one. Those that are left at the end make the last.
pub fn coarser<T: Copy>(bins: &[T], lanes: usize, factor: usize, join: impl Fn(T, T) -> T) -> Vec<T> {
    let mut found = Vec::with_capacity(bins.len().div_ceil(factor) + lanes);
    for group in bins.chunks(lanes * factor) {
        for lane in 0..lanes {
            let mut of_lane = group.iter().skip(lane).step_by(lanes).copied();
            if let Some(first) = of_lane.next() {
                found.push(of_lane.fold(first, &join));
            }
        }
    }
    found
}

type PeakBins = (usize, Vec<(usize, Vec<Pair>)>);

/// Writes the file; the head that is given back says where the levels lie.
pub fn write(
    mut head: Head,
    (lanes, peaks): PeakBins,
    columns: Vec<(usize, Vec<Column>)>,
    output: &mut dyn Write,
) -> io::Result<Head> {
    let mut offset = 0;
    let mut place = |samples: usize, count: usize, bytes: usize| {
        let level = Level { samples, count, offset };
        offset += bytes as u64;
        level
    };
    head.peaks.lanes = lanes;
    (head.spectrogram.bands, head.spectrogram.floor_decibels) = (BANDS, FLOOR_DECIBELS);
    // Level by level, so that the beginning of the file is an overview of both.
    let depth = peaks.len().max(columns.len());
    let both = |at: usize| (peaks.get(at), columns.get(at));
    for at in (0..depth).rev() {
        let (bins, columns) = both(at);
        if let Some((size, bins)) = bins {
            head.peaks.levels.push(place(*size, bins.len() / lanes, bins.len() * 4));
        }
        if let Some((size, columns)) = columns {
            head.spectrogram.levels.push(place(*size, columns.len(), columns.len() * BANDS));
        }
    }
    let json = serde_json::to_vec(&head)?;
    output.write_all(WORD)?;
    output.write_all(&(json.len() as u32).to_le_bytes())?;
    output.write_all(&json)?;
    for at in (0..depth).rev() {
        let (bins, columns) = both(at);
        for [low, high] in bins.iter().flat_map(|(_, bins)| bins) {
            output.write_all(&low.to_le_bytes())?;
            output.write_all(&high.to_le_bytes())?;
        }
        if let Some((_, columns)) = columns {
            output.write_all(columns.as_flattened())?;
        }
    }
    output.flush()?;
    Ok(head)
}

/// The head of a file of levels.
///
/// # Errors
/// When this is none.
pub fn read_head(input: &mut dyn Read) -> io::Result<Head> {
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "these are no levels of a recording");
    let (mut word, mut length) = ([0; 8], [0; 4]);
    input.read_exact(&mut word)?;
    input.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if word != *WORD || length > HEAD_BYTES_MAXIMUM {
        return Err(bad());
    }
    let mut json = vec![0; length as usize];
    input.read_exact(&mut json)?;
    serde_json::from_slice(&json).map_err(|_| bad())
}
