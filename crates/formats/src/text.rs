//! Text files on their way in: bounded lines, small files whole.

use crate::record::{DirectoryView, RecordError, Stop};
use std::io::{BufRead, BufReader, Read};

/// Longest line accepted, in bytes.
pub(crate) const LINE_BYTES_MAXIMUM: usize = 32 << 20;
/// Largest file that is read whole: labels of one item, lists of classes.
pub(crate) const FILE_BYTES_MAXIMUM: u64 = 256 << 20;

/// Room that is made for a file before anything of it is there.
const ROOM_BYTES: usize = 1 << 20;

pub(crate) fn unreadable(name: &str, error: &std::io::Error) -> RecordError {
    RecordError::new(name, "unreadable", error.to_string())
}

/// The bytes of a file that one item, or the whole data, is described by.
pub(crate) fn whole_file(view: &dyn DirectoryView, name: &str) -> Result<Vec<u8>, RecordError> {
    let too_large =
        || RecordError::new(name, "too_large", format!("the file is larger than {FILE_BYTES_MAXIMUM} bytes"));
    // What says that it is too large is not looked at, and what says less than it has is cut off.
    let said = view.list_size(name).unwrap_or(0);
    if said > FILE_BYTES_MAXIMUM {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(said).unwrap_or(0).min(ROOM_BYTES) + 1);
    let file = view.open(name).map_err(|error| unreadable(name, &error))?;
    file.take(FILE_BYTES_MAXIMUM + 1).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > FILE_BYTES_MAXIMUM {
        return Err(too_large());
    }
    Ok(bytes)
}

/// A small JSON file; a byte-order mark is passed over.
pub(crate) fn json_file<T: serde::de::DeserializeOwned>(
    view: &dyn DirectoryView,
    name: &str,
) -> Result<T, RecordError> {
    let bytes = whole_file(view, name)?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    serde_json::from_slice(text).map_err(|error| RecordError::new(name, "malformed", error.to_string()))
}

/// Calls `with` for each line with its number from 1, without its end; a byte-order mark is passed over. A line that
/// is not UTF-8 or too long is given as an error, and reading goes on.
pub(crate) fn each_line(
    view: &dyn DirectoryView,
    name: &str,
    mut with: impl FnMut(usize, Result<&str, RecordError>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let stop = |error: std::io::Error| Stop::Unreadable(unreadable(name, &error));
    let mut reader = BufReader::with_capacity(1 << 16, view.open(name).map_err(stop)?);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let limit = LINE_BYTES_MAXIMUM as u64 + 2;
        if (&mut reader).take(limit).read_until(b'\n', &mut line).map_err(stop)? == 0 {
            break;
        }
        let place = || format!("{name}:{number}");
        if line.len() as u64 == limit && line.last() != Some(&b'\n') {
            line.clear();
            skip_line(&mut reader).map_err(stop)?;
            let message = format!("the line is longer than {LINE_BYTES_MAXIMUM} bytes");
            with(number, Err(RecordError::new(place(), "line_too_long", message)))?;
            continue;
        }
        let mut bytes = line.as_slice();
        bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if number == 1 {
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => with(number, Ok(text))?,
            Err(_) => with(number, Err(RecordError::new(place(), "not_utf8", "the line is not UTF-8")))?,
        }
    }
    Ok(())
}

fn skip_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (used, ended) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(used);
        if ended {
            return Ok(());
        }
    }
}

/// Non-empty lines of a small file, such as a list of names.
pub(crate) fn list_of_lines(view: &dyn DirectoryView, name: &str) -> Result<Vec<String>, RecordError> {
    let bytes = whole_file(view, name)?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let text = std::str::from_utf8(text).map_err(|_| RecordError::new(name, "not_utf8", "the file is not UTF-8"))?;
    Ok(text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// The beginning of a file as text, for recognising it.
pub(crate) fn start_of(view: &dyn DirectoryView, name: &str, bytes: usize) -> String {
    let mut start = Vec::with_capacity(bytes);
    let read = view.open(name).and_then(|file| file.take(bytes as u64).read_to_end(&mut start));
    if read.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&start).trim_start_matches('\u{feff}').to_owned()
}
