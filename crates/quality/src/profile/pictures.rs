//! How good a picture is as a picture: sharpness by the variance of the Laplacian (J. Pech-Pacheco et al., 2000),
//! brightness, and how much of it is clipped.

use serde::Serialize;

/// What a grey picture is like.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Look {
    /// Variance of the Laplacian over values from 0 to 255.
    pub sharpness: f64,
    /// Mean value, 0 to 255.
    pub brightness: f64,
    /// Standard deviation of the values.
    pub contrast: f64,
    /// Share of pixels that are all black or all white.
    pub clipped: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    Blurry,
    Dark,
    Bright,
    /// One colour, or nearly so.
    Flat,
    /// A third of it or more is black or white.
    Clipped,
    Small,
    /// Ten times as long as wide, or more.
    Narrow,
}

/// Sides shorter than this are [`Flaw::Small`], in pixels.
pub const SMALL_SIDE: u32 = 64;

impl Look {
    /// `grey` has `width` x `height` values row by row.
    pub fn of(grey: &[u8], width: usize, height: usize) -> Self {
        let count = grey.len().max(1) as f64;
        let (mut sum, mut squares, mut clipped) = (0_u64, 0_u64, 0_u64);
        for value in grey {
            sum += u64::from(*value);
            squares += u64::from(*value) * u64::from(*value);
            clipped += u64::from(matches!(value, 0 | 255));
        }
        let mean = sum as f64 / count;
        let (mut edges, mut edge_squares, mut inner) = (0_i64, 0_i64, 0_u64);
        for y in 1..height.saturating_sub(1) {
            let row = |y: usize| grey.get(y * width..(y + 1) * width).unwrap_or_default();
            let (above, here, below) = (row(y - 1), row(y), row(y + 1));
            for ((above, below), around) in above.iter().skip(1).zip(below.iter().skip(1)).zip(here.windows(3)) {
                let [left, middle, right] = around else { continue };
                let edge = i64::from(*above) + i64::from(*below) + i64::from(*left) + i64::from(*right)
                    - 4 * i64::from(*middle);
                edges += edge;
                edge_squares += edge * edge;
                inner += 1;
            }
        }
        let inner = inner.max(1) as f64;
        let edge_mean = edges as f64 / inner;
        Self {
            sharpness: edge_squares as f64 / inner - edge_mean * edge_mean,
            brightness: mean,
            contrast: (squares as f64 / count - mean * mean).max(0.0).sqrt(),
            clipped: clipped as f64 / count,
        }
    }

    /// What is wrong with a picture of so many pixels that looks like this.
    pub fn flaws(&self, width: u32, height: u32) -> Vec<Flaw> {
        let (short, long) = (width.min(height), width.max(height));
        let flaws = [
            (Flaw::Blurry, self.sharpness < 100.0 && self.contrast >= 5.0),
            (Flaw::Dark, self.brightness < 40.0),
            (Flaw::Bright, self.brightness > 225.0),
            (Flaw::Flat, self.contrast < 5.0),
            (Flaw::Clipped, self.clipped > 1.0 / 3.0),
            (Flaw::Small, short < SMALL_SIDE),
            (Flaw::Narrow, long >= 10 * short.max(1)),
        ];
        flaws.into_iter().filter(|(_, is)| *is).map(|(flaw, _)| flaw).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(side: usize, cell: usize) -> Vec<u8> {
        (0..side * side)
            .map(|at| if (at % side / cell + at / side / cell).is_multiple_of(2) { 60 } else { 190 })
            .collect()
    }

    #[test]
    fn sharp_blurred_dark_and_flat() {
        let sharp = board(128, 4);
        assert_eq!(Look::of(&sharp, 128, 128).flaws(128, 128), []);
        // A slope has no edges.
        let slope: Vec<u8> = (0..128 * 128).map(|at| (40 + at % 128) as u8).collect();
        assert_eq!(Look::of(&slope, 128, 128).flaws(128, 128), [Flaw::Blurry]);
        assert_eq!(Look::of(&slope, 128, 128).sharpness, 0.0);
        assert_eq!(Look::of(&[10; 4096], 64, 64).flaws(64, 64), [Flaw::Dark, Flaw::Flat]);
        assert_eq!(
            Look::of(&[255; 640], 64, 10).flaws(640, 10),
            [Flaw::Bright, Flaw::Flat, Flaw::Clipped, Flaw::Small, Flaw::Narrow]
        );
        assert_eq!(Look::of(&[], 0, 0).sharpness, 0.0);
    }
}
