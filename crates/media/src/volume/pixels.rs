//! The pixels of one DICOM file (PS3.3 section C.7.6.3, PS3.5 chapter 8): any frame of it as values, whatever they were
//! packed with. What is stored with more bits than it has is brought to what it means.

use super::{
    codecs::{self, Unpacked},
    levels::Samples,
};
use crate::Refused;
use labelwright_dicom::{DataSet, File, Tag, Value, tags, uid};

pub struct Picture<'a> {
    file: &'a File<'a>,
    /// What errors begin with.
    name: &'a str,
    pub width: usize,
    pub height: usize,
    pub frames: usize,
    pub samples: Samples,
    /// Is the lowest value white?
    pub inverted: bool,
    pub signed: bool,
    per_pixel: usize,
    allocated: usize,
    stored: u32,
    high: u32,
    colours: Colours,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Colours {
    None,
    Rgb,
    /// Luminance and differences for each pixel.
    Luminance,
    /// The same, with differences for two pixels together.
    Halved,
    Palette,
}

const JPEG: [&str; 4] = [uid::JPEG_BASELINE, uid::JPEG_EXTENDED, uid::JPEG_LOSSLESS, uid::JPEG_LOSSLESS_SV1];

impl<'a> Picture<'a> {
    pub fn of(file: &'a File<'a>, name: &'a str) -> Result<Self, Refused> {
        let data = &file.data;
        let refused = |code, tag: Tag, what: &str| Refused::data(code, super::named(name, format!("{tag}: {what}")));
        let needed = |tag| data.integer(tag).ok_or_else(|| refused("no_pixels", tag, "it is missing"));
        let side = |tag| {
            let wrong = || refused("too_large", tag, "a side has 1 to 16384 pixels");
            usize::try_from(needed(tag)?).ok().filter(|side| (1..=16_384).contains(side)).ok_or_else(wrong)
        };
        let (width, height) = (side(tags::COLUMNS)?, side(tags::ROWS)?);
        let frames = data.integer(tags::NUMBER_OF_FRAMES).unwrap_or(1);
        let most = crate::limits::VOLUME_SLICES_MAXIMUM;
        let frames = usize::try_from(frames).ok().filter(|frames| (1..=most).contains(frames));
        let frames = frames.ok_or_else(|| refused("too_large", tags::NUMBER_OF_FRAMES, "there are 1 to 10000"))?;
        let per_pixel = data.integer(tags::SAMPLES_PER_PIXEL).unwrap_or(1);
        let allocated = needed(tags::BITS_ALLOCATED)?;
        let photometric = data.text(tags::PHOTOMETRIC_INTERPRETATION).unwrap_or_default();
        let colours = match (per_pixel, photometric.as_str()) {
            (1, "PALETTE COLOR") => Colours::Palette,
            (1, _) => Colours::None,
            (3, "RGB" | "YBR_RCT" | "YBR_ICT") => Colours::Rgb,
            (3, "YBR_FULL") => Colours::Luminance,
            (3, "YBR_FULL_422") => Colours::Halved,
            _ => {
                let what = format!("{per_pixel} samples a pixel as {photometric:?} are not read");
                return Err(refused("unknown_codec", tags::PHOTOMETRIC_INTERPRETATION, &what));
            }
        };
        let signed = data.integer(tags::PIXEL_REPRESENTATION) == Some(1);
        let samples = match (colours, allocated, signed) {
            (Colours::None, 1, _) | (Colours::None, 8, false) => Samples::U8,
            (Colours::None, 8, true) => Samples::I8,
            (Colours::None, 16, false) => Samples::U16,
            (Colours::None, 16, true) => Samples::I16,
            (Colours::None, 32, false) => Samples::U32,
            (Colours::None, 32, true) => Samples::I32,
            (Colours::Palette, 8 | 16, _) | (Colours::Rgb | Colours::Luminance | Colours::Halved, 8, _) => Samples::Rgb,
            _ => {
                let what = format!("{allocated} bits for a sample are not read here");
                return Err(refused("unknown_codec", tags::BITS_ALLOCATED, &what));
            }
        };
        let bits = allocated as u32;
        let stored = data.integer(tags::BITS_STORED).and_then(|bits| u32::try_from(bits).ok());
        let stored = stored.filter(|stored| (1..=bits).contains(stored)).unwrap_or(bits);
        let high = data.integer(tags::HIGH_BIT).and_then(|high| u32::try_from(high).ok());
        let high = high.filter(|high| (stored - 1..bits).contains(high)).unwrap_or(stored - 1);
        Ok(Self {
            file,
            name,
            width,
            height,
            frames,
            samples,
            inverted: photometric == "MONOCHROME1",
            signed,
            per_pixel: per_pixel as usize,
            allocated: allocated as usize,
            stored,
            high,
            colours,
        })
    }

