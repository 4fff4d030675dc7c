//! Labels on sound: intervals of time with a class, a transcript, a speaker. Times inside are ticks of the item's clock;
//! what is read has a thousand ticks a second, or as many as keep the file's digits.

pub mod audacity;
pub mod elan;
pub mod kaldi;
pub mod manifests;
pub mod scoring;
pub mod subtitles;
pub mod textgrid;

use crate::{
    carries::{Carries, Kind, Names},
    labels,
    media::{MediaIndex, has_ending},
    names::{last_part, split_ending},
    record::{Clock, Data, DirectoryView, ExportItem, Record},
};
use labelwright_core::{Answer, Geometry, GeometryKind, Modality, Region, Value, geometry::Interval};

pub(crate) const ENDINGS: [&str; 10] =
    [".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac", ".sph", ".aiff", ".wma"];

/// What most of these formats hold: intervals with classes.
pub(crate) const CARRIES: Carries = Carries {
    modalities: &[Modality::Audio],
    geometry: &[GeometryKind::Interval],
    empty_items: true,
    ..Carries::NOTHING
};

/// A transcript under this name.
pub(crate) const TEXT: &[(&str, Kind)] = &[("text", Kind::Text)];
pub(crate) const TRANSCRIPT: Names = Names::Only(TEXT);

pub(crate) const MILLISECONDS: u32 = 1000;

/// Ticks of a record whose clock counts milliseconds. None for what is no time that anybody could mean.
pub(crate) fn ticks(seconds: f64) -> Option<i64> {
    let ticks = (seconds * f64::from(MILLISECONDS)).round();
    (ticks.is_finite() && ticks.abs() < 1e15).then_some(ticks as i64)
}

pub(crate) fn per_second(item: &ExportItem) -> f64 {
    f64::from(item.clock.map_or(MILLISECONDS, |clock| clock.ticks_per_second.max(1)))
}

/// An interval in seconds of the item.
pub(crate) fn seconds(region: &Region, item: &ExportItem) -> Option<(f64, f64)> {
    match &region.geometry {
        Geometry::Interval(Interval { start, end }) => {
            let rate = per_second(item);
            Some((*start as f64 / rate, *end as f64 / rate))
        }
        _ => None,
    }
}

/// Intervals of the item in the order of time, with their regions.
pub(crate) fn intervals(item: &ExportItem) -> Vec<(f64, f64, &Region)> {
    let mut found: Vec<(f64, f64, &Region)> =
        item.regions().filter_map(|region| seconds(region, item).map(|(start, end)| (start, end, region))).collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    found
}

pub(crate) fn interval(id: impl Into<String>, class: &str, start: i64, end: i64) -> Region {
    labels::region(id, class, Geometry::Interval(Interval { start, end }))
}

/// An interval from the seconds of a file, or what is wrong with it.
pub(crate) fn read_interval(at: usize, class: &str, start: f64, end: f64) -> Result<Region, (&'static str, String)> {
    match (ticks(start), ticks(end)) {
        (Some(from), Some(to)) if from < to => Ok(interval(format!("i{}", at + 1), class, from, to)),
        (Some(_), Some(_)) => Err(("bad_interval", format!("an interval {start} to {end} s holds no time"))),
        _ => Err(("bad_time", format!("{start} or {end} is no time in seconds"))),
    }
}

/// A region's attribute that is text.
pub(crate) fn said<'a>(region: &'a Region, name: &str) -> Option<&'a str> {
    match region.attributes.get(name) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// The sounds of a view, by name or by stem.
pub(crate) fn media(view: &dyn DirectoryView) -> MediaIndex {
    MediaIndex::new(view, |name| has_ending(name, &ENDINGS))
}

/// The record of the sound that is called this.
pub(crate) fn record(media: &MediaIndex, said: &str, place: impl Into<String>, answer: Answer) -> Record {
    let path = said.replace('\\', "/");
    let found = media.find(&path).or_else(|| media.find_stem(split_ending(&path).0)).or_else(|| media.find_stem(&path));
    let harmless = || {
        let name = if crate::archive::safe_name(&path) { path.clone() } else { last_part(&path).to_owned() };
        match has_ending(&name, &ENDINGS) {
            true => name,
            false => format!("{name}.wav"),
        }
    };
    let data = found.map_or_else(|| Data::Absent(harmless()), |path| Data::File(path.to_owned()));
    let key = match &data {
        Data::File(name) | Data::Absent(name) | Data::Url(name) => name.clone(),
        Data::Text(name) | Data::Conversation(name) | Data::Table(name) => name.clone(),
        Data::Frames { files, .. } => files.first().cloned().unwrap_or_default(),
        Data::Files(names) => names.join(" "),
    };
    let mut record = Record::new(key, data, place).answered(answer);
    record.clock = Some(Clock::new(MILLISECONDS));
    record
}

/// The word that a class becomes in formats with spaces between columns.
pub(crate) fn word(text: &str) -> String {
    let word: String = text.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect();
    if word.is_empty() { "_".to_owned() } else { word }
}
