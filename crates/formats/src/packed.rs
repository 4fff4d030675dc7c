//! Data that lies inside a file that holds much of it: a tar shard, a record file, a table. Readers give it a name of its
//! own, `container:place:name`, and whoever needs the bytes asks for them here.

use crate::{archive::missing, parquet, record::DirectoryView};
use std::io::{self, Read, Seek, SeekFrom};

/// Where in its container.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Bytes as they lie there.
    Bytes { start: u64, length: u64 },
    /// A row from 0 of a column, named by its path with points.
    Cell { row: u64, column: String },
}

/// Bytes `start..start + length` of a file; `name` says what they are.
pub(crate) fn bytes_name(container: &str, start: u64, length: u64, name: &str) -> String {
    format!("{container}:{start}+{length}:{name}")
}

/// The value of a row (from 0) of a binary column of a Parquet file.
pub(crate) fn cell_name(container: &str, row: u64, column: &str, name: &str) -> String {
    format!("{container}:row {row} {column}:{name}")
}

fn parse<'a>(view: &dyn DirectoryView, name: &'a str) -> Option<(&'a str, Place)> {
    // Colons have no place in names of archives; in those of folders they may stand, and then the file is meant.
    let mut from = 0;
    while let Some(at) = name[from..].find(':').map(|at| at + from) {
        from = at + 1;
        let (container, rest) = (&name[..at], &name[at + 1..]);
        let place = rest.split_once(':').and_then(|(place, _)| place_of(place));
        if let Some(place) = place.filter(|_| view.list_size(container).is_some()) {
            return Some((container, place));
        }
    }
    None
}

fn place_of(text: &str) -> Option<Place> {
    if let Some((row, column)) = text.strip_prefix("row ").and_then(|rest| rest.split_once(' ')) {
        return Some(Place::Cell { row: row.parse().ok()?, column: column.to_owned() });
    }
    let (start, length) = text.split_once('+')?;
    Some(Place::Bytes { start: start.parse().ok()?, length: length.parse().ok()? })
}

/// The data of a record: a file of the view, or a part of one.
///
/// # Errors
/// When there is no such data or it cannot be read.
pub fn open_data<'a>(view: &'a dyn DirectoryView, name: &str) -> io::Result<Box<dyn Read + 'a>> {
    if view.list_size(name).is_some() {
        return view.open(name);
    }
    match parse(view, name) {
        Some((container, Place::Bytes { start, length })) => {
            let mut file = view.open_random(container)?;
            file.seek(SeekFrom::Start(start))?;
            Ok(Box::new(file.take(length)))
        }
        Some((container, Place::Cell { row, column })) => {
            let bytes = parquet::cell(view, container, row, &column)?;
            Ok(Box::new(io::Cursor::new(bytes)))
        }
        None => Err(missing(name)),
    }
}

/// Bytes of the data of a record, as far as they are known without reading; None when there is no such data.
pub fn data_size(view: &dyn DirectoryView, name: &str) -> Option<u64> {
    view.list_size(name).or_else(|| match parse(view, name)? {
        (container, Place::Bytes { start, length }) => {
            Some(view.list_size(container)?.saturating_sub(start).min(length))
        }
        (_, Place::Cell { .. }) => Some(0),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::MemoryView;

    #[test]
    fn a_part_of_a_file_has_a_name() {
        let files = [("d/a:b.tar", "0123456789"), ("x:1+2:c", "whole")];
        let view = MemoryView { files: files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into() };
        let read = |name: &str| -> io::Result<String> {
            let mut text = String::new();
            open_data(&view, name)?.read_to_string(&mut text)?;
            Ok(text)
        };
        let name = bytes_name("d/a:b.tar", 3, 4, "p:q.png");
        assert_eq!((read(&name).unwrap().as_str(), data_size(&view, &name)), ("3456", Some(4)));
        assert_eq!(read("x:1+2:c").unwrap(), "whole");
        assert_eq!(data_size(&view, &bytes_name("d/a:b.tar", 8, 40, "p")), Some(2));
        for gone in ["d/a.tar:0+1:x", "d/a:b.tar:0+1", "d/a:b.tar:-1+1:x", "nothing"] {
            assert_eq!(read(gone).unwrap_err().kind(), io::ErrorKind::NotFound, "{gone}");
        }
    }
}
