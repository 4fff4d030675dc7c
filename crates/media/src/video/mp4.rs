//! MP4 and MOV (ISO/IEC 14496-12): boxes in boxes. The track's own tables say when each sample is decoded and shown; an
//! edit list says which of them are shown at all, and from when on. Fragments have tables of their own.

use super::{
    Found, Frame,
    mp4_samples::{self, Defaults, Sample},
    too_many, unreadable,
};
use crate::{Refused, limits::FRAMES_MAXIMUM};
use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
};

/// Bytes of the index, and of that of one fragment.
const MOOV_BYTES_MAXIMUM: u64 = 256 << 20;
const MOOF_BYTES_MAXIMUM: u64 = 16 << 20;

/// A box in memory: its kind and what is in it.
pub(super) type Inner<'a> = ([u8; 4], &'a [u8]);

pub(super) fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(width)?)?;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The boxes of a box. What does not fit ends them.
pub(super) fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = Inner<'_>> {
    std::iter::from_fn(move || {
        let kind: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
        let (head, size) = match number(bytes, 0, 4)? {
            0 => (8, bytes.len() as u64),
            1 => (16, number(bytes, 8, 8)?),
            size => (8, size),
        };
        let inner = bytes.get(head..usize::try_from(size).ok()?)?;
        bytes = bytes.get(head + inner.len()..)?;
        Some((kind, inner))
    })
}

pub(super) fn find<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    let Some((first, rest)) = path.split_first() else { return Some(bytes) };
    boxes(bytes).filter(|(kind, _)| kind == *first).find_map(|(_, inner)| find(inner, rest))
}

/// What the index says of the video track.
struct Track<'a> {
    id: u64,
    ticks_per_second: u32,
    rotation: u32,
    width: u32,
    height: u32,
    codec: String,
    samples: &'a [u8],
    edits: Option<&'a [u8]>,
}

pub fn read(source: File, size: u64) -> Result<Found, Refused> {
    let mut source = BufReader::new(source);
    let (mut moov, mut fragments) = (None, Vec::new());
    let mut at = 0;
    while at < size {
        let (kind, head, length) = header(&mut source, at, size)?;
        if length < head {
            return Err(Refused::data("damaged", format!("the box at byte {at} is shorter than its own header")));
        }
        if length > size - at {
            let message = format!("the file is cut off: {size} of {} bytes are there", at.saturating_add(length));
            return Err(Refused::data("truncated", message));
        }
        match &kind {
            b"moov" if moov.is_none() => moov = Some(whole(&mut source, length - head, MOOV_BYTES_MAXIMUM)?),
            b"moof" => fragments.push(whole(&mut source, length - head, MOOF_BYTES_MAXIMUM)?),
            _ => {}
        }
        if fragments.iter().map(Vec::len).sum::<usize>() as u64 > MOOV_BYTES_MAXIMUM {
            return Err(too_many());
        }
        at += length;
        source.seek(SeekFrom::Start(at)).map_err(|error| unreadable(&error))?;
    }
    let Some(moov) = moov else {
        let message = "the file has no index (moov): the recording was not ended, or its end is missing";
        return Err(Refused::data("truncated", message));
    };
    let track = boxes(&moov).filter(|(kind, _)| kind == b"trak").find_map(|(_, trak)| track(trak));
    let track = track.ok_or_else(|| Refused::data("no_video", "the file holds no video track"))?;
    let mut samples = mp4_samples::of_table(track.samples)?;
    if find(&moov, &[b"mvex"]).is_some() {
        let defaults = Defaults::of(&moov, track.id);
        for fragment in &fragments {
            mp4_samples::of_fragment(fragment, track.id, defaults, &mut samples)?;
            if samples.len() > FRAMES_MAXIMUM {
                return Err(too_many());
            }
        }
    }
    let movie = find(&moov, &[b"mvhd"]).and_then(timescale).unwrap_or(0);
    let (frames, unshown) = shown(&samples, &track, movie)?;
    Ok(Found {
        // What a QuickTime file holds is played as MP4 by those browsers that can.
        media_type: "video/mp4",
        width: track.width,
        height: track.height,
        rotation: track.rotation,
        codec: track.codec,
        ticks_per_second: track.ticks_per_second,
        frames,
        unshown,
    })
}

/// Kind, bytes of the header, and bytes of the whole box.
fn header(source: &mut BufReader<File>, at: u64, size: u64) -> Result<([u8; 4], u64, u64), Refused> {
    let mut head = [0; 16];
    let (short, long) = head.split_at_mut(8);
    source.read_exact(short).map_err(|error| unreadable(&error))?;
    let kind = [short[4], short[5], short[6], short[7]];
    Ok(match number(short, 0, 4) {
        Some(0) => (kind, 8, size - at),
        Some(1) => {
            source.read_exact(long).map_err(|error| unreadable(&error))?;
            (kind, 16, number(long, 0, 8).unwrap_or(0))
        }
        length => (kind, 8, length.unwrap_or(0)),
    })
}

fn whole(source: &mut BufReader<File>, length: u64, most: u64) -> Result<Vec<u8>, Refused> {
    if length > most {
        return Err(Refused::data(
            "too_long",
            format!("the index of the video has {length} bytes, the limit is {most}"),
        ));
    }
    let mut bytes = vec![0; length as usize];
    source.read_exact(&mut bytes).map_err(|error| unreadable(&error))?;
    Ok(bytes)
}

