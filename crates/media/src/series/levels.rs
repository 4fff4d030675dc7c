//! The file of levels of a series: a word, the length of the head, the head as JSON, then the levels, the coarsest first,
//! then for each bin of the finest level its first row, then the ticks of all rows, then their numbers.
//!
//! A bin stands for a stretch of ticks, whether rows lie in it or not: what lies where on a screen follows from the
//! number of the bin. It keeps the lowest and the highest value of each channel, so that no spike is lost at any zoom.

use super::columns::{Timed, TimedChannel};
use labelwright_core::Moment;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// The first bytes.
pub const WORD: &[u8; 8] = b"LWSERIE1";
/// Bins of a level that make one of the next.
const FACTOR: usize = 4;
/// No head is longer, in bytes.
const HEAD_BYTES_MAXIMUM: u32 = 256 << 10;
/// Pairs of lowest and highest value in the finest level, of all channels together.
const PAIRS_MAXIMUM: usize = 1 << 22;
/// Rows that a bin of the finest level stands for, in the mean: fewer are read as they are.
const ROWS_A_BIN: usize = 8;
/// A level with so few bins is the coarsest.
const BINS_COARSEST: usize = 512;

/// What is known of a series, and where its levels lie. Offsets are counted from the end of the head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub media_type: String,
    /// The time of the first row, as the file writes it.
    pub first: Moment,
    /// From the first row to the last, and one more: the last row lies within.
    pub ticks: i64,
    pub ticks_per_second: u32,
    pub rows: u64,
    pub channels: Vec<ChannelHead>,
    /// Columns that hold words, by name: they are not drawn.
    pub left_out: Vec<String>,
    pub levels: Vec<Level>,
    /// Unsigned numbers of four bytes, one a bin of the finest level and one more: the first row in the bin or behind it.
    pub index: u64,
    /// Ticks of all rows: floating numbers of eight bytes, which are whole.
    pub times: u64,
    /// Numbers row by row, as in a level.
    pub values: u64,
}

/// A channel. Its numbers are `base` plus what stands in levels and rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelHead {
    pub name: String,
    pub base: f64,
    /// Lowest and highest number.
    pub low: f64,
    pub high: f64,
    /// Rows without a number.
    pub missing: u64,
}

/// Bins of two floating numbers of four bytes a channel, lowest and highest; no numbers where there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Ticks that a bin stands for.
    pub ticks: i64,
    pub count: usize,
    pub offset: u64,
}

type Pair = [f32; 2];
const NOTHING: Pair = [f32::NAN, f32::NAN];

/// `min` and `max` of floating numbers leave out what is no number.
fn joined(one: Pair, other: Pair) -> Pair {
    [one[0].min(other[0]), one[1].max(other[1])]
}

/// Ticks of a bin of the finest level.
fn bin_ticks(ticks: i64, rows: usize, channels: usize) -> i64 {
    let most = (PAIRS_MAXIMUM / channels.max(1)).min(rows.div_ceil(ROWS_A_BIN)).max(1) as i64;
    (ticks + most - 1) / most
}

/// The finest level, bin after bin, in each the channels; with it the first row of each bin.
fn finest(timed: &Timed, size: i64, count: usize) -> (Vec<Pair>, Vec<u32>) {
    let channels = timed.channels.len();
    let mut bins = vec![NOTHING; count * channels];
    let mut index = Vec::with_capacity(count + 1);
    for (row, tick) in timed.ticks.iter().enumerate() {
        let bin = (tick / size) as usize;
        while index.len() <= bin {
            index.push(row as u32);
        }
        let own = &mut bins[bin * channels..][..channels];
        for (pair, channel) in own.iter_mut().zip(&timed.channels) {
            let value = channel.values[row];
            *pair = joined(*pair, [value, value]);
        }
    }
    index.resize(count + 1, timed.ticks.len() as u32);
    (bins, index)
}

fn coarser(bins: &[Pair], channels: usize) -> Vec<Pair> {
    let mut found = Vec::with_capacity(bins.len().div_ceil(FACTOR) + channels);
    for group in bins.chunks(channels * FACTOR) {
        for channel in 0..channels {
            found.push(group.iter().skip(channel).step_by(channels).copied().fold(NOTHING, joined));
        }
    }
    found
}

fn channel_head(channel: &TimedChannel) -> ChannelHead {
    let [low, high] = channel.values.iter().fold(NOTHING, |all, value| joined(all, [*value, *value]));
    let number = |value: f32| channel.base + if value.is_nan() { 0.0 } else { f64::from(value) };
    ChannelHead {
        name: channel.name.clone(),
        base: channel.base,
        low: number(low),
        high: number(high),
        missing: channel.missing,
    }
}

/// Writes the file; the head that is given back says where everything lies.
pub fn write(media_type: &str, timed: Timed, output: &mut dyn Write) -> io::Result<Head> {
    let (rows, channels) = (timed.ticks.len(), timed.channels.len());
    let ticks = timed.ticks.last().copied().unwrap_or(0) + 1;
    let size = bin_ticks(ticks, rows, channels);
    let count = ((ticks + size - 1) / size) as usize;
    let (bins, index) = finest(&timed, size, count);
    let mut levels = vec![(size, bins)];
    while let Some((size, bins)) = levels.last()
        && bins.len() > BINS_COARSEST * channels
    {
        let next = (size * FACTOR as i64, coarser(bins, channels));
        levels.push(next);
    }
    levels.reverse();
    let mut offset = 0;
    let mut place = |bytes: usize| {
        let at = offset;
        offset += bytes as u64;
        at
    };
    let head = Head {
        media_type: media_type.to_owned(),
        first: timed.first,
        ticks,
        ticks_per_second: timed.ticks_per_second,
        rows: rows as u64,
        channels: timed.channels.iter().map(channel_head).collect(),
        left_out: timed.left_out,
        levels: levels
            .iter()
            .map(|(ticks, bins)| Level { ticks: *ticks, count: bins.len() / channels, offset: place(bins.len() * 8) })
            .collect(),
        index: place(index.len() * 4),
        times: place(rows * 8),
        values: place(rows * channels * 4),
    };
    let json = serde_json::to_vec(&head)?;
    output.write_all(WORD)?;
    output.write_all(&(json.len() as u32).to_le_bytes())?;
    output.write_all(&json)?;
    for value in levels.iter().flat_map(|(_, bins)| bins.as_flattened()) {
        output.write_all(&value.to_le_bytes())?;
    }
    for row in &index {
        output.write_all(&row.to_le_bytes())?;
    }
    for tick in &timed.ticks {
        output.write_all(&(*tick as f64).to_le_bytes())?;
    }
    for row in 0..rows {
        for channel in &timed.channels {
            output.write_all(&channel.values[row].to_le_bytes())?;
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
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "these are no levels of a series");
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
