//! Reads a file or a data set without one around it. Every transfer syntax that is not deflated (PS3.5 annex A); files
//! without a preamble and data sets without a head are taken too, because archives are full of them.

use crate::{DataSet, Element, Error, Tag, Value, Vr, dictionary, tags, uid};
use std::{borrow::Cow, io::Read};

const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);
const UNDEFINED: u32 = u32::MAX;
/// Sequences within sequences.
const DEPTH_MAXIMUM: usize = 24;
/// Elements of one file, those of its sequences included.
const ELEMENTS_MAXIMUM: usize = 2_000_000;
/// Bytes of a deflated data set when it is inflated.
pub const INFLATED_BYTES_MAXIMUM: u64 = 1 << 30;

/// What is at hand of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File<'a> {
    /// Transfer syntax.
    pub syntax: String,
    pub data: DataSet<'a>,
}

/// Where the data set begins, and how it is written.
struct Opened {
    syntax: String,
    start: usize,
}

impl<'a> File<'a> {
    /// # Errors
    /// When this is no DICOM file, or ends too early, or contradicts itself; with the tag where that is.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::read(bytes, false)
    }

    /// What stands before the pixels, of the beginning of a file: where that ends within an element, what came before it.
    ///
    /// # Errors
    /// When this is no DICOM file, or contradicts itself.
    pub fn beginning(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::read(bytes, true)
    }

    fn read(bytes: &'a [u8], beginning: bool) -> Result<Self, Error> {
        let Opened { syntax, start } = opened(bytes)?;
        if syntax == uid::DEFLATED {
            return Err(Error::Deflated);
        }
        let mut reader = Reader {
            bytes,
            at: start,
            explicit: syntax != uid::IMPLICIT_LITTLE,
            big: syntax == uid::EXPLICIT_BIG,
            depth: 0,
            elements: 0,
            beginning,
        };
        let mut data = DataSet::default();
        match reader.elements(&mut data, bytes.len(), false) {
            Err(Error::Truncated(_)) if beginning => {}
            other => other?,
        }
        Ok(Self { syntax, data })
    }
}

/// The file as it is, or with its deflated data set inflated, to so many bytes at most: what would come behind them is
/// missed where it is read.
///
/// # Errors
/// When the deflated data set is none.
pub fn inflated(bytes: &[u8], most: u64) -> Result<Cow<'_, [u8]>, Error> {
    let Ok(Opened { syntax, start }) = opened(bytes) else { return Ok(Cow::Borrowed(bytes)) };
    if syntax != uid::DEFLATED {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut meta = DataSet::default();
    meta.put_text(tags::TRANSFER_SYNTAX_UID, b"UI", uid::EXPLICIT_LITTLE);
    let mut plain = crate::write::head(&meta);
    let rest = bytes.get(start..).unwrap_or_default();
    match flate2::read::DeflateDecoder::new(rest).take(most).read_to_end(&mut plain) {
        Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => Err(Error::Deflated),
        _ => Ok(Cow::Owned(plain)),
    }
}

fn opened(bytes: &[u8]) -> Result<Opened, Error> {
    let meta = if bytes.get(128..132) == Some(b"DICM") {
        132
    } else if bytes.starts_with(&[2, 0]) && bytes.len() > 8 {
        0
    } else {
        return bare(bytes).ok_or(Error::NotDicom);
    };
    let mut reader = Reader { bytes, at: meta, explicit: true, big: false, depth: 0, elements: 0, beginning: false };
    let mut head = DataSet::default();
    reader.elements(&mut head, bytes.len(), true)?;
    let said = head.text(tags::TRANSFER_SYNTAX_UID).filter(|said| !said.is_empty());
    let syntax = match said {
        Some(syntax) => syntax,
        None => bare(bytes.get(reader.at..).unwrap_or_default()).ok_or(Error::NotDicom)?.syntax,
    };
    Ok(Opened { syntax, start: reader.at })
}

