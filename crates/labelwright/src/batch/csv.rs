//! CSV (RFC 4180) as bytes: a block of the file is in memory, records are ranges in it. The delimiter is the most
//! frequent of comma, semicolon and tab in the header; a byte order mark is dropped; blank lines are no records.

use crate::environment::Failure;
use memchr::{memchr, memchr_iter, memchr2, memchr2_iter};
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

const BLOCK_BYTES: usize = 1 << 19;
/// A record longer than this is almost surely a quote that was never closed.
const RECORD_BYTES: usize = 1 << 26;

pub struct Csv {
    path: PathBuf,
    file: File,
    buffer: Vec<u8>,
    /// What of `buffer` is not yet consumed.
    start: usize,
    ended: bool,
    delimiter: u8,
    line: u64,
    pub columns: Vec<String>,
    pub length: u64,
    pub consumed: u64,
}

/// Where a field lies: in the block, or, if it had quotes inside, in the scratch memory.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    start: u32,
    end: u32,
    scratch: bool,
    quoted: bool,
}

/// One record: fields as bytes. The line is that on which it starts.
pub struct Record<'a> {
    pub line: u64,
    block: &'a [u8],
    scratch: &'a [u8],
    fields: &'a [Field],
}

impl<'a> Record<'a> {
    /// The field's bytes without quotes; None for an empty field without quotes.
    #[inline]
    pub fn field(&self, index: usize) -> Option<&'a [u8]> {
        let field = self.fields.get(index)?;
        if field.start == field.end && !field.quoted {
            return None;
        }
        let from = if field.scratch { self.scratch } else { self.block };
        from.get(field.start as usize..field.end as usize)
    }
}

