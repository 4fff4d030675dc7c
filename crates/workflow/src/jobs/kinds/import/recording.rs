//! Recordings, series, videos and documents on their way in. They may be long, so they go from file to file and never
//! through memory; they are decoded once, which proves them good and gives what editors draw of them: levels, a table of
//! frames, or a text layer.

use super::reading::{Loaded, Payload, Piece};
use crate::{
    Workflow,
    decoding::{Decoder, NotTaken},
    media::{
        Probed, StoredShape, layer_of_picture, probe_image, probed_audio, probed_document, probed_series, probed_video,
    },
};
use bytes::Bytes;
use labelwright_core::{
    Answer, Geometry,
    document::{LayerHead, TextLayer},
    geometry::Interval,
};
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

/// The name of its layer is known when that is stored.
pub const DOCUMENT: Decode =
    |decoder, source, layer| decoder.document(source, layer).map(|head| probed_document(&head, ""));

/// Where what comes in goes.
#[derive(Clone, Copy)]
pub struct Into<'a> {
    pub workflow: &'a Workflow,
    pub runtime: &'a Handle,
    /// Or are the bytes left where they are?
    pub is_kept: bool,
}

/// A file of the view. Runs on the reader's thread.
pub fn of_file(into: Into<'_>, view: &dyn DirectoryView, record: Record, name: &str, decode: Decode) -> Piece {
    let bad = |code, message: String| RecordError::new(&record.place, code, format!("{name}: {message}"));
    let copied = (|| {
        let file = open_data(view, name).map_err(|error| bad("missing_file", error.to_string()))?;
        let draft = into.workflow.blobs.draft();
        let mut draft = draft.map_err(|error| bad("not_stored", error.to_string()))?;
        let count = io::copy(&mut file.take(BYTES_MAXIMUM + 1), &mut draft)
            .map_err(|error| bad("unreadable", error.to_string()))?;
        if count > BYTES_MAXIMUM {
            return Err(bad("too_large", format!("it is larger than {BYTES_MAXIMUM} bytes")));
        }
        Ok(draft)
    })();
    let taken = |draft| take(into, draft, decode).map_err(|(code, message)| bad(code, message));
    match copied.and_then(taken) {
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

/// A picture of a page, with the text layer that came with its record. Runs on the reader's thread.
pub fn of_picture(into: Into<'_>, mut record: Record, picture: &[u8], name: &str) -> Piece {
    let layer = record.layer.take().map(|layer| *layer);
    match take_picture(into, picture, layer) {
        Ok(taken) => taken.piece(record),
        Err((code, message)) => Piece::Bad(RecordError::new(&record.place, code, format!("{name}: {message}"))),
    }
}

/// Stores a picture of a page with its text layer. Not for the event loop.
pub fn take_picture(into: Into<'_>, picture: &[u8], layer: Option<TextLayer>) -> Result<Taken, Wrong> {
    let probed = probe_image(picture).map_err(|message| ("not_an_image", message))?;
    let StoredShape::Image { width, height } = probed.shape else {
        return Err(("not_an_image", "this is no picture".into()));
    };
    let layer = layer_of_picture(width, height, layer).map_err(|message| ("bad_layer", message))?;
    let layer = layer.to_bytes(probed.media_type);
    let head = LayerHead::read(&layer).ok_or(("bad_layer", "its text layer cannot be kept".to_owned()))?;
    let (mut source, mut output) =
        (into.workflow.blobs.draft().map_err(not_stored)?, into.workflow.blobs.draft().map_err(not_stored)?);
    source.write_all(picture).map_err(not_stored)?;
    output.write_all(&layer).map_err(not_stored)?;
    kept(into, source, output, probed_document(&head, ""))
}

/// A recording, series or document that is stored, with what was made of it.
pub struct Taken {
    pub probed: Probed,
    pub hash: String,
    pub bytes: u64,
    /// The blob of its levels or its text layer.
    pub levels: String,
}

/// A code for programs and a sentence for people.
pub type Wrong = (&'static str, String);

pub fn not_stored(error: impl ToString) -> Wrong {
    ("not_stored", error.to_string())
}

impl Taken {
    /// Labels that came with it count time as it does.
    pub fn piece(self, mut record: Record) -> Piece {
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

/// Stores a recording, series or document that is in memory. Not for the event loop.
pub fn take_bytes(workflow: &Workflow, runtime: &Handle, bytes: &[u8], decode: Decode) -> Result<Taken, Wrong> {
    let mut draft = workflow.blobs.draft().map_err(not_stored)?;
    draft.write_all(bytes).map_err(not_stored)?;
    take(Into { workflow, runtime, is_kept: true }, draft, decode)
}

/// Decodes and stores what lies in a draft.
pub fn take(into: Into<'_>, mut draft: Draft, decode: Decode) -> Result<Taken, Wrong> {
    let mut levels = into.workflow.blobs.draft().map_err(not_stored)?;
    let (source, output) = (draft.reopen().map_err(not_stored)?, levels.reopen().map_err(not_stored)?);
    let probed = decode(&into.workflow.decoder, source, output).map_err(|refused| (refused.code, refused.message))?;
    kept(into, draft, levels, probed)
}

fn kept(into: Into<'_>, mut data: Draft, levels: Draft, mut probed: Probed) -> Result<Taken, Wrong> {
    let blobs = &into.workflow.blobs;
    let keep = async {
        let (hash, bytes) = match into.is_kept {
            true => blobs.keep(data).await?,
            false => data.hash().map_err(|error| StoreError::StorageFull(error.to_string()))?,
        };
        let (levels, _) = blobs.keep(levels).await?;
        if let StoredShape::Document { layer, .. } = &mut probed.shape {
            layer.clone_from(&levels);
        }
        Ok::<_, StoreError>(Taken { probed, hash, bytes, levels })
    };
    into.runtime.block_on(keep).map_err(not_stored)
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
