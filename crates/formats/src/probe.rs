//! The size of a picture by its header, without decoding it: PNG, JPEG (with its EXIF orientation), GIF, WebP, BMP,
//! TIFF, netpbm. Sizes are those of the upright picture, as people see it and label it.

use std::io::Read;

/// Bytes of a header that are looked at: a JPEG may have long metadata before its size.
const HEADER_BYTES: u64 = 4 << 20;
/// Beyond this no side is believed.
const SIDE_MAXIMUM: u32 = 1 << 20;

/// Width and height; None when this is no picture that is known, or its header is cut off.
pub(crate) fn size(file: &mut dyn Read) -> Option<[u32; 2]> {
    let mut source = Header { file: file.take(HEADER_BYTES), bytes: Vec::with_capacity(4096) };
    let start = [32, 30, 26, 24, 16, 10, 8].into_iter().find_map(|count| source.get(0, count).map(<[u8]>::to_vec))?;
    let found = if start.starts_with(b"\x89PNG\r\n\x1a\n") {
        [be32(start.get(16..)?)?, be32(start.get(20..)?)?]
    } else if start.starts_with(b"GIF8") {
        [le16(start.get(6..)?)?, le16(start.get(8..)?)?]
    } else if start.starts_with(b"\xff\xd8") {
        jpeg(&mut source)?
    } else if start.starts_with(b"RIFF") && start.get(8..12)? == b"WEBP" {
        webp(&start)?
    } else if start.starts_with(b"BM") {
        let height = le32(start.get(22..)?)? as i32;
        [le32(start.get(18..)?)?, height.unsigned_abs()]
    } else if start.starts_with(b"II*\0") || start.starts_with(b"MM\0*") {
        tiff(&mut source)?
    } else if start.first() == Some(&b'P') && matches!(start.get(1), Some(b'1'..=b'6')) {
        netpbm(&start)?
    } else {
        return None;
    };
    found.iter().all(|side| (1..=SIDE_MAXIMUM).contains(side)).then_some(found)
}

/// The beginning of a file, read as far as somebody looks.
struct Header<R> {
    file: R,
    bytes: Vec<u8>,
}

impl<R: Read> Header<R> {
    fn get(&mut self, at: usize, count: usize) -> Option<&[u8]> {
        let end = at.checked_add(count)?;
        if end > HEADER_BYTES as usize {
            return None;
        }
        while self.bytes.len() < end {
            let have = self.bytes.len();
            self.bytes.resize(end.max(have + 1024), 0);
            let read = self.file.read(&mut self.bytes[have..]).ok()?;
            self.bytes.truncate(have + read);
            if read == 0 {
                return None;
            }
        }
        self.bytes.get(at..end)
    }
}

type Number = fn(&[u8]) -> Option<u32>;

fn be16(bytes: &[u8]) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(..2)?.try_into().ok()?)))
}

fn be32(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?))
}

fn le16(bytes: &[u8]) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(bytes.get(..2)?.try_into().ok()?)))
}

fn le32(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?))
}

/// ITU T.81: markers until a start of frame; APP1 may hold EXIF.
fn jpeg<R: Read>(source: &mut Header<R>) -> Option<[u32; 2]> {
    let (mut at, mut turned) = (2, false);
    loop {
        let marker = source.get(at, 2)?.to_vec();
        if marker[0] != 0xff {
            return None;
        }
        match marker[1] {
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xd9 | 0xda => return None,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let frame = source.get(at + 4, 5)?;
                let (height, width) = (be16(&frame[1..])?, be16(&frame[3..])?);
                return Some(if turned { [height, width] } else { [width, height] });
            }
            kind => {
                let length = be16(source.get(at + 2, 2)?)? as usize;
                if length < 2 {
                    return None;
                }
                if kind == 0xe1 {
                    turned |= source.get(at + 4, length - 2).and_then(exif_orientation).is_some_and(|o| o >= 5);
                }
                at += 2 + length;
            }
        }
    }
}