impl Csv {
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let length = file.metadata().map(|meta| meta.len()).unwrap_or(0);
        let mut csv = Self {
            path: path.to_owned(),
            file,
            buffer: Vec::new(),
            start: 0,
            ended: false,
            delimiter: b',',
            line: 1,
            columns: Vec::new(),
            length,
            consumed: 0,
        };
        csv.fill()?;
        if csv.buffer.starts_with(b"\xef\xbb\xbf") {
            csv.start = 3;
        }
        csv.delimiter = delimiter(csv.buffer.get(csv.start..).unwrap_or_default());
        let mut columns = Vec::new();
        csv.records(1, &mut |record: &Record<'_>| {
            let name = |index| String::from_utf8_lossy(record.field(index).unwrap_or_default()).trim().to_owned();
            columns = (0..record.fields.len()).map(name).collect();
            Ok(())
        })?;
        csv.columns = columns;
        Ok(csv)
    }

    /// How many records the file has if they are all as long as those of the first block.
    pub fn expected_rows(&self) -> usize {
        let block = self.buffer.get(self.start..).unwrap_or_default();
        let lines = memchr_iter(b'\n', block).count() as u64;
        self.length.saturating_mul(lines).checked_div(block.len() as u64).unwrap_or(0) as usize
    }

    /// Moves what is left to the front and reads another block behind it.
    fn fill(&mut self) -> Result<(), Failure> {
        self.consumed += self.start as u64;
        self.buffer.drain(..self.start);
        self.start = 0;
        let filled = self.buffer.len();
        if filled > RECORD_BYTES {
            return Err(format!(
                "{}, line {}: a record of more than {RECORD_BYTES} bytes; is a quote not closed?",
                self.path.display(),
                self.line
            )
            .into());
        }
        self.buffer.resize(filled + BLOCK_BYTES, 0);
        let mut read = 0;
        while let Some(free) = self.buffer.get_mut(filled + read..).filter(|free| !free.is_empty()) {
            match self.file.read(free) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(more) => read += more,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("{}: {error}", self.path.display()).into()),
            }
        }
        self.buffer.truncate(filled + read);
        Ok(())
    }

    /// Gives at most `limit` records to `each`, in the order of the file.
    pub fn records(
        &mut self,
        limit: u64,
        each: &mut dyn FnMut(&Record<'_>) -> Result<(), Failure>,
    ) -> Result<u64, Failure> {
        let (mut fields, mut scratch, mut given) = (Vec::new(), Vec::new(), 0);
        while given < limit {
            let block = self.buffer.get(self.start..).unwrap_or_default();
            let before = (given, self.start);
            given += if self.columns.is_empty() || memchr(b'"', block).is_some() {
                self.quoted(limit - given, &mut fields, &mut scratch, each)?
            } else {
                self.plain(limit - given, &mut fields, each)?
            };
            if (given, self.start) == before {
                if self.ended {
                    return Ok(given);
                }
                self.fill()?;
            }
        }
        Ok(given)
    }

    /// Records of a block without quotes.
    fn plain(
        &mut self,
        limit: u64,
        fields: &mut Vec<Field>,
        each: &mut dyn FnMut(&Record<'_>) -> Result<(), Failure>,
    ) -> Result<u64, Failure> {
        let block = self.buffer.get(self.start..).unwrap_or_default();
        let width = self.columns.len();
        let (mut given, mut record_start, mut field_start, mut line) = (0, 0, 0, self.line);
        fields.clear();
        let last = (self.ended && !block.is_empty() && !block.ends_with(b"\n")).then_some(block.len());
        for at in memchr2_iter(self.delimiter, b'\n', block).chain(last) {
            let ends_record = block.get(at).is_none_or(|byte| *byte == b'\n');
            let mut end = at;
            if ends_record && end > field_start && block.get(end - 1) == Some(&b'\r') {
                end -= 1;
            }
            fields.push(Field { start: field_start as u32, end: end as u32, scratch: false, quoted: false });
            field_start = at + 1;
            if !ends_record {
                continue;
            }
            if fields.len() != width && !(fields.len() == 1 && end == record_start) {
                return Err(wrong_width(&self.path, line, fields.len(), width));
            }
            if !(end == record_start && width > 1) {
                each(&Record { line, block, scratch: &[], fields })?;
                given += 1;
            }
            fields.clear();
            record_start = field_start;
            line += 1;
            if given == limit {
                break;
            }
        }
        self.line = line;
        self.start += record_start.min(block.len());
        Ok(given)
    }

    /// Records of a block that may hold quotes, as far as they are whole.
    fn quoted(
        &mut self,
        limit: u64,
        fields: &mut Vec<Field>,
        scratch: &mut Vec<u8>,
        each: &mut dyn FnMut(&Record<'_>) -> Result<(), Failure>,
    ) -> Result<u64, Failure> {
        let block = self.buffer.get(self.start..).unwrap_or_default();
        let width = self.columns.len();
        let (mut given, mut at, mut line) = (0, 0, self.line);
        while given < limit && at < block.len() {
            let read = split(block, at, self.delimiter, self.ended, fields, scratch)
                .map_err(|message| format!("{}, line {line}: {message}", self.path.display()))?;
            let Some(next) = read else { break };
            let (next, lines) = next;
            let blank = matches!(fields.as_slice(), [Field { start, end, quoted: false, .. }] if start == end);
            if !blank {
                if width > 0 && fields.len() != width {
                    return Err(wrong_width(&self.path, line, fields.len(), width));
                }
                each(&Record { line, block, scratch, fields })?;
                given += 1;
            }
            line += lines;
            at = next;
        }
        self.line = line;
        self.start += at;
        Ok(given)
    }
}

/// Splits the record that starts at `at`; gives where the next one starts and how many lines this one takes, or nothing
/// if the block ends first.
fn split(
    block: &[u8],
    mut at: usize,
    delimiter: u8,
    ended: bool,
    fields: &mut Vec<Field>,
    scratch: &mut Vec<u8>,
) -> Result<Option<(usize, u64)>, &'static str> {
    fields.clear();
    scratch.clear();
    let mut lines = 1;
    loop {
        let field = if block.get(at) == Some(&b'"') {
            let Some((field, end)) = quoted_field(block, at + 1, scratch, &mut lines) else {
                return if ended { Err("a quote is not closed") } else { Ok(None) };
            };
            at = end;
            field
        } else {
            let rest = block.get(at..).unwrap_or_default();
            let length = rest.iter().position(|byte| *byte == delimiter || *byte == b'\n');
            if length.is_none() && !ended {
                return Ok(None);
            }
            let end = at + length.unwrap_or(rest.len());
            let returned = end > at && block.get(end) != Some(&delimiter) && block.get(end - 1) == Some(&b'\r');
            let field =
                Field { start: at as u32, end: (end - usize::from(returned)) as u32, scratch: false, quoted: false };
            at = end;
            field
        };
        fields.push(field);
        match (block.get(at), block.get(at + 1)) {
            (Some(byte), _) if *byte == delimiter => at += 1,
            (Some(b'\n'), _) => return Ok(Some((at + 1, lines))),
            (Some(b'\r'), Some(b'\n')) => return Ok(Some((at + 2, lines))),
            (None, _) | (Some(b'\r'), None) => return Ok(ended.then_some((block.len(), lines))),
            (Some(_), _) => return Err("text after a closing quote; write quotes inside a field twice"),
        }
    }
}

/// A field after its opening quote, and where its closing quote is passed. It stays in the block unless it holds quotes.
/// Line ends inside of it are added to `lines`.
fn quoted_field(block: &[u8], start: usize, scratch: &mut Vec<u8>, lines: &mut u64) -> Option<(Field, usize)> {
    let close = quote(block, start, lines)?;
    if block.get(close + 1) != Some(&b'"') {
        let field = Field { start: start as u32, end: close as u32, scratch: false, quoted: true };
        return Some((field, close + 1));
    }
    let (from, mut at, mut close) = (scratch.len() as u32, start, close);
    loop {
        scratch.extend_from_slice(block.get(at..close)?);
        at = close + 1;
        if block.get(at) != Some(&b'"') {
            let field = Field { start: from, end: scratch.len() as u32, scratch: true, quoted: true };
            return Some((field, at));
        }
        scratch.push(b'"');
        at += 1;
        close = quote(block, at, lines)?;
    }
}

/// The next quote.
fn quote(block: &[u8], mut at: usize, lines: &mut u64) -> Option<usize> {
    /// Most fields are shorter than what a call for the search costs.
    const NEAR: usize = 24;
    loop {
        let rest = block.get(at..)?;
        let near = rest.iter().take(NEAR).position(|byte| matches!(byte, b'"' | b'\n'));
        let found = at + near.or_else(|| memchr2(b'"', b'\n', rest.get(NEAR..)?).map(|far| far + NEAR))?;
        if block.get(found) == Some(&b'"') {
            return Some(found);
        }
        *lines += 1;
        at = found + 1;
    }
}

fn delimiter(text: &[u8]) -> u8 {
    let (mut inside, mut counts) = (false, [0_usize; 3]);
    let choices = [b',', b';', b'\t'];
    for byte in text {
        inside ^= *byte == b'"';
        if *byte == b'\n' && !inside {
            break;
        }
        for (count, choice) in counts.iter_mut().zip(choices) {
            *count += usize::from(!inside && *byte == choice);
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    choices.into_iter().zip(counts).find(|(_, count)| *count == most).map_or(b',', |(choice, _)| choice)
}

fn wrong_width(path: &Path, line: u64, found: usize, width: usize) -> Failure {
    let fields = if found == 1 { "field" } else { "fields" };
    format!("{}, line {line}: {found} {fields} where the header has {width}", path.display()).into()
}
