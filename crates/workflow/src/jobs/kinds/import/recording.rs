//! Recordings on their way in. They may be long, so they go from file to file and never through memory; they are decoded
//! once, which proves them good and gives the levels that editors draw.

use super::reading::{Loaded, Payload, Piece};
use crate::{Workflow, media::probed_audio};
use bytes::Bytes;
use labelwright_core::{Answer, Geometry};
use labelwright_formats::{Clock, DirectoryView, Record, RecordError, open_data};
use labelwright_media::{audio::levels::Head, limits::BYTES_MAXIMUM};
use labelwright_store::{StoreError, blobs::Draft};
use std::io::{self, Read, Write};
use tokio::runtime::Handle;

/// A file of the view. Runs on the reader's thread.
pub fn of_file(workflow: &Workflow, runtime: &Handle, view: &dyn DirectoryView, record: Record, name: &str) -> Piece {
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
    match copied.and_then(|draft| take(workflow, runtime, draft).map_err(|(code, message)| bad(code, message))) {
        Ok(taken) => taken.piece(record),
        Err(error) => Piece::Bad(error),
    }
}

/// What was behind an address.
pub async fn of_bytes(workflow: &Workflow, record: Record, bytes: Bytes) -> Piece {
    let (own, runtime) = (workflow.clone(), Handle::current());
    let taken = match workflow.blocking(move || take_bytes(&own, &runtime, &bytes)).await {
        Ok(taken) => taken,
        Err(error) => Err(("undecodable", error.to_string())),
    };
    match taken {
        Ok(taken) => taken.piece(record),
        Err((code, message)) => Piece::Bad(RecordError::new(&record.place, code, message)),
    }
}

/// A recording that is stored, with its levels.
pub struct Taken {
    pub head: Head,
    pub hash: String,
    pub bytes: u64,
    /// The blob of its levels.
    pub levels: String,
}

/// A code for programs and a sentence for people.
type Wrong = (&'static str, String);

fn not_stored(error: impl ToString) -> Wrong {
    ("not_stored", error.to_string())
}

impl Taken {
    /// Labels that came with it count time as it does.
    fn piece(self, mut record: Record) -> Piece {
        if let Some(clock) = record.clock {
            for sourced in &mut record.answers {
                on_clock(&mut sourced.answer, clock, self.head.ticks_per_second, self.head.ticks);
            }
        }
        let probed = probed_audio(&self.head);
        let payload = Payload::Recording { hash: self.hash, bytes: self.bytes, levels: self.levels };
        Piece::Good(Box::new(Loaded::new(record, payload, probed)))
    }
}

/// Stores a recording that is in memory. Not for the event loop.
pub fn take_bytes(workflow: &Workflow, runtime: &Handle, bytes: &[u8]) -> Result<Taken, Wrong> {
    let mut draft = workflow.blobs.draft().map_err(not_stored)?;
    draft.write_all(bytes).map_err(not_stored)?;
    take(workflow, runtime, draft)
}

fn take(workflow: &Workflow, runtime: &Handle, mut draft: Draft) -> Result<Taken, Wrong> {
    let mut levels = workflow.blobs.draft().map_err(not_stored)?;
    let (source, output) = (draft.reopen().map_err(not_stored)?, levels.reopen().map_err(not_stored)?);
    let head = workflow.decoder.audio(source, output).map_err(|refused| (refused.code, refused.message))?;
    let keep = async {
        let (hash, bytes) = workflow.blobs.keep(draft).await?;
        let (levels, _) = workflow.blobs.keep(levels).await?;
        Ok::<_, StoreError>(Taken { head, hash, bytes, levels })
    };
    runtime.block_on(keep).map_err(not_stored)
}

/// Times of one clock in ticks of another. What reaches over the end by less than a tick of the coarser clock ends there.
fn on_clock(answer: &mut Answer, from: Clock, ticks_per_second: u32, ticks: i64) {
    let ratio = f64::from(ticks_per_second) / f64::from(from.ticks_per_second.max(1));
    let slack = ratio.ceil() as i64;
    let moved = |tick: i64| {
        let tick = (tick as f64 * ratio).round() as i64;
        if tick > ticks && tick - ticks <= slack { ticks } else { tick }
    };
    for region in &mut answer.regions {
        if let Geometry::Interval(interval) = &mut region.geometry {
            (interval.start, interval.end) = (moved(interval.start), moved(interval.end));
        }
    }
}
