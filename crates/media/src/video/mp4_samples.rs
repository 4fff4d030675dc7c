//! When the samples of a track are shown: from the tables of its index (`stts`, `ctts`, `stss`, `stsz`), or from those of
//! fragments (`tfhd`, `tfdt`, `trun`).

use super::{
    mp4::{boxes, find, number},
    too_many,
};
use crate::{Refused, limits::FRAMES_MAXIMUM};

/// One sample, on the time line of its track.
pub(super) struct Sample {
    pub shown: i64,
    pub ticks: i64,
    pub sync: bool,
}

fn damaged(what: &str) -> Refused {
    Refused::data("damaged", format!("the table {what} of the video cannot be read"))
}

/// Count and entries of a table: a version, a count and so many entries of `width` bytes.
fn entries<'a>(stbl: &'a [u8], kind: &[u8; 4], width: usize) -> Result<Option<&'a [u8]>, Refused> {
    let Some(table) = find(stbl, &[kind]) else { return Ok(None) };
    let name = String::from_utf8_lossy(kind).into_owned();
    let count = number(table, 4, 4).ok_or_else(|| damaged(&name))? as usize;
    let bytes = count.checked_mul(width).and_then(|bytes| table.get(8..8_usize.checked_add(bytes)?));
    bytes.map(Some).ok_or_else(|| damaged(&name))
}

/// Pairs of a count and a value, one value a sample; the last one goes on.
struct Runs<'a> {
    pairs: &'a [u8],
    left: u64,
    value: u64,
}

impl<'a> Runs<'a> {
    fn new(pairs: &'a [u8]) -> Self {
        Self { pairs, left: 0, value: 0 }
    }

    fn next(&mut self) -> u64 {
        while self.left == 0 {
            let (Some(count), Some(value)) = (number(self.pairs, 0, 4), number(self.pairs, 4, 4)) else {
                return self.value;
            };
            (self.left, self.value) = (count, value);
            self.pairs = self.pairs.get(8..).unwrap_or_default();
        }
        self.left -= 1;
        self.value
    }
}

/// The samples of the index.
pub(super) fn of_table(stbl: &[u8]) -> Result<Vec<Sample>, Refused> {
    let sizes = find(stbl, &[b"stsz"]).or_else(|| find(stbl, &[b"stz2"]));
    let count = sizes.map_or(Some(0), |sizes| number(sizes, 8, 4)).ok_or_else(|| damaged("stsz"))? as usize;
    if count > FRAMES_MAXIMUM {
        return Err(too_many());
    }
    let stts = entries(stbl, b"stts", 8)?.unwrap_or_default();
    let timed: u64 = stts.chunks_exact(8).filter_map(|pair| number(pair, 0, 4)).sum();
    if timed < count as u64 {
        let message = format!("the video has {count} frames and times for {timed}");
        return Err(Refused::data("damaged", message));
    }
    let (mut times, mut shifts) = (Runs::new(stts), Runs::new(entries(stbl, b"ctts", 8)?.unwrap_or_default()));
    let syncs = entries(stbl, b"stss", 4)?;
    let mut syncs = syncs.map(|syncs| syncs.chunks_exact(4).filter_map(|one| number(one, 0, 4)).peekable());
    let (mut samples, mut decoded) = (Vec::with_capacity(count), 0_i64);
    for sample in 1..=count as u64 {
        let ticks = times.next() as i64;
        // Of the first version too, writers put negative numbers.
        let shift = i64::from(shifts.next() as u32 as i32);
        let sync = syncs.as_mut().is_none_or(|syncs| {
            while syncs.next_if(|sync| *sync < sample).is_some() {}
            syncs.next_if_eq(&sample).is_some()
        });
        samples.push(Sample { shown: decoded.saturating_add(shift), ticks, sync });
        decoded = decoded.saturating_add(ticks);
    }
    Ok(samples)
}

/// What holds for the samples of fragments that say nothing else.
#[derive(Clone, Copy, Default)]
pub(super) struct Defaults {
    ticks: u64,
    flags: u64,
}

