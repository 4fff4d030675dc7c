//! Feature vectors out: Parquet with id and a list column vector, or CSV with id, f0, f1, ...

use super::Output;
use crate::environment::Failure;
use labelwright_learn::Matrix;
use parquet::{
    basic::{Compression, ZstdLevel},
    data_type::{ByteArray, ByteArrayType, FloatType},
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};
use std::{path::Path, sync::Arc};

const SCHEMA: &str = "message features {
    required binary id (UTF8);
    required group vector (LIST) { repeated group list { required float element; } }
}";
const GROUP_ROWS: usize = 65_536;

/// Writes one vector a row; the file's ending says how.
pub fn write<'a>(path: &Path, vectors: &Matrix, id: impl Fn(usize) -> &'a [u8]) -> Result<(), Failure> {
    let is_parquet =
        path.extension().is_some_and(|ending| ["parquet", "pq"].iter().any(|own| ending.eq_ignore_ascii_case(own)));
    let mut file = Output::create(path)?;
    if is_parquet {
        file.bytes(&packed(vectors, id).map_err(|error| format!("{}: {error}", path.display()))?)?;
        return file.commit();
    }
    let names: Vec<String> = (0..vectors.columns()).map(|column| format!("f{column}")).collect();
    let mut header: Vec<&[u8]> = vec![b"id"];
    header.extend(names.iter().map(String::as_bytes));
    file.record(&header)?;
    for (row, values) in vectors.iter().enumerate() {
        let values: Vec<String> = values.iter().map(f64::to_string).collect();
        let mut record: Vec<&[u8]> = vec![id(row)];
        record.extend(values.iter().map(String::as_bytes));
        file.record(&record)?;
    }
    file.commit()
}

fn packed<'a>(vectors: &Matrix, id: impl Fn(usize) -> &'a [u8]) -> parquet::errors::Result<Vec<u8>> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    for start in (0..vectors.rows()).step_by(GROUP_ROWS) {
        let rows = start..(start + GROUP_ROWS).min(vectors.rows());
        let mut group = writer.next_row_group()?;
        if let Some(mut column) = group.next_column()? {
            let ids: Vec<ByteArray> = rows.clone().map(|row| id(row).to_vec().into()).collect();
            column.typed::<ByteArrayType>().write_batch(&ids, None, None)?;
            column.close()?;
        }
        if let Some(mut column) = group.next_column()? {
            let values: Vec<f32> = rows.clone().flat_map(|row| vectors.row(row)).map(|value| *value as f32).collect();
            let defined = vec![1; values.len()];
            let repeated: Vec<i16> = rows.flat_map(|_| (0..vectors.columns()).map(|at| i16::from(at > 0))).collect();
            column.typed::<FloatType>().write_batch(&values, Some(&defined), Some(&repeated))?;
            column.close()?;
        }
        group.close()?;
    }
    writer.into_inner()
}
