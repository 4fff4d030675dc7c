//! The frames of a record file (TensorFlow, `record_writer.h`): length, its checksum, data, its checksum. Checksums are
//! CRC-32C (Castagnoli), rotated and shifted so that the checksum of checksums is none.

use crate::record::{DirectoryView, RecordError};
use std::io::{self, Read, Write};

/// Largest record that is read.
const RECORD_BYTES_MAXIMUM: u64 = 256 << 20;

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut value, mut bit) = (byte as u32, 0);
        while bit < 8 {
            value = if value & 1 == 1 { value >> 1 ^ 0x82f6_3b78 } else { value >> 1 };
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
    }
    table
}

const TABLE: [u32; 256] = table();

fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| TABLE[usize::from(crc as u8 ^ byte)] ^ crc >> 8)
}

fn masked(bytes: &[u8]) -> u32 {
    crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

/// Does the file begin with a record?
pub(super) fn begins(view: &dyn DirectoryView, name: &str) -> bool {
    let mut head = [0; 12];
    let read = view.open(name).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && masked(&head[..8]).to_le_bytes() == head[8..]
}

pub(super) struct Frames<R> {
    name: String,
    reader: R,
    at: u64,
    number: u64,
}

/// A record, and where its data begins in the file. Data whose checksum is wrong comes as an error, and reading may go
/// on; anything else ends it.
pub(super) enum Frame {
    Data { data: Vec<u8>, start: u64, number: u64 },
    Damaged(RecordError),
    End,
}

impl<R: Read> Frames<R> {
    pub fn new(name: &str, reader: R) -> Self {
        Self { name: name.to_owned(), reader, at: 0, number: 0 }
    }

    fn error(&self, code: &'static str, message: impl Into<String>) -> RecordError {
        RecordError::new(format!("{}: record {}, byte {}", self.name, self.number, self.at), code, message)
    }

    /// # Errors
    /// When the file ends within a record, or its length cannot be trusted.
    pub fn next(&mut self) -> Result<Frame, RecordError> {
        self.number += 1;
        let mut head = Vec::with_capacity(12);
        let read = (&mut self.reader).take(12).read_to_end(&mut head);
        read.map_err(|error| self.error("unreadable", error.to_string()))?;
        if head.is_empty() {
            return Ok(Frame::End);
        }
        let (Some(length), Some(sum)) = (head.first_chunk::<8>(), head.get(8..12)) else {
            return Err(self.error("truncated", "the file ends within the length of a record"));
        };
        if masked(length).to_le_bytes() != sum {
            return Err(self.error("bad_checksum", "the checksum of the length is wrong: this is no record"));
        }
        let length = u64::from_le_bytes(*length);
        if length > RECORD_BYTES_MAXIMUM {
            let message = format!("the record has {length} bytes, the limit is {RECORD_BYTES_MAXIMUM}");
            return Err(self.error("too_large", message));
        }
        let mut data = Vec::new();
        let read = (&mut self.reader).take(length + 4).read_to_end(&mut data);
        read.map_err(|error| self.error("unreadable", error.to_string()))?;
        if data.len() as u64 != length + 4 {
            return Err(self.error("truncated", "the file ends within a record"));
        }
        let sum = data.split_off(length as usize);
        let damaged = masked(&data).to_le_bytes() != *sum;
        let error =
            damaged.then(|| self.error("bad_checksum", "the checksum of the data is wrong: the record is damaged"));
        let start = self.at + 12;
        self.at = start + length + 4;
        Ok(match error {
            Some(error) => Frame::Damaged(error),
            None => Frame::Data { data, start, number: self.number },
        })
    }
}

pub(super) fn write(out: &mut dyn Write, data: &[u8]) -> io::Result<()> {
    let length = (data.len() as u64).to_le_bytes();
    out.write_all(&length)?;
    out.write_all(&masked(&length).to_le_bytes())?;
    out.write_all(data)?;
    out.write_all(&masked(data).to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_definition() {
        // RFC 3720, B.4: 32 bytes of zeros, of ones, rising; and the usual check.
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&[0xff; 32]), 0x62a8_ab43);
        let rising: Vec<u8> = (0..32).collect();
        assert_eq!(crc32c(&rising), 0x46dd_794e);
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }
}
