//! NIfTI-1 in one file, packed by gzip or not, of either byte order (R. Cox et al., "A (sort of) new image data format
//! standard: NIfTI-1", 2004; <https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h>).

use super::{
    Output,
    levels::{Head, Samples, Writer},
    unreadable, windows,
};
use crate::Refused;
use flate2::{Compression, GzBuilder, bufread::MultiGzDecoder};
use labelwright_core::volume::{Affine, Grid, turned, turned_for_display};
use labelwright_dicom::DataSet;
use std::{
    fs::File,
    io::{self, BufReader, Read, Write},
};

/// The least offset of voxels: the header and four bytes that say whether there are extensions.
const VOXELS_AT: u64 = 352;

fn refused(code: &'static str, message: impl Into<String>) -> Refused {
    Refused::data(code, message)
}

fn source(file: File, packed: bool) -> Box<dyn Read> {
    let file = BufReader::with_capacity(1 << 17, file);
    if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) }
}

fn read_exact(from: &mut dyn Read, into: &mut [u8], what: &str) -> Result<(), Refused> {
    from.read_exact(into).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => refused("truncated", format!("the file ends within {what}")),
        _ => unreadable(&error),
    })
}

/// The header with the four bytes behind it.
struct Header {
    bytes: [u8; VOXELS_AT as usize],
    big: bool,
}

