//! Pictures as bytes, and what augmentation does to them. A picture has three colours a pixel, or four with
//! transparency, eight bits each, row by row.

mod blend;
mod code;
mod colour;
mod filter;
mod noise;
mod warp;

pub use blend::{cutout, mixup, paste};
pub use code::{Coding, decode, encode, jpeg};
pub use colour::{Change, Colour, Tone};
pub use filter::blur;
pub use noise::{gaussian, salt_and_pepper};
pub use warp::{Fill, warp};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    /// 3 or 4.
    pub channels: usize,
    pub pixels: Vec<u8>,
}

/// Sides beyond this, and more pixels than this, are refused before memory is taken for them.
pub const SIDE_MAXIMUM: u32 = 32_768;
pub const PIXELS_MAXIMUM: u64 = 1 << 28;

impl Picture {
    /// One colour everywhere; transparency, if there is any, is opaque.
    pub fn plain(width: u32, height: u32, channels: usize, colour: [u8; 3]) -> Self {
        let [r, g, b] = colour;
        let pixel = [r, g, b, 255];
        let pixels = pixel[..channels].repeat(width as usize * height as usize);
        Self { width, height, channels, pixels }
    }

    pub fn size(&self) -> [u32; 2] {
        [self.width, self.height]
    }

    /// The bytes of one pixel; the caller knows that it is inside.
    pub fn at(&self, x: u32, y: u32) -> &[u8] {
        let start = (y as usize * self.width as usize + x as usize) * self.channels;
        &self.pixels[start..start + self.channels]
    }

    pub(crate) fn rows(&self) -> usize {
        self.width as usize * self.channels
    }

    /// With transparency, opaque where there was none.
    pub fn with_alpha(self) -> Self {
        if self.channels == 4 {
            return self;
        }
        let pixels = self.pixels.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
        Self { channels: 4, pixels, ..self }
    }

    /// As many channels as told.
    pub(crate) fn with_channels(self, channels: usize) -> Self {
        match (self.channels, channels) {
            (3, 4) => self.with_alpha(),
            (4, 3) => {
                let pixels = self.pixels.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
                Self { channels: 3, pixels, ..self }
            }
            _ => self,
        }
    }
}

/// Is a picture of this size within the limits?
pub fn fits(width: u64, height: u64) -> bool {
    let side = u64::from(SIDE_MAXIMUM);
    (1..=side).contains(&width) && (1..=side).contains(&height) && width * height <= PIXELS_MAXIMUM
}
