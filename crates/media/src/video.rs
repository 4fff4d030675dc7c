//! Videos: how large they are, and when exactly each frame is shown, read from their containers. No picture is decoded:
//! that is left to browsers, which are told by the table which frame they show.

mod matroska;
mod mp4;
mod mp4_samples;
pub mod table;
pub mod times;

use crate::{
    Refused,
    limits::{FRAMES_MAXIMUM, VIDEO_SIDE_MAXIMUM},
};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
};
use table::Head;

/// The boxes with which MP4 and MOV files begin.
const BOXES: [&[u8; 4]; 7] = [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp"];

/// What a container says of its video track.
struct Found {
    media_type: &'static str,
    /// Pixels as they are stored, not yet turned.
    width: u32,
    height: u32,
    /// Degrees clockwise that turn it upright.
    rotation: u32,
    codec: String,
    ticks_per_second: u32,
    /// In any order.
    frames: Vec<Frame>,
    /// Frames that are decoded and never shown.
    unshown: u64,
}

/// One frame that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Frame {
    /// When it is shown, in ticks.
    at: i64,
    /// For how long, where the container says it; the next frame ends it earlier.
    ticks: i64,
    /// Can decoding begin here?
    sync: bool,
}

/// Reads the table of frames and writes it.
///
/// # Errors
/// What is wrong with the video, or that the table cannot be written.
pub fn prepare(mut source: File, output: &mut dyn Write) -> Result<Head, Refused> {
    let size = source.metadata().map_err(|error| unreadable(&error))?.len();
    if size == 0 {
        return Err(Refused::data("empty_file", "the file is empty"));
    }
    let mut start = [0; 12];
    let read = source.read(&mut start).map_err(|error| unreadable(&error))?;
    source.seek(SeekFrom::Start(0)).map_err(|error| unreadable(&error))?;
    let start = &start[..read];
    let found = if start.get(4..8).is_some_and(|kind| BOXES.iter().any(|known| *known == kind)) {
        mp4::read(source, size)?
    } else if start.starts_with(&matroska::MAGIC) {
        matroska::read(source, size)?
    } else {
        return Err(Refused::data("not_a_video", "this is no MP4, MOV, WebM or Matroska video"));
    };
    check(&found)?;
    table::write(found, output)
}

fn unreadable(error: &std::io::Error) -> Refused {
    if error.kind() == std::io::ErrorKind::UnexpectedEof {
        return Refused::data("truncated", "the file is cut off");
    }
    Refused::data("damaged", format!("the file cannot be read: {error}"))
}

fn too_many() -> Refused {
    Refused::data("too_long", format!("more than {FRAMES_MAXIMUM} frames; cut the video into parts"))
}

fn check(found: &Found) -> Result<(), Refused> {
    let (width, height) = (found.width, found.height);
    if !(1..=VIDEO_SIDE_MAXIMUM).contains(&width) || !(1..=VIDEO_SIDE_MAXIMUM).contains(&height) {
        let message = format!("{width} x {height} pixels; a side has 1 to {VIDEO_SIDE_MAXIMUM}");
        return Err(Refused::data("bad_size", message));
    }
    if found.ticks_per_second == 0 {
        return Err(Refused::data("bad_rate", "the video has a clock without ticks"));
    }
    if found.frames.is_empty() {
        return Err(Refused::data("no_frames", "the video has no frames"));
    }
    Ok(())
}
