//! Samples at other places: a sinc under a Kaiser window (J. Smith, "Digital audio resampling", 1984), lower than the
//! lower of the two rates.

/// Zero crossings of the sinc to each side.
const LOBES: usize = 24;
/// Places of the table between two crossings; straight lines lie between them.
const STEPS: usize = 512;
/// Of the Kaiser window: side lobes 90 dB below.
const BETA: f64 = 9.0;
/// What of the band is kept: the rest is where the filter falls.
const BAND: f64 = 0.945;

/// `to` samples that span the same time as all of the old ones.
pub fn resample(samples: &[f32], to: usize) -> Vec<f32> {
    if samples.is_empty() || samples.len() == to {
        return samples.to_vec();
    }
    let (table, step) = (table(), samples.len() as f64 / to.max(1) as f64);
    let cutoff = BAND * (1.0 / step).min(1.0);
    let reach = LOBES as f64 / cutoff;
    (0..to)
        .map(|at| {
            let centre = at as f64 * step;
            let first = (centre - reach).ceil().max(0.0) as usize;
            let last = ((centre + reach).floor() as usize).min(samples.len() - 1);
            let sum: f64 = (first..=last)
                .map(|place| {
                    let distance = (centre - place as f64).abs() * cutoff * STEPS as f64;
                    let (low, part) = (distance as usize, distance.fract());
                    let weight = table[low] + (table[low + 1] - table[low]) * part;
                    f64::from(samples[place]) * weight
                })
                .sum();
            (sum * cutoff) as f32
        })
        .collect()
}

fn table() -> Vec<f64> {
    let value = |at: usize| {
        let x = at as f64 / STEPS as f64;
        let edge = (x / LOBES as f64).min(1.0);
        let window = bessel(BETA * (1.0 - edge * edge).sqrt()) / bessel(BETA);
        let turn = std::f64::consts::PI * x;
        if at == 0 { 1.0 } else { turn.sin() / turn * window }
    };
    // Two more, so that the place behind the last one is there.
    (0..LOBES * STEPS + 2).map(value).collect()
}

/// The modified Bessel function of the first kind and order 0, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term, mut number) = (1.0, 1.0, 1.0);
    while term > sum * 1e-12 {
        term *= (x / (2.0 * number)) * (x / (2.0 * number));
        sum += term;
        number += 1.0;
    }
    sum
}
