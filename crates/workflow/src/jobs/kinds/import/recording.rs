//! Recordings, series and videos on their way in. They may be long, so they go from file to file and never through
//! memory; they are decoded once, which proves them good and gives the levels that editors draw, or the table of frames.

use super::reading::{Loaded, Payload, Piece};
use crate::{
    Workflow,
    decoding::{Decoder, NotTaken},
    media::{Probed, probed_audio, probed_series, probed_video},
};
use bytes::Bytes;
use labelwright_core::{Answer, Geometry, geometry::Interval};
use labelwright_formats::{Clock, DirectoryView, Frames, Record, RecordError, open_data};
use labelwright_media::limits::BYTES_MAXIMUM;
use labelwright_store::{StoreError, blobs::Draft};
use std::{
    fs::File,
    io::{self, Read, Write},
};
use tokio::runtime::Handle;

/// Decodes a file into its levels, and says what it is.
pub type Decode = fn(&Decoder, File, File) -> Result<Probed, NotTaken>;
pub const AUDIO: Decode = |decoder, source, levels| decoder.audio(source, levels).map(|head| probed_audio(&head));
pub const SERIES: Decode = |decoder, source, levels| decoder.series(source, levels).map(|head| probed_series(&head));
pub const VIDEO: Decode = |decoder, source, table| decoder.video(source, table).map(|head| probed_video(&head));

/// A file of the view. Runs on the reader's thread.
pub fn of_file(
    workflow: &Workflow,
    runtime: &Handle,
    view: &dyn DirectoryView,
    record: Record,
    name: &str,
    decode: Decode,
) -> Piece {
    let bad = |code, message: String| RecordError::new(&record.place, code, format!("{name}: {message}"));
    let copied = (|| {
        let file = open_data(view, name).map_err(|error| bad("missing_file", error.to_string()))?;
        let mut draft = workflow.blobs.draft().map_err(|error| bad("not_stored", error.to_string()))?;
        let count = io::copy(&mut file.take(BYTES_MAXIMUM + 1), &mut draft)
            .map_err(|error| bad("unreadable", error.to_string()))?;
        if count > BYTES_MAXIMUM {
            return Err(bad("too_large", format!("it is larger than {BYTES_MAXIMUM} bytes")));
        }
        Ok(draft)
    })();
    match copied.and_then(|draft| take(workflow, runtime, draft, decode).map_err(|(code, message)| bad(code, message)))
    {
        Ok(taken) => taken.piece(record),
        Err(error) => Piece::Bad(error),
    }
}

/// What was behind an address.
pub async fn of_bytes(workflow: &Workflow, record: Record, bytes: Bytes, decode: Decode) -> Piece {
    let (own, runtime) = (workflow.clone(), Handle::current());
    let taken = match workflow.blocking(move || take_bytes(&own, &runtime, &bytes, decode)).await {
        Ok(taken) => taken,
        Err(error) => Err(("undecodable", error.to_string())),
    };
    match taken {
        Ok(taken) => taken.piece(record),
        Err((code, message)) => Piece::Bad(RecordError::new(&record.place, code, message)),
    }
}

/// A recording or series that is stored, with its levels.
pub struct Taken {
    pub probed: Probed,
    pub hash: String,
    pub bytes: u64,
    /// The blob of its levels.
    pub levels: String,
}

/// A code for programs and a sentence for people.
pub(super) type Wrong = (&'static str, String);

pub(super) fn not_stored(error: impl ToString) -> Wrong {
    ("not_stored", error.to_string())
}

impl Taken {
    /// Labels that came with it count time as it does.
    pub(super) fn piece(self, mut record: Record) -> Piece {
        if let Some((from, to)) = record.clock.zip(self.probed.shape.clock()) {
            for sourced in &mut record.answers {
                on_clock(&mut sourced.answer, from, to);
            }
        }
        if let Some((from, to)) = record.clock.zip(self.probed.shape.frames()) {
            for sourced in &mut record.answers {
                on_frames(&mut sourced.answer, from, to);
            }
        }
        let payload = Payload::Recording { hash: self.hash, bytes: self.bytes, levels: self.levels };
        Piece::Good(Box::new(Loaded::new(record, payload, self.probed)))
    }
}

/// Stores a recording or series that is in memory. Not for the event loop.
pub fn take_bytes(workflow: &Workflow, runtime: &Handle, bytes: &[u8], decode: Decode) -> Result<Taken, Wrong> {
    let mut draft = workflow.blobs.draft().map_err(not_stored)?;
    draft.write_all(bytes).map_err(not_stored)?;
    take(workflow, runtime, draft, decode)
}

fn take(workflow: &Workflow, runtime: &Handle, mut draft: Draft, decode: Decode) -> Result<Taken, Wrong> {
    let mut levels = workflow.blobs.draft().map_err(not_stored)?;
    let (source, output) = (draft.reopen().map_err(not_stored)?, levels.reopen().map_err(not_stored)?);
    let probed = decode(&workflow.decoder, source, output).map_err(|refused| (refused.code, refused.message))?;
    let keep = async {
        let (hash, bytes) = workflow.blobs.keep(draft).await?;
        let (levels, _) = workflow.blobs.keep(levels).await?;
        Ok::<_, StoreError>(Taken { probed, hash, bytes, levels })
    };
    runtime.block_on(keep).map_err(not_stored)
}

/// Times of a clock as frames of a video, by its mean rate.
fn on_frames(answer: &mut Answer, from: Clock, to: Frames) {
    let frame = |tick: i64| {
        let frame = tick as f64 / f64::from(from.ticks_per_second.max(1)) * to.per_second;
        // Beyond all frames it is refused or cut off later.
        frame.round().clamp(-1e12, 1e12) as i64
    };
    for region in &mut answer.regions {
        if let Geometry::Interval(interval) = &mut region.geometry {
            let start = frame(interval.start);
            *interval = Interval { start, end: frame(interval.end).max(start + 1) };
        }
    }
}

/// Times of one clock in ticks of another. What reaches over the end by less than a tick of the coarser clock ends there.
fn on_clock(answer: &mut Answer, from: Clock, to: Clock) {
    let (old, new) = (i128::from(from.ticks_per_second.max(1)), i128::from(to.ticks_per_second));
    let ticks = to.ticks.unwrap_or(i64::MAX);
    let slack = (new / old + i128::from(new % old != 0)) as i64;
    // Where both say when they begin, in nanoseconds.
    let apart = to.first.zip(from.first).map_or(0, |(to, from)| to.nanoseconds() - from.nanoseconds());
    let moved = |tick: i64| {
        // To the nearest tick, in whole numbers: dates have more digits than a floating number.
        let unit = 1_000_000_000 * old;
        // What lies beyond all numbers lies beyond the item, and is refused there.
        let shift = apart.saturating_mul(new * old);
        let exact = (i128::from(tick) * 1_000_000_000 * new).saturating_sub(shift);
        let tick = exact.saturating_add(unit / 2).div_euclid(unit);
        let tick = tick.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64;
        if tick > ticks && tick.saturating_sub(ticks) <= slack { ticks } else { tick }
    };
    for region in &mut answer.regions {
        if let Geometry::Interval(interval) = &mut region.geometry {
            let is_moment = interval.end.checked_sub(interval.start) == Some(1);
            (interval.start, interval.end) = (moved(interval.start), moved(interval.end));
            // A moment stays one, on whatever clock.
            if is_moment && to.first.is_some() {
                interval.end = interval.start.saturating_add(1);
            }
        }
    }
}
