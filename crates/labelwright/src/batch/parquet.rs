//! Parquet, column by column: batches of a few thousand values of the wanted columns are in memory, never a row group
//! of text.

use super::table::Cell;
use crate::environment::Failure;
use parquet::{
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::{
        BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType,
        Int32Type, Int64Type,
    },
    file::reader::{FileReader, SerializedFileReader},
};
use std::{
    fs::File,
    path::{Path, PathBuf},
};

const BATCH_ROWS: usize = 8192;

/// Takes the columns of a batch and its number of rows.
type Each<'a> = dyn FnMut(&[Column], usize) -> Result<(), Failure> + 'a;

pub struct Parquet {
    path: PathBuf,
    reader: SerializedFileReader<File>,
    pub columns: Vec<String>,
    pub rows: u64,
}

/// A batch of one column; `lengths` has, for a list column, how many values each row holds.
pub struct Column {
    values: Values,
    /// For each row the place of its value; `u32::MAX` for a missing one.
    places: Vec<u32>,
    pub lengths: Vec<u32>,
}

enum Values {
    Boolean(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

impl Column {
    #[inline]
    pub fn cell(&self, row: usize) -> Cell<'_> {
        let Some(place) = self.places.get(row).map(|place| *place as usize) else { return Cell::Missing };
        match &self.values {
            Values::Boolean(values) => values.get(place).map(|value| Cell::Boolean(*value)),
            Values::Int32(values) => values.get(place).map(|value| Cell::Integer(i64::from(*value))),
            Values::Int64(values) => values.get(place).map(|value| Cell::Integer(*value)),
            Values::Float(values) => values.get(place).map(|value| Cell::Number(f64::from(*value))),
            Values::Double(values) => values.get(place).map(|value| Cell::Number(*value)),
            Values::Bytes(values) => values.get(place).map(|value| Cell::Text(value.data())),
            Values::Fixed(values) => values.get(place).map(|value| Cell::Text(value.data())),
        }
        .unwrap_or(Cell::Missing)
    }
}

impl Parquet {
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let reader = SerializedFileReader::new(file).map_err(|error| format!("{}: {error}", path.display()))?;
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let mut columns: Vec<String> = Vec::new();
        for leaf in schema.columns() {
            let root = leaf.path().parts().first().cloned().unwrap_or_default();
            if columns.last() != Some(&root) {
                columns.push(root);
            }
        }
        let rows = u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0);
        Ok(Self { path: path.to_owned(), reader, columns, rows })
    }

    /// Gives batches of the columns with these numbers, and the number of rows in each batch.
    pub fn batches(&self, wanted: &[usize], each: &mut Each<'_>) -> Result<(), Failure> {
        let failed =
            |error: parquet::errors::ParquetError| -> Failure { format!("{}: {error}", self.path.display()).into() };
        let schema = self.reader.metadata().file_metadata().schema_descr_ptr();
        let mut leaves = Vec::new();
        for name in wanted.iter().map(|index| self.columns.get(*index).cloned().unwrap_or_default()) {
            let of_name = |at: &usize| schema.column(*at).path().parts().first() == Some(&name);
            let found: Vec<usize> = (0..schema.num_columns()).filter(of_name).collect();
            match found.as_slice() {
                [leaf] => leaves.push(*leaf),
                _ => return Err(format!("{}: column {name:?} is a record, not a value", self.path.display()).into()),
            }
        }
        for group in 0..self.reader.num_row_groups() {
            let group = self.reader.get_row_group(group).map_err(failed)?;
            let mut readers = Vec::new();
            for leaf in &leaves {
                let limits = (schema.column(*leaf).max_def_level(), schema.column(*leaf).max_rep_level());
                readers.push((group.get_column_reader(*leaf).map_err(failed)?, limits));
            }
            loop {
                let mut columns = Vec::with_capacity(readers.len());
                for (reader, limits) in &mut readers {
                    columns.push(read(reader, *limits).map_err(failed)?.ok_or_else(|| {
                        format!("{}: a column with 96-bit times; write them as text or numbers", self.path.display())
                    })?);
                }
                let rows = columns.first().map_or(0, Column::rows);
                if rows == 0 {
                    break;
                }
                if columns.iter().any(|column| column.rows() != rows) {
                    return Err(format!("{}: columns of different lengths", self.path.display()).into());
                }
                each(&columns, rows)?;
            }
        }
        Ok(())
    }
}

impl Column {
    fn rows(&self) -> usize {
        if self.lengths.is_empty() { self.places.len() } else { self.lengths.len() }
    }
}

