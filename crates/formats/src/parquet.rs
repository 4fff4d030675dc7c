//! Apache Parquet tables, their columns mapped like those of a CSV table. Rows are read as they come; the file is read
//! at the places where its columns lie, so that its size does not matter.

mod chunks;

use crate::{
    carries::Carries,
    record::{DirectoryView, RecordError, Settings, Sink, Stop, give},
    registry::Format,
    tabular::{Beside, Columns},
};
pub(crate) use chunks::Chunks;
use labelwright_core::Timestamp;
use parquet::{
    column::reader::ColumnReader,
    errors::ParquetError,
    file::reader::{FileReader, SerializedFileReader},
    record::{Field, Row},
};
use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
};

pub const FORMAT: Format = Format {
    id: "parquet",
    title: "Parquet table",
    carries: Carries { words: "texts, addresses, field values, metadata", ..Carries::TEXTS },
    sniff: |view| {
        let files = view.list();
        let fits = !files.is_empty() && files.iter().all(|(name, _)| name.to_lowercase().ends_with(".parquet"));
        f64::from(u8::from(fits)) * 0.95
    },
    read: Some(read),
    extension: "parquet",
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let (tables, beside) = Beside::of(view);
    for (name, bytes) in tables {
        let unreadable = |message: String| Stop::Unreadable(RecordError::new(&name, "unreadable", message));
        let reader = open(view, &name, bytes).map_err(Stop::Unreadable)?;
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let names = schema.root_schema().get_fields().iter().map(|field| field.name().to_owned()).collect();
        let columns = Columns::resolve(names, &settings.mapping, &name).map_err(Stop::Unreadable)?;
        let rows = reader.get_row_iter(None).map_err(|error| unreadable(plain(&error)))?;
        for (index, row) in Guarded::new(rows).enumerate() {
            let place = format!("{name}, row {}", index + 1);
            let row =
                row.map_err(|error| Stop::Unreadable(RecordError::new(place.clone(), "unreadable", plain(&error))))?;
            give(sink, columns.record(&cells(&row), index + 1, place, &name, &beside))?;
        }
    }
    beside.finish(sink)
}

fn cells(row: &Row) -> Vec<String> {
    row.get_column_iter().map(|(_, field)| text(field)).collect()
}

fn text(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
        other => other.to_string(),
    }
}

pub(crate) fn open(
    view: &dyn DirectoryView,
    name: &str,
    bytes: u64,
) -> Result<SerializedFileReader<Chunks>, RecordError> {
    let file = view.open_random(name).map_err(|error| RecordError::new(name, "unreadable", error.to_string()))?;
    SerializedFileReader::new(Chunks::new(file, bytes))
        .map_err(|error| RecordError::new(name, "unreadable", plain(&error)))
}

const NO_FIT: &str = "the pages of the file do not fit together";

/// Rows of a file that may be broken in ways in which the library falls over (a page of a dictionary that is not there):
/// that is an error as others are, and the end.
pub(crate) struct Guarded<I>(Option<I>);

impl<I> Guarded<I> {
    pub fn new(rows: I) -> Self {
        Self(Some(rows))
    }
}

impl<I: Iterator<Item = parquet::errors::Result<Row>>> Iterator for Guarded<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let rows = self.0.as_mut()?;
        let row = catch_unwind(AssertUnwindSafe(|| rows.next()));
        row.unwrap_or_else(|_| {
            self.0 = None;
            Some(Err(ParquetError::General(NO_FIT.to_owned())))
        })
    }
}

/// One value of a binary column that repeats nothing: a row from 0, the column by its path with points.
///
/// # Errors
/// When there is no such value, or its page is broken or larger than 256 MiB.
pub(crate) fn cell(view: &dyn DirectoryView, name: &str, row: u64, column: &str) -> io::Result<Vec<u8>> {
    let found = catch_unwind(AssertUnwindSafe(|| unguarded_cell(view, name, row, column)));
    found.unwrap_or_else(|_| Err(io::Error::other(format!("{name}: {NO_FIT}"))))
}

fn unguarded_cell(view: &dyn DirectoryView, name: &str, row: u64, column: &str) -> io::Result<Vec<u8>> {
    let missing = || io::Error::new(io::ErrorKind::NotFound, format!("{name} has no row {row} of a column {column}"));
    let bytes = view.list_size(name).ok_or_else(missing)?;
    let reader = open(view, name, bytes).map_err(|error| io::Error::other(error.message))?;
    let mut left = row;
    for at in 0..reader.num_row_groups() {
        let rows = u64::try_from(reader.metadata().row_group(at).num_rows()).unwrap_or(0);
        if left >= rows {
            left -= rows;
            continue;
        }
        let group = reader.get_row_group(at).map_err(io::Error::other)?;
        let columns = group.metadata().columns();
        let index = columns.iter().position(|one| one.column_path().string() == column).ok_or_else(missing)?;
        let ColumnReader::ByteArrayColumnReader(mut values) =
            group.get_column_reader(index).map_err(io::Error::other)?
        else {
            return Err(missing());
        };
        let skip = usize::try_from(left).map_err(io::Error::other)?;
        values.skip_records(skip).map_err(io::Error::other)?;
        let (mut found, mut levels) = (Vec::new(), Vec::new());
        values.read_records(1, Some(&mut levels), None, &mut found).map_err(io::Error::other)?;
        return found.pop().map(|value| value.data().to_vec()).ok_or_else(missing);
    }
    Err(missing())
}

/// A cell as JSON; bytes and what JSON has no word for are null.
pub(crate) fn json(field: &Field) -> serde_json::Value {
    let number =
        |value: f64| serde_json::Number::from_f64(value).map_or(serde_json::Value::Null, serde_json::Value::Number);
    match field {
        Field::Bool(value) => (*value).into(),
        Field::Byte(value) => (*value).into(),
        Field::Short(value) => (*value).into(),
        Field::Int(value) => (*value).into(),
        Field::Long(value) => (*value).into(),
        Field::UByte(value) => (*value).into(),
        Field::UShort(value) => (*value).into(),
        Field::UInt(value) => (*value).into(),
        Field::ULong(value) => (*value).into(),
        Field::Float(value) => number(f64::from(*value)),
        Field::Double(value) => number(*value),
        Field::Str(text) => text.clone().into(),
        Field::TimestampMicros(at) => Timestamp(*at).to_string().into(),
        Field::TimestampMillis(at) => Timestamp(at.saturating_mul(1000)).to_string().into(),
        Field::Group(row) => row.get_column_iter().map(|(name, field)| (name.clone(), json(field))).collect(),
        Field::ListInternal(list) => list.elements().iter().map(json).collect(),
        Field::Null | Field::Bytes(_) => serde_json::Value::Null,
        other => other.to_string().into(),
    }
}

pub(crate) fn plain(error: &ParquetError) -> String {
    error.to_string().chars().take(500).collect()
}
