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
    pub fn change(self) -> Change {
        match self {
            Self::Brightness(share) => Change::Curve(vec![Tone::Line { slope: 1.0, offset: share }]),
            Self::Contrast(factor) => Change::Curve(vec![Tone::Line { slope: factor, offset: 0.5 - 0.5 * factor }]),
            Self::Gamma(power) => Change::Curve(vec![Tone::Power(power)]),
            Self::Saturation(factor) => Change::Mix(saturation(factor)),
            Self::Grayscale => Change::Mix(saturation(0.0)),
            Self::Hue(degrees) => Change::Mix(hue(degrees)),
            Self::Shuffle(order) => {
                Change::Mix(order.map(|from| std::array::from_fn(|old| f64::from(u8::from(old == from % 3)))))
            }
        }
    }
}

/// What colours do to a picture. Changes that follow each other are one where that is possible: the picture is gone over
/// once, and nothing is rounded in between.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// What becomes of each value, whatever its colour: one tone after the other.
    Curve(Vec<Tone>),
    /// Each new colour by shares of the old ones.
    Mix([[f64; 3]; 3]),
}

/// The new value of a value, both from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tone {
    Line { slope: f64, offset: f64 },
    Power(f64),
}

impl Change {
    /// First this one, then the other. Gives the other back where two are needed.
    pub fn join(&mut self, next: Self) -> Option<Self> {
        match (self, next) {
            (Self::Curve(tones), Self::Curve(more)) => tones.extend(more),
            (Self::Mix(before), Self::Mix(after)) => {
                let entry = |row: usize, column: usize| (0..3).map(|at| after[row][at] * before[at][column]).sum();
                *before = std::array::from_fn(|row| std::array::from_fn(|column| entry(row, column)));
            }
            (_, next) => return Some(next),
        }
        None
    }

    pub fn apply(&self, picture: &Picture) -> Picture {
        let pixels = match self {
            Self::Curve(tones) => bend(picture, tones),
            Self::Mix(matrix) => mix(picture, *matrix),
        };
        Picture { pixels, ..*picture }
    }
}

fn bend(picture: &Picture, tones: &[Tone]) -> Vec<u8> {
    let new = |value: f64, tone: &Tone| match tone {
        Tone::Line { slope, offset } => (value * slope + offset).clamp(0.0, 1.0),
        Tone::Power(power) => value.powf(*power),
    };
    let table: [u8; 256] =
        std::array::from_fn(|value| (tones.iter().fold(value as f64 / 255.0, new) * 255.0).round() as u8);
    if picture.channels == 3 {
        let Some(line) = Line::of(tones).filter(|line| line.is(&table)) else {
            return picture.pixels.iter().map(|value| table[usize::from(*value)]).collect();
        };
        let mut new = vec![0; picture.pixels.len()];
        pulp::Arch::new().dispatch(|| line.over(&picture.pixels, &mut new));
        return new;
    }
    let mut new = picture.pixels.clone();
    for pixel in new.chunks_exact_mut(picture.channels) {
        for value in &mut pixel[..3] {
            *value = table[usize::from(*value)];
        }
    }
    new
}

/// Tones that are straight between their lowest and their highest value, from 0 to 255. To compute them is faster than to
/// look them up.
#[derive(Clone, Copy)]
struct Line {
    slope: f64,
    offset: f64,
    lowest: f64,
    highest: f64,
}

impl Line {
    fn of(tones: &[Tone]) -> Option<Self> {
        let nothing = Self { slope: 1.0, offset: 0.0, lowest: 0.0, highest: 255.0 };
        tones.iter().try_fold(nothing, |line, tone| match *tone {
            Tone::Line { slope, offset } => {
                let new = |value: f64| value * slope + offset * 255.0;
                let ends = [line.lowest, line.highest].map(|value| new(value).clamp(0.0, 255.0));
                Some(Self {
                    slope: line.slope * slope,
                    offset: new(line.offset),
                    lowest: ends[0].min(ends[1]),
                    highest: ends[0].max(ends[1]),
                })
            }
            Tone::Power(_) => None,
        })
    }

    /// The last bit of a 32-bit number as large as this is one: what is added to it is rounded.
    const ROUNDS: f32 = 8_388_608.0;

    #[inline(always)]
    fn over(self, old: &[u8], new: &mut [u8]) {
        let [slope, offset, lowest, highest] =
            [self.slope, self.offset, self.lowest, self.highest].map(|number| number as f32);
        for (old, new) in old.iter().zip(new) {
            let value = (f32::from(*old) * slope + offset).max(lowest).min(highest);
            *new = (value + Self::ROUNDS).to_bits() as u8;
        }
    }

    /// Does the same come out, to the value? Halves are rounded in another way.
    fn is(self, table: &[u8; 256]) -> bool {
        let mut own = [0; 256];
        self.over(&std::array::from_fn::<u8, 256, _>(|value| value as u8), &mut own);
        own == *table
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
fn mix(picture: &Picture, matrix: [[f64; 3]; 3]) -> Vec<u8> {
    // Beyond these shares the sum of three colours would not have room.
    let m = matrix.map(|row| row.map(|entry| (entry.clamp(-40.0, 40.0) * 65536.0).round() as i32));
    let mut pixels = picture.pixels.clone();
    match picture.channels {
        3 => pulp::Arch::new().dispatch(|| mix_pixels::<3>(&mut pixels, m)),
        _ => pulp::Arch::new().dispatch(|| mix_pixels::<4>(&mut pixels, m)),
    }
    pixels
}

#[inline(always)]
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
