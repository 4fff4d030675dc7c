//! Changes of colour that look at one pixel at a time. Curves act on each colour by itself; saturation, hue and grey mix
//! the three colours by a matrix that keeps the brightness (W3C, Filter Effects Module Level 1, feColorMatrix).

use super::Picture;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Colour {
    /// Adds this share of full brightness: 0 changes nothing.
    Brightness(f64),
    /// Spreads values about the middle grey: 1 changes nothing.
    Contrast(f64),
    /// 0 is grey, 1 changes nothing.
    Saturation(f64),
    /// Degrees around the wheel of colours.
    Hue(f64),
    /// Values of 0 to 1 to this power: below 1 is brighter.
    Gamma(f64),
    Grayscale,
    /// The new first, second and third colour, each by the number of the old one.
    Shuffle([usize; 3]),
}

impl Colour {
    pub fn apply(self, picture: &mut Picture) {
        match self {
            Self::Brightness(share) => curve(picture, |value| value + share),
            Self::Contrast(factor) => curve(picture, |value| (value - 0.5) * factor + 0.5),
            Self::Gamma(power) => curve(picture, |value| value.powf(power)),
            Self::Saturation(factor) => mix(picture, saturation(factor)),
            Self::Grayscale => mix(picture, saturation(0.0)),
            Self::Hue(degrees) => mix(picture, hue(degrees)),
            Self::Shuffle(order) => {
                for pixel in picture.pixels.chunks_exact_mut(picture.channels) {
                    let old = [pixel[0], pixel[1], pixel[2]];
                    for (value, from) in pixel.iter_mut().zip(order) {
                        *value = old[from % 3];
                    }
                }
            }
        }
    }
}

fn curve(picture: &mut Picture, new: impl Fn(f64) -> f64) {
    let table: [u8; 256] =
        std::array::from_fn(|value| (new(value as f64 / 255.0) * 255.0).round().clamp(0.0, 255.0) as u8);
    if picture.channels == 3 {
        picture.pixels.iter_mut().for_each(|value| *value = table[usize::from(*value)]);
        return;
    }
    for pixel in picture.pixels.chunks_exact_mut(picture.channels) {
        for value in &mut pixel[..3] {
            *value = table[usize::from(*value)];
        }
    }
}

/// How bright each colour looks.
const LUMA: [f64; 3] = [0.2126, 0.7152, 0.0722];

fn saturation(factor: f64) -> [[f64; 3]; 3] {
    std::array::from_fn(|row| {
        std::array::from_fn(|column| (1.0 - factor) * LUMA[column] + if row == column { factor } else { 0.0 })
    })
}

fn hue(degrees: f64) -> [[f64; 3]; 3] {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let [r, g, b] = LUMA;
    [
        [r + cos * (1.0 - r) - sin * r, g - cos * g - sin * g, b - cos * b + sin * (1.0 - b)],
        [r - cos * r + sin * 0.143, g + cos * (1.0 - g) + sin * 0.140, b - cos * b - sin * 0.283],
        [r - cos * r - sin * (1.0 - r), g - cos * g + sin * g, b + cos * (1.0 - b) + sin * b],
    ]
}

/// In whole numbers of 1/65536: the same on every machine, and fast.
fn mix(picture: &mut Picture, matrix: [[f64; 3]; 3]) {
    let m = matrix.map(|row| row.map(|entry| (entry * 65536.0).round() as i32));
    match picture.channels {
        3 => mix_pixels::<3>(&mut picture.pixels, m),
        _ => mix_pixels::<4>(&mut picture.pixels, m),
    }
}

fn mix_pixels<const N: usize>(pixels: &mut [u8], m: [[i32; 3]; 3]) {
    let (pixels, _) = pixels.as_chunks_mut::<N>();
    for pixel in pixels {
        let old = [i32::from(pixel[0]), i32::from(pixel[1]), i32::from(pixel[2])];
        for (value, row) in pixel.iter_mut().zip(m) {
            let sum = row[0] * old[0] + row[1] * old[1] + row[2] * old[2];
            *value = ((sum + 32768) >> 16).clamp(0, 255) as u8;
        }
    }
}
