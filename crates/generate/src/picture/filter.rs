//! Blur: a Gaussian, first along rows, then along columns.

use super::Picture;

/// `sigma` is the deviation in pixels. The border's pixels go on outside.
pub fn blur(picture: &mut Picture, sigma: f64) {
    let kernel = kernel(sigma);
    if kernel.len() < 2 {
        return;
    }
    let (width, height, channels) = (picture.width as usize, picture.height as usize, picture.channels);
    let reach = kernel.len() - 1;
    let row_bytes = width * channels;
    let mut line = vec![0_u8; row_bytes];
    for row in picture.pixels.chunks_exact_mut(row_bytes.max(1)) {
        line.copy_from_slice(row);
        for x in 0..width {
            for channel in 0..channels {
                let at = |x: usize| u32::from(line[x * channels + channel]);
                let mut sum = kernel[0] * at(x);
                for (distance, weight) in kernel.iter().enumerate().skip(1) {
                    sum += weight * (at(x.saturating_sub(distance)) + at((x + distance).min(width - 1)));
                }
                row[x * channels + channel] = ((sum + 32768) >> 16) as u8;
            }
        }
    }
    let old = picture.pixels.clone();
    let mut sums = vec![0_u32; row_bytes];
    for y in 0..height {
        sums.fill(32768);
        for offset in 0..=2 * reach {
            let from = (y + offset).saturating_sub(reach).min(height - 1);
            let weight = kernel[offset.abs_diff(reach)];
            let row = &old[from * row_bytes..(from + 1) * row_bytes];
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * u32::from(*value));
        }
        let out = &mut picture.pixels[y * row_bytes..(y + 1) * row_bytes];
        out.iter_mut().zip(&sums).for_each(|(value, sum)| *value = (*sum >> 16) as u8);
    }
}

/// Weights by distance in 1/65536, of both sides summing to 65536 exactly.
fn kernel(sigma: f64) -> Vec<u32> {
    if sigma.is_nan() || sigma <= 0.0 {
        return vec![65536];
    }
    let reach = (3.0 * sigma).ceil().clamp(1.0, 256.0) as usize;
    let weight = |distance: usize| (-(distance as f64).powi(2) / (2.0 * sigma * sigma)).exp();
    let whole = weight(0) + 2.0 * (1..=reach).map(weight).sum::<f64>();
    let mut kernel: Vec<u32> = (0..=reach).map(|at| (weight(at) / whole * 65536.0).round() as u32).collect();
    let others: u32 = kernel[1..].iter().sum();
    kernel[0] = 65536_u32.saturating_sub(2 * others);
    kernel
}