    fn refused(&self, code: &'static str, what: impl std::fmt::Display) -> Refused {
        Refused::data(code, super::named(self.name, format!("{}: {what}", tags::PIXEL_DATA)))
    }

    /// The values of a frame (from 0) as they are in the file of slices.
    pub fn frame(&self, index: usize) -> Result<Vec<u8>, Refused> {
        let Some(element) = self.file.data.get(tags::PIXEL_DATA) else {
            return Err(self.refused("no_pixels", "there are no pixels"));
        };
        let raw = match &element.value {
            Value::Bytes(bytes) => self.plain(bytes, index)?,
            Value::Fragments(fragments) => self.packed(fragments, index)?,
            Value::Items(_) => return Err(self.refused("damaged", "pixels are no sequence")),
        };
        match self.colours {
            Colours::None => Ok(self.meant(raw)),
            Colours::Rgb | Colours::Halved => Ok(raw),
            // What unpacks JPEG makes red, green and blue of it itself.
            Colours::Luminance if JPEG.contains(&self.file.syntax.as_str()) => Ok(raw),
            Colours::Luminance => Ok(rgb(raw)),
            Colours::Palette => self.through_palette(&raw),
        }
    }

    /// Pixels that are not packed.
    fn plain(&self, bytes: &[u8], index: usize) -> Result<Vec<u8>, Refused> {
        let pixels = self.width * self.height;
        let short = |wanted: usize| {
            self.refused("truncated", format!("there are {} bytes of pixels, {wanted} are needed", bytes.len()))
        };
        if self.allocated == 1 {
            let (start, end) = (index * pixels, (index + 1) * pixels);
            let wanted = (self.frames * pixels).div_ceil(8);
            let bits = bytes.get(..end.div_ceil(8)).ok_or_else(|| short(wanted))?;
            return Ok((start..end).map(|bit| bits[bit / 8] >> (bit % 8) & 1).collect());
        }
        let halved = self.colours == Colours::Halved;
        let size = if halved { pixels * 2 } else { pixels * self.per_pixel * self.allocated / 8 };
        let own = bytes.get(index * size..(index + 1) * size).ok_or_else(|| short(size * self.frames))?;
        if halved {
            return Ok(rgb(own.as_chunks::<4>().0.iter().flat_map(|[a, b, u, v]| [*a, *u, *v, *b, *u, *v]).collect()));
        }
        if self.per_pixel == 3 && self.file.data.integer(tags::PLANAR_CONFIGURATION) == Some(1) {
            return Ok((0..pixels).flat_map(|at| [own[at], own[at + pixels], own[at + 2 * pixels]]).collect());
        }
        Ok(own.to_vec())
    }

    fn packed(&self, fragments: &[&[u8]], index: usize) -> Result<Vec<u8>, Refused> {
        let own = self.fragment(fragments, index)?;
        let (pixels, bytes) = (self.width * self.height, self.allocated.div_ceil(8));
        let size = (self.width, self.height);
        let syntax = self.file.syntax.as_str();
        let unpacked = match syntax {
            uid::RLE => {
                return codecs::run_lengths(&own, pixels, self.per_pixel, bytes)
                    .map_err(|what| self.refused("damaged", what));
            }
            jpeg if JPEG.contains(&jpeg) => {
                let luminance = matches!(self.colours, Colours::Luminance | Colours::Halved);
                codecs::jpeg(&own, size, self.per_pixel, luminance)
            }
            uid::JPEG_2000 | uid::JPEG_2000_LOSSLESS => codecs::jpeg_2000(&own, size, self.per_pixel),
            _ => {
                let what = format!("pixels packed as {syntax} ({}) are not read", tags::TRANSFER_SYNTAX_UID);
                return Err(self.refused("unknown_codec", what));
            }
        };
        Ok(match unpacked.map_err(|what| self.refused("damaged", what))? {
            Unpacked::Bytes(found) if bytes == 1 => found,
            Unpacked::Bytes(found) => {
                found.iter().flat_map(|value| u32::from(*value).to_le_bytes().into_iter().take(bytes)).collect()
            }
            Unpacked::Words(found) => {
                found.iter().flat_map(|value| u32::from(*value).to_le_bytes().into_iter().take(bytes)).collect()
            }
        })
    }

