//! PNG files of label numbers: read within bounds, written with a palette or in plain grey.

use std::io::Cursor;

/// Most pixels that are decoded: a file of a few kilobytes may have as many, and each takes up to 8 bytes here.
const PIXELS_MAXIMUM: u64 = 1 << 27;

/// A picture as rows of values: numbers of labels, or colours as R, G, B.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raster {
    pub width: u32,
    pub height: u32,
    /// Row by row: a palette or grey value, or 0xRRGGBB where the file has colours.
    pub values: Vec<u32>,
    pub colors: bool,
    /// Colours of the palette.
    pub palette: Vec<[u8; 3]>,
}

/// # Errors
/// A message when the bytes are no PNG, or a larger one than is accepted.
pub(crate) fn decode(bytes: &[u8]) -> Result<Raster, String> {
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: 1 << 30 });
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let info = reader.info();
    let (width, height) = (info.width, info.height);
    let (color, depth) = (info.color_type, info.bit_depth as usize);
    if u64::from(width) * u64::from(height) > PIXELS_MAXIMUM {
        return Err(format!("{width} x {height} pixels are more than {PIXELS_MAXIMUM}"));
    }
    let palette = info.palette.as_deref().unwrap_or_default();
    let palette = palette.chunks_exact(3).map(|rgb| [rgb[0], rgb[1], rgb[2]]).collect();
    let size = reader.output_buffer_size().ok_or("the picture is too large")?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(|error| error.to_string())?;
    let (line, samples) = (frame.line_size, color.samples());
    let mut values = Vec::with_capacity(width as usize * height as usize);
    for row in pixels.chunks_exact(line.max(1)).take(height as usize) {
        let sample = |index: usize| -> u32 {
            match depth {
                16 => u32::from(u16::from_be_bytes([row[2 * index], row[2 * index + 1]])),
                8 => u32::from(row[index]),
                bits => {
                    let at = index * bits;
                    u32::from(row[at / 8]) >> (8 - bits - at % 8) & ((1 << bits) - 1)
                }
            }
        };
        let eight = |value: u32| if depth == 16 { value >> 8 } else { value };
        values.extend((0..width as usize).map(|x| match samples {
            1 | 2 => sample(x * samples),
            _ => (0..3).fold(0, |rgb, channel| rgb << 8 | eight(sample(x * samples + channel))),
        }));
    }
    Ok(Raster { width, height, values, colors: samples > 2, palette })
}

fn encode(
    width: u32,
    height: u32,
    color: png::ColorType,
    depth: png::BitDepth,
    palette: Option<Vec<u8>>,
    data: &[u8],
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if let Some(palette) = palette {
        encoder.set_palette(palette);
    }
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(data));
    // Memory takes everything, and the sizes fit: there is nothing that could fail.
    if written.is_err() {
        out.clear();
    }
    out
}

/// Palette numbers with their colours (at most 256).
pub(crate) fn encode_palette(width: u32, height: u32, values: &[u8], palette: &[[u8; 3]]) -> Vec<u8> {
    let colors = palette.iter().take(256).flatten().copied().collect();
    encode(width, height, png::ColorType::Indexed, png::BitDepth::Eight, Some(colors), values)
}

pub(crate) fn encode_grey(width: u32, height: u32, values: &[u8]) -> Vec<u8> {
    encode(width, height, png::ColorType::Grayscale, png::BitDepth::Eight, None, values)
}

/// Numbers to 65535.
pub(crate) fn encode_grey16(width: u32, height: u32, values: &[u32]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| (*value).min(0xffff).to_be_bytes()[2..].to_owned()).collect();
    encode(width, height, png::ColorType::Grayscale, png::BitDepth::Sixteen, None, &bytes)
}

pub(crate) fn encode_bits(width: u32, height: u32, pixels: &[bool]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pixels.len() / 8 + height as usize);
    for row in pixels.chunks(width.max(1) as usize) {
        bytes.extend(
            row.chunks(8).map(|eight| {
                eight.iter().enumerate().fold(0_u8, |byte, (at, pixel)| byte | u8::from(*pixel) << (7 - at))
            }),
        );
    }
    encode(width, height, png::ColorType::Grayscale, png::BitDepth::One, None, &bytes)
}

pub(crate) fn encode_rgb(width: u32, height: u32, values: &[u32]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().flat_map(|rgb| [(rgb >> 16) as u8, (rgb >> 8) as u8, *rgb as u8]).collect();
    encode(width, height, png::ColorType::Rgb, png::BitDepth::Eight, None, &bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(width in 1..20_u32, height in 1..9_u32, seed in any::<u64>()) {
            let count = (width * height) as usize;
            let values: Vec<u32> = (0..count).map(|at| (seed.rotate_left(at as u32 % 64) >> 13) as u32 & 0xff_ffff).collect();
            let bytes: Vec<u8> = values.iter().map(|value| *value as u8).collect();
            let bits: Vec<bool> = values.iter().map(|value| value & 1 == 1).collect();
            let same = |bytes: Vec<u8>, wanted: Vec<u32>| decode(&bytes).unwrap().values == wanted;
            prop_assert!(same(encode_palette(width, height, &bytes, &[[1, 2, 3]; 256]), bytes.iter().map(|v| u32::from(*v)).collect()));
            prop_assert!(same(encode_bits(width, height, &bits), bits.iter().map(|v| u32::from(*v)).collect()));
            let words: Vec<u32> = values.iter().map(|value| value & 0xffff).collect();
            prop_assert!(same(encode_grey(width, height, &bytes), bytes.iter().map(|v| u32::from(*v)).collect()));
            prop_assert!(same(encode_grey16(width, height, &words), words));
            prop_assert!(same(encode_rgb(width, height, &values), values));
        }
    }
}
