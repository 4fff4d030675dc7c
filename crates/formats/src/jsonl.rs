//! JSON Lines: one object a line, its keys mapped like the columns of a table.

use crate::{
    carries::Carries,
    files::read_text,
    record::{DirectoryView, RecordError, Settings, Sink, Stop, give},
    registry::Format,
    tabular::{Beside, Columns},
};
use serde_json::{Map, Value};
use std::io::{BufRead, BufReader};

pub const FORMAT: Format = Format {
    id: "jsonl",
    title: "JSON Lines",
    carries: Carries { words: "texts, addresses, field values, metadata", ..Carries::TEXTS },
    sniff: |view| {
        let files = view.list();
        let fits = |name: &String| name.ends_with(".jsonl") || name.ends_with(".ndjson");
        f64::from(u8::from(!files.is_empty() && files.iter().all(|(name, _)| fits(name)))) * 0.7
    },
    read: Some(read),
    extension: "jsonl",
    ..Format::NEW
};

/// Longest line accepted.
const LINE_BYTES_MAXIMUM: usize = 32 << 20;

/// Calls `with` for each line that is not empty, with its place.
pub(crate) fn each_line(
    view: &dyn DirectoryView,
    name: &str,
    mut with: impl FnMut(String, Result<String, RecordError>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let unreadable =
        |place: &str, error: std::io::Error| Stop::Unreadable(RecordError::new(place, "unreadable", error.to_string()));
    let mut reader = BufReader::with_capacity(1 << 16, view.open(name).map_err(|error| unreadable(name, error))?);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let place = format!("{name}:{number}");
        let read = std::io::Read::take(&mut reader, LINE_BYTES_MAXIMUM as u64 + 1)
            .read_until(b'\n', &mut line)
            .map_err(|error| unreadable(&place, error))?;
        if read == 0 {
            break;
        }
        if line.len() > LINE_BYTES_MAXIMUM {
            let message = format!("the line is longer than {LINE_BYTES_MAXIMUM} bytes");
            return Err(Stop::Unreadable(RecordError::new(place, "line_too_long", message)));
        }
        let bytes = if number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line) } else { &line };
        let Ok(text) = std::str::from_utf8(bytes) else {
            with(place.clone(), Err(RecordError::new(place, "not_utf8", "the line is not UTF-8")))?;
            continue;
        };
        if !text.trim().is_empty() {
            with(place, Ok(text.to_owned()))?;
        }
    }
    Ok(())
}

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let (tables, beside) = Beside::of(view);
    for (name, bytes) in tables {
        if bytes == 0 {
            read_text(view, &name).map_err(Stop::Unreadable)?;
        }
        let mut number = 0;
        each_line(view, &name, |place, line| {
            number += 1;
            let record = line.and_then(|line| {
                let object: Map<String, Value> = serde_json::from_str(&line)
                    .map_err(|error| RecordError::new(&place, "malformed", error.to_string()))?;
                // Each line brings its own keys, so that each has its own columns.
                let names: Vec<String> = object.keys().cloned().collect();
                let columns = Columns::resolve(names, &settings.mapping, &place)?;
                let cells: Vec<String> = object.values().map(as_text).collect();
                columns.record(&cells, number, place, &name, &beside)
            });
            give(sink, record)
        })?;
    }
    beside.finish(sink)
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
