//! The table of frames: a word, the length of the head, the head as JSON, then the times of all frames, then the frames
//! at which decoding can begin.
//!
//! Times are runs of frames that are shown equally long, so that an hour at one rate takes eight bytes.

use super::{Found, Frame};
use crate::{Refused, limits::FRAMES_MAXIMUM};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// The first bytes.
pub const WORD: &[u8; 8] = b"LWVIDEO1";
/// No head is longer, in bytes.
const HEAD_BYTES_MAXIMUM: u32 = 64 << 10;

/// What is known of a video. Offsets are counted from the end of the head; numbers there are unsigned, of four bytes, the
/// least significant first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub media_type: String,
    /// Pixels of the upright picture.
    pub width: u32,
    pub height: u32,
    /// Degrees clockwise by which a player turns it.
    pub rotation: u32,
    /// As RFC 6381 writes it, where the container says so much.
    pub codec: String,
    pub frames: u32,
    pub ticks_per_second: u32,
    /// When the first frame is shown, in ticks of the container.
    pub first: i64,
    /// From when the first frame is shown until the last one is not any more.
    pub ticks: i64,
    /// Is every frame shown equally long, up to a tick (and up to a millisecond where that is longer)?
    pub constant: bool,
    /// Frames that are decoded and never shown: cut off by an edit list, hidden, or at the time of another one.
    pub unshown: u64,
    /// Pairs of a count of frames and the ticks for which each is shown.
    pub runs: Part,
    /// Frames at which decoding can begin, by their numbers from 0.
    pub syncs: Part,
    /// Of a sequence of pictures: where each lies in the item. Low and high part of its first byte, and its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pictures: Option<Part>,
}

/// So many entries at a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub count: usize,
    pub offset: u64,
}

/// Frames in the order in which they are shown, each at another time, and until when the last one is.
fn ordered(mut frames: Vec<Frame>) -> (Vec<Frame>, i64, u64) {
    frames.sort_by_key(|frame| frame.at);
    let before = frames.len();
    // Of two at the same time one is seen; where one can be decoded by itself, so can the time.
    frames.dedup_by(|later, earlier| {
        let same = later.at == earlier.at;
        if same {
            earlier.sync |= later.sync;
        }
        same
    });
    let unshown = (before - frames.len()) as u64;
    let last = frames.last().copied().unwrap_or(Frame { at: 0, ticks: 1, sync: true });
    // The last one is shown as long as it says, else as long as the one before.
    let usual = frames.iter().rev().nth(1).map_or(1, |frame| last.at.saturating_sub(frame.at));
    let end = last.at.saturating_add(if last.ticks > 0 { last.ticks } else { usual }.max(1));
    (frames, end, unshown)
}

pub(super) fn write(found: Found, output: &mut dyn Write) -> Result<Head, Refused> {
    let (frames, end, same) = ordered(found.frames);
    let mut runs: Vec<[u32; 2]> = Vec::new();
    let next = frames.iter().skip(1).map(|frame| frame.at).chain([end]);
    let (mut shortest, mut longest) = (u32::MAX, 0);
    for (number, (frame, next)) in frames.iter().zip(next).enumerate() {
        let ticks = next.checked_sub(frame.at).and_then(|ticks| u32::try_from(ticks).ok());
        let Some(ticks) = ticks else {
            let message = format!("frame {number} is shown for longer than a table of frames can say");
            return Err(Refused::data("too_long", message));
        };
        if number + 1 < frames.len() {
            (shortest, longest) = (shortest.min(ticks), longest.max(ticks));
        }
        match runs.last_mut() {
            Some([count, same]) if *same == ticks => *count += 1,
            _ => runs.push([1, ticks]),
        }
    }
    let syncs: Vec<u32> =
        frames.iter().enumerate().filter(|(_, frame)| frame.sync).map(|(number, _)| number as u32).collect();
    let slack = (found.ticks_per_second / 1000).max(1);
    let turned = found.rotation % 180 == 90;
    let first = frames.first().map_or(0, |frame| frame.at);
    let (width, height) = if turned { (found.height, found.width) } else { (found.width, found.height) };
    let head = Head {
        media_type: found.media_type.to_owned(),
        width,
        height,
        rotation: found.rotation,
        codec: found.codec,
        frames: frames.len() as u32,
        ticks_per_second: found.ticks_per_second,
        first,
        ticks: end.saturating_sub(first),
        constant: longest.saturating_sub(shortest) <= slack,
        unshown: found.unshown + same,
        runs: Part { count: runs.len(), offset: 0 },
        syncs: Part { count: syncs.len(), offset: runs.len() as u64 * 8 },
        pictures: None,
    };
    Ok(file(head, runs.as_flattened().iter().chain(&syncs), output)?)
}

fn file<'a>(head: Head, numbers: impl Iterator<Item = &'a u32>, output: &mut dyn Write) -> io::Result<Head> {
    let json = serde_json::to_vec(&head)?;
    output.write_all(WORD)?;
    output.write_all(&(json.len() as u32).to_le_bytes())?;
    output.write_all(&json)?;
    for number in numbers {
        output.write_all(&number.to_le_bytes())?;
    }
    output.flush()?;
    Ok(head)
}

/// Writes the table of a sequence of pictures that lie in one file: of each its first byte and its bytes.
///
/// # Errors
/// When there is none, there are too many, or the table cannot be written.
pub fn of_pictures(
    media_type: &str,
    [width, height]: [u32; 2],
    per_second: f64,
    places: &[(u64, u32)],
    output: &mut dyn Write,
) -> Result<Head, Refused> {
    let frames = places.len();
    if frames == 0 {
        return Err(Refused::data("no_frames", "the sequence has no pictures"));
    }
    if frames > FRAMES_MAXIMUM {
        return Err(super::too_many());
    }
    // A tick divides a frame a thousand times, so that every rate with three places is exact.
    let ticks = 1000_u32;
    let ticks_per_second = (per_second * f64::from(ticks)).round().clamp(1.0, f64::from(u32::MAX)) as u32;
    let runs = [frames as u32, ticks];
    let syncs: Vec<u32> = (0..frames as u32).collect();
    let pictures: Vec<u32> =
        places.iter().flat_map(|(start, bytes)| [*start as u32, (start >> 32) as u32, *bytes]).collect();
    let head = Head {
        media_type: media_type.to_owned(),
        width,
        height,
        rotation: 0,
        codec: "pictures".to_owned(),
        frames: frames as u32,
        ticks_per_second,
        first: 0,
        ticks: frames as i64 * i64::from(ticks),
        constant: true,
        unshown: 0,
        runs: Part { count: 1, offset: 0 },
        syncs: Part { count: frames, offset: 8 },
        pictures: Some(Part { count: frames, offset: 8 + frames as u64 * 4 }),
    };
    Ok(file(head, runs.iter().chain(&syncs).chain(&pictures), output)?)
}

/// The head of a table of frames.
///
/// # Errors
/// When this is none.
pub fn read_head(input: &mut dyn Read) -> io::Result<Head> {
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "this is no table of frames");
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
