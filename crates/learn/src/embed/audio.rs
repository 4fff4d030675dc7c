//! Sounds as statistics of log mel bands (Davis and Mermelstein 1980): mean, deviation and mean change of 40 bands between
//! 50 Hz and 8 kHz, in frames of 32 ms.

/// Samples a second that sounds are brought to.
const RATE: f64 = 16_000.0;
const FRAME: usize = 512;
const STEP: usize = 256;
const BANDS: usize = 40;
/// Numbers of one sound.
pub const DIMS: usize = 3 * BANDS;

/// `samples` of one channel, -1 to 1, at `rate` a second (above 0). Shorter sounds than a frame are filled with silence.
pub fn embed(samples: &[f32], rate: u32) -> Vec<f64> {
    let step = f64::from(rate.max(1)) / RATE;
    let count = (samples.len() as f64 / step) as usize;
    // Mean over the samples that one new sample stands for: what is above the new range does not fold back loudly.
    let mut signal: Vec<f64> = (0..count)
        .map(|at| {
            let (start, end) =
                ((at as f64 * step) as usize, (((at + 1) as f64 * step) as usize).max((at as f64 * step) as usize + 1));
            let part = samples.get(start..end.min(samples.len())).unwrap_or_default();
            part.iter().map(|value| f64::from(*value)).filter(|value| value.is_finite()).sum::<f64>()
                / part.len().max(1) as f64
        })
        .collect();
    signal.resize(signal.len().max(FRAME), 0.0);
    let window: Vec<f64> =
        (0..FRAME).map(|at| 0.5 - 0.5 * (std::f64::consts::TAU * at as f64 / FRAME as f64).cos()).collect();
    let bands = filters();
    let frames: Vec<Vec<f64>> = signal
        .windows(FRAME)
        .step_by(STEP)
        .map(|frame| {
            let power = power(&frame.iter().zip(&window).map(|(value, window)| value * window).collect::<Vec<_>>());
            bands
                .iter()
                .map(|band| (band.iter().zip(&power).map(|(weight, power)| weight * power).sum::<f64>() + 1e-8).ln())
                .collect()
        })
        .collect();
    let length = frames.len() as f64;
    let mean: Vec<f64> =
        (0..BANDS).map(|band| frames.iter().filter_map(|frame| frame.get(band)).sum::<f64>() / length).collect();
    let deviation = (0..BANDS).zip(&mean).map(|(band, mean)| {
        (frames.iter().filter_map(|frame| frame.get(band)).map(|value| (value - mean) * (value - mean)).sum::<f64>()
            / length)
            .sqrt()
    });
    let change = (0..BANDS).map(|band| {
        let pairs = frames.windows(2).filter_map(|pair| match pair {
            [one, other] => Some((other.get(band)? - one.get(band)?).abs()),
            _ => None,
        });
        pairs.sum::<f64>() / (length - 1.0).max(1.0)
    });
    let mut found = mean.clone();
    found.extend(deviation);
    found.extend(change);
    found
}

/// Triangles on the mel scale 2595 log10(1 + f / 700).
fn filters() -> Vec<Vec<f64>> {
    let mel = |hertz: f64| 2595.0 * (1.0 + hertz / 700.0).log10();
    let hertz = |mel: f64| 700.0 * (10.0_f64.powf(mel / 2595.0) - 1.0);
    let (low, high) = (mel(50.0), mel(RATE / 2.0));
    let edge = |at: usize| hertz(low + (high - low) * at as f64 / (BANDS + 1) as f64);
    (0..BANDS)
        .map(|band| {
            let (left, middle, right) = (edge(band), edge(band + 1), edge(band + 2));
            let weight = |bin: usize| {
                let frequency = bin as f64 * RATE / FRAME as f64;
                ((frequency - left) / (middle - left)).min((right - frequency) / (right - middle)).max(0.0)
            };
            (0..=FRAME / 2).map(weight).collect()
        })
        .collect()
}

/// Squared lengths of the Fourier transform up to half the rate (Cooley and Tukey 1965); the length is a power of two.
fn power(frame: &[f64]) -> Vec<f64> {
    let length = frame.len();
    let bits = length.trailing_zeros();
    let mut values: Vec<(f64, f64)> = (0..length)
        .map(|at| (frame.get(at.reverse_bits() >> (usize::BITS - bits)).copied().unwrap_or(0.0), 0.0))
        .collect();
    let mut half = 1;
    while half < length {
        let angle = -std::f64::consts::PI / half as f64;
        for block in values.chunks_exact_mut(2 * half) {
            let (first, second) = block.split_at_mut(half);
            for (at, (a, b)) in first.iter_mut().zip(second).enumerate() {
                let (sine, cosine) = (angle * at as f64).sin_cos();
                let turned = (b.0 * cosine - b.1 * sine, b.0 * sine + b.1 * cosine);
                *b = (a.0 - turned.0, a.1 - turned.1);
                *a = (a.0 + turned.0, a.1 + turned.1);
            }
        }
        half *= 2;
    }
    values.iter().take(length / 2 + 1).map(|(re, im)| re * re + im * im).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f64, rate: u32) -> Vec<f32> {
        (0..rate)
            .map(|at| (std::f64::consts::TAU * hertz * f64::from(at) / f64::from(rate)).sin() as f32 * 0.5)
            .collect()
    }

    #[test]
    fn a_wave_is_in_its_bin() {
        let frame: Vec<f64> = (0..64).map(|at| (std::f64::consts::TAU * 5.0 * f64::from(at) / 64.0).cos()).collect();
        let found = power(&frame);
        assert!((found[5] - 1024.0).abs() < 1e-6 && found[4] < 1e-9);
    }

    #[test]
    fn tones_are_told_apart_whatever_the_rate() {
        let band = |sound: &[f64]| (0..BANDS).max_by(|a, b| sound[*a].total_cmp(&sound[*b]));
        let (low, high) = (embed(&tone(300.0, 16_000), 16_000), embed(&tone(3000.0, 16_000), 16_000));
        assert!(band(&low) < band(&high));
        assert_eq!(band(&embed(&tone(300.0, 44_100), 44_100)), band(&low));
        assert!(embed(&[], 8000).iter().all(|value| value.is_finite()));
    }
}