/// Nothing for a type that is not read.
fn read(reader: &mut ColumnReader, limits: (i16, i16)) -> parquet::errors::Result<Option<Column>> {
    Ok(Some(match reader {
        ColumnReader::BoolColumnReader(reader) => batch::<BoolType>(reader, limits, Values::Boolean)?,
        ColumnReader::Int32ColumnReader(reader) => batch::<Int32Type>(reader, limits, Values::Int32)?,
        ColumnReader::Int64ColumnReader(reader) => batch::<Int64Type>(reader, limits, Values::Int64)?,
        ColumnReader::FloatColumnReader(reader) => batch::<FloatType>(reader, limits, Values::Float)?,
        ColumnReader::DoubleColumnReader(reader) => batch::<DoubleType>(reader, limits, Values::Double)?,
        ColumnReader::ByteArrayColumnReader(reader) => batch::<ByteArrayType>(reader, limits, Values::Bytes)?,
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            batch::<FixedLenByteArrayType>(reader, limits, Values::Fixed)?
        }
        ColumnReader::Int96ColumnReader(_) => return Ok(None),
    }))
}

fn batch<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    (most_defined, most_repeated): (i16, i16),
    wrap: impl Fn(Vec<T::T>) -> Values,
) -> parquet::errors::Result<Column> {
    let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    let (_, _, levels) = reader.read_records(BATCH_ROWS, Some(&mut defined), Some(&mut repeated), &mut values)?;
    let mut places = Vec::with_capacity(levels);
    let mut next = 0;
    for level in 0..levels {
        let there = most_defined == 0 || defined.get(level) == Some(&most_defined);
        places.push(if there { next } else { u32::MAX });
        next += u32::from(there);
    }
    let mut lengths = Vec::new();
    if most_repeated > 0 {
        for (level, repetition) in repeated.iter().enumerate() {
            if *repetition == 0 {
                lengths.push(0);
            }
            // An empty or missing list has one level that is not defined.
            let counts = defined.get(level).is_some_and(|defined| *defined + 1 >= most_defined);
            if let Some(length) = lengths.last_mut().filter(|_| counts) {
                *length += 1;
            }
        }
    }
    Ok(Column { values: wrap(values), places, lengths })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Table, features::Features};
    use super::*;
    use parquet::{file::properties::WriterProperties, file::writer::SerializedFileWriter, schema::parser};
    use std::sync::Arc;

    type Texts = Vec<Option<String>>;

    /// Columns: word (text, some missing), number (whole), vector (list of three).
    fn write(path: &Path, rows: usize) -> Texts {
        let message = "message m { optional binary id (UTF8); required int64 number; \
            optional group vector (LIST) { repeated group list { optional double element; } } }";
        let schema = Arc::new(parser::parse_message_type(message).unwrap());
        let file = File::create(path).unwrap();
        let mut writer = SerializedFileWriter::new(file, schema, Arc::new(WriterProperties::default())).unwrap();
        let words: Texts = (0..rows).map(|row| (row % 7 != 3).then(|| format!("w{row}"))).collect();
        for part in [0..rows / 2, rows / 2..rows] {
            let mut group = writer.next_row_group().unwrap();
            let own = words.get(part.clone()).unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            let values: Vec<ByteArray> = own.iter().flatten().map(|word| word.as_str().into()).collect();
            let levels: Vec<i16> = own.iter().map(|word| i16::from(word.is_some())).collect();
            column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
            column.close().unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            let values: Vec<i64> = part.clone().map(|row| row as i64 * 10).collect();
            column.typed::<Int64Type>().write_batch(&values, None, None).unwrap();
            column.close().unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            let values: Vec<f64> = part.clone().flat_map(|row| [row as f64, 0.5, -1.0]).collect();
            let defined = vec![3; values.len()];
            let repeated: Vec<i16> = part.clone().flat_map(|_| [0, 1, 1]).collect();
            column.typed::<DoubleType>().write_batch(&values, Some(&defined), Some(&repeated)).unwrap();
            column.close().unwrap();
            group.close().unwrap();
        }
        writer.close().unwrap();
        words
    }

    #[test]
    fn rows_over_batches_and_groups_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let words = write(&path, 40_000);
        let mut found = 0;
        let rows = Table::open(&path).unwrap().read(&["number", "id"], |row| {
            let at = found;
            found += 1;
            assert_eq!(row.number(0)?, Some(at as f64 * 10.0));
            let mut room = Vec::new();
            let text = row.text(1, &mut room).map(|text| String::from_utf8_lossy(text).into_owned());
            assert_eq!(&text, words.get(at).unwrap());
            Ok(())
        });
        assert_eq!((rows.unwrap(), found), (40_000, 40_000));
        let missing = Table::open(&path).unwrap().read(&["id"], |row| row.required(0, &mut Vec::new()).map(|_| ()));
        assert!(missing.unwrap_err().to_string().ends_with("row 4, column \"id\": is empty"));
    }

    #[test]
    fn lists_are_vectors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        write(&path, 3);
        let found = Features::read(&path).unwrap();
        assert_eq!((found.columns, found.ids.text(2)), (3, "w2".to_owned()));
        assert_eq!(found.values, [0.0, 0.5, -1.0, 1.0, 0.5, -1.0, 2.0, 0.5, -1.0]);
    }
}
