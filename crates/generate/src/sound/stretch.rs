//! Longer or shorter at the same pitch: WSOLA (W. Verhelst and M. Roelands, 1993). Pieces of the recording are laid over
//! each other at another distance; each is taken from within a small window about the place where it belongs, from where
//! it goes on best with the piece before it.

use super::Sound;

/// Half a piece, and the furthest that it may be moved, in seconds. What is heard lies no further than the second one from
/// where it would lie by the ratio alone.
const HALF_SECONDS: f64 = 0.02;
pub const AWAY_SECONDS: f64 = 0.0125;

/// The recording with `to` samples a channel. Where it would change nothing it is left alone.
pub fn stretch(sound: &Sound, to: usize) -> Sound {
    let frames = sound.frames();
    if frames == to || frames == 0 {
        return sound.clone();
    }
    let samples = |seconds: f64| ((seconds * f64::from(sound.rate)) as usize).max(2);
    let (half, away) = (samples(HALF_SECONDS), samples(AWAY_SECONDS));
    let size = 2 * half;
    // Silence around it, so that every piece is whole.
    let margin = size + away;
    let padded = |channel: &[f32]| {
        let mut all = vec![0.0; frames + 2 * margin + half];
        all[margin..margin + frames].copy_from_slice(channel);
        all
    };
    let mixed = padded(&sound.mixed());
    let channels: Vec<Vec<f32>> = sound.channels.iter().map(|channel| padded(channel)).collect();
    // Rising and falling halves sum to 1.
    let window: Vec<f32> =
        (0..size).map(|at| (0.5 - 0.5 * (std::f64::consts::TAU * at as f64 / size as f64).cos()) as f32).collect();
    let mut out = vec![vec![0.0_f32; to]; channels.len()];
    let mut last: Option<usize> = None;
    let pieces = to.div_ceil(half) + 1;
    for piece in 0..pieces {
        // The first piece lies half before the beginning.
        let place = piece as i64 * half as i64 - half as i64;
        let wanted = (i128::from(place) * frames as i128 / to as i128) as i64 + margin as i64;
        let wanted = (wanted.max(0) as usize).clamp(away, mixed.len() - size - away);
        let from = match last {
            None => margin - half,
            Some(last) => best(&mixed, last + half, wanted, away, half),
        };
        last = Some(from);
        for (old, new) in channels.iter().zip(&mut out) {
            for (at, weight) in window.iter().enumerate() {
                let slot = usize::try_from(place + at as i64).ok().and_then(|slot| new.get_mut(slot));
                if let Some(slot) = slot {
                    *slot += old[from + at] * weight;
                }
            }
        }
    }
    Sound { channels: out, ..*sound }
}

/// The place near the wanted one whose samples are most like those that would go on (by the normalised correlation); the
/// wanted one where nothing is like it.
fn best(mixed: &[f32], goes_on: usize, wanted: usize, away: usize, length: usize) -> usize {
    let Some(model) = mixed.get(goes_on..goes_on + length) else { return wanted };
    let energy = |place: usize| mixed[place..place + length].iter().map(|s| f64::from(*s) * f64::from(*s)).sum::<f64>();
    let score = |place: usize, energy: f64| {
        f64::from(product(model, &mixed[place..place + length])) / (energy.max(0.0) + 1e-9).sqrt()
    };
    // What is hardly better is no reason to move: of the waves of a tone the one that is nearest.
    let (mut most, mut found) = (score(wanted, energy(wanted)).max(0.0) * 1.0001, wanted);
    let first = wanted - away;
    let mut own = energy(first);
    for place in first..=wanted + away {
        let likeness = score(place, own);
        if likeness > most {
            (most, found) = (likeness, place);
        }
        let (gone, next) = (f64::from(mixed[place]), mixed.get(place + length).copied().map_or(0.0, f64::from));
        own += next * next - gone * gone;
    }
    found
}

/// In eight sums side by side: the order is the same on every machine.
fn product(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    let (whole, rest) = (a.chunks_exact(8), a.len() / 8 * 8);
    for (a, b) in whole.zip(b.chunks_exact(8)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let tail: f32 = a[rest..].iter().zip(&b[rest..]).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + tail
}
