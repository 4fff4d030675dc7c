//! A very small painter for the demo's pictures: filled shapes on an RGB raster, drawn at twice the size and
//! averaged down, so that edges are soft. It knows nothing of labels.

use image::RgbImage;

pub type Colour = [u8; 3];

/// Shapes are given in the picture's own pixels; the raster behind is twice as fine.
pub struct Canvas {
    raster: RgbImage,
}

const FINE: f64 = 2.0;

impl Canvas {
    pub fn new(width: u32, height: u32, background: Colour) -> Self {
        Self { raster: RgbImage::from_pixel(width * 2, height * 2, image::Rgb(background)) }
    }

    /// Fills every fine pixel of the rectangle for which `inside` holds; `paint` gets the old colour.
    fn fill(
        &mut self,
        [left, top, right, bottom]: [f64; 4],
        inside: impl Fn(f64, f64) -> bool,
        paint: impl Fn(f64, f64, Colour) -> Colour,
    ) {
        let (width, height) = self.raster.dimensions();
        let range = |low: f64, high: f64, limit: u32| {
            let low = (low * FINE).floor().max(0.0) as u32;
            let high = ((high * FINE).ceil().max(0.0) as u32).min(limit);
            low..high.max(low)
        };
        for y in range(top, bottom, height) {
            for x in range(left, right, width) {
                let (px, py) = ((f64::from(x) + 0.5) / FINE, (f64::from(y) + 0.5) / FINE);
                if inside(px, py) {
                    let pixel = self.raster.get_pixel_mut(x, y);
                    pixel.0 = paint(px, py, pixel.0);
                }
            }
        }
    }

    pub fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, colour: Colour) {
        let (right, bottom) = (x + width, y + height);
        self.fill([x, y, right, bottom], |px, py| px >= x && px < right && py >= y && py < bottom, |_, _, _| colour);
    }

    /// A vertical gradient over the whole width between two heights.
    pub fn gradient(&mut self, top: f64, bottom: f64, from: Colour, to: Colour) {
        let width = f64::from(self.raster.width()) / FINE;
        self.fill(
            [0.0, top, width, bottom],
            |_, _| true,
            |_, py, _| mix(from, to, ((py - top) / (bottom - top)).clamp(0.0, 1.0)),
        );
    }

    pub fn ellipse(&mut self, cx: f64, cy: f64, rx: f64, ry: f64, colour: Colour) {
        self.blend_ellipse(cx, cy, rx, ry, colour, 1.0);
    }

    /// An ellipse laid over what is there with the given opacity, 0 to 1.
    pub fn blend_ellipse(&mut self, cx: f64, cy: f64, rx: f64, ry: f64, colour: Colour, opacity: f64) {
        self.fill(
            [cx - rx, cy - ry, cx + rx, cy + ry],
            |px, py| ((px - cx) / rx).powi(2) + ((py - cy) / ry).powi(2) <= 1.0,
            |_, _, old| mix(old, colour, opacity),
        );
    }

    /// A polygon by the even-odd rule.
    pub fn polygon(&mut self, points: &[(f64, f64)], colour: Colour) {
        let bounds = points.iter().fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |b, p| {
            [b[0].min(p.0), b[1].min(p.1), b[2].max(p.0), b[3].max(p.1)]
        });
        let inside = |px: f64, py: f64| {
            let mut odd = false;
            for (index, &(x1, y1)) in points.iter().enumerate() {
                let (x2, y2) = points[(index + 1) % points.len()];
                if (y1 > py) != (y2 > py) && px < (x2 - x1) * (py - y1) / (y2 - y1) + x1 {
                    odd = !odd;
                }
            }
            odd
        };
        self.fill(bounds, inside, |_, _, _| colour);
    }

    /// A straight stroke of the given width.
    pub fn stroke(&mut self, from: (f64, f64), to: (f64, f64), width: f64, colour: Colour) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).sqrt().max(1e-6);
        let (nx, ny) = (-dy / length * width / 2.0, dx / length * width / 2.0);
        self.polygon(
            &[(from.0 + nx, from.1 + ny), (to.0 + nx, to.1 + ny), (to.0 - nx, to.1 - ny), (from.0 - nx, from.1 - ny)],
            colour,
        );
    }

    /// Shifts each pixel by up to `strength` levels, as a cheap sensor would.
    pub fn noise(&mut self, strength: i16, mut random: impl FnMut() -> u32) {
        for pixel in self.raster.pixels_mut() {
            let shift = (random() % (2 * strength as u32 + 1)) as i16 - strength;
            for channel in &mut pixel.0 {
                *channel = (i16::from(*channel) + shift).clamp(0, 255) as u8;
            }
        }
    }

    /// Darkens (below 1) or brightens (above 1) everything.
    pub fn expose(&mut self, factor: f64) {
        let levels: [u8; 256] = std::array::from_fn(|level| (level as f64 * factor).clamp(0.0, 255.0) as u8);
        for channel in self.raster.as_flat_samples_mut().samples {
            *channel = levels[usize::from(*channel)];
        }
    }

    /// The finished picture at its own size: each pixel the mean of its four fine ones.
    pub fn finish(self) -> RgbImage {
        let (width, height) = self.raster.dimensions();
        let row = 3 * width as usize;
        let mut picture = Vec::with_capacity(self.raster.len() / 4);
        for pair in self.raster.as_raw().chunks_exact(2 * row) {
            let (upper, lower) = pair.split_at(row);
            for (above, below) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
                for channel in 0..3 {
                    let sum: u16 = [above[channel], above[channel + 3], below[channel], below[channel + 3]]
                        .into_iter()
                        .map(u16::from)
                        .sum();
                    picture.push(((sum + 2) / 4) as u8);
                }
            }
        }
        // The buffer has the size of the picture.
        RgbImage::from_raw(width / 2, height / 2, picture).unwrap_or_default()
    }
}

fn mix(from: Colour, to: Colour, share: f64) -> Colour {
    std::array::from_fn(|i| (f64::from(from[i]) * (1.0 - share) + f64::from(to[i]) * share) as u8)
}
