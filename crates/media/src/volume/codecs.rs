//! Pixels that are packed: run lengths (PS3.5 annex G), JPEG and JPEG 2000.

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
use jpeg_decoder::{ColorTransform, Decoder, PixelFormat};

/// Samples of a frame, row by row and pixel by pixel, with so many bits each.
pub enum Unpacked {
    Bytes(Vec<u8>),
    Words(Vec<u16>),
}

/// One frame: `pixels` of `samples` with `bytes` each. The result is interleaved, least significant byte first.
pub fn run_lengths(packed: &[u8], pixels: usize, samples: usize, bytes: usize) -> Result<Vec<u8>, String> {
    let word = |at: usize| packed.get(at * 4..at * 4 + 4).and_then(|word| word.try_into().ok()).map(u32::from_le_bytes);
    let segments = samples * bytes;
    if word(0) != Some(segments as u32) || segments > 15 {
        return Err(format!("{:?} segments of runs, {segments} are needed", word(0).unwrap_or(0)));
    }
    let mut out = vec![0; pixels * segments];
    for segment in 0..segments {
        let start = word(segment + 1).unwrap_or(u32::MAX) as usize;
        let mut source = packed.get(start..).ok_or("a segment of runs begins outside")?.iter();
        // The most significant byte of a sample comes first.
        let (sample, byte) = (segment / bytes, bytes - 1 - segment % bytes);
        let mut places = out.iter_mut().skip(sample * bytes + byte).step_by(segments);
        let mut left = pixels;
        while left > 0 {
            let control = *source.next().ok_or("runs end too early")? as i8;
            if control == i8::MIN {
                continue;
            }
            let is_copy = control >= 0;
            let count = usize::from(control.unsigned_abs()) + 1;
            let repeated = if is_copy { None } else { Some(*source.next().ok_or("runs end too early")?) };
            for _ in 0..count.min(left) {
                let value = match repeated {
                    Some(value) => value,
                    None => *source.next().ok_or("runs end too early")?,
                };
                if let Some(place) = places.next() {
                    *place = value;
                }
            }
            left -= count.min(left);
        }
    }
    Ok(out)
}

/// `luminance` says that colours are stored as luminance and differences.
pub fn jpeg(packed: &[u8], size: (usize, usize), samples: usize, luminance: bool) -> Result<Unpacked, String> {
    let mut decoder = Decoder::new(packed);
    decoder.set_max_decoding_buffer_size(size.0 * size.1 * samples * 2);
    if samples == 3 {
        decoder.set_color_transform(if luminance { ColorTransform::YCbCr } else { ColorTransform::RGB });
    }
    decoder.read_info().map_err(|error| error.to_string())?;
    let info = decoder.info().ok_or("there is no picture in it")?;
    if (usize::from(info.width), usize::from(info.height)) != size {
        return Err(format!("the packed picture is {} x {}", info.width, info.height));
    }
    let channels = match info.pixel_format {
        PixelFormat::L8 | PixelFormat::L16 => 1,
        PixelFormat::RGB24 => 3,
        PixelFormat::CMYK32 => 4,
    };
    if channels != samples {
        return Err(format!("the packed picture has {channels} samples a pixel, not {samples}"));
    }
    let data = decoder.decode().map_err(|error| error.to_string())?;
    Ok(match info.pixel_format {
        PixelFormat::L16 => {
            Unpacked::Words(data.as_chunks::<2>().0.iter().map(|word| u16::from_ne_bytes(*word)).collect())
        }
        _ => Unpacked::Bytes(data),
    })
}

/// Whether the samples of a code stream have signs: the first of them says it (ISO/IEC 15444-1 section A.5.1).
fn has_signs(packed: &[u8]) -> bool {
    let size = packed.windows(2).position(|word| word == [0xFF, 0x51]);
    size.and_then(|at| packed.get(at + 40)).is_some_and(|depth| depth & 0x80 != 0)
}

pub fn jpeg_2000(packed: &[u8], size: (usize, usize), samples: usize) -> Result<Unpacked, String> {
    let settings = DecodeSettings { resolve_palette_indices: false, strict: false, target_resolution: None };
    let image = Image::new(packed, &settings).map_err(|error| format!("{error:?}"))?;
    if (image.width() as usize, image.height() as usize) != size {
        return Err(format!("the packed picture is {} x {}", image.width(), image.height()));
    }
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|error| format!("{error:?}"))?;
    let planes = decoded.components();
    let pixels = size.0 * size.1;
    if planes.len() != samples || planes.iter().any(|plane| plane.samples().len() != pixels || plane.bit_depth() > 16) {
        return Err("the packed picture has other samples than the file says".into());
    }
    // The decoder counts from 0 even where numbers have signs.
    let below = if has_signs(packed) { planes.first().map_or(0, |plane| 1_i32 << (plane.bit_depth() - 1)) } else { 0 };
    let mut words = Vec::with_capacity(pixels * samples);
    for pixel in 0..pixels {
        words.extend(planes.iter().map(|plane| (plane.samples()[pixel].round() as i32 - below) as u16));
    }
    Ok(Unpacked::Words(words))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::run_lengths;

    #[test]
    fn runs_and_copies_are_unpacked() {
        // Two segments for words: high bytes 0 0 0 0, low bytes 7 1 2 3.
        let mut packed = vec![0; 64];
        packed[0] = 2;
        packed[4] = 64;
        packed[8] = 66;
        packed.extend([0xFD, 0, 3, 7, 1, 2, 3]);
        assert_eq!(run_lengths(&packed, 4, 1, 2).unwrap(), [7, 0, 1, 0, 2, 0, 3, 0]);
        for broken in [&packed[..3], &packed[..66], &packed[..70], &[]] {
            assert!(run_lengths(broken, 4, 1, 2).is_err());
        }
    }
}
