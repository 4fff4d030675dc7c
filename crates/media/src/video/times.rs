//! A table of frames, read again: when a frame is shown, and where decoding can begin to get it.

use super::table::{Head, read_head};
use crate::limits::FRAMES_MAXIMUM;
use std::{
    io::{self, Read},
    ops::Range,
};

/// The times of all frames of a video.
#[derive(Debug, Clone, PartialEq)]
pub struct Times {
    pub head: Head,
    /// Pairs of a count of frames and the ticks for which each is shown.
    runs: Vec<u32>,
    /// Frames at which decoding can begin, by their numbers from 0.
    syncs: Vec<u32>,
}

impl Times {
    /// # Errors
    /// When this is no table of frames.
    pub fn read(input: &mut dyn Read) -> io::Result<Self> {
        let head = read_head(input)?;
        let bad = || io::Error::new(io::ErrorKind::InvalidData, "this is no table of frames");
        if head.runs.count > FRAMES_MAXIMUM || head.syncs.count > FRAMES_MAXIMUM || head.runs.offset != 0 {
            return Err(bad());
        }
        let mut numbers = |count: usize| -> io::Result<Vec<u32>> {
            let mut bytes = vec![0; count * 4];
            input.read_exact(&mut bytes)?;
            Ok(bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
        };
        let runs = numbers(head.runs.count * 2)?;
        let syncs = numbers(head.syncs.count)?;
        Ok(Self { head, runs, syncs })
    }

    /// When a frame begins to be shown, in ticks of the container. What lies behind the last one begins with its end.
    pub fn at(&self, frame: u32) -> i64 {
        let (mut left, mut at) = (frame, self.head.first);
        for run in self.runs.as_chunks::<2>().0 {
            let count = left.min(run[0]);
            at = at.saturating_add(i64::from(count) * i64::from(run[1]));
            left -= count;
        }
        at
    }

    /// From when on a picture can only be one of these frames, and until when, in seconds of the container: half of a frame
    /// lies between them and their neighbours.
    pub fn seconds(&self, frames: &Range<u32>, offset: i64) -> [f64; 2] {
        let half = |frame: u32| (self.at(frame + 1) - self.at(frame)) as f64 / 2.0;
        let start = self.at(frames.start) as f64 - half(frames.start.saturating_sub(1));
        let last = frames.end.saturating_sub(1);
        let end = self.at(last) as f64 + half(last);
        [start, end].map(|ticks| (ticks + offset as f64) / f64::from(self.head.ticks_per_second.max(1)))
    }

    /// The last frame up to this one at which decoding can begin; None where it lies before all that is shown.
    pub fn sync(&self, frame: u32) -> Option<u32> {
        let behind = self.syncs.partition_point(|sync| *sync <= frame);
        self.syncs.get(behind.checked_sub(1)?).copied()
    }
}
