//! Matroska and WebM (RFC 9559, over EBML, RFC 8794): elements in elements. A block says when it is shown, whether it can
//! be decoded by itself, and whether it is shown at all; blocks lie in clusters, which say from when on they count.

use super::{Found, Frame, too_many, unreadable};
use crate::{Refused, limits::FRAMES_MAXIMUM};
use std::{
    fs::File,
    io::{BufReader, Read},
};

pub const MAGIC: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

/// Bytes of a header that is read into memory.
const HEADER_BYTES_MAXIMUM: u64 = 4 << 20;
const NANOSECONDS: u64 = 1_000_000_000;
/// Of a block, what tells when and how it is shown: track, time, flags, and the first bytes of the frame.
const BLOCK_BYTES: u64 = 16;
/// The size of an element that ends with what contains it.
const UNKNOWN: u64 = u64::MAX;

/// Elements by their identifiers.
mod id {
    pub const EBML: u64 = 0x1A45_DFA3;
    pub const DOC_TYPE: u64 = 0x4282;
    pub const SEGMENT: u64 = 0x1853_8067;
    pub const INFO: u64 = 0x1549_A966;
    pub const TIMESTAMP_SCALE: u64 = 0x2A_D7B1;
    pub const DURATION: u64 = 0x4489;
    pub const TRACKS: u64 = 0x1654_AE6B;
    pub const TRACK: u64 = 0xAE;
    pub const TRACK_NUMBER: u64 = 0xD7;
    pub const TRACK_TYPE: u64 = 0x83;
    pub const CODEC: u64 = 0x86;
    pub const DEFAULT_DURATION: u64 = 0x23_E383;
    pub const VIDEO: u64 = 0xE0;
    pub const WIDTH: u64 = 0xB0;
    pub const HEIGHT: u64 = 0xBA;
    pub const CLUSTER: u64 = 0x1F43_B675;
    pub const TIMESTAMP: u64 = 0xE7;
    pub const SIMPLE_BLOCK: u64 = 0xA3;
    pub const BLOCK_GROUP: u64 = 0xA0;
    pub const BLOCK: u64 = 0xA1;
    pub const BLOCK_DURATION: u64 = 0x9B;
    pub const REFERENCE: u64 = 0xFB;
}

fn damaged(message: impl Into<String>) -> Refused {
    Refused::data("damaged", message)
}

/// A file that is read element by element.
struct Reader {
    source: BufReader<File>,
    at: u64,
    size: u64,
}

impl Reader {
    fn byte(&mut self) -> Result<u8, Refused> {
        let mut byte = [0];
        self.source.read_exact(&mut byte).map_err(|error| unreadable(&error))?;
        self.at += 1;
        Ok(byte[0])
    }

    /// A number of as many bytes as the zeros before its first one say. Identifiers keep that one.
    fn variable(&mut self, longest: u32, keeps: bool) -> Result<u64, Refused> {
        let place = self.at;
        let first = self.byte()?;
        let more = first.leading_zeros();
        if more >= longest {
            return Err(damaged(format!("there is no element at byte {place}")));
        }
        let mask = if keeps { 0xff } else { 0xff_u8.checked_shr(more + 1).unwrap_or(0) };
        let mut value = u64::from(first & mask);
        let mut ones = first & mask == mask;
        for _ in 0..more {
            let byte = self.byte()?;
            ones &= byte == 0xff;
            value = value << 8 | u64::from(byte);
        }
        Ok(if ones && !keeps { UNKNOWN } else { value })
    }

    /// Identifier and size of the next element; what it says to hold must be there.
    fn element(&mut self) -> Result<(u64, u64), Refused> {
        let (id, size) = (self.variable(4, true)?, self.variable(8, false)?);
        if size != UNKNOWN && size > self.size - self.at {
            let message =
                format!("the file is cut off: {} of {} bytes are there", self.size, self.at.saturating_add(size));
            return Err(Refused::data("truncated", message));
        }
        Ok((id, size))
    }

    fn skip(&mut self, bytes: u64) -> Result<(), Refused> {
        let step = i64::try_from(bytes).map_err(|_| damaged("an element is larger than any file"))?;
        self.source.seek_relative(step).map_err(|error| unreadable(&error))?;
        self.at += bytes;
        Ok(())
    }

    fn whole(&mut self, size: u64) -> Result<Vec<u8>, Refused> {
        if size > HEADER_BYTES_MAXIMUM {
            return Err(damaged(format!("a header has {size} bytes, the limit is {HEADER_BYTES_MAXIMUM}")));
        }
        let mut bytes = vec![0; size as usize];
        self.source.read_exact(&mut bytes).map_err(|error| unreadable(&error))?;
        self.at += size;
        Ok(bytes)
    }
}