/// Ticks a second of `mvhd` and `mdhd`.
fn timescale(full: &[u8]) -> Option<u32> {
    let at = if number(full, 0, 1)? == 1 { 20 } else { 12 };
    u32::try_from(number(full, at, 4)?).ok()
}

/// None for what is no video.
fn track(trak: &[u8]) -> Option<Track<'_>> {
    let mdia = find(trak, &[b"mdia"])?;
    (find(mdia, &[b"hdlr"])?.get(8..12)? == b"vide").then_some(())?;
    let tkhd = find(trak, &[b"tkhd"])?;
    let long = number(tkhd, 0, 1)? == 1;
    let samples = find(mdia, &[b"minf", b"stbl"])?;
    // One entry in the list of descriptions behind version, flags and count; further ones are other sizes.
    let (format, entry) = boxes(find(samples, &[b"stsd"])?.get(8..)?).next()?;
    let matrix = if long { 52 } else { 40 };
    let part = |at: usize| number(tkhd, matrix + 4 * at, 4).map(|part| part as u32 as i32);
    let rotation = match (part(0)?.signum(), part(1)?.signum(), part(3)?.signum(), part(4)?.signum()) {
        (0, 1, -1, 0) => 90,
        (-1, 0, 0, -1) => 180,
        (0, -1, 1, 0) => 270,
        _ => 0,
    };
    Some(Track {
        id: number(tkhd, if long { 20 } else { 12 }, 4)?,
        ticks_per_second: timescale(find(mdia, &[b"mdhd"])?)?,
        rotation,
        width: number(entry, 24, 2)? as u32,
        height: number(entry, 26, 2)? as u32,
        codec: codec(format, entry),
        samples,
        edits: find(trak, &[b"edts", b"elst"]),
    })
}

/// The codec as RFC 6381 writes it; its four letters alone where more is to be read than is done here.
fn codec(format: [u8; 4], entry: &[u8]) -> String {
    let name: String = format.iter().map(|byte| char::from(*byte)).filter(char::is_ascii_graphic).collect();
    let inner = entry.get(78..).unwrap_or_default();
    let avc = find(inner, &[b"avcC"]).and_then(|avcc| avcc.get(1..4));
    let vp = find(inner, &[b"vpcC"]).and_then(|vpcc| vpcc.get(4..7));
    match (avc, vp) {
        (Some([profile, constraints, level]), _) => format!("{name}.{profile:02X}{constraints:02X}{level:02X}"),
        (_, Some([profile, level, depth])) => format!("{name}.{profile:02}.{level:02}.{:02}", depth >> 4),
        _ => name,
    }
}

/// The samples that are shown, on the time line of the player, and how many are not.
fn shown(samples: &[Sample], track: &Track<'_>, movie: u32) -> Result<(Vec<Frame>, u64), Refused> {
    let Some((delay, start, length)) = edit(track, movie)? else {
        let frame = |sample: &Sample| Frame { at: sample.shown, ticks: sample.ticks, sync: sample.sync };
        return Ok((samples.iter().map(frame).collect(), 0));
    };
    let end = length.map_or(i64::MAX, |length| start.saturating_add(length));
    let inside = samples.iter().filter(|sample| (start..end).contains(&sample.shown));
    let frame = |sample: &Sample| Frame {
        at: sample.shown.saturating_sub(start).saturating_add(delay),
        ticks: sample.ticks.min(end.saturating_sub(sample.shown)),
        sync: sample.sync,
    };
    let frames: Vec<Frame> = inside.map(frame).collect();
    let unshown = (samples.len() - frames.len()) as u64;
    Ok((frames, unshown))
}

/// What an edit list does with the track: how late it begins, from which of its ticks on it is shown, and for how long.
/// None without one.
fn edit(track: &Track<'_>, movie: u32) -> Result<Option<(i64, i64, Option<i64>)>, Refused> {
    let Some(elst) = track.edits else { return Ok(None) };
    let damaged = || Refused::data("damaged", "the edit list of the video cannot be read");
    let version = number(elst, 0, 1).ok_or_else(damaged)?;
    let count = number(elst, 4, 4).ok_or_else(damaged)?;
    let (width, size) = if version == 1 { (8, 20) } else { (4, 12) };
    let ticks = |length: u64| {
        let scaled = u128::from(length) * u128::from(track.ticks_per_second) / u128::from(movie.max(1));
        i64::try_from(scaled).unwrap_or(i64::MAX)
    };
    let (mut delay, mut found) = (0_i64, None);
    for at in 0..count.min(elst.len() as u64 / size) {
        let place = 8 + (at * size) as usize;
        let length = number(elst, place, width).ok_or_else(damaged)?;
        let start = number(elst, place + width, width).ok_or_else(damaged)?;
        let start = if version == 1 { start as i64 } else { i64::from(start as u32 as i32) };
        match (start, found) {
            (..0, None) => delay = delay.saturating_add(ticks(length)),
            // Nothing behind the end.
            (..0, Some(_)) => {}
            (_, None) => found = Some((start, (length > 0).then(|| ticks(length)))),
            (_, Some(_)) => {
                let message =
                    "the video is put together from several pieces by an edit list; write it anew without one";
                return Err(Refused::data("edited", message));
            }
        }
    }
    Ok(found.map(|(start, length)| (delay, start, length)))
}
