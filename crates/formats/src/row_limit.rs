//! A table whose rows are bounded: a quotation mark that is never closed would make one row of all that follows.

use crate::text::LINE_BYTES_MAXIMUM;
use std::{
    cell::Cell,
    io::{self, Read},
};

/// Bytes that the row which is read may still have.
#[derive(Debug, Default)]
pub struct RowBytes(Cell<usize>);

impl RowBytes {
    /// The next row begins.
    pub fn begin(&self) {
        self.0.set(LINE_BYTES_MAXIMUM);
    }
}

/// Reads from a file, and fails where a row is too long.
pub struct RowLimit<'a, R> {
    file: R,
    left: &'a RowBytes,
}

impl<'a, R> RowLimit<'a, R> {
    pub fn new(file: R, left: &'a RowBytes) -> Self {
        Self { file, left }
    }
}

impl<R: Read> Read for RowLimit<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        let Some(left) = self.left.0.get().checked_sub(count) else {
            let mib = LINE_BYTES_MAXIMUM >> 20;
            let message = format!("the row is longer than {mib} MiB; is there a quotation mark that is never closed?");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        };
        self.left.0.set(left);
        Ok(count)
    }
}