impl Defaults {
    /// Those of the track (`trex`).
    pub fn of(moov: &[u8], track: u64) -> Self {
        let mvex = find(moov, &[b"mvex"]).unwrap_or_default();
        let own = boxes(mvex).find(|(kind, trex)| kind == b"trex" && number(trex, 4, 4) == Some(track));
        let own = own.map_or(&[][..], |(_, trex)| trex);
        Self { ticks: number(own, 12, 4).unwrap_or(0), flags: number(own, 20, 4).unwrap_or(0) }
    }
}

/// Is a sample with these flags one that no other is needed for (`sample_is_non_sync_sample` is not set)?
fn is_sync(flags: u64) -> bool {
    flags & 0x1_0000 == 0
}

/// Adds the samples of a `moof`.
pub(super) fn of_fragment(
    moof: &[u8],
    track: u64,
    defaults: Defaults,
    samples: &mut Vec<Sample>,
) -> Result<(), Refused> {
    for (_, traf) in boxes(moof).filter(|(kind, _)| kind == b"traf") {
        let tfhd = find(traf, &[b"tfhd"]).ok_or_else(|| damaged("tfhd"))?;
        if number(tfhd, 4, 4) != Some(track) {
            continue;
        }
        let flags = number(tfhd, 1, 3).ok_or_else(|| damaged("tfhd"))?;
        let (mut at, mut own) = (8, defaults);
        for (flag, width) in [(0x01, 8), (0x02, 4), (0x08, 4), (0x10, 4), (0x20, 4)] {
            if flags & flag == 0 {
                continue;
            }
            let value = number(tfhd, at, width).ok_or_else(|| damaged("tfhd"))?;
            at += width;
            match flag {
                0x08 => own.ticks = value,
                0x20 => own.flags = value,
                _ => {}
            }
        }
        let end = |last: &Sample| last.shown.saturating_add(last.ticks);
        let tfdt = find(traf, &[b"tfdt"]);
        let base = tfdt.and_then(|tfdt| number(tfdt, 4, if number(tfdt, 0, 1)? == 1 { 8 } else { 4 }));
        let mut decoded = match base {
            Some(base) => i64::try_from(base).map_err(|_| damaged("tfdt"))?,
            None => samples.last().map_or(0, end),
        };
        for (_, trun) in boxes(traf).filter(|(kind, _)| kind == b"trun") {
            run(trun, own, &mut decoded, samples)?;
        }
    }
    Ok(())
}

fn run(trun: &[u8], defaults: Defaults, decoded: &mut i64, samples: &mut Vec<Sample>) -> Result<(), Refused> {
    let bad = || damaged("trun");
    let flags = number(trun, 1, 3).ok_or_else(bad)?;
    let count = number(trun, 4, 4).ok_or_else(bad)?;
    let mut at = 8 + if flags & 0x01 == 0 { 0 } else { 4 };
    let first = if flags & 0x04 == 0 { None } else { Some(number(trun, at, 4).ok_or_else(bad)?) };
    at += if first.is_some() { 4 } else { 0 };
    if samples.len() as u64 + count > FRAMES_MAXIMUM as u64 {
        return Err(too_many());
    }
    for sample in 0..count {
        let mut field = |flag: u64| -> Result<Option<u64>, Refused> {
            if flags & flag == 0 {
                return Ok(None);
            }
            let value = number(trun, at, 4).ok_or_else(bad)?;
            at += 4;
            Ok(Some(value))
        };
        let ticks = field(0x100)?.unwrap_or(defaults.ticks) as i64;
        field(0x200)?;
        let own = field(0x400)?;
        let shift = i64::from(field(0x800)?.unwrap_or(0) as u32 as i32);
        let own = own.or(first.filter(|_| sample == 0)).unwrap_or(defaults.flags);
        samples.push(Sample { shown: decoded.saturating_add(shift), ticks, sync: is_sync(own) });
        *decoded = decoded.saturating_add(ticks);
    }
    Ok(())
}
