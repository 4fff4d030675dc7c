//! The file of slices of a volume: a word, the length of the head, the head as JSON (filled up with blanks), then the
//! slices, each packed for itself as zlib does (RFC 1950): values row by row, the least significant byte first.

use crate::{Refused, limits};
use flate2::{Compression, write::ZlibEncoder};
use labelwright_core::volume::Grid;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, SeekFrom, Write};

/// The first bytes.
pub const WORD: &[u8; 8] = b"LWVOLUM1";
/// No head is longer, in bytes.
const HEAD_BYTES_MAXIMUM: u32 = 8 << 20;
/// Room for what a head says of itself and of each slice.
const HEAD_BYTES: usize = 16 << 10;
const SLICE_BYTES: usize = 256;
/// Values that are looked at to tell what most are like.
const SAMPLED: u64 = 1 << 20;

/// How a value is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Samples {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    /// Red, green and blue, a byte each.
    Rgb,
}

impl Samples {
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::Rgb => 3,
        }
    }

    fn value(self, word: &[u8]) -> f64 {
        let mut own = [0; 4];
        own[..word.len().min(4)].copy_from_slice(&word[..word.len().min(4)]);
        let [first, second, ..] = own;
        match self {
            Self::U8 => f64::from(first),
            Self::I8 => f64::from(first as i8),
            Self::U16 => f64::from(u16::from_le_bytes([first, second])),
            Self::I16 => f64::from(i16::from_le_bytes([first, second])),
            Self::U32 => f64::from(u32::from_le_bytes(own)),
            Self::I32 => f64::from(i32::from_le_bytes(own)),
            Self::F32 => f64::from(f32::from_le_bytes(own)),
            Self::Rgb => f64::from(own[..3].iter().copied().max().unwrap_or(0)),
        }
    }
}

/// A range of values that is shown from black to white (PS3.3 section C.11.2.1.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    pub name: String,
    pub center: f64,
    pub width: f64,
}

/// Where a slice lies, from the end of the head, and what its stored values mean: value x slope + intercept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    pub offset: u64,
    pub bytes: u32,
    pub slope: f64,
    pub intercept: f64,
}

/// What is known of a volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub media_type: String,
    pub grid: Grid,
    pub samples: Samples,
    /// Is the lowest value white?
    pub inverted: bool,
    /// What values are counted in: `HU` for Hounsfield units; empty where it is not said.
    pub unit: String,
    /// Lowest and highest value.
    pub low: f64,
    pub high: f64,
    /// The first is what it is shown in at first.
    pub windows: Vec<Window>,
    /// Of DICOM, keywords and values that speak of the picture.
    pub tags: Vec<(String, String)>,
    /// What whoever looks at it should know.
    pub notes: Vec<String>,
    pub slices: Vec<Slice>,
}

/// Writes slices in any order, and the head when all are there.
pub struct Writer<'a> {
    output: &'a mut dyn super::Output,
    samples: Samples,
    slices: Vec<Slice>,
    room: usize,
    at: u64,
    low: f64,
    high: f64,
    step: usize,
    sampled: Vec<f64>,
}

/// What the values of a volume are like.
pub struct Values {
    pub low: f64,
    pub high: f64,
    /// What one in a hundred values is below, and one above.
    pub most: [f64; 2],
}

impl<'a> Writer<'a> {
    /// # Errors
    /// When the volume is larger than the limits, or cannot be written.
    pub fn new(output: &'a mut dyn super::Output, samples: Samples, size: [u32; 3]) -> Result<Self, Refused> {
        let [width, height, count] = size;
        let side = limits::VOLUME_SIDE_MAXIMUM;
        let voxels = u64::from(width) * u64::from(height) * u64::from(count);
        let fits = (1..=side).contains(&width) && (1..=side).contains(&height);
        let most = limits::VOLUME_SLICES_MAXIMUM;
        if !fits || count == 0 || count as usize > most || voxels > limits::VOLUME_VOXELS_MAXIMUM {
            let message = format!(
                "{width} x {height} pixels in {count} slices; a side has 1 to {side}, a volume at most {most} slices and {} voxels",
                limits::VOLUME_VOXELS_MAXIMUM
            );
            return Err(Refused::data("too_large", message));
        }
        let room = HEAD_BYTES + count as usize * SLICE_BYTES;
        output.write_all(WORD)?;
        output.write_all(&(room as u32).to_le_bytes())?;
        output.write_all(&vec![b' '; room])?;
        let empty = Slice { offset: 0, bytes: 0, slope: 1.0, intercept: 0.0 };
        Ok(Self {
            output,
            samples,
            slices: vec![empty; count as usize],
            room,
            at: 0,
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            step: (voxels / SAMPLED).max(1) as usize,
            sampled: Vec::new(),
        })
    }

    /// The values of a slice; `padding` is the stored value of pixels outside what was scanned.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn slice(
        &mut self,
        index: usize,
        data: &[u8],
        (slope, intercept): (f64, f64),
        padding: Option<f64>,
    ) -> io::Result<()> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (at, word) in data.chunks_exact(self.samples.bytes()).enumerate() {
            let value = self.samples.value(word);
            if Some(value) == padding || !value.is_finite() {
                continue;
            }
            (low, high) = (low.min(value), high.max(value));
            if at.is_multiple_of(self.step) {
                self.sampled.push(value * slope + intercept);
            }
        }
        if low <= high {
            let ends = [low * slope + intercept, high * slope + intercept];
            self.low = self.low.min(ends[0].min(ends[1]));
            self.high = self.high.max(ends[0].max(ends[1]));
        }
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::new(4));
        packed.write_all(data)?;
        let packed = packed.finish()?;
        self.output.write_all(&packed)?;
        if let Some(own) = self.slices.get_mut(index) {
            *own = Slice { offset: self.at, bytes: packed.len() as u32, slope, intercept };
        }
        self.at += packed.len() as u64;
        Ok(())
    }

    /// What the values are like, when all slices are there.
    pub fn values(&mut self) -> Values {
        if self.low > self.high {
            (self.low, self.high) = (0.0, 0.0);
        }
        self.sampled.sort_by(f64::total_cmp);
        let place = |share: f64| {
            let at = (self.sampled.len().saturating_sub(1) as f64 * share).round() as usize;
            self.sampled.get(at).copied().unwrap_or(0.0)
        };
        Values { low: self.low, high: self.high, most: [place(0.01), place(0.99)] }
    }

    /// Ends the file with what is known of the volume; slices and their values are filled in.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self, head: Head) -> Result<Head, Refused> {
        let head = Head { samples: self.samples, slices: self.slices, low: self.low, high: self.high, ..head };
        let json = serde_json::to_vec(&head).map_err(io::Error::from)?;
        if json.len() > self.room {
            return Err(Refused::data("too_large", "what the files say of the volume is too long"));
        }
        self.output.seek(SeekFrom::Start(WORD.len() as u64 + 4))?;
        self.output.write_all(&json)?;
        self.output.flush()?;
        Ok(head)
    }
}

/// The head of a file of slices.
///
/// # Errors
/// When this is none.
pub fn read_head(input: &mut dyn Read) -> io::Result<Head> {
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "these are no slices of a volume");
    let (mut word, mut length) = ([0; 8], [0; 4]);
    input.read_exact(&mut word)?;
    input.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if word != *WORD || length > HEAD_BYTES_MAXIMUM {
        return Err(bad());
    }
    let mut json = vec![0; length as usize];
    input.read_exact(&mut json)?;
    serde_json::from_slice(&json).map_err(|_| bad())
}