impl Header {
    fn read(from: &mut dyn Read) -> Result<Self, Refused> {
        let mut bytes = [0; VOXELS_AT as usize];
        read_exact(from, &mut bytes, "the header")?;
        let none = || refused("not_a_volume", "this is no DICOM and no NIfTI-1 file");
        let big = match bytes {
            [92, 1, 0, 0, ..] => false,
            [0, 0, 1, 92, ..] => true,
            _ => return Err(none()),
        };
        match &bytes[344..348] {
            b"n+1\0" => Ok(Self { bytes, big }),
            b"ni1\0" => {
                Err(refused("not_a_volume", "magic: header and voxels in two files are not read: join them as .nii"))
            }
            _ => Err(none()),
        }
    }

    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut word = [0; N];
        word.copy_from_slice(&self.bytes[at..at + N]);
        if self.big {
            word.reverse();
        }
        word
    }

    fn i16(&self, at: usize) -> i16 {
        i16::from_le_bytes(self.array(at))
    }

    fn f32(&self, at: usize) -> f64 {
        f64::from(f32::from_le_bytes(self.array(at)))
    }

    fn size(&self) -> Result<[u32; 3], Refused> {
        let dimensions = self.i16(40);
        if !(2..=7).contains(&dimensions) {
            return Err(refused("damaged", format!("dim[0]: {dimensions} dimensions; there are 2 to 7")));
        }
        let mut size = [1; 3];
        for axis in 1..=dimensions as usize {
            let length = self.i16(40 + 2 * axis);
            if length < 1 {
                return Err(refused("damaged", format!("dim[{axis}]: {length} voxels")));
            }
            match size.get_mut(axis - 1) {
                Some(own) => *own = length as u32,
                None if length > 1 => {
                    let message = format!("dim[{axis}]: {length} volumes; an item is one volume: split the file");
                    return Err(refused("not_a_volume", message));
                }
                None => {}
            }
        }
        Ok(size)
    }

    /// Where voxels begin.
    fn offset(&self) -> Result<u64, Refused> {
        let offset = self.f32(108);
        if !(0.0..1e9).contains(&offset) {
            return Err(refused("damaged", format!("vox_offset: {offset}")));
        }
        Ok((offset as u64).max(VOXELS_AT))
    }

    fn samples(&self) -> Result<(Samples, usize), Refused> {
        Ok(match self.i16(70) {
            2 => (Samples::U8, 1),
            4 => (Samples::I16, 2),
            8 => (Samples::I32, 4),
            16 => (Samples::F32, 4),
            64 => (Samples::F32, 8),
            128 => (Samples::Rgb, 3),
            256 => (Samples::I8, 1),
            512 => (Samples::U16, 2),
            768 => (Samples::U32, 4),
            other => return Err(refused("unknown_codec", format!("datatype: voxels of type {other} are not read"))),
        })
    }

    fn rescale(&self) -> (f64, f64) {
        let (slope, intercept) = (self.f32(112), self.f32(116));
        if slope == 0.0 || !slope.is_finite() || !intercept.is_finite() { (1.0, 0.0) } else { (slope, intercept) }
    }

    /// Millimetres of a unit; None where the file does not say it, which then means millimetres to most programs.
    fn unit(&self) -> f64 {
        match self.bytes[123] & 7 {
            1 => 1000.0,
            3 => 0.001,
            _ => 1.0,
        }
    }

    fn spacing(&self) -> [f64; 3] {
        [80, 84, 88].map(|at| {
            let found = self.f32(at).abs() * self.unit();
            if found > 0.0 && found.is_finite() { found } else { 1.0 }
        })
    }

    fn affine(&self) -> Option<Affine> {
        let found = if self.i16(254) > 0 {
            std::array::from_fn(|row| std::array::from_fn(|column| self.f32(280 + 16 * row + 4 * column) * self.unit()))
        } else if self.i16(252) > 0 {
            self.quaternion()
        } else {
            return None;
        };
        let lengths = [0, 1, 2].map(|axis| found.iter().map(|row: &[f64; 4]| row[axis] * row[axis]).sum::<f64>());
        let good =
            found.iter().flatten().all(|number| number.is_finite()) && lengths.iter().all(|length| *length > 0.0);
        good.then_some(found)
    }

    /// Method 2 of the header file.
    fn quaternion(&self) -> Affine {
        let [b, c, d] = [256, 260, 264].map(|at| self.f32(at));
        let a = (1.0 - (b * b + c * c + d * d)).max(0.0).sqrt();
        let turn = [
            [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
            [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
            [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - c * c - b * b],
        ];
        let [x, y, z] = self.spacing();
        let z = if self.f32(76) < 0.0 { -z } else { z };
        std::array::from_fn(|row| {
            let offset = self.f32(268 + 4 * row) * self.unit();
            [turn[row][0] * x, turn[row][1] * y, turn[row][2] * z, offset]
        })
    }
}

pub fn prepare(file: File, packed: bool, output: &mut dyn Output) -> Result<Head, Refused> {
    let mut source = source(file, packed);
    let header = Header::read(&mut source)?;
    let size = header.size()?;
    let (samples, stored) = header.samples()?;
    let mut writer = Writer::new(output, samples, size)?;
    let skipped = header.offset()? - VOXELS_AT;
    let passed = io::copy(&mut source.by_ref().take(skipped), &mut io::sink()).map_err(|error| unreadable(&error))?;
    if passed < skipped {
        return Err(refused("truncated", "the file ends before its voxels (vox_offset)"));
    }
    let affine = header.affine();
    let flips = affine.as_ref().map_or([false; 3], turned_for_display);
    let (width, height) = (size[0] as usize, size[1] as usize);
    let mut raw = vec![0; width * height * stored];
    for index in 0..size[2] as usize {
        read_exact(&mut source, &mut raw, &format!("slice {} of {}", index + 1, size[2]))?;
        let mut slice = shown(&raw, samples, stored, header.big);
        flip(&mut slice, width * samples.bytes(), samples.bytes(), flips);
        let place = if flips[2] { size[2] as usize - 1 - index } else { index };
        writer.slice(place, &slice, header.rescale(), None)?;
    }
    let mut notes = Vec::new();
    if stored == 8 {
        notes.push("Values are rounded to 32 bits".to_owned());
    }
    if affine.is_none() {
        notes.push(
            "The file does not say how it lies: left and right, above and below are as they are stored".to_owned(),
        );
    }
    let values = writer.values();
    let grid = Grid {
        size,
        spacing: header.spacing(),
        measured: true,
        affine: affine.map(|affine| turned(&affine, size, flips)),
        flipped: flips,
        dicom: None,
    };
    writer.finish(Head {
        media_type: if packed { "application/gzip" } else { "application/x-nifti" }.to_owned(),
        grid,
        samples,
        inverted: false,
        unit: String::new(),
        low: 0.0,
        high: 0.0,
        windows: windows::of(&DataSet::default(), "", &values),
        tags: Vec::new(),
        notes,
        slices: Vec::new(),
    })
}

/// Values as they are in the file of slices: least significant byte first.
fn shown(raw: &[u8], samples: Samples, stored: usize, big: bool) -> Vec<u8> {
    if stored == 8 {
        let number = |word: &[u8; 8]| if big { f64::from_be_bytes(*word) } else { f64::from_le_bytes(*word) };
        return raw.as_chunks::<8>().0.iter().flat_map(|word| (number(word) as f32).to_le_bytes()).collect();
    }
    let mut own = raw.to_vec();
    if big && samples != Samples::Rgb && stored > 1 {
        own.chunks_exact_mut(stored).for_each(<[u8]>::reverse);
    }
    own
}

/// Turns columns and rows round.
fn flip(slice: &mut [u8], row_bytes: usize, sample: usize, [columns, rows, _]: [bool; 3]) {
    if columns {
        for row in slice.chunks_exact_mut(row_bytes) {
            // The samples change places, and the bytes within each stay in theirs.
            row.reverse();
            row.chunks_exact_mut(sample).for_each(<[u8]>::reverse);
        }
    }
    if rows {
        let count = slice.len() / row_bytes;
        let (upper, lower) = slice.split_at_mut(count.div_ceil(2) * row_bytes);
        for (one, other) in upper.chunks_exact_mut(row_bytes).zip(lower.chunks_exact_mut(row_bytes).rev()) {
            one.swap_with_slice(other);
        }
    }
}

/// Places of words in the header that programs and people fill as they like.
const WORDS: [std::ops::Range<usize>; 5] = [4..14, 14..32, 148..228, 228..252, 328..344];

pub fn scrub(file: File, packed: bool, output: &mut dyn Output) -> Result<(), Refused> {
    let mut source = source(file, packed);
    let mut header = Header::read(&mut source)?;
    let skipped = header.offset()? - VOXELS_AT;
    io::copy(&mut source.by_ref().take(skipped), &mut io::sink()).map_err(|error| unreadable(&error))?;
    for words in WORDS {
        header.bytes[words].fill(0);
    }
    let offset = VOXELS_AT as f32;
    header.bytes[108..112].copy_from_slice(&if header.big { offset.to_be_bytes() } else { offset.to_le_bytes() });
    header.bytes[348..352].fill(0);
    if !packed {
        output.write_all(&header.bytes)?;
        io::copy(&mut source, output)?;
        return Ok(());
    }
    // Without the name of the file and the time, which gzip keeps too.
    let mut out = GzBuilder::new().write(output, Compression::new(4));
    out.write_all(&header.bytes)?;
    io::copy(&mut source, &mut out).map_err(|error| unreadable(&error))?;
    out.finish()?;
    Ok(())
}
