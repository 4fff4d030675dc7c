//! What one item is like by itself.

use image::{DynamicImage, ImageReader, Limits, imageops::FilterType};
use labelwright_core::Modality;
use labelwright_formats::{
    ExportItem,
    groups::{Fingerprint, GREY_SIDE},
};
use labelwright_learn::embed::image as features;
use labelwright_quality::profile::{
    language::language,
    personal::{Personal, personal},
    pictures::{Flaw, Look},
};
use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    io::Cursor,
};

/// Sharpness depends on the scale: pictures are looked at with their longer side at this.
const LOOK_SIDE: u32 = 512;
const MOST_SIDE: u32 = 32_768;
const MOST_BYTES: u64 = 1 << 30;
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
pub struct Looking {
    pub seed: u64,
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
    /// Characters of texts.
    pub chars: Option<usize>,
    pub language: Option<&'static str>,
    pub personal: BTreeMap<Personal, u64>,
    pub is_readable: bool,
    /// Where it stands in the draw for the sample.
    pub lot: u64,
    pub sampled: Option<Sampled>,
}

pub fn facts(piece: &Piece, looking: &Looking) -> Facts {
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
        if piece.item.modality == Modality::Image {
            picture(piece, is_sampled, &mut facts);
        }
    }
    facts
}

fn picture(piece: &Piece, is_sampled: bool, facts: &mut Facts) {
    let Some(picture) = decoded(&piece.data) else {
        facts.is_readable = false;
        return;
    };
    let (width, height) = (picture.width(), picture.height());
    let scale = f64::from(LOOK_SIDE) / f64::from(width.max(height));
    let looked = if scale < 1.0 { picture.thumbnail(LOOK_SIDE, LOOK_SIDE) } else { picture };
    let grey = looked.to_luma8();
    let look = Look::of(grey.as_raw(), grey.width() as usize, grey.height() as usize);
    facts.size = Some([width, height]);
    facts.flaws = look.flaws(width, height);
    let small = image::imageops::resize(&grey, GREY_SIDE as u32, GREY_SIDE as u32, FilterType::Triangle);
    let print = small.as_raw().as_slice().try_into().ok().map(Fingerprint::of_picture);
    // Without any slope all pictures of one colour, and of fine grain, would be the same.
    facts.print = print.filter(|print| *print != Fingerprint::Picture(0));
    if is_sampled {
        let square = looked.resize_exact(features::SIDE as u32, features::SIDE as u32, FilterType::Triangle).to_rgb8();
        facts.sampled = Some(Sampled::Picture(features::embed(square.as_raw())));
    }
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
    let half = |salt: u64| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        hasher.write(bytes);
        u128::from(hasher.finish())
    };
    half(0x9e37_79b9_7f4a_7c15) << 64 | half(0)
}
