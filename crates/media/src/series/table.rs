//! Rows out of CSV, TSV and Parquet files.

use super::columns::{Cell, Columns};
use crate::Refused;
use csv::{ByteRecord, ReaderBuilder};
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
};
use std::{
    fs::File,
    io::{BufRead, BufReader},
};

/// A header longer than this is none.
const HEADER_BYTES: usize = 1 << 16;

/// Comma, semicolon or tab between the cells: what the header has most of. Cells are UTF-8; a `#` before the first name
/// is no part of it.
pub fn delimited(source: File) -> Result<(&'static str, Columns), Refused> {
    let damaged = |error: std::io::Error| Refused::data("damaged", format!("the file cannot be read: {error}"));
    let mut source = BufReader::with_capacity(1 << 17, source);
    let head = source.fill_buf().map_err(damaged)?;
    let marked = head.starts_with(b"\xef\xbb\xbf");
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if line.len() > HEADER_BYTES || head.contains(&0) {
        return Err(Refused::data("not_a_series", "this is no table in UTF-8 with names of columns in its first line"));
    }
    let count = |wanted: u8| line.iter().filter(|byte| **byte == wanted).count();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|byte| (count(*byte), *byte == b',')).unwrap_or(b',');
    if marked {
        source.consume(3);
    }
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(source);
    let names: Vec<String> = {
        let header = reader.byte_headers().map_err(|error| wrong(&error))?;
        header.iter().map(|name| String::from_utf8_lossy(name).trim_start_matches('#').trim().to_owned()).collect()
    };
    let mut record = ByteRecord::new();
    let mut columns: Option<Columns> = None;
    while reader.read_byte_record(&mut record).map_err(|error| wrong(&error))? {
        let line = record.position().map_or(0, csv::Position::line);
        let place = || format!("line {line}");
        if record.len() > names.len() {
            let message = format!("{}: {} cells under {} names of columns", place(), record.len(), names.len());
            return Err(Refused::data("damaged", message));
        }
        let mut cells = Vec::with_capacity(names.len());
        for cell in &record {
            let Ok(text) = std::str::from_utf8(cell) else {
                return Err(Refused::data("damaged", format!("{}: the text is not UTF-8", place())));
            };
            cells.push(Cell::Text(text));
        }
        // A line without anything in it.
        if cells.iter().all(|cell| *cell == Cell::Text("")) {
            continue;
        }
        take(&mut columns, &names, &cells, place)?;
    }
    let columns = columns.ok_or_else(|| Refused::data("empty_file", "the series has no rows"))?;
    Ok((if delimiter == b'\t' { "text/tab-separated-values" } else { "text/csv" }, columns))
}

fn wrong(error: &csv::Error) -> Refused {
    let line = error.position().map_or(0, csv::Position::line);
    Refused::data("damaged", format!("line {line}: {error}"))
}

fn take(
    columns: &mut Option<Columns>,
    names: &[String],
    cells: &[Cell<'_>],
    place: impl Fn() -> String,
) -> Result<(), Refused> {
    let columns = match columns {
        Some(columns) => columns,
        None => columns.insert(Columns::new(names.to_vec(), cells)?),
    };
    columns.row(cells, place)
}

/// Columns of numbers, words and times of a Parquet file.
pub fn parquet(source: File) -> Result<Columns, Refused> {
    let damaged = |error: &dyn std::fmt::Display| Refused::data("damaged", format!("the Parquet file: {error}"));
    let reader = SerializedFileReader::new(source).map_err(|error| damaged(&error))?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let names: Vec<String> = schema.root_schema().get_fields().iter().map(|field| field.name().to_owned()).collect();
    let mut columns: Option<Columns> = None;
    for (index, row) in reader.get_row_iter(None).map_err(|error| damaged(&error))?.enumerate() {
        let row = row.map_err(|error| damaged(&error))?;
        let cells: Vec<Cell<'_>> = row.get_column_iter().map(|(_, field)| cell(field)).collect();
        take(&mut columns, &names, &cells, || format!("row {}", index + 1))?;
    }
    columns.ok_or_else(|| Refused::data("empty_file", "the series has no rows"))
}

fn cell(field: &Field) -> Cell<'_> {
    let number = Cell::Number;
    match field {
        Field::Null => Cell::Missing,
        Field::Bool(value) => number(f64::from(u8::from(*value))),
        Field::Byte(value) => number(f64::from(*value)),
        Field::Short(value) => number(f64::from(*value)),
        Field::Int(value) => number(f64::from(*value)),
        Field::Long(value) => number(*value as f64),
        Field::UByte(value) => number(f64::from(*value)),
        Field::UShort(value) => number(f64::from(*value)),
        Field::UInt(value) => number(f64::from(*value)),
        Field::ULong(value) => number(*value as f64),
        Field::Float(value) => number(f64::from(*value)),
        Field::Double(value) => number(*value),
        Field::Date(days) => Cell::Moment(i128::from(*days) * 86_400_000_000_000),
        Field::TimestampMillis(moment) => Cell::Moment(i128::from(*moment) * 1_000_000),
        Field::TimestampMicros(moment) => Cell::Moment(i128::from(*moment) * 1000),
        Field::Str(text) => Cell::Text(text),
        // What else there is (lists, bytes) is no channel.
        _ => Cell::Text("bytes"),
    }
}
