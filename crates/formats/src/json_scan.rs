//! JSON documents that are larger than memory: walks through them and hands out the bytes of one value at a time, with
//! the place where they lie. It finds where values end; whether they are good is found out by who parses them.

use crate::record::RecordError;
use std::io::Read;

/// Largest value that is handed out, in bytes.
pub(crate) const VALUE_BYTES_MAXIMUM: usize = 256 << 20;

/// Bytes at which the depth changes or a string begins.
const MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    marks[b'"' as usize] = true;
    marks[b'{' as usize] = true;
    marks[b'}' as usize] = true;
    marks[b'[' as usize] = true;
    marks[b']' as usize] = true;
    marks
};

pub(crate) struct Scanner<R> {
    reader: R,
    name: String,
    buffer: Vec<u8>,
    /// Where reading is in the buffer.
    at: usize,
    /// Where the buffer begins in the file.
    offset: u64,
    ended: bool,
}

/// The objects of a piece of a list that was walked through before, so that it is known to be one.
pub fn objects(piece: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = piece;
    std::iter::from_fn(move || {
        rest = rest.get(memchr::memchr(b'{', rest)?..)?;
        let (object, behind) = rest.split_at_checked(flat_end(rest).or_else(|| deep_end(rest))?)?;
        rest = behind;
        Some(object)
    })
}

/// The end of an object that has no objects in it and no escapes: the first closing brace that is in no string.
fn flat_end(bytes: &[u8]) -> Option<usize> {
    let rest = bytes.get(1..)?;
    let end = memchr::memchr2(b'{', b'}', rest)?;
    let inner = rest.get(..end).filter(|_| rest.get(end) == Some(&b'}'))?;
    let quotes = memchr::memchr_iter(b'"', inner).count();
    (quotes.is_multiple_of(2) && memchr::memchr(b'\\', inner).is_none()).then_some(end + 2)
}

