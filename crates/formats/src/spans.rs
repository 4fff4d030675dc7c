//! Spans of text in the units of other programs, and what readers of text formats share.

pub(crate) use crate::ruler::Ruler;

use crate::{
    options::{FormatOption, Options, Way},
    record::{DirectoryView, Record, RecordError, Sink, Stop, give},
    text,
};
use labelwright_core::{Answer, Geometry, Region, geometry::Span};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
};

/// For programs that count code points.
pub(crate) const UNICODE: FormatOption = FormatOption {
    key: "offsets",
    help: "what text offsets count: Unicode code points, UTF-16 code units, or UTF-8 bytes",
    values: &["unicode", "utf16", "bytes"],
    way: Way::Both,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Unicode,
    Utf16,
    Bytes,
}

impl Unit {
    /// The unit that is set, or the default.
    pub fn of(options: &Options, default: Self) -> Self {
        match options.get("offsets") {
            Some("unicode") => Self::Unicode,
            Some("utf16") => Self::Utf16,
            Some("bytes") => Self::Bytes,
            _ => default,
        }
    }
}

/// The ranges of a span, sorted; empty for anything else.
pub(crate) fn ranges(region: &Region) -> Vec<[u32; 2]> {
    match &region.geometry {
        Geometry::Span(span) => {
            let mut ranges = span.ranges.clone();
            ranges.sort_unstable();
            ranges
        }
        _ => Vec::new(),
    }
}

/// The first range of a span.
pub(crate) fn range(region: &Region) -> Option<[u32; 2]> {
    ranges(region).first().copied()
}

pub(crate) fn span(ranges: Vec<[u32; 2]>) -> Geometry {
    Geometry::Span(Span { ranges })
}

/// Puts what several labelers said about one item together although it lies far apart. Only items that come more than
/// once are kept, until the last of their lines.
#[derive(Default)]
pub(crate) struct Joined {
    left: HashMap<u64, u32>,
    waiting: BTreeMap<String, Record>,
}

fn hash(key: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(key)
}

impl Joined {
    /// First pass.
    pub fn count(&mut self, key: &str) {
        *self.left.entry(hash(key)).or_default() += 1;
    }

    /// Second pass: the record, once nothing more comes to it.
    pub fn add(&mut self, record: Record) -> Option<Record> {
        let left = self.left.entry(hash(&record.key)).or_default();
        *left = left.saturating_sub(1);
        let last = *left == 0;
        let Some(mut known) = self.waiting.remove(&record.key) else {
            if last {
                return Some(record);
            }
            self.waiting.insert(record.key.clone(), record);
            return None;
        };
        known.answers.extend(record.answers);
        if let (Some(known), Some(more)) = (&mut known.extras, record.extras) {
            known.parts.extend(more.parts);
        }
        if last {
            return Some(known);
        }
        self.waiting.insert(known.key.clone(), known);
        None
    }

    /// What a line that could not be read has left behind.
    pub fn finish(self, sink: &mut Sink<'_>) -> Result<(), Stop> {
        self.waiting.into_values().try_for_each(|record| give(sink, Ok(record)))
    }
}

/// Files whose name has one of the endings.
pub(crate) fn files(view: &dyn DirectoryView, endings: &[&str]) -> Vec<String> {
    let names = view.list().into_iter().map(|(name, _)| name);
    names.filter(|name| crate::media::has_ending(name, endings)).collect()
}

/// Calls `with` for the object of each line that is not empty, with its place.
pub(crate) fn each_object(
    view: &dyn DirectoryView,
    name: &str,
    mut with: impl FnMut(&str, Result<Map<String, Value>, RecordError>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    text::each_line(view, name, |number, line| {
        if line.as_ref().is_ok_and(|line| line.trim().is_empty()) {
            return Ok(());
        }
        let place = format!("{name}:{number}");
        let object = line.and_then(|line| {
            serde_json::from_str(line).map_err(|error| RecordError::new(&place, "malformed", error.to_string()))
        });
        with(&place, object)
    })
}

/// The first object of the first file with one of the endings: for recognising.
pub(crate) fn first_object(view: &dyn DirectoryView, endings: &[&str]) -> Option<Map<String, Value>> {
    let name = files(view, endings).into_iter().next()?;
    let start = text::start_of(view, &name, 1 << 16);
    serde_json::from_str(start.lines().find(|line| !line.trim().is_empty())?).ok()
}

/// Text without line ends and tabs, for formats of lines.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || "\u{2028}\u{2029}\u{85}".contains(c) { ' ' } else { c }).collect()
}

/// A key of the data, or its number.
pub(crate) fn key_of(value: Option<&Value>, number: usize) -> String {
    match value {
        Some(Value::String(key)) if !key.is_empty() => key.clone(),
        Some(Value::Number(key)) => key.to_string(),
        _ => format!("row-{number:07}"),
    }
}

/// A text value; numbers as they are written.
pub(crate) fn text_of(value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::Bool(value)) => Some(value.to_string()),
        _ => None,
    }
}

/// The answer with a source, unless it says nothing.
pub(crate) fn push(record: &mut Record, source: &str, answer: Answer) {
    if !answer.is_empty() {
        record.answers.push(crate::SourcedAnswer::new(source, answer));
    }
}
