//! What one item is like by itself.

use crate::commands::augment::lasting::heard;
use fast_image_resize::{
    self as resize, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use foldhash::quality::FixedState;
use image::{DynamicImage, GrayImage, ImageReader, Limits, imageops::FilterType};
use labelwright_core::Modality;
use labelwright_formats::{
    ExportItem,
    groups::{Fingerprint, GREY_SIDE},
};
use labelwright_generate::sound::Sound;
use labelwright_inference::detect::Detector;
use labelwright_learn::embed::image as features;
use labelwright_quality::profile::{
    language::language,
    personal::{Personal, personal},
    pictures::{Flaw, Look},
    sounds::Hearing,
};
use std::{
    collections::BTreeMap,
    hash::{BuildHasher, DefaultHasher, Hash, Hasher},
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// Sharpness depends on the scale: pictures are looked at with their longer side at this.
const LOOK_SIDE: u32 = 512;
const MOST_SIDE: u32 = 32_768;
const MOST_BYTES: u64 = 1 << 30;
/// A face with fewer pixels on a side tells nobody who it is, and one with a lower score may be none.
const FACE_SIDE: f32 = 24.0;
const FACE_SCORE: f32 = 0.5;
/// Characters of a text that its features are made of.
const SAMPLED_CHARS: usize = 2000;

/// An item with what its file holds.
pub struct Piece {
    pub item: ExportItem,
    pub data: Vec<u8>,
    pub is_there: bool,
    /// Number of its input.
    pub input: usize,
}

impl Piece {
    pub fn weight(&self) -> usize {
        self.data.len() + self.item.text.as_ref().map_or(0, String::len) + 1024
    }
}

/// What is looked for.
#[derive(Clone, Copy)]
pub struct Looking<'a> {
    pub seed: u64,
    /// Finds faces.
    pub faces: Option<&'a Detector>,
    /// Texts, and pictures, whose lot is below are in their sample.
    pub sampled_below: [u64; 2],
}

/// What is in the sample.
pub enum Sampled {
    Text(String),
    Picture(Vec<f64>),
}

#[derive(Default)]
pub struct Facts {
    /// Of the bytes; None for what is not there.
    pub hash: Option<u128>,
    pub print: Option<Fingerprint>,
    /// Pixels of pictures.
    pub size: Option<[u32; 2]>,
    pub flaws: Vec<Flaw>,
    /// Of recordings that can be heard.
    pub hearing: Option<Hearing>,
    /// Characters of texts.
    pub chars: Option<usize>,
    pub language: Option<&'static str>,
    pub personal: BTreeMap<Personal, u64>,
    /// Faces that somebody may be known by.
    pub faces: u64,
    /// The model that finds them has failed on this picture.
    pub is_unsearched: bool,
    pub is_readable: bool,
    /// Where it stands in the draw for the sample.
    pub lot: u64,
    pub sampled: Option<Sampled>,
}

/// What can be told of an item. One that breaks a decoder down counts as unreadable.
pub fn facts(piece: &Piece, looking: &Looking<'_>) -> Facts {
    catch_unwind(AssertUnwindSafe(|| looked_at(piece, looking))).unwrap_or_default()
}

fn looked_at(piece: &Piece, looking: &Looking<'_>) -> Facts {
    let mut facts = Facts { is_readable: piece.is_there, ..Facts::default() };
    let mut hasher = DefaultHasher::new();
    (looking.seed, piece.input, &piece.item.key).hash(&mut hasher);
    facts.lot = hasher.finish();
    let [texts, pictures] = looking.sampled_below;
    let is_sampled = facts.lot < if piece.item.text.is_some() { texts } else { pictures };
    if let Some(text) = &piece.item.text {
        facts.hash = Some(hash(text.as_bytes()));
        facts.print = Fingerprint::of_text(text);
        facts.chars = Some(text.chars().count());
        facts.language = language(text);
        for (kind, _) in personal(text) {
            *facts.personal.entry(kind).or_default() += 1;
        }
        facts.sampled =
            (is_sampled && facts.print.is_some()).then(|| Sampled::Text(text.chars().take(SAMPLED_CHARS).collect()));
    } else if piece.is_there {
        facts.hash = Some(hash(&piece.data));
        match piece.item.modality {
            Modality::Image => {
                picture(piece, is_sampled, &mut facts);
                if let Some(detector) = looking.faces.filter(|_| facts.is_readable) {
                    let found = faces(&piece.data, detector);
                    (facts.faces, facts.is_unsearched) = (found.unwrap_or_default(), found.is_none());
                }
            }
            Modality::Audio => {
                let scratch = || tempfile::tempfile().map_err(|error| error.to_string());
                facts.hearing = heard(&piece.data, scratch).ok().map(|sound| hearing(&sound));
                facts.is_readable = facts.hearing.is_some();
            }
            _ => {}
        }
    }
    facts
}

/// Faces that are large enough; None when nobody can tell.
fn faces(bytes: &[u8], detector: &Detector) -> Option<u64> {
    let found = detector.detect(&decoded(bytes)?.to_rgb8(), FACE_SCORE).ok()?;
    Some(found.iter().filter(|face| face.width.min(face.height) >= FACE_SIDE).count() as u64)
}

fn hearing(sound: &Sound) -> Hearing {
    let a_second = f64::from(sound.rate) * sound.channels.len() as f64;
    Hearing::of(sound.channels.iter().flatten().copied(), a_second)
}

fn picture(piece: &Piece, is_sampled: bool, facts: &mut Facts) {
    let Some(picture) = grey_jpeg(&piece.data).or_else(|| decoded(&piece.data)) else {
        facts.is_readable = false;
        return;
    };
    let (width, height) = (picture.width(), picture.height());
    let scale = f64::from(LOOK_SIDE) / f64::from(width.max(height));
    let grey = picture.into_luma8();
    let grey = if scale < 1.0 { smaller(&grey, scale).unwrap_or(grey) } else { grey };
    let look = Look::of(grey.as_raw(), grey.width() as usize, grey.height() as usize);
    facts.size = Some([width, height]);
    facts.flaws = look.flaws(width, height);
    let small = image::imageops::resize(&grey, GREY_SIDE as u32, GREY_SIDE as u32, FilterType::Triangle);
    let print = small.as_raw().as_slice().try_into().ok().map(Fingerprint::of_picture);
    // Without any slope all pictures of one colour, and of fine grain, would be the same.
    facts.print = print.filter(|print| *print != Fingerprint::Picture(0));
    // Only the sample needs colours.
    if is_sampled && let Some(picture) = decoded(&piece.data) {
        let looked = if scale < 1.0 { picture.thumbnail(LOOK_SIDE, LOOK_SIDE) } else { picture };
        let square = looked.resize_exact(features::SIDE as u32, features::SIDE as u32, FilterType::Triangle).to_rgb8();
        facts.sampled = Some(Sampled::Picture(features::embed(square.as_raw())));
    }
}

/// A grey picture made smaller by the mean of what falls together. `image` does the same an order of magnitude slower.
fn smaller(grey: &GrayImage, scale: f64) -> Option<GrayImage> {
    let side = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    let (width, height) = (side(grey.width()), side(grey.height()));
    let from = ImageRef::new(grey.width(), grey.height(), grey.as_raw(), PixelType::U8).ok()?;
    let mut to = Image::new(width, height, PixelType::U8);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(resize::FilterType::Box));
    Resizer::new().resize(&from, &mut to, &options).ok()?;
    GrayImage::from_raw(width, height, to.into_vec())
}

/// The brightness of a JPEG, which is its first component: colours are neither computed nor mixed. None for what is no
/// JPEG, or cannot be read like this.
fn grey_jpeg(bytes: &[u8]) -> Option<DynamicImage> {
    if !bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return None;
    }
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(MOST_SIDE as usize)
        .set_max_height(MOST_SIDE as usize)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    // Others, printers' colours among them, do not have their brightness by itself.
    if !matches!(decoder.input_colorspace()?, ColorSpace::YCbCr | ColorSpace::Luma) {
        return None;
    }
    let (width, height) = decoder.dimensions()?;
    if width.checked_mul(height)? as u64 > MOST_BYTES {
        return None;
    }
    let values = decoder.decode().ok()?;
    GrayImage::from_raw(u32::try_from(width).ok()?, u32::try_from(height).ok()?, values).map(DynamicImage::ImageLuma8)
}

fn decoded(bytes: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    reader.decode().ok()
}

/// Equal bytes have equal ones. Not for keeping: it may differ between versions of this program.
fn hash(bytes: &[u8]) -> u128 {
    let half = |salt: u64| u128::from(FixedState::with_seed(salt).hash_one(bytes));
    half(0x9e37_79b9_7f4a_7c15) << 64 | half(0)
}
