//! Files of pictures to pixels and back. Pictures are turned upright as their file says, because labels lie on the upright
//! picture; what is written is upright and needs no such note.

use super::{PIXELS_MAXIMUM, Picture, SIDE_MAXIMUM, fits};
use crate::GenerateError;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
};
use std::io::Cursor;

/// How a picture is written. What was read from a file without loss is written without loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    Jpeg,
    Png,
}

impl Coding {
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

fn wrong(error: impl std::fmt::Display) -> GenerateError {
    GenerateError::Picture(error.to_string())
}

/// # Errors
/// When the bytes are no picture of a known kind, are cut off, or make a picture that is too large.
pub fn decode(bytes: &[u8]) -> Result<(Picture, Coding), GenerateError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(wrong)?;
    let coding = if reader.format() == Some(ImageFormat::Jpeg) { Coding::Jpeg } else { Coding::Png };
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAXIMUM);
    limits.max_image_height = Some(SIDE_MAXIMUM);
    limits.max_alloc = Some(PIXELS_MAXIMUM * 8);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(wrong)?;
    let (width, height) = decoder.dimensions();
    if !fits(u64::from(width), u64::from(height)) {
        return Err(wrong(format!(
            "it has {width} x {height} pixels; a side has 1 to {SIDE_MAXIMUM} and a picture at most {PIXELS_MAXIMUM}"
        )));
    }
    let orientation = decoder.orientation().map_err(wrong)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(wrong)?;
    image.apply_orientation(orientation);
    let (width, height) = (image.width(), image.height());
    let (channels, pixels) =
        if image.color().has_alpha() { (4, image.into_rgba8().into_raw()) } else { (3, image.into_rgb8().into_raw()) };
    Ok((Picture { width, height, channels, pixels }, coding))
}

/// Bytes of a file. JPEG has no transparency: it is left out.
///
/// # Errors
/// When the picture has no pixels, or too many for the format.
pub fn encode(picture: &Picture, coding: Coding, quality: u8) -> Result<Vec<u8>, GenerateError> {
    let mut bytes = Vec::new();
    match coding {
        Coding::Png => {
            let colour = if picture.channels == 4 { ExtendedColorType::Rgba8 } else { ExtendedColorType::Rgb8 };
            let encoder = PngEncoder::new(&mut bytes);
            encoder.write_image(&picture.pixels, picture.width, picture.height, colour).map_err(wrong)?;
        }
        Coding::Jpeg => {
            let opaque = picture.clone().with_channels(3);
            let encoder = JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100));
            encoder.write_image(&opaque.pixels, opaque.width, opaque.height, ExtendedColorType::Rgb8).map_err(wrong)?;
        }
    }
    Ok(bytes)
}

/// What JPEG of this quality leaves of a picture; transparency is not touched.
///
/// # Errors
/// When the picture is too large for JPEG.
pub fn jpeg(picture: &Picture, quality: u8) -> Result<Picture, GenerateError> {
    let (spoiled, _) = decode(&encode(picture, Coding::Jpeg, quality)?)?;
    if picture.channels == 3 {
        return Ok(spoiled);
    }
    let mut kept = picture.clone();
    for (pixel, new) in kept.pixels.chunks_exact_mut(4).zip(spoiled.pixels.chunks_exact(3)) {
        pixel[..3].copy_from_slice(new);
    }
    Ok(kept)
}