    /// What a frame is packed in: a piece each, all pieces where there is one frame, or as the table of offsets says.
    fn fragment(&self, fragments: &[&[u8]], index: usize) -> Result<Vec<u8>, Refused> {
        let (table, pieces) =
            fragments.split_first().ok_or_else(|| self.refused("no_pixels", "there are no pixels"))?;
        if self.frames == 1 {
            return Ok(pieces.concat());
        }
        if pieces.len() == self.frames {
            return Ok(pieces.get(index).map(|piece| piece.to_vec()).unwrap_or_default());
        }
        let offsets: Vec<usize> =
            table.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word) as usize).collect();
        if offsets.len() != self.frames {
            let what =
                format!("{} pieces for {} frames, and no table that says which is whose", pieces.len(), self.frames);
            return Err(self.refused("damaged", what));
        }
        let (start, end) = (offsets[index], offsets.get(index + 1).copied().unwrap_or(usize::MAX));
        let mut at = 0;
        let mut own = Vec::new();
        for piece in pieces {
            if (start..end).contains(&at) {
                own.extend_from_slice(piece);
            }
            at += piece.len() + 8;
        }
        Ok(own)
    }

    /// Bits that are none of the value go, and the sign is carried on.
    fn meant(&self, mut raw: Vec<u8>) -> Vec<u8> {
        let bits = self.allocated as u32;
        if bits == 1 || self.stored == bits {
            return raw;
        }
        let (shift, unused) = (self.high + 1 - self.stored, 32 - self.stored);
        let bytes = self.allocated / 8;
        for word in raw.chunks_exact_mut(bytes) {
            let mut own = [0; 4];
            own[..bytes].copy_from_slice(word);
            let up = (u32::from_le_bytes(own) >> shift) << unused;
            let value = if self.signed { ((up as i32) >> unused) as u32 } else { up >> unused };
            word.copy_from_slice(&value.to_le_bytes()[..bytes]);
        }
        raw
    }

    fn through_palette(&self, raw: &[u8]) -> Result<Vec<u8>, Refused> {
        let data = &self.file.data;
        let table = |descriptor: Tag, values: Tag| {
            let numbers = data.numbers(descriptor);
            let bytes = data.bytes(values).unwrap_or_default();
            let [_, first, bits] = numbers[..] else {
                return Err(self.refused("no_pixels", format!("{descriptor}: the table of colours is missing")));
            };
            let own: Vec<u8> = match bits as u32 {
                8 => bytes.to_vec(),
                _ => bytes.as_chunks::<2>().0.iter().map(|word| word[1]).collect(),
            };
            if own.is_empty() {
                return Err(self.refused("no_pixels", format!("{values}: the table of colours is empty")));
            }
            Ok((first as i64, own))
        };
        let tables = [
            table(tags::RED_PALETTE_DESCRIPTOR, tags::RED_PALETTE_DATA)?,
            table(tags::GREEN_PALETTE_DESCRIPTOR, tags::GREEN_PALETTE_DATA)?,
            table(tags::BLUE_PALETTE_DESCRIPTOR, tags::BLUE_PALETTE_DATA)?,
        ];
        let colour = |word: &[u8]| {
            let index = word.iter().rev().fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
            // What lies outside has the colour of the nearer end.
            tables.each_ref().map(|(first, own)| own[(index - first).clamp(0, own.len() as i64 - 1) as usize])
        };
        Ok(raw.chunks_exact(self.allocated / 8).flat_map(colour).collect())
    }

    /// The stored value of pixels outside what was scanned.
    pub fn padding(&self) -> Option<f64> {
        let found = self.file.data.number(tags::PIXEL_PADDING_VALUE)?;
        // Its representation is that of the pixels, whatever it says of itself.
        Some(if self.signed && found >= 32_768.0 { found - 65_536.0 } else { found })
    }
}

/// Slope and intercept of a frame.
pub fn rescale(data: &DataSet<'_>, frame: usize) -> (f64, f64) {
    let own = data.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).get(frame);
    let shared = data.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first();
    let tag = tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE;
    let group = [own, shared].into_iter().flatten().find_map(|groups| groups.items(tag).first()).unwrap_or(data);
    let slope = group.number(tags::RESCALE_SLOPE).filter(|slope| *slope != 0.0);
    (slope.unwrap_or(1.0), group.number(tags::RESCALE_INTERCEPT).unwrap_or(0.0))
}

/// From luminance and differences (ITU-R BT.601, PS3.3 section C.7.6.3.1.2).
fn rgb(mut triples: Vec<u8>) -> Vec<u8> {
    for [y, blue, red] in triples.as_chunks_mut::<3>().0 {
        let (luma, cb, cr) = (f64::from(*y), f64::from(*blue) - 128.0, f64::from(*red) - 128.0);
        let byte = |value: f64| value.round().clamp(0.0, 255.0) as u8;
        *y = byte(luma + 1.402 * cr);
        *blue = byte(luma - 0.344_136 * cb - 0.714_136 * cr);
        *red = byte(luma + 1.772 * cb);
    }
    triples
}
