//! Tar archives (POSIX.1-2001, ustar and pax; GNU's long names are read): entries one after the other, in bounds.

use crate::record::RecordError;
use std::io::{self, Read, Write};

const BLOCK: usize = 512;
/// Bytes of a header that holds a long name.
const HEADER_BYTES_MAXIMUM: u64 = 1 << 20;

pub(crate) struct Entry {
    pub name: String,
    /// Where its bytes begin in the archive.
    pub start: u64,
    pub bytes: u64,
    /// A file with bytes, and not a folder, a link, ...
    pub is_file: bool,
}

pub(crate) struct Entries<R> {
    name: String,
    reader: R,
    at: u64,
    /// What of the current entry is not read yet, with the padding.
    left: u64,
    padding: u64,
}

impl<R: Read> Entries<R> {
    pub fn new(name: &str, reader: R) -> Self {
        Self { name: name.to_owned(), reader, at: 0, left: 0, padding: 0 }
    }

    fn error(&self, code: &'static str, message: impl Into<String>) -> RecordError {
        RecordError::new(format!("{}: byte {}", self.name, self.at), code, message)
    }

    /// Fills the block; false at the end of the file.
    fn block(&mut self, block: &mut [u8; BLOCK]) -> Result<bool, RecordError> {
        let mut have = 0;
        while have < BLOCK {
            match self.reader.read(&mut block[have..]) {
                Ok(0) if have == 0 => return Ok(false),
                Ok(0) => return Err(self.error("truncated", "the archive ends within a header")),
                Ok(count) => have += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.error("unreadable", error.to_string())),
            }
        }
        self.at += BLOCK as u64;
        Ok(true)
    }

    /// Passes over what is left of the current entry.
    fn skip(&mut self) -> Result<(), RecordError> {
        let count = self.left + self.padding;
        let passed = io::copy(&mut (&mut self.reader).take(count), &mut io::sink());
        let passed = passed.map_err(|error| self.error("unreadable", error.to_string()))?;
        self.at += passed;
        if passed < self.left {
            return Err(self.error("truncated", "the archive ends within a file"));
        }
        (self.left, self.padding) = (0, 0);
        Ok(())
    }

    /// The bytes of the current entry.
    pub fn content(&mut self) -> Result<Vec<u8>, RecordError> {
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(self.left).read_to_end(&mut bytes);
        read.map_err(|error| self.error("unreadable", error.to_string()))?;
        self.at += bytes.len() as u64;
        let whole = bytes.len() as u64 == self.left;
        self.left = 0;
        if whole { Ok(bytes) } else { Err(self.error("truncated", "the archive ends within a file")) }
    }

    /// The next entry; None at the end.
    pub fn next(&mut self) -> Result<Option<Entry>, RecordError> {
        let (mut long_name, mut long_size) = (None, None);
        loop {
            self.skip()?;
            let mut block = [0; BLOCK];
            if !self.block(&mut block)? || block.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            if number(&block[148..156]) != Some(checksum(&block)) {
                self.at -= BLOCK as u64;
                return Err(self.error("bad_header", "this is no header of a tar archive: its checksum is wrong"));
            }
            let bytes = number(&block[124..136]).ok_or_else(|| self.error("bad_header", "the size is no number"))?;
            let kind = block[156];
            let bytes = long_size.filter(|_| !matches!(kind, b'x' | b'g' | b'L' | b'K')).unwrap_or(bytes);
            (self.left, self.padding) = (bytes, bytes.wrapping_neg() % BLOCK as u64);
            match kind {
                b'x' | b'L' => {
                    if bytes > HEADER_BYTES_MAXIMUM {
                        return Err(
                            self.error("too_large", format!("a header is larger than {HEADER_BYTES_MAXIMUM} bytes"))
                        );
                    }
                    let content = self.content()?;
                    if kind == b'L' {
                        long_name = Some(text(&content));
                        continue;
                    }
                    for (key, value) in pax(&content) {
                        match key {
                            b"path" => long_name = Some(text(value)),
                            b"size" => long_size = text(value).parse().ok(),
                            _ => {}
                        }
                    }
                }
                b'g' | b'K' => {}
                _ => {
                    let name = long_name.take().unwrap_or_else(|| {
                        let (prefix, name) = (text(&block[345..500]), text(&block[..100]));
                        let ustar = &block[257..262] == b"ustar" && !prefix.is_empty();
                        if ustar { format!("{prefix}/{name}") } else { name }
                    });
                    let is_file = matches!(kind, b'0' | 0 | b'7');
                    return Ok(Some(Entry { name, start: self.at, bytes, is_file }));
                }
            }
        }
    }
}