/// The elements of one in memory. What does not fit ends them.
fn elements(mut bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    fn variable<'a>(bytes: &mut &'a [u8], keeps: bool) -> Option<u64> {
        let (first, rest) = bytes.split_first()?;
        let more = first.leading_zeros() as usize;
        let mask = if keeps { 0xff } else { 0xff_u8.checked_shr(more as u32 + 1).unwrap_or(0) };
        let tail: &'a [u8] = rest.get(..more)?;
        *bytes = rest.get(more..)?;
        Some(tail.iter().fold(u64::from(first & mask), |value, byte| value << 8 | u64::from(*byte)))
    }
    std::iter::from_fn(move || {
        let id = variable(&mut bytes, true)?;
        let size = usize::try_from(variable(&mut bytes, false)?).ok()?;
        let inner = bytes.get(..size)?;
        bytes = bytes.get(size..)?;
        Some((id, inner))
    })
}

fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn float(bytes: &[u8]) -> Option<f64> {
    match bytes.len() {
        4 => Some(f64::from(f32::from_be_bytes(bytes.try_into().ok()?))),
        8 => Some(f64::from_be_bytes(bytes.try_into().ok()?)),
        _ => None,
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned()
}

/// What the header of the video track says.
struct Track {
    number: u64,
    codec: String,
    width: u32,
    height: u32,
    /// Nanoseconds of a frame, where it says so.
    usual: u64,
}

fn video_track(tracks: &[u8]) -> Option<Track> {
    let of_video = |entry: &[u8]| {
        let find = |wanted: u64| elements(entry).find(|(id, _)| *id == wanted).map(|(_, inner)| inner);
        (find(id::TRACK_TYPE).map(unsigned) == Some(1)).then_some(())?;
        let video = find(id::VIDEO)?;
        let side = |wanted: u64| {
            let found = elements(video).find(|(id, _)| *id == wanted)?;
            u32::try_from(unsigned(found.1)).ok()
        };
        Some(Track {
            number: unsigned(find(id::TRACK_NUMBER)?),
            codec: find(id::CODEC).map(text).unwrap_or_default(),
            width: side(id::WIDTH)?,
            height: side(id::HEIGHT)?,
            usual: find(id::DEFAULT_DURATION).map_or(0, unsigned),
        })
    };
    elements(tracks).filter(|(id, _)| *id == id::TRACK).find_map(|(_, entry)| of_video(entry))
}

/// Names of codecs as browsers have them.
fn codec(matroska: &str) -> String {
    let known = [
        ("V_VP8", "vp8"),
        ("V_VP9", "vp9"),
        ("V_AV1", "av01"),
        ("V_MPEG4/ISO/AVC", "avc1"),
        ("V_MPEGH/ISO/HEVC", "hvc1"),
        ("V_THEORA", "theora"),
    ];
    let found = known.iter().find(|(own, _)| *own == matroska).map(|(_, name)| *name);
    found.unwrap_or(matroska).to_owned()
}

/// What the blocks say so far.
#[derive(Default)]
struct Blocks {
    frames: Vec<Frame>,
    unshown: u64,
    /// The time from which the blocks of this cluster count.
    cluster: i64,
}

impl Blocks {
    /// `sync` and `ticks` where the group around the block says them.
    fn add(&mut self, start: &[u8], track: &Track, sync: Option<bool>, ticks: i64) -> Result<(), Refused> {
        let bad = || damaged("a block of the video is too short");
        let first = *start.first().ok_or_else(bad)?;
        let more = first.leading_zeros() as usize;
        let head = start.get(1 + more..4 + more).ok_or_else(bad)?;
        let mask = 0xff_u8.checked_shr(more as u32 + 1).unwrap_or(0);
        let number = start[1..=more].iter().fold(u64::from(first & mask), |value, byte| value << 8 | u64::from(*byte));
        if number != track.number {
            return Ok(());
        }
        let (time, flags) = (i64::from(i16::from_be_bytes([head[0], head[1]])), head[2]);
        if flags & 0x06 != 0 {
            return Err(Refused::data(
                "lacing",
                "several frames lie in one block of the video; write it anew without lacing",
            ));
        }
        // VP8 has frames that are only looked at by others (RFC 6386, section 9.1).
        let vp8_hidden = track.codec == "V_VP8" && start.get(4 + more).is_some_and(|tag| tag & 0x10 == 0);
        if flags & 0x08 != 0 || vp8_hidden {
            self.unshown += 1;
            return Ok(());
        }
        if self.frames.len() >= FRAMES_MAXIMUM {
            return Err(too_many());
        }
        let sync = sync.unwrap_or(flags & 0x80 != 0);
        self.frames.push(Frame { at: self.cluster.saturating_add(time), ticks, sync });
        Ok(())
    }
}

pub fn read(source: File, size: u64) -> Result<Found, Refused> {
    let mut reader = Reader { source: BufReader::new(source), at: 0, size };
    let (mut media_type, mut scale, mut duration) = ("video/x-matroska", 1_000_000, None);
    let (mut track, mut blocks) = (None::<Track>, Blocks::default());
    while reader.at < size {
        let (element, length) = reader.element()?;
        match element {
            // What is in them comes next.
            id::SEGMENT | id::CLUSTER => continue,
            _ if length == UNKNOWN => return Err(damaged(format!("an element before byte {} has no size", reader.at))),
            id::EBML => {
                let header = reader.whole(length)?;
                if elements(&header).any(|(id, inner)| id == id::DOC_TYPE && text(inner) == "webm") {
                    media_type = "video/webm";
                }
            }
            id::INFO => {
                for (id, inner) in elements(&reader.whole(length)?) {
                    match id {
                        id::TIMESTAMP_SCALE => scale = unsigned(inner),
                        id::DURATION => duration = float(inner),
                        _ => {}
                    }
                }
            }
            id::TRACKS => {
                let found = video_track(&reader.whole(length)?);
                track = Some(found.ok_or_else(|| Refused::data("no_video", "the file holds no video track"))?);
            }
            id::TIMESTAMP => {
                let time = unsigned(&reader.whole(length)?);
                blocks.cluster = i64::try_from(time).map_err(|_| damaged("a cluster is later than can be counted"))?;
            }
            id::SIMPLE_BLOCK => {
                let track = track.as_ref().ok_or_else(|| damaged("frames come before the tracks"))?;
                let start = reader.whole(length.min(BLOCK_BYTES))?;
                reader.skip(length - start.len() as u64)?;
                blocks.add(&start, track, None, 0)?;
            }
            id::BLOCK_GROUP => {
                let track = track.as_ref().ok_or_else(|| damaged("frames come before the tracks"))?;
                group(&mut reader, length, track, &mut blocks)?;
            }
            _ => reader.skip(length)?,
        }
    }
    let track = track.ok_or_else(|| Refused::data("no_video", "the file has no list of tracks"))?;
    finish(media_type, scale, duration, track, blocks)
}

/// A block with what is said of it.
fn group(reader: &mut Reader, length: u64, track: &Track, blocks: &mut Blocks) -> Result<(), Refused> {
    let end = reader.at + length;
    let (mut start, mut ticks, mut sync) = (Vec::new(), 0, true);
    while reader.at < end {
        let (element, length) = reader.element()?;
        if length > end.saturating_sub(reader.at) {
            return Err(damaged(format!("an element at byte {} is larger than the group around it", reader.at)));
        }
        match element {
            id::BLOCK => {
                start = reader.whole(length.min(BLOCK_BYTES))?;
                reader.skip(length - start.len() as u64)?;
            }
            id::BLOCK_DURATION => ticks = i64::try_from(unsigned(&reader.whole(length)?)).unwrap_or(0),
            id::REFERENCE => {
                sync = false;
                reader.skip(length)?;
            }
            _ => reader.skip(length)?,
        }
    }
    if start.is_empty() { Ok(()) } else { blocks.add(&start, track, Some(sync), ticks) }
}

fn finish(
    media_type: &'static str,
    scale: u64,
    duration: Option<f64>,
    track: Track,
    mut blocks: Blocks,
) -> Result<Found, Refused> {
    if scale == 0 || scale > NANOSECONDS {
        return Err(Refused::data("bad_rate", format!("a tick of {scale} nanoseconds is no clock of a video")));
    }
    // Where ticks are no whole parts of a second, nanoseconds are.
    let (ticks_per_second, factor) =
        if NANOSECONDS.is_multiple_of(scale) { (NANOSECONDS / scale, 1) } else { (NANOSECONDS, scale as i64) };
    let usual = (track.usual as f64 * ticks_per_second as f64 / NANOSECONDS as f64).round() as i64;
    let end = duration.filter(|end| end.is_finite() && *end > 0.0).map(|end| (end * factor as f64).round() as i64);
    let last = blocks.frames.iter().map(|frame| frame.at.saturating_mul(factor)).max().unwrap_or(0);
    for frame in &mut blocks.frames {
        frame.at = frame.at.saturating_mul(factor);
        frame.ticks = match frame.ticks.saturating_mul(factor) {
            0 if usual > 0 => usual,
            0 if frame.at == last => end.map_or(0, |end| end.saturating_sub(frame.at)),
            ticks => ticks,
        };
    }
    Ok(Found {
        media_type,
        width: track.width,
        height: track.height,
        rotation: 0,
        codec: codec(&track.codec),
        ticks_per_second: ticks_per_second as u32,
        frames: blocks.frames,
        unshown: blocks.unshown,
    })
}
