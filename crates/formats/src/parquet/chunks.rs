//! A file of the view as the Parquet library reads it: at many places, and no page larger than memory allows.

use crate::record::ReadSeek;
use bytes::Bytes;
use parquet::{
    errors::ParquetError,
    file::reader::{ChunkReader, Length},
};
use std::{
    io::{self, BufRead, BufReader, Read, SeekFrom},
    sync::{Arc, Mutex},
};

/// Bytes of a page, packed or not. A page holds many small values or one large one: whoever writes larger ones has no
/// use for pages.
const PAGE_BYTES_MAXIMUM: u64 = 256 << 20;

/// A file of the view that is read at many places.
pub(crate) struct Chunks {
    file: Arc<Mutex<Box<dyn ReadSeek>>>,
    bytes: u64,
}

impl Chunks {
    pub fn new(file: Box<dyn ReadSeek>, bytes: u64) -> Self {
        Self { file: Arc::new(Mutex::new(file)), bytes }
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let mut reader = BufReader::new(From { file: Arc::clone(&self.file), at: start });
        // The library asks for a page's header so, and makes room for what it says.
        match page_bytes(reader.fill_buf()?) {
            Some(bytes) if bytes > PAGE_BYTES_MAXIMUM => Err(too_large(bytes)),
            _ => Ok(reader),
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        if start.saturating_add(length as u64) > self.bytes {
            return Err(ParquetError::EOF(format!("{length} bytes from {start} lie past the end")));
        }
        if length as u64 > PAGE_BYTES_MAXIMUM {
            return Err(too_large(length as u64));
        }
        let mut bytes = vec![0; length];
        From { file: Arc::clone(&self.file), at: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// A place in the file from which is read on.
pub(crate) struct From {
    file: Arc<Mutex<Box<dyn ReadSeek>>>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().map_err(|_| io::Error::other("an earlier read failed"))?;
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(out)?;
        self.at += count as u64;
        Ok(count)
    }
}

fn too_large(bytes: u64) -> ParquetError {
    ParquetError::General(format!("a page of {bytes} bytes is larger than {PAGE_BYTES_MAXIMUM}"))
}

/// The unpacked bytes of a page by its header: the second field of a Thrift structure in the compact protocol, after the
/// kind of the page. None where no header begins.
fn page_bytes(header: &[u8]) -> Option<u64> {
    /// The next field by its number, a whole number of 32 bits.
    const NEXT_NUMBER: u8 = 0x15;
    let rest = header.strip_prefix(&[NEXT_NUMBER])?;
    let (kind, rest) = number(rest)?;
    let (bytes, _) = number(rest.strip_prefix(&[NEXT_NUMBER])?)?;
    // Negative sizes are for the library to refuse.
    ((0..=3).contains(&kind)).then_some(bytes).and_then(|bytes| u64::try_from(bytes).ok())
}

/// A number in groups of seven bits, the sign in the last bit, and what follows.
fn number(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().take(9).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some(((value >> 1) as i64 ^ -((value & 1) as i64), &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_page_is_known_by_its_header() {
        // A data page (0) of 300 bytes, and one of 2^31 - 1.
        assert_eq!(page_bytes(&[0x15, 0, 0x15, 0xd8, 0x04, 0x15, 2]), Some(300));
        assert_eq!(page_bytes(&[0x15, 4, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15]), Some((1 << 31) - 1));
        for other in
            [&b"PAR1"[..], &[0x15, 2, 0x19, 0x8c], &[0x15, 20, 0x15, 2], &[0x15, 0, 0x15, 1], &[0x15, 0x80], &[]]
        {
            assert_eq!(page_bytes(other), None, "{other:?}");
        }
    }
}
