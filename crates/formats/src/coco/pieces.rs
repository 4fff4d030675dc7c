//! Pieces of a file by their places.

use super::index::Place;
use crate::{
    record::{DirectoryView, ReadSeek, RecordError},
    text,
};
use std::io::{Read, SeekFrom};

/// Reads pieces of a file. Pieces that follow each other are read in large steps.
pub struct Pieces {
    file: Box<dyn ReadSeek>,
    buffer: Vec<u8>,
    offset: u64,
}

const STEP: usize = 64 << 10;

impl Pieces {
    pub fn new(view: &dyn DirectoryView, name: &str) -> Result<Self, RecordError> {
        let file = view.open_random(name).map_err(|error| text::unreadable(name, &error))?;
        Ok(Self { file, buffer: Vec::new(), offset: 0 })
    }

    pub fn get(&mut self, place: Place) -> std::io::Result<&[u8]> {
        let (length, end) = (place.bytes as usize, place.offset + u64::from(place.bytes));
        let held = self.offset..self.offset + self.buffer.len() as u64;
        if place.offset < held.start || end > held.end {
            let follows = place.offset >= held.start && place.offset < held.end + STEP as u64;
            let wanted = if follows { STEP.max(length) } else { length };
            self.buffer.clear();
            self.offset = place.offset;
            self.file.seek(SeekFrom::Start(place.offset))?;
            self.fill(wanted)?;
        }
        let start = (place.offset - self.offset) as usize;
        self.buffer.get(start..start + length).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
    }

    /// As many bytes, or up to the end of the file: in steps as large as they can be, where `read_to_end` begins small.
    fn fill(&mut self, wanted: usize) -> std::io::Result<()> {
        self.buffer.resize(wanted, 0);
        let mut filled = 0;
        while let Some(room) = self.buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            match self.file.read(room) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.buffer.truncate(filled);
        Ok(())
    }
}