/// Tag 0x0112 of the first directory (EXIF 2.3).
fn exif_orientation(segment: &[u8]) -> Option<u32> {
    let tiff = segment.strip_prefix(b"Exif\0\0")?;
    let little = tiff.starts_with(b"II");
    let (short, long): (Number, Number) = if little { (le16, le32) } else { (be16, be32) };
    let directory = long(tiff.get(4..)?)? as usize;
    let entries = short(tiff.get(directory..)?)? as usize;
    (0..entries).find_map(|index| {
        let entry = tiff.get(directory + 2 + index * 12..)?;
        (short(entry)? == 0x0112).then(|| short(entry.get(8..)?)).flatten()
    })
}

fn webp(start: &[u8]) -> Option<[u32; 2]> {
    match start.get(12..16)? {
        b"VP8X" => {
            let three = |at: usize| Some(le32(start.get(at..at + 4)?)? & 0xff_ffff);
            Some([three(24)? + 1, three(27)? + 1])
        }
        b"VP8L" => {
            let bits = le32(start.get(21..)?)?;
            Some([(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1])
        }
        b"VP8 " => Some([le16(start.get(26..)?)? & 0x3fff, le16(start.get(28..)?)? & 0x3fff]),
        _ => None,
    }
}

/// TIFF 6.0: tags 256, 257 and 274 of the first directory.
fn tiff<R: Read>(source: &mut Header<R>) -> Option<[u32; 2]> {
    let little = source.get(0, 2)? == b"II";
    let (short, long): (Number, Number) = if little { (le16, le32) } else { (be16, be32) };
    let directory = long(source.get(4, 4)?)? as usize;
    let entries = short(source.get(directory, 2)?)? as usize;
    let (mut width, mut height, mut turned) = (None, None, false);
    for index in 0..entries {
        let entry = source.get((directory + 2).checked_add(index * 12)?, 12)?;
        let value = if short(&entry[2..])? == 3 { short(&entry[8..])? } else { long(&entry[8..])? };
        match short(entry)? {
            256 => width = Some(value),
            257 => height = Some(value),
            274 => turned = value >= 5,
            _ => {}
        }
    }
    let (width, height) = (width?, height?);
    Some(if turned { [height, width] } else { [width, height] })
}

fn netpbm(start: &[u8]) -> Option<[u32; 2]> {
    let text = std::str::from_utf8(start.get(2..).unwrap_or_default()).unwrap_or_default();
    let mut numbers = text.split_ascii_whitespace().map(str::parse);
    Some([numbers.next()?.ok()?, numbers.next()?.ok()?])
}

#[cfg(test)]
mod tests {
    use super::size;
    use proptest::prelude::*;

    /// The smallest JPEG header: EXIF with an orientation, then the frame.
    fn jpeg(orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1, 0, exif.len() as u8 + 2];
        bytes.extend(exif);
        bytes.extend([0xff, 0xc0, 0, 17, 8, 0, 20, 0, 30, 3]);
        bytes
    }

    #[test]
    fn sizes_are_those_of_the_upright_picture() {
        assert_eq!(size(&mut jpeg(1).as_slice()), Some([30, 20]));
        assert_eq!(size(&mut jpeg(6).as_slice()), Some([20, 30]));
        assert_eq!(size(&mut &jpeg(1)[..30]), None);
        assert_eq!(size(&mut b"GIF89a\x05\0\x07\0".as_slice()), Some([5, 7]));
        assert_eq!(size(&mut b"P6\n640 480\n255\n".as_slice()), Some([640, 480]));
        let mut bmp = b"BM".to_vec();
        bmp.resize(18, 0);
        bmp.extend([9, 0, 0, 0, 0xf8, 0xff, 0xff, 0xff]);
        assert_eq!(size(&mut bmp.as_slice()), Some([9, 8]), "rows from the top have a negative height");
        let tiff = b"II*\0\x08\0\0\0\x02\0\0\x01\x03\0\x01\0\0\0\x0b\0\0\0\x01\x01\x04\0\x01\0\0\0\x0d\0\0\0";
        assert_eq!(size(&mut tiff.as_slice()), Some([11, 13]));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(start in 0..8_usize, rest in proptest::collection::vec(any::<u8>(), 0..200)) {
            let starts: [&[u8]; 8] =
                [b"\x89PNG\r\n\x1a\n", b"GIF8", b"\xff\xd8\xff\xe1", b"RIFF0000WEBPVP8X", b"BM", b"II*\0", b"MM\0*", b"P6"];
            let _ = size(&mut [starts[start], &rest].concat().as_slice());
        }
    }
}