/// The end of any object.
fn deep_end(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' => depth += 1,
            b'}' if depth <= 1 => return Some(at + 1),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

impl<R: Read> Scanner<R> {
    pub fn new(name: &str, reader: R) -> Self {
        Self { reader, name: name.to_owned(), buffer: Vec::new(), at: 0, offset: 0, ended: false }
    }

    /// An error at the place where reading is.
    pub fn error(&self, message: &str) -> RecordError {
        let place = format!("{}: byte {}", self.name, self.offset + self.at as u64);
        RecordError::new(place, "malformed", message)
    }

    /// Reads on, keeping what lies from `keep` on. False at the end of the file.
    fn refill(&mut self, keep: usize) -> Result<bool, RecordError> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.drain(..keep);
        self.offset += keep as u64;
        self.at -= keep;
        if self.buffer.len() > VALUE_BYTES_MAXIMUM {
            let message = format!("a value is longer than {VALUE_BYTES_MAXIMUM} bytes");
            return Err(RecordError::new(format!("{}: byte {}", self.name, self.offset), "too_large", message));
        }
        let have = self.buffer.len();
        let more = (1 << 16).max(have / 2);
        self.buffer.resize(have + more, 0);
        let read = loop {
            match self.reader.read(&mut self.buffer[have..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(crate::text::unreadable(&self.name, &error)),
                Ok(read) => break read,
            }
        };
        self.buffer.truncate(have + read);
        self.ended = read == 0;
        Ok(read > 0)
    }

    /// The next byte that is no white space; None at the end.
    pub fn peek(&mut self) -> Result<Option<u8>, RecordError> {
        loop {
            while let Some(byte) = self.buffer.get(self.at) {
                if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                    if *byte == 0xef && self.offset == 0 && self.at == 0 && self.starts_with_mark()? {
                        self.at = 3;
                        continue;
                    }
                    return Ok(self.buffer.get(self.at).copied());
                }
                self.at += 1;
            }
            if !self.refill(self.at)? {
                return Ok(None);
            }
        }
    }

    fn starts_with_mark(&mut self) -> Result<bool, RecordError> {
        while self.buffer.len() < 3 && self.refill(0)? {}
        Ok(self.buffer.starts_with(b"\xef\xbb\xbf"))
    }

    /// Passes over this byte.
    pub fn expect(&mut self, wanted: u8) -> Result<(), RecordError> {
        match self.peek()? {
            Some(found) if found == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(found) => Err(self.error(&format!("{:?} was expected, {:?} found", wanted as char, found as char))),
            None => Err(self.error(&format!("{:?} was expected, the file ends", wanted as char))),
        }
    }

    /// After `{`: the next key, with reading at its value; None after the last one.
    pub fn next_key(&mut self, first: &mut bool) -> Result<Option<String>, RecordError> {
        if self.peek()? == Some(b'}') {
            self.at += 1;
            return Ok(None);
        }
        if !std::mem::take(first) {
            self.expect(b',')?;
        }
        let (_, raw) = self.value()?;
        let key = serde_json::from_slice::<String>(raw);
        let key = key.map_err(|error| self.error(&format!("this is no key: {error}")))?;
        self.expect(b':')?;
        Ok(Some(key))
    }

    /// After `[`: is there one more element? Reading is at it then.
    pub fn next_element(&mut self, first: &mut bool) -> Result<bool, RecordError> {
        if self.peek()? == Some(b']') {
            self.at += 1;
            return Ok(false);
        }
        if !std::mem::take(first) {
            self.expect(b',')?;
        }
        Ok(true)
    }

    /// The bytes of the next value, and where it begins in the file.
    pub fn value(&mut self) -> Result<(u64, &[u8]), RecordError> {
        let (start, end) = self.walk(true)?;
        Ok((self.offset + start as u64, &self.buffer[start..end]))
    }

    /// What of the file is in memory from here on.
    pub fn ahead(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    /// Passes over a value that lies in [`Self::ahead`] with so many bytes; where it begins in the file.
    pub fn pass(&mut self, bytes: usize) -> u64 {
        let start = self.offset + self.at as u64;
        self.at = (self.at + bytes).min(self.buffer.len());
        start
    }

    /// Passes over the next value, however long it is.
    pub fn skip(&mut self) -> Result<(), RecordError> {
        self.walk(false).map(|_| ())
    }

    /// The end of a flat object that lies whole in the buffer.
    fn flat_object(&self) -> Option<usize> {
        flat_end(self.buffer.get(self.at..)?).map(|end| self.at + end)
    }

    /// Goes to the end of the next value. With `keep` all of it is in the buffer then.
    fn walk(&mut self, keep: bool) -> Result<(usize, usize), RecordError> {
        let Some(first) = self.peek()? else { return Err(self.error("a value was expected, the file ends")) };
        let mut start = self.at;
        if first == b'{'
            && let Some(end) = self.flat_object()
        {
            self.at = end;
            return Ok((start, end));
        }
        let mut depth = 0_usize;
        let mut in_string = false;
        let bare = !matches!(first, b'{' | b'[' | b'"');
        let mut some = false;
        loop {
            while let Some(byte) = self.buffer.get(self.at).copied() {
                if in_string {
                    match memchr::memchr2(b'"', b'\\', &self.buffer[self.at..]) {
                        None => self.at = self.buffer.len(),
                        Some(ahead) if self.buffer[self.at + ahead] == b'"' => {
                            self.at += ahead + 1;
                            in_string = false;
                            if depth == 0 {
                                return Ok((start, self.at));
                            }
                        }
                        // The escaped byte may lie beyond the buffer: read on from the backslash then.
                        Some(ahead) if self.at + ahead + 1 < self.buffer.len() => self.at += ahead + 2,
                        Some(ahead) => {
                            self.at += ahead;
                            break;
                        }
                    }
                    continue;
                }
                if bare {
                    if matches!(byte, b',' | b']' | b'}' | b':' | b' ' | b'\t' | b'\n' | b'\r') {
                        return if some {
                            Ok((start, self.at))
                        } else {
                            Err(self.error(&format!("a value was expected, {:?} found", byte as char)))
                        };
                    }
                } else {
                    // Numbers and what is between them: nothing that opens or closes.
                    if !MARKS[byte as usize] {
                        let rest = &self.buffer[self.at..];
                        self.at += rest.iter().position(|byte| MARKS[*byte as usize]).unwrap_or(rest.len());
                        some = true;
                        continue;
                    }
                    match byte {
                        b'"' => in_string = true,
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => {
                            depth = depth.saturating_sub(1);
                            if depth == 0 {
                                self.at += 1;
                                return Ok((start, self.at));
                            }
                        }
                        _ => {}
                    }
                }
                self.at += 1;
                some = true;
            }
            let from = if keep { start } else { self.at };
            let more = self.refill(from)?;
            start = if keep { 0 } else { self.at };
            if !more {
                if bare && some {
                    return Ok((start, self.at));
                }
                return Err(self.error("the file ends within a value"));
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Gives one byte at a time, so that every border of the buffer is met.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            (out[0], self.0) = (*first, rest);
            Ok(1)
        }
    }

    #[test]
    fn values_are_found_across_buffer_borders() {
        let text = "\u{feff} {\"a\\\"\": [1, {\"x\":\"]}\\\\\"}, \"q\\\"\" ,true] , \"b\":null}".as_bytes();
        let mut scanner = Scanner::new("f", Drops(text));
        scanner.expect(b'{').unwrap();
        let mut first = true;
        assert_eq!(scanner.next_key(&mut first).unwrap().unwrap(), "a\"");
        scanner.expect(b'[').unwrap();
        let (mut one, mut found) = (true, Vec::new());
        while scanner.next_element(&mut one).unwrap() {
            let (offset, raw) = scanner.value().unwrap();
            assert_eq!(&text[offset as usize..offset as usize + raw.len()], raw);
            found.push(String::from_utf8(raw.to_vec()).unwrap());
        }
        assert_eq!(found, ["1", r#"{"x":"]}\\"}"#, r#""q\"""#, "true"]);
        assert_eq!(scanner.next_key(&mut first).unwrap().unwrap(), "b");
        scanner.skip().unwrap();
        assert_eq!(scanner.next_key(&mut first).unwrap(), None);
    }

    #[test]
    fn a_cut_off_file_is_an_error_with_its_place() {
        for text in ["{\"a\":[1,", "{\"a\":\"x", "{\"a\\", "{", ""] {
            let mut scanner = Scanner::new("f", text.as_bytes());
            let outcome = scanner.skip();
            assert!(outcome.is_err_and(|error| error.place.starts_with("f: byte")), "{text}");
        }
    }
}
