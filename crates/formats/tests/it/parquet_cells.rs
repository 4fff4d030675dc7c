//! Data that lies in the cells of a Parquet table.

use labelwright_formats::{MemoryView, open_data};
use parquet::{
    basic::Compression,
    data_type::{ByteArray, ByteArrayType},
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};
use std::sync::Arc;

/// One binary column with these values.
fn table(values: &[&[u8]]) -> MemoryView {
    let schema = Arc::new(parse_message_type("message m { required binary image; }").unwrap());
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(Default::default()))
        .set_dictionary_enabled(false)
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let mut group = file.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let values: Vec<ByteArray> = values.iter().map(|bytes| ByteArray::from(bytes.to_vec())).collect();
    column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    MemoryView { files: [("t.parquet".to_owned(), file.into_inner().unwrap())].into() }
}

fn cell(view: &MemoryView, row: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut data = open_data(view, &format!("t.parquet:row {row} image:a.png")).map_err(|error| error.to_string())?;
    data.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

#[test]
fn a_cell_that_unpacks_to_more_than_memory_should_hold_is_refused() {
    let view = table(&[b"one", b"two"]);
    assert_eq!(cell(&view, 1).unwrap(), b"two");
    assert!(cell(&view, 2).is_err());
    let bomb = table(&[&vec![0; (256 << 20) + 1]]);
    assert!(bomb.files["t.parquet"].len() < 1 << 20);
    let refused = cell(&bomb, 0).unwrap_err();
    assert!(refused.contains("larger than 268435456"), "{refused}");
}

#[test]
fn broken_pages_are_an_error_and_no_panic() {
    let whole = table(&[&[7; 500], &[8; 500]]).files["t.parquet"].clone();
    for at in 4..whole.len() - 8 {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let view = MemoryView { files: [("t.parquet".to_owned(), bytes)].into() };
        // Some bytes matter to nobody: then the value is there, or another one.
        drop(cell(&view, 1));
    }
}
