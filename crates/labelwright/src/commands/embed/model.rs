//! Vectors by a model that others trained.

use super::{Kind, Options, texts};
use crate::{
    batch::{Interner, pictures},
    environment::Failure,
};
use image::imageops::FilterType;
use labelwright_inference::{ModelError, image::ImageEncoder, text::TextEncoder};
use labelwright_learn::Matrix;
use std::path::Path;

/// Larger files are not read.
const MOST_BYTES: u64 = 4 << 30;
/// Pictures that are held at once.
const PAGE: usize = 32;

pub(super) fn embed(options: &Options, kind: Kind) -> Result<(Interner, Matrix), Failure> {
    let path = options.model.as_deref().unwrap_or(Path::new(""));
    if !matches!(kind, Kind::Text | Kind::Image) {
        return Err("--model takes encoders of texts and pictures; leave it out for sounds and tables".into());
    }
    let file = read(path)?;
    let wrong = |error: ModelError| -> Failure { format!("{}: {error}", path.display()).into() };
    let (ids, vectors) = if kind == Kind::Text {
        if options.tokens.is_some_and(|tokens| tokens < 3) {
            return Err("--tokens must be 3 or more: two of them are the ends of the text".into());
        }
        let tokenizer = options.tokenizer.clone().unwrap_or_else(|| path.with_file_name("tokenizer.json"));
        let tokenizer = read(&tokenizer).map_err(|error| -> Failure {
            format!("{error}; a model of texts needs its tokenizer.json, beside it or by --tokenizer").into()
        })?;
        let encoder = TextEncoder::open(&file, &tokenizer, options.tokens).map_err(wrong)?;
        encoder.notes.iter().for_each(|note| eprintln!("{note}"));
        let (ids, texts) = texts(&options.input)?;
        (ids, encoder.embed(&texts).map_err(wrong)?)
    } else {
        let config = path.with_file_name("preprocessor_config.json");
        let config = if config.exists() { Some(read(&config)?) } else { None };
        let encoder = ImageEncoder::open(&file, config.as_deref()).map_err(wrong)?;
        encoder.notes.iter().for_each(|note| eprintln!("{note}"));
        images(&options.input, &encoder, &wrong)?
    };
    let columns = vectors.first().map_or(0, Vec::len);
    let values = vectors.into_iter().flatten().map(f64::from).collect();
    Ok((ids, Matrix::new(values, columns)?))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let wrong = |error: &dyn std::fmt::Display| -> Failure { format!("{}: {error}", path.display()).into() };
    let length = std::fs::metadata(path).map_err(|error| wrong(&error))?.len();
    if length > MOST_BYTES {
        return Err(wrong(&format!("{length} bytes are more than the limit of {MOST_BYTES}")));
    }
    std::fs::read(path).map_err(|error| wrong(&error))
}

type Vectors = (Interner, Vec<Vec<f32>>);

fn images(input: &Path, encoder: &ImageEncoder, wrong: &dyn Fn(ModelError) -> Failure) -> Result<Vectors, Failure> {
    let (mut ids, mut vectors) = (Interner::new(), Vec::new());
    let (width, height) = (encoder.width as u32, encoder.height as u32);
    for page in super::files(input, pictures::PICTURES)?.chunks(PAGE) {
        let mut read: Vec<Vec<u8>> = Vec::new();
        for (name, path) in page {
            let picture = pictures::open(path)?.resize_exact(width, height, FilterType::Triangle);
            read.push(picture.to_rgb8().into_raw());
            ids.intern(name.as_bytes()).ok_or("more than 4,294,967,295 ids")?;
        }
        vectors.extend(encoder.embed(&read).map_err(wrong)?);
    }
    Ok((ids, vectors))
}