/// A data set without a head: its first element says how it is written.
fn bare(bytes: &[u8]) -> Option<Opened> {
    let first = bytes.get(..8)?;
    let explicit = is_vr([first[4], first[5]]);
    let syntax = match [first[0], first[1]] {
        [8, 0] if explicit => uid::EXPLICIT_LITTLE,
        [0, 8] if explicit => uid::EXPLICIT_BIG,
        // The first element of a data set is short.
        [8, 0] if u32::from_le_bytes([first[4], first[5], first[6], first[7]]) < 1 << 16 => uid::IMPLICIT_LITTLE,
        _ => return None,
    };
    Some(Opened { syntax: syntax.to_owned(), start: 0 })
}

fn is_vr(letters: Vr) -> bool {
    const ALL: &[u8] = b"AEASATCSDADSDTFDFLISLOLTOBODOFOLOVOWPNSHSLSQSSSTSVTMUCUIULUNURUSUTUV";
    ALL.as_chunks::<2>().0.contains(&letters)
}

/// Those with a length of four bytes (PS3.5 section 7.1.2).
fn is_long(vr: Vr) -> bool {
    matches!(&vr, b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SQ" | b"SV" | b"UC" | b"UN" | b"UR" | b"UT" | b"UV")
}

/// Bytes of a number that are turned round where the most significant comes first.
fn width(vr: Vr) -> usize {
    match &vr {
        b"AT" | b"OW" | b"SS" | b"US" => 2,
        b"FL" | b"OF" | b"OL" | b"SL" | b"UL" => 4,
        b"FD" | b"OD" | b"OV" | b"SV" | b"UV" => 8,
        _ => 1,
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    explicit: bool,
    big: bool,
    depth: usize,
    elements: usize,
    /// Ends before the pixels.
    beginning: bool,
}

struct Header {
    tag: Tag,
    vr: Vr,
    length: u32,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize, tag: Tag) -> Result<&'a [u8], Error> {
        let end = self.at.checked_add(count).ok_or(Error::Truncated(tag))?;
        let found = self.bytes.get(self.at..end).ok_or(Error::Truncated(tag))?;
        self.at = end;
        Ok(found)
    }

    fn array<const N: usize>(&mut self, tag: Tag) -> Result<[u8; N], Error> {
        let mut word = [0; N];
        word.copy_from_slice(self.take(N, tag)?);
        if self.big {
            word.reverse();
        }
        Ok(word)
    }

    fn u16(&mut self, tag: Tag) -> Result<u16, Error> {
        Ok(u16::from_le_bytes(self.array(tag)?))
    }

    fn u32(&mut self, tag: Tag) -> Result<u32, Error> {
        Ok(u32::from_le_bytes(self.array(tag)?))
    }

    fn header(&mut self) -> Result<Header, Error> {
        let none = Tag(0, 0);
        let tag = Tag(self.u16(none)?, self.u16(none)?);
        if tag.0 == 0xFFFE {
            return Ok(Header { tag, vr: *b"UN", length: self.u32(tag)? });
        }
        let letters = [self.bytes.get(self.at), self.bytes.get(self.at + 1)].map(|byte| byte.copied().unwrap_or(0));
        // Some writers forget that they are explicit within sequences.
        if !self.explicit || !is_vr(letters) {
            return Ok(Header { tag, vr: dictionary::vr(tag), length: self.u32(tag)? });
        }
        self.at += 2;
        let length = if is_long(letters) {
            self.take(2, tag)?;
            self.u32(tag)?
        } else {
            u32::from(self.u16(tag)?)
        };
        Ok(Header { tag, vr: letters, length })
    }

    /// Reads elements up to `end`, or to the end of an item; of a file's head only those of its group.
    fn elements(&mut self, into: &mut DataSet<'a>, end: usize, head: bool) -> Result<(), Error> {
        while self.at < end {
            // What is left behind the last element is padding.
            if self.depth == 0 && end - self.at < 8 {
                return Ok(());
            }
            let before = self.at;
            let Header { tag, vr, length } = self.header()?;
            if head && tag.0 != 2 {
                self.at = before;
                return Ok(());
            }
            if tag == ITEM_END || tag == SEQUENCE_END {
                return if self.depth > 0 { Ok(()) } else { Err(Error::Malformed(tag, "it ends what never began")) };
            }
            if self.beginning && self.depth == 0 && tag.0 >= 0x7FE0 {
                return Ok(());
            }
            self.elements += 1;
            if self.elements > ELEMENTS_MAXIMUM {
                return Err(Error::Malformed(tag, "there are too many elements"));
            }
            // Words of pixels with four bytes or more are turned round as a whole.
            let width = match into.integer(tags::BITS_ALLOCATED) {
                Some(bits @ (32 | 64)) if tag == tags::PIXEL_DATA && vr == *b"OW" => bits as usize / 8,
                _ => width(vr),
            };
            let element = self.element(Header { tag, vr, length }, width, end)?;
            into.insert(tag, element);
        }
        Ok(())
    }

    /// `width` is that of the numbers in it.
    fn element(&mut self, header: Header, width: usize, end: usize) -> Result<Element<'a>, Error> {
        let Header { tag, vr, length } = header;
        if tag == tags::PIXEL_DATA && length == UNDEFINED {
            return Ok(Element { vr: *b"OB", value: Value::Fragments(self.fragments(tag)?) });
        }
        if vr == *b"SQ" || length == UNDEFINED || (vr == *b"UN" && dictionary::vr(tag) == *b"SQ") {
            // What is unknown is written implicitly, least significant byte first (PS3.5 section 6.2.2).
            let before = (self.explicit, self.big);
            if vr == *b"UN" && self.explicit {
                (self.explicit, self.big) = (false, false);
            }
            let items = self.sequence(tag, length, end);
            (self.explicit, self.big) = before;
            return Ok(Element { vr: *b"SQ", value: Value::Items(items?) });
        }
        let bytes = self.take(length as usize, tag)?;
        let value = if self.big && width > 1 {
            let mut turned = bytes.to_vec();
            turned.chunks_exact_mut(width).for_each(<[u8]>::reverse);
            Cow::Owned(turned)
        } else {
            Cow::Borrowed(bytes)
        };
        Ok(Element { vr, value: Value::Bytes(value) })
    }

    fn sequence(&mut self, tag: Tag, length: u32, outer: usize) -> Result<Vec<DataSet<'a>>, Error> {
        if self.depth >= DEPTH_MAXIMUM {
            return Err(Error::Malformed(tag, "sequences are nested too deeply"));
        }
        let end = self.end(tag, length, outer)?;
        let mut items = Vec::new();
        while self.at < end {
            let header = self.header()?;
            match header.tag {
                SEQUENCE_END => break,
                ITEM => {
                    let end = self.end(tag, header.length, end)?;
                    let mut item = DataSet::default();
                    self.depth += 1;
                    self.elements(&mut item, end, false)?;
                    self.depth -= 1;
                    items.push(item);
                }
                _ => return Err(Error::Malformed(tag, "a sequence is made of items")),
            }
        }
        Ok(items)
    }

    /// Where something of this length ends, within what is around it.
    fn end(&self, tag: Tag, length: u32, outer: usize) -> Result<usize, Error> {
        if length == UNDEFINED {
            return Ok(outer);
        }
        let end = self.at.checked_add(length as usize).filter(|end| *end <= outer);
        end.ok_or(Error::Truncated(tag))
    }

    fn fragments(&mut self, tag: Tag) -> Result<Vec<&'a [u8]>, Error> {
        let mut found = Vec::new();
        loop {
            let header = self.header()?;
            match header.tag {
                ITEM => found.push(self.take(header.length as usize, tag)?),
                SEQUENCE_END => return Ok(found),
                _ => return Err(Error::Malformed(tag, "pixels in pieces are made of items")),
            }
        }
    }
}