/// Up to the first NUL.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// Octal digits, or GNU's binary numbers for what is larger.
fn number(field: &[u8]) -> Option<u64> {
    if field.first().is_some_and(|byte| *byte == 0x80) {
        return field[1..].iter().try_fold(0_u64, |sum, byte| sum.checked_mul(256)?.checked_add(u64::from(*byte)));
    }
    let digits = text(field);
    let digits = digits.trim();
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok().filter(|number| *number < 1 << 62) }
}

/// The sum of all bytes, with spaces in place of the sum itself.
fn checksum(block: &[u8; BLOCK]) -> u64 {
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    let own: u64 = block[148..156].iter().map(|byte| u64::from(*byte)).sum();
    sum - own + 8 * u64::from(b' ')
}

/// `length key=value\n` records.
fn pax(mut content: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut found = Vec::new();
    while let Some(space) = content.iter().position(|byte| *byte == b' ') {
        let length: Option<usize> = text(&content[..space]).parse().ok();
        let Some(record) = length.and_then(|length| content.get(space + 1..length)) else { break };
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        if let Some(equals) = record.iter().position(|byte| *byte == b'=') {
            found.push((&record[..equals], &record[equals + 1..]));
        }
        content = &content[length.unwrap_or(content.len())..];
    }
    found
}

fn header(name: &[u8], bytes: u64, kind: u8) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
    let mut put = |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{bytes:011o}\0"));
    // No time: the same data is the same archive.
    put(136, "00000000000\0");
    put(257, "ustar\x0000");
    block[156] = kind;
    let sum = checksum(&block);
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn pad(out: &mut dyn Write, bytes: u64) -> io::Result<()> {
    let padding = bytes.wrapping_neg() % BLOCK as u64;
    out.write_all(&[0; BLOCK][..padding as usize])
}

/// Appends a file. Names that ustar cannot hold get a pax header.
///
/// # Errors
/// When it cannot be written, or is larger than 8 GiB.
pub fn append(out: &mut dyn Write, name: &str, content: &[u8]) -> io::Result<()> {
    let bytes = content.len() as u64;
    if bytes >= 1 << 33 {
        return Err(io::Error::other(format!("{name} is larger than 8 GiB")));
    }
    if name.len() > 100 || !name.is_ascii() {
        // The length counts its own digits.
        let rest = " path=\n".len() + name.len();
        let digits = (1..10).find(|digits| (rest + digits).to_string().len() == *digits).unwrap_or(1);
        let record = format!("{} path={name}\n", rest + digits);
        out.write_all(&header(b"pax", record.len() as u64, b'x'))?;
        out.write_all(record.as_bytes())?;
        pad(out, record.len() as u64)?;
    }
    let plain: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).take(100).collect();
    out.write_all(&header(plain.as_bytes(), bytes, b'0'))?;
    out.write_all(content)?;
    pad(out, bytes)
}

/// Two empty blocks end an archive.
pub fn finish(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&[0; 2 * BLOCK])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entries(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, RecordError> {
        let (mut entries, mut found) = (Entries::new("t.tar", bytes), Vec::new());
        while let Some(entry) = entries.next()? {
            let content = entries.content()?;
            assert_eq!(bytes[entry.start as usize..][..entry.bytes as usize], content);
            found.push((entry.name, content));
        }
        Ok(found)
    }

    proptest! {
        #[test]
        fn files_come_back(files in proptest::collection::vec(("[^\u{0}]{1,140}", "\\PC{0,600}"), 0..4)) {
            let mut out = Vec::new();
            for (name, text) in &files {
                append(&mut out, name, text.as_bytes()).unwrap();
            }
            finish(&mut out).unwrap();
            prop_assert_eq!(out.len() % BLOCK, 0);
            let wanted: Vec<_> = files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
            prop_assert_eq!(entries(&out).unwrap(), wanted);
        }
    }

    #[test]
    fn broken_archives_say_where() {
        let mut out = Vec::new();
        append(&mut out, "a", b"x").unwrap();
        append(&mut out, "b", b"y").unwrap();
        let place = |bytes: &[u8]| entries(bytes).map_err(|error| (error.place, error.code)).unwrap_err();
        assert_eq!(place(&out[..1100]), ("t.tar: byte 1024".to_owned(), "truncated"));
        assert_eq!(place(&out[..512]), ("t.tar: byte 512".to_owned(), "truncated"));
        let mut other = out.clone();
        other[1030] ^= 1;
        assert_eq!(place(&other), ("t.tar: byte 1024".to_owned(), "bad_header"));
        assert_eq!(place(b"short"), ("t.tar: byte 0".to_owned(), "truncated"));
        // The end may be missing.
        assert_eq!(entries(&out).unwrap().len(), 2);
    }
}
