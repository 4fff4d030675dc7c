//! Time series: channels of numbers over time, at even or uneven steps. They are read once; what an editor draws of ten
//! million rows are levels of lowest and highest values, and the rows themselves where few of them are seen.

mod clock;
mod columns;
pub mod levels;
mod table;

use crate::Refused;
use columns::Columns;
use levels::Head;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
};

/// Reads a whole series and writes its levels.
///
/// # Errors
/// What is wrong with the series and where, or that the levels cannot be written.
pub fn prepare(mut source: File, output: &mut dyn Write) -> Result<Head, Refused> {
    let unreadable = |error: std::io::Error| Refused::data("damaged", format!("the file cannot be read: {error}"));
    let mut word = [0; 4];
    let mut read = 0;
    while read < word.len() {
        match source.read(&mut word[read..]).map_err(unreadable)? {
            0 => break,
            more => read += more,
        }
    }
    if read == 0 {
        return Err(Refused::data("empty_file", "the file is empty"));
    }
    source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let (media_type, columns) = match &word {
        b"PAR1" => ("application/vnd.apache.parquet", table::parquet(source)?),
        _ => table::delimited(source)?,
    };
    finish(media_type, columns, output)
}

fn finish(media_type: &'static str, columns: Columns, output: &mut dyn Write) -> Result<Head, Refused> {
    if columns.rows() == 0 {
        return Err(Refused::data("empty_file", "the series has no rows"));
    }
    let timed = columns.timed()?;
    Ok(levels::write(media_type, timed, output)?)
}
